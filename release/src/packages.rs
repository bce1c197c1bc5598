//! The packages that a part of a release is made of, as Cargo resolves them.

use alloc::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use crate::oci::{list, text};
use crate::output;

/// A part of a release that is compiled
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// The program, for a target
    Program(String),
    /// The waPC module
    Module,
    /// The waPC module without OpenPGP and Sigstore
    Slim,
    /// The WASI command
    Wasi,
    /// The module that the program measures policies against
    Floor,
    /// The module in the npm package
    Web,
}

impl Part {
    /// Package, features and target, as `cargo build` would have them
    fn build(&self) -> (&str, &str, &str) {
        const WASI: &str = "wasm32-wasip1";
        match self {
            Self::Program(target) => ("countersign", "", target),
            Self::Module => ("countersign-policy", "wapc,openpgp", WASI),
            Self::Slim => ("countersign-policy", "bare", WASI),
            Self::Wasi => ("countersign-policy", "wasi,openpgp", WASI),
            Self::Floor => ("policy-floor", "", WASI),
            Self::Web => (
                "countersign-policy",
                "web,openpgp",
                "wasm32-unknown-unknown",
            ),
        }
    }

    /// The target that it is compiled for
    pub(crate) fn target(&self) -> &str {
        self.build().2
    }
}

/// Name and version
pub(crate) type Id = (String, String);

/// A package
#[derive(Debug, Clone)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// An SPDX expression
    pub(crate) licence: String,
    pub(crate) authors: Vec<String>,
    pub(crate) repository: Option<String>,
    pub(crate) folder: PathBuf,
    /// SHA-256 of its archive; `None` for one of this workspace
    pub(crate) checksum: Option<String>,
    /// Direct dependencies
    pub(crate) dependencies: BTreeSet<Id>,
}

impl Package {
    /// Whether it comes from a registry
    pub(crate) const fn is_foreign(&self) -> bool {
        self.checksum.is_some()
    }
}

/// The packages of a part, its own first. They are those of `cargo tree -e normal`, which resolves features
/// for this part alone.
///
/// # Errors
///
/// Cargo cannot be run, or what it prints is not understood.
pub(crate) fn of(part: &Part) -> Result<(Id, BTreeMap<Id, Package>)> {
    let (package, features, target) = part.build();
    let tree = cargo(&[
        "tree",
        "--locked",
        "--package",
        package,
        "--features",
        features,
        "--target",
        target,
        "--edges",
        "normal",
        "--prefix",
        "depth",
        "--format",
        " {p}",
    ])?;
    let metadata = cargo(&[
        "metadata",
        "--locked",
        "--format-version",
        "1",
        "--filter-platform",
        target,
    ])?;
    let metadata: Value = serde_json::from_str(&metadata)?;
    let lock = output::read_text(&root().join("Cargo.lock"))?;
    let checksums = checksums(&lock);

    let edges = edges(&tree)?;
    let mut packages = BTreeMap::new();
    for described in list(&metadata, "packages") {
        let id = (
            text(described, "name").to_owned(),
            text(described, "version").to_owned(),
        );
        let Some(dependencies) = edges.dependencies.get(&id) else {
            continue;
        };
        let manifest = Path::new(text(described, "manifest_path"));
        let authors = list(described, "authors").iter();
        let package = Package {
            name: id.0.clone(),
            version: id.1.clone(),
            // Before SPDX, a slash was an "or".
            licence: text(described, "license").replace('/', " OR "),
            authors: authors
                .filter_map(|author| Some(author.as_str()?.to_owned()))
                .collect(),
            repository: described
                .get("repository")
                .and_then(Value::as_str)
                .map(str::to_owned),
            folder: manifest.parent().context("no manifest")?.to_owned(),
            checksum: checksums.get(&id).cloned(),
            dependencies: dependencies.clone(),
        };
        ensure!(
            !package.licence.is_empty(),
            "{} {} states no licence",
            id.0,
            id.1
        );
        packages.insert(id, package);
    }
    for id in edges.dependencies.keys() {
        ensure!(packages.contains_key(id), "{} {} is unknown", id.0, id.1);
    }
    Ok((edges.root, packages))
}

/// The folder of the workspace
pub(crate) fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// Cargo itself, the same one that runs this program if it does
pub(crate) fn cargo_program() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

fn cargo(arguments: &[&str]) -> Result<String> {
    let output = Command::new(cargo_program())
        .args(arguments)
        .current_dir(root())
        .output()
        .context("cannot run cargo")?;
    ensure!(
        output.status.success(),
        "`cargo {}` failed: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// Who depends on whom
#[derive(Debug, PartialEq, Eq)]
struct Edges {
    root: Id,
    dependencies: BTreeMap<Id, BTreeSet<Id>>,
}

/// Reads `cargo tree --prefix depth --format ' {p}'`. A package whose dependencies stand elsewhere is marked
/// `(*)`.
fn edges(tree: &str) -> Result<Edges> {
    let mut dependencies: BTreeMap<Id, BTreeSet<Id>> = BTreeMap::new();
    let mut above: Vec<Id> = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let mut words = line.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let (depth, name, version) = (word(), word(), word());
        let entry = || format!("`cargo tree` printed `{line}`");
        let depth: usize = depth.parse().ok().with_context(entry)?;
        let version = version.strip_prefix('v').with_context(entry)?;
        let id = (name.to_owned(), version.to_owned());
        ensure!(depth <= above.len(), "{}", entry());
        above.truncate(depth);
        dependencies.entry(id.clone()).or_default();
        if let Some(parent) = above.last() {
            let of_parent = dependencies.entry(parent.clone()).or_default();
            of_parent.insert(id.clone());
        }
        above.push(id);
    }
    let root = above.into_iter().next();
    let root = root.context("`cargo tree` printed nothing")?;
    Ok(Edges { root, dependencies })
}

/// The checksums in a lock file
fn checksums(lock: &str) -> BTreeMap<Id, String> {
    let mut checksums = BTreeMap::new();
    for package in lock.split("[[package]]") {
        let field = |name: &str| {
            package.lines().find_map(|line| {
                let value = line.strip_prefix(name)?.strip_prefix(" = \"")?;
                value.strip_suffix('"')
            })
        };
        if let (Some(name), Some(version), Some(checksum)) =
            (field("name"), field("version"), field("checksum"))
        {
            checksums.insert((name.to_owned(), version.to_owned()), checksum.to_owned());
        }
    }
    checksums
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> Id {
        (name.to_owned(), "1.0.0".to_owned())
    }

    #[test]
    fn a_tree_becomes_edges() {
        let tree = "\
0 a v1.0.0 (/a)
1 b v1.0.0
2 c v1.0.0 (proc-macro)
3 d v1.0.0
1 c v1.0.0 (proc-macro) (*)
";
        let edges = edges(tree).unwrap();
        assert_eq!(edges.root, id("a"));
        let expected = [
            (id("a"), BTreeSet::from([id("b"), id("c")])),
            (id("b"), BTreeSet::from([id("c")])),
            (id("c"), BTreeSet::from([id("d")])),
            (id("d"), BTreeSet::new()),
        ];
        assert_eq!(edges.dependencies, BTreeMap::from(expected));
        for tree in ["", "a v1.0.0", "0 a 1.0.0", "1 a v1.0.0"] {
            assert!(super::edges(tree).is_err(), "{tree}");
        }
    }

    #[test]
    fn packages_of_this_workspace_have_no_checksum() {
        let lock = "
[[package]]
name = \"a\"
version = \"1.0.0\"

[[package]]
name = \"b\"
version = \"1.0.0\"
source = \"registry+https://example.com\"
checksum = \"00\"
dependencies = [
 \"c\",
]
";
        let expected = BTreeMap::from([(id("b"), "00".to_owned())]);
        assert_eq!(checksums(lock), expected);
    }
}
