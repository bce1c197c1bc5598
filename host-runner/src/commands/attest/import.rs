//! `countersign attest import`: verifies Sigstore bundles of an image, and stores those that count.

use std::path::PathBuf;

use anyhow::Result;
use policy_wasm::time::Time;
use serde_json::{Value, json};

use crate::args::{ModuleArgs, PlaceArgs, parse_image, parse_time};
use crate::attest::decoded::Decoded;
use crate::attest::document::Attestation;
use crate::attest::evidence_file::{bundle_of, every_attestation};
use crate::attest::image::Image;
use crate::attest::jury::Jury;
use crate::commands::check_stdin;
use crate::terminal::{counted, note, problem, unless_closed};
use crate::{Exit, emit};

/// Arguments of `countersign attest import`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign attest import --settings policy.yaml --attestor build \\
    --manifest deployment.yaml \\
    registry.example/shop/web@sha256:… image.sigstore.json
  gh attestation download oci://registry.example/shop/web
  countersign attest import --settings policy.yaml --registry layout/ \\
    registry.example/shop/web@sha256:… sha256:….jsonl

A file has one Sigstore bundle (cosign sign --bundle, actions/attest), JSON
Lines of bundles (gh attestation download), or an answer of the attestations
API of GitHub or npm; a directory is an OCI image layout with referrers.

Bundles about other images are left out. The policy module verifies the others:
for --attestor as `attest verify` does, or else for each attestor, and for the
signers of checks that read such bundles (`evidence.authenticators` for SLSA
provenance, scans and upload times). Those that count are written as `attest
sign` writes attestations; without a destination, they are printed.

Exit status: 0 if a bundle counts, 1 if none does, 2 on an error")]
pub struct Args {
    /// The attested image: REPOSITORY@sha256:DIGEST
    #[arg(value_name = "IMAGE", value_parser = parse_image)]
    image: Image,
    /// Files with bundles (`-` for standard input)
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Settings with the trusted roots, identities and keys
    #[arg(long, short, value_name = "FILE", help_heading = "Signer")]
    settings: PathBuf,
    /// Name of the attestor that the bundles are for, or its last segment [default: any signer]
    #[arg(long, value_name = "NAME", help_heading = "Signer")]
    attestor: Option<String>,
    /// Verify as of this time, in RFC 3339 [default: now]
    #[arg(long, value_name = "TIME", value_parser = parse_time, help_heading = "Signer")]
    time: Option<Time>,
    /// Leave out what is never read: certificate chains and key ids of envelopes
    #[arg(long)]
    trim: bool,
    #[command(flatten)]
    places: PlaceArgs,
    #[command(flatten)]
    module: ModuleArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    check_stdin(
        args.files
            .iter()
            .chain([&args.settings])
            .map(PathBuf::as_path),
    )?;
    args.places.check(false)?;
    let jury = Jury::of(
        &args.settings,
        args.attestor.as_deref(),
        &args.module.bytes()?,
        args.time,
    )?;
    let jury = match jury {
        Ok(jury) => jury,
        Err(problems) => {
            emit::settings_problems(&args.settings, &problems);
            return Ok(Exit::CouldNot);
        }
    };
    let mut has_counted = false;
    for (name, bundle, decoded) in args.bundles()? {
        let findings = jury.ask(&bundle, &decoded, &args.image)?;
        let uses = findings.uses();
        if uses.is_empty() {
            unless_closed(emit::verification::left_out(
                &name,
                decoded.purpose(),
                &findings,
            ))?;
            continue;
        }
        has_counted = true;
        unless_closed(emit::verification::counts(&decoded.signed_by(), &uses))?;
        let bundle = if args.trim { trimmed(bundle) } else { bundle };
        let mut notes = findings.accepting().filter_map(|name| jury.note(name));
        let attestation = Attestation::of_bundle(&args.image, notes.next(), &bundle);
        let attestations = core::slice::from_ref(&attestation);
        args.places
            .put(attestations, &args.image, &[], Some(&jury.settings))?;
        for note in notes {
            let attestation = Attestation::of_bundle(&args.image, Some(note), &bundle);
            args.places
                .put_in_cluster(&attestation, Some(&jury.settings))?;
        }
    }
    Ok(if has_counted { Exit::Yes } else { Exit::No })
}

impl Args {
    /// The bundles about the image, with names for messages, and decoded. Other attestations are counted and named.
    fn bundles(&self) -> Result<Vec<(String, Value, Decoded)>> {
        let digest = self.image.digest.to_string();
        let (mut bundles, mut others, mut foreign) = (Vec::new(), Vec::new(), 0_usize);
        for path in &self.files {
            let (file, all) = every_attestation(path)?;
            for (number, document) in (1_usize..).zip(all) {
                let Some(bundle) = inner(document) else {
                    foreign = foreign.saturating_add(1);
                    continue;
                };
                let decoded = Decoded::of(&bundle);
                let digests = decoded.digests();
                if digests.contains(&digest) {
                    bundles.push((format!("{file}, bundle {number}"), bundle, decoded));
                } else {
                    others.extend(digests.into_iter().take(1));
                }
            }
        }
        if !others.is_empty() {
            let count = counted(others.len(), "bundle");
            note(&format!(
                "left out {count} about other images: {}",
                others.join(", ")
            ));
        }
        if foreign > 0 {
            let count = counted(foreign, "attestation");
            note(&format!(
                "left out {count} not in a Sigstore bundle; give it to `attest verify`"
            ));
        }
        if bundles.is_empty() {
            problem(&format!("no bundle is about {digest}"));
        }
        Ok(bundles)
    }
}

/// The bundle by itself; `None` for attestations of other formats
fn inner(mut document: Value) -> Option<Value> {
    if bundle_of(&document).is_some() {
        return Some(document);
    }
    let bundle = document.get_mut("bundle").map(Value::take)?;
    bundle_of(&bundle).is_some().then_some(bundle)
}

/// Without what no client reads. `messageDigest` stays, although it is not signed: some clients demand it.
fn trimmed(mut bundle: Value) -> Value {
    let chain = bundle.pointer_mut("/verificationMaterial/x509CertificateChain/certificates");
    if let Some(certificates) = chain.and_then(Value::as_array_mut) {
        certificates.truncate(1);
    }
    let signatures = bundle.pointer_mut("/dsseEnvelope/signatures");
    if let Some(signatures) = signatures.and_then(Value::as_array_mut) {
        for signature in signatures {
            *signature = json!({"sig": signature.get("sig")});
        }
    }
    bundle
}
