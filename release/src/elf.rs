//! Programs for Linux: their architecture, and whether they need a loader.

use anyhow::{Context as _, Result, ensure};

/// Architecture of a container image, as OCI names it
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Architecture {
    Amd64,
    Arm64,
}

impl Architecture {
    /// OCI's name
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }

    /// The target of its program
    pub(crate) const fn target(self) -> &'static str {
        match self {
            Self::Amd64 => "x86_64-unknown-linux-musl",
            Self::Arm64 => "aarch64-unknown-linux-musl",
        }
    }
}

/// Program header that names a loader (`PT_INTERP`)
const INTERPRETER: u32 = 3;

/// A program
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Program {
    pub(crate) architecture: Architecture,
    /// Whether it runs in an image that has nothing else
    pub(crate) is_static: bool,
}

/// Reads the header of an ELF file (64 bits, little endian).
///
/// # Errors
///
/// It is something else.
pub(crate) fn read(file: &[u8]) -> Result<Program> {
    ensure!(
        file.starts_with(b"\x7fELF\x02\x01"),
        "it is not an ELF program of 64 bits"
    );
    let architecture = match number(file, 18, 2)? {
        62 => Architecture::Amd64,
        183 => Architecture::Arm64,
        other => anyhow::bail!("it is for the ELF machine {other}"),
    };
    let (table, size, count) = (
        number(file, 32, 8)?,
        number(file, 54, 2)?,
        number(file, 56, 2)?,
    );
    let mut is_static = true;
    for index in 0..count {
        let offset = index.checked_mul(size).and_then(|at| table.checked_add(at));
        let offset = usize::try_from(offset.context("its header is malformed")?)?;
        is_static &= number(file, offset, 4)? != u64::from(INTERPRETER);
    }
    Ok(Program {
        architecture,
        is_static,
    })
}

fn number(file: &[u8], at: usize, length: usize) -> Result<u64> {
    let end = at.checked_add(length);
    let bytes = end.and_then(|end| file.get(at..end));
    let bytes = bytes.context("its header is cut")?;
    Ok(bytes
        .iter()
        .rev()
        .fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_test_is_a_program_with_a_loader() {
        let program = std::fs::read(std::env::current_exe().unwrap()).unwrap();
        if !cfg!(all(target_os = "linux", target_arch = "x86_64")) {
            return;
        }
        let expected = Program {
            architecture: Architecture::Amd64,
            is_static: cfg!(target_feature = "crt-static"),
        };
        assert_eq!(read(&program).unwrap(), expected);
        for length in [0, 4, 30, 60, 64] {
            assert!(read(&program[..length]).is_err(), "{length}");
        }
    }
}
