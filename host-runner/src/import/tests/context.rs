//! Parts of a policy that depend on the cluster and the mesh.

use super::*;

#[test]
fn the_system_policy_is_wanted_exactly_where_it_is_enabled() {
    let system = || {
        Some(export(
            "system.yaml",
            "name: locations/global/policy\nadmissionWhitelistPatterns: [{namePattern: gcr.io/gke/**}]\n",
        ))
    };
    let enabled = POLICY.replace("DISABLE", "ENABLE");
    let unsaid = POLICY.replace("globalPolicyEvaluationMode: DISABLE", "");
    for (policy, system_policy, level, path, words, is_kept) in [
        (
            enabled.as_str(),
            None,
            Some(Level::Lacking),
            "globalPolicyEvaluationMode",
            "which the system policy lists",
            false,
        ),
        (&enabled, system(), None, "", "", true),
        (
            POLICY,
            system(),
            Some(Level::Warning),
            "",
            "was left out",
            false,
        ),
        (
            &unsaid,
            None,
            Some(Level::Warning),
            "",
            "which means `DISABLE`",
            false,
        ),
    ] {
        let import = Import::new(Exports {
            system_policy,
            ..exports(policy)
        });
        assert_eq!(import.level(), level, "{policy}");
        if let Some(level) = level {
            says(&import, level, path, words);
        }
        assert_eq!(import.settings.get("systemPolicy").is_some(), is_kept);
        assert_eq!(problems(&import), [""; 0]);
    }
}

#[test]
fn rules_for_clusters_and_identities_want_to_know_which_these_are() {
    let rule = "{evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}";
    let clusters = format!("{POLICY}clusterAdmissionRules: {{us-a.x: {rule}, us-a.y: {rule}}}\n");
    let mesh = format!(
        "{POLICY}istioServiceIdentityAdmissionRules: {{'spiffe://d.example/ns/n/sa/s': {rule}, 'd.example/ns/n/sa/t': {rule}}}\n"
    );
    let text = |text: &str| Some(text.to_owned());
    for (policy, cluster, domain, level, path, words) in [
        (
            clusters.as_str(),
            None,
            None,
            Some(Level::Error),
            "clusterAdmissionRules",
            "--cluster was not given",
        ),
        (&clusters, text("us-a.x"), None, None, "", ""),
        (
            &clusters,
            text("us-a.z"),
            None,
            Some(Level::Warning),
            "clusterAdmissionRules",
            "no rule is for the cluster `us-a.z`",
        ),
        (
            &mesh,
            None,
            None,
            Some(Level::Error),
            "istioServiceIdentityAdmissionRules",
            "--mesh-trust-domain was not given",
        ),
        (&mesh, None, text("d.example"), None, "", ""),
        (
            &mesh,
            None,
            text("e.example"),
            Some(Level::Warning),
            "istioServiceIdentityAdmissionRules",
            "`e.example`",
        ),
        (
            POLICY,
            text("us-a.x"),
            None,
            Some(Level::Warning),
            "",
            "has no effect",
        ),
    ] {
        let import = Import::new(Exports {
            cluster: cluster.clone(),
            mesh_trust_domain: domain.clone(),
            ..exports(policy)
        });
        assert_eq!(import.level(), level, "{policy}: {:?}", said(&import));
        if let Some(level) = level {
            says(&import, level, path, words);
        }
        assert_eq!(problems(&import).is_empty(), level != Some(Level::Error));
        assert_eq!(
            import.settings.get("cluster").and_then(Value::as_str),
            cluster.as_deref()
        );
        assert_eq!(
            import
                .settings
                .get("meshTrustDomain")
                .and_then(Value::as_str),
            domain.as_deref()
        );
    }
}
