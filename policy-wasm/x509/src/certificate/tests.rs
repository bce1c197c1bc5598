use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec;
use alloc::vec::Vec;

use super::super::certificate::{Certificate, Claim, Purpose, SubjectName};
use super::super::moment::Moment;
use super::super::sample::*;

/// Returns the error of reading a certificate, or an empty text.
fn error(der: &[u8]) -> String {
    Certificate::read(der).map_or_else(|error| error.to_string(), |_| String::new())
}

/// Returns the error of reading a certificate and its profile as a leaf, or an empty text.
fn leaf_error(sample: &Sample) -> String {
    let der = sample.der();
    let certificate = Certificate::read(&der).unwrap();
    certificate
        .leaf()
        .map_or_else(|error| error.to_string(), |_| String::new())
}

#[test]
fn the_fields_are_those_of_the_certificate() {
    let sample = Sample::leaf();
    let der = sample.der();
    let certificate = Certificate::read(&der).unwrap();
    assert_eq!(certificate.as_der(), der);
    assert_eq!(certificate.tbs(), sample.tbs());
    assert_eq!(certificate.serial(), [7]);
    assert_eq!(certificate.issuer(), sample.issuer);
    assert_eq!(certificate.subject(), sample.subject);
    assert_eq!(certificate.spki(), sample.spki);
    assert_eq!(certificate.not_before().to_string(), "2026-03-01T11:59:59Z");
    assert_eq!(certificate.not_after().to_string(), "2026-03-01T12:10:00Z");
    assert_eq!(certificate.subject_key_id(), Some(&b"leaf"[..]));
    assert_eq!(certificate.authority_key_id(), Some(&b"intermediate"[..]));
    assert_eq!(certificate.extensions().count(), 7);
    assert!(!certificate.is_authority());
    let leaf = certificate.leaf().unwrap();
    assert_eq!(leaf.subject, SubjectName::Uri(URI));
    assert_eq!(leaf.issuer, Some("https://issuer.example"));
    assert_eq!(leaf.claim(Claim::BuildTrigger), Some("push"));
    assert_eq!(leaf.claim(Claim::BuildConfigUri), None);
}

#[test]
fn accepted_forms() {
    let leaf = Sample::leaf;
    let many = (0..57).map(|number| extension(&format!("1.2.3.{number}"), &[]));
    let many: Vec<_> = leaf().extensions.into_iter().chain(many).collect();
    for (rule, sample) in [
        (
            "times before 2050 as GeneralizedTime",
            Sample {
                validity: sequence(&[
                    &generalized("20260301115959Z"),
                    &generalized("20260301121000Z"),
                ]),
                ..leaf()
            },
        ),
        (
            "a serial number of 20 bytes",
            Sample {
                serial: integer(&[0x7f; 20]),
                ..leaf()
            },
        ),
        (
            "64 extensions",
            Sample {
                extensions: many,
                ..leaf()
            },
        ),
        (
            "unknown extension",
            leaf().with("1.2.3", extension("1.2.3", b"not DER")),
        ),
        ("no basicConstraints", leaf().without(BASIC_CONSTRAINTS)),
        (
            "empty basicConstraints",
            leaf().value(BASIC_CONSTRAINTS, &sequence(&[])),
        ),
        (
            "critical keyUsage with further bits",
            leaf().with(KEY_USAGE, critical(KEY_USAGE, &bits(&[0x82, 0x80]))),
        ),
        (
            "codeSigning beside another purpose",
            leaf().value(
                EXT_KEY_USAGE,
                &sequence(&[&oid(TIME_STAMPING), &oid(CODE_SIGNING)]),
            ),
        ),
        (
            "subjectAltName that is not critical",
            leaf().value(SUBJECT_ALT_NAME, &sequence(&[&der(0x86, b"x:y")])),
        ),
        (
            "no key identifiers",
            leaf().without(SUBJECT_KEY_ID).without(AUTHORITY_KEY_ID),
        ),
        (
            "authorityKeyIdentifier without key identifier",
            leaf().value(
                AUTHORITY_KEY_ID,
                &sequence(&[&context(1, &[]), &der(0x82, &[1])]),
            ),
        ),
        (
            "old and new issuer alike",
            leaf().with(
                "1.3.6.1.4.1.57264.1.1",
                extension("1.3.6.1.4.1.57264.1.1", b"https://issuer.example"),
            ),
        ),
        ("no issuer", leaf().without(ISSUER)),
        (
            "another subject",
            Sample {
                subject: name("anything"),
                ..leaf()
            },
        ),
    ] {
        assert_eq!(leaf_error(&sample), "", "{rule}");
    }
}

#[test]
fn refused_forms() {
    let leaf = Sample::leaf;
    let two = leaf()
        .extensions
        .into_iter()
        .chain(leaf().extensions.pop())
        .collect();
    let many = (0..65)
        .map(|number| extension(&format!("1.2.3.{number}"), &[]))
        .collect();
    let rsa = sequence(&[&oid("1.2.840.113549.1.1.11"), &[5, 0]]);
    for (rule, sample, expected) in [
        (
            "version 1",
            Sample {
                version: vec![],
                ..leaf()
            },
            "tbsCertificate: version: expected CONTEXT-SPECIFIC [0] (constructed), found INTEGER",
        ),
        (
            "version 2",
            Sample {
                version: context(0, &integer(&[1])),
                ..leaf()
            },
            "tbsCertificate: version: is not 3",
        ),
        (
            "serial that is not minimal",
            Sample {
                serial: integer(&[0, 7]),
                ..leaf()
            },
            "tbsCertificate: serialNumber: is not a minimal INTEGER",
        ),
        (
            "two signature algorithms",
            Sample {
                outer_algorithm: rsa.clone(),
                ..leaf()
            },
            "signatureAlgorithm: differs from the algorithm inside tbsCertificate",
        ),
        (
            "algorithm with NULL outside only",
            Sample {
                outer_algorithm: sequence(&[&oid("1.2.840.10045.4.3.2"), &[5, 0]]),
                ..leaf()
            },
            "signatureAlgorithm: differs from the algorithm inside tbsCertificate",
        ),
        (
            "signature of bits",
            Sample {
                signature: Some(der(3, &[1, 0x80])),
                ..leaf()
            },
            "signatureValue: is not a BIT STRING of whole bytes",
        ),
        (
            "issuer that is no name",
            Sample {
                issuer: sequence(&[&oid("2.5.4.3")]),
                ..leaf()
            },
            "tbsCertificate: issuer: expected SET, found OBJECT IDENTIFIER",
        ),
        (
            "issuer with an empty SET",
            Sample {
                issuer: sequence(&[&set(&[])]),
                ..leaf()
            },
            "tbsCertificate: issuer: an element is missing",
        ),
        (
            "time without seconds",
            Sample {
                validity: sequence(&[&utc("2603011159Z"), &utc("260301121000Z")]),
                ..leaf()
            },
            "tbsCertificate: validity: notBefore: is not a date and time since 1970 in UTC, with seconds and `Z`",
        ),
        (
            "time with an offset",
            Sample {
                validity: sequence(&[&utc("260301115959Z"), &utc("260301121000+0000")]),
                ..leaf()
            },
            "tbsCertificate: validity: notAfter: is not a date and time since 1970 in UTC, with seconds and `Z`",
        ),
        (
            "key without bits",
            Sample {
                spki: sequence(&[&sequence(&[&oid("1.2.3")])]),
                ..leaf()
            },
            "tbsCertificate: subjectPublicKeyInfo: an element is missing",
        ),
        (
            "unique identifier",
            Sample {
                unique_ids: der(0x82, &[0, 1]),
                ..leaf()
            },
            "tbsCertificate: extensions: expected CONTEXT-SPECIFIC [3] (constructed), found CONTEXT-SPECIFIC [2] (primitive)",
        ),
        (
            "no extensions",
            Sample {
                extensions: vec![],
                ..leaf()
            },
            "tbsCertificate: extensions: an empty list",
        ),
        (
            "an extension twice",
            Sample {
                extensions: two,
                ..leaf()
            },
            "tbsCertificate: extensions: 1.3.6.1.4.1.57264.1.20 is there twice",
        ),
        (
            "65 extensions",
            Sample {
                extensions: many,
                ..leaf()
            },
            "tbsCertificate: extensions: more than 64",
        ),
        (
            "critical FALSE",
            leaf().with("1.2.3", sequence(&[&oid("1.2.3"), &FALSE, &octets(&[])])),
            "tbsCertificate: extensions: 1.2.3 writes out that it is not critical",
        ),
        (
            "critical 0x01",
            leaf().with(
                "1.2.3",
                sequence(&[&oid("1.2.3"), &[1, 1, 1], &octets(&[])]),
            ),
            "tbsCertificate: extensions: is neither the BOOLEAN FALSE nor TRUE of DER",
        ),
        (
            "extension with a fourth field",
            leaf().with("1.2.3", sequence(&[&oid("1.2.3"), &octets(&[]), &[5, 0]])),
            "tbsCertificate: extensions: has bytes after its last element",
        ),
        (
            "cA FALSE",
            leaf().value(BASIC_CONSTRAINTS, &sequence(&[&FALSE])),
            "basicConstraints: writes out that cA is FALSE",
        ),
        (
            "negative pathLenConstraint",
            leaf().value(BASIC_CONSTRAINTS, &sequence(&[&TRUE, &integer(&[0xff])])),
            "basicConstraints: is not between 0 and 2147483647",
        ),
        (
            "keyUsage with set unused bits",
            leaf().value(KEY_USAGE, &der(3, &[7, 0xff])),
            "keyUsage: is not a BIT STRING whose unused bits are 0",
        ),
        (
            "extKeyUsage without purpose",
            leaf().value(EXT_KEY_USAGE, &sequence(&[])),
            "extKeyUsage: an element is missing",
        ),
        (
            "extKeyUsage with text",
            leaf().value(EXT_KEY_USAGE, &sequence(&[&oid(CODE_SIGNING), &utf8("x")])),
            "extKeyUsage: expected OBJECT IDENTIFIER, found UTF8String",
        ),
        (
            "bytes after an extension's value",
            leaf().value(SUBJECT_KEY_ID, &[&octets(b"leaf")[..], &[0]].concat()),
            "subjectKeyIdentifier: has bytes after its last element",
        ),
        (
            "authorityKeyIdentifier in another order",
            leaf().value(
                AUTHORITY_KEY_ID,
                &sequence(&[&der(0x82, &[1]), &der(0x80, &[1])]),
            ),
            "authorityKeyIdentifier: has bytes after its last element",
        ),
    ] {
        assert_eq!(error(&sample.der()), expected, "{rule}");
    }
}

#[test]
fn a_leaf_breaks_its_profile() {
    let leaf = Sample::leaf;
    let san = |names: &[u8]| leaf().value(SUBJECT_ALT_NAME, &der(0x30, names));
    let other_name =
        |kind: &str, value: &[u8]| san(&context(0, &[oid(kind), context(0, value)].concat()));
    for (rule, sample, expected) in [
        (
            "CA",
            leaf().value(BASIC_CONSTRAINTS, &sequence(&[&TRUE])),
            "basicConstraints: is a CA",
        ),
        (
            "no keyUsage",
            leaf().without(KEY_USAGE),
            "keyUsage: has no digitalSignature",
        ),
        (
            "keyUsage keyCertSign",
            leaf().value(KEY_USAGE, &bits(&[0x04])),
            "keyUsage: has no digitalSignature",
        ),
        (
            "keyUsage without bits",
            leaf().value(KEY_USAGE, &bits(&[])),
            "keyUsage: has no digitalSignature",
        ),
        (
            "no extKeyUsage",
            leaf().without(EXT_KEY_USAGE),
            "extKeyUsage: has no codeSigning",
        ),
        (
            "extKeyUsage serverAuth",
            leaf().value(EXT_KEY_USAGE, &sequence(&[&oid("1.3.6.1.5.5.7.3.1")])),
            "extKeyUsage: has no codeSigning",
        ),
        (
            "anyExtendedKeyUsage",
            leaf().value(EXT_KEY_USAGE, &sequence(&[&oid("2.5.29.37.0")])),
            "extKeyUsage: has no codeSigning",
        ),
        (
            "unknown critical extension",
            leaf().with("1.2.3", critical("1.2.3", &[])),
            "extension 1.2.3 is critical and not supported",
        ),
        (
            "critical nameConstraints",
            leaf().with("2.5.29.30", critical("2.5.29.30", &sequence(&[]))),
            "extension 2.5.29.30 is critical and not supported",
        ),
        (
            "no name",
            leaf().without(SUBJECT_ALT_NAME),
            "subjectAltName: is not there",
        ),
        (
            "an empty list of names",
            san(&[]),
            "subjectAltName: an element is missing",
        ),
        (
            "two names",
            san(&[der(0x86, b"a"), der(0x86, b"a")].concat()),
            "subjectAltName: more than one name",
        ),
        (
            "dNSName",
            san(&der(0x82, b"example.com")),
            "subjectAltName: the name is no URI, e-mail address or user name of Fulcio",
        ),
        (
            "empty name",
            san(&der(0x86, b"")),
            "subjectAltName: the name is empty",
        ),
        (
            "NUL in a name",
            san(&der(0x86, b"https://a\0b")),
            "subjectAltName: the name has a space or control character",
        ),
        (
            "space in a name",
            san(&der(0x81, b"a b@example.com")),
            "subjectAltName: the name has a space or control character",
        ),
        (
            "DEL in a name",
            san(&der(0x86, b"a\x7f")),
            "subjectAltName: the name has a space or control character",
        ),
        (
            "URI that is not ASCII",
            san(&der(0x86, "https://ä".as_bytes())),
            "subjectAltName: the name is not in ASCII",
        ),
        (
            "e-mail address that is not ASCII",
            san(&der(0x81, "ä@example.com".as_bytes())),
            "subjectAltName: the name is not in ASCII",
        ),
        (
            "otherName of another type",
            other_name("1.2.3", &utf8("a!b")),
            "subjectAltName: an otherName of a type that is not Fulcio's",
        ),
        (
            "user name in another string type",
            other_name("1.3.6.1.4.1.57264.1.7", &der(0x13, b"a!b")),
            "subjectAltName: expected UTF8String, found PrintableString",
        ),
        (
            "user name with a space",
            other_name("1.3.6.1.4.1.57264.1.7", &utf8("a !b")),
            "subjectAltName: the name has a space or control character",
        ),
        (
            "bytes after a user name",
            other_name("1.3.6.1.4.1.57264.1.7", &[utf8("a!b"), utf8("c")].concat()),
            "subjectAltName: has bytes after its last element",
        ),
        (
            "issuer without DER",
            leaf().value(ISSUER, b"https://issuer.example"),
            "issuer of the identity token: is not DER: an element has an unknown tag, ends early, or has a length that is not minimal",
        ),
        (
            "issuer in another string type",
            leaf().value(ISSUER, &der(0x13, b"https://issuer.example")),
            "issuer of the identity token: expected UTF8String, found PrintableString",
        ),
        (
            "two issuers",
            leaf().with(
                "1.3.6.1.4.1.57264.1.1",
                extension("1.3.6.1.4.1.57264.1.1", b"https://other.example"),
            ),
            "extensions 1.3.6.1.4.1.57264.1.1 and .8 have different issuers",
        ),
        (
            "claim in another string type",
            leaf().value("1.3.6.1.4.1.57264.1.20", &der(0x16, b"push")),
            "buildTrigger: expected UTF8String, found IA5String",
        ),
        (
            "claim that is not UTF-8",
            leaf().value("1.3.6.1.4.1.57264.1.20", &der(0x0c, &[0xff])),
            "buildTrigger: is not UTF-8",
        ),
    ] {
        assert_eq!(leaf_error(&sample), expected, "{rule}");
    }
}

#[test]
fn each_kind_of_name_is_read_as_itself() {
    let user = [
        oid("1.3.6.1.4.1.57264.1.7"),
        context(0, &utf8("ümit!example.com")),
    ]
    .concat();
    for (name, expected) in [
        (
            der(0x86, b"https://a/b@c"),
            SubjectName::Uri("https://a/b@c"),
        ),
        (
            der(0x81, b"https://a/b@c"),
            SubjectName::Email("https://a/b@c"),
        ),
        (context(0, &user), SubjectName::UserName("ümit!example.com")),
    ] {
        let der = Sample::leaf()
            .value(SUBJECT_ALT_NAME, &sequence(&[&name]))
            .der();
        let leaf = Certificate::read(&der).unwrap().leaf().unwrap();
        assert_eq!(leaf.subject, expected);
        assert_eq!(leaf.subject.to_string(), expected.as_str());
    }
}

#[test]
fn the_old_issuer_counts_alone() {
    let sample = Sample::leaf().without(ISSUER).with(
        "1.3.6.1.4.1.57264.1.1",
        extension("1.3.6.1.4.1.57264.1.1", b"https://issuer.example"),
    );
    let der = sample.der();
    let leaf = Certificate::read(&der).unwrap().leaf().unwrap();
    assert_eq!(leaf.issuer, Some("https://issuer.example"));
    let none = Sample::leaf().without(ISSUER).der();
    assert_eq!(
        Certificate::read(&none).unwrap().leaf().unwrap().issuer,
        None
    );
}

#[test]
fn every_claim_has_its_own_extension() {
    let sample = Claim::ALL
        .iter()
        .fold(Sample::leaf(), |sample, (number, name, _)| {
            sample.value(&format!("1.3.6.1.4.1.57264.1.{number}"), &utf8(name))
        });
    let der = sample.der();
    let leaf = Certificate::read(&der).unwrap().leaf().unwrap();
    for (_, name, claim) in Claim::ALL {
        assert_eq!(leaf.claim(*claim), Some(*name));
        assert_eq!(claim.name(), *name);
        assert_eq!(Claim::by_name(name), Some(*claim));
    }
    assert_eq!(Claim::ALL.len(), 16);
    assert_eq!(Claim::by_name("issuer"), None);
}

#[test]
fn a_certificate_is_bounded_before_it_is_read() {
    let sized = |length: usize| Sample {
        signature: Some(bits(&[7; 64])),
        ..Sample::leaf().with("1.2.3", extension("1.2.3", &vec![7; length]))
    };
    let rest = sized(0x3000).der().len() - 0x3000;
    assert_eq!(error(&sized(0x4000 - rest).der()), "");
    assert_eq!(
        error(&sized(0x4001 - rest).der()),
        "has 16385 bytes, and at most 16384 are read"
    );
}

#[test]
fn nothing_follows_a_certificate() {
    let der = [Sample::leaf().der(), vec![0]].concat();
    assert_eq!(error(&der), "has bytes after its last element");
}

#[test]
fn both_ends_of_the_validity_belong_to_it() {
    let der = Sample::leaf().der();
    let certificate = Certificate::read(&der).unwrap();
    for (text, is_valid) in [
        ("2026-03-01T11:59:58.999999999Z", false),
        ("2026-03-01T11:59:59Z", true),
        ("2026-03-01T12:10:00Z", true),
        ("2026-03-01T12:10:00.000000001Z", false),
    ] {
        let moment = Moment::parse(text).unwrap();
        assert_eq!(certificate.is_valid_at(moment), is_valid, "{text}");
    }
}

#[test]
fn an_issuer_is_told_by_name_and_key_identifier() {
    let leaf = Sample::leaf().der();
    let leaf = Certificate::read(&leaf).unwrap();
    let authority = Sample::authority;
    for (rule, sample, is_named) in [
        ("same name and key identifier", authority(), true),
        (
            "another name",
            Sample {
                subject: name("Intermediate"),
                ..authority()
            },
            false,
        ),
        (
            "another key identifier",
            authority().value(SUBJECT_KEY_ID, &octets(b"other")),
            false,
        ),
        (
            "no key identifier",
            authority().without(SUBJECT_KEY_ID),
            true,
        ),
    ] {
        let der = sample.der();
        let issuer = Certificate::read(&der).unwrap();
        assert_eq!(leaf.names_issuer(&issuer), is_named, "{rule}");
    }
    let without = Sample::leaf().without(AUTHORITY_KEY_ID).der();
    let authority = authority().der();
    let authority = Certificate::read(&authority).unwrap();
    assert!(
        Certificate::read(&without)
            .unwrap()
            .names_issuer(&authority)
    );
}

#[test]
fn the_signature_is_of_the_key_the_algorithm_and_the_bytes() {
    let issuer = public(&key(1));
    let other = public(&key(2));
    let unsupported = sequence(&[&oid("1.2.840.10045.4.1")]);
    let rsa = sequence(&[&oid("1.2.840.113549.1.1.11"), &[5, 0]]);
    let sha384 = sequence(&[&oid("1.2.840.10045.4.3.3")]);
    let with_algorithm = |algorithm: &[u8]| Sample {
        inner_algorithm: algorithm.to_vec(),
        outer_algorithm: algorithm.to_vec(),
        ..Sample::leaf()
    };
    let signature = bits(&sign(&key(1), b"something else"));
    for (rule, sample, key, is_signed) in [
        ("as issued", Sample::leaf(), &issuer, true),
        ("another key", Sample::leaf(), &other, false),
        (
            "another message",
            Sample {
                signature: Some(signature),
                ..Sample::leaf()
            },
            &issuer,
            false,
        ),
        ("SHA-1", with_algorithm(&unsupported), &issuer, false),
        (
            "RSA with a key of a curve",
            with_algorithm(&rsa),
            &issuer,
            false,
        ),
        (
            "another hash than was used",
            with_algorithm(&sha384),
            &issuer,
            false,
        ),
    ] {
        let der = sample.der();
        let certificate = Certificate::read(&der).unwrap();
        assert_eq!(certificate.is_signed_by(key).is_ok(), is_signed, "{rule}");
    }
}

#[test]
fn an_authority_may_issue() {
    let authority = Sample::authority;
    let path =
        |length: u8| authority().value(BASIC_CONSTRAINTS, &sequence(&[&TRUE, &integer(&[length])]));
    let purposes = |purposes: &[&str]| {
        let purposes: Vec<u8> = purposes.iter().flat_map(|purpose| oid(purpose)).collect();
        authority().value(EXT_KEY_USAGE, &der(0x30, &purposes))
    };
    let too_short =
        "basicConstraints: pathLenConstraint is less than the number of CA certificates below";
    for (rule, sample, below, expected) in [
        ("as issued", authority(), 0, ""),
        ("pathLenConstraint 0 above a CA", authority(), 1, too_short),
        ("pathLenConstraint 1 above a CA", path(1), 1, ""),
        ("pathLenConstraint 1 above two CAs", path(1), 2, too_short),
        (
            "no pathLenConstraint",
            authority().value(BASIC_CONSTRAINTS, &sequence(&[&TRUE])),
            7,
            "",
        ),
        (
            "no basicConstraints",
            authority().without(BASIC_CONSTRAINTS),
            0,
            "basicConstraints: is no CA",
        ),
        (
            "no CA",
            authority().value(BASIC_CONSTRAINTS, &sequence(&[])),
            0,
            "basicConstraints: is no CA",
        ),
        (
            "no keyUsage",
            authority().without(KEY_USAGE),
            0,
            "keyUsage: has no keyCertSign",
        ),
        (
            "keyUsage cRLSign",
            authority().value(KEY_USAGE, &bits(&[0x02])),
            0,
            "keyUsage: has no keyCertSign",
        ),
        ("no extKeyUsage", authority().without(EXT_KEY_USAGE), 0, ""),
        ("extKeyUsage any", purposes(&["2.5.29.37.0"]), 0, ""),
        (
            "extKeyUsage with others",
            purposes(&[TIME_STAMPING, CODE_SIGNING]),
            0,
            "",
        ),
        (
            "extKeyUsage timeStamping",
            purposes(&[TIME_STAMPING]),
            0,
            "extKeyUsage: has no codeSigning",
        ),
        (
            "unknown critical extension",
            authority().with("1.2.3", critical("1.2.3", &[])),
            0,
            "extension 1.2.3 is critical and not supported",
        ),
        (
            "nameConstraints",
            authority().value("2.5.29.30", &sequence(&[])),
            0,
            "nameConstraints: is not supported",
        ),
    ] {
        let der = sample.der();
        let result = Certificate::read(&der)
            .unwrap()
            .check_authority(Purpose::CodeSigning, below);
        assert_eq!(
            result.map_or_else(|it| it.to_string(), |()| String::new()),
            expected,
            "{rule}"
        );
    }
    let der = purposes(&[TIME_STAMPING]).der();
    let certificate = Certificate::read(&der).unwrap();
    assert!(
        certificate
            .check_authority(Purpose::TimeStamping, 0)
            .is_ok()
    );
    let der = authority().der();
    let error = Certificate::read(&der)
        .unwrap()
        .check_authority(Purpose::TimeStamping, 0);
    assert_eq!(
        error.unwrap_err().to_string(),
        "extKeyUsage: has no timeStamping"
    );
}

#[test]
fn a_timestamp_signer_is_for_nothing_else() {
    let signer = Sample::timestamp_signer;
    let purposes = |purposes: &[&str]| {
        let purposes: Vec<u8> = purposes.iter().flat_map(|purpose| oid(purpose)).collect();
        signer().with(
            EXT_KEY_USAGE,
            critical(EXT_KEY_USAGE, &der(0x30, &purposes)),
        )
    };
    let not_alone = "extKeyUsage: is not timeStamping alone and critical";
    for (rule, sample, expected) in [
        ("as issued", signer(), ""),
        (
            "CA",
            signer().value(BASIC_CONSTRAINTS, &sequence(&[&TRUE])),
            "basicConstraints: is a CA",
        ),
        ("no extKeyUsage", signer().without(EXT_KEY_USAGE), not_alone),
        (
            "not critical",
            signer().value(EXT_KEY_USAGE, &sequence(&[&oid(TIME_STAMPING)])),
            not_alone,
        ),
        ("another purpose", purposes(&[CODE_SIGNING]), not_alone),
        (
            "a second purpose",
            purposes(&[TIME_STAMPING, CODE_SIGNING]),
            not_alone,
        ),
        (
            "unknown critical extension",
            signer().with("1.2.3", critical("1.2.3", &[])),
            "extension 1.2.3 is critical and not supported",
        ),
        (
            "nameConstraints",
            signer().value("2.5.29.30", &sequence(&[])),
            "nameConstraints: is not supported",
        ),
    ] {
        let der = sample.der();
        let result = Certificate::read(&der).unwrap().check_timestamp_signer();
        assert_eq!(
            result.map_or_else(|it| it.to_string(), |()| String::new()),
            expected,
            "{rule}"
        );
    }
}

/// The list of promises may stand anywhere among the extensions.
#[test]
fn a_precertificate_is_the_certificate_without_its_promises() {
    let without = Sample::leaf();
    for at in 0..=without.extensions.len() {
        let mut sample = Sample::leaf();
        sample
            .extensions
            .insert(at, extension(SCT_LIST, &octets(&[7; 200])));
        let der = sample.der();
        let certificate = Certificate::read(&der).unwrap();
        assert_eq!(certificate.precertificate_tbs(), without.tbs(), "{at}");
    }
    let der = without.der();
    let certificate = Certificate::read(&der).unwrap();
    assert_eq!(certificate.precertificate_tbs(), without.tbs());
}

#[test]
fn nothing_has_an_element_more() {
    for sample in [Sample::leaf(), Sample::authority()] {
        let grown = with_one_more(&sample.der());
        assert!(grown.len() > 20, "{}", grown.len());
        for der in grown {
            assert!(!error(&der).is_empty(), "{der:02x?}");
        }
    }
}

#[test]
fn every_prefix_is_an_error() {
    let der = Sample::leaf().der();
    for length in 0..der.len() {
        assert!(!error(der.get(..length).unwrap()).is_empty(), "{length}");
    }
}

#[test]
fn no_changed_byte_makes_the_reader_panic() {
    let mut der = Sample::leaf().value(SCT_LIST, &octets(&[0, 2, 0, 0])).der();
    for at in 0..der.len() {
        for change in [0x01, 0x20, 0x80, 0xff] {
            *der.get_mut(at).unwrap() ^= change;
            if let Ok(certificate) = Certificate::read(&der) {
                let _ = (
                    certificate.leaf(),
                    certificate.scts(),
                    certificate.precertificate_tbs(),
                );
                let _ = certificate.check_authority(Purpose::CodeSigning, 0);
                let _ = certificate.check_timestamp_signer();
            }
            *der.get_mut(at).unwrap() ^= change;
        }
    }
}
