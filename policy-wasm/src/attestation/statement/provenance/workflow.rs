//! The workflow that made a build: its repository, path and ref, and the commits of the build's inputs.
//!
//! Only certificates say the same, so these fields are parsed only for provenance that a certificate has signed.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::{Provenance, build_type};
use crate::attestation::statement::payload;
use crate::json::{Path, Raw, Report, Value};

/// Build types whose `externalParameters` have a `workflow`
const WORKFLOWS: [&str; 2] = [
    "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
    "https://actions.github.io/buildtypes/workflow/v1",
];

impl<'p> Provenance<'p> {
    /// Whether a workflow of GitHub Actions made the build, so that the inputs include its source.
    pub(crate) fn is_of_workflow(&self) -> bool {
        WORKFLOWS.contains(&&*self.build_type)
    }

    /// Returns the address of the repository. Unknown build types name it only for comparison.
    pub(crate) fn workflow_repository(&self) -> Option<Cow<'p, str>> {
        let named = self.config_repository.clone();
        named
            .or_else(|| self.parameter("repository"))
            .filter(|address| !address.is_empty())
    }

    /// Returns the path of the workflow. v0.2: the entry point, unless it is a Dockerfile or a job.
    pub(crate) fn workflow_path(&self) -> Option<Cow<'p, str>> {
        let is_other_file = !self.external_parameters.is_empty()
            || self.build_type == build_type::BUILDKIT_V0_2
            || build_type::config_of(&self.build_type).is_some();
        let entry_point = self.config_path.clone().filter(|_| !is_other_file);
        let own = self.parameter("path");
        own.or(entry_point).filter(|path| !path.is_empty())
    }

    /// Returns the Git ref of the workflow. v0.2: `None`, because the ref is in the repository's address.
    pub(crate) fn workflow_ref(&self) -> Option<Cow<'p, str>> {
        self.parameter("ref")
    }

    /// Returns the Git commits of the configuration. v1: none, because it is among the inputs.
    pub(crate) fn config_commits(&self) -> Vec<Cow<'p, str>> {
        let mut commits = Vec::new();
        read(self.config_digest, |value| commits = read_commits(value));
        commits
    }

    /// Returns the Git commits of the build's inputs, each with the address of its input.
    pub(crate) fn commits(&self) -> Vec<(Cow<'p, str>, Cow<'p, str>)> {
        let mut all = Vec::new();
        read(self.inputs, |value| {
            value.list(|_, item| {
                let (mut uri, mut commits) = (None, Vec::new());
                item.object(|key, value| match key {
                    "uri" => uri = value.text(),
                    "digest" => commits = read_commits(value),
                    _ => {}
                });
                let uri = uri.unwrap_or_default();
                all.extend(commits.into_iter().map(|commit| (uri.clone(), commit)));
            });
        });
        all
    }

    /// Returns a field of the parameter `workflow`. No known build type has another parameter of this name.
    fn parameter(&self, field: &str) -> Option<Cow<'p, str>> {
        let mut found = None;
        read(self.external_parameters, |value| {
            each_field(value, "workflow", |value| {
                each_field(value, field, |value| found = value.text());
            });
        });
        found
    }
}

/// Reads the Git commits in a set of digests. v0.2 calls them `sha1`, v1 `gitCommit`, and `BuildKit` always `sha1`.
fn read_commits<'p>(digests: Value<'_, 'p>) -> Vec<Cow<'p, str>> {
    let mut commits = Vec::new();
    digests.object(|key, value| {
        if matches!(key, "gitCommit" | "sha1") {
            commits.extend(value.text());
        }
    });
    commits
}

/// Parses a part that was checked when the provenance was read. Fields of another type are absent.
fn read<'p>(part: &'p str, read: impl FnMut(Value<'_, 'p>)) {
    if !part.is_empty() {
        payload::walk(Raw::new(part), Path::Root(""), &Report::default(), read);
    }
}

fn each_field<'p>(value: Value<'_, 'p>, field: &str, read: impl FnOnce(Value<'_, 'p>)) {
    let mut read = Some(read);
    value.object(|key, value| {
        if key == field
            && let Some(read) = read.take()
        {
            read(value);
        }
    });
}
