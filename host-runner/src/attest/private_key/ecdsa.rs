//! ECDSA on the three curves. Nonces are those of RFC 6979, so a signature over the same bytes is the
//! same; signatures are in DER.

use getrandom::SysRng;
use p256::elliptic_curve::Generate as _;
use pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use pkcs8::{PrivateKeyInfoRef, SecretDocument};
use policy_wasm::key::Algorithm;

use super::{Found, Secret, SigningFailed};

macro_rules! curves {
    ($($curve:ident is $algorithm:ident),*) => {
        $(impl Secret for $curve::ecdsa::SigningKey {
            fn encode(&self) -> pkcs8::Result<SecretDocument> {
                self.to_pkcs8_der()
            }

            fn public_pem(&self) -> pkcs8::spki::Result<String> {
                self.verifying_key().to_public_key_pem(LineEnding::LF)
            }

            fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
                use $curve::ecdsa::signature::Signer as _;
                let signature: $curve::ecdsa::DerSignature =
                    self.try_sign(message).map_err(|_| SigningFailed)?;
                Ok(signature.as_bytes().to_vec())
            }
        })*

        /// A new key on the curve of an algorithm.
        pub(super) fn generate(algorithm: Algorithm) -> Option<Box<dyn Secret>> {
            match algorithm {
                $(Algorithm::$algorithm => {
                    let key = $curve::ecdsa::SigningKey::try_generate_from_rng(&mut SysRng).ok()?;
                    Some(Box::new(key))
                })*
                _ => None,
            }
        }

        /// A key on one of the curves.
        pub(super) fn read(info: &PrivateKeyInfoRef<'_>) -> Option<Found> {
            $(if let Ok(key) = $curve::ecdsa::SigningKey::try_from(info.clone()) {
                return Some((Algorithm::$algorithm, Box::new(key)));
            })*
            None
        }
    };
}

curves!(p256 is EcdsaP256Sha256, p384 is EcdsaP384Sha384, p521 is EcdsaP521Sha512);
