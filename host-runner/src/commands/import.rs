//! `countersign import`: converts Google Binary Authorization exports, policies of other systems, and trusted roots of
//! Sigstore to settings.

mod from;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use serde_json::{Value, json};

use crate::args::{ModuleArgs, OutputArgs};
use crate::attest::store::{self, Change};
use crate::emit;
use crate::engine::Policy;
use crate::foreign;
use crate::import::{Export, Exports, Import, Level, Place, System, trusted_roots};
use crate::inputs;
use crate::terminal::{self, counted, shell_quoted, shown};
use crate::{Exit, repository, yaml};

use super::check_stdin;
use crate::judge::{check_settings, engine};

/// Arguments of `countersign import`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  countersign import --policy policy.yaml --attestors attestors.json \\
    --attestations build.json \\
    -o settings.yaml
  countersign import --policy policy.yaml --attestors attestors.json \\
    --system-policy system.yaml
  countersign import --policy policy.yaml --attestors attestors.json \\
    --cluster us-central1-a.production
  countersign import --platform-policy check-policy.yaml -o settings.yaml
  countersign import --trusted-root trusted_root.jsonl --into settings.yaml
  countersign import --from policy-controller policies.yaml -o settings.yaml
  countersign import --from kyverno policies.yaml \\
    --trusted-root trusted_root.json -o settings.yaml

Without --from, the files are the output of:
  gcloud container binauthz policy export > policy.yaml
  gcloud container binauthz attestors list --format=json > attestors.json
  gcloud container binauthz attestations list --attestor=build \\
    --format=json > build.json
  gcloud artifacts docker images describe IMAGE@DIGEST --show-provenance \\
    --format=json > built.json
  gcloud alpha container binauthz policy export-system-policy > system.yaml
  gh attestation trusted-root > trusted_root.jsonl

With --from, FILE is what is applied to the cluster, or the output of
`kubectl get KIND -A -o yaml`. With --output settings.yaml, a suite of what
carried over is written to settings.tests.yaml beside it, and one that detects
changes of the settings to settings.scaffold.tests.yaml. Everything that did
not carry over is reported with its line and the reason. The settings admit no
image that the other system denies, unless a warning says otherwise. For
terraform, FILE is the output of `terraform show -json`; it and
config-connector take the options for Google's documents, but for policies.

A single value instead of a list, a key without a value, and the pattern ending
[@:]* are converted as gcloud does, with a warning. Everything else that is
wrong is an error.

Exit status: 0 if written, 1 if written but incomplete (something did not carry
over, or has to be added to decide as before), 2 if not written")]
#[command(group = clap::ArgGroup::new("policies").required(true).multiple(true)
    .args(["policy", "platform_policy", "trusted_root", "from"]))]
pub struct Args {
    /// System whose policies the files are [default: Google Binary Authorization, in the options below]
    #[arg(long, value_name = "SYSTEM", requires = "files", value_parser = system_parser(),
          conflicts_with_all = ["policy", "platform_policy", "into"])]
    from: Option<&'static System>,
    /// Policies of the system of --from, and the objects that they refer to
    #[arg(value_name = "FILE", requires = "from")]
    files: Vec<PathBuf>,
    /// Policy of a project, from `gcloud container binauthz policy export`
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Check-based platform policies of Google Binary Authorization
    #[arg(long, value_name = "FILE", num_args = 1..)]
    platform_policy: Vec<PathBuf>,
    /// Attestors, from `gcloud container binauthz attestors list` or `describe`
    ///
    /// Attestors that no rule names are left out, unless --all is given.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    attestors: Vec<PathBuf>,
    /// Attestations, stored scans, or provenance
    ///
    /// Attestations come from `gcloud container binauthz attestations list`, provenance from `gcloud artifacts
    /// docker images describe --show-provenance --format=json`. Occurrences that the policy does not read are
    /// left out and counted.
    #[arg(long, value_name = "FILE", num_args = 1..)]
    attestations: Vec<PathBuf>,
    /// System policy, from `gcloud alpha container binauthz policy export-system-policy`
    #[arg(long, value_name = "FILE")]
    system_policy: Option<PathBuf>,
    /// Trusted root of a Sigstore instance: one document, or JSON Lines of several; repeatable
    ///
    /// From `gh attestation trusted-root`, `cosign trusted-root create`, or the `targets/trusted_root.json` of a TUF
    /// repository. Without a policy, only `sigstore.trustedRoots` is written, to append to settings.
    #[arg(long, value_name = "FILE")]
    trusted_root: Vec<PathBuf>,
    /// Name of the trusted root [default: public-good, github, staging, or the host of its authority]
    #[arg(long, value_name = "NAME", value_parser = parse_name, requires = "trusted_root")]
    name: Option<String>,
    /// Add the trusted roots to these settings, or renew those of the same name
    ///
    /// Everything else in the file stays, also comments and thresholds.
    #[arg(long, value_name = "FILE", requires = "trusted_root",
          conflicts_with_all = ["policy", "platform_policy", "output", "force"])]
    into: Option<PathBuf>,
    /// Cluster of the settings, for policies with rules for clusters
    #[arg(long, value_name = "LOCATION.NAME", value_parser = parse_cluster)]
    cluster: Option<String>,
    /// Trust domain of the service mesh, for policies with rules for its identities
    #[arg(long, value_name = "DOMAIN")]
    mesh_trust_domain: Option<String>,
    /// Also keep attestors that no rule names
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    module: ModuleArgs,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<Exit> {
    if let Some(system) = args.from {
        return from::run(args, system);
    }
    let singles = args.policy.iter().chain(&args.system_policy);
    let lists = [&args.platform_policy, &args.attestors, &args.attestations];
    let inputs = singles.chain(lists.into_iter().flatten());
    let inputs = inputs.chain(&args.trusted_root);
    args.output.check(inputs.map(PathBuf::as_path))?;
    if args.policy.is_none() && args.platform_policy.is_empty() {
        return write_trusted_roots(args);
    }
    let mut import = Import::new(read(args)?);
    if let (Some(sigstore), Some(fields)) = (
        sigstore(&args.trusted_root, args.name.as_deref())?,
        import.settings.as_object_mut(),
    ) {
        fields.insert("sigstore".to_owned(), sigstore);
    }
    let policy = engine()?.load(&args.module.bytes()?)?;
    check(&import, &policy)?;
    write(args, &import)?;
    if let Some(path) = &args.output.output {
        let (settings, suite) = (
            shell_quoted(path),
            shell_quoted(&path.with_file_name("tests.yaml")),
        );
        terminal::note(&format!(
            "write its tests with: countersign test --scaffold {settings} --output {suite}"
        ));
    }
    Ok(exit(&import))
}

/// Lets the module check the settings, and prints all findings.
///
/// # Errors
///
/// The settings cannot be used.
fn check(import: &Import, policy: &Policy) -> Result<()> {
    let problems = check_settings(policy, &import.settings)?;
    emit::import::findings(import);
    let mut is_usable = import.level() != Some(Level::Error);
    if let Some(problems) = problems {
        emit::import::problems(import, &problems);
        is_usable = false;
    }
    if !is_usable {
        bail!("nothing was written because of the errors above");
    }
    Ok(())
}

/// Writes the settings, and prints their contents.
fn write(args: &Args, import: &Import) -> Result<()> {
    let text = repository::schema_line("policy-lint/schemas/settings.json")
        + &yaml::document(&import.settings);
    args.output.write(&text)?;
    let output = args.output.output.as_deref().map(shown);
    let output = output.as_deref().unwrap_or("settings");
    anstream::eprintln!("{output}: {}", contents(&import.settings));
    Ok(())
}

/// The exit status of an import that was written.
fn exit(import: &Import) -> Exit {
    match import.level() {
        Some(Level::Lacking) => Exit::No,
        _ => Exit::Yes,
    }
}

/// Writes trusted roots by themselves.
fn write_trusted_roots(args: &Args) -> Result<Exit> {
    let others = [&args.attestors, &args.attestations];
    if others.iter().any(|files| !files.is_empty()) || args.system_policy.is_some() {
        bail!("--attestors, --attestations and --system-policy need --policy or --platform-policy");
    }
    check_stdin(args.trusted_root.iter().map(PathBuf::as_path))?;
    let sigstore = sigstore(&args.trusted_root, args.name.as_deref())?.unwrap_or_default();
    if let Some(path) = &args.into {
        return renew(path, &sigstore);
    }
    if let Some(path) = &args.output.output {
        refuse_settings(path)?;
    }
    let text = yaml::document(&json!({"sigstore": sigstore}));
    args.output
        .write(&format!("{}{text}", trusted_roots::COMMENT))?;
    let roots = sigstore.get("trustedRoots").and_then(Value::as_object);
    let names = roots.into_iter().flatten().map(|(name, _)| name.as_str());
    let names: Vec<_> = names.collect();
    anstream::eprintln!("trusted roots: {}", names.join(", "));
    Ok(Exit::Yes)
}

/// Puts trusted roots into existing settings.
fn renew(path: &Path, sigstore: &Value) -> Result<Exit> {
    let roots = sigstore.get("trustedRoots").and_then(Value::as_object);
    let changes = store::trusted_roots::renew(path, &roots.cloned().unwrap_or_default())?;
    for (name, change) in changes {
        let done = match change {
            Change::Added => "added to",
            Change::Replaced => "renewed in",
            Change::Unchanged => "already in",
        };
        anstream::eprintln!("trusted root {name} {done} {}", shown(path));
    }
    Ok(Exit::Yes)
}

/// Refuses to replace settings by trusted roots alone, even with `--force`.
fn refuse_settings(path: &Path) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let (_, documents) = inputs::documents(path)?;
    let is_root = |document: &Value| {
        let fields = document.as_object();
        let sigstore = document.get("sigstore").and_then(Value::as_object);
        fields.is_some_and(|fields| fields.keys().eq(["sigstore"]))
            && sigstore.is_some_and(|fields| fields.keys().eq(["trustedRoots"]))
    };
    if documents.iter().all(is_root) {
        return Ok(());
    }
    let path = shown(path);
    bail!("`{path}` has more than trusted roots in it; renew them with --into {path}")
}

/// The section `sigstore` with the trusted roots of these files, if there are any.
pub(super) fn sigstore(files: &[PathBuf], name: Option<&str>) -> Result<Option<Value>> {
    let mut errors = Vec::new();
    let roots = list(files, &mut errors);
    if !errors.is_empty() {
        bail!("{}", errors.join("\nerror: "));
    }
    if roots.is_empty() {
        return Ok(None);
    }
    let section = trusted_roots::section(roots, name);
    section.map(Some).map_err(anyhow::Error::msg)
}

/// Reads all files; the error names every file that cannot be read.
fn read(args: &Args) -> Result<Exports> {
    let singles = args.policy.iter().chain(&args.system_policy);
    let lists = [&args.platform_policy, &args.attestors, &args.attestations];
    check_stdin(
        singles
            .chain(lists.into_iter().flatten())
            .chain(&args.trusted_root)
            .map(PathBuf::as_path),
    )?;
    let mut errors = Vec::new();
    let exports = Exports {
        policy: single(args.policy.as_deref(), &mut errors),
        system_policy: single(args.system_policy.as_deref(), &mut errors),
        platform_policies: list(&args.platform_policy, &mut errors),
        attestors: list(&args.attestors, &mut errors),
        occurrences: list(&args.attestations, &mut errors),
        cluster: args.cluster.clone(),
        mesh_trust_domain: args.mesh_trust_domain.clone(),
        keeps_all: args.all,
    };
    if !errors.is_empty() {
        bail!("{}", errors.join("\nerror: "));
    }
    Ok(exports)
}

/// The one document of a file.
fn single(path: Option<&Path>, errors: &mut Vec<String>) -> Option<Export> {
    let (file, mut documents) = read_file(path?, errors)?;
    match (documents.pop(), documents.is_empty()) {
        (Some(document), true) => {
            let path = String::new();
            let place = Place { file, path };
            Some(Export { place, document })
        }
        _ => {
            errors.push(format!("`{file}`: expected one document, the policy"));
            None
        }
    }
}

/// All documents of files, and all items of those that are lists: gcloud prints lists as either.
fn list(paths: &[PathBuf], errors: &mut Vec<String>) -> Vec<Export> {
    let mut exports = Vec::new();
    for path in paths {
        let Some((name, documents)) = read_file(path, errors) else {
            continue;
        };
        let is_one = documents.len() == 1;
        for (number, document) in (1_usize..).zip(documents) {
            let file = if is_one {
                name.clone()
            } else {
                format!("{name} (document {number})")
            };
            let path = String::new();
            let place = Place { file, path };
            let (place, document) = unwrapped(place, document);
            match document {
                Value::Array(items) => {
                    let items = items.into_iter().enumerate();
                    exports.extend(items.map(|(index, document)| Export {
                        place: place.item(index),
                        document,
                    }));
                }
                document => exports.push(Export { place, document }),
            }
        }
    }
    exports
}

/// The list in a response of the REST API, or in gcloud's description of an image.
fn unwrapped(place: Place, mut document: Value) -> (Place, Value) {
    if let Some(list) = document.pointer_mut("/provenance_summary/provenance") {
        let place = place.field("provenance_summary").field("provenance");
        return (place, list.take());
    }
    let key = ["attestors", "occurrences", "policies"]
        .into_iter()
        .find(|key| document.get(key).is_some_and(Value::is_array));
    match (key, document) {
        (Some(key), Value::Object(mut fields)) => (
            place.field(key),
            fields.shift_remove(key).unwrap_or_default(),
        ),
        (_, document) => (place, document),
    }
}

fn read_file(path: &Path, errors: &mut Vec<String>) -> Option<(String, Vec<Value>)> {
    match inputs::exports(path, foreign::of_system) {
        Ok((name, documents)) if documents.is_empty() => {
            errors.push(format!("`{name}`: the file is empty"));
            None
        }
        Ok(read) => Some(read),
        Err(error) => {
            errors.push(error.to_string());
            None
        }
    }
}

/// `a policy, 2 attestors, 1 occurrence`
fn contents(settings: &Value) -> String {
    let is_there = |key: &str| settings.get(key).is_some();
    let count = |pointer: &str, noun: &str| {
        let list = settings.pointer(pointer).and_then(Value::as_array)?;
        Some(counted(list.len(), noun))
    };
    let parts = [
        count("/imagePolicy/rules", "image rule"),
        is_there("policy").then(|| "a policy".to_owned()),
        count("/platformPolicies", "platform policy"),
        is_there("systemPolicy").then(|| "the system policy".to_owned()),
        count("/attestors", "attestor"),
        count("/evidence/occurrences", "occurrence"),
        settings
            .pointer("/sigstore/trustedRoots")
            .and_then(Value::as_object)
            .map(|roots| counted(roots.len(), "trusted root")),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The parser of `--from`, which names the system that a misspelled one may mean.
fn system_parser() -> impl clap::builder::TypedValueParser<Value = &'static System> {
    let known = PossibleValuesParser::new(System::names());
    known.try_map(|name| System::by_name(&name).ok_or("no such system"))
}

/// Parses a name of a trusted root.
fn parse_name(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=63).contains(&text.len()) && text.bytes().all(is_plain) {
        return Ok(text.to_owned());
    }
    Err("expected 1 to 63 of the characters a-z, 0-9 and `-`".to_owned())
}

fn parse_cluster(text: &str) -> Result<String, String> {
    let is_cluster = text
        .split_once('.')
        .is_some_and(|(location, name)| !location.is_empty() && !name.is_empty());
    if is_cluster {
        return Ok(text.to_owned());
    }
    Err("expected LOCATION.NAME, such as us-central1-a.production".to_owned())
}
