//! Host calls of Kubewarden, and one that it lacks: the operations of waPC, and the requests in recordings.

use serde_json::{Map, Value};

use super::Failure;
use crate::engine::HostCall;

/// One request to the host
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    kind: String,
    fields: Map<String, Value>,
}

pub(super) const GET_RESOURCE: &str = "KubernetesGetResource";
pub(super) const MANIFEST_DIGEST: &str = "OciManifestDigest";
pub(super) const MANIFEST: &str = "OciManifest";
pub(super) const BUNDLES: &str = "OciSigstoreBundles";
pub(super) const VERIFY_PUBLIC_KEYS: &str = "SigstorePubKeyVerify";

/// Fields of a request in recordings
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject<'r> {
    /// An object of the cluster
    Resource,
    /// The digest behind a reference
    Tag(&'r str),
    /// The manifest behind a reference
    Manifest(&'r str),
    /// Signatures of the image behind a reference
    Signatures(&'r str),
    /// Sigstore bundles among the referrers of the image behind a reference
    Bundles(&'r str),
    /// Anything else
    Other,
}

/// Conversion of an operation's payload to a request
enum Payload {
    /// A JSON string, the one field of this name
    Text(&'static str, &'static str),
    /// The fields
    Fields(&'static str),
    /// The fields, and the kind in the field `type`
    Tagged,
}

impl Payload {
    fn of(
        HostCall {
            binding,
            namespace,
            operation,
            ..
        }: &HostCall,
    ) -> Result<Self, String> {
        let (namespace, operation) = (namespace.as_str(), operation.as_str());
        match (binding.as_str(), namespace, operation) {
            ("kubewarden", ..) => {}
            ("countersign", "oci", "v1/sigstore_bundles") => {
                return Ok(Self::Text(BUNDLES, "image"));
            }
            ("countersign", ..) => return Err(format!("unknown operation: {operation}")),
            _ => return Err(format!("unknown binding: {binding}")),
        }
        Ok(match (namespace, operation) {
            ("kubernetes", "get_resource") => Self::Fields(GET_RESOURCE),
            ("kubernetes", "list_resources_by_namespace") => {
                Self::Fields("KubernetesListResourceNamespace")
            }
            ("kubernetes", "list_resources_all") => Self::Fields("KubernetesListResourceAll"),
            ("net", "v1/dns_lookup_host") => Self::Text("DNSLookupHost", "host"),
            ("oci", "v1/manifest_digest") => Self::Text(MANIFEST_DIGEST, "image"),
            ("oci", "v1/oci_manifest") => Self::Text(MANIFEST, "image"),
            ("oci", "v1/oci_manifest_config") => Self::Text("OciManifestAndConfig", "image"),
            ("oci", "v2/verify") => Self::Tagged,
            ("crypto" | "kubernetes" | "net" | "oci", _) => {
                return Err(format!("unknown operation: {operation}"));
            }
            _ => return Err(format!("unknown namespace: {namespace}")),
        })
    }
}

impl Request {
    /// Reads the payload of a call.
    pub(crate) fn decode(call: &HostCall) -> Result<Self, String> {
        let payload = Payload::of(call)?;
        let malformed = |error: serde_json::Error| error.to_string();
        match payload {
            Payload::Text(kind, field) => {
                let text: String = serde_json::from_slice(&call.payload).map_err(malformed)?;
                Ok(Self::new(
                    kind,
                    [(field.to_owned(), text.into())].into_iter().collect(),
                ))
            }
            Payload::Fields(kind) => {
                let fields = serde_json::from_slice(&call.payload).map_err(malformed)?;
                Ok(Self::new(kind, fields))
            }
            Payload::Tagged => {
                let mut fields: Map<String, Value> =
                    serde_json::from_slice(&call.payload).map_err(malformed)?;
                match fields.shift_remove("type") {
                    Some(Value::String(kind)) => Ok(Self::new(&kind, fields)),
                    _ => Err("missing field `type`".into()),
                }
            }
        }
    }

    /// A request of a kind in recordings. Kubewarden's know all but [`BUNDLES`].
    pub(super) fn new(kind: &str, mut fields: Map<String, Value>) -> Self {
        // Masks are a set there.
        if let Some(Value::Array(masks)) = fields.get_mut("field_masks") {
            masks.sort_by(|a, b| a.as_str().cmp(&b.as_str()));
            masks.dedup();
        }
        Self {
            kind: kind.to_owned(),
            fields,
        }
    }

    pub(super) fn kind(&self) -> &str {
        &self.kind
    }

    pub(super) const fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// Returns the image of the request.
    pub(crate) fn subject(&self) -> Subject<'_> {
        match (self.kind.as_str(), self.image()) {
            (GET_RESOURCE, _) => Subject::Resource,
            (MANIFEST_DIGEST, Ok(image)) => Subject::Tag(image),
            (MANIFEST, Ok(image)) => Subject::Manifest(image),
            (BUNDLES, Ok(image)) => Subject::Bundles(image),
            (VERIFY_PUBLIC_KEYS, Ok(image)) => Subject::Signatures(image),
            _ => Subject::Other,
        }
    }

    /// Whether it asks to verify signatures, of whatever kind.
    pub(super) fn is_verification(&self) -> bool {
        self.kind.starts_with("Sigstore")
    }

    /// The reference that a registry is asked about.
    pub(super) fn image(&self) -> Result<&str, Failure> {
        let image = self.fields.get("image").and_then(Value::as_str);
        image.ok_or_else(|| Failure::new("missing field `image`"))
    }

    /// Equal for equal requests, whatever their writers leave out or put first.
    pub(super) fn identity(&self) -> String {
        let is_stated = |(name, value): &(&String, &Value)| match value {
            Value::Null => false,
            Value::Bool(false) => *name != "disable_cache",
            _ => true,
        };
        let fields = self.fields.iter().filter(is_stated);
        let mut fields: Value = fields
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        fields.sort_all_objects();
        format!("{} {fields}", self.kind)
    }
}
