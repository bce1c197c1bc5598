//! Authorities as attestors.

use serde_json::Value;

use crate::import::draft::Draft;
use crate::import::keyless;
use crate::import::predicate_type;
use crate::import::source::At;
use crate::terminal::printable;

/// Demand of an authority on an image
pub(super) enum Authority {
    Pass,
    /// With the message of a static authority; empty if it has none, or cannot be satisfied here
    Fail(String),
    /// The resource name of an attestor, and the types of its statements, all of which are needed; an approval if there
    /// are none
    Attestor(String, Vec<String>),
}

/// Reads an authority of a policy.
pub(super) fn read(authority: &At<'_>, policy: &str, index: usize, draft: &mut Draft) -> Authority {
    authority.only(
        &[
            "name",
            "key",
            "keyless",
            "static",
            "source",
            "ctlog",
            "attestations",
            "rfc3161timestamp",
            "signatureFormat",
        ],
        &mut draft.findings,
    );
    if let Some(fixed) = authority.get("static") {
        fixed.only(&["action", "message"], &mut draft.findings);
        return match fixed.text_of("action") {
            "pass" => Authority::Pass,
            _ => Authority::Fail(fixed.text_of("message").to_owned()),
        };
    }
    let Some(predicate_types) = predicate_types(authority, draft) else {
        return Authority::Fail(String::new());
    };
    let name = match authority.text_of("name") {
        "" => format!("{policy}-{index}"),
        name => format!("{policy}-{name}"),
    };
    let (keys, identities) = match (authority.get("key"), authority.get("keyless")) {
        (Some(key), _) => (of_key(&key, draft).into_iter().collect(), Vec::new()),
        (None, Some(keyless)) => (Vec::new(), of_certificate(&keyless, draft)),
        (None, None) => (Vec::new(), Vec::new()),
    };
    if keys.is_empty() && identities.is_empty() {
        return Authority::Fail(String::new());
    }
    report_differences(authority, draft);
    let attestor = draft.attestor(&name, &authority.place(), keys, identities);
    Authority::Attestor(attestor, predicate_types)
}

/// A key; `None` if it is not in the document, or cannot be used.
fn of_key(key: &At<'_>, draft: &mut Draft) -> Option<Value> {
    key.only(
        &["data", "secretRef", "kms", "hashAlgorithm"],
        &mut draft.findings,
    );
    if let Some(algorithm) = key
        .get("hashAlgorithm")
        .filter(|one| one.text() != Some("sha256"))
    {
        draft.lost(
            &algorithm,
            "a key has the hash algorithm of its kind: the authority was left out",
        );
        return None;
    }
    for reference in ["secretRef", "kms"] {
        if let Some(reference) = key.get(reference) {
            draft.lost(
                &reference,
                "the key is not in the document: the authority was left out",
            );
            draft.help("write the public key under `key.data`: cosign public-key --key k8s://NAMESPACE/SECRET, or --key KMS-URI");
            return None;
        }
    }
    let data = key.get("data")?;
    draft.cosign_key(&data, data.text().unwrap_or_default())
}

/// The identities of certificates; none if no identity carries over.
fn of_certificate(keyless: &At<'_>, draft: &mut Draft) -> Vec<Value> {
    keyless.only(
        &[
            "url",
            "identities",
            "ca-cert",
            "trustRootRef",
            "insecureIgnoreSCT",
        ],
        &mut draft.findings,
    );
    if let Some(authority) = keyless.get("ca-cert") {
        draft.lost(&authority, "a certificate authority of its own is part of a trusted root: the authority was left out");
        draft.help("write a trusted_root.json with cosign trusted-root create, and give it with --trusted-root");
        return Vec::new();
    }
    if let Some(ignored) = keyless.get("insecureIgnoreSCT") {
        draft.warn(
            &ignored,
            "certificates need the promise of a CT log, unless the trusted root has `ctLogs: 0`",
        );
    }
    let identities = keyless.items_of("identities");
    if identities.is_empty() {
        draft.lost(keyless, "every identity of the instance may sign, and there is no such attestor: the authority was left out");
        return Vec::new();
    }
    let lost = "identities need a trusted root, and none was given: the authority was left out";
    let Some(root) = draft.require_root(keyless, lost) else {
        return Vec::new();
    };
    let identities = identities.iter();
    let identities = identities
        .filter_map(|identity| keyless::identities(identity, &keyless::FIELDS, &root, draft));
    identities.flatten().collect()
}

/// The types of the attestations; `None` if one of them does not carry over.
fn predicate_types(authority: &At<'_>, draft: &mut Draft) -> Option<Vec<String>> {
    let mut types = Vec::new();
    let mut is_lost = false;
    let attestations = authority.items_of("attestations");
    for attestation in &attestations {
        attestation.only(&["name", "predicateType", "policy"], &mut draft.findings);
        let named = attestation.text_of("predicateType");
        let uri = predicate_type::by_name(named);
        let policy = attestation.get("policy");
        if let Some(policy) = &policy {
            let kind = printable(policy.text_of("type"));
            draft.lost(
                policy,
                format!("a policy in {kind} has no counterpart: the authority was left out"),
            );
            draft.help(match named {
                "slsaprovenance"
                | "https://slsa.dev/provenance/v1"
                | "https://slsa.dev/provenance/v0.2" => {
                    "demand provenance with `require: [{check: {slsaCheck: {…}}}]`"
                }
                "vuln" => "demand scans with `require: [{check: {vulnerabilityCheck: {…}}}]`",
                _ => "the checks of docs/checks.md read provenance and scans",
            });
        } else if !predicate_type::is_valid(uri) {
            let named = printable(named);
            draft.lost(
                attestation,
                format!("`{named}` is no predicate type: the authority was left out"),
            );
        }
        is_lost |= policy.is_some() || !predicate_type::is_valid(uri);
        if !types.iter().any(|known| known == uri) {
            types.push(uri.to_owned());
        }
    }
    if let (Some(first), false) = (attestations.first(), is_lost) {
        predicate_type::report_place(first, draft);
    }
    (!is_lost).then_some(types)
}

/// Reports what the controller verifies besides a signature, and what it finds elsewhere.
fn report_differences(authority: &At<'_>, draft: &mut Draft) {
    let is_key = authority.get("key").is_some();
    if let Some(log) = authority
        .get("ctlog")
        .filter(|log| is_key && !log.entries().is_empty())
    {
        draft.lost(
            &log,
            "a signature by a key counts without an entry of a transparency log",
        );
        draft.help("if that is intended, remove `ctlog` of the authority; otherwise let identities sign (`keyless`)");
    }
    if let Some(log) = authority.get("ctlog").filter(|_| !is_key) {
        draft.note(&log, "the transparency logs are those of the trusted root");
    }
    if let Some(timestamp) = authority.get("rfc3161timestamp") {
        if is_key {
            draft.lost(
                &timestamp,
                "a signature by a key counts without a signed timestamp",
            );
        } else {
            draft.note(
                &timestamp,
                "the timestamp authorities are those of the trusted root",
            );
        }
    }
    if let Some(source) = authority.get("source") {
        draft.lost(
            &source,
            "signatures are read beside the image, and not from another repository",
        );
        draft.help(
            "copy them with `countersign attest import`, or name another source in `evidence`",
        );
    }
    if let Some(format) = authority
        .get("signatureFormat")
        .filter(|format| format.text() == Some("bundle"))
    {
        draft.lost(
            &format,
            "bundles are among the image's referrers, which Kubewarden's host cannot list",
        );
        draft.help("store them with `countersign attest import`, or set `evidence.referrers: true` for other hosts");
    }
}
