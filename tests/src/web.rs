//! Builds the module for browsers and Node, with its JavaScript and TypeScript around it.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use wasm_bindgen_cli_support::Bindgen;

use crate::modules::{self, Product};

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
    let mut bindgen = bindgen(&module, "countersign");
    match loader {
        Loader::Node => bindgen.nodejs(true).unwrap(),
        Loader::Browser => bindgen.web(true).unwrap(),
    };
    bindgen.generate(folder).unwrap();
}

/// Builds the module of the playground, and writes it with its glue into a folder.
///
/// Binaryen would save less than one percent after compression, and version 108 exports the wrong one of two tables.
pub fn generate_playground(folder: &Path) {
    let playground = Product {
        package: "countersign-playground",
        name: "playground",
        kind: Product::LIBRARY,
    };
    let module = playground.build_portable("", "wasm32-unknown-unknown", "web");
    let mut bindgen = bindgen(&module, "playground");
    // The page has the module inside of it, and no address for it.
    bindgen.web(true).unwrap().omit_default_module_path(true);
    bindgen.generate(folder).unwrap();
}

fn bindgen(module: &Path, name: &str) -> Bindgen {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name(name)
        .remove_name_section(true)
        .remove_producers_section(true)
        .typescript(true);
    bindgen
}
