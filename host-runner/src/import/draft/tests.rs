use super::*;
use crate::import::source::Document;

fn place() -> Place {
    Place {
        file: "a.yaml:1".to_owned(),
        path: String::new(),
    }
}

fn rule(name: &str, effect: Effect) -> Rule {
    Rule {
        place: place(),
        name: name.to_owned(),
        images: vec!["registry.example/shop/**".to_owned()],
        except_images: Vec::new(),
        namespaces: Vec::new(),
        effect,
        is_dry_run: false,
    }
}

#[test]
fn attestors_with_the_same_keys_are_one() {
    let mut draft = Draft::new(None);
    let key = json!({"id": "a"});
    let first = draft.attestor("Build Team", &place(), vec![key.clone()], Vec::new());
    let same = draft.attestor("other", &place(), vec![key], Vec::new());
    let other = draft.attestor("build_team", &place(), vec![json!({"id": "b"})], Vec::new());
    assert_eq!(first, "projects/local/attestors/build-team");
    assert_eq!(same, first);
    assert_eq!(other, "projects/local/attestors/build-team-2");
    // Without keys, they stand for two attestors that are not known.
    let unknown = draft.attestor("x", &place(), Vec::new(), Vec::new());
    let another = draft.attestor("y", &place(), Vec::new(), Vec::new());
    assert_ne!(unknown, another);
}

#[test]
fn settings_have_the_rules_with_their_origins() {
    let mut draft = Draft::new(None);
    draft.unmatched = Some(Unmatched::Deny);
    let build = draft.attestor("build", &place(), vec![json!({"id": "a"})], Vec::new());
    let qa = draft.attestor("qa", &place(), vec![json!({"id": "b"})], Vec::new());
    let requirement = Requirement::Attestors {
        names: vec![build, qa],
        threshold: Some(1),
        must_include: Vec::new(),
        predicate_types: Vec::new(),
    };
    draft.rule(rule("shop", Effect::Require(vec![requirement])));
    draft.rule(rule("shop", Effect::Deny("No\nimages.".to_owned())));
    draft.ask_registries(["registry.example".to_owned()]);
    let Finished { import, suite } = draft.finish();
    assert_eq!(
        import.settings["imagePolicy"],
        json!({"unmatchedImages": "deny", "rules": [
            {"name": "shop", "images": ["registry.example/shop/**"],
             "require": [{"attestors": ["projects/local/attestors/build", "projects/local/attestors/qa"], "threshold": 1}]},
            {"name": "shop-2", "images": ["registry.example/shop/**"], "deny": "No images."},
        ]})
    );
    assert_eq!(import.settings["registries"], json!(["registry.example"]));
    assert_eq!(
        import
            .origin("imagePolicy.rules[1].images[0]")
            .unwrap()
            .file,
        "a.yaml:1"
    );
    let names: Vec<_> = suite.cases.iter().map(|case| case.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "shop: not attested",
            "shop: attested",
            "shop: signed with other keys",
            "shop-2: denied",
            "an image without a rule is denied"
        ]
    );
    let written = suite.to_json("settings.yaml", "2026-11-30T12:00:00Z");
    assert_eq!(
        written["signers"],
        json!({"build": {"standsFor": "projects/local/attestors/build"}})
    );
}

#[test]
fn keys_that_cannot_be_used_are_reported() {
    let documents = Document::parse("a.yaml", "key: |\n  no key\n".to_owned()).unwrap();
    let key = documents[0].root().get("key").unwrap();
    let mut draft = Draft::new(None);
    assert_eq!(draft.cosign_key(&key, key.text().unwrap()), None);
    let found = draft.findings.in_order();
    assert_eq!(found[0].level, Level::Lacking);
    assert!(
        found[0].message.starts_with("the key cannot be used"),
        "{found:?}"
    );
}
