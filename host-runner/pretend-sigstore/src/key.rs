//! Keys. They are made from their names and sign without randomness ([RFC 6979], [RFC 8032]), so that
//! every run makes the same bytes. They are public, so they are no secrets.
//!
//! [RFC 6979]: https://www.rfc-editor.org/rfc/rfc6979
//! [RFC 8032]: https://www.rfc-editor.org/rfc/rfc8032

use ed25519_dalek::Signer as _;
use p256::ecdsa::signature::hazmat::PrehashSigner as _;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

use crate::der::{self, Oid};

/// A hash of SHA-2
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

/// Kind of a key
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// ECDSA over P-256
    P256,
    /// ECDSA over P-384
    P384,
    /// Ed25519 over the message itself
    Ed25519,
}

/// A private key
#[derive(Debug, Clone)]
pub struct PrivateKey(Secret);

#[derive(Debug, Clone)]
enum Secret {
    P256(p256::ecdsa::SigningKey),
    P384(p384::ecdsa::SigningKey),
    Ed25519(ed25519_dalek::SigningKey),
}

const EC_PUBLIC_KEY: Oid = &[1, 2, 840, 10_045, 2, 1];
const PRIME256V1: Oid = &[1, 2, 840, 10_045, 3, 1, 7];
const SECP384R1: Oid = &[1, 3, 132, 0, 34];
const ED25519: Oid = &[1, 3, 101, 112];

impl Hash {
    /// The digest of a message
    #[must_use]
    pub fn of(self, message: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha256 => Sha256::digest(message).to_vec(),
            Self::Sha384 => Sha384::digest(message).to_vec(),
            Self::Sha512 => Sha512::digest(message).to_vec(),
        }
    }

    /// As protobuf-specs name it
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA2_256",
            Self::Sha384 => "SHA2_384",
            Self::Sha512 => "SHA2_512",
        }
    }

    /// As Rekor v1 names it
    pub(crate) const fn short_name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The `AlgorithmIdentifier` of the hash
    pub(crate) fn algorithm(self) -> Vec<u8> {
        let oid: Oid = match self {
            Self::Sha256 => &[2, 16, 840, 1, 101, 3, 4, 2, 1],
            Self::Sha384 => &[2, 16, 840, 1, 101, 3, 4, 2, 2],
            Self::Sha512 => &[2, 16, 840, 1, 101, 3, 4, 2, 3],
        };
        der::sequence(&[der::oid(oid)])
    }
}

impl PrivateKey {
    /// The key of a name
    #[must_use]
    pub fn derive(kind: KeyKind, name: &str) -> Self {
        let mut round = 0_u32;
        // One name in 2^32 needs a second round: its digest is no scalar of the curve.
        loop {
            let seed = format!("countersign pretend sigstore {round} {name}");
            let seed = seed.as_bytes();
            let secret = match kind {
                KeyKind::P256 => {
                    let key = p256::ecdsa::SigningKey::from_slice(&Sha256::digest(seed));
                    key.ok().map(Secret::P256)
                }
                KeyKind::P384 => {
                    let key = p384::ecdsa::SigningKey::from_slice(&Sha384::digest(seed));
                    key.ok().map(Secret::P384)
                }
                KeyKind::Ed25519 => {
                    let seed = Sha256::digest(seed).into();
                    let key = ed25519_dalek::SigningKey::from_bytes(&seed);
                    Some(Secret::Ed25519(key))
                }
            };
            match secret {
                Some(secret) => return Self(secret),
                None => round = round.wrapping_add(1),
            }
        }
    }

    /// The public key as a `SubjectPublicKeyInfo`
    #[must_use]
    pub fn public_key(&self) -> Vec<u8> {
        let (algorithm, key) = match &self.0 {
            Secret::P256(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                let oids = [der::oid(EC_PUBLIC_KEY), der::oid(PRIME256V1)];
                (der::sequence(&oids), point.as_bytes().to_vec())
            }
            Secret::P384(key) => {
                let point = key.verifying_key().to_sec1_point(false);
                let oids = [der::oid(EC_PUBLIC_KEY), der::oid(SECP384R1)];
                (der::sequence(&oids), point.as_bytes().to_vec())
            }
            Secret::Ed25519(key) => (
                der::sequence(&[der::oid(ED25519)]),
                key.verifying_key().to_bytes().to_vec(),
            ),
        };
        der::sequence(&[algorithm, der::bits(&key)])
    }

    /// SHA-256 of the public key: the id of logs and the hint of key bundles
    #[must_use]
    pub fn id(&self) -> Vec<u8> {
        Hash::Sha256.of(&self.public_key())
    }

    /// Kind of the key
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        match self.0 {
            Secret::P256(_) => KeyKind::P256,
            Secret::P384(_) => KeyKind::P384,
            Secret::Ed25519(_) => KeyKind::Ed25519,
        }
    }

    /// Signs a message: ECDSA in DER over its digest, Ed25519 over the message itself.
    #[must_use]
    pub fn sign(&self, hash: Hash, message: &[u8]) -> Vec<u8> {
        match &self.0 {
            Secret::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Secret::P256(_) | Secret::P384(_) => self.sign_digest(&hash.of(message)),
        }
    }

    /// Signs a digest; Ed25519 takes it for a message. Digests of less than half a scalar cannot be signed, and get
    /// an empty signature.
    #[must_use]
    pub fn sign_digest(&self, digest: &[u8]) -> Vec<u8> {
        let signature = match &self.0 {
            Secret::P256(key) => {
                let signature = key.sign_prehash(digest);
                signature.map(|one: p256::ecdsa::DerSignature| one.as_bytes().to_vec())
            }
            Secret::P384(key) => {
                let signature = key.sign_prehash(digest);
                signature.map(|one: p384::ecdsa::DerSignature| one.as_bytes().to_vec())
            }
            Secret::Ed25519(key) => Ok(key.sign(digest).to_bytes().to_vec()),
        };
        signature.unwrap_or_default()
    }

    /// The `AlgorithmIdentifier` of its signatures
    pub(crate) fn signature_algorithm(&self, hash: Hash) -> Vec<u8> {
        let oid: Oid = match (self.kind(), hash) {
            (KeyKind::Ed25519, _) => ED25519,
            (_, Hash::Sha256) => &[1, 2, 840, 10_045, 4, 3, 2],
            (_, Hash::Sha384) => &[1, 2, 840, 10_045, 4, 3, 3],
            (_, Hash::Sha512) => &[1, 2, 840, 10_045, 4, 3, 4],
        };
        der::sequence(&[der::oid(oid)])
    }

    /// First 20 bytes of the digest of the key ([RFC 7093, 2])
    ///
    /// [RFC 7093, 2]: https://www.rfc-editor.org/rfc/rfc7093#section-2
    pub(crate) fn key_identifier(&self) -> Vec<u8> {
        let mut id = self.id();
        id.truncate(20);
        id
    }
}

impl KeyKind {
    /// The hash of content signatures
    #[must_use]
    pub const fn hash(self) -> Hash {
        match self {
            Self::P256 => Hash::Sha256,
            Self::P384 => Hash::Sha384,
            Self::Ed25519 => Hash::Sha512,
        }
    }

    /// As protobuf-specs name the key with that hash
    #[must_use]
    pub const fn details(self) -> &'static str {
        match self {
            Self::P256 => "PKIX_ECDSA_P256_SHA_256",
            Self::P384 => "PKIX_ECDSA_P384_SHA_384",
            Self::Ed25519 => "PKIX_ED25519",
        }
    }
}
