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

/// What was sent as a signature, unverified
#[derive(Debug)]
pub(super) struct Message {
    pub(super) signature: Signature,
    /// Absent where the signature is detached
    pub(super) payload: Option<Vec<u8>>,
    /// As announced before the payload
    announced: Option<KeyId>,
}

impl Message {
    pub(super) fn read(armored: &[u8], max_payload: usize) -> Result<Self, OpenPgpError> {
        let text = core::str::from_utf8(armored).unwrap_or_default();
        if text.starts_with("-----BEGIN PGP SIGNED MESSAGE-----") {
            return Err(OpenPgpError::FormatUnsupported("clear-signed text"));
        }
        match armor::decode(text) {
            Some(("MESSAGE", bytes)) => Self::read_attached(&bytes, max_payload),
            Some(("SIGNATURE", bytes)) => {
                let [signature] = sequence(&bytes, [tag::SIGNATURE])?;
                Ok(Self {
                    signature: read_signature(&signature.body).ok_or(DAMAGED)?,
                    payload: None,
                    announced: None,
                })
            }
            _ => Err(OpenPgpError::Malformed(
                "expected one block `PGP MESSAGE` or `PGP SIGNATURE` and nothing around it",
            )),
        }
    }

    fn read_attached(bytes: &[u8], max_payload: usize) -> Result<Self, OpenPgpError> {
        match sequence(bytes, [tag::COMPRESSED]) {
            Ok([packet]) => Self::read_signed(&decompress(&packet, max_payload)?, max_payload),
            Err(_) => Self::read_signed(bytes, max_payload),
        }
    }

    fn read_signed(bytes: &[u8], max_payload: usize) -> Result<Self, OpenPgpError> {
        let kinds = [tag::ONE_PASS_SIGNATURE, tag::LITERAL, tag::SIGNATURE];
        let [one_pass, literal, signature] = sequence(bytes, kinds)?;
        let signature = read_signature(&signature.body).ok_or(DAMAGED)?;
        let one_pass = read_one_pass(&one_pass).ok_or(DAMAGED)?;
        if one_pass.is_nested() || !one_pass.matches(&signature) {
            return Err(OpenPgpError::Malformed("another signature was announced"));
        }
        let OpsVersionSpecific::V3 { key_id } = one_pass.version_specific() else {
            return Err(DAMAGED);
        };
        let payload = literal_data(&literal).ok_or(DAMAGED)?;
        if payload.len() > max_payload {
            return Err(OpenPgpError::TooLong(max_payload));
        }
        Ok(Self {
            signature,
            payload: Some(payload.to_vec()),
            announced: Some(*key_id),
        })
    }

    /// Whether the message names a key as its signer, everywhere where it names one.
    pub(super) fn names(&self, key: &Key) -> bool {
        key.is_issuer(&self.signature)
            && self
                .announced
                .is_none_or(|announced| announced == key.packet.legacy_key_id())
    }
}

const DAMAGED: OpenPgpError = OpenPgpError::Malformed("a packet is damaged");

/// The packets of these kinds, in this order and no others.
fn sequence<const N: usize>(bytes: &[u8], kinds: [u8; N]) -> Result<[Packet<'_>; N], OpenPgpError> {
    let one_more = N.saturating_add(1);
    let packets: Result<Vec<_>, _> = Packets::of(bytes).take(one_more).collect();
    let packets = packets.map_err(|_| DAMAGED)?;
    packets
        .try_into()
        .ok()
        .filter(|packets: &[Packet<'_>; N]| packets.each_ref().map(|packet| packet.tag) == kinds)
        .ok_or(OpenPgpError::Malformed(
            "expected one one-pass signature, one literal packet and one signature, or a signature alone",
        ))
}

fn read_one_pass(packet: &Packet<'_>) -> Option<OnePassSignature> {
    let mut rest = &*packet.body;
    let header = PacketHeader::new_fixed(Tag::OnePassSignature, 0);
    let one_pass = OnePassSignature::try_from_reader(header, &mut rest).ok()?;
    rest.is_empty().then_some(one_pass)
}

/// What follows format, file name and date, none of which is signed (section 5.9).
fn literal_data<'a>(packet: &'a Packet<'_>) -> Option<&'a [u8]> {
    let [_, name_length, rest @ ..] = &*packet.body else {
        return None;
    };
    rest.get(usize::from(*name_length)..)?.get(4..)
}

/// Unpacks no more than a payload of the allowed length can need (section 5.6).
fn decompress(packet: &Packet<'_>, max_payload: usize) -> Result<Vec<u8>, OpenPgpError> {
    const DAMAGED: OpenPgpError = OpenPgpError::Malformed("its compressed data is damaged");
    if !matches!(packet.body.first(), Some(0..=2)) {
        return Err(OpenPgpError::FormatUnsupported("this compression"));
    }
    let limit = max_payload.saturating_add(MAX_AROUND_PAYLOAD);
    let limit = u64::try_from(limit).unwrap_or(u64::MAX);
    let mut reader = Decompressor::from_reader(&*packet.body)
        .map_err(|_| DAMAGED)?
        .take(limit);
    let mut bytes = Vec::new();
    reader.read_to_end(&mut bytes).map_err(|_| DAMAGED)?;
    if reader.limit() == 0 {
        return Err(OpenPgpError::TooLong(max_payload));
    }
    if !reader.into_inner().into_inner().is_empty() {
        return Err(DAMAGED);
    }
    Ok(bytes)
}

/// Two packets of signatures, a file name, and lengths: each subpacket area has at most 64 KiB.
const MAX_AROUND_PAYLOAD: usize = 256 << 10;
