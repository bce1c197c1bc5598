//! Output of `explain`: the Decision on an object as a tree, with the cause of each result and help.

mod check_set;
mod fixes;
mod html;
mod image_rule;
pub(crate) mod mentioned;
mod page;
mod rule;

use alloc::collections::BTreeSet;
use std::io::{self, Write};

use policy_lint::{API_VERSION, help};
use serde_json::{Value, json};

use super::human::{admission, mark, printable_part, summary};
use super::tree::{Node, short_digests};
use crate::decision::{Decision, DocumentResult, Enforcement, ImageDecision, Reason};
use crate::fields::text;
use crate::judge::Evaluated;
use crate::settings_view::SettingsView;
use crate::terminal::{BOLD_YELLOW, DIM, RESET, columns, printable};
use crate::why_not::{self, Given};

pub(crate) use html::{codes_page as codes_html, write as html};
pub(crate) use page::{Entry, json as codes_json, list, listed, nearest, page, pages};

/// Additions to the tree
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail<'p> {
    /// Nothing
    Tree,
    /// Changes that would admit a denied image, as commands that name these files
    WhyNot(Given<'p>),
}

/// Prints a tree for each answer, and counts them.
pub(crate) fn decisions(
    mut out: &mut dyn Write,
    answers: &[Evaluated<Decision>],
    settings: &Value,
    detail: Detail<'_>,
    module: Option<&str>,
) -> io::Result<()> {
    // Equal names stay equal, so that one is still found in the other.
    let shown = printable_json(settings);
    let trees: Vec<_> = answers
        .iter()
        .map(|evaluated| object(evaluated, SettingsView(&shown)))
        .collect();
    let columns = columns();
    let digests = short_digests(&trees, columns);
    for (tree, evaluated) in trees.iter().zip(answers) {
        tree.write(&mut out, columns, &digests)?;
        write_fixes(&mut out, evaluated, settings, detail)?;
        writeln!(out)?;
    }
    summary(
        &mut out,
        answers.iter().map(|one| one.answer.allowed),
        module,
    )
}

/// Writes the changes that would admit an object, if they are asked for.
fn write_fixes(
    out: &mut dyn Write,
    evaluated: &Evaluated<Decision>,
    settings: &Value,
    detail: Detail<'_>,
) -> io::Result<()> {
    match detail {
        Detail::Tree => Ok(()),
        Detail::WhyNot(given) => {
            let found = why_not::fixes(evaluated, SettingsView(settings), given);
            fixes::write(out, &found)
        }
    }
}

/// Writes an `Explanation`: the objects of an `EvaluationReport`, each with the changes that would admit it.
pub(crate) fn json(
    out: &mut dyn Write,
    answers: &[Evaluated],
    decisions: &[Evaluated<Decision>],
    settings: &Value,
    detail: Detail<'_>,
) -> io::Result<()> {
    let mut objects = Vec::new();
    for (answer, decision) in answers.iter().zip(decisions) {
        let mut object = super::evaluation::object(answer)?;
        if let (Detail::WhyNot(given), Some(fields)) = (detail, object.as_object_mut()) {
            let fixes = why_not::fixes(decision, SettingsView(settings), given);
            fields.insert("whyNot".to_owned(), serde_json::to_value(fixes)?);
        }
        objects.push(object);
    }
    let document = json!({"apiVersion": API_VERSION, "kind": "Explanation", "objects": objects});
    super::json::write(out, &document)
}

fn object(evaluated: &Evaluated<Decision>, settings: SettingsView<'_>) -> Node {
    let Evaluated { request, answer } = evaluated;
    let answer = &printable_part(answer);
    let asked = printable_json(&request.request);
    let (colour, word) = admission(answer.allowed, &answer.enforcement);
    let verdict = &answer.verdict;
    let because = match answer.enforcement {
        Enforcement::DryRun => ", only reported because of dry run",
        Enforcement::BreakGlass => ", overridden by the Pod's break-glass label",
        Enforcement::Enforced | Enforcement::Other(_) => "",
    };
    let mut children = vec![
        Node::new(request_line(&asked)),
        Node::new(format!("{colour}{word}{RESET}: verdict {verdict}{because}")),
    ];
    children.extend(reasons(&answer.reasons));
    for one in &answer.images {
        children.push(image(one, answer, &asked, settings));
    }
    for Reason { code, message, .. } in &answer.warnings {
        let help = help::when_asked(code.as_str(), false);
        let node = Node::new(format!("{BOLD_YELLOW}warning[{code}]{RESET}: {message}"));
        children.push(node.with(help.map(|help| Node::new(format!("help: {help}")))));
    }
    // Those of a denial repeat what stands above.
    let annotations = answer.audit_annotations.iter();
    for (name, value) in annotations.filter(|_| answer.allowed) {
        children.push(Node::new(format!("audit annotation {name}: {value}")));
    }
    let (title, source) = (&request.title, &request.source);
    Node::new(format!("{title}  {DIM}{source}{RESET}")).with(children)
}

/// `request: CREATE of Pod in namespace default`
fn request_line(request: &Value) -> String {
    let kind = request.get("kind").map_or("", |kind| text(kind, "kind"));
    let place = match text(request, "namespace") {
        "" => "without a namespace".to_owned(),
        namespace => format!("in namespace {namespace}"),
    };
    format!("request: {} of {kind} {place}", text(request, "operation"))
}

fn image(
    image: &ImageDecision,
    decision: &Decision,
    request: &Value,
    settings: SettingsView<'_>,
) -> Node {
    let name = match image.image.as_str() {
        "" => "(no image)",
        name => name,
    };
    let container = match image.container.as_str() {
        "" => String::new(),
        name => format!(", `{name}`"),
    };
    let mut children = vec![Node::new(format!("at {}{container}", image.field))];
    match image.resolved_digest.as_str() {
        "" => {}
        digest => children.push(Node::new(format!("its tag was resolved to {digest}"))),
    }
    if !image.platforms.is_empty() {
        children.push(index(image));
    }
    children.extend(reasons(&image.reasons));
    let pod = Pod::of(image, decision, request);
    for result in &image.results {
        children.push(document(result, &pod, settings));
    }
    Node::new(format!("{} {name}", mark(&image.verdict))).with(children)
}

/// The images of an index, which were evaluated in place of it.
fn index(image: &ImageDecision) -> Node {
    let platforms = image.platforms.iter();
    let platforms = platforms.map(|one| {
        let text = format!("{} {}  {}", mark(&one.verdict), one.platform, one.digest);
        Node::new(text)
    });
    Node::new("its index lists these images").with(platforms)
}

/// Namespace and service account of an image's Pod
struct Pod<'a> {
    namespace: &'a str,
    service_account: &'a str,
}

impl<'a> Pod<'a> {
    fn of(image: &ImageDecision, decision: &'a Decision, request: &'a Value) -> Self {
        let pod = image.pod.and_then(|index| decision.pods.get(index));
        Self {
            namespace: text(request, "namespace"),
            service_account: pod.map_or("", |pod| &pod.service_account),
        }
    }
}

/// The result of a policy document for an image.
fn document(result: &DocumentResult, pod: &Pod<'_>, settings: SettingsView<'_>) -> Node {
    let key = &result.document;
    let name = match result.name.as_str() {
        "" => String::new(),
        name => format!(" {name}"),
    };
    let mode = match result.enforcement {
        Enforcement::DryRun => format!("  {DIM}in dry run{RESET}"),
        _ => String::new(),
    };
    let children = if result.is_platform() {
        check_set::nodes(result, pod, settings)
    } else if result.is_image_policy() {
        image_rule::nodes(result, settings)
    } else {
        rule::nodes(result, settings)
    };
    let platform = result.platform();
    let platform = platform.map(|one| format!("  {DIM}for{RESET} {}", printable(&one)));
    let platform = platform.unwrap_or_default();
    let title = format!("{} {key}{name}{mode}{platform}", mark(&result.verdict));
    Node::new(title).with(children)
}

/// The reasons of a part of the Decision, with help once for each code.
fn reasons(reasons: &[Reason]) -> Vec<Node> {
    let mut said = BTreeSet::new();
    let reasons = reasons.iter();
    reasons.map(|one| reason(one, &mut said)).collect()
}

fn reason<'a>(reason: &'a Reason, said: &mut BTreeSet<&'a str>) -> Node {
    let Reason {
        code,
        message,
        details,
    } = reason;
    let code = code.as_str();
    // Advice on a reason comes after its details and is not repeated in each.
    let is_new = said.insert(code);
    let mut children: Vec<_> = details
        .iter()
        .map(|detail| self::reason(detail, said))
        .collect();
    if let Some(help) = help::when_asked(code, !details.is_empty()).filter(|_| is_new) {
        children.push(Node::new(format!("{DIM}to pass:{RESET} {help}")));
    }
    Node::new(format!("{DIM}{code}{RESET}: {message}")).with(children)
}

/// A document with every text made safe for a terminal.
fn printable_json(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(printable(text)),
        Value::Array(items) => items.iter().map(printable_json).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| (key.clone(), printable_json(value)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests;
