//! Attestation payloads with an unusual type.

use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{Engine as _, alphabet};
use serde_json::Value;

use super::example::OCCURRENCE;
use super::{Check, Findings, Rule};
use crate::diagnostic::{Diagnostic, Severity};
use crate::document::Settings;

pub(super) static RULE: Rule = Rule {
    code: "lint-payload-type",
    severity: Severity::Info,
    what: "the payload of an attestation has an unusual `critical.type`",
    why: "Neither Google nor Countersign checks the type, so the attestation is valid. A type that no signing tool \
          writes may mean that the payload was signed for another purpose.",
    example: OCCURRENCE,
    avoid: "serializedPayload: eyJjcml0aWNhbCI6eyJpZGVudGl0eSI6eyJkb2NrZXItcmVmZXJlbmNlIjoicmVnaXN0cnkuZXhhbXBsZS9zaG9wL3dlYiJ9LCJpbWFnZSI6eyJkb2NrZXItbWFuaWZlc3QtZGlnZXN0Ijoic2hhMjU2OjExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTEifSwidHlwZSI6ImNvbnRhaW5lciBzaWduYXR1cmUifX0=",
    prefer: "serializedPayload: eyJjcml0aWNhbCI6eyJpZGVudGl0eSI6eyJkb2NrZXItcmVmZXJlbmNlIjoicmVnaXN0cnkuZXhhbXBsZS9zaG9wL3dlYiJ9LCJpbWFnZSI6eyJkb2NrZXItbWFuaWZlc3QtZGlnZXN0Ijoic2hhMjU2OjExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTEifSwidHlwZSI6Ikdvb2dsZSBjbG91ZCBiaW5hdXRoeiBjb250YWluZXIgc2lnbmF0dXJlIn19",
    check: Check::Settings(check),
};

/// Types that gcloud, Google's documentation, cosign and Kritis write
const KNOWN: [&str; 4] = [
    "Google cloud binauthz container signature",
    "Google Cloud BinAuthz container signature",
    "cosign container image signature",
    "atomic container signature",
];

fn check(settings: &Settings<'_>, findings: &mut Findings) {
    for occurrence in settings.occurrences() {
        for payload in occurrence.payloads() {
            let found = payload.value.text().and_then(payload_type);
            let Some(unusual) = found.filter(|found| !KNOWN.contains(&found.as_str())) else {
                continue;
            };
            findings.push(
                Diagnostic::new(
                    payload.key_span,
                    "in this payload",
                    format!("the payload's `critical.type` is `{unusual}`"),
                )
                .help(format!("sign a payload of the type `{}`", KNOWN[0])),
            );
        }
    }
}

/// `critical.type` of a payload, if it is a simple-signing payload.
fn payload_type(text: &str) -> Option<String> {
    let bytes = decode(text)?;
    let payload: Value = serde_json::from_slice(&bytes).ok()?;
    let critical = payload.get("critical")?;
    critical.get("image")?;
    Some(critical.get("type")?.as_str()?.to_owned())
}

/// Padding is optional.
const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

/// Decodes base64: the API prints the standard alphabet, gcloud the one for URLs, and some tools break
/// its lines.
fn decode(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_ascii_whitespace().collect();
    let alphabet = if text.contains(['-', '_']) {
        &alphabet::URL_SAFE
    } else {
        &alphabet::STANDARD
    };
    GeneralPurpose::new(alphabet, LENIENT).decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::{RULE, payload_type};
    use crate::rule::tests::found;

    #[test]
    fn payloads_are_found_in_every_shape() {
        let avoided = RULE.avoided();
        let (_, rest) = avoided.split_once("serializedPayload: ").unwrap();
        let (payload, _) = rest.split_once('\n').unwrap();
        let settings = |occurrence: &str| {
            let occurrence = occurrence.replace("PAYLOAD", payload);
            format!("platformPolicies: []\nevidence: {{occurrences: [{occurrence}]}}\n")
        };
        for (occurrence, field) in [
            (
                "{attestation: {attestation: {genericSignedAttestation: {serializedPayload: PAYLOAD}}}}",
                Some("serializedPayload"),
            ),
            ("{payload: PAYLOAD, payloadType: x}", Some("payload")),
            ("{envelope: {payload: PAYLOAD}}", Some("payload")),
            ("{envelope: {payload: 'PAYLOAD\n\n  '}}", Some("payload")),
            (
                "{kind: BUILD, envelope: {payload: PAYLOAD}}",
                Some("payload"),
            ),
            (
                "{kind: BUILD, attestation: {serializedPayload: PAYLOAD}}",
                None,
            ),
            ("{attestation: {serializedPayload: '%'}}", None),
        ] {
            let yaml = settings(occurrence);
            let expected: Vec<&str> = field.into_iter().collect();
            assert_eq!(found(&RULE, &yaml), expected, "{occurrence}");
        }
    }

    #[test]
    fn only_simple_signing_has_a_type() {
        // {"critical":{"image":{},"type":"?>"}}, {"critical":{"type":"x"}} and a statement
        for (payload, found) in [
            (
                "eyJjcml0aWNhbCI6eyJpbWFnZSI6e30sInR5cGUiOiI_PiJ9fQ",
                Some("?>"),
            ),
            (
                "eyJjcml0aWNhbCI6eyJpbWFnZSI6e30sInR5cGUiOiI/PiJ9fQ==",
                Some("?>"),
            ),
            ("eyJjcml0aWNhbCI6eyJ0eXBlIjoieCJ9fQ==", None),
            ("eyJfdHlwZSI6IngifQ==", None),
        ] {
            assert_eq!(payload_type(payload).as_deref(), found, "{payload}");
        }
    }
}
