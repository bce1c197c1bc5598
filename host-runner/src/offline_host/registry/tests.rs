use std::fs;

use super::*;

/// An image layout under construction
pub(super) struct Layout {
    folder: tempfile::TempDir,
    entries: Vec<Value>,
}

pub(super) const IMAGE: &str = "application/vnd.oci.image.manifest.v1+json";
pub(super) const INDEX: &str = "application/vnd.oci.image.index.v1+json";

pub(super) fn layout() -> Layout {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("blobs/sha256")).unwrap();
    fs::write(
        folder.path().join("oci-layout"),
        r#"{"imageLayoutVersion":"1.0.0"}"#,
    )
    .unwrap();
    let entries = Vec::new();
    Layout { folder, entries }
}

fn sha256(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{hex}")
}

pub(super) fn image(name: &str) -> Value {
    let digest = sha256(name.as_bytes());
    let blob = json!({"mediaType": "text/plain", "digest": digest, "size": 1, "data": "aGk=",
        "annotations": {"dev.cosignproject.cosign/signature": name}});
    json!({"schemaVersion": 2, "mediaType": IMAGE, "config": blob, "layers": [blob], "extra": 1})
}

impl Layout {
    pub(super) fn blob(&self, manifest: &Value) -> String {
        self.text(&manifest.to_string())
    }

    pub(super) fn text(&self, text: &str) -> String {
        let digest = sha256(text.as_bytes());
        self.overwrite(&digest, text.as_bytes());
        digest
    }

    pub(super) fn overwrite(&self, digest: &str, content: &[u8]) {
        fs::write(self.path(digest), content).unwrap();
    }

    fn path(&self, digest: &str) -> PathBuf {
        let name = digest.trim_start_matches("sha256:");
        self.folder.path().join("blobs/sha256").join(name)
    }

    pub(super) fn add(&mut self, name: &str, media_type: &str, digest: &str) {
        self.entries
            .push(json!({"mediaType": media_type, "digest": digest, "size": 1,
            "annotations": {"org.opencontainers.image.ref.name": name}}));
    }

    pub(super) fn add_unnamed(&mut self, media_type: &str, digest: &str) {
        self.entries
            .push(json!({"mediaType": media_type, "digest": digest, "size": 1}));
    }

    pub(super) fn open(&self) -> Result<Registry, String> {
        let index = json!({"schemaVersion": 2, "manifests": self.entries});
        fs::write(self.folder.path().join("index.json"), index.to_string()).unwrap();
        Registry::open(self.folder.path()).map_err(|error| error.to_string())
    }
}

/// A layout with one image, its registry and its digest.
fn one_image() -> (Layout, Registry, String) {
    let mut layout = layout();
    let digest = layout.blob(&image("app"));
    layout.add("trusted.example/app:1", IMAGE, &digest);
    let registry = layout.open().unwrap();
    (layout, registry, digest)
}

#[test]
fn a_manifest_is_found_by_tag_and_by_digest() {
    let (_layout, registry, digest) = one_image();
    let by_digest = format!("trusted.example/app@{digest}");
    for reference in [
        "trusted.example/app:1",
        &by_digest,
        &format!("trusted.example/app:9@{digest}"),
    ] {
        assert_eq!(
            registry.digest(reference).unwrap(),
            json!({"digest": digest}).to_string()
        );
    }
    for reference in [
        "trusted.example/app",
        "trusted.example/other:1",
        "app:1",
        &digest,
    ] {
        registry.digest(reference).unwrap_err();
    }
}

#[test]
fn a_manifest_has_the_fields_that_the_host_keeps() {
    let (_layout, registry, _) = one_image();
    let manifest: Value =
        serde_json::from_str(&registry.manifest("trusted.example/app:1").unwrap()).unwrap();
    let mut expected = image("app");
    expected.as_object_mut().unwrap().remove("extra");
    for blob in ["/config", "/layers/0"] {
        expected
            .pointer_mut(blob)
            .unwrap()
            .as_object_mut()
            .unwrap()
            .remove("data");
    }
    assert_eq!(manifest, expected);
}

#[test]
fn names_are_expanded_on_both_sides() {
    let mut layout = layout();
    let digest = layout.blob(&image("nginx"));
    layout.add("docker.io/library/nginx:latest", IMAGE, &digest);
    let registry = layout.open().unwrap();
    for reference in ["nginx", "library/nginx", "index.docker.io/nginx:latest"] {
        assert!(
            registry.digest(reference).unwrap().contains(&digest),
            "{reference}"
        );
    }
}

#[test]
fn an_absent_manifest_is_missed_in_the_clients_words() {
    let (_layout, registry, _) = one_image();
    let cause = "Registry error: url https://trusted.example/v2/app/manifests/2, envelope: \
        OCI API errors: [OCI API error: manifest unknown]";
    let failure = registry.manifest("trusted.example/app:2").unwrap_err();
    assert_eq!(
        failure.as_a_guest_sees_it(),
        format!(
            "Callback evaluation failure: Fail to interact with OCI registry: {cause}\n\n\
             Caused by:\n    {cause}"
        )
    );
    let failure = registry.digest("trusted.example/App").unwrap_err();
    assert_eq!(failure.message(), "invalid reference format");
}

#[test]
fn a_repository_has_what_its_index_lists_and_no_other_repository_has_it() {
    let mut layout = layout();
    let child = layout.blob(&image("amd64"));
    let index = layout.blob(&json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": [
        {"mediaType": IMAGE, "digest": child, "size": 1, "platform": {"os": "linux", "architecture": "amd64"}}]}));
    let other = layout.blob(&image("other"));
    layout.add("a.example/multi:1", INDEX, &index);
    layout.add("a.example/other:1", IMAGE, &other);
    let registry = layout.open().unwrap();
    registry
        .digest(&format!("a.example/multi@{child}"))
        .unwrap();
    let listed = registry.manifest("a.example/multi:1").unwrap();
    assert!(listed.contains("\"architecture\":\"amd64\""), "{listed}");
    for absent in [
        format!("a.example/other@{child}"),
        format!("a.example/multi@{other}"),
    ] {
        let failure = registry.digest(&absent).unwrap_err();
        assert!(
            failure.message().contains("manifest unknown"),
            "{failure:?}"
        );
    }
}

#[test]
fn a_blob_that_is_not_what_its_name_says_is_named() {
    let (layout, registry, digest) = one_image();
    let message = || {
        registry
            .digest("trusted.example/app:1")
            .unwrap_err()
            .message()
            .to_owned()
    };
    fs::write(layout.path(&digest), "{}").unwrap();
    let error = message();
    assert!(
        error.contains(&digest) && error.contains("its content has the digest"),
        "{error}"
    );
    fs::write(layout.path(&digest), vec![b' '; (4 << 20) + 1]).unwrap();
    assert!(message().contains("longer than 4194304 bytes"));
    fs::remove_file(layout.path(&digest)).unwrap();
    let error = message();
    assert!(
        error.contains(digest.trim_start_matches("sha256:")) && !error.contains("manifest unknown"),
        "{error}"
    );
}

#[test]
fn what_is_no_manifest_is_not_answered() {
    for (manifest, problem) in [
        (json!({"schemaVersion": 1}), "unsupported schema version: 1"),
        (json!({"schemaVersion": 2}), "neither an image"),
        (
            json!({"schemaVersion": 2, "mediaType": "text/plain"}),
            "unsupported media type",
        ),
        (json!([]), "invalid"),
    ] {
        let mut layout = layout();
        let digest = layout.blob(&manifest);
        layout.add("a.example/b:1", IMAGE, &digest);
        let failure = layout
            .open()
            .unwrap()
            .manifest("a.example/b:1")
            .unwrap_err();
        let message = failure.message();
        assert!(
            message.contains(digest.trim_start_matches("sha256:")) && message.contains(problem),
            "{message}"
        );
    }
}

#[test]
fn what_is_no_layout_is_refused_with_the_file() {
    let open = |path: &Path| Registry::open(path).unwrap_err().to_string();
    assert_eq!(
        open(Path::new("missing")),
        "there is no directory `missing`"
    );
    let folder = tempfile::tempdir().unwrap();
    assert!(open(folder.path()).contains("oci-layout`: no OCI image layout"));
    fs::write(folder.path().join("oci-layout"), "{}").unwrap();
    assert!(open(folder.path()).contains("imageLayoutVersion"));
    fs::write(
        folder.path().join("oci-layout"),
        r#"{"imageLayoutVersion": "1.0.0"}"#,
    )
    .unwrap();
    assert!(open(folder.path()).contains("index.json`: "));
    fs::write(folder.path().join("index.json"), "{}").unwrap();
    assert!(open(folder.path()).contains("index.json`: missing field `schemaVersion`"));
}

#[test]
fn names_of_an_index_are_full_and_unambiguous() {
    let digest = |name: &str| sha256(name.as_bytes());
    let (a, b) = (digest("a"), digest("b"));
    for (entries, problem) in [
        (vec![("latest", &a)], "has to be a full reference"),
        (vec![("a.example/B", &a)], "has to be a full reference"),
        (
            vec![("a.example/b", &"sha256:../../x".to_owned())],
            "only sha256 is supported",
        ),
        (
            vec![("a.example/b:1", &a), ("a.example/b:1", &b)],
            "the name of two manifests",
        ),
        (
            vec![(&*format!("a.example/b@{b}"), &a)],
            "is the name of the manifest",
        ),
    ] {
        let mut layout = layout();
        for (name, digest) in entries {
            layout.add(name, IMAGE, digest);
        }
        let error = layout.open().unwrap_err();
        assert!(
            error.contains("index.json`: ") && error.contains(problem),
            "{error}"
        );
    }
    // Equal entries are no contradiction, and an entry without a name is no image to ask for.
    let mut layout = layout();
    layout.add("a.example/b:1", IMAGE, &a);
    layout.add("a.example/b:1", IMAGE, &a);
    layout.add_unnamed(IMAGE, &b);
    layout.open().unwrap();
}
