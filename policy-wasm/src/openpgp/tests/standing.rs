use super::*;

#[test]
fn a_key_says_ahead_of_use_whether_and_why_not_it_may_sign() {
    let now = NOW.unwrap();
    for (key, at, expected) in [
        (vector!("ed25519.key.asc"), now, Ok(())),
        (
            vector!("ed25519.key.asc"),
            day(1, 1) - 1,
            Err("is not valid yet"),
        ),
        (vector!("expiring.key.asc"), day(3, 1) - 1, Ok(())),
        (vector!("expiring.key.asc"), day(3, 1), Err("has expired")),
        (vector!("revoked.key.asc"), now, Err("is revoked")),
        (vector!("retired.key.asc"), now, Err("has no signing key")),
        (
            vector!("encrypting.key.asc"),
            now,
            Err("has no signing key"),
        ),
        // A subkey signs, and the primary key only certifies.
        (vector!("subkey.key.asc"), now, Ok(())),
        (vector!("subkey-revoked.key.asc"), now, Err("is revoked")),
        // The primary key signs when the subkey has expired.
        (vector!("subkey-expiring.key.asc"), now, Ok(())),
    ] {
        assert_eq!(certificate(key).may_sign_at(at), expected, "{key}");
    }
}
