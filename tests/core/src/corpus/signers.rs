//! Attestors of one requirement of `imagePolicy` whose identities overlap: one signer counts for one of them.

use core::slice;

use pretend_sigstore::SubjectName;
use serde_json::{Value, json};

use crate::case::{A, B, Case, pod};
use crate::delivery::{NAMESPACE, answer, resource_name};
use crate::image_policy::{changed, quorum, rule};
use crate::signing::{TestKey, attestor, note_name, occurrence, payload};
use crate::sigstore::{ISSUER, SUBJECT, cosign_statement, sign, signing, sigstore};

const ONCE: &str = "deny no-valid-attestation attested !threshold-not-met";
const TOO_FEW: &str = "deny threshold-not-met";
const ALLOWED: &str = "allow image-rules-satisfied attested";

/// Attestor `a` trusts the release workflow, `b` every workflow, and `c` the QA workflow. `d` has a key.
fn case(name: &str, expected: &'static str, requirement: Value, evidence: &[Value]) -> Case {
    with(name, expected, requirement, evidence, |_| {})
}

fn with(
    name: &str,
    expected: &'static str,
    requirement: Value,
    evidence: &[Value],
    change: impl FnOnce(&mut Value),
) -> Case {
    let name = format!("signers_{name}");
    let rules = [rule("shop", "require", json!([requirement]))];
    changed(&name, expected, "deny", &rules, |call| {
        let settings = &mut call["settings"];
        let key = TestKey::new("d");
        settings["attestors"] = json!([
            attestor("a", &[]),
            attestor("b", &[]),
            attestor("c", &[]),
            attestor("d", &[&key]),
        ]);
        settings["evidence"]["occurrences"] = evidence.into();
        settings["sigstore"] = sigstore();
        let identity = |field: &str, text: String| json!([{"trustedRoot": "instance", "issuer": ISSUER, field: text}]);
        settings["sigstore"]["identities"] = json!({
            "release": identity("subject", SUBJECT.to_owned()),
            "all": identity("subjectPattern", SUBJECT.replace("release", "*")),
            "qa": identity("subject", SUBJECT.replace("release", "qa")),
        });
        settings["sigstore"]["attestors"] = json!({
            "projects/p/attestors/a": ["release"],
            "projects/p/attestors/b": ["all"],
            "projects/p/attestors/c": ["qa"],
        });
        change(call);
    })
}

fn bundle(workflow: &str) -> Value {
    let mut signing = signing(&cosign_statement(A));
    let subject = SUBJECT.replace("release", workflow);
    signing.leaf.names = vec![SubjectName::Uri(subject)];
    sign(&signing)
}

/// `threshold` of these attestors, and those that must be included.
fn some(attestors: &[&str], threshold: u32, must_include: &[&str]) -> Value {
    let mut requirement = quorum(attestors);
    requirement["threshold"] = threshold.into();
    if !must_include.is_empty() {
        requirement["mustInclude"] = quorum(must_include)["attestors"].take();
    }
    requirement
}

pub(super) fn cases() -> Vec<Case> {
    let (release, qa, other) = (bundle("release"), bundle("qa"), bundle("other"));
    let only = slice::from_ref(&release);
    let key = TestKey::new("d");
    let by_key = occurrence("d", &key, payload("trusted.example/app", A).as_bytes());
    // Beside the release workflow, keys that `a` no longer has signed the image of 511 containers. The last one has
    // another image.
    let former_keys = (0..9).map(|n| {
        let key = TestKey::new(&format!("former {n}"));
        occurrence("a", &key, payload("trusted.example/app", A).as_bytes())
    });
    let of_last = occurrence("d", &key, payload("trusted.example/app", B).as_bytes());
    let formerly_signed: Vec<_> = former_keys.chain([release.clone(), of_last]).collect();
    let in_many_containers = |call: &mut Value| {
        let containers = (0..512).map(|n| {
            let digest = if n == 511 { B } else { A };
            json!({"name": format!("c{n}"), "image": format!("trusted.example/app@{digest}")})
        });
        call["request"] = pod(json!({"containers": containers.collect::<Vec<_>>()}));
        let rules = &mut call["settings"]["imagePolicy"]["rules"];
        rules[0]["images"] = json!([format!("**@{A}")]);
        let mut last = rule("last", "require", json!([quorum(&["d"])]));
        last["images"] = json!([format!("**@{B}")]);
        rules.as_array_mut().unwrap().push(last);
    };
    // A source of `b` that fails may have another signature.
    let failing = |call: &mut Value| {
        let notes = json!({note_name("b"): NAMESPACE});
        call["settings"]["evidence"]["kubernetes"] = json!({"notes": notes});
        let failed = json!({"failed": "down"});
        call["evidence"] = json!([answer("attestation", &resource_name(A), failed)]);
    };
    vec![
        case("one_for_both", ONCE, quorum(&["a", "b"]), only),
        case("one_of_two", ALLOWED, some(&["a", "b"], 1, &[]), only),
        case(
            "one_certificate_after_another",
            ONCE,
            quorum(&["a", "b"]),
            &[release.clone(), bundle("release")],
        ),
        case(
            "another_for_the_second",
            ALLOWED,
            quorum(&["a", "b"]),
            &[release.clone(), other.clone()],
        ),
        case(
            "the_only_one_of_one_and_two_of_the_other",
            ALLOWED,
            quorum(&["b", "c"]),
            &[release.clone(), qa.clone()],
        ),
        case(
            "two_for_three",
            ONCE,
            quorum(&["a", "b", "c"]),
            &[release.clone(), qa.clone()],
        ),
        case(
            "three_for_three",
            ALLOWED,
            quorum(&["a", "b", "c"]),
            &[release.clone(), qa.clone(), other],
        ),
        case(
            "one_for_two_of_three",
            TOO_FEW,
            some(&["a", "b", "c"], 2, &[]),
            only,
        ),
        case(
            "two_for_two_of_three",
            ALLOWED,
            some(&["a", "b", "c"], 2, &[]),
            &[release.clone(), qa],
        ),
        case(
            "the_required_one_keeps_it",
            ALLOWED,
            some(&["a", "b"], 1, &["b"]),
            only,
        ),
        case(
            "both_required",
            TOO_FEW,
            some(&["a", "b", "d"], 2, &["a", "b"]),
            &[release.clone(), by_key.clone()],
        ),
        case(
            "a_key_beside_it",
            ALLOWED,
            some(&["a", "b", "d"], 2, &["b"]),
            &[release.clone(), by_key],
        ),
        with(
            "one_for_both_and_a_source_that_fails",
            "error host-capability-failed attested !threshold-not-met",
            quorum(&["a", "b"]),
            only,
            failing,
        ),
        with(
            "one_of_two_for_an_image_in_many_containers",
            ALLOWED,
            some(&["a", "b"], 1, &[]),
            &formerly_signed,
            in_many_containers,
        ),
        with(
            "one_for_both_by_rules_of_two_names",
            "allow attested",
            quorum(&["a"]),
            only,
            |call| {
                let other = rule("other", "require", json!([quorum(&["b"])]));
                let rules = call["settings"]["imagePolicy"]["rules"].as_array_mut();
                rules.unwrap().push(other);
            },
        ),
    ]
}
