use std::fs;

use super::*;

fn deployments(text: &str) -> Vec<Deployment> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("policy.yaml");
    fs::write(&path, text).unwrap();
    let settings = SettingsText::read(&path).unwrap();
    Deployment::all("policy", settings, &[], &Workloads::default())
}

#[test]
fn one_that_pins_has_a_second_beside_it_that_asks_for_no_tags() {
    for (registry, registries, capabilities) in [
        ("", "", &[][..]),
        (
            "evidence: {registry: true}\n",
            "registries: [registry.example]\n",
            &["oci/v1/oci_manifest"],
        ),
    ] {
        let common = format!("# why\npolicy: {{}}\n{registry}");
        let text = format!("{common}registries: [registry.example]\nresolveTags: true\n");
        let deployments = deployments(&text);
        let [pins, last] = deployments.as_slice() else {
            panic!("two deployments")
        };
        assert_eq!((pins.part, last.part), (Part::Pins, Part::DecidesLast));
        assert_eq!(
            (pins.name.as_str(), last.name.as_str()),
            ("policy-pin", "policy")
        );
        assert!(pins.needs.mutation && !last.needs.mutation);
        assert_eq!(pins.settings.indented(0), text);
        assert_eq!(
            last.settings.indented(0),
            format!("{common}{registries}tagsPinnedBefore: true\n")
        );
        assert_eq!(last.needs.capabilities, capabilities);
    }
}

#[test]
fn one_that_does_not_pin_is_alone() {
    for text in ["policy: {}\n", "policy: {}\nresolveTags: false\n"] {
        let deployments = deployments(text);
        assert_eq!(deployments.len(), 1);
        assert_eq!(deployments[0].part, Part::Alone);
        assert_eq!(deployments[0].settings.indented(0), text);
    }
}
