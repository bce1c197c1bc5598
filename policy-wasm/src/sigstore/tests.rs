//! Whole bundles, with the code of each: `tests/core/vectors/sigstore`.

extern crate std;

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use serde_json::Value as Json;

use super::bundle::{Bundle, Unreadable, Verifier};
use super::certificate::{Certificate, SubjectName};
use super::moment::Moment;
use super::root::TrustedRoot;
use super::verification::{
    Artifact, InclusionPromises, NotVerified, Requirements, Timestamps, Trust,
};
use crate::Budget;
use crate::attestation::Rejection;
use crate::decision::Code;
use crate::digest::Digest;
use crate::json::Raw;
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
        timestamps: match required["lazyTimestamps"].as_bool() {
            Some(false) => Timestamps::All,
            _ => Timestamps::AsRequired,
        },
    }
}

fn code(error: &NotVerified) -> String {
    match error {
        NotVerified::Rejected(rejection) => rejection.code().to_string(),
        NotVerified::Exhausted(_) => "limit-exceeded".to_string(),
        NotVerified::RootUnusable(_) => Code::SigstoreTrustedRootInvalid.to_string(),
    }
}

fn read(bundle: &str) -> Result<Bundle, Rejection> {
    Bundle::read(Raw::new(bundle), &Budget::DEFAULT).map_err(|error| match error {
        Unreadable::Rejected(rejection) => rejection,
        Unreadable::Excessive(what, _) => panic!("{what}"),
    })
}

/// Verifies the bundle of a case, and returns its code.
fn verdict(case: &Json, bundle: &str) -> Result<Vec<Moment>, String> {
    let root = file(&format!("roots/{}.json", case["root"].as_str().unwrap()));
    let root = TrustedRoot::parse(&root).map_err(|problems| problems[0].code.to_string())?;
    let bundle = read(bundle).map_err(|rejection| rejection.code().to_string())?;
    let artifact = Artifact::Digest(Digest::parse(case["digest"].as_str().unwrap()).unwrap());
    let context = context(case["now"].as_u64().unwrap());
    let trust = Trust {
        root: &root,
        requirements: requirements(&root, &case["require"]),
    };
    let identified = bundle
        .check_hint(artifact)
        .map_err(NotVerified::from)
        .and_then(|()| {
            let Verifier::Certificate(der) = &bundle.verifier else {
                return Err(Rejection::UnknownKeyId {
                    id: String::new(),
                    configured: crate::set([]),
                }
                .into());
            };
            if case.get("publicKey").is_some() {
                return Err(super::proto::rejection(Code::SigstoreIdentityMissing, "").into());
            }
            let invalid = |problem: super::Malformed| {
                super::proto::rejection(Code::SigstoreCertificateInvalid, problem.to_string())
            };
            let certificate = Certificate::read(der).map_err(invalid)?;
            let leaf = certificate.leaf().map_err(invalid)?;
            if leaf.issuer != Some(ISSUER) || leaf.subject != SubjectName::Uri(SUBJECT) {
                return Err(super::proto::rejection(Code::SigstoreIdentityMismatch, "").into());
            }
            bundle.verify_under(&certificate, artifact, trust, &context)
        });
    identified.map_err(|error| code(&error))
}

#[test]
fn each_bundle_has_its_code() {
    let mut wrong = Vec::new();
    for case in cases() {
        let bundle = case["bundle"].as_str().unwrap();
        let got = verdict(&case, bundle).map_or_else(|code| code, |_| "ok".to_string());
        if got != case["expected"] {
            wrong.push(format!(
                "{}: {got}, expected {}",
                case["name"], case["expected"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
