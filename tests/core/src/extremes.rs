//! Calls by which the author of a workload, or whoever stores evidence, makes the policy work: each as
//! large as the budgets let through, or larger. `tests/suites/cost.rs` holds what they cost.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::digest::Digest;
use serde_json::{Value, json};

use crate::calls::{call, keyless};
use crate::case::{A, one_container, rule, settings};
use crate::delivery::answer;
use crate::image_policy;
use crate::platform;
use crate::signing::{
    EnvelopeKey, TestKey, attestor, attestor_name, attestor_of, envelope_of, note_name, payload,
};

/// A file that GnuPG wrote, of the policy's own tests.
macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!(
            "../../../policy-wasm/src/openpgp/vectors/",
            $name,
            ".asc"
        ))
    };
}

/// The most images of a request.
const IMAGES: usize = 256;

/// The most attestations of one image that are looked at.
const ATTESTATIONS: usize = 100;

/// Every call, with its name and what is in its answer.
pub fn all() -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("256 images under 100 notes", notes(100), "limit-exceeded"),
        (
            "a statement of 250 KB about 256 images under three checks",
            statement(250_000),
            "evidence-untrusted",
        ),
        (
            "100 statements of 20 KB about 256 images under three checks",
            statements(100, 20_000),
            "evidence-untrusted",
        ),
        (
            "100 OpenPGP messages of 4 MiB by a key of the attestor",
            messages(vector!("ed25519.key")),
            "limit-exceeded",
        ),
        (
            "100 OpenPGP messages of 4 MiB by a foreign key",
            messages(vector!("fixed.key")),
            "attestation-bad-signature",
        ),
        (
            "100 OpenPGP messages over another payload (P-521)",
            signatures(vector!("nistp521.key"), vector!("nistp521.attached")),
            "limit-exceeded",
        ),
        (
            "100 OpenPGP messages over another payload (P-384)",
            signatures(vector!("nistp384.key"), vector!("nistp384.attached")),
            "attestation-pgp-payload-mismatch",
        ),
        (
            "100 OpenPGP messages over another payload (P-256)",
            signatures(vector!("nistp256.key"), vector!("nistp256.attached")),
            "attestation-pgp-payload-mismatch",
        ),
        (
            "100 OpenPGP messages over another payload (RSA-3072)",
            signatures(vector!("rsa3072.key"), vector!("rsa3072.attached")),
            "attestation-pgp-payload-mismatch",
        ),
        (
            "100 OpenPGP messages over another payload (Ed25519)",
            signatures(vector!("ed25519.key"), vector!("ed25519.attached")),
            "attestation-pgp-payload-mismatch",
        ),
        (
            "200 OpenPGP keys, one of which has signed nothing",
            openpgp_keys(200),
            "attestation-bad-signature",
        ),
        (
            "5.5 million empty occurrences",
            empty_occurrences(5_500_000),
            "limit-exceeded",
        ),
        (
            "32768 unreadable occurrences, 256 images",
            with_occurrences(vec![json!({}); 32_768], IMAGES),
            "limit-exceeded",
        ),
        (
            "20000 occurrences that are filed under nothing, 256 images",
            unfiled_occurrences(20_000),
            "no-valid-attestation",
        ),
        (
            "256 images under 1000 checks",
            checks(1_000),
            "limit-exceeded",
        ),
        ("256 images under 63 checks", checks(63), "always-deny"),
        (
            "256 images and 8000 trusted directories",
            directories(8_000),
            "image-not-in-trusted-directory",
        ),
        (
            "256 images and 8000 ids in each list of a vulnerability check",
            vulnerabilities(8_000),
            "vulnerability-above-threshold",
        ),
        (
            "a manifest of 250 KB of small fields in an unknown spelling",
            unknown_spelling(250_000),
            "index-unverified",
        ),
        (
            "an index of 1024 images, none of which is attested",
            index(1_024, 0),
            "no-valid-attestation",
        ),
        (
            "an index of 1024 images beside 511 exempt ones",
            index(1_024, 511),
            "no-valid-attestation",
        ),
        (
            "an update of 1 MB objects at 16 paths",
            paths(16, 1_000_000),
            "no-valid-attestation",
        ),
        (
            "256 images under 10000 rules of imagePolicy",
            image_rules(10_000),
            "limit-exceeded",
        ),
        (
            "256 images that need 64 attestors",
            attestors(64),
            "no-valid-attestation",
        ),
        (
            "100 bundles over unknown messages, and 256 images that need 64 attestors",
            unknown_messages(64),
            "attestation-digest-mismatch",
        ),
    ]
}

fn digest(index: usize) -> String {
    format!("sha256:{index:064x}")
}

fn image(index: usize) -> String {
    format!("trusted.example/image-{index}@{}", digest(index))
}

fn containers(count: usize) -> Value {
    let container = |index| json!({"name": format!("c{index}"), "image": image(index)});
    json!({"containers": (0..count).map(container).collect::<Vec<_>>()})
}

/// What is asked of the cluster is images times notes.
fn notes(count: usize) -> Value {
    let mut settings = platform::settings(platform::policy(&[platform::simple_signing(&[
        &TestKey::new("a"),
    ])]));
    for index in 0..count {
        let notes = &mut settings["evidence"]["kubernetes"]["notes"];
        notes[note_name(&format!("n{index}"))] = format!("attestations-{index}").into();
    }
    call(settings, containers(IMAGES))
}

/// Rules of `imagePolicy` that all cover every image.
fn image_rules(count: usize) -> Value {
    let rule = |index: usize| image_policy::deny(&format!("rule {index}"));
    let rules: Vec<_> = (0..count).map(rule).collect();
    call(image_policy::settings("deny", &rules), containers(IMAGES))
}

/// Three checks that read statements, and a Pod that carries some.
fn carrying(envelopes: &[Value], images: usize) -> Value {
    let key = TestKey::new("a");
    let checks = [
        platform::vulnerability("ALLOW_ALL", "ALLOW_ALL"),
        platform::slsa(&[json!({"trustedBuilder": "GOOGLE_CLOUD_BUILD"})]),
        platform::image_freshness(30),
    ];
    let mut call = call(
        platform::settings(platform::policy(&checks)),
        containers(images),
    );
    let builder = "https://cloudbuild.googleapis.com/GoogleHostedWorker";
    platform::trust(
        &mut call,
        platform::VULNERABILITY,
        &[platform::scanner(&[&key])],
    );
    platform::trust(
        &mut call,
        platform::PROVENANCE,
        &[platform::builder(builder, &[&key])],
    );
    platform::trust(
        &mut call,
        platform::FRESHNESS,
        &[platform::uploader(&[&key])],
    );
    call["settings"]["evidence"]["podAnnotation"] = true.into();
    annotate(&mut call, envelopes);
    call
}

fn annotate(call: &mut Value, envelopes: &[Value]) {
    let items = envelopes.iter().map(|one| STANDARD.encode(one.to_string()));
    let items = items.collect::<Vec<_>>().join(",");
    let metadata = &mut call["request"]["object"]["metadata"];
    metadata["annotations"]["binaryauthorization.googleapis.com/attestations"] = items.into();
}

/// An unsigned statement about every image.
fn about_all(bytes: usize, kind: &str, padding: &str) -> Value {
    let subject = |index: usize| {
        json!({"name": format!("trusted.example/image-{index}"),
               "digest": {"sha256": digest(index).replace("sha256:", "")}})
    };
    let subjects: Vec<_> = (0..IMAGES).map(subject).collect();
    let mut statement = json!({
        "_type": "https://in-toto.io/Statement/v1", "subject": subjects,
        "predicateType": kind, "predicate": {"padding": padding},
    });
    let rest = bytes.saturating_sub(statement.to_string().len()) / 4;
    statement["predicate"]["list"] = vec![100; rest].into();
    let key_id = TestKey::new("a").id();
    envelope_of(
        &key_id,
        b"unsigned",
        "application/vnd.in-toto+json",
        &statement.to_string(),
    )
}

const PROVENANCE: &str = "https://slsa.dev/provenance/v1";

fn statement(bytes: usize) -> Value {
    carrying(&[about_all(bytes, PROVENANCE, "")], IMAGES)
}

fn statements(count: usize, bytes: usize) -> Value {
    let statements: Vec<_> = (0..count)
        .map(|index| about_all(bytes, PROVENANCE, &index.to_string()))
        .collect();
    carrying(&statements, IMAGES)
}

/// A Pod that carries signatures for one attestor.
fn carrying_for(keys: &[Value], signatures: impl Iterator<Item = Vec<u8>>) -> Value {
    let mut settings = settings();
    settings["attestors"] = json!([attestor_of("a", keys)]);
    settings["evidence"] = json!({"podAnnotation": true});
    let mut call = call(settings, containers(1));
    let text = payload("trusted.example/image-0", &digest(0));
    let envelopes: Vec<_> = signatures
        .map(|signature| {
            let kind = "application/vnd.dev.cosign.simplesigning.v1+json";
            envelope_of("", &signature, kind, &text)
        })
        .collect();
    annotate(&mut call, &envelopes);
    call
}

/// Bytes that are the same to whoever reads them, and another attestation.
fn varied(armor: &str) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..ATTESTATIONS).map(move |index| {
        let header = format!("\nComment: {index}\n\n");
        armor.replacen("\n\n", &header, 1).into_bytes()
    })
}

fn openpgp(armor: &str) -> Value {
    json!({"asciiArmoredPgpPublicKey": armor})
}

fn messages(key: &str) -> Value {
    carrying_for(&[openpgp(key)], varied(vector!("form.bomb")))
}

fn signatures(key: &str, signature: &str) -> Value {
    carrying_for(&[openpgp(key)], varied(signature))
}

/// Keys whose own signatures nobody looks at.
fn openpgp_keys(count: usize) -> Value {
    let armor = vector!("rsa3072.key");
    let (head, rest) = armor.split_once("\n\n").unwrap();
    let (body, _) = rest.rsplit_once("\n=").unwrap();
    let bytes = STANDARD.decode(body.replace('\n', "")).unwrap();
    let keys: Vec<_> = (0..count)
        .map(|index| {
            // The time at which it was made is part of what the fingerprint is of.
            let mut bytes = bytes.clone();
            bytes[7] = u8::try_from(index).unwrap();
            let body = STANDARD.encode(bytes);
            openpgp(&format!(
                "{head}\n\n{body}\n-----END PGP PUBLIC KEY BLOCK-----\n"
            ))
        })
        .collect();
    carrying_for(&keys, varied(vector!("ed25519.attached")).take(1))
}

fn with_occurrences(occurrences: Vec<Value>, images: usize) -> Value {
    let mut settings = settings();
    settings["evidence"]["occurrences"] = occurrences.into();
    call(settings, containers(images))
}

fn empty_occurrences(count: usize) -> Value {
    with_occurrences(vec![json!({}); count], 1)
}

fn unfiled_occurrences(count: usize) -> Value {
    let key = EnvelopeKey::new("a");
    let occurrence = |index: usize| {
        let text = payload("trusted.example/other", &digest(IMAGES + index));
        let kind = "application/vnd.dev.cosign.simplesigning.v1+json";
        envelope_of("k", &key.sign(b""), kind, &text)
    };
    // All have the one signature, and none is looked at.
    with_occurrences((0..count).map(occurrence).collect(), IMAGES)
}

fn checks(count: usize) -> Value {
    let checks = vec![platform::always_deny(); count];
    call(
        platform::settings(platform::policy(&checks)),
        containers(IMAGES),
    )
}

/// Directories of the registry of all images, none of which has one.
fn directories(count: usize) -> Value {
    let patterns: Vec<_> = (0..count)
        .map(|index| format!("trusted.example/team-{index}/**"))
        .collect();
    let patterns: Vec<_> = patterns.iter().map(String::as_str).collect();
    let check = platform::trusted_directory(&patterns);
    let mut call = call(
        platform::settings(platform::policy(&[check])),
        containers(IMAGES),
    );
    for container in call["request"]["object"]["spec"]["containers"]
        .as_array_mut()
        .unwrap()
    {
        let image = container["image"].as_str().unwrap();
        container["image"] = image.replacen('/', "/team/", 1).into();
    }
    call
}

/// One scan in the settings for all images, with a finding that neither list names.
fn vulnerabilities(count: usize) -> Value {
    let ids = |year: usize| {
        let ids = (0..count).map(|index| format!("CVE-{year}-{index}"));
        ids.collect::<Vec<_>>()
    };
    let mut check = platform::vulnerability("LOW", "LOW");
    check["vulnerabilityCheck"]["allowedCves"] = ids(2020).into();
    check["vulnerabilityCheck"]["blockedCves"] = ids(2021).into();
    let mut scan = platform::statements::critical_scan(platform::AN_HOUR_AGO);
    scan["subject"] = (0..IMAGES)
        .map(|index| json!({"digest": {"sha256": digest(index).replace("sha256:", "")}}))
        .collect();
    let mut settings = platform::settings(platform::policy(&[check]));
    settings["evidence"] = json!({"statements": [scan]});
    call(settings, containers(IMAGES))
}

fn attestors(count: usize) -> Value {
    let names: Vec<_> = (0..count).map(|index| format!("n{index}")).collect();
    let key = |name: &String| attestor(name, &[&TestKey::new(name)]);
    let required: Vec<_> = names.iter().map(|name| attestor_name(name)).collect();
    let settings = json!({
        "policy": {"defaultAdmissionRule": rule("REQUIRE_ATTESTATION", &required)},
        "attestors": names.iter().map(key).collect::<Vec<_>>(),
    });
    call(settings, containers(IMAGES))
}

/// Bundles that have only the digest of what was signed, which may be a payload about any image.
fn unknown_messages(attestors: usize) -> Value {
    let mut call = self::attestors(attestors);
    let keyless = keyless("kubewarden/kubewarden-controller", true);
    let bundle = |index: usize| {
        let digest = STANDARD.encode([u8::try_from(index).unwrap(); 32]);
        let mut bundle = keyless["settings"]["evidence"]["occurrences"][0].clone();
        let signature = bundle["dsseEnvelope"]["signatures"][0]["sig"].take();
        bundle.as_object_mut().unwrap().remove("dsseEnvelope");
        bundle["messageSignature"] = json!({
            "messageDigest": {"algorithm": "SHA2_256", "digest": digest}, "signature": signature,
        });
        bundle
    };
    let bundles: Vec<_> = (0..ATTESTATIONS).map(bundle).collect();
    let settings = &mut call["settings"];
    settings["evidence"]["occurrences"] = bundles.into();
    settings["sigstore"] = keyless["settings"]["sigstore"].clone();
    // Attestors of one rule share no identity, and bundles concern also those that have only keys.
    settings["sigstore"]["attestors"] = json!({attestor_name("n0"): ["release"]});
    call
}

/// An object of many small values, which is read once for each path of its kind, before the update and after.
fn paths(count: usize, bytes: usize) -> Value {
    let mut settings = settings();
    let paths: Vec<_> = (0..count)
        .map(|path| format!("spec.{path}?.image"))
        .collect();
    settings["workloads"] = json!([{"group": "e.com", "kind": "Box", "images": paths}]);
    settings["unchangedImages"] = "check".into();
    let object = |image: usize| {
        json!({"apiVersion": "e.com/v1", "kind": "Box", "spec": {
            "15": {"image": self::image(image)}, "padding": vec![json!([]); bytes / 3],
        }})
    };
    let mut call = call(settings, json!({}));
    let kind = json!({"group": "e.com", "version": "v1", "kind": "Box"});
    let (new, old) = (object(0), object(1));
    let request = &mut call["request"];
    request["kind"] = kind;
    request["operation"] = "UPDATE".into();
    (request["object"], request["oldObject"]) = (new, old);
    call
}

/// A call about an image whose digest the host answers with this manifest.
fn by_index(image: &str, manifest: Value) -> Value {
    let mut settings = settings();
    settings["indexPolicy"] = "platforms".into();
    settings["registries"] = json!(["trusted.example"]);
    let mut call = call(settings, one_container(image));
    call["evidence"] = json!([answer("manifest", image, json!({"found": manifest}))]);
    call
}

/// A manifest of another digest.
fn unknown_spelling(bytes: usize) -> Value {
    // `"123456":1,`
    let fields = (100_000..100_000 + bytes / 11).map(|name| (name.to_string(), json!(1)));
    by_index(
        &format!("trusted.example/app@{A}"),
        json!({"annotations": fields.collect::<Value>()}),
    )
}

/// An index of as many images, and containers with exempt images.
fn index(count: usize, exempt: usize) -> Value {
    let entries: Vec<_> = (0..count)
        .map(|number| json!({"digest": format!("sha256:{number:064x}")}))
        .collect();
    let index = json!({"manifests": entries});
    let digest = Digest::of(index.to_string().as_bytes());
    let mut call = by_index(&format!("trusted.example/app@{digest}"), index);
    call["settings"]["policy"]["admissionWhitelistPatterns"] =
        json!([{"namePattern": "exempt.example/*"}]);
    let containers = &mut call["request"]["object"]["spec"]["containers"];
    let more =
        (0..exempt).map(|number| json!({"name": number.to_string(), "image": "exempt.example/a"}));
    containers.as_array_mut().unwrap().extend(more);
    call
}
