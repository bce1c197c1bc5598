//! Trusted roots that no identity names.

use super::example::KEYLESS;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-root-unused",
    severity: Severity::Warning,
    what: "no identity names a trusted root",
    why: "A trusted root has an effect only through identities, so no certificate of it is accepted. Either an \
          identity is missing, or the root is obsolete.",
    example: KEYLESS,
    avoid: concat!("trustedRoots:\n    old:\n", trusted_root!(), "    example:"),
    prefer: "trustedRoots:\n    example:",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let identities = settings.identities();
    for root in settings.roots() {
        let name = root.name();
        if !identities.iter().any(|identity| identity.root() == name) {
            findings.push(
                Diagnostic::new(
                    root.span(),
                    "unused",
                    format!("no identity names the trusted root `{name}`"),
                )
                .help("name it as `trustedRoot` of an identity, or remove it"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn the_name_is_shown() {
        assert_eq!(found(&RULE, &RULE.avoided()), ["old"]);
    }
}
