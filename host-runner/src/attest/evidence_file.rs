//! Attestations from files: occurrences, envelopes, Attestation resources, Pod annotations, settings.

use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use serde_json::Value;

use policy_wasm::attestation::media_type::SIGSTORE_BUNDLE;

use super::image::Image;
use super::store::annotation;
use crate::fields::text;
use crate::inputs;
use crate::terminal::printable;

/// All attestations of a file that may be about an image.
pub(crate) fn attestations(path: &Path, image: &Image) -> Result<Vec<Value>> {
    let (name, documents) = inputs::documents(path)?;
    let mut file = File {
        image,
        found: Vec::new(),
        manifests: Vec::new(),
    };
    let collected = documents
        .into_iter()
        .try_for_each(|document| file.collect(document));
    let found = collected.and_then(|()| file.finish());
    found.with_context(|| format!("`{name}`"))
}

/// Whether a document is an occurrence of an attestation, or an envelope by itself.
pub(crate) fn holds_attestation(document: &Value) -> bool {
    ["attestation", "envelope", "dsseAttestation", "payloadType"]
        .iter()
        .any(|key| document.get(key).is_some())
}

/// The media type of a Sigstore bundle, if a document is one.
pub(crate) fn bundle_of(document: &Value) -> Option<&str> {
    let media_type = document.get("mediaType")?.as_str()?;
    media_type
        .starts_with(SIGSTORE_BUNDLE)
        .then_some(media_type)
}

/// The parts of a file read so far
struct File<'a> {
    image: &'a Image,
    found: Vec<Value>,
    /// Whose Pods may carry envelopes
    manifests: Vec<Value>,
}

impl File<'_> {
    fn collect(&mut self, document: Value) -> Result<()> {
        let kind = text(&document, "kind").to_owned();
        let has = |key: &str| document.get(key).is_some();
        match &document {
            Value::Array(items) => items.iter().try_for_each(|item| self.collect(item.clone())),
            _ if holds_attestation(&document) => {
                self.found.push(document);
                Ok(())
            }
            _ if kind == "Attestation" => self.resource(&document),
            _ if kind.ends_with("List") => self.items(&document, "/items"),
            // As the REST API lists them.
            _ if has("occurrences") => self.items(&document, "/occurrences"),
            // As gcloud describes an image.
            _ if document.pointer("/provenance_summary/provenance").is_some() => {
                self.items(&document, "/provenance_summary/provenance")
            }
            _ if bundle_of(&document).is_some() => bail!(
                "Sigstore bundles are not supported; if a key signed it, give only its `dsseEnvelope`"
            ),
            _ if document.pointer("/evidence/occurrences").is_some() => {
                self.items(&document, "/evidence/occurrences")
            }
            _ if !kind.is_empty() && has("apiVersion") => {
                self.manifests.push(document);
                Ok(())
            }
            _ => bail!(
                "expected occurrences, envelopes, Attestation resources, or manifests whose Pods are \
                 annotated"
            ),
        }
    }

    fn items(&mut self, document: &Value, pointer: &str) -> Result<()> {
        let items = document.pointer(pointer).and_then(Value::as_array);
        let items =
            items.with_context(|| format!("`{}` is not a list", pointer.trim_matches('/')))?;
        items.iter().try_for_each(|item| self.collect(item.clone()))
    }

    /// An object of the cluster, which the policy looks up by its name.
    fn resource(&mut self, document: &Value) -> Result<()> {
        let metadata = document.get("metadata").unwrap_or(&Value::Null);
        let name = text(metadata, "name");
        if name != self.image.digest.as_name() {
            let name = printable(name);
            bail!(
                "the Attestation `{name}` is for another image: the policy looks them up by name"
            );
        }
        let items = document.pointer("/spec/attestations");
        let items = items.and_then(Value::as_array);
        let items = items.context("`spec.attestations` is not a list")?;
        self.found.extend(items.iter().cloned());
        Ok(())
    }

    /// Adds what the Pods with the image carry, where the policy reads it.
    fn finish(mut self) -> Result<Vec<Value>> {
        if !self.manifests.is_empty() {
            let carried = annotation::read_from(&self.manifests, &self.image.digest);
            self.found
                .extend(carried.map_err(|problem| anyhow!(problem))?);
        }
        if self.found.is_empty() {
            bail!("it has no attestation in a place that the policy reads");
        }
        Ok(self.found)
    }
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::*;
    use crate::attest::store::annotation::ANNOTATION;

    fn image() -> Image {
        Image::parse(&format!("r.example/a@sha256:{}", "1".repeat(64))).unwrap()
    }

    fn read(document: &Value) -> Result<Vec<Value>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file.json");
        std::fs::write(&path, document.to_string()).unwrap();
        attestations(&path, &image())
    }

    /// A Deployment with something in the annotations of its own and of its template.
    fn deployment(own: &str, template: &str) -> Value {
        json!({"apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "x", "annotations": {ANNOTATION: own}},
        "spec": {"template": {
            "metadata": {"annotations": {ANNOTATION: template}},
            "spec": {"containers": [{"name": "a", "image": image().reference()}]},
        }}})
    }

    #[test]
    fn every_way_to_keep_attestations_is_read() {
        let occurrence = json!({"kind": "ATTESTATION", "attestation": {}});
        let envelope = json!({"payloadType": "t", "payload": "", "signatures": []});
        let item = STANDARD.encode(envelope.to_string());
        let annotated = deployment("", &format!("{item}, {}", item.trim_end_matches('=')));
        let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "x"}});
        let resource = json!({
            "apiVersion": "countersign.dev/v1", "kind": "Attestation",
            "metadata": {"name": image().digest.as_name()},
            "spec": {"attestations": [occurrence]},
        });
        for (document, expected) in [
            (occurrence.clone(), vec![&occurrence]),
            (json!([occurrence, envelope]), vec![&occurrence, &envelope]),
            (json!({"occurrences": [occurrence]}), vec![&occurrence]),
            (
                json!({"image_summary": {}, "provenance_summary": {"provenance": [occurrence]}}),
                vec![&occurrence],
            ),
            (
                json!({"evidence": {"occurrences": [occurrence]}}),
                vec![&occurrence],
            ),
            (resource.clone(), vec![&occurrence]),
            (
                json!({"kind": "AttestationList", "items": [resource]}),
                vec![&occurrence],
            ),
            (annotated.clone(), vec![&envelope, &envelope]),
            (
                json!({"kind": "List", "items": [annotated, service]}),
                vec![&envelope, &envelope],
            ),
        ] {
            let found = read(&document).unwrap();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{document}");
        }
    }

    /// Like the policy, ignores undecodable items.
    #[test]
    fn an_item_that_cannot_be_decoded_is_one_that_does_not_count() {
        let envelope = json!({"payloadType": "t", "payload": "", "signatures": []});
        let item = STANDARD.encode(envelope.to_string());
        let found = read(&deployment("", &format!("???,{item}"))).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], envelope);
    }

    #[test]
    fn what_the_policy_would_not_look_at_is_an_error() {
        let envelope = json!({"payloadType": "t", "payload": "", "signatures": []});
        let item = STANDARD.encode(envelope.to_string());
        for (document, reason) in [
            (
                deployment(&item, ""),
                "no attestation in a place that the policy reads",
            ),
            (json!({"apiVersion": "v1", "kind": "Pod"}), "Pod"),
            (
                json!({"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}),
                "Sigstore bundles are not supported",
            ),
            (json!("text"), "expected occurrences"),
            (json!({"foo": 1}), "expected occurrences"),
            (json!({"occurrences": {}}), "`occurrences` is not a list"),
            (
                json!({"kind": "Attestation", "metadata": {"name": "sha256-2"}, "spec": {"attestations": []}}),
                "for another image",
            ),
            (
                json!({"kind": "Attestation", "metadata": {"name": image().digest.as_name()}, "spec": {"attestations": {}}}),
                "`spec.attestations` is not a list",
            ),
        ] {
            let error = format!("{:#}", read(&document).unwrap_err());
            assert!(error.contains(reason), "{document}: {error}");
        }
    }
}
