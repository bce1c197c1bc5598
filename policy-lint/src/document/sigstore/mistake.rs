//! Texts of identities that no certificate has.

use policy_wasm::sigstore::SubjectPattern;

use super::{ENTERPRISES, Form, Identity, Subject};
use crate::document::workflow_name::{self, GITHUB_HOST};
use crate::source::{Node, Span};

/// Why no certificate has a subject or the value of a claim
#[derive(Debug, Clone)]
pub(crate) struct Mistake {
    /// The reason, after a colon
    pub(crate) reason: &'static str,
    /// Advice, with the text that was probably meant
    pub(crate) help: String,
}

impl<'n> Identity<'n> {
    /// A subject that no certificate has.
    #[must_use]
    pub(crate) fn mistaken_subject(&self) -> Option<(Subject<'n>, Mistake)> {
        let subject = self.written_subject()?;
        Some((subject, self.mistake(&subject)?))
    }

    pub(super) fn mistake(&self, subject: &Subject<'_>) -> Option<Mistake> {
        let github = self.host_in(subject.text);
        let problem =
            |host| workflow_name::problem(subject.text, host, |name| subject.covers(name));
        let reason = if subject.form == Form::Exact && subject.text.contains('*') {
            "a `*` in `subject` is literal"
        } else {
            github.and_then(problem)?
        };
        let meant = match github {
            Some(host) => workflow_name::meant(subject.text, host),
            None => Some(subject.text.to_owned()),
        };
        let help = match meant {
            _ if let Some(host) = enterprise(subject.text)
                && github.is_some_and(|own| own != host) =>
            {
                format!("the issuer of workflows at this host is `https://token.actions.{host}`")
            }
            Some(text) if !text.contains('*') => format!("write `subject: {text}`"),
            Some(text) if SubjectPattern::parse((&*text).into()).is_ok() => {
                format!("write `subjectPattern: {text}`")
            }
            None => "the issuer of people is where they sign in, such as `https://github.com/login/oauth`; a workflow \
                     is `https://github.com/OWNER/REPO/.github/workflows/FILE.yml@refs/heads/main`"
                .to_owned(),
            Some(_) => "write the whole subject, or a `subjectPattern`, as in `https://git.example/team/*`".to_owned(),
        };
        Some(Mistake { reason, help })
    }

    /// The host of GitHub that a text names or should name. Fulcio writes the address in its configuration, which is
    /// that of github.com if an enterprise has not changed it.
    fn host_in(&self, text: &str) -> Option<&'n str> {
        let host = self.github()?;
        let is_default = workflow_name::without_host(text, "https://github.com") != text;
        Some(if is_default { GITHUB_HOST } else { host })
    }

    /// The texts of claims that no certificate has, each with its claim.
    #[must_use]
    pub(crate) fn mistaken_claims(&self) -> Vec<(&'n str, Span, Mistake)> {
        let claims = self.0.get("claims").map(Node::entries).unwrap_or_default();
        let mut mistaken = Vec::new();
        for claim in claims {
            for node in core::iter::once(&claim.value).chain(claim.value.items()) {
                let text = node.text();
                if let Some(mistake) = text.and_then(|text| self.claim_mistake(&claim.key, text)) {
                    mistaken.push((&*claim.key, node.span, mistake));
                }
            }
        }
        mistaken
    }

    fn claim_mistake(&self, claim: &str, text: &str) -> Option<Mistake> {
        let github = self.host_in(text);
        let (is_uri, is_ref) = (claim.ends_with("URI"), claim.ends_with("Ref"));
        let is_workflow = matches!(claim, "buildSignerURI" | "buildConfigURI");
        let problem = |host| match claim {
            _ if is_workflow => workflow_name::problem(text, host, |name| name == text),
            _ if is_uri && !text.starts_with("https://") => {
                Some("it does not begin with `https://`")
            }
            "sourceRepositoryURI" if text != whole_address(text, host) => {
                Some("addresses of repositories are `https://HOST/OWNER/REPO`")
            }
            _ if is_ref && !text.starts_with("refs/") => Some("it does not begin with `refs/`"),
            _ => None,
        };
        let reason = if text.contains('*') {
            "a `*` in a claim's text is literal"
        } else {
            github.and_then(problem)?
        };
        let meant = match (claim, github) {
            (_, None) => text.to_owned(),
            (_, Some(host)) if is_workflow => workflow_name::meant(text, host)?,
            (_, Some(host)) if is_uri => whole_address(text, host),
            _ if is_ref => workflow_name::meant_ref(text),
            _ => text.to_owned(),
        };
        let help = if !meant.contains('*') {
            format!("write `{claim}: {meant}`")
        } else if is_uri || is_ref {
            format!("write `{claim}: {{pattern: {meant}}}`")
        } else {
            "list the values: only claims whose names end with `URI` or `Ref` can have a pattern"
                .to_owned()
        };
        Some(Mistake { reason, help })
    }
}

/// The host of an enterprise that GitHub hosts apart.
fn enterprise(text: &str) -> Option<&str> {
    let host = text.strip_prefix("https://")?.split('/').next()?;
    host.ends_with(ENTERPRISES).then_some(host)
}

/// The address at this host of GitHub that was probably meant.
fn whole_address(text: &str, host: &str) -> String {
    let path = match text.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => workflow_name::without_host(text, host),
    };
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    format!("https://{host}/{path}")
}
