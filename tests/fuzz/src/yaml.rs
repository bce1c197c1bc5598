//! The YAML reader, and the linter behind it.

use policy_lint::source::{Node, Shape};
use policy_lint::{Config, SourceFile, lint};

/// Every place is in the text, what is read is read again from its JSON, and linting it ends.
pub fn yaml(bytes: &[u8]) {
    let Ok(text) = core::str::from_utf8(bytes) else {
        return;
    };
    let file = SourceFile::new("a.yaml", text);
    if let Ok(documents) = file.parse(0) {
        for document in &documents {
            each_node(document, &mut |node| {
                let place = text.get(node.span.range());
                assert!(place.is_some(), "{:?} of {text:?}", node.span);
            });
            let value = document.to_json();
            let written = SourceFile::new("a.json", value.to_string());
            match written.parse(0) {
                Ok(again) => {
                    let again: Vec<_> = again.iter().map(Node::to_json).collect();
                    assert_eq!(again, [value], "{text:?}");
                }
                Err(error) => panic!(
                    "{text:?} is {value}, but that is no YAML: {}",
                    error.message
                ),
            }
        }
    }
    let report = lint(&[file], &Config::default());
    for label in report
        .diagnostics
        .iter()
        .flat_map(|finding| &finding.labels)
    {
        assert!(
            text.get(label.span.range()).is_some(),
            "{label:?} of {text:?}"
        );
    }
}

fn each_node(node: &Node, each: &mut impl FnMut(&Node)) {
    each(node);
    match &node.shape {
        Shape::List(items) => items.iter().for_each(|item| each_node(item, each)),
        Shape::Map(entries) => entries
            .iter()
            .for_each(|entry| each_node(&entry.value, each)),
        _ => {}
    }
}
