//! The texts that a policy is about, and nothing of what it says about them: JSON, names of images,
//! patterns and digests.
//!
//! Every request has many of them, so this crate is built for speed, even in the module whose policy is
//! built for size. Only what is `#[inline]` is built like the policy.

#![no_std]

extern crate alloc;

/// The lowest bit of each of eight bytes, which are looked at together
const ONES: u64 = 0x0101_0101_0101_0101;
/// The highest bit of each
const HIGH: u64 = ONES.wrapping_mul(0x80);

pub mod cursor;
pub mod digest;
pub mod image;
pub mod pattern;
