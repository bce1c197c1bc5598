//! Statements of the predicate types that rules of `imagePolicy` ask attestors for.

use anyhow::Result;
use policy_wasm::image::{ImageReference, NormalizedReference};
use serde_json::{Value, json};

use super::attestor::Attestor;
use super::image::Image;
use super::verification::{Finding, Question};
use crate::judge::Judge;
use crate::settings_view::{SettingsView, rule_may_cover};
use crate::terminal;

/// Whether an attestor has signed a statement of a type that rules ask for
#[derive(Debug)]
pub(crate) struct OfType {
    pub(crate) predicate_type: String,
    /// The names of the rules
    pub(crate) rules: Vec<String>,
    pub(crate) finding: Finding,
}

/// Asks the module about every type that rules ask an attestor for. `attestations` are the only ones that may count; if
/// absent, all sources of the settings are read.
pub(crate) fn findings(
    settings: &Value,
    attestor: &Attestor,
    attestations: Option<&[Value]>,
    judge: &Judge,
    image: &Image,
) -> Result<Vec<OfType>> {
    let types = SettingsView(settings).typed_rules(&attestor.name, |_| true);
    let findings = types.into_iter().map(|(predicate_type, rules)| {
        let question = Question::under(settings, attestor).of_type(predicate_type);
        let finding = match attestations {
            Some(attestations) => question.about(attestations, image).ask(judge, image)?,
            None => question.ask(judge, image)?,
        };
        Ok(OfType {
            predicate_type: predicate_type.to_owned(),
            rules: rules.into_iter().map(str::to_owned).collect(),
            finding,
        })
    });
    findings.collect()
}

/// The type that decides for an attestor whose approvals count for no rule: of the first requirement that has no statement
/// of its types, or else of the first one. Requirements of rules that do not cover the image are considered only if there
/// are no others. `None` if approvals count, or no rule asks the attestor.
pub(crate) fn decisive<'a>(
    settings: &Value,
    attestor: &str,
    image: &Image,
    typed: &'a [OfType],
) -> Option<&'a OfType> {
    let settings = SettingsView(settings);
    if settings.asks_for_approval(attestor) {
        return None;
    }
    let mut requirements = settings.alternatives(attestor, covers(image));
    if requirements.is_empty() {
        requirements = settings.alternatives(attestor, |_| true);
    }
    let counts = |one: &&OfType| one.finding.attestor.verified;
    let best = requirements.into_iter().filter_map(|types| {
        let mut found = typed
            .iter()
            .filter(|one| types.contains(&one.predicate_type.as_str()));
        found.clone().find(counts).or_else(|| found.next())
    });
    let best: Vec<_> = best.collect();
    let missing = best.iter().find(|one| !counts(one));
    missing.or_else(|| best.first()).copied()
}

/// Whether a rule may cover an image.
fn covers(image: &Image) -> impl Fn(&Value) -> bool {
    let text = image.reference();
    move |rule| match ImageReference::parse(&text).map(NormalizedReference::from) {
        Ok(reference) => rule_may_cover(rule, &reference),
        Err(_) => true,
    }
}

impl OfType {
    /// `rule shop`, `rules shop and tools`
    pub(crate) fn rules(&self) -> String {
        named(&self.rules.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// For output in JSON.
    pub(crate) fn json(&self) -> Value {
        json!({
            "predicateType": self.predicate_type,
            "rules": self.rules,
            "verified": self.finding.attestor.verified,
            "reasons": self.finding.reasons,
        })
    }
}

/// Tells the signer for which rules a new attestation of an image counts: a statement of a type, or an approval.
pub(crate) fn advise(settings: &Value, attestor: &str, image: &Image, signed: Option<&str>) {
    let settings = SettingsView(settings);
    let all = settings.typed_rules(attestor, |_| true);
    let covering = settings.typed_rules(attestor, covers(image));
    let of_signed = |types: &[(&str, Vec<&str>)]| {
        let found = types.iter().find(|(one, _)| Some(*one) == signed);
        found.map(|(_, rules)| named(rules))
    };
    let (own, others) = (of_signed(&covering), of_signed(&all));
    let asked = covering.iter().take(MOST);
    let asked = asked.map(|(uri, rules)| format!("{} asks for `{uri}`", named(rules)));
    let asked = asked.collect::<Vec<_>>().join(", ");
    match (signed, own) {
        _ if all.is_empty() => {}
        (Some(_), Some(rules)) => terminal::note(&format!(
            "statements of this type count for the image, which is covered by {rules} of `imagePolicy`"
        )),
        (Some(signed), None) => {
            let others = others.map(|rules| format!("it is not covered by {rules}"));
            let more = others
                .into_iter()
                .chain((!asked.is_empty()).then_some(asked));
            let more: String = more.map(|one| format!("; {one}")).collect();
            terminal::warning(&format!(
                "no rule of `imagePolicy` that covers the image asks `{attestor}` for predicate type `{signed}`{more}"
            ));
        }
        (None, _) if settings.asks_for_approval(attestor) => {}
        (None, _) if asked.is_empty() => terminal::warning(&format!(
            "an approval of `{attestor}` counts for no rule, and no rule of `imagePolicy` that covers the image asks it \
             for a statement"
        )),
        (None, _) => terminal::warning(&format!(
            "an approval of `{attestor}` counts for no rule: {asked}; sign a statement of that type with --predicate and \
             --predicate-type"
        )),
    }
}

/// Maximum number of types that are named
const MOST: usize = 3;

fn named(rules: &[&str]) -> String {
    match rules {
        [one] => format!("rule `{one}`"),
        [before @ .., last] => {
            let before: Vec<_> = before.iter().map(|one| format!("`{one}`")).collect();
            format!("rules {} and `{last}`", before.join(", "))
        }
        [] => String::new(),
    }
}
