//! The settings of a scaffold policy, with comments.

use super::attestor::{Attestor, Key};
use super::registry::Registry;
use super::{Scaffold, Shape};
use crate::yaml;

const ENFORCED: &str = "ENFORCED_BLOCK_AND_AUDIT_LOG";
const DRY_RUN: &str = "DRYRUN_AUDIT_LOG_ONLY";

impl Scaffold {
    /// `policy.yaml`
    pub(super) fn policy(&self) -> String {
        let (head, registries, attestors) = match &self.shape {
            Shape::Allowlist(registries) => (
                "# Admits images from the registries below, signed or not, and denies all others.\n",
                registries.as_slice(),
                &[][..],
            ),
            Shape::Attested(attestors) => (
                "# Admits images that all attestors of the matching rule have signed, and denies all others.\n",
                &[][..],
                attestors.as_slice(),
            ),
        };
        let mut text = format!(
            "{head}policy:\n  # Google's system policy is not used: only the patterns below are exempt.\n  globalPolicyEvaluationMode: DISABLE\n  \
             # Exempt images, which are admitted without further checks. `/**` covers everything below; keep its\n  \
             # slash, or names with the same beginning would be covered, too.\n  admissionWhitelistPatterns:\n"
        );
        for registry in self.exempt(registries) {
            text.push_str(&format!(
                "    - namePattern: {}\n",
                yaml::scalar(&registry.pattern)
            ));
        }
        text.push_str(&self.rules(attestors));
        if !attestors.is_empty() {
            text.push_str(&attestor_settings(attestors));
        }
        text
    }

    /// The places whose images are exempt, Kubernetes' among them.
    pub(super) fn exempt(&self, registries: &[Registry]) -> Vec<Registry> {
        let kubernetes = Registry::of_kubernetes();
        let is_missing = registries
            .iter()
            .all(|one| one.pattern != kubernetes.pattern);
        let added = is_missing.then_some(kubernetes);
        registries.iter().cloned().chain(added).collect()
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
            "  - name: {}\n    userOwnedGrafeasNote:\n      noteReference: {}\n      publicKeys:\n",
            yaml::scalar(&attestor.name()),
            yaml::scalar(&attestor.note())
        ));
        if attestor.is_for_envelopes_only() {
            text.push_str("        # Not supported by Google; verifies only DSSE envelopes.\n");
        }
        match &attestor.key {
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
