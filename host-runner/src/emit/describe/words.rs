//! Demands in words, as lines of a cell.

use policy_lint::{
    Cell, Column, Demand, DescribedCheck, Exempt, ImageEffect, ImageRuleDemand, IndexPolicy,
    Matrix, Requirement, Row, Scope, Unmatched,
};

/// A line of a cell
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) tone: Tone,
}

/// Meaning of a line
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    /// A condition
    Demand,
    Admit,
    Deny,
    /// Something that is not enforced
    Lenient,
    /// A remark
    Note,
}

impl Line {
    pub(super) fn new(tone: Tone, text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tone,
        }
    }
}

/// The Pods of a row, and remarks on them.
pub(super) fn scope(row: &Row, matrix: &Matrix) -> Vec<Line> {
    let (title, kind) = match &row.scope {
        Scope::Namespace { name } => (name.clone(), ""),
        Scope::ServiceAccount { namespace, name } => {
            (format!("{namespace}:{name}"), "service account")
        }
        Scope::Cluster { name } => (name.clone(), "cluster"),
        Scope::MeshIdentity { name } => (name.clone(), "mesh identity"),
        Scope::Others if matrix.rows.len() == 1 => ("all Pods".to_owned(), ""),
        Scope::Others => ("all other Pods".to_owned(), ""),
    };
    let mut lines = vec![Line::new(Tone::Demand, title)];
    if !kind.is_empty() {
        lines.push(Line::new(Tone::Note, kind));
    }
    if row.break_glass.is_some() {
        lines.push(Line::new(Tone::Lenient, "break-glass by label"));
    }
    lines
}

/// A policy document: its path, and the last part of its name.
pub(super) fn document(column: &Column) -> String {
    match column.name.as_str() {
        "" => column.document.clone(),
        name => format!("{} {}", column.document, short(name)),
    }
}

/// The demand of a cell, and remarks on it.
pub(super) fn cell(cell: &Cell) -> Vec<Line> {
    let inherited = cell.inherited.then(|| Line::new(Tone::Note, "inherited"));
    demand(cell).into_iter().chain(inherited).collect()
}

/// Like [`cell`], without the remark on a rule of a wider scope.
pub(super) fn demand(cell: &Cell) -> Vec<Line> {
    let mut lines = match &cell.demand {
        Demand::Admit => vec![Line::new(Tone::Admit, "admit all")],
        Demand::Deny => vec![Line::new(Tone::Deny, "deny all")],
        Demand::Attestation { attestors } => {
            let text = format!("attested by {}", names(attestors));
            vec![Line::new(Tone::Demand, text)]
        }
        Demand::Checks { checks } => checks
            .iter()
            .map(|check| Line::new(Tone::Demand, self::check(check)))
            .collect(),
        Demand::ImageRules { rules, unmatched } => {
            let rules = rules.iter().map(image_rule);
            rules.chain([others(*unmatched)]).collect()
        }
        Demand::Varies => {
            let text = "depends on the cluster or mesh identity";
            vec![Line::new(Tone::Demand, text)]
        }
        Demand::Unreadable => {
            let text = "not valid: every request is denied";
            vec![Line::new(Tone::Deny, text)]
        }
    };
    if cell.dry_run {
        lines.push(Line::new(Tone::Lenient, "dry run"));
    }
    if !cell.exempt.is_empty() {
        let text = format!("except {}", exempt(&cell.exempt));
        lines.push(Line::new(Tone::Note, text));
    }
    lines
}

/// Lines about all Pods: exemptions, revoked digests, and how documents go together.
pub(super) fn remarks(matrix: &Matrix) -> Vec<String> {
    let columns = matrix.columns.iter();
    let with_exempt = columns.filter(|column| !column.exempt.is_empty());
    let mut remarks: Vec<_> = with_exempt
        .map(|column| {
            format!(
                "exempt from {}: {}",
                column.document,
                exempt(&column.exempt)
            )
        })
        .collect();
    match matrix.denied_digests {
        0 => {}
        1 => remarks.push("1 revoked digest is denied everywhere".to_owned()),
        many => remarks.push(format!("{many} revoked digests are denied everywhere")),
    }
    if matrix.columns.len() > 1 {
        remarks.push("an image must satisfy every column".to_owned());
    }
    if matrix.index_policy == IndexPolicy::Platforms {
        let text = "an index stands for the images that it lists: each must satisfy the policy (indexPolicy: platforms)";
        remarks.push(text.to_owned());
    }
    remarks
}

/// `registry.example/shop/**: attested by 2 of build, qa and security, always security (rule shop)`
fn image_rule(rule: &ImageRuleDemand) -> Line {
    let (tone, effect) = match &rule.effect {
        ImageEffect::Require { requirements } => {
            let requirements: Vec<_> = requirements.iter().map(requirement).collect();
            (Tone::Demand, requirements.join("; "))
        }
        ImageEffect::Deny { .. } => (Tone::Deny, "denied".to_owned()),
        ImageEffect::Exempt { until } if until.is_empty() => (Tone::Admit, "exempt".to_owned()),
        ImageEffect::Exempt { until } => (Tone::Admit, format!("exempt until {until}")),
    };
    let images = few(rule.images.iter().map(String::as_str));
    let except = match rule.except.as_slice() {
        [] => String::new(),
        except => format!(" except {}", few(except.iter().map(String::as_str))),
    };
    let some = if rule.some_pods {
        ", for some of these Pods"
    } else {
        ""
    };
    // Long texts are shortened, so this stands first.
    let (tone, mode) = if rule.dry_run {
        (Tone::Lenient, "in dry run, ")
    } else {
        (tone, "")
    };
    let name = &rule.name;
    Line::new(
        tone,
        format!("{mode}{images}{except}: {effect}{some} (rule {name})"),
    )
}

fn requirement(requirement: &Requirement) -> String {
    let (attestors, threshold, must_include, predicate_types) = match requirement {
        Requirement::Check(check) => return self::check(check),
        Requirement::Attestors {
            attestors,
            threshold,
            must_include,
            predicate_types,
        } => (attestors, threshold, must_include, predicate_types),
    };
    let all = names(attestors);
    let attested = attested(predicate_types);
    if usize::try_from(*threshold) == Ok(attestors.len()) {
        return format!("{attested} by {all}");
    }
    let always = match must_include.as_slice() {
        [] => String::new(),
        always => format!(", always {}", names(always)),
    };
    format!("{attested} by {threshold} of {all}{always}")
}

/// `attested`, or `https://spdx.dev/Document attested`
fn attested(predicate_types: &[String]) -> String {
    match predicate_types {
        [] => "attested".to_owned(),
        types => format!("{} attested", types.join(" or ")),
    }
}

/// `Nothing to fix (vulnerabilityCheck)`
fn check(check: &DescribedCheck) -> String {
    let DescribedCheck { title, field, .. } = check;
    if title == field {
        return title.clone();
    }
    format!("{title} ({field})")
}

fn others(unmatched: Unmatched) -> Line {
    match unmatched {
        Unmatched::Admit => Line::new(Tone::Admit, "other images: admitted"),
        Unmatched::Deny => Line::new(Tone::Deny, "other images: denied"),
    }
}

fn exempt(patterns: &[Exempt]) -> String {
    few(patterns.iter().map(|one| one.pattern.as_str()))
}

/// The last parts of resource names.
fn names(attestors: &[String]) -> String {
    joined(attestors.iter().map(|name| short(name)))
}

/// The first items, and the number of the others.
fn few<'n>(items: impl ExactSizeIterator<Item = &'n str>) -> String {
    let left = items.len().saturating_sub(MOST);
    if left == 0 {
        return joined(items);
    }
    let shown: Vec<_> = items.take(MOST).collect();
    format!("{} and {left} more", shown.join(", "))
}

/// Maximum number of patterns in a line
const MOST: usize = 5;

/// `build, qa and canary`
fn joined<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut names: Vec<_> = names.collect();
    let last = names.pop().unwrap_or_default();
    if names.is_empty() {
        return last.to_owned();
    }
    format!("{} and {last}", names.join(", "))
}

/// The last part of a resource name.
fn short(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}
