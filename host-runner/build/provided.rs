//! Modules that are built already: a release builds them once, and each of its programs embeds those bytes.
//!
//! | the modules come from | if |
//! | --- | --- |
//! | the folder that `COUNTERSIGN_MODULES` names | it is set |
//! | `modules/` in this package | `build/checkout` is missing, which no package contains |
//! | the sources of this workspace | neither holds |

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// The modules that the program embeds
pub(crate) const MODULES: [&str; 3] = ["countersign.wasm", "countersign-wasi.wasm", "floor.wasm"];

/// The list of their sums, in the format of `sha256sum`
pub(crate) const SUMS: &str = "SHA256SUMS";

/// Returns the folder that has the modules, or `None` if they are built from source. `named` is the value of
/// `COUNTERSIGN_MODULES`.
///
/// # Errors
///
/// `named` is empty or relative. Cargo runs build scripts in the package's folder, so a relative path would
/// not mean what it means in the shell.
pub(crate) fn folder(package: &Path, named: Option<&OsStr>) -> Result<Option<PathBuf>, String> {
    if let Some(named) = named {
        let named = PathBuf::from(named);
        return if named.is_absolute() {
            Ok(Some(named))
        } else {
            Err(format!(
                "COUNTERSIGN_MODULES is `{}`, expected an absolute path",
                named.display()
            ))
        };
    }
    // Neither the parent's manifest nor `Cargo.toml.orig` tells: vendored packages stand side by side.
    let is_checkout = package.join("build").join("checkout").exists();
    Ok((!is_checkout).then(|| package.join("modules")))
}

/// Reads a module of the folder, whose other files are of no interest.
///
/// # Errors
///
/// The module is missing, is not listed exactly once in `SHA256SUMS`, or has another sum.
pub(crate) fn read(folder: &Path, name: &str) -> Result<Vec<u8>, String> {
    let sums = folder.join(SUMS);
    let list = fs::read_to_string(&sums)
        .map_err(|error| format!("cannot read `{}`: {error}", sums.display()))?;
    let mut listed = list.lines().filter_map(|line| entry(line, name));
    let (Some(expected), None) = (listed.next(), listed.next()) else {
        return Err(format!(
            "`{}` must list `{name}` exactly once",
            sums.display()
        ));
    };
    let path = folder.join(name);
    let module = fs::read(&path)
        .map_err(|error| format!("cannot read the module `{}`: {error}", path.display()))?;
    let actual = sum(&module);
    if actual == expected {
        Ok(module)
    } else {
        Err(format!(
            "sum mismatch of the module `{}`: expected {expected}, got {actual}",
            path.display()
        ))
    }
}

/// The sum in a line about `name`: 64 hexadecimal digits, a blank, `*` or another blank, the name
fn entry<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let (sum, file) = line.split_once(' ')?;
    let file = file.strip_prefix([' ', '*'])?;
    (file == name).then_some(sum)
}

/// SHA-256 in lower-case hexadecimal digits
pub(crate) fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
