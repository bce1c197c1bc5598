//! The request of a case: an object from a few fields, or one from a file.

use alloc::collections::BTreeMap;

use super::{Names, each_entry};
use crate::read::{Fields, Reader};
use crate::source::{Node, Span};

/// The request of a case
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// An object made from a few words
    Inline(Box<Inline>),
    /// A file with one manifest, admission request or review
    File {
        /// Relative to the suite
        path: String,
        /// Its place
        span: Span,
        /// Of a manifest that does not say its own
        namespace: Option<String>,
    },
}

/// An object of a few words
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inline {
    /// `default` where nothing is said
    pub namespace: String,
    /// `default` where nothing is said
    pub service_account: Option<String>,
    /// Pod where nothing is said
    pub kind: Kind,
    /// Of `containers`
    pub images: Vec<String>,
    /// Of `initContainers`
    pub init_images: Vec<String>,
    /// Of `ephemeralContainers`
    pub ephemeral_images: Vec<String>,
    /// Of `volumes[].image`
    pub volume_images: Vec<String>,
    /// Of the Pod or its template
    pub labels: BTreeMap<String, String>,
    /// Of the Pod or its template
    pub annotations: BTreeMap<String, String>,
    /// The images of `containers` before an update; without it the request creates
    pub update_from: Option<Vec<String>>,
}

/// A kind of workload
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// API group
    pub group: &'static str,
    /// Version of the group
    pub version: &'static str,
    /// Name
    pub kind: &'static str,
    /// Path of the Pod's metadata and spec; empty for a Pod
    pub template: &'static [&'static str],
}

const TEMPLATE: &[&str] = &["spec", "template"];

#[rustfmt::skip]
const KINDS: &[(&str, Kind)] = &[
    ("Pod", Kind { group: "", version: "v1", kind: "Pod", template: &[] }),
    ("PodTemplate", Kind { group: "", version: "v1", kind: "PodTemplate", template: &["template"] }),
    ("ReplicationController", Kind { group: "", version: "v1", kind: "ReplicationController", template: TEMPLATE }),
    ("DaemonSet", Kind { group: "apps", version: "v1", kind: "DaemonSet", template: TEMPLATE }),
    ("Deployment", Kind { group: "apps", version: "v1", kind: "Deployment", template: TEMPLATE }),
    ("ReplicaSet", Kind { group: "apps", version: "v1", kind: "ReplicaSet", template: TEMPLATE }),
    ("StatefulSet", Kind { group: "apps", version: "v1", kind: "StatefulSet", template: TEMPLATE }),
    ("CronJob", Kind { group: "batch", version: "v1", kind: "CronJob", template: &["spec", "jobTemplate", "spec", "template"] }),
    ("Job", Kind { group: "batch", version: "v1", kind: "Job", template: TEMPLATE }),
    ("Service", Kind { group: "serving.knative.dev", version: "v1", kind: "Service", template: TEMPLATE }),
];

impl Kind {
    /// Finds a kind by its name; of Knative there is only `Service`.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        KINDS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, kind)| *kind)
    }
}

impl Request {
    pub(super) fn read(node: &Node, names: Names<'_>, reader: &Reader) -> Option<Self> {
        let fields = reader.fields(node)?;
        let Some(file) = fields.get("file") else {
            return Inline::read(fields, names, reader)
                .map(|inline| Self::Inline(Box::new(inline)));
        };
        let namespace = fields.text("namespace").map(str::to_owned);
        for entry in fields.all() {
            if !["file", "namespace"].contains(&entry.key.as_str()) {
                let message = format!("`{}` and `file` exclude each other", entry.key);
                reader.invalid(entry.key_span, message);
            }
        }
        Some(Self::File {
            path: reader.text(file)?.to_owned(),
            span: file.span,
            namespace,
        })
    }
}

impl Inline {
    fn read(fields: Fields<'_, '_>, names: Names<'_>, reader: &Reader) -> Option<Self> {
        let kind = match fields.get("kind") {
            Some(node) => reader.choice(node, KINDS),
            None => Kind::by_name("Pod"),
        };
        let request = Self {
            namespace: fields.text("namespace").unwrap_or("default").to_owned(),
            service_account: fields.text("serviceAccount").map(str::to_owned),
            kind: kind?,
            images: names.image_list(fields.get("images"), reader),
            init_images: names.image_list(fields.get("initImages"), reader),
            ephemeral_images: names.image_list(fields.get("ephemeralImages"), reader),
            volume_images: names.image_list(fields.get("volumeImages"), reader),
            labels: read_texts(fields.get("labels"), reader),
            annotations: read_texts(fields.get("annotations"), reader),
            update_from: fields
                .get("updateFrom")
                .map(|node| names.image_list(Some(node), reader)),
        };
        let is_empty = [
            &request.images,
            &request.init_images,
            &request.ephemeral_images,
            &request.volume_images,
        ];
        let keys = ["images", "initImages", "ephemeralImages", "volumeImages"];
        // A list with a wrong name in it is a problem already.
        let names_some = keys.iter().any(|key| !fields.items(key).is_empty());
        if is_empty.iter().all(|list| list.is_empty()) && !names_some {
            reader.invalid(fields.span(), "a request needs `images`, or a `file`");
        }
        fields.finish();
        Some(request)
    }
}

fn read_texts(node: Option<&Node>, reader: &Reader) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    each_entry(node, reader, |entry| match entry.value.text() {
        Some(text) => {
            texts.insert(entry.key.clone(), text.to_owned());
        }
        None => reader.wrong_type(&entry.value, "a text"),
    });
    texts
}
