//! One check of a check set, and the table of the types of checks: each is a file that reads its document and judges
//! an image by the facts about it.

mod always_deny;
mod attestation;
mod check_type;
mod facts;
mod freshness;
mod keys;
mod outcome;
mod sigstore;
mod slsa;
mod trusted_directory;
mod vulnerability;

use alloc::borrow::Cow;
use alloc::vec::Vec;

pub use check_type::CheckEvidence;
use check_type::check_types;
pub(crate) use facts::{Facts, ImageStatements, StoredScan, TrustedStatement, missing};
pub(crate) use keys::CheckKeys;
pub(crate) use outcome::Outcome;
pub(crate) use sigstore::SigstoreCheck;

use super::{Allowlist, Place, TextList, projects};
use crate::decision::Code;
use crate::image::ImageReference;
use crate::json::{Report, Value};
use crate::policy::authenticators::Purpose;
use crate::policy::public_key::Loading;
use crate::sigstore::Sigstore;

check_types! { <'a>
    /// Denies every image
    AlwaysDeny(always_deny::AlwaysDeny) = "alwaysDeny", "AlwaysDenyCheck": CheckEvidence::Nothing,
    /// The image was uploaded recently
    ImageFreshness(freshness::FreshnessCheck) = "imageFreshnessCheck", "ImageFreshnessCheck":
        CheckEvidence::Statements(Purpose::Freshness),
    /// A key of an authority signed the image with cosign
    SigstoreSignature(SigstoreCheck<'a>) = "sigstoreSignatureCheck", "SigstoreSignatureCheck":
        CheckEvidence::Signatures,
    /// A key of an authenticator attested the image
    SimpleSigningAttestation(attestation::AttestationCheck<'a>) = "simpleSigningAttestationCheck",
        "SimpleSigningAttestationCheck": CheckEvidence::Attestations,
    /// A trusted builder built the image from a trusted place
    Slsa(slsa::SlsaCheck<'a>) = "slsaCheck", "SlsaCheck":
        CheckEvidence::Statements(Purpose::Provenance),
    /// The image is in a trusted directory
    TrustedDirectory(trusted_directory::DirectoryCheck<'a>) = "trustedDirectoryCheck", "TrustedDirectoryCheck":
        CheckEvidence::Nothing,
    /// Vulnerabilities stay below thresholds
    Vulnerability(vulnerability::VulnerabilityCheck<'a>) = "vulnerabilityCheck", "VulnerabilityCheck":
        CheckEvidence::Statements(Purpose::Vulnerability),
}

/// The document of a check of one type
trait CheckDocument<'a>: Sized {
    /// Reads the value of the type's field.
    fn read(place: Place, value: Value<'_, 'a>) -> Option<Self>;

    /// Parses all parts that [`Self::read`] left unparsed, and reports problems; by default the keys.
    fn check(
        &self,
        _builders: &[Cow<'_, str>],
        sigstore: Option<&Sigstore<'a>>,
        loading: Loading<'_>,
        report: &Report,
    ) {
        self.load_keys(sigstore, loading, report);
    }

    /// Decodes the keys, looks up the identities, and reports unusable ones.
    fn load_keys(
        &self,
        _sigstore: Option<&Sigstore<'a>>,
        _loading: Loading<'_>,
        _report: &Report,
    ) -> CheckKeys<'a> {
        CheckKeys::default()
    }

    /// Judges an image; `facts` are those about its digest. `None` if the check needs them and there are none.
    fn judge<'t>(
        &self,
        image: &ImageReference<'_>,
        facts: Option<&mut impl Facts<'t>>,
        report: &Report,
    ) -> Option<Outcome>;
}

/// The kind of evidence that an image needs
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Seeks {
    /// Only statements in envelopes
    Statements,
    /// Attestations in every form
    Attestations,
}

/// A check
#[derive(Debug)]
pub(crate) struct Check<'a> {
    pub(crate) place: Place,
    /// Display name, without effect
    pub(crate) display_name: Option<Cow<'a, str>>,
    /// Exempts images from this check only
    pub(crate) allowlist: Option<Allowlist<'a>>,
    pub(crate) kind: CheckKind<'a>,
}

impl<'a> CheckKind<'a> {
    /// Returns the check if it is a `sigstoreSignatureCheck`.
    pub(crate) const fn sigstore(&self) -> Option<&SigstoreCheck<'a>> {
        match self {
            Self::SigstoreSignature(check) => Some(check),
            _ => None,
        }
    }

    /// Returns the kind of evidence that a check of this type needs. Statements are always in envelopes.
    pub(crate) const fn seeks(&self) -> Seeks {
        match self.check_type().evidence() {
            CheckEvidence::Attestations | CheckEvidence::Signatures => Seeks::Attestations,
            CheckEvidence::Nothing | CheckEvidence::Statements(_) => Seeks::Statements,
        }
    }
}

impl<'a> Check<'a> {
    /// Reads a check; `None` with a problem reported if it has no type or several.
    pub(crate) fn read(place: Place, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut display_name, mut allowlist) = (None, None);
        let mut kinds = Vec::new();
        let was_object = value.object(|key, value| match key {
            "displayName" => display_name = value.text(),
            "imageAllowlist" => allowlist = Some(Allowlist::read(place, value)),
            _ => match CheckType::of_field(key) {
                Some(kind) => kinds.push(CheckKind::read(kind, place, value)),
                None => value.unknown(),
            },
        });
        if was_object && kinds.len() != 1 {
            let message = "expected exactly one type of check";
            report.push(Code::PolicyCheckTypeCount, path, message);
        }
        Some(Self {
            place,
            display_name,
            allowlist,
            kind: kinds.pop()??,
        })
    }

    /// Parses all parts that [`Self::read`] left unparsed.
    pub(crate) fn check(
        &self,
        builders: &[Cow<'_, str>],
        sigstore: Option<&Sigstore<'a>>,
        loading: Loading<'_>,
        report: &Report,
    ) {
        if let Some(allowlist) = &self.allowlist {
            allowlist.each(report, &mut |_, _| {});
        }
        self.kind.check(builders, sigstore, loading, report);
    }

    /// Decodes the keys of a signature check, looks up its identities, and reports unusable ones.
    pub(crate) fn load_keys(
        &self,
        sigstore: Option<&Sigstore<'a>>,
        loading: Loading<'_>,
        report: &Report,
    ) -> CheckKeys<'a> {
        self.kind.load_keys(sigstore, loading, report)
    }
}
