//! Limits on the work of one call.

/// Limits on one call. Each is checked before the work it bounds, except part sizes and nesting, which are
/// known only after one pass over a call of at most [`Self::call_bytes`]. A request that exceeds a limit is
/// denied with `limit-exceeded`; nothing is truncated and evaluated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Bytes of the settings document
    pub settings_bytes: usize,
    /// Bytes of the request
    pub request_bytes: usize,
    /// Nesting of lists and objects in the call
    pub depth: usize,
    /// Images in the request
    pub images: usize,
    /// Bytes of one object, times the number of paths of its kind
    pub path_bytes: usize,
    /// Comparisons of images with patterns of `imagePolicy`
    pub comparisons: usize,
    /// Attestations of one image
    pub attestations_per_image: usize,
    /// Signatures of one attestation
    pub signatures_per_attestation: usize,
    /// Decoded bytes of one payload
    pub payload_bytes: usize,
    /// Attestations that a Pod may carry
    pub annotation_items: usize,
    /// Work of all signatures of one request, in units of at most 200 µs in a WebAssembly engine: a P-256
    /// verification counts 8, the slowest algorithm 40
    pub verification_work: usize,
    /// Details about rejected attestations in a Decision
    pub details: usize,
    /// Results of attestors and checks in one Decision
    pub results: usize,
    /// Lookups of one request: tags, resources, manifests
    pub lookups: usize,
    /// Bytes of one answer to a lookup
    pub answer_bytes: usize,
    /// Bytes of all answers of one request
    pub evidence_bytes: usize,
    /// Bytes of the manifests in which `indexPolicy` seeks indexes, in one request
    pub index_bytes: usize,
    /// Images that these indexes list, in one request
    pub listed_images: usize,
}

impl Budget {
    /// Returns the maximum size of a call: both parts at their maximum.
    #[must_use]
    pub const fn call_bytes(&self) -> usize {
        self.settings_bytes.saturating_add(self.request_bytes)
    }

    /// The limits of the shipped modules
    pub const DEFAULT: Self = Self {
        // Large installations exempt or attest thousands of images, with some hundred bytes each.
        settings_bytes: 16 << 20,
        // Old and new object, each at most etcd's 1.5 MiB, and their copies in annotations.
        request_bytes: 8 << 20,
        // Kubernetes objects have less than 20; the JSON parser's own limit is 128.
        depth: 64,
        // Some Pods have hundreds of containers; none has more than this.
        images: 512,
        // Sixteen paths through an object of 1 MiB.
        path_bytes: 16 << 20,
        // 512 images and 16,384 patterns, or 128 and 65,536. Four times as many take more than half of the two seconds.
        comparisons: 8 << 20,
        // The limit of cosign per image (GHSA-95pr-fxf5-86gv).
        attestations_per_image: 100,
        signatures_per_attestation: 16,
        // Google's payload has 272 bytes; in-toto statements reach some hundred kilobytes.
        payload_bytes: 4 << 20,
        // Some for each image of a large Pod.
        annotation_items: 256,
        // Below the product of the counts above, and within the two seconds after which an engine stops a call:
        // 512 verifications with P-256, 102 with P-521 or an RSA key of OpenPGP with 4096 bits.
        verification_work: 4096,
        // Enough to find the cause; the rest is counted.
        details: 1024,
        // 32 for each of 512 images; some hundred bytes each.
        results: 16 << 10,
        // Sixty images with four attestors each, and some more. Each lookup may cost the host a round trip, which
        // counts toward the engine's deadline: see docs/operator.md.
        lookups: 256,
        // The limit that registries have for a manifest.
        answer_bytes: 4 << 20,
        evidence_bytes: 16 << 20,
        // Indexes have some kilobytes. Each may have to be hashed in 20 spellings.
        index_bytes: 256 << 10,
        // A hundred images for ten platforms each. Lookups allow fewer, unless the settings have the attestations.
        listed_images: 1024,
    };
}
