//! From the paths that the policy's own validation gives to places in the text.

use super::{Entry, Node, Shape, Span};

/// The place that a path such as `policy.clusterAdmissionRules[us-east1.prod].evaluationMode` names:
/// as far as it leads, the value, or the nearest one above it.
#[must_use]
pub fn resolve(root: &Node, path: &str) -> Span {
    let (span, ..) = walk(root, path);
    span
}

/// The key of the value that a path names, where the path leads all the way.
pub(crate) fn resolve_key<'n>(root: &'n Node, path: &str) -> Option<&'n Entry> {
    match walk(root, path) {
        (_, Some(entry), "") => Some(entry),
        _ => None,
    }
}

/// The value that a path names, where the path leads all the way.
pub(crate) fn resolve_node<'n>(root: &'n Node, path: &str) -> Option<&'n Node> {
    let (mut node, mut rest) = (root, path);
    while !rest.is_empty() {
        (node, _, _, rest) = step(node, rest)?;
    }
    Some(node)
}

/// Follows a path as far as it leads: returns the place, the last key, and the rest of the path.
fn walk<'n, 'p>(root: &'n Node, path: &'p str) -> (Span, Option<&'n Entry>, &'p str) {
    let mut node = root;
    let (mut span, mut key, mut rest) = (pointed_at(root), None, path);
    while !rest.is_empty() {
        let Some(step) = step(node, rest) else {
            break;
        };
        (node, span, key, rest) = step;
    }
    (span, key, rest)
}

/// The keys along a path, each `None` for an item of a list; `None` if the path leads to no value.
pub(crate) fn steps<'n>(root: &'n Node, path: &str) -> Option<Vec<Option<&'n str>>> {
    let (mut node, mut rest, mut keys) = (root, path, Vec::new());
    while !rest.is_empty() {
        let (inner, _, entry, left) = step(node, rest)?;
        keys.push(entry.map(|entry| entry.key.as_str()));
        (node, rest) = (inner, left);
    }
    Some(keys)
}

type Step<'n, 'p> = (&'n Node, Span, Option<&'n Entry>, &'p str);

/// One step down: the value, where to point, and what is left of the path.
fn step<'n, 'p>(node: &'n Node, path: &'p str) -> Option<Step<'n, 'p>> {
    match &node.shape {
        Shape::List(items) => {
            let (index, rest) = path.strip_prefix('[')?.split_once(']')?;
            let item = items.get(index.parse::<usize>().ok()?)?;
            Some((item, pointed_at(item), None, rest))
        }
        // A key may have any character in it, so each is tried as it would be written.
        Shape::Map(entries) => entries.iter().find_map(|entry| {
            let plain = path.strip_prefix('.').unwrap_or(path);
            let rest = plain
                .strip_prefix(entry.key.as_str())
                .filter(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
                .or_else(|| path.strip_prefix(&format!("[{}]", entry.key)))?;
            let span = match entry.value.shape {
                Shape::List(_) | Shape::Map(_) | Shape::Null => entry.key_span,
                _ => entry.value.span,
            };
            Some((&entry.value, span, Some(entry), rest))
        }),
        _ => None,
    }
}

/// Returns the part of a value to underline: a whole scalar, or the first key of a mapping.
pub(crate) fn pointed_at(node: &Node) -> Span {
    match &node.shape {
        Shape::Map(entries) => entries.first().map_or(node.span, |entry| entry.key_span),
        Shape::List(items) => items.first().map_or(node.span, pointed_at),
        _ => node.span,
    }
}

#[cfg(test)]
mod tests {
    use crate::SourceFile;

    #[test]
    fn paths_of_the_policy_lead_to_places() {
        let text = "policy:\n  clusterAdmissionRules:\n    us-east1.prod:\n      evaluationMode: X\n  list: [{a: 1}, {a: 2}]\n";
        let file = SourceFile::new("", text);
        let root = &file.parse(0).unwrap()[0];
        let at = |path: &str| text.get(super::resolve(root, path).range()).unwrap();
        assert_eq!(
            at("policy.clusterAdmissionRules[us-east1.prod].evaluationMode"),
            "X"
        );
        assert_eq!(
            at("policy.clusterAdmissionRules[us-east1.prod]"),
            "us-east1.prod"
        );
        assert_eq!(at("policy.list[1].a"), "2");
        assert_eq!(at("policy.list[1]"), "a");
        assert_eq!(at("policy.list[7].a"), "list");
        assert_eq!(at("policy.missing.b"), "policy");
        assert_eq!(at(""), "policy");
    }
}
