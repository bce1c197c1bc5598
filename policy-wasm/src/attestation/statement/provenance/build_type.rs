//! Where the parameters of a SLSA v1 build name its configuration: every build type has its own.
//!
//! An unknown build type names none. To guess would be to believe a parameter that may mean
//! something else, or that whoever started the build could choose.

use alloc::borrow::Cow;

use super::payload;
use super::{BODY, Rejection};
use crate::json::{Path, Raw, Value};

/// Where to find the configuration's repository, and its path in there
pub(super) struct Config {
    pub(super) repository: Pointer,
    pub(super) path: Pointer,
}

/// The keys that lead from `externalParameters` to a text
pub(super) struct Pointer(&'static [&'static str]);

const GITHUB_WORKFLOW: Config = Config {
    repository: Pointer(&["workflow", "repository"]),
    path: Pointer(&["workflow", "path"]),
};

const CONFIGS: &[(&str, Config)] = &[
    // Cloud Build; a build whose steps came with the call has `buildConfig` instead.
    (
        "https://cloud.google.com/build/gcb-buildtypes/google-worker/v1",
        Config {
            repository: Pointer(&["buildConfigSource", "repository"]),
            path: Pointer(&["buildConfigSource", "path"]),
        },
    ),
    // The same, as described by the SLSA community
    (
        "https://slsa-framework.github.io/gcb-buildtypes/triggered-build/v1",
        Config {
            repository: Pointer(&["configSource", "repository"]),
            path: Pointer(&["configSource", "path"]),
        },
    ),
    // GitHub Actions, as described by the SLSA community and by GitHub
    (
        "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
        GITHUB_WORKFLOW,
    ),
    (
        "https://actions.github.io/buildtypes/workflow/v1",
        GITHUB_WORKFLOW,
    ),
    // SLSA's builder for GitHub that runs a build in a container
    (
        "https://slsa.dev/container-based-build/v0.1?draft",
        Config {
            repository: Pointer(&["source", "uri"]),
            path: Pointer(&["configPath"]),
        },
    ),
];

pub(super) fn config_of(build_type: &str) -> Option<&'static Config> {
    CONFIGS
        .iter()
        .find(|(known, _)| *known == build_type)
        .map(|(_, config)| config)
}

impl Pointer {
    /// The text that the keys lead to, if they lead anywhere.
    pub(super) fn find<'p>(&self, parameters: Raw<'p>) -> Result<Option<Cow<'p, str>>, Rejection> {
        let definition = Path::Field(&BODY, "buildDefinition");
        let mut found = None;
        payload::read(
            parameters,
            Path::Field(&definition, "externalParameters"),
            |value| found = follow(value, self.0),
        )?;
        Ok(found)
    }
}

fn follow<'p>(value: Value<'_, 'p>, keys: &[&str]) -> Option<Cow<'p, str>> {
    let Some((next, rest)) = keys.split_first() else {
        return value.text();
    };
    let mut found = None;
    value.object(|key, value| {
        if key == *next {
            found = follow(value, rest);
        }
    });
    found
}
