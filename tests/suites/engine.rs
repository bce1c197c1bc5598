//! The runner's engine: what a guest may not do, and that one call never harms the next.

use std::time::Duration;

use host_runner::engine::{Abi, Engine, EngineError, Limits, Operation, Policy, embedded};
use policy_tests::case::{image, one_container, pod, settings};
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
            (import "wasi_snapshot_preview1" "path_open" (func $path_open
              (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
            (import "wasi_snapshot_preview1" "environ_sizes_get"
              (func $environ_sizes_get (param i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "\"yes\"\"no\"")
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
    let engine = Engine::new(Limits::default()).unwrap();
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
