//! Patterns that cover only one spelling of a Docker Hub image.

use policy_wasm::image::names_registry;

use super::example::ALLOWLIST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{AllowParts, Coverage, Glob, Language, Pattern, Settings};

pub(super) static RULE: Rule = Rule {
    code: "lint-docker-hub-short-name",
    severity: Severity::Warning,
    what: "a pattern covers only one spelling of a Docker Hub image",
    why: "`nginx` and `docker.io/library/nginx` are the same image, but patterns are compared with the image \
          reference as the Pod spells it. The other spelling is not exempt.",
    example: ALLOWLIST,
    avoid: "    - namePattern: docker.io/library/nginx@*\n",
    prefer: "    - namePattern: docker.io/library/nginx@*
    - namePattern: nginx@*
",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for list in settings.pattern_lists() {
        let coverage = Coverage::of(&list);
        for pattern in &list {
            let Some(spelling) = Spelling::of(pattern) else {
                continue;
            };
            let others = spelling.others(pattern.language);
            let is_covered = |other: &String| coverage.covering(other).is_some();
            if others.iter().any(is_covered) {
                continue;
            }
            let help = if others.is_empty() {
                "a wildcard cannot cover all short names: list each image with its short name"
                    .to_owned()
            } else {
                let quoted: Vec<_> = others.iter().map(|other| format!("`{other}`")).collect();
                format!(
                    "if workloads use the other spelling, add {}",
                    quoted.join(" or ")
                )
            };
            let message = format!(
                "pattern `{}` covers only one spelling of a Docker Hub image",
                pattern.text
            );
            let label = if spelling.host.is_some() {
                "not the short name"
            } else {
                "only the short name"
            };
            findings.push(Diagnostic::new(pattern.span, label, message).help(help));
        }
    }
}

/// A pattern for Docker Hub images
#[derive(Debug, Clone, Copy)]
struct Spelling<'p> {
    /// The host as written, if any
    host: Option<&'p str>,
    /// The rest after the host and `library/`
    rest: &'p str,
    /// Whether it is an official image, which needs no `library/`
    is_official: bool,
}

impl<'p> Spelling<'p> {
    /// Returns `None` for other registries, and for patterns of all of Docker Hub.
    fn of(pattern: &Pattern<'p>) -> Option<Self> {
        let text = pattern.text;
        let name = match pattern.language {
            Language::Name => Glob::split(text).literal,
            Language::Allow => AllowParts::split(text).name.literal,
            Language::TrustedDirectory | Language::SourceRepository => return None,
        };
        let (host, path) = match text.split_once('/') {
            Some((host @ ("docker.io" | "index.docker.io"), path)) => (Some(host), path),
            Some((first, _)) if names_registry(first) => return None,
            Some(_) | None => (None, text),
        };
        let has_path = host.is_none_or(|host| name.len() > host.len().saturating_add(1));
        let official = path
            .strip_prefix("library/")
            .or_else(|| (!path.contains('/')).then_some(path));
        has_path.then_some(Self {
            host,
            rest: official.unwrap_or(path),
            is_official: official.is_some(),
        })
    }

    /// The other spellings that a Pod may use, if patterns can cover them.
    fn others(self, language: Language) -> Vec<String> {
        let rest = self.rest;
        let mut others = Vec::new();
        if self.host.is_none() {
            let library = if self.is_official { "library/" } else { "" };
            others.push(format!("docker.io/{library}{rest}"));
        } else if language.accepts(rest) {
            others.push(rest.to_owned());
        } else if let Some(word) = rest.strip_suffix('*').filter(|word| is_word(word)) {
            // A wildcard cannot follow a word without a slash before it.
            others.extend(match language {
                Language::Allow => vec![word.to_owned()],
                _ => vec![format!("{word}@*"), format!("{word}:*")],
            });
        }
        others
    }
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains(['*', '/'])
}

#[cfg(test)]
mod tests {
    use super::super::tests::{allows, found, helps, names};
    use super::RULE;

    #[test]
    fn the_other_spelling_is_named() {
        for (pattern, other) in [
            ("nginx", "`docker.io/library/nginx`"),
            ("nginx:1*", "`docker.io/library/nginx:1*`"),
            ("library/nginx:1", "`docker.io/library/nginx:1`"),
            ("bitnami/redis@*", "`docker.io/bitnami/redis@*`"),
            ("docker.io/bitnami/*", "`bitnami/*`"),
            ("docker.io/nginx:1", "`nginx:1`"),
            ("index.docker.io/library/nginx@*", "`nginx@*`"),
            ("docker.io/library/nginx*", "`nginx@*` or `nginx:*`"),
            ("docker.io/library/*", "list each image"),
        ] {
            let helps = helps(&RULE, &names(&[pattern]));
            assert!(
                helps.iter().any(|help| help.contains(other)),
                "{pattern}: {helps:?}"
            );
        }
        let helps = helps(&RULE, &allows(&["docker.io/library/nginx*"]));
        assert!(helps[0].ends_with("add `nginx`"), "{helps:?}");
    }

    #[test]
    fn near_misses_are_not_found() {
        for patterns in [
            &["gcr.io/p/nginx:1"][..],
            &["localhost/nginx:1"],
            &["docker.io/**"],
            &["docker.io.example/library/nginx:1"],
            &["nginx:*", "docker.io/library/nginx:*"],
            &["docker.io/**", "bitnami/redis@*", "bitnami/*"],
        ] {
            assert!(found(&RULE, &names(patterns)).is_empty(), "{patterns:?}");
        }
    }
}
