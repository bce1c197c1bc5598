//! `slsaCheck`: whether a trusted builder built the image from a trusted place.

mod provenance;

use alloc::borrow::Cow;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::{CheckDocument, Facts, Outcome, Place, projects};
use crate::decision::Code;
use crate::image::ImageReference;
use crate::json::{Path, Report, Value};
use crate::pattern::{BuilderId, SourceRepository};
use crate::policy::public_key::Loading;
use crate::policy::refuse_pattern;
use crate::sigstore::Sigstore;

/// Rules of which one suffices
#[derive(Debug)]
pub(crate) struct SlsaCheck<'a> {
    place: Place,
    rules: Vec<SlsaRule<'a>>,
}

/// Requirements on provenance, which one statement must satisfy completely
#[derive(Debug)]
struct SlsaRule<'a> {
    builder: TrustedBuilder<'a>,
    /// Whether the build's configuration must be a file in a repository
    config_based: bool,
    /// Patterns of allowed repositories; empty allows any
    patterns: Vec<Cow<'a, str>>,
}

/// `trustedBuilder`
#[derive(Debug, Clone, PartialEq, Eq)]
enum TrustedBuilder<'a> {
    /// Google Cloud Build, the only builder of Google's API
    GoogleCloudBuild,
    /// The `builder.id` of a builder with keys in the settings; an extension
    Id(Cow<'a, str>),
}

impl<'a> CheckDocument<'a> for SlsaCheck<'a> {
    fn read(place: Place, value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let mut rules = Vec::new();
        let mut saw_rules = false;
        let was_object = value.object(|key, value| match key {
            "rules" => {
                let (path, report) = (value.path(), value.report());
                let mut is_empty = true;
                saw_rules = true;
                let was_list = value.list(|_, item| {
                    is_empty = false;
                    rules.extend(SlsaRule::read(item));
                });
                if was_list && is_empty {
                    report.push(Code::PolicyLimit, path, "must not be empty");
                }
            }
            _ => value.unknown(),
        });
        report.require(was_object, &[("rules", saw_rules)], path, Code::PolicyLimit);
        was_object.then_some(Self { place, rules })
    }

    fn check(
        &self,
        builders: &[Cow<'_, str>],
        _: Option<&Sigstore<'a>>,
        _: Loading<'_>,
        report: &Report,
    ) {
        self.check_builders(builders, report);
    }

    fn judge<'t>(
        &self,
        _: &ImageReference<'_>,
        facts: Option<&mut impl Facts<'t>>,
        report: &Report,
    ) -> Option<Outcome> {
        let facts = facts?;
        self.check_builders(&facts.authenticators().builders(), report);
        Some(provenance::judge(&self.rules, facts))
    }
}

impl SlsaCheck<'_> {
    /// Reports builders of rules that have no keys in the settings.
    fn check_builders(&self, known: &[Cow<'_, str>], report: &Report) {
        self.place.at(|path| {
            let path = Path::Field(&path, "slsaCheck");
            let list = Path::Field(&path, "rules");
            for (index, rule) in self.rules.iter().enumerate() {
                let TrustedBuilder::Id(id) = &rule.builder else {
                    continue;
                };
                // A rule may name one revision or run of a builder whose key signs for all of them.
                let covers = |known: &Cow<'_, str>| {
                    known == id || BuilderId::parse(known).is_ok_and(|known| known.matches(id))
                };
                if known.iter().any(covers) {
                    continue;
                }
                let path = Path::Index(&list, index);
                let message = alloc::format!(
                    "{} is neither `GOOGLE_CLOUD_BUILD` nor a `builderId` of `evidence.authenticators.provenance`",
                    crate::quote(id)
                );
                report.push(Code::PolicyUnknownEnum, Path::Field(&path, "trustedBuilder"), message);
            }
        });
    }
}

impl TrustedBuilder<'_> {
    /// Whether a `builder.id` in provenance is this builder's.
    fn is(&self, id: &str) -> bool {
        match self {
            // The rest is the kind of worker and its version.
            Self::GoogleCloudBuild => id.starts_with("https://cloudbuild.googleapis.com/"),
            Self::Id(own) => BuilderId::parse(own).is_ok_and(|own| own.matches(id)),
        }
    }

    /// Whether this is the builder of an authenticator, by its `builderId`.
    fn is_named(&self, builder_id: &str) -> bool {
        matches!(self, Self::Id(own) if own == builder_id) || self.is(builder_id)
    }
}

impl<'a> SlsaRule<'a> {
    fn read(value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut builder, mut saw_builder) = (None, false);
        let mut config_based = false;
        let mut patterns = Vec::new();
        let was_object = value.object(|key, value| match key {
            "trustedBuilder" => {
                saw_builder = true;
                builder = read_builder(value);
            }
            "attestationSource" => {
                value.object(|key, value| match key {
                    "containerAnalysisAttestationProjects" => projects::read(value),
                    _ => value.unknown(),
                });
            }
            "configBasedBuildRequired" => config_based = value.flag().unwrap_or_default(),
            "trustedSourceRepoPatterns" => {
                value.list(|_, item| patterns.extend(read_pattern(item)));
            }
            "customConstraints" => {
                let message = "constraints in CEL are not supported; remove them";
                value.refuse(Code::PolicyUnsupportedFeature, message);
            }
            _ => value.unknown(),
        });
        let fields = [("trustedBuilder", saw_builder)];
        report.require(was_object, &fields, path, Code::SettingsMissingField);
        Some(Self {
            builder: builder?,
            config_based,
            patterns,
        })
    }

    /// Whether the rule allows a repository.
    fn trusts_repository(&self, url: &str) -> bool {
        let mut patterns = self.patterns.iter();
        patterns.any(|text| SourceRepository::parse(text).is_ok_and(|one| one.matches(url)))
    }

    /// Whether the rule restricts repositories.
    fn names_repositories(&self) -> bool {
        !self.patterns.is_empty()
    }
}

fn read_builder<'a>(value: Value<'_, 'a>) -> Option<TrustedBuilder<'a>> {
    let (path, report) = (value.path(), value.report());
    // A number or boolean is reported as such, like for every enumeration.
    let text = value.name(Code::PolicyNumericEnum)?;
    match text.as_ref() {
        "GOOGLE_CLOUD_BUILD" => Some(TrustedBuilder::GoogleCloudBuild),
        "" | "BUILDER_UNSPECIFIED" => {
            let message = "expected `GOOGLE_CLOUD_BUILD` or the `builderId` of a builder";
            report.push(Code::PolicyUnknownEnum, path, message);
            None
        }
        _ => {
            if let Err(error) = BuilderId::parse(&text) {
                report.push(Code::PolicyUnknownEnum, path, error.to_string());
                return None;
            }
            Some(TrustedBuilder::Id(text))
        }
    }
}

fn read_pattern<'a>(value: Value<'_, 'a>) -> Option<Cow<'a, str>> {
    let (path, report) = (value.path(), value.report());
    let text = value.text()?;
    if let Err(error) = SourceRepository::parse(&text) {
        refuse_pattern(&text, &error, path, report);
    }
    Some(text)
}
