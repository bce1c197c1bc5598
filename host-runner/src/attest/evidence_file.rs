//! Attestations from files: occurrences, envelopes, Sigstore bundles, Attestation resources, Pod annotations, settings.

mod layout;

use std::path::Path;

use admission_requests::evidence::{Part, parts};
use anyhow::{Context as _, Error, Result, anyhow, bail};
use serde_json::Value;

pub(crate) use admission_requests::evidence::{bundle_of, holds_attestation};

use super::image::Image;
use super::store::annotation;
use crate::fields::text;
use crate::inputs;
use crate::terminal::{printable, shown};

/// All attestations of a file that may be about an image.
pub(crate) fn attestations(path: &Path, image: &Image) -> Result<Vec<Value>> {
    let (_, found) = read(path, Some(image))?;
    Ok(found)
}

/// All attestations of a file, whatever they are about, and its name in messages.
pub(crate) fn every_attestation(path: &Path) -> Result<(String, Vec<Value>)> {
    read(path, None)
}

fn read(path: &Path, image: Option<&Image>) -> Result<(String, Vec<Value>)> {
    let (name, documents) = if path.is_dir() {
        if !path.join("index.json").exists() {
            bail!(
                "`{}` is not an OCI image layout: it has no `index.json`; give its files",
                shown(path)
            );
        }
        (shown(path), layout::attestations(path)?)
    } else {
        inputs::documents(path)?
    };
    let mut file = File {
        image,
        found: Vec::new(),
        manifests: Vec::new(),
    };
    let collected = documents
        .into_iter()
        .try_for_each(|document| file.collect(document));
    let found = collected.and_then(|()| file.finish());
    let found = found.with_context(|| format!("`{name}`"))?;
    Ok((name, found))
}

/// The parts of a file read so far
struct File<'a> {
    /// The image that is asked about; `None` for every image
    image: Option<&'a Image>,
    found: Vec<Value>,
    /// Whose Pods may carry envelopes
    manifests: Vec<Value>,
}

impl File<'_> {
    fn collect(&mut self, document: Value) -> Result<()> {
        for part in parts(document).map_err(Error::msg)? {
            match part {
                Part::Attestation(attestation) => self.found.push(attestation),
                Part::Resource(resource) => self.resource(&resource)?,
                Part::Manifest(manifest) => self.manifests.push(manifest),
            }
        }
        Ok(())
    }

    /// An object of the cluster, which the policy looks up by its name.
    fn resource(&mut self, document: &Value) -> Result<()> {
        let metadata = document.get("metadata").unwrap_or(&Value::Null);
        let name = text(metadata, "name");
        if self
            .image
            .is_some_and(|image| name != image.digest.as_name())
        {
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
            let image = self.image.context(
                "a manifest is read for one image: `countersign attest verify --attestation FILE IMAGE`",
            )?;
            let carried = annotation::read_from(&self.manifests, &image.digest);
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

    fn found_in(document: &Value) -> Result<Vec<Value>> {
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
        let bundle = json!({"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"});
        let filed = json!({"resourceUri": image().reference(), "bundle": bundle});
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
            (bundle.clone(), vec![&bundle]),
            (json!([filed, bundle]), vec![&filed, &bundle]),
            (
                json!({"attestations": [{"predicateType": "x", "bundle": bundle}, {"bundle": bundle}]}),
                vec![&bundle, &bundle],
            ),
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
            let found = found_in(&document).unwrap();
            assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{document}");
        }
    }

    /// Like the policy, ignores undecodable items.
    #[test]
    fn an_item_that_cannot_be_decoded_is_one_that_does_not_count() {
        let envelope = json!({"payloadType": "t", "payload": "", "signatures": []});
        let item = STANDARD.encode(envelope.to_string());
        let found = found_in(&deployment("", &format!("???,{item}"))).unwrap();
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
            let error = format!("{:#}", found_in(&document).unwrap_err());
            assert!(error.contains(reason), "{document}: {error}");
        }
    }
}
