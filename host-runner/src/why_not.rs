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

use crate::decision::{Decision, ImageDecision, PlatformDecision, Verdict};
use crate::fields::text;
use crate::judge::Evaluated;
use crate::settings_view::SettingsView;
use crate::terminal::printable;
pub(crate) use signing::Given;
use signing::{Files, Signer, Source};

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
#[derive(Debug, PartialEq, Eq, Serialize)]
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
        let refused = Refused::new(image, evaluated, settings, &files);
        let mut obstacles = obstacles(&refused, image);
        if let [_, others @ ..] = failing(image).as_slice() {
            for_platforms(&mut obstacles, others, &refused, image);
        }
        if !is_told && !obstacles.is_empty() {
            found.push(Fixes {
                image: name.clone(),
                obstacles,
            });
        }
    }
    found
}

/// The images of an index that are not conformant, the decisive one first.
fn failing(image: &ImageDecision) -> Vec<&PlatformDecision> {
    let first = image.decisive_platform();
    let is_other = |one: &&PlatformDecision| first.is_none_or(|first| first.digest != one.digest);
    let others = image.platforms.iter();
    let others = others.filter(|one| one.verdict != Verdict::Conformant);
    first.into_iter().chain(others.filter(is_other)).collect()
}

/// Maximum number of images of one index with commands
const MOST_PLATFORMS: usize = 4;

/// Adds to each way what it takes for the other images of an index.
fn for_platforms(
    obstacles: &mut [Obstacle],
    others: &[&PlatformDecision],
    refused: &Refused<'_>,
    image: &ImageDecision,
) {
    let all = others.len().saturating_add(1);
    let (shown, more) = others.split_at(others.len().min(MOST_PLATFORMS.saturating_sub(1)));
    let same: Vec<_> = shown
        .iter()
        .map(|platform| {
            let digest = Some(platform.digest.clone());
            let obstacles = self::obstacles(&Refused { digest, ..*refused }, image);
            let ways = obstacles.into_iter().flat_map(|obstacle| obstacle.ways);
            ways.map(|way| way.blocks).collect::<Vec<_>>()
        })
        .collect();
    let ways = obstacles.iter_mut().flat_map(|obstacle| &mut obstacle.ways);
    for (index, way) in ways.enumerate() {
        let own = way.blocks.len();
        for block in same.iter().filter_map(|ways| ways.get(index)).flatten() {
            if !way.blocks.contains(block) {
                way.blocks.push(block.clone());
            }
        }
        if way.blocks.len() == own {
            continue;
        }
        way.title
            .push_str(&format!(", for each of {all} platforms"));
        if !more.is_empty() {
            let more = more
                .iter()
                .map(|one| format!("{}@{}", one.platform, one.digest));
            let more = printable(&more.collect::<Vec<_>>().join(", "));
            way.title.push_str(&format!("; the same for {more}"));
        }
        let is_by_key = way
            .blocks
            .iter()
            .any(|block| block.contains("attest sign --key"));
        if is_by_key {
            way.title
                .push_str("; `countersign attest sign --index FILE` signs all of them");
        }
    }
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
    /// The digest in the Pod, if the image is one that the index behind it lists
    index: Option<Digest>,
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
            index: listed.and_then(|_| written.or(resolved)),
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

    /// The commands that sign the image and store the attestation, if its digest is known.
    fn sign(&self, signer: &Signer<'_>, source: Source<'_>) -> Option<String> {
        let (repository, digest) = self.subject()?;
        Some(match self.index {
            // Pods have the digest of the index.
            Some(index) if source == Source::PodAnnotation && signer.has_private_key() => {
                signing::sign_index(&repository, &index.to_string(), signer, self.files)
            }
            _ => signing::sign(&repository, digest, signer, source, self.files),
        })
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
