//! `simpleSigningAttestationCheck` and `sigstoreSignatureCheck`: whether any key of the check has
//! signed the image.

use alloc::string::String;

use super::{Question, TrustedStatements};
use crate::attestation::{self, Candidates, Encoding, NotFound, Rejection, Signer, Subject};
use crate::decision::{Code, Reason};
use crate::digest::Digest;
use crate::evidence::Candidate;
use crate::key::{PublicKey, VerifyError};
use crate::policy::platform::{Outcome, missing};
use crate::verification::VerificationContext;

/// Accepts attestations in any form; for bare payloads, the DSSE encoding is tried before the bytes.
pub(super) fn attestation(
    digest: Digest,
    question: &Question<'_, '_>,
    statements: &TrustedStatements<'_>,
) -> Outcome {
    let attestations = match statements.evidence.about(digest, None, statements.budget) {
        Ok(attestations) => attestations,
        Err(limit) => return Outcome::refused(alloc::vec![limit]),
    };
    match find(
        digest,
        question,
        &attestations,
        Encoding::PaeThenRaw,
        statements,
    ) {
        Ok(signer) => Outcome::because(attested(&signer)),
        Err(not_found) => Outcome::not_found(not_found.into_refusal()),
    }
}

/// Accepts cosign signatures over simple-signing payloads, and bundles. The host verifies those whose payload only the
/// host can read.
pub(super) fn sigstore(
    digest: Digest,
    question: &Question<'_, '_>,
    statements: &TrustedStatements<'_>,
) -> Outcome {
    let settings = statements.settings;
    let is_of_cosign = |one: &Candidate<'_>| one.attestation.is_of_cosign(one.claimed.as_deref());
    let evidence = statements.evidence;
    let attestations = match evidence.about_where(digest, None, statements.budget, is_of_cosign) {
        Ok(attestations) => attestations,
        Err(limit) => return Outcome::refused(alloc::vec![limit]),
    };
    let sources = &settings.evidence;
    let was_asked = sources.registry || sources.referrers || !sources.notes.is_empty();
    if attestations.is_empty() && !was_asked {
        return Outcome::refused(alloc::vec![missing("Sigstore signature")]);
    }
    let mut not_found = match find(digest, question, &attestations, Encoding::Raw, statements) {
        Ok(signer) => return Outcome::because(attested(&signer)),
        Err(not_found) => not_found,
    };
    let repository = question.reference.normalized_repository();
    for signature in statements.evidence.signatures(digest, &repository) {
        let mut keys = question.keys.iter();
        let Some(key) = keys.find(|key| key.id() == signature.key_id) else {
            continue;
        };
        match &signature.is_trusted {
            Ok(true) => match verified_by_host(key, statements.context) {
                Ok(()) => {
                    let key = alloc::format!("key {}", crate::quote(key.id()));
                    return Outcome::because(attested(&key));
                }
                Err(reason) if reason.code == Code::ClockUnavailable => {
                    not_found.failures.push(reason);
                }
                Err(reason) => not_found.rejections.push(reason),
            },
            Ok(false) => {}
            Err(reason) => not_found.failures.push(reason.clone()),
        }
        // The host has verified a signature that cannot be verified here.
        not_found
            .rejections
            .retain(|reason| reason.code != Code::AttestationPayloadUnavailable);
    }
    let message = if question.identities.is_empty() {
        "No Sigstore signature found that verifies with a key of the policy"
    } else {
        "No Sigstore signature found that verifies with a key or identity of the policy"
    };
    Outcome::not_found(not_found.into_reasons(Code::NoValidSigstoreSignature, message))
}

/// Whether a signature that the host has verified counts: the host does not know when the key is valid.
fn verified_by_host(key: &PublicKey, context: &VerificationContext) -> Result<(), Reason> {
    key.check_windows(context.now).map_err(|error| match error {
        VerifyError::KeyNotValid(why) => {
            let key_id = key.id().into();
            Reason::from(&Rejection::KeyNotValid { key_id, why })
        }
        _ => attestation::time_is_unknown(key.id()),
    })
}

/// Returns the description of a signer of the image.
fn find(
    digest: Digest,
    question: &Question<'_, '_>,
    attestations: &Candidates<'_, '_>,
    encoding: Encoding,
    statements: &TrustedStatements<'_>,
) -> Result<String, NotFound> {
    let signer = Signer {
        keys: question.keys,
        identities: question.identities,
        roots: statements.roots,
        note: None,
        encoding,
        others: &[],
    };
    let subject = Subject {
        digest,
        reference: question.reference,
        docker_reference: statements.settings.docker_reference,
        predicate_types: &[],
    };
    let failures = statements.failures(digest, question);
    let context = statements.context;
    let found = attestation::find(signer, subject, attestations, failures, context);
    found.map(|verified| verified.by.description())
}

fn attested(signer: &str) -> Reason {
    let message = alloc::format!("Check satisfied by {signer}");
    Reason::new(Code::Attested, message)
}
