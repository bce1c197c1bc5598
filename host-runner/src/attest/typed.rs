//! Statements of the predicate types that rules of `imagePolicy` ask attestors for.

use anyhow::Result;
use serde_json::{Value, json};

use super::attestor::Attestor;
use super::image::Image;
use super::verification::{Finding, Question};
use crate::judge::Judge;
use crate::settings_view::SettingsView;
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
    let types = SettingsView(settings).typed_rules(&attestor.name);
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

/// The result for an attestor whose approvals count for no rule: a type that counts, or else the first one. `None` if
/// approvals count.
pub(crate) fn result<'a>(
    settings: &Value,
    attestor: &str,
    typed: &'a [OfType],
) -> Option<&'a Finding> {
    if SettingsView(settings).asks_for_approval(attestor) {
        return None;
    }
    let mut counting = typed.iter().filter(|one| one.finding.attestor.verified);
    let found = counting.next().or_else(|| typed.first());
    found.map(|one| &one.finding)
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

/// Tells the signer for which rules a new attestation counts: a statement of a type, or an approval.
pub(crate) fn advise(settings: &Value, attestor: &str, signed: Option<&str>) {
    let settings = SettingsView(settings);
    let types = settings.typed_rules(attestor);
    let own = types.iter().find(|(one, _)| Some(*one) == signed);
    if let Some((_, rules)) = own {
        let rules = named(rules);
        terminal::note(&format!(
            "statements of this type count for images that are covered by {rules} of `imagePolicy`"
        ));
        return;
    }
    let asked = types.iter().take(MOST);
    let asked = asked.map(|(uri, rules)| format!("{} asks for `{uri}`", named(rules)));
    let asked = asked.collect::<Vec<_>>().join(", ");
    match signed {
        _ if types.is_empty() => {}
        Some(signed) => terminal::warning(&format!(
            "no rule of `imagePolicy` asks `{attestor}` for predicate type `{signed}`; {asked}"
        )),
        None if settings.asks_for_approval(attestor) => {}
        None => terminal::warning(&format!(
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
