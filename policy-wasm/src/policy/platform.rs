//! Check-based platform policies, as `gcloud container binauthz policy` prints them.
//!
//! The shape is that of Google's API messages (`PlatformPolicy`, `GkePolicy`, `CheckSet`, `Check`):
//! <https://cloud.google.com/binary-authorization/docs/reference/rest/v1/projects.platforms.policies>.
//! The parser checks the whole shape; patterns and keys stay text until a request needs them.

mod check;
mod check_set;
mod place;
mod projects;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

pub(crate) use check::{
    Check, CheckKeys, Facts, ImageStatements, Outcome, Seeks, SigstoreCheck, StoredScan,
    TrustedStatement, missing,
};
pub use check::{CheckEvidence, CheckType};
pub(crate) use check_set::CheckSet;
pub(crate) use place::{Place, TextList};

use super::{POLICY, refuse_pattern};
use crate::decision::Code;
use crate::json::{Report, Value};
use crate::pattern::AllowPattern;
use crate::policy::public_key::Loading;
use crate::sigstore::Sigstore;

/// Settings field with the list of these documents
pub(crate) const LIST: &str = "platformPolicies";

/// Maximum number of policies in the settings. Google allows one for a project.
pub(crate) const MAX_POLICIES: usize = 64;

/// Maximum number of check sets of a policy: one for each namespace of a large cluster
const MAX_CHECK_SETS: usize = 1024;

/// A platform policy with unparsed lists
#[derive(Debug)]
pub(crate) struct PlatformPolicy<'a> {
    /// Index in the list
    index: usize,
    /// Name, only for messages
    pub(crate) name: Option<Cow<'a, str>>,
    /// Exempts images from the whole policy
    pub(crate) allowlist: Option<Allowlist<'a>>,
    /// INVARIANT, if read without a problem: empty, or only the last one has no scope, and no scope occurs twice
    pub(crate) check_sets: Vec<CheckSet<'a>>,
}

impl<'a> PlatformPolicy<'a> {
    /// Reads the policy at `index`; reports problems, and returns the valid parts.
    #[inline(never)] // see docs/performance.md#stack
    pub(crate) fn read(index: usize, value: Value<'_, 'a>) -> Self {
        let (path, report) = (value.path(), value.report());
        let mut policy = Self {
            index,
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
            // Output fields of Google's service and descriptions, which have no effect.
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
        let policy = self.index;
        value.object(|key, value| match key {
            "imageAllowlist" => {
                let place = Place::Policy(policy);
                self.allowlist = Some(Allowlist::read(place, value));
            }
            "checkSets" => {
                let (path, report) = (value.path(), value.report());
                value.list_within(MAX_CHECK_SETS, |index, item| {
                    self.check_sets.extend(CheckSet::read(policy, index, item));
                });
                check_set::check_order(&self.check_sets, path, report);
            }
            _ => value.unknown(),
        });
    }

    /// Returns the path of the document in the settings, as in Decisions.
    pub(crate) fn document(&self) -> String {
        alloc::format!("{LIST}[{}]", self.index)
    }

    /// Parses all parts that [`Self::read`] left unparsed.
    pub(crate) fn check(
        &self,
        builders: &[Cow<'_, str>],
        sigstore: Option<&Sigstore<'a>>,
        loading: Loading<'_>,
        report: &Report,
    ) {
        if let Some(allowlist) = &self.allowlist {
            allowlist.each(report, &mut |_, _| {});
        }
        for check_set in &self.check_sets {
            check_set.check(builders, sigstore, loading, report);
        }
    }
}

/// `imageAllowlist`, unparsed
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

    /// Calls `each` with every pattern and its text.
    pub(crate) fn each(&self, report: &Report, each: &mut dyn FnMut(AllowPattern<'_>, &str)) {
        let Some(patterns) = &self.patterns else {
            return;
        };
        patterns.each(report, &mut |path, text| match AllowPattern::parse(text) {
            Ok(pattern) => each(pattern, text),
            Err(error) => refuse_pattern(text, &error, path, report),
        });
    }
}
