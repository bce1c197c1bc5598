//! Output of the attestor's commands about statements, for settings whose rules ask for a predicate type.

use std::fs;

use serde_json::Value;

use crate::program::run;

const ATTESTOR: &str = "projects/example/attestors/build";
const IMAGE: &str = "registry.example/shop/web@sha256:5555555555555555555555555555555555555555555555555555555555555555";
const BOM: &str = "https://cyclonedx.org/bom";

/// Settings with a rule `shop` that asks for a CycloneDX bill of materials, a key, and a predicate
struct Lab(tempfile::TempDir);

impl Lab {
    fn new() -> Self {
        let lab = Self(tempfile::tempdir().unwrap());
        let key = lab.path("key.pem");
        let keygen = format!("attest keygen --attestor {ATTESTOR} --output {key}");
        let (attestors, _) = run(&keygen, "", 0);
        fs::write(lab.path("attestors.yaml"), attestors).unwrap();
        fs::write(lab.path("predicate.json"), "{}").unwrap();
        lab.write("");
        lab
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }

    /// Writes settings with another requirement of the rule.
    fn write(&self, requirement: &str) {
        let attestors = fs::read_to_string(self.path("attestors.yaml")).unwrap();
        let settings = format!(
            "imagePolicy:\n  unmatchedImages: deny\n  rules:\n    - name: shop\n      images: [registry.example/**]\n      \
             require:\n        - attestors: [{ATTESTOR}]\n          predicateTypes: [{BOM}]\n{requirement}attestors:\n\
             {attestors}"
        );
        fs::write(self.path("policy.yaml"), settings).unwrap();
    }

    /// Signs something into a file; returns standard error.
    #[track_caller]
    fn sign(&self, what: &str, file: &str) -> String {
        let [key, settings, file] = ["key.pem", "policy.yaml", file].map(|name| self.path(name));
        let sign = format!(
            "attest sign --key {key} --settings {settings} --attestor build --occurrences {file} {what} {IMAGE}"
        );
        run(&sign, "", 0).1
    }

    fn statement(&self, predicate_type: &str) -> String {
        let predicate = self.path("predicate.json");
        format!("--predicate {predicate} --predicate-type {predicate_type}")
    }

    #[track_caller]
    fn verify(&self, file: &str, options: &str, status: i32) -> String {
        let [settings, file] = ["policy.yaml", file].map(|name| self.path(name));
        let verify = format!(
            "attest verify --settings {settings} --attestor build --attestation {file} {options} {IMAGE}"
        );
        run(&verify, "", status).0
    }
}

#[test]
fn the_signer_is_told_for_which_rules_an_attestation_counts() {
    let lab = Lab::new();
    let note = lab.sign(&lab.statement("cyclonedx"), "bom.yaml");
    assert!(note.contains("covered by rule `shop`"), "{note}");
    let note = lab.sign(&lab.statement("spdxjson"), "spdx.yaml");
    let asks = format!("rule `shop` asks for `{BOM}`");
    for part in ["warning: no rule", "`https://spdx.dev/Document`", &asks] {
        assert!(note.contains(part), "lacks {part:?}:\n{note}");
    }
    let note = lab.sign("", "approval.yaml");
    assert!(
        note.contains("counts for no rule") && note.contains(&asks),
        "{note}"
    );
    lab.write(&format!("        - attestors: [{ATTESTOR}]\n"));
    assert_eq!(lab.sign("", "approval.yaml"), "");
}

#[test]
fn only_rules_that_cover_the_image_are_named() {
    let lab = Lab::new();
    let other = |images: &str| {
        let requirement = format!(
            "- attestors: [{ATTESTOR}]\n          predicateTypes: [https://spdx.dev/Document]"
        );
        lab.write(&format!(
            "    - name: tools\n      images: [{images}]\n      require:\n        {requirement}\n"
        ));
    };
    other("registry.example/tools/**");
    let note = lab.sign(&lab.statement("spdxjson"), "spdx.yaml");
    for part in [
        "no rule of `imagePolicy` that covers the image asks",
        "; it is not covered by rule `tools`; rule `shop` asks for",
    ] {
        assert!(note.contains(part), "lacks {part:?}:\n{note}");
    }
    let note = lab.sign("", "approval.yaml");
    assert!(!note.contains("`tools`"), "{note}");
    other("registry.example/shop/web:v1*");
    let note = lab.sign(&lab.statement("spdxjson"), "spdx.yaml");
    assert!(note.contains("covered by rule `tools`"), "{note}");
}

#[test]
fn a_statement_is_verified_for_the_rules_that_ask_for_its_type() {
    let lab = Lab::new();
    for (name, file) in [("cyclonedx", "bom.yaml"), ("spdx", "spdx.yaml")] {
        lab.sign(&lab.statement(name), file);
    }
    let of_rule = format!("rule `shop`, with predicate type {BOM}");
    let out = lab.verify("bom.yaml", "", 0);
    assert!(out.starts_with("VERIFIED"), "{out}");
    assert!(out.contains(&format!("✓ {of_rule}")), "{out}");
    let out = lab.verify("spdx.yaml", "", 1);
    for part in [
        &format!("✗ {of_rule}"),
        "What was signed has predicate type `https://spdx.dev/Document`",
    ] {
        assert!(out.contains(part), "lacks {part:?}:\n{out}");
    }
    lab.verify("bom.yaml", "--predicate-type cyclonedx", 0);
    lab.verify("bom.yaml", "--predicate-type spdx", 1);
    lab.verify("spdx.yaml", &format!("--predicate-type {BOM}"), 1);

    let json: Value = serde_json::from_str(&lab.verify("bom.yaml", "--format json", 0)).unwrap();
    let typed = &json["predicateTypes"][0];
    assert_eq!(typed["predicateType"], BOM);
    assert_eq!(typed["rules"][0], "shop");
    assert_eq!(typed["verified"], true);
}

#[test]
fn an_approval_that_counts_for_no_rule_is_not_verified() {
    let lab = Lab::new();
    lab.sign("", "approval.yaml");
    let [settings, file] = ["policy.yaml", "approval.yaml"].map(|name| lab.path(name));
    let verify = format!(
        "attest verify --settings {settings} --attestor build --attestation {file} {IMAGE}"
    );
    let (out, stderr) = run(&verify, "", 1);
    assert!(out.starts_with("ATTESTATION_NOT_VERIFIABLE"), "{out}");
    assert!(out.contains("✗ rule `shop`"), "{out}");
    assert!(!out.contains("attested:"), "{out}");
    assert!(stderr.contains("counts for no rule"), "{stderr}");
    let json: Value =
        serde_json::from_str(&lab.verify("approval.yaml", "--format json", 1)).unwrap();
    assert_eq!(json["result"], "ATTESTATION_NOT_VERIFIABLE");
    lab.write(&format!("        - attestors: [{ATTESTOR}]\n"));
    let out = lab.verify("approval.yaml", "", 0);
    assert!(out.starts_with("VERIFIED"), "{out}");
}

#[test]
fn statements_have_to_meet_each_requirement_of_rules_for_the_image() {
    let lab = Lab::new();
    lab.sign(&lab.statement("cyclonedx"), "bom.yaml");
    let spdx = "https://spdx.dev/Document";
    lab.write(&format!(
        "        - attestors: [{ATTESTOR}]\n          predicateTypes: [{spdx}]\n"
    ));
    let out = lab.verify("bom.yaml", "", 1);
    assert!(out.starts_with("ATTESTATION_NOT_VERIFIABLE"), "{out}");
    assert!(
        out.contains(&format!("✗ rule `shop`, with predicate type {spdx}")),
        "{out}"
    );

    // One type of a requirement is enough.
    let both = fs::read_to_string(lab.path("attestors.yaml")).unwrap();
    let both = format!(
        "imagePolicy:\n  unmatchedImages: deny\n  rules:\n    - name: shop\n      images: [registry.example/**]\n      require:\n        \
         - attestors: [{ATTESTOR}]\n          predicateTypes: [{spdx}, {BOM}]\nattestors:\n{both}"
    );
    fs::write(lab.path("policy.yaml"), both).unwrap();
    lab.verify("bom.yaml", "", 0);

    // The other type is asked for by a rule for other images.
    lab.write(&format!(
        "    - name: tools\n      images: [tools.example/**]\n      require:\n        - attestors: [{ATTESTOR}]\n          \
         predicateTypes: [{spdx}]\n"
    ));
    lab.verify("bom.yaml", "", 0);

    let [settings, file] = ["policy.yaml", "bom.yaml"].map(|name| lab.path(name));
    let elsewhere = fs::read_to_string(&settings).unwrap();
    fs::write(
        &settings,
        elsewhere.replace("registry.example/**", "other.example/**"),
    )
    .unwrap();
    let verify = format!(
        "attest verify --settings {settings} --attestor build --attestation {file} {IMAGE}"
    );
    let (_, stderr) = run(&verify, "", 1);
    assert!(!stderr.contains("is covered by rule"), "{stderr}");
}

#[test]
fn what_is_shown_counts_for_the_rules_that_ask_for_its_type() {
    let lab = Lab::new();
    for (name, file, status, mark) in [
        ("cyclonedx", "bom.yaml", 0, "✓"),
        ("spdx", "spdx.yaml", 1, "✗"),
    ] {
        lab.sign(&lab.statement(name), file);
        let [settings, file] = ["policy.yaml", file].map(|name| lab.path(name));
        let (out, _) = run(
            &format!("attest show --settings {settings} {file}"),
            "",
            status,
        );
        let line = format!("{mark} rule `shop`, with predicate type {BOM}");
        assert!(out.contains(&line), "lacks {line:?}:\n{out}");
    }
}

#[test]
fn reports_name_the_type_that_a_rule_asks_for() {
    let lab = Lab::new();
    lab.sign(&lab.statement("spdx"), "spdx.yaml");
    let text = fs::read_to_string(lab.path("spdx.yaml")).unwrap();
    let lines = text.lines().map(|line| format!("    {line}\n"));
    let evidence = format!("evidence:\n  occurrences:\n{}", lines.collect::<String>());
    let settings = fs::read_to_string(lab.path("policy.yaml")).unwrap();
    fs::write(lab.path("policy.yaml"), settings + &evidence).unwrap();
    let pod = format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: a}}, spec: {{containers: [{{name: a, image: '{IMAGE}'}}]}}}}"
    );
    let settings = lab.path("policy.yaml");
    let (out, _) = run(
        &format!("evaluate --format github --settings {settings} -"),
        &pod,
        1,
    );
    let message = format!(
        "not attested by build with predicate type {BOM}: What was signed has predicate type \
         `https://spdx.dev/Document` (rule shop)"
    );
    assert!(out.contains(&message), "{out}");
}
