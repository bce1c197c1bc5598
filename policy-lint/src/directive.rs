//! Comments that ignore findings: `# countersign-ignore lint-dry-run: until the roll-out in March`.
//!
//! At the end of a line such a comment is about that line, on a line of its own about the next one
//! that is not a comment. A reason is required; what ignores nothing is a finding itself. A reason with
//! `until 2026-03-31` counts to the end of that day, UTC.

use policy_wasm::date_or_time::DateOrTime;
use policy_wasm::time::Time;

use crate::diagnostic::{Diagnostic, Severity};
use crate::rule::{self, IGNORE_EXPIRED, IGNORE_UNUSED, IGNORE_WITHOUT_REASON};
use crate::source::{Node, Shape, SourceFile, Span};

/// Beginning of such a comment
pub(crate) const MARK: &str = "countersign-ignore";

/// One comment
#[derive(Debug)]
pub(crate) struct Directive {
    span: Span,
    /// The line that it is about, from 1
    line: usize,
    codes: Vec<String>,
    reason: String,
}

impl Directive {
    /// Finds the comments of a file. What looks like one inside a text is none.
    pub(crate) fn find(file: usize, source: &SourceFile, documents: &[Node]) -> Vec<Self> {
        if !source.text().contains(MARK) {
            return Vec::new();
        }
        let mut texts = Vec::new();
        documents.iter().for_each(|node| collect(node, &mut texts));
        texts.sort_unstable();
        let mut found = Vec::new();
        let mut offset = 0_usize;
        let lines: Vec<&str> = source.text().split_inclusive('\n').collect();
        for (index, line) in lines.iter().enumerate() {
            let start = offset;
            offset = offset.saturating_add(line.len());
            let Some((before, directive)) = line.split_once(MARK) else {
                continue;
            };
            let Some(before) = before.trim_end().strip_suffix('#') else {
                continue;
            };
            let at = start.saturating_add(before.len());
            let span = Span {
                file,
                start: at,
                end: start.saturating_add(line.trim_end().len()),
            };
            let nearest = texts.partition_point(|text: &Span| text.start <= span.start);
            let nearest = texts.get(..nearest).and_then(<[Span]>::last);
            let is_text = nearest.is_some_and(|text| text.contains(span));
            if is_text || !(before.is_empty() || before.ends_with([' ', '\t'])) {
                continue;
            }
            let is_alone = before.trim().is_empty();
            let below = lines.iter().enumerate().skip(index.saturating_add(1));
            let next = || {
                below
                    .map(|(index, line)| (index, line.trim()))
                    .find(|(_, line)| !line.is_empty() && !line.starts_with('#'))
                    .map_or(index, |(index, _)| index)
            };
            let about = if is_alone { next() } else { index };
            let (codes, reason) = directive.split_once(':').unwrap_or((directive, ""));
            found.push(Self {
                span,
                line: about.saturating_add(1),
                codes: codes
                    .split([',', ' '])
                    .map(str::trim)
                    .filter(|code| !code.is_empty())
                    .map(str::to_owned)
                    .collect(),
                reason: reason.trim().to_owned(),
            });
        }
        found
    }

    /// The file and the line that it is about.
    pub(crate) const fn about(&self) -> (usize, usize) {
        (self.span.file, self.line)
    }

    /// Whether it ignores findings of a code at a time.
    pub(crate) fn ignores(&self, code: &str, now: Option<Time>) -> bool {
        let is_named = self.codes.iter().any(|one| one == code);
        is_named && !self.reason.is_empty() && self.ended(now).is_none()
    }

    /// The date in the reason, if its day is over.
    fn ended(&self, now: Option<Time>) -> Option<&str> {
        let mut dates = self.reason.split("until ").skip(1).filter_map(|behind| {
            let date = behind.get(.."YYYY-MM-DD".len())?;
            Some((date, DateOrTime::parse(date).ok()?))
        });
        let (date, last_day) = dates.next()?;
        last_day.is_over(now?).then_some(date)
    }

    /// Returns the problems of the comment, given which of its codes ignored a finding.
    pub(crate) fn problems(
        &self,
        is_used: impl Fn(&str) -> bool,
        now: Option<Time>,
    ) -> Vec<Diagnostic> {
        let finding = |code: &str, severity, label: &str, message: String, help: &str| {
            let finding = Diagnostic::new(self.span, label, message)
                .coded(code)
                .help(help);
            Diagnostic {
                severity,
                ..finding
            }
        };
        let form = "use `# countersign-ignore CODE: REASON`";
        if self.reason.is_empty() || self.codes.is_empty() {
            let message = "the comment has no reason, so it has no effect".to_owned();
            return vec![finding(
                IGNORE_WITHOUT_REASON.code,
                Severity::Error,
                "no reason",
                message,
                form,
            )];
        }
        if let Some(date) = self.ended(now) {
            let message = format!("the comment expired on {date}");
            let help = "resolve the finding, or set a new date and reason";
            let label = "expired";
            return vec![finding(
                IGNORE_EXPIRED.code,
                Severity::Warning,
                label,
                message,
                help,
            )];
        }
        let unused = self.codes.iter().filter(|code| !is_used(code));
        unused
            .map(|code| {
                let (label, help) = if !rule::is_known(code) {
                    ("no such lint", "see `countersign lint --list`")
                } else if rule::can_be_ignored(code) {
                    (
                        "nothing to ignore",
                        "remove the comment, or put it on the line of the finding",
                    )
                } else {
                    (
                        "cannot be ignored",
                        "fix it: the policy's own validation reports it",
                    )
                };
                let message = format!("the comment ignores `{code}`, which is not found here");
                finding(IGNORE_UNUSED.code, Severity::Warning, label, message, help)
            })
            .collect()
    }
}

fn collect(node: &Node, texts: &mut Vec<Span>) {
    match &node.shape {
        Shape::Text(_) => texts.push(node.span),
        Shape::List(items) => items.iter().for_each(|item| collect(item, texts)),
        Shape::Map(entries) => entries
            .iter()
            .for_each(|entry| collect(&entry.value, texts)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use policy_wasm::time::Time;

    use crate::{Config, SourceFile, lint};

    /// An exception that was to end is no exception afterwards.
    #[test]
    fn a_comment_ignores_to_the_end_of_the_day_that_it_names() {
        const LINT: &str = "lint-always-allow-default";
        for (reason, now, expected) in [
            ("until 2026-06-30", Some("2026-06-30T23:59:59Z"), &[][..]),
            (
                "until 2026-06-30",
                Some("2026-07-01T00:00:00Z"),
                &["lint-ignore-expired", LINT],
            ),
            ("until 2026-06-30, or later", None, &[]),
            (
                "until the end, until 2026-06-30",
                Some("2027-01-01T00:00:00Z"),
                &["lint-ignore-expired", LINT],
            ),
            ("until 2026-13-30", Some("2027-01-01T00:00:00Z"), &[]),
            (
                "until 30 June 2026 or so",
                Some("2027-01-01T00:00:00Z"),
                &[],
            ),
        ] {
            let text = format!(
                "globalPolicyEvaluationMode: DISABLE\ndefaultAdmissionRule:\n  # countersign-ignore {LINT}: {reason}\n  evaluationMode: ALWAYS_ALLOW\n  enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG\n"
            );
            let config = Config::default();
            let config = match now {
                Some(now) => config.at(Time::parse(now).unwrap()),
                None => config,
            };
            let report = lint(&[SourceFile::new("", text)], &config);
            let codes = report.diagnostics.iter().map(|one| one.code.as_str());
            assert_eq!(codes.collect::<Vec<_>>(), expected, "{reason} {now:?}");
        }
    }
}
