//! Sigstore: the trusted roots, and the identities that may sign in place of keys.
//!
//! The documents of the roots and the sets of identities stay unparsed until a signer needs them.

use alloc::borrow::Cow;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::cell::{Cell, OnceCell};

use super::{Identities, InclusionPromises, Requirements, Roots, Trust, TrustedRoot, identity};
use crate::decision::Code;
use crate::json::{MAX_ENTRIES, Path, Raw, Report, SETTINGS, Value, choice, filled};
use policy_text::cursor::Kind;

/// `sigstore`
#[derive(Debug, Default)]
pub(crate) struct Sigstore<'a> {
    roots: Vec<(String, RootSettings<'a>)>,
    /// Unparsed lists of identities
    sets: Vec<(String, Raw<'a>)>,
    /// The sets whose problems have been reported, one bit for each
    reported: Cell<u64>,
    /// Names of sets, by the name of an attestor
    attestors: Vec<(String, SetNames<'a>)>,
    /// Names of sets, by the display name of an authority of `sigstoreSignatureCheck`
    authorities: Vec<(String, SetNames<'a>)>,
}

/// One entry of `sigstore.trustedRoots`
#[derive(Debug, Default)]
struct RootSettings<'a> {
    /// A `trusted_root.json`, unparsed
    document: Option<Raw<'a>>,
    /// Required number of operators of transparency logs; `None` if not set
    transparency_logs: Option<usize>,
    /// Required number of operators of certificate transparency logs; `None` if not set
    ct_logs: Option<usize>,
    /// Required number of operators of timestamp authorities
    signed_timestamps: usize,
    inclusion_promises: Option<InclusionPromises>,
}

/// The trusted roots of one request, each parsed when the first bundle needs it
#[derive(Debug)]
pub(crate) struct TrustedRoots<'s> {
    sigstore: Option<&'s Sigstore<'s>>,
    report: &'s Report,
    /// In the order of the settings; `None` for a root with problems
    roots: OnceCell<Vec<OnceCell<Option<Root>>>>,
}

/// A trusted root and what the settings require under it
#[derive(Debug)]
struct Root {
    document: TrustedRoot,
    requirements: Requirements,
}

/// A list of names of sets, as attestors, authorities and authenticators have it
#[derive(Debug, Clone, Default)]
pub(crate) struct SetNames<'a>(Vec<Cow<'a, str>>);

/// Maximum number of trusted roots
const MAX_ROOTS: usize = 16;
/// Maximum number of sets of identities, for which [`Sigstore::reported`] has bits
const MAX_SETS: usize = 64;
/// Maximum threshold: the maximum number of log entries and timestamps of one bundle
const MAX_THRESHOLD: u32 = 8;

const ROOTS: Path<'static> = Path::Root("sigstore.trustedRoots");
const SETS: Path<'static> = Path::Root("sigstore.identities");
const ATTESTORS: Path<'static> = Path::Root("sigstore.attestors");
const AUTHORITIES: Path<'static> = Path::Root("sigstore.authorities");

impl<'a> Sigstore<'a> {
    /// Reads the names, thresholds and lists, and leaves documents and identities unparsed.
    #[inline(never)] // see docs/performance.md#stack
    pub(crate) fn read(value: Value<'_, 'a>) -> Self {
        let mut sigstore = Self::default();
        value.object(|key, value| match key {
            "trustedRoots" => read_named(value, MAX_ROOTS, |name, value| {
                let root = RootSettings::read(value);
                sigstore.roots.push((name.to_string(), root));
            }),
            "identities" => read_named(value, MAX_SETS, |name, value| {
                sigstore.sets.push((name.to_string(), value.raw()));
            }),
            "attestors" => sigstore.attestors = read_holders(value),
            "authorities" => sigstore.authorities = read_holders(value),
            _ => value.unknown(),
        });
        sigstore
    }

    /// Returns the identities that may sign for an attestor, and reports problems.
    pub(crate) fn of_attestor(&self, name: &str, report: &Report) -> Identities<'a> {
        let names = find(&self.attestors, name);
        names.map_or_else(Vec::new, |names| {
            self.load(names, Path::Field(&ATTESTORS, name), report)
        })
    }

    /// Returns the identities that may sign for an authority, and reports problems.
    pub(crate) fn of_authority(&self, name: &str, report: &Report) -> Identities<'a> {
        let names = find(&self.authorities, name);
        names.map_or_else(Vec::new, |names| {
            self.load(names, Path::Field(&AUTHORITIES, name), report)
        })
    }

    /// Whether `authorities` names this authority.
    pub(crate) fn has_authority(&self, name: &str) -> bool {
        find(&self.authorities, name).is_some()
    }

    /// Returns the identities of the sets in a list at `list`, and reports problems.
    pub(crate) fn load(
        &self,
        names: &SetNames<'a>,
        list: Path<'_>,
        report: &Report,
    ) -> Identities<'a> {
        let mut identities = Vec::new();
        for (index, name) in names.0.iter().enumerate() {
            match self.sets.iter().position(|(own, _)| own == name) {
                Some(place) => identities.append(&mut self.read_set(place, report)),
                None => report_unknown_set(name, Path::Index(&list, index), report),
            }
        }
        identities
    }

    /// Parses what no signer needs: unused sets, and the lists of unknown signers. `attestors` are the names of the
    /// attestors, and `authorities` the display names of the authorities, with duplicates.
    pub(crate) fn check(&self, attestors: &[&str], authorities: &[&str], report: &Report) {
        for (name, root) in &self.roots {
            root.load(Path::Field(&ROOTS, name), report);
        }
        for place in 0..self.sets.len() {
            self.read_set(place, report);
        }
        for (name, names) in &self.attestors {
            let path = Path::Field(&ATTESTORS, name);
            if !attestors.contains(&name.as_str()) {
                let message = "no attestor has this name";
                report.push(Code::SettingsInvalidValue, path, message);
                self.load(names, path, report);
            }
        }
        for (name, names) in &self.authorities {
            let path = Path::Field(&AUTHORITIES, name);
            match authorities.iter().filter(|one| *one == name).count() {
                0 => {
                    let message =
                        "no authority of a `sigstoreSignatureCheck` has this `displayName`";
                    report.push(Code::SettingsInvalidValue, path, message);
                    self.load(names, path, report);
                }
                1 => {}
                _ => {
                    let message = "several authorities have this `displayName`";
                    report.push(Code::SettingsInvalidValue, path, message);
                }
            }
        }
    }

    /// Parses one set. Several signers may name it, so only the first parse reports its problems.
    fn read_set(&self, place: usize, report: &Report) -> Identities<'a> {
        let mut identities = Vec::new();
        let Some((name, text)) = self.sets.get(place) else {
            return identities;
        };
        let own_bit = u32::try_from(place)
            .ok()
            .and_then(|place| 1_u64.checked_shl(place));
        let own_bit = own_bit.unwrap_or_default();
        let is_reported = self.reported.get() & own_bit != 0;
        self.reported.set(self.reported.get() | own_bit);
        let unheard = Report::default();
        let report = if is_reported { &unheard } else { report };
        let roots = self.roots.iter();
        let roots: Vec<_> = roots
            .filter_map(|(name, root)| Some((name.as_str(), self.place_of(root)?)))
            .collect();
        text.read(SETTINGS, Path::Field(&SETS, name), report, |value| {
            identities = identity::read_set(value, &roots);
        });
        identities
    }

    /// Returns the place of the first root with the same document as this one, which may be itself.
    fn place_of(&self, root: &RootSettings<'a>) -> Option<usize> {
        let document = |root: &RootSettings<'a>| root.document.map(Raw::text);
        let is_same = |(_, other): &(String, RootSettings<'a>)| document(other) == document(root);
        self.roots.iter().position(is_same)
    }
}

impl<'a> RootSettings<'a> {
    fn read(value: Value<'_, 'a>) -> Self {
        const PROMISES: &[(&str, InclusionPromises)] = &[
            ("refuse", InclusionPromises::Refuse),
            ("accept", InclusionPromises::Accept),
        ];
        let (path, report) = (value.path(), value.report());
        let mut root = Self::default();
        let mut saw_document = false;
        let threshold = |value: Value<'_, 'a>| {
            let count = value.count_from(0, MAX_THRESHOLD, Code::SettingsInvalidValue)?;
            usize::try_from(count).ok()
        };
        let was_object = value.object(|key, value| match key {
            "document" => {
                saw_document = true;
                if value.is_object() {
                    root.document = Some(value.raw());
                } else {
                    value.refuse(Code::SettingsWrongType, "expected an object");
                }
            }
            "transparencyLogs" => root.transparency_logs = threshold(value),
            "ctLogs" => root.ct_logs = threshold(value),
            "signedTimestamps" => {
                root.signed_timestamps = threshold(value).unwrap_or_default();
            }
            // A boolean is a likely mistake, and `choice` would not tell the names.
            "inclusionPromises" if value.kind() == Kind::Bool => {
                value.refuse(Code::SettingsWrongType, "expected `accept` or `refuse`");
            }
            "inclusionPromises" => {
                root.inclusion_promises = choice(value, PROMISES);
            }
            _ => value.unknown(),
        });
        let fields = [("document", saw_document)];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
        root
    }
}

impl RootSettings<'_> {
    /// Parses the document, and checks that bundles can meet the requirements. The result is usable only without a
    /// problem.
    fn load(&self, path: Path<'_>, report: &Report) -> Option<Root> {
        let document = Path::Field(&path, "document");
        let document = TrustedRoot::read(self.document?, document, report)?;
        let logs = (self.transparency_logs, document.transparency_logs());
        let ct_logs = (self.ct_logs, document.ct_logs());
        let requirements = Requirements {
            transparency_logs: require_logs("transparencyLogs", logs, path, report),
            ct_logs: require_logs("ctLogs", ct_logs, path, report),
            signed_timestamps: self.signed_timestamps,
            inclusion_promises: self.inclusion_promises.unwrap_or(InclusionPromises::Refuse),
        };
        let authorities = document.timestamp_authorities();
        let message = if self.signed_timestamps > authorities {
            match authorities {
                0 => "must be 0: the document has no usable timestamp authorities".to_string(),
                1 => {
                    "must be at most 1: all timestamp authorities of the document have one operator"
                        .to_string()
                }
                _ => alloc::format!(
                    "must be at most {authorities}: the timestamp authorities of the document have \
                     {authorities} operators"
                ),
            }
        } else if self.signed_timestamps == 0 && !document.has_integrated_times() {
            "no log of the document states when a signature was made; write `signedTimestamps: 1` to \
             require a timestamp"
                .to_string()
        } else {
            String::new()
        };
        if !message.is_empty() {
            let path = Path::Field(&path, "signedTimestamps");
            report.push(Code::SettingsInvalidValue, path, message);
        }
        Some(Root {
            document,
            requirements,
        })
    }
}

/// Returns the required number of operators of logs, by default one. Doing without logs must be written.
fn require_logs(
    field: &str,
    (required, available): (Option<usize>, usize),
    path: Path<'_>,
    report: &Report,
) -> usize {
    match required {
        None if available == 0 => {
            let message = alloc::format!(
                "the document has no usable logs for `{field}`; write `{field}: 0` to do without"
            );
            report.push(Code::SettingsMissingField, path, message);
        }
        Some(1..) if available == 0 => {
            let message = "must be 0: the document has no usable logs";
            report.push(
                Code::SettingsInvalidValue,
                Path::Field(&path, field),
                message,
            );
        }
        _ => {}
    }
    required.unwrap_or(1)
}

impl<'s> TrustedRoots<'s> {
    pub(crate) const fn new(sigstore: Option<&'s Sigstore<'s>>, report: &'s Report) -> Self {
        Self {
            sigstore,
            report,
            roots: OnceCell::new(),
        }
    }

    /// Returns the root with this name; `None`, with the problems in the report, if it is not usable.
    fn get(&self, name: &str) -> Option<&Root> {
        let settings = &self.sigstore?.roots;
        let place = settings.iter().position(|(own, _)| own == name)?;
        let roots = self
            .roots
            .get_or_init(|| settings.iter().map(|_| OnceCell::new()).collect());
        let root = roots.get(place)?.get_or_init(|| {
            let known = self.report.total();
            let (_, root) = settings.get(place)?;
            let root = root.load(Path::Field(&ROOTS, name), self.report);
            root.filter(|_| self.report.total() == known)
        });
        root.as_ref()
    }
}

impl Roots for TrustedRoots<'_> {
    fn trust(&self, name: &str) -> Result<Trust<'_>, String> {
        let root = self.get(name);
        let root = root
            .ok_or_else(|| alloc::format!("Trusted root {} is not usable", crate::quote(name)))?;
        Ok(Trust {
            root: &root.document,
            requirements: root.requirements,
        })
    }
}

impl<'a> SetNames<'a> {
    /// Reads a list of at least one name.
    pub(crate) fn read(value: Value<'_, 'a>) -> Self {
        let (path, report) = (value.path(), value.report());
        let mut names = Vec::new();
        let was_list = value.list_within(MAX_SETS, |_, item| names.extend(filled(item)));
        if was_list && names.is_empty() {
            report.push(Code::SettingsInvalidValue, path, "must not be empty");
        }
        Self(names)
    }

    /// Returns the identities of the sets in a list at `list`, and reports problems. Without `sigstore`, the
    /// settings have no sets.
    pub(crate) fn load(
        &self,
        sigstore: Option<&Sigstore<'a>>,
        list: Path<'_>,
        report: &Report,
    ) -> Identities<'a> {
        if let Some(sigstore) = sigstore {
            return sigstore.load(self, list, report);
        }
        for (index, name) in self.0.iter().enumerate() {
            report_unknown_set(name, Path::Index(&list, index), report);
        }
        Vec::new()
    }
}

fn report_unknown_set(name: &str, path: Path<'_>, report: &Report) {
    let message = alloc::format!("{} is not among `sigstore.identities`", crate::quote(name));
    report.push(Code::SettingsInvalidValue, path, message);
}

fn find<'l, T>(list: &'l [(String, T)], name: &str) -> Option<&'l T> {
    let (_, found) = list.iter().find(|(own, _)| own == name)?;
    Some(found)
}

/// Reads a map with names of its own, and a limit on its size.
fn read_named<'a>(value: Value<'_, 'a>, limit: usize, mut each: impl FnMut(&str, Value<'_, 'a>)) {
    let mut count = 0_usize;
    value.object(|name, value| {
        count = count.saturating_add(1);
        if count > limit {
            if count == limit.saturating_add(1) {
                let message = alloc::format!("more than {limit} entries");
                value.refuse(Code::SettingsInvalidValue, message);
            }
            return;
        }
        if !is_name(name) {
            let message =
                "expected a name of 1 to 63 of the characters `a` to `z`, `0` to `9` and `-`";
            value.refuse(Code::SettingsInvalidValue, message);
        }
        each(name, value);
    });
}

/// Reads the sets of attestors or authorities.
fn read_holders<'a>(value: Value<'_, 'a>) -> Vec<(String, SetNames<'a>)> {
    let mut holders = Vec::new();
    value.object(|name, value| {
        if holders.len() < MAX_ENTRIES {
            holders.push((name.to_string(), SetNames::read(value)));
        } else {
            let message = alloc::format!("more than {MAX_ENTRIES} entries");
            value.refuse(Code::LimitExceeded, message);
        }
    });
    holders
}

fn is_name(name: &str) -> bool {
    let is_allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(is_allowed)
}
