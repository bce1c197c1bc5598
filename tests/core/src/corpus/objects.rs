//! Which objects are read, and where images hide in them.

use serde_json::{Value, json};

use crate::case::{Case, case, image, one_container, pod, request, unsigned};

/// Wraps a pod spec as the template of a controller.
fn template(spec: Value) -> Value {
    json!({"metadata": {"labels": {"app": "web"}}, "spec": spec})
}

/// The object of every built-in kind around one pod spec: group, kind, object without its header.
fn every_kind(spec: &Value) -> Vec<(&'static str, &'static str, Value)> {
    let spec = spec.clone();
    let of_template = json!({"spec": {"template": template(spec.clone())}});
    let cron = json!({"spec": {"jobTemplate": {"spec": {"template": template(spec.clone())}}}});
    vec![
        ("", "Pod", json!({"spec": spec})),
        (
            "",
            "PodTemplate",
            json!({"template": template(spec.clone())}),
        ),
        ("", "ReplicationController", of_template.clone()),
        ("apps", "Deployment", of_template.clone()),
        ("apps", "ReplicaSet", of_template.clone()),
        ("apps", "StatefulSet", of_template.clone()),
        ("apps", "DaemonSet", of_template.clone()),
        ("batch", "Job", of_template.clone()),
        ("batch", "CronJob", cron),
        ("serving.knative.dev", "Service", of_template.clone()),
        ("serving.knative.dev", "Configuration", of_template),
        ("serving.knative.dev", "Revision", json!({"spec": spec})),
    ]
}

fn object(group: &str, kind: &str, mut object: Value) -> Value {
    let version = if group.is_empty() {
        "v1".to_owned()
    } else {
        format!("{group}/v1")
    };
    object["apiVersion"] = version.into();
    object["kind"] = kind.into();
    request(group, kind, object)
}

/// The request with its object first, before its kind is known.
fn object_first(request: &Value) -> Value {
    let mut first = json!({"object": request["object"]});
    let fields = request.as_object().unwrap().iter();
    for (key, value) in fields.filter(|(key, _)| *key != "object") {
        first[key] = value.clone();
    }
    first
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (group, kind, body) in every_kind(&one_container(&image())) {
        cases.push(case(
            &format!("signed_in_{kind}"),
            "allow attested",
            |_, r| {
                *r = object(group, kind, body);
            },
        ));
    }
    for (group, kind, body) in every_kind(&one_container(&unsigned())) {
        cases.push(case(
            &format!("unsigned_in_{kind}"),
            "deny no-valid-attestation",
            |_, r| {
                *r = object(group, kind, body);
            },
        ));
    }
    // Nothing is brought in, whatever it would be.
    for (name, first) in [("behind", false), ("before", true)] {
        let change = |r: &mut Value| {
            r["operation"] = "DELETE".into();
            r["object"]["spec"]["containers"] = "unreadable".into();
            if first {
                *r = object_first(r);
            }
        };
        cases.push(case(
            &format!("deletion_of_an_unreadable_object_{name}_its_kind"),
            "allow operation-not-checked",
            |_, r| change(r),
        ));
    }
    let signed = json!([{"name": "app", "image": image()}]);
    let bad = json!([{"name": "bad", "image": unsigned()}]);
    let volume = json!([{"name": "v", "image": {"reference": unsigned()}}]);
    for (name, spec) in [
        (
            "init_container_unsigned",
            json!({"containers": signed, "initContainers": bad}),
        ),
        (
            "ephemeral_container_unsigned",
            json!({"containers": signed, "ephemeralContainers": bad}),
        ),
        (
            "image_volume_unsigned",
            json!({"containers": signed, "volumes": volume}),
        ),
    ] {
        let expected = "deny no-valid-attestation attested";
        cases.push(case(name, expected, |_, r| *r = pod(spec.clone())));
        cases.push(case(&format!("{name}_in_deployment"), expected, |_, r| {
            *r = object(
                "apps",
                "Deployment",
                json!({"spec": {"template": template(spec)}}),
            );
        }));
    }
    let everywhere = json!({
        "containers": bad, "initContainers": bad, "ephemeralContainers": bad, "volumes": volume,
    });
    cases.push(case(
        "allowlist_reaches_every_field",
        "allow exempt-allowlist !always-deny",
        |s, r| {
            s["policy"]["admissionWhitelistPatterns"] = json!([{"namePattern": unsigned()}]);
            *r = pod(everywhere);
        },
    ));
    cases.push(case(
        "other_volumes_have_no_image",
        "allow attested",
        |_, r| {
            r["object"]["spec"]["volumes"] = json!([
                {"name": "a", "emptyDir": {}}, {"name": "b", "image": null}, {"name": "c"},
            ]);
        },
    ));
    cases.push(case(
        "image_volume_without_reference",
        "deny image-missing",
        |_, r| {
            r["object"]["spec"]["volumes"] =
                json!([{"name": "v", "image": {"pullPolicy": "Always"}}]);
        },
    ));

    // Nothing that the author of a workload writes is a reason to skip it.
    let deployment = |change: fn(&mut Value)| {
        let mut body = json!({"metadata": {"name": "web"}, "spec": {
            "replicas": 1, "template": template(one_container(&unsigned())),
        }});
        change(&mut body);
        object("apps", "Deployment", body)
    };
    for (name, change) in [
        (
            "replicas_zero_deployment",
            (|o| o["spec"]["replicas"] = 0.into()) as fn(&mut Value),
        ),
        ("forged_owner_reference", |o| {
            o["metadata"]["ownerReferences"] = json!([{"kind": "ReplicaSet", "controller": true}]);
        }),
        ("empty_owner_reference_list", |o| {
            o["metadata"]["ownerReferences"] = json!([])
        }),
        ("deletion_timestamp", |o| {
            o["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
        }),
        ("exemption_in_workload_annotation", |o| {
            o["metadata"]["annotations"] = json!({"countersign.dev/exempt": "true"});
        }),
        ("forged_verification_annotation", |o| {
            o["spec"]["template"]["metadata"]["annotations"] = json!({"verified": "true"});
        }),
    ] {
        cases.push(case(name, "deny no-valid-attestation", |_, r| {
            *r = deployment(change)
        }));
    }

    // Operations and shapes.
    for (name, operation) in [("delete_without_object", "DELETE"), ("connect", "CONNECT")] {
        cases.push(case(name, "allow operation-not-checked", |_, r| {
            r["operation"] = operation.into();
            r["object"] = Value::Null;
            r["kind"] = json!({"group": "", "version": "v1", "kind": "PodExecOptions"});
        }));
    }
    for (name, operation) in [
        ("operation_unknown", json!("PATCH")),
        ("operation_in_lower_case", json!("delete")),
        ("operation_missing", Value::Null),
        ("operation_is_a_number", json!(1)),
    ] {
        cases.push(case(name, "deny undecodable-object", |_, r| {
            r["operation"] = operation
        }));
    }
    for (name, change) in [
        (
            "create_without_object",
            (|r| r["object"] = Value::Null) as fn(&mut Value),
        ),
        ("update_without_object", |r| {
            r["operation"] = "UPDATE".into();
            r["object"] = Value::Null;
        }),
        ("object_is_a_text", |r| r["object"] = "Pod".into()),
        ("pod_without_spec", |r| {
            r["object"] = json!({"apiVersion": "v1", "kind": "Pod"})
        }),
        ("pod_spec_is_null", |r| r["object"]["spec"] = Value::Null),
        ("pod_without_containers", |r| {
            r["object"]["spec"] = json!({})
        }),
        ("pod_with_no_container", |r| {
            r["object"]["spec"]["containers"] = json!([])
        }),
        ("only_init_containers", |r| {
            let containers = r["object"]["spec"]["containers"].take();
            r["object"]["spec"] = json!({"initContainers": containers});
        }),
        ("containers_are_a_map", |r| {
            r["object"]["spec"]["containers"] = json!({"name": "x"})
        }),
        ("image_is_a_number", |r| {
            r["object"]["spec"]["containers"][0]["image"] = 5.into()
        }),
        ("container_is_a_text", |r| {
            r["object"]["spec"]["containers"][0] = "x".into()
        }),
        ("object_of_another_kind", |r| {
            r["object"]["kind"] = "Service".into()
        }),
        ("object_without_kind", |r| r["object"]["kind"] = Value::Null),
        ("object_of_another_group", |r| {
            r["object"]["apiVersion"] = "apps/v1".into()
        }),
        ("namespace_of_object_differs", |r| {
            r["object"]["metadata"]["namespace"] = "other".into()
        }),
    ] {
        cases.push(case(name, "deny undecodable-object", |_, r| change(r)));
    }
    for (name, group, kind) in [
        ("unknown_kind", "example.com", "Widget"),
        ("kind_of_another_group", "extensions", "Deployment"),
        ("kind_in_lower_case", "", "pod"),
        ("eviction_of_another_group", "policy.example", "Eviction"),
        ("scale_of_another_group", "apps", "Scale"),
        ("autoscaler", "autoscaling", "HorizontalPodAutoscaler"),
        ("no_kind", "", ""),
    ] {
        cases.push(case(name, "deny unsupported-object-kind", |_, r| {
            r["kind"] = json!({"group": group, "version": "v1", "kind": kind});
        }));
    }
    for (name, group, kind, operation) in [
        ("eviction", "policy", "Eviction", "CREATE"),
        ("binding", "", "Binding", "CREATE"),
        ("scale", "autoscaling", "Scale", "UPDATE"),
    ] {
        let object = json!({
            "apiVersion": if group.is_empty() { "v1".to_owned() } else { format!("{group}/v1") },
            "kind": kind, "metadata": {"name": "web"}, "spec": {"replicas": 3},
        });
        cases.push(case(name, "allow no-images", |s, r| {
            s["policy"]["defaultAdmissionRule"] = crate::case::rule("ALWAYS_DENY", &[]);
            *r = request(group, kind, object.clone());
            r["operation"] = operation.into();
        }));
        cases.push(case(
            &format!("{name}_is_no_kind_of_the_settings"),
            "error settings-invalid",
            |s, r| {
                s["workloads"] = json!([{"group": group, "kind": kind, "podSpecs": ["spec"]}]);
                *r = request(group, kind, object);
            },
        ));
    }
    cases.push(case(
        "the_version_of_a_kind_does_not_matter",
        "allow attested",
        |_, r| {
            r["kind"]["version"] = "v2".into();
            r["object"]["apiVersion"] = "v2".into();
        },
    ));

    // Kinds from the settings.
    let workloads = json!([
        {"group": "example.com", "kind": "Fleet", "podSpecs": ["spec.ships.*.pod", "spec.crew"]},
    ]);
    let fleet = |ships: Value, crew: Value| {
        let mut body = json!({"spec": {"ships": ships}});
        if !crew.is_null() {
            body["spec"]["crew"] = crew;
        }
        object("example.com", "Fleet", body)
    };
    let (good, evil) = (one_container(&image()), one_container(&unsigned()));
    for (name, expected, request) in [
        (
            "workload_signed",
            "allow attested",
            fleet(json!([{"pod": good}]), good.clone()),
        ),
        (
            "workload_unsigned_in_second_item",
            "deny no-valid-attestation attested",
            fleet(json!([{"pod": good}, {"pod": evil}]), good.clone()),
        ),
        (
            "workload_unsigned_at_second_path",
            "deny no-valid-attestation attested",
            fleet(json!([{"pod": good}]), evil),
        ),
        (
            "workload_path_finds_nothing",
            "deny undecodable-object",
            fleet(json!([{"pod": good}]), Value::Null),
        ),
        (
            "workload_list_is_empty",
            "deny undecodable-object",
            fleet(json!([]), good.clone()),
        ),
    ] {
        let workloads = workloads.clone();
        cases.push(case(name, expected, |s, r| {
            s["workloads"] = workloads;
            *r = request;
        }));
    }
    cases.extend(optional_paths());
    cases.extend(images_outside_of_pod_specs());
    cases.extend(accounts_of_images());
    for (name, expected, group, kind) in [
        (
            "pod_templates_ignored",
            "allow not-a-pod",
            "apps",
            "Deployment",
        ),
        (
            "pods_are_checked_all_the_same",
            "deny no-valid-attestation",
            "",
            "Pod",
        ),
        (
            "knative_is_never_ignored",
            "deny no-valid-attestation",
            "serving.knative.dev",
            "Service",
        ),
    ] {
        let (_, _, body) = every_kind(&one_container(&unsigned()))
            .into_iter()
            .find(|(g, k, _)| (*g, *k) == (group, kind))
            .unwrap();
        cases.push(case(name, expected, |s, r| {
            s["podTemplates"] = "ignore".into();
            *r = object(group, kind, body);
        }));
    }
    cases.push(case(
        "an_ignored_template_must_still_be_readable",
        "deny undecodable-object",
        |s, r| {
            s["podTemplates"] = "ignore".into();
            *r = object("apps", "Deployment", json!({"spec": {}}));
        },
    ));
    cases
}

/// A case of a kind from the settings.
fn of_kind(name: &str, expected: &'static str, paths: Value, spec: Value) -> Case {
    let mut workload = json!({"group": "example.com", "kind": "Set"});
    for (key, value) in paths.as_object().unwrap() {
        workload[key] = value.clone();
    }
    case(name, expected, |s, r| {
        s["workloads"] = json!([workload]);
        *r = object("example.com", "Set", json!({"spec": spec}));
    })
}

/// Fields that a kind may leave out, and maps of templates.
fn optional_paths() -> Vec<Case> {
    let (good, evil) = (one_container(&image()), one_container(&unsigned()));
    let (signed, denied) = ("allow attested", "deny no-valid-attestation");
    let leader = || json!({"podSpecs": ["spec.leader?.spec", "spec.worker.spec"]});
    let (broken, worker) = ("deny undecodable-object", json!({"spec": good}));
    let of = |name: &str, expected, paths, spec| of_kind(name, expected, paths, spec);
    let list = || json!({"podSpecs": ["spec.groups?.*.template.spec"]});
    let map = || json!({"podSpecs": ["spec.roles.*.template?.spec"]});
    vec![
        of(
            "optional_field_absent",
            signed,
            leader(),
            json!({"worker": worker}),
        ),
        of(
            "optional_field_null",
            signed,
            leader(),
            json!({"worker": worker, "leader": null}),
        ),
        of(
            "optional_field_unsigned",
            denied,
            leader(),
            json!({"worker": worker, "leader": {"spec": evil}}),
        ),
        of(
            "optional_field_without_what_is_below",
            broken,
            leader(),
            json!({"worker": worker, "leader": {}}),
        ),
        of(
            "optional_field_of_another_type",
            broken,
            leader(),
            json!({"worker": worker, "leader": 1}),
        ),
        of(
            "field_beside_an_optional_one_absent",
            broken,
            leader(),
            json!({"leader": worker}),
        ),
        of("optional_list_absent", "allow no-images", list(), json!({})),
        of(
            "optional_list_empty",
            "allow no-images",
            list(),
            json!({"groups": []}),
        ),
        of(
            "optional_list_null",
            "allow no-images",
            list(),
            json!({"groups": null}),
        ),
        of(
            "optional_list_with_an_unsigned_item",
            denied,
            list(),
            json!({"groups": [{"template": {"spec": good}}, {"template": {"spec": evil}}]}),
        ),
        of(
            "optional_list_with_an_empty_item",
            broken,
            list(),
            json!({"groups": [{}]}),
        ),
        of("spec_without_an_optional_path", broken, list(), json!(null)),
        of(
            "map_of_templates_signed",
            signed,
            map(),
            json!({"roles": {"Master": {"template": {"spec": good}}, "Worker": {}}}),
        ),
        of(
            "map_of_templates_unsigned_in_the_second",
            "deny no-valid-attestation attested",
            map(),
            json!({"roles": {
                "Master": {"template": {"spec": good}}, "my role": {"template": {"spec": evil}},
            }}),
        ),
        of(
            "map_of_templates_with_a_key_of_253_characters",
            signed,
            map(),
            json!({"roles": {"k".repeat(253): {"template": {"spec": good}}}}),
        ),
        of(
            "map_of_templates_with_a_longer_key",
            broken,
            map(),
            json!({"roles": {"k".repeat(254): {"template": {"spec": good}}}}),
        ),
        of(
            "map_of_templates_with_an_empty_key",
            broken,
            map(),
            json!({"roles": {"": {"template": {"spec": good}}}}),
        ),
        of(
            "map_of_templates_with_an_invisible_key",
            broken,
            map(),
            json!({"roles": {"\u{200b}": {"template": {"spec": good}}}}),
        ),
        of(
            "map_of_templates_with_a_bracket_in_a_key",
            broken,
            map(),
            json!({"roles": {"a].b[c": {"template": {"spec": good}}}}),
        ),
        of(
            "map_of_templates_empty",
            broken,
            map(),
            json!({"roles": {}}),
        ),
        of(
            "map_of_templates_that_is_a_text",
            broken,
            map(),
            json!({"roles": "x"}),
        ),
        of(
            "path_that_ends_in_a_question_mark",
            denied,
            json!({"podSpecs": ["spec.pod?"]}),
            json!({"pod": evil}),
        ),
        of(
            "pod_spec_that_may_be_missing",
            "allow no-images",
            json!({"podSpecs": ["spec.pod?"]}),
            json!({}),
        ),
        of(
            "optional_paths_that_overlap",
            "error settings-invalid",
            json!({"podSpecs": ["spec.pod?.a", "spec.pod"]}),
            json!({}),
        ),
        of(
            "step_of_a_question_mark",
            "error settings-invalid",
            json!({"podSpecs": ["spec.?"]}),
            json!({}),
        ),
        of(
            "optional_star",
            "error settings-invalid",
            json!({"podSpecs": ["spec.*?.a"]}),
            json!({}),
        ),
        of(
            "star_within_a_name",
            "error settings-invalid",
            json!({"podSpecs": ["spec.a*"]}),
            json!({}),
        ),
    ]
}

/// Fields that name an image and are in no pod spec.
fn images_outside_of_pod_specs() -> Vec<Case> {
    let (signed, denied) = ("allow attested", "deny no-valid-attestation");
    let steps = || json!({"images": ["spec.steps.*.image", "spec.sidecar?.image"]});
    let of = |name: &str, expected, spec| of_kind(name, expected, steps(), spec);
    let step = |image: &str| json!({"name": "s", "image": image});
    let mut cases = vec![
        of(
            "image_field_signed",
            signed,
            json!({"steps": [step(&image())]}),
        ),
        of(
            "image_field_unsigned_in_the_second_item",
            "deny no-valid-attestation attested",
            json!({"steps": [step(&image()), step(&unsigned())]}),
        ),
        of(
            "image_field_unsigned_at_the_second_path",
            "deny no-valid-attestation attested",
            json!({"steps": [step(&image())], "sidecar": step(&unsigned())}),
        ),
        of(
            "image_field_absent",
            "deny undecodable-object",
            json!({"steps": [{"name": "s"}]}),
        ),
        of(
            "image_field_empty",
            "deny image-missing",
            json!({"steps": [step("")]}),
        ),
        of(
            "image_field_null",
            "deny image-missing",
            json!({"steps": [{"image": null}]}),
        ),
        of(
            "image_field_is_a_number",
            "deny undecodable-object",
            json!({"steps": [{"image": 1}]}),
        ),
        of(
            "image_field_with_a_placeholder",
            "deny image-reference-invalid",
            json!({"steps": [step("$(params.image)")]}),
        ),
        of_kind(
            "image_field_that_may_be_missing",
            "allow no-images",
            json!({"images": ["spec.steps?.*.image?"]}),
            json!({"steps": [{}, {"image": null}]}),
        ),
        of_kind(
            "image_fields_beside_pod_specs",
            "deny no-valid-attestation attested",
            json!({"podSpecs": ["spec.pod"], "images": ["spec.disk.image"]}),
            json!({"pod": one_container(&image()), "disk": {"image": unsigned()}}),
        ),
        of_kind(
            "image_fields_below_a_pod_spec",
            "error settings-invalid",
            json!({"podSpecs": ["spec.pod"], "images": ["spec.pod.containers.*.image"]}),
            json!({"pod": one_container(&image())}),
        ),
        of_kind(
            "kind_without_paths",
            "error settings-invalid",
            json!({}),
            json!({}),
        ),
    ];
    for first in ["metadata", "kind", "apiVersion", "metadata?"] {
        for list in ["images", "podSpecs"] {
            let name = format!(
                "path_of_{list}_that_begins_with_{}",
                first.replace('?', "_or_not")
            );
            let paths = json!({list: ["spec.image?", format!("{first}.image")]});
            let spec = json!({"image": image()});
            cases.push(of_kind(&name, "error settings-invalid", paths, spec));
        }
    }
    // A rule by service account applies to who runs the images, where the object says so.
    for (name, expected, account) in [
        (
            "of_a_service_account_with_a_rule",
            "deny always-deny",
            "builder",
        ),
        ("of_another_service_account", signed, "other"),
    ] {
        let mut case = of(
            &format!("image_field_{name}"),
            expected,
            json!({"steps": [step(&image())], "serviceAccountName": account}),
        );
        let mut call: Value = serde_json::from_slice(&case.call).unwrap();
        call["settings"]["policy"]["kubernetesServiceAccountAdmissionRules"] =
            json!({"default:builder": crate::case::rule("ALWAYS_DENY", &[])});
        case.call = call.to_string().into_bytes();
        cases.push(case);
    }
    for (name, expected, old) in [
        (
            "unchanged_image_field",
            "allow unchanged-image",
            vec![unsigned()],
        ),
        ("image_field_that_moved", denied, vec![image(), unsigned()]),
    ] {
        let mut case = of(name, expected, json!({"steps": [step(&unsigned())]}));
        let mut call: Value = serde_json::from_slice(&case.call).unwrap();
        let steps: Vec<_> = old.iter().map(|image| step(image)).collect();
        let mut before = call["request"]["object"].clone();
        before["spec"]["steps"] = json!(steps);
        call["request"]["oldObject"] = before;
        call["request"]["operation"] = "UPDATE".into();
        case.call = call.to_string().into_bytes();
        cases.push(case);
    }
    cases
}

/// Each image that is in no pod spec runs under the innermost service account around it.
fn accounts_of_images() -> Vec<Case> {
    let step =
        |account: &str| json!({"container": {"image": image()}, "serviceAccountName": account});
    let without = || json!({"container": {"image": image()}});
    let idle = |account: &str| json!({"suspend": {}, "serviceAccountName": account});
    let (admitted, denied) = ("allow always-allow", "deny always-deny");
    let of = |templates: Value| json!({"templates": templates});
    let under = |account: &str, templates: Value| json!({"serviceAccountName": account, "templates": templates});
    let cases = [
        ("the_builder", admitted, of(json!([step("builder")])), None),
        ("nobody", denied, of(json!([without()])), None),
        (
            "another_item_without_an_image",
            denied,
            of(json!([step("default"), idle("builder")])),
            None,
        ),
        (
            "another_item_before_it",
            denied,
            of(json!([idle("builder"), without()])),
            None,
        ),
        (
            "another_item_with_an_image",
            "deny always-deny always-allow",
            of(json!([without(), step("builder")])),
            None,
        ),
        (
            "the_object_around_it",
            admitted,
            under("builder", json!([without()])),
            None,
        ),
        (
            "the_innermost_object",
            denied,
            under("builder", json!([step("default")])),
            None,
        ),
        (
            "an_inner_object_that_leaves_it_open",
            admitted,
            under("builder", json!([step("")])),
            None,
        ),
        (
            "a_step_beside_its_own",
            denied,
            of(json!([{
                "container": {"image": image()}, "script": {"serviceAccountName": "builder"},
            }])),
            None,
        ),
        // An update that gives one image another account, while another item has that account as before.
        (
            "the_same_as_before",
            "allow unchanged-image",
            of(json!([step("other"), step("builder")])),
            Some(of(json!([step("other"), step("builder")]))),
        ),
        (
            "another_than_before",
            "deny always-deny unchanged-image",
            of(json!([step("other"), step("builder")])),
            Some(of(json!([step("builder"), step("builder")]))),
        ),
        (
            "another_than_before_that_a_later_item_hides",
            "deny always-deny !unchanged-image",
            of(json!([step("other"), idle("builder")])),
            Some(of(json!([step("builder"), idle("builder")]))),
        ),
    ];
    let make = |(name, expected, spec, old): (&str, _, Value, Option<Value>)| {
        let workflow = |spec: Value| object("argoproj.io", "Workflow", json!({"spec": spec}));
        case(
            &format!("image_field_under_the_account_of_{name}"),
            expected,
            |s, r| {
                s["workloads"] = json!([{"group": "argoproj.io", "kind": "Workflow",
                "images": ["spec.templates?.*.container?.image", "spec.templates?.*.script?.image?"]}]);
                s["policy"]["defaultAdmissionRule"] = crate::case::rule("ALWAYS_DENY", &[]);
                s["policy"]["kubernetesServiceAccountAdmissionRules"] =
                    json!({"default:builder": crate::case::rule("ALWAYS_ALLOW", &[])});
                *r = workflow(spec);
                if let Some(old) = old {
                    *r = crate::case::update(r.clone(), workflow(old)["object"].take());
                }
            },
        )
    };
    cases.into_iter().map(make).collect()
}
