//! Answers in the call: a recording, or the evidence of a test.
//!
//! ```json
//! [{"kind": "tag", "name": "trusted.example/app:1", "found": {"digest": "sha256:…"}},
//!  {"kind": "manifest", "name": "trusted.example/app:sha256-….sig", "absent": true},
//!  {"kind": "attestation", "name": "attest-build/sha256-…", "failed": "forbidden"}]
//! ```
//!
//! A call with answers makes no other lookups. Missing answers are unavailable.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use super::{Answer, Lookup, Need};
use crate::json::{Dialect, Path, Raw, Report, Value};

/// The answers of one call, by kind and name
#[derive(Debug)]
pub(crate) struct Supplied<'a> {
    answers: BTreeMap<(Cow<'a, str>, Cow<'a, str>), Answer>,
}

impl<'a> Supplied<'a> {
    /// Reads the answers.
    ///
    /// # Errors
    ///
    /// The list is malformed or answers a lookup twice.
    #[inline(never)] // cold: see docs/performance.md#stack
    pub(crate) fn read(raw: Raw<'a>, dialect: &Dialect) -> Result<Self, String> {
        let report = Report::default();
        let mut answers = BTreeMap::new();
        raw.read(dialect, Path::Root("evidence"), &report, |value| {
            value.list(|_, item| {
                let (path, report) = (item.path(), item.report());
                if let Some((key, answer)) = read_entry(item)
                    && answers.insert(key, answer).is_some()
                {
                    let message = "another entry answers the same lookup";
                    report.push(dialect.duplicate_key, path, message);
                }
            });
        });
        if report.is_empty() {
            Ok(Self { answers })
        } else {
            Err(report.to_string())
        }
    }
}

type Entry<'a> = ((Cow<'a, str>, Cow<'a, str>), Answer);

fn read_entry<'a>(value: Value<'_, 'a>) -> Option<Entry<'a>> {
    let (path, report) = (value.path(), value.report());
    let (mut kind, mut name) = (None, None);
    let mut answers = Vec::new();
    value.object(|key, value| match key {
        "kind" => kind = value.text(),
        "name" => name = value.text(),
        "found" => {
            answers.push(Answer::Found(value.raw().text().to_string()));
        }
        "absent" => answers.extend(value.flag().filter(|flag| *flag).map(|_| Answer::Absent)),
        "failed" => answers.extend(value.text().map(|text| Answer::Failed(text.into_owned()))),
        _ => value.unknown(),
    });
    match (kind, name, answers.pop(), answers.is_empty()) {
        (Some(kind), Some(name), Some(answer), true) => Some(((kind, name), answer)),
        _ => {
            let message = "expected `kind`, `name` and one of `found`, `absent: true`, `failed`";
            report.push(crate::Code::CallInvalid, path, message);
            None
        }
    }
}

impl Lookup for Supplied<'_> {
    fn look_up(&mut self, need: &Need, max_bytes: usize) -> Answer {
        let key = (Cow::Borrowed(need.kind()), Cow::Owned(need.name()));
        match self.answers.get(&key) {
            Some(Answer::Found(text)) if text.len() > max_bytes => Answer::TooLong,
            Some(answer) => answer.clone(),
            None => Answer::Unavailable,
        }
    }
}
