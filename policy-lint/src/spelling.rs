//! Names that a misspelled one may have meant.

use core::fmt::Write as _;

/// Returns the name that differs from `written` in a third of its characters at most, and in the fewest of all, or the
/// only one that begins with `written` or ends with its last word. Letter case, `_` and `-` do not count.
#[must_use]
pub fn closest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let plain = |name: &str| name.replace(['_', '-'], "").to_ascii_lowercase();
    let wanted = plain(written);
    let names: Vec<_> = names.into_iter().collect();
    let distances = names
        .iter()
        .map(|name| (strsim::damerau_levenshtein(&wanted, &plain(name)), *name));
    let (distance, name) = distances.min()?;
    if distance.saturating_mul(3) <= name.len() {
        return Some(name);
    }
    let only = |is_like: &dyn Fn(&str) -> bool| {
        let mut like = names.iter().filter(|name| is_like(name));
        like.next().filter(|_| like.next().is_none()).copied()
    };
    let begins = |name: &str| wanted.len() > SHORT && plain(name).starts_with(&wanted);
    let last_word = written.rsplit_once(['_', '-']).map(|(_, word)| word);
    let ends = |name: &str| last_word.is_some() && name.rsplit(['_', '-']).next() == last_word;
    only(&begins).or_else(|| only(&ends))
}

/// Length of a text with which unrelated names may begin
const SHORT: usize = 3;

/// Returns the resource name whose last segment is closest to that of `written`.
#[must_use]
pub fn closest_resource<'n>(
    written: &str,
    names: impl IntoIterator<Item = &'n str>,
) -> Option<&'n str> {
    let last = |name: &'n str| name.rsplit('/').next().unwrap_or(name);
    let names: Vec<_> = names.into_iter().collect();
    let wanted = written.rsplit('/').next().unwrap_or(written);
    let segment = closest(wanted, names.iter().map(|name| last(name)))?;
    names.into_iter().find(|name| last(name) == segment)
}

/// Help for a name that is none of these: the one that was probably meant, or all of them.
pub(crate) fn did_you_mean(written: &str, known: &[&str]) -> Option<String> {
    if let Some(name) = closest(written, known.iter().copied()) {
        return Some(format!("did you mean `{name}`?"));
    }
    let mut listed = String::new();
    for name in known {
        let comma = if listed.is_empty() { "" } else { ", " };
        let _ = write!(listed, "{comma}`{name}`");
    }
    (!listed.is_empty()).then(|| format!("known here: {listed}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resource_names_are_compared_by_their_last_segment() {
        let names = ["projects/p/attestors/build", "projects/p/attestors/qa"];
        for (written, meant) in [
            ("projects/p/attestors/biuld", Some(names[0])),
            ("projects/other/attestors/build", Some(names[0])),
            ("build", Some(names[0])),
            ("projects/p/attestors/canary", None),
            ("projects/p/attestors/q", None),
        ] {
            assert_eq!(closest_resource(written, names), meant, "{written}");
        }
    }

    #[test]
    fn the_beginning_or_the_last_word_of_one_name_is_enough() {
        let names = [
            "expired-certificate",
            "missing-sct",
            "wrong-note",
            "wrong-notes",
        ];
        for (written, meant) in [
            ("expired-cert", Some(names[0])),
            ("no-sct", Some(names[1])),
            ("exp", None),
            ("wrong", None),
            ("sct-no", None),
            ("sct", None),
        ] {
            assert_eq!(closest(written, names), meant, "{written}");
        }
    }

    #[test]
    fn a_name_like_none_is_answered_with_all() {
        let known = ["settings", "signers"];
        let help = |written| did_you_mean(written, &known).unwrap();
        assert_eq!(help("setings"), "did you mean `settings`?");
        assert_eq!(help("x"), "known here: `settings`, `signers`");
        assert_eq!(did_you_mean("x", &[]), None);
    }
}
