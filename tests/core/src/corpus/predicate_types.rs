//! `predicateTypes` of a requirement of `imagePolicy`: only statements of these types count for it.

use pretend_sigstore::{Content, SubjectName};
use serde_json::{Value, json};

use super::sigstore::digest_bytes;
use crate::case::{A, B, Case};
use crate::delivery::Delivery;
use crate::image_policy::{changed, dry_run, quorum, rule};
use crate::platform::statements::{SLSA_V0_2, SLSA_V1};
use crate::signing::{
    IN_TOTO, POLICY_VERIFICATION, SIMPLE_SIGNING, TestKey, attestor, attestor_name, envelope,
    occurrence, payload, statement,
};
use crate::sigstore::{
    COSIGN_SIGN, ISSUER, SUBJECT, good_bundle, sign, signing, signing_of, sigstore,
};

const REPOSITORY: &str = "trusted.example/app";
/// A type of which the policy knows nothing
const SPDX: &str = "https://spdx.dev/Document";
/// Another one that begins alike
const SPDX_2_3: &str = "https://spdx.dev/Document/v2.3";

const ALLOWED: &str = "allow image-rules-satisfied attested";
const OTHER_TYPE: &str = "deny no-valid-attestation attestation-predicate-type";
const NOT_SIGNED: &str = "deny no-valid-attestation !attestation-predicate-type";

/// A requirement of these attestors with these types.
fn typed(attestors: &[&str], types: &[&str]) -> Value {
    let mut requirement = quorum(attestors);
    requirement["predicateTypes"] = json!(types);
    requirement
}

/// A statement of an attestor about the base case's image.
fn by(attestor: &str, predicate_type: &str) -> Value {
    let text = statement(predicate_type, REPOSITORY, A);
    envelope(&TestKey::new(attestor), IN_TOTO, &text)
}

/// A signature of an attestor as gcloud and cosign make it.
fn plain(attestor: &str) -> Value {
    let payload = payload(REPOSITORY, A);
    occurrence(attestor, &TestKey::new(attestor), payload.as_bytes())
}

/// A rule with these requirements, and this evidence.
fn case(name: &str, expected: &'static str, requirements: &[Value], evidence: &[Value]) -> Case {
    with(name, expected, requirements, evidence, |_| {})
}

fn with(
    name: &str,
    expected: &'static str,
    requirements: &[Value],
    evidence: &[Value],
    change: impl FnOnce(&mut Value),
) -> Case {
    let name = format!("predicate_types_{name}");
    let rules = [rule("shop", "require", json!(requirements))];
    changed(&name, expected, "deny", &rules, |call| {
        call["settings"]["evidence"]["occurrences"] = evidence.into();
        change(call);
    })
}

pub(super) fn cases() -> Vec<Case> {
    [types(), quorums(), payloads(), bundles(), delivered()].concat()
}

fn types() -> Vec<Case> {
    let one = |name: &str, expected, types: &[&str], evidence: Value| {
        case(name, expected, &[typed(&["a"], types)], &[evidence])
    };
    vec![
        one("that_type", ALLOWED, &[SPDX], by("a", SPDX)),
        one("another_type", OTHER_TYPE, &[SPDX], by("a", SLSA_V1)),
        one("a_longer_type", OTHER_TYPE, &[SPDX], by("a", SPDX_2_3)),
        one("a_shorter_type", OTHER_TYPE, &[SPDX_2_3], by("a", SPDX)),
        one(
            "a_type_in_capitals",
            OTHER_TYPE,
            &[SPDX],
            by("a", "https://spdx.dev/document"),
        ),
        one(
            "the_first_of_two_types",
            ALLOWED,
            &[SLSA_V0_2, SLSA_V1],
            by("a", SLSA_V0_2),
        ),
        one(
            "the_second_of_two_types",
            ALLOWED,
            &[SLSA_V0_2, SLSA_V1],
            by("a", SLSA_V1),
        ),
        one(
            "none_of_two_types",
            OTHER_TYPE,
            &[SLSA_V0_2, SLSA_V1],
            by("a", SPDX),
        ),
        one(
            "a_type_without_a_scheme",
            ALLOWED,
            &["cosign.sigstore.dev/attestation/v1"],
            by("a", "cosign.sigstore.dev/attestation/v1"),
        ),
        one(
            "the_type_of_approvals",
            ALLOWED,
            &[POLICY_VERIFICATION],
            by("a", POLICY_VERIFICATION),
        ),
        one(
            "an_approval_of_another_type",
            OTHER_TYPE,
            &[COSIGN_SIGN],
            by("a", POLICY_VERIFICATION),
        ),
        case(
            "a_statement_and_no_type",
            OTHER_TYPE,
            &[quorum(&["a"])],
            &[by("a", SPDX)],
        ),
        one("by_another_attestor", NOT_SIGNED, &[SPDX], by("b", SPDX)),
        changed(
            "predicate_types_in_dry_run",
            "overridden no-valid-attestation attestation-predicate-type",
            "admit",
            &[dry_run(rule(
                "shop",
                "require",
                json!([typed(&["a"], &[SPDX])]),
            ))],
            |_| {},
        ),
    ]
}

fn quorums() -> Vec<Case> {
    let (approved, listed) = (quorum(&["a"]), typed(&["a"], &[SPDX]));
    let built = typed(&["a"], &[SLSA_V1]);
    let of_two = |threshold: usize| {
        let mut requirement = typed(&["a", "b"], &[SPDX]);
        requirement["threshold"] = threshold.into();
        requirement
    };
    vec![
        case(
            "two_types_of_one_attestor",
            ALLOWED,
            &[listed.clone(), built.clone()],
            &[by("a", SPDX), by("a", SLSA_V1)],
        ),
        case(
            "one_of_two_types_of_one_attestor",
            "deny attested attestation-predicate-type",
            &[listed.clone(), built],
            &[by("a", SPDX)],
        ),
        case(
            "an_approval_and_a_type_of_one_attestor",
            ALLOWED,
            &[approved.clone(), listed.clone()],
            &[plain("a"), by("a", SPDX)],
        ),
        case(
            "only_a_type_of_one_attestor",
            "deny attested attestation-predicate-type",
            &[approved.clone(), listed.clone()],
            &[by("a", SPDX)],
        ),
        case(
            "only_an_approval_of_one_attestor",
            "deny attested attestation-predicate-type",
            &[approved, listed],
            &[plain("a")],
        ),
        case(
            "a_type_of_two_attestors",
            ALLOWED,
            &[of_two(2)],
            &[by("a", SPDX), by("b", SPDX)],
        ),
        case(
            "a_type_of_one_and_an_approval_of_another",
            "deny no-valid-attestation attested",
            &[of_two(2)],
            &[by("a", SPDX), plain("b")],
        ),
        case(
            "a_type_of_one_attestor_of_two",
            ALLOWED,
            &[of_two(1)],
            &[plain("a"), by("b", SPDX)],
        ),
        case(
            "another_type_of_both_attestors",
            "deny threshold-not-met",
            &[of_two(1)],
            &[plain("a"), by("b", SLSA_V1)],
        ),
    ]
}

fn payloads() -> Vec<Case> {
    let key = TestKey::new("a");
    let of = |digest, repository| {
        let text = statement(SPDX, repository, digest);
        envelope(&key, IN_TOTO, &text)
    };
    let required = [typed(&["a"], &[SPDX])];
    let one = |name: &str, expected, evidence| case(name, expected, &required, &[evidence]);
    let of_repository = |name: &str, expected, repository| {
        with(name, expected, &required, &[of(A, repository)], |call| {
            call["settings"]["matchDockerReference"] = "repository".into();
        })
    };
    vec![
        one("a_plain_payload", OTHER_TYPE, plain("a")),
        one(
            "a_plain_payload_in_an_envelope",
            OTHER_TYPE,
            envelope(&key, SIMPLE_SIGNING, &payload(REPOSITORY, A)),
        ),
        one(
            "a_statement_in_an_envelope_of_another_type",
            "deny attestation-payload-type",
            envelope(&key, "application/json", &statement(SPDX, REPOSITORY, A)),
        ),
        one("another_image", NOT_SIGNED, of(B, REPOSITORY)),
        of_repository("this_repository", ALLOWED, REPOSITORY),
        of_repository(
            "another_repository",
            "deny attestation-reference-mismatch",
            "trusted.example/other",
        ),
        one(
            "two_predicate_types",
            "deny attestation-payload-invalid",
            envelope(
                &key,
                IN_TOTO,
                &statement(SLSA_V1, REPOSITORY, A).replacen(
                    '{',
                    &format!("{{\"predicateType\":\"{SPDX}\","),
                    1,
                ),
            ),
        ),
        one("a_changed_type", "deny attestation-bad-signature", {
            let mut genuine = by("a", SLSA_V1);
            genuine["payload"] = by("a", SPDX)["payload"].take();
            genuine
        }),
    ]
}

/// Bundles of workflows. Attestor `a` trusts the release workflow, and `b` every one.
fn bundles() -> Vec<Case> {
    let of = |workflow: &str, kind: &str| {
        let text = serde_json::from_str(&statement(kind, REPOSITORY, A)).unwrap();
        let mut signing = signing(&text);
        let subject = SUBJECT.replace("release", workflow);
        signing.leaf.names = vec![SubjectName::Uri(subject)];
        sign(&signing)
    };
    let case = |name: &str, expected, required: Value, evidence: &[Value]| {
        let name = format!("bundle_of_{name}");
        with(&name, expected, &[required], evidence, |call| {
            let settings = &mut call["settings"];
            settings["sigstore"] = sigstore();
            settings["sigstore"]["identities"]["all"] = json!([{
                "trustedRoot": "instance", "issuer": ISSUER,
                "subjectPattern": SUBJECT.replace("release", "*"),
            }]);
            settings["sigstore"]["attestors"][attestor_name("b")] = json!(["all"]);
            settings["attestors"][0] = attestor("a", &[]);
            settings["attestors"][1] = attestor("b", &[]);
        })
    };
    let one = |name: &str, expected, types: &[&str], evidence: Value| {
        case(name, expected, typed(&["a"], types), &[evidence])
    };
    let both = |name: &str, expected, types: &[&str], evidence: &[Value]| {
        case(name, expected, typed(&["a", "b"], types), evidence)
    };
    let message = || sign(&signing_of(Content::Message(digest_bytes(A))));
    vec![
        one("that_type", ALLOWED, &[SPDX], of("release", SPDX)),
        one("another_type", OTHER_TYPE, &[SPDX], of("release", SLSA_V1)),
        one("another_workflow", NOT_SIGNED, &[SPDX], of("qa", SPDX)),
        one("an_approval", OTHER_TYPE, &[SPDX], good_bundle()),
        one(
            "a_required_approval",
            ALLOWED,
            &[COSIGN_SIGN],
            good_bundle(),
        ),
        one("a_message", OTHER_TYPE, &[SPDX], message()),
        one(
            "a_message_for_approvals",
            OTHER_TYPE,
            &[COSIGN_SIGN],
            message(),
        ),
        // One signer counts for one attestor, whatever it has signed.
        both(
            "one_signer",
            "deny no-valid-attestation attested",
            &[SPDX, COSIGN_SIGN],
            &[of("release", SPDX), good_bundle()],
        ),
        both(
            "two_signers",
            ALLOWED,
            &[SPDX, COSIGN_SIGN],
            &[good_bundle(), of("qa", SPDX)],
        ),
        both(
            "two_signers_and_another_type_of_the_second",
            "deny no-valid-attestation attested",
            &[SPDX],
            &[of("release", SPDX), of("qa", SLSA_V1)],
        ),
    ]
}

/// From every source.
fn delivered() -> Vec<Case> {
    let case = |place: Delivery, expected, kind: &str, name: &str| {
        let name = format!("{name}_from_{}", place.name().replace('-', "_"));
        let required = [typed(&["a"], &[SPDX])];
        with(&name, expected, &required, &[], |call| {
            place.deliver(call, &[by("a", kind)]);
        })
    };
    let cases = Delivery::ALL.into_iter().flat_map(|place| {
        [
            case(place, ALLOWED, SPDX, "that_type"),
            case(place, OTHER_TYPE, SLSA_V1, "another_type"),
        ]
    });
    cases.collect()
}
