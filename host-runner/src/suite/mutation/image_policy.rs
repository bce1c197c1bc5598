//! Changes of the rules of `imagePolicy`.

use serde_json::Value;

use super::Mutants;
use super::change::{self, Change};
use crate::fields::{list, text};
use crate::suite::attestation::OTHER_PREDICATE;
use crate::suite::place::Place;

impl Mutants {
    pub(super) fn image_policy(&mut self, policy: &Value, place: &Place) {
        for (index, rule) in list(policy, "rules").iter().enumerate() {
            let place = place.key("rules").index(index);
            let title = format!("the rule `{}`", text(rule, "name"));
            self.push(format!("drop {title}"), place.clone(), Change::Remove);
            if rule.get("exempt").is_none() {
                let mode = Change::Set("dryrun".into());
                let what = format!("put {title} in dry-run mode");
                self.push(what, place.key("enforcement"), mode);
            }
            self.image_patterns(rule, &title, &place);
            self.image_scope(rule, &title, &place);
            let requirements = rule.get("require");
            let place = place.key("require");
            self.drop_each_of(&title, "requirement", requirements, &place);
            for (index, requirement) in list(rule, "require").iter().enumerate() {
                self.requirement(requirement, &title, &place.index(index));
            }
        }
        let admit = Change::Replace("admit".into());
        let what = "admit images without a rule";
        self.push(what, place.key("unmatchedImages"), admit);
    }

    /// Wider patterns where they admit more.
    fn image_patterns(&mut self, rule: &Value, title: &str, place: &Place) {
        let is_exempt = rule.get("exempt").is_some();
        for (field, noun, is_widened) in [
            ("images", "pattern", rule.get("deny").is_none()),
            ("exceptImages", "exception", !is_exempt),
        ] {
            let (patterns, place) = (rule.get(field), place.key(field));
            self.drop_each_of(title, noun, patterns, &place);
            // The list as a whole, of which the last pattern cannot be dropped alone.
            if field == "exceptImages" {
                let what = format!("drop the exceptions of {title}");
                self.push(what, place.clone(), Change::Remove);
            }
            if is_widened {
                self.widen_each(patterns, &place, change::wider_image);
            }
        }
    }

    fn image_scope(&mut self, rule: &Value, title: &str, place: &Place) {
        for (field, noun) in [
            ("namespaces", "namespace"),
            ("serviceAccounts", "service account"),
        ] {
            let place = place.key(field);
            self.drop_each_of(title, noun, rule.get(field), &place);
            let what = format!("apply {title} in every {noun}");
            self.push(what, place, Change::Remove);
        }
        let until = place.key("exempt").key("until");
        self.push(
            format!("let the exemption of {title} never end"),
            until,
            Change::Remove,
        );
    }

    fn requirement(&mut self, requirement: &Value, title: &str, place: &Place) {
        if let Some(check) = requirement.get("check") {
            let place = place.key("check");
            self.allowlist(check, &place);
            self.check(check, &place);
            return;
        }
        let attestors = requirement.get("attestors");
        let count = u64::try_from(list(requirement, "attestors").len()).unwrap_or(u64::MAX);
        let threshold = requirement.get("threshold").and_then(Value::as_u64);
        let fewer = threshold.unwrap_or(count).saturating_sub(1);
        let fewer = Change::Set(fewer.into());
        let what = format!("need one attestor fewer in {title}");
        self.push(what, place.key("threshold"), fewer);
        self.drop_each_of(title, "attestor", attestors, &place.key("attestors"));
        self.predicate_types(requirement, title, place);
        let place = place.key("mustInclude");
        let required = requirement.get("mustInclude");
        self.drop_each_of(title, "required attestor", required, &place);
        let what = format!("drop all required attestors of {title}");
        self.push(what, place, Change::Remove);
    }

    /// Other and more predicate types, and none.
    fn predicate_types(&mut self, requirement: &Value, title: &str, place: &Place) {
        let types = list(requirement, "predicateTypes");
        let place = place.key("predicateTypes");
        let listed = requirement.get("predicateTypes");
        self.drop_each_of(title, "predicate type", listed, &place);
        let other = [Value::from(OTHER_PREDICATE)];
        let (instead, more) = (other.to_vec(), [types, &other].concat());
        for (what, types) in [
            ("ask for another predicate type in {}", instead),
            ("accept another predicate type in {}", more),
        ] {
            let what = what.replace("{}", title);
            self.push(what, place.clone(), Change::Replace(types.into()));
        }
        let what = format!("accept approvals in place of statements in {title}");
        self.push(what, place, Change::Remove);
    }
}
