//! Who signed a bundle: one of the identities that the settings trust.

use alloc::collections::BTreeSet;
use alloc::rc::Rc;
use alloc::string::{String, ToString as _};

use super::Malformed;
use super::bundle::{Bundle, Verifier};
use super::certificate::Certificate;
use super::identity::{self, Identity};
use super::moment::Moment;
use super::proto::rejection;
use super::verification::{Artifact, NotVerified, Trust};
use crate::decision::Code;
use crate::rejection::Rejection;
use crate::verification::VerificationContext;

/// Trusted roots by name
pub(crate) trait Roots {
    /// Returns the root that an identity names.
    ///
    /// # Errors
    ///
    /// The document is unusable: its problems.
    fn trust(&self, name: &str) -> Result<Trust<'_>, String>;
}

/// Verifies that one of these identities signed a bundle for an artifact. The content of the bundle is not looked at.
///
/// Returns verified times at which the signature existed, in no order; at least one.
///
/// # Errors
///
/// Of several trusted roots, the reason under the one under which verification got furthest.
pub(crate) fn verify(
    bundle: &Bundle,
    artifact: Artifact<'_>,
    identities: &[Rc<Identity<'_>>],
    roots: &dyn Roots,
    context: &VerificationContext,
) -> Result<Rc<[Moment]>, NotVerified> {
    bundle.check_hint(artifact)?;
    let Verifier::Certificate(der) = &bundle.verifier else {
        let (id, configured) = (String::new(), BTreeSet::new());
        return Err(Rejection::UnknownKeyId { id, configured }.into());
    };
    if identities.is_empty() {
        context.meter.look(0)?;
        return Err(rejection(Code::SigstoreIdentityMissing, "").into());
    }
    let holder = bundle.verdicts.holder(der).map_err(not_signing)?;
    let leaf = holder.leaf();
    let mut best: Option<Rejection> = None;
    for identity in identities.iter().filter(|one| one.matches(&leaf).is_ok()) {
        let verdict = bundle
            .verdicts
            .under(&identity.trusted_root, artifact, || {
                let trust = roots.trust(&identity.trusted_root);
                let trust = trust.map_err(NotVerified::RootUnusable)?;
                let certificate =
                    Certificate::read(der).map_err(|problem| not_signing(&problem))?;
                bundle.verify_under(&certificate, artifact, trust, context)
            })?;
        let rejection = match verdict {
            Ok(times) => {
                let outside = times.all().find(|time| !identity.may_sign_at(*time));
                let Some(time) = outside else {
                    return Ok(times.signed);
                };
                identity::not_then(identity, &leaf, time)
            }
            Err(rejection) => rejection,
        };
        if best
            .as_ref()
            .is_none_or(|best| best.rank() < rejection.rank())
        {
            best = Some(rejection);
        }
    }
    if let Some(rejection) = best {
        return Err(rejection.into());
    }
    // Anyone can copy any number of such bundles from a public log.
    context.meter.look(0)?;
    Err(identity::explain(&leaf, identities).into())
}

fn not_signing(problem: &Malformed) -> Rejection {
    rejection(Code::SigstoreCertificateInvalid, problem.to_string())
}
