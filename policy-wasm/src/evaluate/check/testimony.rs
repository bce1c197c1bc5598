//! What those whom the settings trust say about an image: statements that stand in the settings, and
//! statements that a key for their purpose has signed.
//!
//! Everything else is ignored and listed, whoever stored it where.

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

/// All that is known about images, looked up for the first check that asks
pub(in crate::evaluate) struct Testimonies<'t> {
    pub(super) settings: &'t Settings<'t>,
    pub(super) evidence: &'t Evidence<'t>,
    pub(super) circumstances: &'t Circumstances,
    pub(super) budget: &'t Budget,
    keys: BTreeMap<Purpose, Rc<Vec<Vec<PublicKey>>>>,
    vouched: Option<Vouched<'t>>,
    known: BTreeMap<(Digest, Purpose), Rc<Testimony<'t>>>,
    /// What has come of the statements that were verified, by their number: nothing of it depends on the
    /// image, and one statement may be about hundreds
    heard: BTreeMap<(usize, Purpose), Heard<'t>>,
    /// What checks have found, by repository and digest
    pub(super) outcomes: BTreeMap<(Place, String, Digest), Outcome>,
}

/// What is said about one image, for one purpose; the same in whatever order it was supplied
#[derive(Debug, Default)]
pub(super) struct Testimony<'t> {
    pub(super) statements: Vec<Said<'t>>,
    /// What Artifact Analysis found, as the settings have it
    pub(super) stored_scan: Option<Rc<StoredScan<'t>>>,
    /// What kept us from reading all of it
    pub(super) errors: BTreeSet<Reason>,
    /// Why statements about the image do not count
    untrusted: BTreeSet<Reason>,
}

/// Details that are said about ignored statements, for each check and image: whoever writes them
/// chooses how many there are.
const MAX_IGNORED: usize = 8;

/// What came of verifying one statement, with one entry for each authenticator that has signed it
#[derive(Debug, Default)]
struct Heard<'t> {
    statements: Vec<Said<'t>>,
    /// What kept us from knowing
    errors: Vec<Reason>,
    /// Somebody trusted has signed it, and it cannot be read
    is_unreadable: bool,
    rejections: Vec<Reason>,
}

/// One statement that is believed
#[derive(Debug, Clone)]
pub(super) struct Said<'t> {
    /// The place of the authenticator in its list; `None` is the settings themselves
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

    /// What is said about an image.
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

    /// The places that should have been asked about an image and could not be.
    pub(super) fn failures(&self, digest: Digest, question: &Question<'_, '_>) -> Vec<Reason> {
        let repository = question.reference.normalized_repository();
        let seeks = question.check.kind.seeks();
        self.evidence.failures(digest, None, &repository, seeks)
    }
}

impl<'t> Testimony<'t> {
    /// Hears what the administrator wrote down.
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

    /// Whether an attestation is a statement in an envelope that is about the image, or may be.
    fn concerns(&mut self, candidate: &Candidate<'_>, digest: Digest, purpose: Purpose) -> bool {
        let attestation = &candidate.attestation;
        // What is too much to look at may be what speaks against the image.
        if let Content::Excessive(what, limit) = &attestation.content
            && !is_chosen(attestation, purpose)
        {
            self.errors.insert(Reason::limit(what, *limit));
        }
        // It may hold such a statement, in a form that is not read.
        if let Content::Rejected(bundle @ Rejection::BundleUnsupported(_)) = &attestation.content {
            self.untrusted.insert(Reason::from(bundle));
        }
        // What cannot be read could be about this image.
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

    /// What there is to say about statements that do not count.
    pub(super) fn untrusted(&self) -> Option<Reason> {
        let mut details: Vec<_> = self.untrusted.iter().take(MAX_IGNORED).cloned().collect();
        let unsaid = self.untrusted.len().saturating_sub(details.len());
        if unsaid > 0 {
            let message = alloc::format!("and {unsaid} more reasons");
            details.push(Reason::new(Code::EvidenceUntrusted, message));
        }
        let message = "Evidence was ignored: it is not by anybody whom the settings trust for it";
        let reason = Reason::new(Code::EvidenceUntrusted, message).with_details(details);
        (!self.untrusted.is_empty()).then_some(reason)
    }
}

impl<'t> Heard<'t> {
    /// Verifies a statement with the keys of each authenticator, and reads what it says.
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
            // Where it names one of our keys, somebody took it for such evidence.
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
                "It stands in the annotation of a Pod, whose author could leave out another";
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
            let message = alloc::format!("The settings trust nobody for `{}`", purpose.name());
            heard
                .rejections
                .push(Reason::new(Code::EvidenceUntrusted, message));
        }
        heard
    }

    /// What was signed by somebody trusted and cannot be read could be anything.
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

/// Whoever writes a Pod chooses what it carries, and could choose an old scan.
fn is_chosen(attestation: &Attestation<'_>, purpose: Purpose) -> bool {
    attestation.source == Source::PodAnnotation && purpose != Purpose::Provenance
}

fn read<'t>(attestation: &'t Attestation<'t>) -> Result<Predicate<'t>, Rejection> {
    Statement::read(attestation.statement().unwrap_or_default())?.predicate()
}

/// Nobody trusted has said anything.
pub(super) fn missing(what: &str) -> Reason {
    let message = alloc::format!("no evidence supplied: nobody trusted has stated {what}");
    Reason::new(Code::EvidenceMissing, message)
}
