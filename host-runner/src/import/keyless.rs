//! Identities of certificates, as cosign compares them: each of issuer and subject is a text or a regular expression.

use serde_json::{Map, Value};

use super::draft::Draft;
use super::identity::Subjects;
use super::source::At;
use crate::terminal::printable;

/// Names of the fields of an identity
pub(super) struct Fields {
    pub(super) issuer: &'static str,
    pub(super) subject: &'static str,
    pub(super) issuer_expression: &'static str,
    pub(super) subject_expression: &'static str,
}

/// The entries of `sigstore.identities` for an identity; `None` if it does not carry over.
pub(super) fn identities(
    identity: &At<'_>,
    fields: &Fields,
    root: &str,
    draft: &mut Draft,
) -> Option<Vec<Value>> {
    identity.only(
        &[
            fields.issuer,
            fields.subject,
            fields.issuer_expression,
            fields.subject_expression,
        ],
        &mut draft.findings,
    );
    let issuer = match identity.get(fields.issuer_expression) {
        None => identity.text_of(fields.issuer).to_owned(),
        Some(regex) => match literal(regex.text().unwrap_or_default()) {
            Some(issuer) => issuer,
            None => {
                draft.lost(
                    &regex,
                    "an issuer is one text, and no expression: the identity was left out",
                );
                return None;
            }
        },
    };
    if issuer.is_empty() {
        draft.lost(identity, "an identity needs an issuer: it was left out");
        return None;
    }
    let subjects = match (
        identity.text_of(fields.subject),
        identity.get(fields.subject_expression),
    ) {
        ("", None) => {
            let issuer = printable(&issuer);
            draft.lost(identity, format!("every subject of `{issuer}` may sign, and there is no such attestor: the identity was left out"));
            return None;
        }
        ("", Some(regex)) => of_expression(&regex, draft)?,
        (subject, _) => Subjects::exact(subject),
    };
    Some(subjects.identities(root, &issuer, &Map::new()))
}

/// The subjects of an expression; `None` if no pattern is for any of them.
fn of_expression(regex: &At<'_>, draft: &mut Draft) -> Option<Subjects> {
    let text = regex.text().unwrap_or_default();
    let Some(subjects) = Subjects::of_regex(text) else {
        let text = printable(text);
        draft.lost(
            regex,
            format!("no pattern is for the subjects of `{text}`: the identity was left out"),
        );
        draft.help("add identities to `sigstore.identities`, with a `subjectPattern` for each");
        return None;
    };
    if subjects.is_narrower {
        let patterns = subjects.in_words();
        draft.lost(
            regex,
            format!("the subjects are written as {patterns}, and the expression also has others"),
        );
    }
    Some(subjects)
}

/// The one text that an expression matches: `^https://accounts\.google\.com$`
fn literal(regex: &str) -> Option<String> {
    let text = regex.strip_prefix('^')?.strip_suffix('$')?;
    let mut literal = String::new();
    let mut characters = text.chars();
    while let Some(one) = characters.next() {
        match one {
            '\\' => literal.push(characters.next().filter(char::is_ascii_punctuation)?),
            // Hosts in expressions are often not escaped; the text is one of those that they match.
            '.' => literal.push('.'),
            '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|' | '^' | '$' => return None,
            one => literal.push(one),
        }
    }
    Some(literal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_of_one_text_is_a_text() {
        for (regex, expected) in [
            (
                r"^https://accounts\.google\.com$",
                Some("https://accounts.google.com"),
            ),
            (
                "^https://accounts.google.com$",
                Some("https://accounts.google.com"),
            ),
            ("https://accounts.google.com", None),
            ("^https://.*$", None),
            (r"^a\d$", None),
        ] {
            assert_eq!(literal(regex).as_deref(), expected, "{regex}");
        }
    }
}
