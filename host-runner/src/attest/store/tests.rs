use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

use policy_wasm::attestation::media_type::SIMPLE_SIGNING;

use super::*;
use crate::attest::payload::simple_signing;

pub(super) const DIGEST: &str =
    "sha256:1111111111111111111111111111111111111111111111111111111111111111";

pub(super) fn entry(document: Value) -> Entry {
    Entry {
        document,
        digest: Digest::parse(DIGEST).unwrap(),
        repository: "registry.example/shop/web".into(),
    }
}

fn payload(digest: &str) -> String {
    STANDARD.encode(simple_signing("registry.example/shop/web", digest))
}

pub(super) fn envelope(key: &str, digest: &str) -> Value {
    json!({
        "payloadType": SIMPLE_SIGNING,
        "payload": payload(digest),
        "signatures": [{"keyid": key, "sig": "T0xE"}],
    })
}

pub(super) fn occurrence(key: &str, digest: &str) -> Value {
    json!({
        "kind": "ATTESTATION",
        "noteName": "projects/p/notes/build",
        "resourceUri": format!("https://registry.example/shop/web@{digest}"),
        "attestation": {
            "serializedPayload": payload(digest),
            "signatures": [{"publicKeyId": key, "signature": "T0xE"}],
        },
    })
}

/// Signs an attestation again.
pub(super) fn signed_again(document: &Value) -> Value {
    let text = document.to_string().replace("T0xE", "TkVX");
    serde_json::from_str(&text).unwrap()
}

/// A change of a document that makes it another attestation, or no other.
type Changed = (&'static str, fn(&mut Value));

#[test]
fn what_the_same_signers_sign_again_is_the_same() {
    let generic = |change: fn(&mut Value)| {
        let mut document = occurrence("k", DIGEST);
        change(&mut document);
        document
    };
    let dsse = |change: fn(&mut Value)| {
        let mut document = envelope("k", DIGEST);
        change(&mut document);
        document
    };
    let same: &[Changed] = &[
        ("another signature", |one| *one = signed_again(one)),
        ("another resource", |one| one["resourceUri"] = "x".into()),
        ("what the server adds", |one| one["createTime"] = "x".into()),
        ("the other alphabet", |one| {
            let payload = simple_signing("registry.example/shop/web", DIGEST);
            one["attestation"]["serializedPayload"] = URL_SAFE_NO_PAD.encode(payload).into();
        }),
        ("v1beta1", |one| {
            let body = one["attestation"].take();
            one["attestation"] = json!({"attestation": {"genericSignedAttestation": body}});
        }),
        ("v1beta1 with one level less", |one| {
            let body = one["attestation"].take();
            one["attestation"] = json!({"genericSignedAttestation": body});
        }),
    ];
    let own = Identity::of(&occurrence("k", DIGEST)).unwrap();
    for (name, change) in same {
        let identity = Identity::of(&generic(*change)).expect(name);
        assert_eq!(identity, own, "{name}");
        assert_eq!(identity.hex(), own.hex(), "{name}");
    }
    let other: &[Changed] = &[
        ("another note", |one| one["noteName"] = "x".into()),
        ("no note", |one| one["noteName"] = Value::Null),
        ("another payload", |one| {
            one["attestation"]["serializedPayload"] = "eHg=".into();
        }),
        ("another key", |one| {
            one["attestation"]["signatures"][0]["publicKeyId"] = "x".into();
        }),
        ("a key more", |one| {
            let more = json!({"publicKeyId": "x", "signature": "T0xE"});
            one["attestation"]["signatures"]
                .as_array_mut()
                .unwrap()
                .push(more);
        }),
        ("an envelope", |one| {
            one.as_object_mut().unwrap().shift_remove("attestation");
            one["envelope"] = envelope("k", DIGEST);
        }),
    ];
    for (name, change) in other {
        let identity = Identity::of(&generic(*change)).expect(name);
        assert_ne!(identity, own, "{name}");
        assert_ne!(identity.hex(), own.hex(), "{name}");
    }
    let unreadable: &[Changed] = &[
        ("a payload that is not base64", |one| {
            one["attestation"]["serializedPayload"] = "%".into();
        }),
        ("no signature", |one| {
            one["attestation"]["signatures"] = json!([]);
        }),
        ("nobody's signature", |one| {
            one["attestation"]["signatures"][0]["publicKeyId"] = "".into();
        }),
        ("a note that is no text", |one| one["noteName"] = json!([])),
        ("a scan", |one| one["kind"] = "VULNERABILITY".into()),
        ("two that differ", |one| {
            one["envelope"] = envelope("k", DIGEST);
        }),
        ("garbage", |one| one["attestation"] = "garbage".into()),
        ("nothing", |one| *one = Value::Null),
    ];
    for (name, change) in unreadable {
        assert_eq!(Identity::of(&generic(*change)), None, "{name}");
    }

    let own = Identity::of(&envelope("k", DIGEST)).unwrap();
    let inside = |key: &str| json!({"kind": "DSSE_ATTESTATION", key: {"envelope": envelope("k", DIGEST)}, "envelope": envelope("k", DIGEST)});
    assert_eq!(
        Identity::of(&inside("dsseAttestation")).as_ref(),
        Some(&own),
        "in two places"
    );
    let other = dsse(|one| one["payloadType"] = "x".into());
    assert_ne!(Identity::of(&other), Some(own), "another type");
}

#[test]
fn openpgp_messages_are_the_same_only_to_the_letter() {
    let message = |text: &str| {
        let signed = json!({"pgpKeyId": "k", "signature": text});
        Identity::of(&json!({"attestation": {"attestation": {"pgpSignedAttestation": signed}}}))
    };
    assert!(message("a").is_some());
    assert_eq!(message("a"), message("a"));
    assert_ne!(message("a"), message("b"));
}

#[test]
fn a_place_is_found_among_others() {
    let (own, garbage) = (occurrence("k", DIGEST), json!("garbage"));
    let again = signed_again(&own);
    let other = occurrence("other", DIGEST);
    let place = |others: &[&Value]| Place::among(others.iter().copied(), &own);
    assert_eq!(place(&[]), Place::Last);
    assert_eq!(place(&[&garbage, &other]), Place::Last);
    assert_eq!(place(&[&garbage, &again, &other]), Place::InsteadOf(1));
    assert_eq!(place(&[&again, &own]), Place::Same);
    // Documents that cannot be read are the same only if they are equal.
    let place = |others: &[&Value]| Place::among(others.iter().copied(), &garbage);
    assert_eq!(place(&[&json!("other garbage")]), Place::Last);
    assert_eq!(place(&[&garbage]), Place::Same);
}

/// A bundle about the image, or about something else.
pub(super) fn bundle(digest: &str, time: u64) -> Value {
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"digest": {"sha256": digest.trim_start_matches("sha256:")}}],
        "predicateType": "https://sigstore.dev/cosign/sign/v1",
    });
    let content = pretend_sigstore::Content::statement(&statement);
    let signing = pretend_sigstore::Signing::new(
        "https://ci.example/build",
        "https://ci.example",
        content,
        time,
    );
    pretend_sigstore::Instance::new("sigstore.example")
        .sign(&signing)
        .document
}

#[test]
fn a_bundle_is_the_same_as_one_with_the_same_certificate_and_content() {
    let of = |document: &Value| Identity::of(document).unwrap();
    let first = bundle(DIGEST, 1_772_366_400);
    let mut logged_again = first.clone();
    logged_again["verificationMaterial"]["tlogEntries"][0]["logIndex"] = json!("7");
    let filed = json!({"name": "x", "resourceUri": "https://r.example/a", "bundle": first});
    assert_eq!(of(&first), of(&logged_again));
    assert_eq!(of(&first), of(&filed));
    // Each signature has a certificate of its own.
    assert_ne!(of(&first), of(&bundle(DIGEST, 1_772_366_401)));
    let other = bundle(&DIGEST.replace('1', "2"), 1_772_366_400);
    assert_ne!(of(&first), of(&other));
    let digest = Digest::parse(DIGEST).unwrap();
    assert!(of(&first).may_count_beside(&of(&first), &digest));
    assert!(!of(&other).may_count_beside(&of(&first), &digest));
    assert!(identity::is_envelope(&first));
}
