use serde_json::{Value, json};

use super::*;

/// `NOTSUP` of WASI's preview 1
const NOTSUP: u32 = 58;

#[test]
fn a_clock_that_answers_an_error_is_no_clock() {
    let engine = Engine::new(Limits::default()).unwrap();
    let call = json!({
        "request": {
            "uid": "1", "operation": "CREATE", "namespace": "default",
            "kind": {"group": "", "version": "v1", "kind": "Pod"},
            "object": {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {
                "containers": [{"name": "web", "image": format!("trusted.example/app@sha256:{:064x}", 1)}],
            }},
        },
        "settings": {
            "policy": {"defaultAdmissionRule": {
                "evaluationMode": "REQUIRE_ATTESTATION",
                "enforcementMode": "ENFORCED_BLOCK_AND_AUDIT_LOG",
                "requireAttestationsBy": ["projects/p/attestors/a"],
            }},
            "attestors": [{"name": "projects/p/attestors/a", "userOwnedGrafeasNote": {
                "noteReference": "projects/p/notes/a",
                "publicKeys": [{"pkixPublicKey": {
                    "publicKeyPem": include_str!("../../../tests/core/vectors/ecdsa-p384.pem"),
                    "signatureAlgorithm": "ECDSA_P384_SHA384",
                }}],
            }}],
        },
    });
    for abi in [Abi::Wapc, Abi::Wasi] {
        let module = engine.compile(embedded(abi)).unwrap();
        let mut linker = engine.linker().unwrap();
        linker.allow_shadowing(true);
        linker
            .func_wrap(
                "wasi_snapshot_preview1",
                "clock_time_get",
                |_: u32, _: u64, _: u32| NOTSUP,
            )
            .unwrap();
        let policy = Policy {
            engine: engine.clone(),
            abi,
            instance: linker.instantiate_pre(&module).unwrap(),
        };
        let answer = policy.call(Operation::Decide, call.to_string().as_bytes());
        let decision: Value = serde_json::from_slice(&answer.unwrap()).unwrap();
        let code = &decision["images"][0]["results"][0]["reasons"][0]["code"];
        assert_eq!(code, "no-valid-attestation", "{decision}");
    }
}
