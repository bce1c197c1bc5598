//! `countersign describe` as a user runs it.

use crate::program::{file, run};

/// Every kind of demand, in three documents
const SETTINGS: &str = "policy:
  globalPolicyEvaluationMode: DISABLE
  admissionWhitelistPatterns: [{namePattern: registry.k8s.io/**}]
  kubernetesServiceAccountAdmissionRules:
    shop:deployer: {evaluationMode: ALWAYS_ALLOW, enforcementMode: DRYRUN_AUDIT_LOG_ONLY}
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
platformPolicies:
  - name: projects/p/platforms/gke/policies/fresh
    gkePolicy:
      checkSets:
        - scope: {kubernetesNamespace: ops}
          imageAllowlist: {allowPattern: [registry.example/tools/**]}
          checks: [{displayName: Ours only, trustedDirectoryCheck: {trustedDirPatterns: [registry.example/ops]}}]
        - checks: [{imageFreshnessCheck: {maxUploadAgeDays: 30}}]
imagePolicy:
  unmatchedImages: deny
  rules:
    - name: shop
      images: [registry.example/a-long-project-name/with-a-long-repository-name/**]
      exceptImages: [registry.example/shop/tools/*]
      namespaces: [shop]
      require: [{check: {imageFreshnessCheck: {maxUploadAgeDays: 1}}}]
      enforcement: dryrun
    - {name: no latest, images: ['**:latest@-'], deny: Use a version.}
    - {name: nodes, images: [registry.k8s.io/**], exempt: {until: 2027-03-31}}
evidence: {occurrences: []}
breakGlass: {namespaces: [ops]}
deniedDigests: [sha256:0000000000000000000000000000000000000000000000000000000000000000]
";

#[test]
fn the_table_fits_80_columns() {
    let (stdout, stderr) = run("describe -", SETTINGS, 0);
    let expected = "\
PODS OF               policy     platformPolicies[0] fresh
shop:deployer         admit all  imageFreshnessCheck
service account       dry run    inherited

ops                   deny all   Ours only (trustedDirectoryCheck)
break-glass by label  inherited  except registry.example/tools/**

shop                  deny all   imageFreshnessCheck
                      inherited  inherited

all other Pods        deny all   imageFreshnessCheck

PODS OF               imagePolicy
shop:deployer         in dry run,
service account         registry.example/a-long-project-name/
                        with-a-long-repository-name/**
                        except registry.example/shop/tools/*:
                        imageFreshnessCheck (rule shop)
                      **:latest@-: denied (rule no latest)
                      registry.k8s.io/**: exempt until 2027-03-31 (rule nodes)
                      other images: denied
                      inherited

ops                   **:latest@-: denied (rule no latest)
break-glass by label  registry.k8s.io/**: exempt until 2027-03-31 (rule nodes)
                      other images: denied
                      inherited

shop                  in dry run,
                        registry.example/a-long-project-name/
                        with-a-long-repository-name/**
                        except registry.example/shop/tools/*:
                        imageFreshnessCheck (rule shop)
                      **:latest@-: denied (rule no latest)
                      registry.k8s.io/**: exempt until 2027-03-31 (rule nodes)
                      other images: denied

all other Pods        **:latest@-: denied (rule no latest)
                      registry.k8s.io/**: exempt until 2027-03-31 (rule nodes)
                      other images: denied

exempt from policy: registry.k8s.io/**
1 revoked digest is denied everywhere
an image must satisfy every column
";
    assert_eq!(stdout, expected);
    assert_eq!(stderr, "");
    assert!(stdout.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn attestors_and_thresholds_stand_in_the_cells() {
    let (stdout, _) = run("describe policies/two-of-three/policy.yaml", "", 0);
    let expected = "\
PODS OF   imagePolicy
all Pods  registry.example/shop/**: attested by 2 of build, qa and security,
            always security (rule shop)
          **:latest@-: denied (rule no latest)
          other images: admitted
";
    assert_eq!(stdout, expected);
    let (stdout, _) = run("describe policies/pipeline/policy.yaml", "", 0);
    for line in [
        "production      attested by build, qa and canary\n",
        "preview         attested by build, qa and canary\n                dry run\n",
        "exempt from policy: registry.k8s.io/**\n",
    ] {
        assert!(stdout.contains(line), "{line}: {stdout}");
    }
}

#[test]
fn the_flowchart_has_a_node_for_each_demand() {
    let (stdout, _) = run(
        "describe policies/pipeline/policy.yaml --format mermaid",
        "",
        0,
    );
    for line in [
        "flowchart LR\n",
        "  p0([\"development\"])\n",
        "  subgraph d0[\"policy\"]\n    d0n0[\"admit all\"]:::admit\n",
        "    d0n4[\"attested by build, qa and canary<br/>dry run\"]:::lenient\n",
        "  p3 --> d0n3\n",
    ] {
        assert!(stdout.contains(line), "{line}: {stdout}");
    }
}

#[test]
fn no_name_is_markup() {
    let settings = r#"{"policy": {"kubernetesNamespaceAdmissionRules": {"a": {"evaluationMode": "ALWAYS_DENY",
        "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG"}}, "defaultAdmissionRule": {"evaluationMode": "ALWAYS_DENY",
        "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG"}}, "imagePolicy": {"unmatchedImages": "admit", "rules":
        [{"name": "<b>\"|`]-->](https://a.example) @b", "images": ["**"], "deny": "x"}]}}"#;
    let (markdown, _) = run("describe --format markdown -", settings, 0);
    let (mermaid, _) = run("describe --format mermaid -", settings, 0);
    let (html, _) = run("describe --format html -", settings, 0);
    assert!(
        html.contains("\\u003cb\\u003e") && !html.contains("<b>"),
        "{html}"
    );
    for text in [&markdown, &mermaid] {
        for part in ["<b>", "\"|", "`]", "](https"] {
            assert!(!text.contains(part), "{part}: {text}");
        }
    }
    let rows = markdown.lines().filter(|line| line.starts_with("| "));
    for row in rows {
        assert_eq!(row.matches('|').count(), 4, "{row}");
    }
}

#[test]
fn settings_that_are_invalid_or_missing_are_status_2() {
    let invalid = "policy: {defaultAdmissionRule: {evaluationMode: ALWAYS}}\n";
    let (stdout, stderr) = run("describe -", invalid, 2);
    assert_eq!(stdout, "");
    assert!(stderr.contains("error[policy-"), "{stderr}");
    let (_, stderr) = run("describe -", "kind: Pod\napiVersion: v1\n", 2);
    assert!(stderr.starts_with("error: "), "{stderr}");
    let (folder, path) = file("policy.yaml", invalid);
    let out = folder.path().join("out.html");
    let arguments = format!(
        "describe {} --format html={}",
        path.display(),
        out.display()
    );
    run(&arguments, "", 2);
    let page = std::fs::read_to_string(out).unwrap();
    assert!(page.contains("the settings are invalid"), "{page}");
}
