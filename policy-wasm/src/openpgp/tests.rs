use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pgp::packet::{PacketHeader, Signature};
use pgp::ser::Serialize as _;
use pgp::types::Tag;

use super::packet::{Packets, tag};
use super::*;

macro_rules! vector {
    ($($name:literal)+) => {
        include_str!(concat!("vectors/", $($name),+))
    };
}

const PAYLOAD: &[u8] = vector!("payload.json").as_bytes();
const MAX: usize = 1 << 20;

/// Midnight of a day of 2024, the year of the vectors.
fn day(month: usize, day: u64) -> u64 {
    let before = [0, 31, 60][month - 1];
    1_704_067_200 + (before + day - 1) * 86_400
}

/// 15 March 2024, when the vectors had been made.
const NOW: Option<u64> = Some(1_710_460_800);

fn certificate(text: &str) -> Certificate {
    Certificate::from_armor(text).unwrap()
}

fn verify(key: &str, signature: &str, now: Option<u64>) -> Result<(), OpenPgpError> {
    let verified = certificate(key).verify(PAYLOAD, signature.as_bytes(), now, MAX)?;
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

/// The same certificate with its packets changed.
fn changed_key(armored: &str, change: impl FnOnce(&mut Parts)) -> String {
    let (label, mut parts) = take_apart(armored);
    change(&mut parts);
    armor(label, &join(&parts))
}

/// An uncompressed message with its packets changed.
fn changed_message(change: impl FnOnce(&mut Parts)) -> String {
    changed_key(vector!("form.uncompressed.asc"), change)
}

#[test]
fn the_vectors_of_the_specification_verify() {
    let key = certificate(vector!("spec.key.asc"));
    assert_eq!(key.id(), "9956D71937B173A943FBD9163F3BA57A644DFE65");
    for signature in [vector!("spec.attached.asc"), vector!("spec.detached.asc")] {
        let verified = key.verify(PAYLOAD, signature.as_bytes(), None, MAX);
        assert_eq!(verified.unwrap(), PAYLOAD);
    }
}

#[test]
fn each_kind_of_key_verifies_attached_and_detached() {
    macro_rules! check {
        ($($kind:literal)*) => {$(
            let key = vector!($kind ".key.asc");
            for signature in [
                vector!($kind ".attached.asc"),
                vector!($kind ".detached.asc"),
            ] {
                assert_eq!(verify(key, signature, NOW), Ok(()), $kind);
                assert_eq!(verify(key, signature, None), Ok(()), $kind);
            }
        )*};
    }
    check!("rsa3072" "nistp256" "nistp384" "nistp521" "ed25519");
    let rfc9580 = vector!("rfc9580.key.asc");
    let late = Some(u32::MAX.into());
    assert_eq!(
        verify(rfc9580, vector!("rfc9580.attached.asc"), late),
        Ok(())
    );
}

#[test]
fn an_attached_payload_stands_for_an_empty_one_and_must_equal_any_other() {
    let key = certificate(vector!("spec.key.asc"));
    let attached = vector!("spec.attached.asc").as_bytes();
    assert_eq!(key.verify(b"", attached, None, MAX).unwrap(), PAYLOAD);
    for other in [&PAYLOAD[1..], b"{}", &[PAYLOAD, b"\n"].concat()] {
        let result = key.verify(other, attached, None, MAX);
        assert_eq!(result, Err(OpenPgpError::PayloadMismatch));
    }
}

#[test]
fn a_detached_signature_is_over_the_payload_byte_for_byte() {
    let key = certificate(vector!("spec.key.asc"));
    let detached = vector!("spec.detached.asc").as_bytes();
    for other in [&PAYLOAD[1..], b"{}", &[PAYLOAD, b"\n"].concat()] {
        let result = key.verify(other, detached, None, MAX);
        assert_eq!(result, Err(OpenPgpError::BadSignature));
    }
    let nothing = key.verify(b"", detached, None, MAX);
    assert!(matches!(nothing, Err(OpenPgpError::Malformed(_))));
}

#[test]
fn a_key_verifies_no_signature_of_another() {
    let other = vector!("spec.key.asc");
    for signature in [
        vector!("ed25519.attached.asc"),
        vector!("ed25519.detached.asc"),
    ] {
        assert_eq!(
            verify(other, signature, NOW),
            Err(OpenPgpError::BadSignature)
        );
    }
}

#[test]
fn compression_and_lengths_of_every_kind_are_read() {
    for form in [
        vector!("form.zip.asc"),
        vector!("form.zlib.asc"),
        vector!("form.uncompressed.asc"),
    ] {
        assert_eq!(verify_form(form), Ok(()));
    }
    let (label, mut parts) = take_apart(vector!("form.uncompressed.asc"));
    let whole = join(&parts);
    let stored = [&[0_u8][..], &whole].concat();
    assert_eq!(
        verify_form(&armor(label, &join(&[(tag::COMPRESSED, stored)]))),
        Ok(())
    );

    let (signature, literal) = (parts.pop().unwrap(), parts.pop().unwrap().1);
    let mut partial = join(&parts);
    partial.push(0xc0 | tag::LITERAL);
    partial.push(0xe0 | 8);
    partial.extend(&literal[..256]);
    partial.push(0xe0);
    partial.push(literal[256]);
    partial.push(u8::try_from(literal.len() - 257).unwrap());
    partial.extend(&literal[257..]);
    partial.extend(join(&[signature]));
    assert_eq!(verify_form(&armor(label, &partial)), Ok(()));
}

#[test]
fn only_data_comes_in_parts_or_without_a_length() {
    let (label, bytes) = armor::decode(vector!("ed25519.detached.asc")).unwrap();
    let body = &parts(&bytes)[0].1;
    let in_parts = [&[0xc2, 0xe0][..], &body[..1], &[116], &body[1..]].concat();
    let unlimited = [&[0x8b], &body[..]].concat();
    for bytes in [in_parts, unlimited] {
        let result = verify_form(&armor(label, &bytes));
        assert!(
            matches!(result, Err(OpenPgpError::Malformed(_))),
            "{result:?}"
        );
    }
}

#[test]
fn what_unpacks_to_more_than_a_payload_may_have_is_too_long() {
    let key = certificate(vector!("ed25519.key.asc"));
    let bomb = vector!("form.bomb.asc").as_bytes();
    let whole = key.verify(b"", bomb, NOW, 4 << 20).unwrap();
    assert_eq!(whole.len(), 4 << 20);
    for max in [0, MAX, (4 << 20) - 1] {
        let result = key.verify(b"", bomb, NOW, max);
        assert_eq!(result, Err(OpenPgpError::TooLong(max)));
    }
    let plain = vector!("form.uncompressed.asc").as_bytes();
    let max = PAYLOAD.len() - 1;
    let result = key.verify(PAYLOAD, plain, NOW, max);
    assert_eq!(result, Err(OpenPgpError::TooLong(max)));
}

#[test]
fn other_forms_of_messages_are_refused() {
    let unsupported = |form| matches!(verify_form(form), Err(OpenPgpError::FormatUnsupported(_)));
    assert!(unsupported(vector!("form.clear.asc")));
    assert!(unsupported(vector!("form.bzip2.asc")));
    let malformed = |form: &str| matches!(verify_form(form), Err(OpenPgpError::Malformed(_)));
    assert!(malformed(vector!("form.two.asc")));
    assert!(malformed(vector!("form.two-detached.asc")));
    assert!(malformed(vector!("form.encrypted.asc")));
    assert!(malformed(vector!("ed25519.key.asc")));
    assert!(malformed("no armour"));
    assert!(malformed(""));
    assert!(malformed(&changed_message(|parts| parts.swap(1, 2))));
    assert!(malformed(&changed_message(|parts| drop(parts.pop()))));
    assert!(malformed(&changed_message(
        |parts| parts.push(parts[2].clone())
    )));
    assert!(malformed(&changed_message(Vec::clear)));
    // A signature before what it signs, as it was done before one-pass signatures.
    assert!(malformed(&changed_message(|parts| {
        parts.remove(0);
        parts.reverse();
    })));
    // The last octet says whether more signatures follow.
    assert!(malformed(&changed_message(|parts| parts[0].1[12] = 0)));
    // Compressed twice.
    let (label, bytes) = armor::decode(vector!("form.zip.asc")).unwrap();
    let twice = join(&[(tag::COMPRESSED, [&[0_u8][..], &bytes].concat())]);
    assert!(malformed(&armor(label, &twice)));
}

#[test]
fn text_signatures_and_broken_hashes_do_not_count() {
    let text = certificate(vector!("ed25519.key.asc"));
    let result = text.verify(b"", vector!("form.text.asc").as_bytes(), NOW, MAX);
    assert_eq!(result, Err(OpenPgpError::BadSignature));
    let check = |signature| verify(vector!("rsa3072.key.asc"), signature, NOW);
    assert_eq!(
        check(vector!("form.sha1.asc")),
        Err(OpenPgpError::BadSignature)
    );
    assert_eq!(check(vector!("form.sha224.asc")), Ok(()));
}

#[test]
fn what_is_critical_must_be_understood() {
    assert_eq!(verify_form(vector!("form.notation.asc")), Ok(()));
    let critical = verify_form(vector!("form.critical.asc"));
    assert_eq!(critical, Err(OpenPgpError::BadSignature));
}

#[test]
fn every_issuer_that_is_named_must_be_the_signer() {
    let announced = changed_message(|parts| parts[0].1[4] ^= 1);
    assert_eq!(verify_form(&announced), Err(OpenPgpError::BadSignature));
    let unhashed = changed_message(|parts| {
        let signature = &mut parts[2].1;
        let id = signature
            .windows(3)
            .position(|bytes| bytes == [0, 10, 9])
            .unwrap();
        signature[id + 4] ^= 1;
    });
    assert_eq!(verify_form(&unhashed), Err(OpenPgpError::BadSignature));
}

#[test]
fn a_key_is_valid_from_its_creation_until_it_expires() {
    let key = vector!("expiring.key.asc");
    let check = |now| verify(key, vector!("expiring.attached.asc"), now);
    assert_eq!(check(Some(day(2, 1))), Ok(()));
    assert_eq!(check(Some(day(3, 1) - 1)), Ok(()));
    let expired = OpenPgpError::KeyNotValid("has expired");
    assert_eq!(check(Some(day(3, 1))), Err(expired));
    assert_eq!(check(NOW), Err(expired));
    assert_eq!(check(None), Err(OpenPgpError::ClockUnavailable));
    let key = &certificate(key).primary;
    assert_eq!(key.check(Some(day(1, 1))), Ok(()));
    let early = OpenPgpError::KeyNotValid("is not valid yet");
    assert_eq!(key.check(Some(day(1, 1) - 1)), Err(early));
}

#[test]
fn the_latest_self_signature_decides_wherever_it_stands() {
    let signature = |key| take_apart(key).1.swap_remove(2);
    let extended = signature(vector!("expiring-extended.key.asc"));
    let shortened = signature(vector!("expiring-shortened.key.asc"));
    let check = |signatures: &[&(u8, Vec<u8>)], now| {
        let key = changed_key(vector!("expiring.key.asc"), |parts| {
            parts.extend(signatures.iter().map(|&signature| signature.clone()));
        });
        verify(&key, vector!("expiring.attached.asc"), now)
    };
    let expired = Err(OpenPgpError::KeyNotValid("has expired"));
    assert_eq!(check(&[&extended], NOW), Ok(()));
    assert_eq!(check(&[&extended], None), Ok(()));
    for both in [[&extended, &shortened], [&shortened, &extended]] {
        assert_eq!(check(&both, Some(day(2, 25) - 1)), Ok(()));
        assert_eq!(check(&both, Some(day(2, 25))), expired);
        // Before it was made, the one before it decides.
        assert_eq!(check(&both, Some(day(2, 15))), Ok(()));
    }
}

#[test]
fn revoked_keys_do_not_count() {
    let revoked = Err(OpenPgpError::KeyNotValid("is revoked"));
    let (key, signature) = (vector!("revoked.key.asc"), vector!("revoked.attached.asc"));
    assert_eq!(verify(key, signature, NOW), revoked);
    assert_eq!(verify(key, signature, None), revoked);
    let last = changed_key(key, |parts| {
        let revocation = parts.remove(1);
        parts.push(revocation);
    });
    assert_eq!(verify(&last, signature, NOW), revoked);
    let none = changed_key(key, |parts| drop(parts.remove(1)));
    assert_eq!(verify(&none, signature, NOW), Ok(()), "it alone revokes");
    let subkey = vector!("subkey-revoked.key.asc");
    assert_eq!(verify(subkey, vector!("subkey.attached.asc"), NOW), revoked);
}

#[test]
fn a_damaged_revocation_is_not_passed_over() {
    for position in [1, 10, 60, 119] {
        let damaged = changed_key(vector!("revoked.key.asc"), |parts| {
            parts[1].1[position] ^= 1;
        });
        assert!(Certificate::from_armor(&damaged).is_err(), "{position}");
    }
}

#[test]
fn a_revocation_by_another_key_is_not_passed_over() {
    let revoked = changed_key(vector!("ed25519.key.asc"), |parts| {
        parts.push(take_apart(vector!("revoked.key.asc")).1.swap_remove(1));
    });
    let error = Certificate::from_armor(&revoked).unwrap_err();
    assert_eq!(
        error,
        CertificateError::Unsupported("a revocation by another key")
    );
}

#[test]
fn a_signing_subkey_counts_as_its_primary_key() {
    let (key, signature) = (vector!("subkey.key.asc"), vector!("subkey.attached.asc"));
    assert_eq!(verify(key, signature, NOW), Ok(()));
    assert_eq!(verify(key, signature, None), Ok(()));
    let key = certificate(key);
    assert_eq!(
        key.materials().count(),
        2,
        "the one for encryption is not read"
    );
    assert_eq!(
        key.primary.check_signature(statement(signature), NOW),
        NOT_FOR_SIGNING
    );
}

const NOT_FOR_SIGNING: Result<(), OpenPgpError> =
    Err(OpenPgpError::KeyNotValid("is not for signing"));

fn statement(signature: &str) -> Statement {
    let message = Message::read(signature.as_bytes(), MAX).unwrap();
    Statement::of(&message.signature).unwrap()
}

#[test]
fn a_signing_subkey_needs_its_own_consent() {
    let signature = vector!("subkey.attached.asc");
    let without = changed_key(vector!("subkey.key.asc"), |parts| {
        let body = &mut parts[4].1;
        let header = PacketHeader::new_fixed(Tag::Signature, u32::try_from(body.len()).unwrap());
        let mut binding = Signature::try_from_reader(header, &**body).unwrap();
        assert!(binding.embedded_signature().is_some());
        for position in (0..2).rev() {
            binding.unhashed_subpacket_remove(position).unwrap();
        }
        *body = binding.to_bytes().unwrap();
    });
    assert_eq!(verify(&without, signature, NOW), NOT_FOR_SIGNING);
    let another = changed_key(vector!("subkey.key.asc"), |parts| {
        let other = take_apart(vector!("subkey-expiring.key.asc")).1;
        let embedded = |body: &[u8]| body.windows(3).position(|bytes| bytes == [32, 4, 0x19]);
        let (from, to) = (
            embedded(&other[4].1).unwrap(),
            embedded(&parts[4].1).unwrap(),
        );
        parts[4].1[to..to + 110].copy_from_slice(&other[4].1[from..from + 110]);
    });
    assert_eq!(verify(&another, signature, NOW), NOT_FOR_SIGNING);
}

#[test]
fn a_subkey_needs_the_binding_of_its_primary_key() {
    let unbound = changed_key(vector!("subkey.key.asc"), |parts| drop(parts.remove(4)));
    let result = verify(&unbound, vector!("subkey.attached.asc"), NOW);
    let reason = "is not bound by its own signature";
    assert_eq!(result, Err(OpenPgpError::KeyNotValid(reason)));
    let foreign = changed_key(vector!("ed25519.key.asc"), |parts| {
        parts.extend_from_slice(&take_apart(vector!("subkey.key.asc")).1[3..5]);
    });
    let result = verify(&foreign, vector!("subkey.attached.asc"), NOW);
    assert_eq!(result, Err(OpenPgpError::KeyNotValid(reason)));
}

#[test]
fn a_subkey_expires_on_its_own() {
    let key = vector!("subkey-expiring.key.asc");
    let check = |now| verify(key, vector!("subkey-expiring.attached.asc"), now);
    assert_eq!(check(Some(day(2, 20) - 1)), Ok(()));
    let expired = OpenPgpError::KeyNotValid("has expired");
    assert_eq!(check(Some(day(2, 20))), Err(expired));
    assert_eq!(check(None), Err(OpenPgpError::ClockUnavailable));
}

#[test]
fn a_subkey_ends_with_its_primary_key() {
    let mut key = certificate(vector!("subkey.key.asc"));
    key.primary.is_revoked = true;
    let result = key.verify(PAYLOAD, vector!("subkey.attached.asc").as_bytes(), NOW, MAX);
    assert_eq!(result, Err(OpenPgpError::KeyNotValid("is revoked")));
}

#[test]
fn a_key_that_may_not_sign_does_not_count() {
    let (key, signature) = (vector!("retired.key.asc"), vector!("retired.attached.asc"));
    assert_eq!(verify(key, signature, NOW), NOT_FOR_SIGNING);
    assert_eq!(verify(key, signature, None), NOT_FOR_SIGNING);
}

#[test]
fn a_revoked_name_says_nothing_of_the_key() {
    let key = vector!("names.key.asc");
    assert_eq!(verify(key, vector!("names.attached.asc"), NOW), Ok(()));
    let only_revoked = changed_key(key, |parts| drop(parts.drain(1..4)));
    let error = Certificate::from_armor(&only_revoked).unwrap_err();
    assert_eq!(
        error,
        CertificateError::Malformed("no signature of its own that stands")
    );
}

#[test]
fn a_signature_is_made_and_ends_within_the_life_of_its_key() {
    let check = |now| {
        verify(
            vector!("ed25519.key.asc"),
            vector!("form.ten-days.asc"),
            now,
        )
    };
    assert_eq!(check(Some(day(2, 1))), Ok(()));
    assert_eq!(check(Some(day(2, 11) - 1)), Ok(()));
    let expired = OpenPgpError::SignatureNotValid("has expired");
    assert_eq!(check(Some(day(2, 11))), Err(expired));
    assert_eq!(check(None), Err(OpenPgpError::ClockUnavailable));
    let early = OpenPgpError::SignatureNotValid("is not valid yet");
    assert_eq!(check(Some(day(2, 1) - 1)), Err(early));
    let before = OpenPgpError::SignatureNotValid("is older than its key");
    assert_eq!(verify_form(vector!("form.before.asc")), Err(before));
}

#[test]
fn weak_and_foreign_kinds_of_keys_are_refused() {
    for key in [
        vector!("refused.rsa1024.key.asc"),
        vector!("refused.dsa2048.key.asc"),
        vector!("refused.secp256k1.key.asc"),
        vector!("refused.brainpoolP256r1.key.asc"),
        vector!("sha1.key.asc"),
    ] {
        let error = Certificate::from_armor(key).unwrap_err();
        assert!(matches!(error, CertificateError::Unsupported(_)), "{error}");
    }
    let later = changed_key(vector!("ed25519.key.asc"), |parts| parts[0].1[0] = 6);
    let error = Certificate::from_armor(&later).unwrap_err();
    assert_eq!(error, CertificateError::Unsupported("not of version 4"));
}

#[test]
fn a_key_that_is_bound_with_a_broken_hash_can_be_bound_again() {
    let renewed = changed_key(vector!("sha1.key.asc"), |parts| {
        parts.push(take_apart(vector!("sha1-renewed.key.asc")).1.swap_remove(2));
    });
    let check = |now| verify(&renewed, vector!("sha1.attached.asc"), Some(now));
    assert_eq!(check(day(2, 15)), Ok(()));
    let reason = "is bound by a signature with a broken hash";
    assert_eq!(
        check(day(2, 15) - 1),
        Err(OpenPgpError::KeyNotValid(reason))
    );
}

#[test]
fn a_certificate_is_one_public_key_and_nothing_else() {
    let key = vector!("ed25519.key.asc");
    let retagged = |tag| changed_key(key, |parts| parts[0].0 = tag);
    for (text, reason) in [
        (vector!("refused.two.key.asc").to_string(), "several keys"),
        (key.replace("PUBLIC", "PRIVATE"), "a private key"),
        (retagged(tag::SECRET_KEY), "no public key"),
        (
            changed_key(key, |parts| parts.push((tag::SECRET_SUBKEY, vec![4]))),
            "a private key",
        ),
        (
            changed_key(key, |parts| parts.push((12, vec![0]))),
            "a packet that no key has",
        ),
        (
            changed_key(key, |parts| drop(parts.pop())),
            "no signature of its own that stands",
        ),
        (changed_key(key, Vec::clear), "no public key"),
    ] {
        let error = Certificate::from_armor(&text).unwrap_err();
        assert_eq!(error, CertificateError::Malformed(reason));
    }
}

#[test]
fn armour_has_one_block_and_only_white_space_after_it() {
    let key = vector!("spec.key.asc");
    let crlf = key.replace('\n', "\r\n") + "\r\n \n";
    assert_eq!(certificate(&crlf).id(), certificate(key).id());
    let header = key.replacen("\n\n", "\nComment: a header\n\n", 1);
    assert_eq!(certificate(&header).id(), certificate(key).id());
    for text in [
        format!("x{key}"),
        format!("\n{key}"),
        format!("{key}x"),
        format!("{key}{key}"),
        key.replacen("\n\n", "\n", 1),
        key.replace("END PGP PUBLIC", "END PGP PRIVATE"),
        key.replacen("mDM", "mD!", 1),
        key.trim_end().trim_end_matches('-').to_string(),
    ] {
        assert!(Certificate::from_armor(&text).is_err(), "{text}");
    }
}

#[test]
fn two_certificates_with_one_key_have_one_material() {
    let materials = |text| certificate(text).materials().collect::<Vec<_>>();
    let key = materials(vector!("expiring.key.asc"));
    assert_eq!(key, materials(vector!("expiring-extended.key.asc")));
    assert_ne!(key, materials(vector!("ed25519.key.asc")));
    // The time of its making is no part of a key.
    let mut body = take_apart(vector!("expiring.key.asc")).1.swap_remove(0).1;
    body[4] ^= 1;
    assert_eq!(Key::read(&body).unwrap().material(), key[0]);
}

/// Whatever is changed, either nothing verifies or what verifies is the payload: file name, date and
/// unhashed subpackets are not signed, and a checksum proves nothing.
#[test]
fn no_flipped_bit_makes_another_payload_verify() {
    let key = certificate(vector!("ed25519.key.asc"));
    for armored in [
        vector!("form.zlib.asc"),
        vector!("form.uncompressed.asc"),
        vector!("ed25519.detached.asc"),
    ] {
        let check = |text: &[u8]| {
            key.verify(PAYLOAD, text, NOW, MAX)
                .map(|payload| payload == PAYLOAD)
        };
        for (_, text) in flips(armored.as_bytes()) {
            assert_ne!(check(&text), Ok(false));
        }
        let (label, bytes) = armor::decode(armored).unwrap();
        for (_, bytes) in flips(&bytes) {
            assert_ne!(check(armor(label, &bytes).as_bytes()), Ok(false));
        }
    }
}

#[test]
fn no_flipped_bit_of_what_is_signed_goes_unnoticed() {
    let key = certificate(vector!("ed25519.key.asc"));
    let (label, parts) = take_apart(vector!("form.uncompressed.asc"));
    let (literal, signature) = (&parts[1].1, &parts[2].1);
    let hashed = 6 + usize::from(signature[5]);
    for (position, flipped) in flips(signature) {
        if position < hashed || position >= signature.len() - 32 {
            let parts = [
                parts[0].clone(),
                parts[1].clone(),
                (tag::SIGNATURE, flipped),
            ];
            let message = armor(label, &join(&parts));
            assert!(
                key.verify(PAYLOAD, message.as_bytes(), NOW, MAX).is_err(),
                "{position}"
            );
        }
    }
    for (position, flipped) in flips(literal) {
        if position >= literal.len() - PAYLOAD.len() {
            let parts = [parts[0].clone(), (tag::LITERAL, flipped), parts[2].clone()];
            let message = armor(label, &join(&parts));
            let result = key.verify(b"", message.as_bytes(), NOW, MAX);
            assert_eq!(result, Err(OpenPgpError::BadSignature), "{position}");
        }
    }
}

/// Either the certificate is refused, or it is still the one that it was.
#[test]
fn no_flipped_bit_changes_a_certificate() {
    for armored in [vector!("subkey.key.asc"), vector!("nistp521.key.asc")] {
        let id = certificate(armored).id;
        let (label, bytes) = armor::decode(armored).unwrap();
        for (position, flipped) in flips(&bytes) {
            if let Ok(key) = Certificate::from_armor(&armor(label, &flipped)) {
                assert_eq!(key.id(), id, "{position}");
            }
        }
        for (_, text) in flips(armored.as_bytes()) {
            let text = String::from_utf8_lossy(&text);
            if let Ok(key) = Certificate::from_armor(&text) {
                assert_eq!(key.id(), id);
            }
        }
    }
}

/// Every position, with each of its bits flipped in turn.
fn flips(bytes: &[u8]) -> impl Iterator<Item = (usize, Vec<u8>)> {
    (0..bytes.len()).flat_map(move |position| {
        (0..8).map(move |bit| {
            let mut flipped = bytes.to_vec();
            flipped[position] ^= 1 << bit;
            (position, flipped)
        })
    })
}

#[test]
fn nothing_that_is_cut_short_verifies() {
    let key = certificate(vector!("ed25519.key.asc"));
    for armored in [vector!("form.zip.asc"), vector!("form.uncompressed.asc")] {
        let (label, bytes) = armor::decode(armored).unwrap();
        for length in 0..bytes.len() {
            let short = armor(label, &bytes[..length]);
            assert!(
                key.verify(PAYLOAD, short.as_bytes(), NOW, MAX).is_err(),
                "{length}"
            );
        }
    }
}
