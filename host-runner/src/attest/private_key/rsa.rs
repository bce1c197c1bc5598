//! RSA: PSS with a salt as long as the digest, as Cloud KMS makes it, and PKCS#1 v1.5. Operations with
//! the private key are blinded.

use getrandom::SysRng;
use pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use pkcs8::{PrivateKeyInfoRef, SecretDocument};
use policy_wasm::key::Algorithm;
use rsa::signature::{RandomizedSigner as _, SignatureEncoding as _};
use rsa::traits::PublicKeyParts as _;
use rsa::{PrivateKey, pkcs1v15, pss};
use sha2::{Sha256, Sha512};

use super::{Found, PrivateKeyError, Secret, SigningFailed};

/// A key and how it signs
struct Rsa {
    key: PrivateKey,
    scheme: Scheme,
}

/// Padding and digest
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scheme {
    PssSha256,
    PssSha512,
    Pkcs1Sha256,
    Pkcs1Sha512,
}

/// Bits of the modulus and scheme of each algorithm
const ALGORITHMS: [(Algorithm, u32, Scheme); 8] = [
    (Algorithm::RsaPss2048Sha256, 2048, Scheme::PssSha256),
    (Algorithm::RsaPss3072Sha256, 3072, Scheme::PssSha256),
    (Algorithm::RsaPss4096Sha256, 4096, Scheme::PssSha256),
    (Algorithm::RsaPss4096Sha512, 4096, Scheme::PssSha512),
    (Algorithm::RsaPkcs12048Sha256, 2048, Scheme::Pkcs1Sha256),
    (Algorithm::RsaPkcs13072Sha256, 3072, Scheme::Pkcs1Sha256),
    (Algorithm::RsaPkcs14096Sha256, 4096, Scheme::Pkcs1Sha256),
    (Algorithm::RsaPkcs14096Sha512, 4096, Scheme::Pkcs1Sha512),
];

impl Secret for Rsa {
    fn encode(&self) -> pkcs8::Result<SecretDocument> {
        self.key.to_pkcs8_der()
    }

    fn public_pem(&self) -> pkcs8::spki::Result<String> {
        self.key.to_public_key().to_public_key_pem(LineEnding::LF)
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        let (key, rng) = (self.key.clone(), &mut SysRng);
        let signature = match self.scheme {
            Scheme::PssSha256 => pss::SigningKey::<Sha256>::new(key)
                .try_sign_with_rng(rng, message)
                .map(|signature| signature.to_vec()),
            Scheme::PssSha512 => pss::SigningKey::<Sha512>::new(key)
                .try_sign_with_rng(rng, message)
                .map(|signature| signature.to_vec()),
            Scheme::Pkcs1Sha256 => pkcs1v15::SigningKey::<Sha256>::new(key)
                .try_sign_with_rng(rng, message)
                .map(|signature| signature.to_vec()),
            Scheme::Pkcs1Sha512 => pkcs1v15::SigningKey::<Sha512>::new(key)
                .try_sign_with_rng(rng, message)
                .map(|signature| signature.to_vec()),
        };
        signature.map_err(|_| SigningFailed)
    }
}

/// A new key of the size of an algorithm.
pub(super) fn generate(algorithm: Algorithm) -> Option<Box<dyn Secret>> {
    let (_, bits, scheme) = *ALGORITHMS.iter().find(|(known, ..)| *known == algorithm)?;
    let key = PrivateKey::new(&mut SysRng, usize::try_from(bits).ok()?).ok()?;
    Some(Box::new(Rsa { key, scheme }))
}

/// A key of this kind, which signs as it is told to.
pub(super) fn read(
    info: &PrivateKeyInfoRef<'_>,
    wanted: Option<Algorithm>,
) -> Result<Found, PrivateKeyError> {
    let key = PrivateKey::try_from(info.clone()).map_err(|_| PrivateKeyError::Unsupported)?;
    let bits = key.n().bit_width();
    let fitting = ALGORITHMS.iter().filter(|(_, size, _)| *size == bits);
    let Some(wanted) = wanted else {
        let names: Vec<_> = fitting.map(|(algorithm, ..)| algorithm.name()).collect();
        return Err(match names.as_slice() {
            [] => PrivateKeyError::Unsupported,
            names => PrivateKeyError::Ambiguous(names.join(" or ")),
        });
    };
    match { fitting }.find(|(algorithm, ..)| *algorithm == wanted) {
        Some((algorithm, _, scheme)) => {
            let scheme = *scheme;
            Ok((*algorithm, Box::new(Rsa { key, scheme })))
        }
        None => Err(PrivateKeyError::OtherAlgorithm(wanted)),
    }
}
