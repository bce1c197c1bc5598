//! Namespace, time and kinds of an evaluation, for every command that evaluates objects.

use clap::Args;
use policy_wasm::time::{Time, TimeError};

/// Namespace, time and kinds of an evaluation
#[derive(Debug, Args)]
pub struct ContextArgs {
    /// Namespace of manifests that do not name one
    ///
    /// Without this option it is `default`. A manifest that names another namespace is denied. Recorded requests
    /// keep theirs.
    #[arg(long, short, value_name = "NAME")]
    pub(crate) namespace: Option<String>,
    /// Evaluate as of this time, in RFC 3339 [default: now]
    ///
    /// The time decides whether scans and uploads are too old and whether keys have expired.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub(crate) time: Option<Time>,
    /// Evaluate objects of kinds that the policy does not read, even without images
    ///
    /// Without this option they are skipped with a note, because no exported webhook rule matches them. Kinds
    /// listed in `workloads` of the settings are never skipped.
    #[arg(long)]
    pub(crate) strict_kinds: bool,
}

impl ContextArgs {
    /// Whether any of the options is given.
    pub(crate) const fn is_given(&self) -> bool {
        self.namespace.is_some() || self.time.is_some() || self.strict_kinds
    }
}

/// Parses a time in RFC 3339.
pub(crate) fn parse_time(text: &str) -> Result<Time, TimeError> {
    Time::parse(text)
}
