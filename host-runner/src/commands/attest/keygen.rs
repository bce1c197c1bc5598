//! `countersign attest keygen`: creates a private key and prints its attestor.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use policy_wasm::key::Algorithm;
use serde_json::json;

use crate::args::{algorithms, parse_algorithm, parse_attestor, parse_note, suggested};
use crate::attest::attestor::{Attestor, AttestorName};
use crate::attest::private_key::PrivateKey;
use crate::attest::public_key::KeyEntry;
use crate::attest::{key_file, passphrase};
use crate::terminal;
use crate::terminal::shown;
use crate::{Exit, yaml};

/// Arguments of `countersign attest keygen`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign attest keygen --attestor projects/example/attestors/build \\
    --output build.pem
  countersign attest keygen --attestor build --output build.pem
  countersign attest keygen --attestor projects/example/attestors/qa \\
    --output qa.pem \\
    --algorithm ml-dsa-65 --passphrase
  countersign attest keygen --attestor projects/example/attestors/qa \\
    --output qa.pem \\
    --algorithm RSA_SIGN_PKCS1_4096_SHA512 --passphrase-file passphrase.txt

The private key is written to a new PKCS#8 file that only you can read. The
output is the attestor with its public key: add it to `attestors` in the
settings.

Exit status: 0 if the key was created, 2 on an error")]
pub struct Args {
    /// Name of the attestor: projects/PROJECT/attestors/NAME, or only NAME
    ///
    /// NAME alone is `projects/local/attestors/NAME`, as for `countersign init`.
    #[arg(long, value_name = "NAME", value_parser = parse_attestor)]
    attestor: AttestorName,
    /// Note of the attestor: projects/PROJECT/notes/NAME [default: as the attestor]
    #[arg(long, value_name = "NOTE", value_parser = parse_note)]
    note: Option<String>,
    /// Algorithm of the key
    ///
    /// p256, p384, p521, ed25519 (envelopes only), ml-dsa-65, or any `signatureAlgorithm` of Google Binary
    /// Authorization.
    #[arg(long, value_name = "ALGORITHM", default_value = "p256", hide_possible_values = true,
          value_parser = suggested(parse_algorithm, algorithms))]
    algorithm: Algorithm,
    /// Write the private key to this new file
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Prompt for a passphrase and encrypt the key with it
    #[arg(long, conflicts_with = "passphrase_file")]
    passphrase: bool,
    /// Encrypt the key with the first line of this file (`-` for standard input)
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let output = shown(&args.output);
    if output == "-" {
        bail!("a private key is never written to standard output: give --output a file");
    }
    if args.output.symlink_metadata().is_ok() {
        bail!(
            "`{output}` exists already, and a key never overwrites a file; choose another --output"
        );
    }
    let passphrase = match &args.passphrase_file {
        Some(file) => Some(passphrase::from_file(file)?),
        None if args.passphrase => Some(passphrase::new(&args.output)?),
        None => None,
    };
    let key = PrivateKey::generate(args.algorithm).context("cannot create a key")?;
    let passphrase = passphrase.as_ref().map(|text| text.as_str());
    key_file::create(&args.output, &key, passphrase)?;

    let entry = KeyEntry::read(key.public_pem(), Some(args.algorithm), None)?;
    let note = match &args.note {
        Some(note) => note.clone(),
        None => format!(
            "projects/{}/notes/{}",
            args.attestor.project, args.attestor.id
        ),
    };
    let attestor = Attestor::of(entry, Some(&args.attestor.to_string()), Some(&note));
    let document = yaml::document(&json!([attestor.document()]));
    terminal::unless_closed(anstream::stdout().write_all(document.as_bytes()))?;
    let protection = match passphrase {
        Some(_) => "encrypted",
        None => "not encrypted",
    };
    terminal::note(&format!(
        "the private key is in `{output}` ({protection}); add the printed attestor to `attestors` \
         in the settings"
    ));
    Ok(Exit::Yes)
}
