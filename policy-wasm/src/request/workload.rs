//! One object: the pod specs in it, wherever its kind keeps them.

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::pod::{Metadata, Room};
use super::{Layout, Origin, Pod, REQUEST, Request, undecodable};
use crate::decision::{Code, Reason};
use crate::json::{Path, Raw, Report, Value};

/// The Pods that an object is, or will create
#[derive(Debug)]
pub(crate) struct Workload<'a> {
    pub(crate) pods: Vec<Pod<'a>>,
}

impl<'a> Workload<'a> {
    /// Reads an object of the request's kind.
    ///
    /// # Errors
    ///
    /// `limit-exceeded`: it has more images than `max_images`. `undecodable-object`: it is not as its
    /// kind has it.
    pub(super) fn read(
        object: Raw<'a>,
        layout: &Layout<'_>,
        request: &Request<'_>,
        max_images: usize,
    ) -> Result<Self, Reason> {
        let room = Room::new(max_images);
        let workload = Self::read_within(object, layout, request, &room);
        if room.is_exceeded() {
            return Err(Reason::limit("images in one request", max_images));
        }
        workload.map_err(|detail| undecodable(&crate::quote(&request.kind), &detail))
    }

    fn read_within(
        object: Raw<'a>,
        layout: &Layout<'_>,
        request: &Request<'_>,
        room: &Room,
    ) -> Result<Self, String> {
        let report = Report::default();
        let mut pods = Vec::new();
        let (mut kind, mut api_version) = (None, None);
        let mut metadata = Metadata::default();
        for (index, path) in layout.pod_specs.iter().enumerate() {
            let Some((first, rest)) = path.split_first() else {
                continue;
            };
            let (is_first, mut found) = (index == 0, false);
            object.read(REQUEST, Path::Root(""), &report, |value| {
                value.object(|key, value| match key {
                    "kind" if is_first => kind = value.text(),
                    "apiVersion" if is_first => api_version = value.text(),
                    "metadata" if is_first => metadata = Metadata::read(value),
                    key if key == *first => {
                        found = true;
                        descend(value, rest, &mut pods, room);
                    }
                    _ => {}
                });
            });
            if !found {
                report.push(
                    Code::UndecodableObject,
                    Path::Root(first),
                    "nothing is there",
                );
            }
        }
        if !report.is_empty() {
            return Err(report.to_string());
        }
        let group = api_version
            .as_deref()
            .map(|version| version.split_once('/').map_or("", |(group, _)| group));
        if kind.as_deref() != Some(request.kind.as_ref()) || group != Some(request.group.as_ref()) {
            return Err("`kind` and `apiVersion` of the object are not the request's".to_string());
        }
        if let (Some(own), namespace) = (&metadata.namespace, request.namespace.as_deref())
            && !own.is_empty()
            && Some(own.as_ref()) != namespace
        {
            return Err(format!(
                "`metadata.namespace` is {} and the request's namespace is {}",
                crate::quote(own),
                namespace.map_or_else(|| "not set".to_string(), crate::quote)
            ));
        }
        if layout.origin == Origin::Pod {
            for pod in &mut pods {
                pod.metadata = core::mem::take(&mut metadata);
            }
        }
        if pods.is_empty() {
            return Err("it has no pod spec".to_string());
        }
        Ok(Self { pods })
    }
}

/// Follows the rest of a path to the pod specs at its end. The metadata of a Pod to be stands
/// beside its spec.
fn descend<'a>(value: Value<'_, 'a>, steps: &[&str], pods: &mut Vec<Pod<'a>>, room: &Room) {
    let (path, report) = (value.path(), value.report());
    let Some((step, rest)) = steps.split_first() else {
        pods.extend(Pod::read(value, room));
        return;
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
    value.object(|key, value| match key {
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
