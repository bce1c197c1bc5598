//! The texts that a policy is about, and nothing of what it says about them: JSON, names of images,
//! patterns and digests.
//!
//! Every request has many of them, so this crate is built for speed, and the policy itself for size.

#![no_std]

extern crate alloc;

pub mod cursor;
pub mod digest;
pub mod image;
pub mod pattern;
