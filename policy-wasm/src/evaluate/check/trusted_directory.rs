//! `trustedDirectoryCheck`: whether the image's name is in a directory that the policy trusts.

use super::Outcome;
use crate::decision::{Code, Listed, Reason};
use crate::image::ImageReference;
use crate::json::Report;
use crate::policy::platform::{TextList, each_trusted_directory};

/// Checks whether a pattern covers the image.
pub(super) fn judge(
    patterns: &TextList<'_>,
    image: ImageReference<'_>,
    report: &Report,
) -> Outcome {
    let mut is_covered = false;
    each_trusted_directory(patterns, report, |pattern| {
        is_covered |= pattern.matches(image);
    });
    if is_covered {
        return Outcome::passed("Image is in a trusted directory");
    }
    let mut trusted = Listed::default();
    // Problems of the list were reported when it was read.
    patterns.each(&Report::default(), |_, pattern| trusted.push(pattern));
    let trusted = trusted.into_text();
    let message = alloc::format!("Image is not in a trusted directory; trusted: {trusted}");
    let reason = Reason::new(Code::ImageNotInTrustedDirectory, message);
    Outcome::refused(alloc::vec![reason])
}
