//! Failing host calls of a case.

use super::each_entry;
use crate::read::Reader;
use crate::source::Node;

/// Failures by what is asked for
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HostFailures {
    /// Looking up `Attestation` resources
    pub kubernetes: Option<Failure>,
    /// Looking up manifests
    pub registry: Option<Failure>,
    /// Resolving tags
    pub tags: Option<Failure>,
}

/// Failures of the host
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It has no permission
    Forbidden,
    /// It answers something that is not JSON
    Malformed,
    /// It is told to come back later
    RateLimited,
    /// It answers too late
    Timeout,
    /// An answer that exceeds the limit
    TooLong,
    /// The cluster or registry is unreachable
    Unreachable,
    /// It answers about something else
    WrongAnswer,
}

const FAILURES: &[(&str, Failure)] = &[
    ("forbidden", Failure::Forbidden),
    ("malformed", Failure::Malformed),
    ("rate-limited", Failure::RateLimited),
    ("timeout", Failure::Timeout),
    ("too-long", Failure::TooLong),
    ("unreachable", Failure::Unreachable),
    ("wrong-answer", Failure::WrongAnswer),
];

impl HostFailures {
    pub(super) fn read(node: Option<&Node>, reader: &Reader) -> Self {
        let mut failures = Self::default();
        each_entry(node, reader, |entry| {
            let failure = reader.choice(&entry.value, FAILURES);
            match entry.key.as_str() {
                "kubernetes" => failures.kubernetes = failure,
                "registry" => failures.registry = failure,
                "tags" => failures.tags = failure,
                other => {
                    let known = ["kubernetes", "registry", "tags"];
                    reader.unknown_name(entry.key_span, "part of a host", other, &known);
                }
            }
        });
        failures
    }

    /// These failures, and those of `below` where these say nothing.
    pub(super) fn over(self, below: &Self) -> Self {
        Self {
            kubernetes: self.kubernetes.or(below.kubernetes),
            registry: self.registry.or(below.registry),
            tags: self.tags.or(below.tags),
        }
    }
}
