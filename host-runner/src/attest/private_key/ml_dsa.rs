//! ML-DSA-65, "pure" and with an empty context, kept as its seed.

use ml_dsa::{MlDsa65, Signer as _, SigningKey};
use pkcs8::der::asn1::OctetStringRef;
use pkcs8::der::{self, Decode as _, Reader as _, SliceReader};
use pkcs8::spki::AssociatedAlgorithmIdentifier as _;
use pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding};
use pkcs8::{PrivateKeyInfoRef, SecretDocument};
use policy_wasm::key::Algorithm;
use zeroize::Zeroizing;

use super::{Found, PrivateKeyError, Secret, SigningFailed};

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

/// A key of this kind, in a form that has its seed: alone, as `attest keygen` and Node 26 write it, or with the expanded
/// key, as OpenSSL 3.5 and Node 24 do (RFC 9881, section 6).
pub(super) fn read(info: &PrivateKeyInfoRef<'_>) -> Option<Result<Found, PrivateKeyError>> {
    let oid = MlDsa65::ALGORITHM_IDENTIFIER.oid;
    (info.algorithm.oid == oid).then(|| {
        let key = match SigningKey::try_from(info.clone()) {
            Ok(key) => key,
            Err(_) if info.algorithm.parameters.is_some() => return Err(PrivateKeyError::Damaged),
            Err(_) => from_both(info.private_key.as_bytes())?,
        };
        let key: Box<dyn Secret> = Box::new(key);
        Ok((Algorithm::MlDsa65, key))
    })
}

/// Reads a key from its seed and its expanded form, which have to be of the same key.
fn from_both(der: &[u8]) -> Result<SigningKey<MlDsa65>, PrivateKeyError> {
    let Ok([seed, expanded]) = both(der) else {
        let alone = <&OctetStringRef>::from_der(der);
        let is_expanded = alone.is_ok_and(|key| key.as_bytes().len() == EXPANDED);
        return Err(if is_expanded {
            PrivateKeyError::Seedless
        } else {
            PrivateKeyError::Damaged
        });
    };
    let seed = seed.try_into().map_err(|_| PrivateKeyError::Damaged)?;
    let key = SigningKey::from_seed(&seed);
    #[expect(deprecated, reason = "it is compared, and never read")]
    let own = Zeroizing::new(key.expanded_key().to_expanded());
    if own.as_slice() == expanded {
        Ok(key)
    } else {
        Err(PrivateKeyError::OtherSeed)
    }
}

/// Bytes of an expanded key
const EXPANDED: usize = 4032;

fn both(der: &[u8]) -> der::Result<[&[u8]; 2]> {
    let mut reader = SliceReader::new(der)?;
    let both = reader.sequence(|reader| {
        let [seed, expanded]: [&OctetStringRef; 2] = [reader.decode()?, reader.decode()?];
        Ok::<_, der::Error>([seed.as_bytes(), expanded.as_bytes()])
    })?;
    reader.finish()?;
    Ok(both)
}
