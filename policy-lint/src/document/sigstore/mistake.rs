//! Texts of identities that no certificate has.

use policy_wasm::sigstore::SubjectPattern;

use super::{Form, Identity, Subject};
use crate::document::workflow_name;
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
        let is_github = self.is_github();
        let problem = || workflow_name::problem(subject.text, |name| subject.covers(name));
        let reason = if subject.form == Form::Exact && subject.text.contains('*') {
            "a `*` in `subject` is literal"
        } else {
            is_github.then(problem).flatten()?
        };
        let meant = if is_github {
            workflow_name::meant(subject.text)
        } else {
            Some(subject.text.to_owned())
        };
        let help = match meant {
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
        let (is_uri, is_ref) = (claim.ends_with("URI"), claim.ends_with("Ref"));
        let is_workflow = matches!(claim, "buildSignerURI" | "buildConfigURI");
        let problem = || match claim {
            _ if is_workflow => workflow_name::problem(text, |name| name == text),
            _ if is_uri && !text.starts_with("https://") => {
                Some("it does not begin with `https://`")
            }
            "sourceRepositoryURI" if text != whole_address(text) => {
                Some("addresses of repositories are `https://github.com/OWNER/REPO`")
            }
            _ if is_ref && !text.starts_with("refs/") => Some("it does not begin with `refs/`"),
            _ => None,
        };
        let reason = if text.contains('*') {
            "a `*` in a claim's text is literal"
        } else {
            self.is_github().then(problem).flatten()?
        };
        let meant = match claim {
            _ if !self.is_github() => text.to_owned(),
            _ if is_workflow => workflow_name::meant(text)?,
            _ if is_uri => whole_address(text),
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

/// The address at GitHub that was probably meant.
fn whole_address(text: &str) -> String {
    let path = match text.split_once("://") {
        Some((_, rest)) => rest.split_once('/').map_or("", |(_, path)| path),
        None => text.strip_prefix("github.com/").unwrap_or(text),
    };
    let path = path.trim_end_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    format!("https://github.com/{path}")
}
