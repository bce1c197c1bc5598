use alloc::format;
use alloc::string::String;

use super::*;

const HEX: &str = "77b0b75136b9bd0fd36fb50f4c92ae0dbdbbe164ab67885e736fa4374e0cbb8c";
const OTHER: &str = "0000000000000000000000000000000000000000000000000000000000000000";

fn digest(hex: &str) -> Digest {
    Digest::from_hex(hex).unwrap()
}

/// A statement about `subjects`, without a predicate.
fn statement(subjects: &str) -> String {
    format!(
        r#"{{"_type": "https://in-toto.io/Statement/v1", "subject": {subjects},
            "predicateType": "https://example.com/kept/v1"}}"#
    )
}

/// A statement of this predicate about one image.
pub(super) fn with_predicate(kind: &str, predicate: &str) -> String {
    format!(
        r#"{{"_type": "https://in-toto.io/Statement/v1", "predicateType": "{kind}",
            "subject": [{{"name": "app", "digest": {{"sha256": "{HEX}"}}}}], "predicate": {predicate}}}"#
    )
}

/// What is wrong with a statement.
fn problem(text: &str) -> String {
    match Statement::read(text.as_bytes()) {
        Err(Rejection::PayloadInvalid(detail)) => detail,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn both_versions_are_read() {
    for version in ["v0.1", "v1"] {
        let text = format!(
            r#"{{"_type": "https://in-toto.io/Statement/{version}",
                "subject": [{{"name": "app", "uri": "pkg:oci/app", "digest": {{"sha256": "{HEX}",
                    "sha512": "00"}}, "annotations": {{"a": [1]}}, "mediaType": "text/plain"}}],
                "predicateType": "https://example.com/kept/v1", "later": {{"x": null}}}}"#
        );
        let statement = Statement::read(text.as_bytes()).unwrap();
        assert_eq!(statement.predicate_type(), "https://example.com/kept/v1");
        let subject = statement.attests(digest(HEX)).unwrap();
        assert_eq!(
            (subject.name(), subject.uri()),
            (Some("app"), Some("pkg:oci/app"))
        );
        assert_eq!(statement.attests(digest(OTHER)), None);
    }
}

#[test]
fn any_subject_may_be_the_one() {
    let text = statement(&format!(
        r#"[{{"digest": {{"gitCommit": "{HEX}"}}}}, {{"name": "b", "digest": {{"sha256": "{HEX}"}}}}]"#
    ));
    let statement = Statement::read(text.as_bytes()).unwrap();
    assert_eq!(statement.subjects().len(), 2);
    // The same digits under another algorithm are another digest.
    assert_eq!(statement.attests(digest(HEX)).unwrap().name(), Some("b"));
}

#[test]
fn every_part_of_the_envelope_is_required() {
    let subject = format!(r#""subject": [{{"digest": {{"sha256": "{HEX}"}}}}]"#);
    let version = r#""_type": "https://in-toto.io/Statement/v1""#;
    let kind = r#""predicateType": "a""#;
    for (fields, detail) in [
        ([&*subject, kind, r#""a": 1"#], "it has no `_type`"),
        ([version, kind, r#""a": 1"#], "it has no `subject`"),
        (
            [version, &subject, r#""a": 1"#],
            "it has no `predicateType`",
        ),
    ] {
        assert_eq!(problem(&format!("{{{}}}", fields.join(","))), detail);
    }
}

#[test]
fn another_type_is_refused() {
    for (kind, detail) in [
        (r#""https://in-toto.io/Statement/v2""#, "expected one of"),
        (r#""https://in-toto.io/Statement/v1/""#, "expected one of"),
        (r#""https://in-toto.io/statement/v1""#, "expected one of"),
        ("1", "expected a name, got a number"),
        ("null", "expected a string, got null"),
    ] {
        let text = statement(r#"[{"digest": {"a": "b"}}]"#)
            .replace(r#""https://in-toto.io/Statement/v1""#, kind);
        let problem = problem(&text);
        assert!(
            problem.starts_with(&format!("[_type]: {detail}")),
            "{problem}"
        );
    }
}

#[test]
fn a_statement_is_about_something() {
    for (subjects, detail) in [
        ("[]", "subject: expected at least one subject"),
        ("{}", "subject: expected a list, got an object"),
        ("null", "subject: expected a list, got null"),
        ("[{}]", "subject[0]: expected at least one digest"),
        ("[null]", "subject[0]: expected an object, got null"),
        (
            r#"[{"name": "app", "digest": {}}]"#,
            "subject[0]: expected at least one digest",
        ),
        (
            r#"[{"digest": {"sha512": 1}}]"#,
            "subject[0].digest.sha512: expected a string, got a number",
        ),
    ] {
        assert_eq!(problem(&statement(subjects)), detail);
    }
}

#[test]
fn a_digest_has_one_spelling() {
    for hex in [
        &*HEX.to_uppercase(),
        &*format!("sha256:{HEX}"),
        HEX.trim_start_matches('7'),
        "",
    ] {
        assert_eq!(
            problem(&statement(&format!(
                r#"[{{"digest": {{"sha256": "{hex}"}}}}]"#
            ))),
            "subject[0].digest.sha256: expected 64 lower-case hexadecimal digits"
        );
    }
}

#[test]
fn a_key_twice_is_refused_at_any_depth() {
    let known = statement(r#"[{"digest": {"a": "b"}}]"#);
    let known = known.trim_end_matches('}');
    for text in [
        format!(r#"{known}, "_type": "https://in-toto.io/Statement/v1"}}"#),
        format!(r#"{known}, "later": {{"a": [{{"b": 1, "b": 2}}]}}}}"#),
        format!(r#"{known}, "predicate": {{"a": [{{"b": 1, "\u0062": 2}}]}}}}"#),
        format!(r#"{known}, "predicate": {{}}, "predicate": {{}}}}"#),
        statement(r#"[{"digest": {"sha256": "a", "sha256": "b"}}]"#),
        statement(r#"[{"digest": {"a": "b"}, "annotations": {"a": 1, "a": 1}}]"#),
    ] {
        assert!(problem(&text).contains("duplicate key"), "{text}");
    }
}

#[test]
fn one_document_and_nothing_else() {
    let known = statement(r#"[{"digest": {"a": "b"}}]"#);
    for text in [
        format!("{known} {{}}"),
        format!("{known}\0"),
        format!("[{known}]"),
        String::from(known.trim_end_matches('}')),
        String::new(),
    ] {
        problem(&text);
    }
    assert!(Statement::read(b"\xff").is_err());
}

#[test]
fn deep_nesting_is_refused() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    problem(&with_predicate("a", &format!(r#"{{"a": {deep}}}"#)));
    problem(&statement(&format!(
        r#"[{{"digest": {{"a": "b"}}, "annotations": {deep}}}]"#
    )));
}

#[test]
fn a_predicate_is_an_object() {
    for predicate in ["null", "[]", "1"] {
        let problem = problem(&with_predicate("a", predicate));
        assert!(
            problem.starts_with("predicate: expected an object"),
            "{problem}"
        );
    }
}

#[test]
fn subjects_and_digests_are_counted() {
    let subjects = |count: usize| {
        let one = format!(r#"{{"digest": {{"sha256": "{HEX}"}}}}"#);
        statement(&format!("[{}]", alloc::vec![one; count].join(",")))
    };
    assert!(Statement::read(subjects(MAX_SUBJECTS).as_bytes()).is_ok());
    let refused = problem(&subjects(10_000));
    assert!(
        refused.starts_with("subject[1024]: expected at most 1024 subjects"),
        "{refused}"
    );

    let digests = |count: usize| {
        let digests: Vec<_> = (0..count).map(|n| format!(r#""a{n}": "b""#)).collect();
        statement(&format!(r#"[{{"digest": {{{}}}}}]"#, digests.join(",")))
    };
    assert!(Statement::read(digests(MAX_DIGESTS).as_bytes()).is_ok());
    let refused = problem(&digests(MAX_DIGESTS + 1));
    assert!(refused.contains("expected at most 32 digests"), "{refused}");
}

#[test]
fn an_upload_has_a_time() {
    let upload = |predicate| with_predicate("https://countersign.dev/upload/v1", predicate);
    let text = upload(r#"{"uploadTime": "2001-09-09T01:46:40Z", "by": "registry"}"#);
    match Statement::read(text.as_bytes()).unwrap().predicate() {
        Ok(Predicate::Upload(upload)) => assert_eq!(upload.time.as_unix(), 1_000_000_000),
        other => panic!("{other:?}"),
    }
    for predicate in [
        r#"{}"#,
        r#"{"uploadTime": 1000000000}"#,
        r#"{"uploadTime": "today"}"#,
    ] {
        let text = upload(predicate);
        let statement = Statement::read(text.as_bytes()).unwrap();
        assert!(statement.predicate().is_err(), "{predicate}");
    }
}

#[test]
fn predicates_are_known_by_their_exact_type() {
    let google = "https://binaryauthorization.googleapis.com/policy_verification/v0.1";
    for (kind, expected) in [
        (google, Predicate::PolicyVerification),
        ("https://slsa.dev/provenance/v0.1", Predicate::Other),
        ("https://slsa.dev/provenance/v1/", Predicate::Other),
        ("https://slsa.dev/provenance/v1?draft", Predicate::Other),
        ("cosign.sigstore.dev/attestation/vuln/v1", Predicate::Other),
        ("https://in-toto.io/attestation/vulns", Predicate::Other),
        ("", Predicate::Other),
    ] {
        let text = with_predicate(kind, "{}");
        let statement = Statement::read(text.as_bytes()).unwrap();
        assert_eq!(statement.predicate(), Ok(expected), "{kind}");
    }
}

#[test]
fn a_known_type_needs_its_predicate() {
    let bare = |kind: &str| {
        statement(r#"[{"digest": {"a": "b"}}]"#).replace("https://example.com/kept/v1", kind)
    };
    for kind in [
        "https://slsa.dev/provenance/v1",
        "https://countersign.dev/upload/v1",
    ] {
        let text = bare(kind);
        let expected = Rejection::PayloadInvalid("it has no `predicate`".into());
        assert_eq!(
            Statement::read(text.as_bytes()).unwrap().predicate(),
            Err(expected)
        );
    }
    let text = bare("https://binaryauthorization.googleapis.com/policy_verification/v0.1");
    let predicate = Statement::read(text.as_bytes()).unwrap().predicate();
    assert_eq!(predicate, Ok(Predicate::PolicyVerification));
}
