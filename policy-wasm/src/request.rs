//! The admission request: only what a policy may read.
//!
//! Owner references, replica counts, `deletionTimestamp` and all annotations but the legacy
//! break-glass mark and signed envelopes are not even parsed: whoever writes the object writes them
//! too.

mod kinds;
mod pod;
mod workload;

use alloc::borrow::Cow;
use alloc::string::ToString as _;

pub(crate) use kinds::is_built_in;
pub(crate) use kinds::{Layout, Origin};
pub use pod::FieldKind;
pub(crate) use pod::{ImageField, Metadata, Pod};
pub(crate) use workload::Workload;

use crate::Budget;
use crate::decision::{Code, Reason};
use crate::json::{Dialect, Null, Path, Raw, Report, Value};

/// Whatever is wrong with a request makes it undecodable; fields that nobody reads may be there.
const REQUEST: &Dialect = &Dialect {
    malformed: Code::UndecodableObject,
    unknown_field: Code::UndecodableObject,
    wrong_type: Code::UndecodableObject,
    duplicate_key: Code::UndecodableObject,
    null: Null::Absent,
};

/// The parts of an `AdmissionRequest` that decide
#[derive(Debug, Clone)]
pub(crate) struct Request<'a> {
    pub(crate) operation: Operation,
    pub(crate) group: Cow<'a, str>,
    pub(crate) kind: Cow<'a, str>,
    /// The only namespace that counts; what objects and templates claim is compared or ignored
    pub(crate) namespace: Option<Cow<'a, str>>,
    object: Option<Raw<'a>>,
    old_object: Option<Raw<'a>>,
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
    /// Reads the request around the objects.
    ///
    /// # Errors
    ///
    /// `undecodable-object`: a shape that the API server does not send, or an operation other than
    /// the four that exist.
    pub(crate) fn read(value: Value<'_, 'a>) -> Result<Self, Reason> {
        let report = Report::default();
        let (mut operation, mut group, mut kind) = (None, None, None);
        let (mut namespace, mut object, mut old_object) = (None, None, None);
        let value = value.under(REQUEST, Path::Root("request"), &report);
        value.object(|key, value| match key {
            "operation" => operation = value.text(),
            "namespace" => namespace = value.text(),
            "kind" => {
                value.object(|key, value| match key {
                    "group" => group = value.text(),
                    "kind" => kind = value.text(),
                    _ => {}
                });
            }
            "object" => object = Some(value.raw()),
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
        let is_object = |raw: &Raw<'_>| !raw.is_null();
        Ok(Self {
            operation,
            group: group.unwrap_or_default(),
            kind: kind.unwrap_or_default(),
            namespace: namespace.filter(|namespace| !namespace.is_empty()),
            object: object.filter(is_object),
            old_object: old_object.filter(is_object),
        })
    }

    /// Reads the object that is to be admitted.
    ///
    /// # Errors
    ///
    /// `undecodable-object`: there is none, or it is not what its kind says. `limit-exceeded`: it has
    /// too many images.
    pub(crate) fn workload(
        &self,
        layout: &Layout<'_>,
        budget: &Budget,
    ) -> Result<Workload<'a>, Reason> {
        let Some(object) = self.object else {
            return Err(undecodable(
                &crate::quote(&self.kind),
                "the request has no `object`",
            ));
        };
        Workload::read(object, layout, self, budget.images)
    }

    /// The text of the object that is to be admitted.
    pub(crate) fn object_text(&self) -> &'a str {
        self.object.map(Raw::text).unwrap_or_default()
    }

    /// Reads the object before the update; `None` when there is none that can be read.
    pub(crate) fn old_workload(
        &self,
        layout: &Layout<'_>,
        budget: &Budget,
    ) -> Option<Workload<'a>> {
        Workload::read(self.old_object?, layout, self, budget.images).ok()
    }
}

fn undecodable(what: &str, detail: &str) -> Reason {
    let message = alloc::format!("The request object could not be decoded as {what}: {detail}");
    Reason::new(Code::UndecodableObject, message)
}
