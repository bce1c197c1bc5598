//! Places in the guest's memory, for arguments and results. As WASI requires, a pointer outside memory or without
//! alignment is a trap:
//! <https://github.com/WebAssembly/WASI/blob/main/legacy/tools/witx-docs.md#pointers>

use super::failure::{Errno, Failure};
use crate::engine::memory::{slice, write};

/// Writes a number, whose size is its alignment.
pub(super) fn put<const N: usize>(
    memory: &mut [u8],
    at: u32,
    number: [u8; N],
) -> wasmtime::Result<()> {
    aligned(at, N)?;
    write(memory, at, &number)
}

/// Buffers for one read or write (`iovec` and `ciovec`), all of them inside of memory
#[derive(Debug)]
pub(super) struct Buffers {
    /// Start and length of each
    pub(super) places: Vec<(u32, usize)>,
    /// Bytes of all together
    pub(super) length: u32,
}

/// As many as Linux takes in one call. A guest that gives more gets a short read or write, as it has to
/// expect from any pipe.
const MAX_BUFFERS: usize = 1024;

/// Two numbers of four bytes
const BUFFER: usize = 8;

impl Buffers {
    pub(super) fn read(memory: &[u8], at: u32, count: u32) -> Result<Self, Failure> {
        aligned(at, 4)?;
        let count = usize::try_from(count).map_err(|_| Errno::INVAL)?;
        let list = slice(memory, at, count.saturating_mul(BUFFER))?;
        let (list, _) = list.as_chunks::<BUFFER>();
        let (mut places, mut all) = (Vec::new(), 0_u32);
        for [a, b, c, d, length @ ..] in list.iter().take(MAX_BUFFERS) {
            let at = u32::from_le_bytes([*a, *b, *c, *d]);
            let length = u32::from_le_bytes(*length);
            all = all.checked_add(length).ok_or(Errno::INVAL)?;
            let length = usize::try_from(length).map_err(|_| Errno::INVAL)?;
            slice(memory, at, length)?;
            places.push((at, length));
        }
        Ok(Self {
            places,
            length: all,
        })
    }
}

fn aligned(at: u32, alignment: usize) -> wasmtime::Result<()> {
    if usize::try_from(at)?.is_multiple_of(alignment) {
        return Ok(());
    }
    let message = format!("the module passed a pointer that is not aligned to {alignment} bytes");
    Err(wasmtime::Error::msg(message))
}
