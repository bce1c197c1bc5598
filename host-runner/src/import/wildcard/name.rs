//! Registry and repository of a wildcard.

use super::{Compared, Covers, Fit};

/// Patterns for registry and repository
#[derive(Debug)]
pub(super) struct Name {
    pub(super) names: Vec<String>,
    pub(super) fit: Fit,
    /// Whether it ends in a `*`, which there may also stand for tag and digest
    pub(super) is_open: bool,
}

const DOCKER_HUB: &str = "docker.io";

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
        if host.contains(['.', ':']) || host == "localhost" {
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
                names: vec!["**".to_owned()],
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
            "index.docker.io" if compared.has_library() => return Err(Fit::NoImage),
            "index.docker.io" => DOCKER_HUB,
            host => host,
        };
        if path.is_empty() {
            return Err(Fit::NoImage);
        }
        let (paths, fit) = match (path.split_once('*'), covers) {
            (None, _) => (vec![path.to_owned()], Fit::Exact),
            (Some((before, "")), _) => (beginning(before), Fit::Exact),
            (Some((before, _)), Covers::More) => (beginning(before), Fit::More),
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

/// Patterns for the paths that begin so, with any number of segments.
fn beginning(start: &str) -> Vec<String> {
    if start.is_empty() || start.ends_with('/') {
        return vec![format!("{start}**")];
    }
    vec![format!("{start}*"), format!("{start}*/**")]
}

/// A path in which each `*` stays within its segment, but for a last one that is a segment.
fn by_segment(path: &str) -> String {
    match path.strip_suffix("/*") {
        Some(parents) => format!("{parents}/**"),
        None => path.to_owned(),
    }
}

/// Host and path. On Docker Hub, images without a user are in `library/`; `None` if that is compared as well, so that no
/// image has this path.
fn on(host: &str, path: &str, compared: Compared) -> Option<String> {
    let is_short = host == DOCKER_HUB && !path.contains('/') && path != "**";
    match (is_short, compared.has_library()) {
        (false, _) => Some(format!("{host}/{path}")),
        (true, false) => Some(format!("{host}/library/{path}")),
        (true, true) => None,
    }
}
