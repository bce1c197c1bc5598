use std::fs;

use super::*;
use crate::attest::store::tests::{DIGEST, entry, envelope, occurrence, signed_again};
use crate::engine::{Host as _, HostCall};
use crate::offline_host::{Cluster, OfflineHost};

const NAME: &str = "sha256-1111111111111111111111111111111111111111111111111111111111111111";

/// Returns the answer to a policy that looks the attestations up in the folder.
fn looked_up(folder: &Path) -> Value {
    let question = json!({
        "api_version": "countersign.dev/v1", "kind": "Attestation", "name": NAME,
        "namespace": "attest-build", "disable_cache": false,
    });
    let cluster = Cluster::open(folder).unwrap();
    let answer = OfflineHost::from_folders(Some(cluster), None).call(&HostCall {
        binding: "kubewarden".into(),
        namespace: "kubernetes".into(),
        operation: "get_resource".into(),
        payload: question.to_string().into_bytes(),
    });
    let answer: Value = serde_json::from_slice(&answer.unwrap()).unwrap();
    answer["spec"]["attestations"].clone()
}

#[test]
fn what_is_added_is_what_a_policy_finds() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (occurrence("a", DIGEST), envelope("b", DIGEST));
    let again = signed_again(&first);
    let named = |all: &[&Value]| json!(all.iter().map(|one| named(one)).collect::<Vec<_>>());
    for (document, change, found) in [
        (&first, Change::Added, named(&[&first])),
        (&second, Change::Added, named(&[&first, &second])),
        (&second, Change::Unchanged, named(&[&first, &second])),
        (&again, Change::Replaced, named(&[&again, &second])),
    ] {
        let (path, was) = add(folder.path(), "attest-build", &entry(document.clone())).unwrap();
        assert_eq!(
            path,
            folder.path().join(format!("attest-build/{NAME}.yaml"))
        );
        assert_eq!(was, change);
        assert_eq!(looked_up(folder.path()), found);
    }
}

/// Two attestors apply the same object: what one has is never the other's, and what one signs again is its own.
#[test]
fn an_attestation_is_named_by_its_signers_and_its_payload() {
    let name = |document: &Value| named(document)["name"].as_str().unwrap().to_owned();
    let first = occurrence("a", DIGEST);
    assert_eq!(name(&first), name(&signed_again(&first)));
    assert_ne!(name(&first), name(&occurrence("b", DIGEST)));
    assert_eq!(named(&named(&first)), named(&first));
    let google = json!({"name": "projects/p/occurrences/1", "kind": "ATTESTATION"});
    assert_eq!(named(&google), google);
}

#[test]
fn attestations_of_before_are_named_where_there_are_several() {
    let (old, older) = (occurrence("old", DIGEST), occurrence("older", DIGEST));
    let own = envelope("own", DIGEST);
    for (before, expected) in [
        (json!([old]), json!([old, named(&own)])),
        (
            json!([old, older]),
            json!([named(&old), named(&older), named(&own)]),
        ),
    ] {
        let text = after(
            &object(&format!("spec: {{attestations: {before}}}\n")),
            &own,
        )
        .unwrap();
        let written = inputs::parse(&text).unwrap();
        assert_eq!(written[0]["spec"]["attestations"], expected);
    }
}

#[test]
fn an_object_reads_as_people_write_it() {
    let object = resource(
        "attest-build",
        &entry(json!({})).digest,
        &[json!({"name": "x", "a": "b"})],
    );
    assert_eq!(
        yaml::document(&object),
        format!(
            "apiVersion: countersign.dev/v1\nkind: Attestation\nmetadata:\n  name: {NAME}\n  namespace: attest-build\nspec:\n  attestations:\n    - name: x\n      a: b\n"
        )
    );
}

/// The file after an attestation was added to what is in it.
fn after(text: &str, document: &Value) -> Result<String, String> {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("attest-build");
    fs::create_dir(&home).unwrap();
    fs::write(home.join(format!("{NAME}.yaml")), text).unwrap();
    let added = add(folder.path(), "attest-build", &entry(document.clone()));
    let (path, _) = added.map_err(|error| error.to_string())?;
    Ok(fs::read_to_string(path).unwrap())
}

const OBJECT: &str = "apiVersion: countersign.dev/v1
kind: Attestation
metadata: {name: NAME, namespace: attest-build, labels: {a: b}}
";

fn object(rest: &str) -> String {
    format!("{OBJECT}{rest}").replace("NAME", NAME)
}

#[test]
fn comments_stay_and_what_the_server_wrote_goes() {
    let own = envelope("own", DIGEST);
    let lines = yaml::document(&json!({"attestations": [{"other": 1}, named(&own)]}));
    let lines: String = lines.lines().map(|line| format!("  {line}\n")).collect();
    let before = object("spec: # of build\n  attestations:\n    - other: 1\n");
    assert_eq!(
        after(&before, &own).unwrap(),
        object(&format!("spec: # of build\n{lines}"))
    );

    let dump = object("spec:\n  attestations:\n  - other: 1\n").replace(
        "labels:",
        "uid: u, resourceVersion: '7', generation: 2, creationTimestamp: x, managedFields: [], annotations: {c: d}, labels:",
    );
    let mut expected = resource(
        "attest-build",
        &entry(json!({})).digest,
        &[json!({"name": "", "other": 1}), own.clone()],
    );
    expected["spec"]["attestations"][0] = json!({"other": 1});
    expected["metadata"]["annotations"] = json!({"c": "d"});
    expected["metadata"]["labels"] = json!({"a": "b"});
    assert_eq!(
        inputs::parse(&after(&dump, &own).unwrap()).unwrap(),
        [expected]
    );
    let error = after(&format!("# dump\n{dump}"), &own).unwrap_err();
    assert!(error.contains("comments would be lost"), "{error}");
    // An existing file is not changed, dump or not.
    let same = dump.replace("other: 1", &own.to_string());
    assert_eq!(after(&same, &own).unwrap(), same);
}

#[test]
fn anything_else_in_the_file_is_refused() {
    let own = envelope("own", DIGEST);
    for (text, problem) in [
        (
            object("spec: {attestations: []}\n").replace("attest-build", "other"),
            "it must contain only the object `Attestation` attest-build/sha256-1111",
        ),
        (
            object("spec: {attestations: []}\n").replace("-1111", "-2222"),
            "it must contain only the object",
        ),
        (
            object("spec: {attestations: []}\n").replace("/v1", "/v2"),
            "it must contain only the object",
        ),
        (
            object("spec: {attestations: []}\n---\na: 1\n"),
            "it must contain only the object",
        ),
        (String::new(), "it must contain only the object"),
        (
            object("spec: {attestations: x}\n"),
            "`attestations` is not a list",
        ),
        ("a: [".into(), "not valid YAML"),
        (
            object(&format!("spec: {{attestations: {}}}\n", json!(vec![1; 16]))),
            "it already has 16 attestations",
        ),
    ] {
        let error = after(&text, &own).unwrap_err();
        assert!(error.contains(problem), "{text}\n{error}");
    }
    let full = object(&format!("spec: {{attestations: {}}}\n", json!(vec![1; 15])));
    assert!(after(&full, &own).is_ok());
    for namespace in ["", "..", "a/b", "A", "-a", "a.b"] {
        let folder = tempfile::tempdir().unwrap();
        let error = add(folder.path(), namespace, &entry(own.clone())).unwrap_err();
        assert!(
            error.to_string().contains("is not a namespace"),
            "{namespace}"
        );
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

#[test]
fn an_object_of_another_file_is_not_written_twice() {
    let folder = tempfile::tempdir().unwrap();
    let all = folder.path().join("all.yaml");
    let text = object("spec: {attestations: []}\n");
    fs::write(
        &all,
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\n---\n{text}"),
    )
    .unwrap();
    let own = entry(envelope("own", DIGEST));
    let error = add(folder.path(), "attest-build", &own)
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("all.yaml`") && error.contains("move it to"),
        "{error}"
    );
    assert!(add(folder.path(), "attest-qa", &own).is_ok());
    fs::remove_file(&all).unwrap();
    assert!(add(folder.path(), "attest-build", &own).is_ok());
}
