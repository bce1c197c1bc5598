//! Patterns `name*`, which also match longer names.

use super::example::ALLOWLIST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Language, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-star-prefix",
    severity: Severity::Warning,
    what: "a pattern `name*` also covers longer names",
    why: "`app*` is meant for the tags and digests of `app`, but also covers the images `app-evil` and `application`. \
          Anyone who can create such repositories is exempt.",
    example: ALLOWLIST,
    avoid: "    - namePattern: registry.example/team/app*\n",
    prefer: "    - namePattern: registry.example/team/app@*\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for pattern in settings.patterns() {
        let Some(literal) = pattern
            .text
            .strip_suffix('*')
            .filter(|rest| !rest.ends_with('*'))
        else {
            continue;
        };
        let name = literal.rsplit('/').next().unwrap_or_default();
        let is_word = !name.is_empty() && !name.contains([':', '@']);
        if pattern.is_system || pattern.language == Language::SourceRepository || !is_word {
            continue;
        }
        let help = match pattern.language {
            Language::Name => {
                format!("use `{literal}@*` and, if tags are to be exempt, `{literal}:*`")
            }
            Language::Allow => {
                format!("use `{literal}`, which covers every tag and digest of that name")
            }
            Language::TrustedDirectory | Language::SourceRepository => {
                format!("use `{literal}` for that directory, or `{literal}/**` for those below it")
            }
        };
        findings.push(
            Diagnostic::new(
                pattern.span,
                format!("covers `{literal}-evil` too"),
                format!("pattern `{}` also covers longer names", pattern.text),
            )
            .help(help),
        );
    }
}
