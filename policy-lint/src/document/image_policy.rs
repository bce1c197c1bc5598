//! `imagePolicy` of the settings: rules with their places. Rules with malformed parts are left out; the policy's own
//! validation reports them.

use policy_wasm::pattern::ImagePattern;

use super::Settings;
use super::settings::Check;
use crate::source::{Entry, Node, Span, pointed_at};

/// A rule of `imagePolicy`
#[derive(Debug, Clone)]
pub(crate) struct ImageRule<'n> {
    /// The rule
    pub(crate) node: &'n Node,
    /// `images`
    pub(crate) images: Vec<RulePattern<'n>>,
    /// `exceptImages`
    pub(crate) except: Vec<RulePattern<'n>>,
    /// `require`, `deny` or `exempt`
    pub(crate) effect: Effect,
    /// The field of the effect
    pub(crate) entry: &'n Entry,
}

/// A pattern of a rule
#[derive(Debug, Clone, Copy)]
pub(crate) struct RulePattern<'n> {
    /// As written
    pub(crate) text: &'n str,
    /// The pattern
    pub(crate) pattern: ImagePattern<'n>,
    /// Place of the text
    pub(crate) span: Span,
}

/// Effect of a rule
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effect {
    Require,
    Deny,
    Exempt,
}

/// Attestors of a requirement
#[derive(Debug, Clone, Copy)]
pub(crate) struct Quorum<'n> {
    /// The requirement
    pub(crate) node: &'n Node,
}

impl<'n> Settings<'n> {
    /// The rules of `imagePolicy`.
    #[must_use]
    pub(crate) fn image_rules(&self) -> Vec<ImageRule<'n>> {
        let rules = self.setting(&["imagePolicy", "rules"]).map(Node::items);
        let rules = rules.unwrap_or_default().iter();
        rules.filter_map(ImageRule::read).collect()
    }
}

impl<'n> ImageRule<'n> {
    fn read(node: &'n Node) -> Option<Self> {
        let effects = [
            ("require", Effect::Require),
            ("deny", Effect::Deny),
            ("exempt", Effect::Exempt),
        ];
        let mut found = effects
            .iter()
            .filter_map(|(key, effect)| Some((*effect, node.entry(key)?)));
        let (effect, entry) = found.next()?;
        Some(Self {
            node,
            images: patterns(node, "images")?,
            except: patterns(node, "exceptImages")?,
            effect,
            entry,
        })
    }

    /// Its name; empty if it has none.
    #[must_use]
    pub(crate) fn name(&self) -> &'n str {
        self.node.text_of("name")
    }

    /// Returns the place of the rule: its name.
    #[must_use]
    pub(crate) fn span(&self) -> Span {
        pointed_at(self.node.get("name").unwrap_or(self.node))
    }

    /// The place of `dryrun`, if the rule is in dry run.
    #[must_use]
    pub(crate) fn dry_run(&self) -> Option<Span> {
        let node = self.node.get("enforcement")?;
        (node.text() == Some("dryrun")).then_some(node.span)
    }

    /// Whether the rule denies, not only in dry run.
    #[must_use]
    pub(crate) fn is_denying(&self) -> bool {
        self.effect == Effect::Deny && self.dry_run().is_none()
    }

    /// Whether the rule is an exemption without an end.
    #[must_use]
    pub(crate) fn is_endless(&self) -> bool {
        self.effect == Effect::Exempt && self.entry.value.get("until").is_none()
    }

    /// Whether the rule has the same effect as another one, and both cover each other.
    #[must_use]
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.effect == other.effect && self.covers(other) && other.covers(self)
    }

    /// The requirements of attestors.
    pub(crate) fn quorums(&self) -> impl Iterator<Item = Quorum<'n>> + use<'n> {
        let requirements = self.node.items_of("require").iter();
        let quorums = requirements.filter(|one| one.get("attestors").is_some());
        quorums.map(|node| Quorum { node })
    }

    /// The requirements of checks.
    pub(crate) fn checks(&self) -> impl Iterator<Item = Check<'n>> + use<'n> {
        let requirements = self.node.items_of("require").iter();
        requirements.filter_map(|one| Check::read(one.get("check")?))
    }

    /// Whether the rule certainly covers every image that another rule covers, for the same Pods.
    #[must_use]
    pub(crate) fn covers(&self, other: &Self) -> bool {
        let covers_image = |narrow: &RulePattern<'_>| {
            let mut wide = self.images.iter();
            wide.any(|wide| wide.pattern.covers(&narrow.pattern))
        };
        // Images that this rule excepts, the other has to except too.
        let is_excepted = |except: &RulePattern<'_>| {
            let mut own = other.except.iter();
            own.any(|own| own.pattern.covers(&except.pattern))
        };
        other.images.iter().all(covers_image)
            && self.except.iter().all(is_excepted)
            && self.is_for_pods_of(other, "namespaces")
            && self.is_for_pods_of(other, "serviceAccounts")
    }

    fn is_for_pods_of(&self, other: &Self, field: &str) -> bool {
        let names = |rule: &Self| {
            let items = rule.node.get(field)?.items().iter();
            Some(items.map(Node::text).collect::<Vec<_>>())
        };
        match (names(self), names(other)) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(own), Some(others)) => others.iter().all(|name| own.contains(name)),
        }
    }
}

impl<'n> Quorum<'n> {
    /// The attestors, with their places.
    pub(crate) fn attestors(self) -> impl Iterator<Item = (&'n str, Span)> + use<'n> {
        let items = self.node.items_of("attestors").iter();
        items.filter_map(|item| Some((item.text()?, item.span)))
    }

    /// The threshold, if it is written.
    #[must_use]
    pub(crate) fn threshold(self) -> Option<(u64, Span)> {
        let node = self.node.get("threshold")?;
        Some((node.number()?, node.span))
    }
}

/// The patterns of a list; `None` if one of them is not valid.
fn patterns<'n>(rule: &'n Node, field: &str) -> Option<Vec<RulePattern<'n>>> {
    let items = rule.items_of(field).iter();
    let patterns = items.map(|item| {
        let text = item.text()?;
        Some(RulePattern {
            text,
            pattern: ImagePattern::parse(text).ok()?,
            span: item.span,
        })
    });
    patterns.collect()
}
