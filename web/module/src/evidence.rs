//! The evidence beside settings: attestations, which are added to the settings, and answers to lookups.

use alloc::collections::BTreeMap;

use admission_requests::Source;
use admission_requests::evidence::{Part, attach, parts};
use policy_wasm::evidence::{Answer, Lookup, Need};
use serde_json::Value;

/// The documents of the evidence
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    attestations: Vec<Value>,
    /// By `NAMESPACE/NAME`; of two of one name the later one stays
    resources: BTreeMap<String, Value>,
    /// By kind and name, as recordings of lookups write them
    answers: BTreeMap<(String, String), Answer>,
}

impl Evidence {
    /// Reads documents: occurrences, envelopes, bundles, `Attestation` resources, and answers to lookups.
    ///
    /// # Errors
    ///
    /// The text is malformed, or a part of it is none of these. What could be read is in the first part.
    pub(crate) fn read(text: &str) -> (Self, Option<String>) {
        let mut evidence = Self::default();
        let source = Source {
            name: "evidence".to_owned(),
            text: text.to_owned(),
        };
        let documents = match admission_requests::documents_in(&source) {
            Ok(documents) => documents,
            Err(error) => return (evidence, Some(error.to_string())),
        };
        let mut problem = None;
        for document in documents {
            if let Err(error) = evidence.collect(document) {
                problem.get_or_insert(error);
            }
        }
        (evidence, problem)
    }

    fn collect(&mut self, document: Value) -> Result<(), String> {
        if let Some((need, answer)) = supplied(&document) {
            self.answers.insert(need, answer);
            return Ok(());
        }
        for part in parts(document)? {
            match part {
                Part::Attestation(attestation) => self.attestations.push(attestation),
                Part::Resource(resource) => {
                    let text = |field: &str| {
                        let value = resource.pointer(&format!("/metadata/{field}"));
                        value.and_then(Value::as_str).unwrap_or_default()
                    };
                    let name = format!("{}/{}", text("namespace"), text("name"));
                    self.resources.insert(name, resource);
                }
                Part::Manifest(_) => {
                    return Err("manifests belong to the objects, also those with attestations in their annotations".to_owned());
                }
            }
        }
        Ok(())
    }

    /// Adds the attestations to settings; settings that have no place for them stay as they are.
    pub(crate) fn attach_to(&self, settings: &Value) -> Value {
        attach(settings.clone(), &self.attestations).unwrap_or_else(|| settings.clone())
    }

    /// The number of attestations, resources and answers.
    pub(crate) fn count(&self) -> usize {
        let counts = [
            self.attestations.len(),
            self.resources.len(),
            self.answers.len(),
        ];
        counts.into_iter().sum()
    }
}

/// A cluster that has these `Attestation` resources and no others, and a registry of which only the answers are known
impl Lookup for Evidence {
    fn look_up(&mut self, need: &Need, max_bytes: usize) -> Answer {
        let name = need.name();
        let key = (need.kind().to_owned(), name.clone());
        let answer = match (self.answers.get(&key), need) {
            (Some(answer), _) => answer.clone(),
            (None, Need::Attestation { .. }) => match self.resources.get(&name) {
                Some(resource) => Answer::Found(resource.to_string()),
                None => Answer::Absent,
            },
            (None, _) => Answer::Unavailable,
        };
        match answer {
            Answer::Found(text) if text.len() > max_bytes => Answer::TooLong,
            answer => answer,
        }
    }
}

/// Reads the answer to a lookup: `kind`, `name`, and one of `found`, `absent` and `failed`.
fn supplied(document: &Value) -> Option<((String, String), Answer)> {
    let text = |key: &str| document.get(key)?.as_str().map(str::to_owned);
    let answer = match (
        document.get("found"),
        document.get("absent"),
        text("failed"),
    ) {
        (Some(found), None, None) => Answer::Found(found.to_string()),
        (None, Some(Value::Bool(true)), None) => Answer::Absent,
        (None, None, Some(failed)) => Answer::Failed(failed),
        _ => return None,
    };
    Some(((text("kind")?, text("name")?), answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_evidence_is_told_from_the_others() {
        let text = "
- {kind: ATTESTATION, attestation: {}}
- {payloadType: t, payload: '', signatures: []}
---
apiVersion: countersign.dev/v1
kind: Attestation
metadata: {namespace: notes, name: sha256-1}
---
{kind: tag, name: 'r.example/a:1', found: {digest: x}}
";
        let (evidence, problem) = Evidence::read(text);
        assert_eq!(problem, None);
        assert_eq!(evidence.attestations.len(), 2);
        assert!(evidence.resources.contains_key("notes/sha256-1"));
        assert_eq!((evidence.answers.len(), evidence.count()), (1, 4));
    }

    #[test]
    fn a_problem_hides_no_other_document() {
        let (evidence, problem) = Evidence::read(
            "5\n---\n{kind: ATTESTATION, attestation: {}}\n---\n{kind: Pod, apiVersion: v1}\n",
        );
        assert_eq!(evidence.attestations.len(), 1);
        assert!(problem.unwrap().starts_with("expected occurrences"));
        let (evidence, problem) = Evidence::read("a: [");
        assert_eq!(evidence.count(), 0);
        assert!(problem.is_some());
        assert_eq!(Evidence::read("").1, None);
    }
}
