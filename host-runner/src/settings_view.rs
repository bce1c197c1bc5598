//! The settings as written, to show the rule, attestor or check that a Decision refers to. Nothing is evaluated
//! here.

use policy_wasm::image::NormalizedReference;
use policy_wasm::pattern::ImagePattern;
use serde_json::Value;

use crate::fields::{items, list, text};

/// A settings document
#[derive(Debug, Clone, Copy)]
pub(crate) struct SettingsView<'a>(pub(crate) &'a Value);

/// The field of an attestor that holds note and keys; the second is the spelling of the API's beta versions.
pub(crate) const NOTES: [&str; 2] = ["userOwnedGrafeasNote", "userOwnedDrydockNote"];

/// The map of `sigstore` from attestors to sets of identities
pub(crate) const ATTESTORS: &str = "attestors";

/// The map of `sigstore` from authorities of `sigstoreSignatureCheck` to sets of identities
pub(crate) const AUTHORITIES: &str = "authorities";

/// An attestor's note and keys
#[derive(Debug, Clone, Copy)]
pub(crate) struct AttestorView<'a> {
    pub(crate) name: &'a str,
    /// Its place in `attestors`
    pub(crate) index: usize,
    pub(crate) note: &'a str,
    pub(crate) keys: &'a [Value],
}

/// An admission rule
#[derive(Debug)]
pub(crate) struct RuleView<'a> {
    pub(crate) evaluation_mode: &'a str,
    pub(crate) enforcement_mode: &'a str,
    /// Names of the attestors that it requires
    pub(crate) attestors: Vec<&'a str>,
}

/// A level of a platform policy that may have an allowlist
#[derive(Debug, Clone, Copy)]
pub(crate) enum Level {
    Policy,
    CheckSet(usize),
    Check(usize, usize),
}

impl<'a> SettingsView<'a> {
    /// Whether a setting is there, and not `false`.
    pub(crate) fn is_on(self, pointer: &str) -> bool {
        !matches!(self.0.pointer(pointer), None | Some(Value::Bool(false)))
    }

    pub(crate) fn default_rule(self) -> Option<RuleView<'a>> {
        let rule = self.0.pointer("/policy/defaultAdmissionRule")?;
        let attestors = items(rule.get("requireAttestationsBy")).iter();
        Some(RuleView {
            evaluation_mode: text(rule, "evaluationMode"),
            enforcement_mode: text(rule, "enforcementMode"),
            attestors: attestors.filter_map(Value::as_str).collect(),
        })
    }

    /// The names of all attestors, in order; empty for an attestor without a name.
    pub(crate) fn attestor_names(self) -> Vec<&'a str> {
        let attestors = list(self.0, "attestors").iter();
        attestors.map(|one| text(one, "name")).collect()
    }

    /// The attestors that have a note.
    pub(crate) fn attestors(self) -> impl Iterator<Item = AttestorView<'a>> {
        let attestors = list(self.0, "attestors").iter().enumerate();
        attestors.filter_map(|(index, attestor)| {
            let note = NOTES.iter().find_map(|field| attestor.get(field))?;
            Some(AttestorView {
                name: text(attestor, "name"),
                index,
                note: note.get("noteReference").and_then(Value::as_str)?,
                keys: list(note, "publicKeys"),
            })
        })
    }

    /// The attestor of this name.
    pub(crate) fn attestor(self, name: &str) -> Option<AttestorView<'a>> {
        self.attestors().find(|one| one.name == name)
    }

    /// The identities that may sign for an attestor or authority, of which any one is enough.
    pub(crate) fn identities(self, signers: &str, name: &str) -> Vec<&'a Value> {
        let part = |key: &str| self.0.get("sigstore")?.get(key);
        let sets = part(signers).map_or(&[][..], |map| list(map, name)).iter();
        let sets = sets.filter_map(Value::as_str);
        let identities = sets.filter_map(|set| Some(list(part("identities")?, set)));
        identities.flatten().collect()
    }

    /// The platform policies without their wrapper `gkePolicy`, with their indexes.
    pub(crate) fn gke_policies(self) -> impl Iterator<Item = (usize, &'a Value)> {
        let policies = list(self.0, "platformPolicies").iter().enumerate();
        policies.filter_map(|(index, policy)| Some((index, policy.get("gkePolicy")?)))
    }

    /// The check sets of all platform policies, each with the indexes of its policy and of itself.
    pub(crate) fn all_check_sets(self) -> impl Iterator<Item = ([usize; 2], &'a Value)> {
        self.gke_policies().flat_map(|(policy, gke)| {
            let sets = list(gke, "checkSets").iter().enumerate();
            sets.map(move |(set, value)| ([policy, set], value))
        })
    }

    /// The check sets of a document that a Decision names, such as `platformPolicies[0]`.
    pub(crate) fn check_sets(self, document: &str) -> &'a [Value] {
        let policy = self.platform_policy(document);
        items(policy.and_then(|policy| policy.pointer("/gkePolicy/checkSets")))
    }

    pub(crate) fn check(self, document: &str, check_set: usize, check: usize) -> Option<&'a Value> {
        let check_set = self.check_sets(document).get(check_set)?;
        items(check_set.get("checks")).get(check)
    }

    /// Returns the path of a pattern in the allowlist of a singleton policy.
    pub(crate) fn name_pattern(self, document: &str, pattern: &str) -> Option<String> {
        let patterns = items(self.0.get(document)?.get("admissionWhitelistPatterns"));
        let index = patterns
            .iter()
            .position(|one| one.get("namePattern").and_then(Value::as_str) == Some(pattern))?;
        Some(format!("{document}.admissionWhitelistPatterns[{index}]"))
    }

    /// Returns the path of a pattern in an allowlist of a platform policy.
    pub(crate) fn allow_pattern(
        self,
        document: &str,
        level: Level,
        pattern: &str,
    ) -> Option<String> {
        let holder = match level {
            Level::Policy => self.platform_policy(document)?.get("gkePolicy"),
            Level::CheckSet(check_set) => self.check_sets(document).get(check_set),
            Level::Check(check_set, check) => self.check(document, check_set, check),
        };
        let patterns = items(holder?.pointer("/imageAllowlist/allowPattern"));
        let index = patterns
            .iter()
            .position(|one| one.as_str() == Some(pattern))?;
        let place = level.place(document);
        Some(format!("{place}.imageAllowlist.allowPattern[{index}]"))
    }

    /// Returns the rule of `imagePolicy` of this name, and its path.
    pub(crate) fn image_rule(self, name: &str) -> Option<(String, &'a Value)> {
        let rules = self.image_rules().enumerate();
        let mut named = rules.filter(|(_, rule)| text(rule, "name") == name);
        let (index, rule) = named.next()?;
        Some((format!("imagePolicy.rules[{index}]"), rule))
    }

    /// Returns the rules of `imagePolicy`.
    pub(crate) fn image_rules(self) -> impl Iterator<Item = &'a Value> {
        items(self.0.pointer("/imagePolicy/rules")).iter()
    }

    /// Returns the predicate types of the requirements of an attestor: one list for each requirement that has any.
    pub(crate) fn predicate_types(self, attestor: &str) -> Vec<Vec<&'a str>> {
        let types = self.requirements_of(attestor).map(|(_, requirement)| {
            let types = list(requirement, "predicateTypes").iter();
            types.filter_map(Value::as_str).collect::<Vec<_>>()
        });
        types.filter(|types| !types.is_empty()).collect()
    }

    /// Returns the predicate types that rules of `imagePolicy` ask an attestor for, each once with the names of its rules.
    /// Only rules that `is_meant` accepts are read.
    pub(crate) fn typed_rules(
        self,
        attestor: &str,
        is_meant: impl Fn(&Value) -> bool,
    ) -> Vec<(&'a str, Vec<&'a str>)> {
        let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
        let meant = self
            .requirements_of(attestor)
            .filter(|(rule, _)| is_meant(rule));
        for (rule, requirement) in meant {
            let rule = text(rule, "name");
            let types = list(requirement, "predicateTypes").iter();
            for predicate_type in types.filter_map(Value::as_str) {
                let place = found.iter().position(|(known, _)| *known == predicate_type);
                match place.and_then(|place| found.get_mut(place)) {
                    Some((_, rules)) if rules.contains(&rule) => {}
                    Some((_, rules)) => rules.push(rule),
                    None => found.push((predicate_type, vec![rule])),
                }
            }
        }
        found
    }

    /// Whether a rule asks an attestor for approvals, which have no predicate type.
    pub(crate) fn asks_for_approval(self, attestor: &str) -> bool {
        let is_named = |names: &[Value]| names.iter().any(|name| name.as_str() == Some(attestor));
        let policy = self.0.get("policy").and_then(Value::as_object);
        let of_maps = |value: &'a Value| value.as_object().into_iter().flat_map(|map| map.values());
        let rules = policy.into_iter().flat_map(|fields| fields.values());
        let mut rules = rules.flat_map(|value| of_maps(value).chain([value]));
        rules.any(|rule| is_named(list(rule, "requireAttestationsBy")))
            || self
                .requirements_of(attestor)
                .any(|(_, requirement)| list(requirement, "predicateTypes").is_empty())
    }

    /// For each requirement with predicate types that names an attestor, in rules that `covers` accepts: these types, one
    /// of which is enough.
    pub(crate) fn alternatives(
        self,
        attestor: &str,
        covers: impl Fn(&Value) -> bool,
    ) -> Vec<Vec<&'a str>> {
        let requirements = self.requirements_of(attestor);
        let covering = requirements.filter(|(rule, _)| covers(rule));
        let types = covering.map(|(_, requirement)| {
            let types = list(requirement, "predicateTypes").iter();
            types.filter_map(Value::as_str).collect()
        });
        types.filter(|types: &Vec<_>| !types.is_empty()).collect()
    }

    /// The requirements of `imagePolicy` that name an attestor, each with its rule.
    fn requirements_of(self, attestor: &str) -> impl Iterator<Item = (&'a Value, &'a Value)> {
        let rules = self.image_rules().flat_map(|rule| {
            let requirements = list(rule, "require").iter();
            requirements.map(move |requirement| (rule, requirement))
        });
        rules.filter(move |(_, requirement)| {
            let mut names = list(requirement, "attestors").iter();
            names.any(|name| name.as_str() == Some(attestor))
        })
    }

    fn platform_policy(self, document: &str) -> Option<&'a Value> {
        let index = document
            .strip_prefix("platformPolicies[")?
            .strip_suffix(']')?;
        let policies = items(self.0.get("platformPolicies"));
        policies.get(index.parse::<usize>().ok()?)
    }
}

impl Level {
    /// Returns its path in the settings.
    pub(crate) fn place(self, document: &str) -> String {
        match self {
            Self::Policy => format!("{document}.gkePolicy"),
            Self::CheckSet(check_set) => format!("{document}.gkePolicy.checkSets[{check_set}]"),
            Self::Check(check_set, check) => {
                format!("{document}.gkePolicy.checkSets[{check_set}].checks[{check}]")
            }
        }
    }
}

/// Whether a rule of `imagePolicy` covers an image, whatever its Pod is.
pub(crate) fn rule_covers(rule: &Value, image: &NormalizedReference<'_>) -> bool {
    let covers = |field| {
        let patterns = list(rule, field).iter().filter_map(Value::as_str);
        let mut patterns = patterns.filter_map(|text| ImagePattern::parse(text).ok());
        patterns.any(|pattern| pattern.matches(image))
    };
    covers("images") && !covers("exceptImages")
}

/// Whether a rule of `imagePolicy` covers an image under some tag, whatever its Pod is.
pub(crate) fn rule_may_cover(rule: &Value, image: &NormalizedReference<'_>) -> bool {
    let matches =
        |pattern: &str| ImagePattern::parse(pattern).is_ok_and(|pattern| pattern.matches(image));
    let patterns = |field| list(rule, field).iter().filter_map(Value::as_str);
    patterns("images").any(|pattern| matches(&without_tag(pattern)))
        && !patterns("exceptImages")
            .any(|pattern| without_tag(pattern) == pattern && matches(pattern))
}

/// A pattern without tag, and without the demand that the Pod names no digest (`@-`)
fn without_tag(pattern: &str) -> String {
    let (name, digest) = pattern.split_at(pattern.find('@').unwrap_or(pattern.len()));
    let last = name.rfind('/').map_or(0, |slash| slash.saturating_add(1));
    let (above, last) = name.split_at(last);
    let (last, _) = last.split_once(':').unwrap_or((last, ""));
    let digest = if digest == "@-" { "" } else { digest };
    [above, last, digest].concat()
}

#[cfg(test)]
mod tests {
    use policy_wasm::image::ImageReference;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_decision_names_is_found_where_it_stands() {
        let settings = json!({
            "policy": {"defaultAdmissionRule": {"evaluationMode": "REQUIRE_ATTESTATION",
                    "requireAttestationsBy": ["x", "y"]}, "admissionWhitelistPatterns": [{"namePattern": "a"}, {"namePattern": "b"}]},
            "attestors": [{"name": "x"}, {"name": "y", "userOwnedDrydockNote": {
                "noteReference": "n", "publicKeys": [{}]}}],
            "platformPolicies": [{"gkePolicy": {"checkSets": [{"checks": [
                {}, {"imageAllowlist": {"allowPattern": ["c"]}}]}]}}],
        });
        let written = SettingsView(&settings);
        assert_eq!(
            written.name_pattern("policy", "b").unwrap(),
            "policy.admissionWhitelistPatterns[1]"
        );
        let attestor = written.attestor("y").unwrap();
        assert_eq!(
            (attestor.index, attestor.note, attestor.keys.len()),
            (1, "n", 1)
        );
        assert_eq!(written.attestor_names(), ["x", "y"]);
        let rule = written.default_rule().unwrap();
        assert_eq!(rule.evaluation_mode, "REQUIRE_ATTESTATION");
        assert_eq!(
            (rule.enforcement_mode, rule.attestors),
            ("", vec!["x", "y"])
        );
        let document = "platformPolicies[0]";
        let place = written
            .allow_pattern(document, Level::Check(0, 1), "c")
            .unwrap();
        assert_eq!(
            place,
            "platformPolicies[0].gkePolicy.checkSets[0].checks[1].imageAllowlist.allowPattern[0]"
        );
        assert_eq!(written.allow_pattern(document, Level::Policy, "c"), None);
        assert!(written.check_sets("platformPolicies[7]").is_empty());
    }

    #[test]
    fn a_rule_may_cover_an_image_under_any_tag() {
        let of_digest = |digit: char| {
            format!(
                "localhost:5000/shop/web@sha256:{}",
                digit.to_string().repeat(64)
            )
        };
        let image = of_digest('1');
        let image = NormalizedReference::from(ImageReference::parse(&image).unwrap());
        let cases: [(&str, Option<&str>, bool); 10] = [
            ("localhost:5000/**", None, true),
            ("localhost:5000/shop/web:v1*", None, true),
            ("localhost:5000/shop/web:v1*@-", None, true),
            (&of_digest('1'), None, true),
            (&of_digest('2'), None, false),
            ("**", Some(&of_digest('1')), false),
            ("**", Some(&of_digest('2')), true),
            ("localhost:5000/shop/tools", None, false),
            ("**", Some("localhost:5000/shop/*"), false),
            ("**", Some("localhost:5000/shop/*:dev"), true),
        ];
        for (images, except, expected) in cases {
            let except: Vec<_> = except.into_iter().collect();
            let rule = json!({"images": [images], "exceptImages": except});
            assert_eq!(rule_may_cover(&rule, &image), expected, "{rule}");
        }
    }
}
