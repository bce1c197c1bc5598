//! The runner's engine: what a guest may not do, and that one call never harms the next.

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use core_tests::case::{image, one_container, pod, settings};
use host_runner::engine::{
    Abi, Engine, EngineError, Host, HostCall, Limits, Operation, Policy, embedded,
};
use policy_tests::guests::{self, Ended};
use policy_tests::modules;
use serde_json::json;

fn limits() -> Limits {
    Limits {
        memory: 16 << 20,
        time: Duration::from_millis(200),
        answer: 1 << 20,
    }
}

/// A waPC module whose one call does this.
fn guest(body: &str) -> Policy {
    let text = format!(
        r#"(module
            (import "wapc" "__guest_response" (func $respond (param i32 i32)))
            (import "wapc" "__host_call"
              (func $host_call (param i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
            (import "wapc" "__host_response_len" (func $host_response_len (result i32)))
            (import "wapc" "__host_response" (func $host_response (param i32)))
            (import "wapc" "__host_error_len" (func $host_error_len (result i32)))
            (import "wapc" "__host_error" (func $host_error (param i32)))
            (import "wasi_snapshot_preview1" "path_open" (func $path_open
              (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "environ_sizes_get"
              (func $environ_sizes_get (param i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "poll_oneoff"
              (func $poll_oneoff (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "\"yes\"\"no\"")
            (data (i32.const 16) "kubewardenkubernetesget_resource{{}}")
            (func $ask (result i32) (call $host_call (i32.const 16) (i32.const 10)
              (i32.const 26) (i32.const 10) (i32.const 36) (i32.const 12)
              (i32.const 48) (i32.const 2)))
            (func $yes (call $respond (i32.const 0) (i32.const 5)))
            (func $no (call $respond (i32.const 5) (i32.const 4)))
            (func (export "__guest_call") (param i32 i32) (result i32) {body} (i32.const 1)))"#
    );
    Engine::new(limits())
        .unwrap()
        .load(&wat::parse_str(text).unwrap())
        .unwrap()
}

fn call(policy: &Policy) -> Result<Vec<u8>, EngineError> {
    policy.call(Operation::Validate, b"{}")
}

#[test]
fn a_well_behaved_guest_answers() {
    assert_eq!(call(&guest("(call $yes)")).unwrap(), b"\"yes\"");
}

#[test]
fn guest_trap_is_refusal() {
    assert!(matches!(
        call(&guest("(unreachable)")),
        Err(EngineError::Trapped(_))
    ));
}

#[test]
fn an_endless_loop_ends_at_the_deadline() {
    assert!(matches!(
        call(&guest("(loop (br 0))")),
        Err(EngineError::Deadline(_))
    ));
}

#[test]
fn memory_is_capped() {
    // Grows until growing fails, then touches what it did not get, as an allocator would abort.
    let greedy =
        "(loop (br_if 0 (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) (unreachable)";
    assert!(matches!(call(&guest(greedy)), Err(EngineError::Memory(_))));
}

#[test]
fn a_buffer_outside_of_memory_is_a_trap() {
    for body in [
        "(call $respond (i32.const 65530) (i32.const 100))",
        "(call $respond (i32.const -1) (i32.const 1))",
        "(call $respond (i32.const 0) (i32.const -1))",
    ] {
        assert!(
            matches!(call(&guest(body)), Err(EngineError::Trapped(_))),
            "{body}"
        );
    }
}

#[test]
fn no_answer_is_an_error() {
    assert!(matches!(call(&guest("")), Err(EngineError::Guest(_))));
}

#[test]
fn no_host_capability_is_granted() {
    let zeros = "(i32.const 0) ".repeat(8);
    let body = format!("(if (call $host_call {zeros}) (then (call $no)) (else (call $yes)))");
    assert_eq!(call(&guest(&body)).unwrap(), b"\"yes\"");
}

/// Answers every call alike, and keeps what was asked
struct Answering {
    answer: Result<Vec<u8>, String>,
    takes: Duration,
    asked: Mutex<Vec<HostCall>>,
}

impl Host for Answering {
    fn call(&self, call: &HostCall) -> Result<Vec<u8>, String> {
        self.asked.lock().unwrap().push(call.clone());
        thread::sleep(self.takes);
        self.answer.clone()
    }
}

fn answering(answer: Result<&str, &str>) -> Arc<Answering> {
    Arc::new(Answering {
        answer: answer.map(Into::into).map_err(Into::into),
        takes: Duration::ZERO,
        asked: Mutex::default(),
    })
}

fn call_with(policy: &Policy, host: &Arc<Answering>) -> Result<Vec<u8>, EngineError> {
    let host: Arc<dyn Host> = host.clone();
    policy.call_with_host(Operation::Validate, b"{}", &host)
}

/// Answers with what its host answered, whichever it was.
const RELAY: &str = "(if (call $ask)
    (then (call $host_response (i32.const 1024))
          (call $respond (i32.const 1024) (call $host_response_len)))
    (else (call $host_error (i32.const 1024))
          (call $respond (i32.const 1024) (call $host_error_len))))";

#[test]
fn a_host_call_carries_its_names_and_brings_the_response() {
    let host = answering(Ok("found"));
    assert_eq!(call_with(&guest(RELAY), &host).unwrap(), b"found");
    let asked = HostCall {
        binding: "kubewarden".into(),
        namespace: "kubernetes".into(),
        operation: "get_resource".into(),
        payload: b"{}".into(),
    };
    assert_eq!(*host.asked.lock().unwrap(), [asked]);
}

#[test]
fn a_host_call_without_an_answer_brings_the_error() {
    let host = answering(Err("not found"));
    assert_eq!(call_with(&guest(RELAY), &host).unwrap(), b"not found");
    assert_eq!(
        call(&guest(RELAY)).unwrap(),
        b"this host grants no capabilities"
    );
}

#[test]
fn the_answer_to_one_call_is_gone_with_the_next() {
    // Of response and error, one is always empty; and so are both before the first call.
    let body =
        "(if (i32.add (call $host_response_len) (call $host_error_len)) (then (unreachable)))
                (drop (call $ask))
                (if (call $host_error_len) (then (call $no)) (else (call $yes)))";
    assert_eq!(
        call_with(&guest(body), &answering(Ok("a"))).unwrap(),
        b"\"yes\""
    );
    let body = "(drop (call $ask))
                (if (call $host_response_len) (then (call $no)) (else (call $yes)))";
    assert_eq!(
        call_with(&guest(body), &answering(Err("a"))).unwrap(),
        b"\"yes\""
    );
}

#[test]
fn a_host_call_outside_of_memory_or_beyond_the_limits_is_a_trap() {
    let host = answering(Ok("found"));
    let [zero, huge] = ["(i32.const 0) ", "(i32.const -1) "];
    let ask = |place: usize, value: &str| {
        let mut parameters = [zero; 8];
        parameters[place] = value;
        format!("(drop (call $host_call {}))", parameters.concat())
    };
    let mut bodies: Vec<_> = (0..8).map(|place| ask(place, huge)).collect();
    bodies.extend([1, 3, 5].map(|length| ask(length, "(i32.const 257) ")));
    bodies.push(ask(7, "(i32.const 1048577) "));
    // A name that is not UTF-8; an answer that does not fit.
    bodies.push("(i32.store (i32.const 16) (i32.const -1)) (drop (call $ask))".into());
    bodies.push("(drop (call $ask)) (call $host_response (i32.const 65535))".into());
    for body in &bodies {
        let result = call_with(&guest(body), &host);
        assert!(
            matches!(result, Err(EngineError::Trapped(_))),
            "{body}: {result:?}"
        );
    }
    assert_eq!(
        host.asked.lock().unwrap().len(),
        1,
        "only the last call was well-formed"
    );
}

#[test]
fn host_calls_are_counted() {
    let host = answering(Ok("found"));
    let error = call_with(&guest("(loop (drop (call $ask)) (br 0))"), &host).unwrap_err();
    assert!(
        error.to_string().contains("more than 4096 host calls"),
        "{error}"
    );
    assert_eq!(host.asked.lock().unwrap().len(), 4096);
}

#[test]
fn the_deadline_includes_the_time_of_the_host() {
    let mut host = answering(Ok("found"));
    Arc::get_mut(&mut host).unwrap().takes = limits().time + Duration::from_millis(50);
    let result = call_with(&guest(RELAY), &host);
    assert!(
        matches!(result, Err(EngineError::Deadline(_))),
        "{result:?}"
    );
}

/// Waits for one thing and always admits if that is what has come: the monotonic clock for a kind of 0.
fn waiting(kind: u8, milliseconds: u64) -> Policy {
    let nanoseconds = milliseconds * 1_000_000;
    guest(&format!(
        "(i64.store (i32.const 1024) (i64.const 77)) ;; userdata
         (i32.store8 (i32.const 1032) (i32.const {kind}))
         (i32.store (i32.const 1040) (i32.const 1)) ;; the clock, or the pipe
         (i64.store (i32.const 1048) (i64.const {nanoseconds}))
         (if (call $poll_oneoff (i32.const 1024) (i32.const 2048) (i32.const 1) (i32.const 4096))
           (then (unreachable)))
         (if (i32.ne (i32.load (i32.const 4096)) (i32.const 1)) (then (unreachable)))
         (if (i64.ne (i64.load (i32.const 2048)) (i64.const 77)) (then (unreachable)))
         (if (i32.load16_u (i32.const 2056)) (then (unreachable)))
         (if (i32.ne (i32.load8_u (i32.const 2058)) (i32.const {kind})) (then (unreachable)))
         (call $yes)"
    ))
}

#[test]
fn a_sleeping_guest_ends_at_the_deadline() {
    let started = Instant::now();
    let result = call(&waiting(0, 20_000));
    let took = started.elapsed();
    assert!(
        matches!(result, Err(EngineError::Deadline(_))),
        "{result:?}"
    );
    assert!(took < Duration::from_secs(10), "{took:?}");
}

#[test]
fn a_guest_may_sleep_within_its_time_and_never_waits_for_a_pipe() {
    let policy = waiting(0, 20);
    let started = Instant::now();
    assert_eq!(call(&policy).unwrap(), b"\"yes\"");
    assert!(started.elapsed() >= Duration::from_millis(20));
    assert_eq!(call(&waiting(2, 20_000)).unwrap(), b"\"yes\"");
}

#[test]
fn all_memories_of_a_guest_are_capped_together() {
    let with = |memories: usize| {
        let others = "(memory 16)".repeat(memories);
        let text = format!(
            r#"(module
                (import "wapc" "__guest_response" (func $respond (param i32 i32)))
                (memory (export "memory") 1) {others}
                (data (i32.const 0) "\"yes\"")
                (func (export "__guest_call") (param i32 i32) (result i32)
                  (call $respond (i32.const 0) (i32.const 5)) (i32.const 1)))"#
        );
        let engine = Engine::new(limits()).unwrap();
        call(&engine.load(&wat::parse_str(text).unwrap()).unwrap())
    };
    assert_eq!(with(15).unwrap(), b"\"yes\"");
    let result = with(20);
    assert!(matches!(result, Err(EngineError::Memory(_))), "{result:?}");
}

#[test]
fn a_guest_sees_no_file_and_no_variable() {
    // Directory descriptors begin at 3; opening anything below one must fail.
    let body = "(if (call $path_open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 1)
                      (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 64))
                  (then (call $yes)) (else (call $no)))";
    assert_eq!(call(&guest(body)).unwrap(), b"\"yes\"");
    let body = "(drop (call $environ_sizes_get (i32.const 64) (i32.const 68)))
                (if (i32.load (i32.const 64)) (then (call $no)) (else (call $yes)))";
    assert_eq!(call(&guest(body)).unwrap(), b"\"yes\"");
}

#[test]
fn a_small_command_ends_as_under_other_implementations_of_wasi() {
    let limits = Limits {
        answer: guests::MAX_OUTPUT,
        ..limits()
    };
    let engine = Engine::new(limits).unwrap();
    for guest in guests::all() {
        let module = wat::parse_str(guest.text()).unwrap();
        let policy = engine.load(&module).unwrap();
        let ended = match policy.call(Operation::Decide, guests::INPUT) {
            Ok(answer) => Ended::Answer(answer),
            Err(EngineError::Guest(text)) => {
                let status = text.strip_prefix("exit status ").unwrap();
                Ended::Status(status.split(':').next().unwrap().parse().unwrap())
            }
            Err(EngineError::Trapped(_)) => Ended::Trap,
            Err(error) => panic!("{}: {error}", guest.name),
        };
        assert_eq!(ended, guest.ended, "{}", guest.name);
    }
}

#[test]
fn call_after_trap_is_clean() {
    let policy = guest(
        "(if (i32.load (i32.const 1024)) (then (call $no)) (else (call $yes)))
         (i32.store (i32.const 1024) (i32.const 1))",
    );
    for _ in 0..3 {
        assert_eq!(
            call(&policy).unwrap(),
            b"\"yes\"",
            "memory of the call before is gone"
        );
    }
    let engine = Engine::new(limits()).unwrap();
    let policy = engine.load(embedded(Abi::Wapc)).unwrap();
    let question = json!({"request": pod(one_container(&image())), "settings": settings()});
    let looping = engine
        .load(&wat::parse_str(r#"(module (memory (export "memory") 1)
            (func (export "__guest_call") (param i32 i32) (result i32) (loop (br 0)) (i32.const 1)))"#).unwrap())
        .unwrap();
    let before = policy
        .call(Operation::Decide, question.to_string().as_bytes())
        .unwrap();
    assert!(call(&looping).is_err());
    let after = policy
        .call(Operation::Decide, question.to_string().as_bytes())
        .unwrap();
    assert_eq!(before, after);
}

#[test]
fn the_abi_is_detected() {
    let engine = Engine::new(limits()).unwrap();
    for abi in [Abi::Wapc, Abi::Wasi] {
        assert_eq!(engine.load(embedded(abi)).unwrap().abi(), abi);
    }
    let neither = wat::parse_str("(module)").unwrap();
    assert!(matches!(
        engine.load(&neither),
        Err(EngineError::UnknownAbi)
    ));
    assert!(matches!(
        engine.load(b"not a module"),
        Err(EngineError::Load(_))
    ));
}

/// The modules allocate nothing on the host's word alone.
#[test]
fn a_call_beyond_the_limits_is_refused_unread() {
    let engine = modules::engine();
    let long = vec![b' '; 25 << 20];
    for abi in [Abi::Wapc, Abi::Wasi] {
        let error = engine
            .load(embedded(abi))
            .unwrap()
            .call(Operation::Decide, &long)
            .unwrap_err();
        assert!(
            error.to_string().contains("limit-exceeded"),
            "{abi}: {error}"
        );
    }
}
