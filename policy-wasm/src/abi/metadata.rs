//! Kubewarden's metadata of the modules. Each module contains it in the custom section
//! `io.kubewarden.metadata`, so that no annotation step is needed.

/// The metadata as JSON, for one execution mode and its permitted host calls
macro_rules! metadata {
    ($execution_mode:literal, $capabilities:literal) => {
        concat!(
            r#"{"protocolVersion":"v1","policyType":"kubernetes","executionMode":""#,
            $execution_mode,
            r#"","mutating":false,"backgroundAudit":true,"#,
            $capabilities,
            r#","rules":["#,
            r#"{"apiGroups":[""],"apiVersions":["v1"],"#,
            r#""resources":["pods","pods/ephemeralcontainers","podtemplates","#,
            r#""replicationcontrollers"],"operations":["CREATE","UPDATE"]},"#,
            r#"{"apiGroups":["apps"],"apiVersions":["v1"],"#,
            r#""resources":["daemonsets","deployments","replicasets","statefulsets"],"#,
            r#""operations":["CREATE","UPDATE"]},"#,
            r#"{"apiGroups":["batch"],"apiVersions":["v1"],"#,
            r#""resources":["cronjobs","jobs"],"operations":["CREATE","UPDATE"]},"#,
            r#"{"apiGroups":["serving.knative.dev"],"apiVersions":["v1"],"#,
            r#""resources":["configurations","revisions","services"],"#,
            r#""operations":["CREATE","UPDATE"]}],"annotations":{"#,
            r#""io.kubewarden.policy.title":"countersign","#,
            r#""io.kubewarden.policy.version":""#,
            env!("CARGO_PKG_VERSION"),
            r#"","io.kubewarden.policy.description":"#,
            r#""Binary Authorization: admit only images that are exempt or attested","#,
            // Artifact Hub requires an email address with each name.
            r#""io.kubewarden.policy.author":"The Countersign authors <authors@countersign.dev>","#,
            r#""io.kubewarden.policy.ociUrl":""#,
            env!("COUNTERSIGN_ARTIFACT"),
            r#"","io.kubewarden.policy.url":""#,
            env!("CARGO_PKG_REPOSITORY"),
            r#"","io.kubewarden.policy.source":""#,
            env!("CARGO_PKG_REPOSITORY"),
            r#"","io.kubewarden.policy.usage":"How to deploy it: "#,
            env!("CARGO_PKG_REPOSITORY"),
            "/blob/v",
            env!("CARGO_PKG_VERSION"),
            r#"/docs/operator.md","#,
            r#""io.kubewarden.policy.license":"Apache-2.0","#,
            r#""io.kubewarden.policy.category":"Image Integrity","#,
            r#""io.kubewarden.policy.severity":"high","#,
            r#""io.artifacthub.displayName":"Countersign","#,
            r#""io.artifacthub.resources":"Pod, Deployment, DaemonSet, StatefulSet, ReplicaSet, Job, CronJob","#,
            r#""io.artifacthub.keywords":"binary authorization, images, signatures, attestations"}}"#,
        )
    };
}

/// Metadata of the waPC module, with the host calls of `abi/kubewarden.rs`
pub const WAPC: &str = metadata!(
    "kubewarden-wapc",
    r#""contextAwareResources":[{"apiVersion":"countersign.dev/v1","kind":"Attestation"}],"hostCapabilities":["kubernetes/get_resource","oci/v1/manifest_digest","oci/v1/oci_manifest","oci/v2/verify"]"#
);

/// Metadata of the WASI command, which makes no host calls
pub const WASI: &str = metadata!("wasi", r#""contextAwareResources":[]"#);

/// The bytes of `text`, for a static in a custom section. `N` is the length of `text`.
#[must_use]
pub const fn section<const N: usize>(text: &str) -> [u8; N] {
    match text.as_bytes().first_chunk() {
        Some(bytes) => *bytes,
        None => [0; N],
    }
}
