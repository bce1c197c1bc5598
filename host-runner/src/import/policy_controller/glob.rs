//! Globs as patterns. policy-controller completes a reference and resolves its tag, and then compares
//! `HOST/PATH@DIGEST`, in which Docker Hub is `index.docker.io`: `*` is any text without slash, and `**` any text.
//! Tags are never compared.

use policy_wasm::image::{DOCKER_HUB, DOCKER_HUB_ALIAS, names_registry};
use policy_wasm::pattern::ImagePattern;

use crate::import::pattern::{EVERY, beginning_with, has_images};

/// The patterns of a glob
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Glob {
    /// They stand for the images of the glob
    Exact(Vec<String>),
    /// They stand for its images where the reference has the digest; these stand for more
    Pinned {
        exact: Vec<String>,
        wider: Vec<String>,
    },
    /// None do; these stand for more
    Unsayable { wider: Vec<String> },
    /// The glob matches no image, for this reason
    Never(&'static str),
}

const SHORT: &str =
    "policy-controller compares names in full, and Docker Hub is `index.docker.io` there";
const NO_DIGEST: &str = "policy-controller resolves tags and compares `HOST/PATH@DIGEST`, to which the end of the glob does not extend";
const NO_NAME: &str = "no image has such a name";

/// The part after the last segment of the name
enum Suffix<'g> {
    Any,
    Is(&'g str),
}

impl Glob {
    /// Translates a glob.
    pub(super) fn of(glob: &str) -> Self {
        let glob = match glob {
            "*" => "index.docker.io/library/*".to_owned(),
            "*/*" => "index.docker.io/*/*".to_owned(),
            glob => {
                let mut glob = glob.to_owned();
                while glob.contains("***") {
                    glob = glob.replace("***", EVERY);
                }
                glob
            }
        };
        let (folder, last) = match glob.rsplit_once('/') {
            Some((folder, last)) => (Some(folder), last),
            None => (None, glob.as_str()),
        };
        let (last, suffix) = match split_suffix(last) {
            Ok(split) => split,
            // It would have to stand at the end of the digest.
            Err(true) => return Self::wider(prefix_of(folder.unwrap_or_default())),
            Err(false) => return Self::Never(NO_DIGEST),
        };
        let Some(folder) = folder else {
            return match last {
                EVERY => Self::with_suffix(vec![EVERY.to_owned()], &suffix),
                last if last.contains(EVERY) => Self::wider(EVERY.to_owned()),
                _ => Self::Never(SHORT),
            };
        };
        if matches!((folder, last), ("*" | EVERY, EVERY) | (EVERY, "*")) {
            return Self::with_suffix(vec![EVERY.to_owned()], &suffix);
        }
        let (host, folder) = folder.split_once('/').unwrap_or((folder, ""));
        let host = match host {
            DOCKER_HUB_ALIAS => DOCKER_HUB,
            DOCKER_HUB => return Self::Never(SHORT),
            host if host.contains('*') => return Self::wider(EVERY.to_owned()),
            host if names_registry(host) => host,
            _ => return Self::Never(SHORT),
        };
        Self::of_path(host, folder, last, &suffix)
    }

    /// Translates the folders and the last segment below a host.
    fn of_path(host: &str, folder: &str, last: &str, suffix: &Suffix<'_>) -> Self {
        let mut prefix = host.to_owned();
        for segment in folder.split('/').filter(|segment| !segment.is_empty()) {
            if stars(segment) > 1 {
                return Self::wider(format!("{prefix}/{EVERY}"));
            }
            prefix = format!("{prefix}/{segment}");
        }
        let names = match last.strip_suffix(EVERY) {
            Some(start) if stars(start) == 0 => beginning_with(&format!("{prefix}/{start}")),
            None if stars(last) < 2 => vec![format!("{prefix}/{last}")],
            _ => return Self::wider(format!("{prefix}/{EVERY}")),
        };
        let names: Vec<_> = names.into_iter().filter(|name| has_images(name)).collect();
        if names.is_empty() {
            return Self::Never(
                "policy-controller compares `index.docker.io/library/NAME` for Docker Hub's own images",
            );
        }
        if !names.iter().all(|name| ImagePattern::parse(name).is_ok()) {
            return Self::Never(NO_NAME);
        }
        Self::with_suffix(names, suffix)
    }

    fn with_suffix(names: Vec<String>, suffix: &Suffix<'_>) -> Self {
        match suffix {
            Suffix::Any => Self::Exact(names),
            Suffix::Is(digest) => Self::Pinned {
                exact: names
                    .iter()
                    .map(|name| format!("{name}@{digest}"))
                    .collect(),
                wider: names,
            },
        }
    }

    fn wider(pattern: String) -> Self {
        Self::Unsayable {
            wider: vec![pattern],
        }
    }
}

/// Splits the digest off the last segment of a glob.
///
/// # Errors
///
/// `false` if no digest ends like this, `true` if only some do.
fn split_suffix(last: &str) -> Result<(&str, Suffix<'_>), bool> {
    let is_hex = |text: &str| {
        text.bytes()
            .all(|one| matches!(one, b'0'..=b'9' | b'a'..=b'f'))
    };
    if let Some((name, digest)) = last.split_once('@') {
        let start = digest.trim_end_matches('*');
        return match digest.strip_prefix("sha256:") {
            _ if start != digest && "sha256:".starts_with(start) => Ok((name, Suffix::Any)),
            Some(hex) if hex.len() == 64 && is_hex(hex) => Ok((name, Suffix::Is(digest))),
            _ => Err(digest.contains('*')),
        };
    }
    if let Some((start, hex)) = last.rsplit_once(':') {
        // Only a wildcard reaches the colon of the digest.
        let at = start
            .rfind('*')
            .map(|at| at.saturating_add(1))
            .ok_or(false)?;
        let (name, tail) = start.split_at_checked(at).ok_or(false)?;
        return match hex.trim_matches('*') {
            _ if !"sha256".ends_with(tail) => Err(false),
            "" if !hex.is_empty() => Ok((name, Suffix::Any)),
            digits => Err(hex.contains('*') && is_hex(digits)),
        };
    }
    let tail = last.rsplit('*').next().unwrap_or_default();
    match tail {
        "" if last.ends_with('*') => Ok((last, Suffix::Any)),
        tail => Err(last.contains('*') && is_hex(tail)),
    }
}

/// The number of wildcards in a segment; `**` counts twice.
fn stars(segment: &str) -> usize {
    segment.matches('*').count()
}

/// The pattern of everything below a folder, as far as it has no wildcard.
fn prefix_of(folder: &str) -> String {
    let plain: Vec<_> = folder
        .split('/')
        .take_while(|segment| stars(segment) == 0)
        .collect();
    let prefix = plain.join("/").replace(DOCKER_HUB_ALIAS, DOCKER_HUB);
    let pattern = format!("{prefix}/{EVERY}");
    if ImagePattern::parse(&pattern).is_ok() {
        pattern
    } else {
        EVERY.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_become_patterns_of_the_same_images() {
        for (glob, expected) in [
            ("**", "**"),
            ("*/**", "**"),
            ("**@sha256:*", "**"),
            ("**:*", "**"),
            ("*", "docker.io/library/*"),
            ("*/*", "docker.io/*/*"),
            ("index.docker.io/**", "docker.io/**"),
            ("index.docker.io/library/nginx*", "docker.io/library/nginx*"),
            ("index.docker.io/library/nginx@*", "docker.io/library/nginx"),
            ("ghcr.io/acme/*", "ghcr.io/acme/*"),
            ("ghcr.io/acme/**", "ghcr.io/acme/**"),
            ("ghcr.io/acme/shop*:*", "ghcr.io/acme/shop*"),
            ("ghcr.io/acme/*@sha256:*", "ghcr.io/acme/*"),
            ("ghcr.io/*/shop@*", "ghcr.io/*/shop"),
            ("ghcr.io/*-team/*", "ghcr.io/*-team/*"),
            ("registry.example:5000/a/**", "registry.example:5000/a/**"),
            ("ghcr.io/acme**", "ghcr.io/acme* ghcr.io/acme*/**"),
            ("index.docker.io/acme**", "docker.io/acme*/**"),
        ] {
            let patterns = expected.split(' ').map(str::to_owned).collect();
            assert_eq!(Glob::of(glob), Glob::Exact(patterns), "{glob}");
        }
    }

    #[test]
    fn globs_that_match_no_digest_match_nothing() {
        for glob in [
            "ghcr.io/acme/shop",
            "ghcr.io/acme/shop:*",
            "ghcr.io/acme/shop:v1",
            "ghcr.io/acme/shop*:v1",
            "**:latest",
            "nginx",
            "nginx*",
            "acme/*",
            "docker.io/library/nginx*",
            "index.docker.io/*",
            "ghcr.io/Acme/*",
        ] {
            assert!(
                matches!(Glob::of(glob), Glob::Never(_)),
                "{glob}: {:?}",
                Glob::of(glob)
            );
        }
    }

    #[test]
    fn globs_without_patterns_have_wider_ones() {
        for (glob, wider) in [
            ("ghcr.io**", "**"),
            ("*.acme.example/**", "**"),
            ("**/shop*", "**"),
            ("ghcr.io/**/shop*", "ghcr.io/**"),
            ("ghcr.io/acme/*-shop-*", "ghcr.io/acme/**"),
            ("ghcr.io/acme/shop@sha256:ab*", "ghcr.io/acme/**"),
            ("ghcr.io/acme/*ab", "ghcr.io/acme/**"),
            ("index.docker.io/acme/*:ab*", "docker.io/acme/**"),
        ] {
            let expected = Glob::wider(wider.to_owned());
            assert_eq!(Glob::of(glob), expected, "{glob}");
        }
        let digest = format!("sha256:{}", "a".repeat(64));
        let expected = Glob::Pinned {
            exact: vec![format!("ghcr.io/acme/shop@{digest}")],
            wider: vec!["ghcr.io/acme/shop".to_owned()],
        };
        assert_eq!(Glob::of(&format!("ghcr.io/acme/shop@{digest}")), expected);
    }
}
