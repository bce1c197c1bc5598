//! The curves P-256, P-384 and P-521 (SP 800-186, section 3.2.1), for the verification of ECDSA signatures in
//! WebAssembly.
//!
//! Limbs have fewer bits than words, so that a product of two numbers modulo the prime is a sum of native products
//! without carries between them. Nothing runs in constant time, so this crate is for public numbers only: it must not
//! sign.
//!
//! The arithmetic has two widths, which give the same answers. The modules of the crate's root are those of the target.
//!
//! | width | bits of a limb | sums of products | target |
//! | --- | ---: | --- | --- |
//! | [`narrow`] | 28 | `i64` | WebAssembly |
//! | [`wide`] | 56 | `i128` | processors of 64 bits; WebAssembly with `--cfg wide_arithmetic`, which is set together with the feature of that name |
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
mod point;
mod signature;
mod sum;
mod sums;

#[cfg(not(any(wide_arithmetic, target_pointer_width = "64")))]
pub use narrow::{p256, p384, p521};
#[cfg(any(wide_arithmetic, target_pointer_width = "64"))]
pub use wide::{p256, p384, p521};

/// Defines the functions of a width.
macro_rules! width {
    ($width:ident, $limbs:ident, $doc:literal) => {
        #[doc = $doc]
        pub mod $width {
            width!(@ p256, P256, $limbs, 32, "P-256 (secp256r1; SP 800-186, section 3.2.1.3)");
            width!(@ p384, P384, $limbs, 48, "P-384 (secp384r1; SP 800-186, section 3.2.1.4)");
            width!(@ p521, P521, $limbs, 66, "P-521 (secp521r1; SP 800-186, section 3.2.1.5)");
        }
    };
    (@ $module:ident, $curve:ident, $limbs:ident, $bytes:literal, $doc:literal) => {
        #[doc = $doc]
        pub mod $module {
            use crate::curve::$module::{$curve, $limbs};
            use crate::{signature, sum};

            /// The big-endian bytes of a number
            pub type Bytes = [u8; $bytes];

            /// Returns whether two coordinates are those of a point on the curve; see [the crate](crate).
            #[must_use]
            pub fn is_on_curve(q: [&[u8]; 2]) -> bool {
                signature::is_on_curve::<$curve, $limbs>(q)
            }

            /// Returns whether r and s are a signature of a digest; see [the crate](crate).
            #[must_use]
            pub fn is_valid(digest: &[u8], [r, s]: [&[u8]; 2], q: [&[u8]; 2]) -> bool {
                signature::is_valid::<$curve, $limbs, { $bytes * 8 + 1 }>(digest, [r, s], q)
            }

            /// Returns whether u₁G + u₂Q has the x-coordinate r; see [the crate](crate).
            #[must_use]
            pub fn sum_has_x(u1: &Bytes, u2: &Bytes, [x, y]: [&Bytes; 2], r: &Bytes) -> bool {
                sum::has_x::<$curve, $limbs, { $bytes * 8 + 1 }>(u1, u2, [x, y], r)
            }
        }
    };
}

width!(narrow, NARROW, "Limbs of 28 bits");
width!(wide, WIDE, "Limbs of 56 bits");
