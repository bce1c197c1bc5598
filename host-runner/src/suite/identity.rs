//! Signers without a key: a pretend Sigstore instance issues their certificates, and its trusted root takes the place
//! of one in a copy of the settings.

use alloc::collections::BTreeMap;
use alloc::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_lint::suite::{Attestation, Identity, Moment, Tamper};
use policy_wasm::time::Time;
use pretend_sigstore::{
    About, Bundle, Claim, Content, Entry, IssuedBy, Log, Promise, Proof, Signing, SubjectName,
    Token, TokenFault, Version, Whose,
};
use serde_json::{Value, json};

use super::root::PretendRoot;

/// An identity, with the instance that takes the place of its trusted root
#[derive(Debug)]
pub(super) struct Keyless {
    identity: Identity,
    root: Arc<PretendRoot>,
    thresholds: Thresholds,
}

/// Trusted roots that have been replaced, by name
#[derive(Debug, Default)]
pub(super) struct Instances(BTreeMap<String, Arc<PretendRoot>>);

/// Requirements of a trusted root on bundles
#[derive(Debug, Clone, Copy)]
struct Thresholds {
    transparency_logs: usize,
    signed_timestamps: usize,
}

/// An issuer and subjects that no identity names
const OTHER_ISSUER: &str = "https://another.invalid";

/// Between the signature and the time of the case, within the validity of the certificate
const LEAD: u64 = 60;

impl Keyless {
    /// Puts the trusted root of an instance in the place of the identity's.
    ///
    /// # Errors
    ///
    /// The settings have no such trusted root, or demand more of it than an instance has.
    pub(super) fn new(
        settings: &mut Value,
        identity: &Identity,
        instances: &mut Instances,
    ) -> Result<Self, String> {
        let name = root_name(settings, identity)?;
        let root = settings.pointer_mut("/sigstore/trustedRoots");
        let root = root.and_then(|roots| roots.get_mut(&name)?.as_object_mut());
        let root = root.ok_or_else(|| format!("the trusted root `{name}` is not a mapping"))?;
        let number = |key: &str, default| {
            let value = root.get(key).and_then(Value::as_u64);
            value.map_or(default, |value| {
                usize::try_from(value).unwrap_or(usize::MAX)
            })
        };
        let thresholds = Thresholds {
            transparency_logs: number("transparencyLogs", 1),
            signed_timestamps: number("signedTimestamps", 0),
        };
        for (key, demand, most) in [
            ("transparencyLogs", thresholds.transparency_logs, 2),
            ("ctLogs", number("ctLogs", 1), 1),
            ("signedTimestamps", thresholds.signed_timestamps, 2),
        ] {
            if demand > most {
                return Err(format!(
                    "the trusted root `{name}` has `{key}: {demand}`, and the test instance has {most}"
                ));
            }
        }
        let document = root.entry("document").or_insert(Value::Null);
        let pretend = instances.0.entry(name);
        let pretend =
            pretend.or_insert_with_key(|name| Arc::new(PretendRoot::replace(name, document)));
        Ok(Self {
            identity: identity.clone(),
            root: Arc::clone(pretend),
            thresholds,
        })
    }

    /// Signs, and does to the bundle what the suite says was done.
    ///
    /// # Errors
    ///
    /// A word of the suite has no effect on this bundle, or a time is before 1970.
    pub(super) fn sign(
        &self,
        attestation: &Attestation,
        content: Content,
        now: Time,
    ) -> Result<Bundle, String> {
        let (signed, tampers) = (attestation.signed, &attestation.tampers);
        let time = match signed {
            None => now.as_unix().saturating_sub(LEAD),
            Some(Moment::At(time)) => time.as_unix(),
            Some(Moment::Ago(seconds)) => {
                let time = now.as_unix().checked_sub(seconds);
                time.ok_or("it is signed before 1970")?
            }
        };
        let identity = self.identity.with(&attestation.identity);
        let mut signing = Signing::new(&identity.subject, &identity.issuer, content, time);
        let claims = identity.claims.iter();
        let claims = claims.map(|(name, text)| Some((Claim::named(name)?, text.clone())));
        signing.leaf.claims = claims.flatten().collect();
        signing.entries = self.thresholds.entries(&self.root);
        signing.tokens = self.thresholds.tokens(&self.root);
        for tamper in tampers {
            if !change(&mut signing, *tamper) {
                let names = Tamper::NAMES.iter();
                let name = names
                    .filter(|(_, one)| one == tamper)
                    .map(|(name, _)| *name);
                let name: String = name.collect();
                return Err(format!(
                    "`{name}` has no effect: the trusted root demands none, so the bundle has none"
                ));
            }
        }
        Ok(self.root.instance.sign(&signing))
    }
}

impl Thresholds {
    /// An entry gives a time as well, so there is one where nothing else does.
    fn entries(self, root: &PretendRoot) -> Vec<Entry> {
        let is_only_time = self.transparency_logs == 0 && self.signed_timestamps == 0;
        let entries = root.logs.iter().copied().map(Entry::new);
        let number = self.transparency_logs.max(usize::from(is_only_time));
        entries.take(number).collect()
    }

    fn tokens(self, root: &PretendRoot) -> Vec<Token> {
        let authorities = root.timestamp_authorities.iter();
        let tokens = authorities.map(|authority| Token {
            authority: *authority,
            ..Token::default()
        });
        tokens.take(self.signed_timestamps).collect()
    }
}

/// Changes what is signed; `false` where there is nothing to change.
fn change(signing: &mut Signing, tamper: Tamper) -> bool {
    let has_entries = !signing.entries.is_empty();
    let has_promise = signing
        .entries
        .iter()
        .any(|entry| entry.log == Log::RekorV1);
    let (leaf, time) = (&mut signing.leaf, signing.time);
    match tamper {
        Tamper::ExpiredCertificate => {
            leaf.not_before = time.saturating_sub(1_200);
            leaf.not_after = time.saturating_sub(600);
        }
        Tamper::UntrustedCertificate => leaf.issued_by = IssuedBy::Stranger,
        Tamper::MissingSct => leaf.scts.clear(),
        Tamper::WrongIssuer => {
            leaf.issuer = Some(OTHER_ISSUER.to_owned());
            leaf.old_issuer.clone_from(&leaf.issuer);
        }
        Tamper::WrongSubject => {
            for name in &mut leaf.names {
                *name = SubjectName::of(match name {
                    SubjectName::Email(_) => "another@another.invalid",
                    SubjectName::UserName(_) => "another!another.invalid",
                    SubjectName::Uri(_) | SubjectName::Dns(_) => "https://another.invalid/identity",
                });
            }
        }
        Tamper::WrongKey => signing.signer = Whose::Impostor,
        Tamper::MissingTime => {
            signing.tokens.clear();
            for entry in &mut signing.entries {
                entry.promise = Promise::Missing;
            }
        }
        Tamper::WrongTimestamp => {
            for token in &mut signing.tokens {
                token.fault = Some(TokenFault::OtherImprint);
            }
            return !signing.tokens.is_empty();
        }
        Tamper::MissingLogEntry => {
            signing.entries.clear();
            return has_entries;
        }
        Tamper::MissingProof => {
            for entry in &mut signing.entries {
                entry.proof = Proof::Missing;
            }
            // The only version that is well-formed without a proof; it needs promises.
            if signing
                .entries
                .iter()
                .all(|entry| entry.log == Log::RekorV1)
            {
                signing.version = Version::V0_1;
            }
            return has_entries;
        }
        Tamper::UnknownLog => {
            for entry in &mut signing.entries {
                entry.by = Whose::Stranger;
            }
            return has_entries;
        }
        Tamper::WrongLogEntry => {
            for entry in &mut signing.entries {
                entry.about = About::OtherContent;
            }
            return has_entries;
        }
        Tamper::WrongCheckpoint => {
            for entry in &mut signing.entries {
                entry.checkpoint.by = Whose::Impostor;
            }
            return has_entries;
        }
        Tamper::WrongPromise => {
            for entry in &mut signing.entries {
                entry.promise = Promise::Impostor;
            }
            return has_promise;
        }
        // Done to the content before it is signed, or to the bundle afterwards
        Tamper::DuplicateSigner
        | Tamper::Expired
        | Tamper::FlipBit
        | Tamper::Garbage
        | Tamper::NotYetValid
        | Tamper::SwapSubject
        | Tamper::Truncated
        | Tamper::UnknownKeyId
        | Tamper::Unsigned
        | Tamper::WrongDigest
        | Tamper::WrongNote
        | Tamper::WrongType => {}
    }
    true
}

/// The trusted root that an identity probably means if the settings do not have its own.
pub(super) fn meant_root(settings: &Value, identity: &Identity) -> Option<String> {
    let names = root_names(settings);
    let written = identity.trusted_root.as_deref();
    let written = written.filter(|written| !names.contains(written))?;
    let name = policy_lint::closest(written, names)?;
    Some(format!("did you mean `{name}`?"))
}

/// The name of the identity's trusted root
fn root_name(settings: &Value, identity: &Identity) -> Result<String, String> {
    let names = root_names(settings);
    match &identity.trusted_root {
        Some(name) if names.contains(&name.as_str()) => Ok(name.clone()),
        Some(name) => Err(format!("the settings have no trusted root `{name}`")),
        None => match names.as_slice() {
            [] => Err("the settings have no `sigstore.trustedRoots`".to_owned()),
            [name] => Ok((*name).to_owned()),
            _ => Err("the settings have several trusted roots; give `trustedRoot`".to_owned()),
        },
    }
}

fn root_names(settings: &Value) -> Vec<&str> {
    let roots = settings.pointer("/sigstore/trustedRoots");
    let roots = roots.and_then(Value::as_object).into_iter().flatten();
    roots.map(|(name, _)| name.as_str()).collect()
}

/// Does to a stored bundle what the suite says was done: `payload` takes the place of what was signed.
pub(super) fn alter(bundle: &mut Bundle, payload: &[u8], tampers: &[Tamper]) {
    let is = |tamper| tampers.contains(&tamper);
    let mut signature = bundle.signature.clone();
    if is(Tamper::FlipBit)
        && let Some(last) = signature.last_mut()
    {
        *last ^= 1;
    }
    let signature = STANDARD.encode(&signature);
    if let Some(envelope) = bundle.document.get_mut("dsseEnvelope") {
        let length = if is(Tamper::Truncated) {
            payload.len() / 2
        } else {
            payload.len()
        };
        let payload = payload.get(..length).unwrap_or_default();
        envelope["payload"] = STANDARD.encode(payload).into();
        envelope["signatures"] = if is(Tamper::Unsigned) {
            json!([])
        } else {
            json!([{"sig": signature}])
        };
    }
    if let Some(message) = bundle.document.get_mut("messageSignature") {
        if let Some(digest) = message.pointer_mut("/messageDigest/digest") {
            *digest = STANDARD.encode(payload).into();
        }
        let signature = if is(Tamper::Unsigned) {
            String::new()
        } else {
            signature
        };
        message["signature"] = signature.into();
    }
}
