//! Output fields of Google's service, which are dropped.

use alloc::collections::BTreeSet;

use serde_json::Value;

use super::{Export, Findings, Level};

/// The names of what was dropped
#[derive(Debug, Default)]
pub(super) struct Dropped(BTreeSet<&'static str>);

impl Dropped {
    /// Drops such fields from a document.
    pub(super) fn from(&mut self, export: &mut Export) {
        self.fields(&mut export.document, &["etag", "updateTime"]);
        if let Some(note) = export.document.get_mut("userOwnedGrafeasNote") {
            self.fields(note, &["delegationServiceAccountEmail"]);
        }
    }

    fn fields(&mut self, value: &mut Value, names: &[&'static str]) {
        let Value::Object(fields) = value else { return };
        for name in names {
            if fields.shift_remove(*name).is_some() {
                self.0.insert(name);
            }
        }
    }

    pub(super) fn report(&self, findings: &mut Findings) {
        let names: Vec<_> = self.0.iter().map(|name| format!("`{name}`")).collect();
        if !names.is_empty() {
            let message = format!(
                "left out fields that only Google's service uses: {}",
                names.join(", ")
            );
            findings.push(Level::Note, None, message);
        }
    }
}
