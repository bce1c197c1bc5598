//! Expected results of cases.

use alloc::collections::BTreeMap;

use policy_wasm::Code;

use super::{Names, digest_of, each_entry};
use crate::read::Reader;
use crate::source::{Node, Shape, Span};
use crate::spelling::closest;

/// Expected result; omitted fields match any value
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// Its place
    pub span: Span,
    /// Whether the request is let in
    pub outcome: Outcome,
    /// Expected enforcement
    pub enforcement: Option<Enforcement>,
    /// Codes that the Decision gives as reasons, anywhere in it
    pub reasons: Vec<ExpectedCode>,
    /// Codes of warnings
    pub warnings: Vec<ExpectedCode>,
    /// Expected results of single images
    pub images: Vec<ExpectedImage>,
    /// The images that are written into the object, by the images that were there: all of them
    pub pinned: Option<BTreeMap<String, String>>,
}

/// Whether a request is let in
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is
    Admitted,
    /// It is not
    Denied,
}

/// Enforcement of a verdict
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Enforcement {
    /// It decided
    Enforced,
    /// A rule in dry-run mode admitted what was refused
    DryRun,
    /// A break-glass label did
    BreakGlass,
}

/// A code that must be there, or with `!` before it must not
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedCode {
    /// The code
    pub code: String,
    /// Whether it must be there
    pub is_there: bool,
}

/// Expected result of one image
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedImage {
    /// As the object spells it
    pub image: String,
    /// Whether it is conformant, in itself
    pub outcome: Option<Outcome>,
    /// Codes of its reasons
    pub reasons: Vec<ExpectedCode>,
}

const OUTCOMES: &[(&str, Outcome)] =
    &[("admitted", Outcome::Admitted), ("denied", Outcome::Denied)];
const ENFORCEMENTS: &[(&str, Enforcement)] = &[
    ("enforced", Enforcement::Enforced),
    ("dry-run", Enforcement::DryRun),
    ("break-glass", Enforcement::BreakGlass),
];
const IMAGE_OUTCOMES: &[(&str, Outcome)] = &[
    ("accepted", Outcome::Admitted),
    ("refused", Outcome::Denied),
];

impl Outcome {
    /// As suites and output have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admitted => "admitted",
            Self::Denied => "denied",
        }
    }
}

impl Enforcement {
    /// As suites and Decisions have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Enforced => "enforced",
            Self::DryRun => "dry-run",
            Self::BreakGlass => "break-glass",
        }
    }
}

impl Expectation {
    /// One word, or a mapping that says more.
    pub(super) fn read(node: &Node, names: Names<'_>, reader: &Reader) -> Option<Self> {
        let word = |outcome| Self {
            span: node.span,
            outcome,
            enforcement: None,
            reasons: Vec::new(),
            warnings: Vec::new(),
            images: Vec::new(),
            pinned: None,
        };
        if matches!(node.shape, Shape::Text(_)) {
            return reader.choice(node, OUTCOMES).map(word);
        }
        let fields = reader.fields(node)?;
        let outcome = fields.require("outcome");
        let outcome = outcome.and_then(|node| reader.choice(node, OUTCOMES));
        let enforcement = fields.get("enforcement");
        let enforcement = enforcement.and_then(|node| reader.choice(node, ENFORCEMENTS));
        let reasons = read_codes(fields.get("reasons"), reader);
        let warnings = read_codes(fields.get("warnings"), reader);
        let images = fields.get("images").map(|node| reader.filled(node));
        let images = images.unwrap_or_default().iter();
        let images = images
            .filter_map(|item| ExpectedImage::read(item, names, reader))
            .collect();
        let pinned = fields.get("pinned");
        let pinned = pinned.map(|node| read_pinned(node, names, reader));
        let span = fields.span();
        fields.finish();
        Some(Self {
            span,
            enforcement,
            reasons,
            warnings,
            images,
            pinned,
            ..word(outcome?)
        })
    }

    /// Whether it says why.
    #[must_use]
    pub fn gives_reasons(&self) -> bool {
        let images = self.images.iter().flat_map(|image| &image.reasons);
        images.chain(&self.reasons).any(|reason| reason.is_there)
    }
}

impl ExpectedImage {
    fn read(node: &Node, names: Names<'_>, reader: &Reader) -> Option<Self> {
        let fields = reader.fields(node)?;
        let image = fields.require("image");
        let image = image.and_then(|node| names.image(node, reader));
        let outcome = fields.get("outcome");
        let outcome = outcome.and_then(|node| reader.choice(node, IMAGE_OUTCOMES));
        let reasons = read_codes(fields.get("reasons"), reader);
        fields.finish();
        Some(Self {
            image: image?,
            outcome,
            reasons,
        })
    }
}

/// Codes that nothing ever says would be expected in vain, or be absent for ever.
fn read_codes(node: Option<&Node>, reader: &Reader) -> Vec<ExpectedCode> {
    let items = node.map(|node| reader.filled(node)).unwrap_or_default();
    let mut codes: Vec<ExpectedCode> = Vec::new();
    for item in items {
        let Some(text) = reader.text(item) else {
            continue;
        };
        let (code, is_there) = match text.strip_prefix('!') {
            Some(code) => (code, false),
            None => (text, true),
        };
        if !Code::ALL.iter().any(|known| known.as_str() == code) {
            let message = format!("no reason code `{code}`");
            let known = Code::ALL.iter().map(|known| known.as_str());
            let help = match closest(code, known) {
                Some(known) => format!("did you mean `{known}`?"),
                None => {
                    "`countersign explain --list` lists the codes; `!CODE` must not occur".into()
                }
            };
            reader.invalid_with_help(item.span, message, &help);
        }
        if code == "clock-overridden" {
            reader.invalid(
                item.span,
                "every suite sets the clock, so this has no effect",
            );
        }
        if codes.iter().any(|other| other.code == code) {
            reader.invalid(item.span, format!("duplicate `{code}`"));
        }
        codes.push(ExpectedCode {
            code: code.to_owned(),
            is_there,
        });
    }
    codes
}

/// `IMAGE: IMAGE WITH THE DIGEST`; what is written is the first with the digest of the second.
fn read_pinned(node: &Node, names: Names<'_>, reader: &Reader) -> BTreeMap<String, String> {
    let mut pinned = BTreeMap::new();
    each_entry(Some(node), reader, |entry| {
        let written = names.named_image(&entry.key).unwrap_or(&entry.key);
        let Some(image) = names.image(&entry.value, reader) else {
            return;
        };
        match digest_of(&image) {
            Some(digest) => {
                pinned.insert(written.clone(), format!("{written}@{digest}"));
            }
            None => reader.invalid(entry.value.span, format!("`{image}` has no digest")),
        }
    });
    pinned
}
