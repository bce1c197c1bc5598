use std::fs;

use super::*;
use crate::attest::store::tests::{DIGEST, entry, envelope, occurrence, signed_again};
use crate::engine::{Host as _, HostCall};
use crate::offline_host::{OfflineHost, Registry};
use policy_wasm::digest::Digest;

const NAME: &str = "registry.example/shop/web:sha256-1111111111111111111111111111111111111111111111111111111111111111.countersign";

/// The manifest that a policy is answered which looks it up in the layout.
fn looked_up(folder: &Path) -> Value {
    let registry = Registry::open(folder).unwrap();
    let answer = OfflineHost::from_folders(None, Some(registry)).call(&HostCall {
        binding: "kubewarden".into(),
        namespace: "oci".into(),
        operation: "v1/oci_manifest".into(),
        payload: json!(NAME).to_string().into_bytes(),
    });
    serde_json::from_slice(&answer.unwrap()).unwrap()
}

/// Its attestations.
fn attestations(folder: &Path) -> Vec<Value> {
    let manifest = looked_up(folder);
    let annotations = manifest["annotations"].as_object().unwrap();
    annotations
        .iter()
        .filter(|(key, _)| key.starts_with(PREFIX))
        .map(|(_, value)| read(value))
        .collect()
}

fn blobs(folder: &Path) -> usize {
    fs::read_dir(folder.join("blobs/sha256")).unwrap().count()
}

fn index(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("index.json")).unwrap()).unwrap()
}

fn write_index(folder: &Path, index: &Value) {
    fs::write(folder.join("index.json"), index.to_string()).unwrap();
}

/// Stores a manifest under a name.
fn store(folder: &Path, name: &str, manifest: &Value) -> String {
    let bytes = manifest.to_string();
    let digest = Digest::of(bytes.as_bytes()).to_string();
    fs::write(
        folder
            .join("blobs/sha256")
            .join(digest.trim_start_matches("sha256:")),
        &bytes,
    )
    .unwrap();
    let mut index = index(folder);
    index["manifests"].as_array_mut().unwrap().push(json!({
        "mediaType": layout::MANIFEST, "digest": digest, "size": bytes.len(),
        "annotations": {"org.opencontainers.image.ref.name": name},
    }));
    write_index(folder, &index);
    digest
}

#[test]
fn what_is_added_is_what_a_policy_finds() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().join("new/layout");
    let (first, second) = (occurrence("a", DIGEST), envelope("b", DIGEST));
    let again = signed_again(&first);
    for (document, change, found) in [
        (&first, Change::Added, vec![&first]),
        (&second, Change::Added, vec![&first, &second]),
        (&second, Change::Unchanged, vec![&first, &second]),
        (&again, Change::Replaced, vec![&again, &second]),
    ] {
        assert_eq!(add(&folder, &entry(document.clone())).unwrap(), change);
        let mut held = attestations(&folder);
        held.sort_by_key(|held| found.iter().position(|one| *one == held));
        assert_eq!(held.iter().collect::<Vec<_>>(), found);
        // One manifest and the empty blob; what was replaced is gone.
        assert_eq!(blobs(&folder), 2);
        assert_eq!(index(&folder)["manifests"].as_array().unwrap().len(), 1);
    }
    let marker = fs::read_to_string(folder.join("oci-layout")).unwrap();
    assert_eq!(marker, r#"{"imageLayoutVersion":"1.0.0"}"#);
    let manifest = looked_up(&folder);
    assert_eq!(manifest["artifactType"], ARTIFACT_TYPE);
    assert_eq!(
        manifest["config"]["digest"],
        "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"
    );
    assert_eq!(manifest["layers"], json!([manifest["config"]]));
    assert!(manifest.get("subject").is_none(), "{manifest}");
}

#[test]
fn an_attestation_has_the_same_name_in_every_manifest() {
    let keys = |documents: &[Value]| {
        let mut manifest = artifact(None);
        for document in documents {
            annotate(&mut manifest, &entry(document.clone())).unwrap();
        }
        let mut keys: Vec<_> = manifest["annotations"]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect();
        keys.sort();
        keys
    };
    let (first, second) = (occurrence("a", DIGEST), occurrence("b", DIGEST));
    assert_eq!(
        keys(&[first.clone(), second.clone()]),
        keys(&[second, signed_again(&first)])
    );
    assert_eq!(keys(&[first])[0].len(), PREFIX.len() + 64);
}

#[test]
fn what_others_have_put_there_stays() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let own = occurrence("own", DIGEST);
    let key = {
        let mut manifest = artifact(None);
        annotate(&mut manifest, &entry(own.clone())).unwrap();
        manifest["annotations"]
            .as_object()
            .unwrap()
            .keys()
            .next()
            .unwrap()
            .clone()
    };
    add(folder, &entry(envelope("x", DIGEST))).unwrap();
    let other = store(
        folder,
        "registry.example/other:1",
        &json!({"schemaVersion": 2, "config": layout::empty(), "layers": []}),
    );
    let mut index = index(folder);
    index["extra"] = json!([1]);
    index["manifests"][0]["extra"] = json!(2);
    // This manifest, with parts that another program wrote
    let mut manifest = looked_up(folder);
    manifest["annotations"][&key] = "garbage".into();
    manifest["annotations"]["org.example/a"] = "b".into();
    let bytes = manifest.to_string();
    let digest = Digest::of(bytes.as_bytes()).to_string();
    fs::write(
        folder
            .join("blobs/sha256")
            .join(digest.trim_start_matches("sha256:")),
        &bytes,
    )
    .unwrap();
    index["manifests"][0]["digest"] = digest.into();
    write_index(folder, &index);

    assert_eq!(add(folder, &entry(own.clone())).unwrap(), Change::Added);
    let after = self::index(folder);
    assert_eq!(
        (&after["extra"], &after["manifests"][0]["extra"]),
        (&json!([1]), &json!(2))
    );
    assert_eq!(after["manifests"][1]["digest"], other.as_str());
    let annotations = looked_up(folder)["annotations"].clone();
    assert_eq!(annotations[&key], "garbage");
    assert_eq!(annotations[format!("{key}_")], own.to_string());
    assert_eq!(annotations["org.example/a"], "b");
    assert_eq!(attestations(folder).len(), 3);
}

#[test]
fn a_manifest_that_is_referred_to_is_not_removed() {
    let layouts: [fn(&Path, &Value); 3] = [
        |folder, old| {
            // Under another name
            let mut index = index(folder);
            let mut copy = old.clone();
            copy["annotations"] = json!({});
            index["manifests"].as_array_mut().unwrap().push(copy);
            write_index(folder, &index);
        },
        |folder, old| {
            let index = json!({"schemaVersion": 2, "manifests": [old]});
            store(folder, "registry.example/index:1", &index);
        },
        |folder, old| {
            let subject = json!({"schemaVersion": 2, "config": layout::empty(), "layers": [], "subject": old});
            store(folder, "registry.example/referrer:1", &subject);
        },
    ];
    for refer in layouts {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        add(folder, &entry(occurrence("a", DIGEST))).unwrap();
        let old = index(folder)["manifests"][0].clone();
        refer(folder, &old);
        let before = blobs(folder);
        add(folder, &entry(occurrence("b", DIGEST))).unwrap();
        assert_eq!(blobs(folder), before + 1);
        assert!(Registry::open(folder).is_ok());
    }
}

#[test]
fn an_image_of_the_layout_is_the_subject() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    add(folder, &entry(occurrence("a", &DIGEST.replace('1', "2")))).unwrap();
    let image = store(
        folder,
        "registry.example/shop/web:1",
        &json!({"schemaVersion": 2, "config": layout::empty(), "layers": []}),
    );
    let layout = Layout::open(folder).unwrap();
    let subject = layout.subject(&Digest::parse(&image).unwrap()).unwrap();
    assert_eq!(subject["digest"], image.as_str());
    assert_eq!(artifact(Some(subject.clone()))["subject"], subject);
    assert_eq!(layout.subject(&Digest::parse(DIGEST).unwrap()), None);
}

#[test]
fn what_is_no_layout_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let own = entry(occurrence("own", DIGEST));
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = |path: &Path| add(path, &own).unwrap_err().to_string();
    assert!(
        error(&file).contains("is not a directory"),
        "{}",
        error(&file)
    );
    assert!(
        error(folder.path()).contains("no OCI image layout"),
        "{}",
        error(folder.path())
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_manifest_has_room_for_what_a_policy_reads() {
    let mut manifest = artifact(None);
    let other = |index: usize| entry(occurrence(&format!("k{index}"), &DIGEST.replace('1', "2")));
    for index in 0..100 {
        annotate(&mut manifest, &other(index)).unwrap();
    }
    let error = annotate(&mut manifest, &entry(occurrence("own", DIGEST))).unwrap_err();
    assert!(
        error.contains("has 100 attestations") && error.contains("index.json"),
        "{error}"
    );
    let again = entry(signed_again(&other(7).document));
    assert_eq!(annotate(&mut manifest, &again), Ok(Change::Replaced));

    let folder = tempfile::tempdir().unwrap();
    let mut long = occurrence("own", DIGEST);
    long["extra"] = "x".repeat(5 << 20).into();
    let error = add(folder.path(), &entry(long)).unwrap_err().to_string();
    assert!(error.contains("registries accept 4194304"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let mut index = json!({"manifests": []});
    assert!(annotate(&mut index, &entry(occurrence("own", DIGEST))).is_err());
}

/// A link in a foreign layout could overwrite any file of the user.
#[cfg(unix)]
#[test]
fn nothing_is_written_through_a_link() {
    use std::os::unix::fs::symlink;

    let entry = entry(occurrence("build", DIGEST));
    for link in ["index.json", "oci-layout", "blobs", "blobs/sha256"] {
        let folder = tempfile::tempdir().unwrap();
        let layout = folder.path().join("layout");
        add(&layout, &entry).unwrap();
        let (own, elsewhere) = (layout.join(link), folder.path().join("elsewhere"));
        fs::rename(&own, &elsewhere).unwrap();
        symlink(&elsewhere, &own).unwrap();
        let error = add(&layout, &entry).unwrap_err().to_string();
        assert!(error.contains("it is a symbolic link"), "{link}: {error}");
    }
    let folder = tempfile::tempdir().unwrap();
    let (layout, victim) = (folder.path().join("layout"), folder.path().join("victim"));
    fs::write(&victim, "precious").unwrap();
    fs::create_dir_all(layout.join("blobs/sha256")).unwrap();
    fs::write(
        layout.join("oci-layout"),
        r#"{"imageLayoutVersion":"1.0.0"}"#,
    )
    .unwrap();
    fs::write(
        layout.join("index.json"),
        r#"{"schemaVersion":2,"manifests":[]}"#,
    )
    .unwrap();
    let empty = Digest::of(b"{}").to_string();
    let blob = layout
        .join("blobs/sha256")
        .join(empty.trim_start_matches("sha256:"));
    symlink(&victim, blob).unwrap();
    let error = add(&layout, &entry).unwrap_err().to_string();
    assert!(error.contains("it is a symbolic link"), "{error}");
    assert_eq!(fs::read_to_string(&victim).unwrap(), "precious");
}
