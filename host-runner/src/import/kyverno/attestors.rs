//! Sets of attestors: `count` of the `entries` must have signed, by default all. A set may be an entry of another.

use serde_json::{Map, Value, json};

use crate::import::draft::{Draft, Requirement};
use crate::import::keyless::{self, FIELDS, literal};
use crate::import::signer::{LOST, Signer};
use crate::import::source::At;
use crate::terminal::printable;

/// Reads the sets of one entry of `verifyImages`. Reports once that logs are not required of signatures by keys.
#[derive(Debug, Default)]
pub(super) struct Attestors {
    has_told_of_logs: bool,
}

/// Signers of which so many are required
struct Set {
    signers: Vec<Signer>,
    /// All if `None`
    count: Option<usize>,
}

impl Attestors {
    /// The requirement of a set; `None` if it has no entries. `wanted` names its attestors.
    pub(super) fn requirement(
        &mut self,
        set: &At<'_>,
        predicate_type: Option<&str>,
        wanted: &str,
        draft: &mut Draft,
    ) -> Option<Requirement> {
        let Set { signers, count } = self.set(set, draft);
        requirement(signers, count, predicate_type, wanted, draft)
    }

    fn set(&mut self, set: &At<'_>, draft: &mut Draft) -> Set {
        set.only(&["count", "entries"], &mut draft.findings);
        let count = set.get("count").and_then(|count| count.to_json().as_u64());
        let count = count
            .and_then(|count| usize::try_from(count).ok())
            .filter(|count| *count > 0);
        let entries = set.items_of("entries");
        let are_all = count.is_none_or(|count| count == entries.len());
        let mut signers = Vec::new();
        let mut is_spliced = false;
        for entry in &entries {
            let Some(nested) = entry.get("attestor") else {
                signers.extend(self.entry(entry, draft));
                continue;
            };
            let inner = self.set(&nested, draft);
            let length = inner.signers.len();
            match inner.count.unwrap_or(length) {
                1 => signers.extend(inner.signers.into_iter().reduce(Signer::or)),
                count if count == length && are_all => {
                    is_spliced = true;
                    signers.extend(inner.signers);
                }
                _ => {
                    let untrusted = Signer::lost(
                        &nested,
                        "a set that requires several of its entries cannot be an entry of another set",
                        draft,
                    );
                    draft.help("write a requirement with `attestors` and `threshold` for each set");
                    signers.push(untrusted);
                }
            }
        }
        let count = count.filter(|_| !is_spliced);
        Set { signers, count }
    }

    /// The signers of one entry: each key is one.
    fn entry(&mut self, entry: &At<'_>, draft: &mut Draft) -> Vec<Signer> {
        let known = [
            "annotations",
            "attestor",
            "certificates",
            "keyless",
            "keys",
            "repository",
        ];
        entry.only(&known, &mut draft.findings);
        let mut signers = Vec::new();
        if let Some(keys) = entry.get("keys") {
            signers.extend(self.keys(&keys, draft));
        }
        if let Some(keyless) = entry.get("keyless") {
            signers.push(keyless_signer(&keyless, draft));
        }
        if let Some(certificates) = entry.get("certificates") {
            let untrusted = Signer::lost(
                &certificates,
                "certificates as keys are not supported",
                draft,
            );
            draft.help("give the attestor the public key of the certificate, as `openssl x509 -pubkey -noout` prints it");
            signers.push(untrusted);
        }
        report_repository(entry, draft);
        if is_annotated(entry, draft) {
            signers = signers.into_iter().map(Signer::without_trust).collect();
        }
        signers
    }

    /// The holders of keys.
    pub(super) fn keys(&mut self, keys: &At<'_>, draft: &mut Draft) -> Vec<Signer> {
        let known = [
            "ctlog",
            "kms",
            "publicKeys",
            "rekor",
            "secret",
            "signatureAlgorithm",
        ];
        keys.only(&known, &mut draft.findings);
        let algorithm = keys.text_of("signatureAlgorithm");
        if !["", "sha256"].contains(&algorithm) {
            let algorithm = printable(algorithm);
            return vec![Signer::lost(
                keys,
                format!("signatures with `{algorithm}` are not supported"),
                draft,
            )];
        }
        let Some(public_keys) = keys.get("publicKeys") else {
            let untrusted = Signer::lost(
                keys,
                "the key is in a Secret or a key management service, and was not given",
                draft,
            );
            draft.help("give the attestor its public key, as `cosign public-key --key REFERENCE` prints it");
            return vec![untrusted];
        };
        let ignored = keys.at(&["rekor", "ignoreTlog"]);
        self.report_logs(keys, ignored.as_ref(), draft);
        Self::of_pem(&public_keys, draft)
    }

    /// Reports once that a log entry is not required, unless it is ignored there, too.
    pub(super) fn report_logs(&mut self, at: &At<'_>, ignored: Option<&At<'_>>, draft: &mut Draft) {
        let is_ignored = ignored.is_some_and(|ignored| ignored.to_json() == json!(true));
        if !is_ignored && !self.has_told_of_logs {
            self.has_told_of_logs = true;
            draft.lost(
                at,
                "a signature by a key counts without an entry of a transparency log",
            );
            draft.help("if that is intended, set `rekor: {ignoreTlog: true}` beside the key; otherwise let identities sign (`keyless`)");
        }
    }

    /// The holders of the keys in a text.
    pub(super) fn of_pem(at: &At<'_>, draft: &mut Draft) -> Vec<Signer> {
        const BEGIN: &str = "-----BEGIN";
        const END: &str = "-----END PUBLIC KEY-----";
        let text = at.text().unwrap_or_default();
        if text.contains("{{") || !text.contains(BEGIN) {
            let untrusted = Signer::lost(at, "the key is not in the policy", draft);
            draft.help("give the attestor its public key, as `cosign public-key --key REFERENCE` prints it");
            return vec![untrusted];
        }
        let keys = text.split_inclusive(END).filter(|key| key.contains(BEGIN));
        keys.map(|key| Signer::with_key(at, key, draft)).collect()
    }
}

/// A requirement of so many of the signers, of statements if there is a predicate type.
pub(super) fn requirement(
    signers: Vec<Signer>,
    count: Option<usize>,
    predicate_type: Option<&str>,
    wanted: &str,
    draft: &mut Draft,
) -> Option<Requirement> {
    let mut names: Vec<String> = Vec::new();
    for signer in signers {
        let name = signer.attestor(wanted, draft);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    // An attestor counts once, even if several entries have its key.
    let threshold = count.map(|count| count.min(names.len()));
    (!names.is_empty()).then_some(Requirement::Attestors {
        names,
        threshold,
        must_include: Vec::new(),
        predicate_types: predicate_type.into_iter().map(str::to_owned).collect(),
    })
}

/// The holder of a certificate.
pub(super) fn keyless_signer(keyless: &At<'_>, draft: &mut Draft) -> Signer {
    let known = [
        "additionalExtensions",
        "ctlog",
        "issuer",
        "issuerRegExp",
        "rekor",
        "roots",
        "subject",
        "subjectRegExp",
    ];
    keyless.only(&known, &mut draft.findings);
    if let Some(roots) = keyless.get("roots") {
        draft.lost(
            &roots,
            "certificates of other roots are not supported in PEM: no signature counts",
        );
        draft.help("give the trusted root of that Sigstore instance with --trusted-root FILE, and add the identity");
        return Signer::untrusted(keyless);
    }
    let Some(claims) = claims(keyless, draft) else {
        return Signer::untrusted(keyless);
    };
    for (section, key) in [("rekor", "ignoreTlog"), ("ctlog", "ignoreSCT")] {
        let Some(ignored) = keyless.at(&[section, key]) else {
            continue;
        };
        if ignored.to_json() == json!(true) {
            draft.lost(
                &ignored,
                format!(
                    "`{key}` is not carried over: the trusted root decides which logs are required"
                ),
            );
            draft.help("set `transparencyLogs` or `ctLogs` of the trusted root to 0");
        }
    }
    identity(keyless, &claims, draft)
}

/// The holder of a certificate for an issuer and a subject, each a text or a regular expression.
pub(super) fn identity(at: &At<'_>, claims: &Map<String, Value>, draft: &mut Draft) -> Signer {
    if keyless::is_written_twice(at, &FIELDS, LOST, draft) {
        return Signer::untrusted(at);
    }
    let issuer = match (at.text_of("issuer"), at.text_of("issuerRegExp")) {
        ("", regex) => literal(regex).unwrap_or_default(),
        (issuer, _) => issuer.to_owned(),
    };
    match (at.text_of("subject"), at.text_of("subjectRegExp")) {
        ("", "") => Signer::lost(at, "an identity has a subject", draft),
        ("", regex) => Signer::of_regex(at, &issuer, regex, claims, draft),
        (subject, _) => Signer::like(at, &issuer, subject, claims, draft),
    }
}

/// Extensions of certificates as claims; `None` if one of them is no claim.
fn claims(keyless: &At<'_>, draft: &mut Draft) -> Option<Map<String, Value>> {
    let mut claims = Map::new();
    let Some(extensions) = keyless.get("additionalExtensions") else {
        return Some(claims);
    };
    for (name, value) in extensions.entries() {
        let text = value.text().unwrap_or_default();
        // The names of cosign, and the extensions with the same content
        let claim = match name {
            "githubWorkflowRepository" => {
                Some(("sourceRepositoryURI", format!("https://github.com/{text}")))
            }
            "githubWorkflowRef" => Some(("sourceRepositoryRef", text.to_owned())),
            "githubWorkflowSha" => Some(("sourceRepositoryDigest", text.to_owned())),
            "githubWorkflowTrigger" => Some(("buildTrigger", text.to_owned())),
            _ => None,
        };
        match claim.filter(|_| !text.is_empty() && !text.contains(['*', '?'])) {
            Some((claim, text)) => {
                claims.insert(claim.to_owned(), json!(text));
            }
            None => {
                let name = printable(name);
                draft.lost(&value, format!("the extension `{name}` has no claim of the same content: no signature counts"));
                draft.help("add the identity with `claims` to `sigstore.identities`");
                return None;
            }
        }
    }
    Some(claims)
}

/// Reports another repository of signatures.
pub(super) fn report_repository(at: &At<'_>, draft: &mut Draft) {
    if let Some(repository) = at.get("repository").filter(|one| one.text() != Some("")) {
        draft.lost(
            &repository,
            "signatures are read from the image's own repository, not from another",
        );
        draft.help("copy the signatures with `cosign copy`, or store attestations in the cluster");
    }
}

/// Whether signatures must have annotations, which is reported.
pub(super) fn is_annotated(at: &At<'_>, draft: &mut Draft) -> bool {
    let Some(annotations) = at
        .get("annotations")
        .filter(|one| !one.entries().is_empty())
    else {
        return false;
    };
    draft.lost(
        &annotations,
        "annotations of signatures are not compared: no signature counts",
    );
    draft.help("give the attestor its key or identity if its signatures count without annotations");
    true
}
