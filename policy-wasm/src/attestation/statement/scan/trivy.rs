//! Trivy's JSON report, schema version 2: `Results[].Vulnerabilities[]`.

use super::findings::{Finding, Findings};
use super::severity::Severity;
use crate::json::Value;

/// Values of `Class` for vulnerability scans; other results are of scans for secrets, licenses and
/// misconfigurations
const PACKAGES: [&str; 2] = ["os-pkgs", "lang-pkgs"];

/// The only supported version of the format, in JSON
const SCHEMA_VERSION: &str = "2";

/// Fields of a report other than its findings
#[derive(Debug, Default)]
pub(super) struct Report {
    is_of_version: bool,
    names_artifact: bool,
    /// The report has a list of results
    has_list: bool,
    has_results: bool,
    has_packages: bool,
}

impl Report {
    /// Reads a field that identifies reports of Trivy. It is checked only in reports without results.
    pub(super) fn read_head(&mut self, key: &str, value: Value<'_, '_>) {
        let text = value.raw().text();
        match key {
            "SchemaVersion" => self.is_of_version = text == SCHEMA_VERSION,
            _ => self.names_artifact = text.starts_with('"') && text != r#""""#,
        }
    }

    /// Reads `Results`.
    pub(super) fn read_results<'p>(&mut self, results: Value<'_, 'p>, findings: &mut Findings<'p>) {
        self.has_list = results.list(|_, result| {
            self.has_results = true;
            result.object(|key, value| match key {
                "Class" => {
                    let class = value.text();
                    self.has_packages |= class.is_some_and(|class| PACKAGES.contains(&&*class));
                }
                // Omitted if there are none.
                "Vulnerabilities" => {
                    self.has_packages = true;
                    value.list(|_, item| findings.add(item, read_vulnerability));
                }
                _ => {}
            });
        });
    }

    /// Whether it is a report of this version. A report without results is of an image without packages.
    pub(super) const fn is_headed(&self) -> bool {
        self.is_of_version && self.names_artifact
    }

    /// Whether the results are only of scans for secrets, licenses or misconfigurations.
    pub(super) const fn is_of_other_searches(&self) -> bool {
        let found_none = self.is_headed() && !self.has_results;
        self.has_list && !self.has_packages && !found_none
    }
}

fn read_vulnerability<'p>(item: Value<'_, 'p>, finding: &mut Finding<'p>) {
    finding.fix_available = Some(false);
    item.object(|key, value| match key {
        "VulnerabilityID" => finding.id = value.text().unwrap_or_default(),
        "Severity" => finding.severity = Severity::read(value),
        // Omitted or empty if there is none.
        "FixedVersion" => {
            finding.fix_available = value.text().map(|version| !version.is_empty());
        }
        _ => {}
    });
}
