//! Patterns for whole registries.

use policy_wasm::image::names_registry;

use super::example::ALLOWLIST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Language, Pattern, Settings, Wildcard, registry};

pub(super) static RULE: Rule = Rule {
    code: "lint-pattern-too-broad",
    severity: Severity::Warning,
    what: "a pattern covers a whole registry",
    why: "Anyone can push to a public registry. A private registry contains the images of every team, including future \
          ones. Registries to which only a vendor pushes are not reported.",
    example: ALLOWLIST,
    avoid: "    - namePattern: docker.io/**\n",
    prefer: "    - namePattern: docker.io/bitnami/*\n",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for pattern in settings.patterns() {
        let Some(host) = whole_registry(&pattern) else {
            continue;
        };
        let is_public = registry::is_public(host);
        // One level of a private registry is a reasonable choice; directories have a check of their own.
        let is_wide = is_public
            || (pattern.language != Language::TrustedDirectory
                && pattern.glob().wildcard == Wildcard::DoubleStar);
        if pattern.is_system || registry::is_single_vendor(host) || !is_wide {
            continue;
        }
        let label = if is_public {
            "anyone can push there"
        } else {
            "everything in the registry"
        };
        findings.push(
            Diagnostic::new(
                pattern.span,
                label,
                format!("pattern `{}` covers a whole registry", pattern.text),
            )
            .help(format!(
                "use a narrower pattern, such as `{}/my-project/{}`",
                host,
                pattern
                    .text
                    .trim_start_matches(host)
                    .trim_start_matches('/')
            )),
        );
    }
}

/// The registry of a pattern that contains nothing else.
fn whole_registry<'p>(pattern: &Pattern<'p>) -> Option<&'p str> {
    let glob = pattern.glob();
    let registry = glob.literal.strip_suffix('/').filter(|_| glob.is_open())?;
    // A single word is an organization on Docker Hub.
    let is_host = names_registry(registry);
    let is_image = pattern.language != Language::SourceRepository;
    (is_image && is_host && !registry.contains('/')).then_some(registry)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{allows, directories, found, names};
    use super::RULE;

    #[test]
    fn whole_registries_are_found() {
        for (pattern, is_found) in [
            ("docker.io/**", true),
            ("quay.io/*", true),
            ("registry.digitalocean.com/**", true),
            ("us.icr.io/**", true),
            ("eu.gcr.io/**", true),
            ("europe-docker.pkg.dev/**", true),
            ("r.example/**", true),
            ("r.example:5000/**", true),
            ("r.example/*", false),
            ("docker.io/library/*", false),
            ("bitnami/**", false),
            ("registry.k8s.io/**", false),
            ("gke.gcr.io/*", false),
            ("mcr.microsoft.com/**", false),
        ] {
            let yaml = names(&[pattern]);
            assert_eq!(found(&RULE, &yaml), vec![pattern; is_found.into()]);
        }
        assert_eq!(found(&RULE, &allows(&["ghcr.io/**"])).len(), 1);
    }

    #[test]
    fn of_trusted_directories_only_public_registries_are_found() {
        for (pattern, count) in [
            ("docker.io/**", 1),
            ("*-docker.pkg.dev/**", 1),
            ("r.example/**", 0),
            ("docker.io/bitnami/**", 0),
        ] {
            assert_eq!(
                found(&RULE, &directories(&[pattern])).len(),
                count,
                "{pattern}"
            );
        }
    }
}
