use super::*;
use crate::SourceFile;

const GOOD: &str = "apiVersion: countersign.dev/v1
kind: PolicySuite
settings: policy.yaml
time: 2026-11-23T12:00:00Z
images:
  web: registry.example/shop/web@digest
  tag: registry.example/shop/web:1
signers:
  build: {standsFor: projects/p/attestors/build}
cases:
  - name: signed
    request: {namespace: production, kind: Deployment, images: [web]}
    attestations:
      - {by: build, image: web}
    expect: admitted
  - name: unsigned
    request: {images: [tag]}
    expect: {outcome: denied, reasons: [digest-required, \"!always-deny\"]}
";

fn read(text: &str) -> Result<Suite, Vec<(String, String)>> {
    let file = SourceFile::new("tests.yaml", text);
    let documents = file.parse(0).unwrap();
    Suite::read(&documents[0]).map_err(|problems| {
        let shown = problems.into_iter().map(|one| {
            let at = text.get(one.span().range()).unwrap().to_owned();
            (one.code, at)
        });
        shown.collect()
    })
}

#[test]
fn a_suite_is_read() {
    let suite = read(GOOD).unwrap();
    assert_eq!(suite.cases.len(), 2);
    let Request::Inline(request) = &suite.cases[0].request else {
        panic!("inline")
    };
    assert_eq!(request.kind.kind, "Deployment");
    assert!(request.images[0].starts_with("registry.example/shop/web@sha256:"));
    assert_eq!(suite.cases[0].attestations[0].format, Format::Occurrence);
    assert!(!suite.cases[1].expectation.reasons[1].is_there);
}

#[track_caller]
fn refused(from: &str, to: &str, code: &str, at: &str) {
    assert!(GOOD.contains(from), "{from}");
    let problems = read(&GOOD.replacen(from, to, 1)).unwrap_err();
    assert!(
        problems.contains(&(code.to_owned(), at.to_owned())),
        "{problems:?}"
    );
}

#[test]
fn what_nobody_reads_is_an_error_at_every_depth() {
    refused(
        "settings: policy",
        "setings: x\nsettings: policy",
        "suite-unknown-field",
        "setings",
    );
    refused(
        "images: [web]",
        "images: [web], imgs: []",
        "suite-unknown-field",
        "imgs",
    );
    refused(
        "image: web}",
        "image: web, tmper: x}",
        "suite-unknown-field",
        "tmper",
    );
    refused(
        "outcome: denied",
        "outcome: denied, reson: x",
        "suite-unknown-field",
        "reson",
    );
}

#[test]
fn a_suite_without_a_clock_is_refused() {
    refused(
        "time: 2026-11-23T12:00:00Z\n",
        "",
        "suite-without-clock",
        "apiVersion",
    );
}

#[test]
fn names_have_to_be_declared() {
    refused(
        "images: [web]",
        "images: [wbe]",
        "suite-unknown-name",
        "wbe",
    );
    refused("by: build", "by: biuld", "suite-unknown-name", "biuld");
    refused(
        "digest-required",
        "digest-requird",
        "suite-invalid-value",
        "digest-requird",
    );
}

#[test]
fn what_cannot_be_attested_or_tampered_with_is_refused() {
    refused("image: web}", "image: tag}", "suite-invalid-value", "tag");
    refused(
        "image: web}",
        "image: web, tamper: expired}",
        "suite-invalid-value",
        "expired",
    );
    refused(
        "image: web}",
        "image: web, tamper: explode}",
        "suite-invalid-value",
        "explode",
    );
    refused(
        "image: web}",
        "image: web, format: cosign}",
        "suite-invalid-value",
        "cosign",
    );
}

#[test]
fn every_case_has_a_name_of_its_own() {
    refused(
        "name: unsigned",
        "name: signed",
        "suite-invalid-value",
        "signed",
    );
}

#[test]
fn a_case_is_run_in_each_of_its_namespaces() {
    let suite = GOOD.replacen(
        "  - name: unsigned\n",
        "  - name: unsigned\n    namespaces: [staging, qa]\n",
        1,
    );
    let suite = read(&suite).unwrap();
    let cases = suite.cases.iter().map(|case| match &case.request {
        Request::Inline(request) => (&*case.name, &*request.namespace),
        Request::File { .. } => panic!("inline"),
    });
    let expected = [
        ("signed", "production"),
        ("unsigned in staging", "staging"),
        ("unsigned in qa", "qa"),
    ];
    assert_eq!(cases.collect::<Vec<_>>(), expected);
}

#[test]
fn namespaces_of_a_case_leave_no_doubt() {
    let invalid = "suite-invalid-value";
    refused(
        "- name: signed",
        "- name: signed\n    namespaces: [a]",
        invalid,
        "production",
    );
    refused(
        "- name: unsigned",
        "- name: unsigned\n    namespaces: []",
        invalid,
        "[",
    );
    let file = "request: {file: pod.yaml}\n    namespaces: [a]";
    refused("request: {images: [tag]}", file, invalid, "pod.yaml");
    let twice = "- name: unsigned\n    namespaces: [a, a]";
    refused("- name: unsigned", twice, invalid, "unsigned");
}

#[test]
fn a_suite_without_cases_is_refused() {
    let (head, _) = GOOD.split_once("cases:").unwrap();
    let problems = read(&format!("{head}cases: []\n")).unwrap_err();
    assert_eq!(problems[0].0, "suite-invalid-value");
}

/// The suite with a signer that has an identity.
fn keyless(signer: &str, attestation: &str) -> Result<Suite, Vec<(String, String)>> {
    let text = GOOD.replacen("{standsFor: projects/p/attestors/build}", signer, 1);
    read(&text.replacen("{by: build, image: web}", attestation, 1))
}

const IDENTITY: &str =
    "{subject: https://ci.example/build, issuer: https://ci.example, claims: {buildTrigger: push}}";

#[test]
fn an_identity_signs_bundles() {
    let suite = keyless(IDENTITY, "{by: build, image: web, signed: {age: 2d}}").unwrap();
    let Credential::Identity(identity) = &suite.signers["build"].credential else {
        panic!("identity")
    };
    assert_eq!(identity.subject, "https://ci.example/build");
    assert_eq!(identity.claims["buildTrigger"], "push");
    assert_eq!(identity.trusted_root, None);
    let changed =
        "{by: build, image: web, subject: one, claims: {buildTrigger: two, tokenSubject: three}}";
    let changed = keyless(IDENTITY, changed).unwrap();
    let changed = identity.with(&changed.cases[0].attestations[0].identity);
    assert_eq!(
        (changed.subject.as_str(), changed.issuer.as_str()),
        ("one", "https://ci.example")
    );
    let claims: Vec<_> = changed.claims.values().map(String::as_str).collect();
    assert_eq!(claims, ["two", "three"]);
    let attestation = &suite.cases[0].attestations[0];
    assert_eq!(attestation.format, Format::Bundle);
    assert_eq!(attestation.signed, Some(Moment::Ago(172_800)));
}

#[test]
fn a_signer_has_a_key_or_an_identity() {
    for (signer, code, at) in [
        (
            "{standsFor: x, subject: one, issuer: z}",
            "suite-invalid-value",
            "one",
        ),
        ("{subject: one}", "suite-missing-field", "subject"),
        (
            "{subject: one, issuer: z, algorithm: ED25519}",
            "suite-unknown-field",
            "algorithm",
        ),
        ("{standsFor: x, issuer: z}", "suite-invalid-value", "z"),
        (
            "{issuer: z, claims: {buildTrigger: push}, trustedRoot: x}",
            "suite-missing-field",
            "issuer",
        ),
        ("{algorithm: ED25519}", "suite-missing-field", "algorithm"),
        (
            "{subject: one, issuer: z, claims: {biuld: push}}",
            "suite-unknown-name",
            "biuld",
        ),
    ] {
        let problems = keyless(signer, "{by: build, image: web}").unwrap_err();
        assert_eq!(problems, [(code.to_owned(), at.to_owned())], "{signer}");
    }
}

#[test]
fn an_identity_signs_bundles_or_as_cosign_and_a_key_has_no_certificate() {
    for (signer, fields, is_good) in [
        (IDENTITY, "format: bundle-message", true),
        (IDENTITY, "format: dsse", false),
        (IDENTITY, "format: cosign", false),
        (IDENTITY, "format: cosign, source: registry", true),
        (
            IDENTITY,
            "format: cosign, source: registry, tamper: missing-proof",
            false,
        ),
        (IDENTITY, "format: bundle-message, upload: {age: 1h}", false),
        (IDENTITY, "upload: {age: 1h}", true),
        (
            IDENTITY,
            "source: pod-annotation, tamper: missing-sct",
            true,
        ),
        (IDENTITY, "tamper: unknown-key-id", false),
        (IDENTITY, "tamper: wrong-note", false),
        (IDENTITY, "format: bundle-message, tamper: truncated", false),
        ("{standsFor: x}", "format: bundle", true),
        ("{standsFor: x}", "format: bundle-message", true),
        (
            "{standsFor: x, algorithm: ED25519}",
            "format: bundle-message",
            false,
        ),
        (
            "{standsFor: x}",
            "format: bundle, tamper: missing-sct",
            false,
        ),
        ("{standsFor: x}", "signed: {age: 1h}", false),
        ("{standsFor: x}", "subject: https://ci.example/other", false),
        (IDENTITY, "claims: {buildTrigger: schedule}", true),
        (IDENTITY, "claims: {trigger: schedule}", false),
    ] {
        let read = keyless(signer, &format!("{{by: build, image: web, {fields}}}"));
        assert_eq!(read.is_ok(), is_good, "{signer} {fields}: {read:?}");
    }
}
