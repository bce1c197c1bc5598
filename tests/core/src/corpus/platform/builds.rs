//! What `slsaCheck` asks of a build: its builder, its configuration, its source.

use serde_json::{Value, json};

use super::provenance::{
    FORGE, REPOSITORY, by_cloud_build, by_forge, configured, from_trusted, inline, supplied,
};
use crate::case::Case;
use crate::delivery::Delivery;
use crate::platform::statements::{
    CLOUD_BUILD, cloud_build, provenance_v0_2, provenance_v1, signed,
};
use crate::platform::{PROVENANCE, builder, checked, slsa, supply, trust};
use crate::signing::TestKey;

pub(super) fn cases() -> Vec<Case> {
    [builders(), sources()].concat()
}

/// Builders whose ids differ by the release of a workflow, and by the run
const RELEASES: &str = "https://forge.example/o/r/build.yml@*";
const RELEASE: &str = "https://forge.example/o/r/build.yml@refs/tags/v1";
const RUNS: &str = "https://forge.example/o/r/runs/*";

/// Provenance by a key that speaks for some builders, under a rule that trusts some of them.
fn opened(
    name: &str,
    expected: &'static str,
    of_key: &str,
    id: &str,
    trusted: &'static str,
) -> Case {
    let rule = json!({"trustedBuilder": trusted});
    checked(name, expected, &[slsa(&[rule])], |call| {
        let key = TestKey::new("forge");
        let statement = provenance_v1(id, Some(REPOSITORY));
        supply(Delivery::Settings, call, &[signed(&key, &statement)]);
        trust(call, PROVENANCE, &[builder(of_key, &[&key])]);
    })
}

fn builders() -> Vec<Case> {
    let passed = "allow check-passed";
    let built_by = |name, expected, builder: &str| {
        inline(
            name,
            expected,
            &[by_cloud_build()],
            &[provenance_v1(builder, Some(REPOSITORY))],
        )
    };
    let untrusted = "deny no-matching-provenance provenance-builder-not-trusted";
    let forged = |name, expected, builder: &str| {
        let key = TestKey::new("forge");
        let statement = provenance_v1(builder, Some(REPOSITORY));
        supplied(name, expected, &[signed(&key, &statement)])
    };
    vec![
        built_by("provenance_slsa_v1", "allow check-passed", CLOUD_BUILD),
        inline(
            "provenance_slsa_v0_2",
            "allow check-passed",
            &[by_cloud_build()],
            &[provenance_v0_2(CLOUD_BUILD, Some(REPOSITORY))],
        ),
        built_by("builder_is_another", untrusted, FORGE),
        built_by(
            "builder_with_the_name_in_its_host",
            untrusted,
            "https://cloudbuild.googleapis.com.evil.example/GoogleHostedWorker",
        ),
        built_by(
            "builder_with_the_name_in_its_path",
            untrusted,
            "https://evil.example/https://cloudbuild.googleapis.com/GoogleHostedWorker",
        ),
        built_by(
            "builder_with_another_scheme",
            untrusted,
            "http://cloudbuild.googleapis.com/GoogleHostedWorker",
        ),
        forged("builder_of_the_settings", "allow check-passed", FORGE),
        forged(
            "builder_of_the_settings_is_compared_whole",
            untrusted,
            "https://forge.example/builder2",
        ),
        forged(
            "builder_that_its_key_does_not_speak_for",
            untrusted,
            CLOUD_BUILD,
        ),
        checked(
            "builder_that_another_builders_key_speaks_for",
            untrusted,
            &[slsa(&[by_forge()])],
            |call| {
                let (ours, theirs) = (TestKey::new("forge"), TestKey::new("theirs"));
                let statement = provenance_v1(FORGE, Some(REPOSITORY));
                supply(Delivery::Settings, call, &[signed(&theirs, &statement)]);
                let other = builder("https://other.example/builder", &[&theirs]);
                let authenticators = [builder(FORGE, &[&ours]), other];
                trust(call, PROVENANCE, &authenticators);
            },
        ),
        opened(
            "builder_of_any_revision",
            passed,
            RELEASES,
            RELEASE,
            RELEASES,
        ),
        opened(
            "builder_of_one_revision",
            passed,
            RELEASES,
            RELEASE,
            RELEASE,
        ),
        opened(
            "builder_of_another_revision",
            untrusted,
            RELEASES,
            RELEASE,
            "https://forge.example/o/r/build.yml@refs/tags/v2",
        ),
        opened(
            "builder_of_another_workflow",
            untrusted,
            RELEASES,
            "https://forge.example/o/r/evil.yml@refs/tags/v1",
            RELEASES,
        ),
        opened(
            "builder_without_a_revision",
            untrusted,
            RELEASES,
            "https://forge.example/o/r/build.yml@",
            RELEASES,
        ),
        opened(
            "builder_of_any_run",
            passed,
            RUNS,
            "https://forge.example/o/r/runs/7",
            RUNS,
        ),
        opened(
            "builder_of_any_attempt_of_a_run",
            passed,
            RUNS,
            "https://forge.example/o/r/runs/7/attempts/2",
            RUNS,
        ),
        opened(
            "builder_of_a_run_of_another_repository",
            untrusted,
            RUNS,
            "https://forge.example/o/r/runs/../../evil/runs/7",
            RUNS,
        ),
        opened(
            "rule_wider_than_every_builder",
            "error settings-invalid",
            RELEASE,
            RELEASE,
            RELEASES,
        ),
        opened(
            "builder_with_a_wildcard_in_a_word",
            "error settings-invalid",
            "https://forge.example/o/r/build*",
            RELEASE,
            RELEASE,
        ),
        checked(
            "cloud_build_by_its_key_in_the_settings",
            "allow check-passed",
            &[slsa(&[by_cloud_build()])],
            |call| {
                let key = TestKey::new("cloud-build");
                supply(
                    Delivery::Settings,
                    call,
                    &[signed(&key, &cloud_build(REPOSITORY))],
                );
                trust(call, PROVENANCE, &[builder(CLOUD_BUILD, &[&key])]);
            },
        ),
    ]
}

fn sources() -> Vec<Case> {
    let of = |name, expected, rule: Value, statement: Value| {
        inline(name, expected, &[rule], &[statement])
    };
    let bare = || provenance_v1(CLOUD_BUILD, None);
    let no_config = "deny no-matching-provenance provenance-config-not-top-level";
    let source = "deny no-matching-provenance provenance-source-not-trusted";
    let mut unknown_type = cloud_build(REPOSITORY);
    unknown_type["predicate"]["buildDefinition"]["buildType"] = "https://example.com/x/v1".into();
    let mut material = bare();
    material["predicate"]["buildDefinition"]["resolvedDependencies"] = json!([{"uri": REPOSITORY}]);
    vec![
        of(
            "config_based_build",
            "allow check-passed",
            configured(from_trusted(by_cloud_build())),
            cloud_build(REPOSITORY),
        ),
        of(
            "config_based_build_in_slsa_v0_2",
            "allow check-passed",
            configured(from_trusted(by_cloud_build())),
            provenance_v0_2(CLOUD_BUILD, Some(REPOSITORY)),
        ),
        of(
            "config_not_required",
            "allow check-passed",
            by_cloud_build(),
            bare(),
        ),
        of(
            "config_required",
            no_config,
            configured(by_cloud_build()),
            bare(),
        ),
        of(
            "config_required_in_slsa_v0_2",
            no_config,
            configured(by_cloud_build()),
            provenance_v0_2(CLOUD_BUILD, None),
        ),
        of(
            "config_of_a_build_type_that_nobody_knows",
            no_config,
            configured(by_cloud_build()),
            unknown_type,
        ),
        of(
            "source_is_trusted",
            "allow check-passed",
            from_trusted(by_cloud_build()),
            cloud_build(REPOSITORY),
        ),
        of(
            "source_is_not_trusted",
            source,
            from_trusted(by_cloud_build()),
            cloud_build("https://github.com/evil/app"),
        ),
        of(
            "source_is_not_stated",
            source,
            from_trusted(by_cloud_build()),
            bare(),
        ),
        of(
            "source_among_the_materials_only",
            source,
            from_trusted(by_cloud_build()),
            material,
        ),
    ]
}
