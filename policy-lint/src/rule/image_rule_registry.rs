//! Rules whose evidence is in registries that are not asked.

use policy_wasm::CheckEvidence;

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-image-rule-registry",
    severity: Severity::Error,
    what: "a rule requires evidence from a registry that `registries` does not list",
    why: "Evidence is read only from registries, and only from those in `registries`. Images of another one are denied with \
          `registry-not-allowed`, whoever has signed them.",
    example: "imagePolicy:
  unmatchedImages: deny
  rules:
    - name: shop
      images: [registry.example/shop/**]
      require: [{check: {imageFreshnessCheck: {maxUploadAgeDays: 30}}}]
evidence:
  registry: true
registries: [registry.example]
",
    avoid: "registries: [mirror.example]",
    prefer: "registries: [registry.example]",
    check: Check::Settings(check),
};

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let others = ["kubernetes", "podAnnotation", "occurrences", "statements"];
    let has_other = others
        .iter()
        .any(|source| settings.setting(&["evidence", source]).is_some());
    let is_on = |source| settings.is_on(&["evidence", source]);
    let registries = settings.entry(&["registries"]);
    let Some(registries) =
        registries.filter(|_| !has_other && (is_on("registry") || is_on("referrers")))
    else {
        return;
    };
    for rule in settings.image_rules() {
        let mut checks = rule.checks();
        let needs_evidence = rule.quorums().next().is_some()
            || checks.any(|check| check.evidence() != CheckEvidence::Nothing);
        for image in rule.images.iter().filter(|_| needs_evidence) {
            let hosts = registries.value.items().iter().filter_map(Node::text);
            if hosts
                .into_iter()
                .any(|host| image.pattern.is_of_registry(host))
            {
                continue;
            }
            findings.push(
                Diagnostic::new(
                    image.span,
                    "no evidence can be found",
                    format!("`registries` lists no registry of `{}`", image.text),
                )
                .because(
                    registries.key_span,
                    "evidence is read from these registries only",
                )
                .help("add the registry to `registries`, or another source to `evidence`"),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RULE;
    use crate::rule::tests::found;

    #[test]
    fn rules_with_another_source_or_without_evidence_are_not_found() {
        for (from, to) in [
            ("registry: true", "registry: true\n  podAnnotation: true"),
            ("registry.example/shop/**", "\"**\""),
            ("registry.example/shop/**", "m*.registry.example/**"),
            (
                "imageFreshnessCheck: {maxUploadAgeDays: 30}",
                "alwaysDeny: true",
            ),
        ] {
            let yaml = RULE.avoided().replace(from, to);
            let yaml = yaml.replace("mirror.example", "mirror.registry.example");
            assert!(found(&RULE, &yaml).is_empty(), "{yaml}");
        }
    }
}
