//! Trivy's JSON report, schema version 2: `Results[].Vulnerabilities[]`.

use super::findings::{Finding, Findings};
use super::payload::INVALID;
use super::severity::Severity;
use crate::json::Value;

/// What `Class` says of a result that comes from looking for vulnerabilities; others come from
/// looking for secrets, licenses and misconfigurations.
const PACKAGES: [&str; 2] = ["os-pkgs", "lang-pkgs"];

/// Reads `Results`.
pub(super) fn read<'p>(results: Value<'_, 'p>, findings: &mut Findings<'p>) {
    let (path, report) = (results.path(), results.report());
    let mut saw_packages = false;
    let was_list = results.list(|_, result| {
        result.object(|key, value| match key {
            "Class" => {
                let class = value.text();
                saw_packages |= class.is_some_and(|class| PACKAGES.contains(&&*class));
            }
            // Left out where there are none.
            "Vulnerabilities" => {
                saw_packages = true;
                value.list(|_, item| findings.add(item, read_vulnerability));
            }
            _ => {}
        });
    });
    // A search for secrets finds no vulnerabilities, but it has not looked for them.
    if was_list && !saw_packages {
        report.push(INVALID, path, "expected a result for packages");
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
