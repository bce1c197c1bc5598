//! One case: a call, and what must be answered.

use serde_json::{Value, json};

use crate::signing::{TestKey, attestor, attestor_name, occurrence, payload};

/// A call with its expected answer
#[derive(Debug, Clone)]
pub struct Case {
    /// The rule or failure that it stands for
    pub name: String,
    /// The bytes of the call
    pub call: Vec<u8>,
    /// `allow`, `deny`, `error` or `overridden`, then the codes that must occur anywhere in the
    /// Decision; `!code` must not
    pub expected: &'static str,
}

/// The digest of the image that is attested in the base case
pub const A: &str = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
/// Another one
pub const B: &str = "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";

/// The attested image
pub fn image() -> String {
    format!("trusted.example/app@{A}")
}

/// An image that nobody has signed
pub fn unsigned() -> String {
    format!("trusted.example/app@{B}")
}

/// Settings of the base case: everything must be signed by attestor `a`, and one image is.
pub fn settings() -> Value {
    let key = TestKey::new("a");
    json!({
        "policy": {"defaultAdmissionRule": require(&["a"])},
        "attestors": [attestor("a", &[&key])],
        "evidence": {"occurrences": [
            occurrence("a", &key, payload("trusted.example/app", A).as_bytes()),
        ]},
    })
}

/// An enforced rule that requires attestors by their short names.
pub fn require(attestors: &[&str]) -> Value {
    let names: Vec<_> = attestors.iter().map(|name| attestor_name(name)).collect();
    rule("REQUIRE_ATTESTATION", &names)
}

/// An enforced rule.
pub fn rule(mode: &str, attestors: &[String]) -> Value {
    let enforced = "ENFORCED_BLOCK_AND_AUDIT_LOG";
    if attestors.is_empty() {
        return json!({"evaluationMode": mode, "enforcementMode": enforced});
    }
    json!({
        "evaluationMode": mode, "enforcementMode": enforced, "requireAttestationsBy": attestors,
    })
}

/// The request that creates a Pod in namespace `default`.
pub fn pod(spec: Value) -> Value {
    request(
        "",
        "Pod",
        json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": spec,
        }),
    )
}

/// A pod spec of one container.
pub fn one_container(image: &str) -> Value {
    json!({"containers": [{"name": "app", "image": image}]})
}

/// The request that creates an object in namespace `default`.
pub fn request(group: &str, kind: &str, object: Value) -> Value {
    json!({
        "uid": "u", "operation": "CREATE", "namespace": "default", "name": "web",
        "kind": {"group": group, "version": "v1", "kind": kind},
        "object": object,
    })
}

/// Turns the request into an update of an older object.
pub fn update(mut request: Value, old: Value) -> Value {
    request["operation"] = "UPDATE".into();
    request["oldObject"] = old;
    request
}

/// A case that changes the base case in what its name says.
pub fn case(
    name: &str,
    expected: &'static str,
    change: impl FnOnce(&mut Value, &mut Value),
) -> Case {
    let (mut settings, mut request) = (settings(), pod(one_container(&image())));
    change(&mut settings, &mut request);
    let call = json!({"request": request, "settings": settings});
    Case {
        name: name.into(),
        call: serde_json::to_vec(&call).unwrap(),
        expected,
    }
}

/// Like [`case`], for a change that also reaches `time` and `evidence` of the call.
pub fn call_case(name: &str, expected: &'static str, change: impl FnOnce(&mut Value)) -> Case {
    let mut call = json!({"request": pod(one_container(&image())), "settings": settings()});
    change(&mut call);
    raw_case(name, expected, serde_json::to_vec(&call).unwrap())
}

/// A case whose call is given to the byte.
pub fn raw_case(name: &str, expected: &'static str, call: impl Into<Vec<u8>>) -> Case {
    Case {
        name: name.into(),
        call: call.into(),
        expected,
    }
}

impl Case {
    /// Checks a Decision against what is expected.
    #[track_caller]
    pub fn check(&self, decision: &[u8]) {
        let decision: Value = serde_json::from_slice(decision)
            .unwrap_or_else(|error| panic!("{}: the answer is not JSON: {error}", self.name));
        let mut codes = Vec::new();
        collect_codes(&decision, &mut codes);
        let shown = || format!("{}: {decision:#}", self.name);
        let mut words = self.expected.split(' ');
        let outcome = words.next().unwrap_or_default();
        assert_eq!(self::outcome(&decision), outcome, "{}", shown());
        for word in words {
            match word.strip_prefix('!') {
                Some(code) => assert!(!codes.contains(&code), "has `{code}`: {}", shown()),
                None => assert!(codes.contains(&word), "lacks `{word}`: {}", shown()),
            }
        }
        if matches!(outcome, "deny" | "error") {
            assert_ne!(decision["message"], "", "a refusal says why: {}", shown());
        }
    }
}

/// The answer in one word.
pub fn outcome(decision: &Value) -> &'static str {
    let text = |key: &str| decision[key].as_str().unwrap_or_default();
    match (
        decision["allowed"].as_bool(),
        text("verdict"),
        text("enforcement"),
    ) {
        (Some(true), "CONFORMANT", "enforced") => "allow",
        (Some(true), "NON_CONFORMANT" | "ERROR", "dry-run" | "break-glass") => "overridden",
        (Some(false), "NON_CONFORMANT", "enforced") => "deny",
        (Some(false), "ERROR", "enforced") => "error",
        _ => "inconsistent",
    }
}

fn collect_codes<'d>(value: &'d Value, codes: &mut Vec<&'d str>) {
    match value {
        Value::Object(fields) => {
            codes.extend(fields.get("code").and_then(Value::as_str));
            fields
                .values()
                .for_each(|value| collect_codes(value, codes));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_codes(item, codes)),
        _ => {}
    }
}
