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
use crate::attestation::{self, Attestation, Circumstances, Content, Encoding, Signer, Source};
use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::evidence::{Evidence, StoredScan, Vouched};
use crate::json::Report;
use crate::key::PublicKey;
use crate::policy::platform::Place;
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

/// One statement that is believed
#[derive(Debug)]
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
            Rc::new(authenticators.map(|one| one.load(report)).collect())
        }));
        let mut testimony = Testimony::default();
        let settings = self.settings;
        let vouched = self
            .vouched
            .get_or_insert_with(|| Vouched::read(settings, report));
        testimony.hear_settings(vouched, digest, purpose, report);
        match self.evidence.about(digest, None, self.budget) {
            Ok(attestations) => {
                for attestation in attestations {
                    testimony.hear(attestation, &keys, digest, purpose, self.circumstances);
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
        self.evidence.failures(digest, None, &repository)
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

    /// Hears a statement in an envelope, if that is what the attestation is, once for each
    /// authenticator that signed it.
    fn hear(
        &mut self,
        attestation: &'t Attestation<'t>,
        authenticators: &[Vec<PublicKey>],
        digest: Digest,
        purpose: Purpose,
        circumstances: &Circumstances,
    ) {
        // Whoever writes a Pod chooses what it carries, and could choose an old scan.
        let is_chosen =
            attestation.source == Source::PodAnnotation && purpose != Purpose::Provenance;
        // What is too much to look at may be what speaks against the image.
        if let (Content::Excessive(what, limit), false) = (&attestation.content, is_chosen) {
            self.errors.insert(Reason::limit(what, *limit));
        }
        let Some(payload) = attestation.statement() else {
            return;
        };
        // What cannot be read could be about this image.
        if let Ok(statement) = Statement::read(payload) {
            if statement.attests(digest).is_none() {
                return;
            }
            if !purpose.reads(statement.predicate_type()) {
                // Where it names one of our keys, somebody took it for such evidence.
                if authenticators
                    .iter()
                    .any(|keys| attestation.names_one_of(keys))
                {
                    let kind = crate::quote(statement.predicate_type());
                    let message = alloc::format!("Statement has predicate type {kind}");
                    let detail = Reason::new(Code::AttestationPredicateType, message);
                    self.untrusted.insert(detail);
                }
                return;
            }
        }
        if is_chosen {
            let message =
                "It stands in the annotation of a Pod, whose author could leave out another";
            let detail = Reason::new(Code::EvidenceUntrusted, message);
            self.untrusted.insert(detail);
            return;
        }
        let (mut rejections, mut is_trusted) = (Vec::new(), false);
        for (index, keys) in authenticators.iter().enumerate() {
            let signer = Signer {
                keys,
                note: None,
                encoding: Encoding::Raw,
            };
            match attestation::verify(signer, attestation, circumstances) {
                Ok(()) => {
                    is_trusted = true;
                    self.believe(index, payload);
                }
                Err(not_found) => {
                    self.errors.extend(not_found.failures);
                    rejections.extend(not_found.rejections);
                }
            }
        }
        if authenticators.is_empty() {
            let message = alloc::format!("The settings trust nobody for `{}`", purpose.name());
            rejections.push(Reason::new(Code::EvidenceUntrusted, message));
        }
        if !is_trusted {
            self.untrusted.extend(rejections);
        }
    }

    /// Reads what was signed by somebody trusted: what cannot be read could be anything.
    fn believe(&mut self, by: usize, payload: &'t [u8]) {
        match Statement::read(payload).and_then(|statement| statement.predicate()) {
            Ok(predicate) => self.statements.push(Said {
                by: Some(by),
                predicate,
            }),
            Err(rejection) => {
                let message = alloc::format!("Evidence could not be used: {rejection}");
                self.errors
                    .insert(Reason::new(Code::EvidenceInvalid, message));
            }
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

/// Nobody trusted has said anything.
pub(super) fn missing(what: &str) -> Reason {
    let message = alloc::format!("no evidence supplied: nobody trusted has stated {what}");
    Reason::new(Code::EvidenceMissing, message)
}
