//! Builds the module for browsers and Node, with its JavaScript and TypeScript around it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use wasm_bindgen_cli_support::Bindgen;

use crate::modules;

/// What the module is loaded by
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loader {
    /// `require`
    Node,
    /// `import`, in a browser
    Browser,
}

/// Builds for Node once in this process, and returns the folder.
pub fn build() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = modules::target_directory().join("countersign-node");
        generate(Loader::Node, &folder);
        folder
    })
}

/// Builds the module and writes it with its glue into a folder.
pub fn generate(loader: Loader, folder: &Path) {
    let module = modules::build(
        "curves,openpgp,sigstore,web",
        "wasm32-unknown-unknown",
        "web",
    );
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name("countersign")
        .remove_name_section(true)
        .remove_producers_section(true)
        .typescript(true);
    match loader {
        Loader::Node => bindgen.nodejs(true).unwrap(),
        Loader::Browser => bindgen.web(true).unwrap(),
    };
    bindgen.generate(folder).unwrap();
}
