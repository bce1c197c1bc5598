//! Group expressions that admit when a member fails.

use super::example::GROUP;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Manifest, is_own};

pub(super) static RULE: Rule = Rule {
    code: "lint-group-negated",
    severity: Severity::Error,
    what: "the expression of a policy group negates or compares the result of this policy",
    why: "A member that fails counts as false in the group's expression, for example on a failed lookup, invalid \
          settings or a timeout. After `!`, in a comparison or before `?`, false can admit the request. Joined only \
          with `&&` and `||`, it cannot.",
    example: GROUP,
    avoid: "expression: '!attested() || labelled()'",
    prefer: "expression: 'attested() && labelled()'",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    let expression = manifest.get("expression").filter(|_| manifest.is_group());
    let Some((node, text)) = expression.and_then(|node| Some((node, node.text()?))) else {
        return;
    };
    let own = manifest.members().iter().filter(|one| is_own(&one.value));
    for member in own.filter(|member| is_reversed(text, &member.key)) {
        findings.push(
            Diagnostic::new(
                node.span,
                "a failure can admit",
                format!(
                    "the group may admit because `{}` denies or fails",
                    member.key
                ),
            )
            .because(member.key_span, "this policy")
            .help(format!(
                "use `{}()` unchanged, joined with others by `&&` or `||`",
                member.key
            )),
        );
    }
}

/// Whether an expression calls a policy other than as an operand of `&&` and `||`.
fn is_reversed(expression: &str, name: &str) -> bool {
    let words = words(expression);
    let has_other = ["!", "==", "!=", "?", "if", "in"];
    let is_called =
        |at: usize| words.get(at) == Some(&name) && words.get(at.saturating_add(1)) == Some(&"(");
    let calls = (0..words.len()).filter(|at| is_called(*at));
    let mut reversed = calls.filter(|at| {
        let (before, from) = words.split_at(*at);
        // After the two brackets of the call.
        let after = from.get(3..).unwrap_or_default();
        is_under(before, &["!"]) || is_compared(before, after) || is_condition(before, after)
    });
    let uses_branches = words.iter().any(|word| has_other.contains(word));
    uses_branches && reversed.next().is_some()
}

/// Whether one of these operators precedes a call or a bracket that is open at the call.
fn is_under(before: &[&str], operators: &[&str]) -> bool {
    let mut closed = 0_usize;
    let mut is_first = true;
    for word in before.iter().rev() {
        match *word {
            ")" => closed = closed.saturating_add(1),
            "(" if closed > 0 => closed = closed.saturating_sub(1),
            "(" => {
                is_first = true;
                continue;
            }
            operator if is_first && closed == 0 && operators.contains(&operator) => return true,
            _ => {}
        }
        is_first = false;
    }
    false
}

/// Whether a call, or a bracket around it, is compared with something.
fn is_compared(before: &[&str], after: &[&str]) -> bool {
    let operators = ["==", "!=", "in"];
    let after: Vec<&str> = after
        .iter()
        .rev()
        .map(|word| match *word {
            "(" => ")",
            ")" => "(",
            word => word,
        })
        .collect();
    is_under(before, &operators) || is_under(&after, &operators)
}

/// Whether a call may decide between two other operands.
fn is_condition(before: &[&str], after: &[&str]) -> bool {
    after.contains(&"?") || before.contains(&"if")
}

/// The names, literals and operators of an expression.
fn words(expression: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = expression.trim_start();
    while !rest.is_empty() {
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let name = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
        let operators = ["&&", "||", "==", "!="];
        let length = match operators.iter().find(|one| rest.starts_with(**one)) {
            Some(operator) => operator.len(),
            None if name > 0 => name,
            None => rest.chars().next().map_or(1, char::len_utf8),
        };
        let (word, behind) = rest.split_at(length);
        words.push(word);
        rest = behind.trim_start();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn only_plain_conditions_fail_closed() {
        for (expression, is_found) in [
            ("attested()", false),
            ("attested() && !labelled()", false),
            (
                "(attested() || labelled()) && (labelled() || !labelled())",
                false,
            ),
            ("!labelled() && (attested())", false),
            ("!attested()", true),
            ("! attested ( )", true),
            ("labelled() && !(labelled() || attested())", true),
            ("!(!attested())", true),
            ("attested() == false", true),
            ("false == attested()", true),
            ("(labelled() && attested()) != true", true),
            ("attested() ? labelled() : true", true),
            ("labelled() ? attested() : false", false),
            ("if attested() { false } else { true }", true),
            ("unattested() && labelled()", false),
        ] {
            let yaml = RULE
                .preferred()
                .replace("attested() && labelled()", expression);
            let expected = if is_found { 1 } else { 0 };
            assert_eq!(found(&RULE, &yaml).len(), expected, "{expression}");
        }
    }
}
