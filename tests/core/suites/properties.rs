//! What holds for every input, not only for the cases that somebody thought of.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core_tests::case::{A, B, image, one_container, outcome, pod, require, settings, unsigned};
use core_tests::native::{decide_natively, decision};
use core_tests::platform::statements::{
    clean_scan, cloud_build, critical_scan, found, grype, provenance_v1, scan, signed, upload,
};
use core_tests::platform::{
    AN_HOUR_AGO, FRESHNESS, NOW, PROVENANCE, VULNERABILITY, YESTERDAY, allowlist, builder,
    image_freshness, policy, scanner, simple_signing_of, slsa, trust, trusted_directory, uploader,
    vulnerability,
};
use core_tests::signing::{TestKey, attestor, filed_under, occurrence, payload};
use policy_wasm::abi;
use policy_wasm::image::ImageReference;
use policy_wasm::pattern::NamePattern;
use proptest::prelude::*;
use serde_json::{Value, json};

fn decide(settings: &Value, request: &Value) -> Value {
    decision(&json!({"request": request, "settings": settings}))
}

/// Two attestors, two keys each, several attestations, most of which do not count.
fn busy_settings() -> Value {
    let keys: Vec<_> = ["a1", "a2", "b1", "b2", "stranger"]
        .map(TestKey::new)
        .into();
    let good = payload("trusted.example/app", A);
    let mut occurrences = Vec::new();
    for note in ["a", "b"] {
        for key in &keys {
            occurrences.push(occurrence(note, key, good.as_bytes()));
            occurrences.push(occurrence(note, key, b"not a payload"));
        }
    }
    // Those under one note are filed under another image, so that they are read in the end.
    for occurrence in occurrences.iter_mut().skip(2 * keys.len()) {
        *occurrence = filed_under(B, occurrence.take());
    }
    json!({
        "policy": {"defaultAdmissionRule": require(&["a", "b"])},
        "attestors": [attestor("a", &[&keys[0], &keys[1]]), attestor("b", &[&keys[2], &keys[3]])],
        "evidence": {"occurrences": occurrences},
    })
}

/// The base case's request under settings with platform policies, judged at [`NOW`].
fn platform_call(settings: Value) -> Value {
    json!({"request": pod(one_container(&image())), "settings": settings, "time": NOW})
}

const FORGE: &str = "https://forge.example/builder";

/// Every kind of check with evidence of every kind, most of which does not count. Whether a scanner
/// has found something decides.
fn busy_platform_call(has_findings: bool) -> Value {
    let [a, b, one, spare, two, forge, mill, registry, stranger] = &[
        "a", "b", "one", "spare", "two", "forge", "mill", "registry", "stranger",
    ]
    .map(TestKey::new);
    let document = |key: &TestKey| key.document()["pkixPublicKey"].clone();
    let mut strict = vulnerability("LOW", "HIGH");
    strict["vulnerabilityCheck"]["allowedCves"] = json!(["CVE-2026-0009", "CVE-2026-0008"]);
    strict["vulnerabilityCheck"]["blockedCves"] = json!(["CVE-2026-0007", "CVE-2026-0006"]);
    let sources = json!(["github.com/other/*", "github.com/trusted/*"]);
    let rule =
        |builder: &str| json!({"trustedBuilder": builder, "trustedSourceRepoPatterns": sources});
    let checks = [
        simple_signing_of(&[&[document(stranger), document(b)], &[document(a)]]),
        image_freshness(30),
        slsa(&[rule("GOOGLE_CLOUD_BUILD"), rule(FORGE)]),
        strict,
    ];
    let low = |severity: &str| {
        scan(
            AN_HOUR_AGO,
            grype(&[
                found("CVE-2026-0009", "Critical", "fixed"),
                found("CVE-2026-0001", severity, "fixed"),
                found("CVE-2026-0002", "High", "not-fixed"),
            ]),
        )
    };
    let text = payload("trusted.example/app", A);
    let source = Some("https://github.com/trusted/app");
    let mut call = platform_call(json!({"platformPolicies": [policy(&checks)]}));
    trust(
        &mut call,
        VULNERABILITY,
        &[scanner(&[one, spare]), scanner(&[two])],
    );
    trust(
        &mut call,
        PROVENANCE,
        &[
            builder("https://mill.example/", &[mill]),
            builder(FORGE, &[forge]),
        ],
    );
    trust(
        &mut call,
        FRESHNESS,
        &[uploader(&[registry]), uploader(&[spare])],
    );
    let evidence = &mut call["settings"]["evidence"];
    evidence["statements"] = json!([
        upload(YESTERDAY),
        upload(AN_HOUR_AGO),
        clean_scan(YESTERDAY),
        cloud_build("https://github.com/evil/app"),
        low("Low"),
    ]);
    evidence["occurrences"] = json!([
        signed(stranger, &critical_scan(AN_HOUR_AGO)),
        signed(one, &critical_scan(YESTERDAY)),
        signed(spare, &low(if has_findings { "High" } else { "Low" })),
        signed(two, &clean_scan(AN_HOUR_AGO)),
        signed(mill, &provenance_v1(FORGE, source)),
        signed(forge, &provenance_v1(FORGE, source)),
        signed(stranger, &upload("2020-01-01T00:00:00Z")),
        signed(registry, &upload(AN_HOUR_AGO)),
        occurrence("x", stranger, b"not a payload"),
        occurrence("y", b, text.as_bytes()),
        occurrence("z", one, text.as_bytes()),
    ]);
    call
}

fn shuffle(list: &mut Value, order: &[usize]) {
    let items = list.as_array_mut().unwrap();
    for (index, target) in order.iter().enumerate().take(items.len()) {
        let length = items.len();
        items.swap(index, target % length);
    }
}

proptest! {
    #[test]
    fn order_independence(order in prop::collection::vec(0_usize..100, 40), signed in any::<bool>()) {
        let image = if signed { image() } else { unsigned() };
        let request = pod(one_container(&image));
        let settings = busy_settings();
        let mut shuffled = settings.clone();
        shuffle(&mut shuffled["attestors"], &order);
        shuffle(&mut shuffled["evidence"]["occurrences"], &order);
        for attestor in shuffled["attestors"].as_array_mut().unwrap() {
            shuffle(&mut attestor["userOwnedGrafeasNote"]["publicKeys"], &order);
        }
        prop_assert_eq!(decide(&shuffled, &request), decide(&settings, &request));
    }

    /// Evidence is a set, and so are those who are trusted with it.
    #[test]
    fn order_of_evidence_for_checks_does_not_matter(
        order in prop::collection::vec(0_usize..100, 40), has_findings in any::<bool>(),
    ) {
        let call = busy_platform_call(has_findings);
        let mut shuffled = call.clone();
        let evidence = &mut shuffled["settings"]["evidence"];
        shuffle(&mut evidence["statements"], &order);
        shuffle(&mut evidence["occurrences"], &order);
        for purpose in [VULNERABILITY, PROVENANCE, FRESHNESS] {
            let authenticators = &mut evidence["authenticators"][purpose];
            shuffle(authenticators, &order);
            for authenticator in authenticators.as_array_mut().unwrap() {
                shuffle(&mut authenticator["publicKeys"], &order);
            }
        }
        let judged = decision(&call);
        prop_assert_eq!(outcome(&judged), if has_findings { "deny" } else { "allow" });
        prop_assert_eq!(decision(&shuffled), judged);
    }

    /// Lists of a policy are sets as well; which entry is named as the one that fitted may differ.
    #[test]
    fn order_in_a_policy_does_not_matter(
        order in prop::collection::vec(0_usize..100, 40), has_findings in any::<bool>(),
        is_exempt in any::<bool>(),
    ) {
        let mut call = busy_platform_call(has_findings);
        let ours = if is_exempt { "trusted.example/app" } else { "trusted.example/ap" };
        let directories = trusted_directory(&["gcr.io/p/r", "gcr.io/**", "*.trusted.example/a"]);
        let gke = &mut call["settings"]["platformPolicies"][0]["gkePolicy"];
        let checks = gke["checkSets"][0]["checks"].as_array_mut().unwrap();
        checks.push(directories);
        checks[4]["imageAllowlist"] = allowlist(&["gcr.io/p/**", "trusted.example/app", "x/y*"]);
        gke["imageAllowlist"] = allowlist(&["gcr.io/**", "trusted.example/a/*", ours]);
        let expected = outcome(&decision(&call));
        prop_assert_eq!(expected, if has_findings && !is_exempt { "deny" } else { "allow" });
        for pointer in [
            "/imageAllowlist/allowPattern",
            "/checkSets/0/checks/0/simpleSigningAttestationCheck/attestationAuthenticators/0/pkixPublicKeySet/pkixPublicKeys",
            "/checkSets/0/checks/0/simpleSigningAttestationCheck/attestationAuthenticators",
            "/checkSets/0/checks/2/slsaCheck/rules/0/trustedSourceRepoPatterns",
            "/checkSets/0/checks/2/slsaCheck/rules",
            "/checkSets/0/checks/3/vulnerabilityCheck/allowedCves",
            "/checkSets/0/checks/3/vulnerabilityCheck/blockedCves",
            "/checkSets/0/checks/4/imageAllowlist/allowPattern",
            "/checkSets/0/checks/4/trustedDirectoryCheck/trustedDirPatterns",
            "/checkSets/0/checks",
        ] {
            let gke = &mut call["settings"]["platformPolicies"][0]["gkePolicy"];
            shuffle(gke.pointer_mut(pointer).unwrap(), &order);
        }
        prop_assert_eq!(outcome(&decision(&call)), expected);
    }

    #[test]
    fn any_change_to_a_signed_statement_refuses(
        field in 0..2, kind in 0_usize..3, at in any::<usize>(), with in any::<u8>(),
    ) {
        let mut call = one_signed(kind, true);
        let envelope = &mut call["settings"]["evidence"]["occurrences"][0];
        let target = match field {
            0 => &mut envelope["payload"],
            _ => &mut envelope["signatures"][0]["sig"],
        };
        let mut bytes = STANDARD.decode(target.as_str().unwrap()).unwrap();
        let at = at % bytes.len();
        prop_assume!(bytes[at] != with);
        bytes[at] = with;
        *target = STANDARD.encode(bytes).into();
        prop_assert_eq!(&decision(&call)["allowed"], &Value::Bool(false));
    }

    #[test]
    fn any_change_to_a_payload_or_signature_denies(field in 0..2, at in any::<usize>(), with in any::<u8>()) {
        let mut settings = settings();
        let attestation = &mut settings["evidence"]["occurrences"][0]["attestation"];
        let target = match field {
            0 => &mut attestation["serializedPayload"],
            _ => &mut attestation["signatures"][0]["signature"],
        };
        let mut bytes = STANDARD.decode(target.as_str().unwrap()).unwrap();
        let at = at % bytes.len();
        prop_assume!(bytes[at] != with);
        bytes[at] = with;
        *target = STANDARD.encode(bytes).into();
        prop_assert_eq!(outcome(&decide(&settings, &pod(one_container(&image())))), "deny");
    }

    #[test]
    fn no_bytes_make_it_panic_or_admit(noise in prop::collection::vec((any::<usize>(), any::<u8>()), 1..20)) {
        let call = json!({"request": pod(one_container(&unsigned())), "settings": settings()});
        let mut bytes = call.to_string().into_bytes();
        for (at, byte) in noise {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        let decision: Value = serde_json::from_slice(&decide_natively(&bytes)).unwrap();
        // Noise may spell another digest or another operation, but never a signature.
        let text = decision.to_string();
        prop_assert!(!text.contains("\"verified\":true"), "{}", text);
    }

    #[test]
    fn settings_that_are_noise_are_never_valid(noise in prop::collection::vec(any::<u8>(), 0..200)) {
        let answer: Value = serde_json::from_slice(&abi::validate_settings(&noise)).unwrap();
        prop_assert_eq!(&answer["valid"], &Value::Bool(false));
    }

    #[test]
    fn a_reference_that_parses_is_printed_alike(text in "[a-z0-9./:@_-]{1,60}") {
        if let Ok(image) = ImageReference::parse(&text) {
            let mut printed = image.repository().into_owned();
            if let Some(tag) = image.tag {
                printed = format!("{printed}:{tag}");
            }
            if let Some(digest) = image.sha256() {
                printed = format!("{printed}@{digest}");
            }
            prop_assert_eq!(printed, text);
        }
    }

    #[test]
    fn a_longer_literal_part_matches_a_subset(
        literal in "[a-z]{1,5}/[a-z/]{0,10}", more in "[a-z/:]{1,5}", image in "[a-z]{1,5}/[a-z/:]{0,20}",
    ) {
        for wildcard in ["*", "**"] {
            let [short, long] =
                [format!("{literal}{wildcard}"), format!("{literal}{more}{wildcard}")];
            let [short, long] = [&short, &long].map(|text| NamePattern::parse(text).unwrap());
            prop_assert!(!long.matches(&image) || short.matches(&image) || more.contains('/'));
        }
    }

    #[test]
    fn a_new_pattern_exempts_only_what_it_matches(image in "[a-c]{1,2}\\.x/[a-c]{1,3}", pattern in "[a-c]{1,2}\\.x/[a-c]{0,2}\\*{0,2}") {
        prop_assume!(NamePattern::parse(&pattern).is_ok());
        let mut settings = settings();
        settings["policy"]["admissionWhitelistPatterns"] = json!([{"namePattern": pattern}]);
        let admitted = outcome(&decide(&settings, &pod(one_container(&image)))) == "allow";
        prop_assert_eq!(admitted, NamePattern::parse(&pattern).unwrap().matches(&image));
    }
}

/// Removing any one field of the evidence never turns a refusal into an admission, and the refusal
/// without evidence at all is the one that is left.
#[test]
fn deletion_is_monotone() {
    let request = pod(one_container(&unsigned()));
    let settings = busy_settings();
    assert_eq!(outcome(&decide(&settings, &request)), "deny");
    let count = settings["evidence"]["occurrences"]
        .as_array()
        .unwrap()
        .len();
    for index in 0..count {
        for field in ["kind", "noteName", "attestation"] {
            let mut less = settings.clone();
            less["evidence"]["occurrences"][index]
                .as_object_mut()
                .unwrap()
                .remove(field);
            assert_eq!(outcome(&decide(&less, &request)), "deny", "{index} {field}");
        }
        for field in ["serializedPayload", "signatures"] {
            let mut less = settings.clone();
            less["evidence"]["occurrences"][index]["attestation"]
                .as_object_mut()
                .unwrap()
                .remove(field);
            assert_eq!(outcome(&decide(&less, &request)), "deny", "{index} {field}");
        }
    }
}

/// One check and the one signed statement that it needs, good or bad.
fn one_signed(kind: usize, is_good: bool) -> Value {
    let key = TestKey::new("k");
    let (check, purpose, authenticator, [good, bad]) = match kind {
        0 => (
            vulnerability("LOW", "LOW"),
            VULNERABILITY,
            scanner(&[&key]),
            [clean_scan(AN_HOUR_AGO), critical_scan(AN_HOUR_AGO)],
        ),
        1 => (
            image_freshness(1),
            FRESHNESS,
            uploader(&[&key]),
            [upload(AN_HOUR_AGO), upload("2026-06-01T00:00:00Z")],
        ),
        _ => {
            let mut rule = json!({"trustedBuilder": FORGE, "configBasedBuildRequired": true});
            rule["trustedSourceRepoPatterns"] = json!(["github.com/trusted/*"]);
            let built = |source| provenance_v1(FORGE, Some(source));
            (
                slsa(&[rule]),
                PROVENANCE,
                builder(FORGE, &[&key]),
                [
                    built("https://github.com/trusted/app"),
                    built("https://github.com/evil/app"),
                ],
            )
        }
    };
    let statement = if is_good { good } else { bad };
    let mut call = platform_call(json!({"platformPolicies": [policy(&[check])]}));
    trust(&mut call, purpose, &[authenticator]);
    call["settings"]["evidence"]["occurrences"] = json!([signed(&key, &statement)]);
    call
}

/// Removing any one field of what speaks against an image never admits it: neither of an envelope,
/// nor of a statement that stands in the settings.
#[test]
fn deletion_from_statements_is_monotone() {
    for kind in 0..3 {
        assert_eq!(
            outcome(&decision(&one_signed(kind, true))),
            "allow",
            "{kind}"
        );
        let signed = one_signed(kind, false);
        let mut inline = signed.clone();
        let envelope = &signed["settings"]["evidence"]["occurrences"][0];
        let text = STANDARD
            .decode(envelope["payload"].as_str().unwrap())
            .unwrap();
        let statement: Value = serde_json::from_slice(&text).unwrap();
        inline["settings"]["evidence"]["occurrences"] = json!([]);
        inline["settings"]["evidence"]["statements"] = json!([statement]);
        for (call, root) in [
            (&signed, "/settings/evidence/occurrences/0"),
            (&inline, "/settings/evidence/statements/0"),
        ] {
            assert_eq!(outcome(&decision(call)), "deny", "{kind} {root}");
            let mut fields = Vec::new();
            list_fields(call.pointer(root).unwrap(), root, &mut fields);
            assert!(fields.len() >= 5, "{fields:?}");
            for (parent, field) in fields {
                let mut less = call.clone();
                let object = less.pointer_mut(&parent).unwrap().as_object_mut().unwrap();
                object.remove(&field);
                let decision = decision(&less);
                assert_eq!(
                    decision["allowed"], false,
                    "{kind} {parent} {field}: {decision:#}"
                );
            }
        }
    }
}

/// Every field below a place: the pointer of its object, and its key.
fn list_fields(value: &Value, at: &str, fields: &mut Vec<(String, String)>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                fields.push((at.into(), key.clone()));
                list_fields(value, &format!("{at}/{key}"), fields);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                list_fields(item, &format!("{at}/{index}"), fields);
            }
        }
        _ => {}
    }
}

/// Removing any one field of what the host says about a signature never admits an image.
#[test]
fn deletion_from_the_hosts_word_is_monotone() {
    for name in [
        "host_does_not_trust_signature",
        "host_verifies_other_digest",
    ] {
        let case = core_tests::corpus::named(name);
        let call: Value = serde_json::from_slice(&case.call).unwrap();
        let mut fields = Vec::new();
        list_fields(&call["evidence"], "/evidence", &mut fields);
        for (parent, field) in fields {
            let mut less = call.clone();
            let object = less.pointer_mut(&parent).unwrap().as_object_mut().unwrap();
            object.remove(&field);
            assert_eq!(decision(&less)["allowed"], false, "{name} {parent} {field}");
        }
    }
}

/// Two genuine attestations; each part of one in the place of the other's. Nothing is ever admitted
/// that the payload itself, signed by the key it names, does not say.
#[test]
fn swap_matrix() {
    let (ours, theirs) = (TestKey::new("a"), TestKey::new("theirs"));
    let good = occurrence("a", &ours, payload("trusted.example/app", A).as_bytes());
    let unsigned_digest = unsigned().split_once('@').unwrap().1.to_owned();
    let other = occurrence(
        "b",
        &theirs,
        payload("trusted.example/app", &unsigned_digest).as_bytes(),
    );
    let parts = [
        "/attestation/serializedPayload",
        "/attestation/signatures/0/signature",
        "/attestation/signatures/0/publicKeyId",
        "/noteName",
    ];
    let request = pod(one_container(&unsigned()));
    for swapped in 1_u32..1 << parts.len() {
        for (base, donor) in [(&good, &other), (&other, &good)] {
            let mut occurrence = base.clone();
            for (bit, part) in parts.iter().enumerate() {
                if swapped & (1 << bit) != 0 {
                    *occurrence.pointer_mut(part).unwrap() = donor.pointer(part).unwrap().clone();
                }
            }
            let mut settings = settings();
            settings["evidence"]["occurrences"] = json!([occurrence]);
            let decision = decide(&settings, &request);
            assert_eq!(outcome(&decision), "deny", "{swapped:04b}: {decision:#}");
        }
    }
}
