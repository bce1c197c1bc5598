//! Words for a certificate that no identity covers: all of it for Decisions, and one line for denials.

use alloc::rc::Rc;
use alloc::string::{String, ToString as _};

use super::{Allowed, Claim, Identity, Leaf, Mismatch, Moment, Subject, describe, description};
use crate::printable::{brief, escaped};
use crate::rejection::Rejection;

/// Maximum length of a name in a denial
const MAX_NAME: usize = 72;
/// The directory of all workflows of GitHub, which a denial leaves out
const WORKFLOWS: &str = "/.github/workflows/";

/// Compares a certificate with identities of which none matches, and describes it and the nearest of them.
pub(crate) fn explain(leaf: &Leaf<'_>, identities: &[Rc<Identity<'_>>]) -> Rejection {
    // Of those that are equally near, the first.
    let nearest = identities
        .iter()
        .rev()
        .max_by_key(|one| nearness(one, leaf));
    let Some(nearest) = nearest else {
        let why = alloc::format!("it is for {}, and no identity is trusted", describe(leaf));
        return rejection((0, 0), None, why);
    };
    let others = identities.len().saturating_sub(1);
    let (why, said) = match nearest.matches(leaf) {
        Err(Mismatch::Claim(claim)) => of_claim(claim, leaf, nearest, others),
        _ => of_name(leaf, nearest, others),
    };
    rejection(nearness(nearest, leaf), said, why)
}

/// Describes a certificate of an identity that may not sign at one of the verified times, which `signedAfter` and
/// `signedBefore` limit.
pub(crate) fn not_then(identity: &Identity<'_>, leaf: &Leaf<'_>, time: Moment) -> Rejection {
    let bound = match (identity.signed_after, identity.signed_before) {
        (Some(after), _) if time < after.into() => {
            alloc::format!("before `signedAfter` {after}")
        }
        (_, Some(before)) => alloc::format!("after `signedBefore` {before}"),
        _ => "at which its identity may not sign".to_string(),
    };
    let who = describe(leaf);
    let why = alloc::format!("it is for {who}, and was used at {time}, {bound}");
    let said = alloc::format!("Signed at {time}, {bound}");
    rejection((u8::MAX, 0), Some(said), why)
}

fn rejection(nearness: (u8, usize), said: Option<String>, why: String) -> Rejection {
    Rejection::IdentityMismatch {
        why,
        nearness,
        said: said.unwrap_or_default(),
    }
}

/// Rates how near an identity is to a certificate: first by what matches, then by the beginning of the subject.
fn nearness(identity: &Identity<'_>, leaf: &Leaf<'_>) -> (u8, usize) {
    let subject = leaf.subject.as_str().bytes();
    let pairs = identity.subject.text().bytes().zip(subject);
    let same = pairs.take_while(|(a, b)| a == b).count();
    let matching = match identity.matches(leaf) {
        Err(Mismatch::Claim(_)) => 2,
        _ if identity.subject.covers(leaf.subject) => 1,
        _ => 0,
    };
    (matching, same)
}

/// The issuer or the subject is another one.
fn of_name(leaf: &Leaf<'_>, nearest: &Identity<'_>, others: usize) -> (String, Option<String>) {
    let own = leaf.subject.as_str();
    let (kind, trusted) = match &nearest.subject {
        Subject::Exact(_, text) => ("exactly", &**text),
        Subject::Pattern(pattern) => ("pattern", pattern.text()),
    };
    let hint = if trusted != own && trusted.eq_ignore_ascii_case(own) {
        "; they differ only in letter case"
    } else {
        ""
    };
    let description = description(trusted, Some(&nearest.issuer));
    let more = counted(" and", others);
    let who = describe(leaf);
    let why = alloc::format!("it is for {who}, trusted: {kind} {description}{more}{hint}");
    let more = counted(" or", others);
    let said = match leaf.issuer {
        _ if !nearest.subject.covers(leaf.subject) => {
            let names = names(own, trusted);
            names.map(|(own, trusted)| alloc::format!("Signed by {own}, not by {trusted}{more}"))
        }
        None => Some("Signed by an identity without an issuer".to_string()),
        Some(issuer) => names(issuer, &nearest.issuer).map(|(own, trusted)| {
            alloc::format!("Signed by an identity of issuer {own}, not of {trusted}{more}")
        }),
    };
    (why, said)
}

/// Issuer and subject match, and a claim does not.
fn of_claim(
    claim: Claim,
    leaf: &Leaf<'_>,
    nearest: &Identity<'_>,
    others: usize,
) -> (String, Option<String>) {
    let (name, who) = (claim.name(), describe(leaf));
    let required = nearest.claims.iter().find(|one| one.claim == claim);
    let allowed = required.map_or_else(String::new, |required| required.allowed.text());
    let found = match leaf.claim(claim) {
        Some(value) => alloc::format!("its `{name}` is {}", crate::quote(value)),
        None => alloc::format!("it has no `{name}`"),
    };
    let more = counted("; or", others);
    let why = alloc::format!("it is for {who}, and {found}, trusted: {allowed}{more}");
    let said = match (leaf.claim(claim), required.map(|one| &one.allowed)) {
        (None, _) => Some(alloc::format!("Signed by a certificate without `{name}`")),
        (Some(value), Some(allowed)) => {
            let (trusted, more) = match allowed {
                Allowed::AnyOf(texts) => (
                    texts.first().map_or("", |first| first),
                    counted(" or", texts.len().saturating_sub(1)),
                ),
                Allowed::Pattern(pattern) => (pattern.text(), String::new()),
            };
            names(value, trusted).map(|(own, trusted)| {
                alloc::format!(
                    "Signed by a certificate whose `{name}` is {own}, not {trusted}{more}"
                )
            })
        }
        (Some(_), None) => None,
    };
    (why, said)
}

/// ` and 2 others`; empty for none.
fn counted(before: &str, others: usize) -> String {
    match others {
        0 => String::new(),
        1 => alloc::format!("{before} 1 other"),
        _ => alloc::format!("{before} {others} others"),
    }
}

/// Shortens the found name, which may be an attacker's text, and the trusted one. The trusted one is shown without
/// the segments that both begin with. `None` if they would look alike.
fn names(own: &str, trusted: &str) -> Option<(String, String)> {
    let scheme = "https://";
    let (mut own, mut trusted) = (own, trusted);
    let mut before = "";
    let mut end_of_own = own;
    if let (Some(one), Some(other)) = (own.strip_prefix(scheme), trusted.strip_prefix(scheme)) {
        (own, trusted) = (one, other);
        let ends = different_end(one, other);
        if ends.1.len() < trusted.len() {
            before = "…/";
            (end_of_own, trusted) = ends;
        }
    }
    let (mut own, trusted) = (short(own), [before, &short(trusted)].concat());
    if own.chars().count() > MAX_NAME && !before.is_empty() {
        own = [before, &short(end_of_own)].concat();
    }
    let (own, trusted) = (brief(&own, MAX_NAME), brief(&trusted, MAX_NAME));
    (own != trusted).then_some((own, trusted))
}

/// Returns two addresses from the first segment of their paths that differs, or else from the last one.
fn different_end<'t>(mut one: &'t str, mut other: &'t str) -> (&'t str, &'t str) {
    while let (Some((head, rest)), Some((other_head, other_rest))) =
        (one.split_once('/'), other.split_once('/'))
        && head == other_head
        && !head.contains('@')
    {
        (one, other) = (rest, other_rest);
    }
    (one, other)
}

/// Returns one printable word, with workflows of GitHub by their file name.
fn short(name: &str) -> String {
    let name = name.replacen(WORKFLOWS, "/…/", 1);
    let mut word = String::new();
    for character in escaped(&name).chars() {
        if character.is_whitespace() {
            word.extend(character.escape_unicode());
        } else {
            word.push(character);
        }
    }
    word
}
