//! `release npm`: the folder of the npm package. It has one copy of the module: the glue for browsers, and a file
//! that loads the module in Node.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::{REPOSITORY, VERSION, licences, output, packages};

/// Files of the web build
const BUILT: [&str; 3] = ["countersign.d.ts", "countersign.js", "countersign_bg.wasm"];

const MANIFEST: &str = include_str!("../npm/package.json");
const NODE: &str = include_str!("../npm/node.js");
const README: &str = include_str!("../npm/README.md");

/// Arguments of `release npm`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The web build for browsers
    #[arg(long, value_name = "DIR")]
    web: PathBuf,
    /// The folder of the package, empty or missing
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let folder = &args.output;
    let is_new = !folder.exists() || output::names(folder)?.is_empty();
    ensure!(is_new, "`{}` is not empty", folder.display());
    for name in BUILT {
        let content = output::read(&args.web.join(name))?;
        output::write(&folder.join(name), &content)?;
    }
    let licence = output::read(&packages::root().join("LICENSE"))?;
    for (name, content) in [
        ("LICENSE", licence),
        (licences::FILE, licences::of_npm()?.into_bytes()),
        ("README.md", README.into()),
        ("node.js", NODE.into()),
        ("package.json", manifest()?.into_bytes()),
    ] {
        output::write(&folder.join(name), &content)?;
    }
    Ok(())
}

/// The manifest, with what the workspace knows. npm compares the repository with that of the provenance.
fn manifest() -> Result<String> {
    let mut manifest: Value = serde_json::from_str(MANIFEST)?;
    if let Some(fields) = manifest.as_object_mut() {
        fields.insert("version".into(), VERSION.into());
        fields.insert("license".into(), env!("CARGO_PKG_LICENSE").into());
        fields.insert("homepage".into(), REPOSITORY.into());
        let repository = json!({"type": "git", "url": format!("git+{REPOSITORY}.git")});
        fields.insert("repository".into(), repository);
    }
    Ok(format!("{}\n", serde_json::to_string_pretty(&manifest)?))
}

/// Checks the folder of the package.
///
/// # Errors
///
/// It is not as [`run`] writes it.
pub(crate) fn check(folder: &Path) -> Result<()> {
    let mut expected = vec![
        "LICENSE",
        "README.md",
        licences::FILE,
        "node.js",
        "package.json",
    ];
    expected.extend(BUILT);
    expected.sort_unstable();
    let names = output::names(folder)?;
    ensure!(names == expected, "unexpected files: {}", names.join(", "));
    let read = |name: &str| output::read_text(&folder.join(name));
    ensure!(
        read("package.json")? == manifest()?,
        "package.json is not that of this version"
    );
    ensure!(read("node.js")? == NODE, "node.js is another");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A script could run at every user's; a dependency would have to be trusted as well.
    #[test]
    fn the_package_runs_no_script_and_depends_on_nothing() {
        let manifest: Value = serde_json::from_str(&manifest().unwrap()).unwrap();
        let fields = manifest.as_object().unwrap();
        assert!(!fields.contains_key("scripts"));
        assert!(
            !fields
                .keys()
                .any(|key| key.to_lowercase().contains("dependencies"))
        );
        assert_eq!(manifest["version"], VERSION);
        let mut files: Vec<_> = BUILT.into();
        files.extend([licences::FILE, "node.js"]);
        files.sort_unstable();
        // README.md, LICENSE and package.json are in every package.
        assert_eq!(manifest["files"], json!(files));
    }

    /// `require` loads modules that wait for nothing.
    #[test]
    fn the_file_for_node_has_no_await() {
        assert!(!NODE.contains("await"), "{NODE}");
    }
}
