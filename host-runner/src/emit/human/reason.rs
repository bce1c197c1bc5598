//! Reasons: the code, the words, and what the reader can do.

use std::io::{self, Write};

use serde_json::Value;

use crate::emit::{DIM, RESET, list, text};

/// A reason and what lies below it, each a step further in.
pub(super) fn reason(out: &mut impl Write, reason: &Value, depth: usize) -> io::Result<()> {
    below(out, reason, depth, "")
}

/// The same below a reason of this code: what helps against that, is said there.
fn below(out: &mut impl Write, reason: &Value, depth: usize, above: &str) -> io::Result<()> {
    let indent = "  ".repeat(depth);
    let (code, message) = (text(reason, "code"), text(reason, "message"));
    writeln!(out, "{indent}{DIM}{code}{RESET}: {message}")?;
    let details = list(reason, "details");
    for detail in details {
        below(out, detail, depth.saturating_add(1), code)?;
    }
    match help(code, details.is_empty()).filter(|_| code != above) {
        Some(help) => writeln!(out, "{indent}  {DIM}help: {help}{RESET}"),
        None => Ok(()),
    }
}

/// What the reader can do, where that is not plain from the reason.
fn help(code: &str, without_details: bool) -> Option<&'static str> {
    match code {
        "digest-required" => Some("name the image by its digest: REPOSITORY@sha256:<digest>"),
        "no-valid-attestation" if without_details => {
            Some("no attestation about this digest was found; the attestor has to sign it")
        }
        "unsupported-object-kind" => Some(
            "if it creates Pods, say where its pod specs are under `workloads` in the settings",
        ),
        "context-missing" => Some("give the namespace of the request with --namespace"),
        "host-capability-failed" | "tag-resolution-failed" | "tag-resolution-unavailable" => Some(
            "here --kubernetes and --registry stand for the cluster and its registries; in a cluster, \
             see whether the policy is granted what it asks",
        ),
        "registry-not-allowed" => Some("add the registry to `registries` in the settings"),
        "clock-unavailable" => {
            Some("a key without an expiry needs no clock, nor does a check that asks for no age")
        }
        "evidence-too-old" => Some("scan the image again, or raise `maxAgeDays` of the scanner"),
        "evidence-missing" if without_details => Some(
            "it may stand in the settings (`evidence.statements`, `evidence.occurrences`), or, signed by \
             a key of `evidence.authenticators`, in a place that `evidence` turns on",
        ),
        "image-not-fresh" => Some("build the image anew, or raise `maxUploadAgeDays` of the check"),
        "image-not-in-trusted-directory" => {
            Some("move the image, or add its directory to `trustedDirPatterns` of the check")
        }
        "no-matching-provenance" => Some(
            "build the image where a rule of the check says, or add its builder (`trustedBuilder`) \
             or its source (`trustedSourceRepoPatterns`) to the rules",
        ),
        "vulnerability-above-threshold" | "vulnerability-blocked" => {
            Some("fix it in the image, or add its id to `allowedCves` of the check")
        }
        _ => None,
    }
}
