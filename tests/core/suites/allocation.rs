//! A request pays for what it needs: settings may grow a thousandfold, and cost no more memory than
//! where the texts stand that it may need.

#![expect(unsafe_code, reason = "an allocator that counts is an allocator")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use core_tests::case::{image, one_container, pod, settings};
use core_tests::signing::{TestKey, attestor};
use policy_wasm::evidence::NoLookup;
use policy_wasm::time::NO_CLOCK;
use policy_wasm::{Budget, Call, Extras, decide};
use serde_json::{Value, json};

struct Counting;

static LIVE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

// SAFETY: every call is handed on to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let live = LIVE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(live, Ordering::Relaxed);
        // SAFETY: as required of our own caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        LIVE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as required of our own caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One measurement at a time.
static MEASURING: Mutex<()> = Mutex::new(());

/// Bytes in use at once while the base request is judged by these settings, beyond the call.
fn peak(settings: &Value) -> usize {
    let call = json!({"request": pod(one_container(&image())), "settings": settings}).to_string();
    let before = LIVE.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let call = Call::parse(call.as_bytes(), Extras::Refused, &Budget::DEFAULT).unwrap();
    let decision = decide(&call, NO_CLOCK, &mut NoLookup, &Budget::DEFAULT);
    let peak = PEAK.load(Ordering::Relaxed) - before;
    assert!(decision.allowed, "{}", decision.message);
    peak
}

/// Bytes for where something stands, in a list that has grown by doubling and still has its smaller self
/// beside it
const A_PLACE: usize = 64;

/// Ten of something, and many times as many, each at most at so many bytes.
fn compare(what: &str, grow: impl Fn(&mut Value, usize), many: usize, each: usize) {
    let _guard = MEASURING.lock().unwrap();
    let [few, many_bytes] = [10, many].map(|count| {
        let mut settings = settings();
        grow(&mut settings, count);
        peak(&settings)
    });
    println!("{what}: {few} bytes with 10, {many_bytes} bytes with {many}");
    assert!(
        many_bytes < few + 4096 + many * each,
        "{what}: {few} bytes with 10, {many_bytes} with {many}"
    );
}

#[test]
fn patterns_cost_no_more_than_where_they_stand() {
    let grow = |settings: &mut Value, count: usize| {
        let patterns: Vec<_> = (0..count)
            .map(|n| json!({"namePattern": format!("other{n}.example/**")}))
            .collect();
        settings["policy"]["admissionWhitelistPatterns"] = patterns.into();
    };
    compare("patterns", grow, 10_000, A_PLACE);
}

#[test]
fn attestations_of_other_images_cost_no_more_than_where_they_stand() {
    let grow = |settings: &mut Value, count: usize| {
        let occurrences = settings["evidence"]["occurrences"].as_array_mut().unwrap();
        let mut other = occurrences[0].clone();
        other["resourceUri"] = format!("https://other.example/x@sha256:{}", "c".repeat(64)).into();
        other["attestation"]["serializedPayload"] = "e30=".into();
        occurrences.extend(std::iter::repeat_n(other, count));
    };
    compare("occurrences", grow, 10_000, A_PLACE);
    let grow_and_misfile = |settings: &mut Value, count: usize| {
        grow(settings, count);
        let occurrences = settings["evidence"]["occurrences"].as_array_mut().unwrap();
        occurrences[0]["resourceUri"] = occurrences[1]["resourceUri"].clone();
    };
    compare("occurrences, all read", grow_and_misfile, 10_000, A_PLACE);
}

#[test]
fn attestors_that_no_rule_names_cost_no_more_than_where_they_stand() {
    let key = TestKey::new("b");
    let grow = move |settings: &mut Value, count: usize| {
        let attestors = settings["attestors"].as_array_mut().unwrap();
        attestors.extend((0..count).map(|n| attestor(&format!("unused{n}"), &[&key])));
    };
    compare("attestors", grow, 1_000, 128);
}
