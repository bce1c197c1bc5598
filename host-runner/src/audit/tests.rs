use core::slice::from_ref as slice;

use serde::Deserialize as _;
use serde_json::{Value, json};

use super::*;
use crate::decision::Decision;
use crate::engine::EngineError;
use crate::inputs::{Asked, Place, Request};

fn request(namespace: &str, name: &str) -> Request {
    let title = format!("Pod {namespace}/{name}");
    Request {
        request: json!({"namespace": namespace}),
        title,
        source: "dump".into(),
        place: Place::default(),
        asked: Asked::Yes,
    }
}

fn reason(code: &str) -> Value {
    json!({"code": code, "message": "words"})
}

/// A document's result about an image.
fn result(verdict: &str, enforcement: &str, codes: &[&str]) -> Value {
    let reasons: Vec<_> = codes.iter().map(|code| reason(code)).collect();
    json!({"verdict": verdict, "enforcement": enforcement, "reasons": reasons})
}

fn image(name: &str, verdict: &str, results: &[Value]) -> Value {
    json!({"image": name, "field": "spec.containers[0].image", "verdict": verdict, "results": results})
}

fn decision(allowed: bool, verdict: &str, enforcement: &str, images: &[Value]) -> Value {
    json!({
        "allowed": allowed, "verdict": verdict, "enforcement": enforcement, "images": images,
        "reasons": [],
    })
}

fn judge(request: &Request, decision: &Value) -> Judged {
    Judged::new(request, &Decision::deserialize(decision).unwrap())
}

fn found(judged: &Judged) -> Vec<(Outcome, &str)> {
    let findings = judged.findings.iter();
    findings
        .map(|finding| (finding.outcome, finding.reason.as_str()))
        .collect()
}

#[test]
fn what_dry_run_and_break_glass_admit_is_told_apart_from_what_is_refused() {
    let enforced = result("NON_CONFORMANT", "enforced", &["always-deny"]);
    let dry = result("NON_CONFORMANT", "dry-run", &["digest-required"]);
    let passed = result("CONFORMANT", "enforced", &["always-allow"]);
    let unknown = result("ERROR", "enforced", &["host-capability-failed"]);
    let violation = "NON_CONFORMANT";
    for (decision, outcome, expected) in [
        (
            decision(
                true,
                "CONFORMANT",
                "enforced",
                &[image("a", "CONFORMANT", slice(&passed))],
            ),
            Outcome::Admitted,
            vec![],
        ),
        (
            decision(
                false,
                violation,
                "enforced",
                &[image("a", violation, &[enforced.clone(), passed.clone()])],
            ),
            Outcome::Denied,
            vec![(Outcome::Denied, "always-deny")],
        ),
        (
            decision(
                true,
                violation,
                "dry-run",
                &[image("a", violation, slice(&dry))],
            ),
            Outcome::DryRun,
            vec![(Outcome::DryRun, "digest-required")],
        ),
        // One document enforces, the other is in dry run.
        (
            decision(
                false,
                violation,
                "enforced",
                &[image("a", violation, &[enforced.clone(), dry.clone()])],
            ),
            Outcome::Denied,
            vec![
                (Outcome::Denied, "always-deny"),
                (Outcome::DryRun, "digest-required"),
            ],
        ),
        (
            decision(
                true,
                violation,
                "break-glass",
                &[image("a", violation, &[enforced.clone(), dry.clone()])],
            ),
            Outcome::BreakGlass,
            vec![
                (Outcome::BreakGlass, "always-deny"),
                (Outcome::DryRun, "digest-required"),
            ],
        ),
        (
            decision(
                false,
                "ERROR",
                "enforced",
                &[image("a", "ERROR", slice(&unknown))],
            ),
            Outcome::Error,
            vec![(Outcome::Error, "host-capability-failed")],
        ),
        // A code that this program does not know yet refuses.
        (
            decision(
                false,
                violation,
                "enforced",
                &[image(
                    "a",
                    violation,
                    &[result(violation, "enforced", &["new-code"])],
                )],
            ),
            Outcome::Denied,
            vec![(Outcome::Denied, "new-code")],
        ),
        // A check that passed in a document that denies, and a reason that only explains.
        (
            decision(
                false,
                violation,
                "enforced",
                &[image(
                    "a",
                    violation,
                    &[result(
                        violation,
                        "enforced",
                        &["check-passed", "always-deny", "evidence-untrusted"],
                    )],
                )],
            ),
            Outcome::Denied,
            vec![(Outcome::Denied, "always-deny")],
        ),
    ] {
        let judged = judge(&request("n", "x"), &decision);
        assert_eq!(
            (judged.outcome, found(&judged)),
            (outcome, expected),
            "{decision}"
        );
        assert!(judged.is_answered);
    }
}

#[test]
fn what_is_about_the_object_or_holds_for_every_document_stands_against_it() {
    let mut refused = decision(false, "NON_CONFORMANT", "enforced", &[]);
    refused["reasons"] = json!([reason("undecodable-object")]);
    let judged = judge(&request("n", "x"), &refused);
    assert_eq!(found(&judged), [(Outcome::Denied, "undecodable-object")]);
    assert_eq!(judged.findings[0].image, None);
    // An admission reason is none.
    let mut admitted = decision(true, "CONFORMANT", "enforced", &[]);
    admitted["reasons"] = json!([reason("not-a-pod")]);
    let admitted = judge(&request("n", "x"), &admitted);
    assert!(admitted.findings.is_empty());
    let mut revoked = image("a", "NON_CONFORMANT", &[]);
    revoked["reasons"] = json!([reason("digest-denied")]);
    let mut nameless = image("", "NON_CONFORMANT", &[]);
    nameless["reasons"] = json!([reason("image-missing")]);
    let judged = judge(
        &request("n", "x"),
        &decision(false, "NON_CONFORMANT", "enforced", &[revoked, nameless]),
    );
    assert_eq!(
        found(&judged),
        [
            (Outcome::Denied, "digest-denied"),
            (Outcome::Denied, "image-missing")
        ]
    );
    assert_eq!(judged.images, ["a"]);
    assert_eq!(judged.findings[1].image, None);
}

#[test]
fn an_object_without_an_answer_is_an_error_and_counted_apart() {
    let failure = EngineError::Memory(5);
    let mut audit = Audit::new(9);
    audit.add(Judged::failed(&request("n", "x"), &failure).unwrap());
    assert_eq!((audit.unanswered, audit.summary.errors), (1, 1));
    let (row, _) = audit.rows().next().unwrap();
    assert_eq!(row.reason, "memory-exceeded");
    assert!(audit.summary.is_denied());
    // A module that says it cannot answer is at fault for all objects.
    let failure = EngineError::Guest("no".into());
    assert!(Judged::failed(&request("n", "x"), &failure).is_none());
}

#[test]
fn objects_and_images_are_counted_once_for_each_reason() {
    let violation = "NON_CONFORMANT";
    let deny = result(violation, "enforced", &["always-deny"]);
    let refused = |names: &[&str]| {
        let images: Vec<_> = names
            .iter()
            .map(|name| image(name, violation, slice(&deny)))
            .collect();
        decision(false, violation, "enforced", &images)
    };
    let mut audit = Audit::new(2);
    for (namespace, names) in [
        ("b", &["one", "two", "one"][..]),
        ("a", &["one"]),
        ("b", &["two", "three"]),
    ] {
        audit.add(judge(&request(namespace, "x"), &refused(names)));
    }
    let rows: Vec<_> = audit
        .rows()
        .map(|(row, tally)| (row.namespace.as_str(), tally.objects, tally.images()))
        .collect();
    assert_eq!(rows, [("a", 1, 1), ("b", 2, 3)]);
    let images = audit.images();
    let images: Vec<_> = images
        .iter()
        .map(|(name, tally)| (*name, tally.objects))
        .collect();
    assert_eq!(images, [("one", 2), ("two", 2)]);
    assert_eq!(
        audit.omitted(),
        Omitted {
            images: 1,
            objects: 1
        }
    );
    assert_eq!(audit.objects.len(), 2);
    assert_eq!(
        (audit.summary.images, audit.summary.images_with_findings),
        (3, 3)
    );
}

#[test]
fn what_a_controller_has_made_is_counted() {
    for (owners, expected) in [
        (json!([{"kind": "ReplicaSet", "controller": true}]), 1),
        (json!([{"kind": "Node", "controller": false}, {}]), 0),
        (json!("x"), 0),
    ] {
        let mut request = request("n", "x");
        request.request["object"] = json!({"metadata": {"ownerReferences": owners}});
        let mut audit = Audit::new(0);
        let admitted = decision(true, "CONFORMANT", "enforced", &[]);
        audit.add(judge(&request, &admitted));
        assert_eq!(audit.summary.owned, expected, "{owners}");
    }
}

#[test]
fn a_finding_names_the_attestors_and_the_rule_of_an_image_policy() {
    let attestor = |name: &str, code: &str| json!({"name": name, "reasons": [reason(code)]});
    let mut refused = result("NON_CONFORMANT", "enforced", &[]);
    refused["document"] = "imagePolicy".into();
    refused["reasons"] = json!([{"code": "no-valid-attestation", "message": "words (rule shop)"}]);
    let attestors = json!([
        attestor("p/a", "attested"),
        attestor("p/b", "no-valid-attestation")
    ]);
    refused["rules"] = json!([{"name": "shop", "requirements": [{"attestors": attestors}]}]);
    let images = [image("a", "NON_CONFORMANT", &[refused])];
    let judged = judge(
        &request("x", "y"),
        &decision(false, "NON_CONFORMANT", "enforced", &images),
    );
    assert_eq!(
        judged.findings[0].message,
        "not attested by b: words (rule shop)"
    );
}
