//! Notes that exhaust the lookups of a request.

use policy_wasm::Budget;

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-lookups-near-limit",
    severity: Severity::Warning,
    what: "so many notes are looked up for each image that objects with several images exceed the limit",
    why: "Platform policies have no attestors, so each image is looked up in the cluster under every note. One \
          request may cause at most 256 lookups. Objects whose images need more are denied with `limit-exceeded`, \
          whatever has been attested.",
    example: "platformPolicies:
  - gkePolicy:
      checkSets:
        - checks:
            - imageFreshnessCheck: {maxUploadAgeDays: 30}
evidence:
  kubernetes:
{part}
",
    avoid: "    notes: {
      projects/p/notes/a: a, projects/p/notes/b: b, projects/p/notes/c: c, projects/p/notes/d: d,
      projects/p/notes/e: e, projects/p/notes/f: f, projects/p/notes/g: g, projects/p/notes/h: h,
      projects/p/notes/i: i, projects/p/notes/j: j, projects/p/notes/k: k, projects/p/notes/l: l,
      projects/p/notes/m: m, projects/p/notes/n: n, projects/p/notes/o: o, projects/p/notes/p: p,
      projects/p/notes/q: q
    }
",
    prefer: "    notes: {projects/p/notes/a: a}\n",
    check: Check::Settings(check),
};

/// Number of images in one object that the limit should allow
const IMAGES: usize = 16;

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let limit = Budget::DEFAULT.lookups;
    let Some(notes) = settings.entry(&["evidence", "kubernetes", "notes"]) else {
        return;
    };
    let count = notes.value.entries().len();
    if settings.platform_policies().is_empty() || count.saturating_mul(IMAGES) <= limit {
        return;
    }
    let images = limit.checked_div(count).unwrap_or_default();
    findings.push(
        Diagnostic::new(
            notes.key_span,
            format!("{count} lookups for each image"),
            format!("objects with more than {images} images exceed the limit on lookups"),
        )
        .help(
            "store the attestations under fewer notes: platform policies select by key, not by note",
        ),
    );
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn notes_are_counted_where_all_of_them_are_asked() {
        assert_eq!(found(&RULE, &RULE.avoided()), ["notes"]);
        let sixteen = RULE.avoided().replace(",\n      projects/p/notes/q: q", "");
        assert!(found(&RULE, &sixteen).is_empty());
        let avoided = RULE.avoided();
        let (_, evidence) = avoided.split_once("evidence:").unwrap();
        let singleton = format!(
            "policy:\n  defaultAdmissionRule:\n    evaluationMode: ALWAYS_DENY\n    \
             enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG\nevidence:{evidence}"
        );
        assert!(found(&RULE, &singleton).is_empty());
    }
}
