//! Signatures that the `openssl` program makes here and now, with keys that it has just made.

use std::fs;
use std::path::Path;
use std::process::Command;

use core_tests::process;
use policy_wasm::key::{Algorithm, Hash, KeyKind, PublicKey, SubjectKey};

const MESSAGE: &[u8] = b"what is signed";

/// The options of `openssl genpkey`, and the algorithms with those of `openssl pkeyutl -sign`
type Kind = (&'static str, &'static [(Algorithm, &'static str)]);

#[rustfmt::skip]
const KINDS: &[Kind] = &[
    ("-algorithm EC -pkeyopt ec_paramgen_curve:P-256", &[(Algorithm::EcdsaP256Sha256, "-digest sha256")]),
    ("-algorithm EC -pkeyopt ec_paramgen_curve:P-384", &[(Algorithm::EcdsaP384Sha384, "-digest sha384")]),
    ("-algorithm EC -pkeyopt ec_paramgen_curve:P-521", &[(Algorithm::EcdsaP521Sha512, "-digest sha512")]),
    ("-algorithm RSA -pkeyopt rsa_keygen_bits:2048", &[
        (Algorithm::RsaPkcs12048Sha256, "-digest sha256"),
        (Algorithm::RsaPss2048Sha256, "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest"),
        (Algorithm::RsaPss2048Sha256, "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:max"),
        (Algorithm::RsaPss2048Sha256, "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:0"),
    ]),
    // The smallest exponent that is odd.
    ("-algorithm RSA -pkeyopt rsa_keygen_bits:3072 -pkeyopt rsa_keygen_pubexp:3", &[
        (Algorithm::RsaPkcs13072Sha256, "-digest sha256"),
        (Algorithm::RsaPss3072Sha256, "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest"),
        (Algorithm::RsaPss3072Sha256, "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:max"),
        (Algorithm::RsaPss3072Sha256, "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:0"),
    ]),
    // The largest exponent of 32 bits.
    ("-algorithm RSA -pkeyopt rsa_keygen_bits:4096 -pkeyopt rsa_keygen_pubexp:4294967295", &[
        (Algorithm::RsaPkcs14096Sha256, "-digest sha256"),
        (Algorithm::RsaPkcs14096Sha512, "-digest sha512"),
        (Algorithm::RsaPss4096Sha256, "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest"),
        (Algorithm::RsaPss4096Sha256, "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:max"),
        (Algorithm::RsaPss4096Sha256, "-digest sha256 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:0"),
        (Algorithm::RsaPss4096Sha512, "-digest sha512 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:digest"),
        (Algorithm::RsaPss4096Sha512, "-digest sha512 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:max"),
        (Algorithm::RsaPss4096Sha512, "-digest sha512 -pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:0"),
    ]),
    ("-algorithm ed25519", &[(Algorithm::Ed25519, "")]),
];

const ML_DSA_65: Kind = ("-algorithm ML-DSA-65", &[(Algorithm::MlDsa65, "")]);

#[test]
fn what_openssl_signs_verifies_and_not_for_another_message() {
    if !process::can_run("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("message"), MESSAGE).unwrap();
    let known = openssl(folder, "list -signature-algorithms");
    let mut kinds = KINDS.to_vec();
    if known.contains("ML-DSA-65") {
        kinds.push(ML_DSA_65);
    } else {
        eprintln!("NOT RUN: ML-DSA-65, because this `openssl` does not know it");
    }
    for (generate, signatures) in kinds {
        openssl(folder, &format!("genpkey -out key {generate}"));
        let pem = openssl(folder, "pkey -in key -pubout");
        for (algorithm, sign) in signatures {
            openssl(
                folder,
                &format!("pkeyutl -sign -inkey key -rawin -in message -out signature {sign}"),
            );
            let signature = fs::read(folder.join("signature")).unwrap();
            let key = PublicKey::from_pem(&pem, *algorithm, "").unwrap();
            let shown = format!("{} {sign}", algorithm.name());
            assert_eq!(key.verify(MESSAGE, &signature), Ok(()), "{shown}");
            assert!(
                key.verify(b"What is signed", &signature).is_err(),
                "{shown}"
            );
        }
    }
}

/// A key of a certificate signs any digest, of which a long one is truncated to the order of the curve.
#[test]
fn openssl_signatures_over_every_digest_verify_with_keys_of_certificates() {
    if !process::can_run("openssl", "version") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("message"), MESSAGE).unwrap();
    let hashes = [
        (Hash::Sha256, "sha256"),
        (Hash::Sha384, "sha384"),
        (Hash::Sha512, "sha512"),
    ];
    for (kind, generate) in [
        (KeyKind::P256, "EC -pkeyopt ec_paramgen_curve:P-256"),
        (KeyKind::P384, "EC -pkeyopt ec_paramgen_curve:P-384"),
        (KeyKind::P521, "EC -pkeyopt ec_paramgen_curve:P-521"),
        (KeyKind::Rsa(2048), "RSA -pkeyopt rsa_keygen_bits:2048"),
        (KeyKind::Ed25519, "ed25519"),
    ] {
        openssl(folder, &format!("genpkey -out key -algorithm {generate}"));
        openssl(folder, "pkey -in key -pubout -outform DER -out spki");
        let key = SubjectKey::from_der(&fs::read(folder.join("spki")).unwrap()).unwrap();
        assert_eq!(key.kind(), kind);
        for (signed, name) in hashes {
            let digest = match kind {
                KeyKind::Ed25519 => String::new(),
                _ => format!("-digest {name}"),
            };
            openssl(
                folder,
                &format!("pkeyutl -sign -inkey key -rawin -in message -out signature {digest}"),
            );
            let signature = fs::read(folder.join("signature")).unwrap();
            for (hash, _) in hashes {
                let is_any_hash = kind == KeyKind::Ed25519;
                let verified = key.verify(hash, MESSAGE, &signature).is_ok();
                assert_eq!(verified, hash == signed || is_any_hash, "{kind:?} {name}");
                let digest = hash.digest(MESSAGE);
                let verified = key.verify_digest(hash, &digest, &signature).is_ok();
                assert_eq!(verified, hash == signed && !is_any_hash, "{kind:?} {name}");
                let longer = [&*digest, &[0]].concat();
                assert!(key.verify_digest(hash, &longer, &signature).is_err());
            }
            assert!(key.verify(signed, b"What is signed", &signature).is_err());
        }
    }
}

#[track_caller]
fn openssl(folder: &Path, arguments: &str) -> String {
    process::stdout(
        Command::new("openssl")
            .args(arguments.split_ascii_whitespace())
            .current_dir(folder),
    )
}
