//! Trivy's JSON report, schema version 2: `Results[].Vulnerabilities[]`.

use super::findings::{Finding, Findings};
use super::severity::Severity;
use crate::json::Value;

/// What `Class` says of a result that comes from looking for vulnerabilities; others come from
/// looking for secrets, licenses and misconfigurations.
const PACKAGES: [&str; 2] = ["os-pkgs", "lang-pkgs"];

/// The only version of the format that is read, in JSON
const SCHEMA_VERSION: &str = "2";

/// What a report says beside its findings
#[derive(Debug, Default)]
pub(super) struct Report {
    is_of_version: bool,
    names_artifact: bool,
    /// There is a list of results
    has_list: bool,
    has_results: bool,
    has_packages: bool,
}

impl Report {
    /// Reads a field that every report begins with. In a report with findings it may be anything.
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
                // Left out where there are none.
                "Vulnerabilities" => {
                    self.has_packages = true;
                    value.list(|_, item| findings.add(item, read_vulnerability));
                }
                _ => {}
            });
        });
    }

    /// Whether it begins as reports of this version do. One that has no results is of an image without
    /// packages.
    pub(super) const fn is_headed(&self) -> bool {
        self.is_of_version && self.names_artifact
    }

    /// Whether the results are those of other searches: for secrets, licenses or misconfigurations.
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
        // Left out or empty where there is none.
        "FixedVersion" => {
            finding.fix_available = value.text().map(|version| !version.is_empty());
        }
        _ => {}
    });
}
