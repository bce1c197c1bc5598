//! `slsaCheck`: whose word on a build counts, and that one statement says all of it.

use serde_json::{Value, json};

use crate::case::{A, B, Case};
use crate::corpus::envelopes::wrapped_in;
use crate::delivery::{Delivery, answer, resource_name};
use crate::platform::statements::{
    CLOUD_BUILD, SLSA_V1, clean_scan, cloud_build, provenance_v1, signed, statement,
    statement_about,
};
use crate::platform::{
    PROVENANCE, VULNERABILITY, builder, checked, from, scanner, slsa, supply, trust,
};
use crate::signing::{IN_TOTO, TestKey, envelope};

pub(super) const FORGE: &str = "https://forge.example/builder";
pub(super) const REPOSITORY: &str = "https://github.com/trusted/app";

/// A rule of Google's builder that asks for nothing else.
pub(super) fn by_cloud_build() -> Value {
    json!({"trustedBuilder": "GOOGLE_CLOUD_BUILD"})
}

/// Provenance of a builder in the settings.
pub(super) fn by_forge() -> Value {
    json!({"trustedBuilder": FORGE})
}

pub(super) fn from_trusted(mut rule: Value) -> Value {
    rule["trustedSourceRepoPatterns"] = json!(["github.com/trusted/*"]);
    rule
}

pub(super) fn configured(mut rule: Value) -> Value {
    rule["configBasedBuildRequired"] = true.into();
    rule
}

/// Provenance that stands in the settings.
pub(super) fn inline(
    name: &str,
    expected: &'static str,
    rules: &[Value],
    statements: &[Value],
) -> Case {
    checked(name, expected, &[slsa(rules)], |call| {
        call["settings"]["evidence"] = json!({"statements": statements});
    })
}

/// Envelopes, with one key that the settings trust for the forge's builds.
pub(super) fn supplied(name: &str, expected: &'static str, envelopes: &[Value]) -> Case {
    checked(name, expected, &[slsa(&[by_forge()])], |call| {
        supply(Delivery::Settings, call, envelopes);
        trust_forge(call);
    })
}

pub(super) fn trust_forge(call: &mut Value) {
    let key = TestKey::new("forge");
    trust(call, PROVENANCE, &[builder(FORGE, &[&key])]);
}

pub(super) fn cases() -> Vec<Case> {
    [several(), speakers(), places(), filed_as_build()].concat()
}

/// One statement meets all that one rule asks for.
fn several() -> Vec<Case> {
    let rule = || configured(from_trusted(by_cloud_build()));
    let good = || cloud_build(REPOSITORY);
    let right_builder = || cloud_build("https://github.com/evil/app");
    let right_source = || provenance_v1(FORGE, Some(REPOSITORY));
    let elsewhere = || {
        let mut statement = good();
        statement["subject"][0]["digest"]["sha256"] = B[7..].into();
        statement
    };
    let two = |name, expected, statements: &[Value]| inline(name, expected, &[rule()], statements);
    vec![
        two(
            "facts_split_over_two_statements",
            "deny no-matching-provenance",
            &[right_builder(), right_source()],
        ),
        two(
            "good_provenance_after_bad",
            "allow check-passed !no-matching-provenance",
            &[right_builder(), right_source(), good()],
        ),
        two(
            "good_provenance_before_bad",
            "allow check-passed !no-matching-provenance",
            &[good(), right_builder(), right_source()],
        ),
        two(
            "provenance_of_another_image",
            "error evidence-missing !no-matching-provenance",
            &[elsewhere()],
        ),
        two(
            "good_provenance_of_another_image_beside_a_bad_one",
            "deny no-matching-provenance",
            &[elsewhere(), right_builder()],
        ),
        inline(
            "facts_split_over_two_rules",
            "deny no-matching-provenance",
            &[configured(by_cloud_build()), from_trusted(by_cloud_build())],
            &[provenance_v1(CLOUD_BUILD, None)],
        ),
        checked(
            "second_rule_is_satisfied",
            "allow check-passed",
            &[slsa(&[rule(), by_forge()])],
            |call| {
                call["settings"]["evidence"] = json!({"statements": [right_source()]});
                trust_forge(call);
            },
        ),
    ]
}

/// Provenance counts in the settings, and signed by a key that speaks for a builder.
fn speakers() -> Vec<Case> {
    let key = TestKey::new("forge");
    let good = || provenance_v1(FORGE, Some(REPOSITORY));
    let unreadable = || statement(SLSA_V1, json!({"runDetails": {"builder": {}}}));
    let by = |name: &str| signed(&TestKey::new(name), &good());
    let nothing = "error evidence-missing !no-matching-provenance";
    let untrusted = "error evidence-missing evidence-untrusted !check-passed";
    let mut flipped = by("forge");
    flipped["signatures"][0]["sig"] = by("stranger")["signatures"][0]["sig"].clone();
    vec![
        supplied("no_provenance", nothing, &[]),
        supplied(
            "provenance_signed_by_unknown_key",
            untrusted,
            &[by("stranger")],
        ),
        supplied(
            "provenance_with_the_signature_of_another_key",
            untrusted,
            &[flipped],
        ),
        supplied(
            "provenance_by_stranger_beside_good",
            "allow check-passed",
            &[by("stranger"), by("forge")],
        ),
        supplied(
            "provenance_that_cannot_be_read",
            "error evidence-invalid",
            &[signed(&key, &unreadable())],
        ),
        supplied(
            "provenance_that_cannot_be_read_beside_good",
            "allow check-passed",
            &[signed(&key, &unreadable()), by("forge")],
        ),
        // A key may sign much; only what it says about the build is provenance.
        supplied(
            "only_other_predicate_type",
            nothing,
            &[signed(&key, &clean_scan("2026-06-15T11:00:00Z"))],
        ),
        supplied(
            "publish_statement_for_provenance",
            nothing,
            &[signed(
                &key,
                &statement(
                    "https://github.com/npm/attestation/tree/main/specs/publish/v0.1",
                    good()["predicate"].clone(),
                ),
            )],
        ),
        supplied(
            "provenance_in_an_envelope_of_another_type",
            nothing,
            &[envelope(&key, "application/json", &good().to_string())],
        ),
        supplied(
            "provenance_with_a_key_twice",
            "error evidence-invalid",
            &[envelope(
                &key,
                IN_TOTO,
                &good()
                    .to_string()
                    .replace(r#""id":"#, r#""id":"https://evil.example","id":"#),
            )],
        ),
        supplied(
            "signed_provenance_of_another_image",
            nothing,
            &[signed(
                &key,
                &statement_about(B, SLSA_V1, good()["predicate"].clone()),
            )],
        ),
        checked(
            "provenance_by_the_key_of_a_scanner",
            untrusted,
            &[slsa(&[by_forge()])],
            |call| {
                let scans = TestKey::new("scanner");
                supply(Delivery::Settings, call, &[signed(&scans, &good())]);
                trust_forge(call);
                trust(call, VULNERABILITY, &[scanner(&[&scans])]);
            },
        ),
    ]
}

fn places() -> Vec<Case> {
    let good = || {
        signed(
            &TestKey::new("forge"),
            &provenance_v1(FORGE, Some(REPOSITORY)),
        )
    };
    let mut cases: Vec<_> = Delivery::ALL
        .into_iter()
        .map(|place| {
            let name = from("provenance", place);
            checked(
                &name,
                "allow check-passed",
                &[slsa(&[by_forge()])],
                |call| {
                    supply(place, call, &[good()]);
                    trust_forge(call);
                },
            )
        })
        .collect();
    let down = |call: &mut Value| {
        let failed = json!({"failed": "forbidden"});
        supply(Delivery::Kubernetes, call, &[]);
        call["evidence"] = json!([answer("attestation", &resource_name(A), failed)]);
        trust_forge(call);
    };
    cases.extend([
        checked(
            "provenance_lookup_failed",
            "error host-capability-failed",
            &[slsa(&[by_forge()])],
            down,
        ),
        checked(
            "provenance_lookup_failed_and_found_elsewhere",
            "allow check-passed",
            &[slsa(&[by_forge()])],
            |call| {
                down(call);
                call["settings"]["evidence"]["occurrences"] = json!([good()]);
            },
        ),
    ]);
    cases
}

/// An occurrence of kind `BUILD`, as Cloud Build files provenance: the statement in the clear, and the
/// envelope around the same statement.
fn build(envelope: Value) -> Value {
    json!({
        "kind": "BUILD", "name": "projects/p/occurrences/1",
        "noteName": "projects/verified-builder/notes/intoto_slsa_v1_1",
        "resourceUri": format!("https://trusted.example/app@{A}"),
        "build": {"inTotoSlsaProvenanceV1": {"_type": "https://in-toto.io/Statement/v1"}},
        "envelope": envelope,
    })
}

/// What `gcloud artifacts docker images describe --show-provenance --format=json` prints.
fn description(builds: &[Value]) -> Value {
    json!({
        "image_summary": {"digest": A, "fully_qualified_digest": format!("trusted.example/app@{A}")},
        "provenance_summary": {"provenance": builds},
    })
}

/// Provenance lies in an envelope, whatever the occurrence around it is called.
fn filed_as_build() -> Vec<Case> {
    let key = TestKey::new("forge");
    let statement = || provenance_v1(FORGE, Some(REPOSITORY));
    let good = || signed(&key, &statement());
    let forged = || signed(&TestKey::new("stranger"), &statement());
    let nothing = "error evidence-missing !no-matching-provenance";
    let untrusted = "error evidence-missing evidence-untrusted !check-passed";
    let passed = "allow check-passed";
    let mut unsigned = build(json!({}));
    unsigned.as_object_mut().unwrap().remove("envelope");
    let elsewhere = signed(
        &key,
        &statement_about(B, SLSA_V1, statement()["predicate"].clone()),
    );
    let mut cases = vec![
        supplied("build_without_an_envelope", nothing, &[unsigned]),
        supplied("build_signed_by_a_stranger", untrusted, &[build(forged())]),
        supplied("build_of_another_image", nothing, &[build(elsewhere)]),
        supplied(
            "description_of_an_image_by_gcloud",
            passed,
            &[description(&[build(forged()), build(good())])],
        ),
        supplied(
            "description_of_an_image_without_provenance",
            nothing,
            &[description(&[])],
        ),
        supplied(
            "description_of_an_image_built_by_a_stranger",
            untrusted,
            &[description(&[build(forged())])],
        ),
        supplied(
            "build_of_tekton_chains",
            passed,
            &[build(wrapped_in(&statement().to_string(), &good()))],
        ),
        supplied(
            "build_of_tekton_chains_signed_by_a_stranger",
            untrusted,
            &[build(wrapped_in(&statement().to_string(), &forged()))],
        ),
        supplied(
            "bundle_is_no_provenance",
            untrusted,
            &[json!({
                "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
                "verificationMaterial": {}, "dsseEnvelope": good(),
            })],
        ),
        // Cloud Build's ids of keys are resources of Cloud KMS, and no addresses.
        checked(
            "cloud_build_signs_with_a_key_of_its_own_id",
            passed,
            &[slsa(&[by_cloud_build()])],
            |call| {
                let id = "projects/verified-builder/locations/global/keyRings/attestor/cryptoKeys/\
                          google-hosted-worker/cryptoKeyVersions/1";
                let key = TestKey::new("cloud-build");
                let mut envelope = signed(&key, &cloud_build(REPOSITORY));
                envelope["signatures"][0]["keyid"] = id.into();
                supply(Delivery::Settings, call, &[description(&[build(envelope)])]);
                let mut builder = builder(CLOUD_BUILD, &[&key]);
                builder["publicKeys"][0]["pkixPublicKey"]["keyId"] = id.into();
                trust(call, PROVENANCE, &[builder]);
            },
        ),
    ];
    for place in [Delivery::Settings, Delivery::Kubernetes, Delivery::Registry] {
        cases.push(checked(
            &from("build", place),
            passed,
            &[slsa(&[by_forge()])],
            |call| {
                supply(place, call, &[build(good())]);
                trust_forge(call);
            },
        ));
    }
    cases
}
