//! Whether an attestation counts for a check of a platform policy: the policy module decides, about a Pod with this
//! one image under a platform policy with this one check, which has no other requirement.

use anyhow::{Result, bail};
use policy_wasm::Purpose;
use serde_json::{Value, json};

use super::image::Image;
use super::purpose;
use super::verification::{filed_under, pod_with};
use crate::decision::{Reason, Verdict};
use crate::engine::Operation;
use crate::fields::{list, text};
use crate::judge::Judge;
use crate::settings_view::SettingsView;

/// A signer of statements or signatures for a check
#[derive(Debug)]
pub(crate) struct CheckQuestion {
    /// Such as `slsaCheck (evidence.authenticators.provenance[0])`
    name: String,
    /// Of the statements that it reads; `None` for signatures
    purpose: Option<Purpose>,
    /// Everything except the attestation
    settings: Value,
}

/// The module's result
#[derive(Debug)]
pub(crate) struct CheckFinding {
    /// The question's
    pub(crate) name: String,
    pub(crate) counts: bool,
    pub(crate) reasons: Vec<Reason>,
    /// The reasons as the module wrote them, for output in JSON
    pub(crate) json: Value,
}

/// More than any age of an upload
const ANY_AGE: u32 = 36_500;

impl CheckQuestion {
    /// All signers for checks in valid settings.
    pub(crate) fn all(settings: &Value) -> Vec<Self> {
        let mut questions = Vec::new();
        for purpose in [
            Purpose::Provenance,
            Purpose::Vulnerability,
            Purpose::Freshness,
        ] {
            let path = format!("/evidence/authenticators/{}", purpose.name());
            let authenticators = settings.pointer(&path).and_then(Value::as_array);
            for (index, authenticator) in authenticators.into_iter().flatten().enumerate() {
                let field = purpose.name();
                let place = format!("evidence.authenticators.{field}[{index}]");
                questions.push(Self {
                    name: format!("{} ({place})", purpose::check(purpose)),
                    purpose: Some(purpose),
                    settings: under(
                        settings,
                        &without_demands(purpose, authenticator),
                        &json!({field: [authenticator]}),
                    ),
                });
            }
        }
        for ([policy, set], checks) in SettingsView(settings).all_check_sets() {
            for (check, fields) in list(checks, "checks").iter().enumerate() {
                let place = format!("platformPolicies[{policy}] checkSets[{set}].checks[{check}]");
                for (kind, signers) in SIGNED {
                    let Some(own) = fields.get(kind) else {
                        continue;
                    };
                    for signer in list(own, signers) {
                        let mut one = own.clone();
                        if let Some(fields) = one.as_object_mut() {
                            fields.insert(signers.to_owned(), json!([signer]));
                        }
                        let display = match text(signer, "displayName") {
                            "" => String::new(),
                            name => format!("`{name}`, "),
                        };
                        questions.push(Self {
                            name: format!("{kind} ({display}{place})"),
                            purpose: None,
                            settings: under(settings, &json!({kind: one}), &json!({})),
                        });
                    }
                }
            }
        }
        questions
    }

    /// Whether the check reads statements of this purpose, or signatures.
    pub(crate) fn reads(&self, purpose: Option<Purpose>) -> bool {
        self.purpose == purpose
    }

    /// Asks the module.
    pub(crate) fn ask(
        &self,
        judge: &Judge,
        attestation: &Value,
        image: &Image,
    ) -> Result<CheckFinding> {
        let mut settings = self.settings.clone();
        let evidence = settings.get_mut("evidence").and_then(Value::as_object_mut);
        if let Some(evidence) = evidence {
            let filed = filed_under(attestation.clone(), image);
            evidence.insert("occurrences".to_owned(), json!([filed]));
        }
        let answer = judge.ask(&pod_with(image)?, &settings, Operation::Decide)?;
        let document = answer.json()?;
        let decision = answer.into_decision().ok();
        let image = decision.and_then(|decision| decision.images.into_iter().next());
        let result = image.and_then(|image| image.results.into_iter().next());
        let Some(check) = result.and_then(|result| result.checks().first().cloned()) else {
            bail!("the module says nothing about the check: {document}");
        };
        let json = document.pointer("/images/0/results/0/checkSet/checks/0/reasons");
        Ok(CheckFinding {
            name: self.name.clone(),
            counts: check.verdict == Verdict::Conformant,
            reasons: check.reasons,
            json: json.cloned().unwrap_or_else(|| json!([])),
        })
    }
}

/// Checks of signatures, and their lists of signers
const SIGNED: [(&str, &str); 2] = [
    ("simpleSigningAttestationCheck", "attestationAuthenticators"),
    ("sigstoreSignatureCheck", "sigstoreAuthorities"),
];

/// The check that every readable statement of the authenticator passes
fn without_demands(purpose: Purpose, authenticator: &Value) -> Value {
    let demands = match purpose {
        Purpose::Provenance => {
            json!({"rules": [{"trustedBuilder": authenticator.get("builderId")}]})
        }
        Purpose::Vulnerability => {
            json!({"maximumFixableSeverity": "ALLOW_ALL", "maximumUnfixableSeverity": "ALLOW_ALL"})
        }
        Purpose::Freshness => json!({"maxUploadAgeDays": ANY_AGE}),
    };
    json!({purpose::check(purpose): demands})
}

/// Settings with this check alone.
fn under(settings: &Value, check: &Value, authenticators: &Value) -> Value {
    let mut one = json!({
        "platformPolicies": [{
            "name": "projects/-/platforms/gke/policies/verify",
            "gkePolicy": {"checkSets": [{"checks": [check]}]},
        }],
        "evidence": {"authenticators": authenticators},
    });
    if let Some(fields) = one.as_object_mut() {
        for kept in ["matchDockerReference", "sigstore"] {
            if let Some(value) = settings.get(kept) {
                fields.insert(kept.to_owned(), value.clone());
            }
        }
    }
    one
}
