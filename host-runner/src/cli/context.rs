//! The circumstances under which objects are judged, the same for every command that judges some.

use clap::Args;
use policy_wasm::time::{Time, TimeError};

/// Where and when the objects are judged
#[derive(Debug, Args)]
pub struct ContextArgs {
    /// Namespace of the requests that are made from manifests
    ///
    /// Without it, the manifest's own, else `default`. Recorded requests keep theirs.
    #[arg(long, short, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    /// When the objects are judged, in RFC 3339, instead of now
    ///
    /// Scans and uploads grow old, and keys expire.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) time: Option<Time>,
    /// Judge also manifests of kinds that the policy does not read and that name no image
    ///
    /// Without it they are skipped with a note, since no exported rule sends them. A kind that `workloads` of
    /// the settings names is never skipped.
    #[arg(long)]
    pub(crate) strict_kinds: bool,
}

impl ContextArgs {
    /// Whether anything is said about the circumstances.
    pub(crate) const fn is_given(&self) -> bool {
        self.namespace.is_some() || self.time.is_some() || self.strict_kinds
    }
}

/// A time in RFC 3339.
pub(crate) fn parse_time(text: &str) -> Result<Time, TimeError> {
    Time::parse(text)
}
