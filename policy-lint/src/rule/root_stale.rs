//! Trusted roots that are out of date.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::sigstore::certificate::Certificate;
use policy_wasm::sigstore::moment::Moment;
use policy_wasm::time::Time;

use super::example::KEYLESS;
use super::{Check, Findings, Rule, date};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::{Root, Settings};
use crate::source::Node;

pub(super) static RULE: Rule = Rule {
    code: "lint-root-stale",
    severity: Severity::Warning,
    what: "a trusted root is out of date",
    why: "Sigstore instances replace their keys. New signatures are made with keys that an old document does not \
          have, so images that are signed from then on are denied. GitHub's instance has a new certificate authority \
          about every seven months.",
    example: KEYLESS,
    avoid: "- uri: https://fulcio.example.com
            validFor: {start: \"2026-01-01T00:00:00Z\", end: \"2026-06-30T00:00:00Z\"}",
    prefer: "- uri: https://fulcio.example.com
            validFor: {start: \"2026-01-01T00:00:00Z\"}",
    check: Check::Dated(check),
};

/// The lists of a document, with what their entries are
const LISTS: [(&str, &str); 4] = [
    ("certificateAuthorities", "certificate authorities"),
    ("timestampAuthorities", "timestamp authorities"),
    ("tlogs", "transparency logs"),
    ("ctlogs", "CT logs"),
];

/// Host of GitHub's certificate authorities
const GITHUB: &str = "fulcio.githubapp.com";

/// Six months, in seconds: GitHub's next certificate authority follows about a month later
const AGE: u64 = 183 * 24 * 60 * 60;

fn check(settings: &Settings<'_>, now: Time, findings: &mut Findings) {
    for root in settings.roots() {
        let Some(document) = root.document() else {
            continue;
        };
        for (list, noun) in LISTS {
            check_ends(document, list, noun, &root, now, findings);
        }
        check_age(document, now, findings);
    }
}

/// Reports a list of which every entry has ended.
fn check_ends(
    document: &Node,
    list: &str,
    noun: &str,
    root: &Root<'_>,
    now: Time,
    findings: &mut Findings,
) {
    let Some(entry) = document.entry(list) else {
        return;
    };
    let ends = entry.value.items().iter().map(end);
    let Some(ends) = ends.collect::<Option<Vec<_>>>() else {
        return;
    };
    if let Some(last) = ends.into_iter().max().filter(|last| *last < now) {
        let message = format!("all {noun} of trusted root `{}` have ended", root.name());
        findings.push(
            Diagnostic::new(
                entry.key_span,
                format!("the last on {}", date(last)),
                message,
            )
            .help("get the instance's current document; `countersign import --trusted-root FILE` writes it as settings"),
        );
    }
}

/// Reports the newest of GitHub's certificate authorities if it is old.
fn check_age(document: &Node, now: Time, findings: &mut Findings) {
    let authorities = document.items_of("certificateAuthorities").iter();
    let authorities = authorities.filter(|one| one.text_of("uri").contains(GITHUB));
    let starts = authorities.filter_map(|one| {
        let start = one.at(&["validFor", "start"])?;
        Some((time(start)?, start.span))
    });
    let Some((start, span)) = starts.max_by_key(|(start, _)| *start) else {
        return;
    };
    if now.as_unix().saturating_sub(start.as_unix()) > AGE {
        findings.push(
            Diagnostic::new(
                span,
                "the newest authority",
                format!("GitHub's newest certificate authority is of {}", date(start)),
            )
            .help(
                "`gh attestation trusted-root` prints the current document, and `countersign import --trusted-root \
                 FILE` writes it as settings",
            ),
        );
    }
}

/// The end of a log's or an authority's period; `None` if it has none.
fn end(entry: &Node) -> Option<Time> {
    let period = entry
        .at(&["publicKey", "validFor"])
        .or_else(|| entry.get("validFor"));
    let own = period.and_then(|period| period.get("end")).and_then(time);
    let chain = entry.at(&["certChain", "certificates"]).map(Node::items);
    let certificates = chain.unwrap_or_default().iter();
    certificates.filter_map(expiry).chain(own).min()
}

fn expiry(certificate: &Node) -> Option<Time> {
    let der = STANDARD.decode(certificate.text_of("rawBytes")).ok()?;
    Some(Certificate::read(&der).ok()?.not_after())
}

fn time(node: &Node) -> Option<Time> {
    Some(Moment::parse(node.text()?).ok()?.to_time())
}

#[cfg(test)]
mod tests {
    use policy_wasm::time::Time;

    use super::RULE;
    use crate::{Config, SourceFile, lint};

    /// The messages of a document at a time.
    #[track_caller]
    fn messages(yaml: &str, now: &str) -> Vec<String> {
        let config = Config::default().at(Time::parse(now).unwrap());
        let report = lint(&[SourceFile::new("", yaml)], &config);
        let found = report.diagnostics.into_iter();
        found
            .filter(|one| one.code == RULE.code)
            .map(|one| one.message)
            .collect()
    }

    #[test]
    fn authorities_end_with_their_period_or_certificate() {
        let ended = ["all certificate authorities of trusted root `example` have ended"];
        for (yaml, now, expected) in [
            (RULE.avoided(), "2026-06-29T00:00:00Z", &[][..]),
            (RULE.avoided(), "2026-07-01T00:00:00Z", &ended[..]),
            (RULE.preferred(), "2049-12-30T00:00:00Z", &[]),
            (RULE.preferred(), "2050-01-01T00:00:00Z", &ended),
        ] {
            assert_eq!(messages(&yaml, now), expected, "{now}");
        }
        let undated = lint(&[SourceFile::new("", RULE.avoided())], &Config::default());
        assert!(undated.diagnostics.iter().all(|one| one.code != RULE.code));
    }

    #[test]
    fn logs_end_with_their_period() {
        let start = "validFor: {start: \"2026-01-01T00:00:00Z\"}\n            logId";
        let end = start.replace("00Z\"}", "00Z\", end: \"2026-06-30T00:00:00Z\"}");
        let yaml = RULE.preferred().replace(start, &end);
        let found = messages(&yaml, "2026-07-01T00:00:00Z");
        assert_eq!(
            found,
            [
                "all transparency logs of trusted root `example` have ended",
                "all CT logs of trusted root `example` have ended"
            ]
        );
        let one = RULE.preferred().replacen(start, &end, 1);
        assert_eq!(messages(&one, "2026-07-01T00:00:00Z").len(), 1);
    }

    /// GitHub's document of 2026, whose newest authority began on 12 June.
    #[test]
    fn githubs_document_is_stale_after_six_months() {
        let github = include_str!("../../../tests/core/vectors/sigstore/published/github.json");
        let yaml = format!(
            r#"{{"policy": {{"defaultAdmissionRule": {{"evaluationMode": "ALWAYS_DENY",
            "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG"}}}},
            "sigstore": {{"trustedRoots": {{"github": {{"document": {github}, "transparencyLogs": 0, "ctLogs": 0,
            "signedTimestamps": 1}}}}}}}}"#
        );
        for (now, count) in [
            ("2026-11-30T00:00:00Z", 0),
            ("2026-12-11T00:00:00Z", 0),
            ("2026-12-14T00:00:00Z", 1),
        ] {
            assert_eq!(messages(&yaml, now).len(), count, "{now}");
        }
    }
}
