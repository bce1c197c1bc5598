//! Ed25519.

use ed25519_dalek::{Signer as _, SigningKey};
use pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use pkcs8::{PrivateKeyInfoRef, SecretDocument};
use policy_wasm::key::Algorithm;
use zeroize::Zeroizing;

use super::{Found, Secret, SigningFailed};

impl Secret for SigningKey {
    fn encode(&self) -> pkcs8::Result<SecretDocument> {
        // Without the public half, which OpenSSL 1.1 and 3.0 do not read there.
        let pair = ed25519_dalek::pkcs8::KeypairBytes {
            secret_key: self.to_bytes(),
            public_key: None,
        };
        pair.to_pkcs8_der()
    }

    fn public_pem(&self) -> pkcs8::spki::Result<String> {
        self.verifying_key().to_public_key_pem(LineEnding::LF)
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        let signature = self.try_sign(message).map_err(|_| SigningFailed)?;
        Ok(signature.to_bytes().to_vec())
    }
}

/// A new key.
pub(super) fn generate() -> Option<Box<dyn Secret>> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).ok()?;
    Some(Box::new(SigningKey::from_bytes(&seed)))
}

/// A key of this kind.
pub(super) fn read(info: &PrivateKeyInfoRef<'_>) -> Option<Found> {
    let key = SigningKey::try_from(info.clone()).ok()?;
    Some((Algorithm::Ed25519, Box::new(key)))
}
