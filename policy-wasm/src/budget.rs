//! How much work one call may cause.

/// Bounds that are checked before the work that they bound; those of the call's parts and of its nesting
/// when it has been passed over once, and is no longer than both parts together. Running out refuses the
/// request with `limit-exceeded`; nothing is ever cut short and judged all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of the settings document
    pub settings_bytes: usize,
    /// Bytes of the request
    pub request_bytes: usize,
    /// Nesting of lists and objects in the call
    pub depth: usize,
    /// Places of the request that name an image
    pub images: usize,
    /// Bytes of one object, times the paths at which its kind has pod specs and images
    pub path_bytes: usize,
    /// Attestations examined for one image
    pub attestations_per_image: usize,
    /// Signatures of one attestation
    pub signatures_per_attestation: usize,
    /// Decoded bytes of one payload
    pub payload_bytes: usize,
    /// Attestations that a Pod may carry
    pub annotation_items: usize,
    /// Work of all signatures of one request, in units of at most 200 µs in a WebAssembly engine: a
    /// P-256 verification is counted as 8, the slowest algorithm as 180
    pub verification_work: usize,
    /// Details that a Decision gives about attestations that do not count
    pub details: usize,
    /// Answers of attestors and checks in one Decision
    pub results: usize,
    /// Lookups of one request: tags, resources, manifests
    pub lookups: usize,
    /// Bytes of one answer to a lookup
    pub answer_bytes: usize,
    /// Bytes of all answers of one request
    pub evidence_bytes: usize,
}

impl Budget {
    /// Bytes of a whole call: both parts at their longest.
    #[must_use]
    pub const fn call_bytes(&self) -> usize {
        self.settings_bytes.saturating_add(self.request_bytes)
    }

    /// The bounds of the shipped modules
    pub const DEFAULT: Self = Self {
        // Large estates exempt or attest thousands of images, at some hundred bytes each.
        settings_bytes: 16 << 20,
        // Old and new object, each at most etcd's 1.5 MiB, and their copies in annotations.
        request_bytes: 8 << 20,
        // Kubernetes objects stay under 20; the JSON parser's own limit is 128.
        depth: 64,
        // Some Pods of one tenant each have hundreds of containers; more than this is no Pod.
        images: 512,
        // Sixteen paths through an object of 1 MiB.
        path_bytes: 16 << 20,
        // What cosign reads per image (GHSA-95pr-fxf5-86gv).
        attestations_per_image: 100,
        signatures_per_attestation: 16,
        // Google's payload has 272 bytes; in-toto statements reach some hundred kilobytes.
        payload_bytes: 4 << 20,
        // Some for each image of a large Pod.
        annotation_items: 256,
        // The product of the counts above must not be reachable, and an engine stops a call after
        // two seconds: 512 verifications with P-256, 102 with P-521, 22 with OpenPGP.
        verification_work: 4096,
        // Enough to find the fault; the rest is counted.
        details: 1024,
        // 32 for each of 512 images; some hundred bytes each.
        results: 16 << 10,
        // Sixty images with four attestors each, and room. Every one may cost the host a round trip, and an
        // engine's deadline counts those too: see docs/operator.md.
        lookups: 256,
        // The limit that registries have for a manifest.
        answer_bytes: 4 << 20,
        evidence_bytes: 16 << 20,
    };
}
