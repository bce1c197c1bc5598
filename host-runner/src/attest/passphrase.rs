//! Passphrases of private keys, from a file or from a prompt without echo.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use zeroize::Zeroizing;

use crate::terminal::shown;

/// Maximum length of a passphrase; a longer first line is probably the wrong file.
const MAX_BYTES: usize = 4096;

/// Reads the first line of a file, or of standard input for `-`.
pub(crate) fn from_file(path: &Path) -> Result<Zeroizing<String>> {
    let context = || format!("cannot read the passphrase in `{}`", shown(path));
    let passphrase = if path.as_os_str() == "-" {
        first_line(io::stdin()).with_context(context)?
    } else {
        first_line(File::open(path).with_context(context)?).with_context(context)?
    };
    if passphrase.is_empty() {
        bail!(
            "the first line of `{}` is empty, so there is no passphrase",
            shown(path)
        );
    }
    Ok(passphrase)
}

fn first_line(input: impl Read) -> io::Result<Zeroizing<String>> {
    // One buffer of the full size, so that no reallocation leaves a copy in memory.
    let mut bytes = Zeroizing::new(Vec::with_capacity(8192));
    input.take(8192).read_to_end(&mut bytes)?;
    let invalid = |problem| io::Error::new(io::ErrorKind::InvalidData, problem);
    let line = bytes.split(|byte| *byte == b'\n').next();
    let line = line.unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if line.len() > MAX_BYTES {
        return Err(invalid("its first line is too long"));
    }
    let line = core::str::from_utf8(line).map_err(|_| invalid("it is not UTF-8"))?;
    Ok(Zeroizing::new(line.to_owned()))
}

/// The passphrase of an encrypted key, from the file or the prompt.
pub(crate) fn to_open(key: &Path, file: Option<&PathBuf>) -> Result<Zeroizing<String>> {
    match file {
        Some(file) => from_file(file),
        None => typed(&format!("passphrase of {}", shown(key))),
    }
}

/// Prompts twice for a new passphrase.
pub(crate) fn new(key: &Path) -> Result<Zeroizing<String>> {
    let first = typed(&format!("new passphrase of {}", shown(key)))?;
    if first.is_empty() {
        bail!("the passphrase is empty; leave out --passphrase for a key without one");
    }
    if *first != *typed("repeat the passphrase")? {
        bail!("the two passphrases differ");
    }
    Ok(first)
}

fn typed(what: &str) -> Result<Zeroizing<String>> {
    if !io::stderr().is_terminal() {
        bail!("no terminal to prompt for the {what}: use --passphrase-file");
    }
    let typed = rpassword::prompt_password(format!("{what}: "));
    Ok(Zeroizing::new(typed.context("no passphrase was entered")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passphrase_is_the_first_line_without_its_end() {
        for (text, expected) in [
            ("secret", "secret"),
            ("secret\n", "secret"),
            ("two words \r\nnext", "two words "),
            ("", ""),
        ] {
            assert_eq!(*first_line(text.as_bytes()).unwrap(), expected);
        }
        assert!(first_line("a".repeat(4096).as_bytes()).is_ok());
        assert!(
            first_line("a".repeat(4097).as_bytes()).is_err(),
            "nothing is cut off"
        );
    }
}
