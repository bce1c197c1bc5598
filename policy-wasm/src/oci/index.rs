//! An index: the manifests of one image, for each platform.

use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::node::Node;
use crate::digest::Digest;
use crate::{brief, quote};

/// An image that an index lists
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub(crate) digest: Digest,
    /// `linux/arm64/v8`, for messages
    pub(crate) platform: String,
}

const INDEX_TYPES: [&str; 2] = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
];

const MANIFEST_TYPES: [&str; 2] = [
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
];

/// Maximum length of the name of a platform
const MAX_PLATFORM: usize = 63;

/// Returns the images that an index lists; none for the manifest of an image. Attestations that BuildKit stores in the
/// index are not images.
///
/// # Errors
///
/// The reason why the document is neither
pub(super) fn read(document: &Node<'_>) -> Result<Vec<Listed>, String> {
    if let Some(name) = ambiguous_name(document) {
        let name = quote(name);
        return Err(alloc::format!(
            "other readers take {name} for another field"
        ));
    }
    let has = |key| document.get(key).is_some();
    let media_type = document.text("mediaType");
    let may_be = |types: &[&str]| !has("mediaType") || types.contains(&media_type);
    let Some(manifests) = document.get("manifests") else {
        let is_image = has("config") && has("layers") && may_be(&MANIFEST_TYPES);
        return if is_image {
            Ok(Vec::new())
        } else {
            Err("it is neither an image nor an index".to_string())
        };
    };
    if has("config") || has("layers") || has("fsLayers") || !may_be(&INDEX_TYPES) {
        return Err("it could be read as an image and as an index".to_string());
    }
    let Node::List(manifests) = manifests else {
        return Err("`manifests` is not a list".to_string());
    };
    let mut listed = Vec::with_capacity(manifests.len());
    for (place, entry) in manifests.iter().enumerate() {
        let digest = Digest::parse(entry.text("digest"))
            .map_err(|error| alloc::format!("`manifests[{place}].digest`: {error}"))?;
        if INDEX_TYPES.contains(&entry.text("mediaType")) {
            return Err(alloc::format!("`manifests[{place}]` is another index"));
        }
        let platform = platform(entry);
        listed.push(Listed { digest, platform });
    }
    let images: Vec<_> = manifests
        .iter()
        .zip(&listed)
        .filter(|(entry, _)| !is_of_buildkit(entry, &listed))
        .map(|(_, one)| one.clone())
        .collect();
    if images.is_empty() {
        return Err("the index lists no image".to_string());
    }
    Ok(images)
}

/// The fields that this policy or a container engine reads
const FIELDS: [&str; 20] = [
    "annotations",
    "architecture",
    "artifactType",
    "config",
    "data",
    "digest",
    "features",
    "fsLayers",
    "layers",
    "manifests",
    "mediaType",
    "os",
    "os.features",
    "os.version",
    "platform",
    "schemaVersion",
    "size",
    "subject",
    "urls",
    "variant",
];

/// Returns the name of a field that differs only in letter case from one of `FIELDS`. Go's JSON parser takes it for that
/// field, and of two such fields the last one. Names of annotations are taken as they are.
fn ambiguous_name<'n>(node: &'n Node<'_>) -> Option<&'n str> {
    match node {
        Node::Text(_) | Node::Plain(_) => None,
        Node::List(items) => items.iter().find_map(ambiguous_name),
        Node::Object(fields) => fields.iter().find_map(|(name, value)| {
            let is_field = |own: &&str| own.chars().map(folded).eq(name.chars().map(folded));
            if FIELDS.iter().any(|own| is_field(own) && own != name) {
                return Some(name.as_str());
            }
            (name != "annotations").then(|| ambiguous_name(value))?
        }),
    }
}

/// Returns a character in lower case, as Go compares names of fields.
const fn folded(character: char) -> char {
    match character {
        '\u{17f}' => 's',
        '\u{212a}' => 'k',
        _ => character.to_ascii_lowercase(),
    }
}

/// Whether an entry has attestations of a listed image. No container engine runs it: its platform is none.
fn is_of_buildkit(entry: &Node<'_>, listed: &[Listed]) -> bool {
    let (Some(platform), Some(annotations)) = (entry.get("platform"), entry.get("annotations"))
    else {
        return false;
    };
    let subject = Digest::parse(annotations.text("vnd.docker.reference.digest"));
    platform.text("os") == "unknown"
        && platform.text("architecture") == "unknown"
        && annotations.text("vnd.docker.reference.type") == "attestation-manifest"
        && subject.is_ok_and(|subject| listed.iter().any(|one| one.digest == subject))
}

/// `linux/arm64/v8`, `windows(10.0.20348.2113)/amd64`, as containerd writes them. Who pushes an index chooses the names, so
/// that other characters than these are replaced: a message could be continued with them.
fn platform(entry: &Node<'_>) -> String {
    let Some(platform) = entry.get("platform") else {
        return "no platform".to_string();
    };
    let mut text = platform.text("os").to_string();
    let (version, variant) = (platform.text("os.version"), platform.text("variant"));
    if !version.is_empty() {
        text.push_str(&["(", version, ")"].concat());
    }
    text.push_str(&["/", platform.text("architecture")].concat());
    if !variant.is_empty() {
        text.push_str(&["/", variant].concat());
    }
    let plain = text.chars().map(|character| match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' | '-' | '+' | '/' | '(' | ')' => character,
        _ => '?',
    });
    brief(&plain.collect::<String>(), MAX_PLATFORM)
}

#[cfg(test)]
mod tests {
    use alloc::borrow::Cow;

    use super::*;

    fn of(fields: &[(&str, &'static str)]) -> String {
        let fields = fields.iter().map(|(name, text)| {
            let text = Node::Text(Cow::Borrowed(*text));
            ((*name).to_string(), text)
        });
        let entry = [("platform".to_string(), Node::Object(fields.collect()))];
        platform(&Node::Object(entry.into_iter().collect()))
    }

    #[test]
    fn names_of_platforms_do_not_continue_a_message() {
        for (fields, name) in [
            (
                &[
                    ("os", "linux"),
                    ("architecture", "arm64"),
                    ("variant", "v8"),
                ][..],
                "linux/arm64/v8",
            ),
            (
                &[
                    ("os", "windows"),
                    ("os.version", "10.0.20348.2113"),
                    ("architecture", "amd64"),
                ],
                "windows(10.0.20348.2113)/amd64",
            ),
            (
                &[("os", "linux), `x`.\n y"), ("architecture", "\u{e9}")],
                "linux)???x?.??y/?",
            ),
        ] {
            assert_eq!(of(fields), name);
        }
    }
}
