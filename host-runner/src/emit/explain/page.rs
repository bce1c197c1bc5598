//! The page of a code: what it means, what it leads to, and what to do about it.

use std::io::{self, Write as _};

use policy_lint::{RULES, Rule};
use policy_wasm::Code;
use policy_wasm::decision::Role;

use crate::advice;

/// Prints pages, an empty line between two.
pub(crate) fn pages(pages: &[String]) -> io::Result<()> {
    write!(anstream::stdout().lock(), "{}", pages.join("\n"))
}

/// The page of a code, whoever reports it.
pub(crate) fn page(code: &str) -> Option<String> {
    if let Some(rule) = Rule::by_code(code) {
        return Some(rule.page());
    }
    if let Some(meaning) = policy_lint::meaning(code) {
        return Some(format!(
            "{code}\n\n  {meaning}\n\nleads to    an error at its place; nothing is run or judged by the document\n"
        ));
    }
    let code = Code::ALL.iter().find(|known| known.as_str() == code)?;
    let meaning = code.meaning();
    let leads_to = match code.role() {
        Role::Admission => "no refusal: it says why something is admitted or not judged",
        Role::Violation => "a refusal: verdict NON_CONFORMANT",
        Role::Error => "a refusal: verdict ERROR, since the policy could not be evaluated",
        Role::Detail => "nothing by itself: it says below another reason what did not count",
        Role::Warning => "a warning beside the verdict",
        Role::Settings => "settings that cannot be used: nothing is judged by them",
    };
    let advice =
        advice::about(*code).map_or_else(String::new, |advice| format!("what to do  {advice}\n"));
    Some(format!(
        "{code}\n\n  {meaning}\n\nleads to    {leads_to}\n{advice}"
    ))
}

/// The codes that a misspelled one may have meant, the likeliest first.
pub(crate) fn nearest(code: &str) -> Vec<&'static str> {
    let lints = RULES.iter().map(|rule| rule.code);
    let known = Code::ALL.iter().map(|known| known.as_str()).chain(lints);
    let mut near: Vec<_> = known
        .filter_map(|known| {
            let is_part = code.len() >= SHORTEST_PART && known.contains(code);
            let distance = strsim::damerau_levenshtein(code, known);
            (is_part || distance <= MAX_TYPOS).then_some((distance, known))
        })
        .collect();
    near.sort_unstable();
    near.truncate(MAX_SUGGESTIONS);
    near.into_iter().map(|(_, known)| known).collect()
}

/// Shorter texts are part of too many codes.
const SHORTEST_PART: usize = 4;
const MAX_TYPOS: usize = 3;
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

  The rule needs a digest and the image has a tag

leads to    a refusal: verdict NON_CONFORMANT
what to do  name the image by its digest: REPOSITORY@sha256:<digest>
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
