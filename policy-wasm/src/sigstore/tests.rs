//! Whole bundles, with the code of each: `tests/core/vectors/sigstore`.

extern crate std;

mod damage;
mod genuine;

use alloc::format;
use alloc::rc::Rc;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use serde_json::Value as Json;

use super::annotations::Annotations;
use super::bundle::{Bundle, Unreadable};
use super::identified::{Roots, verify};
use super::identity::{self, Identity};
use super::moment::Moment;
use super::root::TrustedRoot;
use super::verification::{Artifact, InclusionPromises, NotVerified, Requirements, Trust};
use crate::Budget;
use crate::crypto::{KeyKind, SubjectKey};
use crate::decision::Code;
use crate::digest::Digest;
use crate::json::{Path, Raw, Report, SETTINGS};
use crate::rejection::Rejection;
use crate::time::Time;
use crate::verification::{Meter, VerificationContext};

const VECTORS: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../tests/core/vectors/sigstore"
);
const ISSUER: &str = "https://issuer.example.test";
const SUBJECT: &str = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1";

fn file(name: &str) -> String {
    std::fs::read_to_string(format!("{VECTORS}/{name}")).unwrap()
}

fn cases() -> Vec<Json> {
    let text = file("cases.jsonl");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn context(now: u64) -> VerificationContext {
    VerificationContext {
        meter: Meter::new(&Budget::DEFAULT),
        now: Some(Time::from_unix(now).unwrap()),
        max_payload: Budget::DEFAULT.payload_bytes,
    }
}

fn requirements(root: &TrustedRoot, required: &Json) -> Requirements {
    let count = |name: &str, default: usize| {
        let count = required[name].as_u64();
        count.map_or(default, |count| usize::try_from(count).unwrap())
    };
    Requirements {
        transparency_logs: count("transparencyLogs", root.transparency_logs().min(1)),
        ct_logs: count("ctLogs", root.ct_logs().min(1)),
        signed_timestamps: count("signedTimestamps", 0),
        inclusion_promises: InclusionPromises::Refuse,
    }
}

fn code(error: &NotVerified) -> String {
    match error {
        NotVerified::Rejected(rejection) => rejection.code().to_string(),
        NotVerified::Exhausted(_) => "limit-exceeded".to_string(),
        NotVerified::ClockUnavailable(_) => Code::ClockUnavailable.to_string(),
        NotVerified::RootUnusable(_) => Code::SigstoreTrustedRootInvalid.to_string(),
    }
}

fn read(bundle: &str) -> Result<Bundle, Rejection> {
    Bundle::read(Raw::new(bundle), &Budget::DEFAULT).map_err(|error| match error {
        Unreadable::Rejected(rejection) => rejection,
        Unreadable::Excessive(what, _) => panic!("{what}"),
    })
}

/// One trusted root, under every name
struct OneRoot<'r>(Trust<'r>);

impl Roots for OneRoot<'_> {
    fn trust(&self, _: &str) -> Result<Trust<'_>, String> {
        Ok(self.0)
    }
}

fn identities(fields: &str) -> Vec<Rc<Identity<'static>>> {
    let text = format!(
        r#"[{{"trustedRoot": "instance", "issuer": "{ISSUER}", "subject": "{SUBJECT}"{fields}}}]"#
    );
    let report = Report::default();
    let mut set = Vec::new();
    Raw::new(text.leak()).read(SETTINGS, Path::Root("set"), &report, |value| {
        set = identity::read_set(value, &[("instance", 0)]);
    });
    assert!(report.is_empty(), "{report}");
    set
}

/// Verifies the bundle of a case, and returns the signed times or its code.
fn verdict(case: &Json, bundle: &str) -> Result<Vec<Moment>, String> {
    let root = file(&format!("roots/{}.json", text(case, "root")));
    let root = TrustedRoot::parse(&root).map_err(|problems| problems[0].code.to_string())?;
    let bundle = read(bundle).map_err(|rejection| rejection.code().to_string())?;
    let artifact = Artifact::Digest(Digest::parse(text(case, "digest")).unwrap());
    let requirements = requirements(&root, &case["require"]);
    let roots = OneRoot(Trust {
        root: &root,
        requirements,
    });
    // A signer with a key has no identities.
    let identities = match case.get("publicKey") {
        Some(_) => Vec::new(),
        None => identities(""),
    };
    let context = context(case["now"].as_u64().unwrap());
    let times = verify(&bundle, artifact, &identities, &roots, &context);
    times
        .map(|times| times.to_vec())
        .map_err(|error| code(&error))
}

fn text<'c>(case: &'c Json, field: &str) -> &'c str {
    case[field].as_str().unwrap()
}

#[test]
fn each_bundle_has_its_code() {
    let (mut wrong, cases) = (Vec::new(), cases());
    assert_eq!(cases.len(), 172);
    for case in cases {
        let got =
            verdict(&case, text(&case, "bundle")).map_or_else(|code| code, |_| "ok".to_string());
        if got != case["expected"] {
            wrong.push(format!(
                "{}: {got}, expected {}",
                case["name"], case["expected"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn case(name: &str) -> Json {
    cases()
        .into_iter()
        .find(|case| case["name"] == name)
        .unwrap()
}

/// Verifies a bundle under the root of most cases.
fn verify_with(
    bundle: &Bundle,
    artifact: Artifact<'_>,
    identities: &[Rc<Identity<'_>>],
    requirements: impl FnOnce(&mut Requirements),
    context: &VerificationContext,
) -> Result<(), NotVerified> {
    let root = TrustedRoot::parse(&file("roots/instance.json")).unwrap();
    let mut required = self::requirements(&root, &Json::Null);
    requirements(&mut required);
    let roots = OneRoot(Trust {
        root: &root,
        requirements: required,
    });
    verify(bundle, artifact, identities, &roots, context).map(drop)
}

const NOW: u64 = 1_795_953_600;
/// The artifact of most cases
const ARTIFACT: &[u8] = b"artifact";

#[test]
fn one_identity_that_may_sign_suffices() {
    let bundle = read(text(&case("must-pass/rekor-v1-dsse"), "bundle")).unwrap();
    let outcome = |fields: &[&str]| {
        let identities: Vec<_> = fields
            .iter()
            .flat_map(|fields| identities(fields))
            .collect();
        let artifact = Artifact::Digest(Digest::of(ARTIFACT));
        let outcome = verify_with(&bundle, artifact, &identities, |_| (), &context(NOW));
        outcome.map_err(|error| match error {
            NotVerified::Rejected(rejection) => rejection.to_string(),
            error => panic!("{error:?}"),
        })
    };
    // It was signed at 2026-03-01T12:00:00Z.
    let (later, earlier) = (
        r#", "signedAfter": "2026-03-01T12:00:01Z""#,
        r#", "signedBefore": "2026-03-01T11:59:59Z""#,
    );
    let bounds =
        r#", "signedAfter": "2026-03-01T12:00:00Z", "signedBefore": "2026-03-01T12:00:00Z""#;
    assert_eq!(outcome(&[""]), Ok(()));
    assert_eq!(outcome(&[later, bounds]), Ok(()));
    let refused = format!(
        "The certificate's identity is not trusted: it is for `{SUBJECT}` (issuer `{ISSUER}`), and was \
         used at 2026-03-01T12:00:00Z, before `signedAfter` 2026-03-01T12:00:01Z"
    );
    assert_eq!(outcome(&[later, earlier]), Err(refused));
    let claim = r#", "claims": {"buildTrigger": "push"}"#;
    let refused = format!(
        "The certificate's identity is not trusted: it is for `{SUBJECT}` (issuer `{ISSUER}`), and it has no \
         `buildTrigger`, trusted: exactly `push`"
    );
    assert_eq!(outcome(&[claim]), Err(refused));
}

/// The units that one verification takes, and those of a second one.
fn costs(name: &str, timestamps: usize, identities: &[Rc<Identity<'_>>]) -> (usize, usize) {
    let bundle = read(text(&case(name), "bundle")).unwrap();
    let context = context(NOW);
    let artifact = Artifact::Digest(Digest::of(ARTIFACT));
    let mut left = context.meter.left();
    let mut spent = || {
        let require = |required: &mut Requirements| required.signed_timestamps = timestamps;
        drop(verify_with(
            &bundle, artifact, identities, require, &context,
        ));
        let before = core::mem::replace(&mut left, context.meter.left());
        before.strict_sub(left)
    };
    (spent(), spent())
}

/// Only times under verified signatures may make a statement younger.
#[test]
fn times_of_unverified_timestamps_are_not_returned() {
    let root = TrustedRoot::parse(&file("roots/instance.json")).unwrap();
    let bundle = text(&case("must-pass/rekor-v1-and-timestamp"), "bundle").to_string();
    for (required, expected) in [(0, 1), (1, 2)] {
        let mut requirements = requirements(&root, &Json::Null);
        requirements.signed_timestamps = required;
        let roots = OneRoot(Trust {
            root: &root,
            requirements,
        });
        let (bundle, artifact) = (
            read(&bundle).unwrap(),
            Artifact::Digest(Digest::of(ARTIFACT)),
        );
        let identities = identities("");
        let times = verify(&bundle, artifact, &identities, &roots, &context(NOW)).unwrap();
        assert_eq!(times.len(), expected, "{required}");
    }
}

/// An entry of Rekor v1 without a promise has no time of its own, so its log has to be valid at that of the timestamp.
#[test]
fn logs_without_a_promise_are_valid_at_the_time_of_the_timestamp() {
    let mut case = case("must-pass/rekor-v1-and-timestamp");
    let mut bundle: Json = serde_json::from_str(text(&case, "bundle")).unwrap();
    let entry = &mut bundle["verificationMaterial"]["tlogEntries"][0];
    entry["inclusionPromise"] = Json::Null;
    for (root, expected) in [
        ("instance", Ok(1)),
        (
            "log-ended-before-integrated-time",
            Err("sigstore-log-outside-validity".to_string()),
        ),
    ] {
        case["root"] = root.into();
        let outcome = verdict(&case, &bundle.to_string());
        assert_eq!(outcome.map(|times| times.len()), expected, "{root}");
    }
}

/// Units of one signature by the certificate authority, whose key is of curve P-384.
fn cost_of_authority() -> usize {
    let root = TrustedRoot::parse(&file("roots/instance.json")).unwrap();
    let chain = root.authorities[0].parsed();
    let key = SubjectKey::from_der(chain.certificates[0].spki()).unwrap();
    assert_eq!(key.kind(), KeyKind::P384);
    key.cost()
}

#[test]
fn signatures_are_paid_for_once() {
    const P256: usize = 8;
    const ED25519: usize = 4;
    let p384 = cost_of_authority();
    // Content, promise, checkpoint, certificate, SCT.
    let v1 = P256 * 4 + p384;
    for (name, timestamps, expected) in [
        ("must-pass/rekor-v1-dsse", 0, v1),
        ("must-pass/rekor-v1-message", 0, v1),
        ("must-pass/rekor-v1-and-timestamp", 0, v1),
        ("must-pass/rekor-v1-and-timestamp", 1, v1 + p384),
        // Content, checkpoint, timestamp, certificate, SCT.
        (
            "must-pass/rekor-v2-envelope",
            0,
            P256 * 2 + ED25519 + p384 * 2,
        ),
        ("content/other-key", 0, P256),
        ("log-entry/other-signature", 0, P256),
        ("sct/over-other-issuer-key", 0, v1),
        ("certificate/other-subject", 0, 1),
    ] {
        let again = if name == "certificate/other-subject" {
            1
        } else {
            0
        };
        assert_eq!(
            costs(name, timestamps, &identities("")),
            (expected, again),
            "{name}"
        );
    }
}

#[test]
fn nothing_is_verified_beyond_the_budget() {
    let bundle = read(text(&case("must-pass/rekor-v1-dsse"), "bundle")).unwrap();
    let artifact = Artifact::Digest(Digest::of(ARTIFACT));
    let whole = 8 * 4 + cost_of_authority();
    for units in [0, 7, 8, whole - 1, whole] {
        let budget = Budget {
            verification_work: units,
            ..Budget::DEFAULT
        };
        let context = VerificationContext {
            meter: Meter::new(&budget),
            ..context(NOW)
        };
        let outcome = verify_with(&bundle, artifact, &identities(""), |_| (), &context);
        // An exhausted budget is no verdict on the bundle.
        let expected = if units < whole {
            Err("limit-exceeded".to_string())
        } else {
            Ok(())
        };
        assert_eq!(outcome.map_err(|error| code(&error)), expected, "{units}");
    }
}

/// cosign's annotations: the entry of a bundle, without its proof.
fn annotations(name: &str) -> (Bundle, Json) {
    let bundle: Json = serde_json::from_str(text(&case(name), "bundle")).unwrap();
    let material = &bundle["verificationMaterial"];
    let entry = &material["tlogEntries"][0];
    let number = |field: &str| text(entry, field).parse::<u64>().unwrap();
    let log_id = STANDARD.decode(text(&entry["logId"], "keyId")).unwrap();
    let log_id: String = log_id.iter().map(|byte| format!("{byte:02x}")).collect();
    let payload = serde_json::json!({
        "body": entry["canonicalizedBody"], "integratedTime": number("integratedTime"),
        "logIndex": number("logIndex"), "logID": log_id,
    });
    let promise = &entry["inclusionPromise"]["signedEntryTimestamp"];
    let promise = serde_json::json!({"SignedEntryTimestamp": promise, "Payload": payload});
    let annotations = Annotations {
        certificate: pem(text(&material["certificate"], "rawBytes")).into(),
        bundle: Some(promise.to_string().into()),
        timestamp: None,
    };
    let signature = STANDARD
        .decode(text(&bundle["messageSignature"], "signature"))
        .unwrap();
    (annotations.into_bundle(signature).unwrap(), promise)
}

fn pem(der: &str) -> String {
    format!("-----BEGIN CERTIFICATE-----\n{der}\n-----END CERTIFICATE-----\n")
}

#[test]
fn annotations_of_cosign_are_a_bundle_without_a_proof() {
    let outcome = |artifact: &[u8], promises: InclusionPromises| {
        let (bundle, _) = annotations("must-pass/rekor-v1-message");
        let accept = |required: &mut Requirements| required.inclusion_promises = promises;
        let artifact = Artifact::Message(Digest::of(artifact), artifact);
        verify_with(&bundle, artifact, &identities(""), accept, &context(NOW))
            .map_err(|error| code(&error))
    };
    assert_eq!(outcome(ARTIFACT, InclusionPromises::Accept), Ok(()));
    let refused = Err("sigstore-inclusion-proof-missing".to_string());
    assert_eq!(outcome(ARTIFACT, InclusionPromises::Refuse), refused);
    let refused = Err("attestation-bad-signature".to_string());
    assert_eq!(outcome(b"another", InclusionPromises::Accept), refused);
}

#[test]
fn annotations_of_cosign_that_are_malformed() {
    let (_, promise) = annotations("must-pass/rekor-v1-message");
    let der = "AAAA";
    let with = |field: &str, value: Json| {
        let mut promise = promise.clone();
        *promise.pointer_mut(field).unwrap() = value;
        promise.to_string()
    };
    for (certificate, bundle, expected) in [
        ("AAAA".to_string(), None, Code::SigstoreBundleInvalid),
        (
            format!("{}{}", pem(der), pem(der)),
            None,
            Code::SigstoreBundleInvalid,
        ),
        (
            pem(der),
            Some("{}".to_string()),
            Code::SigstoreBundleInvalid,
        ),
        (
            pem(der),
            Some("[]".to_string()),
            Code::SigstoreBundleInvalid,
        ),
        (
            pem(der),
            Some(with("/Payload/logID", "00".into())),
            Code::SigstoreBundleInvalid,
        ),
        (
            pem(der),
            Some(with("/Payload/logIndex", (-1).into())),
            Code::SigstoreBundleInvalid,
        ),
        (
            pem(der),
            Some(with("/Payload/body", "e30x".into())),
            Code::SigstoreEntryInvalid,
        ),
    ] {
        let annotations = Annotations {
            certificate: certificate.into(),
            bundle: bundle.clone().map(Into::into),
            timestamp: None,
        };
        let code = annotations
            .into_bundle(alloc::vec![1])
            .map_err(|rejection| rejection.code());
        assert_eq!(code, Err(expected), "{bundle:?}");
    }
}

/// Changes the first entry of a good bundle, from which the promise is removed.
fn with_unpromised_entry(change: impl FnOnce(&mut Json)) -> Result<Bundle, Rejection> {
    let mut bundle: Json =
        serde_json::from_str(text(&case("must-pass/rekor-v1-and-timestamp"), "bundle")).unwrap();
    let entries = &mut bundle["verificationMaterial"]["tlogEntries"];
    entries[0]
        .as_object_mut()
        .unwrap()
        .remove("inclusionPromise");
    change(entries);
    read(&bundle.to_string())
}

/// Without a promise, nothing but these tells one entry from another.
#[test]
fn an_entry_without_a_promise_is_there_once() {
    let copy = |change: fn(&mut Json)| {
        with_unpromised_entry(|entries| {
            let mut copy = entries[0].clone();
            copy["logIndex"] = "123456".into();
            change(&mut copy);
            entries.as_array_mut().unwrap().push(copy);
        })
    };
    let place = |entry: &mut Json| entry["inclusionProof"]["logIndex"] = "123456".into();
    let body = |entry: &mut Json| entry["canonicalizedBody"] = "e30=".into();
    for change in [place, body] {
        let error = copy(change).unwrap_err();
        assert_eq!(error.code(), Code::SigstoreBundleInvalid, "{error}");
    }
    let both = |entry: &mut Json| {
        entry["inclusionProof"]["logIndex"] = "123456".into();
        entry["canonicalizedBody"] = "e30=".into();
    };
    assert!(copy(both).is_ok());
}

/// Anyone can invent lines with the hint of a log's key.
#[test]
fn few_signatures_of_a_checkpoint_are_tried() {
    let with_lines = |first: Option<u8>, count: usize| {
        let bundle = with_unpromised_entry(|entries| {
            let checkpoint = &mut entries[0]["inclusionProof"]["checkpoint"]["envelope"];
            let (head, line) = checkpoint.as_str().unwrap().split_once("\n\n").unwrap();
            let (name, signature) = line.trim_end().rsplit_once(' ').unwrap();
            let mut invented = STANDARD.decode(signature).unwrap();
            invented[4] = first.unwrap_or(invented[4]);
            *invented.last_mut().unwrap() ^= 1;
            let invented = format!("{name} {}\n", STANDARD.encode(invented));
            *checkpoint = format!("{head}\n\n{}{line}", invented.repeat(count)).into();
        });
        let (bundle, context) = (bundle.unwrap(), context(NOW));
        let artifact = Artifact::Digest(Digest::of(ARTIFACT));
        let before = context.meter.left();
        let outcome = verify_with(&bundle, artifact, &identities(""), |_| (), &context);
        let spent = before.strict_sub(context.meter.left());
        (outcome.map_err(|error| code(&error)), spent)
    };
    let invalid = || Err("sigstore-checkpoint-invalid".to_string());
    let (outcome, one) = with_lines(None, 0);
    assert_eq!(outcome, Ok(()));
    assert_eq!(with_lines(None, 3), (Ok(()), one.strict_add(3 * 8)));
    assert_eq!(with_lines(None, 4).0, invalid());
    assert_eq!(with_lines(None, 31).0, invalid());
    assert!(with_lines(None, 31).1 < one, "no line is tried");
    // Signatures by ECDSA are a SEQUENCE, which others cannot be.
    assert_eq!(
        with_lines(Some(0x31), 3),
        (Ok(()), one),
        "nothing is charged"
    );
}

/// A bundle may be asked about by each attestor for each image.
#[test]
fn a_certificate_is_read_once() {
    let bundle = read(text(&case("must-pass/rekor-v1-dsse"), "bundle")).unwrap();
    let super::bundle::Verifier::Certificate(der) = &bundle.verifier else {
        panic!("{:?}", bundle.verifier);
    };
    let context = context(NOW);
    let (before, holder) = (context.meter.left(), bundle.verdicts.holder(der).unwrap());
    let stranger = identities(r#", "claims": {"buildTrigger": "push"}"#);
    let artifact = Artifact::Digest(Digest::of(ARTIFACT));
    for (identities, expected) in [
        (&stranger[..], Code::SigstoreIdentityMismatch),
        (&[], Code::SigstoreIdentityMissing),
    ] {
        let error = verify_with(&bundle, artifact, identities, |_| (), &context).unwrap_err();
        assert_eq!(code(&error), expected.to_string());
        assert!(!bundle.names_one_of(identities));
    }
    assert!(bundle.names_one_of(stranger.iter().chain(&identities(""))));
    assert_eq!(before.strict_sub(context.meter.left()), 2, "units");
    let same = bundle.verdicts.holder(der).unwrap();
    assert!(core::ptr::eq(holder, same));
}
