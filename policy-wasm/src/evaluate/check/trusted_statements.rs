//! Trusted statements about an image: statements in the settings, and statements that a key for their purpose
//! signed.
//!
//! All other statements are ignored, and listed in the reasons. A statement by a key that is not valid now, or with a
//! signature that is not, counts only against an image: the end of either must not hide what the key signed.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::Question;
use crate::Budget;
use crate::attestation::statement::predicate_type::COSIGN_SIGN_V1;
use crate::attestation::statement::{Predicate, Statement};
use crate::attestation::{
    self, Attestation, Claimed, Content, Encoding, Rejection, Signer, Source,
};
use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::evidence::{Candidate, Evidence, SettingsStatements};
use crate::json::Report;
use crate::key::{NotValid, PublicKey};
use crate::policy::authenticators::Purpose;
use crate::policy::platform::{ImageStatements, Outcome, Place, TrustedStatement};
use crate::policy::public_key::Loading;
use crate::settings::Settings;
use crate::sigstore::TrustedRoots;
use crate::sigstore::{Identities, Signatory};
use crate::verification::VerificationContext;

/// All statements of the request, prepared for the first check that needs them
pub(in crate::evaluate) struct TrustedStatements<'t> {
    pub(super) settings: &'t Settings<'t>,
    pub(super) evidence: &'t Evidence<'t>,
    pub(super) context: &'t VerificationContext,
    pub(super) budget: &'t Budget,
    pub(super) roots: &'t TrustedRoots<'t>,
    signers: BTreeMap<Purpose, Rc<Vec<Signers<'t>>>>,
    settings_statements: Option<SettingsStatements<'t>>,
    known: BTreeMap<(Digest, Purpose), Rc<ImageStatements<'t>>>,
    /// Results of verifying statements, by their number. They do not depend on the image, and one statement may be
    /// about hundreds of images
    verified: BTreeMap<(usize, Purpose), Verified<'t>>,
    /// Results of checks, by repository and digest
    pub(super) outcomes: BTreeMap<(Place, String, Digest), Outcome>,
}

/// The keys and identities of one authenticator
#[derive(Debug)]
struct Signers<'t> {
    keys: Vec<PublicKey>,
    identities: Identities<'t>,
}

/// Result of verifying one statement, with one entry for each authenticator that signed it
#[derive(Debug, Default)]
struct Verified<'t> {
    statements: Vec<TrustedStatement<'t>>,
    /// Errors that prevented verification
    errors: Vec<Reason>,
    /// A trusted key signed it, but it is malformed
    is_unreadable: bool,
    rejections: Vec<Reason>,
}

impl<'t> TrustedStatements<'t> {
    pub(in crate::evaluate) const fn new(
        settings: &'t Settings<'t>,
        evidence: &'t Evidence<'t>,
        context: &'t VerificationContext,
        roots: &'t TrustedRoots<'t>,
        budget: &'t Budget,
    ) -> Self {
        Self {
            settings,
            evidence,
            context,
            budget,
            roots,
            signers: BTreeMap::new(),
            settings_statements: None,
            known: BTreeMap::new(),
            verified: BTreeMap::new(),
            outcomes: BTreeMap::new(),
        }
    }

    /// Returns the statements about an image.
    pub(super) fn about(
        &mut self,
        digest: Digest,
        purpose: Purpose,
        report: &Report,
    ) -> Rc<ImageStatements<'t>> {
        if let Some(known) = self.known.get(&(digest, purpose)) {
            return Rc::clone(known);
        }
        let signers = Rc::clone(self.signers.entry(purpose).or_insert_with(|| {
            let authenticators = self.settings.evidence.authenticators.of(purpose);
            let loading = Loading::when_needed(&self.settings.key_windows);
            let signers = authenticators.map(|one| Signers {
                keys: one.load(loading, report),
                identities: one.load_identities(self.settings.sigstore.as_ref(), report),
            });
            Rc::new(signers.collect())
        }));
        let (roots, context) = (self.roots, self.context);
        let mut about_image = ImageStatements::default();
        let settings = self.settings;
        let settings_statements = self
            .settings_statements
            .get_or_insert_with(|| SettingsStatements::read(settings, report));
        about_image.add_settings(settings_statements, digest, purpose, report);
        let evidence = self.evidence;
        match evidence.candidates(digest, None, self.budget) {
            Ok(candidates) => {
                for (number, candidate) in candidates {
                    if !about_image.concerns(candidate, digest, purpose) {
                        continue;
                    }
                    let verified = self.verified.entry((number, purpose)).or_insert_with(|| {
                        Verified::of(candidate, &signers, purpose, roots, context)
                    });
                    about_image.add(verified);
                }
            }
            Err(limit) => {
                about_image.errors.insert(limit);
            }
        }
        let about_image = Rc::new(about_image);
        self.known
            .insert((digest, purpose), Rc::clone(&about_image));
        about_image
    }

    /// Returns the failed lookups for an image.
    pub(super) fn failures(&self, digest: Digest, question: &Question<'_, '_>) -> Vec<Reason> {
        let repository = question.reference.normalized_repository();
        let seeks = question.check.kind.seeks();
        self.evidence.failures(digest, None, &repository, seeks)
    }
}

impl<'t> ImageStatements<'t> {
    /// Adds the statements in the settings.
    fn add_settings(
        &mut self,
        settings_statements: &SettingsStatements<'t>,
        digest: Digest,
        purpose: Purpose,
        report: &Report,
    ) {
        let predicates = settings_statements.predicates(digest, purpose, report);
        self.statements
            .extend(predicates.map(|predicate| TrustedStatement {
                by: None,
                signatory: None,
                predicate,
                void: None,
            }));
        if purpose == Purpose::Vulnerability {
            self.stored_scan = settings_statements.scan(digest);
        }
    }

    /// Whether an attestation is or may be a statement about the image in an envelope.
    fn concerns(&mut self, candidate: &Candidate<'_>, digest: Digest, purpose: Purpose) -> bool {
        let attestation = &candidate.attestation;
        // Evidence beyond the limit may count against the image.
        if let Content::Excessive(what, limit) = &attestation.content
            && !is_chosen(attestation, purpose)
        {
            self.errors.insert(Reason::limit(what, *limit));
        }
        // It may contain such a statement in an unsupported form.
        if let Content::Rejected(bundle @ Rejection::Sigstore { .. }) = &attestation.content {
            self.untrusted.insert(Reason::from(bundle));
        }
        // A malformed statement may be about this image.
        let claims = |claimed: &Claimed| claimed.digests.contains(&digest);
        attestation.statement().is_some() && candidate.claimed.as_deref().is_none_or(claims)
    }

    fn add(&mut self, verified: &Verified<'t>) {
        self.statements.extend(verified.statements.iter().cloned());
        self.errors.extend(verified.errors.iter().cloned());
        let is_void = |one: &TrustedStatement<'_>| one.void.is_some();
        if verified.statements.iter().all(is_void) && !verified.is_unreadable {
            let is_new = |reason: &&Reason| !self.untrusted.contains(*reason);
            let rejections: Vec<_> = verified.rejections.iter().filter(is_new).cloned().collect();
            self.untrusted.extend(rejections);
        }
    }
}

impl<'t> Verified<'t> {
    /// Verifies a statement with the keys of each authenticator, and parses its predicate.
    fn of(
        candidate: &'t Candidate<'t>,
        authenticators: &[Signers<'t>],
        purpose: Purpose,
        roots: &TrustedRoots<'_>,
        context: &VerificationContext,
    ) -> Self {
        let mut verified = Self::default();
        let attestation = &candidate.attestation;
        let claimed = candidate.claimed.as_deref();
        let predicate_type = claimed.and_then(|claimed| claimed.predicate_type.as_deref());
        if let Some(other) = predicate_type.filter(|kind| !purpose.reads(kind)) {
            // With one of the trusted key ids or identities, it was probably meant as such evidence.
            if other != COSIGN_SIGN_V1
                && authenticators
                    .iter()
                    .any(|one| attestation.names_one_of(&one.keys, &one.identities))
            {
                let message =
                    alloc::format!("Statement has predicate type {}", crate::quote(other));
                let detail = Reason::new(Code::AttestationPredicateType, message);
                verified.rejections.push(detail);
            }
            return verified;
        }
        if is_chosen(attestation, purpose) {
            let message =
                "It is in the annotation of a Pod, whose author could omit newer evidence";
            let detail = Reason::new(Code::EvidenceUntrusted, message);
            verified.rejections.push(detail);
            return verified;
        }
        let mut predicate = None;
        for (index, Signers { keys, identities }) in authenticators.iter().enumerate() {
            let signer = Signer {
                keys,
                identities,
                roots,
                note: None,
                encoding: Encoding::Raw,
                others: &[],
            };
            let (signatory, void) = match attestation::verify(signer, attestation, context) {
                Ok(by) => (by.signatory(), None),
                Err(not_found) => {
                    verified.errors.extend(not_found.failures);
                    verified.rejections.extend(not_found.rejections);
                    if not_found.void.is_none() {
                        continue;
                    }
                    (None, not_found.void)
                }
            };
            let predicate = predicate.get_or_insert_with(|| read(attestation));
            verified.accept(index, signatory, predicate, void);
        }
        if authenticators.is_empty() {
            let message = alloc::format!(
                "The settings have no authenticators for `{}`",
                purpose.name()
            );
            verified
                .rejections
                .push(Reason::new(Code::EvidenceUntrusted, message));
        }
        verified
    }

    /// Adds a statement by an authenticator. One that cannot be parsed is an error, since it could say anything; so is
    /// one that is dated after its signature.
    fn accept(
        &mut self,
        by: usize,
        signatory: Option<Rc<Signatory>>,
        predicate: &Result<Predicate<'t>, Rejection>,
        void: Option<NotValid>,
    ) {
        let problem = match predicate {
            Ok(predicate) => signatory
                .as_deref()
                .and_then(|one| predated(one, predicate)),
            Err(rejection) => Some(rejection.to_string()),
        };
        match (problem, predicate) {
            (None, Ok(predicate)) => self.statements.push(TrustedStatement {
                by: Some(by),
                signatory,
                predicate: predicate.clone(),
                void,
            }),
            (problem, _) => {
                let problem = problem.unwrap_or_default();
                let message = alloc::format!("Evidence could not be used: {problem}");
                self.is_unreadable = true;
                self.errors
                    .push(Reason::new(Code::EvidenceInvalid, message));
            }
        }
    }
}

/// Describes a scan or upload that is dated after its signature, which is known to exist at a time.
fn predated(signatory: &Signatory, predicate: &Predicate<'_>) -> Option<String> {
    let times = match predicate {
        Predicate::Vulnerabilities(scan) => [scan.started, Some(scan.finished)],
        Predicate::Upload(upload) => [Some(upload.time), None],
        _ => return None,
    };
    let mut times = times.into_iter().flatten();
    let time = times.find(|time| signatory.signed_before(*time))?;
    Some(alloc::format!(
        "it is dated {time} and was signed at {}",
        signatory.latest()
    ))
}

/// Whether the author of the Pod chose the evidence and so could choose an old scan.
fn is_chosen(attestation: &Attestation<'_>, purpose: Purpose) -> bool {
    attestation.source == Source::PodAnnotation && purpose != Purpose::Provenance
}

fn read<'t>(attestation: &'t Attestation<'t>) -> Result<Predicate<'t>, Rejection> {
    Statement::read(attestation.statement().unwrap_or_default())?.predicate()
}
