//! Exemptions of images for which a rule needs attestations.

use alloc::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};
use base64::{alphabet, engine::DecodePaddingMode};
use serde_json::Value;

use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Coverage, Language, Pattern, Settings};
use crate::source::{Node, Span, pointed_at};

pub(super) static RULE: Rule = Rule {
    code: "lint-rule-unreachable",
    severity: Severity::Warning,
    what: "a pattern exempts images for which attestations exist and a rule needs them",
    why: "Exempt images are admitted before any rule applies. Their attestations have no effect, and new images that \
          match the pattern need none.",
    example: "policy:
  admissionWhitelistPatterns:
{part}
  defaultAdmissionRule:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/example/attestors/build]
attestors:
  - name: projects/example/attestors/build
    userOwnedGrafeasNote:
      noteReference: projects/example/notes/build
evidence:
  occurrences:
    - kind: ATTESTATION
      noteName: projects/example/notes/build
      resourceUri: https://registry.example/shop/web@sha256:2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
      attestation: {}
",
    avoid: "    - namePattern: registry.example/shop/*\n",
    prefer: "    - namePattern: registry.example/tools/*\n",
    check: Check::Settings(check),
};

/// Places of the patterns that the lint reports.
pub(super) fn exempting(settings: &Settings<'_>) -> Vec<Span> {
    let mut findings = Findings::new();
    check(settings, &mut findings);
    findings.iter().map(Diagnostic::span).collect()
}

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    let rules = settings.rules();
    let asks = rules
        .iter()
        .find(|rule| matches!(rule.evaluation(), Some(("REQUIRE_ATTESTATION", _))));
    let lists = settings.pattern_lists().into_iter();
    let list = lists.flatten().filter(|one| one.language == Language::Name);
    let list: Vec<Pattern<'_>> = list.collect();
    let Some(rule) = asks.filter(|_| !list.is_empty()) else {
        return;
    };
    let coverage = Coverage::of(&list);
    let mut reported = BTreeSet::new();
    let occurrences = settings.setting(&["evidence", "occurrences"]);
    for occurrence in occurrences.map(Node::items).unwrap_or_default() {
        let images = attested_images(occurrence);
        let covered = images.iter().find_map(|(image, span)| {
            let pattern = coverage.covering(image)?;
            Some((image, *span, pattern))
        });
        let Some((image, span, pattern)) = covered else {
            continue;
        };
        if reported.insert(pattern.span) {
            let message = format!(
                "`{image}` is exempt by `{}`, so {} never checks its attestation",
                pattern.text,
                rule.title()
            );
            findings.push(
                Diagnostic::new(pattern.span, "exempts an attested image", message)
                    .because(span, "its attestation")
                    .help("remove the pattern, or narrow it to images that cannot be attested"),
            );
        }
    }
    // A platform policy may check images that this policy exempts.
    if settings.platform_policies().is_empty() {
        check_registries(settings, &coverage, &reported, findings);
    }
}

/// Finds the case that every registry in `registries` is exempt as a whole.
fn check_registries(
    settings: &Settings<'_>,
    coverage: &Coverage<'_, '_>,
    reported: &BTreeSet<Span>,
    findings: &mut Findings,
) {
    let registries = settings.setting(&["registries"]).map(Node::items);
    let covering = registries.unwrap_or_default().iter().map(|registry| {
        let host = registry.text()?;
        // Docker Hub images have short names, which such a pattern does not cover.
        let pattern = coverage.covering(&format!("{host}/**"))?;
        (host != "docker.io").then_some((host, registry.span, pattern))
    });
    let covering: Option<Vec<_>> = covering.collect();
    for (host, span, pattern) in covering.into_iter().flatten() {
        if !reported.contains(&pattern.span) {
            let message = format!(
                "`{}` exempts all of `{host}`, and `registries` allows no other",
                pattern.text
            );
            findings.push(
                Diagnostic::new(pattern.span, "leaves nothing to attest", message)
                    .because(span, "this registry")
                    .help("exempt single projects or images of the registry"),
            );
        }
    }
}

/// The images of an occurrence, as a Pod could reference them, each with its place.
fn attested_images(occurrence: &Node) -> Vec<(String, Span)> {
    let mut images = Vec::new();
    let resource = occurrence.get("resourceUri");
    if let Some((node, text)) = resource.and_then(|node| Some((node, node.text()?))) {
        let image = text.split_once("://").map_or(text, |(_, image)| image);
        images.push((image.to_owned(), node.span));
    }
    if let Some(payload) = occurrence.at(&["attestation", "serializedPayload"]) {
        let image = payload.text().and_then(signed_image);
        images.extend(image.map(|image| (image, pointed_at(payload))));
    }
    images
}

/// The image in a simple-signing payload.
fn signed_image(payload: &str) -> Option<String> {
    const LENIENT: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabet = if payload.contains(['-', '_']) {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    let bytes = GeneralPurpose::new(alphabet, LENIENT)
        .decode(payload)
        .ok()?;
    let payload: Value = serde_json::from_slice(&bytes).ok()?;
    let text = |pointer| payload.pointer(pointer).and_then(Value::as_str);
    let repository = text("/critical/identity/docker-reference")?;
    let digest = text("/critical/image/docker-manifest-digest")?;
    // Some signers also write a tag or a digest.
    let repository = repository
        .split_once('@')
        .map_or(repository, |(name, _)| name);
    Some(format!("{repository}@{digest}"))
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::*;

    const ATTESTED: &str = "registry.example/shop/*";

    #[test]
    fn the_payload_says_the_image_as_well() {
        let payload = r#"{"critical": {"identity": {"docker-reference": "registry.example/shop/web"}, "image": {"docker-manifest-digest": "sha256:2c26"}}}"#;
        let encoded = base64::engine::general_purpose::STANDARD.encode(payload);
        let expected = "registry.example/shop/web@sha256:2c26";
        assert_eq!(signed_image(&encoded).as_deref(), Some(expected));
        assert_eq!(
            signed_image(encoded.trim_end_matches('=')).as_deref(),
            Some(expected)
        );
        assert_eq!(signed_image("e30="), None);
        let avoided = RULE.avoided();
        let is_resource = |line: &&str| line.contains("resourceUri");
        let line = avoided.lines().find(is_resource).unwrap();
        let signed = format!("      attestation: {{serializedPayload: {encoded}}}\n");
        let yaml = avoided
            .replace(line, "")
            .replace("      attestation: {}\n", &signed);
        assert_eq!(found(&RULE, &yaml), [ATTESTED]);
    }

    #[test]
    fn only_what_a_rule_asks_for_is_found() {
        assert_eq!(found(&RULE, &RULE.avoided()), [ATTESTED]);
        let denied = RULE
            .avoided()
            .replace("REQUIRE_ATTESTATION", "ALWAYS_DENY")
            .replace("[projects/example/attestors/build]", "[]");
        assert!(found(&RULE, &denied).is_empty());
        for pattern in ["registry.example/shop/web:*", "registry.example/sho/*"] {
            let yaml = RULE.avoided().replace(ATTESTED, pattern);
            assert!(found(&RULE, &yaml).is_empty(), "{pattern}");
        }
    }

    #[test]
    fn registries_are_exempt_as_a_whole_or_not() {
        let avoided = RULE.avoided();
        let (without_evidence, _) = avoided.split_once("evidence:").unwrap();
        for (registries, pattern, count) in [
            ("registry.example", "registry.example/**", 1),
            ("registry.example, other.example", "registry.example/**", 0),
            ("registry.example", "registry.example/*", 0),
            ("docker.io", "docker.io/**", 0),
        ] {
            let yaml = without_evidence.replace(ATTESTED, pattern)
                + &format!("registries: [{registries}]\n");
            assert_eq!(found(&RULE, &yaml).len(), count, "{registries} {pattern}");
        }
    }
}
