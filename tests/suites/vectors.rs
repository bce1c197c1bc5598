//! Project Wycheproof's vectors inside both modules. Products have 64 bits in the portable one and 128 in the wide one,
//! each as compiled for WebAssembly.

use core_tests::case::case;
use core_tests::native::decide_natively;
use core_tests::signing::{attestor_of, occurrence_of};
use core_tests::wycheproof::{self, Vector};
use host_runner::engine::{Abi, Operation, embedded};
use policy_tests::modules;
use policy_wasm::key::{Algorithm, PublicKey};
use serde_json::json;

#[test]
fn vectors_end_as_they_say_in_both_modules() {
    let engine = modules::engine();
    let modules = [
        ("portable", embedded(Abi::Wapc)),
        ("wide", modules::wide(Abi::Wapc)),
    ]
    .map(|(name, module)| (name, engine.load(module).unwrap()));
    let mut count = 0;
    let all = wycheproof::all().into_iter();
    // Ed25519 signs nothing but envelopes, and no vector is one.
    let all = all.filter(|(algorithm, _)| !algorithm.is_for_envelopes_only());
    for (algorithm, vectors) in all {
        for vector in vectors {
            let call = call(algorithm, &vector);
            let natively = decide_natively(&call);
            check(&vector, &natively);
            for (name, module) in &modules {
                let answer = module.call(Operation::Decide, &call).unwrap();
                assert_eq!(answer, natively, "{name}: {vector:?}");
            }
            count += 1;
        }
    }
    println!("{count} vectors");
}

/// An image under an attestor with the key, and an attestation whose payload is the message.
fn call(algorithm: Algorithm, vector: &Vector) -> Vec<u8> {
    let pem = vector.pem();
    let key = json!({"pkixPublicKey": {
        "publicKeyPem": pem,
        "signatureAlgorithm": algorithm.name(),
    }});
    let id = PublicKey::from_pem(&pem, algorithm, "").map(|key| key.id().to_owned());
    let signature = (id.unwrap_or_default(), vector.signature.clone());
    let case = case("", "", |s, _| {
        s["attestors"] = json!([attestor_of("a", &[key])]);
        s["evidence"]["occurrences"] = json!([occurrence_of("a", &vector.message, &[signature])]);
    });
    case.call
}

/// Checks what is said about the signature. No message is the payload of an attestation.
fn check(vector: &Vector, answer: &[u8]) {
    let answer = String::from_utf8_lossy(answer);
    let is_accepted = answer.contains("attestation-payload-invalid");
    let is_refused = ["attestation-bad-signature", "settings-invalid"]
        .iter()
        .any(|code| answer.contains(code));
    assert!(is_accepted != is_refused, "{vector:?}: {answer}");
    assert_eq!(is_accepted, vector.is_accepted(), "{vector:?}: {answer}");
}
