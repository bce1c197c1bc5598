//! Registries that are never contacted.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-registries-unused",
    severity: Severity::Info,
    what: "the setting `registries` has no effect",
    why: "The list limits the registries that `resolveTags`, `indexPolicy: platforms` and `evidence` may contact, and \
          none of them is enabled. It does not restrict the images that are admitted; patterns in the policy do.",
    example: "policy:
{part}
",
    avoid: "  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
registries: [registry.example]
",
    prefer: "  admissionWhitelistPatterns:
    - namePattern: registry.example/**
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let registries = settings.entry(&["registries"]);
    let is_asked = settings.is_on(&["resolveTags"])
        || settings.is_on(&["evidence", "registry"])
        || settings.is_on(&["evidence", "referrers"])
        || settings.lists_indexes();
    let Some(entry) = registries.filter(|entry| !is_asked && !entry.value.items().is_empty())
    else {
        return;
    };
    findings.push(
        Diagnostic::new(
            entry.key_span,
            "has no effect",
            "`registries` has no effect without `resolveTags`, `indexPolicy: platforms`, `evidence.registry` or \
             `evidence.referrers`",
        )
        .help(
            "remove the list; to admit images of a registry add a pattern, to read evidence from it set \
             `evidence.registry: true`",
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn a_list_that_is_used_or_empty_is_not_found() {
        for more in [
            "resolveTags: true\n",
            "evidence: {registry: true}\n",
            "evidence: {referrers: true}\n",
            "indexPolicy: platforms\n",
        ] {
            let yaml = format!("{}{more}", RULE.avoided());
            assert!(found(&RULE, &yaml).is_empty(), "{more}");
        }
        let empty = RULE.avoided().replace("[registry.example]", "[]");
        assert!(found(&RULE, &empty).is_empty());
    }
}
