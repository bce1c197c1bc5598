//! Addresses of the JSON Schemas of documents, for editors.

/// The first line of a YAML document, from which the YAML language server learns its schema: that of this version.
pub(crate) fn editor_line(schema: &str) -> String {
    let repository = env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://github.com/");
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "# yaml-language-server: $schema=https://raw.githubusercontent.com/{repository}/v{version}/{schema}\n"
    )
}
