//! Break-glass: nowhere by default, limited to namespaces, always reported, never absolute.

use serde_json::{Value, json};

use crate::case::{A, Case, case, image, one_container, pod, request, unsigned};

const LABEL: &str = "image-policy.k8s.io/break-glass";
const ANNOTATION: &str = "alpha.image-policy.k8s.io/break-glass";

fn labelled(image: &str, value: &str) -> Value {
    let mut request = pod(one_container(image));
    request["object"]["metadata"]["labels"] = json!({LABEL: value});
    request
}

fn annotated(image: &str) -> Value {
    let mut request = pod(one_container(image));
    request["object"]["metadata"]["annotations"] = json!({ANNOTATION: "true"});
    request
}

fn deployment(on_controller: Value, on_template: Value) -> Value {
    request(
        "apps",
        "Deployment",
        json!({
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"labels": on_controller},
            "spec": {"template": {
                "metadata": {"labels": on_template}, "spec": one_container(&unsigned()),
            }},
        }),
    )
}

fn allowed_in(namespaces: &[&str]) -> Value {
    json!({"namespaces": namespaces})
}

pub(super) fn cases() -> Vec<Case> {
    let refused = "deny no-valid-attestation break-glass-refused";
    let mut cases = vec![
        case("break_glass_not_enabled", refused, |_, r| {
            *r = labelled(&unsigned(), "true")
        }),
        case("break_glass_empty_list", refused, |s, r| {
            s["breakGlass"] = allowed_in(&[]);
            *r = labelled(&unsigned(), "true");
        }),
        case(
            "break_glass_other_namespace",
            "deny no-valid-attestation break-glass-namespace-refused",
            |s, r| {
                s["breakGlass"] = allowed_in(&["other"]);
                *r = labelled(&unsigned(), "true");
            },
        ),
        case(
            "break_glass_valid",
            "overridden no-valid-attestation break-glass",
            |s, r| {
                s["breakGlass"] = allowed_in(&["default"]);
                *r = labelled(&unsigned(), "true");
            },
        ),
        case(
            "break_glass_everywhere",
            "overridden no-valid-attestation break-glass",
            |s, r| {
                s["breakGlass"] = allowed_in(&["*"]);
                *r = labelled(&unsigned(), "true");
            },
        ),
        case(
            "break_glass_not_needed",
            "allow attested break-glass",
            |s, r| {
                s["breakGlass"] = allowed_in(&["default"]);
                *r = labelled(&image(), "true");
            },
        ),
        case(
            "break_glass_annotation_without_legacy",
            "deny no-valid-attestation break-glass-annotation-ignored",
            |s, r| {
                s["breakGlass"] = allowed_in(&["default"]);
                *r = annotated(&unsigned());
            },
        ),
        case(
            "break_glass_annotation_with_legacy",
            "overridden break-glass",
            |s, r| {
                s["breakGlass"] = json!({"namespaces": ["default"], "legacyAnnotation": true});
                *r = annotated(&unsigned());
            },
        ),
        case(
            "break_glass_on_deployment_only",
            "deny no-valid-attestation !break-glass",
            |s, r| {
                s["breakGlass"] = allowed_in(&["default"]);
                *r = deployment(json!({LABEL: "true"}), json!({}));
            },
        ),
        case(
            "break_glass_on_template",
            "overridden break-glass",
            |s, r| {
                s["breakGlass"] = allowed_in(&["default"]);
                *r = deployment(json!({}), json!({LABEL: "true"}));
            },
        ),
    ];
    // One image in two Pods of one object: one under a dry-run rule, one with break-glass.
    for (order, accounts) in [
        ("", ["lenient", "strict"]),
        ("_reversed", ["strict", "lenient"]),
    ] {
        let jobs: Vec<_> = accounts
            .iter()
            .map(|account| {
                let label = if *account == "strict" { "true" } else { "" };
                let mut spec = one_container(&unsigned());
                spec["serviceAccountName"] = (*account).into();
                json!({"template": {"metadata": {"labels": {LABEL: label}}, "spec": spec}})
            })
            .collect();
        cases.push(case(
            &format!("break_glass_beside_dry_run{order}"),
            "overridden break-glass dry-run no-valid-attestation",
            |s, r| {
                s["breakGlass"] = allowed_in(&["default"]);
                s["workloads"] = json!([
                    {"group": "e.com", "kind": "Jobs", "podSpecs": ["spec.jobs.*.template.spec"]},
                ]);
                let mut dry = s["policy"]["defaultAdmissionRule"].clone();
                dry["enforcementMode"] = "DRYRUN_AUDIT_LOG_ONLY".into();
                s["policy"]["kubernetesServiceAccountAdmissionRules"] =
                    json!({"default:lenient": dry});
                *r = request(
                    "e.com",
                    "Jobs",
                    json!({
                        "apiVersion": "e.com/v1", "kind": "Jobs", "spec": {"jobs": jobs},
                    }),
                );
            },
        ));
    }
    for value in ["True", "1", "", "false", "yes"] {
        cases.push(case(
            &format!("break_glass_value_is_{value:?}"),
            "deny no-valid-attestation break-glass-value-ignored",
            |s, r| {
                s["breakGlass"] = allowed_in(&["default"]);
                *r = labelled(&unsigned(), value);
            },
        ));
    }
    type Change = fn(&mut Value, &mut Value);
    let absolute: [(&str, &str, Change); 5] = [
        ("revoked_digest", "deny digest-denied", |s, r| {
            s["deniedDigests"] = json!([A]);
            r["object"]["spec"] = one_container(&image());
        }),
        ("missing_image", "deny image-missing", |_, r| {
            r["object"]["spec"]["containers"][0]["image"] = "".into();
        }),
        ("malformed_image", "deny image-reference-invalid", |_, r| {
            r["object"]["spec"] = one_container("not an image");
        }),
        ("undecodable_object", "deny undecodable-object", |_, r| {
            r["object"]["spec"]["containers"] = 1.into();
        }),
        ("unknown_setting", "error settings-invalid", |s, _| {
            s["typo"] = 1.into()
        }),
    ];
    for (name, expected, change) in absolute {
        cases.push(case(
            &format!("{name}_under_break_glass"),
            expected,
            |s, r| {
                s["breakGlass"] = allowed_in(&["*"]);
                *r = labelled(&unsigned(), "true");
                change(s, r);
            },
        ));
    }
    cases
}
