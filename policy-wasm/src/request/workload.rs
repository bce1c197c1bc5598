//! The Pods of an object, at the pod-spec paths of its kind.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::kinds::{field, is_optional};
use super::pod::{ImageField, Metadata, Room};
use super::{Layout, Pod, REQUEST, Request, undecodable};
use crate::Budget;
use crate::built_in_kinds::Origin;
use crate::decision::{Code, Reason};
use crate::json::{Path, Raw, Report, Value};

/// The Pods that an object is or will create
#[derive(Debug)]
pub(crate) struct Workload<'a> {
    pub(crate) origin: Origin,
    /// Pods, including one for images outside pod specs. Empty only if all paths of the kind are optional
    pub(crate) pods: Vec<Pod<'a>>,
    kind: Option<Cow<'a, str>>,
    api_version: Option<Cow<'a, str>>,
    /// The namespace in the object
    namespace: Option<Cow<'a, str>>,
}

impl<'a> Workload<'a> {
    /// Reads an object of a kind with one pod-spec path. Its problems are errors only if the object is evaluated.
    ///
    /// # Errors
    ///
    /// `limit-exceeded`: more images than `max_images`. `undecodable-object`: not the shape of its kind.
    pub(super) fn read(
        value: Value<'_, 'a>,
        (path, origin): (&[&str], Origin),
        kind: &str,
        max_images: usize,
    ) -> Result<Self, Reason> {
        let (report, mut reading) = (Report::default(), Reading::new(max_images));
        let value = value.under(REQUEST, Path::Root(""), &report);
        reading.walk(value, path, Leaf::PodSpec, true);
        reading.end(origin, kind, false, &report)
    }

    /// Like [`Self::read`], for a kind with several paths: reads the text once for each path.
    ///
    /// # Errors
    ///
    /// As for [`Self::read`]; `limit-exceeded` also if the object is too long for its number of paths.
    pub(super) fn parse(
        object: Raw<'a>,
        layout: &Layout<'_>,
        kind: &str,
        budget: &Budget,
    ) -> Result<Self, Reason> {
        let paths = layout.pod_specs.len().saturating_add(layout.images.len());
        let max_bytes = budget.path_bytes.checked_div(paths).unwrap_or(0);
        if object.text().len() > max_bytes {
            let what = format!(
                "bytes in an object of kind {}, which is read at {paths} paths",
                crate::quote(kind)
            );
            return Err(Reason::limit(&what, max_bytes));
        }
        let (report, mut reading) = (Report::default(), Reading::new(budget.images));
        let first_step = layout.images.first().and_then(|path| path.first());
        reading.outside = first_step.map_or("", |step| field(step).0);
        let pod_specs = layout.pod_specs.iter().map(|path| (path, Leaf::PodSpec));
        let images = layout.images.iter().map(|path| (path, Leaf::Image));
        for (index, (path, leaf)) in pod_specs.chain(images).enumerate() {
            object.read(REQUEST, Path::Root(""), &report, |value| {
                reading.walk(value, path, leaf, index == 0);
            });
        }
        let mut paths = layout.pod_specs.iter().chain(&layout.images);
        let may_be_empty = paths.all(|path| is_optional(path));
        reading.end(layout.origin, kind, may_be_empty, &report)
    }

    /// Checks that the object's kind and namespace are the request's.
    ///
    /// # Errors
    ///
    /// `undecodable-object`
    pub(super) fn check(&self, request: &Request<'_>) -> Result<(), Reason> {
        let undecodable = |detail: &str| undecodable(&crate::quote(&request.kind), detail);
        let group = self
            .api_version
            .as_deref()
            .map(|version| version.split_once('/').map_or("", |(group, _)| group));
        if self.kind.as_deref() != Some(&request.kind) || group != Some(&request.group) {
            let detail = "`kind` and `apiVersion` of the object differ from the request's";
            return Err(undecodable(detail));
        }
        let own = self.namespace.as_deref().filter(|own| !own.is_empty());
        let namespace = request.namespace.as_deref();
        match own {
            Some(own) if Some(own) != namespace => Err(undecodable(&format!(
                "`metadata.namespace` is {} and the request's namespace is {}",
                crate::quote(own),
                namespace.map_or_else(|| "not set".to_string(), crate::quote)
            ))),
            _ => Ok(()),
        }
    }
}

/// The parts of an object read so far
struct Reading<'a, 's> {
    room: Room,
    max_images: usize,
    pods: Vec<Pod<'a>>,
    /// Images outside pod specs
    fields: Vec<Field<'a>>,
    /// The field of the object that is used as the path of their Pods
    outside: &'s str,
    kind: Option<Cow<'a, str>>,
    api_version: Option<Cow<'a, str>>,
    metadata: Metadata<'a>,
}

/// An image field and its service account
#[derive(Debug)]
struct Field<'a> {
    image: ImageField<'a>,
    /// The innermost surrounding service account
    service_account: Option<Cow<'a, str>>,
}

impl<'a> Reading<'a, '_> {
    fn new(max_images: usize) -> Self {
        Self {
            room: Room::new(max_images),
            max_images,
            pods: Vec::new(),
            fields: Vec::new(),
            outside: "",
            kind: None,
            api_version: None,
            metadata: Metadata::default(),
        }
    }

    /// Reads the values at the end of one path, and on the first pass the object's own fields.
    fn walk(&mut self, value: Value<'_, 'a>, path: &[&str], leaf: Leaf, is_first: bool) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        let (report, mut found) = (value.report(), false);
        let (first, may_be_missing) = field(first);
        let (mut account, first_field) = (None, self.fields.len());
        value.object_inline(|key, value| match key {
            "kind" if is_first => self.kind = value.text(),
            "apiVersion" if is_first => self.api_version = value.text(),
            "metadata" if is_first => self.metadata = Metadata::read(value),
            key if key == first && !value.is_null() => {
                found = true;
                match leaf {
                    Leaf::PodSpec => {
                        descend(value, rest, may_be_missing, &mut self.pods, &self.room);
                    }
                    Leaf::Image => {
                        let fields = &mut self.fields;
                        descend_to_images(value, rest, may_be_missing, fields, &self.room);
                    }
                }
            }
            SERVICE_ACCOUNT if matches!(leaf, Leaf::Image) => account = value.text(),
            _ => {}
        });
        enclose(&mut self.fields, first_field, account.as_ref());
        if !found && !may_be_missing {
            let message = "is missing";
            report.push(Code::UndecodableObject, Path::Root(first), message);
        }
    }

    fn end(
        mut self,
        origin: Origin,
        kind: &str,
        may_be_empty: bool,
        report: &Report,
    ) -> Result<Workload<'a>, Reason> {
        if let Some(place) = self.room.exceeded_at() {
            let what = format!("images in one request: `{place}` is one too many");
            return Err(Reason::limit(&what, self.max_images));
        }
        if !report.is_empty() {
            return Err(undecodable(&crate::quote(kind), &report.to_string()));
        }
        self.pods.extend(by_account(self.fields, self.outside));
        if self.pods.is_empty() && !may_be_empty {
            return Err(undecodable(&crate::quote(kind), "it has no pod spec"));
        }
        let namespace = self.metadata.namespace.take();
        if origin == Origin::Pod {
            for pod in &mut self.pods {
                pod.metadata = core::mem::take(&mut self.metadata);
            }
        }
        Ok(Workload {
            origin,
            pods: self.pods,
            kind: self.kind,
            api_version: self.api_version,
            namespace,
        })
    }
}

/// The kind of value at the end of a path
#[derive(Debug, Clone, Copy)]
enum Leaf {
    PodSpec,
    Image,
}

/// Follows the rest of a path to the pod specs at its end. The metadata of a pod template is next to its spec.
fn descend<'a>(
    value: Value<'_, 'a>,
    steps: &[&str],
    may_be_empty: bool,
    pods: &mut Vec<Pod<'a>>,
    room: &Room,
) {
    let (path, report) = (value.path(), value.report());
    let Some((step, rest)) = steps.split_first() else {
        return Pod::read(value, room, pods);
    };
    if *step == "*" {
        return each(value, may_be_empty, |item| {
            descend(item, rest, false, pods, room);
        });
    }
    let (mut found, (step, may_be_missing)) = (false, field(step));
    let mut template = None;
    let first_pod = pods.len();
    value.object_inline(|key, value| match key {
        key if key == step && !value.is_null() => {
            found = true;
            descend(value, rest, may_be_missing, pods, room);
        }
        "metadata" if rest.is_empty() => template = Some(Metadata::read(value)),
        _ => {}
    });
    if !found && !may_be_missing {
        report.push(
            Code::UndecodableObject,
            Path::Field(&path, step),
            "is missing",
        );
    }
    if let (Some(template), Some(pod)) = (template, pods.get_mut(first_pod)) {
        pod.metadata = template;
    }
}

const SERVICE_ACCOUNT: &str = "serviceAccountName";

/// Follows the rest of a path to the image fields at its end. The service account is the innermost one next to a
/// step of the path.
#[inline(never)] // cold: see docs/performance.md#stack
fn descend_to_images<'a>(
    value: Value<'_, 'a>,
    steps: &[&str],
    may_be_empty: bool,
    fields: &mut Vec<Field<'a>>,
    room: &Room,
) {
    let (path, report) = (value.path(), value.report());
    let Some((step, rest)) = steps.split_first() else {
        if !room.is_exceeded() {
            let image = ImageField::read_sole(value);
            if room.take(&image) {
                fields.push(Field {
                    image,
                    service_account: None,
                });
            }
        }
        return;
    };
    if *step == "*" {
        return each(value, may_be_empty, |item| {
            descend_to_images(item, rest, false, fields, room);
        });
    }
    let (mut found, (step, may_be_missing)) = (false, field(step));
    let (mut account, first_field) = (None, fields.len());
    let is_absent = |rest: &[&str]| may_be_missing || !rest.is_empty();
    value.object(|key, value| match key {
        // A `null` field has no image, and nothing below it.
        key if key == step && !(is_absent(rest) && value.is_null()) => {
            found = true;
            descend_to_images(value, rest, may_be_missing, fields, room);
        }
        SERVICE_ACCOUNT => account = value.text(),
        _ => {}
    });
    enclose(fields, first_field, account.as_ref());
    if !found && !may_be_missing {
        report.push(
            Code::UndecodableObject,
            Path::Field(&path, step),
            "is missing",
        );
    }
}

/// Sets the service account of an object for its images, from `first` on, that have no inner one. It may come
/// after them in the text.
fn enclose<'a>(fields: &mut [Field<'a>], first: usize, account: Option<&Cow<'a, str>>) {
    let Some(account) = account.filter(|account| !account.is_empty()) else {
        return;
    };
    for field in fields.iter_mut().skip(first) {
        let service_account = &mut field.service_account;
        service_account.get_or_insert_with(|| account.clone());
    }
}

/// Returns one Pod for each service account of the images, in the order of their first images.
fn by_account<'a>(fields: Vec<Field<'a>>, path: &str) -> Vec<Pod<'a>> {
    let mut pods: Vec<Pod<'a>> = Vec::new();
    for field in fields {
        let account = field.service_account.unwrap_or(Cow::Borrowed("default"));
        match pods.iter_mut().find(|pod| pod.service_account == account) {
            Some(pod) => pod.images.push(field.image),
            None => pods.push(Pod::sole(path, account, field.image)),
        }
    }
    pods
}

/// Whether a key of a map is unambiguous in a path: paths are compared as texts.
fn is_name(key: &str) -> bool {
    let is_of_name = |byte: u8| matches!(byte, b' '..=b'~') && !b"[]\\".contains(&byte);
    (1..=253).contains(&key.len()) && key.bytes().all(is_of_name)
}

/// Calls `each` with every item of a list or value of a map.
fn each<'a>(value: Value<'_, 'a>, may_be_empty: bool, mut each: impl FnMut(Value<'_, 'a>)) {
    let (path, report) = (value.path(), value.report());
    let mut items = 0_usize;
    let mut counted = |item: Value<'_, 'a>| {
        items = items.saturating_add(1);
        each(item);
    };
    if value.is_object() {
        value.object(|key, item| {
            if is_name(key) {
                counted(item);
            } else {
                let message =
                    "the key is not 1 to 253 characters of printable ASCII without brackets and backslashes";
                report.push(Code::UndecodableObject, Path::Field(&path, key), message);
            }
        });
    } else {
        value.list(|_, item| counted(item));
    }
    if items == 0 && !may_be_empty {
        report.push(Code::UndecodableObject, path, "is empty");
    }
}
