//! `trustedDirectoryCheck`: whether the image's name is in a directory that the policy trusts.

use crate::decision::{Code, Reason};
use crate::image::ImageReference;
use crate::json::Report;
use crate::policy::platform::{TextList, each_trusted_directory};

/// The refusal, unless a pattern covers the image.
pub(super) fn refuse(
    patterns: &TextList<'_>,
    image: ImageReference<'_>,
    report: &Report,
) -> Option<Reason> {
    let mut is_covered = false;
    each_trusted_directory(patterns, report, |pattern| {
        is_covered |= pattern.matches(image);
    });
    let message = "Image is not in a trusted directory";
    (!is_covered).then(|| Reason::new(Code::ImageNotInTrustedDirectory, message))
}
