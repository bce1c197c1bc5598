//! `indexPolicy: platforms` with an index in an OCI image layout, which the offline host parses and writes anew, as
//! Kubewarden's host does.

use std::fs;
use std::path::Path;

use policy_wasm::digest::Digest;
use serde_json::json;

use crate::program::run;

const REPOSITORY: &str = "registry.example/shop/web";

/// An index as BuildKit writes it, with its own attestations of the first image.
fn index(images: &[(String, &str)], first: &str) -> String {
    let mut entries: Vec<_> = images
        .iter()
        .map(|(digest, architecture)| {
            format!(
                "    {{
      \"mediaType\": \"application/vnd.oci.image.manifest.v1+json\",
      \"digest\": \"{digest}\",
      \"size\": 1053,
      \"platform\": {{
        \"architecture\": \"{architecture}\",
        \"os\": \"linux\"
      }}
    }}"
            )
        })
        .collect();
    entries.push(format!(
        "    {{
      \"mediaType\": \"application/vnd.oci.image.manifest.v1+json\",
      \"digest\": \"{}\",
      \"size\": 839,
      \"annotations\": {{
        \"vnd.docker.reference.digest\": \"{}\",
        \"vnd.docker.reference.type\": \"attestation-manifest\"
      }},
      \"platform\": {{
        \"architecture\": \"unknown\",
        \"os\": \"unknown\"
      }}
    }}",
        Digest::of(b"provenance"),
        first
    ));
    format!(
        "{{
  \"schemaVersion\": 2,
  \"mediaType\": \"application/vnd.oci.image.index.v1+json\",
  \"manifests\": [
{}
  ]
}}",
        entries.join(",\n")
    )
}

/// Writes a layout with this index, and returns the index's digest.
fn layout(folder: &Path, index: &str) -> String {
    let digest = Digest::of(index.as_bytes());
    let blobs = folder.join("blobs/sha256");
    fs::create_dir_all(&blobs).unwrap();
    let name = digest.to_string().replace("sha256:", "");
    fs::write(blobs.join(name), index).unwrap();
    fs::write(
        folder.join("oci-layout"),
        r#"{"imageLayoutVersion":"1.0.0"}"#,
    )
    .unwrap();
    let entry = json!({
        "mediaType": "application/vnd.oci.image.index.v1+json",
        "digest": digest.to_string(), "size": index.len(),
        "annotations": {"org.opencontainers.image.ref.name": format!("{REPOSITORY}:1")},
    });
    let listed = json!({"schemaVersion": 2, "manifests": [entry]});
    fs::write(folder.join("index.json"), listed.to_string()).unwrap();
    digest.to_string()
}

#[test]
fn every_image_of_an_index_has_to_be_attested() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let attestor = "projects/example/attestors/build";
    let (attestors, _) = run(
        &format!(
            "attest keygen --attestor {attestor} --output {}",
            path("key.pem")
        ),
        "",
        0,
    );
    let images: Vec<_> = ["amd64", "arm64"]
        .map(|name| (Digest::of(name.as_bytes()).to_string(), name))
        .into();
    let digest = layout(folder.path(), &index(&images, &images[0].0));
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "web", "image": format!("{REPOSITORY}@{digest}")}]},
    });
    fs::write(path("pod.json"), pod.to_string()).unwrap();
    let write_settings = |occurrences: &str| {
        let evidence = if occurrences.is_empty() {
            String::new()
        } else {
            format!("evidence:\n  occurrences:\n{occurrences}")
        };
        let settings = format!(
            "indexPolicy: platforms\nregistries: [registry.example]\npolicy:\n  defaultAdmissionRule:\n    \
             evaluationMode: REQUIRE_ATTESTATION\n    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG\n    \
             requireAttestationsBy: [{attestor}]\nattestors:\n{attestors}{evidence}"
        );
        fs::write(path("policy.yaml"), settings).unwrap();
    };
    let settings = format!("--settings {}", path("policy.yaml"));
    let mut occurrences = String::new();
    let mut sign = |digest: &str| {
        let key = path("key.pem");
        let sign = format!(
            "attest sign {settings} --key {key} --attestor {attestor} {REPOSITORY}@{digest}"
        );
        let (occurrence, _) = run(&sign, "", 0);
        occurrences.extend(occurrence.lines().map(|line| format!("    {line}\n")));
        write_settings(&occurrences);
    };
    let evaluate = |command: &str, status| {
        let layout = folder.path().display();
        let pod = path("pod.json");
        run(
            &format!("{command} {settings} --registry {layout} {pod}"),
            "",
            status,
        )
        .0
    };
    write_settings("");
    let (amd64, arm64) = (&images[0].0, &images[1].0);

    sign(amd64);
    let out = evaluate("evaluate", 1);
    for line in [
        format!("    ✓ linux/amd64  {amd64}\n"),
        format!("    ✗ linux/arm64  {arm64}\n"),
    ] {
        assert!(out.contains(&line), "lacks {line:?}:\n{out}");
    }
    assert!(!out.contains("unknown/unknown"), "{out}");
    let out = evaluate("explain --why-not", 1);
    assert!(out.contains("for linux/arm64"), "{out}");
    assert!(out.contains(&format!("{REPOSITORY}@{arm64}")), "{out}");

    sign(arm64);
    let out = evaluate("evaluate", 0);
    assert!(
        out.contains(&format!("    ✓ linux/arm64  {arm64}\n")),
        "{out}"
    );
}
