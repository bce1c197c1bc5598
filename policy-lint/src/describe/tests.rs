use super::*;

/// Each row as `SCOPE: DEMAND, …`, with `*` for inherited rules, `(dry run)` and `(break-glass)`.
fn rows(text: &str) -> Vec<String> {
    let matrix = describe(&SourceFile::new("policy.yaml", text)).unwrap();
    let scope = |scope: &Scope| match scope {
        Scope::Cluster { name } => format!("cluster {name}"),
        Scope::Namespace { name } => name.clone(),
        Scope::ServiceAccount { namespace, name } => format!("{namespace}:{name}"),
        Scope::MeshIdentity { name } => format!("mesh {name}"),
        Scope::Others => "others".to_owned(),
    };
    let cell = |cell: &Cell| {
        let demand = match &cell.demand {
            Demand::Admit => "admit".to_owned(),
            Demand::Deny => "deny".to_owned(),
            Demand::Attestation { attestors } => attestors.join("+"),
            Demand::Checks { checks } => {
                let titles: Vec<_> = checks.iter().map(|check| check.title.as_str()).collect();
                titles.join("+")
            }
            Demand::ImageRules { rules, unmatched } => {
                let rules = rules.iter().map(|rule| {
                    let some = if rule.some_pods { " (some)" } else { "" };
                    format!("{}{some}; ", rule.name)
                });
                format!("{}{unmatched:?}", rules.collect::<String>())
            }
            Demand::Varies => "varies".to_owned(),
            Demand::Unreadable => "unreadable".to_owned(),
        };
        let inherited = if cell.inherited { "*" } else { "" };
        let mode = if cell.dry_run { " (dry run)" } else { "" };
        format!("{demand}{inherited}{mode}")
    };
    let rows = matrix.rows.iter().map(|row| {
        let cells: Vec<_> = row.cells.iter().map(cell).collect();
        let break_glass = row.break_glass.map_or("", |_| " (break-glass)");
        format!("{}: {}{break_glass}", scope(&row.scope), cells.join(", "))
    });
    rows.collect()
}

const ENFORCED: &str = "enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG";

#[test]
fn a_namespace_has_its_own_rule_or_the_default_rule() {
    let text = format!(
        "policy:
  kubernetesNamespaceAdmissionRules:
    shop: {{evaluationMode: REQUIRE_ATTESTATION, {ENFORCED}, requireAttestationsBy: [a, b]}}
    test: {{evaluationMode: ALWAYS_ALLOW, enforcementMode: DRYRUN_AUDIT_LOG_ONLY}}
  defaultAdmissionRule: {{evaluationMode: ALWAYS_DENY, {ENFORCED}}}
breakGlass: {{namespaces: [shop, ops]}}
"
    );
    let expected = [
        "shop: a+b (break-glass)",
        "test: admit (dry run)",
        "ops: deny* (break-glass)",
        "others: deny",
    ];
    assert_eq!(rows(&text), expected);
}

#[test]
fn a_check_set_covers_its_scope_and_what_is_inside() {
    let text = format!(
        "policy:
  kubernetesServiceAccountAdmissionRules:
    'shop:deployer': {{evaluationMode: ALWAYS_ALLOW, {ENFORCED}}}
  defaultAdmissionRule: {{evaluationMode: ALWAYS_DENY, {ENFORCED}}}
platformPolicies:
  - name: p
    gkePolicy:
      checkSets:
        - {{scope: {{kubernetesServiceAccount: 'shop:robot'}}, checks: [{{alwaysDeny: true}}]}}
        - {{scope: {{kubernetesNamespace: shop}}, checks: [{{displayName: Mine, trustedDirectoryCheck: {{}}}}]}}
        - checks: [{{imageFreshnessCheck: {{maxUploadAgeDays: 1}}}}]
platformPolicyEnforcement: dryrun
"
    );
    let expected = [
        "shop:deployer: admit, Mine* (dry run)",
        "shop:robot: deny*, deny (dry run)",
        "shop: deny*, Mine (dry run)",
        "others: deny, imageFreshnessCheck (dry run)",
    ];
    assert_eq!(rows(&text), expected);
}

#[test]
fn rules_of_clusters_say_nothing_about_one_namespace() {
    let text = format!(
        "policy:
  clusterAdmissionRules:
    us-east1.prod: {{evaluationMode: ALWAYS_DENY, {ENFORCED}}}
  defaultAdmissionRule: {{evaluationMode: ALWAYS_ALLOW, {ENFORCED}}}
breakGlass: {{namespaces: [shop]}}
"
    );
    let expected = [
        "cluster us-east1.prod: deny",
        "shop: varies* (break-glass)",
        "others: admit",
    ];
    assert_eq!(rows(&text), expected);
    let expected = [
        "cluster us-east1.prod: deny",
        "shop: deny* (break-glass)",
        "others: deny",
    ];
    let text = format!("{text}cluster: us-east1.prod\n");
    assert_eq!(rows(&text), expected, "a cluster that is known");
}

#[test]
fn a_cell_leads_to_the_lines_of_its_rule() {
    let text = format!(
        "policy:
  admissionWhitelistPatterns: [{{namePattern: r.example/*}}]
  kubernetesNamespaceAdmissionRules:
    shop:
      evaluationMode: ALWAYS_ALLOW
      {ENFORCED}
  defaultAdmissionRule: {{evaluationMode: ALWAYS_DENY, {ENFORCED}}}
deniedDigests: [a, b]
"
    );
    let matrix = describe(&SourceFile::new("policy.yaml", text.as_str())).unwrap();
    let cell = &matrix.rows[0].cells[0];
    assert_eq!(cell.path, "policy.kubernetesNamespaceAdmissionRules.shop");
    let lines = text.get(cell.span.range()).unwrap();
    assert!(
        lines.starts_with("shop:\n") && lines.trim_end().ends_with(ENFORCED),
        "{lines:?}"
    );
    let exempt = &matrix.columns[0].exempt[0];
    assert_eq!(text.get(exempt.span.range()).unwrap(), exempt.pattern);
    assert_eq!(matrix.denied_digests, 2);
    assert_eq!(matrix.index_policy, IndexPolicy::Digest);
    let text = format!("{text}indexPolicy: platforms\n");
    let matrix = describe(&SourceFile::new("policy.yaml", text.as_str())).unwrap();
    assert_eq!(matrix.index_policy, IndexPolicy::Platforms);
}

const IMAGE_POLICY: &str = "imagePolicy:
  unmatchedImages: deny
  rules:
    - name: shop
      images: [r.example/shop/**]
      exceptImages: [r.example/shop/tools/*]
      namespaces: [shop, test]
      require:
        - {attestors: [a, b, c], threshold: 2, mustInclude: [c]}
        - check: {imageFreshnessCheck: {maxUploadAgeDays: 1}}
      enforcement: dryrun
    - {name: robot, images: ['**'], serviceAccounts: [shop/robot], require: [{attestors: [a]}]}
    - {name: latest, images: ['**:latest@-'], deny: Use a digest.}
    - {name: nodes, images: [k8s.example/**], exempt: {until: 2027-03-31}}
";

#[test]
fn rules_for_images_are_those_of_the_pods_of_a_scope() {
    let text = format!("{IMAGE_POLICY}breakGlass: {{namespaces: [ops]}}\n");
    let expected = [
        "shop: shop; latest; nodes; Deny",
        "test: shop; latest; nodes; Deny",
        "shop:robot: shop; robot; latest; nodes; Deny",
        "ops: latest; nodes; Deny* (break-glass)",
        "others: latest; nodes; Deny",
    ];
    assert_eq!(rows(&text), expected);
    let text = format!(
        "{IMAGE_POLICY}policy:
  clusterAdmissionRules: {{us.prod: {{evaluationMode: ALWAYS_DENY, {ENFORCED}}}}}
  defaultAdmissionRule: {{evaluationMode: ALWAYS_ALLOW, {ENFORCED}}}
"
    );
    let expected = "cluster us.prod: deny, shop (some); robot (some); latest; nodes; Deny*";
    assert_eq!(rows(&text)[0], expected);
}

#[test]
fn rules_for_images_have_their_patterns_and_requirements() {
    let matrix = describe(&SourceFile::new("policy.yaml", IMAGE_POLICY)).unwrap();
    assert_eq!(matrix.columns[0].document, "imagePolicy");
    let mut cell = serde_json::to_value(&matrix.rows[0].cells[0]).unwrap();
    let rules = cell["rules"].as_array_mut().unwrap();
    let mut span = None;
    for rule in &mut *rules {
        let own = rule.as_object_mut().unwrap().remove("span");
        span = span.or(own);
    }
    let text = IMAGE_POLICY.get(usize_of(&span, "start")..usize_of(&span, "end"));
    assert!(text.unwrap().starts_with("name: shop"), "{text:?}");
    let check = rules[0]["requirements"].as_array_mut().unwrap().remove(1);
    assert_eq!(check["field"], "imageFreshnessCheck");
    let expected = serde_json::json!([
        {"name": "shop", "images": ["r.example/shop/**"], "except": ["r.example/shop/tools/*"], "effect": "require",
         "requirements": [{"attestors": ["a", "b", "c"], "threshold": 2, "mustInclude": ["c"]}],
         "dryRun": true, "somePods": false, "path": "imagePolicy.rules[0]"},
        {"name": "latest", "images": ["**:latest@-"], "effect": "deny", "text": "Use a digest.",
         "dryRun": false, "somePods": false, "path": "imagePolicy.rules[2]"},
        {"name": "nodes", "images": ["k8s.example/**"], "effect": "exempt", "until": "2027-03-31",
         "dryRun": false, "somePods": false, "path": "imagePolicy.rules[3]"},
    ]);
    assert_eq!(*rules, *expected.as_array().unwrap());
    assert_eq!(cell["unmatched"], "deny");
}

fn usize_of(span: &Option<Value>, field: &str) -> usize {
    let number = span.as_ref().and_then(|span| span[field].as_u64());
    usize::try_from(number.unwrap()).unwrap()
}

#[test]
fn malformed_settings_and_other_documents_break_nothing() {
    for text in ["", "a: [", "kind: Pod\napiVersion: v1\n", "[]"] {
        assert_eq!(describe(&SourceFile::new("", text)), None, "{text}");
    }
    assert_eq!(rows("policy: 5\n"), ["others: unreadable"]);
    assert_eq!(
        rows("policy: {}\nnewPolicy: {rules: []}\n"),
        ["others: unreadable"]
    );
    assert_eq!(
        rows("policy: {defaultAdmissionRule: {evaluationMode: 1}}\n"),
        ["others: unreadable"]
    );
    assert_eq!(rows("platformPolicies: [{name: p}]\n"), ["others: admit"]);
    assert_eq!(rows("imagePolicy: {rules: []}\n"), ["others: unreadable"]);
    let text = "imagePolicy: {unmatchedImages: admit, rules: [{name: a}]}\n";
    assert_eq!(rows(text), ["others: unreadable"]);
}
