//! `imagePolicy`: rules for images by name, a document of Countersign's own.
//!
//! Every rule that covers an image applies. There may be ten thousand, of which a request needs a few. So the parser
//! reads the fields and `images` of each rule with the settings, and the rest of a rule when it is needed.

mod effect;
mod pattern;
mod requirement;
mod rule;

use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::ops::Range;

pub(crate) use effect::{Effect, Exemption};
use pattern::KeptPattern;
pub(crate) use requirement::{Quorum, Requirement};
pub(crate) use rule::ImageRule;

use super::POLICY;
use crate::decision::Code;
use crate::image::NormalizedReference;
use crate::json::{ObjectItem, Path, Raw, Report, Value};
use crate::pattern::PlainImagePatterns;
use crate::sigstore::Sigstore;

/// Settings field of the document
pub(crate) const DOCUMENT: &str = "imagePolicy";

/// Field of a rule with its patterns
const IMAGES: &str = "images";

/// Maximum number of rules
const MAX_RULES: usize = 10_000;
/// Number of rules that most policies do not exceed
const FEW_RULES: usize = 32;
/// Maximum number of patterns in `images` of all rules
const MAX_PATTERNS: usize = 64 << 10;

/// An image policy with unread rules
#[derive(Debug)]
pub(crate) struct ImagePolicy<'a> {
    pub(crate) unmatched: Unmatched,
    rules: Vec<UnreadRule<'a>>,
    /// Number of rules with one pattern
    with_one: usize,
    /// The patterns of all other rules
    patterns: Vec<KeptPattern<'a>>,
}

/// A rule of which only `images` has been read
#[derive(Debug)]
struct UnreadRule<'a> {
    text: Raw<'a>,
    images: Images<'a>,
}

/// `images` of a rule
#[derive(Debug)]
enum Images<'a> {
    /// One pattern, as most rules have
    One(KeptPattern<'a>),
    /// Places in [`ImagePolicy::patterns`]
    Any(Range<usize>),
}

/// `unmatchedImages`: images that no rule in force covers
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unmatched {
    Deny,
    Admit,
}

impl<'a> ImagePolicy<'a> {
    /// Reads the policy; reports problems, and returns the valid parts.
    #[inline(never)] // see docs/performance.md#stack
    pub(crate) fn read(value: Value<'_, 'a>) -> Self {
        let (path, report) = (value.path(), value.report());
        let mut policy = Self {
            unmatched: Unmatched::Deny,
            rules: Vec::new(),
            with_one: 0,
            patterns: Vec::new(),
        };
        let mut plain = PlainImagePatterns::default();
        let (mut saw_unmatched, mut saw_rules) = (false, false);
        let was_object = value.with_dialect(POLICY).object(|key, value| match key {
            "unmatchedImages" => {
                saw_unmatched = true;
                let choices = [("deny", Unmatched::Deny), ("admit", Unmatched::Admit)];
                let choice =
                    value.choice(&choices, Code::PolicyUnknownEnum, Code::PolicyNumericEnum);
                policy.unmatched = choice.unwrap_or(Unmatched::Deny);
            }
            "rules" => {
                saw_rules = true;
                let path = value.path();
                value.list_of_objects(&rule::FIELDS, |index, item| match item {
                    ObjectItem::Sole(raw, text) => {
                        policy.read_sole_pattern(&mut plain, index, raw, text, &path, report);
                    }
                    ObjectItem::Other(value) => policy.read_rule(index, value),
                });
            }
            _ => value.unknown(),
        });
        let fields = [("unmatchedImages", saw_unmatched), ("rules", saw_rules)];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
        policy
    }

    /// Reads the only pattern of the rule at `index` of the list at `path`.
    #[inline(never)] // so that the closure around it is inlined into the loop over rules
    fn read_sole_pattern(
        &mut self,
        plain: &mut PlainImagePatterns,
        index: usize,
        raw: Raw<'a>,
        text: &'a [u8],
        path: &Path<'_>,
        report: &Report,
    ) {
        if index < MAX_RULES
            && self.patterns() < MAX_PATTERNS
            && let Some(pattern) = plain.read(text)
        {
            self.with_one = self.with_one.wrapping_add(1);
            self.push(raw, Images::One(KeptPattern::Plain(pattern)));
            return;
        }
        self.parse_sole_pattern(index, raw, text, path, report);
    }

    #[inline(never)] // as above
    fn parse_sole_pattern(
        &mut self,
        index: usize,
        raw: Raw<'a>,
        text: &'a [u8],
        path: &Path<'_>,
        report: &Report,
    ) {
        let path = Path::Index(path, index);
        if index >= MAX_RULES {
            return refuse_rule(index, path, report);
        }
        let list = Path::Field(&path, IMAGES);
        let text = core::str::from_utf8(text).unwrap_or_default(); // valid, as the whole call is
        let pattern = pattern::parse(text, Path::Index(&list, 0), report);
        let start = self.patterns.len();
        self.patterns.extend(pattern);
        self.keep(raw, start, path, report);
    }

    /// Reads the patterns of the rule at `index` in any form.
    #[inline(never)] // as above
    fn read_rule(&mut self, index: usize, value: Value<'_, 'a>) {
        let (path, report) = (value.path(), value.report());
        if index >= MAX_RULES {
            return refuse_rule(index, path, report);
        }
        let start = self.patterns.len();
        let patterns = &mut self.patterns;
        let (mut saw_images, mut was_object) = (false, false);
        let raw = value.hand_to(|value| {
            was_object = value.object_inline(|key, value| match key {
                IMAGES => {
                    saw_images = true;
                    pattern::read_list(value, |pattern| patterns.push(pattern));
                }
                key if rule::FIELDS.contains(&key) => {}
                _ => value.unknown(),
            });
        });
        let fields = [(IMAGES, saw_images)];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
        self.keep(raw, start, path, report);
    }

    /// Keeps a rule with the patterns from a place on, and reports it if all rules together have too many.
    fn keep(&mut self, text: Raw<'a>, start: usize, path: Path<'_>, report: &Report) {
        if self.patterns() > MAX_PATTERNS {
            let message =
                alloc::format!("more than {MAX_PATTERNS} patterns in `images` of all rules");
            report.push(Code::LimitExceeded, path, message);
            self.patterns
                .truncate(MAX_PATTERNS.saturating_sub(self.with_one));
        }
        let places = start..self.patterns.len();
        let images = if places.len() == 1
            && let Some(pattern) = self.patterns.pop()
        {
            self.with_one = self.with_one.wrapping_add(1);
            Images::One(pattern)
        } else {
            Images::Any(places)
        };
        self.push(text, images);
    }

    #[inline]
    fn push(&mut self, text: Raw<'a>, images: Images<'a>) {
        if self.rules.len() == self.rules.capacity() {
            self.reserve();
        }
        self.rules.push(UnreadRule { text, images });
    }

    /// Reserves what most policies need, and then what any may need: a list that grows may move.
    #[cold]
    fn reserve(&mut self) {
        let most = if self.rules.len() < FEW_RULES {
            FEW_RULES
        } else {
            MAX_RULES
        };
        self.rules
            .reserve_exact(most.saturating_sub(self.rules.len()));
    }

    /// Returns the number of patterns with which [`Self::covering`] compares an image.
    pub(crate) const fn patterns(&self) -> usize {
        self.patterns.len().wrapping_add(self.with_one)
    }

    /// Returns the indices of the rules whose `images` cover an image, in ascending order.
    pub(crate) fn covering(&self, image: &NormalizedReference<'_>) -> Vec<usize> {
        let rules = self.rules.iter().enumerate();
        let covering = rules.filter(|(_, rule)| match &rule.images {
            Images::One(pattern) => pattern.matches(image),
            Images::Any(places) => {
                let patterns = self.patterns.get(places.clone());
                patterns.is_some_and(|all| all.iter().any(|pattern| pattern.matches(image)))
            }
        });
        covering.map(|(index, _)| index).collect()
    }

    /// Reads the rule at `index`; `None` if there is none or it has problems, which are reported.
    pub(crate) fn rule(
        &self,
        index: usize,
        sigstore: Option<&Sigstore<'a>>,
        report: &Report,
    ) -> Option<ImageRule<'a>> {
        // Others have been reported.
        let raw = self.rules.get(index)?.text;
        if !raw.is_object() {
            return None;
        }
        let mut rule = None;
        ImageRule::at(index, |path| {
            raw.read(POLICY, path, report, |value| {
                rule = ImageRule::read(index, value);
            });
        });
        let rule = rule?;
        for check in rule.checks().filter_map(|check| check.kind.sigstore()) {
            check.require_signers(sigstore, report);
        }
        Some(rule)
    }

    /// Reads all rules, and reports problems.
    pub(crate) fn all_rules(
        &self,
        sigstore: Option<&Sigstore<'a>>,
        report: &Report,
    ) -> Vec<ImageRule<'a>> {
        let indices = 0..self.rules.len();
        let rules = indices.filter_map(|index| self.rule(index, sigstore, report));
        rules.collect()
    }
}

/// Reports the first rule at an index that no rule may have.
#[cold]
fn refuse_rule(index: usize, path: Path<'_>, report: &Report) {
    if index == MAX_RULES {
        let message = alloc::format!("more than {MAX_RULES} entries of one list");
        report.push(Code::LimitExceeded, path, message);
    }
}

/// Reports rules that share a name: Decisions name rules.
pub(crate) fn check_names(rules: &[ImageRule<'_>], report: &Report) {
    let mut names = BTreeSet::new();
    for rule in rules {
        if !names.insert(&rule.name) {
            ImageRule::at(rule.index, |path| {
                let message =
                    alloc::format!("another rule has the name {}", crate::quote(&rule.name));
                report.push(
                    Code::PolicyInvalidValue,
                    Path::Field(&path, "name"),
                    message,
                );
            });
        }
    }
}
