//! Indexes: under `indexPolicy: platforms`, the images that an index lists are attested in place of it. The policy module
//! says which these are.

use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use policy_wasm::Code;
use policy_wasm::digest::Digest;
use serde_json::{Value, json};

use super::attestor::Attestor;
use super::image::Image;
use super::verification::Question;
use crate::decision::{DocumentResult, ImageDecision, Reason};
use crate::inputs;
use crate::judge::Judge;
use crate::offline_host::OfflineHost;
use crate::terminal::{self, shown};

/// An image that an index lists
#[derive(Debug)]
pub(crate) struct Listed {
    pub(crate) image: Image,
    /// `linux/arm64/v8`, as the index names it
    pub(crate) platform: String,
}

/// Maximum size of a manifest in registries
const MAX_MANIFEST: u64 = 4 << 20;

/// Returns the images that the manifest in a file lists; none if it is the manifest of an image.
///
/// # Errors
///
/// The file is not the manifest with the image's digest, or the policy does not accept it.
pub(crate) fn listed(
    path: &Path,
    image: &Image,
    attestor: &Attestor,
    module: &[u8],
) -> Result<Vec<Listed>> {
    let mut bytes = Vec::new();
    let (_, file) = inputs::open(path)?;
    file.take(MAX_MANIFEST)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read `{}`", shown(path)))?;
    // Some shells and editors add an end of line.
    let trimmed = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
    let readings = [bytes.as_slice(), trimmed];
    let is_meant = |text: &&&[u8]| Digest::of(text) == image.digest;
    let Some(manifest) = readings.iter().find(is_meant) else {
        let (found, digest) = (Digest::of(&bytes), image.digest);
        bail!(
            "`{}` has the digest {found}, and the image has {digest}; `crane manifest IMAGE` and `skopeo inspect --raw \
             docker://IMAGE` print its manifest",
            shown(path)
        );
    };
    let host = OfflineHost::from_manifest(manifest);
    let host = host.map_err(|problem| anyhow::anyhow!("`{}`: {problem}", shown(path)))?;
    let judge = Judge::new(module, |_| Ok(host), None)?;
    let decided = Question::by_key(attestor).of_platforms(&judge, image)?;
    if let Some(Reason { code, message, .. }) = unusable(&decided) {
        bail!("`{}`: {message} [{code}]", shown(path));
    }
    let platforms = decided.platforms.iter().map(|one| {
        let digest = Digest::parse(&one.digest).ok().context("no digest")?;
        Ok(Listed {
            image: Image {
                digest,
                ..image.clone()
            },
            platform: one.platform.clone(),
        })
    });
    platforms.collect()
}

/// The reason why the policy does not accept a manifest.
fn unusable(image: &ImageDecision) -> Option<&Reason> {
    let attestors = image.results.iter().flat_map(DocumentResult::all_attestors);
    let mut reasons = attestors.flat_map(|attestor| &attestor.reasons);
    let codes = [
        Code::IndexInvalid,
        Code::IndexUnverified,
        Code::IndexUnavailable,
        Code::LimitExceeded,
    ];
    reasons.find(|reason| codes.iter().any(|code| reason.code == *code))
}

/// The command that gives advice
#[derive(Debug, Clone, Copy)]
pub(crate) enum Task {
    Sign,
    Verify,
}

impl Task {
    /// Advice with the images that the index in a file lists
    fn instead(self, listed: &[Listed], path: &Path) -> String {
        match self {
            Self::Sign => {
                let platforms: Vec<_> = listed.iter().map(|one| one.platform.as_str()).collect();
                format!(
                    "sign the images that it lists ({}), with `--index {}`",
                    platforms.join(", "),
                    shown(path)
                )
            }
            Self::Verify => {
                let listed = listed.iter();
                let images =
                    listed.map(|one| format!("\n  {}  {}", one.image.reference(), one.platform));
                format!(
                    "verify the images that it lists:{}",
                    images.collect::<String>()
                )
            }
        }
    }

    /// Advice on an image that may be an index
    const fn instead_if_index(self) -> &'static str {
        match self {
            Self::Sign => {
                "sign the images that it lists, with `--index FILE` and the output of `crane manifest IMAGE` in the file"
            }
            Self::Verify => "verify the images that it lists, which `crane manifest IMAGE` prints",
        }
    }
}

/// Tells that an attestation of an index does not count under these settings, where its manifest is in an image layout;
/// otherwise what to do if the image is an index.
pub(crate) fn advise(
    task: Task,
    settings: &Value,
    image: &Image,
    attestor: &Attestor,
    layout: Option<&Path>,
    module: &[u8],
) {
    if !asks_for_platforms(settings) {
        return;
    }
    let digest = image.digest.to_string();
    let blob = layout.map(|layout| {
        let name = digest.trim_start_matches("sha256:");
        layout.join("blobs/sha256").join(name)
    });
    let Some(path) = blob.filter(|path| path.is_file()) else {
        terminal::note(&format!(
            "the settings have `indexPolicy: platforms`; if this is the digest of an index, its attestation does not count: {}",
            task.instead_if_index()
        ));
        return;
    };
    match listed(&path, image, attestor, module) {
        Ok(listed) if listed.is_empty() => {}
        Ok(listed) => terminal::warning(&format!(
            "the image is an index, whose attestation does not count under `indexPolicy: platforms`: {}",
            task.instead(&listed, &path)
        )),
        Err(error) => terminal::warning(&format!("{error:#}")),
    }
}

/// Tells that attestations of listed images do not attest their index under these settings.
pub(crate) fn advise_listed(settings: &Value) {
    if !asks_for_platforms(settings) {
        terminal::warning(
            "the settings do not have `indexPolicy: platforms`, so a Pod with the index needs an attestation of the index: \
             sign without --index as well",
        );
    }
}

fn asks_for_platforms(settings: &Value) -> bool {
    settings.get("indexPolicy") == Some(&json!("platforms"))
}
