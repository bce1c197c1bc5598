extern crate std;

use alloc::format;

use serde_json::{Value as Json, json};

use super::*;

fn document() -> Json {
    let path = "/../tests/core/vectors/sigstore/roots/instance.json";
    let path = format!("{}{path}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The problems of a document with one value changed, or removed by `null` in place of it.
fn problems(pointer: &str, value: Json) -> String {
    let mut document = document();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap()[key] = value;
    match TrustedRoot::parse(&document.to_string()) {
        Ok(_) => String::new(),
        Err(problems) => {
            let problems = problems.iter();
            let problems = problems.map(|one| match &*one.path {
                "" => one.message.clone(),
                path => format!("{path}: {}", one.message),
            });
            problems.collect::<Vec<_>>().join("; ")
        }
    }
}

#[test]
fn fields_that_are_required() {
    for (pointer, expected) in [
        ("/mediaType", "expected the `mediaType` of a trusted root"),
        (
            "/certificateAuthorities",
            "`certificateAuthorities` is empty",
        ),
        (
            "/certificateAuthorities/0/certChain",
            "`certChain.certificates` is empty",
        ),
        (
            "/certificateAuthorities/0/validFor",
            "`validFor.start` is required",
        ),
        (
            "/tlogs/0/publicKey",
            "`publicKey.validFor.start` is required",
        ),
        (
            "/tlogs/0/publicKey/validFor/start",
            "`publicKey.validFor.start` is required",
        ),
        ("/tlogs/0/publicKey/rawBytes", "`publicKey.rawBytes`"),
        ("/tlogs/0/logId", "`logId.keyId` is not 32 bytes long"),
    ] {
        let problems = problems(pointer, Json::Null);
        assert!(problems.contains(expected), "{pointer}: {problems}");
    }
}

#[test]
fn values_that_are_refused() {
    let ended = json!({"start": "2026-01-01T00:00:00Z", "end": "2025-12-31T23:59:59.999Z"});
    for (pointer, value, expected) in [
        ("/extra", json!(1), "extra: unknown field"),
        ("/tlogs/0/extra", json!(1), "tlogs[0].extra: unknown field"),
        (
            "/ctlogs",
            json!({}),
            "ctlogs: expected a list, got an object",
        ),
        (
            "/tlogs/0/publicKey/validFor",
            ended,
            "tlogs[0].publicKey.validFor: it ends before it starts",
        ),
        (
            "/tlogs/0/publicKey/validFor/start",
            json!("2026-01-01"),
            "tlogs[0].publicKey.validFor.start: expected a date and time",
        ),
        (
            "/tlogs/0/publicKey/keyDetails",
            json!("PKIX_ED25519"),
            "another algorithm than `keyDetails`",
        ),
        (
            "/certificateAuthorities/0/certChain/certificates/0/rawBytes",
            json!("AAAA"),
            "certificateAuthorities[0]: `certChain.certificates[0]`: ",
        ),
    ] {
        let problems = problems(pointer, value);
        assert!(problems.contains(expected), "{pointer}: {problems}");
    }
}

#[test]
fn values_that_are_accepted() {
    for (pointer, value) in [
        (
            "/mediaType",
            json!("application/vnd.dev.sigstore.trustedroot.v0.2+json"),
        ),
        ("/tlogs/0/operator", json!("example.test")),
        ("/tlogs/0/checkpointKeyId", json!({"keyId": "AAAAAA=="})),
        ("/tlogs/0/publicKey/validFor/end", Json::Null),
        (
            "/certificateAuthorities/0/subject",
            json!({"organization": "o", "commonName": "c"}),
        ),
        ("/certificateAuthorities/0/operator", json!("example.test")),
        // Logs with keys that are not supported never match.
        ("/ctlogs/0/publicKey/keyDetails", json!("PKCS1_RSA_PKCS1V5")),
    ] {
        assert_eq!(problems(pointer, value), "", "{pointer}");
    }
}

/// Without a log whose times are signed, the time of a signature needs a timestamp.
#[test]
fn something_has_to_state_the_time() {
    let mut document = document();
    document["timestampAuthorities"] = json!([]);
    assert!(TrustedRoot::parse(&document.to_string()).is_ok());
    document["tlogs"].as_array_mut().unwrap().remove(0);
    let problems = TrustedRoot::parse(&document.to_string()).unwrap_err();
    assert!(
        problems[0]
            .message
            .contains("neither a timestamp authority nor"),
        "{problems:?}"
    );
}

#[test]
fn links_between_certificates() {
    let root = |name: &str| {
        let path = format!(
            "{}/../tests/core/vectors/sigstore/roots/{name}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        TrustedRoot::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
    };
    assert_eq!(root("instance").broken_links(), Vec::<String>::new());
    let broken = root("intermediate-signed-by-other-key").broken_links();
    assert_eq!(
        broken,
        ["certificateAuthorities[0].certChain.certificates[0]"]
    );
}

#[test]
fn operators_are_counted_once() {
    let mut document = document();
    let root = TrustedRoot::parse(&document.to_string()).unwrap();
    assert_eq!(
        (
            root.transparency_logs(),
            root.ct_logs(),
            root.timestamp_authorities()
        ),
        (2, 1, 1)
    );
    for log in document["tlogs"].as_array_mut().unwrap() {
        log["operator"] = json!("example.test");
    }
    let root = TrustedRoot::parse(&document.to_string()).unwrap();
    assert_eq!(root.transparency_logs(), 1);
}

#[test]
fn windows_contain_both_ends() {
    let moment = |text: &str| Moment::parse(text).unwrap();
    let window = Window {
        start: moment("2026-01-01T00:00:00Z"),
        end: Some(moment("2026-12-31T23:59:59.999Z")),
    };
    assert!(window.contains(window.start) && window.contains(window.end.unwrap()));
    assert!(!window.contains(moment("2025-12-31T23:59:59.999999999Z")));
    assert!(!window.contains(moment("2026-12-31T23:59:59.999000001Z")));
    assert!(
        Window {
            end: None,
            ..window
        }
        .contains(moment("9999-12-31T23:59:59Z"))
    );
}

/// ECDSA logs of Rekor v2 are bound to their checkpoints by their host.
#[test]
fn hosts_of_logs() {
    let log = |url: &str| {
        let mut document = document();
        document["tlogs"][0]["baseUrl"] = json!(url);
        TrustedRoot::parse(&document.to_string())
            .unwrap()
            .logs
            .remove(0)
    };
    for (url, origin, expected) in [
        ("https://rekor.example.test", "rekor.example.test", true),
        ("rekor.example.test", "rekor.example.test", true),
        (
            "https://rekor.example.test:8080/api",
            "rekor.example.test",
            true,
        ),
        (
            "https://rekor.example.test:8080/api",
            "rekor.example.test:8080",
            true,
        ),
        ("https://rekor.example.test", "rekor.example.tes", false),
        (
            "https://rekor.example.test",
            "rekor.example.test.evil",
            false,
        ),
        ("", "", false),
        ("https://:8080", "", false),
    ] {
        let log = log(url);
        let id = log.key_id(log.key.as_ref().unwrap(), origin);
        assert_eq!(id.is_some(), expected, "{url} {origin}");
    }
}
