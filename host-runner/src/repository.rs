//! The repository of this program, in files that point to it.

/// Returns its name on GitHub: `OWNER/NAME`.
pub(crate) fn name() -> &'static str {
    env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://github.com/")
}

/// Returns the first line of a YAML document, which tells the YAML language server the schema of this version.
pub(crate) fn schema_line(schema: &str) -> String {
    let (repository, version) = (name(), env!("CARGO_PKG_VERSION"));
    format!(
        "# yaml-language-server: $schema=https://raw.githubusercontent.com/{repository}/v{version}/{schema}\n"
    )
}
