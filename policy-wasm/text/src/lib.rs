//! Parsers that do not depend on the policy: JSON, image references, patterns and digests.
//!
//! Every request needs them often, so this crate is optimized for speed even in the module whose policy is
//! optimized for size. Only `#[inline]` functions are compiled like the policy.

#![no_std]

extern crate alloc;

/// The lowest bit of each of eight bytes
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each
const HIGH: u64 = ONES.wrapping_mul(0x80);

pub mod cursor;
pub mod digest;
pub mod image;
pub mod name;
pub mod pattern;
