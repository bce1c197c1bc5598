//! Sets of identities that no signer uses.

use super::example::KEYLESS;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-unused",
    severity: Severity::Warning,
    what: "nothing uses a set of identities",
    why: "A set has an effect only where an attestor, an authority or an authenticator names it. Either one of them \
          lacks the set, and denies images that it should admit, or the set is obsolete.",
    example: KEYLESS,
    avoid: "    people:
      - trustedRoot: example
        issuer: https://accounts.google.com
        subject: ann@example.com
  trustedRoots:",
    prefer: "  trustedRoots:",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let uses = settings.set_uses();
    for set in settings.identity_sets() {
        let name = set.name();
        if !uses.iter().any(|one| one.name == name) {
            findings.push(
                Diagnostic::new(
                    set.span(),
                    "unused",
                    format!("nothing uses the identities `{name}`"),
                )
                .help(
                    "name it in `sigstore.attestors`, `sigstore.authorities` or an authenticator, or remove it",
                ),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn every_kind_of_signer_uses_sets() {
        assert_eq!(found(&RULE, &RULE.avoided()), ["people"]);
        for (at, with) in [
            (
                "attestors/build: [release]",
                "attestors/build: [release, people]",
            ),
            (
                "sigstore:\n",
                "sigstore:\n  authorities: {keyless: [people]}\n",
            ),
            (
                "evidence:\n",
                "evidence:\n  authenticators: {freshness: [{identities: [people]}]}\n",
            ),
        ] {
            let yaml = RULE.avoided().replace(at, with);
            assert!(found(&RULE, &yaml).is_empty(), "{with}");
        }
    }
}
