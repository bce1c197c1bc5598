//! The admission request, as far as the policy uses it.
//!
//! Owner references and annotations other than the legacy break-glass annotation and signed envelopes are not
//! parsed, because the author of the object writes them. Replica counts and `deletionTimestamp` are read only for
//! updates without new images (`extent`).

mod extent;
mod kinds;
mod pod;
mod workload;

use alloc::borrow::Cow;
use alloc::string::ToString as _;

pub use crate::built_in_kinds::is_built_in;
pub(crate) use extent::Extent;
use kinds::Layout;
pub use pod::FieldKind;
pub(crate) use pod::{ImageField, Metadata, Pod};
pub(crate) use workload::Workload;

use crate::Budget;
use crate::built_in_kinds::{built_in, is_without_images};
use crate::decision::{Code, Reason};
use crate::json::{Dialect, Null, Path, Raw, Report, Value};
use crate::settings::WorkloadKind;

/// A malformed request is undecodable; unknown fields are ignored.
const REQUEST: &Dialect = &Dialect {
    malformed: Code::UndecodableObject,
    unknown_field: Code::UndecodableObject,
    wrong_type: Code::UndecodableObject,
    duplicate_key: Code::UndecodableObject,
    null: Null::Absent,
};

/// The parts of an `AdmissionRequest` that affect the verdict
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) operation: Operation,
    pub(crate) group: Cow<'a, str>,
    pub(crate) kind: Cow<'a, str>,
    /// The authoritative namespace; those in objects and templates are compared with it or ignored
    pub(crate) namespace: Option<Cow<'a, str>>,
    object: Option<Object<'a>>,
    old_object: Option<Raw<'a>>,
}

/// The object to admit
#[derive(Debug)]
struct Object<'a> {
    text: Raw<'a>,
    /// `None` until the pod-spec paths of its kind are known
    workload: Option<Result<Workload<'a>, Reason>>,
}

/// Operation of the request
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Update,
    /// DELETE or CONNECT, which start no container
    Exempt,
}

impl<'a> Request<'a> {
    /// Parses the request, and in the same pass the object if its kind is already known.
    ///
    /// # Errors
    ///
    /// `undecodable-object`: a malformed request or an unknown operation.
    pub(crate) fn read(value: Value<'_, 'a>, budget: &Budget) -> Result<Self, Reason> {
        let report = Report::default();
        let (mut operation, mut group, mut kind) = (None, None, None);
        let (mut namespace, mut object, mut old_object) = (None, None, None);
        let value = value.under(REQUEST, Path::Root("request"), &report);
        value.object_inline(|key, value| match key {
            "operation" => operation = value.text(),
            "namespace" => namespace = value.text(),
            "kind" => {
                value.object_inline(|key, value| match key {
                    "group" => group = value.text(),
                    "kind" => kind = value.text(),
                    _ => {}
                });
            }
            "object" => {
                object = Object::read(value, group.as_deref(), kind.as_deref(), budget.images);
            }
            "oldObject" => old_object = Some(value.raw()),
            _ => {}
        });
        if !report.is_empty() {
            return Err(undecodable("an AdmissionRequest", &report.to_string()));
        }
        let operation = match operation.as_deref() {
            Some("CREATE") => Operation::Create,
            Some("UPDATE") => Operation::Update,
            Some("DELETE" | "CONNECT") => Operation::Exempt,
            Some(other) => {
                let detail = alloc::format!("unknown operation {}", crate::quote(other));
                return Err(undecodable("an AdmissionRequest", &detail));
            }
            None => return Err(undecodable("an AdmissionRequest", "it has no `operation`")),
        };
        Ok(Self {
            operation,
            group: group.unwrap_or_default(),
            kind: kind.unwrap_or_default(),
            namespace: namespace.filter(|namespace| !namespace.is_empty()),
            object,
            old_object: old_object.filter(|raw: &Raw<'_>| !raw.is_null()),
        })
    }

    /// Parses the object if [`Self::read`] has not.
    pub(crate) fn read_object(&mut self, workloads: &[WorkloadKind<'_>], budget: &Budget) {
        if let Some(object) = &mut self.object
            && self.operation != Operation::Exempt
            && object.workload.is_none()
            && let Some(layout) = Layout::of(&self.group, &self.kind, workloads)
        {
            let read = Workload::parse(object.text, &layout, &self.kind, budget);
            object.workload = Some(read);
        }
    }

    /// Returns the object's Pods.
    ///
    /// # Errors
    ///
    /// `unsupported-object-kind`. `undecodable-object`: the object is missing or malformed. `limit-exceeded`: it has
    /// too many images.
    pub(crate) fn workload(&self, workloads: &[WorkloadKind<'_>]) -> Result<&Workload<'a>, Reason> {
        let object = self.object.as_ref();
        let Some(workload) = object.and_then(|object| object.workload.as_ref()) else {
            return Err(self.missing(workloads));
        };
        let workload = workload.as_ref().map_err(Clone::clone)?;
        workload.check(self)?;
        Ok(workload)
    }

    /// Returns the reason why there is no parsed object.
    #[cold]
    fn missing(&self, workloads: &[WorkloadKind<'_>]) -> Reason {
        if Layout::of(&self.group, &self.kind, workloads).is_some() {
            let kind = crate::quote(&self.kind);
            return undecodable(&kind, "the request has no `object`");
        }
        let separator = if self.group.is_empty() { "" } else { "/" };
        let kind = alloc::format!("{}{separator}{}", self.group, self.kind);
        let message = alloc::format!(
            "Objects of kind {} are not supported by this policy",
            crate::quote(&kind)
        );
        Reason::new(Code::UnsupportedObjectKind, message)
    }

    /// Whether the object is of a kind without images.
    pub(crate) fn is_without_images(&self) -> bool {
        is_without_images(&self.group, &self.kind)
    }

    /// Whether an update only continues, reduces or removes what the object already runs.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(crate) fn starts_nothing(&self, workloads: &[WorkloadKind<'_>]) -> bool {
        self.extents(workloads, Extent::read)
            .is_some_and(|(now, before)| now.starts_nothing_beside(&before))
    }

    /// Whether the object is malformed, and this update changes only metadata, status and replica counts. Counts
    /// may increase if it `may_grow`.
    #[cold]
    pub(crate) fn is_unread_and_unchanged(
        &self,
        workloads: &[WorkloadKind<'_>],
        may_grow: bool,
    ) -> bool {
        let is_unread = matches!(
            &self.object,
            Some(Object {
                workload: Some(Err(_)),
                ..
            })
        );
        is_unread
            && self.operation == Operation::Update
            && self
                .extents(workloads, Extent::read_whole)
                .is_some_and(|(now, before)| now.is_within(&before, may_grow))
    }

    /// Returns the extents of the object and of `oldObject`; `None` if either is missing or malformed.
    fn extents(
        &self,
        workloads: &[WorkloadKind<'_>],
        read: fn(Raw<'a>, &Layout<'_>) -> Option<Extent<'a>>,
    ) -> Option<(Extent<'a>, Extent<'a>)> {
        let layout = Layout::of(&self.group, &self.kind, workloads)?;
        let now = read(self.object.as_ref()?.text, &layout)?;
        Some((now, read(self.old_object?, &layout)?))
    }

    /// Returns the text of the object to admit.
    pub(crate) fn object_text(&self) -> &'a str {
        let object = self.object.as_ref();
        object.map_or("", |object| object.text.text())
    }

    /// Parses the object before the update; `None` if it is missing or malformed.
    pub(crate) fn old_workload(
        &self,
        workloads: &[WorkloadKind<'_>],
        budget: &Budget,
    ) -> Option<Workload<'a>> {
        let layout = Layout::of(&self.group, &self.kind, workloads)?;
        let old = Workload::parse(self.old_object?, &layout, &self.kind, budget).ok()?;
        old.check(self).ok().map(|()| old)
    }
}

impl<'a> Object<'a> {
    /// Reads an object. Parses it at once if its kind is built-in and comes before it in the request, as the API
    /// server writes it; otherwise later. `None` for `null`.
    fn read(
        value: Value<'_, 'a>,
        group: Option<&str>,
        kind: Option<&str>,
        max_images: usize,
    ) -> Option<Self> {
        let mut workload = None;
        let text = value.hand_to(|value| {
            if let Some(kind) = kind.filter(|_| value.is_object()) {
                let layout = built_in(group.unwrap_or_default(), kind);
                workload = layout.map(|layout| Workload::read(value, layout, kind, max_images));
            }
        });
        (!text.is_null()).then_some(Self { text, workload })
    }
}

#[cold]
fn undecodable(what: &str, detail: &str) -> Reason {
    let message = alloc::format!("The request object could not be decoded as {what}: {detail}");
    Reason::new(Code::UndecodableObject, message)
}
