//! Packets: headers and lengths (RFC 9580, section 4.2). Memory is allocated only for existing bytes, never for a
//! stated length.

use alloc::borrow::Cow;

use pgp::packet::{PacketHeader, Signature};
use pgp::types::Tag;

/// Packet types (section 5)
pub(super) mod tag {
    pub(in crate::openpgp) const SIGNATURE: u8 = 2;
    pub(in crate::openpgp) const ONE_PASS_SIGNATURE: u8 = 4;
    pub(in crate::openpgp) const SECRET_KEY: u8 = 5;
    pub(in crate::openpgp) const PUBLIC_KEY: u8 = 6;
    pub(in crate::openpgp) const SECRET_SUBKEY: u8 = 7;
    pub(in crate::openpgp) const COMPRESSED: u8 = 8;
    pub(in crate::openpgp) const LITERAL: u8 = 11;
    pub(in crate::openpgp) const USER_ID: u8 = 13;
    pub(in crate::openpgp) const PUBLIC_SUBKEY: u8 = 14;
    pub(in crate::openpgp) const USER_ATTRIBUTE: u8 = 17;
}

/// One packet, without its lengths
#[derive(Debug)]
pub(super) struct Packet<'a> {
    pub(super) tag: u8,
    pub(super) body: Cow<'a, [u8]>,
}

/// Iterates over packets; ends after the first malformed one
#[derive(Debug)]
pub(super) struct Packets<'a> {
    rest: &'a [u8],
}

/// A header or a length that does not fit the bytes
#[derive(Debug)]
pub(super) struct BadLength;

impl<'a> Packets<'a> {
    pub(super) const fn of(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Returns the bytes that have not been read.
    pub(super) const fn rest(&self) -> &'a [u8] {
        self.rest
    }
}

impl<'a> Iterator for Packets<'a> {
    type Item = Result<Packet<'a>, BadLength>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let packet = read(&mut self.rest);
        if packet.is_none() {
            self.rest = &[];
        }
        Some(packet.ok_or(BadLength))
    }
}

fn read<'a>(rest: &mut &'a [u8]) -> Option<Packet<'a>> {
    let header = *rest.split_off_first()?;
    match header & 0b1100_0000 {
        0b1100_0000 => {
            let tag = header & 0b0011_1111;
            read_body(rest, is_data(tag)).map(|body| Packet { tag, body })
        }
        0b1000_0000 => {
            let tag = (header & 0b0011_1100) >> 2;
            read_legacy_body(rest, header & 0b11, is_data(tag)).map(|body| Packet { tag, body })
        }
        _ => None,
    }
}

/// Whether a packet contains data; only those may have partial or no lengths (section 4.2.1.4).
const fn is_data(tag: u8) -> bool {
    matches!(tag, tag::COMPRESSED | tag::LITERAL)
}

fn read_body<'a>(rest: &mut &'a [u8], is_data: bool) -> Option<Cow<'a, [u8]>> {
    let mut body: Cow<'_, [u8]> = Cow::default();
    loop {
        let (length, is_last) = match *rest.split_off_first()? {
            first @ 0..=191 => (usize::from(first), true),
            first @ 192..=223 => {
                let pair = [first.checked_sub(192)?, *rest.split_off_first()?];
                (
                    usize::from(u16::from_be_bytes(pair)).checked_add(192)?,
                    true,
                )
            }
            first @ 224..=254 => (1_usize.checked_shl((first & 0x1f).into())?, false),
            255 => (read_number::<4>(rest)?, true),
        };
        let part = rest.split_off(..length)?;
        if body.is_empty() {
            body = Cow::Borrowed(part);
        } else {
            body.to_mut().extend_from_slice(part);
        }
        if is_last {
            return Some(body);
        }
        if !is_data {
            return None;
        }
    }
}

fn read_legacy_body<'a>(
    rest: &mut &'a [u8],
    length_type: u8,
    is_data: bool,
) -> Option<Cow<'a, [u8]>> {
    let length = match length_type {
        0 => read_number::<1>(rest)?,
        1 => read_number::<2>(rest)?,
        2 => read_number::<4>(rest)?,
        _ if is_data => rest.len(),
        _ => return None,
    };
    rest.split_off(..length).map(Cow::Borrowed)
}

fn read_number<const N: usize>(rest: &mut &[u8]) -> Option<usize> {
    let bytes = rest.split_off(..N)?;
    let number = bytes
        .iter()
        .fold(0, |sum, byte| sum << 8 | u32::from(*byte));
    usize::try_from(number).ok()
}

/// Reads the body of a signature packet.
pub(super) fn read_signature(body: &[u8]) -> Option<Signature> {
    let mut rest = body;
    let header = PacketHeader::new_fixed(Tag::Signature, 0);
    let signature = Signature::try_from_reader(header, &mut rest).ok()?;
    rest.is_empty().then_some(signature)
}
