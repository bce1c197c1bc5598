//! Image references as Kubewarden's host reads them: expanded, then looked up.

use core::fmt;

use policy_wasm::image::names_registry;

/// A reference with nothing left to guess
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference {
    registry: String,
    path: String,
    tag: Option<String>,
    digest: Option<String>,
}

const INVALID: &str = "invalid reference format";

impl Reference {
    /// Expands `nginx` to `docker.io/library/nginx:latest`, and refuses what is no reference.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let (named, digest) = match text.split_once('@') {
            Some((named, digest)) => (named, Some(digest)),
            None => (text, None),
        };
        // A colon before the last slash belongs to the port.
        let (name, tag) = match named.rsplit_once(':') {
            Some((name, tag)) if !tag.contains('/') => (name, Some(tag)),
            _ => (named, None),
        };
        let (registry, path) = match name.split_once('/') {
            Some((host, rest)) if names_registry(host) => (host, rest),
            _ => ("docker.io", name),
        };
        let registry = match registry {
            "index.docker.io" => "docker.io",
            registry => registry,
        };
        let path = if registry == "docker.io" && !path.contains('/') {
            format!("library/{path}")
        } else {
            path.to_owned()
        };
        let is_valid = path.split('/').all(is_path_component)
            && registry
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b".-:".contains(&byte))
            && tag.is_none_or(is_tag)
            && digest.is_none_or(is_digest);
        if !is_valid {
            return Err(INVALID);
        }
        let tag = match digest {
            None => Some(tag.unwrap_or("latest")),
            Some(_) => tag,
        };
        Ok(Self {
            registry: registry.to_owned(),
            path,
            tag: tag.map(str::to_owned),
            digest: digest.map(str::to_owned),
        })
    }

    /// Registry and path.
    pub(super) fn repository(&self) -> String {
        format!("{}/{}", self.registry, self.path)
    }

    /// Without it, the tag decides.
    pub(super) fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    /// Returns the URL of the manifest.
    pub(super) fn url(&self) -> String {
        let host = match self.registry.as_str() {
            "docker.io" => "index.docker.io",
            registry => registry,
        };
        let last = self.digest.as_ref().or(self.tag.as_ref());
        let last = last.map(String::as_str).unwrap_or_default();
        format!("https://{host}/v2/{}/manifests/{last}", self.path)
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.path)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

/// `sha256:` and 64 lower-case hexadecimal digits: also what may become a file name.
pub(super) fn is_digest(text: &str) -> bool {
    text.strip_prefix("sha256:").is_some_and(|hex| {
        hex.len() == 64
            && hex
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    })
}

fn is_path_component(text: &str) -> bool {
    let is_alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = [text.bytes().next(), text.bytes().next_back()];
    ends.into_iter().all(|end| end.is_some_and(is_alphanumeric))
        && text
            .bytes()
            .all(|byte| is_alphanumeric(byte) || b"._-".contains(&byte))
}

fn is_tag(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    text.len() <= 128
        && text.bytes().next().is_some_and(is_word)
        && text
            .bytes()
            .all(|byte| is_word(byte) || b".-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_expanded_as_the_host_expands_them() {
        for (given, expanded) in [
            ("nginx", "docker.io/library/nginx:latest"),
            ("nginx:1.27", "docker.io/library/nginx:1.27"),
            ("opensuse/leap:15.3", "docker.io/opensuse/leap:15.3"),
            ("index.docker.io/nginx", "docker.io/library/nginx:latest"),
            ("trusted.example/app", "trusted.example/app:latest"),
            ("localhost/app:1", "localhost/app:1"),
            ("localhost:5000/a/b", "localhost:5000/a/b:latest"),
            ("test.com:5000", "docker.io/library/test.com:5000"),
        ] {
            assert_eq!(Reference::parse(given).unwrap().to_string(), expanded);
        }
    }

    #[test]
    fn a_digest_needs_no_tag_and_keeps_one() {
        let digest = format!("sha256:{}", "a".repeat(64));
        for (given, expanded) in [
            (
                format!("nginx@{digest}"),
                format!("docker.io/library/nginx@{digest}"),
            ),
            (format!("a.b/c:1@{digest}"), format!("a.b/c:1@{digest}")),
        ] {
            let reference = Reference::parse(&given).unwrap();
            assert_eq!(reference.to_string(), expanded);
            assert_eq!(reference.digest(), Some(digest.as_str()));
            assert!(reference.url().ends_with(&format!("/manifests/{digest}")));
        }
    }

    #[test]
    fn docker_hub_is_served_elsewhere() {
        let url = Reference::parse("nginx").unwrap().url();
        assert_eq!(
            url,
            "https://index.docker.io/v2/library/nginx/manifests/latest"
        );
    }

    #[test]
    fn what_is_no_reference_is_refused() {
        let long = format!("a:{}", "x".repeat(129));
        for text in [
            "",
            ":tag",
            "a:",
            "a@",
            "a//b",
            "A:1",
            "a@sha256:abc",
            "a/../b",
            "a.b/c d",
            "-a",
            "a:-1",
            "a@b@c",
            &long,
        ] {
            assert_eq!(Reference::parse(text), Err(INVALID), "{text:?}");
        }
        let shouting = format!("a@sha256:{}", "A".repeat(64));
        assert_eq!(Reference::parse(&shouting), Err(INVALID));
    }
}
