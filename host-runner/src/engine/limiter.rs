//! Memory limit of an instance.

use wasmtime::ResourceLimiter;

/// Caps linear memory, and remembers that it had to
pub(super) struct Limiter {
    memory: usize,
    pub(super) exceeded: bool,
    /// Bytes of all linear memories together, which never shrink: so many there are at most
    pub(super) peak: usize,
    /// Elements of all tables together
    elements: usize,
}

impl Limiter {
    pub(super) const fn new(memory: usize) -> Self {
        Self {
            memory,
            exceeded: false,
            peak: 0,
            elements: 0,
        }
    }
}

/// More than any compiler puts into a policy's function tables.
const MAX_ELEMENTS: usize = 100_000;

/// Compilers make one memory, and each takes much of the address space however small it is.
const MAX_MEMORIES: usize = 64;

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        if maximum.is_some_and(|maximum| desired > maximum) {
            return Ok(false);
        }
        let all = grown(self.peak, current, desired);
        let is_granted = all <= self.memory;
        self.exceeded |= !is_granted;
        if is_granted {
            self.peak = all;
        }
        Ok(is_granted)
    }

    fn table_growing(
        &mut self,
        current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let all = grown(self.elements, current, desired);
        let is_granted = all <= MAX_ELEMENTS;
        if is_granted {
            self.elements = all;
        }
        Ok(is_granted)
    }

    fn memories(&self) -> usize {
        MAX_MEMORIES
    }

    fn tables(&self) -> usize {
        MAX_MEMORIES
    }
}

/// The sum of several sizes, when one of them has grown.
const fn grown(all: usize, current: usize, desired: usize) -> usize {
    all.saturating_add(desired.saturating_sub(current))
}
