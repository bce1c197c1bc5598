//! Modules referenced by a moving tag.

use super::example::MANIFEST;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Manifest;

pub(super) static RULE: Rule = Rule {
    code: "lint-manifest-module-tag",
    severity: Severity::Warning,
    what: "a manifest references the module by a moving tag",
    why: "A policy server pulls the module when it starts. With a tag such as `latest`, it may run another version \
          than the tested one, and its replicas may differ. Anyone who can push the tag can replace the policy.",
    example: MANIFEST,
    avoid: "module: registry://registry.example/policies/countersign:latest",
    prefer: "module: registry://registry.example/policies/countersign:v0.1.0",
    check: Check::Manifest(check),
};

fn check(manifest: &Manifest<'_>, findings: &mut Findings) {
    for part in manifest.parts() {
        let module = part.get("module");
        let Some((node, text)) = module.and_then(|node| Some((node, node.text()?))) else {
            continue;
        };
        // Files and web servers have no tags.
        let reference = text.strip_prefix("registry://").unwrap_or(text);
        if reference.contains("://") || reference.contains('@') {
            continue;
        }
        let last = reference.rsplit('/').next().unwrap_or_default();
        let message = match last.split_once(':') {
            None => "the module has no tag, which means `latest`".to_owned(),
            Some((_, tag)) if is_moving(tag) => format!("the tag `{tag}` of the module moves"),
            Some(_) => continue,
        };
        findings.push(
            Diagnostic::new(node.span, "may change", message)
                .help("use the digest, `…/countersign@sha256:…`, or the tag of one release"),
        );
    }
}

/// Whether publishers usually move this tag to each new version.
fn is_moving(tag: &str) -> bool {
    const NAMES: [&str; 12] = [
        "canary", "dev", "devel", "edge", "head", "latest", "main", "master", "nightly", "next",
        "release", "stable",
    ];
    let number = tag.strip_prefix('v').unwrap_or(tag);
    // `v1` and `1.2` are the newest version of their line; a longer number is a date or a build.
    let mut parts = number.split('.');
    let is_short = parts.clone().count() <= 2;
    let is_line = is_short
        && parts
            .all(|part| (1..=3).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit()));
    NAMES.contains(&tag.to_lowercase().as_str()) || is_line
}

#[cfg(test)]
mod tests {
    use super::super::tests::found;
    use super::RULE;

    #[test]
    fn tags_of_releases_and_digests_stay() {
        for (module, is_found) in [
            ("registry://registry.example:5000/countersign", true),
            ("registry.example/countersign:main", true),
            ("registry.example/countersign:v1", true),
            ("registry.example/countersign:1.2", true),
            ("registry.example/countersign:v1.2.3", false),
            ("registry.example/countersign:v1.2.3-rc.1", false),
            ("registry.example/countersign:20260131", false),
            ("registry.example/countersign:sha-0123abc", false),
            (
                "registry.example/countersign@sha256:1111111111111111111111111111111111111111111111111111111111111111",
                false,
            ),
            ("file:///countersign.wasm", false),
            ("https://registry.example/countersign.wasm", false),
        ] {
            let yaml = RULE.avoided().replace(
                "registry://registry.example/policies/countersign:latest",
                module,
            );
            assert_eq!(found(&RULE, &yaml), vec![module; is_found.into()]);
        }
    }
}
