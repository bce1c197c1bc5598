//! Regular expressions that say no more than wildcards do.

/// Maximum number of wildcards of one expression
const MAX_WILDCARDS: usize = 16;

/// Wildcards that match as the expression does, or less: a `.` matches only itself, and an expression that does not
/// begin with `^` is compared from the beginning. `None` if it is made of more than texts, `.*` and alternatives.
pub(super) fn wildcards(regex: &str) -> Option<Vec<String>> {
    let text = regex.strip_prefix('^').unwrap_or(regex);
    let is_escaped = text.ends_with("\\$");
    let (text, is_open) = match text.strip_suffix('$') {
        Some(text) if !is_escaped => (text, false),
        _ => (text, true),
    };
    let mut wildcards = Vec::new();
    for alternative in alternatives(text)? {
        let mut wildcard = wildcard(&alternative)?;
        if is_open && !wildcard.ends_with('*') {
            wildcard.push('*');
        }
        wildcards.push(wildcard);
    }
    Some(wildcards)
}

/// The expressions without groups that an expression with groups such as `(a|b)` stands for.
fn alternatives(text: &str) -> Option<Vec<String>> {
    let mut waiting = vec![text.to_owned()];
    let mut done = Vec::new();
    while let Some(text) = waiting.pop() {
        if waiting.len().saturating_add(done.len()) >= MAX_WILDCARDS {
            return None;
        }
        let Some((before, rest)) = split_unescaped(&text, '(') else {
            done.push(text);
            continue;
        };
        let (group, behind) = split_unescaped(rest, ')')?;
        let is_plain = !group.starts_with('?') && !group.contains(['(', '\\', '[']);
        if !is_plain || behind.starts_with(['*', '+', '?', '{']) {
            return None;
        }
        let expanded = group.split('|').rev();
        waiting.extend(expanded.map(|one| format!("{before}{one}{behind}")));
    }
    Some(done)
}

/// Splits at the first such character without a backslash before it.
fn split_unescaped(text: &str, at: char) -> Option<(&str, &str)> {
    let mut is_escaped = false;
    for (index, one) in text.char_indices() {
        if one == at && !is_escaped {
            let behind = index.saturating_add(one.len_utf8());
            return Some((text.get(..index)?, text.get(behind..)?));
        }
        is_escaped = one == '\\' && !is_escaped;
    }
    None
}

/// The wildcard for an expression without groups.
fn wildcard(text: &str) -> Option<String> {
    let mut wildcard = String::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let any = ["[^/]*", "[^/]+", "[^@]*", "[^@]+", ".*", ".+"];
        if let Some(behind) = any.iter().find_map(|any| rest.strip_prefix(any)) {
            rest = behind.strip_prefix('?').unwrap_or(behind);
            if !wildcard.ends_with('*') {
                wildcard.push('*');
            }
            continue;
        }
        let literal = match first {
            '\\' => {
                rest = rest.get(1..)?;
                // Letters and digits have a meaning behind a backslash.
                rest.chars().next().filter(|one| !one.is_alphanumeric())?
            }
            '*' | '+' | '?' | '[' | ']' | '{' | '}' | '(' | ')' | '|' | '^' | '$' => return None,
            first => first,
        };
        rest = rest.get(literal.len_utf8()..)?;
        // It would be optional, or repeated.
        if literal == '*' || rest.starts_with(['*', '+', '?', '{']) {
            return None;
        }
        wildcard.push(literal);
    }
    Some(wildcard)
}
