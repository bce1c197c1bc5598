//! Which rule applies: by namespace, service account, cluster and mesh identity.

use serde_json::{Value, json};

use crate::case::{Case, case, one_container, pod, require, rule, unsigned, update};
use crate::signing::{TestKey, attestor};

/// A policy that denies by default and allows what a specific rule names.
fn allow_only(settings: &mut Value, map: &str, key: &str) {
    settings["policy"]["defaultAdmissionRule"] = rule("ALWAYS_DENY", &[]);
    settings["policy"][map] = json!({key: rule("ALWAYS_ALLOW", &[])});
}

const NAMESPACE: &str = "kubernetesNamespaceAdmissionRules";
const ACCOUNT: &str = "kubernetesServiceAccountAdmissionRules";
const CLUSTER: &str = "clusterAdmissionRules";
const MESH: &str = "istioServiceIdentityAdmissionRules";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![
        case("default_always_deny", "deny always-deny", |s, _| {
            s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_DENY", &[]);
        }),
        case("default_always_allow", "allow always-allow", |s, r| {
            s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_ALLOW", &[]);
            *r = pod(one_container("trusted.example/app:1"));
        }),
        case(
            "namespace_rule_replaces_the_default",
            "allow always-allow",
            |s, _| {
                allow_only(s, NAMESPACE, "default");
            },
        ),
        case(
            "namespace_rule_of_another_namespace",
            "deny always-deny",
            |s, _| {
                allow_only(s, NAMESPACE, "other");
            },
        ),
        case(
            "namespace_is_the_requests_not_the_templates",
            "deny always-deny",
            |s, r| {
                allow_only(s, NAMESPACE, "other");
                *r = crate::case::request(
                    "apps",
                    "Deployment",
                    json!({
                        "apiVersion": "apps/v1", "kind": "Deployment",
                        "spec": {"template": {
                            "metadata": {"namespace": "other"}, "spec": one_container(&unsigned()),
                        }},
                    }),
                );
            },
        ),
        case(
            "namespace_rule_may_be_stricter",
            "deny no-valid-attestation",
            |s, r| {
                s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_ALLOW", &[]);
                s["policy"][NAMESPACE] = json!({"default": require(&["a"])});
                *r = pod(one_container(&unsigned()));
            },
        ),
        case("account_rule", "allow always-allow", |s, r| {
            allow_only(s, ACCOUNT, "default:deployer");
            r["object"]["spec"]["serviceAccountName"] = "deployer".into();
        }),
        case("account_rule_by_old_field", "allow always-allow", |s, r| {
            allow_only(s, ACCOUNT, "default:deployer");
            r["object"]["spec"]["serviceAccount"] = "deployer".into();
        }),
        case(
            "account_name_before_old_field",
            "deny always-deny",
            |s, r| {
                allow_only(s, ACCOUNT, "default:deployer");
                r["object"]["spec"]["serviceAccountName"] = "other".into();
                r["object"]["spec"]["serviceAccount"] = "deployer".into();
            },
        ),
        case(
            "account_missing_means_default",
            "allow always-allow",
            |s, _| {
                allow_only(s, ACCOUNT, "default:default");
            },
        ),
        case(
            "account_of_another_namespace",
            "deny always-deny",
            |s, r| {
                allow_only(s, ACCOUNT, "other:deployer");
                r["object"]["spec"]["serviceAccountName"] = "deployer".into();
            },
        ),
        case("cluster_rule", "allow always-allow", |s, _| {
            allow_only(s, CLUSTER, "us-central1-a.prod.eu");
            s["cluster"] = "us-central1-a.prod.eu".into();
        }),
        case(
            "cluster_rule_of_another_cluster",
            "deny always-deny",
            |s, _| {
                allow_only(s, CLUSTER, "us-central1-a.prod");
                s["cluster"] = "us-central1-a.test".into();
            },
        ),
        case("cluster_unknown", "error settings-invalid", |s, _| {
            allow_only(s, CLUSTER, "us-central1-a.prod");
        }),
        case("mesh_rule_with_scheme", "allow always-allow", |s, _| {
            allow_only(s, MESH, "spiffe://mesh.example/ns/default/sa/default");
            s["meshTrustDomain"] = "mesh.example".into();
        }),
        case("mesh_rule_without_scheme", "allow always-allow", |s, _| {
            allow_only(s, MESH, "mesh.example/ns/default/sa/default");
            s["meshTrustDomain"] = "spiffe://mesh.example".into();
        }),
        case(
            "mesh_rule_of_another_account",
            "deny always-deny",
            |s, _| {
                allow_only(s, MESH, "mesh.example/ns/default/sa/other");
                s["meshTrustDomain"] = "mesh.example".into();
            },
        ),
        case("mesh_domain_unknown", "error settings-invalid", |s, _| {
            allow_only(s, MESH, "mesh.example/ns/default/sa/default");
        }),
        case("mesh_identity_twice", "error settings-invalid", |s, _| {
            allow_only(s, MESH, "mesh.example/ns/default/sa/default");
            s["policy"][MESH]["spiffe://mesh.example/ns/default/sa/default"] =
                rule("ALWAYS_DENY", &[]);
            s["meshTrustDomain"] = "mesh.example".into();
        }),
        case("empty_rule_maps_are_no_rules", "allow attested", |s, _| {
            for map in [NAMESPACE, ACCOUNT, CLUSTER, MESH] {
                s["policy"][map] = json!({});
            }
        }),
    ];
    for map in [NAMESPACE, ACCOUNT, MESH] {
        let key = match map {
            NAMESPACE => "other",
            ACCOUNT => "other:x",
            _ => "mesh.example/ns/other/sa/x",
        };
        for (how, namespace) in [("missing", Value::Null), ("empty", "".into())] {
            cases.push(case(
                &format!("namespace_{how}_under_{map}"),
                "error context-missing !always-allow",
                |s, r| {
                    s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_ALLOW", &[]);
                    s["policy"][map] = json!({key: rule("ALWAYS_DENY", &[])});
                    s["meshTrustDomain"] = "mesh.example".into();
                    r["namespace"] = namespace;
                },
            ));
        }
    }
    cases.extend(without_a_namespace());
    let two = |s: &mut Value| {
        s["attestors"] = json!([
            attestor("a", &[&TestKey::new("a")]),
            attestor("b", &[&TestKey::new("b")])
        ]);
    };
    cases.push(case(
        "x32_two_attestors_one_satisfied",
        "deny no-valid-attestation attested",
        |s, _| {
            two(s);
            s["policy"]["defaultAdmissionRule"] = require(&["a", "b"]);
        },
    ));
    cases.push(case(
        "attestor_named_twice_counts_once",
        "allow attested",
        |s, _| {
            s["policy"]["defaultAdmissionRule"] = require(&["a", "a"]);
        },
    ));
    cases.push(case(
        "x33_attestor_without_keys",
        "deny attestor-without-keys",
        |s, _| {
            s["attestors"] = json!([attestor("a", &[])]);
        },
    ));
    cases.push(case(
        "attestor_that_is_not_there",
        "error settings-invalid",
        |s, _| {
            s["policy"]["defaultAdmissionRule"] = require(&["missing"]);
        },
    ));
    cases.push(case(
        "attestors_share_a_key",
        "error settings-invalid",
        |s, _| {
            let key = TestKey::new("a");
            s["attestors"] = json!([attestor("a", &[&key]), attestor("b", &[&key])]);
            s["policy"]["defaultAdmissionRule"] = require(&["a", "b"]);
        },
    ));
    cases
}

/// An object without a namespace, and rules by namespace: any of them may be the one.
fn without_a_namespace() -> Vec<Case> {
    let of = |name, expected, modes: [&str; 2], change: fn(&mut Value, &mut Value)| {
        case(name, expected, |s, r| {
            let [default, specific] = modes.map(|mode| {
                let mut rule = require(&["a"]);
                rule["enforcementMode"] = mode.into();
                rule
            });
            s["policy"]["defaultAdmissionRule"] = default;
            s["policy"]["kubernetesNamespaceAdmissionRules"] = json!({"production": specific});
            r.as_object_mut().unwrap().remove("namespace");
            change(s, r);
        })
    };
    let (enforced, dry) = ("ENFORCED_BLOCK_AND_AUDIT_LOG", "DRYRUN_AUDIT_LOG_ONLY");
    let (denied, unchanged) = ("error context-missing !dry-run", "allow unchanged-image");
    let with_old: fn(&mut Value, &mut Value) = |_, r| {
        let old = r["object"].clone();
        *r = update(r.take(), old);
    };
    vec![
        of(
            "no_namespace_where_all_rules_are_in_dry_run",
            "overridden context-missing dry-run",
            [dry; 2],
            |_, _| {},
        ),
        of(
            "no_namespace_where_a_rule_enforces",
            denied,
            [dry, enforced],
            |_, _| {},
        ),
        of(
            "no_namespace_where_the_default_rule_enforces",
            denied,
            [enforced, dry],
            |_, _| {},
        ),
        of(
            "no_namespace_under_break_glass",
            "overridden context-missing break-glass",
            [enforced; 2],
            |s, r| {
                s["breakGlass"] = json!({"namespaces": ["*"]});
                r["object"]["metadata"]["labels"] =
                    json!({"image-policy.k8s.io/break-glass": "true"});
            },
        ),
        of(
            "no_namespace_and_an_exempt_image",
            "allow exempt-allowlist !context-missing",
            [enforced; 2],
            |s, _| {
                s["policy"]["admissionWhitelistPatterns"] =
                    json!([{"namePattern": "trusted.example/app*"}]);
            },
        ),
        of(
            "no_namespace_and_an_unchanged_image",
            unchanged,
            [enforced; 2],
            with_old,
        ),
        of(
            "no_namespace_and_a_new_image",
            denied,
            [enforced; 2],
            |_, r| {
                let old = pod(one_container(&unsigned()))["object"].take();
                *r = update(r.take(), old);
            },
        ),
        of(
            "no_namespace_in_dry_run_does_not_admit_a_malformed_image",
            "deny image-reference-invalid",
            [dry; 2],
            |_, r| r["object"]["spec"]["containers"][0]["image"] = "not an image".into(),
        ),
    ]
}
