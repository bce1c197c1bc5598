//! `trustedDirectoryCheck`: whether the image's name is in a directory that the policy trusts.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::OnceCell;

use super::{CheckDocument, Facts, Outcome, Place, TextList};
use crate::decision::{Code, Reason, listed};
use crate::image::ImageReference;
use crate::json::{Report, Value};
use crate::pattern::{ImageDirectory, TrustedDirectory};
use crate::policy::public_key::Loading;
use crate::policy::refuse_pattern;
use crate::sigstore::Sigstore;

/// The patterns of trusted directories
#[derive(Debug)]
pub(crate) struct DirectoryCheck<'a> {
    patterns: TextList<'a>,
    /// The valid ones, read for the first image of a request
    valid: OnceCell<Vec<Box<str>>>,
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
            valid: OnceCell::new(),
        })
    }

    fn check(&self, _: &[Cow<'_, str>], _: Option<&Sigstore<'a>>, _: Loading<'_>, report: &Report) {
        self.each_valid(report, |_| {});
    }

    fn judge<'t>(
        &self,
        image: &ImageReference<'_>,
        _: Option<&mut impl Facts<'t>>,
        report: &Report,
    ) -> Option<Outcome> {
        let valid = self.valid.get_or_init(|| {
            let mut valid = Vec::new();
            self.each_valid(report, |pattern| valid.push(pattern.into()));
            valid
        });
        let is_trusted = |directory: ImageDirectory| {
            let mut patterns = valid.iter().map(|text| TrustedDirectory::of_valid(text));
            patterns.any(|pattern| pattern.covers(&directory))
        };
        if ImageDirectory::of(*image).is_some_and(is_trusted) {
            return Some(Outcome::passed("Image is in a trusted directory"));
        }
        let trusted = listed(valid.iter().map(|text| &**text));
        let message = alloc::format!("Image is not in a trusted directory; trusted: {trusted}");
        let reason = Reason::new(Code::ImageNotInTrustedDirectory, message);
        Some(Outcome::refused(alloc::vec![reason]))
    }
}

impl DirectoryCheck<'_> {
    /// Calls `each` with every valid pattern, and reports the others.
    fn each_valid(&self, report: &Report, mut each: impl FnMut(&str)) {
        self.patterns.each(
            report,
            &mut |path, text| match TrustedDirectory::parse(text) {
                Ok(_) => each(text),
                Err(error) => refuse_pattern(text, &error, path, report),
            },
        );
    }
}
