//! Changes that would admit a denied image: for each obstacle, alternatives as commands and settings to copy.
//!
//! Nothing is judged here. What stands in the way says the Decision; what a rule or check asks for is
//! read from the settings as they are written.

mod check;
mod identity;
mod image_rule;
mod request;
mod rule;
mod signing;
mod yaml;

use policy_wasm::Code;
use policy_wasm::digest::Digest;
use policy_wasm::image::ImageReference;
use serde::Serialize;

use crate::decision::{Decision, ImageDecision, Verdict};
use crate::fields::text;
use crate::judge::Evaluated;
use crate::settings_view::SettingsView;
use signing::Files;
pub(crate) use signing::Given;

/// Changes that would admit one image, or the object as a whole
#[derive(Debug, Serialize)]
pub(crate) struct Fixes {
    /// The image as written; empty for the object
    pub(crate) image: String,
    /// All of them stand in the way
    pub(crate) obstacles: Vec<Obstacle>,
}

/// One obstacle
#[derive(Debug, Serialize)]
pub(crate) struct Obstacle {
    /// `policy`, `check 1 SlsaCheck of platformPolicies[0]`, `rule "shop" of imagePolicy`
    pub(crate) what: String,
    /// Any one of them is enough
    pub(crate) ways: Vec<Way>,
}

/// One alternative
#[derive(Debug, Serialize)]
pub(crate) struct Way {
    /// Title, on one line
    pub(crate) title: String,
    /// Caution
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) caution: Option<&'static str>,
    /// Commands or YAML to copy, to the byte
    pub(crate) blocks: Vec<String>,
}

impl Way {
    fn new(title: impl Into<String>, block: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            caution: None,
            blocks: vec![block.into()],
        }
    }

    /// Returns an alternative without text to copy.
    fn in_words(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            caution: None,
            blocks: Vec::new(),
        }
    }

    fn with_caution(self, caution: &'static str) -> Self {
        Self {
            caution: Some(caution),
            ..self
        }
    }
}

/// Returns the changes that would admit the object's denied images, each image once.
///
/// `given` are the files of the command, for commands to copy.
pub(crate) fn fixes(
    evaluated: &Evaluated<Decision>,
    settings: SettingsView<'_>,
    given: Given<'_>,
) -> Vec<Fixes> {
    let files = Files::of(given, &evaluated.request.source);
    let mut found: Vec<Fixes> = Vec::new();
    let about_object = request::obstacles(evaluated);
    if !about_object.is_empty() {
        found.push(Fixes {
            image: String::new(),
            obstacles: about_object,
        });
    }
    let images = evaluated.answer.images.iter();
    for image in images.filter(|image| image.verdict != Verdict::Conformant) {
        let name = &image.image;
        let is_told = found.iter().any(|one| one.image == *name);
        let obstacles = obstacles(&Refused::new(image, evaluated, settings, &files), image);
        if !is_told && !obstacles.is_empty() {
            found.push(Fixes {
                image: name.clone(),
                obstacles,
            });
        }
    }
    found
}

fn obstacles(refused: &Refused<'_>, image: &ImageDecision) -> Vec<Obstacle> {
    let mut obstacles = Vec::new();
    let own = request::ways_for_reasons(&image.reasons, refused);
    if !own.is_empty() {
        obstacles.push(Obstacle {
            what: "the image itself".to_owned(),
            ways: own,
        });
    }
    let results = image.results.iter();
    for result in results.filter(|result| result.verdict != Verdict::Conformant) {
        if result.is_platform() {
            obstacles.extend(check::obstacles(result, refused));
        } else if result.is_image_policy() {
            obstacles.extend(image_rule::obstacles(result, refused));
        } else {
            obstacles.push(rule::obstacle(result, refused));
        }
    }
    obstacles
}

/// A denied image
struct Refused<'a> {
    /// The image as written; empty if there is none
    image: &'a str,
    reference: Option<ImageReference<'a>>,
    /// The digest to sign: as written, of the tag, or of an image that the index lists; none if that is unknown
    digest: Option<String>,
    namespace: &'a str,
    settings: SettingsView<'a>,
    files: &'a Files,
}

impl<'a> Refused<'a> {
    fn new(
        image: &'a ImageDecision,
        evaluated: &'a Evaluated<Decision>,
        settings: SettingsView<'a>,
        files: &'a Files,
    ) -> Self {
        let name = image.image.as_str();
        let reference = ImageReference::parse(name).ok();
        let written = reference.and_then(|reference| reference.sha256());
        let resolved = Digest::parse(&image.resolved_digest).ok();
        let unknown = [
            Code::IndexInvalid,
            Code::IndexUnavailable,
            Code::IndexUnverified,
            Code::RegistryNotAllowed,
        ];
        let codes = image.codes();
        let is_unknown = unknown.iter().any(|code| codes.contains(&code.as_str()));
        let listed = image.decisive_platform();
        let listed = listed.and_then(|one| Digest::parse(&one.digest).ok());
        Self {
            image: name,
            reference,
            digest: listed
                .or(written)
                .or(resolved)
                .filter(|_| !is_unknown)
                .map(|digest| digest.to_string()),
            namespace: text(&evaluated.request.request, "namespace"),
            settings,
            files,
        }
    }

    /// Repository and digest, where both are known.
    fn subject(&self) -> Option<(String, &str)> {
        let repository = self.reference?.repository().into_owned();
        Some((repository, self.digest.as_deref()?))
    }
}

const EXEMPT: &str =
    "an exempt image is admitted without checks, even if vulnerabilities are found later";
const EXEMPT_TAG: &str =
    "anyone who can push this tag decides which image runs; exempt a digest instead";

/// The word of caution about exempting an image by this name.
fn exemption_caution(image: &str) -> &'static str {
    if image.contains('@') {
        EXEMPT
    } else {
        EXEMPT_TAG
    }
}

#[cfg(test)]
mod tests;
