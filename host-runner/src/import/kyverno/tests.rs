use serde_json::{Value, json};

use super::*;
use crate::import::Level;
use crate::import::tests::other::{key, outcome};

/// A `ClusterPolicy` with these rules, which enforces.
fn policy(rules: &str) -> String {
    format!(
        "apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {{name: signed}}
spec:
  validationFailureAction: Enforce
  background: false
  webhookTimeoutSeconds: 30
  rules:
{rules}"
    )
}

const PODS: &str = "match: {any: [{resources: {kinds: [Pod]}}]}";

fn root() -> Option<Value> {
    Some(json!({"trustedRoots": {"public-good": {"document": {}}}}))
}

#[test]
fn sets_of_attestors_are_requirements_with_a_threshold() {
    let (build, qa) = (key(0, 22), key(1, 22));
    let text = policy(&format!(
        "    - name: shop
      {PODS}
      verifyImages:
        - imageReferences: [registry.example/shop/*, 'registry.example/tools:*']
          skipImageReferences: [registry.example/shop/dev-*]
          attestors:
            - count: 1
              entries:
                - keys:
                    rekor: {{url: https://rekor.sigstore.dev, ignoreTlog: true}}
                    publicKeys: {build}
                - keys:
                    rekor: {{ignoreTlog: true}}
                    publicKeys: {qa}
            - entries:
                - keys:
                    rekor: {{ignoreTlog: true}}
                    publicKeys: {build}
"
    ));
    let outcome = outcome(&SYSTEM, &text, None);
    outcome.says(&[("12", Level::Warning, "covers only images without a digest")]);
    outcome.is_policy(
        "unmatchedImages: admit
rules:
  - name: signed/shop
    images: [registry.example/shop/**, 'registry.example/tools:*@-']
    exceptImages: [registry.example/shop/dev-*, registry.example/shop/dev-*/**]
    require:
      - {attestors: [projects/local/attestors/signed-shop, projects/local/attestors/signed-shop-2], threshold: 1}
      - attestors: [projects/local/attestors/signed-shop]
",
    );
    let settings = &outcome.import.settings;
    assert_eq!(settings["resolveTags"], true);
    assert_eq!(settings["registries"], json!(["registry.example"]));
}

/// Kyverno counts each key of a text as an entry of its own.
#[test]
fn keys_in_one_text_are_counted_one_by_one() {
    let both = key(0, 22) + key(1, 22).trim_start_matches('|');
    let nested = key(0, 28) + key(1, 28).trim_start_matches('|');
    let text = policy(&format!(
        "    - name: two
      {PODS}
      verifyImages:
        - imageReferences: ['*']
          mutateDigest: false
          attestors:
            - count: 2
              entries:
                - keys:
                    publicKeys: {both}
            - entries:
                - attestor:
                    count: 1
                    entries:
                      - keys:
                          publicKeys: {nested}
"
    ));
    let outcome = outcome(&SYSTEM, &text, None);
    outcome.says(&[
        (
            "17",
            Level::Lacking,
            "without an entry of a transparency log",
        ),
        ("12", Level::Lacking, "its images are from any registry"),
    ]);
    outcome.is_policy(
        "unmatchedImages: admit
rules:
  - name: signed/two
    images: ['**']
    require:
      - attestors: [projects/local/attestors/signed-two, projects/local/attestors/signed-two-2]
      - attestors: [projects/local/attestors/signed-two-3]
",
    );
    let attestors = &outcome.import.settings["attestors"];
    let keys = |index: usize| {
        attestors[index]["userOwnedGrafeasNote"]["publicKeys"]
            .as_array()
            .unwrap()
            .len()
    };
    assert_eq!([keys(0), keys(1), keys(2)], [1, 1, 2]);
    assert_eq!(outcome.import.settings.get("resolveTags"), None);
}

#[test]
fn identities_are_those_of_the_trusted_root() {
    let text = policy(&format!(
        "    - name: keyless
      {PODS}
      verifyImages:
        - imageReferences: ['ghcr.io/acme/*']
          attestors:
            - count: 1
              entries:
                - keyless:
                    issuer: https://token.actions.githubusercontent.com
                    subject: https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*
                    rekor: {{url: https://rekor.sigstore.dev}}
                    additionalExtensions: {{githubWorkflowTrigger: push, githubWorkflowRepository: acme/shop}}
                - keyless:
                    issuer: https://accounts.example
                    subjectRegExp: ^build@acme\\.example$
                    additionalExtensions: {{githubWorkflowTrigger: push}}
                - keyless: {{issuer: 'https://accounts.example', subject: '*'}}
                - keyless: {{issuerRegExp: 'https://.*', subject: build@acme.example}}
                - keyless:
                    issuer: https://accounts.example
                    subject: build@acme.example
                    subjectRegExp: ^release@acme\\.example$
"
    ));
    let outcome = outcome(&SYSTEM, &text, root());
    outcome.says(&[
        ("25", Level::Lacking, "no pattern is for the subject `*`"),
        ("26", Level::Lacking, "an identity has one issuer"),
        (
            "27",
            Level::Lacking,
            "an identity has `subject` or `subjectRegExp`, not both",
        ),
    ]);
    let sigstore = &outcome.import.settings["sigstore"];
    assert_eq!(
        sigstore["identities"],
        json!({
            "signed-keyless": [{
                "trustedRoot": "public-good", "issuer": "https://token.actions.githubusercontent.com",
                "subjectPattern": "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/**",
                "claims": {"buildTrigger": "push", "sourceRepositoryURI": "https://github.com/acme/shop"},
            }],
            "signed-keyless-2": [{
                "trustedRoot": "public-good", "issuer": "https://accounts.example", "subject": "build@acme.example",
                "claims": {"buildTrigger": "push"},
            }],
        })
    );
    let rule = &outcome.import.settings["imagePolicy"]["rules"][0]["require"][0];
    assert_eq!(
        (
            rule["attestors"].as_array().unwrap().len(),
            &rule["threshold"]
        ),
        (5, &json!(1))
    );
}

#[test]
fn the_action_of_failures_is_the_enforcement() {
    let build = key(0, 14);
    let with = |action: &str, namespaces: &str| {
        format!(
            "apiVersion: kyverno.io/v1
kind: ClusterPolicy
metadata: {{name: signed}}
spec:
  {action}
  rules:
    - name: a
      match: {{any: [{{resources: {{kinds: [Pod], {namespaces}}}}}]}}
      verifyImages:
        - imageReferences: [registry.example/*]
          mutateDigest: false
          key: {build}
"
        )
    };
    let rules = |text: &str| {
        let outcome = outcome(&SYSTEM, text, None);
        let rules = outcome.import.settings["imagePolicy"]["rules"]
            .as_array()
            .unwrap()
            .clone();
        let shown = rules.iter().map(|rule| {
            let namespaces = rule
                .get("namespaces")
                .map_or(String::new(), Value::to_string);
            format!(
                "{} {namespaces} {}",
                rule["name"].as_str().unwrap(),
                rule["enforcement"].as_str().unwrap_or("enforce")
            )
        });
        shown.collect::<Vec<_>>()
    };
    assert_eq!(rules(&with("background: false", "")), ["signed/a  dryrun"]);
    assert_eq!(
        rules(&with("validationFailureAction: audit", "")),
        ["signed/a  dryrun"]
    );
    assert_eq!(
        rules(&with(
            "validationFailureAction: enforce",
            "namespaces: [shop]"
        )),
        ["signed/a [\"shop\"] enforce"]
    );
    let in_production =
        "validationFailureActionOverrides: [{action: Enforce, namespaces: [production, shop]}]";
    assert_eq!(
        rules(&with(in_production, "")),
        [
            "signed/a enforced [\"production\",\"shop\"] enforce",
            "signed/a  dryrun"
        ]
    );
    assert_eq!(
        rules(&with(in_production, "namespaces: [shop, qa]")),
        [
            "signed/a enforced [\"shop\"] enforce",
            "signed/a [\"shop\",\"qa\"] dryrun"
        ]
    );
    let relaxed = "validationFailureAction: Enforce
  validationFailureActionOverrides: [{action: Audit, namespaces: [qa]}]";
    let outcome = outcome(&SYSTEM, &with(relaxed, ""), None);
    outcome.says(&[
        (
            "13",
            Level::Lacking,
            "without an entry of a transparency log",
        ),
        ("6", Level::Lacking, "it is enforced in these as well"),
    ]);
    // The key is of a text without `rekor`, as in versions before 1.7.
    assert_eq!(
        outcome.import.settings["imagePolicy"]["rules"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn a_digest_may_be_all_that_is_required() {
    let text = policy(&format!(
        "    - name: pinned
      {PODS}
      verifyImages:
        - imageReferences: ['ghcr.io/acme/*', 'ghcr.io/tools:v1*']
          mutateDigest: false
          verifyDigest: true
"
    ));
    let outcome = outcome(&SYSTEM, &text, None);
    outcome.says(&[]);
    outcome.is_policy(
        "unmatchedImages: admit
rules:
  - {name: signed/pinned, images: ['ghcr.io/acme/**@-', 'ghcr.io/tools:v1*@-'], deny: The image has no digest.}
",
    );
}

#[test]
fn a_condition_that_does_not_carry_over_denies_in_its_place() {
    let build = key(0, 26);
    let text = policy(&format!(
        "    - name: scanned
      {PODS}
      preconditions: {{all: [{{key: '{{{{request.operation}}}}', operator: Equals, value: CREATE}}]}}
      verifyImages:
        - imageReferences: ['registry.example/*/web:*']
          repository: registry.example/signatures
          attestors:
            - entries:
                - keys: {{secret: {{name: cosign, namespace: kyverno}}}}
                - certificates: {{cert: x}}
          attestations:
            - type: https://cosign.sigstore.dev/attestation/vuln/v1
              attestors:
                - entries:
                    - keys:
                        publicKeys: {build}
              conditions: [{{all: [{{key: '{{{{ scanner }}}}', operator: Equals, value: trivy}}]}}]
"
    ));
    let outcome = outcome(&SYSTEM, &text, None);
    outcome.says(&[
        ("13", Level::Warning, "covers only images without a digest"),
        (
            "11",
            Level::Lacking,
            "conditions in JMESPath do not carry over: the rule applies to all requests",
        ),
        (
            "13",
            Level::Lacking,
            "covers more images as `registry.example/**:*@-`",
        ),
        (
            "14",
            Level::Lacking,
            "signatures are read from the image's own repository",
        ),
        ("17", Level::Lacking, "the key is in a Secret"),
        ("18", Level::Lacking, "certificates as keys"),
        (
            "29",
            Level::Lacking,
            "conditions in JMESPath do not carry over",
        ),
        (
            "20",
            Level::Lacking,
            "attestations of the type `https://cosign.sigstore.dev/attestation/vuln/v1`",
        ),
    ]);
    let rule = &outcome.import.settings["imagePolicy"]["rules"][0];
    let check = json!({"check": {"displayName": "attestation of the type https://cosign.sigstore.dev/attestation/vuln/v1", "alwaysDeny": true}});
    assert_eq!(rule["require"][1], check);
    let attestors = outcome.import.settings["attestors"].as_array().unwrap();
    assert!(
        attestors
            .iter()
            .all(|one| one["userOwnedGrafeasNote"].get("publicKeys").is_none())
    );
}

/// `exempt` lifts all rules, so that it is for namespaces which all rules exclude.
#[test]
fn namespaces_that_every_rule_excludes_are_exempt() {
    let build = key(0, 14);
    let rule = |name: &str, exclude: &str| {
        format!(
            "    - name: {name}
      {PODS}
      exclude: {{any: [{{resources: {{namespaces: {exclude}}}}}]}}
      verifyImages:
        - imageReferences: [registry.example/{name}/*]
          key: {build}
"
        )
    };
    let exception = "---
apiVersion: kyverno.io/v2
kind: PolicyException
metadata: {name: legacy, namespace: kyverno}
spec:
  match: {any: [{resources: {kinds: [Pod, Deployment], namespaces: [legacy]}}]}
  exceptions: [{policyName: signed, ruleNames: [b*, autogen-b*]}]
---
apiVersion: kyverno.io/v2
kind: PolicyException
metadata: {name: one, namespace: kyverno}
spec:
  match: {any: [{resources: {kinds: [Pod], namespaces: [shop], names: [web-*]}}]}
  exceptions: [{policyName: signed, ruleNames: ['*']}]
";
    let text =
        policy(&(rule("a", "[kube-system, legacy]") + &rule("b", "[kube-system, qa]"))) + exception;
    let outcome = outcome(&SYSTEM, &text, None);
    outcome.says(&[
        (
            "14",
            Level::Lacking,
            "without an entry of a transparency log",
        ),
        (
            "37",
            Level::Lacking,
            "only exceptions for all Pods of namespaces carry over",
        ),
        (
            "21",
            Level::Lacking,
            "the namespace `qa` is not excluded by every rule",
        ),
    ]);
    let rules = outcome.import.settings["imagePolicy"]["rules"]
        .as_array()
        .unwrap();
    let exempt = json!({
        "name": "excluded namespaces", "images": ["**"], "namespaces": ["kube-system", "legacy"],
        "exempt": {"reason": "excluded from the rules in Kyverno"},
    });
    assert_eq!(rules[2], exempt);
}

#[test]
fn image_validating_policies_count_signatures() {
    let build = key(0, 12);
    let text = format!(
        "apiVersion: policies.kyverno.io/v1
kind: ImageValidatingPolicy
metadata: {{name: signed}}
spec:
  validationActions: [Deny]
  matchConstraints:
    namespaceSelector: {{matchLabels: {{kubernetes.io/metadata.name: production}}}}
    resourceRules: [{{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}}]
  matchImageReferences: [{{glob: 'ghcr.io/{{acme,tools}}/*'}}]
  attestors:
    - name: build
      cosign:
        ctlog: {{insecureIgnoreTlog: true}}
        key:
          data: {build}
    - name: release
      cosign:
        keyless:
          identities:
            - {{issuer: 'https://accounts.example', subject: a@acme.example}}
            - {{issuer: 'https://accounts.example', subject: b@acme.example}}
  attestations: [{{name: sbom, intoto: {{type: https://spdx.dev/Document}}}}]
  validations:
    - expression: >-
        images.containers.map(image, verifyImageSignatures(image, [attestors.build, attestors.release])).all(e, e > 0)
      message: not signed
    - expression: >-
        images.containers.map(image, verifyAttestationSignatures(image, attestations.sbom, [attestors.build])).all(e, e > 0)
    - expression: images.containers.all(image, image != '')
"
    );
    let outcome = outcome(&SYSTEM, &text, root());
    outcome.says(&[
        (
            "26",
            Level::Warning,
            "Kubewarden's host does not read the statements that cosign stores",
        ),
        (
            "33",
            Level::Lacking,
            "the condition in CEL does not carry over",
        ),
    ]);
    outcome.is_policy(
        "unmatchedImages: admit
rules:
  - name: signed
    images: [ghcr.io/acme/**, ghcr.io/tools/**]
    namespaces: [production]
    require:
      - {attestors: [projects/local/attestors/signed, projects/local/attestors/signed-2], threshold: 1}
      - {attestors: [projects/local/attestors/signed], predicateTypes: [https://spdx.dev/Document]}
      - check: {displayName: condition in CEL, alwaysDeny: true}
",
    );
    let identities = &outcome.import.settings["sigstore"]["identities"]["signed-2"];
    assert_eq!(identities.as_array().unwrap().len(), 2);
}

#[test]
fn other_rules_and_conditions_are_reported() {
    let text = policy(
        "    - name: labels
      match: {any: [{resources: {kinds: [Pod]}}]}
      validate: {message: x, pattern: {metadata: {labels: {a: '?*'}}}}
    - name: notation
      match: {any: [{resources: {kinds: [Deployment], names: [web]}}]}
      verifyImages:
        - type: Notary
          imageReferences: ['registry.example/*']
          attestors: [{entries: [{certificates: {cert: x}}]}]
",
    ) + "---
apiVersion: policies.kyverno.io/v1
kind: ImageValidatingPolicy
metadata: {name: json}
spec: {evaluation: {mode: JSON}, attestors: [], validations: [{expression: 'true'}]}
---
apiVersion: policies.kyverno.io/v1
kind: PolicyException
metadata: {name: cel}
spec: {policyRefs: [{name: json, kind: ImageValidatingPolicy}], matchConditions: [{name: a, expression: 'true'}]}
";
    let outcome = outcome(&SYSTEM, &text, None);
    outcome.says(&[
        (
            "9",
            Level::Lacking,
            "only rules with `verifyImages` carry over",
        ),
        ("13", Level::Lacking, "objects are matched by `names`"),
        (
            "15",
            Level::Lacking,
            "signatures of Notation are not supported",
        ),
        ("19", Level::Lacking, "a policy for other JSON"),
        (
            "24",
            Level::Lacking,
            "exceptions of policies in CEL do not carry over",
        ),
    ]);
    assert!(reads(
        &json!({"apiVersion": "policies.kyverno.io/v1", "kind": "ImageValidatingPolicy"})
    ));
    assert!(!reads(
        &json!({"apiVersion": "policies.kyverno.io/v1", "kind": "MutatingPolicy"})
    ));
}

/// No statement has a short name as its type.
#[test]
fn a_short_name_of_a_type_is_reported_with_its_uri() {
    let build = key(0, 26);
    let text = policy(&format!(
        "    - name: bom
      {PODS}
      verifyImages:
        - imageReferences: ['registry.example/web*']
          attestations:
            - type: cyclonedx
              attestors:
                - entries:
                    - keys:
                        publicKeys: {build}
"
    ));
    let outcome = outcome(&SYSTEM, &text, None);
    let findings = outcome.import.findings.iter();
    let helps: Vec<_> = findings.filter_map(|one| one.help.as_deref()).collect();
    assert!(
        helps
            .iter()
            .any(|help| help
                .contains("`cyclonedx` is cosign's name for `https://cyclonedx.org/bom`")),
        "{helps:?}"
    );
}
