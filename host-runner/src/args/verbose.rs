//! Details of results.

use clap::Args;

/// Amount of detail in text output
#[derive(Debug, Args)]
pub struct VerboseArgs {
    /// Print the digest of the policy module, too
    #[arg(short, long)]
    verbose: bool,
}

impl VerboseArgs {
    /// The digest, if it is to be printed.
    pub(crate) fn shown<'d>(&self, digest: &'d str) -> Option<&'d str> {
        self.verbose.then_some(digest)
    }

    /// Whether more is to be printed.
    pub(crate) const fn is_on(&self) -> bool {
        self.verbose
    }
}
