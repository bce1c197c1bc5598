//! Issuers that no certificate names.

use super::example::IDENTITY;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-identity-issuer-slash",
    severity: Severity::Warning,
    what: "an issuer ends with `/`, or is a known issuer with another spelling",
    why: "Issuers are compared byte by byte, so a single character more means that no certificate matches, and every \
          image that needs the identity is denied.",
    example: IDENTITY,
    avoid: "        issuer: https://token.actions.githubusercontent.com/
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
",
    prefer: "        issuer: https://token.actions.githubusercontent.com
        subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/heads/main
",
    check: Check::Settings(check),
};

/// Issuers that certificates of Sigstore's public instance name. A person's certificate names the provider at which
/// the person signed in.
///
/// Source: `config/identity/config.yaml` of [fulcio](https://github.com/sigstore/fulcio).
const KNOWN: [&str; 8] = [
    "https://accounts.google.com",
    "https://agent.buildkite.com",
    "https://github.com/login/oauth",
    "https://gitlab.com",
    "https://issuer.enforce.dev",
    "https://login.microsoftonline.com",
    "https://oidc.codefresh.io",
    "https://token.actions.githubusercontent.com",
];

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for identity in settings.identities() {
        let Some((issuer, span)) = identity.issuer() else {
            continue;
        };
        let (message, help) = match meant(issuer) {
            Some(known) => (
                format!("the issuer is not `{known}`"),
                format!("did you mean `{known}`?"),
            ),
            None if issuer == SIGN_IN => (
                "the issuer is the service at which people sign in".to_owned(),
                "name their provider: `https://accounts.google.com`, `https://github.com/login/oauth` or \
                 `https://login.microsoftonline.com`"
                    .to_owned(),
            ),
            // The issuers of Auth0's tenants do.
            None if issuer.ends_with('/') && !issuer.ends_with(".auth0.com/") => (
                "the issuer ends with `/`".to_owned(),
                "remove the `/`, unless the issuer's tokens have it in `iss`".to_owned(),
            ),
            None => continue,
        };
        findings.push(Diagnostic::new(span, "no certificate names it", message).help(help));
    }
}

/// The service at which people sign in, which no certificate names
const SIGN_IN: &str = "https://oauth2.sigstore.dev/auth";

/// The known issuer that an address is probably meant to be.
fn meant(issuer: &str) -> Option<&'static str> {
    // An enterprise at GitHub has an issuer below GitHub's, and likewise elsewhere.
    let is_below = |known: &&str| {
        let rest = issuer.strip_prefix(known);
        rest.is_some_and(|rest| rest.is_empty() || rest.len() > 1 && rest.starts_with('/'))
    };
    if KNOWN.iter().any(is_below) {
        return None;
    }
    let plain = |text: &str| {
        let text = text.to_ascii_lowercase();
        let text = text
            .trim_start_matches("https://")
            .trim_start_matches("http://");
        text.trim_end_matches('/').to_owned()
    };
    let same = |known: &&&str| plain(known) == plain(issuer);
    // The long ones are still recognized with a mistake.
    let similar = |known: &&&str| {
        known.len() > LONG && strsim::damerau_levenshtein(known, issuer) <= MISTAKES
    };
    let mut known = KNOWN.iter();
    let same = known.find(same).or_else(|| KNOWN.iter().find(similar));
    same.copied()
}

/// Length of an address of which few others differ in so few characters
const LONG: usize = 40;
/// Characters that are wrong, missing, exchanged or too many
const MISTAKES: usize = 2;

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::{found, helps};

    #[test]
    fn known_issuers_are_recognized() {
        let github = Some("https://token.actions.githubusercontent.com");
        for (issuer, meant) in [
            ("https://token.actions.githubusercontent.com/", github),
            ("http://token.actions.githubusercontent.com", github),
            ("https://Token.Actions.GitHubUserContent.com", github),
            ("https://tokens.actions.githubusercontent.com", github),
            ("https://gitlab.com/", Some("https://gitlab.com")),
        ] {
            let yaml = RULE
                .preferred()
                .replace("https://token.actions.githubusercontent.com", issuer);
            let help = meant.map(|meant| format!("did you mean `{meant}`?"));
            assert_eq!(helps(&RULE, &yaml), Vec::from_iter(help), "{issuer}");
            assert_eq!(found(&RULE, &yaml), [issuer]);
        }
    }

    #[test]
    fn other_issuers_are_not_judged_but_for_the_slash() {
        for (issuer, count) in [
            ("https://token.actions.githubusercontent.com/acme", 0),
            ("https://gitlab.example.com", 0),
            ("https://gitlab.org", 0),
            ("https://token.actions.acme-corporation.ghe.com", 0),
            ("https://git.example/_services/token", 0),
            ("https://git.example/_services/token/", 1),
            ("https://oauth2.sigstore.dev/auth", 1),
            (
                "https://oidc.eks.eu-west-1.amazonaws.com/id/0123456789ABCDEF0123456789ABCDEF",
                0,
            ),
            (
                "https://container.googleapis.com/v1/projects/p/locations/l/clusters/c",
                0,
            ),
            ("https://acme.auth0.com/", 0),
            ("https://issuer.example.com/", 1),
        ] {
            let yaml = RULE
                .preferred()
                .replace("https://token.actions.githubusercontent.com", issuer);
            assert_eq!(found(&RULE, &yaml).len(), count, "{issuer}");
        }
    }
}
