//! Host calls of a guest, and the interface that answers them.

use alloc::sync::Arc;
use core::time::Duration;
use std::thread;
use std::time::Instant;

use wasmtime::Trap;

/// One host call of a waPC guest
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCall {
    /// `kubewarden` for the capabilities of a policy, `countersign` for what Kubewarden lacks
    pub binding: String,
    /// Such as `kubernetes`
    pub namespace: String,
    /// Such as `get_resource`
    pub operation: String,
    /// The payload, in the operation's format
    pub payload: Vec<u8>,
}

/// Answers the calls of guests
pub trait Host: Send + Sync {
    /// Answers one call. The guest's deadline includes the time that this takes.
    ///
    /// # Errors
    ///
    /// There is no answer; the text is all that the guest is told.
    fn call(&self, call: &HostCall) -> Result<Vec<u8>, String>;
}

/// Grants nothing
#[derive(Debug)]
pub(super) struct NoHost;

impl Host for NoHost {
    fn call(&self, _: &HostCall) -> Result<Vec<u8>, String> {
        Err("this host grants no capabilities".into())
    }
}

/// A request has at most some hundred images, each with a few attestors to ask about.
const MAX_CALLS: usize = 4096;

/// More than the name of any binding, namespace or operation.
pub(super) const MAX_NAME: usize = 256;

/// The longest payloads list public keys.
pub(super) const MAX_PAYLOAD: usize = 1 << 20;

/// The calls of one guest, and the answer to its last one
pub(super) struct HostCalls {
    host: Arc<dyn Host>,
    started: Instant,
    time: Duration,
    made: usize,
    answer: Result<Vec<u8>, String>,
}

impl HostCalls {
    pub(super) fn new(host: &Arc<dyn Host>, time: Duration) -> Self {
        Self {
            host: Arc::clone(host),
            started: Instant::now(),
            time,
            made: 0,
            answer: Ok(Vec::new()),
        }
    }

    /// When the call began.
    pub(super) const fn started(&self) -> Instant {
        self.started
    }

    /// Sleeps for the guest, until the deadline at most.
    pub(super) fn sleep_until(&self, due: Instant) -> wasmtime::Result<()> {
        let left = self.time.saturating_sub(self.started.elapsed());
        let wait = due.saturating_duration_since(Instant::now());
        thread::sleep(wait.min(left));
        if wait > left {
            return Err(Trap::Interrupt.into());
        }
        Ok(())
    }

    /// Whether there is a response; if not, there is an error.
    pub(super) fn make(&mut self, call: &HostCall) -> wasmtime::Result<bool> {
        if self.made == MAX_CALLS {
            let message = format!("the module made more than {MAX_CALLS} host calls");
            return Err(wasmtime::Error::msg(message));
        }
        self.made = self.made.saturating_add(1);
        self.answer = self.host.call(call);
        // Epochs are looked at in loops and calls only, and the guest may have none left to make.
        if self.started.elapsed() > self.time {
            return Err(Trap::Interrupt.into());
        }
        Ok(self.answer.is_ok())
    }

    /// Empty where there is none
    pub(super) fn response(&self) -> &[u8] {
        self.answer.as_deref().unwrap_or_default()
    }

    /// Empty where there is none
    pub(super) fn error(&self) -> &[u8] {
        match &self.answer {
            Ok(_) => &[],
            Err(error) => error.as_bytes(),
        }
    }
}
