//! OpenPGP keys whose `id` is not their fingerprint.

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Edit, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-pgp-id-differs",
    severity: Severity::Warning,
    what: "the `id` of an OpenPGP key is not its fingerprint",
    why: "The id of an OpenPGP key is always its fingerprint, which attestations must have as key id. Another `id` in \
          the settings has no effect and misleads readers.",
    example: concat!(
        attested!(),
        "      publicKeys:
{part}
          asciiArmoredPgpPublicKey: |
            -----BEGIN PGP PUBLIC KEY BLOCK-----

            mDMEZZIAgBYJKwYBBAHaRw8BAQdA7AQxY1M+xxBUXVMrl+g3thW1U/19PecUbahs
            MlEy9WS0HWVkMjU1MTkgPGVkMjU1MTlAZXhhbXBsZS5jb20+iJAEExYIADgWIQTQ
            qpayeWPxf2/WSLcvvhCp/eEBygUCZZIAgAIbAwULCQgHAgYVCgkICwIEFgIDAQIe
            AQIXgAAKCRAvvhCp/eEByllYAQDNUg73grOTnco1k5DRY8UhfFWMHzvk21VFDVZl
            zvMODQD/QqkKmRwjxe0j1ZNR8XiFgxO4MteGI3amm11g2xElZgE=
            =B9t5
            -----END PGP PUBLIC KEY BLOCK-----
",
        notes!()
    ),
    avoid: "        - id: build@example.com\n",
    prefer: "        - id: D0AA96B27963F17F6FD648B72FBE10A9FDE101CA\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for key in settings.keys() {
        let (true, Some(id), Some(decoded)) = (key.is_openpgp(), key.id, key.decode()) else {
            continue;
        };
        let (written, fingerprint) = (id.text().unwrap_or_default(), decoded.id());
        if written == fingerprint {
            continue;
        }
        findings.push(
            Diagnostic::new(
                id.span,
                format!("the fingerprint is `{fingerprint}`"),
                format!("`{written}` is not the fingerprint of the OpenPGP key"),
            )
            .because(key.span(), "of this key")
            .help("use the fingerprint, or remove `id`")
            .fix(
                "use the fingerprint",
                vec![Edit {
                    span: id.span,
                    // Unquoted, some fingerprints are numbers.
                    replacement: format!("\"{fingerprint}\""),
                }],
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::{fixed, found};

    #[test]
    fn the_fix_writes_the_fingerprint() {
        let fingerprint = "D0AA96B27963F17F6FD648B72FBE10A9FDE101CA";
        let yaml = fixed(&RULE, &RULE.avoided());
        assert!(yaml.contains(&format!("id: \"{fingerprint}\"\n")), "{yaml}");
        let lower = RULE
            .preferred()
            .replace(fingerprint, &fingerprint.to_lowercase());
        assert_eq!(found(&RULE, &lower), [fingerprint.to_lowercase()]);
    }

    #[test]
    fn a_key_without_an_id_has_none_that_differs() {
        let yaml = RULE
            .avoided()
            .replace("id: build@example.com", "comment: x");
        assert!(found(&RULE, &yaml).is_empty());
    }
}
