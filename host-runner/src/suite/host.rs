//! The host of a case: the cluster, the registry and the tags that the suite says exist, and the
//! failures that it asks for, in Kubewarden's words.

use alloc::collections::BTreeMap;

use policy_lint::suite::{Failure as Failing, HostFailures};
use serde_json::{Value, json};

use crate::engine::{Host, HostCall};
use crate::offline_host::{Cluster, Failure, Request, Subject};

/// The world outside of one case
#[derive(Debug, Default)]
pub(super) struct SuiteHost {
    /// Manifests by reference
    pub(super) manifests: BTreeMap<String, Value>,
    /// Sigstore bundles among referrers, by reference with a digest
    pub(super) bundles: BTreeMap<String, Vec<String>>,
    /// `Attestation` resources
    pub(super) cluster: Cluster,
    /// Digests by reference with a tag
    pub(super) tags: BTreeMap<String, String>,
    pub(super) failures: HostFailures,
}

/// More than the policy reads of one answer.
const TOO_LONG: usize = 5 << 20;

impl SuiteHost {
    fn answer(&self, request: &Request) -> Result<Vec<u8>, Failure> {
        let text = |answer: Result<String, Failure>| answer.map(String::into_bytes);
        match request.subject() {
            Subject::Resource => match self.failures.kubernetes {
                Some(failing) => fail(failing, &json!({"kind": "Pod", "metadata": {"name": "x"}})),
                None => text(self.cluster.resource(request)),
            },
            Subject::Tag(image) => match self.failures.tags {
                Some(failing) => fail(failing, &json!({"digest": "sha256:00"})),
                None => match self.tags.get(image) {
                    Some(digest) => Ok(json!({"digest": digest}).to_string().into_bytes()),
                    None => Err(unknown(image)),
                },
            },
            Subject::Manifest(image) => match self.failures.registry {
                Some(failing) => fail(failing, &json!({"layers": "none"})),
                None => match self.manifests.get(image) {
                    Some(manifest) => Ok(manifest.to_string().into_bytes()),
                    None => Err(unknown(image)),
                },
            },
            Subject::Bundles(image) => match self.failures.registry {
                Some(failing) => fail(failing, &json!({"bundles": []})),
                None => {
                    let bundles = self.bundles.get(image);
                    Ok(json!(bundles.map_or(&[][..], Vec::as_slice))
                        .to_string()
                        .into_bytes())
                }
            },
            // A suite has manifests of signatures, which are read above, and no bundles.
            Subject::Signatures(image) => match self.failures.registry {
                Some(failing) => fail(failing, &json!({"is_trusted": true, "digest": "sha256:00"})),
                None => Err(Failure::new(format!(
                    "no signatures found for image: {image} "
                ))),
            },
            Subject::Other => Err(Failure::new("suites define no answer to this host call")),
        }
    }
}

fn unknown(image: &str) -> Failure {
    Failure::new(format!(
        "Fail to interact with OCI registry: Registry error: url https://{image}, envelope: \
         OCI API errors: [OCI API error: manifest unknown]"
    ))
}

fn fail(failing: Failing, about_something_else: &Value) -> Result<Vec<u8>, Failure> {
    let words = match failing {
        Failing::Malformed => return Ok(b"<html>".to_vec()),
        Failing::TooLong => return Ok(vec![b' '; TOO_LONG]),
        Failing::WrongAnswer => return Ok(about_something_else.to_string().into_bytes()),
        Failing::Forbidden => "403 Forbidden: the account may not read this",
        Failing::RateLimited => "429 Too Many Requests: come back later",
        Failing::Timeout => "operation timed out",
        Failing::Unreachable => "error trying to connect: connection refused",
    };
    Err(Failure::new(words))
}

impl Host for SuiteHost {
    fn call(&self, call: &HostCall) -> Result<Vec<u8>, String> {
        let request = Request::decode(call)?;
        self.answer(&request)
            .map_err(|failure| failure.as_a_guest_sees_it())
    }
}
