//! Problems between two parts of the settings: both places, and what to do.

use policy_wasm::Code;

use crate::diagnostic::Diagnostic;
use crate::document::Settings;
use crate::source::{Entry, Node, Span, pointed_at, resolve, resolve_key};
use crate::spelling::closest_resource;

/// The finding of a problem that has two places; `None` for all other problems.
pub(super) fn at(
    code: Code,
    message: &str,
    path: &str,
    settings: &Settings<'_>,
) -> Option<Diagnostic> {
    match code {
        Code::PolicyAttestorUnknown => unknown_attestor(message, path, settings),
        Code::PolicyAttestorsShareKey => shared_key(message, path, settings),
        Code::AttestorDuplicate => duplicate_attestor(message, path, settings),
        Code::PolicyMultipleRuleMaps => second_map(message, path, settings),
        Code::SettingsContextMissing => missing_context(message, path, settings),
        Code::SettingsMissingField if path == "registries" => missing_registries(message, settings),
        Code::PolicyChecksetScopeDuplicate => duplicate_scope(message, path, settings),
        _ => None,
    }
}

/// The name in the rule, and the list that does not have it.
fn unknown_attestor(message: &str, path: &str, settings: &Settings<'_>) -> Option<Diagnostic> {
    let list = resolve_key(settings.root, path)?;
    let is_meant = |item: &&Node| is_named(message, item.text().unwrap_or_default());
    let item = list.value.items().iter().find(is_meant)?;
    let written = item.text().unwrap_or_default();
    let attestors = settings.attestors();
    let names: Vec<_> = attestors.iter().map(|one| one.name()).collect();
    let finding = Diagnostic::new(item.span, "names no attestor", message);
    let finding = match settings.entry(&["attestors"]) {
        Some(entry) => finding.because(entry.key_span, "does not have it"),
        None => finding,
    };
    let known: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    let help = match (
        closest_resource(written, names.iter().copied()),
        known.as_slice(),
    ) {
        (Some(name), _) => format!("did you mean `{name}`?"),
        (None, []) => {
            "add it to `attestors`, as `countersign attest keygen --attestor NAME` prints it".into()
        }
        (None, known) => format!("add it to `attestors`, or name one of {}", known.join(", ")),
    };
    Some(finding.help(help))
}

fn shared_key(message: &str, path: &str, settings: &Settings<'_>) -> Option<Diagnostic> {
    let list = resolve_key(settings.root, path)?;
    let mut finding = Diagnostic::new(list.key_span, "demands both", message);
    for attestor in settings.attestors() {
        if is_named(message, attestor.name()) {
            finding = finding.because(attestor.span(), "has the key");
        }
    }
    Some(finding.help("give each attestor a key of its own"))
}

fn duplicate_attestor(message: &str, path: &str, settings: &Settings<'_>) -> Option<Diagnostic> {
    let span = resolve(settings.root, path);
    let attestors = settings.attestors();
    let second = attestors.iter().position(|one| one.is_at(span))?;
    let second = attestors.get(second)?;
    let first = attestors.iter().find(|one| one.name() == second.name())?;
    let finding = Diagnostic::new(second.span(), "has the same name", message);
    let finding = finding.because(first.span(), "the first one");
    Some(finding.help("remove one of them, or move its keys to the other"))
}

/// Two maps of rules with entries.
fn second_map(message: &str, path: &str, settings: &Settings<'_>) -> Option<Diagnostic> {
    let map = resolve_key(settings.root, path)?;
    let policy = settings.policy()?;
    let has_entries =
        |entry: &&Entry| entry.key.ends_with("AdmissionRules") && !entry.value.entries().is_empty();
    let others = policy.entries().iter().filter(has_entries);
    let other = others.into_iter().find(|entry| entry.key != map.key)?;
    let finding = Diagnostic::new(map.key_span, "has rules", message);
    let finding = finding.because(other.key_span, "has rules, too");
    Some(
        finding
            .help("keep the rules of one map; for everything else, `defaultAdmissionRule` applies"),
    )
}

/// A setting that the rules of a map need.
fn missing_context(message: &str, path: &str, settings: &Settings<'_>) -> Option<Diagnostic> {
    let (map, example) = match path {
        "cluster" => ("clusterAdmissionRules", "cluster: us-central1-a.production"),
        "meshTrustDomain" => (
            "istioServiceIdentityAdmissionRules",
            "meshTrustDomain: cluster.local",
        ),
        _ => return None,
    };
    let map = settings.policy()?.entry(map)?;
    let finding = Diagnostic::new(map.key_span, "has rules", message);
    Some(finding.help(format!("add `{path}` to the settings, as in `{example}`")))
}

/// `registries`, and the setting that needs it.
fn missing_registries(message: &str, settings: &Settings<'_>) -> Option<Diagnostic> {
    let askers: [&[&str]; 4] = [
        &["resolveTags"],
        &["indexPolicy"],
        &["evidence", "registry"],
        &["evidence", "referrers"],
    ];
    let mut askers = askers.into_iter();
    let asker = askers.find(|path| is_named(message, &path.join(".")))?;
    let entry = settings.entry(asker)?;
    let finding = Diagnostic::new(entry.key_span, "asks registries", message);
    Some(finding.help(
        "list the registries that the policy may ask, as in `registries: [registry.example]`",
    ))
}

fn duplicate_scope(message: &str, path: &str, settings: &Settings<'_>) -> Option<Diagnostic> {
    let span = resolve(settings.root, path);
    let sets = settings.check_sets();
    let scope = |node: &Node| node.get("scope").map(Node::to_json);
    let second = sets.iter().find(|one| pointed_at(one.node) == span)?;
    let first = sets
        .iter()
        .find(|one| scope(one.node) == scope(second.node))?;
    let place = |node: &Node| -> Option<Span> { node.entry("scope").map(|entry| entry.key_span) };
    let finding = Diagnostic::new(place(second.node)?, "is the same", message);
    let finding = finding.because(place(first.node)?, "the first one");
    Some(finding.help("move the checks of both into one check set"))
}

/// Whether a message quotes a name.
fn is_named(message: &str, name: &str) -> bool {
    !name.is_empty() && message.contains(&format!("`{name}`"))
}

#[cfg(test)]
mod tests {
    use crate::{Config, SourceFile, lint};

    const RULE: &str = "evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG";

    /// The texts at the places of a finding, and its help.
    fn found(yaml: &str, code: &str) -> (Vec<String>, String) {
        let file = SourceFile::new("policy.yaml", yaml);
        let report = lint(core::slice::from_ref(&file), &Config::default());
        let mut findings = report.diagnostics.into_iter();
        let finding = findings.find(|one| one.code == code).unwrap();
        let text = |label: &crate::Label| file.text().get(label.span.range()).unwrap().to_owned();
        (
            finding.labels.iter().map(text).collect(),
            finding.help.unwrap(),
        )
    }

    #[test]
    fn an_unknown_attestor_is_shown_with_the_list() {
        let yaml = |name: &str, attestors: &str| {
            format!(
                "policy:\n  defaultAdmissionRule:\n    evaluationMode: REQUIRE_ATTESTATION\n    enforcementMode: \
                 ENFORCED_BLOCK_AND_AUDIT_LOG\n    requireAttestationsBy: [{name}]\n{attestors}"
            )
        };
        let list = "attestors:\n  - {name: projects/p/attestors/build, userOwnedGrafeasNote: {noteReference: projects/p/notes/b}}\n";
        let code = "policy-attestor-unknown";
        let (places, help) = found(&yaml("projects/p/attestors/biuld", list), code);
        assert_eq!(places, ["projects/p/attestors/biuld", "attestors"]);
        assert_eq!(help, "did you mean `projects/p/attestors/build`?");
        let (_, help) = found(&yaml("projects/p/attestors/qa", list), code);
        assert_eq!(
            help,
            "add it to `attestors`, or name one of `projects/p/attestors/build`"
        );
        let (places, help) = found(&yaml("build", ""), code);
        assert!(
            places == ["build"] && help.contains("attest keygen"),
            "{help}"
        );
    }

    #[test]
    fn a_setting_that_asks_registries_is_shown_where_none_are_listed() {
        for (setting, place) in [
            ("resolveTags: true", "resolveTags"),
            ("indexPolicy: platforms", "indexPolicy"),
            ("evidence: {registry: true}", "registry"),
            ("evidence: {referrers: true}", "referrers"),
        ] {
            let yaml = format!("policy:\n  defaultAdmissionRule: {{{RULE}}}\n{setting}\n");
            let (places, help) = found(&yaml, "settings-missing-field");
            assert_eq!(places, [place], "{setting}");
            assert!(help.contains("`registries: [registry.example]`"), "{help}");
        }
    }

    #[test]
    fn a_short_name_of_a_predicate_type_is_told_as_a_uri() {
        let yaml = |word: &str| {
            format!(
                "imagePolicy:\n  unmatchedImages: deny\n  rules:\n    - name: a\n      images: [registry.example/**]\n      \
                 require: [{{attestors: [projects/p/attestors/a], predicateTypes: [{word}]}}]\nattestors:\n  - {{name: \
                 projects/p/attestors/a, userOwnedGrafeasNote: {{noteReference: projects/p/notes/a}}}}\n"
            )
        };
        for word in ["spdxjson", "\"spdxjson\""] {
            let (places, help) = found(&yaml(word), "policy-invalid-value");
            assert_eq!(places, [word]);
            assert_eq!(
                help,
                "cosign's name `spdxjson` stands for the type `https://spdx.dev/Document`; write that"
            );
        }
    }

    #[test]
    fn a_number_in_place_of_a_name_is_told_with_what_writes_names() {
        let yaml = "policy:\n  defaultAdmissionRule: {evaluationMode: 3, enforcementMode: \
                    ENFORCED_BLOCK_AND_AUDIT_LOG}\n";
        let (places, help) = found(yaml, "policy-numeric-enum");
        assert_eq!(places, ["3"]);
        assert!(help.contains("use_integers_for_enums=False"), "{help}");
    }

    #[test]
    fn both_ends_of_a_contradiction_are_shown() {
        let attestors =
            "attestors:\n  - {name: projects/p/attestors/a}\n  - {name: projects/p/attestors/a}\n";
        for (yaml, code, expected) in [
            (
                format!(
                    "policy:\n  defaultAdmissionRule: {{{RULE}}}\n  clusterAdmissionRules:\n    a.b: {{{RULE}}}\n  \
                     kubernetesNamespaceAdmissionRules:\n    a: {{{RULE}}}\ncluster: a.b\n"
                ),
                "policy-multiple-rule-maps",
                vec!["kubernetesNamespaceAdmissionRules", "clusterAdmissionRules"],
            ),
            (
                format!(
                    "policy:\n  defaultAdmissionRule: {{{RULE}}}\n  clusterAdmissionRules:\n    a.b: {{{RULE}}}\n\
                     attestors: []\n"
                ),
                "settings-context-missing",
                vec!["clusterAdmissionRules"],
            ),
            (
                format!("policy:\n  defaultAdmissionRule: {{{RULE}}}\n{attestors}"),
                "attestor-duplicate",
                vec!["projects/p/attestors/a", "projects/p/attestors/a"],
            ),
            (
                "platformPolicies:\n  - gkePolicy:\n      checkSets:\n        - scope: {kubernetesNamespace: a}\n          \
                 checks: [{alwaysDeny: true}]\n        - scope: {kubernetesNamespace: a}\n          checks: \
                 [{alwaysDeny: true}]\n        - checks: [{alwaysDeny: true}]\n"
                    .to_owned(),
                "policy-checkset-scope-duplicate",
                vec!["scope", "scope"],
            ),
        ] {
            let (places, _) = found(&yaml, code);
            assert_eq!(places, expected, "{yaml}");
        }
    }
}
