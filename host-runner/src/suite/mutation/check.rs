//! Changes of checks, by the fields of their documents.

use policy_wasm::CheckType;
use serde_json::Value;

use super::change::{self, Change};
use super::{CENTURY, Mutants};
use crate::fields::items;
use crate::suite::place::Place;

impl Mutants {
    /// Changes of the document of a check. Of lists that are not known here, each item is dropped.
    pub(super) fn check(&mut self, check: &Value, place: &Place) {
        for kind in CheckType::ALL {
            let document = check.get(kind.field()).and_then(Value::as_object);
            for (field, value) in document.into_iter().flatten() {
                self.check_field(field, value, &place.key(kind.field()).key(field));
            }
        }
    }

    fn check_field(&mut self, field: &str, value: &Value, place: &Place) {
        match field {
            "maxUploadAgeDays" => self.push(
                "accept uploads that are a hundred years old",
                place.clone(),
                Change::Replace(CENTURY.into()),
            ),
            "maximumFixableSeverity" | "maximumUnfixableSeverity" => self.push(
                format!("allow every severity in `{field}`"),
                place.clone(),
                Change::Replace("ALLOW_ALL".into()),
            ),
            "sigstoreAuthorities" | "attestationAuthenticators" => {
                self.drop_each("authenticator", Some(value), place);
            }
            "rules" => self.slsa_rules(value, place),
            "trustedDirPatterns" => {
                self.drop_each("directory", Some(value), place);
                self.widen_each(Some(value), place, change::wider_directory);
            }
            // Projects of Google, which have no effect here.
            "containerAnalysisAttestationProjects" | "containerAnalysisVulnerabilityProjects" => {}
            _ => self.drop_each_of(&format!("`{field}`"), "entry", Some(value), place),
        }
    }

    fn slsa_rules(&mut self, rules: &Value, place: &Place) {
        self.drop_each("SLSA rule", Some(rules), place);
        for (index, rule) in items(Some(rules)).iter().enumerate() {
            let place = place.index(index);
            let required = place.key("configBasedBuildRequired");
            self.push(
                "require no configuration",
                required,
                Change::Replace(false.into()),
            );
            let sources = rule.get("trustedSourceRepoPatterns");
            let place = place.key("trustedSourceRepoPatterns");
            self.push(
                "trust every source repository",
                place.clone(),
                Change::Remove,
            );
            self.drop_each("source repository", sources, &place);
            self.widen_each(sources, &place, change::wider_repository);
        }
    }
}
