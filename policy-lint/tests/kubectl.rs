//! Documents are read as kubectl reads them. `kubectl.json` has what kubectl says of each; where
//! `COUNTERSIGN_REQUIRE_KUBECTL` names a kubectl of that version, it is asked again.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

use std::io::Write as _;
use std::process::{Command, Stdio};

use policy_lint::source;
use serde_json::{Map, Value};

/// Fields above a fragment, with which kubectl reads it as an object.
const HEAD: &str = "apiVersion: v1\nkind: X\nmetadata: {name: a}\n";

/// A document and what kubectl makes of it
struct Row {
    name: String,
    text: String,
    /// The objects without their heads; `None` where kubectl refuses the text
    kubectl: Option<Vec<Value>>,
    /// The other result of kubectl: where two keys become one text, it keeps either of them at random
    or: Option<Vec<Value>>,
    /// Whether it is refused here although kubectl reads it: a reader sees less than kubectl, or more
    is_refused: bool,
    /// Whether readers of YAML 1.2 make something else of it
    is_doubtful: bool,
}

fn table() -> Value {
    serde_json::from_str(include_str!("kubectl.json")).unwrap()
}

fn rows() -> Vec<Row> {
    let table = table();
    let rows = table["readings"].as_array().unwrap().iter();
    rows.map(|row| {
        let text = |key: &str| row[key].as_str().map(str::to_owned);
        let is = |key: &str| row.get(key) == Some(&Value::Bool(true));
        let objects = |key: &str| match row.get(key) {
            None | Some(Value::Null) => None,
            Some(Value::Array(objects)) => Some(objects.clone()),
            Some(object) => Some(vec![object.clone()]),
        };
        Row {
            name: text("name").unwrap(),
            text: text("text").unwrap_or_else(|| format!("{HEAD}{}", text("fragment").unwrap())),
            kubectl: objects("kubectl"),
            or: objects("or"),
            is_refused: is("refused"),
            is_doubtful: is("doubtful"),
        }
    })
    .collect()
}

/// An object without its head, and with the numbers that JSON in Go has.
fn normal(mut object: Value) -> Value {
    if let Some(fields) = object.as_object_mut() {
        for key in ["apiVersion", "kind", "metadata"] {
            fields.remove(key);
        }
    }
    with_go_numbers(object)
}

/// Integers have 64 bits and a sign; all other numbers are floats.
fn with_go_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) if number.as_i64().is_none() => {
            let float = number.as_f64().unwrap();
            let integer = format!("{float:.0}").parse::<i64>().ok();
            match integer.filter(|_| float.fract() == 0.0) {
                Some(integer) => integer.into(),
                None => float.into(),
            }
        }
        Value::Array(items) => items.into_iter().map(with_go_numbers).collect(),
        Value::Object(fields) => {
            let fields = fields.into_iter();
            let fields = fields.map(|(key, value)| (key, with_go_numbers(value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
        value => value,
    }
}

#[test]
fn documents_are_read_as_kubectl_reads_them() {
    let rows = rows();
    assert!(rows.len() >= 60);
    for row in rows {
        let Row { name, text, .. } = &row;
        let reading = match (source::read(text), &row.kubectl) {
            (Ok(reading), Some(expected)) => {
                assert!(!row.is_refused && row.or.is_none(), "{name}: it is read");
                let documents = reading.documents.iter();
                let read: Vec<_> = documents.map(|node| normal(node.to_json())).collect();
                let expected: Vec<_> = expected.iter().cloned().map(with_go_numbers).collect();
                assert_eq!(read, expected, "{name}\n{text}");
                reading
            }
            (Err(error), Some(_)) => {
                assert!(row.is_refused, "{name}: {error}\n{text}");
                continue;
            }
            // A document that kubectl refuses reaches no cluster.
            (_, None) => continue,
        };
        let doubts = &reading.doubts;
        assert_eq!(!doubts.is_empty(), row.is_doubtful, "{name}\n{doubts:?}");
    }
}

#[test]
fn kubectl_reads_them_so() {
    let Some(kubectl) = std::env::var_os("COUNTERSIGN_REQUIRE_KUBECTL") else {
        return;
    };
    let ask = |arguments: &[&str], input: &str| {
        let mut child = Command::new(&kubectl)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        child
            .stdin
            .take()
            .unwrap()
            .write_all(input.as_bytes())
            .unwrap();
        let output = child.wait_with_output().unwrap();
        let answer = output.status.success().then_some(output.stdout);
        answer.map(|answer| String::from_utf8(answer).unwrap())
    };
    let version = ask(&["version", "--client", "-o", "json"], "").unwrap();
    let version: Value = serde_json::from_str(&version).unwrap();
    assert_eq!(version["clientVersion"]["gitVersion"], table()["kubectl"]);
    let label = ["label", "--local", "-f", "-", "-o", "json", "x=y"];
    for Row {
        name,
        text,
        kubectl,
        or,
        ..
    } in rows()
    {
        let answer = ask(&label, &text).map(|answer| {
            let documents = serde_json::Deserializer::from_str(&answer).into_iter::<Value>();
            let documents = documents.map(Result::unwrap).flat_map(|object| {
                match (object["kind"].as_str(), object["items"].as_array()) {
                    (Some("List"), Some(items)) => items.clone(),
                    _ => vec![object],
                }
            });
            documents.map(normal).collect::<Vec<_>>()
        });
        let expected = [kubectl.clone(), or.or(kubectl)].map(|objects| {
            objects.map(|objects| objects.into_iter().map(with_go_numbers).collect())
        });
        assert!(
            expected.contains(&answer),
            "{name}\n{text}\n{answer:?}\nis none of {expected:?}"
        );
    }
}
