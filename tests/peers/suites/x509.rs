//! Certificates and timestamp tokens, as the policy and as `x509-cert`, `cms` and `x509-tsp` read them.
//!
//! The crates accept whatever the policy accepts, and read the same fields from it. [`STRICTER`] lists the exceptions.

use std::collections::BTreeSet;

use base64::Engine as _;
use cms::content_info::ContentInfo;
use cms::signed_data::{SignedData, SignerIdentifier};
use policy_peers::sigstore_vectors as vectors;
use policy_wasm::sigstore::certificate::{Certificate, SubjectName};
use policy_wasm::sigstore::token::Token;
use x509_cert::der::asn1::OctetString;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, SubjectAltName, SubjectKeyIdentifier,
};
use x509_tsp::{TimeStampResp, TstInfo};

/// Compares every field that both read.
fn assert_same_certificate(ours: &Certificate<'_>, theirs: &x509_cert::Certificate) {
    let tbs = &theirs.tbs_certificate;
    assert_eq!(theirs.to_der().unwrap(), ours.as_der());
    assert_eq!(tbs.to_der().unwrap(), ours.tbs());
    assert_eq!(tbs.serial_number.as_bytes(), ours.serial());
    assert_eq!(tbs.issuer.to_der().unwrap(), ours.issuer());
    assert_eq!(tbs.subject.to_der().unwrap(), ours.subject());
    let seconds = |time: x509_cert::time::Time| time.to_unix_duration().as_secs();
    assert_eq!(
        seconds(tbs.validity.not_before),
        ours.not_before().as_unix()
    );
    assert_eq!(seconds(tbs.validity.not_after), ours.not_after().as_unix());
    assert_eq!(tbs.subject_public_key_info.to_der().unwrap(), ours.spki());
    assert_eq!(theirs.signature.as_bytes(), Some(ours.signature()));
    let extensions = tbs.extensions.iter().flatten();
    let extensions: Vec<_> = extensions
        .map(|it| (it.extn_id.as_bytes(), it.critical, it.extn_value.as_bytes()))
        .collect();
    assert_eq!(extensions, ours.extensions().collect::<Vec<_>>());
}

/// Compares what both say about the extensions, as far as the policy keeps them.
fn assert_same_extensions(ours: &Certificate<'_>, theirs: &x509_cert::Certificate) {
    let tbs = &theirs.tbs_certificate;
    let constraints = tbs.get::<BasicConstraints>().unwrap();
    assert_eq!(
        constraints.is_some_and(|(_, it)| it.ca),
        ours.is_authority()
    );
    let id = tbs.get::<SubjectKeyIdentifier>().unwrap();
    let id = id.as_ref().map(|(_, it)| it.0.as_bytes());
    assert_eq!(id, ours.subject_key_id());
    let id = tbs.get::<AuthorityKeyIdentifier>().unwrap();
    let id = id.as_ref().and_then(|(_, it)| it.key_identifier.as_ref());
    assert_eq!(id.map(OctetString::as_bytes), ours.authority_key_id());
    if let Ok(leaf) = ours.leaf() {
        let names = tbs.get::<SubjectAltName>().unwrap();
        let (_, names) = names.unwrap();
        let [name] = &*names.0 else {
            panic!("{names:?}");
        };
        match (leaf.subject, name) {
            (SubjectName::Uri(ours), GeneralName::UniformResourceIdentifier(theirs)) => {
                assert_eq!(ours, theirs.as_str());
            }
            (SubjectName::Email(ours), GeneralName::Rfc822Name(theirs)) => {
                assert_eq!(ours, theirs.as_str());
            }
            (SubjectName::UserName(ours), GeneralName::OtherName(theirs)) => {
                assert!(theirs.value.value().ends_with(ours.as_bytes()));
            }
            (ours, theirs) => panic!("{ours:?} and {theirs:?}"),
        }
    }
}

/// A token by `x509-tsp` and `cms`
struct TheirToken {
    signed_data: SignedData,
    info: TstInfo,
}

impl TheirToken {
    fn read(der: &[u8]) -> Result<Self, x509_cert::der::Error> {
        let response = TimeStampResp::from_der(der)?;
        let token: ContentInfo = response.time_stamp_token.unwrap();
        let signed_data = token.content.decode_as::<SignedData>()?;
        let content = signed_data.encap_content_info.econtent.as_ref().unwrap();
        let content = content.decode_as::<OctetString>()?;
        let info = TstInfo::from_der(content.as_bytes())?;
        Ok(Self { signed_data, info })
    }

    fn names(&self, certificate: &Certificate<'_>) -> bool {
        let signers = self.signed_data.signer_infos.0.as_slice();
        let [signer] = signers else {
            panic!("{signers:?}");
        };
        match &signer.sid {
            SignerIdentifier::IssuerAndSerialNumber(id) => {
                id.issuer.to_der().unwrap() == certificate.issuer()
                    && id.serial_number.as_bytes() == certificate.serial()
            }
            SignerIdentifier::SubjectKeyIdentifier(id) => {
                Some(id.0.as_bytes()) == certificate.subject_key_id()
            }
        }
    }
}

fn assert_same_token(ours: &Token<'_>, theirs: &TheirToken, certificates: &[Certificate<'_>]) {
    let time = theirs.info.gen_time.to_unix_duration().as_nanos();
    assert_eq!(ours.moment().as_unix_nanoseconds(), time);
    let imprint = &theirs.info.message_imprint.hashed_message;
    assert_eq!(ours.imprint(), imprint.as_bytes());
    for certificate in certificates {
        assert_eq!(ours.names(certificate), theirs.names(certificate));
    }
}

/// Errors of the crates about what the policy accepts, and why it may
const STRICTER: [(&str, &str); 3] = [
    (
        "malformed OID",
        "`const-oid` 0.9 reads no identifier whose first byte is above 119, such as `2.999`. Of identifiers that the \
        policy does not know, only the form counts",
    ),
    (
        "unknown/unsupported ASN.1 DER tag: 0x0d",
        "`der` 0.7 does not know RELATIVE-OID. The policy compares names as bytes, so their values may have any type",
    ),
    (
        "malformed ASN.1 DER value for INTEGER",
        "`cms` knows the versions 0 to 5 of `SignedData` and `SignerInfo`. They say which fields may be there, and the \
        policy reads the same fields in every version",
    ),
];

/// Counts the exceptions by their place in [`STRICTER`].
#[derive(Default)]
struct Ledger {
    found: BTreeSet<usize>,
}

impl Ledger {
    #[track_caller]
    fn explain(&mut self, error: &str, der: &[u8]) {
        let found = STRICTER
            .iter()
            .position(|(known, _)| error.starts_with(known));
        let der = base64::engine::general_purpose::STANDARD.encode(der);
        self.found
            .insert(found.unwrap_or_else(|| panic!("{error}: {der}")));
    }

    /// Each exception is there for a reason that is still one.
    fn assert_needed(&self, expected: &[usize]) {
        assert_eq!(
            self.found,
            expected.iter().copied().collect(),
            "{STRICTER:?}"
        );
    }
}

/// Each byte with one bit changed, or all of them
fn damaged(der: &[u8]) -> impl Iterator<Item = Vec<u8>> {
    let changes = [0x01, 0x02, 0x20, 0x80, 0xff];
    let places = (0..der.len()).flat_map(move |at| changes.map(|change| (at, change)));
    places.map(|(at, change)| {
        let mut damaged = der.to_vec();
        damaged[at] ^= change;
        damaged
    })
}

/// Documents, and some of them damaged, which is slow
fn with_damaged(documents: BTreeSet<Vec<u8>>, step: usize) -> Vec<Vec<u8>> {
    let some = documents.iter().step_by(step);
    let damaged: Vec<_> = some.flat_map(|der| damaged(der)).collect();
    documents.into_iter().chain(damaged).collect()
}

#[test]
fn certificates_have_the_same_fields() {
    let mut ledger = Ledger::default();
    let mut read = 0;
    for der in with_damaged(vectors::certificates(), 24) {
        let Ok(ours) = Certificate::read(&der) else {
            continue;
        };
        read += 1;
        match x509_cert::Certificate::from_der(&der) {
            Ok(theirs) => {
                assert_same_certificate(&ours, &theirs);
                assert_same_extensions(&ours, &theirs);
            }
            Err(error) => ledger.explain(&error.to_string(), &der),
        }
    }
    assert!(read > 10_000, "{read}");
    ledger.assert_needed(&[0, 1]);
}

#[test]
fn tokens_have_the_same_fields() {
    let certificates = vectors::certificates();
    let certificates = certificates.iter().flat_map(|der| Certificate::read(der));
    let signers: Vec<_> = certificates
        .filter(|certificate| certificate.check_timestamp_signer().is_ok())
        .collect();
    let mut ledger = Ledger::default();
    let mut read = 0;
    for der in with_damaged(vectors::tokens(), 12) {
        let Ok(ours) = Token::read(&der) else {
            continue;
        };
        read += 1;
        match TheirToken::read(&der) {
            Ok(theirs) => assert_same_token(&ours, &theirs, &signers),
            Err(error) => ledger.explain(&error.to_string(), &der),
        }
    }
    assert!(read > 2_000, "{read}");
    ledger.assert_needed(&[0, 1, 2]);
}
