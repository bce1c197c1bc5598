//! The public operation of RSA (RFC 8017, section 5.2.2, RSAVP1), for the verification of signatures in WebAssembly.
//!
//! Nothing runs in constant time, so this crate is for public numbers only: it must neither sign nor decrypt.
//!
//! The arithmetic has two widths, which give the same answers. The function of the crate's root is that of the target.
//!
//! | width | bits of a limb | products | target |
//! | --- | ---: | --- | --- |
//! | [`narrow`] | 32 | `u64` | WebAssembly |
//! | [`wide`] | 64 | `u128` | processors of 64 bits; WebAssembly with `--cfg wide_arithmetic`, which is set together with the feature of that name |

#![no_std]
#![expect(
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "arithmetic on numbers of one length, which is not zero"
)]

extern crate alloc;

mod limb;
mod modulus;

#[cfg(not(any(wide_arithmetic, target_pointer_width = "64")))]
pub use narrow::power;
#[cfg(any(wide_arithmetic, target_pointer_width = "64"))]
pub use wide::power;

/// Defines the function of a width.
macro_rules! width {
    ($width:ident, $limb:ident, $doc:literal) => {
        #[doc = $doc]
        pub mod $width {
            use alloc::vec::Vec;

            /// Returns the power of a number modulo another, as long as the modulus. All numbers are big-endian.
            ///
            /// `None` if the modulus is even, is one, or begins with a zero byte; if the base is not as long as the
            /// modulus, or not less; or if the exponent is zero.
            #[must_use]
            pub fn power(base: &[u8], exponent: &[u8], modulus: &[u8]) -> Option<Vec<u8>> {
                crate::modulus::power::<$limb>(base, exponent, modulus)
            }
        }
    };
}

width!(narrow, u32, "Limbs of 32 bits");
width!(wide, u64, "Limbs of 64 bits");
