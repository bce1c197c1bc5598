//! Identities: the certificate subjects that may sign, each of one issuer under one trusted root.

mod mismatch;

use alloc::borrow::Cow;
use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::certificate::{Claim, Leaf, SubjectName};
use super::moment::Moment;
use crate::decision::Code;
use crate::json::{Path, Report, Value, filled, parsed};
use crate::time::Time;
use policy_text::cursor::Kind;
use policy_x509::subject_pattern::{SubjectKind, SubjectPattern, SubjectPatternError};

pub(crate) use self::mismatch::{explain, not_then};

/// An identity that may sign
#[derive(Debug)]
pub(crate) struct Identity<'a> {
    /// Name of its trusted root in the settings
    pub(crate) trusted_root: Cow<'a, str>,
    /// Place of the first trusted root with the same document; `None` if the settings have no root of the name
    root_place: Option<usize>,
    /// OIDC issuer, compared byte by byte
    issuer: Cow<'a, str>,
    subject: Subject<'a>,
    /// Required claims of the certificate, sorted
    claims: Vec<RequiredClaim<'a>>,
    signed_after: Option<Time>,
    signed_before: Option<Time>,
}

/// Identities of which any one may sign
pub(crate) type Identities<'a> = Vec<Rc<Identity<'a>>>;

/// `subject` or `subjectPattern`
#[derive(Debug, PartialEq, Eq)]
enum Subject<'a> {
    Exact(SubjectKind, Cow<'a, str>),
    Pattern(SubjectPattern<'a>),
}

/// A claim and its allowed values
#[derive(Debug, PartialEq, Eq)]
struct RequiredClaim<'a> {
    claim: Claim,
    allowed: Allowed<'a>,
}

#[derive(Debug, PartialEq, Eq)]
enum Allowed<'a> {
    /// Sorted and distinct, so that lists in any order are equal
    AnyOf(Vec<Cow<'a, str>>),
    Pattern(SubjectPattern<'a>),
}

/// The first difference between a certificate and an identity; the greater, the nearer they are
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Mismatch {
    Issuer,
    Subject,
    Claim(Claim),
}

impl<'a> Identity<'a> {
    /// Reads one identity of a set, and reports problems. Its trusted root must be in the settings.
    fn read(value: Value<'_, 'a>, roots: &Places<'_>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut trusted_root, mut issuer) = (None, None);
        let (mut subjects, mut claims) = (Vec::new(), Vec::new());
        let (mut signed_after, mut signed_before) = (None, None);
        let (mut saw_root, mut saw_issuer) = (false, false);
        let was_object = value.object(|key, value| match key {
            "trustedRoot" => {
                saw_root = true;
                trusted_root = read_root(value, roots);
            }
            "issuer" => {
                saw_issuer = true;
                issuer = read_issuer(value);
            }
            "subject" | "subjectPattern" if !subjects.is_empty() => {
                let message = "expected only one of `subject` and `subjectPattern`";
                value.refuse(Code::SettingsInvalidValue, message);
            }
            "subject" => subjects.push(Subject::read_exact(value)),
            "subjectPattern" => subjects.push(Subject::read_pattern(value)),
            "claims" => claims = read_claims(value),
            "signedAfter" => signed_after = parsed(value, Time::parse),
            "signedBefore" => signed_before = parsed(value, Time::parse),
            _ => value.unknown(),
        });
        let fields = [
            ("trustedRoot", saw_root),
            ("issuer", saw_issuer),
            ("subject` or `subjectPattern", !subjects.is_empty()),
        ];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
        if let (Some(after), Some(before)) = (signed_after, signed_before)
            && after > before
        {
            let message = "no time is after `signedAfter` and before `signedBefore`";
            report.push(Code::SettingsInvalidValue, path, message);
        }
        let (trusted_root, root_place) = trusted_root?;
        Some(Self {
            trusted_root,
            root_place,
            issuer: issuer?,
            subject: subjects.pop()??,
            claims,
            signed_after,
            signed_before,
        })
    }

    /// Whether two identities are the same signer. The names of their roots do not distinguish them if the documents
    /// are equal, because one certificate is for both. The period in which it may sign does not distinguish them.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.has_root_of(other)
            && self.issuer == other.issuer
            && self.subject == other.subject
            && self.claims == other.claims
    }

    fn has_root_of(&self, other: &Self) -> bool {
        let is_same_document = self.root_place.is_some() && self.root_place == other.root_place;
        is_same_document || self.trusted_root == other.trusted_root
    }

    /// Checks that a certificate is for this identity, by its texts only.
    ///
    /// # Errors
    ///
    /// The first difference.
    pub(crate) fn matches(&self, leaf: &Leaf<'_>) -> Result<(), Mismatch> {
        if leaf.issuer != Some(&*self.issuer) {
            return Err(Mismatch::Issuer);
        }
        if !self.subject.covers(leaf.subject) {
            return Err(Mismatch::Subject);
        }
        for RequiredClaim { claim, allowed } in &self.claims {
            let value = leaf.claim(*claim);
            if !value.is_some_and(|value| allowed.covers(value)) {
                return Err(Mismatch::Claim(*claim));
            }
        }
        Ok(())
    }

    /// Whether the identity may sign at a time; both bounds are included.
    pub(crate) fn may_sign_at(&self, time: Moment) -> bool {
        let is_after = |after: Time| time >= after.into();
        let is_before = |before: Time| time <= before.into();
        self.signed_after.is_none_or(is_after) && self.signed_before.is_none_or(is_before)
    }
}

/// Describes a certificate by subject and issuer, which may be an attacker's texts.
pub(crate) fn describe(leaf: &Leaf<'_>) -> String {
    description(leaf.subject.as_str(), leaf.issuer)
}

fn description(subject: &str, issuer: Option<&str>) -> String {
    match issuer {
        Some(issuer) => {
            let (subject, issuer) = (crate::quote(subject), crate::quote(issuer));
            alloc::format!("{subject} (issuer {issuer})")
        }
        None => alloc::format!("{} (without an issuer)", crate::quote(subject)),
    }
}

impl<'a> Subject<'a> {
    fn read_exact(value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let text = filled(value)?;
        if text.chars().any(is_blank) {
            let message = alloc::format!("white space in subject {}", crate::quote(&text));
            report.push(Code::SettingsInvalidValue, path, message);
            return None;
        }
        let kind = SubjectKind::of(&text);
        if kind.is_none() {
            let message =
                "expected an address with its scheme, an e-mail address, or `user!domain`";
            report.push(Code::SettingsInvalidValue, path, message);
        }
        Some(Self::Exact(kind?, text))
    }

    fn read_pattern(value: Value<'_, 'a>) -> Option<Self> {
        read_pattern(value, SubjectPattern::parse, "`subject`").map(Self::Pattern)
    }

    fn covers(&self, subject: SubjectName<'_>) -> bool {
        match self {
            Self::Exact(kind, text) => kind.is_of(subject) && text == subject.as_str(),
            Self::Pattern(pattern) => pattern.covers(subject),
        }
    }

    fn text(&self) -> &str {
        match self {
            Self::Exact(_, text) => text,
            Self::Pattern(pattern) => pattern.text(),
        }
    }
}

impl<'a> Allowed<'a> {
    /// Reads a text, a list of texts, or an object with a pattern.
    fn read(claim: Claim, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        match value.kind() {
            Kind::List => {
                let mut texts = Vec::new();
                value.list(|index, item| {
                    if index == MAX_VALUES {
                        let message = alloc::format!("more than {MAX_VALUES} values");
                        item.refuse(Code::SettingsInvalidValue, message);
                    } else if index < MAX_VALUES {
                        texts.extend(filled(item));
                    }
                });
                if texts.is_empty() {
                    let message = "expected at least one value";
                    report.push(Code::SettingsInvalidValue, path, message);
                }
                texts.sort();
                texts.dedup();
                Some(Self::AnyOf(texts))
            }
            Kind::Object => {
                let (mut pattern, mut saw_pattern) = (None, false);
                value.object(|key, value| match key {
                    "pattern" => {
                        saw_pattern = true;
                        pattern = read_claim_pattern(claim, value);
                    }
                    _ => value.unknown(),
                });
                let fields = [("pattern", saw_pattern)];
                report.require(true, &fields, path, Code::SettingsMissingField);
                pattern.map(Self::Pattern)
            }
            _ => filled(value).map(|text| Self::AnyOf(alloc::vec![text])),
        }
    }

    fn covers(&self, value: &str) -> bool {
        match self {
            Self::AnyOf(texts) => texts.iter().any(|text| text == value),
            Self::Pattern(pattern) => pattern.matches(value),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::AnyOf(texts) => {
                let texts: Vec<_> = texts.iter().map(|text| crate::quote(text)).collect();
                let kind = if texts.len() == 1 {
                    "exactly"
                } else {
                    "one of"
                };
                alloc::format!("{kind} {}", texts.join(", "))
            }
            Self::Pattern(pattern) => alloc::format!("pattern {}", crate::quote(pattern.text())),
        }
    }
}

/// Maximum number of alternatives of a claim
const MAX_VALUES: usize = 64;

/// Reads the claims and sorts them, so that equal ones are equal in any order.
fn read_claims<'a>(value: Value<'_, 'a>) -> Vec<RequiredClaim<'a>> {
    let mut claims: Vec<RequiredClaim<'a>> = Vec::new();
    value.object(|key, value| match Claim::by_name(key) {
        Some(claim) => {
            if let Some(allowed) = Allowed::read(claim, value) {
                let at = claims.partition_point(|other| other.claim < claim);
                claims.insert(at, RequiredClaim { claim, allowed });
            }
        }
        None => value.unknown(),
    });
    claims
}

/// Reads a pattern of a claim, which is an address or a Git ref by its name.
fn read_claim_pattern<'a>(claim: Claim, value: Value<'_, 'a>) -> Option<SubjectPattern<'a>> {
    const TEXT: &str = "it without `pattern`";
    if claim.name().ends_with("URI") {
        read_pattern(value, SubjectPattern::parse_address, TEXT)
    } else if claim.name().ends_with("Ref") {
        read_pattern(value, SubjectPattern::parse_ref, TEXT)
    } else {
        let message = "only claims whose names end with `URI` or `Ref` can have a pattern";
        value.refuse(Code::SettingsInvalidValue, message);
        None
    }
}

/// Reads a pattern. `exact` is what to write in place of one without `*`.
fn read_pattern<'a>(
    value: Value<'_, 'a>,
    parse: fn(Cow<'a, str>) -> Result<SubjectPattern<'a>, SubjectPatternError>,
    exact: &str,
) -> Option<SubjectPattern<'a>> {
    let (path, report) = (value.path(), value.report());
    let text = value.text()?;
    match parse(text.clone()) {
        Ok(pattern) => Some(pattern),
        Err(error) => {
            let why = match error {
                SubjectPatternError::NoWildcard => {
                    alloc::format!("without `*` it is an exact text: write {exact}")
                }
                error => error.to_string(),
            };
            let message = alloc::format!("pattern {}: {why}", crate::quote(&text));
            report.push(Code::SettingsInvalidValue, path, message);
            None
        }
    }
}

/// Reads an issuer: an address, since Fulcio's issuers are, and never a pattern.
fn read_issuer<'a>(value: Value<'_, 'a>) -> Option<Cow<'a, str>> {
    let (path, report) = (value.path(), value.report());
    let text = filled(value)?;
    let host = ["https://", "http://"]
        .into_iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let is_valid = host.is_some_and(|host| !host.is_empty())
        && !text.contains('*')
        && !text.chars().any(is_blank);
    if !is_valid {
        let message = alloc::format!(
            "{} is not the address of an issuer, for example `https://token.actions.githubusercontent.com`; \
             it cannot be a pattern",
            crate::quote(&text)
        );
        report.push(Code::SettingsInvalidValue, path, message);
    }
    Some(text)
}

/// Reads the name of a trusted root, and finds its place.
fn read_root<'a>(
    value: Value<'_, 'a>,
    roots: &Places<'_>,
) -> Option<(Cow<'a, str>, Option<usize>)> {
    let (path, report) = (value.path(), value.report());
    let name = filled(value)?;
    let root = roots.iter().find(|(own, _)| *own == name);
    if root.is_none() {
        let none = if roots.is_empty() {
            "; there are none"
        } else {
            ""
        };
        let message = alloc::format!(
            "{} is not among `sigstore.trustedRoots`{none}",
            crate::quote(&name)
        );
        report.push(Code::SettingsInvalidValue, path, message);
    }
    Some((name, root.map(|(_, place)| *place)))
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

/// Names of the trusted roots in the settings, each with the place of the first root with the same document
type Places<'n> = [(&'n str, usize)];

/// Reads a set: a list of at least one identity, each of one of these trusted roots.
pub(crate) fn read_set<'a>(value: Value<'_, 'a>, roots: &Places<'_>) -> Vec<Rc<Identity<'a>>> {
    let (path, report) = (value.path(), value.report());
    let (mut identities, mut count) = (Vec::new(), 0_usize);
    let was_list = value.list(|index, item| {
        count = index.saturating_add(1);
        if index < MAX_IDENTITIES {
            identities.extend(Identity::read(item, roots).map(Rc::new));
        }
    });
    check_count(count, was_list, path, report);
    identities
}

/// Maximum number of identities of one set
const MAX_IDENTITIES: usize = 64;

fn check_count(count: usize, was_list: bool, path: Path<'_>, report: &Report) {
    if was_list && count == 0 {
        report.push(Code::SettingsInvalidValue, path, "must not be empty");
    }
    if count > MAX_IDENTITIES {
        let message = alloc::format!("has {count} identities, more than {MAX_IDENTITIES}");
        report.push(Code::SettingsInvalidValue, path, message);
    }
}

#[cfg(test)]
mod tests;
