//! Warnings about images that are admitted despite their verdict, one for each image.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::message::distinct;
use super::objection::{Hints, Objection, objections};
use super::short::{self, AttestorNames};
use super::{Code, ImageDecision, Reason};

/// `kubectl` prints each on a line. The API server keeps 256 characters of one and 4,096 of all.
pub(super) const MAX_LENGTH: usize = 120;
/// More images than this are counted.
const MAX_IMAGES: usize = 4;

/// Why images were admitted against their verdict
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Override {
    DryRun,
    BreakGlass,
}

impl Override {
    /// Code of its warnings; the audit annotation has the same name
    pub(crate) const fn code(self) -> Code {
        match self {
            Self::DryRun => Code::DryRun,
            Self::BreakGlass => Code::BreakGlass,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::DryRun => "admitted by dry run",
            Self::BreakGlass => "admitted with break-glass",
        }
    }
}

/// One warning for each of these images, and a count of those beyond a few.
pub(crate) fn warnings(
    overridden: &[(&ImageDecision, Override)],
    hints: &Hints<'_>,
) -> Vec<Reason> {
    let images: Vec<_> = overridden.iter().map(|(image, _)| *image).collect();
    let distinct = distinct(&images);
    let shown = distinct.get(..MAX_IMAGES).unwrap_or(&distinct);
    let names = AttestorNames(shown);
    let by = |image: &ImageDecision| {
        let mut all = overridden.iter();
        let found = all.find(|(other, _)| core::ptr::eq(*other, image));
        found.map_or(Override::DryRun, |(_, by)| *by)
    };
    let mut warnings = Vec::new();
    for (image, name) in shown.iter().zip(short::images(shown)) {
        let by = by(image);
        let text = warning(image, &name, by, names, hints);
        warnings.push(Reason::new(by.code(), text));
    }
    if let Some(beyond) = distinct.get(MAX_IMAGES..).filter(|rest| !rest.is_empty()) {
        let by = beyond.first().map_or(Override::DryRun, |image| by(image));
        let images = if beyond.len() == 1 { "image" } else { "images" };
        let message = alloc::format!("and {} more {images} {}", beyond.len(), by.words());
        warnings.push(Reason::new(by.code(), message));
    }
    warnings
}

/// Returns the longest warning that is short enough. The objection comes first: it is what the reader can change.
fn warning(
    image: &ImageDecision,
    name: &str,
    by: Override,
    names: AttestorNames<'_>,
    hints: &Hints<'_>,
) -> String {
    let objections = objections(image, names, hints);
    let more = match objections.len() {
        0 | 1 => String::new(),
        all => alloc::format!(" and {} more", all.saturating_sub(1)),
    };
    let first = objections.first();
    let reason = first.map_or_else(String::new, Objection::to_string);
    let code = first.and_then(|first| first.code);
    let code = code.map_or_else(String::new, |code| alloc::format!("[{code}]"));
    let (container, by) = (short::container(image), by.words());
    for reason in [reason, code.clone()] {
        for place in [alloc::format!("{container} ({name})"), container.clone()] {
            let text = alloc::format!("{reason}{more}: {place} {by}");
            if is_short(&text) {
                return text;
            }
        }
    }
    alloc::format!("{code}{more}: {by}")
}

/// Whether a text is short enough for a warning.
pub(super) fn is_short(text: &str) -> bool {
    text.chars().count() <= MAX_LENGTH
}
