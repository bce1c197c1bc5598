//! `poll_oneoff` of WASI preview 1: how a guest sleeps, until the deadline at most. That is looked at in the
//! guest's code, and not in what the host does for it.
//!
//! A guest has three pipes that never let it wait, and clocks.

use core::time::Duration;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use wasmtime::Linker;

use super::Guest;
use super::memory::{Guestly, memory, read, write};

/// The layouts of `subscription` and `event`, and the numbers in them, are those of
/// <https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md>
const SUBSCRIPTION: usize = 48;
const EVENT: usize = 32;
const CLOCK: u8 = 0;
const REALTIME: u32 = 0;
const MONOTONIC: u32 = 1;
const ABSOLUTE: u16 = 1;
const SUCCESS: u16 = 0;
const BADF: u16 = 8;
const INVAL: u16 = 28;

/// Limit on events in one call; guests wait for a few pipes and clocks
const MAX_SUBSCRIPTIONS: u32 = 64;

/// An event that a guest waits for
struct Subscription {
    userdata: [u8; 8],
    kind: u8,
    /// Now for a pipe; an error for what there is not
    due: Result<Instant, u16>,
}

pub(super) fn add_to_linker(linker: &mut Linker<Guest>) -> wasmtime::Result<()> {
    linker.func_wrap("wasi_snapshot_preview1", "poll_oneoff", poll)?;
    Ok(())
}

fn poll(
    mut caller: Guestly<'_>,
    subscriptions: u32,
    events: u32,
    count: u32,
    ready: u32,
) -> wasmtime::Result<u32> {
    if count == 0 || count > MAX_SUBSCRIPTIONS {
        return Ok(INVAL.into());
    }
    let length = usize::try_from(count)?.saturating_mul(SUBSCRIPTION);
    let bytes = read(&mut caller, subscriptions, u32::try_from(length)?, length)?;
    let started = caller.data().host.started();
    let waiting: Vec<_> = bytes
        .chunks_exact(SUBSCRIPTION)
        .map(|one| Subscription::read(one, started))
        .collect();
    let now = Instant::now();
    let first = waiting.iter().map(|one| one.due.unwrap_or(now)).min();
    caller.data().host.sleep_until(first.unwrap_or(now))?;
    let now = Instant::now();
    let is_due = |one: &&Subscription| one.due.is_ok_and(|due| due <= now) || one.due.is_err();
    let due: Vec<_> = waiting.iter().filter(is_due).collect();
    let answer: Vec<u8> = due.iter().flat_map(|one| one.event()).collect();
    let written = u32::try_from(due.len())?;
    let memory = memory(&mut caller)?;
    let (bytes, _) = memory.data_and_store_mut(&mut caller);
    write(bytes, events, &answer)?;
    write(bytes, ready, &written.to_le_bytes())?;
    Ok(SUCCESS.into())
}

impl Subscription {
    fn read(bytes: &[u8], started: Instant) -> Self {
        let kind = field::<1>(bytes, 8)[0];
        let number = u32::from_le_bytes(field(bytes, 16));
        let due = if kind != CLOCK {
            // The standard streams.
            if number < 3 { Ok(started) } else { Err(BADF) }
        } else {
            let timeout = Duration::from_nanos(u64::from_le_bytes(field(bytes, 24)));
            let flags = u16::from_le_bytes(field(bytes, 40));
            due(number, timeout, flags & ABSOLUTE != 0, started)
        };
        Self {
            userdata: field(bytes, 0),
            kind,
            due,
        }
    }

    fn event(&self) -> [u8; EVENT] {
        let mut event = [0; EVENT];
        let error = self.due.err().unwrap_or(SUCCESS).to_le_bytes();
        // A pipe has room, or something to read or its end.
        let bytes = u64::from(self.kind != CLOCK).to_le_bytes();
        let fields: [(usize, &[u8]); 4] = [
            (0, &self.userdata),
            (8, &error),
            (10, &[self.kind]),
            (16, &bytes),
        ];
        for (at, field) in fields {
            let place = event.iter_mut().skip(at).zip(field);
            place.for_each(|(place, byte)| *place = *byte);
        }
        event
    }
}

/// When a clock will show what is waited for. The guest's monotonic clock begins with the call.
fn due(clock: u32, timeout: Duration, is_absolute: bool, started: Instant) -> Result<Instant, u16> {
    let now = Instant::now();
    let (from, wait) = match (clock, is_absolute) {
        (REALTIME | MONOTONIC, false) => (now, timeout),
        (MONOTONIC, true) => (started, timeout),
        (REALTIME, true) => {
            let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH);
            (now, timeout.saturating_sub(since_epoch.unwrap_or_default()))
        }
        _ => return Err(INVAL),
    };
    // No clock shows more than half a thousand years, and none is waited for as long.
    Ok(from.checked_add(wait.min(FOR_EVER)).unwrap_or(from))
}

const FOR_EVER: Duration = Duration::from_hours(24);

fn field<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let rest = bytes.get(at..).unwrap_or_default();
    rest.first_chunk().copied().unwrap_or([0; N])
}
