//! Validators as effects of rules.

use serde_json::{Value, json};

use crate::import::draft::{Draft, Effect, Requirement};
use crate::import::keyless::{self, Fields};
use crate::import::source::At;
use crate::terminal::printable;

/// The validator of a rule
pub(super) struct Validator<'d> {
    /// As the rule names it
    name: &'d str,
    /// `None` if there is no such validator
    at: Option<At<'d>>,
}

/// Name of the validator and of the trust root of rules that name none
const DEFAULT: &str = "default";
/// Stands for all trust roots of a validator
const ALL: &str = "*";

const KEYLESS: Fields = Fields {
    issuer: "issuer",
    subject: "subject",
    issuer_expression: "issuerRegex",
    subject_expression: "subjectRegex",
};

impl<'d> Validator<'d> {
    /// The validator that a rule names.
    pub(super) fn of(rule: &At<'d>, validators: &[At<'d>]) -> Self {
        let name = match rule.text_of("validator") {
            "" => DEFAULT,
            name => name,
        };
        let found = validators.iter().find(|one| one.text_of("name") == name);
        Self {
            name,
            at: found.cloned(),
        }
    }

    /// Returns the effect of a rule with this validator.
    pub(super) fn effect(&self, rule: &At<'_>, draft: &mut Draft) -> Effect {
        let name = printable(self.name);
        let Some(validator) = &self.at else {
            draft.warn(
                rule,
                format!("there is no validator `{name}`: its images are denied, as by Connaisseur"),
            );
            return Effect::Deny(format!("There is no validator {name}."));
        };
        match validator.text_of("type") {
            "static" => {
                validator.only(&["name", "type", "approve"], &mut draft.findings);
                let approves = validator.get("approve").map(|approve| approve.to_json());
                if approves == Some(Value::Bool(true)) {
                    let reason = format!("admitted by Connaisseur's validator {name}");
                    return Effect::Exempt { reason };
                }
                Effect::Deny(format!("Denied by the validator {name}."))
            }
            "cosign" => {
                report(validator, draft);
                self.signed(validator, rule, draft)
            }
            kind => {
                let kind = printable(kind);
                draft.lost(
                    rule,
                    format!(
                        "signatures of the type {kind} are not verified: its images are denied"
                    ),
                );
                draft.help("sign the images with cosign or `countersign attest sign`, and demand an attestor");
                Effect::Deny(format!(
                    "The validator {name} of the type {kind} did not carry over."
                ))
            }
        }
    }

    /// The requirement of a rule with a cosign validator.
    fn signed(&self, validator: &At<'_>, rule: &At<'_>, draft: &mut Draft) -> Effect {
        let with = rule.get("with");
        let option = |keys: &[&'static str]| {
            let found = keys.iter().find_map(|key| with.as_ref()?.get(key));
            found
                .as_ref()
                .and_then(At::text)
                .unwrap_or_default()
                .to_owned()
        };
        let mut roots = validator.items_of("trustRoots");
        roots.extend(validator.items_of("trust_roots"));
        let wanted = option(&["trustRoot", "trust_root", "key"]);
        let wanted = if wanted.is_empty() {
            DEFAULT
        } else {
            wanted.as_str()
        };
        let required: Vec<_> = with
            .iter()
            .flat_map(|with| with.items_of("required"))
            .filter_map(|name| name.text().map(str::to_owned))
            .collect();
        let threshold = with.as_ref().and_then(|with| with.get("threshold"));
        let threshold = threshold.and_then(|number| number.to_json().as_u64());
        let threshold = threshold
            .and_then(|number| usize::try_from(number).ok())
            .unwrap_or_default();
        // The names that are asked, and how many of them have to have signed.
        let all = || -> Vec<String> {
            roots
                .iter()
                .map(|root| root.text_of("name").to_owned())
                .collect()
        };
        let (names, threshold) = match wanted {
            ALL if threshold > required.len() => (all(), Some(threshold)),
            ALL if required.is_empty() => (all(), None),
            ALL => (required.clone(), None),
            one => {
                let mut names = vec![one.to_owned()];
                names.extend(required.iter().filter(|name| *name != one).cloned());
                (names, None)
            }
        };
        let mut attestors = Vec::new();
        let mut must_include = Vec::new();
        for name in &names {
            let root = roots.iter().find(|root| root.text_of("name") == name);
            let attestor = self.attestor(name, root, rule, draft);
            if attestors.contains(&attestor) {
                draft.lost(rule, format!("the trust root `{}` has the key of another one of the rule, and a key counts once: its images are denied", printable(name)));
                return Effect::Deny(format!("The trust roots of {} share a key.", self.name));
            }
            if required.contains(name) {
                must_include.push(attestor.clone());
            }
            attestors.push(attestor);
        }
        let named = || {
            roots
                .iter()
                .filter(|root| names.iter().any(|name| name == root.text_of("name")))
        };
        if let Some(with) = &with {
            report_options(
                with,
                named().any(|root| root.get("keyless").is_some()),
                draft,
            );
        }
        let log = with
            .as_ref()
            .and_then(|with| with.get("verifyInTransparencyLog"));
        let is_logged = log.is_none_or(|log| log.to_json() != json!(false));
        // Version 2 does not ask the log.
        let is_current = validator.get("trustRoots").is_some();
        if is_current && is_logged && named().any(|root| root.get("key").is_some()) {
            draft.lost(
                rule,
                "a signature by a key counts without an entry of a transparency log",
            );
            draft.help("if that is intended, set `with: {verifyInTransparencyLog: false}` of the rule; otherwise let identities sign (`keyless`)");
        }
        if threshold.is_some_and(|number| number > attestors.len()) {
            draft.warn(rule, "the threshold is higher than the number of trust roots: its images are denied, as by Connaisseur");
            return Effect::Deny(
                "The threshold is higher than the number of trust roots.".to_owned(),
            );
        }
        Effect::Require(vec![Requirement::Attestors {
            names: attestors,
            threshold,
            must_include,
            predicate_types: Vec::new(),
        }])
    }

    /// The attestor of a trust root. One that does not carry over has neither keys nor identities, and nothing satisfies
    /// it.
    fn attestor(
        &self,
        name: &str,
        root: Option<&At<'_>>,
        rule: &At<'_>,
        draft: &mut Draft,
    ) -> String {
        let id = match name {
            DEFAULT => self.name.to_owned(),
            name => format!("{}-{name}", self.name),
        };
        let Some(root) = root else {
            draft.warn(rule, format!("there is no trust root `{}`, and every image that needs it is denied, as by Connaisseur", printable(name)));
            return draft.attestor(&id, &rule.place(), Vec::new(), Vec::new());
        };
        root.only(&["name", "key", "cert", "keyless"], &mut draft.findings);
        let (mut keys, mut identities) = (Vec::new(), Vec::new());
        if let Some(key) = root.get("key") {
            keys.extend(key_of(&key, draft));
        }
        if let Some(cert) = root.get("cert") {
            draft.lost(
                &cert,
                "a certificate is no key: nothing satisfies this attestor",
            );
        }
        if let Some(identity) = root.get("keyless") {
            identities.extend(identities_of(&identity, draft).into_iter().flatten());
        }
        draft.attestor(&id, &root.place(), keys, identities)
    }
}

fn key_of(key: &At<'_>, draft: &mut Draft) -> Option<Value> {
    let text = key.text().unwrap_or_default();
    if text.contains("://") && !text.contains("-----BEGIN") {
        draft.lost(
            key,
            "the key is not in the document: nothing satisfies this attestor",
        );
        draft.help("write the public key: cosign public-key --key KMS-URI");
        return None;
    }
    draft.cosign_key(key, text)
}

fn identities_of(identity: &At<'_>, draft: &mut Draft) -> Option<Vec<Value>> {
    let root = draft.require_root(
        identity,
        "identities need a trusted root, and none was given: nothing satisfies this attestor",
    )?;
    keyless::identities(identity, &KEYLESS, &root, draft)
}

/// Reports what a cosign validator has besides trust roots.
fn report(validator: &At<'_>, draft: &mut Draft) {
    validator.only(
        &[
            "name",
            "type",
            "trustRoots",
            "trust_roots",
            "auth",
            "cert",
            "host",
        ],
        &mut draft.findings,
    );
    if let Some(auth) = validator.get("auth") {
        draft.note(
            &auth,
            "credentials of registries are those of the policy engine's host",
        );
    }
    if let Some(cert) = validator.get("cert") {
        draft.note(
            &cert,
            "certificates of registries are those of the policy engine's host",
        );
    }
    if let Some(host) = validator.get("host") {
        draft.note(&host, "logs and authorities are those of the trusted root");
    }
}

/// Reports the options of a rule.
fn report_options(with: &At<'_>, has_identity: bool, draft: &mut Draft) {
    with.only(
        &[
            "trustRoot",
            "trust_root",
            "key",
            "verifyInTransparencyLog",
            "verifySCT",
            "threshold",
            "required",
            "mode",
            "delegations",
        ],
        &mut draft.findings,
    );
    if let Some(mode) = with
        .get("mode")
        .filter(|mode| mode.text() == Some("insecureValidateOnly"))
    {
        draft.lost(
            &mode,
            "tags are resolved and pinned, and only what is pinned is admitted",
        );
    }
    for (option, threshold) in [
        ("verifySCT", "ctLogs"),
        ("verifyInTransparencyLog", "transparencyLogs"),
    ] {
        let is_off = |value: &At<'_>| has_identity && value.to_json() == json!(false);
        if let Some(value) = with.get(option).filter(is_off) {
            draft.warn(&value, format!("identities are verified with the logs of the trusted root, unless it has `{threshold}: 0`"));
        }
    }
}
