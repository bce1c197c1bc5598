//! Output of `explain`: the Decision on an object as a tree, with the cause of each result and help.

mod check_set;
mod fixes;
pub(crate) mod mentioned;
mod page;
mod rule;

use alloc::collections::BTreeSet;
use std::io::{self, Write as _};

use serde_json::Value;

use super::human::{admission, mark, printable_answer, summary};
use super::tree::Node;
use crate::fields::{list, text};
use crate::help;
use crate::judge::Evaluated;
use crate::settings_view::SettingsView;
use crate::terminal::{BOLD_YELLOW, DIM, RESET, printable};
use crate::why_not;

pub(crate) use page::{list_codes, nearest, page, pages};

/// Additions to the tree
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// Nothing
    Tree,
    /// Changes that would admit a denied image
    WhyNot,
}

/// Prints a tree for each answer, and counts them.
pub(crate) fn decisions(
    answers: &[Evaluated],
    settings: &Value,
    detail: Detail,
    digest: &str,
) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    // Equal names stay equal, so that one is still found in the other.
    let shown = printable_answer(settings);
    for evaluated in answers {
        object(evaluated, SettingsView(&shown)).write(&mut out)?;
        if detail == Detail::WhyNot {
            fixes::write(&mut out, &why_not::fixes(evaluated, SettingsView(settings)))?;
        }
        writeln!(out)?;
    }
    summary(&mut out, answers, digest)
}

fn object(evaluated: &Evaluated, settings: SettingsView<'_>) -> Node {
    let Evaluated { request, answer } = evaluated;
    let answer = &printable_answer(answer);
    let asked = printable_answer(&request.request);
    let (colour, word) = admission(evaluated);
    let verdict = text(answer, "verdict");
    let because = match text(answer, "enforcement") {
        "dry-run" => ", only reported because of dry run",
        "break-glass" => ", overridden by the Pod's break-glass label",
        _ => "",
    };
    let mut children = vec![
        Node::new(request_line(&asked)),
        Node::new(format!("{colour}{word}{RESET}: verdict {verdict}{because}")),
    ];
    children.extend(reasons(answer));
    for one in list(answer, "images") {
        children.push(image(one, answer, &asked, settings));
    }
    for warning in list(answer, "warnings") {
        let (code, message) = (text(warning, "code"), text(warning, "message"));
        let help = help::when_asked(code, false);
        let node = Node::new(format!("{BOLD_YELLOW}warning[{code}]{RESET}: {message}"));
        children.push(node.with(help.map(|help| Node::new(format!("help: {help}")))));
    }
    // Those of a denial repeat what stands above.
    let annotations = answer.get("auditAnnotations").and_then(Value::as_object);
    let annotations = annotations.filter(|_| evaluated.is_admitted());
    for (name, value) in annotations.into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        let name = printable(name);
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

fn image(image: &Value, decision: &Value, request: &Value, settings: SettingsView<'_>) -> Node {
    let name = match text(image, "image") {
        "" => "(no image)",
        name => name,
    };
    let container = match text(image, "container") {
        "" => String::new(),
        name => format!(", `{name}`"),
    };
    let mut children = vec![Node::new(format!("at {}{container}", text(image, "field")))];
    match text(image, "resolvedDigest") {
        "" => {}
        digest => children.push(Node::new(format!("its tag was resolved to {digest}"))),
    }
    children.extend(reasons(image));
    let pod = Pod::of(image, decision, request);
    for result in list(image, "results") {
        children.push(document(result, &pod, settings));
    }
    Node::new(format!("{} {name}", mark(image))).with(children)
}

/// Namespace and service account of an image's Pod
struct Pod<'a> {
    namespace: &'a str,
    service_account: &'a str,
}

impl<'a> Pod<'a> {
    fn of(image: &Value, decision: &'a Value, request: &'a Value) -> Self {
        let index = index_of(image, "pod");
        let pod = index.and_then(|index| list(decision, "pods").get(index));
        Self {
            namespace: text(request, "namespace"),
            service_account: pod.map_or("", |pod| text(pod, "serviceAccount")),
        }
    }
}

/// The result of a policy document for an image.
fn document(result: &Value, pod: &Pod<'_>, settings: SettingsView<'_>) -> Node {
    let key = text(result, "document");
    let name = match text(result, "name") {
        "" => String::new(),
        name => format!(" {name}"),
    };
    let mode = match text(result, "enforcement") {
        "dry-run" => format!("  {DIM}in dry run{RESET}"),
        _ => String::new(),
    };
    let children = if key.starts_with("platformPolicies") {
        check_set::nodes(result, pod, settings)
    } else {
        rule::nodes(result, settings)
    };
    Node::new(format!("{} {key}{name}{mode}", mark(result))).with(children)
}

/// The reasons of a part of the Decision, with help once for each code.
fn reasons(part: &Value) -> Vec<Node> {
    let mut said = BTreeSet::new();
    let reasons = list(part, "reasons").iter();
    reasons.map(|one| reason(one, &mut said)).collect()
}

fn reason<'a>(reason: &'a Value, said: &mut BTreeSet<&'a str>) -> Node {
    let (code, message) = (text(reason, "code"), text(reason, "message"));
    let details = list(reason, "details");
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

/// An index from 0.
fn index_of(part: &Value, key: &str) -> Option<usize> {
    let index = part.get(key).and_then(Value::as_u64)?;
    usize::try_from(index).ok()
}

#[cfg(test)]
mod tests;
