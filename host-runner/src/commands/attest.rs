//! `countersign attest`: keys and attestations, in Google's formats.

pub mod import;
pub mod keygen;
pub mod payload;
pub mod show;
pub mod sign;
pub mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::Exit;

/// Arguments of `countersign attest`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign attest keygen --attestor projects/example/attestors/build \\
    --output build.pem
  countersign attest sign --key build.pem --settings policy.yaml \\
    --attestor build IMAGE
  countersign attest verify --settings policy.yaml --attestor build \\
    --attestation signed.yaml IMAGE

Exit status: see the subcommand")]
pub struct Args {
    #[command(subcommand)]
    command: Verb,
}

/// The subcommands
#[derive(Debug, Subcommand)]
enum Verb {
    /// Verify Sigstore bundles and store them in the sources of a policy
    Import(import::Args),
    /// Create a private key and print its attestor for the settings
    Keygen(keygen::Args),
    /// Print the bytes to sign, for a KMS, an HSM, openssl or gpg
    Payload(payload::Args),
    /// Decode attestations: identities, log entries, times, statements
    Show(show::Args),
    /// Sign an image and store the attestation
    Sign(sign::Args),
    /// Check whether attestations of an image satisfy an attestor
    Verify(verify::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    match &args.command {
        Verb::Import(args) => import::run(args),
        Verb::Keygen(args) => keygen::run(args),
        Verb::Payload(args) => payload::run(args),
        Verb::Show(args) => show::run(args),
        Verb::Sign(args) => sign::run(args),
        Verb::Verify(args) => verify::run(args),
    }
}
