//! Authenticators: keys that sign statements about images, by purpose.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use crate::attestation::statement;
use crate::decision::Code;
use crate::json::{Path, Report, Value, choice, filled};
use crate::key::PublicKey;
use crate::pattern::BuilderId;
use crate::policy::public_key::{self, KeyDocument, Loading, MAX_KEYS};
#[cfg(feature = "sigstore")]
use crate::sigstore::SetNames;
use crate::sigstore::{Identities, Sigstore};

/// `evidence.authenticators`
#[derive(Debug, Default)]
pub(crate) struct Authenticators<'a> {
    all: Vec<Authenticator<'a>>,
    pub(crate) scanners: Scanners,
}

/// `scanners`: the scanners whose scans an image needs
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Scanners {
    /// Every scanner, so that a withheld scan is detected
    #[default]
    All,
    /// Any scanner, so the storage of scans determines which
    Any,
}

/// Purpose of a statement; keys are trusted for one purpose only
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// Vulnerability scans
    Vulnerability,
    /// Provenance
    Provenance,
    /// Upload times
    Freshness,
}

/// One authenticator with undecoded keys
#[derive(Debug)]
pub(crate) struct Authenticator<'a> {
    pub(crate) purpose: Purpose,
    /// Its index in the list of its purpose
    pub(crate) index: usize,
    /// Name of a scanner in messages
    name: Option<Cow<'a, str>>,
    keys: Vec<KeyDocument<'a>>,
    /// Names of sets of identities that count like its keys
    #[cfg(feature = "sigstore")]
    identities: SetNames<'a>,
    /// Maximum age of scans; present exactly for scanners
    pub(crate) max_age_days: Option<u32>,
    /// The only `builder.id` that a builder may write, up to a revision or a run; present exactly for builders
    pub(crate) builder_id: Option<Cow<'a, str>>,
}

/// Maximum number of authenticators of one purpose
const MAX_AUTHENTICATORS: usize = 256;

/// A century; more is probably a typo
const MAX_AGE_DAYS: u32 = 36_500;

/// The fields of which one is required, between the backticks of the message
const KEYS: &str = if cfg!(feature = "sigstore") {
    "publicKeys` or `identities"
} else {
    "publicKeys"
};

impl Purpose {
    /// Every purpose
    pub const ALL: [Self; 3] = [Self::Vulnerability, Self::Provenance, Self::Freshness];

    /// Returns the field of its list in `evidence.authenticators`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vulnerability => "vulnerability",
            Self::Provenance => "provenance",
            Self::Freshness => "freshness",
        }
    }

    /// Whether statements with this predicate are for this purpose.
    #[must_use]
    pub fn reads(self, predicate_type: &str) -> bool {
        let types = match self {
            Self::Vulnerability => statement::SCANS,
            Self::Provenance => statement::PROVENANCE,
            Self::Freshness => statement::UPLOADS,
        };
        types.contains(&predicate_type)
    }

    /// Whether statements with this predicate are for any purpose.
    pub(crate) fn any_reads(predicate_type: &str) -> bool {
        Self::ALL
            .iter()
            .any(|purpose| purpose.reads(predicate_type))
    }
}

impl<'a> Authenticators<'a> {
    pub(crate) fn read(value: Value<'_, 'a>) -> Self {
        const SCANNERS: &[(&str, Scanners)] = &[("all", Scanners::All), ("any", Scanners::Any)];
        let mut authenticators = Self::default();
        value.object(|key, value| {
            if key == "scanners" {
                authenticators.scanners = choice(value, SCANNERS).unwrap_or_default();
                return;
            }
            let Some(purpose) = Purpose::ALL.into_iter().find(|one| one.name() == key) else {
                return value.unknown();
            };
            value.list_within(MAX_AUTHENTICATORS, |index, item| {
                let one = Authenticator::read(purpose, index, item);
                authenticators.all.push(one);
            });
        });
        authenticators
    }

    /// Returns the authenticators of a purpose.
    pub(crate) fn of(&self, purpose: Purpose) -> impl Iterator<Item = &Authenticator<'a>> {
        self.all.iter().filter(move |one| one.purpose == purpose)
    }

    /// Returns the builders with trusted keys.
    pub(crate) fn builders(&self) -> Vec<Cow<'a, str>> {
        self.all
            .iter()
            .filter_map(|one| one.builder_id.clone())
            .collect()
    }

    /// Decodes all keys and verifies their self-signatures.
    pub(crate) fn check(&self, loading: Loading<'_>, report: &Report) {
        for authenticator in &self.all {
            authenticator.load(loading, report);
        }
    }

    /// Looks up all identities.
    #[cfg(feature = "sigstore")]
    pub(crate) fn check_identities(&self, sigstore: Option<&Sigstore<'a>>, report: &Report) {
        for authenticator in &self.all {
            authenticator.load_identities(sigstore, report);
        }
    }
}

impl<'a> Authenticator<'a> {
    fn read(purpose: Purpose, index: usize, value: Value<'_, 'a>) -> Self {
        let (path, report) = (value.path(), value.report());
        let mut one = Self {
            purpose,
            index,
            name: None,
            keys: Vec::new(),
            #[cfg(feature = "sigstore")]
            identities: SetNames::default(),
            max_age_days: None,
            builder_id: None,
        };
        let (mut saw_keys, mut saw_detail) = (false, false);
        let was_object = value.object(|key, value| match (key, purpose) {
            ("publicKeys", _) => {
                saw_keys = true;
                value.filled_list_within(MAX_KEYS, Code::SettingsInvalidValue, |_, item| {
                    one.keys.push(KeyDocument::read_of_authenticator(item));
                });
            }
            #[cfg(feature = "sigstore")]
            ("identities", _) => {
                saw_keys = true;
                one.identities = SetNames::read(value);
            }
            ("name", Purpose::Vulnerability) => one.name = filled(value),
            ("maxAgeDays", Purpose::Vulnerability) => {
                saw_detail = true;
                one.max_age_days = value.count(MAX_AGE_DAYS, Code::SettingsInvalidValue);
            }
            ("builderId", Purpose::Provenance) => {
                saw_detail = true;
                one.builder_id = read_builder_id(value);
            }
            _ => value.unknown(),
        });
        let fields: &[_] = match purpose {
            Purpose::Vulnerability => &[(KEYS, saw_keys), ("maxAgeDays", saw_detail)],
            Purpose::Provenance => &[(KEYS, saw_keys), ("builderId", saw_detail)],
            Purpose::Freshness => &[(KEYS, saw_keys)],
        };
        report.require(was_object, fields, path, Code::SettingsMissingField);
        one
    }

    /// Returns its label in messages: its name, or its path in the settings.
    pub(crate) fn label(&self) -> String {
        match &self.name {
            Some(name) => crate::quote(name),
            None => alloc::format!(
                "`evidence.authenticators.{}[{}]`",
                self.purpose.name(),
                self.index
            ),
        }
    }

    /// Decodes the keys, and reports unusable ones.
    pub(crate) fn load(&self, loading: Loading<'_>, report: &Report) -> Vec<PublicKey> {
        self.at(|path| {
            let keys = Path::Field(&path, "publicKeys");
            public_key::load(&self.keys, keys, "authenticator", loading, report)
        })
    }

    /// Returns the identities that count like its keys, and reports unknown and invalid ones.
    #[cfg(feature = "sigstore")]
    pub(crate) fn load_identities(
        &self,
        sigstore: Option<&Sigstore<'a>>,
        report: &Report,
    ) -> Identities<'a> {
        self.at(|path| {
            let list = Path::Field(&path, "identities");
            self.identities.load(sigstore, list, report)
        })
    }

    /// Returns no identities: this build has none.
    #[cfg(not(feature = "sigstore"))]
    pub(crate) const fn load_identities(
        &self,
        _: Option<&Sigstore<'a>>,
        _: &Report,
    ) -> Identities<'a> {
        Identities::new()
    }

    /// Calls `use_path` with its path in the settings.
    fn at<T>(&self, use_path: impl FnOnce(Path<'_>) -> T) -> T {
        let root = Path::Root("evidence.authenticators");
        let list = Path::Field(&root, self.purpose.name());
        use_path(Path::Index(&list, self.index))
    }
}

fn read_builder_id<'a>(value: Value<'_, 'a>) -> Option<Cow<'a, str>> {
    let (path, report) = (value.path(), value.report());
    let text = value.text()?;
    if let Err(error) = BuilderId::parse(&text) {
        report.push(Code::SettingsInvalidValue, path, error.to_string());
    }
    Some(text)
}
