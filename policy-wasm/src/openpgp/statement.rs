//! Subpackets of a signature: times and permissions (RFC 9580, section 5.2.3).

use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{Signature, SignatureConfig, SignatureType, SubpacketData};
use pgp::types::Duration;

/// The parts of a signature that determine validity; untrusted until the signature has verified
#[derive(Debug, Clone, Copy)]
pub(super) struct Statement {
    pub(super) created: u64,
    /// Expiry of the signature
    pub(super) ends: Option<u64>,
    /// Validity of the key from its creation
    pub(super) key_lifetime: Option<u64>,
    /// `None` without key flags
    pub(super) may_sign: Option<bool>,
    pub(super) is_strong: bool,
}

/// The unsupported part of a signature
#[derive(Debug, Clone, Copy)]
pub(super) struct NotUnderstood(pub(super) &'static str);

impl Statement {
    /// Reads the hashed subpackets; the others are not covered by the signature.
    pub(super) fn of(signature: &Signature) -> Result<Self, NotUnderstood> {
        let config = signature.config().ok_or(UNKNOWN_VERSION)?;
        let mut all = config
            .hashed_subpackets()
            .chain(config.unhashed_subpackets());
        let foreign =
            all.find(|subpacket| subpacket.is_critical && !is_understood(&subpacket.data));
        if let Some(foreign) = foreign {
            return Err(NotUnderstood(match foreign.data {
                SubpacketData::Notation(_) => "has a critical notation",
                _ => "has an unknown critical subpacket",
            }));
        }
        let created = only(config, |data| match data {
            SubpacketData::SignatureCreationTime(time) => Some(u64::from(time.as_secs())),
            _ => None,
        })?
        .ok_or(NotUnderstood("has no creation time"))?;
        let lifetime = only(config, |data| match data {
            SubpacketData::SignatureExpirationTime(time) => Some(*time),
            _ => None,
        })?;
        let key_lifetime = only(config, |data| match data {
            SubpacketData::KeyExpirationTime(time) => Some(*time),
            _ => None,
        })?;
        let may_sign = only(config, |data| match data {
            SubpacketData::KeyFlags(flags) => Some(flags.sign()),
            _ => None,
        })?;
        Ok(Self {
            created,
            ends: limited(lifetime).map(|seconds| created.saturating_add(seconds)),
            key_lifetime: limited(key_lifetime),
            may_sign,
            is_strong: is_strong(config.hash_alg),
        })
    }
}

const UNKNOWN_VERSION: NotUnderstood = NotUnderstood("has an unknown version");

/// Returns the reason to reject a signature over a payload without verifying it, if any.
pub(super) fn obstacle(signature: &Signature) -> Option<&'static str> {
    let Some(config) = signature.config() else {
        return Some(UNKNOWN_VERSION.0);
    };
    match (config.typ, config.hash_alg) {
        (SignatureType::Text, _) => Some("is a text signature, not a binary one"),
        (_, HashAlgorithm::Md5) => Some("uses MD5, which is broken"),
        (_, HashAlgorithm::Sha1) => Some("uses SHA-1, which is broken"),
        (_, HashAlgorithm::Ripemd160) => Some("uses RIPEMD-160, which is broken"),
        (_, hash) if !is_strong(hash) => Some("uses an unknown hash"),
        _ => None,
    }
}

/// Returns the lifetime in seconds; zero means no expiry (sections 5.2.3.13 and 5.2.3.18).
fn limited(lifetime: Option<Duration>) -> Option<u64> {
    lifetime
        .map(|lifetime| lifetime.as_secs().into())
        .filter(|seconds| *seconds != 0)
}

fn only<T>(
    config: &SignatureConfig,
    pick: impl Fn(&SubpacketData) -> Option<T>,
) -> Result<Option<T>, NotUnderstood> {
    let mut found = config
        .hashed_subpackets()
        .filter_map(|subpacket| pick(&subpacket.data));
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        _ => Err(NotUnderstood("has a duplicate subpacket")),
    }
}

/// Whether a hash is secure; MD5, SHA-1 and RIPEMD-160 are not (section 9.5).
const fn is_strong(hash: HashAlgorithm) -> bool {
    matches!(
        hash,
        HashAlgorithm::Sha224
            | HashAlgorithm::Sha256
            | HashAlgorithm::Sha384
            | HashAlgorithm::Sha512
            | HashAlgorithm::Sha3_256
            | HashAlgorithm::Sha3_512
    )
}

/// Whether a critical subpacket is supported (section 5.2.3.7): it is applied here or does not concern
/// verification. Notations, trust and regular expressions are not supported.
const fn is_understood(data: &SubpacketData) -> bool {
    use SubpacketData as D;
    matches!(
        data,
        D::SignatureCreationTime(_)
            | D::SignatureExpirationTime(_)
            | D::KeyExpirationTime(_)
            | D::KeyFlags(_)
            | D::IssuerKeyId(_)
            | D::IssuerFingerprint(_)
            | D::EmbeddedSignature(_)
            | D::RevocationReason(..)
            | D::Revocable(_)
            | D::ExportableCertification(_)
            | D::IsPrimary(_)
            | D::SignersUserID(_)
            | D::PolicyURI(_)
            | D::Features(_)
            | D::KeyServerPreferences(_)
            | D::PreferredKeyServer(_)
            | D::PreferredSymmetricAlgorithms(_)
            | D::PreferredHashAlgorithms(_)
            | D::PreferredCompressionAlgorithms(_)
            | D::PreferredAeadAlgorithms(_)
            | D::PreferredEncryptionModes(_)
    )
}
