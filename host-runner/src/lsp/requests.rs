//! Requests about open documents.

use core::ops::RangeInclusive;

use lsp_server::ErrorCode;
use policy_lint::editor::{Completion, CompletionKind, Editor, Symbol, SymbolKind, symbols};
use policy_lint::{Diagnostic, Edit, Entry, Fix, SourceFile, apply_fixes, closest};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::documents::{Document, Documents};
use super::findings::{self, findings};
use super::protocol::{
    About, ActionContext, Actions, At, FIX_ALL, Identifier, QUICK_FIX, Shows, markup,
};

type Answer = Result<Value, (ErrorCode, String)>;

/// Answers a request. About a document that is not open, nothing is known.
pub(super) fn answer(documents: &Documents, shows: Shows, method: &str, params: Value) -> Answer {
    match method {
        "textDocument/hover" => at(documents, params, |open, offset| hover(open, shows, offset)),
        "textDocument/completion" => at(documents, params, |open, offset| {
            complete(open, shows, offset)
        }),
        "textDocument/definition" => at(documents, params, definition),
        "textDocument/documentSymbol" => {
            let About {
                text_document: document,
            } = read(params)?;
            let outline = documents.get(&document.uri).map(|document| {
                let symbols = symbols(document.parsed());
                symbols.iter().map(|one| symbol(one, &document)).collect()
            });
            Ok(outline.unwrap_or_default())
        }
        "textDocument/codeAction" => {
            let actions: Actions = read(params)?;
            let document = documents.get(&actions.text_document.uri);
            let changes = document.map(|document| changes(documents, &document, &actions));
            Ok(changes.unwrap_or_default())
        }
        _ => Err((
            ErrorCode::MethodNotFound,
            format!("unknown method `{method}`"),
        )),
    }
}

fn read<T: DeserializeOwned>(params: Value) -> Result<T, (ErrorCode, String)> {
    let read = serde_json::from_value(params);
    read.map_err(|error| (ErrorCode::InvalidParams, error.to_string()))
}

/// A document with the settings that it names
struct Open<'d> {
    documents: &'d Documents,
    document: &'d Document,
    settings: Option<&'d Document>,
}

impl Open<'_> {
    fn editor(&self) -> Editor<'_> {
        Editor {
            text: self.document.parsed(),
            readable: self.document.readable(),
            settings: self.settings.map(Document::parsed),
            suite_schema: &self.documents.suite_schema,
        }
    }
}

/// Answers a request about a place.
fn at(
    documents: &Documents,
    params: Value,
    answer: impl Fn(&Open<'_>, usize) -> Option<Value>,
) -> Answer {
    let At {
        text_document: Identifier { uri },
        position,
    } = read(params)?;
    let Some(document) = documents.get(&uri) else {
        return Ok(Value::Null);
    };
    let settings = documents.settings_of(&document);
    let offset = document.offset(position);
    let open = Open {
        documents,
        document: &document,
        settings: settings.as_ref(),
    };
    Ok(answer(&open, offset).unwrap_or_default())
}

/// Returns the pages of the findings at a place, and that of the key or name there.
fn hover(open: &Open<'_>, shows: Shows, offset: usize) -> Option<Value> {
    let document = open.document;
    let found = touching(findings(open.documents, document), offset..=offset);
    let page = open.editor().hover(offset);
    let mut codes: Vec<_> = found.clone().map(|one| one.code.as_str()).collect();
    codes.dedup();
    let entries = codes.into_iter().filter_map(Entry::of);
    let mut pages: Vec<_> = entries.map(Entry::markdown).collect();
    let span = page.as_ref().map(|page| page.span);
    let span = span.or_else(|| found.map(Diagnostic::span).next())?;
    if let Some(page) = page.filter(|page| !pages.contains(&page.markdown)) {
        pages.push(page.markdown);
    }
    Some(json!({
        "contents": markup(&pages.join("\n\n---\n\n"), shows.markdown_pages),
        "range": document.range(span),
    }))
}

/// Returns the findings that have a byte of a range, or end or begin at it.
fn touching(
    found: &[Diagnostic],
    bytes: RangeInclusive<usize>,
) -> impl Iterator<Item = &Diagnostic> + Clone {
    let (start, end) = bytes.into_inner();
    let touches = move |one: &&Diagnostic| one.span().start <= end && start <= one.span().end;
    found.iter().filter(touches)
}

fn complete(open: &Open<'_>, shows: Shows, offset: usize) -> Option<Value> {
    let completions = open.editor().complete(offset);
    let items = completions
        .iter()
        .map(|one| completion(one, shows, open.document));
    Some(items.collect())
}

fn completion(completion: &Completion, shows: Shows, document: &Document) -> Value {
    let range = document.range(completion.span);
    let mut item = json!({
        "label": completion.label,
        // Kinds of the protocol
        "kind": match completion.kind {
            CompletionKind::Key => 10,
            CompletionKind::Value => 20,
            CompletionKind::Name => 18,
            CompletionKind::Code => 21,
        },
        "detail": completion.detail,
        "filterText": completion.label,
        "textEdit": {"range": range, "newText": completion.insert},
    });
    if let (Some(page), Some(fields)) = (&completion.documentation, item.as_object_mut()) {
        let page = markup(page, shows.markdown_completions);
        fields.insert("documentation".to_owned(), page);
    }
    item
}

fn definition(open: &Open<'_>, offset: usize) -> Option<Value> {
    let span = open.editor().definition(offset)?;
    findings::location(span, open.document, open.settings)
}

fn symbol(symbol: &Symbol, document: &Document) -> Value {
    let children = symbol.children.iter();
    let children: Vec<_> = children
        .map(|child| self::symbol(child, document))
        .collect();
    json!({
        "name": symbol.name,
        // Kinds of the protocol
        "kind": match symbol.kind {
            SymbolKind::Document => 1,
            SymbolKind::Mapping => 19,
            SymbolKind::List => 18,
            SymbolKind::Item => 20,
        },
        "range": document.range(symbol.span),
        "selectionRange": document.range(symbol.name_span),
        "children": children,
    })
}

/// Returns the changes that fix the findings in a range, and the one that applies all fixes.
fn changes(documents: &Documents, document: &Document, asked: &Actions) -> Value {
    let Actions {
        range,
        context: ActionContext { only },
        ..
    } = asked;
    let offset = |position| document.offset(position);
    let (start, end) = (offset(range.start), offset(range.end));
    let is_wanted = |kind: &str| {
        let covers = |wanted: &String| {
            let rest = kind.strip_prefix(wanted.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        only.as_ref().is_none_or(|only| only.iter().any(covers))
    };
    let found = findings(documents, document);
    let source = document.parsed().source();
    let mut actions = Vec::new();
    if is_wanted(QUICK_FIX) {
        let here = touching(found, start..=end);
        actions.extend(here.filter_map(|one| match &one.fix {
            Some(_) => quick_fix(one, document, source, true),
            None => quick_fix(&respelled(one, source)?, document, source, false),
        }));
    }
    if is_wanted(FIX_ALL) {
        let (text, fixed) = apply_fixes(0, source, found);
        if fixed > 0 {
            let whole = document.whole();
            let edits = json!([{"range": whole, "newText": text}]);
            actions.push(json!({
                "title": "Apply all fixes of countersign",
                "kind": FIX_ALL,
                "edit": edit(document, &edits),
            }));
        }
    }
    Value::Array(actions)
}

/// Returns a finding with the change to the name that its help suggests.
fn respelled(finding: &Diagnostic, source: &SourceFile) -> Option<Diagnostic> {
    let help = finding.help.as_deref()?.strip_prefix("did you mean `")?;
    let meant = help.strip_suffix("`?")?;
    let span = finding.span();
    let written = source.text().get(span.range())?;
    let is_part = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let plain = written.trim_matches(['"', '\'']);
    // Not where the place is that of another text, or more than a name.
    closest(plain, [meant]).filter(|_| plain.chars().chain(meant.chars()).all(is_part))?;
    let edit = Edit {
        span,
        replacement: written.replacen(plain, meant, 1),
    };
    Some(Diagnostic {
        fix: Some(Fix {
            title: format!("Change to `{meant}`"),
            edits: vec![edit],
        }),
        ..finding.clone()
    })
}

/// Returns the change that fixes a finding; `None` if it has none, or the document could not be read after it.
fn quick_fix(
    finding: &Diagnostic,
    document: &Document,
    source: &SourceFile,
    is_preferred: bool,
) -> Option<Value> {
    let fix = finding.fix.as_ref()?;
    let (_, fixed) = apply_fixes(0, source, core::slice::from_ref(finding));
    if fixed == 0 {
        return None;
    }
    let edits = fix.edits.iter().map(|edit| {
        let range = document.range(edit.span);
        json!({"range": range, "newText": edit.replacement_in(source)})
    });
    Some(json!({
        "title": fix.title,
        "kind": QUICK_FIX,
        "isPreferred": is_preferred,
        "diagnostics": [findings::shown(finding, document, None)],
        "edit": edit(document, &edits.collect()),
    }))
}

/// Returns a change of one document.
fn edit(document: &Document, edits: &Value) -> Value {
    json!({"changes": {document.uri.as_str(): edits}})
}
