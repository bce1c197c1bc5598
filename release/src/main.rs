//! Writes what a release consists of: `release COMMAND`.
//!
//! The output is a function of the input files and of `SOURCE_DATE_EPOCH`: names are sorted, owners are 0,
//! modes are 0755 and 0644, and every time is that of the tagged commit.
//!
//! | to read about | go to |
//! | --- | --- |
//! | the archive of the program for one target | `archive` |
//! | a policy module as an OCI artifact | `layout` |
//! | the container image | `image` |
//! | the npm package | `npm` |
//! | the entry on Artifact Hub | `artifacthub` |
//! | the licences of what is linked, and the bill of materials | `licences`, `sbom`, `packages` |
//! | the packages for crates.io | `crates` |
//! | the list of sums | `sums` |
//! | what must hold of all of it | `check` |
//! | how tar, gzip and OCI layouts are written | `tarball`, `oci` |

extern crate alloc;

mod archive;
mod artifacthub;
mod check;
mod crates;
mod elf;
mod epoch;
mod image;
mod layout;
mod licences;
mod module;
mod npm;
mod oci;
mod output;
mod packages;
mod sbom;
mod sums;
mod tarball;

use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::{Parser, Subcommand};

/// The version of the workspace, which is that of everything in a release
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Address of the repository
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// Write and check the files of a release
#[derive(Debug, Parser)]
#[command(name = "release", disable_version_flag = true, max_term_width = 100)]
struct Cli {
    /// The version that is released; another one than the workspace's is an error
    #[arg(long, value_name = "X.Y.Z", global = true)]
    version: Option<String>,
    /// The part of the release to write
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write the archive of the program for one target
    Archive(archive::Args),
    /// Write a policy module as an OCI image layout, and print the digest of its manifest
    Layout(layout::Args),
    /// Write the container image as an OCI image layout, and print its digest
    Image(image::Args),
    /// Write the folder of the npm package
    Npm(npm::Args),
    /// Write artifacthub-pkg.yml
    Artifacthub(artifacthub::Args),
    /// Write the licences of everything that is linked
    Licences(licences::Args),
    /// Write the bill of materials, in CycloneDX
    Sbom(sbom::Args),
    /// Package the crates for crates.io, and see that they build without this workspace
    Crates(crates::Args),
    /// Write SHA256SUMS for the files of a folder
    Sums(sums::Args),
    /// Open everything in a folder again, and check what must hold of it
    Check(check::Args),
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::error(&error);
            ExitCode::FAILURE
        }
    }
}

fn run(cli: &Cli) -> Result<()> {
    if let Some(version) = &cli.version {
        ensure!(
            version == VERSION,
            "the workspace has version {VERSION}, expected {version}"
        );
    }
    match &cli.command {
        Command::Archive(args) => archive::run(args),
        Command::Layout(args) => layout::run(args),
        Command::Image(args) => image::run(args),
        Command::Npm(args) => npm::run(args),
        Command::Artifacthub(args) => artifacthub::run(args),
        Command::Licences(args) => licences::run(args),
        Command::Sbom(args) => sbom::run(args),
        Command::Crates(args) => crates::run(args),
        Command::Sums(args) => sums::run(args),
        Command::Check(args) => check::run(args),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn verify_cli() {
        Cli::command().debug_assert();
    }

    #[test]
    fn another_version_than_the_workspaces_is_refused() {
        let cli = Cli::parse_from(["release", "sums", ".", "--version", "9.9.9"]);
        let error = run(&cli).unwrap_err().to_string();
        assert_eq!(
            error,
            format!("the workspace has version {VERSION}, expected 9.9.9")
        );
    }
}
