//! Private key files: PKCS#8 in PEM, readable only by their owner.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use pkcs8::der::pem::Decoder;
use pkcs8::{LineEnding, SecretDocument};
use policy_wasm::key::Algorithm;
use zeroize::Zeroizing;

use super::passphrase;
use super::private_key::{self, PrivateKey};
use crate::files::{self, Readers};
use crate::terminal::{shell_quoted, shown};

const PLAIN: &str = "PRIVATE KEY";
const ENCRYPTED: &str = "ENCRYPTED PRIVATE KEY";

/// Maximum size of a key file; RSA with 4096 bits has 3 KiB.
const MAX_BYTES: u64 = 64 << 10;

/// An opened private key file
#[derive(Debug)]
pub(crate) struct KeyFile {
    name: String,
    /// The key in PKCS#8
    der: SecretDocument,
}

impl KeyFile {
    /// Opens a file, and prompts for its passphrase if it has one.
    pub(crate) fn open(path: &Path, passphrase_file: Option<&PathBuf>) -> Result<Self> {
        let name = shown(path);
        let text = read(path).with_context(|| format!("cannot read the key `{name}`"))?;
        let Ok((label, der)) = decode(&text) else {
            bail!(
                "`{name}` is not a private key in PKCS#8: {}",
                advice(path, &text)
            );
        };
        let der = match label {
            PLAIN if passphrase_file.is_some() => {
                bail!("`{name}` has no passphrase; leave out --passphrase-file")
            }
            PLAIN => der,
            ENCRYPTED => {
                let passphrase = passphrase::to_open(path, passphrase_file)?;
                let opened = private_key::decrypt(der.as_bytes(), &passphrase);
                opened.with_context(|| format!("cannot use the key `{name}`"))?
            }
            _ => bail!(
                "`{name}` is not a private key in PKCS#8: {}",
                advice(path, &text)
            ),
        };
        warn_if_others_can_read(path);
        Ok(Self { name, der })
    }

    /// The key. RSA keys need an algorithm.
    pub(crate) fn key(&self, wanted: Option<Algorithm>) -> Result<PrivateKey> {
        let key = PrivateKey::from_pkcs8(self.der.as_bytes(), wanted);
        key.with_context(|| format!("cannot use the key `{}`", self.name))
    }

    /// The name of the file in messages.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

fn read(path: &Path) -> std::io::Result<Zeroizing<String>> {
    let mut text = Zeroizing::new(String::with_capacity(8192));
    File::open(path)?
        .take(MAX_BYTES)
        .read_to_string(&mut text)?;
    Ok(text)
}

/// Reads one PEM block, whose lines have one length: some programs write 76 characters, or one line.
fn decode(pem: &str) -> Result<(&str, SecretDocument), pkcs8::der::Error> {
    let mut decoder = Decoder::new_detect_wrap(pem.as_bytes())?;
    let label = decoder.type_label();
    let mut der = Zeroizing::new(Vec::with_capacity(decoder.remaining_len()));
    decoder.decode_to_end(&mut der)?;
    Ok((label, SecretDocument::try_from(der.as_slice())?))
}

/// Advice on a file that contains something else.
fn advice(path: &Path, text: &str) -> String {
    let has = |label: &str| text.contains(&format!("-----BEGIN {label}-----"));
    if has("EC PRIVATE KEY") || has("RSA PRIVATE KEY") {
        let plain = match text.contains("Proc-Type: 4,ENCRYPTED") {
            true => "",
            false => " -nocrypt",
        };
        let new = shell_quoted(&path.with_extension("pkcs8.pem"));
        let old = shell_quoted(path);
        return format!("convert it with `openssl pkcs8 -topk8{plain} -in {old} -out {new}`");
    }
    let advice = if has("PGP PRIVATE KEY BLOCK") {
        "sign with gpg, and pass its signature with --signature-file"
    } else if has("PUBLIC KEY") {
        "it is a public key"
    } else {
        "expected one PEM block `PRIVATE KEY` or `ENCRYPTED PRIVATE KEY`"
    };
    advice.to_owned()
}

#[cfg(unix)]
fn warn_if_others_can_read(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = std::fs::metadata(path).map(|metadata| metadata.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o077 != 0) {
        let name = shown(path);
        crate::terminal::warning(&format!(
            "other users can read the private key `{name}`; run `chmod 600` on it"
        ));
    }
}

#[cfg(not(unix))]
fn warn_if_others_can_read(_: &Path) {}

/// Writes a key to a new file that only its owner can read.
pub(crate) fn create(path: &Path, key: &PrivateKey, passphrase: Option<&str>) -> Result<()> {
    let name = shown(path);
    let label = if passphrase.is_some() {
        ENCRYPTED
    } else {
        PLAIN
    };
    let pem = key
        .encode(passphrase)
        .and_then(|der| Ok(der.to_pem(label, LineEnding::LF)?));
    let Ok(pem) = pem else {
        bail!("cannot encode the new key");
    };
    files::create(path, pem.as_bytes(), Readers::Owner)
        .with_context(|| format!("cannot create `{name}` (a key never overwrites a file)"))
}
