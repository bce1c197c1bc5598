//! The suite that importers write: for each rule, images that satisfy it and images that do not, as the other system
//! decides about them.

use alloc::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::{Attestor, Draft, Effect, Requirement, Rule, Unmatched};
use crate::fields::text;

/// A type of statements that no policy asks for
const OTHER_PREDICATE: &str = "https://countersign.dev/test/nothing/v1";

/// A suite in the making
#[derive(Debug, Default)]
pub(crate) struct Suite {
    /// By name, as a suite has them
    signers: Map<String, Value>,
    pub(crate) cases: Vec<Case>,
    resolves_tags: bool,
}

/// One image, and what the other system decides about it
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) name: String,
    namespace: Option<String>,
    image: Sample,
    signed: BTreeSet<Signed>,
    /// Word of suites for attestations that do not count
    tamper: Option<&'static str>,
    expected: Value,
}

/// The name of a signer, and the type of its statement; empty for an approval
type Signed = (String, String);

/// An image of a pattern
#[derive(Debug, Clone)]
struct Sample {
    /// Without tag and digest
    repository: String,
    tag: Option<String>,
    /// `digest` for one of its own
    digest: Option<String>,
}

impl Case {
    /// Adds the reasons of a denial, in the order of the Decision.
    pub(crate) fn give_reasons(&mut self, codes: &[String]) {
        if self.expected == json!("denied") && !codes.is_empty() {
            self.expected = json!({"outcome": "denied", "reasons": codes});
        }
    }
}

impl Suite {
    /// The cases of all rules.
    pub(super) fn of(draft: &Draft) -> Self {
        let mut suite = Self {
            resolves_tags: draft.fields.get("resolveTags") == Some(&json!(true))
                && !draft.registries.is_empty(),
            ..Self::default()
        };
        let Some(unmatched) = draft.unmatched else {
            return suite;
        };
        for attestor in &draft.attestors {
            if let Some(fields) = signer(attestor) {
                suite.signers.insert(attestor.id.clone(), fields);
            }
        }
        for rule in &draft.rules {
            suite.add(draft, rule, unmatched);
        }
        if draft.rules.iter().any(is_everywhere) {
            return suite;
        }
        let (name, expected) = match unmatched {
            Unmatched::Admit => ("an image without a rule is admitted", "admitted"),
            Unmatched::Deny => ("an image without a rule is denied", "denied"),
        };
        suite.cases.push(Case {
            name: name.to_owned(),
            namespace: None,
            image: sample("unmatched.example/somebody/else"),
            signed: BTreeSet::new(),
            tamper: None,
            expected: json!(expected),
        });
        suite
    }

    /// Whether the suite has no cases.
    pub(crate) const fn is_empty(&self) -> bool {
        self.cases.is_empty()
    }

    /// The suite as a document, for settings at this path relative to it.
    pub(crate) fn to_json(&self, settings: &str, time: &str) -> Value {
        let mut images = Map::new();
        let mut cases = Vec::new();
        let mut used = BTreeSet::new();
        for (number, case) in (1_usize..).zip(&self.cases) {
            let name = format!("image-{number}");
            let mut fields = Map::new();
            let namespace = case.namespace.as_deref().unwrap_or("default");
            let request = json!({"namespace": namespace, "images": [name]});
            fields.insert("name".to_owned(), json!(case.name));
            fields.insert("request".to_owned(), request);
            // A tag has to be resolved to what was signed.
            let image = match (&case.image.digest, self.resolves_tags) {
                (None, true) => {
                    let signed = format!("{name}-digest");
                    let digest = format!("{}@digest", case.image.repository);
                    images.insert(signed.clone(), json!(digest));
                    let tags = Map::from_iter([(case.image.to_string(), json!(signed))]);
                    fields.insert("tags".to_owned(), Value::Object(tags));
                    signed
                }
                _ => name.clone(),
            };
            images.insert(name, json!(case.image.to_string()));
            let attestations = case.signed.iter().map(|(by, predicate_type)| {
                used.insert(by.as_str());
                let mut one = Map::new();
                one.insert("by".to_owned(), json!(by));
                one.insert("image".to_owned(), json!(image));
                if !predicate_type.is_empty() {
                    let statement = json!({"predicateType": predicate_type});
                    one.insert("statement".to_owned(), statement);
                }
                if let Some(tamper) = case.tamper {
                    one.insert("tamper".to_owned(), json!(tamper));
                }
                Value::Object(one)
            });
            let attestations: Vec<_> = attestations.collect();
            if !attestations.is_empty() {
                fields.insert("attestations".to_owned(), json!(attestations));
            }
            fields.insert("expect".to_owned(), case.expected.clone());
            cases.push(Value::Object(fields));
        }
        let signers = self.signers.iter();
        let signers = signers.filter(|(name, _)| used.contains(name.as_str()));
        let signers: Map<_, _> = signers
            .map(|(name, fields)| (name.clone(), fields.clone()))
            .collect();
        let mut suite = Map::new();
        suite.insert("apiVersion".to_owned(), json!("countersign.dev/v1"));
        suite.insert("kind".to_owned(), json!("PolicySuite"));
        suite.insert("settings".to_owned(), json!(settings));
        suite.insert("time".to_owned(), json!(time));
        suite.insert("images".to_owned(), Value::Object(images));
        if !signers.is_empty() {
            suite.insert("signers".to_owned(), Value::Object(signers));
        }
        suite.insert("cases".to_owned(), json!(cases));
        Value::Object(suite)
    }

    /// Adds the cases of a rule.
    fn add(&mut self, draft: &Draft, rule: &Rule, unmatched: Unmatched) {
        let Some(pattern) = rule.images.first() else {
            return;
        };
        let image = sample(pattern);
        let mut case = |what: &str, signed: BTreeSet<Signed>, tamper, expected: Value| {
            self.cases.push(Case {
                name: format!("{}: {what}", rule.name),
                namespace: rule.namespaces.first().cloned(),
                image: image.clone(),
                signed,
                tamper,
                expected,
            });
        };
        let none = BTreeSet::new;
        let requirements = match &rule.effect {
            Effect::Deny(_) if rule.is_dry_run => return,
            Effect::Deny(_) => return case("denied", none(), None, json!("denied")),
            Effect::Exempt { .. } => return case("admitted", none(), None, json!("admitted")),
            Effect::Require(requirements) => requirements,
        };
        if rule.is_dry_run {
            if unmatched == Unmatched::Admit {
                case(
                    "not attested, only reported",
                    none(),
                    None,
                    json!("admitted"),
                );
            }
            return;
        }
        case("not attested", none(), None, json!("denied"));
        let is_check = |one: &Requirement| matches!(one, Requirement::Check(_));
        if requirements.iter().any(is_check) {
            return;
        }
        let everywhere = draft.rules.iter().filter(|other| is_everywhere(other));
        let everywhere = everywhere.filter_map(|other| match &other.effect {
            Effect::Require(requirements) => Some(requirements),
            _ => None,
        });
        let signers = |all: &[Requirement]| -> Option<BTreeSet<Signed>> {
            let chosen = all.iter().flat_map(chosen);
            let signed = chosen.map(|(name, predicate_type)| {
                let attestor = draft.attestors.iter().find(|one| one.name() == *name)?;
                let has_signer = !attestor.keys.is_empty() || !attestor.identities.is_empty();
                has_signer.then(|| (attestor.id.clone(), predicate_type))
            });
            signed.collect()
        };
        let Some(own) = signers(requirements) else {
            return;
        };
        let mut all = own.clone();
        all.extend(everywhere.filter_map(|other| signers(other)).flatten());
        case("attested", all, None, json!("admitted"));
        if own
            .iter()
            .any(|(_, predicate_type)| !predicate_type.is_empty())
        {
            let approvals = own.iter().map(|(id, _)| (id.clone(), String::new()));
            let what = "signed without a statement";
            case(what, approvals.collect(), None, json!("denied"));
        }
        let types: BTreeSet<_> = own
            .iter()
            .map(|(_, predicate_type)| predicate_type)
            .collect();
        for asked in types.into_iter().filter(|asked| !asked.is_empty()) {
            let instead = own.iter().map(|(id, signed)| match signed == asked {
                true => (id.clone(), OTHER_PREDICATE.to_owned()),
                false => (id.clone(), signed.clone()),
            });
            let what = format!("another statement in place of {asked}");
            case(&what, instead.collect(), None, json!("denied"));
        }
        let by_keys = own.iter().all(|(id, _)| {
            let attestor = draft.attestors.iter().find(|one| one.id == *id);
            attestor.is_some_and(|one| !one.keys.is_empty())
        });
        if by_keys {
            let tamper = Some("wrong-key");
            case("signed with other keys", own, tamper, json!("denied"));
        }
    }
}

/// The attestors that satisfy a requirement together, no more than it needs, and what they sign.
fn chosen(requirement: &Requirement) -> Vec<(&String, String)> {
    let Requirement::Attestors {
        names,
        threshold,
        must_include,
        predicate_types,
    } = requirement
    else {
        return Vec::new();
    };
    let needed = threshold.unwrap_or(names.len()).max(must_include.len());
    let others = names.iter().filter(|name| !must_include.contains(name));
    let predicate_type = predicate_types.first().cloned().unwrap_or_default();
    let chosen = must_include.iter().chain(others).take(needed);
    chosen.map(|name| (name, predicate_type.clone())).collect()
}

/// Whether a rule is for every image everywhere.
fn is_everywhere(rule: &Rule) -> bool {
    rule.images.iter().any(|pattern| pattern == "**")
        && rule.namespaces.is_empty()
        && !rule.is_dry_run
}

/// The signer of an attestor; `None` if nothing satisfies the attestor.
fn signer(attestor: &Attestor) -> Option<Value> {
    if !attestor.keys.is_empty() {
        return Some(json!({"standsFor": attestor.name()}));
    }
    let identity = attestor.identities.first()?;
    let subject = match (text(identity, "subject"), text(identity, "subjectPattern")) {
        ("", pattern) => match pattern.strip_suffix("/**") {
            Some(start) => format!("{}/x", start.replace('*', "x")),
            None => pattern.replace('*', "x"),
        },
        (subject, _) => subject.to_owned(),
    };
    let mut fields = Map::new();
    fields.insert("subject".to_owned(), json!(subject));
    fields.insert("issuer".to_owned(), json!(text(identity, "issuer")));
    let root = text(identity, "trustedRoot");
    fields.insert("trustedRoot".to_owned(), json!(root));
    if let Some(claims) = identity.get("claims").and_then(Value::as_object) {
        let claims = claims.iter().map(|(name, written)| {
            let first = written.as_array().and_then(|list| list.first());
            let pattern = written.get("pattern").and_then(Value::as_str);
            let sample = pattern.map(|text| json!(text.replace("/**", "/x").replace('*', "x")));
            let value = sample.or_else(|| first.cloned());
            (name.clone(), value.unwrap_or_else(|| written.clone()))
        });
        let claims: Map<_, _> = claims.collect();
        fields.insert("claims".to_owned(), Value::Object(claims));
    }
    Some(Value::Object(fields))
}

/// An image that a pattern of `imagePolicy` matches.
fn sample(pattern: &str) -> Sample {
    let (name, digest) = match pattern.split_once('@') {
        Some((name, "-")) => (name, None),
        Some((name, "*")) => (name, Some("digest".to_owned())),
        Some((name, digest)) => (name, Some(digest.to_owned())),
        None => (pattern, Some("digest".to_owned())),
    };
    let last = name.rfind('/').unwrap_or_default();
    let tag_at = name.rfind(':').filter(|at| *at > last);
    let (path, tag) = match tag_at.and_then(|at| name.split_at_checked(at)) {
        Some((path, tag)) => (path, tag.strip_prefix(':')),
        None => (name, None),
    };
    // `**:TAG` has no slash.
    let (path, tag) = match name.strip_prefix("**") {
        Some(rest) => ("registry.example/team/app", rest.strip_prefix(':')),
        None => (path, tag),
    };
    let tag = match tag {
        Some("-") => None,
        Some(tag) => Some(tag.replace('*', "1")),
        None if digest.is_none() => Some("1".to_owned()),
        None => None,
    };
    let path = path.replace("/**", "/team/app");
    let segments = path.split('/').map(|segment| match segment {
        "*" => "app".to_owned(),
        segment => segment.replace('*', "x"),
    });
    Sample {
        repository: segments.collect::<Vec<_>>().join("/"),
        tag,
        digest,
    }
}

impl core::fmt::Display for Sample {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        match &self.digest {
            Some(digest) => write!(f, "@{digest}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_an_image_of_the_pattern() {
        for (pattern, expected) in [
            ("**", "registry.example/team/app@digest"),
            ("**:latest@-", "registry.example/team/app:latest"),
            (
                "registry.example:5000/a/**",
                "registry.example:5000/a/team/app@digest",
            ),
            ("registry.example/a/b*:v1*@-", "registry.example/a/bx:v11"),
            (
                "*.dkr.ecr.*.amazonaws.com/x",
                "x.dkr.ecr.x.amazonaws.com/x@digest",
            ),
            (
                "docker.io/library/nginx:-@sha256:ab",
                "docker.io/library/nginx@sha256:ab",
            ),
            ("docker.io/*/nginx@-", "docker.io/app/nginx:1"),
        ] {
            assert_eq!(sample(pattern).to_string(), expected, "{pattern}");
        }
    }
}
