//! One object: the pod specs in it, wherever its kind keeps them.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString as _;
use alloc::vec::Vec;

use super::pod::{Metadata, Room};
use super::{Layout, Origin, Pod, REQUEST, Request, undecodable};
use crate::decision::{Code, Reason};
use crate::json::{Path, Raw, Report, Value};

/// The Pods that an object is, or will create
#[derive(Debug)]
pub(crate) struct Workload<'a> {
    pub(crate) origin: Origin,
    pub(crate) pods: Vec<Pod<'a>>,
    kind: Option<Cow<'a, str>>,
    api_version: Option<Cow<'a, str>>,
    /// What the object itself says
    namespace: Option<Cow<'a, str>>,
}

impl<'a> Workload<'a> {
    /// Reads an object of a kind that keeps its pod specs in one place. It has problems of its own: they
    /// count where it is judged.
    ///
    /// # Errors
    ///
    /// `limit-exceeded`: it has more images than `max_images`. `undecodable-object`: it is not as its
    /// kind has it.
    pub(super) fn read(
        value: Value<'_, 'a>,
        (path, origin): (&[&str], Origin),
        kind: &str,
        max_images: usize,
    ) -> Result<Self, Reason> {
        let (report, mut reading) = (Report::default(), Reading::new(max_images));
        reading.walk(value.under(REQUEST, Path::Root(""), &report), path, true);
        reading.end(origin, kind, &report)
    }

    /// The same of a text, once for each place where its kind keeps pod specs.
    ///
    /// # Errors
    ///
    /// The same.
    pub(super) fn parse(
        object: Raw<'a>,
        layout: &Layout<'_>,
        kind: &str,
        max_images: usize,
    ) -> Result<Self, Reason> {
        let (report, mut reading) = (Report::default(), Reading::new(max_images));
        for (index, path) in layout.pod_specs.iter().enumerate() {
            object.read(REQUEST, Path::Root(""), &report, |value| {
                reading.walk(value, path, index == 0);
            });
        }
        reading.end(layout.origin, kind, &report)
    }

    /// Whether the object is what the request says it is.
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
            let detail = "`kind` and `apiVersion` of the object are not the request's";
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

/// What has been read of an object
struct Reading<'a> {
    room: Room,
    max_images: usize,
    pods: Vec<Pod<'a>>,
    kind: Option<Cow<'a, str>>,
    api_version: Option<Cow<'a, str>>,
    metadata: Metadata<'a>,
}

impl<'a> Reading<'a> {
    fn new(max_images: usize) -> Self {
        Self {
            room: Room::new(max_images),
            max_images,
            pods: Vec::new(),
            kind: None,
            api_version: None,
            metadata: Metadata::default(),
        }
    }

    /// Reads the pod specs in one place, and the first time what stands around them.
    fn walk(&mut self, value: Value<'_, 'a>, path: &[&str], is_first: bool) {
        let Some((first, rest)) = path.split_first() else {
            return;
        };
        let (report, mut found) = (value.report(), false);
        value.object_inline(|key, value| match key {
            "kind" if is_first => self.kind = value.text(),
            "apiVersion" if is_first => self.api_version = value.text(),
            "metadata" if is_first => self.metadata = Metadata::read(value),
            key if key == *first => {
                found = true;
                descend(value, rest, &mut self.pods, &self.room);
            }
            _ => {}
        });
        if !found {
            let message = "nothing is there";
            report.push(Code::UndecodableObject, Path::Root(first), message);
        }
    }

    fn end(mut self, origin: Origin, kind: &str, report: &Report) -> Result<Workload<'a>, Reason> {
        if self.room.is_exceeded() {
            return Err(Reason::limit("images in one request", self.max_images));
        }
        if !report.is_empty() {
            return Err(undecodable(&crate::quote(kind), &report.to_string()));
        }
        if self.pods.is_empty() {
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

/// Follows the rest of a path to the pod specs at its end. The metadata of a Pod to be stands
/// beside its spec.
fn descend<'a>(value: Value<'_, 'a>, steps: &[&str], pods: &mut Vec<Pod<'a>>, room: &Room) {
    let (path, report) = (value.path(), value.report());
    let Some((step, rest)) = steps.split_first() else {
        return Pod::read(value, room, pods);
    };
    if *step == "*" {
        let mut items = 0_usize;
        value.list(|_, item| {
            items = items.saturating_add(1);
            descend(item, rest, pods, room);
        });
        if items == 0 {
            report.push(Code::UndecodableObject, path, "nothing is there");
        }
        return;
    }
    let mut found = false;
    let mut template = None;
    let first_pod = pods.len();
    value.object_inline(|key, value| match key {
        key if key == *step => {
            found = true;
            descend(value, rest, pods, room);
        }
        "metadata" if rest.is_empty() => template = Some(Metadata::read(value)),
        _ => {}
    });
    if !found {
        report.push(
            Code::UndecodableObject,
            Path::Field(&path, step),
            "nothing is there",
        );
    }
    if let (Some(template), Some(pod)) = (template, pods.get_mut(first_pod)) {
        pod.metadata = template;
    }
}
