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
}
