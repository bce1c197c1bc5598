//! Messages about stored attestations.

use std::io::{self, Write as _};
use std::path::Path;

use crate::attest::store::Change;
use crate::terminal::shown;

/// `added to attestations.yaml`
pub(crate) fn stored(place: &Path, change: Change) -> io::Result<()> {
    let done = match change {
        Change::Added => "added to",
        Change::Replaced => "replaced in",
        Change::Unchanged => "already in",
    };
    writeln!(anstream::stdout(), "{done} {}", shown(place))
}
