//! Allowlists as patterns. Kritis compares texts, and here every spelling of an image is the same image.

use policy_wasm::image::{DOCKER_HUB, DOCKER_HUB_ALIAS, ImageReference, names_registry};
use policy_wasm::pattern::ImagePattern;

use crate::import::draft::Draft;
use crate::import::source::At;
use crate::terminal::printable;

/// The pattern of an entry of `imageAllowlist`, which is one image. Reports what has none.
pub(super) fn of_image(image: &At<'_>, draft: &mut Draft) -> Option<String> {
    let text = image.text().unwrap_or_default();
    let pattern = exact(text);
    if pattern.is_none() {
        lost(image, text, draft);
    }
    pattern
}

/// The pattern of an entry of `admissionAllowlistPatterns`, which may end in a `*` for any text without slash. Reports
/// what has none.
pub(super) fn of_allowlist(pattern: &At<'_>, draft: &mut Draft) -> Option<String> {
    let text = pattern.text().unwrap_or_default();
    let found = match text.strip_suffix('*') {
        Some(start) if !start.contains('*') => beginning_with(start),
        Some(_) => None,
        None => exact(text),
    };
    if found.is_none() {
        lost(pattern, text, draft);
    }
    found
}

fn lost(at: &At<'_>, text: &str, draft: &mut Draft) {
    let text = printable(text);
    draft.lost(
        at,
        format!("no pattern stands for the images of `{text}`, so they are not exempt"),
    );
}

/// The pattern of one image.
fn exact(text: &str) -> Option<String> {
    let image = ImageReference::parse(text).ok()?;
    let name = image.normalized_repository();
    let suffix = match (image.tag, text.split_once('@')) {
        // Runtimes pull this tag.
        (None, None) => ":latest@-".to_owned(),
        (Some(tag), None) => format!(":{tag}@-"),
        (None, Some((_, digest))) => format!(":-@{digest}"),
        (Some(tag), Some((_, digest))) => format!(":{tag}@{digest}"),
    };
    valid(name + &suffix)
}

/// The pattern of the images whose text begins like this and has no further slash.
fn beginning_with(start: &str) -> Option<String> {
    let (folder, last) = start.rsplit_once('/').unwrap_or(("", start));
    let (host, folder) = match folder.split_once('/').unwrap_or((folder, "")) {
        (host, rest) if names_registry(host) => (host, rest),
        _ if folder.is_empty() => (DOCKER_HUB, "library"),
        _ => (DOCKER_HUB, folder),
    };
    let host = if host == DOCKER_HUB_ALIAS {
        DOCKER_HUB
    } else {
        host
    };
    let (name, suffix) = match (last.split_once('@'), last.split_once(':')) {
        // A digest has one algorithm here. A tag before it is of this text.
        (Some((name, "" | "sha256:")), _) => match name.split_once(':') {
            Some((name, tag)) => (name, format!(":{tag}@*")),
            None => (name, ":-@*".to_owned()),
        },
        (Some(_), _) => return None,
        (None, Some((name, tag))) => (name, format!(":{tag}*")),
        (None, None) => (last, String::new()),
    };
    let name = if suffix.is_empty() {
        format!("{name}*")
    } else {
        name.to_owned()
    };
    let folder = if folder.is_empty() {
        String::new()
    } else {
        format!("{folder}/")
    };
    valid(format!("{host}/{folder}{name}{suffix}"))
}

fn valid(pattern: String) -> Option<String> {
    ImagePattern::parse(&pattern).is_ok().then_some(pattern)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn allowlists_become_patterns() {
        let hex = "1".repeat(64);
        let (digest, pinned) = (
            format!("gcr.io/p/a@sha256:{hex}"),
            format!("gcr.io/p/a:-@sha256:{hex}"),
        );
        for (text, expected) in [
            ("gcr.io/p/a:1", Some("gcr.io/p/a:1@-")),
            ("gcr.io/p/a", Some("gcr.io/p/a:latest@-")),
            (&digest, Some(pinned.as_str())),
            ("nginx", Some("docker.io/library/nginx:latest@-")),
            ("index.docker.io/team/app:2", Some("docker.io/team/app:2@-")),
            ("Not An Image", None),
        ] {
            assert_eq!(exact(text).as_deref(), expected, "{text}");
        }
        for (start, expected) in [
            ("gcr.io/1-my-image:", Some("gcr.io/1-my-image:*")),
            ("gcr.io/p/a:v1.", Some("gcr.io/p/a:v1.*")),
            ("gcr.io/p/", Some("gcr.io/p/*")),
            ("gcr.io/nginx", Some("gcr.io/nginx*")),
            ("gcr.io/p/a@", Some("gcr.io/p/a:-@*")),
            ("gcr.io/p/a@sha256:", Some("gcr.io/p/a:-@*")),
            ("gcr.io/p/a@sha256:ab", None),
            ("nginx:", Some("docker.io/library/nginx:*")),
            ("team/", Some("docker.io/team/*")),
            ("localhost:5000/a", Some("localhost:5000/a*")),
            ("", Some("docker.io/library/*")),
            ("gcr.io/UPPER", None),
        ] {
            assert_eq!(beginning_with(start).as_deref(), expected, "{start}");
        }
    }
}
