use super::*;

#[test]
fn a_key_has_the_id_that_gnupg_shows() {
    let key = certificate(vector!("fixed.key.asc"));
    assert_eq!(key.id(), "9956D71937B173A943FBD9163F3BA57A644DFE65");
    for signature in [vector!("fixed.attached.asc"), vector!("fixed.detached.asc")] {
        let verified = key.verify_at(PAYLOAD, signature.as_bytes(), None, MAX);
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
    let key = certificate(vector!("fixed.key.asc"));
    let attached = vector!("fixed.attached.asc").as_bytes();
    assert_eq!(key.verify_at(b"", attached, None, MAX).unwrap(), PAYLOAD);
    for other in [&PAYLOAD[1..], b"{}", &[PAYLOAD, b"\n"].concat()] {
        let result = key.verify_at(other, attached, None, MAX);
        assert_eq!(result, Err(OpenPgpError::PayloadMismatch));
    }
}

#[test]
fn a_detached_signature_is_over_the_payload_byte_for_byte() {
    let key = certificate(vector!("fixed.key.asc"));
    let detached = vector!("fixed.detached.asc").as_bytes();
    for other in [&PAYLOAD[1..], b"{}", &[PAYLOAD, b"\n"].concat()] {
        let result = key.verify_at(other, detached, None, MAX);
        assert_eq!(result, Err(OpenPgpError::BadSignature));
    }
    let nothing = key.verify_at(b"", detached, None, MAX);
    assert!(matches!(nothing, Err(OpenPgpError::Malformed(_))));
}

#[test]
fn a_key_verifies_no_signature_of_another() {
    let other = vector!("fixed.key.asc");
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
    let whole = key.verify_at(b"", bomb, NOW, 4 << 20).unwrap();
    assert_eq!(whole.len(), 4 << 20);
    for max in [0, MAX, (4 << 20) - 1] {
        let result = key.verify_at(b"", bomb, NOW, max);
        assert_eq!(result, Err(OpenPgpError::TooLong(max)));
    }
    let plain = vector!("form.uncompressed.asc").as_bytes();
    let max = PAYLOAD.len() - 1;
    let result = key.verify_at(PAYLOAD, plain, NOW, max);
    assert_eq!(result, Err(OpenPgpError::TooLong(max)));
}

#[test]
fn other_forms_of_messages_are_refused() {
    let unsupported = |form| matches!(verify_form(form), Err(OpenPgpError::FormatUnsupported(_)));
    assert!(unsupported(vector!("form.clear.asc")));
    assert!(unsupported(vector!("form.bzip2.asc")));
    let malformed = |form: &str| matches!(verify_form(form), Err(OpenPgpError::Malformed(_)));
    // The first of two is by a foreign key.
    let two = verify_form(vector!("form.two.asc"));
    assert_eq!(two, Err(OpenPgpError::BadSignature));
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
    // Compressed twice.
    let (label, bytes) = armor::decode(vector!("form.zip.asc")).unwrap();
    let twice = join(&[(tag::COMPRESSED, [&[0_u8][..], &bytes].concat())]);
    assert!(malformed(&armor(label, &twice)));
}

#[test]
fn text_signatures_and_broken_hashes_do_not_count() {
    let not_valid = |why| Err(OpenPgpError::SignatureUnsupported(why));
    let text = verify_form(vector!("form.text.asc"));
    assert_eq!(text, not_valid("is a text signature, not a binary one"));
    let check = |signature| verify(vector!("rsa3072.key.asc"), signature, NOW);
    let sha1 = check(vector!("form.sha1.asc"));
    assert_eq!(sha1, not_valid("uses SHA-1, which is broken"));
    assert_eq!(check(vector!("form.sha224.asc")), Ok(()));
}

#[test]
fn what_is_critical_must_be_understood() {
    assert_eq!(verify_form(vector!("form.notation.asc")), Ok(()));
    let critical = verify_form(vector!("form.critical.asc"));
    assert_eq!(
        critical,
        Err(OpenPgpError::SignatureUnsupported(
            "has a critical notation"
        ))
    );
}

#[test]
fn a_message_needs_no_armour() {
    for armored in [
        vector!("ed25519.attached.asc"),
        vector!("ed25519.detached.asc"),
        vector!("form.zip.asc"),
        vector!("form.uncompressed.asc"),
    ] {
        let (_, bytes) = armor::decode(armored).unwrap();
        let key = certificate(vector!("ed25519.key.asc"));
        let verified = key.verify_at(PAYLOAD, &bytes, NOW, MAX);
        assert_eq!(verified.unwrap(), PAYLOAD);
        let result = key.verify_at(PAYLOAD, &bytes[..bytes.len() - 1], NOW, MAX);
        assert!(result.is_err());
    }
}

#[test]
fn the_only_signature_may_say_that_another_follows() {
    assert_eq!(
        verify_form(&changed_message(|parts| parts[0].1[12] = 0)),
        Ok(())
    );
}

/// What `PGPy` writes, which says as much; GnuPG verifies it.
#[test]
fn messages_of_pgpy_are_read() {
    for message in [vector!("pgpy.attached.asc"), vector!("pgpy.compressed.asc")] {
        assert_eq!(verify(vector!("pgpy.key.asc"), message, NOW), Ok(()));
    }
}

#[test]
fn a_message_by_a_foreign_key_is_not_unpacked() {
    let bomb = vector!("form.bomb.asc").as_bytes();
    let left = |key| {
        let context = context(NOW, 4 << 20);
        let result = certificate(key).verify(b"", bomb, &context);
        (result.map(drop), context.meter.left())
    };
    let (result, foreign) = left(vector!("fixed.key.asc"));
    assert_eq!(result, Err(OpenPgpError::BadSignature));
    assert!(Budget::DEFAULT.verification_work - foreign < 4, "{foreign}");
    let (result, own) = left(vector!("ed25519.key.asc"));
    assert_eq!(result, Ok(()));
    let unpacked = Budget::DEFAULT.verification_work - own;
    assert!(unpacked > (4 << 20) / (4 << 10), "{unpacked}");
}

#[test]
fn what_is_unpacked_is_paid_for_before() {
    let key = certificate(vector!("ed25519.key.asc"));
    let context = VerificationContext {
        meter: Meter::new(&Budget {
            verification_work: 1_000,
            ..Budget::DEFAULT
        }),
        ..context(NOW, 4 << 20)
    };
    let result = key.verify(b"", vector!("form.bomb.asc").as_bytes(), &context);
    assert!(
        matches!(result, Err(OpenPgpError::Exhausted(_))),
        "{result:?}"
    );
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
