//! The outline of a document.

use super::text::Text;
use crate::document::Document;
use crate::source::{Entry, Node, Shape, Span, pointed_at};

/// A part of a document that has a name
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Its key, or the name that it gives itself
    pub name: String,
    /// Kind of the part
    pub kind: SymbolKind,
    /// The whole part
    pub span: Span,
    /// The name
    pub name_span: Span,
    /// The parts in it
    pub children: Vec<Self>,
}

/// Kind of a part
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolKind {
    /// A YAML document
    Document,
    /// A mapping
    Mapping,
    /// A list
    List,
    /// An item of a list
    Item,
}

/// Returns the parts of all documents that are policies, manifests or suites.
#[must_use]
pub fn symbols(text: &Text) -> Vec<Symbol> {
    let mut left = MAX_SYMBOLS;
    let is_known =
        |node: &&Node| !matches!(text.kind(node), Document::Unknown(_) | Document::Other);
    let known = text.documents.iter().filter(is_known);
    let documents: Vec<_> = known
        .map(|node| Symbol {
            name: title(node).to_owned(),
            kind: SymbolKind::Document,
            span: node.span,
            name_span: pointed_at(node),
            children: children(node, DEPTH, &mut left),
        })
        .collect();
    match <[Symbol; 1]>::try_from(documents) {
        Ok([one]) if one.name == SETTINGS => one.children,
        Ok([one]) => vec![one],
        Err(several) => several,
    }
}

/// Levels of an outline
const DEPTH: usize = 5;

/// Maximum number of parts in an outline
const MAX_SYMBOLS: usize = 5000;

const SETTINGS: &str = "settings";

fn title(node: &Node) -> &str {
    let name = node.at(&["metadata", "name"]).and_then(Node::text);
    let kind = node.get("kind").and_then(Node::text);
    name.or(kind).unwrap_or(SETTINGS)
}

fn children(node: &Node, depth: usize, left: &mut usize) -> Vec<Symbol> {
    let Some(depth) = depth.checked_sub(1) else {
        return Vec::new();
    };
    let mut symbols = Vec::new();
    for entry in node.entries() {
        if is_container(&entry.value) && take(left) {
            symbols.push(of_entry(entry, depth, left));
        }
    }
    for item in node.items() {
        let named = NAMES.iter().find_map(|field| item.get(field));
        if let Some((name, node)) = named.and_then(|node| Some((node.text()?, node)))
            && take(left)
        {
            symbols.push(Symbol {
                name: name.to_owned(),
                kind: SymbolKind::Item,
                span: item.span,
                name_span: node.span,
                children: children(item, depth, left),
            });
        }
    }
    symbols.retain(|symbol| !symbol.name.is_empty());
    symbols
}

/// Fields that name an item of a list
const NAMES: &[&str] = &["name", "displayName", "namePattern", "id", "digest"];

fn of_entry(entry: &Entry, depth: usize, left: &mut usize) -> Symbol {
    Symbol {
        name: entry.key.clone(),
        kind: match entry.value.shape {
            Shape::List(_) => SymbolKind::List,
            _ => SymbolKind::Mapping,
        },
        span: Span {
            end: entry.value.span.end.max(entry.key_span.end),
            ..entry.key_span
        },
        name_span: entry.key_span,
        children: children(&entry.value, depth, left),
    }
}

const fn is_container(node: &Node) -> bool {
    matches!(node.shape, Shape::List(_) | Shape::Map(_))
}

const fn take(left: &mut usize) -> bool {
    match left.checked_sub(1) {
        Some(rest) => {
            *left = rest;
            true
        }
        None => false,
    }
}
