//! Failures of WASI functions: a number that the guest reads, or the end of the guest.

/// A number that the guest reads
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Errno(u32);

impl Errno {
    /// No such descriptor, or not one for this
    pub(super) const BADF: Self = Self(8);
    pub(super) const INVAL: Self = Self(28);
    pub(super) const IO: Self = Self(29);
    /// No such function
    pub(super) const NOSYS: Self = Self(52);
    pub(super) const OVERFLOW: Self = Self(61);
    /// A pipe has no positions
    pub(super) const SPIPE: Self = Self(70);

    pub(super) const fn number(self) -> u32 {
        self.0
    }
}

/// Why a function did not do what it was called for
#[derive(Debug)]
pub(super) enum Failure {
    Errno(Errno),
    Trap(wasmtime::Error),
}

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

impl From<wasmtime::Error> for Failure {
    fn from(trap: wasmtime::Error) -> Self {
        Self::Trap(trap)
    }
}

const SUCCESS: u32 = 0;

/// Return value of a function for the guest.
pub(super) fn returned(result: Result<(), Failure>) -> wasmtime::Result<u32> {
    match result {
        Ok(()) => Ok(SUCCESS),
        Err(Failure::Errno(errno)) => Ok(errno.number()),
        Err(Failure::Trap(trap)) => Err(trap),
    }
}
