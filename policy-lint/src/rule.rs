//! The rules of the linter, one file each. A rule is a value with a code, a severity, the parts of its page,
//! and a check. The page's examples are tests of the rule: it must report `avoid`, and must not report
//! `prefer`.

#[macro_use]
mod example;

mod excerpt;

mod allowlist_no_restriction;
mod always_allow_default;
mod at_star_does_not_match_tags;
mod attestor_without_keys;
mod authority_without_keys;
mod background_audit_off;
mod bare_name;
mod break_glass_everywhere;
mod break_glass_legacy_annotation;
mod checkset_order;
mod context_never_matches;
mod denied_digest_ended;
mod denied_digest_exempt;
mod deny_tag_escaped;
mod docker_hub_short_name;
mod double_star_without_slash;
mod dry_run;
mod exemption_denied;
mod exemption_ends;
mod exemption_without_owner;
mod failure_policy_ignore;
mod global_mode_missing;
mod group_dry_run;
mod group_negated;
mod identity_any_ref;
mod identity_any_workflow;
mod identity_issuer_slash;
mod identity_namespace_wildcard;
mod identity_never_matches;
mod identity_one_run;
mod identity_owner_reuse;
mod identity_public_issuer;
mod identity_pull_request;
mod identity_reusable_workflow;
mod identity_self_hosted;
mod identity_shared;
mod identity_unused;
mod identity_whole_owner;
mod image_rule_matches_nothing;
mod image_rule_registry;
mod image_rule_shadowed;
mod image_rules_dry_run;
mod key_period_ends;
mod lookups_near_limit;
mod manifest_capabilities;
mod manifest_controllers_missing;
mod manifest_match_policy;
mod manifest_module_tag;
mod manifest_namespaced;
mod manifest_own_images;
mod manifest_rules_missing;
mod manifest_subresource;
mod manifest_unknown_field;
mod manifest_wildcard_resources;
mod monitor_mode;
mod mutating_without_validating;
mod namespace_key;
mod namespace_selector;
mod no_checks;
mod note_namespace;
mod note_without_source;
mod occurrence_unusable;
mod old_spelling;
mod pattern_any_tenant;
mod pattern_duplicate;
mod pattern_matches_tags;
mod pattern_never_matches;
mod pattern_shadowed;
mod pattern_too_broad;
mod payload_type;
mod pgp_id_differs;
mod pgp_key_expires;
mod pgp_key_invalid;
mod pod_templates_ignored;
mod private_key;
mod projects_list_has_no_effect;
mod public_test_key;
mod referrers_kubewarden;
mod registries_unused;
mod root_links;
mod root_log_unusable;
mod root_stale;
mod root_thresholds;
mod root_too_few_logs;
mod root_unused;
mod rule_like_default;
mod rule_unreachable;
mod rule_weaker;
mod scan_old;
mod scanner_max_age;
mod scanners_any;
mod service_account_key;
mod service_account_rule_weaker;
mod severity_allow_all;
mod shared_key;
mod slsa_any_source;
mod star_prefix;
mod suite_admitted_by_dry_run;
mod suite_denial_without_reason;
mod suite_tests_no_admission;
mod suite_tests_no_denial;
mod suite_unused_name;
mod system_policy_foreign;
mod system_policy_missing;
mod system_policy_unused;
mod threshold_all;
mod threshold_one;
mod trusted_directory_direct_child;
mod unreachable_attestor;
mod weak_key;
mod yaml_ambiguous;
mod yaml_merge;

use policy_wasm::time::Time;

use example::{DENIES_ALL, PART};
use excerpt::excerpt;

use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Manifest, Settings};
use crate::source::Doubt;
use crate::suite::Suite;

/// A rule with its page
#[derive(Debug)]
pub struct Rule {
    /// Stable code, `lint-…`
    pub code: &'static str,
    /// Default severity
    pub severity: Severity,
    /// The finding, in one sentence
    pub what: &'static str,
    /// The reason why it matters
    pub why: &'static str,
    /// The document of the examples, in YAML: with a place for a part ([`PART`]), or with the part to prefer
    pub(crate) example: &'static str,
    /// The part with the finding
    pub(crate) avoid: &'static str,
    /// The part without the finding
    pub(crate) prefer: &'static str,
    /// The function that finds it
    pub(crate) check: Check,
}

/// Input of a rule
#[derive(Debug, Clone, Copy)]
pub(crate) enum Check {
    /// Settings, in a file of their own or in a manifest
    Settings(fn(&Settings<'_>, &mut Findings)),
    /// Settings, and the time of the check
    Dated(fn(&Settings<'_>, Time, &mut Findings)),
    /// One manifest
    Manifest(fn(&Manifest<'_>, &mut Findings)),
    /// All manifests of one run
    Manifests(fn(&[Manifest<'_>], &mut Findings)),
    /// A place in settings or a manifest that YAML parsers read differently, and its text
    Notation(fn(&Doubt, &str, &mut Findings)),
    /// A valid suite
    Suite(fn(&Suite, &mut Findings)),
    /// A suite and the settings that it tests, if one run has both
    Tested(fn(&Suite, &Settings<'_>, &mut Findings)),
    /// The comments that ignore findings; see `directive.rs`
    Directives,
}

/// The findings of a rule
pub(crate) type Findings = Vec<Diagnostic>;

/// All rules, sorted by code
pub const RULES: &[&Rule] = &[
    &allowlist_no_restriction::RULE,
    &always_allow_default::RULE,
    &at_star_does_not_match_tags::RULE,
    &attestor_without_keys::RULE,
    &authority_without_keys::RULE,
    &background_audit_off::RULE,
    &bare_name::RULE,
    &break_glass_everywhere::RULE,
    &break_glass_legacy_annotation::RULE,
    &checkset_order::RULE,
    &context_never_matches::RULE,
    &denied_digest_ended::RULE,
    &denied_digest_exempt::RULE,
    &deny_tag_escaped::RULE,
    &docker_hub_short_name::RULE,
    &double_star_without_slash::RULE,
    &dry_run::RULE,
    &exemption_denied::RULE,
    &exemption_ends::RULE,
    &exemption_without_owner::RULE,
    &failure_policy_ignore::RULE,
    &global_mode_missing::RULE,
    &group_dry_run::RULE,
    &group_negated::RULE,
    &identity_any_ref::RULE,
    &identity_any_workflow::RULE,
    &identity_issuer_slash::RULE,
    &identity_namespace_wildcard::RULE,
    &identity_never_matches::RULE,
    &identity_one_run::RULE,
    &identity_owner_reuse::RULE,
    &identity_public_issuer::RULE,
    &identity_pull_request::RULE,
    &identity_reusable_workflow::RULE,
    &identity_self_hosted::RULE,
    &identity_shared::RULE,
    &identity_unused::RULE,
    &identity_whole_owner::RULE,
    &IGNORE_EXPIRED,
    &IGNORE_UNUSED,
    &IGNORE_WITHOUT_REASON,
    &image_rule_matches_nothing::RULE,
    &image_rule_registry::RULE,
    &image_rule_shadowed::RULE,
    &image_rules_dry_run::RULE,
    &key_period_ends::RULE,
    &lookups_near_limit::RULE,
    &manifest_capabilities::RULE,
    &manifest_controllers_missing::RULE,
    &manifest_match_policy::RULE,
    &manifest_module_tag::RULE,
    &manifest_namespaced::RULE,
    &manifest_own_images::RULE,
    &manifest_rules_missing::RULE,
    &manifest_subresource::RULE,
    &manifest_unknown_field::RULE,
    &manifest_wildcard_resources::RULE,
    &monitor_mode::RULE,
    &mutating_without_validating::RULE,
    &namespace_key::RULE,
    &namespace_selector::RULE,
    &no_checks::RULE,
    &note_namespace::RULE,
    &note_without_source::RULE,
    &occurrence_unusable::RULE,
    &old_spelling::RULE,
    &pattern_any_tenant::RULE,
    &pattern_duplicate::RULE,
    &pattern_matches_tags::RULE,
    &pattern_never_matches::RULE,
    &pattern_shadowed::RULE,
    &pattern_too_broad::RULE,
    &payload_type::RULE,
    &pgp_id_differs::RULE,
    &pgp_key_expires::RULE,
    &pgp_key_invalid::RULE,
    &pod_templates_ignored::RULE,
    &private_key::RULE,
    &projects_list_has_no_effect::RULE,
    &public_test_key::RULE,
    &referrers_kubewarden::RULE,
    &registries_unused::RULE,
    &root_links::RULE,
    &root_log_unusable::RULE,
    &root_stale::RULE,
    &root_thresholds::RULE,
    &root_too_few_logs::RULE,
    &root_unused::RULE,
    &rule_like_default::RULE,
    &rule_unreachable::RULE,
    &rule_weaker::RULE,
    &scan_old::RULE,
    &scanner_max_age::RULE,
    &scanners_any::RULE,
    &service_account_key::RULE,
    &service_account_rule_weaker::RULE,
    &severity_allow_all::RULE,
    &shared_key::RULE,
    &slsa_any_source::RULE,
    &star_prefix::RULE,
    &suite_admitted_by_dry_run::RULE,
    &suite_denial_without_reason::RULE,
    &suite_tests_no_admission::RULE,
    &suite_tests_no_denial::RULE,
    &suite_unused_name::RULE,
    &system_policy_foreign::RULE,
    &system_policy_missing::RULE,
    &system_policy_unused::RULE,
    &threshold_all::RULE,
    &threshold_one::RULE,
    &trusted_directory_direct_child::RULE,
    &unreachable_attestor::RULE,
    &weak_key::RULE,
    &yaml_ambiguous::RULE,
    &yaml_merge::RULE,
];

pub(crate) static IGNORE_WITHOUT_REASON: Rule = Rule {
    code: "lint-ignore-without-reason",
    severity: Severity::Error,
    what: "a `countersign-ignore` comment has no reason",
    why: "Without a reason, reviewers cannot tell an accepted risk from a forgotten one. A comment without a \
          reason has no effect.",
    example: "policy:
  defaultAdmissionRule:
{part}
    evaluationMode: ALWAYS_ALLOW
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    avoid: "    # countersign-ignore lint-always-allow-default\n",
    prefer: "    # countersign-ignore lint-always-allow-default: only production is protected, by its own rule\n",
    check: Check::Directives,
};

pub(crate) static IGNORE_EXPIRED: Rule = Rule {
    code: "lint-ignore-expired",
    severity: Severity::Warning,
    what: "a `countersign-ignore` comment has expired",
    why: "From the day after its `until` date, the comment has no effect and the finding is reported again.",
    example: DENIES_ALL,
    avoid: "# countersign-ignore lint-always-allow-default: until 2024-06-30, when the last team has signed
    evaluationMode: ALWAYS_ALLOW",
    prefer: "evaluationMode: ALWAYS_DENY",
    check: Check::Directives,
};

pub(crate) static IGNORE_UNUSED: Rule = Rule {
    code: "lint-ignore-unused",
    severity: Severity::Warning,
    what: "a `countersign-ignore` comment matches no finding",
    why: "Either the problem is fixed, and the comment would hide it if it came back, or the code is misspelled. \
          Errors of the policy's own validation cannot be ignored.",
    example: DENIES_ALL,
    avoid: "# countersign-ignore lint-dry-run: until the roll-out
    evaluationMode: ALWAYS_DENY",
    prefer: "evaluationMode: ALWAYS_DENY",
    check: Check::Directives,
};

impl Rule {
    /// Finds a rule by its code.
    #[must_use]
    pub fn by_code(code: &str) -> Option<&'static Self> {
        RULES.iter().find(|rule| rule.code == code).copied()
    }

    /// Returns an example with the finding, in YAML.
    #[must_use]
    pub fn avoided(&self) -> String {
        self.example_with(self.avoid)
    }

    /// Returns the example without the finding, in YAML.
    #[must_use]
    pub fn preferred(&self) -> String {
        self.example_with(self.prefer)
    }

    fn example_with(&self, part: &str) -> String {
        self.example.replacen(self.place(), part, 1)
    }

    /// The text of the example that a part replaces.
    fn place(&self) -> &'static str {
        if self.example.contains(PART) {
            PART
        } else {
            self.prefer
        }
    }

    /// Returns the rule's page as plain text.
    #[must_use]
    pub fn page(&self) -> String {
        let indented = |yaml: &str| {
            let lines = yaml.lines().map(|line| format!("    {line}"));
            lines.collect::<Vec<_>>().join("\n")
        };
        let (avoid, prefer) = (self.avoided(), self.preferred());
        format!(
            "{} ({})\n\n{}\n\n{}\n\nAvoid\n\n{}\n\nPrefer\n\n{}\n",
            self.code,
            self.severity,
            self.what,
            self.why,
            indented(&excerpt(&avoid, &prefer)),
            indented(&excerpt(&prefer, &avoid))
        )
    }

    /// Returns the rule's page in Markdown.
    pub(crate) fn markdown(&self) -> String {
        let fenced = |yaml: &str| format!("```yaml\n{}\n```", yaml.trim_end());
        let (avoid, prefer) = (self.avoided(), self.preferred());
        format!(
            "**`{}`** ({})\n\n{}\n\n{}\n\n**Avoid**\n\n{}\n\n**Prefer**\n\n{}",
            self.code,
            self.severity,
            self.what,
            self.why,
            fenced(&excerpt(&avoid, &prefer)),
            fenced(&excerpt(&prefer, &avoid))
        )
    }
}

/// Whether comments and configurations may name a code: it is the code of a rule.
pub(crate) fn can_be_ignored(code: &str) -> bool {
    Rule::by_code(code).is_some()
}

/// Whether a code exists.
pub(crate) fn is_known(code: &str) -> bool {
    can_be_ignored(code)
        || policy_wasm::Code::ALL
            .iter()
            .any(|known| known.as_str() == code)
}

/// Time before an end at which it is reported: thirty days, in seconds
const SOON: u64 = 30 * 24 * 60 * 60;

/// The day of a time, as messages name it.
fn date(time: Time) -> String {
    time.to_string().chars().take("YYYY-MM-DD".len()).collect()
}

#[cfg(test)]
mod tests;
