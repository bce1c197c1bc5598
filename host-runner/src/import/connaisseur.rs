//! Connaisseur: the rules of its image policy, and the validators that they name.
//!
//! Read in the sources of Connaisseur 3 (50c7be6) and its documentation, and of version 2 where fields have other names:
//!
//! - The most specific rule whose pattern matches decides alone. Images without a rule are denied.
//! - A rule names a validator: cosign keys and identities, of which all, one or a number have to have signed, or a
//!   static verdict.
//!
//! Each rule here excepts the images of more specific ones.

mod pattern;
mod validator;

use serde_json::Value;

use super::System;
use super::draft::{Draft, Effect, Rule, Unmatched, may_overlap};
use super::source::{At, Document};
use crate::terminal::printable;
use pattern::Pattern;
use validator::Validator;

pub(super) const SYSTEM: System = System {
    name: "connaisseur",
    title: "Connaisseur",
    reads: |document| {
        let is_list = |root: &Value, key| root.get(key).is_some_and(Value::is_array);
        let is_policy = |root: &Value| is_list(root, "policy") && is_list(root, "validators");
        is_policy(document) || document.get("application").is_some_and(is_policy)
    },
    import,
    has_google_documents: false,
};

/// A rule of the image policy
struct ImageRule<'d> {
    at: At<'d>,
    /// As it is written
    text: &'d str,
    pattern: Pattern,
    effect: Effect,
}

fn import(documents: &[Document], draft: &mut Draft) {
    let mut roots = documents.iter().map(Document::root);
    let Some(root) = roots.next() else {
        return;
    };
    for other in roots {
        draft.lost(
            &other,
            "settings have one image policy, and the files have several: this one was left out",
        );
    }
    // The chart of version 3 has the configuration under `application`.
    let config = root.get("application").unwrap_or(root);
    let features = config.get("features").unwrap_or_else(|| config.clone());
    let is_dry_run = report_features(&features, draft);
    let (rules, policy) = (read_rules(&config, draft), config.get("policy"));
    let Some(policy) = policy.filter(|_| !rules.is_empty()) else {
        return;
    };
    draft.unmatched = Some(if is_dry_run {
        Unmatched::Admit
    } else {
        Unmatched::Deny
    });
    for rule in &rules {
        let (images, except_images) = rule.images(&rules);
        if images.is_empty() {
            continue;
        }
        draft.rule(Rule {
            place: rule.at.place(),
            name: rule.text.to_owned(),
            images,
            except_images,
            namespaces: Vec::new(),
            is_dry_run: is_dry_run && !matches!(rule.effect, Effect::Exempt { .. }),
            effect: rule.effect.clone(),
        });
    }
    draft.warn(&policy, "Connaisseur's patterns also match names in which they stand elsewhere, such as `other.example/docker.io/…` for `docker.io/…`; here such names are only of the rules for their own registry");
    add_registries(&rules, &policy, draft);
}

fn read_rules<'d>(config: &At<'d>, draft: &mut Draft) -> Vec<ImageRule<'d>> {
    let validators = config.items_of("validators");
    let policy = config.items_of("policy").into_iter();
    let mut rules: Vec<_> = policy
        .map(|at| {
            at.only(&["pattern", "validator", "with"], &mut draft.findings);
            let text = at.text_of("pattern");
            let pattern = Pattern::of(text);
            if let Pattern::Unsayable { wider } = &pattern {
                let place = at.get("pattern");
                let message = format!(
                    "no pattern stands for exactly the images of `{}`: images of `{wider}` without a more specific rule are denied",
                    printable(text)
                );
                draft.lost(place.as_ref().unwrap_or(&at), message);
            }
            let effect = Validator::of(&at, &validators).effect(&at, draft);
            ImageRule { at, text, pattern, effect }
        })
        .collect();
    // The most specific first; of equals, the last prevails.
    rules.reverse();
    rules.sort_by_key(|rule| core::cmp::Reverse(pattern::specificity(rule.text)));
    rules
}

impl ImageRule<'_> {
    /// The patterns of the rule, and those of more specific rules. A pattern that cannot be said has none, and less
    /// specific rules except more than its images.
    fn images(&self, rules: &[Self]) -> (Vec<String>, Vec<String>) {
        let Pattern::Of(own) = &self.pattern else {
            return (Vec::new(), Vec::new());
        };
        let more_specific = rules
            .iter()
            .take_while(|other| !core::ptr::eq(*other, self));
        let theirs = more_specific.flat_map(|other| match &other.pattern {
            Pattern::Of(patterns) => patterns.clone(),
            Pattern::Unsayable { wider } => vec![wider.clone()],
        });
        let mut except: Vec<_> = theirs
            .filter(|pattern| own.iter().any(|own| may_overlap(own, pattern)))
            .collect();
        except.sort();
        except.dedup();
        let is_left =
            |pattern: &String| !except.iter().any(|other| other == pattern || other == "**");
        let own = own.iter().filter(|pattern| is_left(pattern)).cloned();
        (own.collect(), except)
    }
}

/// Reports the features; whether violations are only reported.
fn report_features(features: &At<'_>, draft: &mut Draft) -> bool {
    let is_on = |key: &str| {
        let found = features.get(key)?;
        let is_off = found.to_json() == Value::Bool(false)
            || found
                .get("enabled")
                .is_some_and(|on| on.to_json() == Value::Bool(false));
        (!is_off).then_some(found)
    };
    if let Some(feature) = is_on("namespacedValidation").or_else(|| is_on("namespaced_validation"))
    {
        draft.lost(
            &feature,
            "which namespaces are validated depends on their labels, and rules name namespaces",
        );
        draft.help("deploy the policy with a namespaceSelector for the label securesystemsengineering.connaisseur/webhook");
    }
    if let Some(feature) = is_on("resourceValidationMode") {
        draft.note(&feature, "every object is evaluated; `podTemplates: ignore` of the settings leaves templates out");
    }
    for key in ["automaticChildApproval", "automatic_child_approval"] {
        if let Some(feature) = is_on(key) {
            draft.note(
                &feature,
                "every object is evaluated, also the child of one that was admitted",
            );
        }
    }
    for key in ["automaticUnchangedApproval", "automatic_unchanged_approval"] {
        if let Some(feature) = is_on(key) {
            draft.note(
                &feature,
                "images that an update does not change are not evaluated, by default",
            );
        }
    }
    let detection = is_on("detectionMode").or_else(|| is_on("detection_mode"));
    if let Some(feature) = &detection {
        draft.warn(
            feature,
            "the rules are in dry run, and images without a rule are admitted without a warning",
        );
    }
    detection.is_some()
}

/// Lets the module read signatures beside the images, and resolve tags as Connaisseur does.
fn add_registries(rules: &[ImageRule<'_>], policy: &At<'_>, draft: &mut Draft) {
    let signed = rules
        .iter()
        .filter(|rule| matches!(rule.effect, Effect::Require(_)));
    let patterns = signed.flat_map(|rule| match &rule.pattern {
        Pattern::Of(patterns) => patterns.as_slice(),
        Pattern::Unsayable { .. } => &[],
    });
    let (mut hosts, mut is_open) = (Vec::new(), false);
    for pattern in patterns {
        match pattern.split_once('/') {
            Some((host, _)) => hosts.push(host.to_owned()),
            None => is_open = true,
        }
    }
    if hosts.is_empty() && !is_open {
        return;
    }
    draft.ask_registries(hosts);
    draft.set("resolveTags", true);
    if is_open {
        draft.lost(policy, "a rule demands signatures of images from any registry, and the settings list the registries that may be asked");
        draft.help("add the hosts of your images to `registries`");
    }
}
