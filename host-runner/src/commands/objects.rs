//! Reads what a command that judges objects is given: settings and objects, with every file that
//! cannot be read named, not only the first.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde_json::Value;

use crate::cli::{ContextArgs, EvidenceArgs};
use crate::emit;
use crate::inputs::{self, Asked, Request};

use super::check_stdin;

/// Reads settings files and objects.
pub(crate) fn read<const N: usize>(
    settings: [&Path; N],
    files: &[PathBuf],
    context: &ContextArgs,
    evidence: &EvidenceArgs,
) -> Result<([Value; N], Vec<Request>)> {
    let replay = evidence.replay().map(PathBuf::as_path);
    let all = files.iter().map(PathBuf::as_path).chain(settings);
    check_stdin(all.chain(replay))?;
    let mut errors = Vec::new();
    let settings = settings.map(|path| match inputs::settings(path) {
        Ok(settings) => settings,
        Err(error) => {
            errors.push(error);
            Value::Null
        }
    });
    let mut requests = Vec::new();
    for path in files {
        match inputs::files(path) {
            Ok(files) => {
                for file in files {
                    match inputs::requests(&file, context.namespace.as_deref()) {
                        Ok(found) => requests.extend(found),
                        Err(error) => errors.push(error),
                    }
                }
            }
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        return Ok((settings, requests));
    }
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    bail!("{}", texts.join("\nerror: "))
}

/// The requests that a gatekeeper would be asked about; names the others on standard error.
pub(crate) fn asked(requests: Vec<Request>, settings: &[&Value]) -> Result<Vec<Request>> {
    let is_asked = |request: &Request| settings.iter().any(|one| is_asked(request, one));
    let (asked, others): (Vec<_>, Vec<_>) = requests.into_iter().partition(is_asked);
    emit::not_asked(&others);
    if asked.is_empty() {
        bail!("nothing to evaluate: no object that brings in an image");
    }
    Ok(asked)
}

/// Whether a gatekeeper with these settings would be asked about the object of a request.
pub(crate) fn is_asked(request: &Request, settings: &Value) -> bool {
    request.asked == Asked::Yes || is_named_in(settings, &request.request)
}

/// Whether the settings name the kind of a request among their `workloads`.
fn is_named_in(settings: &Value, request: &Value) -> bool {
    let kind = |field: &str| request.get("kind").and_then(|kind| kind.get(field));
    let workloads = settings.get("workloads").and_then(Value::as_array);
    workloads.into_iter().flatten().any(|workload| {
        ["group", "kind"]
            .iter()
            .all(|field| workload.get(*field) == kind(field))
    })
}
