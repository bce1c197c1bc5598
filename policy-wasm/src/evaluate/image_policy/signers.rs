//! Distinct signers: one signer counts for one attestor of a requirement.
//!
//! Attestors of a requirement have no key in common, but a certificate may be for identities of several attestors, for
//! example through a pattern. Certificates of one subject and issuer are one signer, however many it has.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::rc::Rc;
use alloc::string::String;
use alloc::vec::Vec;

use super::judge::Subject;
use crate::decision::{AttestorResult, Code, IdentityResult, Reason, Verdict};
use crate::evaluate::attestors::{Inquiry, Signers};
use crate::policy::image_policy::Quorum;

/// Results of the attestors of a requirement
type Answers = Vec<(Verdict, AttestorResult)>;

/// Refuses the attestors that only signers of others have satisfied. As many as possible keep their signers, those that
/// must be included first.
pub(super) fn count_once<'p>(
    mut answers: Answers,
    quorum: &'p Quorum<'_>,
    subject: Subject<'_>,
    inquiry: &mut Inquiry<'p, '_>,
) -> Answers {
    let mut seen = BTreeSet::new();
    let mut found = answers.iter().filter_map(|(_, one)| one.identity.as_ref());
    if found.all(|identity| seen.insert(identity)) {
        return answers;
    }
    let signers: Vec<_> = quorum
        .attestors
        .iter()
        .zip(&answers)
        .map(|(name, (_, one))| {
            let has_identity = one.identity.is_some();
            has_identity.then(|| {
                let asked = (&**name, &*quorum.predicate_types);
                inquiry.signers(asked, subject.image, subject.reference)
            })
        })
        .collect();
    let names = quorum.attestors.iter().enumerate();
    let (required, others): (Vec<_>, Vec<_>) =
        names.partition(|(_, name)| quorum.must_include.contains(name));
    let mut holders = Holders::default();
    let mut refused = Vec::new();
    for (place, _) in required.into_iter().chain(others) {
        if !holders.assign(place, &signers, &mut BTreeSet::new()) {
            refused.push(place);
        }
    }
    for place in refused {
        if let (Some(answer), Some(Some(own))) = (answers.get_mut(place), signers.get(place)) {
            *answer = holders.refuse(own, quorum, &answer.1.name);
        }
    }
    answers
}

/// The attestor for which each signer counts, by its place
#[derive(Default)]
struct Holders<'s>(BTreeMap<&'s IdentityResult, usize>);

impl<'s> Holders<'s> {
    /// Gives the attestor at a place a signer, for which others may have to take another of theirs. Those that need none
    /// are not satisfied, or have a key.
    fn assign(
        &mut self,
        place: usize,
        signers: &'s [Option<Rc<Signers>>],
        seen: &mut BTreeSet<&'s IdentityResult>,
    ) -> bool {
        let Some(Some(own)) = signers.get(place) else {
            return true;
        };
        if own.has_key {
            return true;
        }
        for identity in &own.identities {
            if !seen.insert(identity) {
                continue;
            }
            let holder = self.0.get(identity).copied();
            if holder.is_none_or(|other| self.assign(other, signers, seen)) {
                self.0.insert(identity, place);
                return true;
            }
        }
        false
    }

    /// Returns the result of an attestor whose signers all count for others.
    fn refuse(&self, own: &Signers, quorum: &Quorum<'_>, name: &str) -> (Verdict, AttestorResult) {
        let mut reasons = own.failures.clone();
        let mut taken = own.identities.iter().filter_map(|identity| {
            let holder = quorum.attestors.get(*self.0.get(identity)?)?;
            Some((identity, holder))
        });
        let message = match taken.next() {
            Some((identity, holder)) => alloc::format!(
                "Signed by identity {}, which counts once, for {holder}",
                crate::quote(&identity.subject)
            ),
            None => String::from("Its signatures could not be counted"),
        };
        reasons.push(Reason::new(Code::NoValidAttestation, message));
        AttestorResult::refused(name, reasons)
    }
}
