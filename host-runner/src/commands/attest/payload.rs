//! `countersign attest payload`: prints the bytes to sign for an image.

use std::io::{self, Write as _};

use anyhow::Result;

use crate::Exit;
use crate::args::StatementArgs;
use crate::terminal;

/// Arguments of `countersign attest payload`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign attest payload registry.example/shop/web@sha256:… > payload.json
  openssl dgst -sha256 -sign build.pem -out payload.sig payload.json
  gpg --local-user FINGERPRINT --armor --detach-sign payload.json
  countersign attest payload \\
    --envelope registry.example/shop/web@sha256:… > envelope.bin
  countersign attest payload --predicate scan.json \\
    --predicate-type https://cosign.sigstore.dev/attestation/vuln/v1 \\
    registry.example/shop/web@sha256:… > statement.bin

Without an envelope, the output equals that of `gcloud container binauthz
create-signature-payload`. Pass the signature to `countersign attest sign
--signature-file`, with the same arguments.

Exit status: 0 if the payload was printed, 2 on an error")]
pub struct Args {
    #[command(flatten)]
    statement: StatementArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let payload = args.statement.payload(&args.statement.image, false)?;
    let mut stdout = io::stdout().lock();
    let printed = stdout.write_all(&payload.message());
    terminal::unless_closed(printed.and_then(|()| stdout.flush()))?;
    Ok(Exit::Yes)
}
