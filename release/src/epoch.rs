//! The time that everything in a release bears: that of the tagged commit, from `SOURCE_DATE_EPOCH`
//! (<https://reproducible-builds.org/specs/source-date-epoch/>).

use anyhow::{Context as _, Result};
use policy_wasm::time::Time;

/// Returns the time.
///
/// # Errors
///
/// `SOURCE_DATE_EPOCH` is not set, or not a number of seconds since 1970.
pub(crate) fn read() -> Result<Time> {
    let text = std::env::var("SOURCE_DATE_EPOCH").context(
        "SOURCE_DATE_EPOCH is not set; take the time of the commit, `git log -1 --format=%ct`",
    )?;
    parse(&text)
}

fn parse(text: &str) -> Result<Time> {
    let seconds = text.parse().ok();
    seconds
        .and_then(|seconds| Time::from_unix(seconds).ok())
        .with_context(|| format!("SOURCE_DATE_EPOCH is `{text}`, expected seconds since 1970"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_seconds_since_1970_are_a_time() {
        assert_eq!(
            parse("1700000000").unwrap().to_string(),
            "2023-11-14T22:13:20Z"
        );
        for text in ["", "-1", "1.5", "2026-08-01", "999999999999999"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
