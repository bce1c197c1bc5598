//! Parts of the patterns of `imagePolicy` that importers write for patterns of other systems.

use policy_wasm::image::DOCKER_HUB;

/// Any number of segments
pub(super) const EVERY: &str = "**";

/// Patterns for the names that begin so, with any number of segments.
pub(super) fn beginning_with(start: &str) -> Vec<String> {
    if start.is_empty() || start.ends_with('/') {
        return vec![format!("{start}{EVERY}")];
    }
    vec![format!("{start}*"), format!("{start}*/{EVERY}")]
}

/// Whether images can have the name of a pattern: on Docker Hub, every image is in a folder.
pub(super) fn has_images(pattern: &str) -> bool {
    let path = pattern.strip_prefix(DOCKER_HUB);
    let path = path.and_then(|path| path.strip_prefix('/'));
    path.is_none_or(|path| path.contains('/') || path.starts_with(EVERY))
}
