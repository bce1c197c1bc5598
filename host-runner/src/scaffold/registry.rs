//! Registries: patterns for all images below a path.

use policy_wasm::image::ImageReference;
use policy_wasm::pattern::{NamePattern, TrustedDirectory};

/// Docker Hub, as images name it in full
const HUB: &str = "docker.io/";

/// A pattern, and what stands before its wildcard
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Registry {
    pub(crate) pattern: String,
    pub(crate) stem: String,
}

impl Registry {
    /// Reads `registry.example/shop/**` or `registry.example/shop/*`.
    ///
    /// # Errors
    ///
    /// A pattern of another form, which also covers similar names.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let stem = text.strip_suffix("/**").or_else(|| text.strip_suffix("/*"));
        let stem = stem.ok_or_else(|| {
            let text = text.trim_end_matches(['*', '/']);
            if text.is_empty() {
                return "name a registry, such as `registry.example/team/**`".to_owned();
            }
            format!("use `{text}/**` for everything below, or `{text}/*` for images directly in it")
        })?;
        let registry = Self {
            pattern: text.to_owned(),
            stem: stem.to_owned(),
        };
        if stem.contains(|one: char| one.is_ascii_uppercase()) {
            return Err(format!(
                "`{stem}` matches only images that are spelled so; use lower case"
            ));
        }
        if NamePattern::parse(text).is_err() || ImageReference::parse(&registry.image()).is_err() {
            let help = match stem.split_once("://") {
                Some((scheme, _)) => format!("; leave out `{scheme}://`"),
                None => String::new(),
            };
            return Err(format!("`{stem}` cannot be part of an image name{help}"));
        }
        Ok(registry)
    }

    /// The pattern, and the ones for other spellings of the same images: patterns of an allowlist are compared with the
    /// spelling of the Pod. Of Docker Hub's official images, no pattern covers the short names, such as `nginx`.
    pub(crate) fn spellings(&self) -> Vec<Self> {
        let Some(path) = self.hub_path() else {
            return vec![self.clone()];
        };
        let full = Self::spelled(&format!("{HUB}{path}"));
        let short = (!self.is_official() && !path.starts_with('*')).then(|| Self::spelled(path));
        let mut all = vec![self.clone()];
        all.extend([full].into_iter().chain(short).filter(|one| one != self));
        all
    }

    /// The pattern with its registry, which Docker Hub's short names leave out: a trusted directory needs one.
    pub(crate) fn in_full(&self) -> Self {
        match self.hub_path() {
            Some(path) if path == self.pattern => Self::spelled(&format!("{HUB}{path}")),
            _ => self.clone(),
        }
    }

    /// Whether it is of Docker Hub's official images, whose short names have no directory.
    pub(crate) fn is_official(&self) -> bool {
        self.hub_path()
            .is_some_and(|path| path.starts_with("library/"))
    }

    pub(crate) fn is_of_docker_hub(&self) -> bool {
        self.hub_path().is_some()
    }

    /// The pattern without the registry, if that is Docker Hub.
    fn hub_path(&self) -> Option<&str> {
        let pattern = &self.pattern;
        let (first, rest) = pattern.split_once('/')?;
        match first {
            "docker.io" | "index.docker.io" => Some(rest),
            "localhost" => None,
            first if first.contains(['.', ':']) => None,
            _ => Some(pattern),
        }
    }

    /// A pattern that ends as [`Self::parse`] demands.
    fn spelled(pattern: &str) -> Self {
        let stem = pattern.trim_end_matches('*').trim_end_matches('/');
        Self {
            pattern: pattern.to_owned(),
            stem: stem.to_owned(),
        }
    }

    /// Kubernetes' own images.
    pub(crate) fn of_kubernetes() -> Self {
        Self {
            pattern: "registry.k8s.io/**".to_owned(),
            stem: "registry.k8s.io".to_owned(),
        }
    }

    /// An image from here.
    pub(crate) fn image(&self) -> String {
        format!("{}/web", self.stem)
    }

    /// An image that only a pattern that is a little wider would cover.
    pub(crate) fn look_alike(&self) -> String {
        let stem = &self.stem;
        let (is_deep, last) = (self.is_deep(), stem.rsplit('/').next().unwrap_or(stem));
        match (is_deep, stem.contains('/'), last.contains(':')) {
            (false, ..) => format!("{stem}/elsewhere/web"),
            // A longer port.
            (true, false, true) => format!("{stem}0/web"),
            (true, false, false) => format!("{stem}.look-alike.example/web"),
            (true, true, _) => format!("{stem}-look-alike/web"),
        }
    }

    /// The patterns of a `trustedDirectoryCheck` that cover the same images.
    pub(crate) fn directories(&self) -> Vec<String> {
        let below = self.is_deep().then(|| self.pattern.clone());
        [self.stem.clone()].into_iter().chain(below).collect()
    }

    /// Whether it covers directories below its own.
    pub(crate) fn is_deep(&self) -> bool {
        self.pattern.ends_with("**")
    }

    /// Whether a `trustedDirectoryCheck` can demand it: an image directly in a registry is in no directory.
    ///
    /// # Errors
    ///
    /// Says what to write instead.
    pub(crate) fn check_directory(&self) -> Result<(), String> {
        let Self { pattern, stem } = self;
        if Self::of_kubernetes().covers(&self.image()) {
            return Err(format!(
                "`{pattern}`: images of Kubernetes are exempt anyway; leave it out"
            ));
        }
        if stem.starts_with("localhost") {
            return Err(format!(
                "`{pattern}` cannot be demanded together with attestors: a check knows only registries with a dot in \
                 their names; give --registry alone, or the registry under another name, such as `registry.localhost`"
            ));
        }
        if let Err(error) = TrustedDirectory::parse(stem) {
            return Err(format!(
                "`{pattern}` cannot be demanded together with attestors: {error}"
            ));
        }
        Ok(())
    }

    /// An image in a directory below its own.
    pub(crate) fn deep_image(&self) -> String {
        format!("{}/below/web", self.stem)
    }

    /// Images that are in no directory of [`Self::directories`], and in those of wider patterns.
    pub(crate) fn look_alikes(&self) -> Vec<String> {
        let beside = format!("{}-look-alike/web", self.stem);
        let below = (!self.is_deep()).then(|| self.deep_image());
        [beside].into_iter().chain(below).collect()
    }

    /// Whether the pattern covers an image.
    pub(crate) fn covers(&self, image: &str) -> bool {
        NamePattern::parse(&self.pattern).is_ok_and(|pattern| pattern.matches(image))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_docker_hub_have_several_spellings() {
        #[rustfmt::skip]
        let rows: [(&str, &[&str], &str); 7] = [
            ("docker.io/shop/**", &["docker.io/shop/**", "shop/**"], "docker.io/shop/**"),
            ("shop/*", &["shop/*", "docker.io/shop/*"], "docker.io/shop/*"),
            ("index.docker.io/shop/*", &["index.docker.io/shop/*", "docker.io/shop/*", "shop/*"], "index.docker.io/shop/*"),
            ("docker.io/library/*", &["docker.io/library/*"], "docker.io/library/*"),
            ("library/*", &["library/*", "docker.io/library/*"], "docker.io/library/*"),
            ("localhost/shop/*", &["localhost/shop/*"], "localhost/shop/*"),
            ("r.example:5000/shop/**", &["r.example:5000/shop/**"], "r.example:5000/shop/**"),
        ];
        for (pattern, spellings, full) in rows {
            let registry = Registry::parse(pattern).unwrap();
            let found = registry.spellings();
            let found: Vec<_> = found.iter().map(|one| one.pattern.as_str()).collect();
            assert_eq!(found, spellings, "{pattern}");
            assert_eq!(registry.in_full().pattern, full, "{pattern}");
            assert_eq!(registry.is_official(), pattern.contains("library/"));
        }
    }

    #[test]
    fn an_error_says_what_to_write() {
        for (text, part) in [
            (
                "registry.example",
                "use `registry.example/**` for everything below",
            ),
            ("*", "name a registry, such as"),
            ("Registry.example/**", "use lower case"),
            ("https://registry.example/**", "leave out `https://`"),
        ] {
            let error = Registry::parse(text).unwrap_err();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
