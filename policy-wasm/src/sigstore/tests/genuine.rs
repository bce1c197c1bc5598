//! Bundles and trusted roots of real instances.

use super::*;
use crate::sigstore::bundle::Verifier;
use crate::sigstore::certificate::{Certificate, SubjectName};

fn root(name: &str) -> TrustedRoot {
    TrustedRoot::parse(&file(&format!("published/{name}.json"))).unwrap()
}

#[test]
fn trusted_roots_are_read() {
    // Operators of transparency logs, certificate transparency logs and timestamp authorities.
    for (name, expected, has_times) in [
        ("public-good", (2, 2, 1), true),
        ("staging", (5, 4, 1), true),
        ("github", (0, 0, 1), false),
    ] {
        let root = root(name);
        let operators = (
            root.transparency_logs(),
            root.ct_logs(),
            root.timestamp_authorities(),
        );
        assert_eq!(operators, expected, "{name}");
        assert_eq!(root.has_integrated_times(), has_times, "{name}");
        assert_eq!(root.broken_links(), Vec::<String>::new(), "{name}");
        // The key of staging's oldest CT log has an algorithm that is not supported.
        let unusable: &[&str] = if name == "staging" {
            &["ctlogs[0]"]
        } else {
            &[]
        };
        assert_eq!(root.unusable_logs(), unusable, "{name}");
    }
}

#[test]
fn bundles_are_verified() {
    const GITHUB: Option<&str> = Some("https://token.actions.githubusercontent.com");
    let beacon = "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/\
                  extremely-dangerous-oidc-beacon.yml@refs/heads/main";
    for (name, root, issuer, subject, times) in [
        (
            "cosign-v3-image",
            "public-good",
            GITHUB,
            "https://github.com/kubewarden/kubewarden-controller/.github/workflows/release.yml@refs/tags/v1.34.0",
            "2026-04-09T07:23:29Z 2026-04-09T07:23:29Z",
        ),
        (
            "npm-provenance",
            "public-good",
            GITHUB,
            "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main",
            "2026-06-01T21:02:50Z",
        ),
        (
            "github-release",
            "github",
            None,
            "https://dotcom.releases.github.com",
            "2026-03-02T09:52:15Z",
        ),
        (
            "staging-rekor-v2",
            "staging",
            GITHUB,
            beacon,
            "2026-05-13T19:23:33Z",
        ),
    ] {
        let root = self::root(root);
        let bundle = read(&file(&format!("genuine/{name}.json"))).unwrap();
        let Verifier::Certificate(der) = &bundle.verifier else {
            panic!("{name}");
        };
        let certificate = Certificate::read(der).unwrap();
        let leaf = certificate.leaf().unwrap();
        assert_eq!(
            (leaf.issuer, leaf.subject),
            (issuer, SubjectName::Uri(subject)),
            "{name}"
        );
        // Without and with the signature of a timestamp beside another signed time.
        for signed_timestamps in [0, bundle.tokens.len().min(1)] {
            let mut requirements = requirements(&root, &Json::Null);
            requirements.signed_timestamps = signed_timestamps;
            let trust = Trust {
                root: &root,
                requirements,
            };
            // Every bundle is an envelope.
            let artifact = Artifact::Digest(Digest::of(ARTIFACT));
            let found = bundle.verify_under(&certificate, artifact, trust, &context(NOW));
            let found: Vec<_> = found.unwrap().all().map(|time| time.to_string()).collect();
            assert_eq!(found.join(" "), times, "{name}");
        }
    }
}
