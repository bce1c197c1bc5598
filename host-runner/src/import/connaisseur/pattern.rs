//! Patterns of Connaisseur. They are compared with the whole name, with tag and digest, in which Docker Hub is
//! `index.docker.io`: `*` stands for any text, also across slashes, and there is one at either end.

use policy_wasm::image::{DOCKER_HUB, DOCKER_HUB_ALIAS, names_registry};
use policy_wasm::pattern::ImagePattern;

use crate::import::pattern::{EVERY, beginning_with, has_images};

/// The patterns for one of Connaisseur's
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Pattern {
    /// For the names that begin with its registry
    Of(Vec<String>),
    /// None; all its images are of this one
    Unsayable { wider: String },
}

impl Pattern {
    /// Translates a pattern.
    pub(super) fn of(text: &str) -> Self {
        let is_plain = |one: u8| one.is_ascii_alphanumeric() || b"*/:@._-".contains(&one);
        if matches!(text, "*" | "**" | "*:*" | "*/*" | "*/*:*") {
            return Self::Of(vec![EVERY.to_owned()]);
        }
        if !text.bytes().all(is_plain) {
            return Self::unsayable(EVERY);
        }
        let mut text = text.to_owned();
        while text.contains("**") {
            text = text.replace("**", "*");
        }
        let (host, rest) = text.split_once('/').unwrap_or((text.as_str(), "*"));
        let is_alone = !text.contains('/');
        let host = match host.to_ascii_lowercase().as_str() {
            DOCKER_HUB_ALIAS => DOCKER_HUB.to_owned(),
            // Without a path, what follows a colon may be a tag.
            host if host.contains('*') || is_alone && host.contains(':') => {
                return Self::unsayable(EVERY);
            }
            host if names_registry(host) => host.to_owned(),
            _ => return Self::unsayable(EVERY),
        };
        let Some((path, suffix)) = split_suffix(rest) else {
            return Self::unsayable(&format!("{host}/{EVERY}"));
        };
        let Some(paths) = paths(&path) else {
            return Self::unsayable(&prefix(&host, &path));
        };
        let patterns = paths
            .into_iter()
            .map(|path| format!("{host}/{path}{suffix}"));
        let patterns: Vec<_> = patterns.filter(|pattern| has_images(pattern)).collect();
        let is_valid = |pattern: &String| ImagePattern::parse(pattern).is_ok();
        if patterns.is_empty() || !patterns.iter().all(is_valid) {
            return Self::unsayable(&prefix(&host, &path));
        }
        Self::Of(patterns)
    }

    fn unsayable(wider: &str) -> Self {
        let is_valid = ImagePattern::parse(wider).is_ok();
        let wider = if is_valid { wider } else { EVERY };
        Self::Unsayable {
            wider: wider.to_owned(),
        }
    }
}

/// Splits a path into the repository, in which a `*` at the end stands for any text, and the pattern's tag or digest;
/// `None` if these cannot be said.
fn split_suffix(rest: &str) -> Option<(String, String)> {
    if let Some((name, digest)) = rest.split_once('@') {
        let start = digest.trim_end_matches('*');
        let hex = digest.strip_prefix("sha256:").unwrap_or_default();
        let suffix = match name.split_once(':') {
            Some((_, "*")) | None => String::new(),
            Some((_, tag)) => format!(":{tag}"),
        };
        let (name, _) = name.split_once(':').unwrap_or((name, ""));
        return match () {
            () if "sha256:".starts_with(start) => Some((name.to_owned(), format!("{suffix}@*"))),
            () if hex.len() == 64 => Some((name.to_owned(), format!("{suffix}@{digest}"))),
            () => None,
        };
    }
    match rest.split_once(':') {
        // A name without a tag has a digest, and so a colon as well.
        Some((name, "*")) if name.ends_with('*') => Some((name.to_owned(), String::new())),
        Some((name, tag)) if !tag.contains('/') => {
            let tag = tag.trim_end_matches('*');
            let is_one = !tag.contains('*');
            is_one.then(|| (name.to_owned(), format!(":{tag}*")))
        }
        Some(_) => None,
        None => Some((format!("{}*", rest.trim_end_matches('*')), String::new())),
    }
}

/// The paths of a name: a `*` at the end extends over slashes. `None` if another one would have to.
fn paths(path: &str) -> Option<Vec<String>> {
    let Some(start) = path.strip_suffix('*') else {
        return (!path.contains('*')).then(|| vec![path.to_owned()]);
    };
    (!start.contains('*')).then(|| beginning_with(start))
}

/// The pattern of everything below the folders without a wildcard.
fn prefix(host: &str, path: &str) -> String {
    let folders = path.split('/');
    let count = folders.clone().count().saturating_sub(1);
    let plain: Vec<_> = folders
        .take(count)
        .take_while(|folder| !folder.contains('*'))
        .collect();
    if plain.is_empty() {
        return format!("{host}/{EVERY}");
    }
    format!("{host}/{}/{EVERY}", plain.join("/"))
}

/// Returns the rank of a pattern, higher for more specific ones: the number of components, then the lengths of the
/// texts before the first `*`, then the lengths of the components, from the left.
pub(super) fn specificity(text: &str) -> (usize, Vec<usize>, Vec<usize>) {
    let components: Vec<_> = text.split('/').collect();
    let before = components
        .iter()
        .map(|one| one.find('*').unwrap_or(one.len()));
    let lengths = components.iter().map(|one| one.len());
    (components.len(), before.collect(), lengths.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_of_a_registry_become_patterns() {
        for (text, expected) in [
            ("*:*", "**"),
            ("*", "**"),
            ("docker.io/library/*:*", "docker.io/library/**"),
            ("index.docker.io/library/*", "docker.io/library/**"),
            ("docker.io/acme/app:*", "docker.io/acme/app:*"),
            ("docker.io/acme/app:v1", "docker.io/acme/app:v1*"),
            ("docker.io/acme/app:v1*", "docker.io/acme/app:v1*"),
            ("docker.io/acme/*:v1", "docker.io/acme/**:v1*"),
            (
                "docker.io/acme/app*:*",
                "docker.io/acme/app* docker.io/acme/app*/**",
            ),
            (
                "docker.io/acme/app",
                "docker.io/acme/app* docker.io/acme/app*/**",
            ),
            ("docker.io/acme", "docker.io/acme*/**"),
            ("registry.example:5000/a/*", "registry.example:5000/a/**"),
            ("Registry.Example/*", "registry.example/**"),
            ("registry.example", "registry.example/**"),
            ("registry.example/a@sha256:*", "registry.example/a@*"),
        ] {
            let patterns = expected.split(' ').map(str::to_owned).collect();
            assert_eq!(Pattern::of(text), Pattern::Of(patterns), "{text}");
        }
    }

    #[test]
    fn other_patterns_are_of_wider_ones() {
        for (text, wider) in [
            ("nginx", "**"),
            ("library/nginx:*", "**"),
            ("*/acme/*", "**"),
            ("registry.example/*/app:*", "registry.example/**"),
            ("registry.example/a/*/app:*", "registry.example/a/**"),
            ("registry.example/a/[bc]:*", "**"),
            ("registry.example/a:*1*2", "registry.example/**"),
        ] {
            let expected = Pattern::Unsayable {
                wider: wider.to_owned(),
            };
            assert_eq!(Pattern::of(text), expected, "{text}");
        }
    }

    #[test]
    fn the_order_is_that_of_the_documentation() {
        let ascending = [
            "*:*",
            "docker.io/*:*",
            "*/*/*:*",
            "docker.io/acme/*",
            "docker.io/acme/*:*",
            "docker.io/acme/app*",
            "docker.io/acme/app:v*",
            "docker.io/acme/app:v1*",
        ];
        for [less, more] in ascending.array_windows() {
            assert!(specificity(less) < specificity(more), "{less} {more}");
        }
    }
}
