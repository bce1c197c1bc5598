//! What provenance of a GitHub workflow says about its source, besides the repository and the path.
//!
//! Only certificates say the same, so these fields are parsed only for provenance that a certificate has signed.

use alloc::borrow::Cow;
use alloc::vec::Vec;

use super::Provenance;
use crate::attestation::statement::payload;
use crate::json::{Path, Raw, Report, Value};

/// Build types whose `externalParameters` have a `workflow`
const WORKFLOWS: [&str; 2] = [
    "https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1",
    "https://actions.github.io/buildtypes/workflow/v1",
];

impl<'p> Provenance<'p> {
    /// Whether a workflow of GitHub Actions made the build, so that its configuration is the workflow's file.
    pub(crate) fn is_of_workflow(&self) -> bool {
        WORKFLOWS.contains(&&*self.build_type)
    }

    /// Returns the Git ref of the workflow, if the build type has one.
    pub(crate) fn workflow_ref(&self) -> Option<Cow<'p, str>> {
        if !self.is_of_workflow() {
            return None;
        }
        let mut found = None;
        read(self.external_parameters, |value| {
            each_field(value, "workflow", |value| {
                each_field(value, "ref", |value| found = value.text());
            });
        });
        found
    }

    /// Returns the Git commits of the build's inputs, each with the address of its input.
    pub(crate) fn commits(&self) -> Vec<(Cow<'p, str>, Cow<'p, str>)> {
        let mut commits = Vec::new();
        read(self.resolved_dependencies, |value| {
            value.list(|_, item| {
                let (mut uri, mut commit) = (None, None);
                item.object(|key, value| match key {
                    "uri" => uri = value.text(),
                    "digest" => each_field(value, "gitCommit", |value| commit = value.text()),
                    _ => {}
                });
                commits.extend(uri.zip(commit));
            });
        });
        commits
    }
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
