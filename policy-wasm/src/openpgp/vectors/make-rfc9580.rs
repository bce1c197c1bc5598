//! Makes `rfc9580.*`: a version 4 key whose primary key and signing subkey are Ed25519 as RFC 9580
//! has it (algorithm 27), and a signature by the subkey. Run in a package that depends on `pgp` 0.21
//! and `rand` 0.8, beside `payload.json`.

use pgp::composed::{
    ArmorOptions, EncryptionCaps, KeyType, MessageBuilder, SecretKeyParamsBuilder, SignedPublicKey,
    SubkeyParamsBuilder,
};
use pgp::crypto::hash::HashAlgorithm;
use pgp::types::Password;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut rng = rand::thread_rng();
    let subkey = SubkeyParamsBuilder::default()
        .key_type(KeyType::Ed25519)
        .can_sign(true)
        .can_encrypt(EncryptionCaps::None)
        .build()?;
    let key = SecretKeyParamsBuilder::default()
        .key_type(KeyType::Ed25519)
        .can_certify(true)
        .can_sign(false)
        .can_encrypt(EncryptionCaps::None)
        .primary_user_id("rfc9580 <rfc9580@example.com>".into())
        .subkeys(vec![subkey])
        .build()?
        .generate(&mut rng)?;
    let public = SignedPublicKey::from(key.clone());
    std::fs::write("rfc9580.key.asc", public.to_armored_string(ArmorOptions::default())?)?;
    let mut message = MessageBuilder::from_bytes("", std::fs::read("payload.json")?);
    let subkey = &key.secret_subkeys[0].key;
    message.sign_binary().sign(subkey, Password::empty(), HashAlgorithm::Sha512);
    let message = message.to_armored_string(&mut rng, ArmorOptions::default())?;
    std::fs::write("rfc9580.attached.asc", message)?;
    Ok(())
}
