//! The signature algorithms that an attestor can declare.

/// Signature algorithms, by their names in `pkixPublicKey.signatureAlgorithm`
///
/// All are Google's, save Ed25519. Some have two names. Numbers are refused: the API and Google's
/// command line number them differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Algorithm {
    RsaPss2048Sha256,
    RsaPss3072Sha256,
    RsaPss4096Sha256,
    RsaPss4096Sha512,
    RsaPkcs12048Sha256,
    RsaPkcs13072Sha256,
    RsaPkcs14096Sha256,
    RsaPkcs14096Sha512,
    EcdsaP256Sha256,
    EcdsaP384Sha384,
    EcdsaP521Sha512,
    MlDsa65,
    Ed25519,
}

impl Algorithm {
    /// Every name; of two names of one algorithm, the one that the API documentation lists first.
    pub const NAMES: &[(&str, Self)] = &[
        ("ECDSA_P256_SHA256", Self::EcdsaP256Sha256),
        ("EC_SIGN_P256_SHA256", Self::EcdsaP256Sha256),
        ("ECDSA_P384_SHA384", Self::EcdsaP384Sha384),
        ("EC_SIGN_P384_SHA384", Self::EcdsaP384Sha384),
        ("ECDSA_P521_SHA512", Self::EcdsaP521Sha512),
        ("EC_SIGN_P521_SHA512", Self::EcdsaP521Sha512),
        ("RSA_PSS_2048_SHA256", Self::RsaPss2048Sha256),
        ("RSA_SIGN_PSS_2048_SHA256", Self::RsaPss2048Sha256),
        ("RSA_PSS_3072_SHA256", Self::RsaPss3072Sha256),
        ("RSA_SIGN_PSS_3072_SHA256", Self::RsaPss3072Sha256),
        ("RSA_PSS_4096_SHA256", Self::RsaPss4096Sha256),
        ("RSA_SIGN_PSS_4096_SHA256", Self::RsaPss4096Sha256),
        ("RSA_PSS_4096_SHA512", Self::RsaPss4096Sha512),
        ("RSA_SIGN_PSS_4096_SHA512", Self::RsaPss4096Sha512),
        ("RSA_SIGN_PKCS1_2048_SHA256", Self::RsaPkcs12048Sha256),
        ("RSA_SIGN_PKCS1_3072_SHA256", Self::RsaPkcs13072Sha256),
        ("RSA_SIGN_PKCS1_4096_SHA256", Self::RsaPkcs14096Sha256),
        ("RSA_SIGN_PKCS1_4096_SHA512", Self::RsaPkcs14096Sha512),
        ("ML_DSA_65", Self::MlDsa65),
        ("ED25519", Self::Ed25519),
    ];

    /// Whether it is no algorithm of Google's, and therefore not for attestations as Google has them.
    #[must_use]
    pub const fn is_for_envelopes_only(self) -> bool {
        matches!(self, Self::Ed25519)
    }

    /// The algorithm of a name, either of two.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        let found = Self::NAMES.iter().find(|(known, _)| *known == name);
        found.map(|(_, algorithm)| *algorithm)
    }

    /// The name that the API documentation lists first.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::NAMES
            .iter()
            .find(|(_, known)| *known == self)
            .map_or("", |(name, _)| name)
    }
}
