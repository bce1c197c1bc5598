//! The settings of a scaffold policy, with comments.

use serde_json::{Map, json};

use super::attestor::{Attestor, Key};
use super::registry::Registry;
use super::{Scaffold, Shape};
use crate::yaml;

const ENFORCED: &str = "ENFORCED_BLOCK_AND_AUDIT_LOG";
const DRY_RUN: &str = "DRYRUN_AUDIT_LOG_ONLY";

impl Scaffold {
    /// `policy.yaml`
    pub(super) fn policy(&self) -> String {
        let attestors = self.shape.attestors();
        let head = match &self.shape {
            Shape::Allowlist(_) => {
                "# Admits images from the registries below, signed or not, and denies all others.\n"
            }
            Shape::Attested(_) => {
                "# Admits images that all attestors of the matching rule have signed, and denies all others.\n"
            }
            Shape::Both(..) => {
                "# Admits images from the registries below that all attestors have signed, and denies all others: an image\n\
                 # must be admitted by the rules of `policy` and by the checks of `platformPolicies`.\n"
            }
        };
        let mut text = format!(
            "{head}policy:\n  # Google's system policy is not used: only the patterns below are exempt.\n  globalPolicyEvaluationMode: DISABLE\n  \
             # Exempt images, which are admitted without further checks. `/**` covers everything below; keep its\n  \
             # slash, or names with the same beginning would be covered, too.\n  admissionWhitelistPatterns:\n"
        );
        for registry in self.shape.exempt() {
            text.push_str(&format!(
                "    - namePattern: {}\n",
                yaml::scalar(&registry.pattern)
            ));
        }
        text.push_str(&self.rules(attestors));
        if let [first, ..] = attestors
            && !self.shape.demanded().is_empty()
        {
            text.push_str(&self.platform_policy(first));
        }
        if !attestors.is_empty() {
            text.push_str(&attestor_settings(attestors));
        }
        text
    }

    /// The document that demands a registry, in the namespaces in which the policy is enforced.
    fn platform_policy(&self, first: &Attestor) -> String {
        let mut text = format!(
            "# Demands a registry. The patterns of `policy` exempt images from its rules, and so restrict no registry.\n\
             platformPolicies:\n  - name: projects/{}/platforms/gke/policies/registries\n    gkePolicy:\n      \
             imageAllowlist:\n        allowPattern:\n",
            first.project()
        );
        for registry in self.shape.exempt() {
            text.push_str(&format!(
                "          - {}\n",
                yaml::scalar(&registry.pattern)
            ));
        }
        text.push_str("      checkSets:\n");
        let checks = self.directory_check();
        for namespace in &self.namespaces {
            let name = yaml::scalar(namespace);
            text.push_str(&format!(
                "        - displayName: {name}\n          scope: {{kubernetesNamespace: {name}}}\n{checks}"
            ));
        }
        if self.namespaces.is_empty() {
            text.push_str(&format!("        - displayName: everywhere\n{checks}"));
        } else {
            text.push_str(
                "        # In all other namespaces, registries are not checked: unlike a rule, a check set cannot only report.\n        \
                 - displayName: elsewhere\n          \
                 # countersign-ignore lint-no-checks: registries are not checked until their check is added here, too\n          \
                 checks: []\n",
            );
        }
        text
    }

    /// The check that demands a registry.
    fn directory_check(&self) -> String {
        let mut text =
            "          checks:\n            - displayName: our registries\n              \
                        trustedDirectoryCheck:\n                trustedDirPatterns:\n"
                .to_owned();
        for directory in self.shape.demanded().iter().flat_map(Registry::directories) {
            text.push_str(&format!(
                "                  - {}\n",
                yaml::scalar(&directory)
            ));
        }
        text
    }

    fn rules(&self, attestors: &[Attestor]) -> String {
        let rule = |indentation: &str, mode: &str| rule(attestors, indentation, mode);
        if self.namespaces.is_empty() {
            let enforced = rule("    ", ENFORCED);
            return format!(
                "  # For every other image, in every namespace.\n  defaultAdmissionRule:\n{enforced}"
            );
        }
        let mut text = "  kubernetesNamespaceAdmissionRules:\n".to_owned();
        for namespace in &self.namespaces {
            let enforced = rule("      ", ENFORCED);
            text.push_str(&format!("    {}:\n{enforced}", yaml::scalar(namespace)));
        }
        let dry_run = rule("    ", DRY_RUN);
        text.push_str(&format!(
            "  # In all other namespaces, violations are only reported.\n  defaultAdmissionRule:\n{dry_run}"
        ));
        text
    }
}

fn rule(attestors: &[Attestor], indentation: &str, enforcement: &str) -> String {
    let evaluation = if attestors.is_empty() {
        "ALWAYS_DENY"
    } else {
        "REQUIRE_ATTESTATION"
    };
    let mut text = format!("{indentation}evaluationMode: {evaluation}\n");
    if enforcement == DRY_RUN {
        text.push_str(&format!(
            "{indentation}# countersign-ignore lint-dry-run: only reports violations until it is enforced here, too\n"
        ));
    }
    text.push_str(&format!("{indentation}enforcementMode: {enforcement}\n"));
    if !attestors.is_empty() {
        text.push_str(&format!(
            "{indentation}# Every attestor of the list has to sign.\n{indentation}requireAttestationsBy:\n"
        ));
        for attestor in attestors {
            let name = yaml::scalar(&attestor.name());
            text.push_str(&format!("{indentation}  - {name}\n"));
        }
    }
    text
}

fn attestor_settings(attestors: &[Attestor]) -> String {
    let mut text = "attestors:\n".to_owned();
    for attestor in attestors {
        text.push_str(&format!(
            "  - name: {}\n    userOwnedGrafeasNote:\n      noteReference: {}\n",
            yaml::scalar(&attestor.name()),
            yaml::scalar(&attestor.note())
        ));
        if attestor.identity().is_none() {
            text.push_str("      publicKeys:\n");
        }
        if attestor.is_for_envelopes_only() {
            text.push_str("        # Not supported by Google; verifies only DSSE envelopes.\n");
        }
        match &attestor.key {
            Key::Identity(_) => {}
            Key::Pkix { algorithm, pem } => text.push_str(&format!(
                "        - pkixPublicKey:\n            signatureAlgorithm: {}\n            publicKeyPem: |\n{}",
                algorithm.name(),
                block(pem, 14)
            )),
            Key::OpenPgp(armor) => text.push_str(&format!(
                "        - asciiArmoredPgpPublicKey: |\n{}",
                block(armor, 12)
            )),
        }
    }
    text.push_str(
        "# Attestations are objects in the cluster, in one namespace for each note. Only the note's attestor may\n\
         # write there: see `countersign export crd` and `countersign export rbac`.\n\
         evidence:\n  kubernetes:\n    notes:\n",
    );
    for attestor in attestors {
        text.push_str(&format!(
            "      {}: {}\n",
            yaml::scalar(&attestor.note()),
            yaml::scalar(&attestor.namespace())
        ));
    }
    text.push_str(&sigstore_settings(attestors));
    text
}

/// The identities of attestors without a key, and their trusted roots.
fn sigstore_settings(attestors: &[Attestor]) -> String {
    let identities = attestors
        .iter()
        .filter_map(|one| Some((one, one.identity()?)));
    let identities: Vec<_> = identities.collect();
    if identities.is_empty() {
        return String::new();
    }
    let mut text =
        "# Identities that sign for attestors, without a key.\nsigstore:\n  attestors:\n"
            .to_owned();
    for (attestor, _) in &identities {
        let (name, set) = (yaml::scalar(&attestor.name()), yaml::scalar(&attestor.id));
        text.push_str(&format!("    {name}: [{set}]\n"));
    }
    text.push_str("  identities:\n");
    let mut roots = Map::new();
    for (attestor, identity) in &identities {
        let set = yaml::scalar(&attestor.id);
        text.push_str(&format!("    {set}:\n{}", identity.entry()));
        roots.insert(identity.root.name.clone(), identity.root.settings.clone());
    }
    text.push_str(
        "  # Authorities and logs are replaced from time to time: `countersign import --trusted-root FILE --into` this \
         file.\n",
    );
    text.push_str(&block(&yaml::document(&json!({"trustedRoots": roots})), 2));
    text
}

fn block(text: &str, columns: usize) -> String {
    let lines = text.lines().map(str::trim_end);
    let indented = lines.map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("{}{line}\n", " ".repeat(columns)),
    });
    indented.collect()
}
