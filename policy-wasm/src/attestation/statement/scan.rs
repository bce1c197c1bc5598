//! Vulnerability scans: cosign's predicate v1, in-toto's v0.1 and v0.2.
//!
//! Findings that cannot be parsed are errors, so that they are never mistaken for a scan without findings.

mod findings;
mod grype;
mod in_toto;
mod severity;
mod trivy;

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::payload::{self, INVALID};
use super::{BODY, Rejection};
use crate::json::{Path, Raw, Value};
use crate::time::Time;
use findings::Findings;
pub use findings::{Finding, MAX_FINDINGS};
pub use severity::Severity;

/// One scan of the subjects of a statement
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan<'p> {
    /// `scanner.uri`; may be missing or empty in cosign's predicate
    pub scanner: Option<Cow<'p, str>>,
    /// `metadata.scanStartedOn`
    pub started: Option<Time>,
    /// Time of the scan: `metadata.scanFinishedOn`, which the signer writes, or the time in the scanner's report,
    /// whichever is older
    pub finished: Time,
    /// All findings in the order of the report; a vulnerability may occur several times, once for each package.
    /// At most [`MAX_FINDINGS`]
    pub findings: Vec<Finding<'p>>,
}

/// Reads `scanner.result`
type ReadResult = for<'v, 'p> fn(Value<'v, 'p>, &mut Findings<'p>);

impl<'p> Scan<'p> {
    /// Reads cosign's predicate, which embeds the scanner's own report.
    pub(super) fn read_cosign(predicate: Raw<'p>) -> Result<Self, Rejection> {
        Self::read(predicate, read_report)
    }

    /// Reads in-toto's predicate, which has its own format for findings.
    pub(super) fn read_in_toto(predicate: Raw<'p>) -> Result<Self, Rejection> {
        Self::read(predicate, in_toto::read)
    }

    /// Reads the common fields of the predicates.
    fn read(predicate: Raw<'p>, read_result: ReadResult) -> Result<Self, Rejection> {
        let (mut scanner, mut findings) = (None, None);
        let (mut started, mut finished) = (None, None);
        payload::read(predicate, BODY, |predicate| {
            predicate.object(|key, value| match key {
                "scanner" => {
                    value.object(|key, value| match key {
                        "uri" => scanner = value.text(),
                        "result" => read_result(value, findings.get_or_insert_default()),
                        _ => {}
                    });
                }
                // An early draft of cosign's predicate had a list of them.
                "scanners" => value.refuse(INVALID, "expected one `scanner` instead of a list"),
                "metadata" => {
                    value.object(|key, value| match key {
                        "scanStartedOn" => started = payload::time(value),
                        "scanFinishedOn" => finished = payload::time(value),
                        _ => {}
                    });
                }
                _ => {}
            });
        })?;
        let findings = payload::required(findings, "predicate.scanner.result")?;
        let finished = payload::required(finished, "predicate.metadata.scanFinishedOn")?;
        Ok(Self {
            scanner: scanner.filter(|uri| !uri.is_empty()),
            started,
            finished: findings
                .reported
                .map_or(finished, |reported| reported.min(finished)),
            findings: findings.into_vec(),
        })
    }
}

/// Reads a scanner's own report, recognized by its list of results. Trivy omits an empty list, and its report
/// is then recognized by its other fields.
fn read_report<'p>(value: Value<'_, 'p>, findings: &mut Findings<'p>) {
    let (path, report) = (value.path(), value.report());
    let (mut lists, mut trivy) = (0_u8, trivy::Report::default());
    let was_object = value.object(|key, value| match key {
        "Results" => {
            lists = lists.saturating_add(1);
            trivy.read_results(value, findings);
        }
        "matches" => {
            lists = lists.saturating_add(1);
            grype::read(value, findings);
        }
        "SchemaVersion" | "ArtifactName" => trivy.read_head(key, value),
        "CreatedAt" => findings.read_time(value),
        "descriptor" => {
            value.object(|key, value| {
                if key == "timestamp" {
                    findings.read_time(value);
                }
            });
        }
        _ => {}
    });
    if !was_object || (lists == 0 && trivy.is_headed()) {
        return;
    }
    if lists != 1 {
        let message = "expected a report of Trivy (with `Results`) or of Grype (with `matches`)";
        report.push(INVALID, path, message);
    } else if trivy.is_of_other_searches() {
        // A scan for secrets has no vulnerabilities, because it did not look for them.
        let path = Path::Field(&path, "Results");
        report.push(INVALID, path, "expected a result for packages");
    }
}

#[cfg(test)]
mod tests;
