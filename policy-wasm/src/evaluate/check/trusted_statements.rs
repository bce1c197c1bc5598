//! Trusted statements about an image: statements in the settings, and statements that a key for their purpose
//! signed.
//!
//! All other statements are ignored, and listed in the reasons.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Outcome, Question};
use crate::Budget;
use crate::attestation::statement::{Predicate, Statement};
use crate::attestation::{
    self, Attestation, Circumstances, Claimed, Content, Encoding, Rejection, Signer, Source,
};
use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::evidence::{Candidate, Evidence, StoredScan, Vouched};
use crate::json::Report;
use crate::key::PublicKey;
use crate::policy::platform::Place;
use crate::policy::public_key::OwnSignatures;
use crate::settings::{Purpose, Settings};

/// All statements of the request, prepared for the first check that needs them
pub(in crate::evaluate) struct Testimonies<'t> {
    pub(super) settings: &'t Settings<'t>,
    pub(super) evidence: &'t Evidence<'t>,
    pub(super) circumstances: &'t Circumstances,
    pub(super) budget: &'t Budget,
    keys: BTreeMap<Purpose, Rc<Vec<Vec<PublicKey>>>>,
    vouched: Option<Vouched<'t>>,
    known: BTreeMap<(Digest, Purpose), Rc<Testimony<'t>>>,
    /// Results of verifying statements, by their number. They do not depend on the image, and one statement may be
    /// about hundreds of images
    heard: BTreeMap<(usize, Purpose), Heard<'t>>,
    /// Results of checks, by repository and digest
    pub(super) outcomes: BTreeMap<(Place, String, Digest), Outcome>,
}

/// Statements about one image for one purpose, independent of the order in which they were supplied
#[derive(Debug, Default)]
pub(super) struct Testimony<'t> {
    pub(super) statements: Vec<Said<'t>>,
    /// Scan of Artifact Analysis, from the settings
    pub(super) stored_scan: Option<Rc<StoredScan<'t>>>,
    /// Errors that prevented reading all statements
    pub(super) errors: BTreeSet<Reason>,
    /// Reasons why statements about the image are ignored
    untrusted: BTreeSet<Reason>,
}

/// Maximum number of details about ignored statements for each check and image, since attackers can write any
/// number of them
const MAX_IGNORED: usize = 8;

/// Result of verifying one statement, with one entry for each authenticator that signed it
#[derive(Debug, Default)]
struct Heard<'t> {
    statements: Vec<Said<'t>>,
    /// Errors that prevented verification
    errors: Vec<Reason>,
    /// A trusted key signed it, but it is malformed
    is_unreadable: bool,
    rejections: Vec<Reason>,
}

/// One trusted statement
#[derive(Debug, Clone)]
pub(super) struct Said<'t> {
    /// Index of the authenticator in its list; `None` for statements in the settings
    pub(super) by: Option<usize>,
    pub(super) predicate: Predicate<'t>,
}

impl<'t> Testimonies<'t> {
    pub(in crate::evaluate) const fn new(
        settings: &'t Settings<'t>,
        evidence: &'t Evidence<'t>,
        circumstances: &'t Circumstances,
        budget: &'t Budget,
    ) -> Self {
        Self {
            settings,
            evidence,
            circumstances,
            budget,
            keys: BTreeMap::new(),
            vouched: None,
            known: BTreeMap::new(),
            heard: BTreeMap::new(),
            outcomes: BTreeMap::new(),
        }
    }

    /// Returns the statements about an image.
    pub(super) fn about(
        &mut self,
        digest: Digest,
        purpose: Purpose,
        report: &Report,
    ) -> Rc<Testimony<'t>> {
        if let Some(known) = self.known.get(&(digest, purpose)) {
            return Rc::clone(known);
        }
        let keys = Rc::clone(self.keys.entry(purpose).or_insert_with(|| {
            let authenticators = self.settings.evidence.authenticators.of(purpose);
            let own = OwnSignatures::WhenNeeded;
            Rc::new(authenticators.map(|one| one.load(own, report)).collect())
        }));
        let mut testimony = Testimony::default();
        let settings = self.settings;
        let vouched = self
            .vouched
            .get_or_insert_with(|| Vouched::read(settings, report));
        testimony.hear_settings(vouched, digest, purpose, report);
        let evidence = self.evidence;
        match evidence.candidates(digest, None, self.budget) {
            Ok(candidates) => {
                for (number, candidate) in candidates {
                    if !testimony.concerns(candidate, digest, purpose) {
                        continue;
                    }
                    let heard = self.heard.entry((number, purpose)).or_insert_with(|| {
                        Heard::of(candidate, &keys, purpose, self.circumstances)
                    });
                    testimony.hear(heard);
                }
            }
            Err(limit) => {
                testimony.errors.insert(limit);
            }
        }
        let testimony = Rc::new(testimony);
        self.known.insert((digest, purpose), Rc::clone(&testimony));
        testimony
    }

    /// Returns the failed lookups for an image.
    pub(super) fn failures(&self, digest: Digest, question: &Question<'_, '_>) -> Vec<Reason> {
        let repository = question.reference.normalized_repository();
        let seeks = question.check.kind.seeks();
        self.evidence.failures(digest, None, &repository, seeks)
    }
}

impl<'t> Testimony<'t> {
    /// Adds the statements in the settings.
    fn hear_settings(
        &mut self,
        vouched: &Vouched<'t>,
        digest: Digest,
        purpose: Purpose,
        report: &Report,
    ) {
        let predicates = vouched.predicates(digest, purpose, report);
        self.statements.extend(predicates.map(|predicate| Said {
            by: None,
            predicate,
        }));
        if purpose == Purpose::Vulnerability {
            self.stored_scan = vouched.scan(digest);
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
        if let Content::Rejected(bundle @ Rejection::BundleUnsupported(_)) = &attestation.content {
            self.untrusted.insert(Reason::from(bundle));
        }
        // A malformed statement may be about this image.
        let claims = |claimed: &Claimed| claimed.digests.contains(&digest);
        attestation.statement().is_some() && candidate.claimed.as_ref().is_none_or(claims)
    }

    fn hear(&mut self, heard: &Heard<'t>) {
        self.statements.extend(heard.statements.iter().cloned());
        self.errors.extend(heard.errors.iter().cloned());
        if heard.statements.is_empty() && !heard.is_unreadable {
            let is_new = |reason: &&Reason| !self.untrusted.contains(*reason);
            let rejections: Vec<_> = heard.rejections.iter().filter(is_new).cloned().collect();
            self.untrusted.extend(rejections);
        }
    }

    /// Returns the reason that lists ignored statements.
    pub(super) fn untrusted(&self) -> Option<Reason> {
        let mut details: Vec<_> = self.untrusted.iter().take(MAX_IGNORED).cloned().collect();
        let unsaid = self.untrusted.len().saturating_sub(details.len());
        if unsaid > 0 {
            let message = alloc::format!("and {unsaid} more reasons");
            details.push(Reason::new(Code::EvidenceUntrusted, message));
        }
        let message = "Evidence was ignored: no authenticator for this purpose signed it";
        let reason = Reason::new(Code::EvidenceUntrusted, message).with_details(details);
        (!self.untrusted.is_empty()).then_some(reason)
    }
}

impl<'t> Heard<'t> {
    /// Verifies a statement with the keys of each authenticator, and parses its predicate.
    fn of(
        candidate: &'t Candidate<'t>,
        authenticators: &[Vec<PublicKey>],
        purpose: Purpose,
        circumstances: &Circumstances,
    ) -> Self {
        let mut heard = Self::default();
        let attestation = &candidate.attestation;
        let claimed = candidate.claimed.as_ref();
        let predicate_type = claimed.and_then(|claimed| claimed.predicate_type.as_deref());
        if let Some(other) = predicate_type.filter(|kind| !purpose.reads(kind)) {
            // With one of the trusted key ids, it was probably meant as such evidence.
            if authenticators
                .iter()
                .any(|keys| attestation.names_one_of(keys))
            {
                let message =
                    alloc::format!("Statement has predicate type {}", crate::quote(other));
                let detail = Reason::new(Code::AttestationPredicateType, message);
                heard.rejections.push(detail);
            }
            return heard;
        }
        if is_chosen(attestation, purpose) {
            let message =
                "It is in the annotation of a Pod, whose author could omit newer evidence";
            let detail = Reason::new(Code::EvidenceUntrusted, message);
            heard.rejections.push(detail);
            return heard;
        }
        let mut predicate = None;
        for (index, keys) in authenticators.iter().enumerate() {
            let signer = Signer {
                keys,
                note: None,
                encoding: Encoding::Raw,
                others: &[],
            };
            match attestation::verify(signer, attestation, circumstances) {
                Ok(()) => {
                    let predicate = predicate.get_or_insert_with(|| read(attestation));
                    heard.believe(index, predicate);
                }
                Err(not_found) => {
                    heard.errors.extend(not_found.failures);
                    heard.rejections.extend(not_found.rejections);
                }
            }
        }
        if authenticators.is_empty() {
            let message = alloc::format!(
                "The settings have no authenticators for `{}`",
                purpose.name()
            );
            heard
                .rejections
                .push(Reason::new(Code::EvidenceUntrusted, message));
        }
        heard
    }

    /// Adds a trusted statement. One that cannot be parsed is an error, since it could say anything.
    fn believe(&mut self, by: usize, predicate: &Result<Predicate<'t>, Rejection>) {
        match predicate {
            Ok(predicate) => self.statements.push(Said {
                by: Some(by),
                predicate: predicate.clone(),
            }),
            Err(rejection) => {
                let message = alloc::format!("Evidence could not be used: {rejection}");
                self.is_unreadable = true;
                self.errors
                    .push(Reason::new(Code::EvidenceInvalid, message));
            }
        }
    }
}

/// Whether the author of the Pod chose the evidence and so could choose an old scan.
fn is_chosen(attestation: &Attestation<'_>, purpose: Purpose) -> bool {
    attestation.source == Source::PodAnnotation && purpose != Purpose::Provenance
}

fn read<'t>(attestation: &'t Attestation<'t>) -> Result<Predicate<'t>, Rejection> {
    Statement::read(attestation.statement().unwrap_or_default())?.predicate()
}

/// The reason for missing evidence of this kind.
pub(super) fn missing(what: &str) -> Reason {
    let message = alloc::format!("Evidence missing: no trusted {what} of the image");
    Reason::new(Code::EvidenceMissing, message)
}
