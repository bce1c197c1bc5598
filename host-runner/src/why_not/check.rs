//! Ways around the checks of platform policies: for each kind of evidence, the statement that is missing or the
//! line of the check to change.

use core::slice;

use policy_wasm::attestation::statement::predicate_type::{
    COSIGN_SCAN_V1, PROVENANCE_V1, UPLOAD_V1,
};
use policy_wasm::{CheckEvidence, CheckType, Code, Purpose};
use serde_json::Value;

use super::identity::import;
use super::request::{hex, ways_for_reasons};
use super::signing::{Key, Signer, Source};
use super::yaml::scalar;
use super::{Obstacle, Refused, Way, exemption_caution};
use crate::decision::{DocumentResult, Reason, Verdict, has};
use crate::fields::{list, text};
use crate::settings_view::{AUTHORITIES, Level};
use crate::terminal::printable;

/// Returns one obstacle for all checks that need a digest, and one for each check that fails for another reason: such a
/// check needs both.
pub(super) fn obstacles(result: &DocumentResult, refused: &Refused<'_>) -> Vec<Obstacle> {
    let document = &result.document;
    let Some(check_set) = &result.check_set else {
        return Vec::new();
    };
    let checks = check_set.checks.iter();
    let failed: Vec<_> = checks
        .filter(|check| check.verdict != Verdict::Conformant)
        .collect();
    let is_digest = |reason: &&Reason| reason.code == Code::DigestRequired;
    let mut obstacles = Vec::new();
    let mut reasons = failed.iter().flat_map(|check| &check.reasons);
    if let Some(digest) = reasons.find(is_digest) {
        let place = Level::Policy.place(document);
        let mut ways = ways_for_reasons(slice::from_ref(digest), refused);
        ways.extend(exemption(&printable(&place), "the policy", refused));
        obstacles.push(Obstacle {
            what: format!("its name, in every check of {document}"),
            ways,
        });
    }
    obstacles.extend(failed.into_iter().filter_map(|check| {
        let (set, index) = (check_set.index?, check.index?);
        let is_other = |reason: &&Reason| !is_digest(reason);
        let others = check.reasons.iter().filter(is_other).cloned();
        let reasons: Vec<_> = others.collect();
        if reasons.is_empty() && !check.reasons.is_empty() {
            return None;
        }
        let written = refused.settings.check(document, set, index)?;
        let place = Level::Check(set, index).place(document);
        Some(Obstacle {
            what: format!("check {index} {} of {document}", check.kind),
            ways: ways(&check.kind, &reasons, written, place, refused),
        })
    }));
    obstacles
}

/// Returns the ways around a check that stands at a place of the settings.
pub(super) fn ways(
    kind: &str,
    reasons: &[Reason],
    written: &Value,
    place: String,
    refused: &Refused<'_>,
) -> Vec<Way> {
    let failed = Failed {
        reasons,
        written,
        place,
        refused,
    };
    let mut ways = failed.ways(kind);
    ways.extend(ways_for_reasons(reasons, refused));
    ways.extend(exemption(&failed.place, "the check", refused));
    ways
}

/// The pattern that covers this image as it is written, and no other, at a place of the settings. A
/// name alone would cover every tag and digest.
fn exemption(place: &str, from: &str, refused: &Refused<'_>) -> Option<Way> {
    refused
        .reference
        .filter(|image| image.tag.is_some() || image.digest.is_some())?;
    let image = refused.image;
    let yaml = format!(
        "# {place}\nimageAllowlist:\n  allowPattern:\n    - {}\n",
        scalar(image)
    );
    let way = Way::new(format!("exempt this image from {from}"), yaml);
    Some(way.with_caution(exemption_caution(image)))
}

/// A check that did not pass
struct Failed<'f> {
    reasons: &'f [Reason],
    /// As it stands in the settings
    written: &'f Value,
    place: String,
    refused: &'f Refused<'f>,
}

impl Failed<'_> {
    fn ways(&self, kind: &str) -> Vec<Way> {
        let Some(kind) = CheckType::of_name(kind) else {
            return Vec::new();
        };
        let ways = match kind.evidence() {
            // Only another name or another policy admits the image.
            CheckEvidence::Nothing => vec![self.directory()],
            CheckEvidence::Attestations | CheckEvidence::Signatures => {
                vec![self.signature(kind), self.identity(kind)]
            }
            CheckEvidence::Statements(Purpose::Freshness) => vec![self.upload(), self.upload_age()],
            CheckEvidence::Statements(Purpose::Provenance) => {
                vec![self.provenance(), self.slsa_rule()]
            }
            CheckEvidence::Statements(Purpose::Vulnerability) => {
                vec![self.scan(), self.scan_age(), self.allowed_cves()]
            }
        };
        ways.into_iter().flatten().collect()
    }

    /// YAML under a comment that says where it belongs.
    fn change(&self, title: impl Into<String>, yaml: &str) -> Way {
        Way::new(title, format!("# {}\n{yaml}", self.place))
    }

    fn directory(&self) -> Option<Way> {
        let reference = self.refused.reference?;
        let (directory, _) = reference.path.rsplit_once('/')?;
        let directory = format!("{}/{directory}", reference.host?);
        let yaml = format!(
            "trustedDirectoryCheck:\n  trustedDirPatterns:\n    - {}\n",
            scalar(&directory)
        );
        let title = format!("trust the directory `{}`", printable(&directory));
        has(self.reasons, Code::ImageNotInTrustedDirectory).then(|| self.change(title, &yaml))
    }

    /// An upload time, if no trusted one exists.
    fn upload(&self) -> Option<Way> {
        let yaml = self.statement(UPLOAD_V1, "        uploadTime: <YYYY-MM-DDTHH:MM:SSZ>\n")?;
        let way = Way::new("add the upload time of the image", yaml);
        has(self.reasons, Code::EvidenceMissing).then_some(way)
    }

    fn upload_age(&self) -> Option<Way> {
        let days = self
            .written
            .pointer("/imageFreshnessCheck/maxUploadAgeDays")?;
        let yaml = format!("imageFreshnessCheck:\n  maxUploadAgeDays: <more than {days}>\n");
        let way = self.change("raise the maximum age of images", &yaml);
        has(self.reasons, Code::ImageNotFresh).then_some(way)
    }

    fn scan(&self) -> Option<Way> {
        let yaml = self.statement(
            COSIGN_SCAN_V1,
            "        scanner:\n          result: <the report of `trivy image --format json`, or of `grype -o json`>\n        \
             metadata:\n          scanFinishedOn: <YYYY-MM-DDTHH:MM:SSZ>\n",
        )?;
        let way = Way::new("add a scan of the image", yaml);
        has(self.reasons, Code::EvidenceMissing).then_some(way)
    }

    fn scan_age(&self) -> Option<Way> {
        let yaml = "evidence:\n  authenticators:\n    vulnerability:\n      - maxAgeDays: <days>\n";
        let way = Way::new(
            "scan the image again, or raise the maximum age of scans",
            yaml,
        );
        has(self.reasons, Code::EvidenceTooOld).then_some(way)
    }

    fn allowed_cves(&self) -> Option<Way> {
        let mut ids = Vec::new();
        vulnerabilities(self.reasons, &mut ids);
        if ids.is_empty() {
            return None;
        }
        let mut yaml = String::from("vulnerabilityCheck:\n  allowedCves:\n");
        for id in &ids {
            yaml.push_str(&format!("    - {}\n", scalar(id)));
        }
        let way = self.change("allow these vulnerabilities", &yaml);
        Some(way.with_caution("applies to every image of the check set"))
    }

    fn provenance(&self) -> Option<Way> {
        let builder = self.written.pointer("/slsaCheck/rules/0/trustedBuilder")?;
        let builder = match builder.as_str()? {
            "GOOGLE_CLOUD_BUILD" => "https://cloudbuild.googleapis.com/GoogleHostedWorker",
            id => id,
        };
        let predicate = format!(
            "        buildDefinition:
          buildType: https://slsa-framework.github.io/github-actions-buildtypes/workflow/v1
          externalParameters:
            workflow:
              ref: <refs/heads/main>
              repository: <https://host/owner/repository>
              path: <.github/workflows/release.yml>
        runDetails:
          builder:
            id: {}
",
            scalar(builder)
        );
        let yaml = self.statement(PROVENANCE_V1, &predicate)?;
        let way = Way::new("add the provenance of the image", yaml);
        let is_missing = has(self.reasons, Code::EvidenceMissing)
            || has(self.reasons, Code::NoMatchingProvenance);
        is_missing.then_some(
            way.with_caution(
                "statements in the settings need no signature: add only verified facts",
            ),
        )
    }

    fn slsa_rule(&self) -> Option<Way> {
        let is_other = has(self.reasons, Code::NoMatchingProvenance);
        let yaml = "slsaCheck:\n  rules:\n    - trustedBuilder: <`builder.id` of the provenance>\n      \
                    trustedSourceRepoPatterns:\n        - <host/owner/repository>\n";
        is_other.then_some(self.change("add a rule for the builder and source of the image", yaml))
    }

    /// A signature with the first key of the check.
    fn signature(&self, kind: CheckType) -> Option<Way> {
        let check = self.written.get(kind.field())?;
        let key = check
            .pointer("/attestationAuthenticators/0/pkixPublicKeySet/pkixPublicKeys/0")
            .and_then(Key::pkix)
            .or_else(|| {
                let key = check.pointer("/sigstoreAuthorities/0/publicKeySet/publicKeys/0")?;
                Key::sigstore(key)
            })?;
        let source = Source::of_check(self.refused.settings, kind);
        let block = self.refused.sign(&Signer::check(key), source)?;
        Some(Way::new("sign it with a key of the check", block))
    }

    /// A signature by an identity of an authority.
    fn identity(&self, kind: CheckType) -> Option<Way> {
        let (repository, digest) = self.refused.subject()?;
        let Refused {
            settings, files, ..
        } = *self.refused;
        let authorities = list(self.written.get(kind.field())?, "sigstoreAuthorities").iter();
        let identities: Vec<_> = authorities
            .flat_map(|one| settings.identities(AUTHORITIES, text(one, "displayName")))
            .collect();
        if identities.is_empty() {
            return None;
        }
        let source = Source::of_check(settings, kind);
        let block = import(
            (&repository, digest),
            &identities,
            None,
            None,
            source,
            files,
        );
        Some(Way::new("sign it with an identity of the check", block))
    }

    /// A statement about the image that counts because it stands in the settings.
    fn statement(&self, predicate_type: &str, predicate: &str) -> Option<String> {
        let (repository, digest) = self.refused.subject()?;
        Some(format!(
            "evidence:
  statements:
    - _type: https://in-toto.io/Statement/v1
      subject:
        - name: {}
          digest:
            sha256: {}
      predicateType: {predicate_type}
      predicate:
{predicate}",
            scalar(&repository),
            hex(digest)
        ))
    }
}

/// The ids that the reasons are about: a message about a vulnerability begins with its id.
fn vulnerabilities<'r>(reasons: &'r [Reason], ids: &mut Vec<&'r str>) {
    for reason in reasons {
        let is_one = reason.code == Code::VulnerabilityAboveThreshold
            || reason.code == Code::VulnerabilityBlocked;
        if is_one && reason.details.is_empty() {
            let id = reason.message.split(' ').next().unwrap_or_default();
            if id.contains('-') && !ids.contains(&id) {
                ids.push(id);
            }
        }
        vulnerabilities(&reason.details, ids);
    }
}
