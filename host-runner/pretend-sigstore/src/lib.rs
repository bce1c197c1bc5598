//! A whole Sigstore instance in one process, for tests: certificate authority, CT log, Rekor v1 and v2, and timestamp
//! authorities, whose bundles real clients accept under its trusted root. Every part of a bundle can be made wrong.
//!
//! It has no network and no clock; the same input gives the same bytes. Its private keys are made from public names and
//! protect nothing.
//!
//! ```
//! use pretend_sigstore::{Content, Instance, Signing};
//!
//! let instance = Instance::new("sigstore.example");
//! let workflow = "https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/v1";
//! let issuer = "https://token.actions.githubusercontent.com";
//! let statement = serde_json::json!({"_type": "https://in-toto.io/Statement/v1"});
//! let signing = Signing::new(workflow, issuer, Content::statement(&statement), 1_772_366_400);
//! let (root, bundle) = (instance.trusted_root(), instance.sign(&signing));
//! assert_eq!(root["mediaType"], "application/vnd.dev.sigstore.trustedroot+json;version=0.1");
//! assert_eq!(bundle.document["mediaType"], "application/vnd.dev.sigstore.bundle.v0.3+json");
//! ```
//!
//! | to read about | go to |
//! | --- | --- |
//! | the input of a bundle | [`Signing`] |
//! | the parties of an instance | [`Instance`] |
//! | the certificate of a signer, and its SCTs | [`Leaf`] |
//! | entries of transparency logs | [`Entry`] |
//! | signed timestamps | [`Token`] |

pub mod certificate;
pub mod der;
mod instance;
mod key;
mod leaf;
mod log;
mod signing;
mod token;

pub use certificate::{Claim, SubjectName};
pub use instance::{Authority, BEGIN, END, Instance, Whose};
pub use key::{Hash, KeyKind, PrivateKey};
pub use leaf::{IssuedBy, Leaf, Sct};
pub use log::{About, Checkpoint, Entry, Kind, Log, Promise, Proof};
pub use signing::{Bundle, Content, Material, Signing, Version};
pub use token::{Embedded, TimestampAuthority, Token, TokenFault};

fn base64(bytes: &[u8]) -> String {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD.encode(bytes)
}

fn unbase64(text: &str) -> Option<Vec<u8>> {
    use ::base64::Engine as _;
    ::base64::engine::general_purpose::STANDARD
        .decode(text)
        .ok()
}
