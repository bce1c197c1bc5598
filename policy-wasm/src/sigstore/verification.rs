//! Verification of a bundle: the steps, cheap and telling ones first, and each signature only after everything
//! cheaper has passed. Bundles may be copied from a public log by anyone, so most of those that an attacker can store
//! fail before the first signature is verified.
//!
//! | step | fails with |
//! | --- | --- |
//! | the content is about the artifact, as far as the bundle says | `attestation-digest-mismatch` |
//! | the signer has identities, for a bundle with a certificate | `sigstore-identity-missing`, `attestation-unknown-key-id` |
//! | the certificate can be a signing certificate | `sigstore-certificate-invalid` |
//! | an identity matches its texts | `sigstore-identity-mismatch` |
//! | its key signed the content | `sigstore-algorithm-unsupported`, `attestation-bad-signature` |
//! | each entry of a known log is about this signature | `sigstore-entry-*`, `sigstore-inclusion-proof-missing` |
//! | promise, checkpoint and proof of each such entry | `sigstore-set-invalid`, `sigstore-checkpoint-invalid`, `sigstore-inclusion-proof-invalid`, `sigstore-log-outside-validity` |
//! | enough logs contain the signature | `sigstore-log-unknown`, `sigstore-log-entry-missing` |
//! | each timestamp of a known authority, and enough of them | `sigstore-timestamp-*`, `sigstore-time-missing` |
//! | an authority issued the certificate, and both were valid at each signed time | `sigstore-certificate-*`, `sigstore-authority-outside-validity` |
//! | enough certificate transparency logs promised to publish it | `sigstore-sct-*`, `sigstore-log-outside-validity` |
//! | logs without times of their own, and the identity, were valid at each signed time | `sigstore-log-outside-validity`, `sigstore-identity-mismatch` |
//!
//! The content says nothing until all steps have passed.

use alloc::boxed::Box;
use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::bundle::{Bundle, Content};
use super::certificate::Certificate;
use super::entry::{Entry, Protocol, SignedBytes, SignedContent};
use super::moment::Moment;
use super::proto::rejection;
use super::root::{Chain, Log, TrustedRoot};
use super::sct::Sct;
use super::token::Token;
use crate::crypto::{Hash, KeyError, KeyKind, SubjectKey};
use crate::decision::Code;
use crate::digest::Digest;
use crate::dsse;
use crate::rejection::Rejection;
use crate::time::Time;
use crate::verification::{Exhausted, VerificationContext};

/// Artifact of a message signature
#[derive(Debug, Clone, Copy)]
pub(crate) enum Artifact<'a> {
    /// Known by its SHA-256, as image manifests are
    Digest(Digest),
    /// Known itself, as payloads of simple signing are, with its SHA-256
    Message(Digest, &'a [u8]),
    /// Contained in the bundle's envelope
    Enveloped,
}

/// A trusted root and what the settings require under it
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trust<'r> {
    pub(crate) root: &'r TrustedRoot,
    pub(crate) requirements: Requirements,
}

/// Requirements on every bundle under a trusted root
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Requirements {
    /// Number of operators of transparency logs that have to contain the signature
    pub(crate) transparency_logs: usize,
    /// Number of operators of certificate transparency logs that have to have promised to publish the certificate
    pub(crate) ct_logs: usize,
    /// Number of operators of timestamp authorities
    pub(crate) signed_timestamps: usize,
    pub(crate) inclusion_promises: InclusionPromises,
}

/// Whether a log's promise to include an entry counts without a proof
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum InclusionPromises {
    Refuse,
    Accept,
}

/// Why a bundle does not count
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NotVerified {
    Rejected(Box<Rejection>),
    /// The budget of the request is exhausted
    Exhausted(Exhausted),
    /// A trusted root of the settings is unusable: its problems
    RootUnusable(String),
    /// The key with this id verifies it, and is valid only for a period
    ClockUnavailable(String),
}

impl From<Rejection> for NotVerified {
    #[cold]
    #[inline(never)]
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection.into())
    }
}

impl From<Exhausted> for NotVerified {
    fn from(exhausted: Exhausted) -> Self {
        Self::Exhausted(exhausted)
    }
}

/// Times at which a signature existed
#[derive(Debug, Clone)]
pub(super) struct Times {
    /// Those under verified signatures of logs and authorities; at least one
    pub(super) signed: Rc<[Moment]>,
    /// Those of timestamps whose signatures were not verified. They can only make the verification fail.
    others: Rc<[Moment]>,
}

impl Times {
    /// Returns all times, at each of which everything has to have been valid.
    pub(super) fn all(&self) -> impl Iterator<Item = Moment> + Clone + '_ {
        self.signed.iter().chain(&*self.others).copied()
    }
}

/// Seconds by which a signed time may be in the future, since clocks differ
const SKEW: u64 = 5 * 60;

/// Whether a time is in the future. Without a clock, none is.
#[inline(never)]
pub(super) fn is_future(moment: Moment, context: &VerificationContext) -> bool {
    let latest = context.now.map(|now| now.as_unix().saturating_add(SKEW));
    let latest = latest.and_then(|latest| Time::from_unix(latest).ok());
    latest.is_some_and(|latest| moment > Moment::from(latest))
}

impl Artifact<'_> {
    fn digest(&self, hash: Hash) -> Option<Vec<u8>> {
        match self {
            Self::Digest(digest) => (hash == Hash::Sha256).then(|| digest.as_bytes().to_vec()),
            Self::Message(digest, _) if hash == Hash::Sha256 => Some(digest.as_bytes().to_vec()),
            Self::Message(_, message) => Some(hash.digest(message)),
            Self::Enveloped => None,
        }
    }
}

impl Bundle {
    /// Verifies the bundle for an artifact under one trusted root, and returns the times of the signature. The
    /// certificate's texts have been compared with an identity before.
    pub(super) fn verify_under(
        &self,
        certificate: &Certificate<'_>,
        artifact: Artifact<'_>,
        trust: Trust<'_>,
        context: &VerificationContext,
    ) -> Result<Times, NotVerified> {
        let verification = Verification {
            bundle: self,
            certificate,
            trust,
            context,
        };
        let signed = verification.content(artifact)?;
        let logged = verification.entries(&signed)?;
        let times = verification.timestamps(logged.times)?;
        let issuer = verification.issuer(&times)?;
        verification.scts(&issuer)?;
        verification.log_windows(&logged.untimed, &times)?;
        Ok(times)
    }

    /// Checks that a message signature is about this artifact, as far as the bundle says. The digest is not signed,
    /// so this only saves work.
    pub(crate) fn check_hint(&self, artifact: Artifact<'_>) -> Result<(), Rejection> {
        let Content::Message(Some((algorithm, digest))) = &self.content else {
            return Ok(());
        };
        let hash = HASHES.iter().find(|(name, _)| name == algorithm);
        let expected = hash.and_then(|(_, hash)| artifact.digest(*hash));
        match artifact {
            Artifact::Digest(own) | Artifact::Message(own, _)
                if expected.as_ref().is_some_and(|expected| expected != digest) =>
            {
                Err(Rejection::OtherDigest {
                    first: Digest::from_bytes(digest).map(Box::new),
                    others: 0,
                    expected: own,
                })
            }
            _ => Ok(()),
        }
    }
}

/// Names of the hashes in bundles
const HASHES: [(&str, Hash); 3] = [
    ("SHA2_256", Hash::Sha256),
    ("SHA2_384", Hash::Sha384),
    ("SHA2_512", Hash::Sha512),
];

/// A verification in progress, under one trusted root
struct Verification<'v> {
    bundle: &'v Bundle,
    certificate: &'v Certificate<'v>,
    trust: Trust<'v>,
    context: &'v VerificationContext,
}

/// Verified log entries
struct Logged<'v> {
    /// Integrated times of promised entries
    times: Vec<Moment>,
    /// Logs of entries without a promise, as all are in Rekor v2, which have no time of their own
    untimed: Vec<&'v Log>,
}

impl<'v> Verification<'v> {
    /// Verifies the signature over the content, with each hash that the key may sign with.
    fn content(&self, artifact: Artifact<'_>) -> Result<SignedContent<'v>, NotVerified> {
        let bundle = self.bundle;
        let key = SubjectKey::from_der(self.certificate.spki()).map_err(|error| match error {
            KeyError::Malformed(why) => rejection(Code::SigstoreCertificateInvalid, why),
            _ => rejection(
                Code::SigstoreAlgorithmUnsupported,
                "the certificate has another key",
            ),
        })?;
        let hashes: &[Hash] = match (key.kind(), &bundle.content) {
            (KeyKind::P384, _) => &[Hash::Sha384, Hash::Sha256],
            (KeyKind::P521, _) => &[Hash::Sha512, Hash::Sha256],
            (KeyKind::P256 | KeyKind::Rsa(_), _) => &[Hash::Sha256],
            // It signs the content itself, and has no use for the hash.
            (KeyKind::Ed25519, Content::Envelope { .. }) => &[Hash::Sha512],
            (KeyKind::Ed25519, Content::Message(_)) => {
                let why = "an Ed25519 key signs no digest of an image";
                return Err(rejection(Code::SigstoreAlgorithmUnsupported, why).into());
            }
        };
        let pae = match &bundle.content {
            Content::Envelope {
                payload_type,
                payload,
            } => dsse::pae(payload_type, payload),
            Content::Message(_) => Vec::new(),
        };
        for hash in hashes {
            let meter = &self.context.meter;
            let (content, verified) = match &bundle.content {
                Content::Envelope {
                    payload_type,
                    payload,
                } => {
                    meter.verify(key.cost(), pae.len())?;
                    let verified = key.verify(*hash, &pae, &bundle.signature);
                    let content = SignedBytes::Envelope {
                        payload_type,
                        payload,
                    };
                    (content, verified)
                }
                Content::Message(_) => {
                    let Some(digest) = artifact.digest(*hash) else {
                        continue;
                    };
                    meter.verify(key.cost(), 0)?;
                    let verified = key.verify_digest(*hash, &digest, &bundle.signature);
                    (SignedBytes::Message(digest), verified)
                }
            };
            if verified.is_ok() {
                return Ok(SignedContent {
                    content,
                    pae,
                    signature: &bundle.signature,
                    certificate: self.certificate.as_der(),
                    key: key.kind(),
                    hash: *hash,
                });
            }
        }
        let leaf = self.certificate.leaf().ok();
        let subject = leaf
            .map(|leaf| leaf.subject.to_string())
            .unwrap_or_default();
        Err(Rejection::BadCertificateSignature { subject }.into())
    }

    /// Verifies the entries of all known logs: a broken entry is not made good by another one. Entries of other logs
    /// count for nothing.
    fn entries(&self, signed: &SignedContent<'_>) -> Result<Logged<'v>, NotVerified> {
        let requirements = self.trust.requirements;
        let (mut times, mut untimed) = (Vec::new(), Vec::new());
        let (mut operators, mut is_unknown) = (Vec::new(), false);
        for entry in &self.bundle.entries {
            let logs = self.trust.root.logs.iter();
            let logs: Vec<_> = logs.filter(|log| log.has_id(&entry.log_id)).collect();
            if logs.is_empty() {
                is_unknown = true;
                continue;
            }
            let Some(kind) = entry.supported_kind() else {
                return Err(rejection(Code::SigstoreEntryUnsupported, entry.described()).into());
            };
            entry.check_body(kind, signed)?;
            let protocol = kind.protocol();
            check_evidence(entry, protocol, requirements)?;
            let (log, time) = self.entry(entry, &logs, protocol)?;
            add(&mut operators, &log.operator);
            match time {
                Some(time) => times.push(time),
                None => untimed.push(log),
            }
        }
        if operators.len() >= requirements.transparency_logs {
            return Ok(Logged { times, untimed });
        }
        let code = if is_unknown {
            Code::SigstoreLogUnknown
        } else {
            Code::SigstoreLogEntryMissing
        };
        let why = counted(
            operators.len(),
            requirements.transparency_logs,
            "transparency logs",
        );
        Err(rejection(code, why).into())
    }

    /// Verifies an entry with one of the logs that have its id: a log may have had several keys, or periods. Returns
    /// that log and the integrated time.
    fn entry(
        &self,
        entry: &Entry,
        logs: &[&'v Log],
        protocol: Protocol,
    ) -> Result<(&'v Log, Option<Moment>), NotVerified> {
        let mut why = None;
        for log in logs {
            match self.entry_in(entry, log, protocol) {
                Ok(time) => return Ok((log, time)),
                Err(error @ NotVerified::Rejected(_)) => why = Some(error),
                Err(error) => return Err(error),
            }
        }
        let unknown = || rejection(Code::SigstoreLogUnknown, "").into();
        Err(why.unwrap_or_else(unknown))
    }

    fn entry_in(
        &self,
        entry: &Entry,
        log: &Log,
        protocol: Protocol,
    ) -> Result<Option<Moment>, NotVerified> {
        let unusable = || rejection(Code::SigstoreLogUnknown, "");
        let key = log.key.as_ref().ok_or_else(unusable)?;
        let time = entry.verify_promise(log, key, self.context)?;
        entry.verify_proof(log, key, protocol, self.context)?;
        Ok(time)
    }

    /// Verifies the timestamps of known authorities, and adds their times to those of logs.
    ///
    /// As many signatures are verified as are required, or one if the bundle has no other signed time. The time of a
    /// further timestamp is checked like a verified one, so it can only make the verification fail: the verified
    /// times suffice by themselves. Most bundles have a log's time and a timestamp with a P-384 signature, which
    /// would be the most expensive part of their verification.
    fn timestamps(&self, mut signed: Vec<Moment>) -> Result<Times, NotVerified> {
        let mut others = Vec::new();
        let signed_timestamps = self.trust.requirements.signed_timestamps;
        let (mut operators, mut is_untrusted) = (Vec::new(), false);
        for token in &self.bundle.tokens {
            let is_needed = signed.is_empty() || operators.len() < signed_timestamps;
            match self.timestamp(token, is_needed)? {
                Some((moment, operator)) if is_needed => {
                    signed.push(moment);
                    add(&mut operators, operator);
                }
                Some((moment, _)) => others.push(moment),
                None => is_untrusted = true,
            }
        }
        if operators.len() >= signed_timestamps && !signed.is_empty() {
            return Ok(Times {
                signed: signed.into(),
                others: others.into(),
            });
        }
        if is_untrusted {
            return Err(rejection(Code::SigstoreTimestampUntrusted, "").into());
        }
        let why = match signed_timestamps {
            0 => String::new(),
            _ => counted(operators.len(), signed_timestamps, "timestamp authorities"),
        };
        Err(rejection(Code::SigstoreTimeMissing, why).into())
    }

    /// Verifies one timestamp, and returns its time and the operator of its authority; `None` if no authority of the
    /// trusted root has the certificate that it names. Certificates inside it are never used.
    fn timestamp(
        &self,
        token: &[u8],
        is_needed: bool,
    ) -> Result<Option<(Moment, &'v str)>, NotVerified> {
        let invalid = |why: String| rejection(Code::SigstoreTimestampInvalid, why);
        let token = Token::read(token).map_err(|problem| invalid(problem.to_string()))?;
        let (mut is_known, mut why) = (false, None);
        for authority in &self.trust.root.timestamp_authorities {
            let chain = authority.parsed();
            let Some(certificate) = chain.certificates.first() else {
                continue;
            };
            if !token.names(certificate) {
                continue;
            }
            if !is_known && !token.is_about(&self.bundle.signature) {
                return Err(invalid("it is about another signature".to_string()).into());
            }
            is_known = true;
            match self.timestamp_by(&token, &chain, certificate, is_needed) {
                Ok(()) => return Ok(Some((token.moment(), &authority.operator))),
                Err(error @ NotVerified::Rejected(_)) => why = Some(error),
                Err(error) => return Err(error),
            }
        }
        why.map_or(Ok(None), Err)
    }

    fn timestamp_by(
        &self,
        token: &Token<'_>,
        chain: &Chain<'_>,
        certificate: &Certificate<'_>,
        is_needed: bool,
    ) -> Result<(), NotVerified> {
        let invalid = |why: String| rejection(Code::SigstoreTimestampInvalid, why);
        token
            .agrees_with(certificate)
            .map_err(|problem| invalid(problem.to_string()))?;
        if is_needed {
            let key = SubjectKey::from_der(certificate.spki());
            let key = key.map_err(|error| invalid(error.to_string()))?;
            self.context.meter.verify(key.cost(), 0)?;
            token.is_signed_by(&key).map_err(|_| {
                invalid("it is not signed by the authority that it names".to_string())
            })?;
        }
        let moment = token.moment();
        if !chain.is_valid_at(moment, 0) {
            let why = alloc::format!("it states {moment}");
            return Err(rejection(Code::SigstoreTimestampOutsideValidity, why).into());
        }
        if is_future(moment, self.context) {
            return Err(invalid(alloc::format!("{moment} is in the future")).into());
        }
        Ok(())
    }

    /// Verifies that the certificate was valid at every signed time, and that a certificate of the trusted root issued
    /// it which was valid then, as all above it. Returns that certificate's public key.
    ///
    /// Any certificate of a chain may be the issuer, since GitHub's releases are signed by the second. Certificates of
    /// the bundle are not used, so one signature is verified and no path is searched.
    fn issuer(&self, times: &Times) -> Result<Vec<u8>, NotVerified> {
        for moment in times.all() {
            if !self.certificate.is_valid_at(moment) {
                let (from, to) = (self.certificate.not_before(), self.certificate.not_after());
                let why = alloc::format!("it was valid from {from} to {to}, and used at {moment}");
                return Err(rejection(Code::SigstoreCertificateOutsideValidity, why).into());
            }
        }
        let mut outside = None;
        let mut covered: Vec<bool> = times.all().map(|_| false).collect();
        let mut found = Vec::new();
        // Two authorities may have the same certificate, in different periods.
        let mut known: Vec<(&[u8], bool)> = Vec::new();
        for authority in &self.trust.root.authorities {
            let chain = authority.parsed();
            for (place, issuer) in chain.certificates.iter().enumerate() {
                if !self.certificate.names_issuer(issuer) {
                    continue;
                }
                let is_issuer = match known.iter().find(|(other, _)| *other == issuer.as_der()) {
                    Some((_, is_issuer)) => *is_issuer,
                    None => self.is_issued_by(issuer)?,
                };
                known.push((issuer.as_der(), is_issuer));
                if !is_issuer {
                    continue;
                }
                found = issuer.spki().to_vec();
                for (moment, covered) in times.all().zip(&mut covered) {
                    if chain.is_valid_at(moment, place) {
                        *covered = true;
                    } else {
                        outside = Some(moment);
                    }
                }
            }
        }
        match outside {
            _ if !found.is_empty() && covered.iter().all(|covered| *covered) => Ok(found),
            Some(moment) => {
                let why = alloc::format!("the signature was made at {moment}");
                Err(rejection(Code::SigstoreAuthorityOutsideValidity, why).into())
            }
            None => Err(rejection(Code::SigstoreCertificateUntrusted, "").into()),
        }
    }

    fn is_issued_by(&self, issuer: &Certificate<'_>) -> Result<bool, Exhausted> {
        // A key of an unsupported kind issues nothing.
        let Ok(key) = SubjectKey::from_der(issuer.spki()) else {
            return Ok(false);
        };
        let bytes = self.certificate.tbs().len();
        self.context.meter.verify(key.cost(), bytes)?;
        Ok(self.certificate.is_signed_by(&key).is_ok())
    }

    /// Verifies the promises of certificate transparency logs, over the certificate and the key that issued it.
    fn scts(&self, issuer: &[u8]) -> Result<(), NotVerified> {
        let required = self.trust.requirements.ct_logs;
        if required == 0 {
            return Ok(());
        }
        let scts = self.certificate.scts();
        let scts =
            scts.map_err(|problem| rejection(Code::SigstoreSctInvalid, problem.to_string()))?;
        let precertificate = self.certificate.precertificate_tbs();
        let (mut operators, mut why) = (Vec::new(), None);
        for sct in scts.unwrap_or_default() {
            for log in &self.trust.root.ct_logs {
                if log.has_id(sct.log_id()) {
                    match self.sct(&sct, log, issuer, &precertificate) {
                        Ok(()) => add(&mut operators, &log.operator),
                        Err(error @ NotVerified::Rejected(_)) => why = Some(error),
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        let count = operators.len();
        if count >= required {
            return Ok(());
        }
        Err(why.unwrap_or_else(|| match count {
            0 => rejection(Code::SigstoreSctMissing, "").into(),
            _ => {
                let why = counted(count, required, "certificate transparency logs");
                rejection(Code::SigstoreSctInvalid, why).into()
            }
        }))
    }

    fn sct(
        &self,
        sct: &Sct<'_>,
        log: &Log,
        issuer: &[u8],
        precertificate: &[u8],
    ) -> Result<(), NotVerified> {
        let invalid = |why: &str| rejection(Code::SigstoreSctInvalid, why);
        let moment = sct
            .moment()
            .ok_or_else(|| invalid("its time is out of range"))?;
        if !log.window.contains(moment) {
            let why = alloc::format!("the promise to publish the certificate was made at {moment}");
            return Err(rejection(Code::SigstoreLogOutsideValidity, why).into());
        }
        let key = log
            .key
            .as_ref()
            .ok_or_else(|| invalid("the log's key is not supported"))?;
        self.context
            .meter
            .verify(key.key.cost(), precertificate.len())?;
        sct.is_signed_by(&key.key, issuer, precertificate)
            .map_err(|_| invalid("it is not the log's signature of this certificate"))?;
        Ok(())
    }

    /// Checks that the keys of logs that sign no times were trusted at every signed time.
    fn log_windows(&self, logs: &[&Log], times: &Times) -> Result<(), Rejection> {
        for log in logs {
            let periods = self
                .trust
                .root
                .logs
                .iter()
                .filter(|other| other.is_same(log));
            let is_trusted =
                |moment: &Moment| periods.clone().any(|log| log.window.contains(*moment));
            if let Some(moment) = times.all().find(|moment| !is_trusted(moment)) {
                let why = alloc::format!("the signature was made at {moment}");
                return Err(rejection(Code::SigstoreLogOutsideValidity, why));
            }
        }
        Ok(())
    }
}

/// Checks which evidence an entry brings.
fn check_evidence(
    entry: &Entry,
    protocol: Protocol,
    requirements: Requirements,
) -> Result<(), Rejection> {
    let is_promise_enough = protocol == Protocol::RekorV1
        && requirements.inclusion_promises == InclusionPromises::Accept;
    if entry.proof.is_none() && !is_promise_enough {
        let why = match protocol {
            Protocol::RekorV1 => {
                "`inclusionPromises: accept` would admit the log's promise instead"
            }
            Protocol::RekorV2 => "",
        };
        return Err(rejection(Code::SigstoreInclusionProofMissing, why));
    }
    if protocol == Protocol::RekorV2 && entry.promise.is_some() {
        let why = "an entry of Rekor v2 has no `inclusionPromise`";
        return Err(rejection(Code::SigstoreEntryInvalid, why));
    }
    Ok(())
}

/// Adds an operator that is not there yet.
fn add<'o>(operators: &mut Vec<&'o str>, operator: &'o str) {
    if !operators.contains(&operator) {
        operators.push(operator);
    }
}

#[cold]
#[inline(never)]
fn counted(found: usize, required: usize, what: &str) -> String {
    alloc::format!("{found} of {required} {what}")
}
