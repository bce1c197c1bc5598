//! Signers of a suite: one for each attestor, authenticator and key of a check, and what each attests.

use policy_wasm::pattern::BuilderId;
use serde_json::Value;

use super::candidate::Attested;
use super::image::repositories;
use crate::fields::{items, list, text};
use crate::settings_view::{AttestorView, SettingsView};
use crate::suite::mutation::sigstore::{covered, wider_subjects};
use crate::suite::place::Place;
use crate::yaml::scalar;

/// A signer
#[derive(Debug, Clone)]
pub(super) struct Signer {
    pub(super) name: String,
    /// Its fields in the suite
    pub(super) fields: String,
    pub(super) says: Says,
    /// The attestor, authenticator or authority that it satisfies, of whose signers any one suffices
    holder: String,
    /// Fields of attestations in whose certificates one part of its identity is another, that it nearly covers; `None`
    /// for a signer with a key
    pub(super) look_alikes: Option<Vec<String>>,
    /// Predicate types of the statements that requirements ask an attestor for, of each list any
    pub(super) types: Vec<Vec<String>>,
}

/// The statement of a signer about an image
#[derive(Debug, Clone)]
pub(super) enum Says {
    /// That an image may run, under this note
    Approval(String),
    /// Like [`Self::Approval`], for a check, which asks for no note
    Signed,
    /// Like [`Self::Signed`], in the format of cosign
    Cosign,
    /// A scan, which may be so many days old
    Scan(Option<u64>),
    /// Provenance, by a builder with an id that this pattern covers
    Provenance(String),
    /// An upload time
    Upload,
}

/// A source of attestations that the settings turn on
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Source {
    pub(super) name: &'static str,
    /// Notes whose attestations are there; `None` for all
    notes: Option<Vec<String>>,
}

/// The signers of some settings, and the sources in which they store what they attest
#[derive(Debug)]
pub(super) struct Signers {
    pub(super) all: Vec<Signer>,
    /// The preferred one first
    pub(super) sources: Vec<Source>,
    /// Builds whose provenance satisfies the rules of checks
    pub(super) builds: Vec<Build>,
}

/// A builder and a source repository that a rule of a check trusts
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Build {
    /// `trustedBuilder`
    pub(super) builder: String,
    /// The repository; none if provenance names none
    pub(super) source: Option<String>,
}

impl Signer {
    pub(super) const fn is_identity(&self) -> bool {
        self.look_alikes.is_some()
    }

    /// Fields of a statement of the first type of each list.
    pub(super) fn statements(&self) -> Vec<String> {
        let first = self.types.iter().filter_map(|types| types.first());
        first.map(|uri| statement(uri)).collect()
    }
}

/// Fields of an attestation that is a statement of a type
pub(super) fn statement(predicate_type: &str) -> String {
    format!(", statement: {{predicateType: {}}}", scalar(predicate_type))
}

impl Signers {
    pub(super) fn of(settings: &Value) -> Self {
        Self {
            all: signers(settings),
            sources: sources(settings),
            builds: builds(settings),
        }
    }

    /// Returns attestations by all signers that satisfy every rule and check, each in its preferred source.
    pub(super) fn all_attest(&self, image: &str) -> Vec<Attested> {
        let attest = |signer| self.attest(signer, image, None);
        self.all.iter().flat_map(attest).collect()
    }

    /// The sources one by one: in the cluster, the namespace of each note.
    pub(super) fn places(&self) -> Vec<Source> {
        let each = self.sources.iter().flat_map(|source| match &source.notes {
            None => vec![source.clone()],
            Some(notes) => {
                let notes = notes.iter().map(|note| Source {
                    name: source.name,
                    notes: Some(vec![note.clone()]),
                });
                notes.collect()
            }
        });
        each.collect()
    }

    /// Returns the attestations of [`Self::all_attest`] without those by a signer, and by others that could take its
    /// place.
    pub(super) fn attest_without(&self, image: &str, left_out: &Signer) -> Vec<Attested> {
        let others = self.all.iter();
        let others = others.filter(|one| one.holder != left_out.holder);
        let attest = |signer| self.attest(signer, image, None);
        others.flat_map(attest).collect()
    }

    /// Returns the attestations of [`Self::all_attest`] of which those for attestors are by these attestors only.
    pub(super) fn attest_by(&self, image: &str, attestors: &[&str]) -> Vec<Attested> {
        let is_one = |signer: &&Signer| {
            !matches!(signer.says, Says::Approval(_)) || attestors.contains(&signer.holder.as_str())
        };
        let signers = self.all.iter().filter(is_one);
        signers
            .flat_map(|signer| self.attest(signer, image, None))
            .collect()
    }

    /// Returns attestations by all signers; `other` replaces the statements of the signers that it knows.
    pub(super) fn attest_with(
        &self,
        image: &str,
        other: impl Fn(&Signer) -> Option<Vec<String>>,
    ) -> Vec<Attested> {
        let attest = |signer: &Signer| match other(signer) {
            Some(said) => said
                .into_iter()
                .filter_map(|said| self.attested(signer, image, None, &said))
                .collect(),
            None => self.attest(signer, image, None),
        };
        self.all.iter().flat_map(attest).collect()
    }

    /// Returns the attestations by one signer, in this source or in its preferred one.
    pub(super) fn attest(
        &self,
        signer: &Signer,
        image: &str,
        source: Option<&Source>,
    ) -> Vec<Attested> {
        let said = match &signer.says {
            Says::Provenance(own) => {
                let builds = self.builds.iter().filter_map(|build| build.by(own));
                let mut said: Vec<_> = builds.collect();
                said.dedup();
                said
            }
            says => {
                let mut said = vec![says.usual().to_owned()];
                said.extend(signer.statements());
                said
            }
        };
        let attested = |said: String| self.attested(signer, image, source, &said);
        said.into_iter().filter_map(attested).collect()
    }

    /// Returns an attestation by one signer with these fields.
    pub(super) fn attested(
        &self,
        signer: &Signer,
        image: &str,
        source: Option<&Source>,
        said: &str,
    ) -> Option<Attested> {
        let mut taking = self.sources.iter().filter(|one| one.takes(&signer.says));
        let source = match source {
            Some(source) => source.takes(&signer.says).then_some(source)?,
            None => taking.next()?,
        };
        let note = match (&signer.says, &source.notes) {
            // Nothing of an identity names the attestor whose namespace it is.
            (Says::Approval(note), Some(_)) if signer.is_identity() => {
                format!(", note: {}", scalar(note))
            }
            (Says::Approval(_), _) | (_, None) => String::new(),
            (_, Some(notes)) => format!(", note: {}", scalar(notes.first()?)),
        };
        let format = match signer.says {
            Says::Cosign if source.name == "registry" && !signer.is_identity() => {
                ", format: cosign"
            }
            _ => "",
        };
        Some(Attested {
            by: signer.name.clone(),
            image: image.to_owned(),
            source: source.name,
            more: format!("{said}{note}{format}"),
        })
    }
}

impl Says {
    /// Fields of an attestation that says so, unless rules of checks decide
    pub(super) const fn usual(&self) -> &'static str {
        match self {
            Self::Scan(_) => ", scan: {age: 1h}",
            Self::Upload => ", upload: {age: 1h}",
            Self::Approval(_) | Self::Signed | Self::Cosign | Self::Provenance(_) => "",
        }
    }
}

impl Build {
    /// Provenance of a builder whose ids this pattern covers; `None` if the rule does not trust it.
    pub(super) fn by(&self, own: &str) -> Option<String> {
        let covers = |pattern: &str, id: &str| {
            BuilderId::parse(pattern).is_ok_and(|pattern| pattern.matches(id))
        };
        let id = match self.builder.as_str() {
            "GOOGLE_CLOUD_BUILD" => {
                let id = builder(own);
                id.starts_with("https://cloudbuild.googleapis.com/")
                    .then_some(id)?
            }
            trusted => {
                let narrow = [builder(trusted), builder(own)];
                let is_both = |id: &String| covers(trusted, id) && covers(own, id);
                narrow.into_iter().find(is_both)?
            }
        };
        let source = match &self.source {
            Some(source) => format!(", source: {}", scalar(source)),
            None => String::new(),
        };
        Some(format!(
            ", provenance: {{builder: {}{source}}}",
            scalar(&id)
        ))
    }

    pub(super) fn from(&self, source: Option<String>) -> Self {
        Self {
            source,
            ..self.clone()
        }
    }
}

/// An id that a `builderId` covers.
fn builder(pattern: &str) -> String {
    match pattern.strip_suffix('*') {
        Some(stem) => format!("{stem}1"),
        None => pattern.to_owned(),
    }
}

impl Source {
    /// Its title in names of cases.
    pub(super) fn title(&self) -> String {
        match self.notes.as_deref() {
            Some([note]) => format!("{}, {note}", self.name),
            _ => self.name.to_owned(),
        }
    }

    /// Whether the policy would read it there.
    fn takes(&self, says: &Says) -> bool {
        match (self.name, says, &self.notes) {
            ("kubernetes", Says::Approval(note), Some(notes)) => notes.contains(note),
            ("kubernetes", Says::Cosign, _) => false,
            // The author of a Pod could choose an old one.
            ("pod-annotation", Says::Scan(_) | Says::Upload | Says::Cosign, _) => false,
            _ => true,
        }
    }
}

fn sources(settings: &Value) -> Vec<Source> {
    let is_on = |pointer: &str| settings.pointer(pointer) == Some(&Value::Bool(true));
    let notes = settings.pointer("/evidence/kubernetes/notes");
    let notes = notes.and_then(Value::as_object);
    let notes: Option<Vec<_>> = notes.map(|notes| notes.keys().cloned().collect());
    let source = |name, is_on: bool| is_on.then_some(Source { name, notes: None });
    let kubernetes = notes.filter(|notes| !notes.is_empty()).map(|notes| Source {
        name: "kubernetes",
        notes: Some(notes),
    });
    let all = [
        kubernetes,
        source("registry", is_on("/evidence/registry")),
        source("referrers", is_on("/evidence/referrers")),
        source("pod-annotation", is_on("/evidence/podAnnotation")),
        source("settings", true),
    ];
    all.into_iter().flatten().collect()
}

fn signers(settings: &Value) -> Vec<Signer> {
    let mut signers = Names::default();
    for AttestorView {
        name, note, keys, ..
    } in SettingsView(settings).attestors()
    {
        let says = Says::Approval(note.to_owned());
        let stem = name.rsplit('/').next().unwrap_or(name);
        let identities = identities(settings, "attestors", name);
        if !keys.is_empty() || identities.is_empty() {
            let is_envelope = keys.iter().any(is_ed25519);
            signers.add(stem, name, is_envelope, says.clone());
        }
        for identity in identities {
            signers.add_identity(stem, name, identity, says.clone());
        }
    }
    let authenticators = Place::default().key("evidence").key("authenticators");
    for (purpose, stem) in [
        ("vulnerability", "scanner"),
        ("provenance", "builder"),
        ("freshness", "uploader"),
    ] {
        let place = authenticators.key(purpose);
        for (index, one) in items(place.get(settings)).iter().enumerate() {
            let says = match purpose {
                "vulnerability" => Says::Scan(one.get("maxAgeDays").and_then(Value::as_u64)),
                "provenance" => Says::Provenance(text(one, "builderId").to_owned()),
                _ => Says::Upload,
            };
            let stem = match text(one, "name") {
                "" => stem,
                name => name,
            };
            let sets = list(one, "identities").iter().filter_map(Value::as_str);
            let identities = sets.flat_map(|set| {
                let all = settings.pointer("/sigstore/identities");
                all.map_or(&[][..], |all| list(all, set))
            });
            let holder = place.index(index).to_string();
            if one.get("publicKeys").is_some() {
                signers.add(stem, &holder, false, says.clone());
            }
            for identity in identities {
                signers.add_identity(stem, &holder, identity, says.clone());
            }
        }
    }
    each_check(settings, |check, place| {
        for (kind, field, stem, says) in [
            (
                "simpleSigningAttestationCheck",
                "attestationAuthenticators",
                "authenticator",
                Says::Signed,
            ),
            (
                "sigstoreSignatureCheck",
                "sigstoreAuthorities",
                "authority",
                Says::Cosign,
            ),
        ] {
            let owners = check.get(kind).map_or(&[][..], |one| list(one, field));
            for (index, owner) in owners.iter().enumerate() {
                let place = place.key(kind).key(field).index(index);
                let (holder, name) = (place.to_string(), text(owner, "displayName"));
                let identities = match kind {
                    "sigstoreSignatureCheck" => identities(settings, "authorities", name),
                    _ => Vec::new(),
                };
                let has_keys = owner.get("publicKeySet").is_some();
                if has_keys || identities.is_empty() {
                    signers.add(stem, &holder, false, says.clone());
                }
                for identity in identities {
                    signers.add_identity(stem, &holder, identity, says.clone());
                }
            }
        }
    });
    for signer in &mut signers.0 {
        let types = SettingsView(settings).predicate_types(&signer.holder);
        let types = types.into_iter();
        signer.types = types
            .map(|types| types.into_iter().map(str::to_owned).collect())
            .collect();
        signer.types.dedup();
    }
    signers.0
}

#[derive(Default)]
struct Names(Vec<Signer>);

impl Names {
    fn add(&mut self, stem: &str, holder: &str, is_envelope: bool, says: Says) {
        let algorithm = if is_envelope {
            ", algorithm: ED25519"
        } else {
            ""
        };
        let fields = format!("standsFor: {}{algorithm}", scalar(holder));
        self.push(stem, holder, fields, says, None);
    }

    fn add_identity(&mut self, stem: &str, holder: &str, identity: &Value, says: Says) {
        let look_alikes = look_alikes(identity);
        let fields = signer_fields(identity);
        self.push(stem, holder, fields, says, Some(look_alikes));
    }

    fn push(
        &mut self,
        stem: &str,
        holder: &str,
        fields: String,
        says: Says,
        look_alikes: Option<Vec<String>>,
    ) {
        let is_taken = |name: &str| self.0.iter().any(|one| one.name == name);
        let mut name = stem.to_owned();
        let mut number = 2_usize;
        while is_taken(&name) {
            name = format!("{stem}-{number}");
            number = number.saturating_add(1);
        }
        self.0.push(Signer {
            name,
            fields,
            says,
            holder: holder.to_owned(),
            look_alikes,
            types: Vec::new(),
        });
    }
}

/// The identities of an attestor or an authority
fn identities<'s>(settings: &'s Value, holders: &str, name: &str) -> Vec<&'s Value> {
    let sigstore = settings.get("sigstore").unwrap_or(&Value::Null);
    let sets = sigstore.get(holders).map_or(&[][..], |all| list(all, name));
    let identities = sigstore.get("identities").unwrap_or(&Value::Null);
    let sets = sets.iter().filter_map(Value::as_str);
    sets.flat_map(|set| list(identities, set)).collect()
}

/// Fields of attestations by an identity, which a wider one would cover and which this one covers only where a claim
/// has several texts.
fn look_alikes(identity: &Value) -> Vec<String> {
    let wider = wider_subjects(text(identity, "subjectPattern")).into_iter();
    let subjects = wider.map(|wider| format!(", subject: {}", scalar(&covered(&wider))));
    let claims = identity.get("claims").and_then(Value::as_object);
    let claims = claims.into_iter().flatten().flat_map(|(name, value)| {
        let texts = items(Some(value)).iter().filter_map(Value::as_str);
        let texts = texts.chain(["https://example.com/another"]);
        let fields = texts.map(|text| format!(", claims: {{{name}: {}}}", scalar(text)));
        fields.collect::<Vec<_>>()
    });
    subjects.chain(claims).collect()
}

fn signer_fields(identity: &Value) -> String {
    let subject = match text(identity, "subject") {
        "" => covered(text(identity, "subjectPattern")),
        subject => subject.to_owned(),
    };
    let mut fields = vec![
        format!("subject: {}", scalar(&subject)),
        format!("issuer: {}", scalar(text(identity, "issuer"))),
    ];
    let claims = identity.get("claims").and_then(Value::as_object);
    let claims = claims.into_iter().flatten().map(|(name, value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Array(texts) => texts
                .first()
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            pattern => covered(text(pattern, "pattern")),
        };
        format!("{name}: {}", scalar(&text))
    });
    let claims: Vec<_> = claims.collect();
    if !claims.is_empty() {
        fields.push(format!("claims: {{{}}}", claims.join(", ")));
    }
    let root = text(identity, "trustedRoot");
    fields.push(format!("trustedRoot: {}", scalar(root)));
    fields.join(", ")
}

fn is_ed25519(key: &Value) -> bool {
    let algorithm = key.pointer("/pkixPublicKey/signatureAlgorithm");
    algorithm.and_then(Value::as_str) == Some("ED25519")
}

/// Every check with its place.
pub(super) fn each_check(settings: &Value, mut each: impl FnMut(&Value, &Place)) {
    for ([policy, set], check_set) in SettingsView(settings).all_check_sets() {
        let place = Place::default().key("platformPolicies").index(policy);
        let place = place.key("gkePolicy").key("checkSets").index(set);
        for (check, one) in list(check_set, "checks").iter().enumerate() {
            each(one, &place.key("checks").index(check));
        }
    }
    let rules = Place::default().key("imagePolicy").key("rules");
    for (index, rule) in SettingsView(settings).image_rules().enumerate() {
        let place = rules.index(index).key("require");
        for (index, requirement) in list(rule, "require").iter().enumerate() {
            if let Some(check) = requirement.get("check") {
                each(check, &place.index(index).key("check"));
            }
        }
    }
}

fn builds(settings: &Value) -> Vec<Build> {
    let mut found = Vec::new();
    each_check(settings, |check, _| {
        let rules = check
            .get("slsaCheck")
            .map_or(&[][..], |one| list(one, "rules"));
        for rule in rules {
            let patterns = list(rule, "trustedSourceRepoPatterns").iter();
            let patterns = patterns.filter_map(Value::as_str);
            let mut sources: Vec<_> = patterns
                .filter_map(|pattern| repositories(pattern).into_iter().next())
                .map(Some)
                .collect();
            if sources.is_empty() {
                sources.push(Some("https://github.com/example/app".to_owned()));
            }
            for source in sources {
                let build = Build {
                    builder: text(rule, "trustedBuilder").to_owned(),
                    source,
                };
                if !found.contains(&build) {
                    found.push(build);
                }
            }
        }
    });
    found
}
