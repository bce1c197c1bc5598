//! Signed messages (RFC 9580, section 10.3): one one-pass signature, the payload, one signature, all
//! three perhaps compressed once; or one signature alone.

use alloc::vec::Vec;

use pgp::packet::{Decompressor, OnePassSignature, OpsVersionSpecific, PacketHeader, Signature};
use pgp::types::{KeyDetails as _, KeyId, Tag};

use super::OpenPgpError;
use super::armor;
use super::key::Key;
use super::packet::{Packet, Packets, read_signature, tag};
use super::std::io::Read as _;
use crate::verification::VerificationContext;

/// An unverified signature message
#[derive(Debug)]
pub(super) struct Message {
    pub(super) signature: Signature,
    /// `None` for a detached signature
    pub(super) payload: Option<Vec<u8>>,
    /// Key id in the one-pass signature
    announced: Option<KeyId>,
}

impl Message {
    /// Reads a message, armored or not. Messages of other keys are not decompressed.
    pub(super) fn read(
        message: &[u8],
        is_ours: impl Fn(KeyId) -> bool,
        context: &VerificationContext,
    ) -> Result<Self, OpenPgpError> {
        context.meter.look(message.len())?;
        // The first bit of a packet is set, which distinguishes it from ASCII text.
        if message.first().is_some_and(|first| !first.is_ascii()) {
            return match sequence(message, [tag::SIGNATURE]) {
                Ok([signature]) => Self::detached(&signature),
                Err(_) => Self::read_attached(message, is_ours, context),
            };
        }
        let text = core::str::from_utf8(message).unwrap_or_default();
        if text.starts_with("-----BEGIN PGP SIGNED MESSAGE-----") {
            return Err(OpenPgpError::FormatUnsupported("clear-signed text"));
        }
        match armor::decode(text) {
            Some(("MESSAGE", bytes)) => Self::read_attached(&bytes, is_ours, context),
            Some(("SIGNATURE", bytes)) => {
                let [signature] = sequence(&bytes, [tag::SIGNATURE])?;
                Self::detached(&signature)
            }
            _ => Err(OpenPgpError::Malformed(
                "expected one block `PGP MESSAGE` or `PGP SIGNATURE` and nothing around it, or the \
                 packets of one",
            )),
        }
    }

    fn detached(signature: &Packet<'_>) -> Result<Self, OpenPgpError> {
        Ok(Self {
            signature: read_signature(&signature.body).ok_or(DAMAGED)?,
            payload: None,
            announced: None,
        })
    }

    fn read_attached(
        bytes: &[u8],
        is_ours: impl Fn(KeyId) -> bool,
        context: &VerificationContext,
    ) -> Result<Self, OpenPgpError> {
        let max_payload = context.max_payload;
        match sequence(bytes, [tag::COMPRESSED]) {
            Ok([packet]) => {
                let unpacked = unpack(&packet, is_ours, context)?;
                Self::read_signed(&unpacked, max_payload)
            }
            Err(_) => Self::read_signed(bytes, max_payload),
        }
    }

    fn read_signed(bytes: &[u8], max_payload: usize) -> Result<Self, OpenPgpError> {
        let kinds = [tag::ONE_PASS_SIGNATURE, tag::LITERAL, tag::SIGNATURE];
        let [one_pass, literal, signature] = sequence(bytes, kinds)?;
        let signature = read_signature(&signature.body).ok_or(DAMAGED)?;
        let one_pass = read_one_pass(&one_pass).ok_or(DAMAGED)?;
        // Its last octet tells whether another one-pass signature follows. Some writers set it wrongly; it is
        // ignored, since the packet kinds allow only one.
        if !one_pass.matches(&signature) {
            return Err(OpenPgpError::Malformed(
                "the one-pass signature announces another signature",
            ));
        }
        let announced = issuer(&one_pass).ok_or(DAMAGED)?;
        let payload = literal_data(&literal).ok_or(DAMAGED)?;
        if payload.len() > max_payload {
            return Err(OpenPgpError::TooLong(max_payload));
        }
        Ok(Self {
            signature,
            payload: Some(payload.to_vec()),
            announced: Some(announced),
        })
    }

    /// Whether all key ids in the message are those of a key.
    pub(super) fn names(&self, key: &Key) -> bool {
        key.is_issuer(&self.signature)
            && self
                .announced
                .is_none_or(|announced| announced == key.packet.legacy_key_id())
    }
}

const DAMAGED: OpenPgpError = OpenPgpError::Malformed("a packet is damaged");
const UNEXPECTED: OpenPgpError = OpenPgpError::Malformed(
    "expected one one-pass signature, one literal packet and one signature, or a signature alone",
);

/// Returns the packets if they are of exactly these kinds in this order.
fn sequence<const N: usize>(bytes: &[u8], kinds: [u8; N]) -> Result<[Packet<'_>; N], OpenPgpError> {
    let one_more = N.saturating_add(1);
    let packets: Result<Vec<_>, _> = Packets::of(bytes).take(one_more).collect();
    let packets = packets.map_err(|_| DAMAGED)?;
    packets
        .try_into()
        .ok()
        .filter(|packets: &[Packet<'_>; N]| packets.each_ref().map(|packet| packet.tag) == kinds)
        .ok_or(UNEXPECTED)
}

fn read_one_pass(packet: &Packet<'_>) -> Option<OnePassSignature> {
    let mut rest = &*packet.body;
    let header = PacketHeader::new_fixed(Tag::OnePassSignature, 0);
    let one_pass = OnePassSignature::try_from_reader(header, &mut rest).ok()?;
    rest.is_empty().then_some(one_pass)
}

fn issuer(one_pass: &OnePassSignature) -> Option<KeyId> {
    match one_pass.version_specific() {
        OpsVersionSpecific::V3 { key_id } => Some(*key_id),
        _ => None,
    }
}

/// Returns the data after format, file name and date, which are not signed (section 5.9).
fn literal_data<'a>(packet: &'a Packet<'_>) -> Option<&'a [u8]> {
    let [_, name_length, rest @ ..] = &*packet.body else {
        return None;
    };
    rest.get(usize::from(*name_length)..)?.get(4..)
}

/// Decompresses at most as much as the maximum payload needs (section 5.6), and only the beginning of a message
/// of another key.
fn unpack(
    packet: &Packet<'_>,
    is_ours: impl Fn(KeyId) -> bool,
    context: &VerificationContext,
) -> Result<Vec<u8>, OpenPgpError> {
    if !matches!(packet.body.first(), Some(0..=2)) {
        return Err(OpenPgpError::FormatUnsupported("this compression"));
    }
    let max_payload = context.max_payload;
    let limit = max_payload.saturating_add(MAX_AROUND_PAYLOAD);
    let mut reader = Decompressor::from_reader(&*packet.body).map_err(|_| PACKED_DAMAGED)?;
    let mut bytes = Vec::new();
    let mut unpack_part = |bytes: &mut Vec<u8>| {
        context.meter.unpack(PART)?;
        let mut part = reader.by_ref().take(PART_LENGTH);
        let read = part.read_to_end(bytes).map_err(|_| PACKED_DAMAGED)?;
        Ok::<_, OpenPgpError>(read == PART)
    };
    let mut is_more = unpack_part(&mut bytes)?;
    let announced = Packets::of(&bytes).next().and_then(Result::ok);
    let announced = announced.filter(|packet| packet.tag == tag::ONE_PASS_SIGNATURE);
    let announced = announced.as_ref().ok_or(UNEXPECTED)?;
    let announced = read_one_pass(announced).ok_or(DAMAGED)?;
    if !issuer(&announced).is_some_and(is_ours) {
        return Err(OpenPgpError::BadSignature);
    }
    while is_more {
        if bytes.len() >= limit {
            return Err(OpenPgpError::TooLong(max_payload));
        }
        is_more = unpack_part(&mut bytes)?;
    }
    if !reader.into_inner().is_empty() {
        return Err(PACKED_DAMAGED);
    }
    Ok(bytes)
}

const PACKED_DAMAGED: OpenPgpError = OpenPgpError::Malformed("its compressed data is damaged");

/// Bytes decompressed at a time
const PART: usize = 4 << 10;
const PART_LENGTH: u64 = 4 << 10;

/// Limit on everything but the payload: two signature packets, a file name, and lengths; a subpacket area has
/// at most 64 KiB
const MAX_AROUND_PAYLOAD: usize = 256 << 10;
