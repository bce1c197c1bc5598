//! Identities of every address at a public mail provider.

use super::example::IDENTITY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-public-issuer",
    severity: Severity::Warning,
    what: "every address at a public mail provider may sign",
    why: "Anyone can create an account at the provider, and Sigstore's public instance issues a certificate for it, \
          so anyone can sign.",
    example: IDENTITY,
    avoid: "        issuer: https://accounts.google.com
        subjectPattern: \"*@gmail.com\"
",
    prefer: "        issuer: https://accounts.google.com
        subject: ann@gmail.com
",
    check: Check::Settings(check),
};

/// Providers at which anyone can have an address
#[rustfmt::skip]
const PROVIDERS: [&str; 30] = [
    "126.com", "163.com", "aol.com", "fastmail.com", "gmail.com", "gmx.com", "gmx.de", "gmx.net", "googlemail.com",
    "hotmail.com", "icloud.com", "live.com", "mac.com", "mail.com", "mail.ru", "me.com", "msn.com", "outlook.com",
    "pm.me", "proton.me", "protonmail.com", "qq.com", "tuta.com", "tutanota.com", "users.noreply.github.com", "web.de",
    "yahoo.com", "yandex.com", "yandex.ru", "zoho.com",
];

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for identity in settings.identities() {
        let Some(subject) = identity.subject() else {
            continue;
        };
        let domain = subject.text.strip_prefix("*@");
        if let Some(domain) = domain.filter(|domain| PROVIDERS.contains(domain)) {
            let message = format!("everyone with an address at `{domain}` may sign");
            findings.push(
                Diagnostic::new(subject.span, "anyone can get such an address", message)
                    .help("list the addresses, each as `subject` of an identity"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn the_domain_of_an_organization_is_not_public() {
        assert_eq!(found(&RULE, &RULE.avoided()), ["\"*@gmail.com\""]);
        let own = RULE.avoided().replace("gmail.com", "example.com");
        assert!(found(&RULE, &own).is_empty());
    }
}
