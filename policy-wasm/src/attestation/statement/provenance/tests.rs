use alloc::format;
use alloc::string::String;

use super::super::tests::with_predicate;
use super::super::{Predicate, Statement};
use super::*;
use crate::attestation::statement::predicate_type::{PROVENANCE_V0_2, PROVENANCE_V1};

const WORKER: &str = "https://cloud.google.com/build/gcb-buildtypes/google-worker/v1";

const V0_2_SAMPLE: &str = r#"{
    "builder": {"id": "https://builder.example.com/hosted@v2"},
    "buildType": "https://builder.example.com/generic@v1",
    "invocation": {
        "configSource": {
            "uri": "git+https://git.example.com/shop/cart@refs/heads/main",
            "digest": {"sha1": "9d5ca6a1c24d4ddcf0a3b6f09a7e67c4a2b2f9d4"},
            "entryPoint": "build.yaml"
        },
        "parameters": null,
        "environment": {"arch": "amd64"}
    },
    "metadata": {
        "buildInvocationId": "171",
        "buildStartedOn": "2024-05-01T10:00:00Z",
        "buildFinishedOn": "2024-05-01T12:04:00.5+02:00",
        "completeness": {"parameters": true, "environment": false, "materials": false},
        "reproducible": false
    },
    "materials": [
        {"uri": "git+https://git.example.com/shop/cart@refs/heads/main", "digest": {"sha1": "9d5c"}},
        {"digest": {"sha256": "00"}},
        {"uri": "pkg:docker/debian@12"}
    ]
}"#;

/// SLSA v1 provenance of this build type.
fn v1(build_type: &str, parameters: &str) -> String {
    // The parameters come first: what they mean is only known afterwards.
    format!(
        r#"{{
            "runDetails": {{
                "builder": {{"id": "https://cloudbuild.googleapis.com/GoogleHostedWorker", "version": {{}}}},
                "metadata": {{"invocationId": "171", "startedOn": "2024-05-01T10:00:00Z",
                    "finishedOn": "2024-05-01T10:04:00Z"}},
                "byproducts": []
            }},
            "buildDefinition": {{
                "externalParameters": {parameters},
                "internalParameters": {{"triggerUri": "projects/1/locations/global/triggers/2"}},
                "buildType": "{build_type}",
                "resolvedDependencies": [
                    {{"uri": "git+https://git.example.com/shop/cart", "digest": {{"gitCommit": "9d5c"}}}},
                    {{"uri": "gcr.io/cloud-builders/docker@sha256:00", "digest": {{"sha256": "00"}}}}
                ]
            }}
        }}"#
    )
}

fn read(kind: &str, predicate: &str, check: impl FnOnce(Result<Provenance<'_>, Rejection>)) {
    let text = with_predicate(kind, predicate);
    let statement = Statement::read(text.as_bytes()).unwrap();
    check(statement.predicate().map(|predicate| match predicate {
        Predicate::Provenance(provenance) => provenance,
        other => panic!("{other:?}"),
    }));
}

fn problem(kind: &str, predicate: &str) -> String {
    let mut problem = None;
    read(kind, predicate, |result| problem = result.err());
    match problem {
        Some(Rejection::PayloadInvalid(detail)) => detail,
        other => panic!("{other:?}"),
    }
}

#[test]
fn version_0_2_is_read() {
    read(PROVENANCE_V0_2, V0_2_SAMPLE, |provenance| {
        let provenance = provenance.unwrap();
        let repository = "git+https://git.example.com/shop/cart@refs/heads/main";
        assert_eq!(
            provenance.builder_id,
            "https://builder.example.com/hosted@v2"
        );
        assert_eq!(
            provenance.build_type,
            "https://builder.example.com/generic@v1"
        );
        assert_eq!(provenance.config_repository.as_deref(), Some(repository));
        assert_eq!(provenance.config_path.as_deref(), Some("build.yaml"));
        assert_eq!(provenance.materials, [repository, "pkg:docker/debian@12"]);
        assert_eq!(provenance.started.map(Time::as_unix), Some(1_714_557_600));
        assert_eq!(provenance.finished.map(Time::as_unix), Some(1_714_557_840));
    });
}

#[test]
fn version_1_is_read() {
    let source = r#"{"substitutions": {}, "buildConfigSource": {"path": "cloudbuild.yaml",
        "ref": "refs/heads/main", "repository": "git+https://git.example.com/shop/cart"}}"#;
    read(PROVENANCE_V1, &v1(WORKER, source), |provenance| {
        let provenance = provenance.unwrap();
        let builder = "https://cloudbuild.googleapis.com/GoogleHostedWorker";
        let repository = "git+https://git.example.com/shop/cart";
        assert_eq!(provenance.builder_id, builder);
        assert_eq!(provenance.build_type, WORKER);
        assert_eq!(provenance.config_repository.as_deref(), Some(repository));
        assert_eq!(provenance.config_path.as_deref(), Some("cloudbuild.yaml"));
        let builder_image = "gcr.io/cloud-builders/docker@sha256:00";
        assert_eq!(provenance.materials, [repository, builder_image]);
        assert_eq!(provenance.started.map(Time::as_unix), Some(1_714_557_600));
        assert_eq!(provenance.finished.map(Time::as_unix), Some(1_714_557_840));
    });
}

#[test]
fn the_build_type_says_where_the_configuration_came_from() {
    let nested = |field: &str| format!(r#"{{"{field}": {{"repository": "R", "path": "P"}}}}"#);
    let all = Some(("R", "P"));
    let workflow = "slsa-framework.github.io/github-actions-buildtypes/workflow/v1";
    let triggered = "slsa-framework.github.io/gcb-buildtypes/triggered-build/v1";
    let buildkit = build_type::BUILDKIT_V1;
    let job = r#"{"source": "R", "entryPoint": "P", "variables": {"CI": "true"}}"#;
    for (build_type, parameters, expected) in [
        (WORKER, nested("buildConfigSource"), all),
        (WORKER, nested("workflow"), None),
        (
            WORKER,
            String::from(r#"{"buildConfig": {"steps": []}}"#),
            None,
        ),
        (&format!("https://{workflow}"), nested("workflow"), all),
        (
            "https://actions.github.io/buildtypes/workflow/v1",
            nested("workflow"),
            all,
        ),
        (&format!("https://{triggered}"), nested("configSource"), all),
        (
            "https://slsa.dev/container-based-build/v0.1?draft",
            String::from(r#"{"source": {"uri": "R", "digest": {}}, "configPath": "P"}"#),
            all,
        ),
        (
            "https://tekton.dev/chains/v2/slsa",
            nested("buildConfigSource"),
            all,
        ),
        (
            "https://tekton.dev/chains/v2/slsa-tekton",
            nested("buildConfigSource"),
            all,
        ),
        (
            "https://tekton.dev/chains/v2/slsa",
            String::from(r#"{"runSpec": {"pipelineSpec": {}}}"#),
            None,
        ),
        (
            buildkit,
            String::from(r#"{"configSource": {"uri": "R", "path": "P"}, "request": {}}"#),
            all,
        ),
        (
            buildkit,
            String::from(r#"{"configSource": {"uri": "R#refs/tags/v1:folder", "path": "P"}}"#),
            all,
        ),
        (
            buildkit,
            String::from(r#"{"configSource": {"path": "P"}}"#),
            None,
        ),
        (
            "https://docs.gitlab.com/ci/pipeline_security/slsa/provenance_v1",
            String::from(job),
            all,
        ),
        (
            "https://gitlab.com/gitlab-org/gitlab-runner/-/blob/v17.11.3/PROVENANCE.md",
            String::from(job),
            all,
        ),
        (
            "https://gitlab.com/gitlab-org/gitlab-runner/-/blob/evil/x/PROVENANCE.md",
            String::from(job),
            None,
        ),
        ("https://example.com/unknown/v1", nested("workflow"), None),
    ] {
        read(PROVENANCE_V1, &v1(build_type, &parameters), |provenance| {
            let Provenance {
                config_repository,
                config_path,
                ..
            } = provenance.unwrap();
            let found = config_repository.as_deref().zip(config_path.as_deref());
            assert_eq!(found, expected, "{build_type}");
        });
    }
}

#[test]
fn buildkit_names_a_revision_behind_the_repository() {
    for (build_type, expected) in [
        (
            build_type::BUILDKIT_V0_2,
            "https://git.example.com/shop/cart.git",
        ),
        (
            "https://builder.example.com/generic@v1",
            "https://git.example.com/shop/cart.git#main:app",
        ),
    ] {
        let predicate = V0_2_SAMPLE
            .replace(
                r#""uri": "git+https://git.example.com/shop/cart@refs/heads/main",
            "digest""#,
                r#""uri": "https://git.example.com/shop/cart.git#main:app",
            "digest""#,
            )
            .replace("https://builder.example.com/generic@v1", build_type);
        read(PROVENANCE_V0_2, &predicate, |provenance| {
            let repository = provenance.unwrap().config_repository;
            assert_eq!(repository.as_deref(), Some(expected));
        });
    }
}

#[test]
fn without_a_builder_or_a_build_type_there_is_no_provenance() {
    let builder = r#""builder": {"id": "B"}"#;
    for (kind, predicate, missing) in [
        (PROVENANCE_V0_2, r#"{"buildType": "T"}"#, "builder.id"),
        (
            PROVENANCE_V0_2,
            r#"{"buildType": "T", "builder": {}}"#,
            "builder.id",
        ),
        (
            PROVENANCE_V0_2,
            r#"{"buildType": "T", "builder": {"id": ""}}"#,
            "builder.id",
        ),
        (PROVENANCE_V0_2, &*format!("{{{builder}}}"), "buildType"),
        (
            PROVENANCE_V1,
            r#"{"buildDefinition": {"buildType": "T"}}"#,
            "runDetails.builder.id",
        ),
        // The other version's place is not this version's.
        (
            PROVENANCE_V1,
            &*format!(r#"{{"buildType": "T", {builder}}}"#),
            "runDetails.builder.id",
        ),
        (
            PROVENANCE_V1,
            &*format!(r#"{{"runDetails": {{{builder}}}}}"#),
            "buildDefinition.buildType",
        ),
    ] {
        let expected = format!("it has no `predicate.{missing}`");
        assert_eq!(problem(kind, predicate), expected, "{predicate}");
    }
}

#[test]
fn fields_of_another_shape_are_refused() {
    let time = V0_2_SAMPLE.replace("2024-05-01T10:00:00Z", "yesterday");
    let material = V0_2_SAMPLE.replace(r#""pkg:docker/debian@12""#, "12");
    let parameters = v1(
        WORKER,
        r#"{"buildConfigSource": {"path": ["cloudbuild.yaml"]}}"#,
    );
    for (kind, predicate, path) in [
        (
            PROVENANCE_V0_2,
            &*time,
            "predicate.metadata.buildStartedOn: expected a date",
        ),
        (
            PROVENANCE_V0_2,
            &material,
            "predicate.materials[2].uri: expected a string",
        ),
        (
            PROVENANCE_V0_2,
            r#"{"builder": "B"}"#,
            "predicate.builder: expected an object",
        ),
        (
            PROVENANCE_V1,
            &parameters,
            "predicate.buildDefinition.externalParameters.buildConfigSource.path: expected a string",
        ),
    ] {
        let problem = problem(kind, predicate);
        assert!(problem.starts_with(path), "{problem}");
    }
}
