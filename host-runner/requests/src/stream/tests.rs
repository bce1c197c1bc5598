use serde_json::json;

use super::*;
use crate::Request;

/// Returns the visited objects, and the reasons why something is none.
fn read_up_to(limit: u64, text: &str) -> (Vec<Request>, Vec<InputError>) {
    let (mut requests, mut errors) = (Vec::new(), Vec::new());
    let read = Objects {
        namespace: None,
        name: "dump",
        position: &Position::start(limit),
        document: 0,
        visit: &mut |found| {
            match found {
                Ok(request) => requests.push(request),
                Err(error) => errors.push(error),
            }
            Ok::<_, InputError>(())
        },
        stopped: None,
    }
    .read(text.as_bytes(), &|_| {});
    read.unwrap();
    (requests, errors)
}

fn read(text: &str) -> (Vec<Request>, Vec<InputError>) {
    read_up_to(MAX_OBJECT, text)
}

/// The one error.
fn message(errors: &[InputError]) -> String {
    let [error] = errors else {
        panic!("{errors:?}")
    };
    error.to_string()
}

fn titles(requests: &[Request]) -> Vec<&str> {
    requests.iter().map(|one| one.title.as_str()).collect()
}

const POD: &str = r#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}"#;
const BARE: &str = r#"{"metadata": {"name": "b", "namespace": "n"}, "spec": {}}"#;

#[test]
fn whatever_its_form_a_dump_has_the_objects_that_a_manifest_has() {
    let review = r#"{"kind": "AdmissionReview", "request": {"uid": "u", "items": [1]}}"#;
    let request = r#"{"items": 5, "uid": "u", "kind": {"kind": "Pod"}, "operation": "CREATE"}"#;
    for (text, expected) in [
        (POD.to_owned(), vec!["Pod default/a"]),
        // As `kubectl get` prints it: keys in alphabetical order.
        (
            format!(r#"{{"apiVersion": "v1", "items": [{POD}, {POD}], "kind": "List", "metadata": {{}}}}"#),
            vec!["Pod default/a"; 2],
        ),
        // As the API server prints it: only the list has a kind.
        (
            format!(r#"{{"kind": "PodList", "apiVersion": "v1", "metadata": {{}}, "items": [{BARE}, {POD}]}}"#),
            vec!["Pod n/b", "Pod default/a"],
        ),
        // Both at once.
        (
            format!(r#"{{"apiVersion": "v1", "items": [{BARE}, {BARE}], "kind": "PodList"}}"#),
            vec!["Pod n/b"; 2],
        ),
        (
            format!(r#"{{"items": [{BARE}], "kind": "DeploymentList", "apiVersion": "apps/v1"}}"#),
            vec!["Deployment n/b"],
        ),
        (
            format!(r#"{{"items": [{{"kind": "PodList", "apiVersion": "v1", "items": [{BARE}]}}], "kind": "List"}}"#),
            vec!["Pod n/b"],
        ),
        (format!("{POD}\n{POD}\n\n  {POD} \n"), vec!["Pod default/a"; 3]),
        (format!("{POD}{POD}"), vec!["Pod default/a"; 2]),
        (format!("{review} {request}"), vec!["object", "Pod"]),
        (r#"{"apiVersion": "v1", "items": [], "kind": "List"}"#.to_owned(), vec![]),
        (r#"{"apiVersion": "v1", "kind": "PodList", "items": null}"#.to_owned(), vec!["PodList default"]),
        // An object of its own that has something of this name.
        (
            r#"{"apiVersion": "e.com/v1", "items": {"a": [1.5, -1, true, "x", null]}, "kind": "Menu"}"#.to_owned(),
            vec!["Menu default"],
        ),
        (r#"{"apiVersion": "v1", "kind": "Pod", "Items": [1]}"#.to_owned(), vec!["Pod default"]),
        // kubectl takes whatever has items for a list.
        (
            format!(r#"{{"apiVersion": "v1", "kind": "Secret", "items": [{POD}, {BARE}]}}"#),
            vec!["Pod default/a", "Secret n/b"],
        ),
        (
            format!(r#"{{"items": [{POD}, {BARE}], "kind": "ConfigMap", "apiVersion": "v1", "data": {{}}}}"#),
            vec!["Pod default/a", "ConfigMap n/b"],
        ),
        (
            format!(r#"{{"items": [{{"kind": "Service", "apiVersion": "v1", "items": [{POD}]}}], "kind": "List"}}"#),
            vec!["Pod default/a"],
        ),
        ("kind: Pod\napiVersion: v1\n---\nkind: Job\napiVersion: v1\n".to_owned(), vec!["Pod default", "Job default"]),
        ("  {kind: Pod, apiVersion: v1}\n".to_owned(), vec!["Pod default"]),
        (String::new(), vec![]),
    ] {
        let (requests, errors) = read(&text);
        assert!(errors.is_empty(), "{errors:?}");
        assert_eq!(titles(&requests), expected, "{text}");
        let source = super::super::Source { name: "dump".into(), text: text.clone() };
        let whole: Result<Vec<_>, _> = found_in_source(&source, None).into_iter().collect();
        let whole = whole.unwrap();
        let sorted = |requests: &[Request]| {
            let mut all: Vec<_> = requests.iter().map(|one| one.request.to_string()).collect();
            all.sort();
            all
        };
        assert_eq!(sorted(&requests), sorted(&whole), "{text}");
    }
}

#[test]
fn what_comes_before_an_error_is_visited() {
    for (text, visited, error) in [
        (
            format!("{POD}\n{POD}\n{{\"a\" 1}}"),
            2,
            "not valid JSON: expected `:` at line 3 column 6",
        ),
        (
            format!("{POD} {{\"a\" 1}}"),
            1,
            "expected `:` at line 1 column 69",
        ),
        (
            format!(r#"{{"items": [{POD}, {{"kind": "x", "kind": "x"}}], "kind": "List"}}"#),
            1,
            "duplicate key `kind`",
        ),
        (
            format!(r#"{{"items": [{POD}], "kind": "List", "items": []}}"#),
            1,
            "duplicate key `items`",
        ),
        (r#"{"a": 1, "a": 1}"#.to_owned(), 0, "duplicate key `a`"),
        (
            format!(r#"{{"items": [{POD}, 1], "kind": "List"}}"#),
            1,
            "an item of the list is not an object",
        ),
        (
            format!(r#"{{"kind": "List", "items": [{POD}, 1]}}"#),
            1,
            "an item of the list is not an object",
        ),
        (
            format!(r#"{{"items": [{POD}, {BARE}], "kind": "List"}}"#),
            1,
            "expected an object with `apiVersion` and `kind`",
        ),
        (
            format!(r#"{{"kind": "List", "items": [{BARE}]}}"#),
            0,
            "expected an object with `apiVersion` and `kind`",
        ),
        // A workload's author must not choose what is judged in its place.
        (
            format!(r#"{{"apiVersion": "v1", "items": [{POD}], "kind": "Pod"}}"#),
            1,
            "the Pod also has `items`",
        ),
        (
            format!(r#"{{"kind": "Pod", "apiVersion": "v1", "spec": {{}}, "items": [{POD}]}}"#),
            1,
            "the Pod also has `items`",
        ),
        (
            r#"{"apiVersion": "v1", "items": [], "kind": "Pod"}"#.to_owned(),
            0,
            "the Pod also has `items`",
        ),
        (
            format!(
                r#"{{"kind": "List", "items": [{{"kind": "Job", "apiVersion": "batch/v1", "items": [{POD}]}}]}}"#
            ),
            1,
            "items[0]: the Job also has `items`",
        ),
        (
            format!(
                r#"{{"kind": "PodList", "apiVersion": "v1", "spec": {{"containers": []}}, "items": [{BARE}]}}"#
            ),
            1,
            "the PodList also has `items`",
        ),
        (
            format!(
                r#"{{"kind": "AdmissionReview", "request": {{"operation": "DELETE"}}, "items": [{POD}]}}"#
            ),
            1,
            "the AdmissionReview also has `items`",
        ),
        (
            format!(r#"{{"operation": "DELETE", "items": [{POD}]}}"#),
            0,
            "the AdmissionRequest also has `items`",
        ),
        (
            format!(r#"{{"items": [{POD}], "request": {{}}}}"#),
            1,
            "no kind that says what it is",
        ),
        (
            format!(r#"{{"items": [{POD}]}}"#),
            1,
            "no kind that says what it is",
        ),
        (
            format!("{POD} 5"),
            1,
            "expected a Kubernetes object, a list of them, or an admission request",
        ),
        (format!("{POD} ["), 1, "expected a Kubernetes object"),
        (format!(r#"{{"items": [{POD}, "#), 1, "EOF while parsing"),
        (
            format!(r#"{{"items": [{POD}], "kind": "List""#),
            1,
            "EOF while parsing",
        ),
        (
            r#"{"kind": "AdmissionReview"}"#.to_owned(),
            0,
            "the AdmissionReview has no `request`",
        ),
        ("a: [".to_owned(), 0, "not valid YAML"),
        ("[1]".to_owned(), 0, "expected a Kubernetes object"),
    ] {
        let (requests, errors) = read(&text);
        let message = message(&errors);
        assert!(message.contains(error), "{text}\n{message}");
        assert!(message.contains("`dump`"), "{message}");
        assert_eq!(requests.len(), visited, "{text}");
    }
}

#[test]
fn an_object_that_cannot_be_read_hides_no_other() {
    let deep = format!("{}{}", r#"{"a":"#.repeat(200), "1") + &"}".repeat(200);
    let bad = [
        r#"{"kind": "x", "kind": "x"}"#,
        "1",
        r#"{"apiVersion": "v1"}"#,
        r#"{"kind": "Pod", "apiVersion": "v1", "x": 1e400}"#,
        &deep,
    ];
    let items = bad.map(|bad| format!("{bad},{POD}")).join(",\n");
    for text in [
        format!(r#"{{"items": [{items}], "kind": "List"}}"#),
        format!(r#"{{"kind": "List", "items": [{items}]}}"#),
    ] {
        let (requests, errors) = read(&text);
        assert_eq!(titles(&requests), ["Pod default/a"; 5]);
        let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
        let expected = [
            "duplicate key `kind` at line 1",
            "items[2]: an item of the list is not an object",
            "items[4]: expected an object with `apiVersion` and `kind`",
            "number out of range at line 4",
            "recursion limit exceeded at line 5",
        ];
        assert_eq!(errors.len(), expected.len(), "{errors:?}");
        for expected in expected {
            assert!(
                errors.iter().any(|error| error.contains(expected)),
                "{errors:?}"
            );
        }
    }
    let documents = bad.map(|bad| format!("{bad}\n{POD}")).join("\n");
    let documents = documents.replacen("1\n", "", 1);
    let (requests, errors) = read(&documents);
    assert_eq!((requests.len(), errors.len()), (5, 4), "{errors:?}");
}

#[test]
fn an_object_is_bounded_and_their_number_is_not() {
    let list = |kind_first: &str, item: &str, kind_last: &str| {
        let items = vec![item; 50].join(",");
        format!(r#"{{{kind_first}"apiVersion": "v1", "items": [{items}]{kind_last}}}"#)
    };
    let all = list("", POD, r#", "kind": "List""#);
    let (requests, errors) = read_up_to(200, &all);
    assert!(errors.is_empty());
    assert_eq!(requests.len(), 50);
    let (requests, errors) = read_up_to(200, &format!("{POD}\n").repeat(50));
    assert!(errors.is_empty());
    assert_eq!(requests.len(), 50);
    let long = json!({"kind": "Pod", "apiVersion": "v1", "x": "x".repeat(200)}).to_string();
    let in_list = format!(r#"{{"items": [{POD}, {long}], "kind": "List"}}"#);
    for (text, visited) in [(format!("{POD} {long}"), 1), (in_list, 1)] {
        let (requests, errors) = read_up_to(200, &text);
        let message = message(&errors);
        assert!(
            message.contains("an object is longer than 200 bytes"),
            "{message}"
        );
        assert_eq!(requests.len(), visited);
    }
    // Items that wait for the kind of their list are bounded together.
    let (requests, errors) = read_up_to(200, &list(r#""kind": "PodList", "#, BARE, ""));
    assert!(errors.is_empty());
    assert_eq!(requests.len(), 50);
    let (_, errors) = read_up_to(200, &list("", BARE, r#", "kind": "PodList""#));
    let message = message(&errors);
    assert!(message.contains("its items have no kind"), "{message}");
}

#[test]
fn an_error_of_the_visitor_ends_the_reading() {
    let mut count = 0;
    let mut visit = |_: Found| {
        count += 1;
        Err(InputError::EmptyFolder("stop".into()))
    };
    let read = Objects {
        namespace: None,
        name: "dump",
        position: &Position::start(MAX_OBJECT),
        document: 0,
        visit: &mut visit,
        stopped: None,
    }
    .read(
        format!(r#"{{"items": [{POD}, {POD}], "kind": "List"}}"#).as_bytes(),
        &|_| {},
    );
    assert!(matches!(read, Err(InputError::EmptyFolder(_))));
    assert_eq!(count, 1);
}

#[test]
fn every_byte_is_told_once() {
    let text = format!("{POD}\n").repeat(5000);
    let bytes = core::cell::Cell::new(0);
    Objects {
        namespace: None,
        name: "dump",
        position: &Position::start(MAX_OBJECT),
        document: 0,
        visit: &mut |_| Ok::<_, InputError>(()),
        stopped: None,
    }
    .read(text.as_bytes(), &|more| bytes.set(bytes.get() + more))
    .unwrap();
    assert_eq!(bytes.get(), u64::try_from(text.len()).unwrap());
}
