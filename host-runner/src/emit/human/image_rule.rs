//! The results of the rules of `imagePolicy` for an image.

use std::io::{self, Write};

use super::policy::{attestor, check};
use super::{mark, reasons};
use crate::decision::{DocumentResult, ImageRuleResult, RequirementResult};
use crate::terminal::DIM;
use crate::terminal::RESET;

/// Prints every rule that covers the image.
pub(super) fn by_image_rules(
    out: &mut impl Write,
    result: &DocumentResult,
    depth: usize,
) -> io::Result<()> {
    for rule in &result.rules {
        self::rule(out, rule, depth)?;
    }
    reasons(out, &result.reasons_without_rules(), depth)
}

fn rule(out: &mut impl Write, rule: &ImageRuleResult, depth: usize) -> io::Result<()> {
    let (indent, below) = ("  ".repeat(depth), depth.saturating_add(1));
    let ImageRuleResult { name, effect, .. } = rule;
    let lifted = match rule.lifted_by.as_str() {
        "" => String::new(),
        by => format!("  {DIM}lifted by rule {by}{RESET}"),
    };
    let mark = mark(&rule.verdict);
    writeln!(
        out,
        "{indent}{mark} {DIM}rule{RESET} {name}: {effect}{lifted}"
    )?;
    for requirement in &rule.requirements {
        self::requirement(out, requirement, below)?;
    }
    if rule.requirements.is_empty() {
        reasons(out, &rule.reasons, below)?;
    }
    Ok(())
}

fn requirement(
    out: &mut impl Write,
    requirement: &RequirementResult,
    depth: usize,
) -> io::Result<()> {
    if let Some(check) = &requirement.check {
        return self::check(out, check, depth);
    }
    let (indent, below) = ("  ".repeat(depth), depth.saturating_add(1));
    let mark = mark(&requirement.verdict);
    writeln!(out, "{indent}{mark} attested by {}", needed(requirement))?;
    for one in &requirement.attestors {
        attestor(out, one, requirement.note(one), below)?;
    }
    Ok(())
}

/// `1 of 2 attestors needed, among 3, with predicate type urn:a`; if only a required one is missing, that
pub(in crate::emit) fn needed(requirement: &RequirementResult) -> String {
    let all = requirement.attestors.len();
    let verified = requirement.attestors.iter().filter(|one| one.verified);
    let found = verified.count();
    let types = requirement.types();
    let types = if types.is_empty() {
        types
    } else {
        format!(",{types}")
    };
    match requirement.threshold {
        Some(needed) if needed != all => {
            let lacks = found >= needed && requirement.lacks_required();
            let but = if lacks {
                ", but not by every required one"
            } else {
                ""
            };
            format!("{found} of {needed} attestors needed, among {all}{types}{but}")
        }
        _ => format!("{found} of {all} attestors needed{types}"),
    }
}
