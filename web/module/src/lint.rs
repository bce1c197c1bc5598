//! Findings in settings, with their places, and the matrix of their demands.

use policy_lint::{Config, Level, Severity, SourceFile, Span};
use policy_wasm::time::Time;
use serde::Serialize;
use serde_json::Value;

use crate::units::Units;

/// A finding
#[derive(Debug, Serialize)]
pub(crate) struct Finding {
    #[serde(flatten)]
    place: Units,
    code: String,
    severity: &'static str,
    message: String,
    /// The text beside the place
    label: String,
    help: Option<String>,
    related: Vec<Related>,
    fix: Option<Fix>,
}

/// A cause of a finding
#[derive(Debug, Serialize)]
pub(crate) struct Related {
    #[serde(flatten)]
    place: Units,
    text: String,
}

/// The changes of `lint --fix`
#[derive(Debug, Serialize)]
pub(crate) struct Fix {
    title: String,
    changes: Vec<Change>,
}

/// One change of a text
#[derive(Debug, Serialize)]
pub(crate) struct Change {
    #[serde(flatten)]
    pub(crate) place: Units,
    pub(crate) insert: String,
}

/// Lints settings as `countersign lint` does, and reports public test keys only for information.
pub(crate) fn lint(settings: &str, time: &str) -> Vec<Finding> {
    let file = SourceFile::new(NAME, settings);
    let mut config = Config::default();
    // Every example trusts them; the finding stays, for those who copy one.
    config.set(PUBLIC_TEST_KEY, Level::At(Severity::Info));
    let config = match Time::parse(time) {
        Ok(time) => config.at(time),
        Err(_) => config,
    };
    let units = |span: Span| Units::of(settings, &span.range());
    let report = policy_lint::lint(core::slice::from_ref(&file), &config);
    let findings = report.diagnostics.into_iter().map(|one| {
        let place = units(one.span());
        let mut labels = one.labels.into_iter();
        let label = labels.next().map(|label| label.text).unwrap_or_default();
        let related = labels.map(|label| Related {
            place: units(label.span),
            text: label.text,
        });
        let fix = one.fix.map(|fix| {
            let edits = fix.edits.into_iter();
            let changes = edits.map(|edit| Change {
                place: units(edit.span),
                insert: edit.replacement,
            });
            Fix {
                title: fix.title,
                changes: changes.collect(),
            }
        });
        Finding {
            place,
            code: one.code,
            severity: one.severity.name(),
            message: one.message,
            label,
            help: one.help,
            related: related.collect(),
            fix,
        }
    });
    findings.collect()
}

/// The code of the finding on keys whose private half is published
const PUBLIC_TEST_KEY: &str = "lint-public-test-key";

/// Returns the matrix of settings, with places in UTF-16.
pub(crate) fn describe(settings: &str) -> Option<Value> {
    let matrix = policy_lint::describe(&SourceFile::new(NAME, settings))?;
    let place = |bytes| serde_json::to_value(Units::of(settings, &bytes)).unwrap_or_default();
    Some(matrix.document(&place))
}

/// Returns the place of a path in settings.
pub(crate) fn place(settings: &str, path: &str) -> Option<Units> {
    let span = policy_lint::place(&SourceFile::new(NAME, settings), path)?;
    Some(Units::of(settings, &span.range()))
}

/// The name of the settings in messages
pub(crate) const NAME: &str = "settings";

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: &str = "# é🙂
policy:
  kubernetesNamespaceAdmissionRules:
    shop: {evaluationMode: ALWAYS_ALLOW, enforcementMode: DRYRUN_AUDIT_LOG_ONLY}
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
";

    fn slice(from: usize, to: usize) -> String {
        let units: Vec<_> = SETTINGS.encode_utf16().collect();
        String::from_utf16(&units[from..to]).unwrap()
    }

    #[test]
    fn findings_have_places_as_javascript_counts_them() {
        let findings = lint(SETTINGS, "2026-11-23T12:00:00Z");
        let found = findings.iter().find(|one| one.code == "lint-dry-run");
        let Units { from, to } = found.unwrap().place;
        assert_eq!(slice(from, to), "DRYRUN_AUDIT_LOG_ONLY");
        let fixable = findings.iter().find(|one| one.fix.is_some()).unwrap();
        let change = &fixable.fix.as_ref().unwrap().changes[0];
        assert!(
            change.insert.contains("globalPolicyEvaluationMode"),
            "{change:?}"
        );
    }

    #[test]
    fn the_matrix_has_places_as_javascript_counts_them() {
        let matrix = describe(SETTINGS).unwrap();
        let span = matrix.pointer("/rows/0/cells/0/span").unwrap();
        let unit = |key: &str| usize::try_from(span[key].as_u64().unwrap()).unwrap();
        let rule = slice(unit("from"), unit("to"));
        assert!(
            rule.starts_with("shop: {") && rule.ends_with("AUDIT_LOG_ONLY"),
            "{rule}"
        );
        assert_eq!(describe("a: ["), None);
    }
}
