//! Ids of builders in provenance, which may contain a release or a run.

use thiserror::Error;

/// The id of a builder in settings and in the rules of SLSA checks: a `builder.id`, or a prefix with a final `@*`
/// or `/*`
///
/// It is compared byte by byte. A final `@*` stands for any revision of a workflow, `/*` for the rest of the
/// address, such as the number of a run; neither matches an empty text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuilderId<'a> {
    literal: &'a str,
    is_open: bool,
}

/// Reasons why a text is not a [`BuilderId`]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum BuilderIdError {
    /// The id is empty
    #[error("must not be empty")]
    Empty,
    /// A wildcard in another position
    #[error(
        "`*` may stand only at the end, in `@*` for any revision of a workflow or in `/*` for any run"
    )]
    Wildcard,
    /// A wildcard that would include the host
    #[error("a wildcard may stand only behind a host, as in `https://ci.example/runs/*`")]
    NoHost,
}

impl<'a> BuilderId<'a> {
    /// Reads an id.
    ///
    /// # Errors
    ///
    /// [`BuilderIdError`]
    pub fn parse(text: &'a str) -> Result<Self, BuilderIdError> {
        if text.is_empty() {
            return Err(BuilderIdError::Empty);
        }
        let (literal, is_open) = match text.strip_suffix('*') {
            Some(literal) => (literal, true),
            None => (text, false),
        };
        let is_after_separator = literal.ends_with(['@', '/']);
        if literal.contains('*') || (is_open && !is_after_separator) {
            return Err(BuilderIdError::Wildcard);
        }
        if is_open && !has_host(literal) {
            return Err(BuilderIdError::NoHost);
        }
        Ok(Self { literal, is_open })
    }

    /// Whether a `builder.id` is this builder's. With a wildcard, ids that resolve to another address do not match.
    #[must_use]
    pub fn matches(&self, id: &str) -> bool {
        if !self.is_open {
            return self.literal == id;
        }
        let rest = id.strip_prefix(self.literal);
        rest.is_some_and(|rest| {
            let is_dots = |segment: &str| matches!(segment, "." | "..");
            !rest.is_empty() && !rest.split(['/', '\\']).any(is_dots)
        })
    }
}

/// Whether an address has a host and a slash after it. An `@` in the host would end a user name.
fn has_host(literal: &str) -> bool {
    let address = literal
        .split_once("://")
        .map_or(literal, |(_, address)| address);
    let host = address.split_once('/').map(|(host, _)| host);
    host.is_some_and(|host| !host.is_empty() && !host.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKFLOW: &str = "https://forge.example/o/r/.github/workflows/build.yml";

    #[test]
    fn a_builder_is_named_whole_or_up_to_its_revision_or_run() {
        let of_tags = alloc::format!("{WORKFLOW}@*");
        let of_tag = alloc::format!("{WORKFLOW}@refs/tags/v1.2.3");
        for (pattern, id, expected) in [
            (WORKFLOW, WORKFLOW, true),
            (WORKFLOW, &*of_tag, false),
            (&*of_tags, &*of_tag, true),
            (&*of_tags, &*alloc::format!("{WORKFLOW}@main"), true),
            (&*of_tags, &*alloc::format!("{WORKFLOW}@"), false),
            (&*of_tags, WORKFLOW, false),
            (&*of_tags, &*alloc::format!("{WORKFLOW}x@main"), false),
            (
                "https://ci.example/runs/*",
                "https://ci.example/runs/7",
                true,
            ),
            (
                "https://ci.example/runs/*",
                "https://ci.example/runs/7/attempts/1",
                true,
            ),
            (
                "https://ci.example/runs/*",
                "https://ci.example/runs/",
                false,
            ),
            (
                "https://ci.example/runs/*",
                "https://ci.example/runs",
                false,
            ),
            (
                "https://ci.example/runs/*",
                "https://ci.example/runs2/7",
                false,
            ),
            (
                "https://ci.example/runs/*",
                "https://ci.example/runs/../evil",
                false,
            ),
            (
                "https://ci.example/runs/*",
                "https://CI.example/runs/7",
                false,
            ),
            ("https://ci.example/*", "https://ci.example/runs/7", true),
            ("https://ci.example/*", "https://ci.example.evil/7", false),
            ("builder-7", "builder-7", true),
        ] {
            let parsed = BuilderId::parse(pattern).unwrap();
            assert_eq!(parsed.matches(id), expected, "`{pattern}` and `{id}`");
        }
    }

    #[test]
    fn a_wildcard_stands_nowhere_else() {
        use BuilderIdError::{Empty, NoHost, Wildcard};
        for (text, error) in [
            ("", Empty),
            ("*", Wildcard),
            ("https://ci.example/r*", Wildcard),
            ("https://ci.example/**", Wildcard),
            ("https://*/runs/7", Wildcard),
            ("https://ci.example/*@main", Wildcard),
            ("https://ci.example/*/*", Wildcard),
            ("/*", NoHost),
            ("@*", NoHost),
            ("https://*", NoHost),
            ("https:///*", NoHost),
            ("https://ci.example@*", NoHost),
            ("https://ci@*", NoHost),
            ("builder@*", NoHost),
        ] {
            assert_eq!(BuilderId::parse(text), Err(error), "{text}");
        }
    }
}
