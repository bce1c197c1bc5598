//! Passphrases of private keys: from a file, or typed unseen.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, IsTerminal as _, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use zeroize::Zeroizing;

use crate::inputs::shown;

/// Longer ones are somebody's mistake, such as the name of the wrong file.
const MAX_BYTES: u64 = 4096;

/// The first line of a file, or of standard input for `-`.
pub(crate) fn from_file(path: &Path) -> Result<Zeroizing<String>> {
    let context = || format!("cannot read the passphrase in `{}`", shown(path));
    let passphrase = if path.as_os_str() == "-" {
        first_line(io::stdin()).with_context(context)?
    } else {
        first_line(File::open(path).with_context(context)?).with_context(context)?
    };
    if passphrase.is_empty() {
        bail!(
            "the first line of `{}` is empty, and no passphrase",
            shown(path)
        );
    }
    Ok(passphrase)
}

fn first_line(input: impl Read) -> io::Result<Zeroizing<String>> {
    // Longer than any line that is read, so that no copy stays behind in a buffer that grew.
    let mut line = Zeroizing::new(String::with_capacity(8192));
    BufReader::new(input.take(MAX_BYTES)).read_line(&mut line)?;
    let length = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(length);
    Ok(line)
}

/// The passphrase of a key that has one: from the file, or typed.
pub(crate) fn to_open(key: &Path, file: Option<&PathBuf>) -> Result<Zeroizing<String>> {
    match file {
        Some(file) => from_file(file),
        None => typed(&format!("passphrase of {}", shown(key))),
    }
}

/// A new passphrase, typed twice.
pub(crate) fn new(key: &Path) -> Result<Zeroizing<String>> {
    let first = typed(&format!("new passphrase of {}", shown(key)))?;
    if first.is_empty() {
        bail!("an empty passphrase protects nothing; leave out --passphrase to have none");
    }
    if *first != *typed("the same again")? {
        bail!("the two passphrases differ");
    }
    Ok(first)
}

fn typed(what: &str) -> Result<Zeroizing<String>> {
    if !io::stderr().is_terminal() {
        bail!("no terminal to ask for the {what}: use --passphrase-file");
    }
    let typed = rpassword::prompt_password(format!("{what}: "));
    Ok(Zeroizing::new(typed.context("no passphrase was typed")?))
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
    }
}
