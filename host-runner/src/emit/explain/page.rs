//! The page of a code: its meaning, its effect, and help.

use std::io::{self, Write as _};

use policy_lint::{RULES, Rule};
use policy_wasm::Code;
use policy_wasm::decision::Role;

use crate::help;

/// Prints pages, separated by empty lines.
pub(crate) fn pages(pages: &[String]) -> io::Result<()> {
    write!(anstream::stdout().lock(), "{}", pages.join("\n"))
}

/// Prints every reason code on a line of its own: what it leads to, and what it means.
pub(crate) fn list_codes() -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    let width = Code::ALL.iter().map(|code| code.as_str().len()).max();
    let width = width.unwrap_or_default();
    for code in Code::ALL {
        let role = match code.role() {
            Role::Admission => "admission",
            Role::Violation => "denial",
            Role::Error => "error",
            Role::Detail => "detail",
            Role::Warning => "warning",
            Role::Settings => "settings",
        };
        writeln!(
            out,
            "{:<width$}  {role:<9}  {}",
            code.as_str(),
            code.meaning()
        )?;
    }
    Ok(())
}

/// Whether there is a page of this name.
pub(super) fn is_code(name: &str) -> bool {
    let known = Code::ALL.iter().any(|known| known.as_str() == name);
    known || Rule::by_code(name).is_some() || policy_lint::meaning(name).is_some()
}

/// The page of a code of the policy or the linter.
pub(crate) fn page(code: &str) -> Option<String> {
    if let Some(rule) = Rule::by_code(code) {
        return Some(rule.page());
    }
    if let Some(meaning) = policy_lint::meaning(code) {
        return Some(format!(
            "{code}\n\n  {meaning}\n\neffect      an error; the document is not used\n"
        ));
    }
    let code = Code::ALL.iter().find(|known| known.as_str() == code)?;
    let meaning = code.meaning();
    let effect = match code.role() {
        Role::Admission => "none: explains why something is admitted or not checked",
        Role::Violation => "denied, with verdict NON_CONFORMANT",
        Role::Error => "denied, with verdict ERROR: the policy could not be evaluated",
        Role::Detail => "none by itself: explains in another reason why evidence was not used",
        Role::Warning => "a warning in addition to the verdict",
        Role::Settings => "the settings are invalid: every request is denied with settings-invalid",
    };
    let help =
        help::on_page(*code).map_or_else(String::new, |help| format!("what to do  {help}\n"));
    Some(format!(
        "{code}\n\n  {meaning}\n\neffect      {effect}\n{help}"
    ))
}

/// The codes that a misspelled code may mean, the likeliest first.
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

/// Minimum length for a match inside a code: shorter texts occur in too many.
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

  The image is referenced by tag, and the rule needs a digest

effect      denied, with verdict NON_CONFORMANT
what to do  reference the image by digest: REPOSITORY@sha256:<digest>
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
