//! Facts about an image that checks judge.

use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::vec::Vec;

use super::Outcome;
use crate::attestation::statement::{Finding, Predicate};
use crate::decision::{Code, Reason};
use crate::key::NotValid;
use crate::policy::authenticators::{Authenticators, Purpose};
use crate::sigstore::Signatory;
use crate::verification::VerificationContext;

/// The facts about one image whose digest is known
pub(crate) trait Facts<'t> {
    /// Returns the trusted statements for a purpose.
    fn statements(&mut self, purpose: Purpose) -> Rc<ImageStatements<'t>>;

    /// Returns the failed lookups of evidence.
    fn failures(&self) -> Vec<Reason>;

    /// Looks for an attestation that a key of the check signed.
    fn attestation(&self) -> Outcome;

    /// Looks for a signature of cosign by a key or identity of the check.
    fn signature(&self) -> Outcome;

    /// Returns `evidence.authenticators` of the settings.
    fn authenticators(&self) -> &'t Authenticators<'t>;

    /// Returns the time and the budget of the evaluation.
    fn context(&self) -> &'t VerificationContext;
}

/// Statements about one image for one purpose, independent of the order in which they were supplied
#[derive(Debug, Default)]
pub(crate) struct ImageStatements<'t> {
    pub(crate) statements: Vec<TrustedStatement<'t>>,
    /// Scan of Artifact Analysis, from the settings
    pub(crate) stored_scan: Option<Rc<StoredScan<'t>>>,
    /// Errors that prevented reading all statements
    pub(crate) errors: BTreeSet<Reason>,
    /// Reasons why statements about the image are ignored
    pub(crate) untrusted: BTreeSet<Reason>,
}

/// One statement by an authenticator or in the settings
#[derive(Debug, Clone)]
pub(crate) struct TrustedStatement<'t> {
    /// Index of the authenticator in its list; `None` for statements in the settings
    pub(crate) by: Option<usize>,
    /// The identity that signed it; `None` for statements in the settings and of keys
    pub(crate) signatory: Option<Rc<Signatory>>,
    pub(crate) predicate: Predicate<'t>,
    /// Why its signature, or the key that made it, is not valid now: it counts only against an image
    pub(crate) void: Option<NotValid>,
}

/// The occurrences of Artifact Analysis about one image
#[derive(Debug, Default)]
pub(crate) struct StoredScan<'a> {
    pub(crate) findings: Vec<Finding<'a>>,
    /// Whether all scans have finished, so that the findings are complete
    pub(crate) is_complete: bool,
    /// Whether a scan has not finished or has failed
    pub(crate) is_unfinished: bool,
}

/// Maximum number of details about ignored statements for each check and image, since attackers can write any
/// number of them
const MAX_IGNORED: usize = 8;

impl<'t> ImageStatements<'t> {
    /// Returns the statements that count for the image.
    pub(crate) fn trusted(&self) -> impl Iterator<Item = &TrustedStatement<'t>> {
        self.statements.iter().filter(|one| one.void.is_none())
    }

    /// Returns the reason that lists ignored statements.
    pub(crate) fn untrusted(&self) -> Option<Reason> {
        let mut details: Vec<_> = self.untrusted.iter().take(MAX_IGNORED).cloned().collect();
        let left = self.untrusted.len().saturating_sub(details.len());
        if left > 0 {
            let message = alloc::format!("and {left} more reasons");
            details.push(Reason::new(Code::EvidenceUntrusted, message));
        }
        let message = "Evidence was ignored: no authenticator for this purpose signed it";
        let reason = Reason::new(Code::EvidenceUntrusted, message).with_details(details);
        (!self.untrusted.is_empty()).then_some(reason)
    }
}

/// The reason for missing evidence of this kind.
pub(crate) fn missing(what: &str) -> Reason {
    let message = alloc::format!("Evidence missing: no trusted {what} of the image");
    Reason::new(Code::EvidenceMissing, message)
}
