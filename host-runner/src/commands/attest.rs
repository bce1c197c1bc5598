//! `countersign attest`: keys and attestations, in Google's formats.

pub mod keygen;
pub mod payload;
pub mod sign;
pub mod verify;

use anyhow::Result;
use clap::Subcommand;

use crate::Exit;

/// Arguments of `countersign attest`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign attest keygen --attestor projects/example/attestors/build --output build.pem
  countersign attest sign --key build.pem --settings policy.yaml --attestor build IMAGE
  countersign attest verify --settings policy.yaml --attestor build --attestation signed.yaml IMAGE

Exit status: that of the command behind it")]
pub struct Args {
    #[command(subcommand)]
    command: Verb,
}

/// What an attestor does
#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a private key, and print the attestor who has it
    Keygen(keygen::Args),
    /// Print the bytes that are signed for an image, for a KMS, an HSM, openssl or gpg to sign
    Payload(payload::Args),
    /// Sign an image, and put the attestation where the policy looks for it
    Sign(sign::Args),
    /// Say whether attestations satisfy an attestor, before anything is uploaded
    Verify(verify::Args),
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    match &args.command {
        Verb::Keygen(args) => keygen::run(args),
        Verb::Payload(args) => payload::run(args),
        Verb::Sign(args) => sign::run(args),
        Verb::Verify(args) => verify::run(args),
    }
}
