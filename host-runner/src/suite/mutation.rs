//! Mutation testing: changes one part of a policy at a time, and lists the changes that no case notices.
//!
//! A change drops a part or makes it weaker. Changes that make the settings invalid are left out, because they are
//! detected anyway.

pub(super) mod change;
mod check;
mod image_policy;
pub(super) mod sigstore;

use std::path::Path;

use policy_wasm::Budget;
use serde::Serialize;
use serde_json::{Map, Value, json};

use policy_wasm::RuleKind;

use super::place::Place;
use super::prepare::Loaded;
use super::run::{Ended, Runner};
use crate::fields::{items, list, text};
use crate::parallel;
use crate::terminal::progress::Progress;
use change::Change;

/// One change
#[derive(Debug, Clone, PartialEq)]
pub struct Mutant {
    /// In words: `allow everything under the rule for production`
    pub what: String,
    /// Its path
    pub place: Place,
    change: Change,
}

/// Results of the changes of one settings file
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Mutation {
    /// The settings file
    pub settings: String,
    /// Number of changes
    pub mutants: usize,
    /// Changes that no case detected
    pub survivors: Vec<Survivor>,
}

/// A change that no case has noticed
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Survivor {
    /// In words
    pub what: String,
    /// Path in the settings
    pub place: String,
}

impl Mutant {
    pub(super) fn applied_to(&self, settings: &Value) -> Value {
        let mut settings = settings.clone();
        self.change.apply(&self.place, &mut settings);
        settings
    }
}

impl Mutation {
    /// Returns the number of changes that a case detected.
    #[must_use]
    pub fn detected(&self) -> usize {
        self.mutants.saturating_sub(self.survivors.len())
    }

    /// Runs the cases of all suites of one settings file under each change, on all cores.
    #[must_use]
    pub fn of(runner: &Runner<'_>, settings_path: &Path, suites: &[&Loaded]) -> Self {
        let mutants = suites.first().map(|first| mutants(&first.settings));
        let mutants = mutants.unwrap_or_default();
        let progress = Progress::of(mutants.len(), "changes");
        let survives = parallel::map(&mutants, |mutant| {
            let is_noticed = suites.iter().any(|suite| {
                let settings = mutant.applied_to(&suite.settings);
                suite.cases.iter().any(|case| {
                    let ended = runner.case(&settings, case);
                    // A module that does not answer has noticed nothing.
                    matches!(ended, Ended::Decided { mismatches, .. } if !mismatches.is_empty())
                })
            });
            progress.step();
            !is_noticed
        });
        let survivors = mutants
            .iter()
            .zip(survives)
            .filter(|(_, survives)| *survives);
        Self {
            settings: crate::terminal::shown(settings_path),
            mutants: mutants.len(),
            survivors: survivors
                .map(|(mutant, _)| Survivor {
                    what: mutant.what.clone(),
                    place: mutant.place.to_string(),
                })
                .collect(),
        }
    }
}

/// Every change of these settings that is still valid and makes a difference to the document.
#[must_use]
pub fn mutants(settings: &Value) -> Vec<Mutant> {
    let mut mutants = Mutants::default();
    let root = Place::default();
    if let Some(policy) = settings.get("policy") {
        mutants.singleton(policy, &root.key("policy"));
    }
    for (index, policy) in list(settings, "platformPolicies").iter().enumerate() {
        mutants.platform(policy, &root.key("platformPolicies").index(index));
    }
    if let Some(policy) = settings.get("imagePolicy") {
        mutants.image_policy(policy, &root.key("imagePolicy"));
    }
    mutants.settings(settings);
    mutants.sigstore(settings);
    let is_valid = |mutant: &Mutant| {
        let changed = mutant.applied_to(settings);
        changed != *settings
            && policy_wasm::validate_settings(changed.to_string().as_bytes(), &Budget::DEFAULT)
                .is_empty()
    };
    mutants.0.into_iter().filter(is_valid).collect()
}

#[derive(Default)]
struct Mutants(Vec<Mutant>);

impl Mutants {
    fn push(&mut self, what: impl Into<String>, place: Place, change: Change) {
        self.0.push(Mutant {
            what: what.into(),
            place,
            change,
        });
    }

    fn drop_each(&mut self, noun: &str, list: Option<&Value>, place: &Place) {
        self.drop_items(list, place, |item| format!("drop {noun} {item}"));
    }

    /// Drops each item of a list, and tells what the list belongs to.
    fn drop_each_of(&mut self, owner: &str, noun: &str, list: Option<&Value>, place: &Place) {
        self.drop_items(list, place, |item| format!("drop {noun} {item} of {owner}"));
    }

    fn drop_items(&mut self, list: Option<&Value>, place: &Place, what: impl Fn(&str) -> String) {
        for (index, item) in items(list).iter().enumerate() {
            let item = match item {
                Value::String(text) => format!("`{text}`"),
                _ => index.to_string(),
            };
            self.push(what(&item), place.index(index), Change::Remove);
        }
    }

    fn singleton(&mut self, policy: &Value, place: &Place) {
        for (index, pattern) in list(policy, "admissionWhitelistPatterns")
            .iter()
            .enumerate()
        {
            let text = text(pattern, "namePattern");
            let place = place.key("admissionWhitelistPatterns").index(index);
            self.push(
                format!("drop pattern `{text}`"),
                place.clone(),
                Change::Remove,
            );
            for wider in change::wider_name(text) {
                let what = format!("widen pattern `{text}` to `{wider}`");
                self.push(what, place.key("namePattern"), Change::Set(wider.into()));
            }
        }
        for map in RuleKind::ALL.map(RuleKind::map_name) {
            let rules = policy.get(map).and_then(Value::as_object);
            for (key, rule) in rules.into_iter().flatten() {
                let place = place.key(map).key(key);
                let title = format!("the rule for `{key}`");
                self.push(format!("drop {title}"), place.clone(), Change::Remove);
                self.rule(rule, &title, &place);
            }
        }
        if let Some(rule) = policy.get("defaultAdmissionRule") {
            self.rule(rule, "the default rule", &place.key("defaultAdmissionRule"));
        }
        let mode = place.key("globalPolicyEvaluationMode");
        self.push(
            "disable the system policy",
            mode,
            Change::Replace("DISABLE".into()),
        );
    }

    fn rule(&mut self, rule: &Value, title: &str, place: &Place) {
        if text(rule, "evaluationMode") == "ALWAYS_ALLOW" {
            return;
        }
        let open = json!({
            "evaluationMode": "ALWAYS_ALLOW", "enforcementMode": text(rule, "enforcementMode"),
        });
        let what = format!("allow everything under {title}");
        self.push(what, place.clone(), Change::Set(open));
        let what = format!("put {title} in dry-run mode");
        let dry_run = Change::Replace("DRYRUN_AUDIT_LOG_ONLY".into());
        self.push(what, place.key("enforcementMode"), dry_run);
        let attestors = rule.get("requireAttestationsBy");
        let place = place.key("requireAttestationsBy");
        self.drop_each_of(title, "attestor", attestors, &place);
    }

    fn platform(&mut self, policy: &Value, place: &Place) {
        let gke = policy.get("gkePolicy").unwrap_or(&Value::Null);
        let place = place.key("gkePolicy");
        self.allowlist(gke, &place);
        for (index, set) in list(gke, "checkSets").iter().enumerate() {
            let place = place.key("checkSets").index(index);
            let title = format!("check set {index}");
            self.push(format!("drop {title}"), place.clone(), Change::Remove);
            self.allowlist(set, &place);
            for (index, check) in list(set, "checks").iter().enumerate() {
                let place = place.key("checks").index(index);
                let what = format!("drop check {index} of {title}");
                self.push(what, place.clone(), Change::Remove);
                self.allowlist(check, &place);
                self.check(check, &place);
            }
        }
    }

    fn allowlist(&mut self, owner: &Value, place: &Place) {
        let patterns = owner.pointer("/imageAllowlist/allowPattern");
        let place = place.key("imageAllowlist").key("allowPattern");
        self.drop_each("pattern", patterns, &place);
        self.widen_each(patterns, &place, change::wider_allow);
    }

    fn widen_each(&mut self, list: Option<&Value>, place: &Place, wider: fn(&str) -> Vec<String>) {
        for (index, item) in items(list).iter().enumerate() {
            let text = item.as_str().unwrap_or_default();
            for wider in wider(text) {
                let what = format!("widen pattern `{text}` to `{wider}`");
                self.push(what, place.index(index), Change::Set(wider.into()));
            }
        }
    }

    /// Changes after which the signatures of a key count outside its period.
    fn key_periods(&mut self, entries: Option<&Value>, place: &Place) {
        for (index, entry) in items(entries).iter().enumerate() {
            let place = place.index(index);
            for (bound, other) in [("notBefore", "notAfter"), ("notAfter", "notBefore")] {
                if entry.get(bound).is_none() {
                    continue;
                }
                // An entry needs one field besides the id.
                let has_more = entry.get(other).is_some() || entry.get("owner").is_some();
                let place = if has_more {
                    place.key(bound)
                } else {
                    place.clone()
                };
                let what = format!("trust the key whatever `{bound}` says");
                self.push(what, place, Change::Remove);
            }
        }
    }

    fn settings(&mut self, settings: &Value) {
        let root = Place::default();
        let at = |pointer: &str| settings.pointer(pointer);
        self.drop_each(
            "denied digest",
            at("/deniedDigests"),
            &root.key("deniedDigests"),
        );
        self.drop_each("registry", at("/registries"), &root.key("registries"));
        self.key_periods(at("/keys"), &root.key("keys"));
        let namespaces = root.key("breakGlass").key("namespaces");
        self.drop_each(
            "break-glass namespace",
            at("/breakGlass/namespaces"),
            &namespaces,
        );
        let everywhere = Change::Set(json!({"namespaces": ["*"]}));
        self.push(
            "allow break-glass everywhere",
            root.key("breakGlass"),
            everywhere,
        );
        let annotation = root.key("breakGlass").key("legacyAnnotation");
        self.push(
            "read no break-glass annotation",
            annotation,
            Change::Replace(false.into()),
        );
        // Settings without `podTemplates` evaluate them.
        let templates = root.key("podTemplates");
        self.push(
            "ignore the templates of controllers",
            templates,
            Change::Set("ignore".into()),
        );
        self.push(
            "drop the system policy",
            root.key("systemPolicy"),
            Change::Remove,
        );
        self.drop_each("workload", at("/workloads"), &root.key("workloads"));
        for (key, weaker) in [
            ("matchDockerReference", "ignore"),
            ("unchangedImages", "skip"),
            ("singletonPae", "off"),
        ] {
            let what = format!("set `{key}` to `{weaker}`");
            self.push(what, root.key(key), Change::Replace(weaker.into()));
        }
        self.push("resolve no tags", root.key("resolveTags"), Change::Remove);
        if at("/platformPolicies/0").is_some() {
            let mode = root.key("platformPolicyEnforcement");
            self.push(
                "put the platform policies in dry-run mode",
                mode,
                Change::Set("dryrun".into()),
            );
        }
        let evidence = root.key("evidence");
        for source in ["podAnnotation", "registry", "kubernetes"] {
            let what = format!("read no attestations from `{source}`");
            self.push(what, evidence.key(source), Change::Remove);
        }
        let notes = evidence.key("kubernetes").key("notes");
        let empty = Map::new();
        let named = at("/evidence/kubernetes/notes").and_then(Value::as_object);
        for note in named.unwrap_or(&empty).keys() {
            self.push(
                format!("drop the note `{note}`"),
                notes.key(note),
                Change::Remove,
            );
        }
        let authenticators = evidence.key("authenticators");
        if at("/evidence/authenticators/vulnerability/1").is_some() {
            self.push(
                "accept a scan by any one scanner",
                authenticators.key("scanners"),
                Change::Set("any".into()),
            );
        }
        for purpose in ["vulnerability", "provenance", "freshness"] {
            let list = at("/evidence/authenticators").and_then(|all| all.get(purpose));
            let place = authenticators.key(purpose);
            self.drop_each(&format!("{purpose} authenticator"), list, &place);
            for index in 0..items(list).len() {
                let days = place.index(index).key("maxAgeDays");
                self.push(
                    "accept scans that are a hundred years old",
                    days,
                    Change::Replace(CENTURY.into()),
                );
            }
        }
    }
}

/// Days
const CENTURY: u32 = 36_500;
