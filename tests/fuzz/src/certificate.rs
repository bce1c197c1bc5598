//! Certificates, with the promises of CT logs inside.

use policy_wasm::sigstore::certificate::{Certificate, Purpose};

/// The list of promises (RFC 6962, section 3.3)
const SCT_LIST: &[u8] = b"\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02";

/// A certificate is all of its bytes. Without the promises of CT logs it is another certificate that differs in nothing
/// else. A leaf has a name, and is no CA.
pub fn certificate(bytes: &[u8]) {
    let Ok(certificate) = Certificate::read(bytes) else {
        return;
    };
    assert_eq!(certificate.as_der(), bytes);
    assert!(bytes.len() <= 16 << 10);
    let shorter = &bytes[..bytes.len() - 1];
    assert!(Certificate::read(shorter).is_err());
    assert!(Certificate::read(&[bytes, &[0]].concat()).is_err());
    let scts = certificate.scts();
    assert!(scts.is_err() || scts.is_ok_and(|scts| scts.is_none_or(|scts| scts.len() <= 8)));
    if let Ok(leaf) = certificate.leaf() {
        let name = leaf.subject.as_str();
        assert!(!name.is_empty() && !name.contains(|c: char| c <= ' ' || c == '\x7f'));
        assert!(!certificate.is_authority());
        assert!(
            certificate
                .check_authority(Purpose::CodeSigning, 0)
                .is_err()
        );
    }
    assert_precertificate(&certificate);
}

fn assert_precertificate(certificate: &Certificate<'_>) {
    let others = || {
        let extensions = certificate.extensions();
        extensions.filter(|(oid, _, _)| *oid != SCT_LIST)
    };
    if others().next().is_none() {
        return; // a certificate has extensions
    }
    let der = certificate.as_der();
    // In the long form, the second byte counts the bytes of the length.
    let header = match der[1] {
        0..=0x7f => 2,
        long => 2 + usize::from(long & 0x7f),
    };
    let rest = &der[header + certificate.tbs().len()..];
    let contents = [&certificate.precertificate_tbs(), rest].concat();
    let [high, low] = u16::try_from(contents.len()).unwrap().to_be_bytes();
    let header = match contents.len() {
        0..=0x7f => vec![0x30, low],
        0x80..=0xff => vec![0x30, 0x81, low],
        _ => vec![0x30, 0x82, high, low],
    };
    let der = [header, contents].concat();
    let without = Certificate::read(&der).unwrap();
    assert_eq!(without.tbs(), certificate.precertificate_tbs());
    assert_eq!(without.scts(), Ok(None));
    assert_eq!(without.serial(), certificate.serial());
    assert_eq!(without.issuer(), certificate.issuer());
    assert_eq!(without.subject(), certificate.subject());
    assert_eq!(without.not_before(), certificate.not_before());
    assert_eq!(without.not_after(), certificate.not_after());
    assert_eq!(without.spki(), certificate.spki());
    assert_eq!(without.signature(), certificate.signature());
    assert!(without.extensions().eq(others()));
    if let Ok(leaf) = certificate.leaf() {
        assert_eq!(without.leaf(), Ok(leaf));
    }
}
