//! Signers with certificates, as entries of `sigstore.identities`.
//!
//! Other systems compare subjects with wildcards that extend over `/` and `@`, or with regular expressions. They become
//! patterns for the same subjects or fewer, since an identity that covers more would admit more.

mod regex;

use serde_json::{Map, Value, json};

use policy_wasm::sigstore::SubjectPattern;

/// The subjects of a certificate that may sign
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Subjects {
    /// Any of these
    any: Vec<Subject>,
    /// Whether the other system has other subjects as well
    pub(super) is_narrower: bool,
}

#[derive(Debug, PartialEq, Eq)]
enum Subject {
    Is(String),
    Like(String),
}

impl Subjects {
    /// One subject.
    pub(super) fn exact(text: &str) -> Self {
        Self {
            any: vec![Subject::Is(text.to_owned())],
            is_narrower: false,
        }
    }

    /// The subjects of a wildcard; `None` if there is no pattern for any of them.
    pub(super) fn of_wildcard(wildcard: &str) -> Option<Self> {
        if !wildcard.contains(['*', '?']) {
            return Some(Self::exact(wildcard));
        }
        let Candidates {
            mut patterns,
            is_narrower,
        } = candidates(wildcard);
        patterns.retain(|pattern| SubjectPattern::parse(pattern.into()).is_ok());
        let any: Vec<_> = patterns.into_iter().map(Subject::Like).collect();
        (!any.is_empty()).then_some(Self { any, is_narrower })
    }

    /// The subjects of a regular expression that is made of texts, `.*`, and alternatives; `None` if it is not, or has
    /// no pattern.
    pub(super) fn of_regex(regex: &str) -> Option<Self> {
        let mut all = Self {
            any: Vec::new(),
            is_narrower: !(regex.starts_with('^') && regex.ends_with('$')),
        };
        for wildcard in regex::wildcards(regex)? {
            let Self { any, is_narrower } = Self::of_wildcard(&wildcard)?;
            all.any.extend(any);
            all.is_narrower |= is_narrower;
        }
        Some(all)
    }

    /// Entries of a set of identities.
    pub(super) fn identities(
        &self,
        root: &str,
        issuer: &str,
        claims: &Map<String, Value>,
    ) -> Vec<Value> {
        let identities = self.any.iter().map(|subject| {
            let mut identity = Map::new();
            identity.insert("trustedRoot".to_owned(), json!(root));
            identity.insert("issuer".to_owned(), json!(issuer));
            let (key, text) = match subject {
                Subject::Is(text) => ("subject", text),
                Subject::Like(text) => ("subjectPattern", text),
            };
            identity.insert(key.to_owned(), json!(text));
            if !claims.is_empty() {
                identity.insert("claims".to_owned(), json!(claims));
            }
            Value::Object(identity)
        });
        identities.collect()
    }

    /// The subject, if it is one text.
    pub(super) fn only(&self) -> Option<&str> {
        match self.any.as_slice() {
            [Subject::Is(text)] => Some(text),
            _ => None,
        }
    }

    /// The patterns and texts, for messages.
    pub(super) fn in_words(&self) -> String {
        let texts = self.any.iter().map(|subject| match subject {
            Subject::Is(text) | Subject::Like(text) => format!("`{text}`"),
        });
        texts.collect::<Vec<_>>().join(" and ")
    }
}

/// Patterns for a wildcard, of which some may not be valid
struct Candidates {
    patterns: Vec<String>,
    is_narrower: bool,
}

/// The patterns for a wildcard. There, a `*` at the end also stands for the path of a workflow and for its ref.
fn candidates(wildcard: &str) -> Candidates {
    const GITHUB: &str = "https://github.com/";
    let exact = |pattern: String| Candidates {
        patterns: vec![pattern],
        is_narrower: false,
    };
    let Some(start) = wildcard.strip_suffix('*') else {
        return exact(wildcard.to_owned());
    };
    let below = || match start.ends_with('/') {
        true => format!("{start}**"),
        false => wildcard.to_owned(),
    };
    if let Some((workflow, reference)) = start.rsplit_once('@') {
        return match reference {
            "" => of_workflows([workflow.to_owned()]),
            _ => exact(below()),
        };
    }
    let path = start.strip_prefix(GITHUB).unwrap_or_default();
    let of_repository = |name: &str| format!("{GITHUB}{name}/.github/workflows/*");
    match path.split('/').collect::<Vec<_>>().as_slice() {
        [owner, ""] => of_workflows([of_repository(&format!("{owner}/*"))]),
        [owner, name] => {
            let names = [format!("{owner}/{name}"), format!("{owner}/{name}*")];
            of_workflows(names.map(|name| of_repository(&name)))
        }
        [owner, name, ""] => of_workflows([of_repository(&format!("{owner}/{name}"))]),
        [_, _, ".github", "workflows", _] => of_workflows([wildcard.to_owned()]),
        _ => Candidates {
            patterns: vec![below()],
            is_narrower: true,
        },
    }
}

/// The subjects of GitHub workflows under every branch and tag.
fn of_workflows(workflows: impl IntoIterator<Item = String>) -> Candidates {
    let all = workflows.into_iter();
    Candidates {
        patterns: all.map(|one| format!("{one}@refs/**")).collect(),
        is_narrower: true,
    }
}

#[cfg(test)]
mod tests;
