//! Identities of certificates, as cosign compares them: each of issuer and subject is a text or a regular expression.

use serde_json::{Map, Value};

use super::draft::Draft;
use super::identity::Subjects;
use super::source::At;
use crate::terminal::printable;

/// Names of the fields of an identity in Sigstore's own documents
pub(super) const FIELDS: Fields = Fields {
    issuer: "issuer",
    subject: "subject",
    issuer_expression: "issuerRegExp",
    subject_expression: "subjectRegExp",
};

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
    if is_written_twice(identity, fields, LOST, draft) {
        return None;
    }
    let expression = identity.get(fields.issuer_expression);
    let issuer = match &expression {
        None => identity.text_of(fields.issuer).to_owned(),
        Some(regex) => literal(regex.text().unwrap_or_default()).unwrap_or_default(),
    };
    if !is_issuer(
        expression.as_ref().unwrap_or(identity),
        &issuer,
        LOST,
        draft,
    ) {
        return None;
    }
    let subjects = match (
        identity.text_of(fields.subject),
        identity.get(fields.subject_expression),
    ) {
        ("", None) => {
            let issuer = printable(&issuer);
            draft.lost(
                identity,
                format!(
                    "every subject of `{issuer}` may sign, and there is no such attestor: {LOST}"
                ),
            );
            return None;
        }
        ("", Some(regex)) => {
            let text = regex.text().unwrap_or_default();
            let subjects = carried_over(&regex, text, Subjects::of_regex(text), LOST, draft)?;
            report_narrower(&regex, &subjects, draft);
            subjects
        }
        (subject, _) => Subjects::exact(subject),
    };
    Some(subjects.identities(root, &issuer, &Map::new()))
}

/// Consequence of an identity that does not carry over
const LOST: &str = "the identity was left out";

/// Whether issuer or subject is a text and an expression, of which one or both count by the system; reports it with the
/// consequence `lost`.
pub(super) fn is_written_twice(
    identity: &At<'_>,
    fields: &Fields,
    lost: &str,
    draft: &mut Draft,
) -> bool {
    let pairs = [
        (fields.issuer, fields.issuer_expression),
        (fields.subject, fields.subject_expression),
    ];
    let is_given = |field: &&str| !identity.text_of(field).is_empty();
    let twice = pairs
        .iter()
        .find(|(text, expression)| is_given(text) && is_given(expression));
    if let Some((text, expression)) = twice {
        let message = format!("an identity has `{text}` or `{expression}`, not both: {lost}");
        draft.lost(identity, message);
    }
    twice.is_some()
}

/// Whether a text is one issuer; reports one that is not, with the consequence `lost`.
pub(super) fn is_issuer(at: &At<'_>, issuer: &str, lost: &str, draft: &mut Draft) -> bool {
    let is_one = !issuer.is_empty() && !issuer.contains(['*', '?']);
    if !is_one {
        let message = format!("an identity has one issuer, without wildcards: {lost}");
        draft.lost(at, message);
    }
    is_one
}

/// Returns the subjects that another system writes as `text`. Reports the consequence `lost` if no pattern is for any of
/// them.
pub(super) fn carried_over(
    at: &At<'_>,
    text: &str,
    subjects: Option<Subjects>,
    lost: &str,
    draft: &mut Draft,
) -> Option<Subjects> {
    if subjects.is_none() {
        let text = printable(text);
        let message = format!("no pattern is for the subject `{text}`: {lost}");
        draft.lost(at, message);
        draft.help("add identities to `sigstore.identities`, with a `subjectPattern` for each");
    }
    subjects
}

/// Reports subjects that are fewer than those of the other system.
pub(super) fn report_narrower(at: &At<'_>, subjects: &Subjects, draft: &mut Draft) {
    if subjects.is_narrower {
        let subjects = subjects.in_words();
        let message = format!(
            "the subjects are written as {subjects}: a `*` here stands for no `@`, and for `/` only at the end"
        );
        draft.warn(at, message);
    }
}

/// Returns the one text that an expression matches, as `^https://accounts\.google\.com$` does.
pub(super) fn literal(regex: &str) -> Option<String> {
    Subjects::of_regex(regex)?.only().map(str::to_owned)
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
            ("^(https://a.example|https://b.example)$", None),
        ] {
            assert_eq!(literal(regex).as_deref(), expected, "{regex}");
        }
    }
}
