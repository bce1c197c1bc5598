//! The curves P-256, P-384 and P-521 (SP 800-186, section 3.2.1), for the verification of ECDSA signatures in
//! WebAssembly.
//!
//! Limbs have 28 bits, so that a product of two numbers modulo the prime is a sum of native 64-bit products without
//! carries between them. Nothing runs in constant time, so this crate is for public numbers only: it must not sign.
//!
//! Each curve has a function `sum_has_x`. It returns whether the x-coordinate of u₁G + u₂Q is r modulo the order of the
//! group (FIPS 186-5, section 6.4.2, steps 6 to 8), and false if the sum is the point at infinity. The caller
//! guarantees that `q` is the coordinates of a point on the curve, that `u1` and `u2` are less than the order of the
//! group, and that `r` is as well and not zero. All numbers are big-endian.
//!
//! Overflow is checked in tests, which so confirm the bounds that are stated here, and not in the modules.

#![no_std]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "arithmetic on arrays of fixed size, with bounds that are stated where they are needed"
)]

mod curve;
mod digits;
mod field;
pub mod p256;
pub mod p384;
pub mod p521;
mod point;
mod sum;
