//! Attestations that we make ourselves.

#[cfg_attr(
    not(test),
    expect(dead_code, reason = "the commands that sign come next")
)]
pub(crate) mod store;
