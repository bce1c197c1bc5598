//! Everything that the policy itself would refuse in settings, at its place.

mod contradiction;
mod foreign;
mod name;
#[cfg(test)]
mod tests;

use policy_wasm::validation::Problem;
use policy_wasm::{Budget, Code};
use serde_json::json;

use crate::diagnostic::Diagnostic;
use crate::document::{Origin, Settings};
use crate::help;
use crate::predicate_type;
use crate::public_key;
use crate::schema::{similar_field, similar_value};
use crate::source::{Span, resolve, resolve_key, resolve_node};

/// Returns the problems that the module's own validation finds.
pub(crate) fn check(settings: &Settings<'_>) -> Vec<Diagnostic> {
    let (document, prefix) = document(settings);
    let problems = policy_wasm::validate_settings(document.as_bytes(), &Budget::DEFAULT);
    let problems = problems.into_iter().filter(|problem| {
        // A document by itself does not say where it will be used.
        settings.origin == Origin::Settings || problem.code != Code::SettingsContextMissing
    });
    let problems: Vec<_> = problems.collect();
    let paths = problems.iter().map(|problem| {
        let path = problem.path.strip_prefix(prefix).unwrap_or(&problem.path);
        path.strip_prefix('.').unwrap_or(path).to_owned()
    });
    let paths: Vec<_> = paths.collect();
    let unknown = |problem: &Problem, path: &str| {
        let is_unknown = matches!(
            problem.code,
            Code::SettingsUnknownField | Code::PolicyUnknownField
        );
        resolve_key(settings.root, path).filter(|_| is_unknown)
    };
    let misspelled = problems.iter().zip(&paths).filter_map(|(problem, path)| {
        let entry = unknown(problem, path)?;
        let meant = similar_field(settings.origin, settings.root, path, &entry.key)?;
        Some((parent(path), meant, entry.key_span))
    });
    let misspelled: Vec<_> = misspelled.collect();
    problems
        .into_iter()
        .zip(&paths)
        .map(|(problem, path)| {
            let origin = settings.origin;
            let text = |span: Span| settings.text.get(span.range()).unwrap_or_default();
            if let Some(entry) = unknown(&problem, path) {
                let message = format!("unknown field `{}`", entry.key);
                let finding = Diagnostic::new(entry.key_span, "", message);
                let finding = finding.coded(problem.code.as_str());
                if let Some(help) = foreign::field(settings, path, entry) {
                    return finding.help(help);
                }
                return meaning(
                    finding,
                    similar_field(origin, settings.root, path, &entry.key),
                );
            }
            if let Some(finding) = contradiction::at(problem.code, &problem.message, path, settings)
            {
                return finding.coded(problem.code.as_str());
            }
            // A field that is missing because its name is misspelled is missing there.
            let mut misspelled = misspelled.iter();
            let written = misspelled.find(|(above, meant, _)| {
                let is_here = above == path || *above == parent(path);
                is_here
                    && problem.message.ends_with("is required")
                    && problem.message.contains(&format!("`{meant}`"))
            });
            let span = written.map_or_else(|| resolve(settings.root, path), |(.., span)| *span);
            let finding = Diagnostic::new(span, "", problem.message).coded(problem.code.as_str());
            let key = resolve_node(settings.root, path);
            let pem = key.and_then(|key| key.get("publicKeyPem")?.text());
            if let Some(help) = pem.and_then(|pem| public_key::help(problem.code, pem)) {
                return finding.help(help);
            }
            match text(span) {
                // As YAML was before version 1.2, and as Kubernetes still reads it.
                word @ ("on" | "off" | "yes" | "no") => finding.help(format!(
                    "YAML takes `{word}` for a boolean; write `\"{word}\"`"
                )),
                word if problem.code == Code::SettingsWrongType
                    && foreign::is_claim(settings, path) =>
                {
                    match word.parse::<u64>() {
                        Ok(_) => finding.help(format!("write it in quotes: `\"{word}\"`")),
                        Err(_) => finding,
                    }
                }
                _ if problem.code == Code::PolicyNumericEnum => match help::on_page(problem.code) {
                    Some(help) => finding.help(help),
                    None => finding,
                },
                word if problem.code == Code::PolicyInvalidValue
                    && path.contains(".predicateTypes[") =>
                {
                    let word = word.trim_matches(['"', '\'']);
                    match predicate_type::by_name(word) {
                        Some(uri) => finding.help(format!(
                            "cosign's name `{word}` stands for the type `{uri}`; write that"
                        )),
                        None => finding,
                    }
                }
                word => {
                    let value = similar_value(origin, settings.root, path, word);
                    meaning(
                        finding,
                        value.or_else(|| name::similar(settings, path, word)),
                    )
                }
            }
        })
        .collect()
}

/// The path of the mapping that has a field.
fn parent(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(above, _)| above)
}

/// Adds what was probably meant.
fn meaning(finding: Diagnostic, similar: Option<&str>) -> Diagnostic {
    match similar {
        Some(name) => finding.help(format!("did you mean `{name}`?")),
        None => finding,
    }
}

/// The settings as the module reads them, and what of its paths is not in the text.
fn document(settings: &Settings<'_>) -> (String, &'static str) {
    let own = settings.root.to_json();
    let (document, prefix) = match settings.origin {
        Origin::Settings => (own, ""),
        Origin::SingletonPolicy => {
            let attestors = stand_ins(settings);
            (json!({"policy": own, "attestors": attestors}), "policy")
        }
        Origin::PlatformPolicy => (json!({"platformPolicies": [own]}), "platformPolicies[0]"),
    };
    (document.to_string(), prefix)
}

/// Attestors for the names in the rules of a policy that stands alone: nothing is known about them.
fn stand_ins(settings: &Settings<'_>) -> Vec<serde_json::Value> {
    let rules = settings.rules();
    let mut names: Vec<&str> = rules
        .iter()
        .flat_map(|rule| rule.attestors())
        .map(|(name, _)| name)
        .collect();
    names.sort_unstable();
    names.dedup();
    let attestor =
        |name: &&str| json!({"name": name, "userOwnedGrafeasNote": {"noteReference": name}});
    names.iter().map(attestor).collect()
}
