use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use p256::pkcs8::{EncodePublicKey as _, LineEnding};

use super::*;
use crate::offline_host::registry::tests::{IMAGE, Layout, image, layout};

const REPOSITORY: &str = "trusted.example/app";

/// A layout with one image and signatures beside it
struct Signed {
    layout: Layout,
    digest: String,
    layers: Vec<Value>,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn pem(key: &SigningKey) -> String {
    let key = key.verifying_key();
    key.to_public_key_pem(LineEnding::LF).unwrap()
}

fn unsigned() -> Signed {
    let mut layout = layout();
    let digest = layout.blob(&image("app"));
    layout.add(&format!("{REPOSITORY}:1"), IMAGE, &digest);
    Signed {
        layout,
        digest,
        layers: Vec::new(),
    }
}

/// Returns the payload that cosign signs for a digest.
fn payload(digest: &str) -> Value {
    json!({"critical": {"identity": {"docker-reference": REPOSITORY},
        "image": {"docker-manifest-digest": digest}, "type": "cosign container image signature"},
        "optional": {"env": "prod"}})
}

impl Signed {
    fn with(&mut self, payload: &Value, signer: &SigningKey) -> &mut Value {
        let signature: DerSignature = signer.sign(payload.to_string().as_bytes());
        let layer = json!({"mediaType": SIMPLE_SIGNING, "digest": self.layout.blob(payload),
            "size": 1, "annotations": {SIGNATURE: STANDARD.encode(signature.as_bytes())}});
        self.layers.push(layer);
        self.layers.last_mut().unwrap()
    }

    /// The layout's registry, with all the signatures in one manifest.
    fn registry(&mut self) -> Registry {
        let config = json!({"mediaType": "text/plain", "digest": self.digest, "size": 1});
        let manifest = json!({"schemaVersion": 2, "mediaType": IMAGE, "config": config,
            "layers": self.layers});
        let digest = self.layout.blob(&manifest);
        let tag = format!("{REPOSITORY}:{}.sig", self.digest.replace(':', "-"));
        self.layout.add(&tag, IMAGE, &digest);
        self.layout.open().unwrap()
    }
}

/// One image with one good signature by the first key.
fn signed() -> Signed {
    let mut signed = unsigned();
    let payload = payload(&signed.digest);
    signed.with(&payload, &key(1));
    signed
}

fn ask(registry: &Registry, keys: &[u8], annotations: &Value) -> Result<String, String> {
    let keys: Vec<_> = keys.iter().map(|seed| pem(&key(*seed))).collect();
    ask_about(
        registry,
        &format!("{REPOSITORY}:1"),
        &json!(keys),
        annotations,
    )
}

fn ask_about(
    registry: &Registry,
    image: &str,
    keys: &Value,
    annotations: &Value,
) -> Result<String, String> {
    let fields = json!({"image": image, "pub_keys": keys, "annotations": annotations});
    let answer = registry.verify(fields.as_object().unwrap());
    answer.map_err(|failure| failure.as_a_guest_sees_it())
}

const MISSING: &str =
    "Callback evaluation failure: Image verification failed: missing signatures\n";

const NO_LAYER: &str = "Callback evaluation failure: failed to get image trusted layers: No \
    Signature Layer passed verification\n\nCaused by:\n    No Signature Layer passed verification";

#[test]
fn a_signature_by_the_key_is_trusted_and_names_the_digest() {
    let mut signed = signed();
    let registry = signed.registry();
    let expected = json!({"is_trusted": true, "digest": signed.digest}).to_string();
    let by_digest = format!("{REPOSITORY}@{}", signed.digest);
    for image in [&by_digest, &format!("{REPOSITORY}:1")] {
        let keys = json!([pem(&key(1))]);
        assert_eq!(
            ask_about(&registry, image, &keys, &json!(null)),
            Ok(expected.clone())
        );
    }
    let fields = json!({"image": by_digest, "pub_keys": [pem(&key(1))]});
    registry.verify(fields.as_object().unwrap()).unwrap();
}

#[test]
fn a_signature_by_another_key_is_missing_in_kubewardens_words() {
    let failure = ask(&signed().registry(), &[2], &json!(null)).unwrap_err();
    let pem = pem(&key(2)).trim_end().replace('\n', "\n  ");
    let expected = format!(
        "{MISSING}The following constraints were not satisfied:\n\
         kind: pubKey\nowner: null\nkey: |\n  {pem}\nannotations: null\n"
    );
    assert_eq!(failure, expected);
}

#[test]
fn every_key_has_to_have_signed() {
    let mut signed = signed();
    let registry = signed.registry();
    let failure = ask(&registry, &[1, 2], &json!(null)).unwrap_err();
    assert!(failure.starts_with(MISSING), "{failure}");
    assert_eq!(failure.matches("BEGIN").count(), 1, "{failure}");

    let mut signed = self::signed();
    let payload = payload(&signed.digest);
    signed.with(&payload, &key(2));
    ask(&signed.registry(), &[1, 2], &json!(null)).unwrap();
}

#[test]
fn an_image_without_a_signature_manifest_has_no_signatures() {
    let mut signed = unsigned();
    let registry = signed.layout.open().unwrap();
    let failure = ask(&registry, &[1], &json!(null)).unwrap_err();
    let expected =
        "Callback evaluation failure: no signatures found for image: trusted.example/app:1 ";
    assert_eq!(failure, expected);
    // Those of another repository are not this one's.
    signed
        .layout
        .add("trusted.example/other:1", IMAGE, &signed.digest);
    let payload = payload(&signed.digest);
    signed.with(&payload, &key(1));
    let registry = signed.registry();
    let keys = json!([pem(&key(1))]);
    let failure = ask_about(&registry, "trusted.example/other:1", &keys, &json!(null)).unwrap_err();
    assert!(failure.contains("no signatures found"), "{failure}");
}

#[test]
fn an_image_that_is_not_there_is_missed() {
    let registry = signed().registry();
    for (image, words) in [
        ("trusted.example/app:2", "manifest unknown"),
        ("trusted.example/App", "invalid reference format"),
    ] {
        let keys = json!([pem(&key(1))]);
        let failure = ask_about(&registry, image, &keys, &json!(null)).unwrap_err();
        assert!(failure.contains(words), "{failure}");
    }
}

#[test]
fn a_signature_about_another_digest_is_none() {
    let mut signed = unsigned();
    let another = format!("sha256:{}", "a".repeat(64));
    signed.with(&payload(&another), &key(1));
    signed.with(&json!({"optional": null}), &key(1));
    signed.with(&json!([]), &key(1));
    let failure = ask(&signed.registry(), &[1], &json!(null)).unwrap_err();
    assert_eq!(failure, NO_LAYER);
}

#[test]
fn what_is_no_signature_layer_is_passed_over() {
    let mut signed = signed();
    signed.layers[0]["mediaType"] = "application/octet-stream".into();
    let payload = payload(&signed.digest);
    signed.with(&payload, &key(1))["annotations"] = json!({});
    let failure = ask(&signed.registry(), &[1], &json!(null)).unwrap_err();
    assert_eq!(failure, NO_LAYER);
}

#[test]
fn what_is_no_signature_is_by_no_key() {
    for signature in ["", "%", "aGVsbG8="] {
        let mut signed = signed();
        signed.layers[0]["annotations"][SIGNATURE] = signature.into();
        let failure = ask(&signed.registry(), &[1], &json!(null)).unwrap_err();
        assert!(failure.starts_with(MISSING), "{failure}");
    }
}

#[test]
fn annotations_are_those_of_the_payload() {
    let mut signed = signed();
    let registry = signed.registry();
    for annotations in [json!({}), json!({"env": "prod"})] {
        ask(&registry, &[1], &annotations).unwrap();
    }
    for annotations in [
        json!({"env": "qa"}),
        json!({"env": "prod", "stable": "true"}),
    ] {
        let failure = ask(&registry, &[1], &annotations).unwrap_err();
        assert!(
            failure.starts_with(MISSING) && failure.contains("annotations:\n  env: "),
            "{failure}"
        );
    }
}

#[test]
fn a_key_that_cannot_be_used_is_said_to_be_so() {
    let registry = signed().registry();
    for (keys, words) in [
        (json!([]), "Must provide at least one pub key"),
        (
            json!(["hello"]),
            "only ECDSA P-256 keys in PEM are verified",
        ),
        (json!([pem(&key(1)), ""]), "only ECDSA P-256 keys in PEM"),
        (json!("hello"), "invalid type"),
    ] {
        let image = format!("{REPOSITORY}:1");
        let failure = ask_about(&registry, &image, &keys, &json!(null)).unwrap_err();
        assert!(
            failure.starts_with("Callback evaluation failure: ") && failure.contains(words),
            "{failure}"
        );
    }
}

#[test]
fn a_layer_that_is_not_in_the_layout_is_named() {
    let absent = format!("sha256:{}", "b".repeat(64));
    for (digest, words) in [
        (absent.as_str(), absent.trim_start_matches("sha256:")),
        ("sha256:../../index.json", "only sha256 is supported"),
    ] {
        let mut signed = signed();
        signed.layers[0]["digest"] = digest.into();
        let failure = ask(&signed.registry(), &[1], &json!(null)).unwrap_err();
        assert!(failure.contains(words), "{failure}");
    }
}
