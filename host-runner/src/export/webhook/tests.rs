use serde_json::json;

use super::*;

fn listed(rules: &[WebhookRule]) -> Vec<String> {
    let lists = rules.iter().flat_map(|rule| {
        let operations = rule.operations.join("+");
        let name = move |resource: &String| {
            format!("{operations} {}/{resource}", rule.api_groups.join(","))
        };
        rule.resources.iter().map(name)
    });
    lists.collect()
}

#[test]
fn whoever_judges_is_asked_about_all_that_the_module_names() {
    let module = WebhookRule::of_module().unwrap();
    let rules = rules(&module, &json!({}), &Workloads::default(), Purpose::Judge);
    assert_eq!(rules, module);
    assert!(listed(&rules).contains(&"CREATE+UPDATE /pods/ephemeralcontainers".to_owned()));
}

#[test]
fn whoever_ignores_templates_is_not_asked_about_them() {
    let module = WebhookRule::of_module().unwrap();
    let settings = json!({"podTemplates": "ignore"});
    let rules = rules(&module, &settings, &Workloads::default(), Purpose::Judge);
    assert_eq!(
        listed(&rules),
        [
            "CREATE+UPDATE /pods",
            "CREATE+UPDATE /pods/ephemeralcontainers",
            "CREATE+UPDATE serving.knative.dev/configurations",
            "CREATE+UPDATE serving.knative.dev/revisions",
            "CREATE+UPDATE serving.knative.dev/services",
        ]
    );
}

#[test]
fn whoever_pins_is_asked_about_creations_and_updates_of_every_kind_but_replica_sets() {
    let module = WebhookRule::of_module().unwrap();
    let rules = rules(&module, &json!({}), &Workloads::default(), Purpose::Pin);
    let (pinned, judged) = (listed(&rules), listed(&module));
    let missing: Vec<_> = judged.iter().filter(|one| !pinned.contains(one)).collect();
    assert_eq!(missing, ["CREATE+UPDATE apps/replicasets"]);
    assert!(pinned.iter().all(|one| judged.contains(one)), "{pinned:?}");
}

#[test]
fn plurals_are_guessed_as_kubernetes_does() {
    for (kind, resource) in [
        ("Rollout", "rollouts"),
        ("Policy", "policies"),
        ("Gateway", "gatewaies"),
        ("Ingress", "ingresses"),
        ("Endpoints", "endpoints"),
        ("MyEndpoints", "myendpoints"),
        ("Box", "boxs"),
    ] {
        assert_eq!(guess(kind), resource);
    }
}

#[test]
fn kinds_of_the_settings_become_rules_for_every_version() {
    let settings = json!({"podTemplates": "ignore", "workloads": [
        {"group": "a.example", "kind": "Box", "podSpecs": ["spec"]},
        {"group": "", "kind": "Crate", "podSpecs": ["spec"]},
        {"group": "argoproj.io", "kind": "Rollout", "podSpecs": ["spec.template?.spec"]},
    ]});
    let named = [Plural::parse("a.example/Box=boxes").unwrap()];
    let workloads = Workloads::of(&settings, &named).unwrap();
    let guesses: Vec<_> = workloads.guesses.iter().map(Plural::of).collect();
    assert_eq!(guesses, ["Crate"]);
    let rules = rules(&[], &settings, &workloads, Purpose::Pin);
    assert_eq!(
        listed(&rules),
        [
            "CREATE+UPDATE a.example/boxes",
            "CREATE+UPDATE /crates",
            "CREATE+UPDATE argoproj.io/rollouts"
        ]
    );
    assert!(rules.iter().all(|rule| rule.api_versions == ["*"]));
}

#[test]
fn a_name_for_a_kind_that_is_not_there_is_refused() {
    let named = [Plural::parse("a.example/Box=boxes").unwrap()];
    let error = Workloads::of(&json!({}), &named).unwrap_err();
    assert!(error.to_string().contains("`a.example/Box`"), "{error}");
    for text in ["", "a", "a/B", "a/=b", "a/B=", "a/B=C", "a/B=c/d"] {
        assert!(Plural::parse(text).is_err(), "{text}");
    }
}
