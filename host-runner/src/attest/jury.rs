//! Everything in settings for which an attestation can count: attestors, and signers for checks.

use std::path::Path;

use anyhow::{Result, bail};
use policy_wasm::time::Time;
use serde_json::Value;

use super::attestor::Attestor;
use super::check_question::{CheckFinding, CheckQuestion};
use super::decoded::Decoded;
use super::image::Image;
use super::typed::{self, OfType};
use super::verification::{Finding, Question};
use crate::inputs;
use crate::judge::{Judge, SettingsProblems};
use crate::offline_host::OfflineHost;
use crate::settings_view::SettingsView;
use crate::terminal::shown;

/// The attestors and checks that are asked, and the module that answers
pub(crate) struct Jury {
    judge: Judge,
    pub(crate) settings: Value,
    attestors: Vec<Attestor>,
    checks: Vec<CheckQuestion>,
}

/// The answers about one attestation
#[derive(Debug)]
pub(crate) struct Findings {
    /// One for each attestor
    pub(crate) attestors: Vec<AttestorFinding>,
    /// One for each signer for checks that read such attestations
    pub(crate) checks: Vec<CheckFinding>,
}

/// The answers about an attestor
#[derive(Debug)]
pub(crate) struct AttestorFinding {
    /// As an approval, or as a statement of its type if a rule asks for that
    pub(crate) finding: Finding,
    /// For each type that rules ask for
    pub(crate) typed: Vec<OfType>,
}

impl Jury {
    /// Reads the settings, or returns the problems of invalid ones. With the name of an attestor, only this attestor is
    /// asked.
    pub(crate) fn of(
        path: &Path,
        attestor: Option<&str>,
        module: &[u8],
        time: Option<Time>,
    ) -> Result<Result<Self, SettingsProblems>> {
        let settings = inputs::settings(path)?;
        let judge = Judge::new(module, |_| Ok(OfflineHost::from_folders(None, None)), time)?;
        if let Some(problems) = judge.check_settings(&settings)? {
            return Ok(Err(problems));
        }
        let (names, checks) = match attestor {
            Some(name) => (vec![name], Vec::new()),
            None => (
                SettingsView(&settings).attestor_names(),
                CheckQuestion::all(&settings),
            ),
        };
        let attestors = names.iter().map(|name| Attestor::find(&settings, name));
        let attestors: Vec<_> = attestors.collect::<Result<_>>()?;
        if attestors.is_empty() && checks.is_empty() {
            bail!(
                "`{}` has no attestors, authenticators or authorities to ask",
                shown(path)
            );
        }
        Ok(Ok(Self {
            judge,
            settings,
            attestors,
            checks,
        }))
    }

    /// Asks every attestor, and every signer for checks that reads such attestations.
    pub(crate) fn ask(
        &self,
        document: &Value,
        decoded: &Decoded,
        image: &Image,
    ) -> Result<Findings> {
        let purpose = decoded.purpose();
        let attestations = core::slice::from_ref(document);
        let attestors = self.attestors.iter().map(|attestor| {
            let (settings, judge) = (&self.settings, &self.judge);
            let typed = typed::findings(settings, attestor, Some(attestations), judge, image)?;
            let mut question = Question::under(settings, attestor);
            let is_own = |one: &&OfType| {
                let mut types = decoded.predicate_types();
                types.any(|own| own == one.predicate_type)
            };
            if let Some(own) = typed.iter().find(is_own) {
                question = question.of_type(&own.predicate_type);
            }
            let finding = question.about(attestations, image).ask(judge, image)?;
            Ok(AttestorFinding { finding, typed })
        });
        let attestors = attestors.collect::<Result<_>>()?;
        let checks = self.checks.iter().filter(|check| check.reads(purpose));
        let checks = checks.map(|check| check.ask(&self.judge, document, image));
        Ok(Findings {
            attestors,
            checks: checks.collect::<Result<_>>()?,
        })
    }

    /// The note of an attestor.
    pub(crate) fn note(&self, attestor: &str) -> Option<&str> {
        let found = self.attestors.iter().find(|one| one.name == attestor)?;
        found.note.as_deref()
    }
}

impl Findings {
    /// The attestors and checks for which it counts, such as `attestor NAME`.
    pub(crate) fn uses(&self) -> Vec<String> {
        let attestors = self.accepting().map(|name| format!("attestor {name}"));
        let checks = self.checks.iter().filter(|check| check.counts);
        attestors
            .chain(checks.map(|check| check.name.clone()))
            .collect()
    }

    /// Names of the attestors for which it counts
    pub(crate) fn accepting(&self) -> impl Iterator<Item = &str> {
        let attestors = self.attestors.iter().map(|one| &one.finding.attestor);
        let verified = attestors.filter(|attestor| attestor.verified);
        verified.map(|attestor| attestor.name.as_str())
    }
}
