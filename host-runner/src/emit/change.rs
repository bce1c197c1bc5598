//! Messages about stored attestations.

use std::io::{self, Write as _};
use std::path::Path;

use crate::attest::index::Listed;
use crate::attest::store::Change;
use crate::terminal::{printable, shown};

/// `added to attestations.yaml`, and for an image that an index lists `added to layout: sha256:… (linux/arm64)`
pub(crate) fn stored(place: &Path, change: Change, listed: Option<&Listed>) -> io::Result<()> {
    let done = match change {
        Change::Added => "added to",
        Change::Replaced => "replaced in",
        Change::Unchanged => "already in",
    };
    let of = listed.map(|one| format!(": {} ({})", one.image.digest, printable(&one.platform)));
    let of = of.unwrap_or_default();
    writeln!(anstream::stdout(), "{done} {}{of}", shown(place))
}
