use super::*;

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
            key.verify_at(PAYLOAD, text, NOW, MAX)
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
                key.verify_at(PAYLOAD, message.as_bytes(), NOW, MAX)
                    .is_err(),
                "{position}"
            );
        }
    }
    for (position, flipped) in flips(literal) {
        if position >= literal.len() - PAYLOAD.len() {
            let parts = [parts[0].clone(), (tag::LITERAL, flipped), parts[2].clone()];
            let message = armor(label, &join(&parts));
            let result = key.verify_at(b"", message.as_bytes(), NOW, MAX);
            assert_eq!(result, Err(OpenPgpError::BadSignature), "{position}");
        }
    }
}

/// Either the certificate is refused, or its primary key is still the one that it was.
#[test]
fn no_flipped_bit_changes_a_certificate() {
    for armored in [vector!("subkey.key.asc"), vector!("nistp521.key.asc")] {
        let describe =
            |key: Certificate| format!("{} {:?}", key.id, key.verified().primary.statements);
        let whole = describe(certificate(armored));
        let (label, bytes) = armor::decode(armored).unwrap();
        for (position, flipped) in flips(&bytes) {
            if let Ok(key) = load(&armor(label, &flipped)) {
                assert_eq!(describe(key), whole, "{position}");
            }
        }
        for (_, text) in flips(armored.as_bytes()) {
            let text = String::from_utf8_lossy(&text);
            if let Ok(key) = load(&text) {
                assert_eq!(describe(key), whole);
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
                key.verify_at(PAYLOAD, short.as_bytes(), NOW, MAX).is_err(),
                "{length}"
            );
        }
    }
}
