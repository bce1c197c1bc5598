//! Complete validation of settings.

mod response;

use alloc::string::ToString as _;
use alloc::vec::Vec;

pub use crate::json::Problem;
pub use response::SettingsResponse;

use crate::Budget;
use crate::attestation::Attestor;
use crate::decision::Code;
use crate::evidence::SettingsStatements;
use crate::json::{Path, Raw, Report};
use crate::policy::attestor::{self, shared_key, unknown_attestor};
use crate::policy::image_policy::{self, ImageRule};
use crate::policy::public_key::{Loading, OwnSignatures};
use crate::policy::rule::AdmissionRule;
use crate::policy::singleton::Document;
use crate::settings::Settings;
use crate::verification::Meter;

/// Validates a settings document completely.
///
/// Returns all problems with their paths, at most 64 and a count of the rest. Without problems, no request is
/// denied because of its settings.
///
/// ```
/// use policy_wasm::{Budget, validate_settings};
///
/// let problems = validate_settings(br#"{"polcy": {}}"#, &Budget::DEFAULT);
/// assert_eq!(problems[0].code.as_str(), "settings-unknown-field");
/// assert_eq!(problems[0].path, "polcy");
/// ```
#[must_use]
pub fn validate(document: &[u8], budget: &Budget) -> Vec<Problem> {
    let report = Report::default();
    match parse(document, budget) {
        Ok(document) => {
            if let Some(settings) = Settings::parse(document, &report) {
                settings.check(&report, budget);
            }
        }
        Err((code, message)) => report.push(code, Path::Root(""), message),
    }
    report.into_problems()
}

/// Returns the unparsed document, after checking size and nesting.
fn parse<'a>(
    document: &'a [u8],
    budget: &Budget,
) -> Result<Raw<'a>, (Code, alloc::string::String)> {
    if document.len() > budget.settings_bytes {
        let message = alloc::format!("longer than {} bytes", budget.settings_bytes);
        return Err((Code::LimitExceeded, message));
    }
    let text = core::str::from_utf8(document)
        .map_err(|error| (Code::SettingsMalformed, error.to_string()))?;
    let document = Raw::new(text);
    if document.depth() > budget.depth {
        let message = alloc::format!("nested deeper than {} levels", budget.depth);
        return Err((Code::LimitExceeded, message));
    }
    Ok(document)
}

impl Settings<'_> {
    /// Parses all parts that [`Settings::read`] left unparsed.
    fn check(&self, report: &Report, budget: &Budget) {
        // The budget for all OpenPGP keys is that of two requests.
        let meter = Meter::new(&Budget {
            verification_work: budget.verification_work.saturating_mul(2),
            ..*budget
        });
        let loading = Loading {
            own: OwnSignatures::AtOnce(&meter),
            windows: &self.key_windows,
        };
        let attestors = attestor::load(
            &self.attestors,
            self.sigstore.as_ref(),
            |_| true,
            loading,
            report,
        );
        let policy = self.image_policy.as_ref();
        let image_rules = policy.map_or_else(Vec::new, |policy| {
            policy.all_rules(self.sigstore.as_ref(), report)
        });
        let rule_checks: Vec<_> = image_rules.iter().flat_map(ImageRule::checks).collect();
        self.check_sigstore(&attestors, &rule_checks, report);
        for note in self.evidence.notes.keys() {
            // Checks have no notes, and use all of them.
            let is_used = !self.platform_policies.is_empty()
                || !rule_checks.is_empty()
                || attestors.iter().any(|attestor| attestor.note == *note);
            if !is_used {
                let root = Path::Root("evidence.kubernetes.notes");
                let message = "no attestor has this note";
                report.push(
                    Code::SettingsInvalidValue,
                    Path::Field(&root, note),
                    message,
                );
            }
        }
        self.each_denied_digest(report, &mut |_| {});
        SettingsStatements::check(self, report);
        self.evidence.authenticators.check(loading, report);
        #[cfg(feature = "sigstore")]
        self.evidence
            .authenticators
            .check_identities(self.sigstore.as_ref(), report);
        let builders = self.evidence.authenticators.builders();
        for policy in &self.platform_policies {
            policy.check(&builders, self.sigstore.as_ref(), loading, report);
        }
        for check in rule_checks {
            check.check(&builders, self.sigstore.as_ref(), loading, report);
        }
        let find = |name: &str| attestors.iter().find(|attestor| attestor.name == name);
        image_policy::check_names(&image_rules, report);
        for rule in &image_rules {
            rule.check_attestors(find, report);
        }
        self.key_windows.check(report);

        for policy in self.policy.iter().chain(&self.system_policy) {
            let decides = policy.document() == Document::Policy;
            let check = |rule: &AdmissionRule<'_>, path: Path<'_>| {
                if decides {
                    check_attestors(rule, &attestors, path, report);
                }
            };
            let root = Path::Root(policy.document().key());
            for rules in policy.all_rules() {
                let map = Path::Field(&root, rules.kind.map_name());
                rules.each(report, &mut |key, rule| {
                    check(&rule, Path::Field(&map, key));
                });
            }
            if let Some(rule) = &policy.default_rule {
                check(rule, Path::Field(&root, "defaultAdmissionRule"));
            }
        }
    }
}

/// Checks that all attestors of rules exist, and that no two of one rule share a key.
fn check_attestors(
    rule: &AdmissionRule<'_>,
    attestors: &[Attestor<'_>],
    path: Path<'_>,
    report: &Report,
) {
    let path = Path::Field(&path, "requireAttestationsBy");
    let mut named = Vec::new();
    for name in &rule.attestors {
        match attestors.iter().find(|attestor| attestor.name == *name) {
            Some(attestor) => named.push(attestor),
            None => report.push(Code::PolicyAttestorUnknown, path, unknown_attestor(name)),
        }
    }
    if let Some(message) = shared_key(&named) {
        report.push(Code::PolicyAttestorsShareKey, path, message);
    }
}
