//! The setting `keys`: when the signatures of single keys count.

use policy_wasm::key::{Algorithm, PublicKey};
use pretend_sigstore::{Content, Material};
use serde_json::{Value, json};

use super::platform::verified_by_host;
use super::{openpgp, sigstore as bundles};
use crate::case::{A, Case, call_case, image, one_container, pod};
use crate::delivery::Delivery;
use crate::platform::statements::{clean_scan, critical_scan, signed, upload};
use crate::platform::{
    FRESHNESS, VULNERABILITY, checked, image_freshness, policy, scanner, sigstore, simple_signing,
    supply, trust, uploader, vulnerability,
};
use crate::signing::{
    TestKey, attestor, attestor_name, attestor_of, occurrence, occurrence_of, payload, pem_of,
};
use crate::sigstore::{instance, signing_of};

/// A window of the whole of June
const BEGIN: &str = "2026-06-01";
const END: &str = "2026-06-30";
/// The second before it, its first, its last, and the second after it
const EARLY: &str = "2026-05-31T23:59:59Z";
const FIRST: &str = "2026-06-01T00:00:00Z";
const LAST: &str = "2026-06-30T23:59:59Z";
const LATE: &str = "2026-07-01T00:00:00Z";

const ATTESTED: &str = "allow attested !attestation-key-not-valid";
const NOT_VALID: &str = "deny no-valid-attestation attestation-key-not-valid !attested";

pub(super) fn cases() -> Vec<Case> {
    [bounds(), entries(), holders(), statements()].concat()
}

/// The base case with these entries, at a time.
fn with(name: &str, expected: &'static str, keys: Value, time: &str) -> Case {
    call_case(name, expected, |call| {
        call["settings"]["keys"] = keys;
        call["time"] = time.into();
    })
}

fn key() -> TestKey {
    TestKey::new("a")
}

fn bounds() -> Vec<Case> {
    let id = key().id();
    let june = || json!([{"id": id, "notBefore": BEGIN, "notAfter": END}]);
    let minute = || {
        json!([{
            "id": id, "notBefore": "2026-06-01T12:00:00Z", "notAfter": "2026-06-01T14:01:00+02:00",
        }])
    };
    vec![
        with("key_one_second_before_its_window", NOT_VALID, june(), EARLY),
        with(
            "key_in_the_first_second_of_its_window",
            ATTESTED,
            june(),
            FIRST,
        ),
        with(
            "key_in_the_last_second_of_its_window",
            ATTESTED,
            june(),
            LAST,
        ),
        with("key_one_second_after_its_window", NOT_VALID, june(), LATE),
        with(
            "key_one_second_before_its_time",
            NOT_VALID,
            minute(),
            "2026-06-01T11:59:59Z",
        ),
        with(
            "key_at_its_first_time",
            ATTESTED,
            minute(),
            "2026-06-01T12:00:00Z",
        ),
        with(
            "key_one_second_before_its_end",
            ATTESTED,
            minute(),
            "2026-06-01T12:00:59Z",
        ),
        with(
            "key_at_its_end",
            NOT_VALID,
            minute(),
            "2026-06-01T12:01:00Z",
        ),
        with(
            "key_without_an_end",
            ATTESTED,
            json!([{"id": id, "notBefore": BEGIN}]),
            "9999-12-31T23:59:59Z",
        ),
        with(
            "key_without_a_beginning",
            ATTESTED,
            json!([{"id": id, "notAfter": END}]),
            "1970-01-01T00:00:00Z",
        ),
        with(
            "key_that_has_only_an_owner",
            ATTESTED,
            json!([{"id": id, "owner": "build team"}]),
            LATE,
        ),
    ]
}

fn entries() -> Vec<Case> {
    let (old, new) = (key(), TestKey::new("b"));
    let entry = |key: &TestKey, bound: &str, date: &str| json!({"id": key.id(), bound: date});
    let rotated = |name, expected, signer: &TestKey, time| {
        call_case(name, expected, |call| {
            let text = payload("trusted.example/app", A);
            let signed = occurrence("a", signer, text.as_bytes());
            call["settings"]["attestors"] = json!([attestor("a", &[&old, &new])]);
            call["settings"]["evidence"]["occurrences"] = json!([signed]);
            call["settings"]["keys"] = json!([
                entry(&old, "notAfter", END),
                entry(&new, "notBefore", BEGIN),
            ]);
            call["time"] = Value::from(time);
        })
    };
    let forged = |name, expected| {
        call_case(name, expected, |call| {
            let text = payload("trusted.example/app", A);
            let signature = (old.id(), new.sign(text.as_bytes()));
            let forged = occurrence_of("a", text.as_bytes(), &[signature]);
            call["settings"]["evidence"]["occurrences"] = json!([forged]);
            call["settings"]["keys"] = json!([entry(&old, "notAfter", END)]);
            call["time"] = LATE.into();
        })
    };
    // A key is the same under an id of its own, for example that of a key service.
    let renamed = |name, expected, time| {
        call_case(name, expected, |call| {
            let text = payload("trusted.example/app", A);
            let (id, mut document) = ("//keys.example/old", old.document());
            document["id"] = id.into();
            let signature = (id.to_owned(), old.sign(text.as_bytes()));
            let signed = occurrence_of("a", text.as_bytes(), &[signature]);
            call["settings"]["attestors"] = json!([attestor_of("a", &[document])]);
            call["settings"]["evidence"]["occurrences"] = json!([signed]);
            call["settings"]["keys"] = json!([entry(&old, "notAfter", END)]);
            call["time"] = Value::from(time);
        })
    };
    vec![
        renamed("window_by_the_computed_id_in_time", ATTESTED, LAST),
        renamed("window_by_the_computed_id_after_its_end", NOT_VALID, LATE),
        rotated("rotation_old_key_before_its_end", ATTESTED, &old, LAST),
        rotated("rotation_old_key_after_its_end", NOT_VALID, &old, LATE),
        rotated(
            "rotation_new_key_before_its_beginning",
            NOT_VALID,
            &new,
            EARLY,
        ),
        rotated(
            "rotation_new_key_after_its_beginning",
            ATTESTED,
            &new,
            FIRST,
        ),
        // Only a signature that verifies is one of the key.
        forged(
            "key_after_its_window_and_a_bad_signature",
            "deny no-valid-attestation attestation-bad-signature !attestation-key-not-valid",
        ),
        with(
            "window_of_a_key_in_hexadecimal_digits",
            NOT_VALID,
            json!([{"id": old.hexadecimal_id(), "notAfter": END}]),
            LATE,
        ),
        with(
            "settings_with_a_window_of_no_time",
            "error settings-invalid",
            json!([{"id": old.id(), "notBefore": END, "notAfter": BEGIN}]),
            FIRST,
        ),
        with(
            "settings_with_a_window_that_is_no_date",
            "error settings-invalid",
            json!([{"id": old.id(), "notAfter": "2026-06-31"}]),
            FIRST,
        ),
    ]
}

/// Every place where a key is: inside its window it counts, outside it does not.
fn holders() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |name: &str, expected: [&'static str; 2], id: &str, call: &Value| {
        for (time, when, expected) in [
            (LAST, "in_its_window", expected[0]),
            (LATE, "after_its_window", expected[1]),
        ] {
            let mut call = call.clone();
            call["settings"]["keys"] = json!([{"id": id, "notBefore": BEGIN, "notAfter": END}]);
            call["time"] = time.into();
            cases.push(call_case(&format!("{name}_{when}"), expected, |made| {
                *made = call
            }));
        }
    };
    let id = key().id();
    let call =
        |settings: Value| json!({"request": pod(one_container(&image())), "settings": settings});
    let checks = |checks: &[Value]| call(json!({"platformPolicies": [policy(checks)]}));

    let (pgp, fingerprint) = openpgp::attested();
    add("pgp_key", [ATTESTED, NOT_VALID], &fingerprint, &pgp);
    let uri = format!("openpgp4fpr:{fingerprint}");
    add("pgp_key_by_uri", [ATTESTED, NOT_VALID], &uri, &pgp);

    let mut simple = checks(&[simple_signing(&[&key()])]);
    let text = payload("trusted.example/app", A);
    supply(
        Delivery::Settings,
        &mut simple,
        &[occurrence("a", &key(), text.as_bytes())],
    );
    add("simple_signing_key", [ATTESTED, NOT_VALID], &id, &simple);

    let expected = [
        "allow checks-passed !attestation-key-not-valid",
        "deny no-valid-sigstore-signature attestation-key-not-valid !check-passed",
    ];
    let mut cosign = checks(&[sigstore(&[&key()])]);
    supply(
        Delivery::Settings,
        &mut cosign,
        &[occurrence("a", &key(), text.as_bytes())],
    );
    add("sigstore_key", expected, &id, &cosign);
    let mut ruled = call(image_policy(&json!({"check": sigstore(&[&key()])})));
    supply(
        Delivery::Settings,
        &mut ruled,
        &[occurrence("a", &key(), text.as_bytes())],
    );
    let of_rule = [
        "allow image-rules-satisfied !attestation-key-not-valid",
        "deny no-valid-sigstore-signature attestation-key-not-valid !check-passed",
    ];
    add("key_of_a_check_of_an_image_rule", of_rule, &id, &ruled);
    let mut ruled = call(image_policy(&json!({"attestors": [attestor_name("a")]})));
    ruled["settings"]["attestors"] = json!([attestor("a", &[&key()])]);
    supply(
        Delivery::Settings,
        &mut ruled,
        &[occurrence("a", &key(), text.as_bytes())],
    );
    add(
        "key_of_an_attestor_of_an_image_rule",
        [ATTESTED, NOT_VALID],
        &id,
        &ruled,
    );
    let (host, host_id) = verified_by_host();
    add(
        "sigstore_key_verified_by_the_host",
        expected,
        &host_id,
        &host,
    );
    let (bundle, bundle_id) = bundle_of_a_key();
    add("sigstore_key_of_a_bundle", expected, &bundle_id, &bundle);

    let mut fresh = checks(&[image_freshness(60)]);
    supply(
        Delivery::Settings,
        &mut fresh,
        &[signed(&key(), &upload(FIRST))],
    );
    trust(&mut fresh, FRESHNESS, &[uploader(&[&key()])]);
    let expected = [
        "allow check-passed",
        "error evidence-missing evidence-untrusted attestation-key-not-valid !check-passed",
    ];
    add("authenticator_key", expected, &id, &fresh);
    cases
}

/// Statements by a key that is not valid count only against an image: its end must not hide a newer scan or an earlier
/// upload time. Key `one` has the window, `one-spare` of the same scanner has none.
fn statements() -> Vec<Case> {
    const BEFORE: &str = "2026-06-28T12:00:00Z";
    const AFTER: &str = "2026-06-29T12:00:00Z";
    let [one, spare, two] = ["one", "one-spare", "two"].map(TestKey::new);
    let case = |name: &str, expected, time: &str, check: Value, envelopes: &[Value]| {
        checked(name, expected, &[check], |call| {
            supply(Delivery::Settings, call, envelopes);
            trust(call, VULNERABILITY, &[scanner(&[&one, &spare])]);
            trust(call, FRESHNESS, &[uploader(&[&one, &spare])]);
            call["settings"]["keys"] = json!([{"id": one.id(), "notAfter": END}]);
            call["time"] = time.into();
        })
    };
    let scans = |name: &str, expected, time, envelopes: &[Value]| {
        case(
            name,
            expected,
            time,
            vulnerability("MEDIUM", "MEDIUM"),
            envelopes,
        )
    };
    let uploads = |name: &str, expected, envelopes: &[Value]| {
        case(name, expected, LATE, image_freshness(30), envelopes)
    };
    let newer = [
        signed(&spare, &clean_scan(BEFORE)),
        signed(&one, &critical_scan(AFTER)),
    ];
    let newer_and_clean = [
        signed(&spare, &clean_scan(BEFORE)),
        signed(&one, &clean_scan(AFTER)),
    ];
    let same = |scan: &Value| [signed(&spare, &clean_scan(AFTER)), signed(&one, scan)];
    let mut unreadable = clean_scan(BEFORE);
    unreadable["predicate"] = json!({});
    let void = "error evidence-missing attestation-key-not-valid !check-passed";
    let mut any = scans(
        "newer_scan_by_an_ended_key_beside_another_scanner",
        "allow check-passed",
        LATE,
        &newer,
    );
    let mut call: Value = serde_json::from_slice(&any.call).unwrap();
    let other = signed(&two, &clean_scan(BEFORE));
    let scanners = [scanner(&[&one, &spare]), scanner(&[&two])];
    trust(&mut call, VULNERABILITY, &scanners);
    supply(
        Delivery::Settings,
        &mut call,
        &[&newer[..], &[other]].concat(),
    );
    call["settings"]["evidence"]["authenticators"]["scanners"] = "any".into();
    any.call = serde_json::to_vec(&call).unwrap();
    vec![
        any,
        scans(
            "newer_scan_in_the_last_second_of_its_key",
            "deny vulnerability-above-threshold",
            LAST,
            &newer,
        ),
        scans("newer_scan_by_an_ended_key", void, LATE, &newer),
        scans(
            "newer_scan_by_an_ended_key_that_has_no_findings",
            void,
            LATE,
            &newer_and_clean,
        ),
        scans(
            "older_scan_by_an_ended_key",
            "allow check-passed evidence-untrusted",
            LATE,
            &[
                signed(&spare, &clean_scan(AFTER)),
                signed(&one, &critical_scan(BEFORE)),
            ],
        ),
        scans(
            "scan_of_an_ended_key_signed_again",
            "allow check-passed",
            LATE,
            &same(&clean_scan(AFTER)),
        ),
        scans(
            "scan_of_an_ended_key_with_findings_of_the_same_second",
            "deny vulnerability-above-threshold",
            LATE,
            &same(&critical_scan(AFTER)),
        ),
        scans(
            "malformed_scan_by_an_ended_key",
            "error evidence-invalid !check-passed",
            LATE,
            &[
                signed(&spare, &clean_scan(AFTER)),
                signed(&one, &unreadable),
            ],
        ),
        uploads(
            "earlier_upload_by_an_ended_key",
            "deny image-not-fresh",
            &[
                signed(&spare, &upload(AFTER)),
                signed(&one, &upload("2026-05-01T12:00:00Z")),
            ],
        ),
        uploads(
            "later_upload_by_an_ended_key",
            "allow check-passed",
            &[
                signed(&spare, &upload(BEFORE)),
                signed(&one, &upload(AFTER)),
            ],
        ),
    ]
}

/// Settings of one rule for images, with one requirement.
fn image_policy(requirement: &Value) -> Value {
    json!({"imagePolicy": {"unmatchedImages": "deny", "rules": [
        {"name": "app", "images": ["trusted.example/**"], "require": [requirement]},
    ]}})
}

/// A message signature of a key in a bundle, as `cosign sign --key` makes it, and the id of the key.
fn bundle_of_a_key() -> (Value, String) {
    let mut signing = signing_of(Content::Message(bundles::digest_bytes(A)));
    signing.material = Material::PublicKey;
    let signed = instance().sign(&signing);
    let pem = pem_of(&signed.public_key);
    let key = PublicKey::from_pem(&pem, Algorithm::EcdsaP256Sha256, "");
    let check = json!({"sigstoreSignatureCheck": {"sigstoreAuthorities": [
        {"publicKeySet": {"publicKeys": [{"publicKeyPem": pem}]}},
    ]}});
    let call = json!({
        "request": pod(one_container(&image())),
        "settings": {
            "platformPolicies": [policy(&[check])],
            "evidence": {"occurrences": [signed.document]},
        },
    });
    (call, key.unwrap().id().to_owned())
}
