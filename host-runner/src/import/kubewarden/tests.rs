use serde_json::json;

use super::*;
use crate::import::Level;
use crate::import::tests::other::{key, outcome};

/// A trusted root by name, as `--trusted-root` gives it
fn root() -> Option<Value> {
    Some(json!({"trustedRoots": {"public-good": {"document": {}}}}))
}

#[test]
fn all_keys_of_an_entry_are_required() {
    let (build, qa) = (key(0, 10), key(1, 10));
    let text = format!(
        "apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicy
metadata: {{name: signed}}
spec:
  module: registry://ghcr.io/kubewarden/policies/verify-image-signatures:v1.0.0
  mutating: true
  rules: [{{apiGroups: [\"\"], apiVersions: [v1], resources: [pods], operations: [CREATE, UPDATE]}}]
  settings:
    signatures:
      - image: registry.example/shop/*
        pubKeys:
        - {build}
        - {qa}
"
    );
    let outcome = outcome(&SYSTEM, &text, None);
    outcome.says(&[]);
    outcome.is_policy(
        "unmatchedImages: admit
rules:
  - name: signed registry.example/shop/*
    images: [registry.example/shop/**]
    require: [{attestors: [projects/local/attestors/signed, projects/local/attestors/signed-2]}]
",
    );
    let settings = &outcome.import.settings;
    assert_eq!(settings["resolveTags"], true);
    assert_eq!(settings["evidence"], json!({"registry": true}));
    assert_eq!(settings["registries"], json!(["registry.example"]));
    assert_eq!(settings["attestors"].as_array().unwrap().len(), 2);
}

#[test]
fn identities_need_a_trusted_root() {
    let text = "signatures:
  - image: ghcr.io/acme/*
    githubActions: {owner: acme, repo: shop}
  - image: ghcr.io/acme/tools/*
    keyless: [{issuer: 'https://accounts.example', subject: build@acme.example}]
  - image: ghcr.io/acme/shop:*
    keylessPrefix:
      - issuer: https://token.actions.githubusercontent.com
        urlPrefix: https://github.com/acme/shop/.github/workflows/ci.yml@refs/tags/
";
    let without = outcome(&SYSTEM, text, None);
    without.says(&[
        ("3", Level::Lacking, "needs a trusted root"),
        ("5", Level::Lacking, "needs a trusted root"),
        ("8", Level::Lacking, "needs a trusted root"),
    ]);
    let outcome = outcome(&SYSTEM, text, root());
    outcome.says(&[("3", Level::Warning, "the subjects are written as")]);
    let identities = &outcome.import.settings["sigstore"]["identities"];
    let actions = "https://token.actions.githubusercontent.com";
    let claims = json!({"sourceRepositoryURI": "https://github.com/acme/shop"});
    assert_eq!(
        identities,
        &json!({
            "signer": [
                {"trustedRoot": "public-good", "issuer": actions, "subjectPattern": "https://github.com/acme/shop/.github/workflows/*@refs/**", "claims": claims},
            ],
            "signer-2": [{"trustedRoot": "public-good", "issuer": "https://accounts.example", "subject": "build@acme.example"}],
            "signer-3": [{"trustedRoot": "public-good", "issuer": actions, "subjectPattern": "https://github.com/acme/shop/.github/workflows/ci.yml@refs/tags/**"}],
        })
    );
}

/// A condition on signatures that does not carry over leaves an attestor without signers.
#[test]
fn no_signature_counts_for_what_does_not_carry_over() {
    let build = key(0, 6);
    let text = format!(
        "modifyImagesWithDigest: false
signatures:
  - image: registry.example/a/*
    pubKeys:
    - {build}
    annotations: {{env: production}}
  - image: registry.example/b/*
    certificates: [x]
    requireRekorBundle: true
  - image: registry.example/c/*
    githubActions: {{owner: '*'}}
"
    );
    let outcome = outcome(&SYSTEM, &text, root());
    outcome.says(&[
        ("1", Level::Lacking, "an image by tag is denied"),
        (
            "10",
            Level::Lacking,
            "annotations of signatures are not compared (`env`)",
        ),
        (
            "12",
            Level::Lacking,
            "certificates as keys are not supported",
        ),
        (
            "15",
            Level::Lacking,
            "no pattern is for the subject `https://github.com/*/*`",
        ),
    ]);
    let attestors = outcome.import.settings["attestors"].as_array().unwrap();
    assert_eq!(attestors.len(), 3);
    for attestor in attestors {
        assert_eq!(attestor["userOwnedGrafeasNote"].get("publicKeys"), None);
    }
}

#[test]
fn lists_of_trusted_repos_become_rules_that_deny() {
    let text = "apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicy
metadata: {name: trusted}
spec:
  module: registry://ghcr.io/kubewarden/policies/trusted-repos:v1.0.0
  mode: monitor
  namespaceSelector:
    matchExpressions: [{key: kubernetes.io/metadata.name, operator: In, values: [shop, production]}]
  settings:
    registries: {allow: [registry.example, docker.io, 'localhost:5000']}
    tags: {reject: [latest, '*-rc1']}
    images: {reject: [quay.io/etcd/etcd:v3.4.12, quay.io/coreos/etcd]}
";
    let outcome = outcome(&SYSTEM, text, None);
    outcome.says(&[(
        "11",
        Level::Warning,
        "a digest without a tag counts as `latest`",
    )]);
    outcome.is_policy(
        "unmatchedImages: admit
rules:
  - name: trusted registries.allow
    images: ['**']
    exceptImages: [registry.example/**, docker.io/**, 'localhost:5000/**']
    namespaces: [shop, production]
    deny: The registry is not allowed.
    enforcement: dryrun
  - name: trusted tags.reject
    images: ['**:latest', '**:-', '**:*-rc1']
    namespaces: [shop, production]
    deny: The tag is rejected.
    enforcement: dryrun
  - name: trusted images.reject
    images: ['quay.io/etcd/etcd:v3.4.12@-', quay.io/coreos/etcd]
    namespaces: [shop, production]
    deny: The image is rejected.
    enforcement: dryrun
",
    );
    assert_eq!(outcome.import.settings.get("evidence"), None);
}

#[test]
fn allowed_images_are_those_of_the_list() {
    let digest = "1".repeat(64);
    let text = format!(
        "images:
  allow:
    - nginx
    - quay.io/coreos/etcd
    - quay.io/bitnami/redis:6.0@sha256:{digest}
    - quay.io/bitnami/postgres@sha256:{digest}
    - docker.io/bitnami/*
    - ghcr.io/*/tools
"
    );
    let outcome = outcome(&SYSTEM, &text, None);
    outcome.says(&[
        ("3", Level::Lacking, "also means the image `library/nginx` of every other registry; only Docker Hub's is allowed"),
        ("8", Level::Lacking, "covers fewer images"),
    ]);
    outcome.is_policy(&format!(
        "unmatchedImages: admit
rules:
  - name: images.allow
    images: ['**']
    exceptImages:
      - docker.io/library/nginx
      - quay.io/coreos/etcd
      - quay.io/bitnami/redis:6.0@sha256:{digest}
      - quay.io/bitnami/postgres:-@sha256:{digest}
      - docker.io/bitnami/**
      - ghcr.io/*/tools
    deny: The image is not in the list of allowed images.
"
    ));
}

#[test]
fn what_has_no_counterpart_is_reported() {
    let text = "apiVersion: policies.kubewarden.io/v1
kind: AdmissionPolicy
metadata: {name: trusted, namespace: shop}
spec:
  module: ghcr.io/kubewarden/policies/trusted-repos:v1.0.0
  objectSelector: {matchLabels: {tier: web}}
  matchConditions: [{name: a, expression: 'true'}]
  newField: 1
  settings:
    registries: {reject: ['ghcr.*', quay.io, index.docker.io]}
    tags: {reject: ['*-rc*']}
";
    let outcome = outcome(&SYSTEM, text, None);
    outcome.says(&[
        ("10", Level::Warning, "`index.docker.io` matches no image"),
        ("8", Level::Lacking, "does not know `newField`"),
        ("6", Level::Lacking, "`objectSelector` has no counterpart"),
        ("7", Level::Lacking, "`matchConditions` has no counterpart"),
        (
            "10",
            Level::Lacking,
            "`ghcr.*` cannot be written as patterns",
        ),
        (
            "11",
            Level::Lacking,
            "`*-rc*` cannot be written as a pattern of tags",
        ),
    ]);
    outcome.is_policy(
        "unmatchedImages: admit
rules:
  - {name: trusted registries.reject, images: [quay.io/**], namespaces: [shop], deny: The registry is rejected.}
",
    );
}

#[test]
fn policies_are_recognized_by_module_or_settings() {
    let of_module = |module: &str| json!({"apiVersion": "policies.kubewarden.io/v1", "kind": "ClusterAdmissionPolicy", "spec": {"module": module, "settings": {}}});
    assert!(reads(&of_module(
        "https://example.com/verify-image-signatures@sha256:1"
    )));
    assert!(!reads(&of_module(
        "registry://registry.example/countersign:v1"
    )));
    assert!(reads(&json!({"tags": {"reject": ["latest"]}})));
    assert!(!reads(
        &json!({"registries": ["registry.example"], "imagePolicy": {}})
    ));
    let group = json!({
        "apiVersion": "policies.kubewarden.io/v1", "kind": "ClusterAdmissionPolicyGroup",
        "spec": {"policies": {"signed": {"module": "ghcr.io/kubewarden/policies/verify-image-signatures:v1.0.0"}}},
    });
    assert!(reads(&group));
}
