//! `countersign init`: creates a scaffold policy with tests and a CI workflow.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Error, Result, bail};
use serde_json::Value;

use crate::Exit;
use crate::files;
use crate::scaffold::{
    Attestor, AttestorArg, IdentityArg, POLICY, Registry, SUITE, Scaffold, ScaffoldFile, Shape,
    TrustedRoot, WORKFLOW,
};
use crate::terminal;
use crate::terminal::{shell_quoted, shown};

use super::import;

/// Arguments of `countersign init`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign init
  countersign init policy --registry 'registry.example/shop/**'
  countersign init policy --attestor build=build.pub --attestor qa=qa.pub
  countersign init policy --attestor build=build.pub --namespace production
  countersign init policy --registry 'registry.example/shop/**' \\
    --attestor build=build.pub --attestor qa=qa.pub
  countersign init policy --attestor release:RSA_PSS_4096_SHA512=release.pub
  countersign init policy --trusted-root trusted_root.json --identity \\
    release=https://github.com/acme/shop/.github/workflows/release.yml@refs/tags/*

--registry alone exempts: it admits images of the listed registries, signed or
not. --attestor alone admits images of any registry that all listed attestors
have signed; --identity is an attestor that signs keyless. With both, an image
must be from a listed registry and signed by all attestors. All other images are
denied, in every namespace or in those given by --namespace; elsewhere, missing
attestations are only reported, and with both options, registries are not
checked.

Make a key pair, and take its public key in PEM:
  countersign attest keygen --attestor build --output build.pem > attestor.yaml
  openssl pkey -in build.pem -pubout -out build.pub

Exit status: 0 if written, 2 if a file exists or on another error")]
pub struct Args {
    /// Directory to write to; created if needed
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Admit images that match this pattern; with --attestor, only these; repeatable
    ///
    /// `registry.example/shop/**` matches everything below that path, `registry.example/shop/*` only
    /// repositories directly in it. Without --attestor, the pattern is an allowlist: it exempts images from all
    /// rules, and so from attestation.
    #[arg(long, value_name = "PATTERN", value_parser = Registry::parse)]
    registry: Vec<Registry>,
    /// Admit images that this attestor has signed with the key in FILE; repeatable
    ///
    /// FILE is a public key in PEM (`-----BEGIN PUBLIC KEY-----`) or OpenPGP armor. NAME is `projects/PROJECT/attestors/ATTESTOR`, or only
    /// ATTESTOR. An RSA key needs its algorithm: `ATTESTOR:RSA_PSS_4096_SHA512=FILE`.
    #[arg(long, value_name = "NAME=FILE", value_parser = AttestorArg::parse)]
    attestor: Vec<AttestorArg>,
    /// Admit images that this attestor has signed keyless, with a certificate for SUBJECT; repeatable
    ///
    /// SUBJECT is the name in the certificate, such as a workflow of GitHub:
    /// `https://github.com/OWNER/REPO/.github/workflows/FILE.yml@refs/heads/main`. In it, `*` stands for characters
    /// other than `/` and `@`, as in `@refs/tags/*`. NAME is as for --attestor.
    #[arg(long, value_name = "NAME=SUBJECT", value_parser = IdentityArg::parse, requires = "trusted_root")]
    identity: Vec<IdentityArg>,
    /// Issuer of the tokens of the identities [default: GitHub's or GitLab's, by the subject]
    #[arg(long, value_name = "URL", requires = "identity")]
    issuer: Option<String>,
    /// Trusted root of the Sigstore instance that certifies the identities
    ///
    /// FILE is from `cosign trusted-root create`, `gh attestation trusted-root`, or the `targets/trusted_root.json` of a TUF
    /// repository. Of a file with several, `NAME=FILE` takes one, as in `public-good=roots.jsonl`.
    #[arg(long, value_name = "[NAME=]FILE", requires = "identity")]
    trusted_root: Option<String>,
    /// Enforce the policy in this namespace, and only report in all others; repeatable
    #[arg(long, value_name = "NAME", value_parser = parse_namespace)]
    namespace: Vec<String>,
    /// Overwrite existing files
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    let files = scaffold(args)?.files()?;
    write(&args.folder, &files, args.force)?;
    terminal::unless_closed(print(args, &files))?;
    Ok(Exit::Yes)
}

/// Pattern of the policy if the command names none
const EXAMPLE: &str = "registry.example/shop/**";

fn scaffold(args: &Args) -> Result<Scaffold> {
    let mut namespaces = args.namespace.clone();
    namespaces.sort();
    namespaces.dedup();
    let has_none = args.attestor.is_empty() && args.identity.is_empty();
    let shape = match (has_none, args.registry.is_empty()) {
        (true, _) => {
            let registries = registries(args)?;
            warn_of_short_names(&registries, Registry::is_official);
            Shape::Allowlist(registries)
        }
        (false, true) => Shape::Attested(attestors(args)?),
        (false, false) => {
            let registries = demanded(args)?;
            Shape::Both(registries, attestors(args)?)
        }
    };
    Ok(Scaffold { shape, namespaces })
}

/// The attestors with their keys.
fn attestors(args: &Args) -> Result<Vec<Attestor>> {
    let attestors: Result<Vec<_>> = args.attestor.iter().map(AttestorArg::read).collect();
    let mut attestors = attestors?;
    if let Some(file) = &args.trusted_root {
        let root = trusted_root(file)?;
        let identities = args.identity.iter();
        let identities = identities.map(|one| one.under(args.issuer.as_deref(), &root));
        attestors.extend(identities.collect::<Result<Vec<_>>>()?);
    }
    for attestor in attestors.iter().filter(|one| one.is_weak()) {
        let name = attestor.name();
        terminal::warning(&format!(
            "the key of {name} has 2048 bits, which `countersign lint` reports as weak; use at least 3072"
        ));
    }
    Ok(attestors)
}

/// The trusted root in `FILE`, or the one of this name in `NAME=FILE`.
fn trusted_root(argument: &str) -> Result<TrustedRoot> {
    let (name, file) = match argument.split_once('=') {
        Some((name, file)) if !Path::new(argument).exists() => (Some(name), file),
        _ => (None, argument),
    };
    let section = import::sigstore(&[PathBuf::from(file)], None)?.unwrap_or_default();
    let roots = section.get("trustedRoots").and_then(Value::as_object);
    let roots = roots.into_iter().flatten();
    let chosen = roots
        .clone()
        .filter(|(known, _)| name.is_none_or(|name| name == *known));
    match chosen.collect::<Vec<_>>().as_slice() {
        [(name, settings)] => Ok(TrustedRoot {
            name: (*name).clone(),
            settings: (*settings).clone(),
        }),
        _ => {
            let names: Vec<_> = roots.map(|(name, _)| format!("`{name}`")).collect();
            bail!(
                "`{}` has the trusted roots {}; choose one, as in --trusted-root NAME={file}",
                shown(Path::new(file)),
                names.join(", ")
            )
        }
    }
}

/// The registry patterns, each of which a `trustedDirectoryCheck` can demand.
fn demanded(args: &Args) -> Result<Vec<Registry>> {
    let registries = registries(args)?;
    let registries: Vec<_> = registries.iter().map(Registry::in_full).collect();
    let checked = registries.iter().map(Registry::check_directory);
    checked.collect::<Result<(), _>>().map_err(Error::msg)?;
    warn_of_short_names(&registries, Registry::is_of_docker_hub);
    Ok(registries)
}

/// Warns of registries of which images have short names that no pattern of the policy can cover.
fn warn_of_short_names(registries: &[Registry], has_some: impl Fn(&Registry) -> bool) {
    for registry in registries.iter().filter(|one| has_some(one)) {
        let (pattern, image) = (&registry.pattern, registry.image());
        terminal::warning(&format!(
            "`{pattern}` matches only images that Pods spell in full, such as `{image}`, and no short names of Docker \
             Hub"
        ));
    }
}

/// The registry patterns; an error if one covers another.
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
                "`{}` already covers `{}`; give only one of them",
                other.pattern,
                registry.pattern
            );
        }
    }
    Ok(registries)
}

/// Writes all files, or none if one exists.
fn write(folder: &Path, files: &[ScaffoldFile], replaces: bool) -> Result<()> {
    let paths: Vec<_> = files.iter().map(|file| folder.join(file.path)).collect();
    // A dangling link exists, too.
    let is_there = |path: &&PathBuf| fs::symlink_metadata(path).is_ok();
    let existing: Vec<_> = paths
        .iter()
        .filter(is_there)
        .map(|path| shown(path))
        .collect();
    if !existing.is_empty() && !replaces {
        let existing: Vec<_> = existing.iter().map(|path| format!("`{path}`")).collect();
        let exist = match existing.as_slice() {
            [others @ .., last] if !others.is_empty() => {
                format!("{} and {last} exist", others.join(", "))
            }
            one => format!("{} exists", one.concat()),
        };
        bail!("nothing was written, because {exist}; overwrite with --force");
    }
    let contents: Vec<_> = paths
        .iter()
        .zip(files)
        .map(|(path, file)| (path.as_path(), file.text.as_bytes()))
        .collect();
    let problem = |path: &Path| format!("nothing was written, because `{}` cannot be", shown(path));
    for (path, _) in &contents {
        prepare(path).with_context(|| problem(path))?;
    }
    files::write_all(&contents, replaces).map_err(|(path, error)| {
        let problem = problem(&path);
        Error::new(error).context(problem)
    })
}

/// Creates the folder of a file, and checks that neither is a link.
fn prepare(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let is_link = |path: &Path| fs::symlink_metadata(path).is_ok_and(|one| one.is_symlink());
    if is_link(path) || path.parent().is_some_and(is_link) {
        return Err(io::Error::other(
            "it is a symbolic link, or in a directory that is one",
        ));
    }
    Ok(())
}

/// The folder that stands for the cluster until there is one: `attest sign --kubernetes` writes attestations to it
const ATTESTATIONS: &str = "attestations";

fn print(args: &Args, files: &[ScaffoldFile]) -> io::Result<()> {
    let mut out = anstream::stdout().lock();
    let place = |file: &str| {
        let path = args.folder.join(file);
        let path = path.strip_prefix(".").unwrap_or(&path);
        shell_quoted(path)
    };
    for file in files {
        writeln!(out, "wrote {}", place(file.path))?;
    }
    let (policy, suite) = (place(POLICY), place(SUITE));
    writeln!(out)?;
    if args.attestor.is_empty() && args.identity.is_empty() && args.registry.is_empty() {
        writeln!(
            out,
            "{EXAMPLE} is an example: replace it with your registry in both files."
        )?;
    }
    writeln!(out, "Next:")?;
    writeln!(out, "  countersign lint {policy} {suite}")?;
    writeln!(out, "  countersign test {suite} --coverage --mutate")?;
    let mut evidence = String::new();
    if !args.attestor.is_empty() || !args.identity.is_empty() {
        let folder = place(ATTESTATIONS);
        writeln!(out, "  mkdir {folder}")?;
        evidence = format!(" --kubernetes {folder}");
    }
    writeln!(
        out,
        "  countersign evaluate --settings {policy}{evidence} MANIFESTS"
    )?;
    writeln!(out, "  countersign export kubewarden --settings {policy}")?;
    if !args.folder.join(".git").exists() {
        writeln!(
            out,
            "\nGitHub runs {} only at the root of a repository.",
            place(WORKFLOW)
        )?;
    }
    out.flush()
}

fn parse_namespace(text: &str) -> Result<String, String> {
    if policy_lint::is_dns_label(text) {
        return Ok(text.to_owned());
    }
    Err("expected the name of a namespace".to_owned())
}
