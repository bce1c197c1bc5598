//! Codes with their meaning, effect and help: as pages, as a list, and in JSON.

use std::io::{self, Write};

pub(crate) use policy_lint::Entry;
use policy_lint::{API_VERSION, PROBLEMS, RULES, closest};
use policy_wasm::Code;
use serde_json::json;

/// The codes of the policy and of documents. Lints have a list of their own.
pub(crate) fn listed() -> Vec<Entry> {
    let reasons = Code::ALL.iter().copied().map(Entry::Reason);
    reasons.chain(PROBLEMS.iter().map(Entry::Problem)).collect()
}

/// Prints pages, separated by empty lines.
pub(crate) fn pages(out: &mut dyn Write, entries: &[Entry]) -> io::Result<()> {
    let pages: Vec<_> = entries.iter().map(|entry| entry.page()).collect();
    write!(out, "{}", pages.join("\n"))
}

/// Prints every code on a line of its own: what it leads to, and what it means.
pub(crate) fn list(out: &mut dyn Write, entries: &[Entry]) -> io::Result<()> {
    let width = entries.iter().map(|entry| entry.code().len()).max();
    let width = width.unwrap_or_default();
    for entry in entries {
        let (code, kind, meaning) = (entry.code(), entry.kind(), entry.meaning());
        writeln!(out, "{code:<width$}  {kind:<9}  {meaning}")?;
    }
    Ok(())
}

/// Prints a `CodeList`.
pub(crate) fn json(out: &mut dyn Write, entries: &[Entry]) -> io::Result<()> {
    let codes: Vec<_> = entries.iter().map(|entry| entry.document()).collect();
    let document = json!({"apiVersion": API_VERSION, "kind": "CodeList", "codes": codes});
    crate::emit::json::write(out, &document)
}

/// The page of a code of the policy or the linter.
pub(crate) fn page(code: &str) -> Option<String> {
    Entry::of(code).map(Entry::page)
}

/// The codes that a misspelled code may mean: the closest one, or else those that contain it.
pub(crate) fn nearest(code: &str) -> Vec<&'static str> {
    let known = || {
        let lints = RULES.iter().map(|rule| rule.code);
        listed().into_iter().map(Entry::code).chain(lints)
    };
    if let Some(closest) = closest(code, known()) {
        return vec![closest];
    }
    let parts = known().filter(|known| code.len() >= SHORTEST_PART && known.contains(code));
    parts.take(MAX_SUGGESTIONS).collect()
}

/// Minimum length for a match inside a code: shorter texts occur in too many.
const SHORTEST_PART: usize = 4;
const MAX_SUGGESTIONS: usize = 5;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_that_says_what_it_means() {
        for code in Code::ALL {
            let page = page(code.as_str()).unwrap();
            assert!(page.starts_with(&format!("{code}\n\n  {}", code.meaning())));
            assert!(!code.meaning().is_empty() && !code.meaning().starts_with(' '));
        }
        let page = page("digest-required").unwrap();
        let expected = "digest-required

  The image is referenced by tag, and the rule needs a digest

effect      denied, with verdict NON_CONFORMANT
what to do  reference the image by digest: REPOSITORY@sha256:<64 lower-case hex digits>
";
        assert_eq!(page, expected);
    }

    #[test]
    fn a_lint_has_the_page_of_its_rule() {
        for rule in RULES {
            assert_eq!(page(rule.code), Some(rule.page()));
        }
        assert_eq!(nearest("lint-dryrun"), ["lint-dry-run"]);
    }

    #[test]
    fn a_misspelled_code_finds_its_neighbours() {
        assert_eq!(nearest("digest-require"), ["digest-required"]);
        assert_eq!(
            nearest("bad-signature"),
            ["attestation-bad-signature"],
            "a part"
        );
        assert!(nearest("attestation").len() == MAX_SUGGESTIONS);
        assert!(nearest("xyz").is_empty());
    }
}
