use super::*;

#[test]
fn a_damaged_revocation_is_not_passed_over() {
    for position in [1, 10, 60, 119] {
        let damaged = changed_key(vector!("revoked.key.asc"), |parts| {
            parts[1].1[position] ^= 1;
        });
        assert!(load(&damaged).is_err(), "{position}");
    }
}

#[test]
fn a_revocation_by_another_key_is_not_passed_over() {
    let revoked = changed_key(vector!("ed25519.key.asc"), |parts| {
        parts.push(take_apart(vector!("revoked.key.asc")).1.swap_remove(1));
    });
    let error = load(&revoked).unwrap_err();
    assert_eq!(
        error,
        CertificateError::Unsupported("a revocation by another key")
    );
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
        let error = load(key).unwrap_err();
        assert!(matches!(error, CertificateError::Unsupported(_)), "{error}");
    }
    let later = changed_key(vector!("ed25519.key.asc"), |parts| parts[0].1[0] = 6);
    let error = load(&later).unwrap_err();
    assert_eq!(error, CertificateError::Unsupported("not of version 4"));
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
            "an unexpected packet",
        ),
        (
            changed_key(key, |parts| drop(parts.pop())),
            "no valid self-signature",
        ),
        (changed_key(key, Vec::clear), "no public key"),
    ] {
        let error = load(&text).unwrap_err();
        assert_eq!(error, CertificateError::Malformed(reason));
    }
}

#[test]
fn armour_has_one_block_and_only_white_space_after_it() {
    let key = vector!("fixed.key.asc");
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
        assert!(load(&text).is_err(), "{text}");
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
    assert_eq!(Key::read(&body).unwrap().packet.material(), key[0]);
}

#[test]
fn a_certificate_is_verified_once_and_only_for_what_its_keys_have_signed() {
    let key = Certificate::from_armor(vector!("subkey.key.asc")).unwrap();
    let spent = |signature: &str| {
        let context = context(NOW, MAX);
        let result = key.verify(PAYLOAD, signature.as_bytes(), &context);
        let spent = Budget::DEFAULT.verification_work - context.meter.left();
        (result.is_ok(), spent)
    };
    let (is_ok, foreign) = spent(vector!("fixed.detached.asc"));
    assert!(!is_ok && key.bound.get().is_none() && foreign == 1);
    let (is_ok, first) = spent(vector!("subkey.attached.asc"));
    assert!(is_ok && key.bound.get().is_some());
    let (is_ok, second) = spent(vector!("subkey.attached.asc"));
    assert!(is_ok && second < first, "{second} {first}");
}

#[test]
fn a_key_with_too_many_signatures_of_its_own_is_refused() {
    let with = |count: usize| {
        let text = changed_key(vector!("ed25519.key.asc"), |parts| {
            let own = parts
                .iter()
                .find(|(tag, _)| *tag == tag::SIGNATURE)
                .unwrap();
            let more = vec![own.clone(); count];
            parts.splice(2..2, more);
        });
        load(&text).map(drop)
    };
    assert_eq!(with(20), Ok(()));
    for (count, reason) in [
        (
            500,
            "too many self-signatures; `gpg --export-options export-minimal` leaves out the old ones",
        ),
        (1_024, "more than 1024 signatures"),
    ] {
        assert_eq!(with(count), Err(CertificateError::Unsupported(reason)));
    }
}
