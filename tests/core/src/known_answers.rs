//! Keys and signatures that another program has made once, in `tests/core/vectors`. One payload for all.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use policy_wasm::key::{Algorithm, PublicKey};
use serde_json::{Value, json};

use crate::signing::{occurrence_of, payload};

/// The digest of the image that is attested
pub const DIGEST: &str = "sha256:abababababababababababababababababababababababababababababababab";
pub const REPOSITORY: &str = "gcr.io/p/i";

/// A signature over the payload
#[derive(Debug, Clone, Copy)]
pub struct KnownAnswer {
    pub name: &'static str,
    pub algorithm: Algorithm,
    pub pem: &'static str,
    signature: &'static str,
}

macro_rules! known_answer {
    ($algorithm:ident, $key:literal, $signature:literal) => {
        KnownAnswer {
            name: $signature,
            algorithm: Algorithm::$algorithm,
            pem: include_str!(concat!("../vectors/", $key, ".pem")),
            signature: include_str!(concat!("../vectors/", $signature, ".sig")),
        }
    };
}

#[rustfmt::skip]
pub const ALL: &[KnownAnswer] = &[
    known_answer!(EcdsaP256Sha256, "ecdsa-p256", "ecdsa-p256"),
    known_answer!(EcdsaP384Sha384, "ecdsa-p384", "ecdsa-p384"),
    known_answer!(EcdsaP521Sha512, "ecdsa-p521", "ecdsa-p521"),
    known_answer!(RsaPss2048Sha256, "rsa-2048", "rsa-2048-pss-salt-32"),
    known_answer!(RsaPss2048Sha256, "rsa-2048", "rsa-2048-pss-salt-222"),
    known_answer!(RsaPss2048Sha256, "rsa-2048", "rsa-2048-pss-salt-0"),
    known_answer!(RsaPkcs12048Sha256, "rsa-2048", "rsa-2048-pkcs1"),
    known_answer!(RsaPss3072Sha256, "rsa-3072", "rsa-3072-pss"),
    known_answer!(RsaPkcs13072Sha256, "rsa-3072", "rsa-3072-pkcs1"),
    known_answer!(RsaPss4096Sha256, "rsa-4096", "rsa-4096-pss-sha256"),
    known_answer!(RsaPss4096Sha512, "rsa-4096", "rsa-4096-pss-sha512"),
    known_answer!(RsaPkcs14096Sha256, "rsa-4096", "rsa-4096-pkcs1-sha256"),
    known_answer!(RsaPkcs14096Sha512, "rsa-4096", "rsa-4096-pkcs1-sha512"),
    known_answer!(MlDsa65, "ml-dsa-65", "ml-dsa-65"),
    known_answer!(Ed25519, "ed25519", "ed25519"),
];

/// A signature over the payload's pre-authentication encoding, by the P-256 key
pub const P256_PAE: KnownAnswer = known_answer!(EcdsaP256Sha256, "ecdsa-p256", "ecdsa-p256-pae");

/// What all but that one sign.
pub fn message() -> String {
    payload(REPOSITORY, DIGEST)
}

/// The known answer of a name.
pub fn named(name: &str) -> KnownAnswer {
    *ALL.iter().find(|answer| answer.name == name).unwrap()
}

impl KnownAnswer {
    pub fn signature(&self) -> Vec<u8> {
        STANDARD.decode(self.signature.trim_end()).unwrap()
    }

    /// The key under the algorithm that made the signature.
    pub fn key(&self) -> PublicKey {
        PublicKey::from_pem(self.pem, self.algorithm, "").unwrap()
    }

    /// The key as a `publicKeys[]` entry.
    pub fn document(&self) -> Value {
        json!({"pkixPublicKey": {
            "publicKeyPem": self.pem,
            "signatureAlgorithm": self.algorithm.name(),
        }})
    }

    /// An occurrence under a note, with the payload and this signature.
    pub fn occurrence(&self, note: &str) -> Value {
        let signature = (self.key().id().to_owned(), self.signature());
        occurrence_of(note, message().as_bytes(), &[signature])
    }
}
