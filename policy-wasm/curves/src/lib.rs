//! The curves P-256, P-384 and P-521 (SP 800-186, section 3.2.1), for the verification of ECDSA signatures in
//! WebAssembly.
//!
//! Limbs have 28 bits, so that a product of two numbers modulo the prime is a sum of native 64-bit products without
//! carries between them. Nothing runs in constant time, so this crate is for public numbers only: it must not sign.
//!
//! Each curve has three functions. All numbers are big-endian, and `q` is the two coordinates of a point.
//!
//! | function | returns whether | the caller guarantees |
//! | --- | --- | --- |
//! | `is_on_curve` | the coordinates are less than p, as long as p, and those of a point on the curve | nothing |
//! | `is_valid` | r and s are a signature of a digest by the key Q (FIPS 186-5, section 6.4.2) | that Q is on the curve |
//! | `sum_has_x` | the x-coordinate of u₁G + u₂Q is r modulo the order of the group (steps 6 to 8 there); the point at infinity has none | that Q is on the curve, that u₁, u₂ and r are less than the order, and that r is not zero |
//!
//! A signature whose numbers are not as long as the order, are zero or are not less than the order is not valid. Of a
//! digest that is longer than the order, the leftmost bytes count; a shorter one counts whole.
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
mod order;
pub mod p256;
pub mod p384;
pub mod p521;
mod point;
mod signature;
mod sum;
