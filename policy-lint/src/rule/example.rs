//! Documents of which several pages show a part.

/// The line of an example that its part replaces
pub(super) const PART: &str = "{part}\n";

/// A policy that requires the attestor `build`, which is without its keys
macro_rules! attested {
    () => {
        concat!(
            "policy:
  defaultAdmissionRule:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/example/attestors/build]
attestors:
",
            attestor!("build")
        )
    };
}

/// An attestor of a list, without its keys
macro_rules! attestor {
    ($name:literal) => {
        concat!(
            "  - name: projects/example/attestors/",
            $name,
            "
    userOwnedGrafeasNote:
      noteReference: projects/example/notes/",
            $name,
            "\n"
        )
    };
}

/// The keys of an attestor: one with these two lines, or that of `build`
macro_rules! public_key {
    () => {
        public_key!(
            "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEpW5z0WPTBWzTkXgTKfUVPUaMbJC/",
            "8mD4rpJyymP6aswUQNyTLLC6k9BJ/u1KDUP3auKVRKpW0I6ceMx1WHcNMw=="
        )
    };
    ($first:literal, $second:literal) => {
        concat!(
            "      publicKeys:
        - pkixPublicKey:
            signatureAlgorithm: ECDSA_P256_SHA256
            publicKeyPem: |
              -----BEGIN PUBLIC KEY-----
              ",
            $first,
            "
              ",
            $second,
            "
              -----END PUBLIC KEY-----
"
        )
    };
}

/// The place of attestations of `build`
macro_rules! notes {
    () => {
        "evidence:
  kubernetes:
    notes:
      projects/example/notes/build: attest-build
"
    };
}

/// A policy that denies all images
pub(super) const DENIES_ALL: &str = "policy:
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
";

/// A policy with an allowlist
pub(super) const ALLOWLIST: &str = "policy:
  admissionWhitelistPatterns:
{part}
  defaultAdmissionRule:
    evaluationMode: ALWAYS_DENY
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
";

/// An image policy
pub(super) const IMAGE_POLICY: &str = "imagePolicy:
  unmatchedImages: deny
  rules:
{part}
";

/// An image policy that requires attestors
pub(super) const QUORUM: &str = concat!(
    "imagePolicy:
  unmatchedImages: deny
  rules:
    - name: shop
      images: [registry.example/shop/**]
      require:
        - attestors:
            - projects/example/attestors/build
            - projects/example/attestors/qa
            - projects/example/attestors/security
{part}
attestors:
",
    attestor!("build"),
    public_key!(),
    attestor!("qa"),
    public_key!(
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEDIvXSs/VXU8mu1ICAjwRHWNL6SRJ",
        "87Oafm+/lDTIQ8vG2uErJ7LFAlruS/lsoqoSEzTB9Mqp2lYBhR3CSdZIIw=="
    ),
    attestor!("security"),
    public_key!(
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEa7G1T2of5TpEcZz+Ng0TLamVHrTw",
        "7HdjfI8TRs++n/yAiL2PCQH1YZo55Sj533fMancUq9cqO88HTvxep0dmYQ=="
    ),
    notes!(),
    "      projects/example/notes/qa: attest-qa
      projects/example/notes/security: attest-security
"
);

/// A policy with an attestor
pub(super) const ATTESTED: &str = concat!(attested!(), public_key!(), notes!());

/// A policy with an attestor and an attestation
pub(super) const OCCURRENCE: &str = concat!(attested!(), public_key!(), "evidence:
  occurrences:
    - noteName: projects/example/notes/build
      attestation:
        serializedPayload: eyJjcml0aWNhbCI6eyJpZGVudGl0eSI6eyJkb2NrZXItcmVmZXJlbmNlIjoicmVnaXN0cnkuZXhhbXBsZS9zaG9wL3dlYiJ9LCJpbWFnZSI6eyJkb2NrZXItbWFuaWZlc3QtZGlnZXN0Ijoic2hhMjU2OjExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTExMTEifSwidHlwZSI6Ikdvb2dsZSBjbG91ZCBiaW5hdXRoeiBjb250YWluZXIgc2lnbmF0dXJlIn19
        signatures:
          - publicKeyId: ni:///sha-256;KnEZfzwi7FspO3Ol7-Q9gxp7rBQUentydKeIT2f7C_g
            signature: MEQCIFnsHL5EIi9oloEsadCrAXV2EBvXCmAfnslOfxyGWPpiAiAoB+tKajK3vmt30dUo60JK9H9LfiZZkD9892fmozjwtw==
");

/// A policy with an attestor that has an OpenPGP key
pub(super) const PGP_KEY: &str = concat!(
    attested!(),
    "      publicKeys:
        - asciiArmoredPgpPublicKey: |
            -----BEGIN PGP PUBLIC KEY BLOCK-----

            mDMEZZIAgBYJKwYBBAHaRw8BAQdA7AQxY1M+xxBUXVMrl+g3thW1U/19PecUbahs
            MlEy9WS0HWVkMjU1MTkgPGVkMjU1MTlAZXhhbXBsZS5jb20+iJAEExYIADgWIQTQ
            qpayeWPxf2/WSLcvvhCp/eEBygUCZZIAgAIbAwULCQgHAgYVCgkICwIEFgIDAQIe
            AQIXgAAKCRAvvhCp/eEByllYAQDNUg73grOTnco1k5DRY8UhfFWMHzvk21VFDVZl
            zvMODQD/QqkKmRwjxe0j1ZNR8XiFgxO4MteGI3amm11g2xElZgE=
            =B9t5
            -----END PGP PUBLIC KEY BLOCK-----
",
    notes!()
);

/// A manifest for Kubewarden
pub(super) const MANIFEST: &str = "apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicy
metadata:
  name: countersign
spec:
  module: registry://registry.example/policies/countersign:v0.1.0
  mode: protect
  backgroundAudit: true
  failurePolicy: Fail
  matchPolicy: Equivalent
  rules:
    - apiGroups: [\"\"]
      apiVersions: [v1]
      resources: [pods, pods/ephemeralcontainers]
      operations: [CREATE, UPDATE]
    - apiGroups: [apps]
      apiVersions: [v1]
      resources: [daemonsets, deployments, replicasets, statefulsets]
      operations: [CREATE, UPDATE]
  settings:
    policy:
      defaultAdmissionRule:
        evaluationMode: ALWAYS_DENY
        enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
";

/// A manifest with a group of policies
pub(super) const GROUP: &str = "apiVersion: policies.kubewarden.io/v1
kind: ClusterAdmissionPolicyGroup
metadata:
  name: images
spec:
  rules:
    - apiGroups: [\"\"]
      apiVersions: [v1]
      resources: [pods, pods/ephemeralcontainers]
      operations: [CREATE, UPDATE]
    - apiGroups: [apps]
      apiVersions: [v1]
      resources: [daemonsets, deployments, replicasets, statefulsets]
      operations: [CREATE, UPDATE]
  expression: 'attested() && labelled()'
  message: the image is not allowed
  policies:
    attested:
      module: registry://registry.example/policies/countersign:v0.1.0
      settings:
        policy:
          defaultAdmissionRule:
            evaluationMode: ALWAYS_DENY
            enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    labelled:
      module: registry://registry.example/policies/labels:v1.2.0
      settings: {mandatory: [team]}
";

/// A suite with an admission and a denial
pub(super) const SUITE: &str = "apiVersion: countersign.dev/v1
kind: PolicySuite
settings: policy.yaml
time: 2026-01-31T12:00:00Z
images:
  web: registry.example/shop/web@digest
signers:
  build: {standsFor: projects/example/attestors/build}
cases:
  - name: signed
    request: {namespace: production, images: [web]}
    attestations: [{by: build, image: web}]
    expect: admitted
  - name: unsigned
    request: {namespace: production, images: [web]}
    expect: {outcome: denied, reasons: [no-valid-attestation]}
";

/// A trusted root: a certificate authority with two certificates, and a log of each kind
macro_rules! trusted_root {
    () => {
        "      document:
        mediaType: application/vnd.dev.sigstore.trustedroot+json;version=0.1
        certificateAuthorities:
          - uri: https://fulcio.example.com
            validFor: {start: \"2026-01-01T00:00:00Z\"}
            certChain:
              certificates:
                - rawBytes: MIIBQTCB6KADAgECAgECMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDEV4YW1wbGUgcm9vdDAeFw0yNjAxMDEwMDAwMDBaFw00OTEyMzEwMDAwMDBaMBkxFzAVBgNVBAMMDkV4YW1wbGUgaXNzdWVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEl69V/67fNd9hZUy8FN3U1G6dI6Degiy4//KR+SsFNrNjQ4oK0D+63jnu0roDeBXOMl2IO3PBs+8lqBmbycqaZKMjMCEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwIDSAAwRQIhAPTZ3afkv3w4bvVJ4ByNa6eTHBaRcr8SOPx0lgqduEcPAiBD2KmgyPKjhJCJ7xlNJWPxCjC8YOOa03UVeWRVORe50w==
                - rawBytes: MIIBPzCB5qADAgECAgEBMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDEV4YW1wbGUgcm9vdDAeFw0yNjAxMDEwMDAwMDBaFw00OTEyMzEwMDAwMDBaMBcxFTATBgNVBAMMDEV4YW1wbGUgcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFfmWy8vM2Oow4BqToowN5oqq5u8IPH/dOCrzBKdFrTSgu83MbD4ZoYB2rOaID9cHhefBZ6OzRMrCd8iCMSCdPejIzAhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIEMAoGCCqGSM49BAMCA0gAMEUCIHkZCNm0cQ+22E9cbsaf457fHT6a2sMl0/LDySWVcN+gAiEA/gECg4n7uwyPhuicmgSHwTYReihNq9piQFuQhX5A4CE=
        tlogs:
          - baseUrl: https://rekor.example.com
            hashAlgorithm: SHA2_256
            publicKey:
              rawBytes: MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEdK5XICUZuETDt3geqMKRmT9WZQ+Q1DjdI4oevHOeXE/vk8TdTvOFxkgPSbqNV4Ix6EKXtuBwd+d6Kswf7GBGrw==
              keyDetails: PKIX_ECDSA_P256_SHA_256
              validFor: {start: \"2026-01-01T00:00:00Z\"}
            logId: {keyId: CiharRs0itrSNMYa6tqFEPH1h0pa5nR+Y3L0n1ThIfM=}
        ctlogs:
          - baseUrl: https://ctfe.example.com
            hashAlgorithm: SHA2_256
            publicKey:
              rawBytes: MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEx1cwsdd0CbVDBlhg6XYrsLpugFCOC2nyZrpV/uAzINjMkgcprPjhI8ki/3FZT2D58YIVf10Dob/VuD3SUTrheA==
              keyDetails: PKIX_ECDSA_P256_SHA_256
              validFor: {start: \"2026-01-01T00:00:00Z\"}
            logId: {keyId: O19id290UWaoUx4m+O9Rkkj6PAXjzXUvQ3lkyuCS2mM=}
"
    };
}

/// A policy with an attestor for which these identities sign
macro_rules! keyless {
    ($identities:literal) => {
        concat!(
            attested!(),
            notes!(),
            "sigstore:
  attestors:
    projects/example/attestors/build: [release]
  identities:
    release:
",
            $identities,
            "  trustedRoots:
    example:
",
            trusted_root!()
        )
    };
}

/// A policy with an attestor for which one identity signs
pub(super) const IDENTITY: &str = keyless!(
    "      - trustedRoot: example
{part}
"
);

/// A policy with an attestor for which an identity without weaknesses signs
pub(super) const KEYLESS: &str = keyless!(
    "      - trustedRoot: example
        issuer: https://token.actions.githubusercontent.com
        subjectPattern: https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*
        claims:
          sourceRepositoryURI: https://github.com/acme/shop
          sourceRepositoryOwnerIdentifier: \"1234567\"
          runnerEnvironment: github-hosted
"
);
