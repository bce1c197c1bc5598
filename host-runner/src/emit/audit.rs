//! Audit reports, as text and as a versioned document.

mod human;
mod summary;

use std::io::{self, Write};
use std::path::Path;

use policy_wasm::time::Time;
use serde_json::{Value, json};

use crate::audit::{Audit, Judged};
use crate::emit::PassedOver;

pub(crate) use human::print as human;
pub(super) use summary::{grouped, namespace, summary};

/// The printed report
#[derive(Debug)]
pub(crate) struct Report<'a> {
    pub(crate) audit: &'a Audit,
    pub(crate) passed_over: &'a PassedOver,
    /// The time of the evaluation, if given
    pub(crate) time: Option<Time>,
    /// The time at which the report is made, if the system has a clock
    pub(crate) made: Option<Time>,
    /// The settings file, as given
    pub(crate) settings: &'a Path,
    pub(crate) digest: &'a str,
}

/// Prints an `AuditReport`.
pub(crate) fn json(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let Report { audit, digest, .. } = report;
    let rows: Vec<_> = audit
        .rows()
        .map(|(row, tally)| {
            json!({
                "namespace": row.namespace, "outcome": row.outcome, "reason": row.reason,
                "objects": tally.objects, "images": tally.images(), "example": tally.example,
            })
        })
        .collect();
    let images = audit.images();
    let images: Vec<_> = images
        .iter()
        .map(|(image, tally)| {
            let reasons = tally.reasons.iter();
            let reasons: Vec<_> = reasons
                .map(|(outcome, reason)| json!({"outcome": outcome, "reason": reason}))
                .collect();
            json!({"image": image, "objects": tally.objects, "reasons": reasons})
        })
        .collect();
    let objects: Vec<_> = audit.objects.iter().map(object).collect();
    let mut document = json!({
        "apiVersion": "countersign.dev/v1",
        "kind": "AuditReport",
        "module": {"digest": digest},
        "findings": rows,
        "images": images,
        "objects": objects,
        "omitted": audit.omitted(),
        "passedOver": report.passed_over.counts(),
        "summary": audit.summary,
    });
    if let (Some(time), Some(fields)) = (report.time, document.as_object_mut()) {
        fields.insert("time".to_owned(), time.to_string().into());
    }
    super::json::write(out, &document)
}

fn object(object: &Judged) -> Value {
    json!({
        "object": object.title, "source": object.source, "outcome": object.outcome,
        "findings": object.findings,
    })
}
