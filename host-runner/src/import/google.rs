//! Google's documents in the spelling of another tool: Terraform and Config Connector.

use serde_json::{Map, Value, json};

use super::draft::Draft;
use super::source::At;
use super::{Export, Exports, Import, Level, Place};
use crate::terminal::printable;

/// The documents that were found
#[derive(Debug, Default)]
pub(super) struct Found {
    /// Project-singleton policies, each with its project
    pub(super) policies: Vec<(String, Export)>,
    pub(super) platform_policies: Vec<Export>,
    pub(super) attestors: Vec<Export>,
}

impl Found {
    /// Takes them over, as those that gcloud exports.
    pub(super) fn take_over(self, draft: &mut Draft) {
        let mut policies = self.policies.into_iter();
        let policy = policies.next();
        for (project, other) in policies {
            let first = policy.as_ref().map_or("", |(project, _)| project.as_str());
            let message = format!(
                "this policy is of the project `{}`, and another is of `{}`: settings have one policy",
                printable(&project),
                printable(first)
            );
            draft.findings.push(Level::Error, &other.place, message);
            draft.help("give the documents of one project");
        }
        let options = core::mem::take(&mut draft.google);
        let import = Import::new(Exports {
            policy: policy.map(|(_, policy)| policy),
            platform_policies: self.platform_policies,
            attestors: [self.attestors, options.attestors].concat(),
            ..options
        });
        draft.take(import);
    }
}

/// A document in the making
#[derive(Debug, Default)]
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    /// Copies texts that are not empty, each under a name of its own.
    pub(super) fn texts(&mut self, from: &At<'_>, names: &[(&str, &str)]) {
        for (theirs, ours) in names {
            if let Some(text) = from.get(theirs).filter(|text| text.text() != Some("")) {
                self.set(ours, text.to_json());
            }
        }
    }

    /// Copies values that are spelled as here.
    pub(super) fn values(&mut self, from: &At<'_>, names: &[&str]) {
        for name in names {
            if let Some(value) = from.get(name) {
                self.set(name, value.to_json());
            }
        }
    }

    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    pub(super) fn list(&mut self, name: &str, items: &[Value]) {
        if !items.is_empty() {
            self.set(name, json!(items));
        }
    }

    pub(super) fn map(&mut self, name: &str, entries: Self) {
        if !entries.0.is_empty() {
            self.set(name, entries.into_value());
        }
    }

    pub(super) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    pub(super) fn export(self, place: Place) -> Export {
        let document = self.into_value();
        Export { place, document }
    }
}

/// A resource name; a text without a slash is the last segment of one in the same project.
pub(super) fn resource_name(text: &str, project: &str, kind: &str) -> String {
    if text.contains('/') {
        text.to_owned()
    } else {
        format!("projects/{project}/{kind}/{text}")
    }
}
