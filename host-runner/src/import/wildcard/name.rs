//! Registry and repository of a wildcard.

use policy_wasm::image::{DOCKER_HUB, DOCKER_HUB_ALIAS, names_registry};

use super::{Compared, Covers, Fit};
use crate::import::pattern::{EVERY, beginning_with};

/// Patterns for registry and repository
#[derive(Debug)]
pub(super) struct Name {
    pub(super) names: Vec<String>,
    pub(super) fit: Fit,
    /// Whether it ends in a `*`, which there may also stand for tag and digest
    pub(super) is_open: bool,
}

impl Name {
    /// Reads `HOST/PATH`, a short name of Docker Hub, or `*`.
    ///
    /// # Errors
    ///
    /// There are no patterns.
    pub(super) fn of(text: &str, compared: Compared, covers: Covers) -> Result<Self, Fit> {
        let Some((host, path)) = text.split_once('/') else {
            return Self::without_slash(text, compared, covers);
        };
        if host.contains('*') {
            // In front of the slash, it may stand for a host with any number of labels, and for a path behind it.
            return match host.contains('.') {
                true => Self::below(host, path, compared, covers).map(|name| name.with(Fit::Fewer)),
                false => Err(Fit::Unsayable),
            };
        }
        if names_registry(host) {
            return Self::below(host, path, compared, covers);
        }
        match compared {
            Compared::TagOrDigest | Compared::Completed => Err(Fit::NoImage),
            // It is compared with the repositories of every registry as well.
            Compared::Repository => Err(Fit::Unsayable),
            Compared::AsWritten => Self::below(DOCKER_HUB, text, compared, covers),
        }
    }

    fn without_slash(text: &str, compared: Compared, covers: Covers) -> Result<Self, Fit> {
        if text == "*" {
            return Ok(Self {
                names: vec![EVERY.to_owned()],
                fit: Fit::Exact,
                is_open: true,
            });
        }
        if let Some(host) = text.strip_suffix('*')
            && host.contains('.')
            && !host.contains('*')
        {
            // It also stands for hosts that begin so.
            let name = Self::below(host.trim_end_matches('.'), "*", compared, covers)?;
            return Ok(name.with(Fit::Fewer));
        }
        match compared {
            _ if text.starts_with('*') => Err(Fit::Unsayable),
            Compared::TagOrDigest | Compared::Completed => Err(Fit::NoImage),
            Compared::Repository => Err(Fit::Unsayable),
            Compared::AsWritten if text.contains('*') => {
                // It also stands for hosts that begin so.
                let name = Self::below(DOCKER_HUB, text, compared, covers)?;
                Ok(name.with(Fit::Fewer))
            }
            Compared::AsWritten => Self::below(DOCKER_HUB, text, compared, covers),
        }
    }

    /// The patterns below a host.
    fn below(host: &str, path: &str, compared: Compared, covers: Covers) -> Result<Self, Fit> {
        let host = match host {
            DOCKER_HUB_ALIAS if compared.has_library() => return Err(Fit::NoImage),
            DOCKER_HUB_ALIAS => DOCKER_HUB,
            host => host,
        };
        if path.is_empty() {
            return Err(Fit::NoImage);
        }
        let (paths, fit) = match (path.split_once('*'), covers) {
            (None, _) => (vec![path.to_owned()], Fit::Exact),
            (Some((before, "")), _) => (beginning_with(before), Fit::Exact),
            (Some((before, _)), Covers::More) => (beginning_with(before), Fit::More),
            (Some(_), Covers::Fewer) => (vec![by_segment(path)], Fit::Fewer),
        };
        let names = paths.iter().filter_map(|path| on(host, path, compared));
        let names: Vec<_> = names.collect();
        if names.is_empty() {
            return Err(Fit::NoImage);
        }
        Ok(Self {
            names,
            fit,
            is_open: path.ends_with('*'),
        })
    }

    fn with(self, fit: Fit) -> Self {
        Self {
            fit: self.fit.max(fit),
            ..self
        }
    }
}

/// A path in which each `*` stays within its segment, but for a last one that is a segment.
fn by_segment(path: &str) -> String {
    match path.strip_suffix("/*") {
        Some(parents) => format!("{parents}/{EVERY}"),
        None => path.to_owned(),
    }
}

/// Host and path. On Docker Hub, images without a user are in `library/`; `None` if that is compared as well, so that no
/// image has this path.
fn on(host: &str, path: &str, compared: Compared) -> Option<String> {
    let is_short = host == DOCKER_HUB && !path.contains('/') && path != EVERY;
    match (is_short, compared.has_library()) {
        (false, _) => Some(format!("{host}/{path}")),
        (true, false) => Some(format!("{host}/library/{path}")),
        (true, true) => None,
    }
}
