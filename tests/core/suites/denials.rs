//! Typical outcomes as a deployer sees them: the admission message, the warnings and the audit
//! annotations, as Kubernetes passes them on. `BLESS=1` writes `tests/core/baselines/denials.txt`, to be read by
//! somebody who knows Kubernetes and not this project.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use core_tests::case::{A, B, one_container, pod, request, require, rule, settings};
use core_tests::delivery::{NAMESPACE, answer};
use core_tests::image_policy::quorum;
use core_tests::platform::statements::critical_scan;
use core_tests::platform::{
    AN_HOUR_AGO, NOW, always_deny, policy, trusted_directory, vulnerability,
};
use core_tests::signing::{
    TestKey, attestor, attestor_name, note_name, occurrence, occurrence_of, payload,
};
use policy_wasm::decision::AdmissionResponse;
use policy_wasm::digest::Digest;
use policy_wasm::evidence::NoLookup;
use policy_wasm::time::Time;
use policy_wasm::{Budget, Call, Extras};
use serde_json::{Map, Value, json};

const REPOSITORY: &str = "registry.example/shop";

fn image(name: &str, digest: &str) -> String {
    format!("{REPOSITORY}/{name}@{digest}")
}

fn containers(images: &[(&str, &str)]) -> Value {
    let containers = images
        .iter()
        .map(|(name, image)| json!({"name": name, "image": image}));
    json!({"containers": containers.collect::<Vec<_>>()})
}

fn deployment(images: &[(&str, &str)]) -> Value {
    let object = json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "default"},
        "spec": {
            "selector": {"matchLabels": {"app": "web"}},
            "template": {"metadata": {"labels": {"app": "web"}}, "spec": containers(images)},
        },
    });
    request("apps", "Deployment", object)
}

/// Settings in which `build` and `qa` have to attest every image, and `build` has attested `web`.
fn two_attestors() -> Value {
    let (build, qa) = (TestKey::new("build"), TestKey::new("qa"));
    let web = payload(&format!("{REPOSITORY}/web"), A);
    json!({
        "policy": {"defaultAdmissionRule": require(&["build", "qa"])},
        "attestors": [attestor("build", &[&build]), attestor("qa", &[&qa])],
        "evidence": {"occurrences": [occurrence("build", &build, web.as_bytes())]},
        "contact": "#platform on chat.example",
    })
}

/// Settings of the rules of `imagePolicy` in place of a policy. A third attestor, `security`, has attested nothing.
fn settings_of_rules(rules: &[Value]) -> Value {
    let mut settings = two_attestors();
    settings.as_object_mut().unwrap().remove("policy");
    let security = attestor("security", &[&TestKey::new("security")]);
    settings["attestors"].as_array_mut().unwrap().push(security);
    settings["imagePolicy"] = json!({"unmatchedImages": "deny", "rules": rules});
    settings
}

/// Settings of a rule that needs so many of all attestors, and always these.
fn some_of_three(threshold: u32, must_include: &[&str]) -> Value {
    let mut requirement = quorum(&["build", "qa", "security"]);
    requirement["threshold"] = threshold.into();
    if !must_include.is_empty() {
        let names: Vec<_> = must_include
            .iter()
            .map(|name| attestor_name(name))
            .collect();
        requirement["mustInclude"] = names.into();
    }
    settings_of_rules(&[json!({"name": "shop", "images": ["**"], "require": [requirement]})])
}

fn call(settings: Value, request: Value) -> Value {
    json!({"settings": settings, "request": request})
}

/// The outcomes, each with the call that leads to it.
fn outcomes() -> Vec<(&'static str, Value)> {
    let tag = format!("{REPOSITORY}/web:1.4.2");
    let (web, proxy) = (image("web", A), image("proxy", B));
    let (build, qa, other) = (TestKey::new("build"), TestKey::new("qa"), TestKey::new("x"));
    vec![
        (
            "a tag where a digest is needed",
            call(two_attestors(), deployment(&[("web", &tag)])),
        ),
        ("a digest in upper case", {
            let shouting = image("web", &format!("sha256:{}", "A".repeat(64)));
            call(two_attestors(), deployment(&[("web", &shouting)]))
        }),
        ("one attestor has signed and the other has not", {
            let images = [
                ("web", web.as_str()),
                ("proxy", &proxy),
                ("debug", "busybox"),
            ];
            call(two_attestors(), deployment(&images))
        }),
        ("attestations that do not count, each for another reason", {
            let mut settings = two_attestors();
            settings["policy"]["defaultAdmissionRule"] = require(&["qa"]);
            let digests: Vec<_> = ["1", "2", "3", "4"]
                .map(|digit| format!("sha256:{}", digit.repeat(64)))
                .into();
            let text = |at: usize| payload(&format!("{REPOSITORY}/app"), &digests[at]);
            let (by_build, note, bad, unknown) = (text(0), text(1), text(2), text(3));
            settings["evidence"]["occurrences"] = json!([
                occurrence("build", &build, by_build.as_bytes()),
                occurrence("build", &qa, note.as_bytes()),
                occurrence_of("qa", bad.as_bytes(), &[(qa.id(), qa.sign(b"another text"))]),
                occurrence("qa", &other, unknown.as_bytes()),
            ]);
            let images: Vec<_> = digests.iter().map(|digest| image("app", digest)).collect();
            call(
                settings,
                deployment(&[
                    ("only-build", &images[0]),
                    ("other-note", &images[1]),
                    ("bad-signature", &images[2]),
                    ("unknown-key", &images[3]),
                ]),
            )
        }),
        ("no bundle is by the identity of the attestor", {
            let fork = &core_tests::corpus::named("certificate_of_a_fork").call;
            let mut call: Value = serde_json::from_slice(fork).unwrap();
            let images = [("app", A), ("proxy", B)];
            let images =
                images.map(|(name, digest)| (name, format!("trusted.example/{name}@{digest}")));
            let images = images
                .each_ref()
                .map(|(name, image)| (*name, image.as_str()));
            call["request"] = deployment(&images);
            call
        }),
        ("an image that no rule lets in here", {
            let allowed = ["registry.example/shop/**", "gke.gcr.io/**"];
            let patterns = allowed.map(|pattern| json!({"namePattern": pattern}));
            let settings = json!({"policy": {
                "admissionWhitelistPatterns": patterns,
                "defaultAdmissionRule": rule("ALWAYS_DENY", &[]),
            }});
            call(settings, pod(one_container("docker.io/library/nginx:1.27")))
        }),
        ("a revoked digest, and a text that names no image", {
            let mut settings = two_attestors();
            settings["deniedDigests"] = json!([A]);
            call(
                settings,
                deployment(&[("web", &web), ("proxy", "registry.example/Shop/proxy")]),
            )
        }),
        ("a digest that is revoked for a reason", {
            let mut settings = two_attestors();
            settings["deniedDigests"] =
                json!([{"digest": A, "reason": "CVE-2026-1 in the base image"}]);
            call(settings, deployment(&[("web", &web)]))
        }),
        ("checks of a platform policy", {
            let checks = [
                trusted_directory(&["registry.example/approved/*"]),
                vulnerability("LOW", "LOW"),
            ];
            let scan = critical_scan(AN_HOUR_AGO);
            let settings = json!({
                "platformPolicies": [policy(&checks)],
                "evidence": {"statements": [scan]},
            });
            call(
                settings,
                pod(one_container(&format!("trusted.example/app@{A}"))),
            )
        }),
        ("rules of imagePolicy", {
            let settings = settings_of_rules(&[
                json!({"name": "shop", "images": [format!("{REPOSITORY}/**")],
                    "require": [quorum(&["build", "qa"])]}),
                json!({"name": "no latest", "images": ["**:latest@-"],
                    "deny": "Use a version or a digest."}),
                json!({"name": "nodes", "images": ["registry.k8s.io/**"],
                    "exempt": {"owner": "platform team", "until": "2026-03-31"}}),
            ]);
            let images = [
                ("web", web.as_str()),
                ("debug", "docker.io/library/busybox"),
                ("pause", "registry.k8s.io/pause:3.9"),
                ("tool", "ghcr.io/someone/tool:1"),
            ];
            call(settings, deployment(&images))
        }),
        ("fewer attestors than a rule of imagePolicy needs", {
            let mut settings = some_of_three(2, &["security"]);
            settings["contact"] = "#platform on chat.example".into();
            call(settings, deployment(&[("web", &web), ("proxy", &proxy)]))
        }),
        ("fewer attestors, none of which is always needed", {
            call(some_of_three(2, &[]), deployment(&[("web", &web)]))
        }),
        (
            "as many attestors as needed, but not one that is always needed",
            {
                call(
                    some_of_three(1, &["security"]),
                    deployment(&[("web", &web)]),
                )
            },
        ),
        ("statements of types that rules of imagePolicy require", {
            let typed = |names: &[&str], threshold: usize, types: &[&str]| {
                let names: Vec<_> = names.iter().map(|name| attestor_name(name)).collect();
                json!({"attestors": names, "threshold": threshold, "predicateTypes": types})
            };
            let spdx = [
                "https://spdx.dev/Document",
                "https://spdx.dev/Document/v2.3",
            ];
            let slsa = ["https://slsa.dev/provenance/v1"];
            let settings = settings_of_rules(&[
                json!({"name": "listed", "images": ["**"], "require": [
                    typed(&["build"], 1, &spdx), typed(&["qa", "security"], 2, &spdx)]}),
                json!({"name": "built", "images": ["**"], "require": [
                    typed(&["build"], 1, &slsa), typed(&["qa", "security"], 1, &slsa)]}),
            ]);
            call(settings, deployment(&[("web", &web)]))
        }),
        (
            "a predicate type is told whole, and others that do not fit are counted",
            {
                let long = format!(
                    "https://example.com/{}/v1",
                    "types/".repeat(14).trim_end_matches('/')
                );
                let types = [long.as_str(), "urn:other", "urn:third"];
                let settings =
                    settings_of_rules(&[json!({"name": "listed", "images": ["**"], "require": [
                {"attestors": [attestor_name("build")], "predicateTypes": types},
                {"attestors": [attestor_name("qa"), attestor_name("security")], "threshold": 1,
                    "predicateTypes": types}]})]);
                call(settings, deployment(&[("web", &web)]))
            },
        ),
        ("a rule of imagePolicy in dry run", {
            let settings = settings_of_rules(&[
                json!({"name": "pinned", "images": ["**@-"], "deny": "Pin a digest.", "enforcement": "dryrun"}),
                json!({"name": "all", "images": ["**"], "exempt": {}}),
            ]);
            call(settings, deployment(&[("web", &tag)]))
        }),
        ("an index of which one image is not attested", {
            let mut settings = two_attestors();
            settings["policy"]["defaultAdmissionRule"] = require(&["build"]);
            settings["indexPolicy"] = "platforms".into();
            settings["registries"] = json!(["registry.example"]);
            let entries = [(A, "amd64"), (B, "arm64")].map(|(digest, architecture)| {
                json!({
                    "mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": digest,
                    "size": 7, "platform": {"architecture": architecture, "os": "linux"},
                })
            });
            let index = json!({"schemaVersion": 2, "manifests": entries});
            let digest = Digest::of(index.to_string().as_bytes());
            let image = image("web", &digest.to_string());
            let mut call = call(settings, deployment(&[("web", &image)]));
            call["evidence"] = json!([answer("manifest", &image, json!({"found": index}))]);
            call
        }),
        ("a tag in a registry that may not be asked", {
            let mut settings = two_attestors();
            settings["resolveTags"] = true.into();
            settings["registries"] = json!(["registry.example", "mirror.example:5000"]);
            call(settings, pod(one_container("ghcr.io/someone/tool:latest")))
        }),
        ("the cluster cannot be asked for attestations", {
            let mut settings = two_attestors();
            settings["evidence"] = json!({"kubernetes": {"notes": {
                note_name("build"): NAMESPACE, note_name("qa"): "attest-qa",
            }}});
            let mut call = call(settings, pod(one_container(&web)));
            let name = core_tests::delivery::resource_name(A);
            let failed = json!({"failed": "forbidden: no role"});
            let names = [name.clone(), name.replace(NAMESPACE, "attest-qa")];
            call["evidence"] = names
                .map(|name| answer("attestation", &name, failed.clone()))
                .into();
            call
        }),
        ("settings with a mistake", {
            let mut broken = settings();
            broken["policy"]["defaultAdmissionRule"]["enforcementMode"] = "ENFORCE".into();
            broken["atestors"] = json!([]);
            call(broken, pod(one_container(&web)))
        }),
        (
            "more images than a message names, two of which look alike",
            {
                let alike = format!("sha256:2222{}2222", "0".repeat(56));
                let images: Vec<_> = (0..12)
                    .map(|index| match index {
                        0 => image("web", &format!("sha256:{}", "2".repeat(64))),
                        1 => image("web", &alike),
                        _ => image(&format!("part-{index}"), A),
                    })
                    .collect();
                let names: Vec<_> = (0..12).map(|index| format!("app-{index}")).collect();
                let images: Vec<_> = names
                    .iter()
                    .zip(&images)
                    .map(|(name, image)| (name.as_str(), image.as_str()))
                    .collect();
                call(two_attestors(), deployment(&images))
            },
        ),
        ("dry run admits six images", {
            let mut settings = two_attestors();
            settings["policy"]["defaultAdmissionRule"]["enforcementMode"] =
                "DRYRUN_AUDIT_LOG_ONLY".into();
            let images: Vec<_> = ["web", "proxy", "cache", "queue", "cron", "mail"]
                .map(|name| (name, image(name, A)))
                .into();
            let images: Vec<_> = images
                .iter()
                .map(|(name, image)| (*name, image.as_str()))
                .collect();
            call(settings, deployment(&images))
        }),
        (
            "break-glass admits what the policy denies, beside a platform policy in dry run",
            {
                let mut settings = two_attestors();
                settings["breakGlass"] = json!({"namespaces": ["default"]});
                settings["platformPolicies"] = json!([policy(&[always_deny()])]);
                settings["platformPolicyEnforcement"] = "dryrun".into();
                let mut request = pod(one_container(&proxy));
                request["object"]["metadata"]["labels"] =
                    json!({"image-policy.k8s.io/break-glass": "true"});
                call(settings, request)
            },
        ),
    ]
}

/// Returns the response that the API server gets.
fn response(call: &Value) -> Value {
    let bytes = call.to_string();
    let now = Time::parse(NOW).unwrap();
    let call = Call::parse(bytes.as_bytes(), Extras::Allowed, &Budget::DEFAULT).unwrap();
    let decision = policy_wasm::decide(&call, &|| Some(now), &mut NoLookup, &Budget::DEFAULT);
    serde_json::to_value(AdmissionResponse::from(decision)).unwrap()
}

fn texts(response: &Value) -> (Vec<&str>, Vec<&str>, Map<String, Value>) {
    let message = response["message"].as_str().unwrap_or_default();
    let warnings = response["warnings"].as_array();
    let warnings = warnings.into_iter().flatten().filter_map(Value::as_str);
    let annotations = response["audit_annotations"].as_object();
    (
        message.lines().collect(),
        warnings.collect(),
        annotations.cloned().unwrap_or_default(),
    )
}

fn render(title: &str, response: &Value) -> String {
    let verdict = match response["code"].as_u64() {
        None => "admitted".to_owned(),
        Some(code) => format!("denied, status {code}"),
    };
    let (message, warnings, annotations) = texts(response);
    let mut text = format!("== {title} ({verdict})\n");
    for line in message {
        writeln!(text, "{line}").unwrap();
    }
    for warning in warnings {
        writeln!(text, "Warning: {warning}").unwrap();
    }
    text.push_str("-- audit annotations\n");
    for (key, value) in annotations {
        writeln!(
            text,
            "{key}: {}",
            value.as_str().unwrap().replace(',', ",\n  ")
        )
        .unwrap();
    }
    text.push('\n');
    text
}

#[test]
fn typical_outcomes_read_like_this() {
    let rendered: String = outcomes()
        .iter()
        .map(|(title, call)| render(title, &response(call)))
        .collect();
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("baselines/denials.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &rendered).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap();
    assert_eq!(rendered, golden, "run with BLESS=1 if that is right");
}

/// Checks the limits that the documentation promises.
#[track_caller]
fn is_within_limits(what: &str, response: &Value) {
    let (message, warnings, annotations) = texts(response);
    let length = response["message"]
        .as_str()
        .unwrap_or_default()
        .chars()
        .count();
    assert!(length < 1_200, "{what}: {length} characters");
    for line in message {
        let has_long_name = line.split(' ').any(|word| word.chars().count() > 60);
        let width = line.chars().count();
        assert!(
            width <= 80 || has_long_name,
            "{what}: {width} columns: {line}"
        );
        assert!(
            line.chars().all(policy_wasm::is_printable),
            "{what}: {line}"
        );
    }
    for warning in &warnings {
        assert!(warning.chars().count() <= 120, "{what}: {warning}");
        assert!(
            warning.chars().all(policy_wasm::is_printable),
            "{what}: {warning}"
        );
    }
    for (key, value) in annotations {
        let value = value.as_str().unwrap();
        assert!(KEYS.contains(&key.as_str()), "{what}: {key}");
        assert!(
            !value.is_empty() && value.chars().count() < 256,
            "{what}: {key}: {value}"
        );
        assert!(
            value.chars().all(policy_wasm::is_printable),
            "{what}: {value}"
        );
    }
}

/// The audit annotations there are.
const KEYS: [&str; 10] = [
    "verdict",
    "codes",
    "policy",
    "rule",
    "attestors",
    "evidence",
    "images-denied",
    "overridden",
    "dry-run",
    "break-glass",
];

#[test]
fn every_outcome_stays_within_the_limits() {
    for (title, call) in outcomes() {
        is_within_limits(title, &response(&call));
    }
    for case in core_tests::corpus::all() {
        let Ok(call) = serde_json::from_slice::<Value>(&case.call) else {
            continue;
        };
        if Call::parse(&case.call, Extras::Allowed, &Budget::DEFAULT).is_ok() {
            is_within_limits(&case.name, &response(&call));
        }
    }
}

#[test]
fn every_annotation_is_documented_and_set_by_an_outcome() {
    let docs = include_str!("../../../docs/audit-annotations.md");
    let calls = outcomes();
    let responses: Vec<_> = calls.iter().map(|(_, call)| response(call)).collect();
    for key in KEYS {
        assert!(docs.contains(&format!("| `{key}` |")), "{key}");
        assert!(
            responses
                .iter()
                .any(|one| one["audit_annotations"].get(key).is_some()),
            "{key}"
        );
    }
}

/// Names that are long, hostile or both, and as many as a request may have.
#[test]
fn hostile_names_neither_lengthen_a_message_nor_begin_a_line() {
    let evil = "x\n\u{1b}[31mdenied: nothing\u{202e} ".repeat(40);
    let long = format!("registry.example/{}:1", "a".repeat(250));
    let mut settings = two_attestors();
    settings["contact"] = "c".repeat(200).into();
    for mode in ["ENFORCED_BLOCK_AND_AUDIT_LOG", "DRYRUN_AUDIT_LOG_ONLY"] {
        settings["policy"]["defaultAdmissionRule"]["enforcementMode"] = mode.into();
        for image in [evil.as_str(), &long, "", "a b"] {
            for name in [evil.as_str(), "web", "é"] {
                let spec = |index: usize| json!({"name": format!("{name}{index}"), "image": image});
                let containers: Vec<_> = (0..250).map(spec).collect();
                let call = call(settings.clone(), pod(json!({"containers": containers})));
                let response = response(&call);
                is_within_limits(&format!("{image} {name}"), &response);
                if response["accepted"] == false {
                    let message = response["message"].as_str().unwrap();
                    assert!(
                        message.starts_with("denied: 250 of 250 images "),
                        "{message}"
                    );
                    assert!(message.contains("\n  and 24"), "{message}");
                    assert!(
                        message.contains("\nhelp: countersign explain "),
                        "{message}"
                    );
                    assert!(message.ends_with(&"c".repeat(200)), "{message}");
                }
            }
        }
    }
}

#[test]
fn a_document_in_dry_run_is_no_reason_of_a_denial() {
    let mut settings = two_attestors();
    settings["platformPolicies"] = json!([policy(&[always_deny()])]);
    settings["platformPolicyEnforcement"] = "dryrun".into();
    let response = response(&call(settings, pod(one_container(&image("proxy", B)))));
    let text = response.to_string();
    assert_eq!(response["accepted"], false);
    assert!(
        text.contains("no-valid-attestation") && !text.contains("always-deny"),
        "{text}"
    );
}

#[test]
fn attestors_of_one_name_are_told_apart() {
    let (one, two) = (TestKey::new("one"), TestKey::new("two"));
    let mut attestors = json!([attestor("qa", &[&one]), attestor("qa", &[&two])]);
    attestors[1]["name"] = "projects/other/attestors/qa".into();
    let mut rule = require(&["qa"]);
    rule["requireAttestationsBy"] =
        json!(["projects/p/attestors/qa", "projects/other/attestors/qa"]);
    let settings = json!({"policy": {"defaultAdmissionRule": rule}, "attestors": attestors});
    let response = response(&call(settings, pod(one_container(&image("web", A)))));
    let message = response["message"]
        .as_str()
        .unwrap()
        .replace("\n      ", " ");
    assert!(
        message
            .contains("not attested by projects/p/attestors/qa and projects/other/attestors/qa ["),
        "{message}"
    );
}

/// The cause in the Decision, and so for every reader of it.
#[test]
fn a_missing_attestation_tells_the_most_telling_cause() {
    let not_signed = "No trusted key has signed this digest";
    let no_identity = "No trusted identity has signed this digest";
    let note = "Signed, but under another note";
    let unknown = "Signed with a key that is not trusted for it";
    let bad = "The signature does not verify with the key that it names";
    for (case, expected) in [
        ("no_occurrences", not_signed),
        ("x04_signed_for_other_digest", not_signed),
        (
            "x04_filed_under_the_image_and_signed_for_another",
            not_signed,
        ),
        // The key of attestor `a` under the note of attestor `b`: `b` has not signed.
        ("one_attestors_key_under_the_others_note", not_signed),
        ("x11_under_another_note", note),
        ("resource_with_an_occurrence_of_another_note", note),
        ("x07_unknown_key_id", unknown),
        ("x03_payload_changed_after_signing", bad),
        ("signature_by_other_key_under_our_id", bad),
        ("x30_pgp_key_expired", "Signed with a key that has expired"),
        (
            "key_one_second_before_its_window",
            "Signed with a key that is valid from 2026-06-01 by the setting `keys`",
        ),
        (
            "key_one_second_after_its_window",
            "Signed with a key that was valid until 2026-06-30 by the setting `keys`",
        ),
        (
            "key_at_its_end",
            "Signed with a key that was valid until 2026-06-01T12:01:00Z by the setting `keys`",
        ),
        ("x06_other_repository", "Signed for another repository"),
        ("every_reason_wherever_it_is_filed", bad),
        (
            "certificate_of_a_fork",
            "Signed by github.com/evil/shop/…/release.yml@refs/tags/v1, not by \
             …/acme/shop/…/release.yml@refs/tags/v1",
        ),
        (
            "certificate_of_another_issuer",
            "Signed by an identity of issuer issuer.example, not of token.actions.githubusercontent.com",
        ),
        (
            "signed_after_the_identity_was_given_up",
            "Signed at 2026-06-15T11:00:00Z, after `signedBefore` 2026-06-15T10:59:59Z",
        ),
        ("no_bundle_at_all", no_identity),
        (
            "certificate_bundle_without_identities_in_the_settings",
            "Signed with a certificate, and only keys are trusted for it",
        ),
        (
            "bundle_signed_when_the_certificate_had_expired",
            "Signed by a trusted identity when its certificate was not valid",
        ),
        (
            "bundle_without_an_sct",
            "Signed by a trusted identity, but its Sigstore bundle does not verify",
        ),
        ("bundle_for_another_image_from_settings", no_identity),
        ("bundle_of_another_attestor_of_the_rule", not_signed),
    ] {
        let call = &core_tests::corpus::named(case).call;
        let decision: Value =
            serde_json::from_slice(&core_tests::native::decide_natively(call)).unwrap();
        let attestors = decision["images"][0]["results"][0]["attestors"]
            .as_array()
            .unwrap();
        let missing = attestors
            .iter()
            .find(|one| one["verified"] == false)
            .unwrap();
        assert_eq!(
            missing["reasons"][0]["code"], "no-valid-attestation",
            "{case}"
        );
        assert_eq!(
            missing["reasons"][0]["message"], expected,
            "{case}: {decision:#}"
        );
    }
}
