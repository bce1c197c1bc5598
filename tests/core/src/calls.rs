//! The calls whose cost is watched: in instructions by `tests/suites/cost.rs`, in time by
//! `tests/benches/requests.rs`.

use serde_json::{Value, json};

use crate::case::{image, one_container, pod, request, settings};
use crate::known_answers::{DIGEST, REPOSITORY, message, named};
use crate::signing::{
    EnvelopeKey, SIMPLE_SIGNING, TestKey, attestor, attestor_name, attestor_of, envelope_of,
    filed_under, occurrence, pae, payload,
};

/// A request and settings.
pub fn call(settings: Value, spec: Value) -> Value {
    json!({"request": pod(spec), "settings": settings})
}

/// One exempt image.
pub fn exempt() -> Value {
    patterns(1)
}

/// One image with one attestation by a P-256 key.
pub fn attested() -> Value {
    call(settings(), one_container(&image()))
}

/// One image of the public instance of Sigstore, as cosign 3 signs: a bundle with log entry and timestamp, for the
/// identity that a workflow of `repository` has. The image has another digest than the bundle if `is_other`.
pub fn keyless(repository: &str, is_other: bool) -> Value {
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let bundle = read(include_str!(
        "../vectors/sigstore/genuine/cosign-v3-image.json"
    ));
    let root = read(include_str!(
        "../vectors/sigstore/published/public-good.json"
    ));
    let workflow =
        format!("https://github.com/{repository}/.github/workflows/release.yml@refs/tags/*");
    let mut settings = settings();
    settings["attestors"] = json!([attestor("a", &[])]);
    settings["evidence"]["occurrences"] = json!([bundle]);
    settings["sigstore"] = json!({
        "trustedRoots": {"public-good": {"document": root}},
        "identities": {"release": [{
            "trustedRoot": "public-good",
            "issuer": "https://token.actions.githubusercontent.com",
            "subjectPattern": workflow,
        }]},
        "attestors": {attestor_name("a"): ["release"]},
    });
    let digest = "c811d58de79c92f03214e63aa339484e488d694ae8a6283b5f3f17a9faf50172";
    let digest = if is_other { &"1".repeat(64) } else { digest };
    call(
        settings,
        one_container(&format!(
            "ghcr.io/kubewarden/kubewarden-controller@sha256:{digest}"
        )),
    )
}

/// Like [`attested`], beside an OpenPGP key of RSA that has signed nothing: of another attestor, or of the one that
/// attests.
pub fn attested_beside_openpgp(attestor: &str) -> Value {
    let mut call = attested();
    let armor = include_str!("../../../policy-wasm/src/openpgp/vectors/rsa3072.key.asc");
    let key = json!({"asciiArmoredPgpPublicKey": armor});
    let attestors = call["settings"]["attestors"].as_array_mut().unwrap();
    let name = attestor_name(attestor);
    match attestors
        .iter_mut()
        .find(|one| one["name"] == name.as_str())
    {
        Some(one) => {
            let keys = one["userOwnedGrafeasNote"]["publicKeys"].as_array_mut();
            keys.unwrap().push(key);
        }
        None => attestors.push(attestor_of(attestor, &[key])),
    }
    call
}

/// One image, attested by a key of another algorithm, for each algorithm.
pub fn by_algorithm() -> Vec<(&'static str, Value)> {
    let names = [
        "ecdsa-p384",
        "ecdsa-p521",
        "rsa-2048-pkcs1",
        "rsa-4096-pss-sha512",
        "ml-dsa-65",
    ];
    let attested = |document: Value, occurrence: Value| {
        let mut settings = settings();
        settings["attestors"] = json!([attestor_of("a", &[document])]);
        settings["evidence"]["occurrences"] = json!([occurrence]);
        call(settings, one_container(&format!("{REPOSITORY}@{DIGEST}")))
    };
    let mut calls: Vec<_> = names
        .map(named)
        .map(|answer| {
            (
                answer.name,
                attested(answer.document(), answer.occurrence("a")),
            )
        })
        .into();
    // The one algorithm that is for envelopes only.
    let key = EnvelopeKey::new("a");
    let signature = key.sign(pae(SIMPLE_SIGNING, &message()).as_bytes());
    let envelope = envelope_of("", &signature, SIMPLE_SIGNING, &message());
    calls.push(("ed25519", attested(key.document(), envelope)));
    calls
}

/// So many patterns, of which only the last one covers the image.
pub fn patterns(count: usize) -> Value {
    call(exempting(count, ""), one_container(&image()))
}

/// So many patterns that the call is as long as that with as many rules of `imagePolicy`.
pub fn long_patterns(count: usize) -> Value {
    let length = |call: Value| call.to_string().len();
    let longer = length(image_rules(count)).saturating_sub(length(patterns(count)));
    let folder = "a".repeat(longer.div_ceil(count).saturating_sub(1));
    call(
        exempting(count, &format!("{folder}/")),
        one_container(&image()),
    )
}

/// So many rules of `imagePolicy` with one pattern each, of which only the last one covers the image.
pub fn image_rules(count: usize) -> Value {
    let rule = |index: usize, pattern: String| json!({"name": format!("rule {index}"), "images": [pattern], "exempt": {}});
    let others = (1..count).map(|index| rule(index, format!("registry{index}.example/**")));
    let last = rule(count, "trusted.example/**".to_owned());
    let rules: Vec<_> = others.chain([last]).collect();
    let settings = json!({"imagePolicy": {"unmatchedImages": "deny", "rules": rules}});
    call(settings, one_container(&image()))
}

/// So many attestors, one of which is asked.
pub fn attestors(count: usize) -> Value {
    call(with_attestors(count), one_container(&image()))
}

/// So many occurrences in the settings, one of which is about the image.
pub fn occurrences(count: usize) -> Value {
    call(with_occurrences(count), one_container(&image()))
}

/// Like the call above, with the attestation stored under another image.
pub fn misfiled(count: usize) -> Value {
    let mut settings = with_occurrences(count);
    let one = &mut settings["evidence"]["occurrences"][0];
    *one = filed_under(&digest(0), one.take());
    call(settings, one_container(&image()))
}

/// Ten images, each attested by two attestors.
pub fn ten_images() -> Value {
    let keys = [TestKey::new("one"), TestKey::new("two")];
    let names = ["one", "two"];
    let mut occurrences = Vec::new();
    let mut containers = Vec::new();
    for index in 0..10 {
        let repository = format!("trusted.example/image-{index}");
        let payload = payload(&repository, &digest(index));
        for (name, key) in names.iter().zip(&keys) {
            occurrences.push(occurrence(name, key, payload.as_bytes()));
        }
        containers.push(json!({
            "name": format!("c{index}"), "image": format!("{repository}@{}", digest(index)),
        }));
    }
    let attestors: Vec<_> = names
        .iter()
        .zip(&keys)
        .map(|(name, key)| attestor(name, &[key]))
        .collect();
    let settings = json!({
        "policy": {"defaultAdmissionRule": {
            "evaluationMode": "REQUIRE_ATTESTATION",
            "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
            "requireAttestationsBy": names.map(attestor_name),
        }},
        "attestors": attestors,
        "evidence": {"occurrences": occurrences},
    });
    call(settings, json!({"containers": containers}))
}

/// A Deployment of about so many bytes whose image is exempt.
pub fn deployment(bytes: usize) -> Value {
    let container = |environment: Vec<Value>| json!({"name": "app", "image": image(), "imagePullPolicy": "IfNotPresent", "env": environment});
    let object = |environment| {
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "namespace": "default", "labels": {"app": "web"}},
            "spec": {"replicas": 3, "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
                "containers": [container(environment)], "restartPolicy": "Always",
            }}},
        })
    };
    let variable = |index: usize| json!({"name": format!("VARIABLE_{index}"), "value": format!("value {index} of the workload")});
    let each = variable(1_000).to_string().len() + 1;
    let empty = object(Vec::new()).to_string().len();
    let environment = (0..bytes.saturating_sub(empty) / each)
        .map(variable)
        .collect();
    json!({
        "request": request("apps", "Deployment", object(environment)), "settings": exempting(1, ""),
    })
}

fn exempting(count: usize, folder: &str) -> Value {
    let others = (1..count)
        .map(|index| json!({"namePattern": format!("registry{index}.example/{folder}**")}));
    let patterns: Vec<_> = others
        .chain([json!({"namePattern": "trusted.example/**"})])
        .collect();
    let mut settings = settings();
    settings["policy"]["admissionWhitelistPatterns"] = patterns.into();
    settings
}

fn with_attestors(count: usize) -> Value {
    let mut settings = settings();
    let attestors = settings["attestors"].as_array_mut().unwrap();
    attestors.extend((1..count).map(|index| {
        let name = format!("other-{index}");
        attestor(&name, &[&TestKey::new(&name)])
    }));
    settings
}

fn with_occurrences(count: usize) -> Value {
    let mut settings = settings();
    let key = TestKey::new("a");
    let occurrences = settings["evidence"]["occurrences"].as_array_mut().unwrap();
    occurrences.extend((1..count).map(|index| {
        let payload = payload("trusted.example/other", &digest(index));
        filed_under(&digest(index), occurrence("a", &key, payload.as_bytes()))
    }));
    settings
}

fn digest(index: usize) -> String {
    format!("sha256:{index:064x}")
}
