//! What holds for every input, not only for the cases that somebody thought of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_tests::case::{A, image, one_container, outcome, pod, require, settings, unsigned};
use policy_tests::implementation::decide_natively;
use policy_tests::signing::{TestKey, attestor, occurrence, payload};
use policy_wasm::abi;
use policy_wasm::image::ImageReference;
use policy_wasm::pattern::NamePattern;
use proptest::prelude::*;
use serde_json::{Value, json};

fn decide(settings: &Value, request: &Value) -> Value {
    let call = json!({"request": request, "settings": settings});
    serde_json::from_slice(&decide_natively(call.to_string().as_bytes())).unwrap()
}

/// Two attestors, two keys each, several attestations, most of which do not count.
fn busy_settings() -> Value {
    let keys: Vec<_> = ["a1", "a2", "b1", "b2", "stranger"]
        .map(TestKey::new)
        .into();
    let good = payload("trusted.example/app", A);
    let mut occurrences = Vec::new();
    for note in ["a", "b"] {
        for key in &keys {
            occurrences.push(occurrence(note, key, good.as_bytes()));
            occurrences.push(occurrence(note, key, b"not a payload"));
        }
    }
    json!({
        "policy": {"defaultAdmissionRule": require(&["a", "b"])},
        "attestors": [attestor("a", &[&keys[0], &keys[1]]), attestor("b", &[&keys[2], &keys[3]])],
        "evidence": {"occurrences": occurrences},
    })
}

fn shuffle(list: &mut Value, order: &[usize]) {
    let items = list.as_array_mut().unwrap();
    for (index, target) in order.iter().enumerate().take(items.len()) {
        let length = items.len();
        items.swap(index, target % length);
    }
}

proptest! {
    #[test]
    fn order_independence(order in prop::collection::vec(0_usize..100, 40), signed in any::<bool>()) {
        let image = if signed { image() } else { unsigned() };
        let request = pod(one_container(&image));
        let settings = busy_settings();
        let mut shuffled = settings.clone();
        shuffle(&mut shuffled["attestors"], &order);
        shuffle(&mut shuffled["evidence"]["occurrences"], &order);
        for attestor in shuffled["attestors"].as_array_mut().unwrap() {
            shuffle(&mut attestor["userOwnedGrafeasNote"]["publicKeys"], &order);
        }
        prop_assert_eq!(decide(&shuffled, &request), decide(&settings, &request));
    }

    #[test]
    fn any_change_to_a_payload_or_signature_denies(field in 0..2, at in any::<usize>(), with in any::<u8>()) {
        let mut settings = settings();
        let attestation = &mut settings["evidence"]["occurrences"][0]["attestation"];
        let target = match field {
            0 => &mut attestation["serializedPayload"],
            _ => &mut attestation["signatures"][0]["signature"],
        };
        let mut bytes = STANDARD.decode(target.as_str().unwrap()).unwrap();
        let at = at % bytes.len();
        prop_assume!(bytes[at] != with);
        bytes[at] = with;
        *target = STANDARD.encode(bytes).into();
        prop_assert_eq!(outcome(&decide(&settings, &pod(one_container(&image())))), "deny");
    }

    #[test]
    fn no_bytes_make_it_panic_or_admit(noise in prop::collection::vec((any::<usize>(), any::<u8>()), 1..20)) {
        let call = json!({"request": pod(one_container(&unsigned())), "settings": settings()});
        let mut bytes = call.to_string().into_bytes();
        for (at, byte) in noise {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        let decision: Value = serde_json::from_slice(&decide_natively(&bytes)).unwrap();
        // Noise may spell another digest or another operation, but never a signature.
        let text = decision.to_string();
        prop_assert!(!text.contains("\"verified\":true"), "{}", text);
    }

    #[test]
    fn settings_that_are_noise_are_never_valid(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let answer: Value = serde_json::from_slice(&abi::validate_settings(&noise)).unwrap();
        prop_assert_eq!(&answer["valid"], &Value::Bool(false));
    }

    #[test]
    fn a_reference_that_parses_is_printed_alike(text in "[a-z0-9./:@_-]{1,60}") {
        if let Ok(image) = ImageReference::parse(&text) {
            let mut printed = image.repository().into_owned();
            if let Some(tag) = image.tag {
                printed = format!("{printed}:{tag}");
            }
            if let Some(digest) = image.sha256() {
                printed = format!("{printed}@{digest}");
            }
            prop_assert_eq!(printed, text);
        }
    }

    #[test]
    fn a_longer_literal_part_matches_a_subset(
        literal in "[a-z]{1,5}/[a-z/]{0,10}", more in "[a-z/:]{1,5}", image in "[a-z]{1,5}/[a-z/:]{0,20}",
    ) {
        for wildcard in ["*", "**"] {
            let [short, long] =
                [format!("{literal}{wildcard}"), format!("{literal}{more}{wildcard}")];
            let [short, long] = [&short, &long].map(|text| NamePattern::parse(text).unwrap());
            prop_assert!(!long.matches(&image) || short.matches(&image) || more.contains('/'));
        }
    }

    #[test]
    fn a_new_pattern_exempts_only_what_it_matches(image in "[a-c]{1,2}\\.x/[a-c]{1,3}", pattern in "[a-c]{1,2}\\.x/[a-c]{0,2}\\*{0,2}") {
        prop_assume!(NamePattern::parse(&pattern).is_ok());
        let mut settings = settings();
        settings["policy"]["admissionWhitelistPatterns"] = json!([{"namePattern": pattern}]);
        let admitted = outcome(&decide(&settings, &pod(one_container(&image)))) == "allow";
        prop_assert_eq!(admitted, NamePattern::parse(&pattern).unwrap().matches(&image));
    }
}

/// Removing any one field of the evidence never turns a refusal into an admission, and the refusal
/// without evidence at all is the one that is left.
#[test]
fn deletion_is_monotone() {
    let request = pod(one_container(&unsigned()));
    let settings = busy_settings();
    assert_eq!(outcome(&decide(&settings, &request)), "deny");
    let count = settings["evidence"]["occurrences"]
        .as_array()
        .unwrap()
        .len();
    for index in 0..count {
        for field in ["kind", "noteName", "attestation"] {
            let mut less = settings.clone();
            less["evidence"]["occurrences"][index]
                .as_object_mut()
                .unwrap()
                .remove(field);
            assert_eq!(outcome(&decide(&less, &request)), "deny", "{index} {field}");
        }
        for field in ["serializedPayload", "signatures"] {
            let mut less = settings.clone();
            less["evidence"]["occurrences"][index]["attestation"]
                .as_object_mut()
                .unwrap()
                .remove(field);
            assert_eq!(outcome(&decide(&less, &request)), "deny", "{index} {field}");
        }
    }
}

/// Two genuine attestations; each part of one in the place of the other's. Nothing is ever admitted
/// that the payload itself, signed by the key it names, does not say.
#[test]
fn swap_matrix() {
    let (ours, theirs) = (TestKey::new("a"), TestKey::new("theirs"));
    let good = occurrence("a", &ours, payload("trusted.example/app", A).as_bytes());
    let unsigned_digest = unsigned().split_once('@').unwrap().1.to_owned();
    let other = occurrence(
        "b",
        &theirs,
        payload("trusted.example/app", &unsigned_digest).as_bytes(),
    );
    let parts = [
        "/attestation/serializedPayload",
        "/attestation/signatures/0/signature",
        "/attestation/signatures/0/publicKeyId",
        "/noteName",
    ];
    let request = pod(one_container(&unsigned()));
    for swapped in 1_u32..1 << parts.len() {
        for (base, donor) in [(&good, &other), (&other, &good)] {
            let mut occurrence = base.clone();
            for (bit, part) in parts.iter().enumerate() {
                if swapped & (1 << bit) != 0 {
                    *occurrence.pointer_mut(part).unwrap() = donor.pointer(part).unwrap().clone();
                }
            }
            let mut settings = settings();
            settings["evidence"]["occurrences"] = json!([occurrence]);
            let decision = decide(&settings, &request);
            assert_eq!(outcome(&decision), "deny", "{swapped:04b}: {decision:#}");
        }
    }
}
