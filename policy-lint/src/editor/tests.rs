use std::sync::LazyLock;

use super::*;

static SUITE_SCHEMA: LazyLock<Value> = LazyLock::new(|| {
    let schema = include_str!("../../../host-runner/schemas/suite.json");
    serde_json::from_str(schema).unwrap()
});

const POLICY: &str = "policy:
  kubernetesNamespaceAdmissionRules:
    production:
      evaluationMode: REQUIRE_ATTESTATION
      enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
      requireAttestationsBy: [projects/p/attestors/build]
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
attestors:
  - name: projects/p/attestors/build
    userOwnedGrafeasNote:
      noteReference: projects/p/notes/build
      publicKeys:
        - id: build-2026
          pkixPublicKey:
            signatureAlgorithm: ECDSA_P256_SHA256
            publicKeyPem: |
              -----BEGIN PUBLIC KEY-----
              MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/
              8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw==
              -----END PUBLIC KEY-----
keys:
  - {id: build-2026, owner: release@acme.example}
breakGlass: {namespaces: [production]}
deniedDigests:
  - {digest: sha256:1111111111111111111111111111111111111111111111111111111111111111, reason: stolen}
";

const SUITE: &str = "apiVersion: countersign.dev/v1
kind: PolicySuite
settings: policy.yaml
time: 2026-11-23T12:00:00Z
images: {web: registry.example/shop/web@digest}
signers:
  build: {standsFor: projects/p/attestors/build}
cases:
  - name: signed
    request: {namespace: production, kind: Deployment, images: [web]}
    attestations: [{by: build, image: web}]
    expect: {outcome: admitted, reasons: [attested]}
";

/// A document of Kubewarden with these lines as its settings.
fn manifest(settings: &str) -> String {
    let lines = settings.lines().map(|line| format!("    {line}\n"));
    let settings: String = lines.collect();
    format!(
        "apiVersion: policies.kubewarden.io/v1\nkind: ClusterAdmissionPolicy\nmetadata:\n  name: images\nspec:\n  \
         module: registry://ghcr.io/countersign-dev/countersign:v1\n  settings:\n{settings}"
    )
}

/// Asks about the place of `▮` in a text.
fn ask<T>(marked: &str, answer: impl Fn(&Editor<'_>, usize) -> T) -> T {
    let offset = marked.find('▮').expect("a mark");
    let text = Text::new("", &marked.replace('▮', ""), 0);
    let (readable, settings) = (Text::new("", POLICY, 0), Text::new("", POLICY, 1));
    let editor = Editor {
        text: &text,
        readable: Some(&readable),
        settings: Some(&settings),
        suite_schema: &SUITE_SCHEMA,
    };
    answer(&editor, offset)
}

fn completions(marked: &str) -> Vec<String> {
    let completions = ask(marked, |editor, offset| editor.complete(offset));
    completions.into_iter().map(|one| one.insert).collect()
}

fn hover(marked: &str) -> String {
    let hover = ask(marked, |editor, offset| editor.hover(offset));
    hover.map(|one| one.markdown).unwrap_or_default()
}

/// The text after the place of the definition, and its file.
fn definition(marked: &str) -> Option<(usize, String)> {
    let span = ask(marked, |editor, offset| editor.definition(offset))?;
    let text = match span.file {
        0 => marked.replace('▮', ""),
        _ => POLICY.to_owned(),
    };
    Some((span.file, text.get(span.range()).unwrap().to_owned()))
}

#[test]
fn keys_and_values_are_completed_by_the_path_at_the_cursor() {
    for (before, expected) in [
        ("▮", "policy:"),
        ("pol▮", "policy:"),
        ("policy:\n  ▮", "defaultAdmissionRule:"),
        ("policy:\n  def▮", "defaultAdmissionRule:"),
        ("policy:\n  ▮\n  description: x\n", "defaultAdmissionRule:"),
        ("policy: {▮", "defaultAdmissionRule: "),
        ("policy: {▮}", "defaultAdmissionRule: "),
        (
            "policy:\n  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, ▮}",
            "enforcementMode: ",
        ),
        (
            "policy:\n  defaultAdmissionRule:\n    evaluationMode: ▮",
            "ALWAYS_DENY",
        ),
        (
            "policy:\n  defaultAdmissionRule:\n    evaluationMode: ALW▮AYS_ALLOW\n",
            "ALWAYS_DENY",
        ),
        (
            "policy:\n  defaultAdmissionRule:\n    eval▮: ALWAYS_DENY\n",
            "evaluationMode",
        ),
        (
            "policy: {}\nplatformPolicies:\n  - gkePolicy:\n      checkSets:\n        - checks:\n            - ▮",
            "imageFreshnessCheck:",
        ),
        (
            "policy: {}\nplatformPolicies:\n- gkePolicy:\n    checkSets:\n    - ▮",
            "checks:",
        ),
        ("policy: {}\nevidence:\n  registry: ▮", "true"),
        (
            "policy: {}\nevidence:\n  authenticators:\n    scann▮",
            "scanners: ",
        ),
        ("{\"policy\": {\"▮\"}}", "defaultAdmissionRule"),
        (
            "{\"policy\": {\"defaultAdmissionRule\": {\"evaluationMode\": \"▮\"}}}",
            "ALWAYS_DENY",
        ),
    ] {
        let found = completions(before);
        assert!(found.contains(&expected.to_owned()), "{before}\n{found:?}");
        if before.starts_with(['▮', '{']) {
            continue;
        }
        let within = manifest(before);
        assert_eq!(completions(&within), found, "{within}");
        let second = format!("kind: Other\n---\n{within}");
        assert_eq!(completions(&second), found, "{second}");
    }
}

#[test]
fn a_malformed_line_elsewhere_does_not_hinder_completion() {
    for (text, expected) in [
        (
            "attestors: [\npolicy:\n  defaultAdmissionRule:\n    evaluationMode: ▮\nx: ]]",
            "ALWAYS_DENY",
        ),
        ("a: 1\na: 2\npolicy:\n  ▮", "defaultAdmissionRule:"),
        (
            "a\" : {\npolicy:\n  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, ▮\n",
            "enforcementMode: ",
        ),
        (
            "x\nattestors:\n- name: a\n  userOwnedGrafeasNote:\n    ▮",
            "publicKeys:",
        ),
    ] {
        let found = completions(text);
        assert!(found.contains(&expected.to_owned()), "{text}\n{found:?}");
    }
    let text = format!("a: [\n{}", manifest("policy:\n  ▮"));
    assert!(completions(&text).contains(&"defaultAdmissionRule:".to_owned()));
}

#[test]
fn keys_that_are_there_are_not_offered_again() {
    let found = completions("policy:\n  defaultAdmissionRule: {}\n  ▮\n");
    assert!(
        !found.contains(&"defaultAdmissionRule:".to_owned()),
        "{found:?}"
    );
    assert!(
        found.contains(&"clusterAdmissionRules:".to_owned()),
        "{found:?}"
    );
}

#[test]
fn names_are_completed_from_their_declarations() {
    let attestor = "projects/p/attestors/build";
    for (text, expected) in [
        (
            format!("{POLICY}sigstore: {{attestors: {{▮}}}}\n"),
            "projects/p/attestors/build:",
        ),
        (
            POLICY.replace("[projects/p/attestors/build]", "[▮]"),
            attestor,
        ),
        (
            POLICY.replace("[projects/p/attestors/build]", "\n        - projects/▮"),
            attestor,
        ),
        (
            POLICY.replace("{id: build-2026, owner", "{id: ▮, owner"),
            "build-2026",
        ),
        (POLICY.replace("[production]", "[\"▮\"]"), "production"),
        (SUITE.replace("projects/p/attestors/build", "▮"), attestor),
        (
            SUITE.replace("namespace: production", "namespace: ▮"),
            "production",
        ),
        (SUITE.replace("by: build", "by: ▮"), "build"),
        (SUITE.replace("images: [web]", "images: [▮]"), "web"),
        (SUITE.replace("[attested]", "[▮]"), "no-valid-attestation"),
        (
            SUITE.replace("[attested]", "[\"!▮\"]"),
            "no-valid-attestation",
        ),
        (SUITE.replace("    expect", "    ▮\n    expect"), "tags:"),
        (
            format!("{POLICY}# countersign-ignore lint-▮"),
            "lint-dry-run",
        ),
        (
            "apiVersion: countersign.dev/v1\nkind: LintConfig\nseverity:\n  ▮\n".to_owned(),
            "lint-dry-run:",
        ),
        // Malformed further up, so the names are those of the last text that could be read.
        (
            format!(
                "x: [\n{}",
                POLICY.replace("[projects/p/attestors/build]", "\n        - ▮")
            ),
            attestor,
        ),
    ] {
        let found = completions(&text);
        assert!(found.contains(&expected.to_owned()), "{text}\n{found:?}");
    }
}

#[test]
fn texts_and_comments_are_not_completed() {
    for text in [
        "# pol▮",
        "policy: {description: \"a ▮\"}",
        "kind: ConfigMap\napiVersion: v1\ndata:\n  ▮",
        "a: 1\n▮",
    ] {
        assert_eq!(completions(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn pages_are_shown_for_keys_names_and_codes() {
    let key = "ni:///sha-256;";
    for (text, expected) in [
        (
            "policy: {}\nresolve▮Tags: true",
            "`resolveTags`: Resolve tags once",
        ),
        ("policy: {}\nresolveTags: ▮true", "Default: `false`"),
        (
            "policy: {}\nunchangedImages: ch▮eck",
            "One of `skip`, `check`",
        ),
        (
            "policy: {}\n# countersign-ignore lint-dry▮-run: x",
            "**`lint-dry-run`** (warning)",
        ),
        (
            &POLICY.replace("[projects/p", "[proj▮ects/p"),
            "- key `build-2026`, ECDSA_P256_SHA256",
        ),
        (&POLICY.replace("publicKeyPem", "publicKey▮Pem"), key),
        (
            &POLICY.replace("-----BEGIN", "-----BEG▮IN"),
            "key of attestor `projects/p/attestors/build`",
        ),
        (
            &POLICY.replace("{id: build", "{id: ▮build"),
            "- `owner`: release@acme.example",
        ),
        (
            &POLICY.replace("[production]", "[prod▮uction]"),
            "rule of namespace `production`",
        ),
        (
            &POLICY.replace("sha256:1", "sha256:▮1"),
            "- denied by `deniedDigests`: stolen",
        ),
        (
            &SUITE.replace("reasons: [attested]", "reasons: [no-valid-▮attestation]"),
            "no-valid-attestation",
        ),
        (
            &SUITE.replace("standsFor: projects", "standsFor: ▮projects"),
            "note `projects/p/notes/build`",
        ),
        (
            &SUITE.replace("image: web", "image: we▮b"),
            "registry.example/shop/web",
        ),
        (
            &SUITE.replace("time: 2026", "ti▮me: 2026"),
            "Time of the evaluation",
        ),
    ] {
        assert!(hover(text).contains(expected), "{text}\n{}", hover(text));
    }
    for text in [
        "kind: ConfigMap\napiVersion: v1\nda▮ta: {}",
        "▮",
        "policy: [\n▮",
        "policy:▮ {}\nx: {}\n",
    ] {
        assert!(!hover(text).contains("One of"), "{text}");
    }
    assert_eq!(hover("kind: ConfigMap\napiVersion: v1\na: dry▮-run"), "");
    let in_manifest = manifest("policy: {}\nresolve▮Tags: true");
    assert!(hover(&in_manifest).contains("Resolve tags once"));
}

#[test]
fn definitions_are_found_in_the_document_and_in_the_settings_of_a_suite() {
    let attestor = "projects/p/attestors/build";
    for (text, file, expected) in [
        (POLICY.replace("[projects/p", "[proj▮ects/p"), 0, attestor),
        (
            POLICY.replace("{id: build", "{id: ▮build"),
            0,
            "publicKeyPem",
        ),
        (
            POLICY.replace("[production]", "[prod▮uction]"),
            0,
            "production",
        ),
        (
            format!("{POLICY}evidence: {{kubernetes: {{notes: {{projects▮/p/notes/build: a}}}}}}"),
            0,
            "projects/p/notes/build",
        ),
        (
            SUITE.replace("standsFor: projects", "standsFor: ▮projects"),
            1,
            attestor,
        ),
        (
            SUITE.replace("namespace: prod", "namespace: ▮prod"),
            1,
            "production",
        ),
        (SUITE.replace("by: build", "by: bu▮ild"), 0, "build"),
        (SUITE.replace("image: web", "image: we▮b"), 0, "web"),
    ] {
        assert_eq!(
            definition(&text),
            Some((file, expected.to_owned())),
            "{text}"
        );
    }
    assert_eq!(definition("policy: ▮{}"), None);
}

#[test]
fn the_outline_has_rules_and_attestors() {
    let names = |text: &str| {
        fn collect(symbols: &[Symbol], names: &mut Vec<String>) {
            for symbol in symbols {
                names.push(symbol.name.clone());
                assert!(symbol.span.contains(symbol.name_span), "{symbol:?}");
                collect(&symbol.children, names);
            }
        }
        let mut names_of = Vec::new();
        collect(&symbols(&Text::new("", text, 0)), &mut names_of);
        names_of
    };
    let found = names(POLICY);
    for expected in [
        "policy",
        "production",
        "attestors",
        "projects/p/attestors/build",
    ] {
        assert!(found.contains(&expected.to_owned()), "{found:?}");
    }
    assert!(names(&manifest(POLICY)).contains(&"production".to_owned()));
    assert!(names(SUITE).contains(&"signed".to_owned()));
    assert_eq!(
        names("kind: ConfigMap\napiVersion: v1\n"),
        Vec::<String>::new()
    );
}

#[test]
fn every_offset_of_malformed_documents_is_answered() {
    let suite = format!("{POLICY}---\n{SUITE}");
    let texts = [
        POLICY,
        SUITE,
        &manifest(POLICY),
        &suite,
        "é: [\n- 🙂 {",
        "- - - {a: [}\n\t:",
        "\"",
        "---\n---\n: :\n",
    ];
    for text in texts {
        for end in (0..=text.len()).filter(|end| text.is_char_boundary(*end) && end % 17 == 0) {
            let cut = Text::new("", text.get(..end).unwrap(), 0);
            let editor = Editor {
                text: &cut,
                readable: None,
                settings: None,
                suite_schema: &SUITE_SCHEMA,
            };
            for offset in [0, end / 2, end, end + 1] {
                let _ = editor.hover(offset);
                let _ = editor.complete(offset);
                let _ = editor.definition(offset);
            }
            let _ = symbols(&cut);
        }
    }
}

#[test]
fn a_misspelled_key_is_found_in_what_would_be_settings_without_it() {
    let rule = "{evaluationMode: ALWAYS_DENY}";
    for (text, expected) in [
        (
            format!("polcy: {{defaultAdmissionRule: {rule}}}\na: b"),
            "policy",
        ),
        (
            format!("a: b\nppolicy: {{defaultAdmissionRule: {rule}}}"),
            "policy",
        ),
        (
            "a: b\nattestor: [{name: a, userOwnedGrafeasNote: {}}]".to_owned(),
            "attestors",
        ),
        // Settings, which the linter reads
        (format!("policy: {{defaultAdmissionRule: {rule}}}"), ""),
        (format!("polcy: {{defaultAdmissionRule: {rule}}}"), ""),
        // Of others
        ("polcy: {rules: []}".to_owned(), ""),
        ("polcy: strict".to_owned(), ""),
        ("attestor: [{name: a, url: b}]".to_owned(), ""),
        (format!("police: {{defaultRule: {rule}}}"), ""),
        (format!("p: {{defaultAdmissionRule: {rule}}}"), ""),
        (
            format!("apiVersion: v1\nkind: ConfigMap\npolcy: {{defaultAdmissionRule: {rule}}}"),
            "",
        ),
    ] {
        let found = Text::new("", &text, 0).misspelled();
        let help = found.and_then(|one| one.help).unwrap_or_default();
        match expected {
            "" => assert_eq!(help, "", "{text}"),
            expected => assert_eq!(help, format!("did you mean `{expected}`?"), "{text}"),
        }
    }
}

#[test]
fn pages_of_codes_are_markdown() {
    let page = hover("policy: {}\n# countersign-▮ignore lint-dry-run");
    assert_eq!(page, "");
    let page = hover("policy: {} # policy-unknown▮-field");
    assert!(
        page.starts_with("**`policy-unknown-field`**\n\n") && page.contains("\n- **Effect:** "),
        "{page}"
    );
    let page = hover("policy: {} # lint-dry▮-run");
    assert!(page.contains("**Avoid**\n\n```yaml\n"), "{page}");
    assert_eq!(page.matches("```").count(), 4, "{page}");
}
