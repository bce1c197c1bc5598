//! Evidence that an entry is in its log: the log's promise (Rekor v1), and the inclusion proof.

use alloc::string::String;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use policy_x509::inclusion;

use super::{Entry, InclusionProof, Protocol};
use crate::decision::Code;
use crate::sigstore::checkpoint::Checkpoint;
use crate::sigstore::moment::Moment;
use crate::sigstore::proto;
use crate::sigstore::root::{Log, LogKey};
use crate::sigstore::verification::{NotVerified, is_future};
use crate::time::Time;
use crate::verification::VerificationContext;

impl Entry {
    /// Verifies the promise, if there is one, and returns the integrated time, which nothing else proves.
    ///
    /// # Errors
    ///
    /// `sigstore-set-invalid`, `sigstore-log-outside-validity`, or the budget is exhausted.
    pub(in crate::sigstore) fn verify_promise(
        &self,
        log: &Log,
        key: &LogKey,
        context: &VerificationContext,
    ) -> Result<Option<Moment>, NotVerified> {
        let Some(promise) = &self.promise else {
            return Ok(None);
        };
        let invalid = |why: &str| proto::rejection(Code::SigstoreSetInvalid, why);
        let signed = self.promised();
        context.meter.verify(key.key.cost(), signed.len())?;
        key.key
            .verify(key.hash, signed.as_bytes(), promise)
            .map_err(|_| invalid("it is not the log's signature of this entry"))?;
        let time = Time::from_unix(self.integrated_time);
        let time = Moment::from(time.map_err(|_| invalid("its time is out of range"))?);
        if is_future(time, context) {
            return Err(invalid("its time is in the future").into());
        }
        if !log.window.contains(time) {
            let why = alloc::format!("the entry was integrated at {time}");
            return Err(proto::rejection(Code::SigstoreLogOutsideValidity, why).into());
        }
        Ok(Some(time))
    }

    /// Returns the text that a promise signs: JSON in the canonical form of RFC 8785.
    fn promised(&self) -> String {
        alloc::format!(
            r#"{{"body":"{}","integratedTime":{},"logID":"{}","logIndex":{}}}"#,
            BASE64_STANDARD.encode(&self.body),
            self.integrated_time,
            proto::hex(&self.log_id),
            self.index,
        )
    }

    /// Verifies the checkpoint and the inclusion proof, if there is one.
    ///
    /// # Errors
    ///
    /// `sigstore-checkpoint-invalid`, `sigstore-inclusion-proof-invalid`, or the budget is exhausted.
    pub(in crate::sigstore) fn verify_proof(
        &self,
        log: &Log,
        key: &LogKey,
        protocol: Protocol,
        context: &VerificationContext,
    ) -> Result<(), NotVerified> {
        let Some(proof) = &self.proof else {
            return Ok(());
        };
        let invalid = |why: &str| proto::rejection(Code::SigstoreCheckpointInvalid, why);
        let checkpoint = Checkpoint::parse(&proof.checkpoint).map_err(invalid)?;
        checkpoint
            .verify(log, key, protocol, &context.meter)?
            .map_err(invalid)?;
        // Rekor v2 has only one tree, and clients ignore the copies of size and root hash in the proof.
        let index = match protocol {
            Protocol::RekorV1 if !proof.is_in(&checkpoint) => {
                return Err(invalid("it is about another tree than the inclusion proof").into());
            }
            Protocol::RekorV1 => proof.index,
            Protocol::RekorV2 => self.index,
        };
        let Checkpoint {
            size, root_hash, ..
        } = &checkpoint;
        inclusion::verify(&self.body, index, *size, &proof.hashes, root_hash)
            .map_err(|why| proto::rejection(Code::SigstoreInclusionProofInvalid, why))?;
        Ok(())
    }
}

impl InclusionProof {
    fn is_in(&self, checkpoint: &Checkpoint<'_>) -> bool {
        self.tree_size == checkpoint.size && self.root_hash == checkpoint.root_hash
    }
}
