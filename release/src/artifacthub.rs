//! `release artifacthub`: the entry of the policy on Artifact Hub, with the keys that Kubewarden's repositories
//! have there (<https://artifacthub.io/docs/topics/repositories/kubewarden-policies/>).

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use policy_wasm::time::Time;
use serde_json::{Value, json};

use crate::module::{annotation, metadata};
use crate::oci::list;
use crate::{REPOSITORY, VERSION, epoch, output, packages};

/// The file's name
pub(crate) const FILE: &str = "artifacthub-pkg.yml";

/// Arguments of `release artifacthub`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The waPC module, whose metadata the entry repeats
    #[arg(long, value_name = "FILE")]
    module: PathBuf,
    /// The folder for the files
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let document = document(&output::read(&args.module)?, epoch::read()?)?;
    output::write(&args.output.join(FILE), document.as_bytes())?;
    let repository = include_str!("../artifacthub-repo.yml");
    output::write(
        &args.output.join("artifacthub-repo.yml"),
        repository.as_bytes(),
    )?;
    let readme = output::read(&packages::root().join("README.md"))?;
    output::write(&args.output.join("README.md"), &readme)
}

/// The entry for a module.
///
/// # Errors
///
/// The module's metadata lacks something that the entry needs.
pub(crate) fn document(module: &[u8], time: Time) -> Result<String> {
    let metadata = metadata(module)?;
    let of_policy = |name: &str| annotation(&metadata, &format!("io.kubewarden.policy.{name}"));
    let of_hub = |name: &str| annotation(&metadata, &format!("io.artifacthub.{name}"));
    let image = format!("{}:v{VERSION}", of_policy("ociUrl")?);
    let (author, mail) = of_policy("author")?
        .split_once(" <")
        .and_then(|(name, mail)| Some((name, mail.strip_suffix('>')?)))
        .context("the author is not `NAME <MAIL>`")?;
    let keywords: Vec<_> = of_hub("keywords")?.split(',').map(str::trim).collect();
    let part = |name: &str| metadata.get(name).cloned().unwrap_or_default();
    let mut annotations = json!({
        "kubewarden/mutation": part("mutating").to_string(),
        "kubewarden/resources": of_hub("resources")?,
        "kubewarden/rules": yaml(&part("rules")),
    });
    if !list(&metadata, "contextAwareResources").is_empty()
        && let Some(fields) = annotations.as_object_mut()
    {
        let resources = yaml(&part("contextAwareResources"));
        fields.insert("kubewarden/contextAwareResources".into(), resources.into());
    }
    let release = format!("{REPOSITORY}/releases/download/v{VERSION}");
    let entry = json!({
        "version": VERSION,
        "name": of_policy("title")?,
        "displayName": of_hub("displayName")?,
        "createdAt": time.to_string(),
        "description": of_policy("description")?,
        "license": of_policy("license")?,
        "homeURL": of_policy("url")?,
        "containersImages": [{"name": "policy", "image": image}],
        "keywords": keywords,
        "links": [
            {"name": "policy", "url": format!("{release}/countersign.wasm")},
            {"name": "source", "url": of_policy("source")?},
        ],
        "install": format!("```console\nkwctl pull registry://{image}\n```\n"),
        "maintainers": [{"name": author, "email": mail}],
        "provider": {"name": "kubewarden"},
        "recommendations": [
            {"url": "https://artifacthub.io/packages/helm/kubewarden/kubewarden-controller"},
        ],
        "annotations": annotations,
    });
    Ok(yaml(&entry))
}

/// YAML in blocks, with every scalar as JSON has it: nothing can be taken for another type.
fn yaml(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, "");
    text
}

fn write(text: &mut String, value: &Value, indent: &str) {
    let deeper = format!("{indent}  ");
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let name = if name.contains('/') {
                    Value::from(name.as_str()).to_string()
                } else {
                    name.clone()
                };
                text.push_str(&format!("{indent}{name}:"));
                write_below(text, value, &deeper);
            }
        }
        Value::Array(items) => {
            for item in items {
                let mut block = String::new();
                write(&mut block, item, &deeper);
                // The dash stands where the first line is indented.
                text.push_str(&format!("{indent}- {}", block.trim_start()));
            }
        }
        scalar => text.push_str(&format!("{indent}{scalar}\n")),
    }
}

/// Writes the value of a key: a scalar on its line, a collection below, an empty collection as in JSON.
fn write_below(text: &mut String, value: &Value, indent: &str) {
    let is_block = match value {
        Value::Object(fields) => !fields.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    };
    if is_block {
        text.push('\n');
        write(text, value, indent);
    } else {
        text.push_str(&format!(" {value}\n"));
    }
}

#[cfg(test)]
mod tests {
    use host_runner::engine::{Abi, embedded};

    use super::*;

    #[test]
    fn scalars_keep_their_types() {
        let value = json!({
            "a/b": "yes",
            "c": [1, "1", {"d": [""], "e": []}],
            "f": {"g": "two\nlines"},
        });
        assert_eq!(
            yaml(&value),
            "\"a/b\": \"yes\"\nc:\n  - 1\n  - \"1\"\n  - d:\n      - \"\"\n    e: []\nf:\n  g: \"two\\nlines\"\n"
        );
    }

    /// The entry has every key that kwctl writes, and the policy's own rules.
    #[test]
    fn the_entry_says_what_the_module_says() {
        let time = Time::from_unix(1_700_000_000).unwrap();
        let entry = document(embedded(Abi::Wapc), time).unwrap();
        let keys: Vec<_> = entry
            .lines()
            .filter(|line| !line.starts_with(' '))
            .filter_map(|line| Some(line.split_once(':')?.0))
            .collect();
        assert_eq!(
            keys,
            [
                "version",
                "name",
                "displayName",
                "createdAt",
                "description",
                "license",
                "homeURL",
                "containersImages",
                "keywords",
                "links",
                "install",
                "maintainers",
                "provider",
                "recommendations",
                "annotations",
            ]
        );
        for line in [
            &format!("version: \"{VERSION}\""),
            "createdAt: \"2023-11-14T22:13:20Z\"",
            &format!("    image: \"ghcr.io/countersign-dev/policies/countersign:v{VERSION}\""),
            "    email: \"authors@countersign.dev\"",
            "  \"kubewarden/mutation\": \"false\"",
        ] {
            assert!(entry.lines().any(|one| one == line), "{line}:\n{entry}");
        }
        assert!(entry.contains("pods/ephemeralcontainers"), "{entry}");
        assert!(entry.contains("countersign.dev/v1"), "{entry}");
    }
}
