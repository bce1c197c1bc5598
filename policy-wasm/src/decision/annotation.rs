//! Audit annotations, which the API server records in its audit log: a fixed set of short values, listed in
//! `docs/audit-annotations.md`.

use alloc::borrow::Cow;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::string::{String, ToString as _};

use super::objection::documents;
use super::{Code, DocumentResult, ImageDecision, ImageRuleResult, Reason, Role, Verdict};
use crate::printable::escaped;

/// The annotations of one answer
pub(crate) type Annotations = BTreeMap<&'static str, String>;

/// Values are shorter than this.
const MAX_LENGTH: usize = 256;
/// Room for `,+1000`
const COUNT: usize = 8;

/// Outcome of the images that annotations are about
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Denied,
    Overridden,
}

impl Fate {
    const fn key(self) -> &'static str {
        match self {
            Self::Denied => "images-denied",
            Self::Overridden => "overridden",
        }
    }
}

/// Adds the reasons against these images. Items that do not fit are counted.
pub(crate) fn annotate(annotations: &mut Annotations, images: &[&ImageDecision], fate: Fate) {
    let [mut codes, mut policies, mut rules] = <[List; 3]>::default();
    let [mut attestors, mut evidence, mut names] = <[List; 3]>::default();
    let mut lacks_evidence = false;
    for image in images {
        names.add(&name(image));
        codes.add_all(&image.reasons, is_against);
        for result in documents(image) {
            policies.add(result.name.as_deref().unwrap_or(&result.document));
            codes.add_all(&result.reasons, is_against);
            if let Some(rule) = rule(result) {
                rules.add(&rule);
            }
            for rule in result.rules.iter().filter(|rule| is_failed(rule)) {
                rules.add(&alloc::format!("image-rule {}", rule.name));
            }
            for attestor in result.missing_attestors() {
                attestors.add(&attestor.name);
                lacks_evidence |= evidence.add_evidence(&attestor.reasons);
            }
            for check in result.failed_checks() {
                lacks_evidence |= evidence.add_evidence(&check.reasons);
            }
        }
    }
    if lacks_evidence && evidence.text.is_empty() {
        evidence.add("none");
    }
    for (key, list) in [
        ("codes", codes),
        ("policy", policies),
        ("rule", rules),
        ("attestors", attestors),
        ("evidence", evidence),
        (fate.key(), names),
    ] {
        let value = list.into_text();
        if !value.is_empty() {
            annotations.insert(key, value);
        }
    }
}

fn is_failed(rule: &ImageRuleResult) -> bool {
    rule.verdict != Verdict::Conformant
}

const fn is_against(code: Code) -> bool {
    matches!(code.role(), Role::Violation | Role::Error)
}

/// A detail with the code of its reason only counts further details.
fn is_about_evidence(code: Code) -> bool {
    code != Code::NoValidAttestation
}

/// Adds the verdict.
pub(crate) fn annotate_verdict(annotations: &mut Annotations, verdict: Verdict) {
    let verdict = match verdict {
        Verdict::Conformant => "CONFORMANT",
        Verdict::NonConformant => "NON_CONFORMANT",
        Verdict::Error => "ERROR",
    };
    annotations.insert("verdict", verdict.to_string());
}

/// Adds the reason of a denial before images were evaluated.
pub(super) fn annotate_refusal(annotations: &mut Annotations, reason: &Reason) {
    annotate_verdict(annotations, reason.code.verdict());
    annotations.insert("codes", reason.code.to_string());
}

/// `default`, `kubernetes-namespace production`, `check-set 0`
fn rule(result: &DocumentResult) -> Option<String> {
    if let Some(check_set) = &result.check_set {
        return Some(alloc::format!("check-set {}", check_set.index));
    }
    let rule = result.rule.as_ref()?;
    Some(match &rule.key {
        Some(key) => [rule.kind, " ", key].concat(),
        None => rule.kind.to_string(),
    })
}

/// The image as written, and the digest behind its tag where that was resolved.
fn name(image: &ImageDecision) -> Cow<'_, str> {
    match &image.resolved_digest {
        Some(digest) => Cow::Owned([&image.image, "@", digest].concat()),
        None => Cow::Borrowed(&image.image),
    }
}

/// Items in their order, each once, between commas, and a count of those that do not fit: `a,b,+3`
#[derive(Debug, Default)]
struct List {
    text: String,
    more: usize,
    seen: BTreeSet<String>,
}

impl List {
    #[inline(never)] // once in the module
    fn add(&mut self, item: &str) {
        if item.is_empty() || !self.seen.insert(item.to_string()) {
            return;
        }
        let item = escaped(item);
        let length = self.text.len().saturating_add(item.len());
        if length.saturating_add(COUNT) >= MAX_LENGTH {
            self.more = self.more.saturating_add(1);
            return;
        }
        self.separate();
        self.text.push_str(&item);
    }

    fn add_all(&mut self, reasons: &[Reason], keep: fn(Code) -> bool) {
        for reason in reasons {
            if keep(reason.code) {
                self.add(reason.code.as_str());
            }
        }
    }

    /// Adds the codes of rejected attestations and statements; returns whether any are missing.
    fn add_evidence(&mut self, reasons: &[Reason]) -> bool {
        let mut lacks = false;
        for reason in reasons {
            self.add_all(&reason.details, is_about_evidence);
            lacks |= matches!(
                reason.code,
                Code::NoValidAttestation | Code::NoValidSigstoreSignature | Code::EvidenceMissing
            );
        }
        lacks
    }

    fn separate(&mut self) {
        if !self.text.is_empty() {
            self.text.push(',');
        }
    }

    fn into_text(mut self) -> String {
        if self.more > 0 {
            self.separate();
            self.text.push('+');
            self.text.push_str(&self.more.to_string());
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use super::*;

    #[test]
    fn a_list_is_shorter_than_its_limit_and_counts_what_it_leaves_out() {
        let list = |items: &[String]| {
            let mut list = List::default();
            items.iter().for_each(|item| list.add(item));
            list.into_text()
        };
        let items: Vec<_> = (0..1_000).map(|n| alloc::format!("item-{n}")).collect();
        assert_eq!(list(&items[..2]), "item-0,item-1");
        assert_eq!(list(&["x".repeat(300)]), "+1");
        assert_eq!(list(&["a".into(), "b\n".into(), "a".into()]), r"a,b\u{a}");
        let text = list(&items);
        assert!(text.len() < MAX_LENGTH && text.contains(",+9"), "{text}");
    }
}
