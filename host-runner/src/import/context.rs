//! Context of a policy: Google's system policy, the cluster, the mesh.

use serde_json::Value;

use super::{Export, Findings, Level};
use policy_wasm::RuleKind;

const MODE: &str = "globalPolicyEvaluationMode";

/// The system policy, if the policy uses it.
pub(super) fn system_policy(
    policy: Option<&Export>,
    system_policy: Option<Export>,
    findings: &mut Findings,
) -> Option<Export> {
    let mode = policy.and_then(|policy| policy.document.get(MODE));
    let is_enabled = mode.and_then(Value::as_str) == Some("ENABLE");
    if let (Some(Export { place, document }), None) = (policy, mode)
        && document.is_object()
    {
        let message = format!(
            "`{MODE}` is missing, which means `DISABLE`: Google's system images are not exempt"
        );
        findings.push(Level::Warning, place, message);
        findings.help("to exempt them, set `ENABLE`, as in the policy of a new project");
    }
    match (is_enabled, system_policy) {
        (true, None) => {
            let place = policy.map(|policy| policy.place.field(MODE));
            let message = "the policy exempts Google's system images, which the system policy lists, and it was not given";
            findings.push(Level::Lacking, place.as_ref(), message);
            findings.help(
                "gcloud alpha container binauthz policy export-system-policy > system.yaml, then --system-policy system.yaml",
            );
            None
        }
        (false, Some(unused)) => {
            let message =
                "the system policy was left out, because the policy does not set `ENABLE`";
            findings.push(Level::Warning, &unused.place, message);
            None
        }
        (true, Some(given)) => {
            let patterns = given.document.get("admissionWhitelistPatterns");
            if patterns.and_then(Value::as_array).is_none_or(Vec::is_empty) {
                let message = "this system policy exempts no image, so it is not Google's";
                findings.push(Level::Lacking, &given.place, message);
                findings.help(
                    "gcloud alpha container binauthz policy export-system-policy > system.yaml",
                );
            }
            Some(given)
        }
        (false, None) => None,
    }
}

/// A map of rules that depends on the context
struct Fact {
    map: &'static str,
    option: &'static str,
    noun: &'static str,
    /// Extracts the context from a key
    of_key: fn(&str) -> &str,
}

const FACTS: [Fact; 2] = [
    Fact {
        map: RuleKind::Cluster.map_name(),
        option: "--cluster",
        noun: "cluster",
        of_key: |key| key,
    },
    Fact {
        map: RuleKind::MeshIdentity.map_name(),
        option: "--mesh-trust-domain",
        noun: "trust domain",
        of_key: |key| {
            let identity = key.strip_prefix("spiffe://").unwrap_or(key);
            identity.split('/').next().unwrap_or_default()
        },
    },
];

/// Checks the context of rules for clusters and mesh identities: the cluster and the mesh's trust domain.
pub(super) fn require_facts(
    policy: Option<&Export>,
    facts: [Option<&str>; 2],
    findings: &mut Findings,
) {
    for (kind, fact) in FACTS.iter().zip(facts) {
        let Fact {
            map,
            option,
            noun,
            of_key,
        } = kind;
        let rules = policy.and_then(|policy| policy.document.get(*map)?.as_object());
        let known = rules.into_iter().flat_map(|rules| rules.keys());
        let mut known: Vec<_> = known.map(|key| of_key(key)).collect();
        known.sort();
        known.dedup();
        let place = policy.map(|policy| policy.place.field(map));
        let of = known.join("`, `");
        match fact {
            None if !known.is_empty() => {
                let message =
                    format!("the policy has rules for a {noun}, and {option} was not given");
                findings.push(Level::Error, place.as_ref(), message);
                findings.help(format!("give {option}; there are rules for `{of}`"));
            }
            Some(fact) if known.is_empty() => {
                let message = format!("{option} `{fact}` has no effect: no rule is for a {noun}");
                findings.push(Level::Warning, None, message);
            }
            Some(fact) if !known.contains(&fact) => {
                let message =
                    format!("no rule is for the {noun} `{fact}`, so the default rule applies");
                findings.push(Level::Warning, place.as_ref(), message);
                findings.help(format!("there are rules for `{of}`"));
            }
            _ => {}
        }
    }
}
