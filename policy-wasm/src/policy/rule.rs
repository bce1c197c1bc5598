//! Admission rules, and the four maps that select one by a Pod's cluster, namespace, service account or identity.

use alloc::borrow::Cow;
use alloc::collections::BTreeSet;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::POLICY;
use crate::decision::Code;
use crate::json::{Path, Raw, Report, Value};

/// The requirements of a policy on an image
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AdmissionRule<'a> {
    pub(crate) evaluation: EvaluationMode,
    pub(crate) enforcement: EnforcementMode,
    /// INVARIANT: non-empty exactly under [`EvaluationMode::RequireAttestation`]; without duplicates
    pub(crate) attestors: Vec<Cow<'a, str>>,
}

/// `evaluationMode`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EvaluationMode {
    AlwaysAllow,
    AlwaysDeny,
    RequireAttestation,
}

/// `enforcementMode`
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EnforcementMode {
    Enforced,
    DryRun,
}

/// Maximum number of attestors of a rule; all must attest each image
pub(crate) const MAX_ATTESTORS: usize = 256;

const EVALUATION: &[(&str, EvaluationMode)] = &[
    ("ALWAYS_ALLOW", EvaluationMode::AlwaysAllow),
    ("ALWAYS_DENY", EvaluationMode::AlwaysDeny),
    ("REQUIRE_ATTESTATION", EvaluationMode::RequireAttestation),
];
const ENFORCEMENT: &[(&str, EnforcementMode)] = &[
    ("ENFORCED_BLOCK_AND_AUDIT_LOG", EnforcementMode::Enforced),
    ("DRYRUN_AUDIT_LOG_ONLY", EnforcementMode::DryRun),
];

impl EvaluationMode {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::AlwaysAllow => "ALWAYS_ALLOW",
            Self::AlwaysDeny => "ALWAYS_DENY",
            Self::RequireAttestation => "REQUIRE_ATTESTATION",
        }
    }
}

impl EnforcementMode {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Enforced => "ENFORCED_BLOCK_AND_AUDIT_LOG",
            Self::DryRun => "DRYRUN_AUDIT_LOG_ONLY",
        }
    }
}

impl<'a> AdmissionRule<'a> {
    /// Reads a rule, and reports problems.
    pub(crate) fn read(value: Value<'_, 'a>) -> Option<Self> {
        let (path, report) = (value.path(), value.report());
        let (mut evaluation, mut enforcement) = (None, None);
        let (mut saw_evaluation, mut saw_enforcement) = (false, false);
        let mut attestors = Vec::new();
        let mut attestors_readable = true;
        let was_object = value.object_inline(|key, value| match key {
            "evaluationMode" => {
                saw_evaluation = true;
                evaluation =
                    value.choice(EVALUATION, Code::PolicyUnknownEnum, Code::PolicyNumericEnum);
            }
            "enforcementMode" => {
                saw_enforcement = true;
                enforcement = value.choice(
                    ENFORCEMENT,
                    Code::PolicyUnknownEnum,
                    Code::PolicyNumericEnum,
                );
            }
            "requireAttestationsBy" => {
                attestors_readable =
                    value.list_within(MAX_ATTESTORS, |_, item| match item.text() {
                        Some(name) if !attestors.contains(&name) => attestors.push(name),
                        Some(_) | None => {}
                    });
            }
            _ => value.unknown(),
        });
        let fields = [
            ("evaluationMode", saw_evaluation),
            ("enforcementMode", saw_enforcement),
        ];
        report.require(was_object, &fields, path, Code::PolicyMissingMode);
        let (evaluation, enforcement) = (evaluation?, enforcement?);
        let needs_attestors = evaluation == EvaluationMode::RequireAttestation;
        if attestors_readable && needs_attestors == attestors.is_empty() {
            let message = alloc::format!(
                "`requireAttestationsBy` must {} under `{}`",
                if needs_attestors {
                    "name an attestor"
                } else {
                    "be empty"
                },
                evaluation.name()
            );
            report.push(Code::PolicyAttestorListMismatch, path, message);
            return None;
        }
        Some(Self {
            evaluation,
            enforcement,
            attestors,
        })
    }
}

/// Kind of a rule map, by the meaning of its keys
///
/// Source: the maps of `Policy` in
/// [Google's API](https://cloud.google.com/binary-authorization/docs/reference/rest/v1/Policy).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleKind {
    /// Clusters, `LOCATION.CLUSTER`
    Cluster,
    /// Namespaces
    Namespace,
    /// Service accounts, `NAMESPACE:NAME`
    ServiceAccount,
    /// Identities in a mesh, `spiffe://DOMAIN/ns/NAMESPACE/sa/NAME`
    MeshIdentity,
}

impl RuleKind {
    /// Every kind
    pub const ALL: [Self; 4] = [
        Self::Cluster,
        Self::Namespace,
        Self::ServiceAccount,
        Self::MeshIdentity,
    ];

    /// Returns the field of the map in the policy.
    #[must_use]
    pub const fn map_name(self) -> &'static str {
        match self {
            Self::Cluster => "clusterAdmissionRules",
            Self::Namespace => "kubernetesNamespaceAdmissionRules",
            Self::ServiceAccount => "kubernetesServiceAccountAdmissionRules",
            Self::MeshIdentity => "istioServiceIdentityAdmissionRules",
        }
    }

    pub(crate) fn of_map(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.map_name() == name)
    }

    /// Returns the name of the kind in Decisions.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cluster => "cluster",
            Self::Namespace => "kubernetes-namespace",
            Self::ServiceAccount => "kubernetes-service-account",
            Self::MeshIdentity => "istio-service-identity",
        }
    }

    /// Returns the required form of a key that does not have it.
    fn broken_form(self, key: &str) -> Option<&'static str> {
        let halves = |separator| {
            key.split_once(separator)
                .is_some_and(|(a, b)| !a.is_empty() && !b.is_empty())
        };
        match self {
            // A location never contains a dot, a cluster name may.
            Self::Cluster if !halves('.') => Some("LOCATION.CLUSTER"),
            Self::Namespace if key.is_empty() => Some("NAMESPACE"),
            Self::ServiceAccount if !halves(':') => Some("NAMESPACE:SERVICE_ACCOUNT"),
            Self::MeshIdentity if !(key.contains("/ns/") && key.contains("/sa/")) => {
                Some("TRUST_DOMAIN/ns/NAMESPACE/sa/SERVICE_ACCOUNT")
            }
            _ => None,
        }
    }

    /// Returns the part of a key that is compared.
    fn comparable(self, key: &str) -> &str {
        match self {
            Self::MeshIdentity => key.strip_prefix("spiffe://").unwrap_or(key),
            Self::Cluster | Self::Namespace | Self::ServiceAccount => key,
        }
    }
}

/// The only non-empty rule map of a policy, unparsed
#[derive(Debug, Clone, Copy)]
pub(crate) struct RuleMap<'a> {
    document: Path<'static>,
    pub(crate) kind: RuleKind,
    raw: Raw<'a>,
}

impl<'a> RuleMap<'a> {
    pub(crate) const fn new(document: Path<'static>, kind: RuleKind, raw: Raw<'a>) -> Self {
        Self {
            document,
            kind,
            raw,
        }
    }

    /// Reads all rules, and returns the one whose key equals `wanted`, with the key as written.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(crate) fn find(
        &self,
        wanted: &str,
        report: &Report,
    ) -> Option<(alloc::string::String, AdmissionRule<'a>)> {
        let wanted = self.kind.comparable(wanted);
        let mut found = None;
        self.each(report, &mut |key, rule| {
            if self.kind.comparable(key) == wanted {
                found = Some((key.to_string(), rule));
            }
        });
        found
    }

    /// Reads all rules.
    pub(crate) fn each(&self, report: &Report, each: &mut dyn FnMut(&str, AdmissionRule<'a>)) {
        let path = Path::Field(&self.document, self.kind.map_name());
        let mut identities = BTreeSet::new();
        self.raw.read(POLICY, path, report, |value| {
            value.object(|key, value| {
                if let Some(form) = self.kind.broken_form(key) {
                    let message = alloc::format!("expected a key of the form `{form}`");
                    value.refuse(Code::PolicyRuleKeyInvalid, message);
                }
                // Keys with and without `spiffe://` are the same identity.
                if self.kind == RuleKind::MeshIdentity
                    && !identities.insert(self.kind.comparable(key).to_string())
                {
                    value.refuse(
                        Code::PolicyDuplicateKey,
                        "another key names the same identity",
                    );
                }
                if let Some(rule) = AdmissionRule::read(value) {
                    each(key, rule);
                }
            });
        });
    }
}
