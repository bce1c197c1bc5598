//! The break-glass label of a Pod, with which a deployer overrides the policy in an emergency.
//!
//! Everyone who can create the Pod can set it, so it has an effect only in namespaces that the settings list,
//! and it is always reported. It is read from the Pod or the pod template, never from a controller.

use alloc::string::ToString as _;
use alloc::vec::Vec;

use crate::decision::{Code, Reason};
use crate::request::{Metadata, Request, Workload};
use crate::settings::BreakGlass;

/// Reads the mark of each Pod: whether it is honoured. A mark that has no effect is a warning.
pub(super) fn read(
    settings: &BreakGlass<'_>,
    request: &Request<'_>,
    workload: &Workload<'_>,
    warnings: &mut Vec<Reason>,
) -> Vec<bool> {
    let namespace = request.namespace.as_deref();
    let mut warn = |code, message: &str| {
        if !warnings.iter().any(|warning| warning.code == code) {
            warnings.push(Reason::new(code, message));
        }
    };
    let marks = workload.pods.iter().map(|pod| {
        if !is_requested(settings, &pod.metadata, &mut warn) {
            return false;
        }
        if settings.covers(namespace) {
            return true;
        }
        if settings.is_enabled() {
            let namespace = crate::quote(namespace.unwrap_or_default());
            let message =
                alloc::format!("The break-glass label has no effect in namespace {namespace}");
            warn(Code::BreakGlassNamespaceRefused, &message);
        } else {
            let message =
                "The break-glass label has no effect: break-glass is not allowed by the settings";
            warn(Code::BreakGlassRefused, message);
        }
        false
    });
    marks.collect()
}

fn is_requested(
    settings: &BreakGlass<'_>,
    metadata: &Metadata<'_>,
    warn: &mut impl FnMut(Code, &str),
) -> bool {
    let label = metadata.break_glass_label.as_deref();
    let mut annotation = metadata.break_glass_annotation.as_deref();
    if annotation.is_some() && !settings.legacy_annotation {
        warn(
            Code::BreakGlassAnnotationIgnored,
            "The break-glass annotation has no effect; use the label",
        );
        annotation = None;
    }
    let marks = [label, annotation];
    if marks.contains(&Some("true")) {
        return true;
    }
    if marks.iter().any(Option::is_some) {
        let message = "The break-glass label must have the value \"true\"".to_string();
        warn(Code::BreakGlassValueIgnored, &message);
    }
    false
}
