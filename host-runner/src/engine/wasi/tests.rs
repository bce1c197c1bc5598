use alloc::sync::Arc;
use core::time::Duration;
use std::time::{SystemTime, UNIX_EPOCH};

use super::imports::UNSUPPORTED;
use super::*;
use crate::engine::{Abi, Engine, Host, HostCalls, Limits, NO_OP, NoHost, Policy, wapc};

const PREVIEW_1: &str = "wasi_snapshot_preview1";

/// A function of preview 1 and what it is given, in the text format
type Call<'a> = (&'a str, &'a [&'a str]);

/// Results of some calls, made one after the other by one guest
struct Calls {
    returned: Vec<wasmtime::Result<u32>>,
    memory: Vec<u8>,
    wasi: Context,
}

const PAGES: usize = 80;

/// Makes these calls on memory that begins with these bytes.
fn calls(context: Context, memory: &[u8], calls: &[Call<'_>]) -> Calls {
    let mut text = String::from("(module\n");
    for (index, (name, arguments)) in calls.iter().enumerate() {
        let types: Vec<_> = arguments
            .iter()
            .map(|argument| argument.split('.').next().unwrap().trim_start_matches('('))
            .collect();
        let types = types.join(" ");
        text += &format!(
            r#"(import "{PREVIEW_1}" "{name}" (func $f{index} (param {types}) (result i32)))"#
        );
    }
    let data: String = memory.iter().map(|byte| format!("\\{byte:02x}")).collect();
    text += &format!(
        r#"(memory (export "memory") {PAGES}) (data (i32.const 0) "{data}") (func (export "_start"))"#
    );
    for (index, (_, arguments)) in calls.iter().enumerate() {
        let arguments = arguments.join(" ");
        text +=
            &format!(r#"(func (export "call{index}") (result i32) (call $f{index} {arguments}))"#);
    }
    text += ")";
    let engine = Engine::new(Limits::default()).unwrap();
    let policy = engine.load(&wat::parse_str(&text).unwrap()).unwrap();
    let mut store = store(&policy, context);
    let instance = policy.instance.instantiate(&mut store).unwrap();
    let returned = (0..calls.len())
        .map(|index| {
            instance
                .get_typed_func::<(), u32>(&mut store, &format!("call{index}"))
                .unwrap()
                .call(&mut store, ())
        })
        .collect();
    let memory = instance.get_memory(&mut store, "memory").unwrap();
    Calls {
        returned,
        memory: memory.data(&store).to_vec(),
        wasi: store.into_data().wasi,
    }
}

fn store(policy: &Policy, context: Context) -> Store<Guest> {
    let nobody: Arc<dyn Host> = Arc::new(NoHost);
    let host = HostCalls::new(&nobody, Limits::default().time);
    policy.store(context, wapc::Exchange::default(), host)
}

impl Calls {
    /// Returns the results, of guests that did not trap.
    #[track_caller]
    fn numbers(&self) -> Vec<u32> {
        let returned = self.returned.iter();
        returned.map(|number| *number.as_ref().unwrap()).collect()
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_le_bytes(*self.memory[at..].first_chunk().unwrap())
    }

    fn u64(&self, at: usize) -> u64 {
        u64::from_le_bytes(*self.memory[at..].first_chunk().unwrap())
    }

    fn stdout(self) -> Vec<u8> {
        self.wasi.stdout.into_bytes()
    }
}

fn command(input: &[u8], max_answer: usize) -> Context {
    Context::command(Operation::Decide, input, max_answer)
}

/// A list of buffers, as it stands in memory.
fn buffers(list: &[(u32, u32)]) -> Vec<u8> {
    let numbers = list.iter().flat_map(|(at, length)| [*at, *length]);
    numbers.flat_map(u32::to_le_bytes).collect()
}

const N: &str = "(i32.const 0)";
const SUCCESS: u32 = 0;
const BADF: u32 = 8;
const INVAL: u32 = 28;
const IO: u32 = 29;
const NOSYS: u32 = 52;
const SPIPE: u32 = 70;

#[test]
fn each_argument_ends_in_nul_and_is_where_the_list_says() {
    let called = calls(
        command(b"", 0),
        b"",
        &[
            ("args_sizes_get", &[N, "(i32.const 4)"]),
            ("args_get", &["(i32.const 8)", "(i32.const 33)"]),
        ],
    );
    assert_eq!(called.numbers(), [SUCCESS, SUCCESS]);
    assert_eq!((called.u32(0), called.u32(4)), (2, 19));
    assert_eq!((called.u32(8), called.u32(12)), (33, 45));
    assert_eq!(&called.memory[33..53], b"policy.wasm\0decide\0\0");
    for (operation, name) in [
        (Operation::Validate, "validate\0"),
        (Operation::ValidateSettings, "validate-settings\0"),
    ] {
        assert_eq!(Context::command(operation, b"", 0).arguments[1], name);
    }
}

#[test]
fn a_wapc_guest_has_no_arguments_and_no_input() {
    let called = calls(
        Context::closed(),
        &buffers(&[(64, 8)]),
        &[
            ("args_sizes_get", &["(i32.const 16)", "(i32.const 20)"]),
            ("fd_read", &[N, N, "(i32.const 1)", "(i32.const 24)"]),
        ],
    );
    assert_eq!(called.numbers(), [SUCCESS, SUCCESS]);
    assert_eq!(called.memory[16..28], [0; 12]);
}

#[test]
fn there_are_no_variables() {
    let called = calls(
        command(b"", 0),
        &[0xff; 16],
        &[
            ("environ_sizes_get", &[N, "(i32.const 4)"]),
            ("environ_get", &["(i32.const 8)", "(i32.const 12)"]),
        ],
    );
    assert_eq!(called.numbers(), [SUCCESS, SUCCESS]);
    assert_eq!(called.memory[..8], [0; 8]);
    assert_eq!(called.memory[8..16], [0xff; 8], "nothing to write");
}

#[test]
fn the_real_clock_and_the_monotonic_one_are_there_and_no_other() {
    let since_epoch = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let [precision, at] = ["(i64.const 1)", "(i32.const 8)"];
    let before = since_epoch();
    let called = calls(
        command(b"", 0),
        b"",
        &[
            ("clock_time_get", &[N, precision, at]),
            (
                "clock_time_get",
                &["(i32.const 1)", precision, "(i32.const 16)"],
            ),
            ("clock_res_get", &[N, "(i32.const 24)"]),
            ("clock_res_get", &["(i32.const 1)", "(i32.const 32)"]),
        ],
    );
    assert_eq!(called.numbers(), [SUCCESS; 4]);
    let shown = Duration::from_nanos(called.u64(8));
    assert!(before <= shown && shown <= since_epoch(), "{shown:?}");
    let shown = Duration::from_nanos(called.u64(16));
    assert!(shown < since_epoch() - before, "it begins with the call");
    assert_eq!((called.u64(24), called.u64(32)), (1, 1));
    for clock in [
        "(i32.const 2)",
        "(i32.const 3)",
        "(i32.const 4)",
        "(i32.const -1)",
    ] {
        let called = calls(
            command(b"", 0),
            b"",
            &[
                ("clock_time_get", &[clock, precision, at]),
                ("clock_res_get", &[clock, at]),
            ],
        );
        assert_eq!(called.numbers(), [INVAL, INVAL], "{clock}");
    }
}

#[test]
fn randomness_comes_in_bounded_portions() {
    let called = calls(
        command(b"", 0),
        b"",
        &[
            ("random_get", &["(i32.const 1)", "(i32.const 65536)"]),
            ("random_get", &["(i32.const 100000)", "(i32.const 65537)"]),
            ("random_get", &["(i32.const 5242880)", N]),
        ],
    );
    assert_eq!(called.numbers(), [SUCCESS, INVAL, SUCCESS]);
    assert_ne!(called.memory[1..33], [0; 32]);
    assert_ne!(called.memory[65_505..65_537], [0; 32]);
    assert_eq!((called.memory[0], called.memory[65_537]), (0, 0));
    assert!(called.memory[100_000..].iter().all(|byte| *byte == 0));
}

#[test]
fn input_is_read_buffer_by_buffer_to_its_end() {
    let read: Call<'_> = ("fd_read", &[N, N, "(i32.const 3)", "(i32.const 24)"]);
    let list = buffers(&[(100, 2), (0, 0), (200, 3)]);
    let called = calls(command(b"abcdefg", 0), &list, &[read]);
    assert_eq!(called.numbers(), [SUCCESS]);
    assert_eq!(called.u32(24), 5);
    assert_eq!(&called.memory[100..103], b"ab\0");
    assert_eq!(&called.memory[200..204], b"cde\0");
    let called = calls(command(b"abcdefg", 0), &list, &[read, read]);
    assert_eq!(called.u32(24), 2, "a short read");
    assert_eq!(&called.memory[100..102], b"fg");
    let called = calls(command(b"abcdefg", 0), &list, &[read, read, read]);
    assert_eq!(called.numbers(), [SUCCESS; 3]);
    assert_eq!(called.u32(24), 0, "the end");
}

#[test]
fn output_is_what_the_buffers_have_one_after_the_other() {
    let mut memory = buffers(&[(24, 3), (99, 0), (25, 2)]);
    memory.extend(b"abc");
    let write: Call<'_> = (
        "fd_write",
        &["(i32.const 1)", N, "(i32.const 3)", "(i32.const 32)"],
    );
    let called = calls(command(b"", 99), &memory, &[write, write]);
    assert_eq!(called.numbers(), [SUCCESS, SUCCESS]);
    assert_eq!(called.u32(32), 5);
    assert_eq!(called.stdout(), b"abcbcabcbc");
}

#[test]
fn output_beyond_its_bound_is_an_error() {
    let mut memory = buffers(&[(8, 5)]);
    memory.extend(b"abcde");
    let write: Call<'_> = (
        "fd_write",
        &["(i32.const 1)", N, "(i32.const 1)", "(i32.const 16)"],
    );
    let called = calls(command(b"", 12), &memory, &[write; 4]);
    assert_eq!(called.numbers(), [SUCCESS, SUCCESS, IO, IO]);
    assert_eq!(called.stdout(), b"abcdeabcdeab");
    // Two times as much as is kept of messages; from a waPC guest, nothing is.
    let list = buffers(&[(0, 1 << 17)]);
    let write: Call<'_> = (
        "fd_write",
        &["(i32.const 2)", N, "(i32.const 1)", "(i32.const 16)"],
    );
    let called = calls(command(b"", 0), &list, &[write]);
    assert_eq!(called.numbers(), [IO]);
    assert_eq!(called.wasi.stderr.into_bytes().len(), MAX_STDERR);
    let called = calls(Context::closed(), &list, &[write]);
    assert_eq!(called.numbers(), [SUCCESS]);
    assert_eq!(called.u32(16), 1 << 17);
    assert_eq!(called.wasi.stderr.into_bytes(), b"");
}

#[test]
fn an_exit_status_other_than_zero_brings_the_message() {
    let mut context = command(b"", 99);
    context.stdout.write(b"half an answer").unwrap();
    context.stderr.write(b"it is \xff\n").unwrap();
    let error = context.answer(3).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the module reports: exit status 3: it is \u{fffd}"
    );
}

#[test]
fn each_pipe_has_one_direction() {
    let call = |name, fd| -> Calls {
        let arguments = [fd, N, "(i32.const 1)", "(i32.const 16)"];
        calls(
            command(b"abc", 9),
            &buffers(&[(32, 3)]),
            &[(name, &arguments)],
        )
    };
    for (name, fd) in [
        ("fd_read", "(i32.const 1)"),
        ("fd_read", "(i32.const 2)"),
        ("fd_write", N),
    ] {
        assert_eq!(call(name, fd).numbers(), [BADF], "{name} {fd}");
    }
}

#[test]
fn no_other_descriptor_is_open() {
    for fd in ["(i32.const 3)", "(i32.const 4)", "(i32.const -1)"] {
        let called = calls(
            command(b"abc", 9),
            &buffers(&[(32, 3)]),
            &[
                ("fd_read", &[fd, N, "(i32.const 1)", "(i32.const 16)"]),
                ("fd_write", &[fd, N, "(i32.const 1)", "(i32.const 16)"]),
                ("fd_close", &[fd]),
                ("fd_fdstat_get", &[fd, "(i32.const 16)"]),
                ("fd_prestat_get", &[fd, "(i32.const 16)"]),
                ("fd_seek", &[fd, "(i64.const 0)", N, "(i32.const 16)"]),
                ("fd_tell", &[fd, "(i32.const 16)"]),
            ],
        );
        assert_eq!(called.numbers(), [BADF; 7], "{fd}");
        assert_eq!(called.memory[16..48], [0; 32]);
    }
}

#[test]
fn a_closed_descriptor_is_none_and_what_was_written_stays() {
    let mut memory = buffers(&[(8, 3)]);
    memory.extend(b"abc");
    let out = "(i32.const 1)";
    let write: Call<'_> = ("fd_write", &[out, N, out, "(i32.const 16)"]);
    let called = calls(
        command(b"", 9),
        &memory,
        &[
            write,
            ("fd_close", &[out]),
            write,
            ("fd_fdstat_get", &[out, "(i32.const 16)"]),
            ("fd_close", &[out]),
            ("fd_fdstat_get", &["(i32.const 2)", "(i32.const 16)"]),
        ],
    );
    assert_eq!(
        called.numbers(),
        [SUCCESS, SUCCESS, BADF, BADF, BADF, SUCCESS]
    );
    assert_eq!(called.stdout(), b"abc");
}

#[test]
fn a_pipe_is_described_by_its_one_right_and_has_no_position() {
    for (fd, right) in [(0, 2), (1, 64), (2, 64)] {
        let fd = format!("(i32.const {fd})");
        let called = calls(
            command(b"", 0),
            &[0xff; 40],
            &[
                ("fd_fdstat_get", &[&fd, "(i32.const 8)"]),
                ("fd_seek", &[&fd, "(i64.const 0)", N, N]),
                ("fd_tell", &[&fd, N]),
                ("fd_prestat_get", &[&fd, N]),
            ],
        );
        assert_eq!(called.numbers(), [SUCCESS, SPIPE, SPIPE, BADF], "{fd}");
        assert_eq!(
            (called.u64(8), called.u64(16), called.u64(24)),
            (0, right, right)
        );
        assert_eq!(called.memory[..8], [0xff; 8]);
        assert_eq!(called.memory[32..40], [0xff; 8]);
    }
}

#[test]
fn yielding_succeeds() {
    let called = calls(command(b"", 0), b"", &[("sched_yield", &[])]);
    assert_eq!(called.numbers(), [SUCCESS]);
}

#[track_caller]
fn assert_trap(calls: &Calls, message: &str) {
    for returned in &calls.returned {
        let error = format!("{:#}", returned.as_ref().unwrap_err());
        assert!(error.contains(message), "{error}");
    }
}

/// Each with one pointer or length that leaves memory, which ends at 5,242,880.
#[test]
fn what_is_outside_of_memory_is_a_trap() {
    let list = buffers(&[(8, 4), (5_242_879, 2), (0xffff_fffc, 4), (4, 0xffff_fff0)]);
    let [one, ok, end, last] = [
        "(i32.const 1)",
        "(i32.const 64)",
        "(i32.const 5242880)",
        "(i32.const -8)",
    ];
    let precision = "(i64.const 0)";
    for at in [end, last] {
        let table: &[Call<'_>] = &[
            ("args_sizes_get", &[at, ok]),
            ("args_sizes_get", &[ok, at]),
            ("args_get", &[at, ok]),
            ("args_get", &[ok, at]),
            ("args_get", &["(i32.const 5242876)", ok]),
            ("args_get", &[ok, "(i32.const 5242870)"]),
            ("environ_sizes_get", &[at, ok]),
            ("environ_sizes_get", &[ok, at]),
            ("clock_time_get", &[N, precision, at]),
            ("clock_res_get", &[N, at]),
            ("random_get", &[at, one]),
            ("random_get", &[one, "(i32.const -1)"]),
            ("fd_fdstat_get", &[one, at]),
            ("fd_fdstat_get", &[one, "(i32.const 5242864)"]),
            // The place for the length, the list, its length, and each of its buffers.
            ("fd_read", &[N, N, one, at]),
            ("fd_write", &[one, N, one, at]),
            ("fd_read", &[N, at, one, ok]),
            ("fd_write", &[one, at, one, ok]),
            ("fd_read", &[N, N, "(i32.const 655361)", ok]),
            ("fd_write", &[one, N, "(i32.const 655361)", ok]),
            ("fd_read", &[N, N, "(i32.const -1)", ok]),
            ("fd_write", &[one, N, "(i32.const -1)", ok]),
            ("fd_read", &[N, "(i32.const 8)", one, ok]),
            ("fd_write", &[one, "(i32.const 8)", one, ok]),
            ("fd_read", &[N, "(i32.const 16)", one, ok]),
            ("fd_write", &[one, "(i32.const 16)", one, ok]),
            ("fd_read", &[N, "(i32.const 24)", one, ok]),
            ("fd_write", &[one, "(i32.const 24)", one, ok]),
        ];
        let called = calls(command(b"abc", 9), &list, table);
        assert_trap(&called, "outside its memory");
    }
}

#[test]
fn a_pointer_that_is_not_aligned_is_a_trap() {
    let [one, ok] = ["(i32.const 1)", "(i32.const 64)"];
    let [two, four] = ["(i32.const 66)", "(i32.const 68)"];
    let table: &[Call<'_>] = &[
        ("args_sizes_get", &[two, ok]),
        ("args_sizes_get", &[ok, two]),
        ("args_get", &[two, ok]),
        ("environ_sizes_get", &[two, ok]),
        ("environ_sizes_get", &[ok, two]),
        ("clock_time_get", &[N, "(i64.const 0)", four]),
        ("clock_res_get", &[N, four]),
        ("fd_fdstat_get", &[one, four]),
        ("fd_read", &[N, two, one, ok]),
        ("fd_read", &[N, ok, one, two]),
        ("fd_write", &[one, two, one, ok]),
        ("fd_write", &[one, ok, one, two]),
    ];
    assert_trap(&calls(command(b"abc", 9), b"", table), "not aligned");
}

#[test]
fn a_thousand_buffers_are_taken_at_once() {
    let list = buffers(&[(100, 1); 2000]);
    let called = calls(
        command(&[b'a'; 3000], 9999),
        &list,
        &[
            (
                "fd_write",
                &["(i32.const 1)", N, "(i32.const 2000)", "(i32.const 16000)"],
            ),
            ("fd_read", &[N, N, "(i32.const 2000)", "(i32.const 16004)"]),
        ],
    );
    assert_eq!(called.numbers(), [SUCCESS, SUCCESS]);
    assert_eq!((called.u32(16_000), called.u32(16_004)), (1024, 1024));
    assert_eq!(called.stdout().len(), 1024);
}

#[test]
fn lengths_with_too_large_a_sum_are_invalid_and_nothing_is_written() {
    let list = buffers(&[(0, 5_000_000); 1000]);
    let called = calls(
        command(b"abc", 9),
        &list,
        &[
            (
                "fd_write",
                &["(i32.const 1)", N, "(i32.const 1000)", "(i32.const 8000)"],
            ),
            ("fd_read", &[N, N, "(i32.const 1000)", "(i32.const 8000)"]),
        ],
    );
    assert_eq!(called.numbers(), [INVAL, INVAL]);
    assert_eq!(called.memory[..8000], list);
    assert_eq!(called.stdout(), b"");
}

#[test]
fn every_other_function_says_that_it_is_not_there() {
    for (name, parameters) in UNSUPPORTED {
        let arguments: Vec<_> = parameters
            .chars()
            .map(|size| match size {
                'd' => "(i64.const -1)",
                _ => "(i32.const -1)",
            })
            .collect();
        let called = calls(command(b"", 0), b"", &[(name, &arguments)]);
        assert_eq!(called.numbers(), [NOSYS], "{name}");
    }
}

/// A module that imports something else does not load.
#[test]
fn all_of_preview_1_can_be_imported() {
    let engine = Engine::new(Limits::default()).unwrap();
    let linker = engine.linker().unwrap();
    let policy = engine.load(NO_OP).unwrap();
    let mut store = store(&policy, Context::closed());
    let mut names: Vec<_> = linker
        .iter(&mut store)
        .filter(|(module, ..)| *module == PREVIEW_1)
        .map(|(_, name, _)| name.to_owned())
        .collect();
    names.sort();
    assert_eq!(names, GOLDEN_NAMES);
}

#[rustfmt::skip]
const GOLDEN_NAMES: [&str; 46] = [
    "args_get", "args_sizes_get", "clock_res_get", "clock_time_get", "environ_get", "environ_sizes_get",
    "fd_advise", "fd_allocate", "fd_close", "fd_datasync", "fd_fdstat_get", "fd_fdstat_set_flags",
    "fd_fdstat_set_rights", "fd_filestat_get", "fd_filestat_set_size", "fd_filestat_set_times", "fd_pread",
    "fd_prestat_dir_name", "fd_prestat_get", "fd_pwrite", "fd_read", "fd_readdir", "fd_renumber", "fd_seek",
    "fd_sync", "fd_tell", "fd_write", "path_create_directory", "path_filestat_get",
    "path_filestat_set_times", "path_link", "path_open", "path_readlink", "path_remove_directory",
    "path_rename", "path_symlink", "path_unlink_file", "poll_oneoff", "proc_exit", "proc_raise",
    "random_get", "sched_yield", "sock_accept", "sock_recv", "sock_send", "sock_shutdown",
];

/// A command that does this.
fn run(body: &str) -> Result<Vec<u8>, EngineError> {
    let text = format!(
        r#"(module
            (import "{PREVIEW_1}" "proc_exit" (func $exit (param i32)))
            (import "{PREVIEW_1}" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
            (memory (export "memory") 1)
            (data (i32.const 0) "\08\00\00\00\03\00\00\00yes")
            (func $yes (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))))
            (func (export "_start") {body}))"#
    );
    let engine = Engine::new(Limits::default()).unwrap();
    let policy = engine.load(&wat::parse_str(text).unwrap()).unwrap();
    assert_eq!(policy.abi(), Abi::Wasi);
    policy.call(Operation::Decide, b"")
}

#[test]
fn a_command_ends_by_returning_or_with_a_status_below_126() {
    assert_eq!(run("(call $yes)").unwrap(), b"yes");
    assert_eq!(
        run("(call $yes) (call $exit (i32.const 0))").unwrap(),
        b"yes"
    );
    assert_eq!(
        run("(call $exit (i32.const 0)) (unreachable)").unwrap(),
        b""
    );
    for status in [1, 125] {
        let error = run(&format!("(call $exit (i32.const {status}))")).unwrap_err();
        assert!(
            matches!(&error, EngineError::Guest(text) if *text == format!("exit status {status}: ")),
            "{error}"
        );
    }
    for status in [126, 256, -1] {
        let error = run(&format!("(call $exit (i32.const {status}))")).unwrap_err();
        assert!(matches!(error, EngineError::Trapped(_)), "{error}");
        assert!(
            error.to_string().contains("the highest valid one is 125"),
            "{error}"
        );
    }
}

#[test]
fn a_wapc_guest_that_ends_itself_gives_no_answer() {
    let text = format!(
        r#"(module
            (import "{PREVIEW_1}" "proc_exit" (func $exit (param i32)))
            (memory (export "memory") 1)
            (func (export "__guest_call") (param i32 i32) (result i32)
              (call $exit (i32.const 0)) (i32.const 1)))"#
    );
    let engine = Engine::new(Limits::default()).unwrap();
    let policy = engine.load(&wat::parse_str(text).unwrap()).unwrap();
    let error = policy.call(Operation::Decide, b"").unwrap_err();
    assert!(matches!(error, EngineError::Trapped(_)), "{error}");
    assert!(error.to_string().contains("exited with status"), "{error}");
}

#[test]
fn a_guest_without_memory_traps() {
    let text = format!(
        r#"(module
            (import "{PREVIEW_1}" "sched_yield" (func $yield (result i32)))
            (func (export "_start") (drop (call $yield))))"#
    );
    let engine = Engine::new(Limits::default()).unwrap();
    let policy = engine.load(&wat::parse_str(text).unwrap()).unwrap();
    let error = policy.call(Operation::Decide, b"").unwrap_err();
    assert!(matches!(error, EngineError::Trapped(_)), "{error}");
    assert!(error.to_string().contains("no memory"), "{error}");
}
