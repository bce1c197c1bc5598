//! Permissions and host capabilities that settings need.

use policy_wasm::CheckEvidence;

use crate::document::{Origin, Settings};
use crate::source::Node;

/// The kind under which the cluster stores attestations: version and kind
pub const ATTESTATION: (&str, &str) = ("countersign.dev/v1", "Attestation");

/// The permissions that a deployment of the module needs
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    /// To read resources of the kind [`ATTESTATION`]
    pub attestations: bool,
    /// To change objects: digests are written into them
    pub mutation: bool,
    /// Kubewarden's capabilities that the module calls
    pub capabilities: Vec<&'static str>,
}

impl Needs {
    /// Returns the permissions that settings need.
    #[must_use]
    pub fn of(settings: &Node) -> Self {
        let settings = Settings::new(settings, Origin::Settings, "");
        let attestations = settings.setting(&["evidence", "kubernetes"]).is_some();
        let mutation = settings.is_on(&["resolveTags"]);
        let registry = settings.is_on(&["evidence", "registry"]);
        let indexes = settings.lists_indexes();
        let mut checks = settings.all_checks().into_iter();
        let has_sigstore = checks.any(|check| check.evidence() == CheckEvidence::Signatures);
        let capabilities = [
            ("kubernetes/get_resource", attestations),
            ("oci/v1/manifest_digest", mutation),
            ("oci/v1/oci_manifest", registry || indexes),
            ("oci/v2/verify", registry && has_sigstore),
        ];
        let needed = capabilities.into_iter().filter(|(_, is_needed)| *is_needed);
        Self {
            attestations,
            mutation,
            capabilities: needed.map(|(name, _)| name).collect(),
        }
    }
}
