//! The admission request: only what a policy may read.
//!
//! Owner references and all annotations but the legacy break-glass mark and signed envelopes are not
//! even parsed: the author of the object writes them too. Replica counts and `deletionTimestamp` are
//! read only for updates that name no new image ([`extent`]).

mod extent;
mod kinds;
mod pod;
mod workload;

use alloc::borrow::Cow;
use alloc::string::ToString as _;

pub(crate) use extent::Extent;
use kinds::Layout;
pub(crate) use kinds::Origin;
use kinds::built_in;
pub use kinds::is_built_in;
pub use pod::FieldKind;
pub(crate) use pod::{ImageField, Metadata, Pod};
pub(crate) use workload::Workload;

use crate::Budget;
use crate::decision::{Code, Reason};
use crate::json::{Dialect, Null, Path, Raw, Report, Value};
use crate::settings::WorkloadKind;

/// Whatever is wrong with a request makes it undecodable; fields that nobody reads may be there.
const REQUEST: &Dialect = &Dialect {
    malformed: Code::UndecodableObject,
    unknown_field: Code::UndecodableObject,
    wrong_type: Code::UndecodableObject,
    duplicate_key: Code::UndecodableObject,
    null: Null::Absent,
};

/// The parts of an `AdmissionRequest` that decide
#[derive(Debug)]
pub(crate) struct Request<'a> {
    pub(crate) operation: Operation,
    pub(crate) group: Cow<'a, str>,
    pub(crate) kind: Cow<'a, str>,
    /// The only namespace that counts; what objects and templates claim is compared or ignored
    pub(crate) namespace: Option<Cow<'a, str>>,
    object: Option<Object<'a>>,
    old_object: Option<Raw<'a>>,
}

/// The object that is to be admitted
#[derive(Debug)]
struct Object<'a> {
    text: Raw<'a>,
    /// `None` as long as nobody knows where its kind keeps pod specs
    workload: Option<Result<Workload<'a>, Reason>>,
}

/// What is being done to the object
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Update,
    /// DELETE or CONNECT: nothing is brought in
    Exempt,
}

impl<'a> Request<'a> {
    /// Reads the request, and on the way the object of a kind that is known by then.
    ///
    /// # Errors
    ///
    /// `undecodable-object`: a shape that the API server does not send, or an operation other than
    /// the four that exist.
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

    /// Reads the object, where that has not been done on the way.
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

    /// What is to be admitted, of a kind that is known.
    ///
    /// # Errors
    ///
    /// `unsupported-object-kind`. `undecodable-object`: there is none, or it is not what its kind says.
    /// `limit-exceeded`: it has too many images.
    pub(crate) fn workload(&self, workloads: &[WorkloadKind<'_>]) -> Result<&Workload<'a>, Reason> {
        let object = self.object.as_ref();
        let Some(workload) = object.and_then(|object| object.workload.as_ref()) else {
            return Err(self.missing(workloads));
        };
        let workload = workload.as_ref().map_err(Clone::clone)?;
        workload.check(self)?;
        Ok(workload)
    }

    /// Why there is nothing to judge.
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

    /// Whether the object is of a kind that never names an image.
    pub(crate) fn is_without_images(&self) -> bool {
        kinds::is_without_images(&self.group, &self.kind)
    }

    /// Whether an update lets the object only go on as it was, or with less, or go away.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(crate) fn starts_nothing(&self, workloads: &[WorkloadKind<'_>]) -> bool {
        self.extents(workloads, Extent::read)
            .is_some_and(|(now, before)| now.starts_nothing_beside(&before))
    }

    /// Whether the object cannot be read, and this update leaves it as it was but for metadata, status and
    /// amounts. The amounts may increase if it `may_grow`.
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

    /// The extents of the object and of `oldObject`; `None` if either is missing or unreadable.
    fn extents(
        &self,
        workloads: &[WorkloadKind<'_>],
        read: fn(Raw<'a>, &Layout<'_>) -> Option<Extent<'a>>,
    ) -> Option<(Extent<'a>, Extent<'a>)> {
        let layout = Layout::of(&self.group, &self.kind, workloads)?;
        let now = read(self.object.as_ref()?.text, &layout)?;
        Some((now, read(self.old_object?, &layout)?))
    }

    /// The text of the object that is to be admitted.
    pub(crate) fn object_text(&self) -> &'a str {
        let object = self.object.as_ref();
        object.map_or("", |object| object.text.text())
    }

    /// Reads the object before the update; `None` when there is none that can be read.
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
    /// Reads an object on the way where its kind stands before it, as the API server has it, and is a
    /// built-in one; otherwise later. `None` for `null`.
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
