//! Patterns that match no valid image reference.

use super::example::ALLOWLIST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use policy_wasm::image::{ImageReference, ReferenceError};

use crate::document::{Glob, Language, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-pattern-never-matches",
    severity: Severity::Error,
    what: "a pattern matches no valid image reference",
    why: "Image references are in lower case, have no empty or dot segments, and have digests of full length. A \
          pattern of another form is valid but matches no image, so the intended image is not exempt.",
    example: ALLOWLIST,
    avoid: "    - namePattern: registry.example/Team/app@*\n",
    prefer: "    - namePattern: registry.example/team/app@*\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for pattern in settings.patterns().iter().filter(|one| !one.is_system) {
        let Err(error) = example(pattern.language, pattern.text) else {
            continue;
        };
        let lower = pattern.text.to_ascii_lowercase();
        let help = if lower != pattern.text && example(pattern.language, &lower).is_ok() {
            format!("use `{lower}`")
        } else {
            "use the spelling of the workloads, for example `registry.example/team/app@*`".into()
        };
        findings.push(
            Diagnostic::new(
                pattern.span,
                error.to_string(),
                format!(
                    "pattern `{}` matches no valid image reference",
                    pattern.text
                ),
            )
            .help(help),
        );
    }
}

/// Looks for an image that a pattern covers; if there is none, returns the error of the likeliest.
fn example(language: Language, text: &str) -> Result<(), ReferenceError> {
    let glob = Glob::split(text);
    let subdomain = glob.literal.replacen('*', "a", 1);
    let (literal, endings): (_, Vec<String>) = match (language, glob.is_open()) {
        (Language::SourceRepository, _) => return Ok(()),
        // The pattern is of directories.
        (Language::TrustedDirectory, false) => (subdomain.as_str(), vec!["/a".into()]),
        (Language::TrustedDirectory, true) => (subdomain.as_str(), strings(&["/a", "a/a"])),
        (Language::Name | Language::Allow, false) => (glob.literal, strings(&[""])),
        (Language::Name | Language::Allow, true) => (glob.literal, endings(glob.literal)),
    };
    let mut first = None;
    for ending in endings {
        match ImageReference::parse(&format!("{literal}{ending}")) {
            Ok(_) => return Ok(()),
            Err(error) => first = first.or(Some(error)),
        }
    }
    first.map_or(Ok(()), Err)
}

/// Texts that a wildcard may stand for, the likeliest first.
fn endings(literal: &str) -> Vec<String> {
    let Some((_, digest)) = literal.split_once('@') else {
        return strings(&["a", "", ":a", "/a"]);
    };
    let completions = [("sha256:", 64), ("sha512:", 128)].into_iter();
    let mut endings: Vec<_> = completions
        .filter_map(|(algorithm, length)| {
            let hex = "0".repeat(length);
            let whole = format!("{algorithm}{hex}");
            if algorithm.starts_with(digest) {
                return whole.strip_prefix(digest).map(str::to_owned);
            }
            let begun = digest.strip_prefix(algorithm)?;
            hex.get(begun.len()..).map(str::to_owned)
        })
        .collect();
    // Another algorithm, whose name may be incomplete.
    let hex = "0".repeat(32);
    endings.extend(["", ":", "a:"].map(|begun| format!("{begun}{hex}")));
    endings.push(String::new());
    endings
}

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{allows, directories, found, helps, names};
    use super::RULE;

    const DIGEST: &str = "sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae";

    #[test]
    fn what_no_image_is_called_is_found() {
        let upper_digest = format!(
            "r.example/a@{}",
            DIGEST.to_ascii_uppercase().replace("SHA", "sha")
        );
        let long_tag = format!("r.example/a:{}", "1".repeat(129));
        for pattern in [
            "r.example/App:1",
            "r.example/App*",
            "r.example//a@*",
            "r.example/../a@*",
            "r.example/./*",
            "ORG/app:1",
            "ORG/*",
            "-r.example/a",
            "r_x.example:5000/**",
            "r.example/a@sha256:12",
            "r.example/a@sha256:X*",
            &upper_digest,
            &long_tag,
        ] {
            assert_eq!(found(&RULE, &names(&[pattern])), [pattern]);
        }
        assert_eq!(
            found(&RULE, &allows(&["r.example/App"])),
            ["'r.example/App'"]
        );
        assert_eq!(found(&RULE, &directories(&["*.r.example/A/**"])).len(), 1);
        assert_eq!(
            helps(&RULE, &names(&["r.example/App*"])),
            ["use `r.example/app*`"]
        );
    }

    #[test]
    fn what_some_image_is_called_is_not_found() {
        let exact = format!("r.example/a@{DIGEST}");
        for pattern in [
            "r_x.example/**",
            "r.example/*",
            "r.example/**",
            "r.example/app-*",
            "r.example/app**",
            "r.example/app:*",
            "r.example/app:V1",
            "r.example/app@*",
            "r.example/app@**",
            "r.example/app@sha2*",
            "r.example/app@sha256:12*",
            "r.example/app@sha512:*",
            "r.example/app@blake3*",
            "r.example/app@sha2+*",
            "localhost:*",
            "nginx",
            &exact,
        ] {
            assert!(found(&RULE, &names(&[pattern])).is_empty(), "{pattern}");
        }
        for pattern in [
            "r.example/a/**",
            "*.r.example/a",
            "*-x.r.example/a*",
            "r.example/**",
        ] {
            assert!(
                found(&RULE, &directories(&[pattern])).is_empty(),
                "{pattern}"
            );
        }
    }
}
