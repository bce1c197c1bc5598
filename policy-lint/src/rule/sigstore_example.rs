//! Parts of the examples about Sigstore: complete settings, so that each page shows where its part belongs.

/// A policy with one attestor, for which the set `release` may sign
macro_rules! attestor {
    () => {
        "policy:
  defaultAdmissionRule:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/example/attestors/build]
attestors:
  - name: projects/example/attestors/build
    userOwnedGrafeasNote:
      noteReference: projects/example/notes/build
evidence:
  kubernetes:
    notes:
      projects/example/notes/build: attest-build
sigstore:
  attestors:
    projects/example/attestors/build: [release]
"
    };
}

/// A policy with two attestors, for the first of which the set `release` may sign
macro_rules! two_attestors {
    () => {
        "policy:
  defaultAdmissionRule:
    evaluationMode: REQUIRE_ATTESTATION
    enforcementMode: ENFORCED_BLOCK_AND_AUDIT_LOG
    requireAttestationsBy: [projects/example/attestors/build, projects/example/attestors/qa]
attestors:
  - name: projects/example/attestors/build
    userOwnedGrafeasNote:
      noteReference: projects/example/notes/build
  - name: projects/example/attestors/qa
    userOwnedGrafeasNote:
      noteReference: projects/example/notes/qa
evidence:
  kubernetes:
    notes:
      projects/example/notes/build: attest-build
      projects/example/notes/qa: attest-qa
sigstore:
  attestors:
    projects/example/attestors/build: [release]
"
    };
}

/// An identity without weaknesses
macro_rules! identity {
    () => {
        "      - trustedRoot: example
        issuer: https://token.actions.githubusercontent.com
        subjectPattern: https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*
        claims:
          sourceRepositoryURI: https://github.com/acme/shop
          sourceRepositoryOwnerIdentifier: \"1234567\"
          runnerEnvironment: github-hosted
"
    };
}

/// Certificate authorities with these certificates and this period
macro_rules! authorities {
    ($certificates:expr, $period:literal) => {
        concat!(
            "        certificateAuthorities:
          - uri: https://fulcio.example.com
            certChain:
              certificates:
",
            $certificates,
            "            validFor: ",
            $period,
            "\n"
        )
    };
}

/// A certificate that signs itself
macro_rules! own_certificate {
    () => {
        "                - rawBytes: MIIBPzCB5qADAgECAgEBMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDEV4YW1wbGUgcm9vdDAeFw0yNjAxMDEwMDAwMDBaFw00OTEyMzEwMDAwMDBaMBcxFTATBgNVBAMMDEV4YW1wbGUgcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFfmWy8vM2Oow4BqToowN5oqq5u8IPH/dOCrzBKdFrTSgu83MbD4ZoYB2rOaID9cHhefBZ6OzRMrCd8iCMSCdPejIzAhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIEMAoGCCqGSM49BAMCA0gAMEUCIHkZCNm0cQ+22E9cbsaf457fHT6a2sMl0/LDySWVcN+gAiEA/gECg4n7uwyPhuicmgSHwTYReihNq9piQFuQhX5A4CE=\n"
    };
}

/// A certificate and the one that signed it
macro_rules! chain {
    () => {
        "                - rawBytes: MIIBQTCB6KADAgECAgECMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDEV4YW1wbGUgcm9vdDAeFw0yNjAxMDEwMDAwMDBaFw00OTEyMzEwMDAwMDBaMBkxFzAVBgNVBAMMDkV4YW1wbGUgaXNzdWVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEl69V/67fNd9hZUy8FN3U1G6dI6Degiy4//KR+SsFNrNjQ4oK0D+63jnu0roDeBXOMl2IO3PBs+8lqBmbycqaZKMjMCEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwIDSAAwRQIhAPTZ3afkv3w4bvVJ4ByNa6eTHBaRcr8SOPx0lgqduEcPAiBD2KmgyPKjhJCJ7xlNJWPxCjC8YOOa03UVeWRVORe50w==
                - rawBytes: MIIBPzCB5qADAgECAgEBMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDEV4YW1wbGUgcm9vdDAeFw0yNjAxMDEwMDAwMDBaFw00OTEyMzEwMDAwMDBaMBcxFTATBgNVBAMMDEV4YW1wbGUgcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFfmWy8vM2Oow4BqToowN5oqq5u8IPH/dOCrzBKdFrTSgu83MbD4ZoYB2rOaID9cHhefBZ6OzRMrCd8iCMSCdPejIzAhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIEMAoGCCqGSM49BAMCA0gAMEUCIHkZCNm0cQ+22E9cbsaf457fHT6a2sMl0/LDySWVcN+gAiEA/gECg4n7uwyPhuicmgSHwTYReihNq9piQFuQhX5A4CE=\n"
    };
}

/// A certificate, and one that has the name of its issuer and another key
macro_rules! foreign_chain {
    () => {
        "                - rawBytes: MIIBQTCB6KADAgECAgECMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDEV4YW1wbGUgcm9vdDAeFw0yNjAxMDEwMDAwMDBaFw00OTEyMzEwMDAwMDBaMBkxFzAVBgNVBAMMDkV4YW1wbGUgaXNzdWVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEl69V/67fNd9hZUy8FN3U1G6dI6Degiy4//KR+SsFNrNjQ4oK0D+63jnu0roDeBXOMl2IO3PBs+8lqBmbycqaZKMjMCEwDwYDVR0TAQH/BAUwAwEB/zAOBgNVHQ8BAf8EBAMCAgQwCgYIKoZIzj0EAwIDSAAwRQIgHrHvVDBKOfouL8ecEIxXTNAHMbaIdRi3zqvVicJ+CxQCIQDxlML/bxNaHIUhp2rk7lmnGdJU3Aw4/0QuRTlcoqnTSQ==
                - rawBytes: MIIBPzCB5qADAgECAgEBMAoGCCqGSM49BAMCMBcxFTATBgNVBAMMDEV4YW1wbGUgcm9vdDAeFw0yNjAxMDEwMDAwMDBaFw00OTEyMzEwMDAwMDBaMBcxFTATBgNVBAMMDEV4YW1wbGUgcm9vdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABFfmWy8vM2Oow4BqToowN5oqq5u8IPH/dOCrzBKdFrTSgu83MbD4ZoYB2rOaID9cHhefBZ6OzRMrCd8iCMSCdPejIzAhMA8GA1UdEwEB/wQFMAMBAf8wDgYDVR0PAQH/BAQDAgIEMAoGCCqGSM49BAMCA0gAMEUCIHkZCNm0cQ+22E9cbsaf457fHT6a2sMl0/LDySWVcN+gAiEA/gECg4n7uwyPhuicmgSHwTYReihNq9piQFuQhX5A4CE=\n"
    };
}

/// A log of each kind
macro_rules! logs {
    () => {
        "        tlogs:
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

/// A trusted root of this name with these authorities
macro_rules! root {
    ($name:literal) => {
        root!(
            $name,
            authorities!(own_certificate!(), "{start: \"2026-01-01T00:00:00Z\"}")
        )
    };
    ($name:literal, $authorities:expr) => {
        concat!(
            "    ",
            $name,
            ":
      document:
        mediaType: application/vnd.dev.sigstore.trustedroot+json;version=0.1
",
            $authorities,
            logs!()
        )
    };
}

/// Settings with this set of identities
macro_rules! with_identities {
    ($identities:expr) => {
        concat!(
            attestor!(),
            "  identities:
    release:
",
            $identities,
            "  trustedRoots:
",
            root!("example")
        )
    };
}

/// Settings with these trusted roots
macro_rules! with_roots {
    ($roots:expr) => {
        concat!(
            attestor!(),
            "  identities:
    release:
",
            identity!(),
            "  trustedRoots:
",
            $roots
        )
    };
}
