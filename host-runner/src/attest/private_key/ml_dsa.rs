//! ML-DSA-65, "pure" and with an empty context, kept as its seed.

use ml_dsa::{MlDsa65, Signer as _, SigningKey};
use pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use pkcs8::{PrivateKeyInfoRef, SecretDocument};
use policy_wasm::key::Algorithm;
use zeroize::Zeroizing;

use super::{Secret, SigningFailed};

impl Secret for SigningKey<MlDsa65> {
    fn encode(&self) -> pkcs8::Result<SecretDocument> {
        self.to_pkcs8_der()
    }

    fn public_pem(&self) -> pkcs8::spki::Result<String> {
        let public = self.expanded_key().verifying_key();
        public.to_public_key_pem(LineEnding::LF)
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        let signature = self.try_sign(message).map_err(|_| SigningFailed)?;
        Ok(signature.encode().to_vec())
    }
}

/// A new key.
pub(super) fn generate() -> Option<Box<dyn Secret>> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(seed.as_mut_slice()).ok()?;
    let seed = (*seed).into();
    Some(Box::new(SigningKey::<MlDsa65>::from_seed(&seed)))
}

/// A key of this kind.
pub(super) fn read(info: &PrivateKeyInfoRef<'_>) -> Option<(Algorithm, Box<dyn Secret>)> {
    let key = SigningKey::<MlDsa65>::try_from(info.clone()).ok()?;
    Some((Algorithm::MlDsa65, Box::new(key)))
}
