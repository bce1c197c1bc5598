//! The metadata of a policy module, in its section `io.kubewarden.metadata`.

use alloc::collections::BTreeMap;

use anyhow::{Context as _, Result};
use host_runner::engine::inspect;
use serde_json::Value;

use crate::oci::text;

/// Reads the metadata of a module.
///
/// # Errors
///
/// The bytes are no module, or it carries no metadata.
pub(crate) fn metadata(module: &[u8]) -> Result<Value> {
    let inspection = inspect(module).context("it is not a policy module")?;
    inspection
        .metadata
        .context("the module carries no metadata of Kubewarden")
}

/// The annotations of a module's metadata.
///
/// # Errors
///
/// There are none, or one is not a text.
pub(crate) fn annotations(metadata: &Value) -> Result<BTreeMap<String, String>> {
    let annotations = metadata
        .get("annotations")
        .context("the module's metadata has no annotations")?;
    Ok(serde_json::from_value(annotations.clone())?)
}

/// One annotation that must be there.
pub(crate) fn annotation<'m>(metadata: &'m Value, name: &str) -> Result<&'m str> {
    let annotations = metadata.get("annotations");
    annotations
        .map(|annotations| text(annotations, name))
        .filter(|value| !value.is_empty())
        .with_context(|| format!("the module's metadata has no annotation `{name}`"))
}
