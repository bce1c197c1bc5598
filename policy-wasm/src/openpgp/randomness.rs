//! Stub of the random number generator that rPGP needs to create keys. Verification needs none, so it always
//! returns an error.

use getrandom::{Error, register_custom_getrandom};

const fn refuse(_: &mut [u8]) -> Result<(), Error> {
    Err(Error::UNSUPPORTED)
}

register_custom_getrandom!(refuse);
