//! The sums of an audit in one line.

use crate::audit::Summary;

/// `1,234 objects: 1,200 admitted, 30 denied, 4 admitted by dry run; 57 images; 300 skipped (no images)`
pub(in crate::emit) fn summary(summary: &Summary, passed_over: usize) -> String {
    let many = |count: usize, noun: &str| {
        let plural = if count == 1 { "" } else { "s" };
        format!("{} {noun}{plural}", grouped(count))
    };
    let mut outcomes = vec![
        format!("{} admitted", grouped(summary.admitted)),
        format!("{} denied", grouped(summary.refused)),
    ];
    for (count, words) in [
        (summary.errors, "denied by an error"),
        (summary.dry_run, "admitted by dry run"),
        (summary.break_glass, "admitted with break-glass"),
    ] {
        if count > 0 {
            outcomes.push(format!("{} {words}", grouped(count)));
        }
    }
    let passed_over = match passed_over {
        0 => String::new(),
        count => format!("; {} skipped (no images)", grouped(count)),
    };
    format!(
        "{}: {}; {}{passed_over}",
        many(summary.objects, "object"),
        outcomes.join(", "),
        many(summary.images, "image"),
    )
}

/// A namespace, or `(none)` of objects without one.
pub(in crate::emit) const fn namespace(name: &str) -> &str {
    if name.is_empty() { "(none)" } else { name }
}

/// `1,234`
pub(in crate::emit) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len());
    for (index, digit) in digits.chars().enumerate() {
        let left = digits.len().saturating_sub(index);
        if index > 0 && left.is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_in_groups() {
        let shown: Vec<_> = [0, 12, 123, 1234, 123_456, 1_234_567]
            .into_iter()
            .map(grouped)
            .collect();
        assert_eq!(shown, ["0", "12", "123", "1,234", "123,456", "1,234,567"]);
    }

    #[test]
    fn the_summary_counts_what_there_is() {
        let mut counts = Summary {
            objects: 1234,
            admitted: 1234,
            images: 1,
            ..Summary::default()
        };
        assert_eq!(
            summary(&counts, 0),
            "1,234 objects: 1,234 admitted, 0 denied; 1 image"
        );
        counts.admitted = 1200;
        (
            counts.refused,
            counts.errors,
            counts.dry_run,
            counts.break_glass,
        ) = (28, 1, 4, 1);
        assert_eq!(
            summary(&counts, 300),
            "1,234 objects: 1,200 admitted, 28 denied, 1 denied by an error, 4 admitted by dry run, \
             1 admitted with break-glass; 1 image; 300 skipped (no images)"
        );
    }
}
