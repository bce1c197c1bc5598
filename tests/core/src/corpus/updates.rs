//! UPDATE: what was in the same place before stays; everything else is checked.

use serde_json::{Value, json};

use crate::case::{
    A, Case, case, image, one_container, pod, request, require, rule, unsigned, update,
};

/// The Pod of a request.
fn object(spec: Value) -> Value {
    pod(spec)["object"].take()
}

pub(super) fn cases() -> Vec<Case> {
    let old = object(one_container(&unsigned()));
    let mut cases = vec![
        case(
            "unchanged_image_is_reported",
            "allow unchanged-image",
            |_, r| {
                *r = update(pod(one_container(&unsigned())), old.clone());
            },
        ),
        case(
            "unchanged_images_checked_by_setting",
            "deny no-valid-attestation !unchanged-image",
            |s, r| {
                s["unchangedImages"] = "check".into();
                *r = update(pod(one_container(&unsigned())), old.clone());
                r["object"]["spec"]["activeDeadlineSeconds"] = 60.into();
            },
        ),
        case(
            "update_without_a_change_when_unchanged_images_are_checked",
            "allow unchanged-image",
            |s, r| {
                s["unchangedImages"] = "check".into();
                *r = update(pod(one_container(&unsigned())), old.clone());
                r["object"]["metadata"]["labels"] = json!({"app": "web"});
            },
        ),
        case(
            "create_with_old_object_checks_everything",
            "deny no-valid-attestation",
            |_, r| {
                *r = pod(one_container(&unsigned()));
                r["oldObject"] = old.clone();
            },
        ),
        case("changed_image", "deny no-valid-attestation", |_, r| {
            *r = update(
                pod(one_container(&unsigned())),
                object(one_container(&format!("trusted.example/app@{A}"))),
            );
        }),
        case(
            "tag_added_to_digest_is_a_change",
            "deny no-valid-attestation",
            |_, r| {
                *r = update(
                    pod(one_container(&unsigned().replace('@', ":v1@"))),
                    old.clone(),
                );
            },
        ),
        case(
            "unchanged_image_moved_to_other_container",
            "deny no-valid-attestation unchanged-image",
            |_, r| {
                *r = update(
                    pod(json!({"containers": [
                        {"name": "app", "image": unsigned()}, {"name": "new", "image": unsigned()},
                    ]})),
                    old.clone(),
                );
            },
        ),
        case(
            "unchanged_image_moved_to_other_kind",
            "deny no-valid-attestation",
            |_, r| {
                *r = update(
                    pod(json!({
                        "containers": [{"name": "app", "image": unsigned()}],
                        "initContainers": [{"name": "app", "image": unsigned()}],
                    })),
                    old.clone(),
                );
            },
        ),
        case(
            "ephemeral_container_update",
            "deny no-valid-attestation unchanged-image",
            |_, r| {
                let mut new = pod(one_container(&unsigned()));
                new["object"]["spec"]["ephemeralContainers"] =
                    json!([{"name": "debug", "image": unsigned()}]);
                *r = update(new, old.clone());
                r["subResource"] = "ephemeralcontainers".into();
            },
        ),
        case(
            "deletion_timestamp_new_image",
            "deny no-valid-attestation",
            |_, r| {
                let mut new = pod(one_container(&unsigned()));
                new["object"]["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
                *r = update(new, object(one_container("trusted.example/app:1")));
            },
        ),
        case(
            "container_without_name_is_never_unchanged",
            "deny no-valid-attestation",
            |_, r| {
                let nameless = json!({"containers": [{"image": unsigned()}]});
                *r = update(pod(nameless.clone()), object(nameless));
            },
        ),
        case(
            "missing_image_is_never_unchanged",
            "deny image-missing",
            |_, r| {
                let blank = json!({"containers": [{"name": "app", "image": ""}]});
                *r = update(pod(blank.clone()), object(blank));
            },
        ),
        case(
            "unchanged_image_that_was_revoked_since",
            "allow unchanged-image",
            |s, r| {
                s["deniedDigests"] = json!([unsigned().split_once('@').unwrap().1]);
                *r = update(pod(one_container(&unsigned())), old.clone());
            },
        ),
        case(
            "unchanged_image_under_another_service_account",
            "deny no-valid-attestation !unchanged-image",
            |_, r| {
                *r = update(pod(one_container(&unsigned())), old.clone());
                r["object"]["spec"]["serviceAccountName"] = "admin".into();
            },
        ),
        case(
            "unchanged_image_under_the_same_service_account_spelled_out",
            "allow unchanged-image",
            |_, r| {
                *r = update(pod(one_container(&unsigned())), old.clone());
                r["object"]["spec"]["serviceAccountName"] = "default".into();
            },
        ),
    ];
    cases.extend(unreadable());
    cases.extend(answers_to_an_incident());
    cases.extend(less_of_other_kinds());
    cases.extend(objects_that_cannot_be_read());
    for (name, old) in [
        ("missing", Value::Null),
        (
            "undecodable",
            json!({"apiVersion": "v1", "kind": "Pod", "spec": 1}),
        ),
        (
            "of_another_kind",
            json!({"apiVersion": "v1", "kind": "X", "spec": one_container(&unsigned())}),
        ),
    ] {
        cases.push(case(
            &format!("old_object_{name}"),
            "deny no-valid-attestation old-object-unusable",
            |_, r| *r = update(pod(one_container(&unsigned())), old),
        ));
    }
    cases
}

/// A Deployment with one container, some replicas, and further fields of its spec.
fn deployment(image: &str, replicas: u32) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {"replicas": replicas, "template": {"spec": one_container(image)}},
    })
}

/// What the API server stores, and no registry could serve.
fn unreadable() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, image) in [
        ("upper_case", "Nginx:1".to_owned()),
        ("of_5000_bytes", "a".repeat(5000)),
        ("with_a_space", "not an image".to_owned()),
        ("with_a_nul", "nginx\0x".to_owned()),
        ("with_a_newline", "nginx\nreal".to_owned()),
        ("of_an_id", "a".repeat(64)),
        (
            "with_a_short_digest",
            "trusted.example/app@sha256:ab".to_owned(),
        ),
    ] {
        let (unchanged, mode) = ("allow unchanged-image", "DRYRUN_AUDIT_LOG_ONLY");
        // The job controller takes its finalizer off a Pod by an update of the whole Pod.
        let mut old = object(one_container(&image));
        old["metadata"]["finalizers"] = json!(["batch.kubernetes.io/job-tracking"]);
        let new = pod(one_container(&image));
        cases.push(case(
            &format!("unchanged_unreadable_image_{name}"),
            unchanged,
            |_, r| *r = update(new.clone(), old.clone()),
        ));
        cases.push(case(
            &format!("unchanged_unreadable_image_{name}_under_dry_run"),
            unchanged,
            |s, r| {
                s["policy"]["defaultAdmissionRule"]["enforcementMode"] = mode.into();
                *r = update(new.clone(), old.clone());
            },
        ));
        cases.push(case(
            &format!("unchanged_unreadable_image_{name}_without_its_finalizer"),
            unchanged,
            |s, r| {
                s["unchangedImages"] = "check".into();
                *r = update(new.clone(), old.clone());
            },
        ));
        cases.push(case(
            &format!("new_unreadable_image_{name}"),
            if image.len() == 5000 {
                "error limit-exceeded !unchanged-image"
            } else {
                "deny !unchanged-image"
            },
            |s, r| {
                s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_ALLOW", &[]);
                *r = update(new.clone(), object(one_container("nginx:1")));
            },
        ));
        cases.push(case(
            &format!("unchanged_unreadable_image_{name}_under_another_service_account"),
            if image.len() == 5000 {
                "error limit-exceeded !unchanged-image"
            } else {
                "deny !unchanged-image"
            },
            |_, r| {
                *r = update(new, old);
                r["object"]["spec"]["serviceAccountName"] = "admin".into();
            },
        ));
    }
    let volumes = |image: Value| {
        let mut spec = one_container(&crate::case::image());
        spec["volumes"] = json!([{"name": "v", "image": image}]);
        spec
    };
    let of_template = |spec: Value| {
        let body = json!({"apiVersion": "apps/v1", "kind": "Deployment",
            "spec": {"template": {"spec": spec}}});
        request("apps", "Deployment", body)
    };
    for (name, volume) in [
        ("empty", json!({})),
        ("without_reference", json!({"pullPolicy": "Always"})),
        ("with_an_empty_reference", json!({"reference": ""})),
        ("with_a_reference_that_is_null", json!({"reference": null})),
    ] {
        cases.push(case(
            &format!("image_volume_{name}_in_a_template"),
            "allow attested image-volume-empty",
            |_, r| *r = of_template(volumes(volume.clone())),
        ));
        cases.push(case(
            &format!("image_volume_{name}_in_a_pod"),
            "deny image-missing",
            |_, r| *r = pod(volumes(volume)),
        ));
    }
    cases.push(case(
        "scaling_a_template_with_an_empty_image_volume",
        "allow unchanged-image image-volume-empty",
        |_, r| {
            let new = of_template(volumes(json!({})));
            let old = new["object"].clone();
            *r = update(new, old);
            r["object"]["spec"]["replicas"] = 0.into();
        },
    ));
    // Knative leaves containers without a name.
    let knative = |containers: Value| {
        let mut body = json!({"apiVersion": "serving.knative.dev/v1", "kind": "Service"});
        body["spec"]["template"]["spec"]["containers"] = containers;
        request("serving.knative.dev", "Service", body)
    };
    let (one, other) = (json!({"image": unsigned()}), json!({"image": image()}));
    let named = json!({"name": "a", "image": unsigned()});
    for (name, expected, new, old) in [
        (
            "unnamed_container_of_a_knative_service",
            "allow unchanged-image",
            json!([one]),
            json!([one]),
        ),
        (
            "unnamed_container_with_a_new_image",
            "deny no-valid-attestation",
            json!([one]),
            json!([other]),
        ),
        (
            "unnamed_container_in_another_place",
            "deny no-valid-attestation",
            json!([other, one]),
            json!([one, other]),
        ),
        (
            "unnamed_container_that_had_a_name",
            "deny no-valid-attestation",
            json!([one]),
            json!([named]),
        ),
        (
            "unnamed_container_that_gets_a_name",
            "deny no-valid-attestation",
            json!([named]),
            json!([one]),
        ),
    ] {
        cases.push(case(name, expected, |_, r| {
            *r = update(knative(new), knative(old)["object"].take());
        }));
    }
    let workloads = json!([{"group": "e.com", "kind": "Box", "podSpecs": ["spec"]}]);
    let body = json!({"apiVersion": "e.com/v1", "kind": "Box",
        "spec": {"containers": [{"name": "app"}]}});
    for (name, expected, old) in [
        (
            "unchanged_missing_image_of_a_kind_that_nobody_validates",
            "allow unchanged-image",
            body.clone(),
        ),
        (
            "new_missing_image_of_a_kind_that_nobody_validates",
            "deny image-missing",
            json!({"apiVersion": "e.com/v1", "kind": "Box", "spec": one_container(&image())}),
        ),
    ] {
        let (workloads, body) = (workloads.clone(), body.clone());
        cases.push(case(name, expected, |s, r| {
            s["workloads"] = workloads;
            *r = update(request("e.com", "Box", body), old);
        }));
    }
    cases
}

/// What is revoked, or not attested any more, must be able to become less, and to go.
fn answers_to_an_incident() -> Vec<Case> {
    let deleted = "2026-01-01T00:00:00Z";
    type Change = fn(&mut Value);
    let mut cases = Vec::new();
    let all: &[(&str, bool, Change)] = &[
        ("scaled_down", true, |new| {
            new["spec"]["replicas"] = 1.into()
        }),
        ("scaled_to_zero", true, |new| {
            new["spec"]["replicas"] = 0.into()
        }),
        ("scaled_up", false, |new| new["spec"]["replicas"] = 4.into()),
        ("with_replicas_that_are_no_number", false, |new| {
            new["spec"]["replicas"] = 3.5.into();
        }),
        ("whose_replicas_are_left_out", false, |new| {
            new["spec"].as_object_mut().unwrap().remove("replicas");
        }),
        ("whose_finalizer_is_removed", true, |new| {
            new["metadata"]["finalizers"] = json!([]);
        }),
        ("that_is_paused", true, |new| {
            new["spec"]["paused"] = true.into()
        }),
        ("with_another_command", false, |new| {
            new["spec"]["template"]["spec"]["containers"][0]["command"] = json!(["sh"]);
        }),
        ("with_another_command_while_it_goes", true, |new| {
            new["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
            new["spec"]["template"]["spec"]["containers"][0]["command"] = json!(["sh"]);
        }),
        ("scaled_up_while_it_goes", true, |new| {
            new["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
            new["spec"]["replicas"] = 4.into();
        }),
        ("with_an_empty_deletion_timestamp", false, |new| {
            new["metadata"]["deletionTimestamp"] = "".into();
            new["spec"]["replicas"] = 4.into();
        }),
        ("with_a_deletion_timestamp_in_its_template", false, |new| {
            new["spec"]["template"]["metadata"] =
                json!({"deletionTimestamp": "2026-01-01T00:00:00Z"});
            new["spec"]["replicas"] = 4.into();
        }),
        ("with_another_service_account_while_it_goes", false, |new| {
            new["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
            new["spec"]["template"]["spec"]["serviceAccountName"] = "admin".into();
        }),
        ("with_one_more_container_while_it_goes", false, |new| {
            new["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
            let containers = &mut new["spec"]["template"]["spec"]["containers"];
            let mut more = containers[0].clone();
            more["name"] = "more".into();
            containers.as_array_mut().unwrap().push(more);
        }),
        ("with_fewer_containers_while_it_goes", true, |new| {
            new["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
            new["spec"]["template"]["spec"]
                .as_object_mut()
                .unwrap()
                .remove("initContainers");
        }),
    ];
    let revoked = unsigned();
    for (name, is_admitted, change) in all {
        for (reason, code) in [
            ("unattested", "no-valid-attestation"),
            ("revoked", "digest-denied"),
        ] {
            let expected = match (*is_admitted, code) {
                (true, _) => "allow unchanged-image !digest-denied",
                (false, "digest-denied") => "deny digest-denied !unchanged-image",
                (false, _) => "deny no-valid-attestation !unchanged-image",
            };
            cases.push(case(
                &format!("{reason}_deployment_{name}"),
                expected,
                |s, r| {
                    s["unchangedImages"] = "check".into();
                    if reason == "revoked" {
                        s["deniedDigests"] = json!([revoked.split_once('@').unwrap().1]);
                    }
                    let mut old = deployment(&revoked, 3);
                    old["spec"]["template"]["spec"]["initContainers"] =
                        json!([{"name": "init", "image": image()}]);
                    let mut new = old.clone();
                    change(&mut new);
                    *r = update(request("apps", "Deployment", new), old);
                },
            ));
        }
    }
    // A deletion in progress, or fewer of them, is no excuse for an image that is new.
    for (name, replicas, going) in [("scale_down", 0, false), ("deletion", 3, true)] {
        cases.push(case(
            &format!("new_image_together_with_a_{name}"),
            "deny no-valid-attestation",
            |s, r| {
                s["unchangedImages"] = "check".into();
                let mut new = deployment(&unsigned(), replicas);
                if going {
                    new["metadata"]["deletionTimestamp"] = deleted.into();
                }
                *r = update(request("apps", "Deployment", new), deployment(&image(), 3));
            },
        ));
    }
    cases.push(case(
        "deletion_timestamp_on_creation",
        "deny no-valid-attestation",
        |s, r| {
            s["unchangedImages"] = "check".into();
            let mut new = deployment(&unsigned(), 0);
            new["metadata"]["deletionTimestamp"] = deleted.into();
            *r = request("apps", "Deployment", new);
            r["oldObject"] = r["object"].clone();
        },
    ));
    cases.push(case(
        "scale_down_of_an_always_denied_deployment",
        "allow unchanged-image",
        |s, r| {
            s["unchangedImages"] = "check".into();
            s["policy"]["defaultAdmissionRule"] = rule("ALWAYS_DENY", &[]);
            *r = update(
                request("apps", "Deployment", deployment(&image(), 1)),
                deployment(&image(), 3),
            );
        },
    ));
    let job = |suspend: Value, parallelism: u32| {
        json!({"apiVersion": "batch/v1", "kind": "Job", "spec": {
            "suspend": suspend, "parallelism": parallelism,
            "template": {"spec": one_container(&unsigned())},
        }})
    };
    let denied = "deny no-valid-attestation !unchanged-image";
    let admitted = "allow unchanged-image";
    for (name, expected, old, new) in [
        (
            "that_is_suspended",
            admitted,
            (json!(false), 2),
            (json!(true), 2),
        ),
        ("that_goes_on", denied, (json!(true), 2), (json!(false), 2)),
        (
            "that_goes_on_by_default",
            denied,
            (json!(true), 2),
            (json!(null), 2),
        ),
        (
            "that_stays_suspended",
            admitted,
            (json!(true), 2),
            (json!(true), 2),
        ),
        (
            "with_more_at_a_time",
            denied,
            (json!(false), 2),
            (json!(false), 3),
        ),
        (
            "with_fewer_at_a_time",
            admitted,
            (json!(false), 2),
            (json!(false), 1),
        ),
    ] {
        cases.push(case(&format!("unattested_job_{name}"), expected, |s, r| {
            s["unchangedImages"] = "check".into();
            s["policy"]["defaultAdmissionRule"] = require(&["a"]);
            *r = update(
                request("batch", "Job", job(new.0, new.1)),
                job(old.0, old.1),
            );
        }));
    }
    // A set of Pods within another: each has a count of its own.
    let fleet = |counts: [u32; 2]| {
        let jobs = counts.map(
            |count| json!({"replicas": count, "template": {"spec": one_container(&unsigned())}}),
        );
        json!({"apiVersion": "e.com/v1", "kind": "Fleet", "spec": {"jobs": jobs}})
    };
    for (name, expected, counts) in [
        ("fewer", admitted, [1, 3]),
        ("fewer_and_more", denied, [1, 4]),
    ] {
        cases.push(case(
            &format!("unattested_fleet_with_{name}"),
            expected,
            |s, r| {
                s["unchangedImages"] = "check".into();
                s["workloads"] = json!([
                    {"group": "e.com", "kind": "Fleet", "podSpecs": ["spec.jobs.*.template.spec"]},
                ]);
                *r = update(request("e.com", "Fleet", fleet(counts)), fleet([2, 3]));
            },
        ));
    }
    cases
}

/// Less, and more, of kinds that keep images outside of pod specs, or count Pods in their own way.
fn less_of_other_kinds() -> Vec<Case> {
    type Change = fn(&mut Value);
    let group = "e.com";
    let check = |name: &str, is_admitted: bool, (kind, old, new): (&str, Value, Value)| {
        let expected = if is_admitted {
            "allow unchanged-image !digest-denied"
        } else {
            "deny digest-denied !unchanged-image"
        };
        case(&format!("revoked_{kind}_{name}"), expected, |s, r| {
            s["unchangedImages"] = "check".into();
            s["deniedDigests"] = json!([unsigned().split_once('@').unwrap().1]);
            s["workloads"] = json!([
                {"group": group, "kind": "Flow", "images": ["spec.templates.*.run?.image", "spec.exit?.image"]},
                {"group": group, "kind": "Group", "podSpecs": ["spec.groups.*.template.spec"]},
            ]);
            let of = |spec: Value| {
                let mut body = json!({"apiVersion": "e.com/v1", "kind": kind, "spec": spec});
                if let Some(status) = body["spec"].as_object_mut().unwrap().remove("ROOT") {
                    body["status"] = status;
                }
                body
            };
            *r = update(request(group, kind, of(new)), of(old));
        })
    };
    let flow = || {
        json!({
            "replicas": 5, "entry": "main", "templates": [
                {"name": "main", "parallelism": 2, "run": {"image": unsigned(), "args": ["x"]}},
                {"name": "idle", "steps": []},
            ],
        })
    };
    let all: &[(&str, bool, Change)] = &[
        ("scaled_to_zero", true, |spec| spec["replicas"] = 0.into()),
        ("scaled_down", true, |spec| spec["replicas"] = 4.into()),
        ("scaled_up", false, |spec| spec["replicas"] = 6.into()),
        ("suspended", true, |spec| spec["suspend"] = true.into()),
        ("not_suspended", true, |spec| spec["suspend"] = false.into()),
        ("terminated", true, |spec| {
            spec["shutdown"] = "Terminate".into()
        }),
        ("stopped", true, |spec| spec["shutdown"] = "Stop".into()),
        ("shut_down_in_another_way", false, |spec| {
            spec["shutdown"] = "Later".into()
        }),
        ("cancelled", true, |spec| {
            spec["status"] = "TaskRunCancelled".into()
        }),
        ("cancelled_with_its_runs", true, |spec| {
            spec["status"] = "CancelledRunFinally".into()
        }),
        ("halted", true, |spec| spec["runStrategy"] = "Halted".into()),
        ("always_run", false, |spec| {
            spec["runStrategy"] = "Always".into()
        }),
        ("not_run", true, |spec| spec["running"] = false.into()),
        ("run", false, |spec| spec["running"] = true.into()),
        ("with_less_at_a_time", true, |spec| {
            spec["templates"][0]["parallelism"] = 1.into()
        }),
        ("with_more_at_a_time", false, |spec| {
            spec["templates"][0]["parallelism"] = 3.into()
        }),
        ("with_other_arguments", false, |spec| {
            spec["templates"][0]["run"]["args"] = json!(["y"])
        }),
        ("with_another_entry", false, |spec| {
            spec["entry"] = "idle".into()
        }),
        ("with_other_steps", false, |spec| {
            spec["templates"][1]["steps"] = json!(["main"])
        }),
        ("with_one_more_template", false, |spec| {
            spec["templates"]
                .as_array_mut()
                .unwrap()
                .push(json!({"steps": ["main"]}));
        }),
        ("with_another_order", false, |spec| {
            spec["templates"].as_array_mut().unwrap().reverse();
        }),
        ("with_another_status", true, |spec| {
            spec["ROOT"] = json!({"replicas": 9})
        }),
        ("scaled_down_with_other_arguments", false, |spec| {
            spec["replicas"] = 0.into();
            spec["templates"][0]["run"]["args"] = json!(["y"]);
        }),
    ];
    let mut cases: Vec<_> = all
        .iter()
        .map(|(name, is_admitted, change)| {
            let mut new = flow();
            change(&mut new);
            check(name, *is_admitted, ("Flow", flow(), new))
        })
        .collect();
    for (name, field, stops) in [
        ("that_was_suspended_goes_on", "suspend", json!(true)),
        ("that_was_stopped_goes_on", "shutdown", json!("Stop")),
        ("that_was_not_run_goes_on", "running", json!(false)),
    ] {
        let mut old = flow();
        old[field] = stops;
        cases.push(check(name, false, ("Flow", old, flow())));
    }
    // The Pods of one replica.
    for field in ["size", "numOfHosts", "slices"] {
        let group = |count: u32| json!({"groups": [{"template": {"spec": one_container(&unsigned())}, field: count}]});
        for (name, is_admitted, count) in [("less", true, 2), ("more", false, 4)] {
            let name = format!("with_{name}_by_{field}");
            cases.push(check(&name, is_admitted, ("Group", group(3), group(count))));
        }
    }
    cases
}

/// An object of before the policy must be able to lose its finalizer, whatever is in it; what is in it may
/// not change unseen.
fn objects_that_cannot_be_read() -> Vec<Case> {
    type Change = fn(&mut Value);
    let of_boxes = |boxes: Value| {
        json!({"apiVersion": "e.com/v1", "kind": "Boxes", "metadata": {"finalizers": ["e.com/keep"]},
            "spec": {"replicas": 2, "boxes": boxes}})
    };
    let without_containers = of_boxes(json!([{"spec": {"containers": []}}, {}]));
    let elsewhere = of_boxes(json!([{"box": {"spec": one_container(&unsigned())}}]));
    let too_many =
        of_boxes(json!([{"spec": {"containers": vec![json!({"image": image()}); 513]}}]));
    let mut cases = Vec::new();
    for (object, old, refused) in [
        (
            "without_containers",
            &without_containers,
            "deny undecodable-object !unchanged-object",
        ),
        (
            "with_its_pods_elsewhere",
            &elsewhere,
            "deny undecodable-object !unchanged-object",
        ),
        (
            "with_too_many_images",
            &too_many,
            "error limit-exceeded !unchanged-object",
        ),
    ] {
        let changes: &[(&str, bool, bool, Change)] = &[
            ("without_its_finalizer", true, true, |_| {}),
            ("with_a_status", true, true, |new| {
                new["status"] = json!({"phase": "Late"})
            }),
            ("scaled_down", true, true, |new| {
                new["spec"]["replicas"] = 1.into()
            }),
            ("scaled_up", true, false, |new| {
                new["spec"]["replicas"] = 3.into()
            }),
            ("with_images_in_the_place_of_a_count", false, false, |new| {
                new["spec"]["replicas"] = one_container(&unsigned());
            }),
            ("with_another_field", false, false, |new| {
                new["spec"]["mode"] = "x".into()
            }),
            ("with_one_more_box", false, false, |new| {
                new["spec"]["boxes"].as_array_mut().unwrap().push(json!({}));
            }),
            ("deleted_with_one_more_box", false, false, |new| {
                new["metadata"]["deletionTimestamp"] = "2026-07-15T12:00:00Z".into();
                new["spec"]["boxes"].as_array_mut().unwrap().push(json!({}));
            }),
        ];
        for (setting, is_check) in [("skip", false), ("check", true)] {
            let name = |change: &str| format!("object_{object}_{change}_under_{setting}");
            let mut of = |change: &str, expected, new: Value, old: Option<&Value>| {
                cases.push(case(&name(change), expected, |s, r| {
                    s["unchangedImages"] = setting.into();
                    s["workloads"] = json!([
                        {"group": "e.com", "kind": "Boxes", "podSpecs": ["spec.boxes.*.spec"]},
                    ]);
                    *r = request("e.com", "Boxes", new);
                    if let Some(old) = old {
                        *r = update(r.clone(), old.clone());
                    }
                }));
            };
            of("created", refused, old.clone(), None);
            of(
                "after_another_one",
                refused,
                old.clone(),
                Some(&of_boxes(json!([]))),
            );
            for (change, is_admitted_by_skip, is_admitted_by_check, apply) in changes {
                let mut new = old.clone();
                new["metadata"] = json!({});
                apply(&mut new);
                let is_admitted = if is_check {
                    *is_admitted_by_check
                } else {
                    *is_admitted_by_skip
                };
                let expected = if is_admitted {
                    "allow unchanged-object"
                } else {
                    refused
                };
                of(change, expected, new, Some(old));
            }
        }
    }
    cases
}
