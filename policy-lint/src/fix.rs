//! Applies fixes to a text.

use crate::diagnostic::{Diagnostic, Edit, Fix};
use crate::source::SourceFile;

/// The text of a file with the fixes of its findings, and how many there were.
///
/// Of fixes that touch each other only the first is applied; another run finds the rest. A fix after
/// which the file could not be read is not applied.
#[must_use]
pub fn apply_fixes(
    file: usize,
    source: &SourceFile,
    diagnostics: &[Diagnostic],
) -> (String, usize) {
    let mut chosen: Vec<&Fix> = Vec::new();
    for fix in diagnostics.iter().filter_map(|one| one.fix.as_ref()) {
        let is_own = fix.edits.iter().all(|edit| edit.span.file == file);
        let is_free = |other: &&Fix| {
            fix.edits.iter().all(|edit| {
                other.edits.iter().all(|other| {
                    edit.span.end <= other.span.start || other.span.end <= edit.span.start
                })
            })
        };
        if is_own && chosen.iter().all(is_free) {
            chosen.push(fix);
        }
    }
    let fixed = applied(source, &chosen);
    if is_readable(&fixed) {
        return (fixed, chosen.len());
    }
    // An anchor, for example, that something below refers to.
    let mut kept: Vec<&Fix> = Vec::new();
    for fix in chosen {
        kept.push(fix);
        if !is_readable(&applied(source, &kept)) {
            kept.pop();
        }
    }
    (applied(source, &kept), kept.len())
}

fn is_readable(text: &str) -> bool {
    SourceFile::new("", text).parse(0).is_ok()
}

fn applied(source: &SourceFile, fixes: &[&Fix]) -> String {
    let mut edits: Vec<&Edit> = fixes.iter().flat_map(|fix| &fix.edits).collect();
    edits.sort_by_key(|edit| core::cmp::Reverse(edit.span));
    let mut text = source.text().to_owned();
    for edit in edits {
        if text.get(edit.span.range()).is_some() {
            text.replace_range(edit.span.range(), &edit.replacement_in(source));
        }
    }
    text
}

impl Edit {
    /// Returns the replacement with the line endings of a file.
    #[must_use]
    pub fn replacement_in(&self, source: &SourceFile) -> String {
        if source.text().contains("\r\n") {
            self.replacement.replace('\n', "\r\n")
        } else {
            self.replacement.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{Config, SourceFile, apply_fixes, lint};

    fn fixed(text: &str) -> String {
        let file = SourceFile::new("policy.yaml", text);
        let report = lint(core::slice::from_ref(&file), &Config::default());
        apply_fixes(0, &file, &report.diagnostics).0
    }

    const RULE: &str = "  globalPolicyEvaluationMode: DISABLE
  defaultAdmissionRule: {evaluationMode: ALWAYS_DENY, enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG}
";

    #[test]
    fn a_fix_that_would_break_the_file_is_left_out() {
        let anchored = format!(
            "policy:
  admissionWhitelistPatterns:
    - namePattern: r.example/a/*
    - namePattern: &kept r.example/a/*
{RULE}  description: *kept
"
        );
        assert_eq!(fixed(&anchored), anchored);
        let plain = anchored.replace("&kept ", "").replace("*kept", "x");
        assert_ne!(fixed(&plain), plain);
    }

    #[test]
    fn line_endings_stay_as_they_are() {
        let rule = RULE.split_once('\n').unwrap().1;
        let text = format!("policy:\n{rule}").replace('\n', "\r\n");
        let fixed = fixed(&text);
        assert!(
            fixed.contains("globalPolicyEvaluationMode: DISABLE\r\n"),
            "{fixed:?}"
        );
        assert_eq!(fixed.matches('\n').count(), fixed.matches("\r\n").count());
    }

    #[test]
    fn a_key_with_an_escape_is_left_alone() {
        let text = "attestors:
  - name: projects/p/attestors/a
    \"userOwnedDrydock\\x4eote\": {noteReference: projects/p/notes/a}
";
        assert_eq!(fixed(text), text);
    }
}
