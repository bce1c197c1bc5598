use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;

use sha2::{Digest as _, Sha256};

use super::super::certificate::Certificate;
use super::super::sample::*;
use super::Token;
use super::tst_info::TstInfo;

/// Returns the error of reading a token, or an empty text.
fn error(der: &[u8]) -> String {
    Token::read(der).map_or_else(|error| error.to_string(), |_| String::new())
}

/// Whether everything about a token fits to an authority.
fn verifies(token: &TokenSample, authority: &Sample) -> bool {
    let (token, authority) = (token.der(), authority.der());
    let token = Token::read(&token).unwrap();
    let authority = Certificate::read(&authority).unwrap();
    let key = PublicKey::of(&authority);
    token.is_about(STAMPED)
        && token.names(&authority)
        && token.agrees_with(&authority).is_ok()
        && token.is_signed_by(&key).is_ok()
}

/// A sample with another content
fn info(change: impl FnOnce(&mut InfoSample)) -> TokenSample {
    let mut info = InfoSample::good();
    change(&mut info);
    TokenSample::about(info)
}

/// A sample with something else replaced
fn token(change: impl FnOnce(&mut TokenSample)) -> TokenSample {
    let mut token = TokenSample::good();
    change(&mut token);
    token
}

fn imprint(algorithm: &str, digest: &[u8]) -> Vec<u8> {
    sequence(&[&sequence(&[&oid(algorithm), &[5, 0]]), &octets(digest)])
}

#[test]
fn a_token_says_when_and_about_what() {
    let der = TokenSample::good().der();
    let token = Token::read(&der).unwrap();
    assert_eq!(token.moment().to_string(), "2026-03-01T12:00:00Z");
    assert_eq!(token.imprint(), &*Sha256::digest(STAMPED));
    assert!(token.is_about(STAMPED));
    assert!(!token.is_about(b"another signature"));
    assert!(verifies(&TokenSample::good(), &Sample::timestamp_signer()));
}

#[test]
fn accepted_forms() {
    let issuer_serial = sequence(&[&sequence(&[&context(4, &name("tsa root"))]), &integer(&[4])]);
    let certificate = Sha256::digest(Sample::timestamp_signer().der());
    let ess = |parts: &[&[u8]]| {
        let certificate = sequence(&[&sequence(&[&sequence(parts)])]);
        TokenSample::good().with(
            SIGNING_CERTIFICATE_V2,
            attribute(SIGNING_CERTIFICATE_V2, &certificate),
        )
    };
    let digest = octets(&certificate);
    for (rule, sample) in [
        (
            "granted with modifications",
            token(|it| {
                it.status = sequence(&[
                    &integer(&[1]),
                    &sequence(&[&utf8("text")]),
                    &der(3, &[0, 1]),
                ]);
            }),
        ),
        (
            "any version of SignedData",
            token(|it| it.signed_data_version = integer(&[5])),
        ),
        (
            "no digest algorithms",
            token(|it| it.digest_algorithms = set(&[])),
        ),
        (
            "certificates and revocation lists",
            token(|it| {
                it.embedded = [
                    context(0, &Sample::leaf().der()),
                    context(1, &sequence(&[])),
                ]
                .concat();
            }),
        ),
        (
            "subjectKeyIdentifier",
            token(|it| it.sid = der(0x80, b"tsa")),
        ),
        (
            "digestAlgorithm with NULL",
            token(|it| it.digest_algorithm = sequence(&[&oid("2.16.840.1.101.3.4.2.1"), &[5, 0]])),
        ),
        (
            "unsigned attributes",
            token(|it| it.unsigned = context(1, &attribute("1.2.3", &[5, 0]))),
        ),
        (
            "no signingCertificateV2",
            TokenSample::good().without(SIGNING_CERTIFICATE_V2),
        ),
        (
            "signingCertificateV2 with its hash algorithm",
            ess(&[&sha256(), &digest]),
        ),
        (
            "signingCertificateV2 with the issuer",
            ess(&[&digest, &issuer_serial]),
        ),
        (
            "an unknown attribute",
            TokenSample::good().with("1.2.3", attribute("1.2.3", &[5, 0])),
        ),
        (
            "a fraction of a second",
            info(|it| it.time = generalized("20260301120000.25Z")),
        ),
        (
            "accuracy, ordering, nonce, tsa",
            info(|it| {
                it.rest = [
                    sequence(&[&integer(&[1])]),
                    TRUE.to_vec(),
                    integer(&[9]),
                    context(0, &name("tsa")),
                ]
                .concat();
            }),
        ),
        (
            "an extension that is not critical",
            info(|it| it.rest = context(1, &extension("1.2.3", &[]))),
        ),
    ] {
        assert!(verifies(&sample, &Sample::timestamp_signer()), "{rule}");
    }
}

#[test]
fn refused_forms() {
    let good = TokenSample::good;
    let ess = |parts: &[&[u8]]| {
        let certificate = sequence(&[&sequence(&[&sequence(parts)])]);
        good().with(
            SIGNING_CERTIFICATE_V2,
            attribute(SIGNING_CERTIFICATE_V2, &certificate),
        )
    };
    let many: Vec<_> = (0..33)
        .map(|arc| attribute(&alloc::format!("1.2.3.{arc}"), &[5, 0]))
        .collect();
    for (rule, sample, expected) in [
        (
            "rejection",
            token(|it| it.status = sequence(&[&integer(&[2])])),
            "status: is 2, so no token was granted",
        ),
        (
            "status that is no number",
            token(|it| it.status = sequence(&[&integer(&[0xff])])),
            "status: is not between 0 and 2147483647",
        ),
        (
            "data",
            token(|it| it.content_type = oid("1.2.840.113549.1.7.1")),
            "contentType: is not signedData",
        ),
        (
            "content of another kind",
            token(|it| it.e_content_type = oid("1.2.840.113549.1.7.1")),
            "signedData: eContentType: is not TSTInfo",
        ),
        (
            "no signer",
            token(|it| it.signers = 0),
            "signedData: signerInfos: is not one SignerInfo",
        ),
        (
            "two signers",
            token(|it| it.signers = 2),
            "signedData: signerInfos: is not one SignerInfo",
        ),
        (
            "crls before certificates",
            token(|it| it.embedded = [context(1, &[]), context(0, &[])].concat()),
            "signedData: expected SET, found CONTEXT-SPECIFIC [0] (constructed)",
        ),
        (
            "signer named in another way",
            token(|it| it.sid = context(0, b"")),
            "signedData: signerInfo: sid: expected SEQUENCE, found CONTEXT-SPECIFIC [0] (constructed)",
        ),
        (
            "signer whose issuer is no name",
            token(|it| it.sid = sequence(&[&sequence(&[&oid("2.5.4.3")]), &integer(&[4])])),
            "signedData: signerInfo: sid: expected SET, found OBJECT IDENTIFIER",
        ),
        (
            "digest by SHA-1",
            token(|it| it.digest_algorithm = sequence(&[&oid("1.3.14.3.2.26")])),
            "signedData: signerInfo: digestAlgorithm: is not SHA-256, SHA-384 or SHA-512",
        ),
        (
            "digest algorithm with parameters",
            token(|it| {
                it.digest_algorithm = sequence(&[&oid("2.16.840.1.101.3.4.2.1"), &octets(&[])]);
            }),
            "signedData: signerInfo: digestAlgorithm: is not SHA-256, SHA-384 or SHA-512",
        ),
        (
            "no signed attributes",
            token(|it| it.attributes.clear()),
            "signedData: signerInfo: signedAttrs: are not there",
        ),
        (
            "33 attributes",
            token(|it| it.attributes = many.clone()),
            "signedData: signerInfo: signedAttrs: more than 32",
        ),
        (
            "an attribute twice",
            token(|it| it.attributes.push(attribute(CONTENT_TYPE, &oid(TST_INFO)))),
            "signedData: signerInfo: signedAttrs: 1.2.840.113549.1.9.3 is there twice",
        ),
        (
            "an attribute with two values",
            token(|it| {
                it.attributes
                    .push(sequence(&[&oid("1.2.3"), &set(&[&[5, 0], &[5, 0]])]));
            }),
            "signedData: signerInfo: signedAttrs: 1.2.3 has more than one value",
        ),
        (
            "an attribute without value",
            token(|it| it.attributes.push(sequence(&[&oid("1.2.3"), &set(&[])]))),
            "signedData: signerInfo: signedAttrs: attribute: an element is missing",
        ),
        (
            "no contentType",
            good().without(CONTENT_TYPE),
            "signedData: signerInfo: signedAttrs: contentType is not there",
        ),
        (
            "another contentType",
            good().with(CONTENT_TYPE, attribute(CONTENT_TYPE, &oid("1.2.3"))),
            "signedData: signerInfo: signedAttrs: contentType: is not TSTInfo",
        ),
        (
            "no messageDigest",
            good().without(MESSAGE_DIGEST),
            "signedData: signerInfo: signedAttrs: messageDigest is not there",
        ),
        (
            "messageDigest of another type",
            good().with(MESSAGE_DIGEST, attribute(MESSAGE_DIGEST, &bits(&[0]))),
            "signedData: signerInfo: signedAttrs: messageDigest: expected OCTET STRING, found BIT STRING",
        ),
        (
            "signingCertificateV2 by SHA-1",
            ess(&[&sequence(&[&oid("1.3.14.3.2.26")]), &octets(&[0; 20])]),
            "signedData: signerInfo: signedAttrs: signingCertificateV2: is not SHA-256, SHA-384 or SHA-512",
        ),
        (
            "signingCertificateV2 without hash",
            ess(&[]),
            "signedData: signerInfo: signedAttrs: signingCertificateV2: an element is missing",
        ),
        (
            "signature over another hash",
            token(|it| it.signature_algorithm = sequence(&[&oid("1.2.840.10045.4.3.3")])),
            "signedData: signerInfo: signatureAlgorithm: has another hash than digestAlgorithm",
        ),
        (
            "RSA-PSS",
            token(|it| it.signature_algorithm = sequence(&[&oid("1.2.840.113549.1.1.10")])),
            "signedData: signerInfo: signatureAlgorithm: is not supported",
        ),
        (
            "bytes after the signer",
            token(|it| it.unsigned = octets(&[])),
            "signedData: signerInfo: has bytes after its last element",
        ),
        (
            "TSTInfo of version 2",
            info(|it| it.version = integer(&[2])),
            "signedData: TSTInfo: version: is not 1",
        ),
        (
            "imprint by SHA-1",
            info(|it| it.imprint = imprint("1.3.14.3.2.26", &[0; 20])),
            "signedData: TSTInfo: messageImprint: is not SHA-256, SHA-384 or SHA-512",
        ),
        (
            "time as UTCTime",
            info(|it| it.time = utc("260301120000Z")),
            "signedData: TSTInfo: genTime: expected GeneralizedTime, found UTCTime",
        ),
        (
            "time with an offset",
            info(|it| it.time = generalized("20260301120000+0000")),
            "signedData: TSTInfo: genTime: is not a date and time since 1970 in UTC, with seconds and `Z`",
        ),
        (
            "zero at the end of a fraction",
            info(|it| it.time = generalized("20260301120000.50Z")),
            "signedData: TSTInfo: genTime: has a zero at the end of its fraction",
        ),
        (
            "a critical extension",
            info(|it| it.rest = context(1, &critical("1.2.3", &[]))),
            "signedData: TSTInfo: extension 1.2.3 is critical and not supported",
        ),
        (
            "critical FALSE",
            info(|it| it.rest = context(1, &sequence(&[&oid("1.2.3"), &FALSE, &octets(&[])]))),
            "signedData: TSTInfo: extensions: 1.2.3 writes out that it is not critical",
        ),
        (
            "nonce before ordering",
            info(|it| it.rest = [integer(&[9]), TRUE.to_vec()].concat()),
            "signedData: TSTInfo: has bytes after its last element",
        ),
    ] {
        assert_eq!(error(&sample.der()), expected, "{rule}");
    }
}

#[test]
fn a_token_is_bounded_before_it_is_read() {
    let sized = |length: usize| {
        token(|it| {
            it.unsigned = context(1, &octets(&vec![7; length]));
            it.signature = Some(vec![7; 64]);
        })
    };
    let rest = sized(0x7000).der().len() - 0x7000;
    assert_eq!(error(&sized(0x8000 - rest).der()), "");
    assert_eq!(
        error(&sized(0x8001 - rest).der()),
        "has 32769 bytes, and at most 32768 are read"
    );
}

#[test]
fn nothing_follows_a_token() {
    let der = [TokenSample::good().der(), vec![0]].concat();
    assert_eq!(error(&der), "has bytes after its last element");
}

#[test]
fn everything_ties_a_token_to_its_authority() {
    let signer = Sample::timestamp_signer;
    let other_digest = attribute(MESSAGE_DIGEST, &octets(&[0; 32]));
    let other_certificate = sequence(&[&sequence(&[&sequence(&[&octets(&[0; 32])])])]);
    let other_certificate = attribute(SIGNING_CERTIFICATE_V2, &other_certificate);
    let own_imprint = sequence(&[&sha256(), &octets(&Sha256::digest(b"another signature"))]);
    let attributes = TokenSample::good().attributes.concat();
    let with_other_key = token(|it| it.signature = Some(sign(&key(2), &der(0x31, &attributes))));
    let as_it_stands = token(|it| it.signature = Some(sign(&key(3), &context(0, &attributes))));
    let free = || TokenSample::good().without(SIGNING_CERTIFICATE_V2);
    for (rule, token, authority) in [
        (
            "another imprint",
            info(|it| it.imprint = own_imprint),
            signer(),
        ),
        (
            "another messageDigest",
            TokenSample::good().with(MESSAGE_DIGEST, other_digest),
            signer(),
        ),
        (
            "another certificate",
            TokenSample::good().with(SIGNING_CERTIFICATE_V2, other_certificate),
            signer(),
        ),
        ("another key", with_other_key, signer()),
        (
            "attributes that were not signed as a SET",
            as_it_stands,
            signer(),
        ),
        (
            "another serial number",
            free(),
            Sample {
                serial: integer(&[5]),
                ..signer()
            },
        ),
        (
            "another issuer",
            free(),
            Sample {
                issuer: name("tsa"),
                ..signer()
            },
        ),
        (
            "another key identifier",
            token(|it| it.sid = der(0x80, b"other")),
            signer(),
        ),
        (
            "not for timestamps",
            free(),
            signer().without(EXT_KEY_USAGE),
        ),
        (
            "not critical",
            free(),
            signer().value(EXT_KEY_USAGE, &sequence(&[&oid(TIME_STAMPING)])),
        ),
        (
            "not only for timestamps",
            free(),
            signer().with(
                EXT_KEY_USAGE,
                critical(
                    EXT_KEY_USAGE,
                    &sequence(&[&oid(TIME_STAMPING), &oid(CODE_SIGNING)]),
                ),
            ),
        ),
    ] {
        assert!(!verifies(&token, &authority), "{rule}");
    }
    assert!(verifies(&free(), &signer()));
}

/// NULL may be the parameter of each of the three algorithms. Of the attribute with certificates, only the first hash is
/// read, at the beginning of three levels.
#[test]
fn nothing_has_an_element_more() {
    let grown = with_one_more(&TokenSample::good().der());
    assert!(grown.len() > 25, "{}", grown.len());
    let read = grown.iter().filter(|der| error(der).is_empty());
    assert_eq!(read.count(), 3 + 3);
    // The algorithm of the imprint
    let grown = with_one_more(&InfoSample::good().der());
    let read = grown.iter().filter(|der| TstInfo::read(der).is_ok());
    assert_eq!((grown.len(), read.count()), (3, 1));
}

#[test]
fn every_prefix_is_an_error() {
    let der = TokenSample::good().der();
    for length in 0..der.len() {
        assert!(!error(der.get(..length).unwrap()).is_empty(), "{length}");
    }
}

/// Of the signer's own bytes, only the numbers of versions, the list of algorithms and the status are not signed.
#[test]
fn no_changed_byte_makes_a_token_about_something_else() {
    let good = TokenSample::good();
    let mut der = good.der();
    let authority = Sample::timestamp_signer().der();
    let authority = Certificate::read(&authority).unwrap();
    let key = PublicKey::of(&authority);
    for at in 0..der.len() {
        for change in [0x01, 0x20, 0x80, 0xff] {
            *der.get_mut(at).unwrap() ^= change;
            if let Ok(token) = Token::read(&der)
                && token.agrees_with(&authority).is_ok()
                && token.is_signed_by(&key).is_ok()
            {
                assert!(token.is_about(STAMPED), "{at}");
                assert_eq!(token.moment().to_string(), "2026-03-01T12:00:00Z", "{at}");
            }
            *der.get_mut(at).unwrap() ^= change;
        }
    }
}
