//! Places of the build configuration in the parameters of SLSA v1 provenance, for each build type.
//!
//! Unknown build types have none: a guessed parameter could have another meaning, or be chosen by the user who
//! started the build.

use alloc::borrow::Cow;

use super::payload;
use super::{BODY, Rejection};
use crate::json::{Path, Raw, Value};

/// Places of the configuration's repository and of its path in the repository
pub(super) struct Config {
    pub(super) repository: Pointer,
    pub(super) path: Pointer,
}

/// Keys from `externalParameters` to a text
pub(super) struct Pointer(&'static [&'static str]);

/// The build types of a row
enum Types {
    These(&'static [&'static str]),
    /// Build types that contain a release between these two texts
    Between(&'static str, &'static str),
}

const CONFIGS: &[(Types, Config)] = &[
    // Cloud Build; a build whose steps came with the call has `buildConfig` instead. Tekton Chains has
    // the same for a Pipeline or Task that was resolved elsewhere, and nothing for one in the run.
    (
        Types::These(&[
            "https://cloud.google.com/build/gcb-buildtypes/google-worker/v1",
            "https://tekton.dev/chains/v2/slsa",
            "https://tekton.dev/chains/v2/slsa-tekton",
        ]),
        Config {
            repository: Pointer(&["buildConfigSource", "repository"]),
            path: Pointer(&["buildConfigSource", "path"]),
        },
    ),
    // Cloud Build, as described by the SLSA community
    (
        Types::These(&["https://slsa-framework.github.io/gcb-buildtypes/triggered-build/v1"]),
        Config {
            repository: Pointer(&["configSource", "repository"]),
            path: Pointer(&["configSource", "path"]),
        },
    ),
    // BuildKit; a build from a folder has no address
    (
        Types::These(&[BUILDKIT_V1]),
        Config {
            repository: Pointer(&["configSource", "uri"]),
            path: Pointer(&["configSource", "path"]),
        },
    ),
    // GitHub Actions, as described by the SLSA community and by GitHub
    (
        Types::These(&[
            "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
            "https://actions.github.io/buildtypes/workflow/v1",
        ]),
        Config {
            repository: Pointer(&["workflow", "repository"]),
            path: Pointer(&["workflow", "path"]),
        },
    ),
    // GitLab, whose entry point is a job
    (
        Types::These(&["https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1"]),
        GITLAB_JOB,
    ),
    (
        Types::Between(
            "https://gitlab.com/gitlab-org/gitlab-runner/-/blob/",
            "/PROVENANCE.md",
        ),
        GITLAB_JOB,
    ),
    // SLSA's builder for GitHub that runs a build in a container
    (
        Types::These(&["https://slsa.dev/container-based-build/v0.1?draft"]),
        Config {
            repository: Pointer(&["source", "uri"]),
            path: Pointer(&["configPath"]),
        },
    ),
];

const GITLAB_JOB: Config = Config {
    repository: Pointer(&["source"]),
    path: Pointer(&["entryPoint"]),
};

pub(super) const BUILDKIT_V0_2: &str = "https://mobyproject.org/buildkit@v1";
pub(super) const BUILDKIT_V1: &str =
    "https://github.com/moby/buildkit/blob/master/docs/attestations/slsa-definitions.md";

pub(super) fn config_of(build_type: &str) -> Option<&'static Config> {
    CONFIGS
        .iter()
        .find(|(types, _)| types.have(build_type))
        .map(|(_, config)| config)
}

/// Returns the repository in an address. `BuildKit` appends a revision and a directory after `#`.
pub(super) fn repository<'p>(build_type: &str, address: Cow<'p, str>) -> Cow<'p, str> {
    if !matches!(build_type, BUILDKIT_V0_2 | BUILDKIT_V1) {
        return address;
    }
    let end = address.find('#');
    match (end, address) {
        (Some(end), Cow::Borrowed(text)) => Cow::Borrowed(text.get(..end).unwrap_or(text)),
        (Some(end), Cow::Owned(mut text)) => {
            text.truncate(end);
            Cow::Owned(text)
        }
        (None, address) => address,
    }
}

impl Types {
    fn have(&self, build_type: &str) -> bool {
        match self {
            Self::These(types) => types.contains(&build_type),
            Self::Between(before, after) => {
                let rest = build_type.strip_prefix(before);
                let release = rest.and_then(|rest| rest.strip_suffix(after));
                release.is_some_and(|release| !release.is_empty() && !release.contains('/'))
            }
        }
    }
}

impl Pointer {
    /// Returns the text at these keys, if any.
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
