//! `indexPolicy: platforms`: the images of an index are attested in place of it.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::case::{A, B, Case, call_case, one_container, pod, rule};
use crate::delivery::answer;
use crate::image_policy;
use crate::platform::trusted_directory;
use crate::signing::{TestKey, occurrence, payload};

const REPOSITORY: &str = "trusted.example/app";
const INDEX: &str = "application/vnd.oci.image.index.v1+json";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

pub(super) fn cases() -> Vec<Case> {
    [
        listed(),
        manifests(),
        spellings(),
        answers(),
        documents(),
        limits(),
    ]
    .concat()
}

fn digest(text: &str) -> String {
    let digest = Sha256::digest(text.as_bytes());
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256:{hex}")
}

/// An entry of an index.
fn entry(digest: &str, architecture: &str) -> Value {
    json!({
        "mediaType": MANIFEST, "digest": digest, "size": 7,
        "platform": {"architecture": architecture, "os": "linux"},
    })
}

/// The entry under which BuildKit stores attestations of a listed image.
fn of_buildkit(digest: &str, subject: &str) -> Value {
    json!({
        "mediaType": MANIFEST, "digest": digest, "size": 7,
        "annotations": {
            "vnd.docker.reference.digest": subject,
            "vnd.docker.reference.type": "attestation-manifest",
        },
        "platform": {"architecture": "unknown", "os": "unknown"},
    })
}

fn index(entries: &[Value]) -> Value {
    json!({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries})
}

/// Makes the call about an image whose manifest is this text, which the host returns as it is or written anew.
fn about(call: &mut Value, text: &str, answer_of_host: Value) {
    let reference = format!("{REPOSITORY}@{}", digest(text));
    call["settings"]["indexPolicy"] = "platforms".into();
    call["settings"]["registries"] = json!(["trusted.example"]);
    call["request"] = pod(one_container(&reference));
    call["evidence"] = json!([answer("manifest", &reference, answer_of_host)]);
}

/// A case about an image with this manifest.
fn with(name: &str, expected: &'static str, manifest: &Value) -> Case {
    changed(name, expected, manifest, |_| {})
}

fn changed(
    name: &str,
    expected: &'static str,
    manifest: &Value,
    change: impl FnOnce(&mut Value),
) -> Case {
    call_case(&format!("index_{name}"), expected, |call| {
        about(call, &manifest.to_string(), json!({"found": manifest}));
        change(call);
    })
}

/// Adds the attestation of another image by attestor `a`.
fn attest(call: &mut Value, digest: &str) {
    let payload = payload(REPOSITORY, digest);
    let occurrence = occurrence("a", &TestKey::new("a"), payload.as_bytes());
    let occurrences = &mut call["settings"]["evidence"]["occurrences"];
    occurrences.as_array_mut().unwrap().push(occurrence);
}

/// Puts the policy's rule in dry run.
fn dry_run(call: &mut Value) {
    call["settings"]["policy"]["defaultAdmissionRule"]["enforcementMode"] =
        "DRYRUN_AUDIT_LOG_ONLY".into();
}

/// Entries of an index that must be attested.
fn listed() -> Vec<Case> {
    let both = index(&[entry(A, "amd64"), entry(B, "arm64")]);
    let alone = index(&[entry(A, "amd64")]);
    let itself = digest(&alone.to_string());
    let mut without_platform = entry(B, "arm64");
    without_platform.as_object_mut().unwrap().remove("platform");
    let marked = |change: fn(&mut Value)| {
        let mut marked = of_buildkit(B, A);
        change(&mut marked);
        index(&[entry(A, "amd64"), marked])
    };
    vec![
        with("of_one_attested_image", "allow attested", &alone),
        changed("of_two_attested_images", "allow attested", &both, |call| {
            attest(call, B);
        }),
        with("of_an_unattested_image", "deny no-valid-attestation", &both),
        with(
            "of_the_same_image_twice",
            "allow attested",
            &index(&[entry(A, "amd64"), entry(A, "arm64")]),
        ),
        changed(
            "attested_itself_but_not_its_image",
            "deny no-valid-attestation",
            &index(&[entry(B, "amd64")]),
            |call| {
                let index = index(&[entry(B, "amd64")]);
                attest(call, &digest(&index.to_string()));
            },
        ),
        changed(
            "under_the_default_is_attested_itself",
            "deny no-valid-attestation !index-unavailable",
            &alone,
            |call| call["settings"]["indexPolicy"] = "digest".into(),
        ),
        changed(
            "under_the_default_needs_no_host",
            "allow attested",
            &alone,
            |call| {
                call["settings"]
                    .as_object_mut()
                    .unwrap()
                    .remove("indexPolicy");
                call["evidence"] = json!([]);
                attest(call, &itself);
            },
        ),
        with(
            "with_an_entry_without_a_platform",
            "deny no-valid-attestation",
            &index(&[entry(A, "amd64"), without_platform]),
        ),
        with(
            "with_attestations_of_buildkit",
            "allow attested",
            &marked(|_| {}),
        ),
        with(
            "with_a_marked_entry_of_a_platform",
            "deny no-valid-attestation",
            &marked(|entry| entry["platform"]["architecture"] = "amd64".into()),
        ),
        with(
            "with_a_marked_entry_of_a_system",
            "deny no-valid-attestation",
            &marked(|entry| entry["platform"]["os"] = "linux".into()),
        ),
        with(
            "with_a_marked_entry_without_a_platform",
            "deny no-valid-attestation",
            &marked(|entry| {
                entry.as_object_mut().unwrap().remove("platform");
            }),
        ),
        with(
            "with_an_unmarked_entry_of_no_platform",
            "deny no-valid-attestation",
            &marked(|entry| entry["annotations"]["vnd.docker.reference.type"] = "other".into()),
        ),
        with(
            "with_attestations_of_an_image_that_is_not_listed",
            "deny no-valid-attestation",
            &marked(|entry| {
                let other = format!("sha256:{}", "c".repeat(64));
                entry["annotations"]["vnd.docker.reference.digest"] = other.into();
            }),
        ),
        changed("of_a_revoked_image", "deny digest-denied", &both, |call| {
            attest(call, B);
            call["settings"]["deniedDigests"] = json!([B]);
        }),
        changed(
            "of_a_revoked_image_in_dry_run",
            "deny digest-denied",
            &both,
            |call| {
                call["settings"]["deniedDigests"] = json!([B]);
                dry_run(call);
            },
        ),
        changed(
            "of_an_unattested_image_in_dry_run",
            "overridden no-valid-attestation dry-run",
            &both,
            dry_run,
        ),
        changed("behind_a_tag", "deny no-valid-attestation", &both, |call| {
            let reference = format!("{REPOSITORY}:1");
            let resolved = json!({"found": {"digest": digest(&index(&[entry(A, "amd64"), entry(B, "arm64")]).to_string())}});
            call["settings"]["resolveTags"] = true.into();
            call["request"] = pod(one_container(&reference));
            let answers = call["evidence"].as_array_mut().unwrap();
            answers.push(answer("tag", &reference, resolved));
        }),
    ]
}

/// A change to a manifest or call
type Change = fn(&mut Value);

/// Manifests: of an image, of an index, and of neither.
fn manifests() -> Vec<Case> {
    let layer =
        json!({"mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": B, "size": 7});
    let image = json!({
        "schemaVersion": 2, "mediaType": MANIFEST, "config": layer, "layers": [layer],
    });
    let attested: fn(&mut Value) = |call| {
        let reference = call["request"]["object"]["spec"]["containers"][0]["image"].clone();
        let (_, digest) = reference.as_str().unwrap().split_once('@').unwrap();
        attest(call, digest);
    };
    let of = |change: fn(&mut Value)| {
        let mut index = index(&[entry(A, "amd64")]);
        change(&mut index);
        index
    };
    let mut cases = vec![
        changed(
            "that_is_an_attested_image",
            "allow attested",
            &image,
            attested,
        ),
        with(
            "that_is_an_unattested_image",
            "deny no-valid-attestation",
            &image,
        ),
        with(
            "without_a_media_type",
            "allow attested",
            &of(|index| {
                index.as_object_mut().unwrap().remove("mediaType");
            }),
        ),
        with(
            "whose_annotations_have_names_of_fields",
            "allow attested",
            &of(|index| index["annotations"] = json!({"Digest": B, "MANIFESTS": ""})),
        ),
        with(
            "of_docker",
            "allow attested",
            &of(|index| {
                index["mediaType"] =
                    "application/vnd.docker.distribution.manifest.list.v2+json".into();
            }),
        ),
    ];
    let unusable: [(&str, Change); 16] = [
        ("with_layers", |index| index["layers"] = json!([])),
        ("with_a_config", |index| index["config"] = json!({})),
        ("of_the_type_of_an_image", |index| {
            index["mediaType"] = MANIFEST.into()
        }),
        ("of_an_unknown_type", |index| {
            index["mediaType"] = "text/plain".into()
        }),
        ("without_entries", |index| index["manifests"] = json!([])),
        ("whose_manifests_are_no_list", |index| {
            index["manifests"] = json!({})
        }),
        ("with_another_index", |index| {
            index["manifests"][0]["mediaType"] = INDEX.into()
        }),
        ("with_an_entry_without_a_digest", |index| {
            index["manifests"][0]["digest"] = json!(null)
        }),
        ("with_manifests_in_another_case", |index| {
            index["Manifests"] = json!([]);
        }),
        ("with_manifests_in_other_letters", |index| {
            index["manife\u{17f}t\u{17f}"] = json!([]);
        }),
        ("with_a_config_in_another_case", |index| {
            index["Config"] = json!({});
        }),
        ("with_a_media_type_in_another_case", |index| {
            index["manifests"][0]["mediatype"] = INDEX.into();
        }),
        ("with_a_digest_in_another_case", |index| {
            index["manifests"][0]["Digest"] = B.into();
        }),
        ("with_a_system_in_another_case", |index| {
            index["manifests"][0]["platform"]["OS"] = "linux".into();
        }),
        ("that_is_nested_too_deeply", |index| {
            index["x"] = json!([[[[[[[[0]]]]]]]]);
        }),
        ("with_only_attestations", |index| {
            index["manifests"] = json!([of_buildkit(A, B), of_buildkit(B, A)]);
        }),
    ];
    for (name, change) in unusable {
        let manifest = of(change);
        cases.push(changed(name, "deny index-invalid", &manifest, attested));
    }
    for (name, manifest) in [
        ("that_is_no_object", json!([])),
        ("that_is_neither", json!({"schemaVersion": 2})),
        ("that_is_an_image_of_the_type_of_an_index", {
            let mut image = image.clone();
            image["mediaType"] = INDEX.into();
            image
        }),
        (
            "of_schema_1",
            json!({"schemaVersion": 1, "fsLayers": [], "history": []}),
        ),
    ] {
        cases.push(changed(name, "deny index-invalid", &manifest, attested));
    }
    cases
}

/// Texts as builders write them. The host's answer has the same values in another order and without white space.
fn spellings() -> Vec<Case> {
    let texts = [
        (
            "buildkit",
            format!(
                "{{\n  \"schemaVersion\": 2,\n  \"mediaType\": \"{INDEX}\",\n  \"manifests\": [\n    {{\n      \
             \"mediaType\": \"{MANIFEST}\",\n      \"digest\": \"{A}\",\n      \"size\": 7,\n      \
             \"platform\": {{\n        \"architecture\": \"arm64\",\n        \"os\": \"linux\",\n        \
             \"variant\": \"v8\"\n      }}\n    }}\n  ]\n}}"
            ),
        ),
        (
            "older_buildkit",
            format!(
                "{{\n  \"mediaType\": \"{INDEX}\",\n  \"schemaVersion\": 2,\n  \"manifests\": [\n    {{\n      \
             \"mediaType\": \"{MANIFEST}\",\n      \"digest\": \"{A}\",\n      \"size\": 7\n    }}\n  ]\n}}"
            ),
        ),
        (
            "docker",
            format!(
                "{{\n   \"schemaVersion\": 2,\n   \"mediaType\": \"{INDEX}\",\n   \"manifests\": [\n      {{\n         \
             \"mediaType\": \"{MANIFEST}\",\n         \"size\": 7,\n         \"digest\": \"{A}\",\n         \
             \"platform\": {{\n            \"architecture\": \"amd64\",\n            \"os\": \"windows\",\n            \
             \"os.version\": \"10.0.1\"\n         }}\n      }}\n   ]\n}}"
            ),
        ),
        (
            "ko",
            format!(
                "{{\"schemaVersion\":2,\"mediaType\":\"{INDEX}\",\"manifests\":[{{\"mediaType\":\"{MANIFEST}\",\
             \"size\":7,\"digest\":\"{A}\",\"platform\":{{\"architecture\":\"amd64\",\"os\":\"linux\"}}}}],\
             \"annotations\":{{\"a\":\"x \\u003cb\\u003e \\u0026 y\",\"b\":\"\"}}}}"
            ),
        ),
        (
            "podman",
            format!(
                "{{\"schemaVersion\":2,\"mediaType\":\"{INDEX}\",\"manifests\":[{{\"mediaType\":\"{MANIFEST}\",\
             \"digest\":\"{A}\",\"size\":7,\"platform\":{{\"architecture\":\"amd64\",\"os\":\"linux\"}}}}]}}"
            ),
        ),
        (
            "sorted",
            format!(
                "{{\n\t\"annotations\": {{\n\t\t\"a\": \"<&>\"\n\t}},\n\t\"manifests\": [\n\t\t{{\n\t\t\t\"digest\": \"{A}\",\n\t\t\t\
             \"mediaType\": \"{MANIFEST}\",\n\t\t\t\"size\": 7\n\t\t}}\n\t],\n\t\"mediaType\": \"{INDEX}\",\n\t\
             \"schemaVersion\": 2\n}}\n"
            ),
        ),
    ];
    let mut cases = Vec::new();
    for (name, text) in &texts {
        let parsed: Value = serde_json::from_str(text).unwrap();
        let anew = reordered(&parsed);
        let name = |what: &str| format!("index_of_{name}_{what}");
        cases.push(call_case(&name("written_anew"), "allow attested", |call| {
            about(call, text, json!({"found": anew}));
        }));
        let mut other = anew.clone();
        other["manifests"][0]["size"] = 8.into();
        cases.push(call_case(
            &name("with_another_value"),
            "error index-unverified",
            |call| {
                about(call, text, json!({"found": other}));
            },
        ));
    }
    let (_, text) = &texts[0];
    cases.push(call_case(
        "index_in_an_unknown_spelling",
        "error index-unverified",
        |call| {
            let parsed: Value = serde_json::from_str(text).unwrap();
            about(call, &format!("{text} "), json!({"found": parsed}));
        },
    ));
    cases
}

/// Returns the values with the fields of all objects in the reverse order.
fn reordered(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(reordered).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().rev();
            fields
                .map(|(key, value)| (key.clone(), reordered(value)))
                .collect()
        }
        plain => plain.clone(),
    }
}

/// Answers of the host.
fn answers() -> Vec<Case> {
    let index = index(&[entry(A, "amd64")]);
    let answered = |name: &str, expected, answer_of_host: Value| {
        call_case(&format!("index_{name}"), expected, |call| {
            about(call, &index.to_string(), answer_of_host);
        })
    };
    let mut other = index.clone();
    other["manifests"][0]["digest"] = B.into();
    vec![
        answered(
            "that_does_not_exist",
            "error index-unavailable !host-capability-failed",
            json!({"absent": true}),
        ),
        answered(
            "that_cannot_be_read",
            "error index-unavailable host-capability-failed",
            json!({"failed": "down"}),
        ),
        answered(
            "in_place_of_which_another_is_returned",
            "error index-unverified",
            json!({"found": other}),
        ),
        answered(
            "in_place_of_which_nothing_is_returned",
            "error index-unverified",
            json!({"found": null}),
        ),
        changed(
            "that_the_host_does_not_return",
            "error index-unavailable",
            &index,
            |call| {
                call["evidence"] = json!([]);
            },
        ),
        changed(
            "of_a_registry_that_is_not_listed",
            "deny registry-not-allowed",
            &index,
            |call| {
                call["settings"]["registries"] = json!(["other.example"]);
            },
        ),
        changed(
            "without_registries",
            "error settings-invalid",
            &index,
            |call| {
                call["settings"]
                    .as_object_mut()
                    .unwrap()
                    .remove("registries");
            },
        ),
        changed(
            "that_no_document_needs",
            "allow always-allow",
            &index,
            |call| {
                call["settings"]["policy"]["defaultAdmissionRule"] = rule("ALWAYS_ALLOW", &[]);
                call["evidence"] = json!([]);
            },
        ),
        changed(
            "of_an_exempt_image",
            "allow exempt-allowlist",
            &index,
            |call| {
                call["settings"]["policy"]["admissionWhitelistPatterns"] =
                    json!([{"namePattern": "trusted.example/*"}]);
                call["evidence"] = json!([]);
            },
        ),
    ]
}

/// The other documents.
fn documents() -> Vec<Case> {
    let both = index(&[entry(A, "amd64"), entry(B, "arm64")]);
    let by_rules = |name: &str, expected, requirement: Value, attested: &[(&str, &str)]| {
        changed(name, expected, &both, |call| {
            let rules = [image_policy::rule("shop", "require", json!([requirement]))];
            let mut settings = image_policy::settings("deny", &rules);
            for field in ["indexPolicy", "registries"] {
                settings[field] = call["settings"][field].take();
            }
            for (attestor, digest) in attested {
                let payload = payload(REPOSITORY, digest);
                let occurrence = occurrence(attestor, &TestKey::new(attestor), payload.as_bytes());
                let occurrences = &mut settings["evidence"]["occurrences"];
                occurrences.as_array_mut().unwrap().push(occurrence);
            }
            call["settings"] = settings;
        })
    };
    let mut two_of_three = image_policy::quorum(&["a", "b", "c"]);
    two_of_three["threshold"] = 2.into();
    // Attestors `a` and `b` have attested A.
    vec![
        by_rules(
            "under_a_rule_for_images",
            "allow image-rules-satisfied",
            image_policy::quorum(&["a"]),
            &[("a", B)],
        ),
        by_rules(
            "under_a_rule_that_one_image_does_not_meet",
            "deny no-valid-attestation",
            image_policy::quorum(&["a", "b"]),
            &[("a", B)],
        ),
        by_rules(
            "whose_images_have_other_quorums",
            "allow image-rules-satisfied",
            two_of_three.clone(),
            &[("b", B), ("c", B)],
        ),
        by_rules(
            "of_which_one_image_lacks_the_quorum",
            "deny threshold-not-met",
            two_of_three,
            &[("c", B)],
        ),
        changed(
            "under_a_check_of_the_name",
            "deny image-not-in-trusted-directory",
            &both,
            |call| {
                attest(call, B);
                call["settings"]["platformPolicies"] = json!([{
                    "gkePolicy": {"checkSets": [{"checks": [trusted_directory(&["other.example/*"])]}]},
                }]);
            },
        ),
    ]
}

/// More than one request may ask for.
fn limits() -> Vec<Case> {
    let many = |count: usize| {
        let entries: Vec<_> = (0..count).map(|_| json!({"digest": A})).collect();
        index(&entries)
    };
    let mut large = many(1);
    large["annotations"] = json!({"a": "x".repeat(256 << 10)});
    vec![
        with(
            "of_as_many_images_as_allowed",
            "allow attested",
            &many(1024),
        ),
        with("of_too_many_images", "error limit-exceeded", &many(1025)),
        with("that_is_too_large", "error limit-exceeded", &large),
        changed(
            "of_too_many_images_in_two_containers",
            "error limit-exceeded",
            &many(513),
            |call| {
                let containers = &mut call["request"]["object"]["spec"]["containers"];
                let mut other = containers[0].clone();
                other["name"] = "other".into();
                containers.as_array_mut().unwrap().push(other);
            },
        ),
    ]
}
