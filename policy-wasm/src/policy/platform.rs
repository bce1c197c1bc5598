//! Check-based platform policies, as `gcloud container binauthz policy` prints them.
//!
//! The shape is that of Google's API messages (`PlatformPolicy`, `GkePolicy`, `CheckSet`, `Check`):
//! <https://cloud.google.com/binary-authorization/docs/reference/rest/v1/projects.platforms.policies>.
//! Reading checks the whole shape; patterns and keys stay text until a request needs them.

mod check;
mod check_set;
mod place;
mod projects;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

pub(crate) use check::{
    Check, CheckKeys, CheckKind, SlsaRule, Threshold, VulnerabilityCheck, each_trusted_directory,
};
pub(crate) use check_set::CheckSet;
pub(crate) use place::{Place, TextList};

use super::{POLICY, refuse_pattern};
use crate::decision::Code;
use crate::json::{Report, Value};
use crate::pattern::AllowPattern;

/// The settings key of the list of these documents
pub(crate) const LIST: &str = "platformPolicies";

/// Policies of the settings. Google has one for a project.
pub(crate) const MAX_POLICIES: usize = 64;

/// Check sets of a policy: one for each namespace of a cluster, and room.
const MAX_CHECK_SETS: usize = 1024;

/// A platform policy, its lists unread
#[derive(Debug)]
pub(crate) struct PlatformPolicy<'a> {
    place: Place,
    /// Shown in refusals, and nothing else
    pub(crate) name: Option<Cow<'a, str>>,
    /// Exempts images from the whole policy
    pub(crate) allowlist: Option<Allowlist<'a>>,
    /// INVARIANT, once read without a problem: empty, or the last one is the only one without a
    /// scope, and no scope is there twice
    pub(crate) check_sets: Vec<CheckSet<'a>>,
}

impl<'a> PlatformPolicy<'a> {
    /// Reads a policy, the one at `index`; problems are reported, and what could be read is returned.
    #[inline(never)] // a stack frame of its own, for as long as it is needed
    pub(crate) fn read(index: usize, value: Value<'_, 'a>) -> Self {
        let (path, report) = (value.path(), value.report());
        let mut policy = Self {
            place: Place::policy(index),
            name: None,
            allowlist: None,
            check_sets: Vec::new(),
        };
        let mut saw_policy = false;
        let was_object = value.with_dialect(POLICY).object(|key, value| match key {
            "gkePolicy" => {
                saw_policy = true;
                policy.read_gke(value);
            }
            "cloudRunPolicy" => {
                saw_policy = true;
                let message = "policies for Cloud Run are not supported";
                value.refuse(Code::PolicyUnsupportedFeature, message);
            }
            "name" => policy.name = value.text(),
            // Output fields of Google's service, and prose: no effect on any verdict.
            "description" | "etag" | "updateTime" => {
                value.text();
            }
            _ => value.unknown(),
        });
        let fields = [("gkePolicy", saw_policy)];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
        policy
    }

    fn read_gke(&mut self, value: Value<'_, 'a>) {
        let place = self.place;
        value.object(|key, value| match key {
            "imageAllowlist" => self.allowlist = Some(Allowlist::read(place, value)),
            "checkSets" => {
                let (path, report) = (value.path(), value.report());
                value.list_within(MAX_CHECK_SETS, |index, item| {
                    self.check_sets
                        .extend(CheckSet::read(place.check_set(index), item));
                });
                check_set::check_order(&self.check_sets, path, report);
            }
            _ => value.unknown(),
        });
    }

    /// Where the document stands in the settings, as decisions name it.
    pub(crate) fn document(&self) -> String {
        alloc::format!("{LIST}[{}]", self.place.policy)
    }

    /// Reads all that reading left unread.
    pub(crate) fn check(&self, builders: &[Cow<'_, str>], report: &Report) {
        if let Some(allowlist) = &self.allowlist {
            allowlist.each(report, |_, _| {});
        }
        for check_set in &self.check_sets {
            check_set.check(builders, report);
        }
    }
}

/// `imageAllowlist`, unread
#[derive(Debug)]
pub(crate) struct Allowlist<'a> {
    patterns: Option<TextList<'a>>,
}

impl<'a> Allowlist<'a> {
    fn read(place: Place, value: Value<'_, 'a>) -> Self {
        let mut patterns = None;
        value.object(|key, value| match key {
            "allowPattern" => {
                patterns = TextList::read(place, ["imageAllowlist", "allowPattern"], value);
            }
            _ => value.unknown(),
        });
        Self { patterns }
    }

    /// Walks the patterns, handing on each with its text.
    pub(crate) fn each(&self, report: &Report, mut each: impl FnMut(AllowPattern<'_>, &str)) {
        let Some(patterns) = &self.patterns else {
            return;
        };
        patterns.each(report, |path, text| match AllowPattern::parse(text) {
            Ok(pattern) => each(pattern, text),
            Err(error) => refuse_pattern(text, &error, path, report),
        });
    }
}
