//! What an instance may take of the host's memory.

use wasmtime::ResourceLimiter;

/// Caps linear memory, and remembers that it had to
pub(super) struct Limiter {
    memory: usize,
    pub(super) exceeded: bool,
    /// The most that there was
    pub(super) peak: usize,
}

impl Limiter {
    pub(super) const fn new(memory: usize) -> Self {
        Self {
            memory,
            exceeded: false,
            peak: 0,
        }
    }
}

/// More than any compiler puts into a policy's function table.
const MAX_TABLE: usize = 100_000;

impl ResourceLimiter for Limiter {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let is_granted = desired <= self.memory;
        self.exceeded |= !is_granted;
        if is_granted {
            self.peak = self.peak.max(desired);
        }
        Ok(is_granted)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= MAX_TABLE)
    }
}
