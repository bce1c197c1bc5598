//! An attestation that exists in a case: who signed what about which image, where it is, and how it
//! was tampered with.

use policy_wasm::time::Time;
use serde_json::Value;

use super::{Names, OtherIdentity, Signer, digest_of, read_time};
use crate::read::{Fields, Reader};
use crate::source::{Node, Shape, Span};

/// One attestation
#[derive(Debug, Clone, PartialEq)]
pub struct Attestation {
    /// Its place in the suite
    pub span: Span,
    /// Name of the signer
    pub by: String,
    /// The image, by reference with a digest
    pub image: String,
    /// Content of the attestation
    pub claim: Claim,
    /// Its format
    pub format: Format,
    /// Its source
    pub source: Source,
    /// When an identity signed it; `None` for the time of the case
    pub signed: Option<Moment>,
    /// Parts of the signer's identity that are others in its certificate
    pub identity: OtherIdentity,
    /// Under which note it is filed, where not under that of the signer's attestor
    pub note: Option<String>,
    /// The repository that it names, where not that of the image
    pub repository: Option<String>,
    /// Its defects
    pub tampers: Vec<Tamper>,
}

/// Content of an attestation
#[derive(Debug, Clone, PartialEq)]
pub enum Claim {
    /// That it may run
    Approval,
    /// A vulnerability scan
    Scan {
        /// When the scan ended
        finished: Moment,
        /// Findings
        findings: Vec<Finding>,
    },
    /// Its provenance
    Provenance(Provenance),
    /// When it was uploaded
    Upload(Moment),
    /// Anything else, as an in-toto statement
    Statement {
        /// `predicateType`
        predicate_type: String,
        /// `predicate`
        predicate: Value,
    },
}

/// A point in time
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// So many seconds before the time of the case
    Ago(u64),
    /// Fixed, independent of the time of the case
    At(Time),
}

/// One finding of a scan
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Such as `CVE-2026-0001`
    pub id: String,
    /// As the scanner words it
    pub severity: String,
    /// Whether there is a fix
    pub fixable: bool,
}

/// Provenance of an image
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// `builder.id`
    pub builder: String,
    /// The repository of the build's configuration, where the build began with one
    pub source: Option<String>,
}

/// Format of an attestation
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// An occurrence over the payload's own bytes, as gcloud makes them
    Occurrence,
    /// An occurrence in the shape of the API's beta version
    OccurrenceV1Beta1,
    /// A DSSE envelope by itself
    Dsse,
    /// An occurrence that holds an envelope
    DsseOccurrence,
    /// An envelope with Google's statement `policy_verification/v0.1`
    PolicyVerification,
    /// A layer of cosign's signature manifest
    Cosign,
    /// A Sigstore bundle with a statement in an envelope
    Bundle,
    /// A Sigstore bundle with a signature over the image's digest
    BundleMessage,
}

/// Source of an attestation
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Among the `evidence.occurrences` of the settings
    Settings,
    /// In the annotation of the Pod
    PodAnnotation,
    /// In an `Attestation` of the cluster
    Kubernetes,
    /// Beside the image in its registry
    Registry,
    /// Among the referrers of the image
    Referrers,
}

/// Defect of an attestation
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tamper {
    /// It is there twice
    DuplicateSigner,
    /// It is so old that nothing of its age is accepted
    Expired,
    /// One bit of the signature is another
    FlipBit,
    /// It is no attestation at all
    Garbage,
    /// It is from the future
    NotYetValid,
    /// The signature was made for another image, and the payload changed to name this one
    SwapSubject,
    /// Its second half is missing
    Truncated,
    /// An unknown key id
    UnknownKeyId,
    /// No signature
    Unsigned,
    /// It is genuine and about another image
    WrongDigest,
    /// It is signed with another key, under the id of the right one
    WrongKey,
    /// It is filed under another note
    WrongNote,
    /// It is signed, and of a type that says nothing here
    WrongType,
    /// The certificate had expired when it signed
    ExpiredCertificate,
    /// No transparency log has it
    MissingLogEntry,
    /// The log proves no inclusion
    MissingProof,
    /// No CT log has promised to publish the certificate
    MissingSct,
    /// Nothing signed says when it was signed
    MissingTime,
    /// Only the log of another instance has it
    UnknownLog,
    /// The authority of another instance issued the certificate
    UntrustedCertificate,
    /// The checkpoint is signed with another key than the log's
    WrongCheckpoint,
    /// The certificate is by another issuer of identity tokens
    WrongIssuer,
    /// The log entry is about another signature of the same certificate
    WrongLogEntry,
    /// The log's promise is signed with another key
    WrongPromise,
    /// The certificate is for another subject
    WrongSubject,
    /// The timestamp is of another signature
    WrongTimestamp,
}

impl Source {
    pub(super) const NAMES: &'static [(&'static str, Self)] = &[
        ("settings", Self::Settings),
        ("pod-annotation", Self::PodAnnotation),
        ("kubernetes", Self::Kubernetes),
        ("registry", Self::Registry),
        ("referrers", Self::Referrers),
    ];
}

const FORMATS: &[(&str, Format)] = &[
    ("occurrence", Format::Occurrence),
    ("occurrence-v1beta1", Format::OccurrenceV1Beta1),
    ("dsse", Format::Dsse),
    ("dsse-occurrence", Format::DsseOccurrence),
    ("policy-verification", Format::PolicyVerification),
    ("cosign", Format::Cosign),
    ("bundle", Format::Bundle),
    ("bundle-message", Format::BundleMessage),
];

impl Format {
    const fn is_envelope(self) -> bool {
        matches!(
            self,
            Self::Dsse | Self::DsseOccurrence | Self::PolicyVerification | Self::Bundle
        )
    }

    const fn is_bundle(self) -> bool {
        matches!(self, Self::Bundle | Self::BundleMessage)
    }
}

/// Words that would change nothing would be tests of nothing.
fn check_tampers(
    tampers: &[Tamper],
    format: Format,
    signer: Option<&Signer>,
    span: Span,
    reader: &Reader,
) {
    let name = |tamper: Tamper| {
        let named = Tamper::NAMES.iter().find(|(_, one)| *one == tamper);
        named.map_or("", |(name, _)| *name)
    };
    let has_note = matches!(
        format,
        Format::Occurrence | Format::OccurrenceV1Beta1 | Format::DsseOccurrence
    );
    let is_identity = signer.is_none_or(Signer::is_identity);
    for tamper in tampers {
        let is_idle = match tamper {
            Tamper::WrongNote => !has_note,
            Tamper::UnknownKeyId => matches!(
                format,
                Format::Cosign | Format::Bundle | Format::BundleMessage
            ),
            Tamper::WrongType => matches!(format, Format::Cosign | Format::BundleMessage),
            Tamper::Truncated => format == Format::BundleMessage,
            // cosign's signatures before bundles have a promise of the log only.
            Tamper::MissingProof | Tamper::WrongCheckpoint => format == Format::Cosign,
            _ => false,
        };
        if is_idle {
            let name = name(*tamper);
            reader.invalid(span, format!("`{name}` has no effect on this format"));
        }
        if tamper.needs_identity() && !is_identity {
            let name = name(*tamper);
            let message = format!(
                "`{name}` changes what a key does not need: certificate, log entry or timestamp"
            );
            reader.invalid(span, message);
        }
    }
    if tampers.len() > 1 && tampers.contains(&Tamper::Garbage) {
        reader.invalid(span, "`garbage` cannot be changed further");
    }
}

impl Tamper {
    /// Every word, as suites have it
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("duplicate-signer", Self::DuplicateSigner),
        ("expired", Self::Expired),
        ("flip-bit", Self::FlipBit),
        ("garbage", Self::Garbage),
        ("not-yet-valid", Self::NotYetValid),
        ("swap-subject", Self::SwapSubject),
        ("truncated", Self::Truncated),
        ("unknown-key-id", Self::UnknownKeyId),
        ("unsigned", Self::Unsigned),
        ("wrong-digest", Self::WrongDigest),
        ("wrong-key", Self::WrongKey),
        ("wrong-note", Self::WrongNote),
        ("wrong-type", Self::WrongType),
        ("expired-certificate", Self::ExpiredCertificate),
        ("missing-log-entry", Self::MissingLogEntry),
        ("missing-proof", Self::MissingProof),
        ("missing-sct", Self::MissingSct),
        ("missing-time", Self::MissingTime),
        ("unknown-log", Self::UnknownLog),
        ("untrusted-certificate", Self::UntrustedCertificate),
        ("wrong-checkpoint", Self::WrongCheckpoint),
        ("wrong-issuer", Self::WrongIssuer),
        ("wrong-log-entry", Self::WrongLogEntry),
        ("wrong-promise", Self::WrongPromise),
        ("wrong-subject", Self::WrongSubject),
        ("wrong-timestamp", Self::WrongTimestamp),
    ];

    /// Whether it is about the time that a claim states.
    #[must_use]
    pub const fn needs_time(self) -> bool {
        matches!(self, Self::Expired | Self::NotYetValid)
    }

    /// Whether it is about what proves the identity of a signer.
    #[must_use]
    pub const fn needs_identity(self) -> bool {
        matches!(
            self,
            Self::ExpiredCertificate
                | Self::MissingLogEntry
                | Self::MissingProof
                | Self::MissingSct
                | Self::MissingTime
                | Self::UnknownLog
                | Self::UntrustedCertificate
                | Self::WrongCheckpoint
                | Self::WrongIssuer
                | Self::WrongLogEntry
                | Self::WrongPromise
                | Self::WrongSubject
                | Self::WrongTimestamp
        )
    }
}

pub(super) fn read_list(
    node: Option<&Node>,
    names: Names<'_>,
    reader: &Reader,
) -> Vec<Attestation> {
    let items = node.map(|node| reader.items(node)).unwrap_or_default();
    items
        .iter()
        .filter_map(|item| Attestation::read(item, names, reader))
        .collect()
}

impl Attestation {
    fn read(node: &Node, names: Names<'_>, reader: &Reader) -> Option<Self> {
        let fields = reader.fields(node)?;
        let by = fields.require("by");
        let by = by.and_then(|node| names.signer(node, reader));
        let image = fields.require("image");
        let image = image.and_then(|node| {
            let image = names.image(node, reader)?;
            if digest_of(&image).is_none() {
                let message = format!("`{image}` has no digest, and only digests can be attested");
                let help = "use `NAME@digest` in `images` for a generated digest";
                reader.invalid_with_help(node.span, message, help);
                return None;
            }
            Some(image)
        });
        let claim = read_claim(&fields, reader);
        let format = fields.get("format");
        let format_span = format.map_or(node.span, |node| node.span);
        let format = format.and_then(|node| reader.choice(node, FORMATS));
        let source = fields.get("source");
        let source = source.and_then(|node| reader.choice(node, Source::NAMES));
        let note = fields.text("note").map(str::to_owned);
        let repository = fields.text("repository").map(str::to_owned);
        let tampers = read_tampers(fields.get("tamper"), claim.as_ref(), reader);
        let identity = OtherIdentity::read(&fields, reader);
        let of_identity = ["signed", "subject", "issuer", "claims"].map(|key| fields.get(key));
        let of_identity = of_identity.into_iter().flatten().next();
        let signed = fields.get("signed").and_then(|node| {
            let fields = reader.fields(node)?;
            let moment = read_moment(&fields, reader);
            fields.finish();
            moment
        });
        let span = fields.span();
        fields.finish();
        let (claim, source) = (claim?, source.unwrap_or(names.source));
        let is_statement = claim != Claim::Approval;
        let signer = by.as_deref().and_then(|by| names.signers.get(by)?.as_ref());
        let format = usable_format(format, signer, is_statement, source, format_span, reader);
        if let (Some(node), Some(signer)) = (of_identity, signer)
            && !signer.is_identity()
        {
            let message = "only an identity has a certificate, which a key does not need";
            reader.invalid(node.span, message);
        }
        check_tampers(&tampers, format, signer, format_span, reader);
        if (format == Format::Cosign) && source != Source::Registry {
            reader.invalid(
                format_span,
                "`cosign` signatures are in a registry: `source: registry`",
            );
        }
        Some(Self {
            span,
            by: by?,
            image: image?,
            claim,
            format,
            source,
            signed,
            identity,
            note,
            repository,
            tampers,
        })
    }
}

/// The format of an attestation, or the one that its signer, content and source need.
fn usable_format(
    given: Option<Format>,
    signer: Option<&Signer>,
    is_statement: bool,
    source: Source,
    span: Span,
    reader: &Reader,
) -> Format {
    let is_identity = signer.is_some_and(Signer::is_identity);
    let is_envelope_key = signer.is_some_and(Signer::signs_envelopes_only);
    let usual = if is_identity || source == Source::Referrers {
        Format::Bundle
    } else if is_statement || is_envelope_key || source == Source::PodAnnotation {
        // All that a Pod's annotation can carry, and that such a key signs.
        Format::Dsse
    } else {
        Format::Occurrence
    };
    let format = given.unwrap_or(usual);
    if is_identity && !format.is_bundle() && format != Format::Cosign {
        let message = "an identity signs in the formats `bundle`, `bundle-message` and `cosign`";
        reader.invalid(span, message);
    }
    if is_statement && !matches!(format, Format::Dsse | Format::Bundle) {
        let message = if is_identity {
            "statements of identities need the format `bundle`"
        } else {
            "statements need the format `dsse` or `bundle`"
        };
        reader.invalid(span, message);
    }
    if is_envelope_key && !format.is_envelope() {
        let message = "an `ED25519` key signs envelopes only: `dsse`, `policy-verification`, `dsse-occurrence`, `bundle`";
        reader.invalid(span, message);
    }
    let is_occurrence =
        !format.is_bundle() && !matches!(format, Format::Dsse | Format::PolicyVerification);
    if source == Source::PodAnnotation && is_occurrence {
        reader.invalid(
            span,
            "a Pod's annotation contains only envelopes and bundles: `dsse`, `policy-verification`, `bundle`, `bundle-message`",
        );
    }
    if source == Source::Referrers && !format.is_bundle() {
        let message = "referrers contain only bundles: `bundle`, `bundle-message`";
        reader.invalid(span, message);
    }
    format
}

fn read_claim(fields: &Fields<'_, '_>, reader: &Reader) -> Option<Claim> {
    type ReadClaim = fn(&Node, &Reader) -> Option<Claim>;
    let claims: [(_, _, ReadClaim); 4] = [
        ("scan", fields.get("scan"), read_scan),
        ("provenance", fields.get("provenance"), read_provenance),
        ("upload", fields.get("upload"), read_upload),
        ("statement", fields.get("statement"), read_statement),
    ];
    let mut given = claims
        .into_iter()
        .filter_map(|(key, node, read)| Some((key, node?, read)));
    match (given.next(), given.next()) {
        (None, _) => Some(Claim::Approval),
        (Some((_, node, read)), None) => read(node, reader),
        (Some((first, ..)), Some((second, node, _))) => {
            let message = format!("expected only one of `{first}` and `{second}`");
            reader.invalid(crate::source::pointed_at(node), message);
            None
        }
    }
}

fn read_scan(node: &Node, reader: &Reader) -> Option<Claim> {
    let fields = reader.fields(node)?;
    let finished = read_moment(&fields, reader);
    let mut findings = Vec::new();
    let items = fields.get("findings").map(|node| reader.items(node));
    for item in items.unwrap_or_default() {
        findings.extend(read_finding(item, reader));
    }
    fields.finish();
    Some(Claim::Scan {
        finished: finished?,
        findings,
    })
}

fn read_finding(node: &Node, reader: &Reader) -> Option<Finding> {
    let fields = reader.fields(node)?;
    let id = fields.require("id").and_then(|node| reader.text(node));
    let severity = fields.require("severity");
    let severity = severity.and_then(|node| reader.text(node));
    let fixable = fields.get("fixable").map(|node| match node.shape {
        Shape::Bool(flag) => flag,
        _ => {
            reader.wrong_type(node, "`true` or `false`");
            false
        }
    });
    fields.finish();
    Some(Finding {
        id: id?.to_owned(),
        severity: severity?.to_owned(),
        fixable: fixable.unwrap_or_default(),
    })
}

fn read_provenance(node: &Node, reader: &Reader) -> Option<Claim> {
    let fields = reader.fields(node)?;
    let builder = fields.require("builder");
    let builder = builder.and_then(|node| reader.text(node));
    let source = fields.text("source").map(str::to_owned);
    fields.finish();
    Some(Claim::Provenance(Provenance {
        builder: builder?.to_owned(),
        source,
    }))
}

fn read_upload(node: &Node, reader: &Reader) -> Option<Claim> {
    let fields = reader.fields(node)?;
    let moment = read_moment(&fields, reader);
    fields.finish();
    moment.map(Claim::Upload)
}

fn read_statement(node: &Node, reader: &Reader) -> Option<Claim> {
    let fields = reader.fields(node)?;
    let predicate_type = fields.require("predicateType");
    let predicate_type = predicate_type.and_then(|node| reader.text(node));
    let predicate = fields.get("predicate").map(Node::to_json);
    fields.finish();
    Some(Claim::Statement {
        predicate_type: predicate_type?.to_owned(),
        predicate: predicate.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
    })
}

/// `age: 2d`, or `time: 2026-…`.
fn read_moment(fields: &Fields<'_, '_>, reader: &Reader) -> Option<Moment> {
    match (fields.get("age"), fields.get("time")) {
        (Some(node), None) => {
            let seconds = seconds(reader.text(node)?);
            if seconds.is_none() {
                reader.invalid(
                    node.span,
                    "expected an age such as `2d`, `36h`, `90m` or `1s`",
                );
            }
            seconds.map(Moment::Ago)
        }
        (None, Some(node)) => read_time(node, reader).map(Moment::At),
        _ => {
            reader.invalid(fields.span(), "expected one of `age` and `time`");
            None
        }
    }
}

fn seconds(age: &str) -> Option<u64> {
    let units = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];
    let (unit, seconds) = units.into_iter().find(|(unit, _)| age.ends_with(unit))?;
    let digits = age.strip_suffix(unit)?;
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: u64 = is_number.then(|| digits.parse().ok())??;
    number.checked_mul(seconds)
}

/// One word or a list of them.
fn read_tampers(node: Option<&Node>, claim: Option<&Claim>, reader: &Reader) -> Vec<Tamper> {
    let Some(node) = node else { return Vec::new() };
    let words = match &node.shape {
        Shape::List(items) => items.as_slice(),
        _ => core::slice::from_ref(node),
    };
    let has_time = matches!(claim, Some(Claim::Scan { .. } | Claim::Upload(_)));
    let mut tampers = Vec::new();
    for word in words {
        let Some(tamper) = reader.choice(word, Tamper::NAMES) else {
            continue;
        };
        if tamper.needs_time() && !has_time {
            let message = "only a `scan` and an `upload` have a time to change";
            reader.invalid(word.span, message);
        }
        tampers.push(tamper);
    }
    tampers
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn ages_have_one_unit() {
        assert_eq!(seconds("2d"), Some(172_800));
        assert_eq!(seconds("36h"), Some(129_600));
        for age in ["", "d", "2", "-2d", "1d2h", "18446744073709551615d"] {
            assert_eq!(seconds(age), None, "{age}");
        }
    }
}
