use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::packet::{Packets, tag};
use super::*;
use crate::Budget;

macro_rules! vector {
    ($($name:literal)+) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/openpgp/vectors/", $($name),+))
    };
}

const PAYLOAD: &[u8] = vector!("payload.json").as_bytes();
const MAX: usize = 1 << 20;

/// Midnight of a day of 2024, the year of the vectors.
#[expect(clippy::arithmetic_side_effects, reason = "the days of one spring")]
fn day(month: usize, day: u64) -> u64 {
    let before = [0, 31, 60][month - 1];
    1_704_067_200 + (before + day - 1) * 86_400
}

/// 15 March 2024, when the vectors had been made.
const NOW: Option<u64> = Some(1_710_460_800);

fn certificate(text: &str) -> Certificate {
    load(text).unwrap()
}

/// Reads a certificate, and verifies its own signatures.
fn load(text: &str) -> Result<Certificate, CertificateError> {
    let certificate = Certificate::from_armor(text)?;
    match certificate.check(&Meter::new(&Budget::DEFAULT)) {
        Ok(()) => Ok(certificate),
        Err(NotBound::Certificate(error)) => Err(error),
        Err(NotBound::Exhausted(_)) => panic!("a key costs more than a request may"),
    }
}

fn context(now: Option<u64>, max_payload: usize) -> VerificationContext {
    VerificationContext {
        meter: Meter::new(&Budget::DEFAULT),
        now: now.map(|now| Time::from_unix(now).unwrap()),
        max_payload,
    }
}

impl Certificate {
    fn verify_at<'p>(
        &self,
        payload: &'p [u8],
        signature: &[u8],
        now: Option<u64>,
        max_payload: usize,
    ) -> Result<Cow<'p, [u8]>, OpenPgpError> {
        self.verify(payload, signature, &context(now, max_payload))
    }

    /// The keys, once its own signatures have been verified.
    fn verified(&self) -> &Bound {
        self.bound.get().unwrap().as_ref().unwrap()
    }
}

fn verify(key: &str, signature: &str, now: Option<u64>) -> Result<(), OpenPgpError> {
    let verified = certificate(key).verify_at(PAYLOAD, signature.as_bytes(), now, MAX)?;
    assert_eq!(verified, PAYLOAD);
    Ok(())
}

/// By the key of most forms.
fn verify_form(signature: &str) -> Result<(), OpenPgpError> {
    verify(vector!("ed25519.key.asc"), signature, NOW)
}

type Parts = Vec<(u8, Vec<u8>)>;

fn take_apart(armored: &str) -> (&str, Parts) {
    let (label, bytes) = armor::decode(armored).unwrap();
    (label, parts(&bytes))
}

fn parts(bytes: &[u8]) -> Parts {
    Packets::of(bytes)
        .map(|packet| packet.unwrap())
        .map(|packet| (packet.tag, packet.body.into_owned()))
        .collect()
}

fn join(parts: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut bytes = vec![];
    for (tag, body) in parts {
        bytes.extend([0xc0 | tag, 255]);
        bytes.extend(u32::try_from(body.len()).unwrap().to_be_bytes());
        bytes.extend(body);
    }
    bytes
}

fn armor(label: &str, bytes: &[u8]) -> String {
    let body = STANDARD.encode(bytes);
    format!("-----BEGIN PGP {label}-----\n\n{body}\n-----END PGP {label}-----\n")
}

/// Changes the packets of a certificate.
fn changed_key(armored: &str, change: impl FnOnce(&mut Parts)) -> String {
    let (label, mut parts) = take_apart(armored);
    change(&mut parts);
    armor(label, &join(&parts))
}

/// An uncompressed message with its packets changed.
fn changed_message(change: impl FnOnce(&mut Parts)) -> String {
    changed_key(vector!("form.uncompressed.asc"), change)
}

mod certificate;
mod damage;
mod message;
mod public_key;
mod standing;
mod validity;
