//! `countersign init`: a policy to begin with.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::files::{self, Readers};
use crate::inputs::shown;
use crate::starter::{AttestorArg, POLICY, Registry, SUITE, Shape, Starter, StarterFile, WORKFLOW};
use crate::{Exit, emit};

/// Arguments of `countersign init`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign init
  countersign init policy --registry 'registry.example/shop/**'
  countersign init policy --attestor build=build.pub --attestor qa=qa.pub
  countersign init policy --attestor build=build.pub --namespace production
  countersign init policy --attestor release:RSA_PSS_4096_SHA512=release.pub

Without --attestor, images may run that come from a listed registry. With it, those that all
attestors have signed, wherever they come from. Everything else is refused, in every namespace or in
those that --namespace names.

Exit status: 0 written, 2 a file is there already, or the job could not be done")]
pub struct Args {
    /// The folder, which is made if it is not there
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Admit images from here: registry.example/shop/** is everything below, /* what is right there
    #[arg(long, value_name = "PATTERN", value_parser = Registry::parse, conflicts_with = "attestor")]
    registry: Vec<Registry>,
    /// Admit images that this attestor has signed; FILE is its public key, in PEM or an OpenPGP key in
    /// armour
    ///
    /// The name is `projects/P/attestors/A`, or `A` alone. An RSA key can be for several algorithms, so
    /// say which: `A:RSA_PSS_4096_SHA512=FILE`.
    #[arg(long, value_name = "NAME=FILE", value_parser = AttestorArg::parse)]
    attestor: Vec<AttestorArg>,
    /// Enforce the policy in this namespace, and only report elsewhere
    #[arg(long, value_name = "NAME", value_parser = parse_namespace)]
    namespace: Vec<String>,
    /// Replace files that are there
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let files = starter(args)?.files()?;
    write(&args.folder, &files, args.force)?;
    emit::unless_closed(print(args, &files))?;
    Ok(Exit::Yes)
}

/// What is listed where nothing is said
const EXAMPLE: &str = "registry.example/shop/**";

fn starter(args: &Args) -> Result<Starter> {
    let mut namespaces = args.namespace.clone();
    namespaces.sort();
    namespaces.dedup();
    let shape = if args.attestor.is_empty() {
        Shape::Allowlist(registries(args)?)
    } else {
        let attestors: Result<Vec<_>> = args.attestor.iter().map(AttestorArg::read).collect();
        let attestors = attestors?;
        for attestor in attestors.iter().filter(|one| one.is_weak()) {
            let name = attestor.name();
            emit::warning(&format!(
                "the key of {name} has 2048 bits, which `countersign lint` finds too few; use a larger one"
            ));
        }
        Shape::Attested(attestors)
    };
    Ok(Starter { shape, namespaces })
}

/// The registries, none of which lies in another.
fn registries(args: &Args) -> Result<Vec<Registry>> {
    let mut registries = args.registry.clone();
    if registries.is_empty() {
        registries.extend(Registry::parse(EXAMPLE));
    }
    for (index, registry) in registries.iter().enumerate() {
        let (before, after) = registries.split_at(index);
        let mut others = before.iter().chain(after.iter().skip(1));
        if let Some(other) = others.find(|other| other.covers(&registry.image())) {
            bail!(
                "`{}` covers what `{}` does; give one of them",
                other.pattern,
                registry.pattern
            );
        }
    }
    Ok(registries)
}

/// Writes the files, and none of them where one is there already.
fn write(folder: &Path, files: &[StarterFile], replaces: bool) -> Result<()> {
    let paths: Vec<_> = files.iter().map(|file| folder.join(file.path)).collect();
    // A link that leads nowhere is there, too.
    let is_there = |path: &&PathBuf| fs::symlink_metadata(path).is_ok();
    let existing: Vec<_> = paths
        .iter()
        .filter(is_there)
        .map(|path| shown(path))
        .collect();
    if !existing.is_empty() && !replaces {
        let existing: Vec<_> = existing.iter().map(|path| format!("`{path}`")).collect();
        bail!(
            "nothing was written, because this would replace {}; --force does",
            existing.join(", ")
        );
    }
    for (path, file) in paths.iter().zip(files) {
        write_file(path, &file.text, replaces)
            .with_context(|| format!("cannot write `{}`", shown(path)))?;
    }
    Ok(())
}

fn write_file(path: &Path, text: &str, replaces: bool) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|one| one.is_symlink());
    if is_link(path) || path.parent().is_some_and(is_link) {
        return Err(io::Error::other("it is a link, or in a folder that is one"));
    }
    if replaces {
        files::replace(path, text.as_bytes(), Readers::Anyone)
    } else {
        files::create(path, text.as_bytes(), Readers::Anyone)
    }
}

fn print(args: &Args, files: &[StarterFile]) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    let place = |file: &str| {
        let path = args.folder.join(file);
        let path = path.strip_prefix(".").unwrap_or(&path);
        quoted(&shown(path))
    };
    for file in files {
        writeln!(out, "wrote {}", place(file.path))?;
    }
    let (policy, suite) = (place(POLICY), place(SUITE));
    writeln!(out)?;
    if args.attestor.is_empty() && args.registry.is_empty() {
        writeln!(
            out,
            "{EXAMPLE} is an example: write your own registry into both files."
        )?;
    }
    writeln!(out, "Next:")?;
    writeln!(out, "  countersign lint {policy} {suite}")?;
    writeln!(out, "  countersign test {suite} --coverage --mutate")?;
    writeln!(out, "  countersign export kubewarden --settings {policy}")?;
    if !args.folder.join(".git").exists() {
        writeln!(
            out,
            "\nGitHub reads {} only at the root of a repository.",
            place(WORKFLOW)
        )?;
    }
    out.flush()
}

/// As a shell takes it for one word.
fn quoted(path: &str) -> String {
    let is_plain = |one: char| one.is_alphanumeric() || "/._-+,:@%".contains(one);
    if !path.is_empty() && path.chars().all(is_plain) {
        return path.to_owned();
    }
    format!("'{}'", path.replace('\'', "'\\''"))
}

fn parse_namespace(text: &str) -> Result<String, String> {
    if policy_lint::is_dns_label(text) {
        return Ok(text.to_owned());
    }
    Err("expected the name of a namespace".to_owned())
}
