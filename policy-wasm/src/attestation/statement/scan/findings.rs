//! Findings of a scan, and their limit.

use alloc::borrow::Cow;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::Severity;
use super::payload::INVALID;
use crate::json::Value;
use crate::time::Time;

/// Maximum number of findings in one scan. The largest images have some ten thousand.
pub const MAX_FINDINGS: usize = 100_000;

/// Go's zero time, which means that the time is not set
const GO_ZERO: &str = "0001-01-01T00:00:00Z";

/// A vulnerability in one package of the image
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Finding<'p> {
    /// Id under which the scanner reports it (`CVE-2021-44228`, `GHSA-jfh8-c2jp-5v3q`); never empty
    pub id: Cow<'p, str>,
    /// Related vulnerabilities. A distributor's advisory may cover several, so an exemption of one of them does not
    /// exempt this finding.
    pub related: Vec<Cow<'p, str>>,
    /// The effective severity: the distributor's if the scanner prefers it, and the highest of several
    pub severity: Severity,
    /// Whether a fixed version exists; `None` if the report does not say
    pub fix_available: Option<bool>,
}

/// Collects findings, up to the limit
#[derive(Debug, Default)]
pub(super) struct Findings<'p> {
    all: Vec<Finding<'p>>,
    /// Time of the report, according to the scanner
    pub(super) reported: Option<Time>,
}

impl<'p> Findings<'p> {
    /// Reads one item of a report.
    pub(super) fn add(
        &mut self,
        item: Value<'_, 'p>,
        read: impl FnOnce(Value<'_, 'p>, &mut Finding<'p>),
    ) {
        if self.all.len() >= MAX_FINDINGS {
            let message = alloc::format!("expected at most {MAX_FINDINGS} findings");
            return item.refuse(INVALID, message);
        }
        let (path, report) = (item.path(), item.report());
        let mut finding = Finding::default();
        read(item, &mut finding);
        if finding.id.is_empty() {
            report.push(INVALID, path, "expected a vulnerability with an id");
        }
        self.all.push(finding);
    }

    /// Reads the time of the report; older scanners left it empty or at Go's zero time.
    pub(super) fn read_time(&mut self, value: Value<'_, 'p>) {
        let (path, report) = (value.path(), value.report());
        let Some(text) = value.text() else { return };
        if text.is_empty() || text == GO_ZERO {
            return;
        }
        match Time::parse(&text) {
            Ok(time) => self.reported = Some(time),
            Err(error) => report.push(INVALID, path, error.to_string()),
        }
    }

    pub(super) fn into_vec(self) -> Vec<Finding<'p>> {
        self.all
    }
}
