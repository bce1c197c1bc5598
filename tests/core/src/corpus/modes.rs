//! Dry run: the verdict stays, the request is admitted, and it is said.

use serde_json::json;

use crate::case::{Case, case, one_container, pod, require, rule, unsigned};

const DRY: &str = "DRYRUN_AUDIT_LOG_ONLY";

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(
            "dry_run_keeps_verdict",
            "overridden no-valid-attestation dry-run",
            |s, r| {
                s["policy"]["defaultAdmissionRule"]["enforcementMode"] = DRY.into();
                *r = pod(one_container(&unsigned()));
            },
        ),
        case(
            "dry_run_of_always_deny",
            "overridden always-deny dry-run",
            |s, _| {
                s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_DENY", &[]);
                s["policy"]["defaultAdmissionRule"]["enforcementMode"] = DRY.into();
            },
        ),
        case(
            "dry_run_of_a_satisfied_rule",
            "allow attested !dry-run",
            |s, _| {
                s["policy"]["defaultAdmissionRule"]["enforcementMode"] = DRY.into();
            },
        ),
        case(
            "dry_run_elsewhere",
            "deny no-valid-attestation !dry-run",
            |s, r| {
                s["policy"]["defaultAdmissionRule"]["enforcementMode"] = DRY.into();
                s["policy"]["kubernetesNamespaceAdmissionRules"] =
                    json!({"default": require(&["a"])});
                *r = pod(one_container(&unsigned()));
            },
        ),
        case(
            "dry_run_does_not_admit_a_malformed_image",
            "deny image-reference-invalid",
            |s, r| {
                s["policy"]["defaultAdmissionRule"]["enforcementMode"] = DRY.into();
                *r = pod(one_container("not an image"));
            },
        ),
        case(
            "dry_run_does_not_admit_a_malformed_digest",
            "deny digest-required",
            |s, r| {
                s["policy"]["defaultAdmissionRule"]["enforcementMode"] = DRY.into();
                *r = pod(one_container("trusted.example/app@sha256:ab"));
            },
        ),
        case(
            "dry_run_does_not_admit_an_unknown_kind",
            "deny unsupported-object-kind",
            |s, r| {
                s["policy"]["defaultAdmissionRule"]["enforcementMode"] = DRY.into();
                r["kind"]["kind"] = "Widget".into();
            },
        ),
    ]
}
