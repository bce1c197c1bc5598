use serde_json::{Value, json};

use super::super::tests::{IMAGE, INDEX, Layout, image, layout};
use super::*;

const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
const PAGE: &str = "<html>not found</html>";

/// A manifest whose `subject` is the image and whose only layer is the blob.
fn referrer(artifact_type: &str, subject: &str, blob: &str) -> Value {
    let empty =
        json!({"mediaType": "application/vnd.oci.empty.v1+json", "digest": subject, "size": 2});
    json!({
        "schemaVersion": 2, "mediaType": IMAGE, "artifactType": artifact_type, "config": empty,
        "layers": [{"mediaType": artifact_type, "digest": blob, "size": 1}],
        "subject": {"mediaType": IMAGE, "digest": subject, "size": 1},
    })
}

/// A layout with one image, and its digest.
fn one_image() -> (Layout, String) {
    let mut layout = layout();
    let digest = layout.blob(&image("app"));
    layout.add("trusted.example/app:1", IMAGE, &digest);
    (layout, digest)
}

/// The bundles of the image
#[track_caller]
fn bundles(layout: &Layout, digest: &str) -> Vec<String> {
    let reference = format!("trusted.example/app@{digest}");
    let answer = layout.open().unwrap().bundles(&reference).unwrap();
    let mut texts: Vec<String> = serde_json::from_str(&answer).unwrap();
    texts.sort();
    texts
}

#[test]
fn bundles_about_the_image_are_found_with_and_without_a_name() {
    let (mut layout, digest) = one_image();
    assert_eq!(bundles(&layout, &digest), [""; 0]);
    for (name, artifact_type, subject, text) in [
        (None, BUNDLE, digest.as_str(), "unnamed"),
        (Some("trusted.example/app:a"), BUNDLE, &digest, "named"),
        (
            Some("trusted.example/other:a"),
            BUNDLE,
            &digest,
            "elsewhere",
        ),
        (None, "application/spdx+json", &digest, "another type"),
        (
            None,
            BUNDLE,
            &format!("sha256:{}", "0".repeat(64)),
            "another image",
        ),
    ] {
        let blob = layout.text(text);
        let manifest = layout.blob(&referrer(artifact_type, subject, &blob));
        match name {
            Some(name) => layout.add(name, IMAGE, &manifest),
            None => layout.add_unnamed(IMAGE, &manifest),
        }
    }
    assert_eq!(bundles(&layout, &digest), ["named", "unnamed"]);
}

#[test]
fn the_index_under_the_fallback_tag_lists_referrers() {
    let (mut layout, digest) = one_image();
    let mut listed = Vec::new();
    for (stated, text) in [
        (Some(BUNDLE), "stated"),
        (None, "not stated"),
        (Some("text/plain"), "other"),
    ] {
        let blob = layout.text(text);
        let manifest = layout.blob(&referrer(BUNDLE, &digest, &blob));
        listed.push(
            json!({"mediaType": IMAGE, "digest": manifest, "size": 1, "artifactType": stated}),
        );
    }
    let index = layout.blob(&json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": listed}));
    let tag = format!("trusted.example/app:{}", digest.replace(':', "-"));
    layout.add(&tag, INDEX, &index);
    assert_eq!(bundles(&layout, &digest), ["not stated", "stated"]);
}

/// The type of an artifact before OCI 1.1
#[test]
fn the_media_type_of_the_configuration_is_the_type_where_no_other_is_stated() {
    let (mut layout, digest) = one_image();
    let blob = layout.text("old");
    let mut manifest = referrer(BUNDLE, &digest, &blob);
    manifest.as_object_mut().unwrap().remove("artifactType");
    manifest["config"]["mediaType"] = BUNDLE.into();
    let manifest = layout.blob(&manifest);
    layout.add_unnamed(IMAGE, &manifest);
    assert_eq!(bundles(&layout, &digest), ["old"]);
}

/// The policy rejects it as a bundle.
#[test]
fn a_blob_that_is_no_bundle_hides_no_other() {
    let (mut layout, digest) = one_image();
    for text in [PAGE, "{}"] {
        let blob = layout.text(text);
        let manifest = layout.blob(&referrer(BUNDLE, &digest, &blob));
        layout.add_unnamed(IMAGE, &manifest);
    }
    assert_eq!(bundles(&layout, &digest), [PAGE, "{}"]);
}

#[test]
fn a_blob_with_another_digest_is_an_error() {
    let (mut layout, digest) = one_image();
    let blob = layout.text("bundle");
    let manifest = layout.blob(&referrer(BUNDLE, &digest, &blob));
    layout.add_unnamed(IMAGE, &manifest);
    let reference = format!("trusted.example/app@{digest}");
    for (content, problem) in [
        (b"other".to_vec(), "its content has the digest"),
        (vec![b' '; (4 << 20) + 1], "longer than 4194304 bytes"),
    ] {
        layout.overwrite(&blob, &content);
        let failure = layout.open().unwrap().bundles(&reference).unwrap_err();
        assert!(failure.message().contains(problem), "{failure:?}");
    }
}

#[test]
fn more_bundles_than_the_policy_reads_are_not_read() {
    let (mut layout, digest) = one_image();
    for number in 0..=MAX_BUNDLES {
        let blob = layout.text(&number.to_string());
        let manifest = layout.blob(&referrer(BUNDLE, &digest, &blob));
        layout.add_unnamed(IMAGE, &manifest);
    }
    assert_eq!(bundles(&layout, &digest).len(), MAX_BUNDLES);
}

#[test]
fn a_tag_has_no_referrers() {
    let (layout, _) = one_image();
    let failure = layout.open().unwrap().bundles("trusted.example/app:1");
    failure.unwrap_err();
}
