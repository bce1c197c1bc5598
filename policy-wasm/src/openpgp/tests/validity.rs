use pgp::packet::{PacketHeader, Signature};
use pgp::ser::Serialize as _;
use pgp::types::Tag;

use super::*;

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
    let key = certificate(key);
    let key = &key.verified().primary;
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
        key.verified()
            .primary
            .check_signature(statement(signature), NOW),
        NOT_FOR_SIGNING
    );
}

const NOT_FOR_SIGNING: Result<(), OpenPgpError> =
    Err(OpenPgpError::KeyNotValid("is not for signing"));

fn statement(signature: &str) -> Statement {
    let message = Message::read(signature.as_bytes(), |_| true, &context(NOW, MAX)).unwrap();
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
    let bound = key.bound.get_mut().unwrap().as_mut().unwrap();
    bound.primary.is_revoked = true;
    let result = key.verify_at(PAYLOAD, vector!("subkey.attached.asc").as_bytes(), NOW, MAX);
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
    let error = load(&only_revoked).unwrap_err();
    assert_eq!(
        error,
        CertificateError::Malformed("no valid self-signature")
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
