//! `indexPolicy: platforms`: an index is what the images that it lists are.

use core_tests::case::{one_container, pod, require};
use core_tests::delivery::answer;
use core_tests::image_policy::{dry_run, quorum, rule};
use core_tests::native::decision;
use core_tests::platform::simple_signing;
use core_tests::signing::{TestKey, attestor, occurrence, payload};
use policy_wasm::digest::Digest;
use proptest::prelude::*;
use serde_json::{Value, json};

const REPOSITORY: &str = "trusted.example/app";
const ATTESTORS: [&str; 3] = ["a", "b", "c"];

/// The digest of the image with this number
fn image(number: usize) -> String {
    Digest::of(&[u8::try_from(number).unwrap()]).to_string()
}

/// Every document about these attestations: for each image, the attestors that have signed it.
fn all_settings(signed: &[[bool; 3]]) -> Vec<Value> {
    let keys = ATTESTORS.map(TestKey::new);
    let occurrences: Vec<_> = signed
        .iter()
        .enumerate()
        .flat_map(|(number, by)| {
            let payload = payload(REPOSITORY, &image(number));
            let all = ATTESTORS.iter().zip(&keys).zip(by);
            let signed = all.filter(|(_, has_signed)| **has_signed);
            let signed = signed.map(|((name, key), _)| occurrence(name, key, payload.as_bytes()));
            signed.collect::<Vec<_>>()
        })
        .collect();
    let mut two_of_three = quorum(&ATTESTORS);
    two_of_three["threshold"] = 2.into();
    let with = |document: &str, value: Value| {
        json!({
            document: value,
            "attestors": ATTESTORS.iter().zip(&keys).map(|(name, key)| attestor(name, &[key])).collect::<Vec<_>>(),
            "evidence": {"occurrences": occurrences},
        })
    };
    let rules = [rule("shop", "require", json!([two_of_three]))];
    let by_c = dry_run(rule("dry", "require", json!([quorum(&["c"])])));
    let mut mixed = with("policy", json!({"defaultAdmissionRule": require(&["a"])}));
    mixed["imagePolicy"] = json!({"unmatchedImages": "admit", "rules": [by_c]});
    let check = simple_signing(&[&keys[0]]);
    vec![
        mixed,
        with(
            "policy",
            json!({"defaultAdmissionRule": require(&["a", "b"])}),
        ),
        with(
            "imagePolicy",
            json!({"unmatchedImages": "deny", "rules": rules}),
        ),
        with(
            "platformPolicies",
            json!([{"gkePolicy": {"checkSets": [{"checks": [check]}]}}]),
        ),
    ]
}

/// The Decision for one image, or for an index of which the host returns this text.
fn decided(settings: &Value, digest: &str, index: Option<&Value>) -> Value {
    let reference = format!("{REPOSITORY}@{digest}");
    let mut call = json!({"request": pod(one_container(&reference)), "settings": settings});
    if let Some(index) = index {
        call["settings"]["indexPolicy"] = "platforms".into();
        call["settings"]["registries"] = json!(["trusted.example"]);
        call["evidence"] = json!([answer("manifest", &reference, json!({"found": index}))]);
    }
    decision(&call)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_index_is_admitted_if_each_of_its_images_is(
        signed in prop::collection::vec(any::<[bool; 3]>(), 4),
        listed in prop::collection::vec(0_usize..4, 1..4),
    ) {
        let entries: Vec<_> = listed.iter().map(|number| json!({
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "digest": image(*number), "size": 7,
        })).collect();
        let index = json!({"schemaVersion": 2, "manifests": entries});
        let digest = Digest::of(index.to_string().as_bytes()).to_string();
        for settings in all_settings(&signed) {
            let found = decided(&settings, &digest, Some(&index));
            let each: Vec<_> = listed.iter().map(|number| decided(&settings, &image(*number), None)).collect();
            let is_admitted = each.iter().all(|one| one["allowed"] == true);
            prop_assert_eq!(&found["allowed"], is_admitted, "{}", found);
            let verdicts: Vec<_> = each.iter().map(|one| &one["verdict"]).collect();
            let platforms = found["images"][0]["platforms"].as_array().unwrap();
            let platforms: Vec<_> = platforms.iter().map(|one| &one["verdict"]).collect();
            prop_assert_eq!(platforms, verdicts, "{}", found);
        }
    }
}
