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

const ATTESTOR: &str = "projects/example/attestors/build";

/// Settings with `indexPolicy: platforms`, and a Pod with an index of two images, neither of which is attested
struct Lab {
    folder: tempfile::TempDir,
    /// The digests of the images for linux/amd64 and linux/arm64
    images: [String; 2],
    /// That of the index
    digest: String,
    /// As `attest keygen` prints them
    attestors: String,
}

impl Lab {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key.pem").display().to_string();
        let keygen = format!("attest keygen --attestor {ATTESTOR} --output {key}");
        let (attestors, _) = run(&keygen, "", 0);
        let names = ["amd64", "arm64"];
        let images = names.map(|name| Digest::of(name.as_bytes()).to_string());
        let listed: Vec<_> = images.iter().cloned().zip(names).collect();
        let digest = layout(folder.path(), &index(&listed, &images[0]));
        let lab = Self {
            folder,
            images,
            digest,
            attestors,
        };
        let pod = json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
            "spec": {"containers": [{"name": "web", "image": lab.index()}]},
        });
        fs::write(lab.path("pod.json"), pod.to_string()).unwrap();
        lab.write("indexPolicy: platforms", "");
        lab
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn index(&self) -> String {
        format!("{REPOSITORY}@{}", self.digest)
    }

    /// The file with the manifest of the index.
    fn manifest(&self) -> String {
        self.path(&format!("blobs/{}", self.digest.replace(':', "/")))
    }

    fn write(&self, setting: &str, evidence: &str) {
        let Self { attestors, .. } = self;
        let settings = format!(
            "{setting}\nregistries: [registry.example]\npolicy:\n  defaultAdmissionRule:\n    evaluationMode: \
             REQUIRE_ATTESTATION\n    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG\n    \
             requireAttestationsBy: [{ATTESTOR}]\nattestors:\n{attestors}{evidence}"
        );
        fs::write(self.path("policy.yaml"), settings).unwrap();
    }

    /// Runs a command under the settings.
    #[track_caller]
    fn run(&self, command: &str, rest: &str, status: i32) -> (String, String) {
        let settings = self.path("policy.yaml");
        run(
            &format!("{command} --settings {settings} {rest}"),
            "",
            status,
        )
    }

    /// Runs a command on the Pod.
    #[track_caller]
    fn evaluate(&self, command: &str, status: i32) -> String {
        let (layout, pod) = (self.path(""), self.path("pod.json"));
        self.run(command, &format!("--registry {layout} {pod}"), status)
            .0
    }

    #[track_caller]
    fn sign(&self, rest: &str, status: i32) -> (String, String) {
        let key = self.path("key.pem");
        let rest = format!("--key {key} --attestor {ATTESTOR} {rest}");
        self.run("attest sign", &rest, status)
    }
}

#[test]
fn every_image_of_an_index_has_to_be_attested() {
    let lab = Lab::new();
    let mut occurrences = String::new();
    let mut sign = |digest: &str| {
        let (occurrence, _) = lab.sign(&format!("{REPOSITORY}@{digest}"), 0);
        occurrences.extend(occurrence.lines().map(|line| format!("    {line}\n")));
        let evidence = format!("evidence:\n  occurrences:\n{occurrences}");
        lab.write("indexPolicy: platforms", &evidence);
    };
    let [amd64, arm64] = &lab.images;

    sign(amd64);
    let out = lab.evaluate("evaluate", 1);
    for line in [
        format!("    ✓ linux/amd64  {amd64}\n"),
        format!("    ✗ linux/arm64  {arm64}\n"),
    ] {
        assert!(out.contains(&line), "lacks {line:?}:\n{out}");
    }
    assert!(!out.contains("unknown/unknown"), "{out}");
    let out = lab.evaluate("explain --why-not", 1);
    assert!(out.contains("for linux/arm64"), "{out}");
    assert!(out.contains(&format!("{REPOSITORY}@{arm64}")), "{out}");
    assert!(!out.contains(&format!("{REPOSITORY}@{amd64}")), "{out}");

    sign(arm64);
    let out = lab.evaluate("evaluate", 0);
    assert!(
        out.contains(&format!("    ✓ linux/arm64  {arm64}\n")),
        "{out}"
    );
}

#[test]
fn the_images_of_an_index_are_signed_with_one_command() {
    let lab = Lab::new();
    let evidence = "evidence:\n  registry: true\n";
    lab.write("indexPolicy: platforms", evidence);
    let (manifest, image, layout) = (lab.manifest(), lab.index(), lab.path(""));

    // Without a layout, the digest may be that of an image or of an index.
    let (_, note) = lab.sign(&image, 0);
    assert!(note.contains("with `--index FILE`"), "{note}");
    let (_, warning) = lab.sign(&format!("--registry {layout} {image}"), 0);
    for part in [
        "the image is an index, whose attestation does not count",
        "(linux/amd64, linux/arm64)",
        &format!("`--index {manifest}`"),
    ] {
        assert!(warning.contains(part), "lacks {part:?}:\n{warning}");
    }
    lab.evaluate("evaluate", 1);
    let rest = format!("--attestor build --registry {layout} {image}");
    let (_, warning) = lab.run("attest verify", &rest, 0);
    for part in [
        "whose attestation does not count",
        "  linux/amd64",
        "  linux/arm64",
    ] {
        assert!(warning.contains(part), "lacks {part:?}:\n{warning}");
    }

    let signed = format!("--index {manifest} --registry {layout} {image}");
    let (out, warning) = lab.sign(&signed, 0);
    for platform in ["(linux/amd64)", "(linux/arm64)"] {
        let is_named = |line: &str| {
            line.starts_with(&format!("added to {layout}: sha256:")) && line.ends_with(platform)
        };
        assert_eq!(
            out.lines().filter(|line| is_named(line)).count(),
            1,
            "{out}"
        );
    }
    assert!(!warning.contains("warning"), "{warning}");
    lab.evaluate("evaluate", 0);

    // Pods have the digest of the index.
    lab.write(
        "indexPolicy: platforms",
        "evidence:\n  podAnnotation: true\n",
    );
    lab.evaluate("evaluate", 1);
    let pod = lab.path("pod.json");
    lab.sign(&format!("--index {manifest} --manifest {pod} {image}"), 0);
    lab.evaluate("evaluate", 0);

    lab.write("indexPolicy: digest", evidence);
    let (_, note) = lab.sign(&format!("--registry {layout} {image}"), 0);
    assert_eq!(note, "");
    let (_, warning) = lab.sign(&signed, 0);
    assert!(
        warning.contains("sign without --index as well"),
        "{warning}"
    );
}

#[test]
fn several_attestations_are_printed_as_each_format_wants_them() {
    let lab = Lab::new();
    let index = format!("--index {} {}", lab.manifest(), lab.index());
    let (occurrences, _) = lab.sign(&index, 0);
    assert_eq!(occurrences.matches("\n- kind").count(), 1, "{occurrences}");
    let (resources, _) = lab.sign(&format!("--format kubernetes --namespace a {index}"), 0);
    assert_eq!(resources.split("---\n").count(), 2, "{resources}");
    let (annotation, _) = lab.sign(&format!("--format annotation {index}"), 0);
    assert_eq!(annotation.trim_end().split(',').count(), 2, "{annotation}");
    assert_eq!(annotation.lines().count(), 1, "{annotation}");
}

#[test]
fn only_the_index_with_the_digest_is_taken() {
    let lab = Lab::new();
    let image = lab.index();
    let other = lab.path("other.json");
    let entry = json!({"mediaType": "x", "digest": lab.images[0], "size": 1});
    let of_image = json!({"schemaVersion": 2, "config": entry, "layers": []}).to_string();
    fs::write(&other, &of_image).unwrap();
    let (_, error) = lab.sign(&format!("--index {other} {image}"), 2);
    assert!(error.contains("`crane manifest IMAGE`"), "{error}");
    let image = format!("{REPOSITORY}@{}", Digest::of(of_image.as_bytes()));
    let (_, error) = lab.sign(&format!("--index {other} {image}"), 2);
    assert!(error.contains("lists no others"), "{error}");
    // Another reader could take the field for `manifests`.
    let ambiguous = of_image.replace("layers", "Manifests");
    fs::write(&other, &ambiguous).unwrap();
    let image = format!("{REPOSITORY}@{}", Digest::of(ambiguous.as_bytes()));
    lab.sign(&format!("--index {other} {image}"), 2);
    // An end of line that a shell has added is not part of it.
    let manifest = fs::read_to_string(lab.manifest()).unwrap();
    fs::write(&other, format!("{manifest}\n")).unwrap();
    lab.sign(&format!("--index {other} {}", lab.index()), 0);
}

#[test]
fn why_not_tells_what_each_image_of_an_index_lacks() {
    let lab = Lab::new();
    let out = lab.evaluate("explain --why-not", 1);
    for digest in &lab.images {
        assert!(out.contains(&format!("{REPOSITORY}@{digest}")), "{out}");
    }
    let title = format!("sign it as `{ATTESTOR}`, for each of 2 platforms; ");
    assert!(out.contains(&title), "{out}");
    // The Pod's annotation is found by the digest of the index.
    lab.write(
        "indexPolicy: platforms",
        "evidence:\n  podAnnotation: true\n",
    );
    let out = lab.evaluate("explain --why-not", 1);
    let command = format!("crane manifest {} > index.json\n", lab.index());
    assert!(
        out.contains(&command) && out.contains(" --index index.json "),
        "{out}"
    );
    // Nothing can be signed before the index is known.
    let (settings, pod) = (lab.path("policy.yaml"), lab.path("pod.json"));
    let (out, _) = run(
        &format!("explain --why-not --settings {settings} {pod}"),
        "",
        1,
    );
    assert!(!out.contains("attest sign"), "{out}");
}

#[test]
fn every_format_names_the_platform_that_fails() {
    let lab = Lab::new();
    let fails = "linux/amd64 and 1 more platform";
    for format in ["junit", "sarif", "github", "markdown", "html"] {
        for command in ["evaluate", "audit"] {
            let out = lab.evaluate(&format!("{command} --format {format}"), 1);
            assert!(out.contains(fails), "{command} {format}:\n{out}");
        }
    }
    let new = lab.path("policy.yaml");
    let old = lab.path("old.yaml");
    let text = fs::read_to_string(&new).unwrap();
    fs::write(&old, text.replace("platforms", "digest")).unwrap();
    let (layout, pod) = (lab.path(""), lab.path("pod.json"));
    let (out, _) = run(
        &format!("diff --reasons --registry {layout} {old} {new} {pod}"),
        "",
        1,
    );
    assert!(out.contains(&format!(" for {fails}")), "{out}");
}

#[test]
fn a_manifest_that_the_registry_does_not_have_is_told_from_one_that_cannot_be_read() {
    let lab = Lab::new();
    let pod = fs::read_to_string(lab.path("pod.json")).unwrap();
    let other = Digest::of(b"other").to_string();
    fs::write(lab.path("pod.json"), pod.replace(&lab.digest, &other)).unwrap();
    let out = lab.evaluate("evaluate", 1);
    let message =
        "index-unavailable: The registry has no manifest with the image's digest in its repository";
    assert!(
        out.contains(message) && out.contains("help: check the repository and the digest"),
        "{out}"
    );
    let (out, _) = lab.run("evaluate", &lab.path("pod.json"), 1);
    assert!(
        !out.contains(message) && out.contains("help: on the command line, give"),
        "{out}"
    );
}

#[test]
fn a_description_tells_that_an_index_stands_for_its_images() {
    let lab = Lab::new();
    let settings = lab.path("policy.yaml");
    for format in ["human", "markdown", "mermaid", "html"] {
        let (out, _) = run(&format!("describe --format {format} {settings}"), "", 0);
        assert!(
            out.contains("an index stands for the images that it lists"),
            "{format}: {out}"
        );
    }
    lab.write("indexPolicy: digest", "");
    let (out, _) = run(&format!("describe {settings}"), "", 0);
    assert!(!out.contains("index"), "{out}");
}
