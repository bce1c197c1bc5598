//! `release layout`: a policy module as an OCI artifact, with the manifest that `kwctl push` makes. The digest of
//! a release is therefore known before anything is pushed.

use alloc::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use policy_wasm::digest::Digest;
use serde_json::{Value, json};

use crate::oci::{self, Layout};
use crate::{module, output};

/// Media types that Kubewarden reads
const CONFIG: &str = "application/vnd.wasm.config.v1+json";
const LAYER: &str = "application/vnd.wasm.content.layer.v1+wasm";

/// The config of every policy
const EMPTY: &[u8] = b"{}";

const POLICY_SOURCE: &str = "io.kubewarden.policy.source";
const IMAGE_SOURCE: &str = "org.opencontainers.image.source";

/// Arguments of `release layout`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The policy module
    #[arg(long, value_name = "FILE")]
    module: PathBuf,
    /// The tag that the artifact will have
    #[arg(long, value_name = "TAG")]
    tag: String,
    /// The folder of the layout, empty or missing
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let module = output::read(&args.module)?;
    let layout = Layout::create(&args.output)?;
    layout.blob(CONFIG, EMPTY)?;
    layout.blob(LAYER, &module)?;
    let descriptor = layout.blob(oci::MANIFEST, manifest(&module)?.as_bytes())?;
    let digest = layout.finish(&descriptor, core::slice::from_ref(&args.tag))?;
    output::line(&digest);
    Ok(())
}

/// The manifest of a module's artifact: sorted keys, no blanks, no media type of its own.
///
/// # Errors
///
/// The module has no metadata, or an annotation that two writers may spell differently.
pub(crate) fn manifest(module: &[u8]) -> Result<String> {
    let annotations = annotations(module::annotations(&module::metadata(module)?)?)?;
    let descriptor = |media_type: &str, content: &[u8]| -> Value {
        json!({
            "mediaType": media_type,
            "digest": Digest::of(content).to_string(),
            "size": content.len(),
        })
    };
    oci::canonical(&json!({
        "schemaVersion": 2,
        "config": descriptor(CONFIG, EMPTY),
        "layers": [descriptor(LAYER, module)],
        "annotations": annotations,
    }))
}

/// The annotations of a manifest, from those of the module: the ones that are a single line, trimmed, and the
/// source once more under OCI's name.
fn annotations(of_module: BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let mut annotations = BTreeMap::new();
    for (name, value) in of_module {
        if value.lines().count() > 1 {
            continue;
        }
        let value = value.trim().to_owned();
        // Control characters are escaped by some writers only, and composed letters normalised.
        ensure!(
            value.bytes().all(|byte| matches!(byte, b' '..=b'~')),
            "the annotation `{name}` is not printable ASCII"
        );
        annotations.insert(name, value);
    }
    if let Some(source) = annotations.get(POLICY_SOURCE).cloned() {
        annotations.entry(IMAGE_SOURCE.to_owned()).or_insert(source);
    }
    Ok(annotations)
}

/// Checks a layout, and returns the module in it.
///
/// # Errors
///
/// It is not as [`run`] writes one.
pub(crate) fn check(folder: &Path) -> Result<Vec<u8>> {
    let (descriptor, names) = oci::read_index(folder)?;
    ensure!(names.len() == 1, "expected one tag, got {}", names.len());
    let manifest = String::from_utf8(oci::read_blob(folder, &descriptor)?)?;
    let document: Value = serde_json::from_str(&manifest)?;
    let [layer] = oci::list(&document, "layers") else {
        anyhow::bail!("expected one layer");
    };
    let module = oci::read_blob(folder, layer)?;
    oci::read_blob(folder, document.get("config").context("no config")?)?;
    ensure!(
        manifest == self::manifest(&module)?,
        "the manifest is not the one that `kwctl push` makes of the module"
    );
    Ok(module)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    /// A module with nothing but metadata
    fn module(annotations: &Value) -> Vec<u8> {
        let name = b"io.kubewarden.metadata";
        let metadata = json!({"protocolVersion": "v1", "annotations": annotations}).to_string();
        let mut section = vec![u8::try_from(name.len()).unwrap()];
        section.extend_from_slice(name);
        section.extend_from_slice(metadata.as_bytes());
        let mut module = b"\0asm\x01\0\0\0\0".to_vec();
        // LEB128 in two bytes.
        module.push(u8::try_from(section.len() & 0x7f).unwrap() | 0x80);
        module.push(u8::try_from(section.len() >> 7).unwrap());
        module.extend_from_slice(&section);
        module
    }

    #[test]
    fn annotations_of_a_manifest_are_what_kwctl_makes_of_those_of_the_module() {
        type Pairs = &'static [(&'static str, &'static str)];
        let cases: [(&str, Pairs, Pairs); 6] = [
            ("a line stays", &[("a", "one line")], &[("a", "one line")]),
            ("lines go", &[("a", "one\ntwo"), ("b", "x")], &[("b", "x")]),
            (
                "what surrounds a line goes",
                &[("a", " one line \n")],
                &[("a", "one line")],
            ),
            (
                "the source has two names",
                &[(POLICY_SOURCE, "https://a.example")],
                &[
                    (POLICY_SOURCE, "https://a.example"),
                    (IMAGE_SOURCE, "https://a.example"),
                ],
            ),
            (
                "OCI's own name of the source stays",
                &[
                    (POLICY_SOURCE, "https://a.example"),
                    (IMAGE_SOURCE, "https://b.example"),
                ],
                &[
                    (POLICY_SOURCE, "https://a.example"),
                    (IMAGE_SOURCE, "https://b.example"),
                ],
            ),
            (
                "a source of several lines is none",
                &[(POLICY_SOURCE, "a\nb")],
                &[],
            ),
        ];
        for (rule, of_module, expected) in cases {
            assert_eq!(annotations(of(of_module)).unwrap(), of(expected), "{rule}");
        }
        for value in ["a\tb", "caf\u{e9}", "\u{7f}"] {
            assert!(annotations(of(&[("a", value)])).is_err(), "{value:?}");
        }
    }

    #[test]
    fn a_manifest_has_sorted_keys_no_blanks_and_no_media_type() {
        let module = module(&json!({"z": "1", "a": "it's \"2\" \\"}));
        let (digest, size) = (Digest::of(&module), module.len());
        assert_eq!(
            manifest(&module).unwrap(),
            [
                r#"{"annotations":{"a":"it's \"2\" \\","z":"1"},"#,
                r#""config":{"digest":"sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a","#,
                r#""mediaType":"application/vnd.wasm.config.v1+json","size":2},"#,
                &format!(r#""layers":[{{"digest":"{digest}","#),
                &format!(
                    r#""mediaType":"application/vnd.wasm.content.layer.v1+wasm","size":{size}}}],"#
                ),
                r#""schemaVersion":2}"#,
            ]
            .concat()
        );
    }

    #[test]
    fn a_module_without_metadata_is_no_policy() {
        assert!(manifest(b"\0asm\x01\0\0\0").is_err());
        assert!(manifest(b"no module").is_err());
    }
}
