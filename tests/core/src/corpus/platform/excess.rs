//! Evidence that is more than anybody should look at. It may be what speaks against the image, so that
//! what is beside it is not enough.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::scans::{by, trust_scanners};
use crate::case::Case;
use crate::delivery::{Delivery, annotate};
use crate::platform::statements::{clean_scan, critical_scan, provenance_v1, signed, upload};
use crate::platform::{
    AN_HOUR_AGO, FRESHNESS, NOW, PROVENANCE, YESTERDAY, builder, checked, image_freshness, slsa,
    supply, trust, uploader, vulnerability,
};
use crate::signing::TestKey;

const EXCEEDED: &str = "error limit-exceeded !check-passed";

/// An envelope with more signatures than the limit.
fn seventeen(mut envelope: Value) -> Value {
    let signature = envelope["signatures"][0].clone();
    envelope["signatures"] = vec![signature; 17].into();
    envelope
}

fn scans(name: &str, place: Delivery, attestations: &[Value]) -> Case {
    checked(
        name,
        EXCEEDED,
        &[vulnerability("BLOCK_ALL", "BLOCK_ALL")],
        |call| {
            supply(place, call, attestations);
            trust_scanners(call);
        },
    )
}

pub(super) fn cases() -> Vec<Case> {
    let clean = || by("one", &clean_scan(YESTERDAY));
    let critical = || by("one", &critical_scan(AN_HOUR_AGO));
    let padded = || {
        let mut scan = critical_scan(AN_HOUR_AGO);
        scan["predicate"]["padding"] = "x".repeat(4 << 20).into();
        by("one", &scan)
    };
    let builds = |name, expected, annotation: Vec<Value>| {
        let (key, id) = (TestKey::new("builder"), "https://ci.example/builder");
        let check = slsa(&[json!({"trustedBuilder": id})]);
        checked(name, expected, &[check], |call| {
            let good = signed(&key, &provenance_v1(id, None));
            supply(Delivery::Settings, call, &[good]);
            call["settings"]["evidence"]["podAnnotation"] = true.into();
            trust(call, PROVENANCE, &[builder(id, &[&key])]);
            let texts: Vec<_> = annotation.iter().map(encode).collect();
            annotate(call, &texts.join(","));
        })
    };
    vec![
        scans(
            "newer_scan_with_too_many_signatures",
            Delivery::Settings,
            &[clean(), seventeen(critical())],
        ),
        scans(
            "newer_scan_too_long",
            Delivery::Settings,
            &[clean(), padded()],
        ),
        scans(
            "newer_scans_too_many_in_the_registry",
            Delivery::Registry,
            &vec![critical(); 101],
        ),
        scans(
            "newer_scans_too_many_in_the_cluster",
            Delivery::Kubernetes,
            &vec![critical(); 101],
        ),
        checked(
            "earlier_upload_with_too_many_signatures",
            EXCEEDED,
            &[image_freshness(30)],
            |call| {
                let key = TestKey::new("registry");
                let late = signed(&key, &upload(NOW));
                let early = seventeen(signed(&key, &upload("2020-01-01T00:00:00Z")));
                supply(Delivery::Settings, call, &[late, early]);
                trust(call, FRESHNESS, &[uploader(&[&key])]);
            },
        ),
        // More of what only helps takes nothing away from what suffices.
        builds(
            "provenance_beside_too_many_signatures",
            "allow check-passed",
            vec![seventeen(signed(
                &TestKey::new("stranger"),
                &provenance_v1("https://evil.example", None),
            ))],
        ),
    ]
}

fn encode(envelope: &Value) -> String {
    STANDARD.encode(envelope.to_string())
}
