//! Inspection of a module's bytes without running it.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use wasmparser::{Parser, Payload};

use super::EngineError;

/// The surface of a module
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspection {
    /// `sha256:` and 64 hexadecimal digits
    pub digest: String,
    /// Bytes of the module
    pub size: usize,
    /// `module.name`, sorted
    pub imports: Vec<String>,
    /// Sorted
    pub exports: Vec<String>,
    /// Kubewarden's metadata, where the module carries it
    pub metadata: Option<Value>,
}

/// The digest of a module as it is printed everywhere.
#[must_use]
fn digest(bytes: &[u8]) -> String {
    let hex: String = Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("sha256:{hex}")
}

/// Reads the surface of a module.
///
/// # Errors
///
/// The bytes are no WebAssembly module.
pub fn inspect(bytes: &[u8]) -> Result<Inspection, EngineError> {
    let malformed = |error: wasmparser::BinaryReaderError| {
        EngineError::Load(wasmtime::Error::msg(error.to_string()))
    };
    let (mut imports, mut exports, mut metadata) = (Vec::new(), Vec::new(), None);
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(malformed)? {
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    let import = import.map_err(malformed)?;
                    imports.push(format!("{}.{}", import.module, import.name));
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    exports.push(export.map_err(malformed)?.name.to_owned());
                }
            }
            Payload::CustomSection(section) if section.name() == "io.kubewarden.metadata" => {
                metadata = serde_json::from_slice(section.data()).ok();
            }
            _ => {}
        }
    }
    imports.sort();
    exports.sort();
    Ok(Inspection {
        digest: digest(bytes),
        size: bytes.len(),
        imports,
        exports,
        metadata,
    })
}
