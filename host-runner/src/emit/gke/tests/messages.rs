use serde_json::Value;

/// Fields of each message of the API with their types: another message, a list of them, or text.
const MESSAGES: &[(&str, &[(&str, &str)])] = &[
    (
        "EvaluateGkePolicyResponse",
        &[("verdict", ""), ("results", "PodResult[]")],
    ),
    (
        "PodResult",
        &[
            ("podName", ""),
            ("kubernetesNamespace", ""),
            ("kubernetesServiceAccount", ""),
            ("verdict", ""),
            ("imageResults", "ImageResult[]"),
        ],
    ),
    (
        "ImageResult",
        &[
            ("imageUri", ""),
            ("verdict", ""),
            ("explanation", ""),
            ("allowlistResult", "AllowlistResult"),
            ("checkSetResult", "CheckSetResult"),
        ],
    ),
    ("AllowlistResult", &[("matchedPattern", "")]),
    (
        "CheckSetResult",
        &[
            ("index", ""),
            ("displayName", ""),
            ("scope", "Scope"),
            ("explanation", ""),
            ("allowlistResult", "AllowlistResult"),
            ("checkResults", "CheckResults"),
        ],
    ),
    (
        "Scope",
        &[
            ("kubernetesNamespace", ""),
            ("kubernetesServiceAccount", ""),
        ],
    ),
    ("CheckResults", &[("results", "CheckResult[]")]),
    (
        "CheckResult",
        &[
            ("index", ""),
            ("displayName", ""),
            ("type", ""),
            ("explanation", ""),
            ("allowlistResult", "AllowlistResult"),
            ("evaluationResult", "EvaluationResult"),
        ],
    ),
    ("EvaluationResult", &[("verdict", "")]),
];

/// Nothing but the fields of the API, each of its type, and one of each union at most.
#[track_caller]
pub(super) fn assert_is_googles(response: &Value) {
    fn check(message: &str, value: &Value) {
        if message.is_empty() {
            assert!(value.is_string(), "{value}");
            return;
        }
        if let Some(item) = message.strip_suffix("[]") {
            let items = value.as_array().unwrap();
            items.iter().for_each(|value| check(item, value));
            return;
        }
        let (_, fields) = MESSAGES.iter().find(|(name, _)| *name == message).unwrap();
        for (key, value) in value.as_object().unwrap() {
            let field = fields.iter().find(|(name, _)| name == key);
            let (_, of) = field.unwrap_or_else(|| panic!("{message} has no {key}"));
            check(of, value);
        }
        let union = [
            "allowlistResult",
            "checkSetResult",
            "checkResults",
            "evaluationResult",
            "kubernetesNamespace",
            "kubernetesServiceAccount",
        ];
        let set = union.iter().filter(|key| value.get(key).is_some());
        assert!(message == "PodResult" || set.count() <= 1, "{value}");
    }
    check("EvaluateGkePolicyResponse", response);
}
