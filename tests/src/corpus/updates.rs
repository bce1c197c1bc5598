//! UPDATE: what was in the same place before stays; everything else is checked.

use serde_json::{Value, json};

use crate::case::{A, Case, case, one_container, pod, unsigned, update};

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
            "unchanged_malformed_image_is_refused_all_the_same",
            "deny image-reference-invalid !unchanged-image",
            |_, r| {
                let malformed = one_container("not an image");
                *r = update(pod(malformed.clone()), object(malformed));
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
