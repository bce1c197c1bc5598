//! Private keys: made, read from PKCS#8, and used to sign. Nothing of one is ever shown.

mod ecdsa;
mod ed25519;
mod ml_dsa;
mod rsa;

use core::fmt;

use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument};
use policy_wasm::key::{Algorithm, KeyError, PublicKey};
use thiserror::Error;

/// A key that signs, and what it is to those who verify
pub(crate) struct PrivateKey {
    algorithm: Algorithm,
    secret: Box<dyn Secret>,
    public_pem: String,
    public: PublicKey,
}

/// The private half of a key of one family
trait Secret {
    /// In PKCS#8
    fn encode(&self) -> pkcs8::Result<SecretDocument>;
    /// The public half, in PEM
    fn public_pem(&self) -> pkcs8::spki::Result<String>;
    /// A signature over a message, in the form that attestations have
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed>;
}

/// The randomness or the arithmetic of a signature failed
#[derive(Debug, Error)]
#[error("the key could not sign")]
pub(crate) struct SigningFailed;

/// Why there is no private key
#[derive(Debug, Error)]
pub(crate) enum PrivateKeyError {
    /// A kind of key that no attestor can have
    #[error("it is no key that attestations are signed with: {KINDS}")]
    Unsupported,
    /// Not what the label promises
    #[error("it is damaged")]
    Damaged,
    /// A passphrase that does not open it, or an encryption that nobody here can undo
    #[error("the passphrase does not open it")]
    Locked,
    /// Of an older kind
    #[error(
        "its encryption is not supported; renew it with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW`"
    )]
    Encryption,
    /// An RSA key can sign in two ways and does not say in which
    #[error("an RSA key does not say how it signs: choose with --algorithm, {0}")]
    Ambiguous(String),
    /// Of another kind than was asked for
    #[error("it is no {} key", .0.name())]
    OtherAlgorithm(Algorithm),
    /// The operating system has no randomness to give
    #[error("no randomness for a new key")]
    NoRandomness,
    /// The policy would not take its public half
    #[error("the policy does not take its public half: {0}")]
    Public(KeyError),
}

const KINDS: &str = "ECDSA P-256, P-384, P-521, RSA of 2048, 3072 or 4096 bits, Ed25519 or ML-DSA-65 \
     (from its seed), in PKCS#8";

impl PrivateKey {
    /// Makes a new key.
    pub(crate) fn generate(algorithm: Algorithm) -> Result<Self, PrivateKeyError> {
        let secret = match algorithm {
            Algorithm::EcdsaP256Sha256
            | Algorithm::EcdsaP384Sha384
            | Algorithm::EcdsaP521Sha512 => ecdsa::generate(algorithm),
            Algorithm::Ed25519 => ed25519::generate(),
            Algorithm::MlDsa65 => ml_dsa::generate(),
            _ => rsa::generate(algorithm),
        };
        Self::new(algorithm, secret.ok_or(PrivateKeyError::NoRandomness)?)
    }

    /// Reads a key from PKCS#8. RSA keys need to be told how they sign.
    pub(crate) fn from_pkcs8(
        der: &[u8],
        wanted: Option<Algorithm>,
    ) -> Result<Self, PrivateKeyError> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(|_| PrivateKeyError::Damaged)?;
        let found = ecdsa::read(&info)
            .or_else(|| ed25519::read(&info))
            .or_else(|| ml_dsa::read(&info));
        let (algorithm, secret) = match found {
            Some(found) => found,
            None => rsa::read(&info, wanted)?,
        };
        match wanted {
            Some(wanted) if wanted != algorithm => Err(PrivateKeyError::OtherAlgorithm(wanted)),
            _ => Self::new(algorithm, secret),
        }
    }

    fn new(algorithm: Algorithm, secret: Box<dyn Secret>) -> Result<Self, PrivateKeyError> {
        let public_pem = secret.public_pem().map_err(|_| PrivateKeyError::Damaged)?;
        let public = PublicKey::from_pem(&public_pem, algorithm, "");
        Ok(Self {
            algorithm,
            secret,
            public_pem,
            public: public.map_err(PrivateKeyError::Public)?,
        })
    }

    /// The key in PKCS#8, under a passphrase if there is one. Whoever gets it must not print it.
    pub(crate) fn encode(&self, passphrase: Option<&str>) -> pkcs8::Result<SecretDocument> {
        let plain = self.secret.encode()?;
        match passphrase {
            None => Ok(plain),
            // scrypt and AES-256, which OpenSSL reads since 1.1.
            Some(passphrase) => PrivateKeyInfoRef::try_from(plain.as_bytes())?.encrypt(passphrase),
        }
    }

    /// How it signs.
    pub(crate) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Its public half as an attestor lists it.
    pub(crate) fn public_pem(&self) -> &str {
        &self.public_pem
    }

    /// Its public half.
    pub(crate) const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// A signature over a message, in the form that attestations have.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        self.secret.sign(message)
    }
}

/// What a passphrase protects: a key in PKCS#8.
pub(crate) fn decrypt(der: &[u8], passphrase: &str) -> Result<SecretDocument, PrivateKeyError> {
    // Whatever is not PBES2 cannot be read at all.
    let info =
        EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| PrivateKeyError::Encryption)?;
    info.decrypt(passphrase)
        .map_err(|_| PrivateKeyError::Locked)
}

impl fmt::Debug for PrivateKey {
    /// Its id, and nothing that would help to sign.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("id", &self.public.id())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
