//! `trustedDirectoryCheck`: whether the image's name is in a directory that the policy trusts.

use alloc::borrow::Cow;

use super::{CheckDocument, Facts, Outcome, Place, TextList};
use crate::decision::{Code, Listed, Reason};
use crate::image::ImageReference;
use crate::json::{Report, Value};
use crate::pattern::TrustedDirectory;
use crate::policy::public_key::Loading;
use crate::policy::refuse_pattern;
use crate::sigstore::Sigstore;

/// The patterns of trusted directories, unparsed
#[derive(Debug)]
pub(crate) struct DirectoryCheck<'a> {
    patterns: TextList<'a>,
}

impl<'a> CheckDocument<'a> for DirectoryCheck<'a> {
    fn read(place: Place, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut patterns, mut saw_patterns) = (None, false);
        let was_object = value.object(|key, value| match key {
            "trustedDirPatterns" => {
                saw_patterns = true;
                let fields = ["trustedDirectoryCheck", "trustedDirPatterns"];
                patterns = TextList::read_filled(place, fields, value);
            }
            _ => value.unknown(),
        });
        let fields = [("trustedDirPatterns", saw_patterns)];
        report.require(was_object, &fields, path, Code::PolicyLimit);
        Some(Self {
            patterns: patterns?,
        })
    }

    fn check(&self, _: &[Cow<'_, str>], _: Option<&Sigstore<'a>>, _: Loading<'_>, report: &Report) {
        self.each(report, |_| {});
    }

    fn judge<'t>(
        &self,
        image: &ImageReference<'_>,
        _: Option<&mut impl Facts<'t>>,
        report: &Report,
    ) -> Option<Outcome> {
        let mut is_covered = false;
        self.each(report, |pattern| is_covered |= pattern.matches(*image));
        if is_covered {
            return Some(Outcome::passed("Image is in a trusted directory"));
        }
        let mut trusted = Listed::default();
        // Problems of the list were reported when it was read.
        self.patterns
            .each(&Report::default(), |_, pattern| trusted.push(pattern));
        let trusted = trusted.into_text();
        let message = alloc::format!("Image is not in a trusted directory; trusted: {trusted}");
        let reason = Reason::new(Code::ImageNotInTrustedDirectory, message);
        Some(Outcome::refused(alloc::vec![reason]))
    }
}

impl DirectoryCheck<'_> {
    /// Calls `each` with every pattern, and reports invalid ones.
    fn each(&self, report: &Report, mut each: impl FnMut(TrustedDirectory<'_>)) {
        self.patterns
            .each(report, |path, text| match TrustedDirectory::parse(text) {
                Ok(pattern) => each(pattern),
                Err(error) => refuse_pattern(text, &error, path, report),
            });
    }
}
