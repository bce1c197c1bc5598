//! One check of a check set: its type and parameters.

mod attestation;
mod check_type;
mod freshness;
mod keys;
mod sigstore;
mod slsa;
mod trusted_directory;
mod vulnerability;

use alloc::borrow::Cow;
use alloc::vec::Vec;

pub(crate) use attestation::AttestationCheck;
pub use check_type::CheckType;
pub(crate) use keys::CheckKeys;
pub(crate) use sigstore::SigstoreCheck;
pub(crate) use slsa::SlsaRule;
pub(crate) use trusted_directory::each as each_trusted_directory;
pub(crate) use vulnerability::{Threshold, VulnerabilityCheck};

use super::{Allowlist, Place, TextList, projects};
use crate::decision::Code;
use crate::json::{Report, Value};
use crate::policy::public_key::Loading;
use crate::sigstore::Sigstore;

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

/// The type of a check
#[derive(Debug)]
pub(crate) enum CheckKind<'a> {
    AlwaysDeny,
    /// Maximum age of an image in days
    ImageFreshness {
        max_upload_age_days: u32,
    },
    SigstoreSignature(SigstoreCheck<'a>),
    SimpleSigningAttestation(AttestationCheck<'a>),
    /// Rules of which one suffices
    Slsa(Vec<SlsaRule<'a>>),
    /// The patterns
    TrustedDirectory(TextList<'a>),
    Vulnerability(VulnerabilityCheck<'a>),
}

impl<'a> CheckKind<'a> {
    fn read(kind: CheckType, place: Place, value: Value<'_, 'a>) -> Option<Self> {
        match kind {
            CheckType::AlwaysDeny => read_always_deny(value),
            CheckType::ImageFreshness => freshness::read(value),
            CheckType::SigstoreSignature => {
                SigstoreCheck::read(place, value).map(Self::SigstoreSignature)
            }
            CheckType::SimpleSigningAttestation => {
                AttestationCheck::read(place, value).map(Self::SimpleSigningAttestation)
            }
            CheckType::Slsa => slsa::read(value).map(Self::Slsa),
            CheckType::TrustedDirectory => {
                trusted_directory::read(place, value).map(Self::TrustedDirectory)
            }
            CheckType::Vulnerability => {
                VulnerabilityCheck::read(place, value).map(Self::Vulnerability)
            }
        }
    }

    /// Returns the check if it is a `sigstoreSignatureCheck`.
    pub(crate) const fn sigstore(&self) -> Option<&SigstoreCheck<'a>> {
        match self {
            Self::SigstoreSignature(check) => Some(check),
            _ => None,
        }
    }

    /// Returns the type of this check.
    const fn check_type(&self) -> CheckType {
        match self {
            Self::AlwaysDeny => CheckType::AlwaysDeny,
            Self::ImageFreshness { .. } => CheckType::ImageFreshness,
            Self::SigstoreSignature(_) => CheckType::SigstoreSignature,
            Self::SimpleSigningAttestation(_) => CheckType::SimpleSigningAttestation,
            Self::Slsa(_) => CheckType::Slsa,
            Self::TrustedDirectory(_) => CheckType::TrustedDirectory,
            Self::Vulnerability(_) => CheckType::Vulnerability,
        }
    }

    /// Returns the kind of evidence that a check of this type needs. Statements are always in envelopes.
    pub(crate) const fn seeks(&self) -> Seeks {
        match self {
            Self::SigstoreSignature(_) | Self::SimpleSigningAttestation(_) => Seeks::Attestations,
            Self::AlwaysDeny
            | Self::ImageFreshness { .. }
            | Self::Slsa(_)
            | Self::TrustedDirectory(_)
            | Self::Vulnerability(_) => Seeks::Statements,
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
            allowlist.each(report, |_, _| {});
        }
        match &self.kind {
            CheckKind::AlwaysDeny | CheckKind::ImageFreshness { .. } => {}
            CheckKind::SigstoreSignature(_) | CheckKind::SimpleSigningAttestation(_) => {
                self.load_keys(sigstore, loading, report);
            }
            CheckKind::Slsa(_) => self.check_builders(builders, report),
            CheckKind::TrustedDirectory(patterns) => {
                each_trusted_directory(patterns, report, |_| {});
            }
            CheckKind::Vulnerability(check) => {
                check.each_allowed(report, |_| {});
                check.each_blocked(report, |_| {});
            }
        }
    }

    /// Decodes the keys of a signature check, looks up its identities, and reports unusable ones.
    pub(crate) fn load_keys(
        &self,
        sigstore: Option<&Sigstore<'a>>,
        loading: Loading<'_>,
        report: &Report,
    ) -> CheckKeys<'a> {
        match &self.kind {
            CheckKind::SigstoreSignature(check) => check.load(sigstore, loading, report),
            CheckKind::SimpleSigningAttestation(check) => check.load(loading, report),
            _ => CheckKeys::default(),
        }
    }

    /// Reports builders without authenticators.
    pub(crate) fn check_builders(&self, builders: &[Cow<'_, str>], report: &Report) {
        if let CheckKind::Slsa(rules) = &self.kind {
            slsa::check_builders(rules, self.place, builders, report);
        }
    }

    /// Returns the name of the type in Google's logs and results.
    pub(crate) const fn type_name(&self) -> &'static str {
        self.kind.check_type().name()
    }
}

fn read_always_deny<'a>(value: Value<'_, 'a>) -> Option<CheckKind<'a>> {
    let (path, report) = (value.path(), value.report());
    let flag = value.flag()?;
    if !flag {
        let message = "must be `true`; remove the check to not deny";
        report.push(Code::PolicyAlwaysDenyFalse, path, message);
    }
    Some(CheckKind::AlwaysDeny)
}
