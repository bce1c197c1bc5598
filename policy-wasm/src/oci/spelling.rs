//! Spellings of a manifest: the texts that builders and registries write for the same values.
//!
//! A host that parses a manifest and writes it anew, as Kubewarden's does, keeps values but not the order of fields, white
//! space and escapes. Builders write few forms of these, so the original text is found by trying each.

use alloc::string::String;

use super::node::Node;
use crate::digest::Digest;

/// Order of fields, for all objects of a manifest, in parts; others follow, sorted by name
type Order = &'static [&'static [&'static str]];

/// The fields of a manifest that are one list or object each
const CONTENTS: &[&str] = &["config", "layers", "manifests"];

/// The fields of descriptors in the types of the OCI specification in Go
const OCI_DESCRIPTOR: &[&str] = &[
    "digest",
    "size",
    "urls",
    "subject",
    "annotations",
    "data",
    "platform",
];

const PLATFORM: &[&str] = &[
    "architecture",
    "os",
    "os.version",
    "os.features",
    "variant",
    "features",
];

/// The types of the OCI specification in Go: containerd, BuildKit, Podman, Buildah, ORAS
const OCI: Order = &[
    &["schemaVersion", "mediaType", "artifactType"],
    CONTENTS,
    OCI_DESCRIPTOR,
    PLATFORM,
];

/// Like `OCI`, as BuildKit before 0.12 began a manifest
const TYPE_FIRST: Order = &[
    &["mediaType", "schemaVersion"],
    CONTENTS,
    OCI_DESCRIPTOR,
    PLATFORM,
];

/// The types of Docker's registry and of go-containerregistry (crane, ko, Bazel's rules, Kaniko)
const DOCKER: Order = &[
    &["schemaVersion", "mediaType"],
    CONTENTS,
    &[
        "size",
        "digest",
        "data",
        "urls",
        "subject",
        "annotations",
        "platform",
        "artifactType",
    ],
    PLATFORM,
];

/// Sorted by name, as `jq --sort-keys` and most programs in Python do; its strings keep `<`, `>` and `&`
const SORTED: Order = &[];

/// Order of fields and indentation of one level; without one, there is no white space
const FORMS: [(Order, &str); 10] = [
    (OCI, ""),
    (OCI, "  "),
    (OCI, "\t"),
    (DOCKER, ""),
    (DOCKER, "  "),
    (DOCKER, "   "),
    (TYPE_FIRST, "  "),
    (SORTED, ""),
    (SORTED, "  "),
    (SORTED, "\t"),
];

/// Whether any spelling of a manifest has this digest.
pub(super) fn has_digest(manifest: &Node<'_>, digest: Digest) -> bool {
    let is_its = |text: &str| Digest::of(text.as_bytes()) == digest;
    FORMS.iter().any(|(order, indent)| {
        let mut text = Spelling::of(manifest, order, indent);
        is_its(&text) || {
            text.push('\n');
            is_its(&text)
        }
    })
}

/// A text that is being written
struct Spelling {
    order: Order,
    indent: &'static str,
    text: String,
}

impl Spelling {
    fn of(manifest: &Node<'_>, order: Order, indent: &'static str) -> String {
        let text = String::new();
        let mut spelling = Self {
            order,
            indent,
            text,
        };
        spelling.write(manifest, 0);
        spelling.text
    }

    #[inline(never)] // cold: see docs/performance.md#stack
    fn write(&mut self, node: &Node<'_>, level: usize) {
        match node {
            Node::Text(text) => self.write_text(text),
            Node::Plain(text) => self.text.push_str(text),
            Node::List(items) => {
                self.text.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.begin_item(index, level);
                    self.write(item, level.saturating_add(1));
                }
                self.end(']', items.is_empty(), level);
            }
            Node::Object(fields) => {
                self.text.push('{');
                let known = self.order.iter().copied().flatten().copied();
                let known = known.filter_map(|key| Some((key, fields.get(key)?)));
                let others = fields.iter().map(|(key, value)| (key.as_str(), value));
                let others =
                    others.filter(|(key, _)| !self.order.iter().any(|part| part.contains(key)));
                let mut count = 0_usize;
                for (key, value) in known.chain(others) {
                    self.begin_item(count, level);
                    self.write_text(key);
                    self.text
                        .push_str(if self.indent.is_empty() { ":" } else { ": " });
                    self.write(value, level.saturating_add(1));
                    count = count.saturating_add(1);
                }
                self.end('}', fields.is_empty(), level);
            }
        }
    }

    /// Separates an item of a list or object from what is before it.
    #[inline(never)] // once in the module
    fn begin_item(&mut self, index: usize, level: usize) {
        if index > 0 {
            self.text.push(',');
        }
        self.break_line(level.saturating_add(1));
    }

    #[inline(never)] // once in the module
    fn end(&mut self, bracket: char, is_empty: bool, level: usize) {
        if !is_empty {
            self.break_line(level);
        }
        self.text.push(bracket);
    }

    fn break_line(&mut self, level: usize) {
        if !self.indent.is_empty() {
            self.text.push('\n');
            self.text.extend(core::iter::repeat_n(self.indent, level));
        }
    }

    /// Writes a string; Go escapes characters that HTML would interpret.
    #[inline(never)] // once in the module
    fn write_text(&mut self, text: &str) {
        let quoted = serde_json::to_string(text).unwrap_or_default();
        if self.order.is_empty() {
            self.text.push_str(&quoted);
            return;
        }
        for character in quoted.chars() {
            match character {
                '<' => self.text.push_str("\\u003c"),
                '>' => self.text.push_str("\\u003e"),
                '&' => self.text.push_str("\\u0026"),
                _ => self.text.push(character),
            }
        }
    }
}
