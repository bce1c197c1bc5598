//! Private keys: generation, PKCS#8, and signing. No secret part is ever printed.

mod ecdsa;
mod ed25519;
mod ml_dsa;
mod rsa;

use core::fmt;

use pkcs8::{EncryptedPrivateKeyInfoRef, PrivateKeyInfoRef, SecretDocument};
use policy_wasm::key::{Algorithm, KeyError, PublicKey};
use thiserror::Error;

/// A private key and its public key
pub(crate) struct PrivateKey {
    algorithm: Algorithm,
    secret: Box<dyn Secret>,
    public_pem: String,
    public: PublicKey,
}

/// A key that was read, with its algorithm
type Found = (Algorithm, Box<dyn Secret>);

/// Private keys of one family
trait Secret {
    /// The key in PKCS#8
    fn encode(&self) -> pkcs8::Result<SecretDocument>;
    /// The public key in PEM
    fn public_pem(&self) -> pkcs8::spki::Result<String>;
    /// Signs a message, in the encoding of attestations
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed>;
}

/// Signing failed, for lack of randomness or for an invalid key
#[derive(Debug, Error)]
#[error("the key could not sign")]
pub(crate) struct SigningFailed;

/// Errors of reading or creating a private key
#[derive(Debug, Error)]
pub(crate) enum PrivateKeyError {
    /// The kind of key is not supported
    #[error("the kind of key is not supported; expected {KINDS}")]
    Unsupported,
    /// The content does not fit the PEM label
    #[error("it is damaged")]
    Damaged,
    /// The passphrase is wrong, or the encryption is not supported
    #[error("the passphrase is wrong, or its encryption is not supported")]
    Locked,
    /// The encryption is outdated
    #[error(
        "its encryption is not supported; renew it with `openssl pkcs8 -topk8 -v2 aes-256-cbc -in OLD -out NEW`"
    )]
    Encryption,
    /// The key is of ML-DSA, and expanded only
    #[error(
        "it has an ML-DSA key without its seed; export it again with the seed, or sign elsewhere and give --signature-file"
    )]
    Seedless,
    /// The seed and the expanded key are of two keys
    #[error("its seed and its expanded key do not belong together")]
    OtherSeed,
    /// An RSA key fits several algorithms
    #[error("an RSA key needs --algorithm, one of {0}")]
    Ambiguous(String),
    /// The key is of another kind than requested
    #[error("it is not a key for {}", .0.name())]
    OtherAlgorithm(Algorithm),
    /// The operating system provides no randomness
    #[error("no randomness for a new key")]
    NoRandomness,
    /// The policy rejects the public key
    #[error("the policy does not accept its public key: {0}")]
    Public(KeyError),
}

const KINDS: &str = "ECDSA P-256, P-384, P-521, RSA of 2048, 3072 or 4096 bits, Ed25519 or ML-DSA-65, \
     in PKCS#8";

impl PrivateKey {
    /// Generates a key.
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

    /// Reads a key from PKCS#8. RSA keys need an algorithm.
    pub(crate) fn from_pkcs8(
        der: &[u8],
        wanted: Option<Algorithm>,
    ) -> Result<Self, PrivateKeyError> {
        let info = PrivateKeyInfoRef::try_from(der).map_err(|_| PrivateKeyError::Damaged)?;
        let found = ecdsa::read(&info)
            .or_else(|| ed25519::read(&info))
            .map(Ok)
            .or_else(|| ml_dsa::read(&info));
        let (algorithm, secret) = match found {
            Some(found) => found?,
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

    /// Returns the key in PKCS#8, encrypted if a passphrase is given. Callers must not print it.
    pub(crate) fn encode(&self, passphrase: Option<&str>) -> pkcs8::Result<SecretDocument> {
        let plain = self.secret.encode()?;
        match passphrase {
            None => Ok(plain),
            // scrypt and AES-256, which OpenSSL supports since 1.1.
            Some(passphrase) => PrivateKeyInfoRef::try_from(plain.as_bytes())?.encrypt(passphrase),
        }
    }

    /// Returns the signature algorithm.
    pub(crate) const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Returns the public key, as an attestor lists it.
    pub(crate) fn public_pem(&self) -> &str {
        &self.public_pem
    }

    /// Returns the public key.
    pub(crate) const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs a message, in the encoding of attestations.
    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        self.secret.sign(message)
    }
}

/// Decrypts a key in PKCS#8.
pub(crate) fn decrypt(der: &[u8], passphrase: &str) -> Result<SecretDocument, PrivateKeyError> {
    // Only PBES2 is supported.
    let info =
        EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| PrivateKeyError::Encryption)?;
    info.decrypt(passphrase)
        .map_err(|_| PrivateKeyError::Locked)
}

impl fmt::Debug for PrivateKey {
    /// Formats only the key id.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PrivateKey")
            .field("id", &self.public.id())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
