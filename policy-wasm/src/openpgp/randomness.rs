//! rPGP can also make keys, so it asks for a source of randomness. To verify needs none, and a
//! module without imports has none: whoever asks gets an error.

use getrandom::{Error, register_custom_getrandom};

const fn refuse(_: &mut [u8]) -> Result<(), Error> {
    Err(Error::UNSUPPORTED)
}

register_custom_getrandom!(refuse);
