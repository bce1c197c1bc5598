//! Field names of the API's beta versions.

use super::example::ATTESTED;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Edit, Severity};
use crate::document::{NOTES, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-old-spelling",
    severity: Severity::Info,
    what: "a field has the name of the API's beta versions",
    why: "Countersign accepts the old name. Google's current API and other tools reject or ignore it.",
    example: ATTESTED,
    avoid: "userOwnedDrydockNote:",
    prefer: "userOwnedGrafeasNote:",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let [current, old] = NOTES;
    for note in settings
        .attestors()
        .iter()
        .filter_map(|attestor| attestor.note)
    {
        if note.key != old {
            continue;
        }
        let finding = Diagnostic::new(
            note.key_span,
            format!("now `{current}`"),
            format!("`{old}` is the name in the API's beta versions"),
        )
        .help(format!("use `{current}`"));
        findings.push(match note.key_text_span(settings.text) {
            Some(span) => finding.fix(
                format!("rename it to `{current}`"),
                vec![Edit {
                    span,
                    replacement: current.to_owned(),
                }],
            ),
            None => finding,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::{fixed, found};

    #[test]
    fn the_fix_renames_in_yaml_and_in_json() {
        assert_eq!(fixed(&RULE, &RULE.avoided()), RULE.preferred());
        let json = |note: &str| {
            format!(
                "{{\"attestors\": [{{\"name\": \"a\", \"{note}\": {{\"noteReference\": \"n\"}}}}]}}"
            )
        };
        let old = json("userOwnedDrydockNote");
        assert_eq!(found(&RULE, &old).len(), 1);
        assert_eq!(fixed(&RULE, &old), json("userOwnedGrafeasNote"));
    }
}
