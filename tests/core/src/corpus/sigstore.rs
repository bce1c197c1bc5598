//! Sigstore bundles: identities in place of keys.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pretend_sigstore::{
    Claim, Content, Entry, Instance, Log, Material, Signing, SubjectName, Whose,
};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::case::{A, B, Case, call_case, require};
use crate::delivery::{Delivery, answer, ask_registry, cosign_layer, cosign_payload, manifest};
use crate::platform::statements::{
    SLSA_V0_2, SLSA_V1, clean_scan, critical_scan, statement_about, upload,
};
use crate::platform::{
    NOW, checked, image_freshness, slsa, supply, trust, vulnerability, {self},
};
use crate::signing::{IN_TOTO, TestKey, attestor, attestor_name, attestor_of, envelope};
use crate::sigstore::{
    COMMIT, SIGNED, SUBJECT, bundle, cosign_statement, good_bundle, instance, key_document, root,
    sign, signing, signing_of, sigstore,
};

pub(super) fn cases() -> Vec<Case> {
    [
        places(),
        identities(),
        trusted_roots(),
        contents(),
        signers(),
        many(),
        old_signatures(),
        referrers(),
        checks(),
        statements(),
        provenance(),
    ]
    .concat()
}

const REPOSITORY: &str = "trusted.example/app";
const MISMATCH: &str = "deny no-valid-attestation sigstore-identity-mismatch";

/// A case of an attestor that has only the identity, with these bundles in the settings.
fn with(name: &str, expected: &'static str, bundles: &[Value]) -> Case {
    with_sigstore(name, expected, bundles, |_| {})
}

/// Like [`with`], with a change of `sigstore` in the settings.
fn with_sigstore(
    name: &str,
    expected: &'static str,
    bundles: &[Value],
    change: impl FnOnce(&mut Value),
) -> Case {
    with_call(name, expected, bundles, |call| {
        change(&mut call["settings"]["sigstore"]);
    })
}

fn with_call(
    name: &str,
    expected: &'static str,
    bundles: &[Value],
    change: impl FnOnce(&mut Value),
) -> Case {
    call_case(name, expected, |call| {
        call["time"] = NOW.into();
        call["settings"]["attestors"] = json!([attestor("a", &[])]);
        call["settings"]["sigstore"] = sigstore();
        Delivery::Settings.deliver(call, bundles);
        change(call);
    })
}

/// The identity of [`with`] with other fields.
fn with_identity(name: &str, expected: &'static str, bundle: Value, fields: Value) -> Case {
    with_sigstore(name, expected, &[bundle], |sigstore| {
        let one = &mut sigstore["identities"]["release"][0];
        if fields.get("subjectPattern").is_some() {
            one.as_object_mut().unwrap().remove("subject");
        }
        for (key, value) in fields.as_object().unwrap() {
            one[key] = value.clone();
        }
    })
}

/// Every place that holds attestations holds bundles.
fn places() -> Vec<Case> {
    let mut cases = Vec::new();
    for place in Delivery::ALL {
        let here = |what: &str, expected, bundle: Value| {
            let name = format!("bundle_{what}_from_{}", place.name().replace('-', "_"));
            call_case(&name, expected, |call| {
                call["time"] = NOW.into();
                call["settings"]["attestors"] = json!([attestor("a", &[])]);
                call["settings"]["sigstore"] = sigstore();
                place.deliver(call, &[bundle]);
            })
        };
        cases.extend([
            here("good", "allow attested", good_bundle()),
            here(
                "for_another_image",
                "deny no-valid-attestation attestation-digest-mismatch",
                bundle(&cosign_statement(B)),
            ),
        ]);
    }
    let filed = |digest: &str, bundle: Value| json!({"resourceUri": format!("https://{REPOSITORY}@{digest}"), "bundle": bundle});
    cases.extend([
        with(
            "bundle_filed_under_its_image",
            "allow attested",
            &[filed(A, good_bundle())],
        ),
        with(
            "bundle_filed_under_another_image",
            "allow attested",
            &[filed(B, good_bundle())],
        ),
        with(
            "bundle_for_another_image_filed_under_this_one",
            "deny no-valid-attestation attestation-digest-mismatch",
            &[filed(A, bundle(&cosign_statement(B)))],
        ),
        with(
            "bundle_that_is_no_object",
            "deny no-valid-attestation attestation-undecodable",
            &[json!({"bundle": "x"})],
        ),
        with("no_bundle_at_all", "deny no-valid-attestation", &[]),
    ]);
    cases
}

/// Which certificates are the identity.
fn identities() -> Vec<Case> {
    let subject = |subject: SubjectName| {
        let mut signing = signing(&cosign_statement(A));
        signing.leaf.names = vec![subject];
        sign(&signing)
    };
    let uri = |text: &str| subject(SubjectName::Uri(text.into()));
    let email = |text: &str| subject(SubjectName::Email(text.into()));
    let mail = |text: &str| json!({"subject": text});
    let pattern = SUBJECT.replace("v1", "*");
    vec![
        with(
            "certificate_of_a_fork",
            MISMATCH,
            &[uri(&SUBJECT.replace("acme", "evil"))],
        ),
        with(
            "certificate_with_percent_encoding",
            MISMATCH,
            &[uri(&SUBJECT.replace("acme", "%61cme"))],
        ),
        with(
            "certificate_of_an_email_that_reads_like_the_workflow",
            MISMATCH,
            &[email(SUBJECT)],
        ),
        with(
            "certificate_of_another_issuer",
            MISMATCH,
            &[{
                let mut signing = signing(&cosign_statement(A));
                signing.leaf.issuer = Some("https://issuer.example".into());
                signing.leaf.old_issuer = None;
                sign(&signing)
            }],
        ),
        with_identity(
            "subject_pattern_of_all_tags",
            "allow attested",
            good_bundle(),
            json!({"subjectPattern": pattern}),
        ),
        with_identity(
            "subject_pattern_of_all_branches",
            MISMATCH,
            good_bundle(),
            json!({"subjectPattern": SUBJECT.replace("tags/v1", "heads/**")}),
        ),
        with_identity(
            "email_of_a_person",
            "allow attested",
            email("ann@example.com"),
            mail("ann@example.com"),
        ),
        with_identity(
            "email_whose_domain_differs_in_case",
            MISMATCH,
            email("ann@Example.com"),
            mail("ann@example.com"),
        ),
        with_identity(
            "claim_of_the_source_repository",
            "allow attested",
            good_bundle(),
            json!({"claims": {"sourceRepositoryURI": "https://github.com/acme/shop"}}),
        ),
        // Anyone may call a public reusable workflow, whose certificate then has its name.
        with(
            "reusable_workflow_called_by_a_stranger",
            "allow attested",
            &[by_stranger()],
        ),
        with_identity(
            "reusable_workflow_called_by_a_stranger_and_a_claim",
            MISMATCH,
            by_stranger(),
            json!({"claims": {"sourceRepositoryURI": "https://github.com/acme/shop"}}),
        ),
        with_identity(
            "workflow_run_by_another_trigger",
            MISMATCH,
            claiming("buildTrigger", "pull_request_target"),
            json!({"claims": {"buildTrigger": ["push", "workflow_dispatch"]}}),
        ),
        with_identity(
            "owner_whose_name_was_taken_again",
            MISMATCH,
            claiming("sourceRepositoryOwnerIdentifier", "8"),
            json!({"claims": {"sourceRepositoryOwnerIdentifier": "7"}}),
        ),
        with_identity(
            "claim_that_the_certificate_does_not_have",
            MISMATCH,
            good_bundle(),
            json!({"claims": {"deploymentEnvironment": "production"}}),
        ),
        with_identity(
            "signed_before_the_identity_was_given_up",
            "allow attested",
            good_bundle(),
            json!({"signedAfter": "2026-01-01T00:00:00Z", "signedBefore": NOW}),
        ),
        with_identity(
            "signed_after_the_identity_was_given_up",
            MISMATCH,
            good_bundle(),
            json!({"signedBefore": "2026-06-15T10:59:59Z"}),
        ),
    ]
}

/// A bundle whose certificate has another value of a claim.
fn claiming(name: &str, value: &str) -> Value {
    claiming_of(&cosign_statement(A), name, value)
}

fn claiming_of(statement: &Value, name: &str, value: &str) -> Value {
    sign(&with_claim(signing(statement), name, Some(value)))
}

fn without_claim(statement: &Value, name: &str) -> Value {
    sign(&with_claim(signing(statement), name, None))
}

fn with_claim(mut signing: Signing, name: &str, value: Option<&str>) -> Signing {
    let claim = Claim::named(name).unwrap();
    signing.leaf.claims.retain(|(known, _)| *known != claim);
    let value = value.map(|value| (claim, value.into()));
    signing.leaf.claims.extend(value);
    signing
}

fn by_stranger() -> Value {
    claiming("sourceRepositoryURI", "https://github.com/stranger/shop")
}

/// Requirements of the trusted root that an identity names.
fn trusted_roots() -> Vec<Case> {
    let other = || Instance::new("other.example");
    let require = |field: &'static str, value: Value| {
        move |sigstore: &mut Value| {
            sigstore["trustedRoots"]["instance"][field] = value;
        }
    };
    let unlogged = || {
        let mut signing = signing(&cosign_statement(A)).in_rekor_v2();
        signing.entries.clear();
        sign(&signing)
    };
    vec![
        with_sigstore(
            "identity_under_another_root_than_it_names",
            "deny no-valid-attestation sigstore-log-unknown",
            &[other().sign(&signing(&cosign_statement(A))).document],
            |sigstore| {
                sigstore["trustedRoots"]["other"] = json!({"document": other().trusted_root()});
            },
        ),
        with(
            "bundle_in_rekor_v2",
            "allow attested",
            &[sign(&signing(&cosign_statement(A)).in_rekor_v2())],
        ),
        with(
            "bundle_without_a_log_entry",
            "deny no-valid-attestation sigstore-log-entry-missing",
            &[unlogged()],
        ),
        with_sigstore(
            "bundle_without_a_log_entry_where_none_is_required",
            "allow attested",
            &[unlogged()],
            require("transparencyLogs", json!(0)),
        ),
        with_sigstore(
            "bundle_without_the_required_timestamp",
            "deny no-valid-attestation sigstore-time-missing",
            &[good_bundle()],
            require("signedTimestamps", json!(1)),
        ),
        with(
            "bundle_without_an_sct",
            "deny no-valid-attestation sigstore-sct-missing",
            &[without_scts()],
        ),
        with_sigstore(
            "bundle_without_an_sct_where_none_is_required",
            "allow attested",
            &[without_scts()],
            require("ctLogs", json!(0)),
        ),
        with(
            "bundle_signed_when_the_certificate_had_expired",
            "deny no-valid-attestation sigstore-certificate-outside-validity",
            &[{
                let mut signing = signing(&cosign_statement(A));
                signing.leaf.not_after = SIGNED - 1;
                sign(&signing)
            }],
        ),
        with_sigstore(
            "authority_in_two_windows_of_which_one_contains_the_time",
            "allow attested",
            &[good_bundle()],
            |sigstore| {
                let mut document = root();
                let authority = document["certificateAuthorities"][0].clone();
                document["certificateAuthorities"] = json!([authority, authority]);
                document["certificateAuthorities"][0]["validFor"]["end"] =
                    "2026-01-01T00:00:00Z".into();
                sigstore["trustedRoots"]["instance"]["document"] = document;
            },
        ),
        with_call(
            "bundle_judged_years_later",
            "allow attested",
            &[good_bundle()],
            |call| {
                call["time"] = "2036-06-15T12:00:00Z".into();
            },
        ),
        with_call(
            "bundle_judged_without_a_clock",
            "allow attested",
            &[good_bundle()],
            |call| drop(call.as_object_mut().unwrap().remove("time")),
        ),
        with_call(
            "bundle_of_the_future",
            "deny no-valid-attestation sigstore-set-invalid",
            &[good_bundle()],
            |call| call["time"] = "2026-06-15T10:54:59Z".into(),
        ),
        with_sigstore(
            "root_that_is_unusable",
            "error settings-invalid",
            &[good_bundle()],
            |sigstore| {
                sigstore["trustedRoots"]["instance"]["document"]["mediaType"] = "x".into();
            },
        ),
    ]
}

fn without_scts() -> Value {
    let mut signing = signing(&cosign_statement(A));
    signing.leaf.scts.clear();
    sign(&signing)
}

/// Contents of bundles that attest an image, and contents that do not.
fn contents() -> Vec<Case> {
    let statement = |change: &dyn Fn(&mut Value)| {
        let mut statement = cosign_statement(A);
        change(&mut statement);
        bundle(&statement)
    };
    let predicate = |value: Value| statement(&|s| s["predicate"] = value.clone());
    let subject = |subject: Value| statement(&|s| s["subject"] = subject.clone());
    let hex = A.strip_prefix("sha256:").unwrap();
    let of_type = |kind: &str| bundle(&statement_about(A, kind, json!({})));
    let text = cosign_payload(REPOSITORY, A);
    let repository = |call: &mut Value| {
        call["settings"]["matchDockerReference"] = "repository".into();
    };
    vec![
        with(
            "cosign_statement_with_an_empty_predicate",
            "allow attested",
            &[predicate(json!({}))],
        ),
        with(
            "cosign_statement_whose_predicate_is_null",
            "allow attested",
            &[predicate(json!(null))],
        ),
        with(
            "cosign_statement_whose_predicate_is_a_list",
            "allow attested",
            &[predicate(json!([1]))],
        ),
        with(
            "policy_verification_whose_predicate_is_a_list",
            "deny no-valid-attestation attestation-payload-invalid",
            &[bundle(&statement_about(
                A,
                crate::signing::POLICY_VERIFICATION,
                json!([]),
            ))],
        ),
        with(
            "policy_verification_under_an_identity",
            "allow attested",
            &[of_type(crate::signing::POLICY_VERIFICATION)],
        ),
        with(
            "provenance_under_an_identity_is_no_signature",
            "deny no-valid-attestation attestation-predicate-type",
            &[of_type(SLSA_V1)],
        ),
        with(
            "scan_under_an_identity_is_no_signature",
            "deny no-valid-attestation attestation-predicate-type",
            &[bundle(&clean_scan(NOW))],
        ),
        with(
            "release_of_github_is_no_signature",
            "deny no-valid-attestation attestation-predicate-type",
            &[of_type("https://in-toto.io/attestation/release/v0.2")],
        ),
        with(
            "statement_with_too_many_subjects",
            "deny no-valid-attestation attestation-payload-invalid",
            &[subject(json!(vec![
                json!({"digest": {"sha256": hex}});
                1025
            ]))],
        ),
        with(
            "statement_with_another_algorithm_only",
            "deny no-valid-attestation attestation-digest-mismatch",
            &[subject(json!([{"digest": {"sha512": "ab"}}]))],
        ),
        with(
            "statement_with_a_digest_in_capitals",
            "deny no-valid-attestation attestation-payload-invalid",
            &[subject(json!([{"digest": {"sha256": hex.to_uppercase()}}]))],
        ),
        with(
            "envelope_of_another_payload_type",
            "deny no-valid-attestation attestation-payload-type",
            &[sign(&signing_of(Content::Envelope {
                payload_type: "text/plain".into(),
                payload: b"hello".to_vec(),
            }))],
        ),
        with(
            "message_over_the_manifest",
            "allow attested",
            &[sign(&signing_of(Content::Message(digest_bytes(A))))],
        ),
        with(
            "message_over_another_manifest",
            "deny no-valid-attestation attestation-digest-mismatch",
            &[sign(&signing_of(Content::Message(digest_bytes(B))))],
        ),
        with(
            "message_over_another_manifest_with_a_rewritten_hint",
            "deny no-valid-attestation attestation-bad-signature",
            &[{
                let mut bundle = sign(&signing_of(Content::Message(digest_bytes(B))));
                bundle["messageSignature"]["messageDigest"]["digest"] =
                    STANDARD.encode(digest_bytes(A)).into();
                bundle
            }],
        ),
        with(
            "message_over_a_simple_signing_payload",
            "allow attested",
            &[sign(&signing_of(Content::Message(
                Sha256::digest(text.as_bytes()).to_vec(),
            )))],
        ),
        with(
            "message_over_a_simple_signing_payload_filed_under_another_image",
            "allow attested",
            &[json!({
                "resourceUri": format!("https://{REPOSITORY}@{B}"),
                "bundle": sign(&signing_of(Content::Message(
                    Sha256::digest(text.as_bytes()).to_vec(),
                ))),
            })],
        ),
        with_call(
            "message_over_a_simple_signing_payload_names_the_repository",
            "allow attested",
            &[sign(&signing_of(Content::Message(
                Sha256::digest(text.as_bytes()).to_vec(),
            )))],
            repository,
        ),
        with_call(
            "message_over_the_manifest_names_no_repository",
            "deny no-valid-attestation attestation-reference-mismatch",
            &[sign(&signing_of(Content::Message(digest_bytes(A))))],
            repository,
        ),
        with_call(
            "cosign_statement_names_no_repository",
            "deny no-valid-attestation attestation-reference-mismatch",
            &[good_bundle()],
            repository,
        ),
        with(
            "key_id_in_a_bundle_is_ignored",
            "allow attested",
            &[{
                let mut bundle = good_bundle();
                bundle["dsseEnvelope"]["signatures"][0]["keyid"] = "x".into();
                bundle
            }],
        ),
        with(
            "bundle_of_a_future_version",
            "deny no-valid-attestation sigstore-bundle-version",
            &[{
                let mut bundle = good_bundle();
                bundle["mediaType"] = "application/vnd.dev.sigstore.bundle.v0.9+json".into();
                bundle
            }],
        ),
        with(
            "bundle_that_is_broken_beside_a_good_one",
            "allow attested",
            &[
                json!({"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json"}),
                good_bundle(),
            ],
        ),
    ]
}

pub(super) fn digest_bytes(digest: &str) -> Vec<u8> {
    let hex = digest.strip_prefix("sha256:").unwrap();
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

/// Certificates count only for identities, and keys only for keys.
fn signers() -> Vec<Case> {
    let signed = instance().sign(&signing(&cosign_statement(A)));
    let same_key = attestor_of("a", &[key_document(&signed.public_key)]);
    let key_bundle = |content: Content| {
        let mut signing = signing_of(content);
        signing.material = Material::PublicKey;
        sign(&signing)
    };
    let statement = || key_bundle(Content::statement(&cosign_statement(A)));
    let message = || key_bundle(Content::Message(digest_bytes(A)));
    let by_key = |name: &str, expected, bundle: Value| {
        call_case(name, expected, |call| {
            call["settings"]["attestors"] = json!([same_key]);
            Delivery::Settings.deliver(call, &[bundle]);
        })
    };
    vec![
        by_key(
            "certificate_of_the_key_of_an_attestor",
            "deny no-valid-attestation sigstore-identity-missing",
            signed.document.clone(),
        ),
        by_key("bundle_of_a_key", "allow attested", statement()),
        by_key(
            "bundle_of_a_key_over_the_manifest",
            "allow attested",
            message(),
        ),
        by_key(
            "bundle_of_a_key_over_another_manifest",
            "deny no-valid-attestation attestation-digest-mismatch",
            key_bundle(Content::Message(digest_bytes(B))),
        ),
        with(
            "bundle_of_a_key_and_a_signer_with_identities",
            "deny no-valid-attestation attestation-unknown-key-id",
            &[statement()],
        ),
        with(
            "message_of_a_key_and_a_signer_with_identities",
            "deny no-valid-attestation attestation-unknown-key-id",
            &[message()],
        ),
        call_case(
            "trusted_root_stays_unread_without_a_bundle",
            "allow attested",
            |call| {
                call["settings"]["sigstore"] = sigstore();
                call["settings"]["sigstore"]["trustedRoots"]["instance"]["document"] = json!({});
            },
        ),
        call_case(
            "cosign_statement_in_an_envelope_of_a_key",
            "allow attested",
            |call| {
                let statement = cosign_statement(A).to_string();
                let signed = envelope(&TestKey::new("a"), IN_TOTO, &statement);
                Delivery::Settings.deliver(call, &[signed]);
            },
        ),
        with_call(
            "attestor_with_keys_and_identities",
            "allow attested",
            &[good_bundle()],
            |call| call["settings"]["attestors"] = json!([attestor("a", &[&TestKey::new("a")])]),
        ),
        call_case(
            "certificate_bundle_without_identities_in_the_settings",
            "deny no-valid-attestation sigstore-identity-missing",
            |call| Delivery::Settings.deliver(call, &[good_bundle()]),
        ),
        with_call(
            "bundle_of_another_attestor_of_the_rule",
            "deny no-valid-attestation sigstore-identity-missing",
            &[good_bundle()],
            |call| {
                let attestors = [attestor("a", &[]), attestor("b", &[&TestKey::new("b")])];
                call["settings"]["attestors"] = json!(attestors);
                call["settings"]["policy"]["defaultAdmissionRule"] = require(&["a", "b"]);
            },
        ),
        sharing(
            "attestors_that_share_an_identity_with_its_values_in_another_order",
            |sigstore| {
                let one = &mut sigstore["identities"]["release"][0];
                one["claims"] = json!({"buildTrigger": ["push", "release"]});
                let mut other = one.clone();
                other["claims"] = json!({"buildTrigger": ["release", "push", "push"]});
                sigstore["identities"]["other"] = json!([other]);
            },
        ),
        sharing(
            "attestors_that_share_an_identity_under_two_names_of_a_root",
            |sigstore| {
                sigstore["trustedRoots"]["copy"] = json!({"document": root(), "ctLogs": 0});
                let mut other = sigstore["identities"]["release"][0].clone();
                other["trustedRoot"] = "copy".into();
                sigstore["identities"]["other"] = json!([other]);
            },
        ),
        with_call(
            "attestor_with_neither_keys_nor_identities",
            "deny attestor-without-keys",
            &[good_bundle()],
            |call| call["settings"]["sigstore"]["attestors"] = json!({}),
        ),
    ]
}

/// A case of a rule with two attestors: the second has the identities of the set `other`, which `change` adds.
fn sharing(name: &str, change: impl FnOnce(&mut Value)) -> Case {
    with_call(name, "error settings-invalid", &[good_bundle()], |call| {
        call["settings"]["attestors"] = json!([attestor("a", &[]), attestor("b", &[])]);
        call["settings"]["policy"]["defaultAdmissionRule"] = require(&["a", "b"]);
        let sigstore = &mut call["settings"]["sigstore"];
        change(sigstore);
        sigstore["attestors"][attestor_name("b")] = json!(["other"]);
    })
}

/// Copies of bundles from a public log cost little.
fn many() -> Vec<Case> {
    let copies = |bundle: &Value, count: u64| -> Vec<_> {
        let numbered = |number: u64| {
            let mut copy = bundle.clone();
            copy["verificationMaterial"]["tlogEntries"][0]["logIndex"] =
                (1_000 + number).to_string().into();
            copy
        };
        (0..count).map(numbered).collect()
    };
    let forged = {
        let mut signing = signing(&cosign_statement(A));
        signing.signer = Whose::Impostor;
        sign(&signing)
    };
    // Rekor v2 has no integrated time, so this number changes nothing.
    let timed = |bundle: &Value, count: u64| -> Vec<_> {
        let numbered = |number: u64| {
            let mut copy = bundle.clone();
            copy["verificationMaterial"]["tlogEntries"][0]["integratedTime"] =
                number.to_string().into();
            copy
        };
        (1..=count).map(numbered).collect()
    };
    let promised_by_others_in_v2 = {
        let mut signing = signing(&cosign_statement(A)).in_rekor_v2();
        for sct in &mut signing.leaf.scts {
            sct.by = Whose::Impostor;
        }
        sign(&signing)
    };
    let promised_by_others = {
        let mut signing = signing(&cosign_statement(A));
        for sct in &mut signing.leaf.scts {
            sct.by = Whose::Impostor;
        }
        sign(&signing)
    };
    let in_annotation = |name: &str, expected, bundles: &[Value]| {
        call_case(name, expected, |call| {
            call["settings"]["attestors"] = json!([attestor("a", &[])]);
            call["settings"]["sigstore"] = sigstore();
            Delivery::PodAnnotation.deliver(call, bundles);
        })
    };
    vec![
        with(
            "too_many_bundles_for_one_image",
            "error limit-exceeded",
            &copies(&good_bundle(), 101),
        ),
        with(
            "one_bundle_many_times",
            "allow attested",
            &vec![good_bundle(); 101],
        ),
        in_annotation(
            "genuine_bundles_for_other_images_in_an_annotation",
            "deny no-valid-attestation attestation-digest-mismatch",
            &copies(&bundle(&cosign_statement(B)), 16),
        ),
        with(
            "bundles_with_wrong_signatures",
            "deny no-valid-attestation attestation-bad-signature",
            &copies(&forged, 100),
        ),
        with(
            "many_bundles_whose_promise_to_publish_is_forged",
            "deny no-valid-attestation sigstore-sct-invalid",
            &timed(&promised_by_others_in_v2, 50),
        ),
        with(
            "too_many_bundles_whose_promise_to_publish_is_forged",
            "error limit-exceeded",
            &timed(&promised_by_others_in_v2, 100),
        ),
        with(
            "bundle_whose_promise_to_publish_is_forged",
            "deny no-valid-attestation sigstore-sct-invalid",
            &[promised_by_others],
        ),
    ]
}

/// cosign's signatures before bundles, with the certificate in annotations.
fn old_signatures() -> Vec<Case> {
    let text = cosign_payload(REPOSITORY, A);
    let signed = |text: &str| {
        let digest = Sha256::digest(text.as_bytes()).to_vec();
        let mut signing = signing_of(Content::Message(digest));
        signing.entries = vec![Entry::new(Log::RekorV1)];
        instance().sign(&signing)
    };
    let layer = |signed: &pretend_sigstore::Bundle, with: &[&str]| {
        let mut layer = cosign_layer(&TestKey::new("a"), &text);
        let annotations = &mut layer["annotations"];
        annotations["dev.cosignproject.cosign/signature"] =
            STANDARD.encode(&signed.signature).into();
        for (name, text) in signed.annotations() {
            if with
                .iter()
                .any(|field| name.ends_with(&format!("/{field}")))
            {
                annotations[name] = text;
            }
        }
        layer
    };
    let of = |name: &str, expected, layers: &[Value], promises: &str| {
        call_case(name, expected, |call| {
            call["time"] = NOW.into();
            call["settings"]["attestors"] = json!([attestor("a", &[])]);
            call["settings"]["sigstore"] = sigstore();
            call["settings"]["sigstore"]["trustedRoots"]["instance"]["inclusionPromises"] =
                promises.into();
            ask_registry(call);
            let found = json!({"found": {"schemaVersion": 2, "layers": layers}});
            call["evidence"] = json!([
                answer("manifest", &manifest("sig"), found),
                answer(
                    "manifest",
                    &manifest("countersign"),
                    json!({"absent": true})
                ),
            ]);
        })
    };
    let good = signed(&text);
    let all = ["certificate", "bundle"];
    vec![
        of(
            "old_keyless_signature",
            "allow attested",
            &[layer(&good, &all)],
            "accept",
        ),
        of(
            "old_keyless_signature_where_promises_are_refused",
            "deny no-valid-attestation sigstore-inclusion-proof-missing",
            &[layer(&good, &all)],
            "refuse",
        ),
        of(
            "old_keyless_signature_without_a_log_entry",
            "deny no-valid-attestation sigstore-log-entry-missing",
            &[layer(&good, &["certificate"])],
            "accept",
        ),
        of(
            "old_keyless_signature_with_the_entry_of_another",
            "deny no-valid-attestation sigstore-entry-mismatch",
            &[{
                let other = signed(&cosign_payload(REPOSITORY, B));
                let mut mixed = layer(&good, &all);
                mixed["annotations"]["dev.sigstore.cosign/bundle"] =
                    layer(&other, &all)["annotations"]["dev.sigstore.cosign/bundle"].clone();
                mixed
            }],
            "accept",
        ),
    ]
}

/// Bundles among the referrers of an image.
fn referrers() -> Vec<Case> {
    let asked = |name: &str, expected, answers: Value| {
        call_case(name, expected, |call| {
            call["time"] = NOW.into();
            call["settings"]["attestors"] = json!([attestor("a", &[])]);
            call["settings"]["sigstore"] = sigstore();
            call["settings"]["evidence"] = json!({"referrers": true});
            call["settings"]["registries"] = json!(["trusted.example"]);
            call["evidence"] = answers;
        })
    };
    let name = format!("{REPOSITORY}@{A}");
    let found = |texts: &[String]| json!([answer("bundles", &name, json!({"found": texts}))]);
    let good = good_bundle().to_string();
    vec![
        asked(
            "bundle_of_a_referrer",
            "allow attested",
            found(core::slice::from_ref(&good)),
        ),
        asked(
            "referrer_that_is_an_error_page",
            "deny no-valid-attestation sigstore-bundle-invalid",
            found(&["<html></html>".into()]),
        ),
        asked(
            "referrer_that_is_an_error_page_beside_a_good_one",
            "allow attested",
            found(&["<html></html>".into(), good.clone()]),
        ),
        asked(
            "too_many_referrers",
            "error limit-exceeded",
            found(&vec![good; 101]),
        ),
        asked(
            "image_without_referrers",
            "deny no-valid-attestation",
            json!([answer("bundles", &name, json!({"absent": true}))]),
        ),
        asked(
            "host_that_cannot_list_referrers",
            "error host-capability-failed",
            json!([]),
        ),
        asked(
            "referrers_that_are_no_list",
            "error host-capability-failed",
            json!([answer("bundles", &name, json!({"found": {}}))]),
        ),
    ]
}

/// Signature checks of platform policies.
fn checks() -> Vec<Case> {
    let check =
        || json!({"sigstoreSignatureCheck": {"sigstoreAuthorities": [{"displayName": "build"}]}});
    let by_identity = |name: &str, expected, bundle: Value| {
        checked(name, expected, &[check()], |call| {
            call["settings"]["sigstore"] = sigstore();
            call["settings"]["sigstore"]["attestors"] = json!({});
            call["settings"]["sigstore"]["authorities"] = json!({"build": ["release"]});
            call["settings"]["evidence"] = json!({"occurrences": [bundle]});
        })
    };
    let (key, key_bundle) = {
        let mut signing = signing(&cosign_statement(A));
        signing.material = Material::PublicKey;
        let signed = instance().sign(&signing);
        let key = key_document(&signed.public_key);
        (key["pkixPublicKey"].clone(), signed.document)
    };
    vec![
        checked(
            "sigstore_check_of_a_bundle_of_a_key",
            "allow checks-passed",
            &[json!({"sigstoreSignatureCheck": {"sigstoreAuthorities": [
                {"publicKeySet": {"publicKeys": [{"publicKeyPem": key["publicKeyPem"]}]}},
            ]}})],
            |call| call["settings"]["evidence"] = json!({"occurrences": [key_bundle]}),
        ),
        by_identity(
            "sigstore_check_by_an_identity",
            "allow checks-passed",
            good_bundle(),
        ),
        by_identity(
            "sigstore_check_by_another_identity",
            "deny no-valid-sigstore-signature sigstore-identity-mismatch",
            {
                let mut signing = signing(&cosign_statement(A));
                signing.leaf.names = vec![SubjectName::Uri("https://evil.example/x".into())];
                sign(&signing)
            },
        ),
        by_identity(
            "sigstore_check_of_a_manifest",
            "allow checks-passed",
            sign(&signing_of(Content::Message(digest_bytes(A)))),
        ),
        by_identity(
            "sigstore_check_of_provenance",
            "deny no-valid-sigstore-signature attestation-predicate-type",
            bundle(&statement_about(A, SLSA_V1, json!({}))),
        ),
        by_identity(
            "sigstore_check_of_a_policy_verification",
            "error evidence-missing",
            bundle(&statement_about(
                A,
                crate::signing::POLICY_VERIFICATION,
                json!({}),
            )),
        ),
    ]
}

/// Scans and uploads under an identity.
fn statements() -> Vec<Case> {
    let trusted = |call: &mut Value, purpose: &str, authenticator: Value| {
        call["settings"]["sigstore"] = sigstore();
        call["settings"]["sigstore"]["attestors"] = json!({});
        trust(call, purpose, &[authenticator]);
    };
    let scan = |name: &str, expected, place: Delivery, scan: Value| {
        checked(
            name,
            expected,
            &[vulnerability("MEDIUM", "MEDIUM")],
            |call| {
                trusted(
                    call,
                    platform::VULNERABILITY,
                    json!({"identities": ["release"], "maxAgeDays": 7}),
                );
                supply(place, call, &[scan]);
            },
        )
    };
    let uploaded = |name: &str, expected, time: &str| {
        checked(name, expected, &[image_freshness(30)], |call| {
            trusted(
                call,
                platform::FRESHNESS,
                json!({"identities": ["release"]}),
            );
            supply(Delivery::Settings, call, &[bundle(&upload(time))]);
        })
    };
    vec![
        scan(
            "clean_scan_under_an_identity",
            "allow checks-passed",
            Delivery::Settings,
            bundle(&clean_scan("2026-06-15T10:00:00Z")),
        ),
        scan(
            "critical_scan_under_an_identity",
            "deny vulnerability-above-threshold",
            Delivery::Settings,
            bundle(&critical_scan("2026-06-15T10:00:00Z")),
        ),
        scan(
            "scan_under_another_identity",
            "error evidence-missing evidence-untrusted sigstore-identity-mismatch",
            Delivery::Settings,
            {
                let mut signing = signing(&clean_scan("2026-06-15T10:00:00Z"));
                signing.leaf.names = vec![SubjectName::Uri("https://evil.example/x".into())];
                sign(&signing)
            },
        ),
        scan(
            "scan_dated_after_its_signature",
            "error evidence-invalid",
            Delivery::Settings,
            bundle(&clean_scan("2026-06-15T11:05:01Z")),
        ),
        scan(
            "scan_dated_as_late_as_clocks_differ",
            "allow checks-passed",
            Delivery::Settings,
            bundle(&clean_scan("2026-06-15T11:05:00Z")),
        ),
        scan(
            "bundled_scan_from_the_annotation",
            "error evidence-missing",
            Delivery::PodAnnotation,
            bundle(&clean_scan("2026-06-15T10:00:00Z")),
        ),
        uploaded(
            "upload_under_an_identity",
            "allow checks-passed",
            "2026-06-15T10:00:00Z",
        ),
        uploaded(
            "upload_dated_after_its_signature",
            "error evidence-invalid",
            "2026-06-15T11:05:01Z",
        ),
    ]
}

/// Provenance under an identity, which must agree with the certificate.
fn provenance() -> Vec<Case> {
    const HOSTED: &str = "https://github.com/actions/runner/github-hosted";
    const PATH: &str = ".github/workflows/release.yml";
    let built = |change: &dyn Fn(&mut Value)| {
        let mut predicate = json!({
            "buildDefinition": {
                "buildType": "https://actions.github.io/buildtypes/workflow/v1",
                "externalParameters": {"workflow": {
                    "repository": "https://github.com/acme/shop", "path": PATH,
                    "ref": "refs/tags/v1",
                }},
                "resolvedDependencies": [{
                    "uri": "git+https://github.com/acme/shop@refs/tags/v1",
                    "digest": {"gitCommit": COMMIT},
                }],
            },
            "runDetails": {"builder": {"id": SUBJECT}},
        });
        change(&mut predicate);
        statement_about(A, SLSA_V1, predicate)
    };
    let with_builder = |name: &str, expected, builder: &str, bundle: Value| {
        let rule = json!({
            "trustedBuilder": builder, "configBasedBuildRequired": true,
            "trustedSourceRepoPatterns": ["github.com/acme/shop"],
        });
        checked(name, expected, &[slsa(&[rule])], |call| {
            call["settings"]["sigstore"] = sigstore();
            call["settings"]["sigstore"]["attestors"] = json!({});
            let builder = json!({"identities": ["release"], "builderId": builder});
            trust(call, platform::PROVENANCE, &[builder]);
            supply(Delivery::Settings, call, &[bundle]);
        })
    };
    let with = |name: &str, expected, bundle: Value| with_builder(name, expected, HOSTED, bundle);
    let workflow = |field: &'static str, value: &'static str| {
        built(&move |predicate: &mut Value| {
            predicate["buildDefinition"]["externalParameters"]["workflow"][field] = value.into();
        })
    };
    let by = |id: &'static str| {
        built(&move |predicate: &mut Value| predicate["runDetails"]["builder"]["id"] = id.into())
    };
    let built_bundle = |change: &dyn Fn(&mut Value)| bundle(&built(change));
    let input = |uri: &'static str, algorithm: &'static str| {
        built_bundle(&move |predicate| {
            let mut input = json!({"uri": uri});
            input["digest"][algorithm] = "f".repeat(40).into();
            predicate["buildDefinition"]["resolvedDependencies"] = json!([input]);
        })
    };
    let unknown_type = |path: &'static str| {
        built_bundle(&move |predicate| {
            let definition = &mut predicate["buildDefinition"];
            definition["buildType"] = "https://ci.example/build/v1".into();
            definition["externalParameters"]["workflow"]["path"] = path.into();
        })
    };
    let old = |change: &dyn Fn(&mut Value)| {
        let uri = "git+https://github.com/acme/shop@refs/tags/v1";
        let mut predicate = json!({
            "builder": {"id": SUBJECT},
            "buildType": "https://github.com/slsa-framework/slsa-github-generator/container@v1",
            "invocation": {
                "configSource": {"uri": uri, "digest": {"sha1": COMMIT}, "entryPoint": PATH},
            },
            "materials": [{"uri": uri, "digest": {"sha1": COMMIT}}],
        });
        change(&mut predicate);
        bundle(&statement_about(A, SLSA_V0_2, predicate))
    };
    let contradicts = "deny no-matching-provenance provenance-contradicts-certificate";
    vec![
        with(
            "provenance_under_an_identity",
            "allow checks-passed",
            bundle(&built(&|_| {})),
        ),
        with(
            "provenance_by_the_runner_of_older_clients",
            "allow checks-passed",
            bundle(&by(HOSTED)),
        ),
        with(
            "provenance_by_a_runner_of_ones_own",
            contradicts,
            claiming_of(&by(HOSTED), "runnerEnvironment", "self-hosted"),
        ),
        with(
            "provenance_by_a_workflow_on_a_runner_of_ones_own",
            contradicts,
            claiming_of(&built(&|_| {}), "runnerEnvironment", "self-hosted"),
        ),
        with(
            "provenance_without_the_runner_in_the_certificate",
            contradicts,
            without_claim(&built(&|_| {}), "runnerEnvironment"),
        ),
        with(
            "provenance_by_another_builder_than_the_identity_s",
            "deny no-matching-provenance provenance-builder-not-trusted",
            bundle(&by(
                "https://github.com/acme/other/.github/workflows/x.yml@refs/heads/main",
            )),
        ),
        with(
            "provenance_of_another_repository_than_the_certificate_s",
            contradicts,
            bundle(&workflow("repository", "https://github.com/acme/other")),
        ),
        with(
            "provenance_of_another_workflow_than_the_certificate_s",
            contradicts,
            bundle(&workflow("path", ".github/workflows/other.yml")),
        ),
        with(
            "provenance_of_another_ref_than_the_certificate_s",
            contradicts,
            bundle(&workflow("ref", "refs/heads/main")),
        ),
        with(
            "provenance_of_another_commit_than_the_certificate_s",
            contradicts,
            bundle(&built(&|predicate| {
                predicate["buildDefinition"]["resolvedDependencies"][0]["digest"]["gitCommit"] =
                    "f".repeat(40).into();
            })),
        ),
        with(
            "provenance_of_another_commit_and_an_address_in_another_notation",
            contradicts,
            input("https://github.com/Acme/shop.git/", "gitCommit"),
        ),
        with(
            "provenance_of_a_commit_of_an_unknown_address",
            contradicts,
            input("git+https://mirror.example/shop", "sha1"),
        ),
        with(
            "provenance_of_the_commit_and_an_address_in_another_notation",
            "allow checks-passed",
            built_bundle(&|predicate| {
                predicate["buildDefinition"]["resolvedDependencies"][0]["uri"] =
                    "git+ssh://git@github.com/acme/shop.git".into();
            }),
        ),
        with(
            "provenance_of_the_commit_and_of_another_repository_s",
            "allow checks-passed",
            built_bundle(&|predicate| {
                let inputs = &mut predicate["buildDefinition"]["resolvedDependencies"];
                inputs.as_array_mut().unwrap().push(json!({
                    "uri": "git+https://github.com/acme/library",
                    "digest": {"gitCommit": "f".repeat(40)},
                }));
            }),
        ),
        with(
            "provenance_whose_configuration_is_not_in_the_certificate_s_repository",
            contradicts,
            claiming_of(
                &built(&|_| {}),
                "buildConfigURI",
                "https://github.com/stranger/shop/.github/workflows/release.yml@refs/tags/v1",
            ),
        ),
        with(
            "provenance_whose_certificate_has_a_configuration_without_a_repository",
            contradicts,
            without_claim(&built(&|_| {}), "sourceRepositoryURI"),
        ),
        with(
            "provenance_whose_certificate_has_no_configuration",
            "allow checks-passed",
            without_claim(&built(&|_| {}), "buildConfigURI"),
        ),
        with_builder(
            "provenance_by_a_workflow_that_the_identity_s_builder_covers",
            "allow checks-passed",
            "https://github.com/acme/shop/.github/workflows/release.yml@*",
            bundle(&built(&|_| {})),
        ),
        with_builder(
            "provenance_by_another_workflow_than_the_certificate_s",
            contradicts,
            "https://github.com/acme/shop/.github/workflows/release.yml@*",
            bundle(&by(
                "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v2",
            )),
        ),
        with(
            "provenance_of_an_unknown_build_type",
            "allow checks-passed",
            unknown_type(PATH),
        ),
        with(
            "provenance_of_an_unknown_build_type_and_another_workflow",
            contradicts,
            unknown_type(".github/workflows/other.yml"),
        ),
        with(
            "old_provenance_under_an_identity",
            "allow checks-passed",
            old(&|_| {}),
        ),
        with(
            "old_provenance_of_another_ref_than_the_certificate_s",
            contradicts,
            old(&|predicate| {
                predicate["invocation"]["configSource"]["uri"] =
                    "git+https://github.com/acme/shop@refs/heads/main".into();
            }),
        ),
        with(
            "old_provenance_of_another_workflow_than_the_certificate_s",
            contradicts,
            old(&|predicate| {
                predicate["invocation"]["configSource"]["entryPoint"] =
                    ".github/workflows/other.yml".into();
            }),
        ),
        with(
            "old_provenance_of_another_commit_than_the_certificate_s",
            contradicts,
            old(&|predicate| {
                predicate["invocation"]["configSource"]["digest"]["sha1"] = "f".repeat(40).into();
            }),
        ),
        with(
            "old_provenance_of_another_commit_of_a_material",
            contradicts,
            old(&|predicate| {
                predicate["materials"][0]["digest"]["sha1"] = "f".repeat(40).into();
            }),
        ),
        with(
            "old_provenance_of_buildkit_s_dockerfile",
            "allow checks-passed",
            old(&|predicate| {
                predicate["buildType"] = "https://mobyproject.org/buildkit@v1".into();
                predicate["invocation"]["configSource"] = json!({"entryPoint": "Dockerfile"});
            }),
        ),
        // The repository of the certificate counts, not that of the workflow that it calls.
        with(
            "provenance_of_a_stranger_s_repository",
            "deny no-matching-provenance provenance-source-not-trusted",
            {
                let repository = "https://github.com/stranger/shop";
                let config = format!("{repository}/{PATH}@refs/tags/v1");
                let signing = signing(&workflow("repository", repository));
                let signing = with_claim(signing, "sourceRepositoryURI", Some(repository));
                sign(&with_claim(signing, "buildConfigURI", Some(&config)))
            },
        ),
        with(
            "provenance_bundle_of_a_key",
            "error evidence-missing evidence-untrusted attestation-unknown-key-id",
            {
                let mut signing = signing(&built(&|_| {}));
                signing.material = Material::PublicKey;
                sign(&signing)
            },
        ),
    ]
}
