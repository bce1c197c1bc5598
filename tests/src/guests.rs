//! Small WASI commands, and how each must end, in the program's engine as under `wasmtime-wasi`.

/// A command in WebAssembly's text format
pub struct Guest {
    /// What it tries
    pub name: &'static str,
    body: &'static str,
    /// How it must end
    pub ended: Ended,
}

/// How a command ends
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// With exit status 0; what it has written to standard output
    Answer(Vec<u8>),
    /// With another exit status
    Status(i32),
    /// Stopped by the engine
    Trap,
}

/// What each reads. Its argument is `decide`.
pub const INPUT: &[u8] = b"what is read";

/// As much as each may write.
pub const MAX_OUTPUT: usize = 1000;

impl Guest {
    /// The module. Memory is one page; `$out` writes a piece of it, and `$say` a number of one byte.
    pub fn text(&self) -> String {
        let imports: String = IMPORTS
            .iter()
            .map(|(name, parameters)| {
                let module = "wasi_snapshot_preview1";
                let result = if *name == "proc_exit" { "" } else { "(result i32)" };
                format!("(import \"{module}\" \"{name}\" (func ${name} (param {parameters}) {result}))\n")
            })
            .collect();
        format!(
            r#"(module {imports}
                (memory (export "memory") 1)
                (func $out (param $at i32) (param $length i32)
                  (i32.store (i32.const 65000) (local.get $at))
                  (i32.store (i32.const 65004) (local.get $length))
                  (drop (call $fd_write (i32.const 1) (i32.const 65000) (i32.const 1) (i32.const 65008))))
                (func $say (param $number i32)
                  (i32.store8 (i32.const 65012) (local.get $number))
                  (call $out (i32.const 65012) (i32.const 1)))
                (func (export "_start") {}))"#,
            self.body
        )
    }
}

const IMPORTS: &[(&str, &str)] = &[
    ("args_get", "i32 i32"),
    ("args_sizes_get", "i32 i32"),
    ("clock_res_get", "i32 i32"),
    ("clock_time_get", "i32 i64 i32"),
    ("environ_get", "i32 i32"),
    ("environ_sizes_get", "i32 i32"),
    ("fd_close", "i32"),
    ("fd_fdstat_get", "i32 i32"),
    ("fd_prestat_get", "i32 i32"),
    ("fd_read", "i32 i32 i32 i32"),
    ("fd_seek", "i32 i64 i32 i32"),
    ("fd_tell", "i32 i32"),
    ("fd_write", "i32 i32 i32 i32"),
    ("path_open", "i32 i32 i32 i32 i32 i64 i64 i32 i32"),
    ("proc_exit", "i32"),
    ("random_get", "i32 i32"),
    ("sched_yield", ""),
];

/// All commands. Error numbers: 8 is a descriptor that is not there, 29 an error of a
/// stream, 70 a stream without positions.
pub fn all() -> Vec<Guest> {
    let guest = |name, body, ended| Guest { name, body, ended };
    let answers = |name, body, answer: &[u8]| guest(name, body, Ended::Answer(answer.to_vec()));
    let traps = |name, body| guest(name, body, Ended::Trap);
    let fdstat = |right| {
        let mut fdstat = [0; 24];
        fdstat[8] = right;
        fdstat[16] = right;
        fdstat
    };
    vec![
        answers("returns", "", b""),
        answers(
            "its arguments",
            "(call $say (call $args_sizes_get (i32.const 0) (i32.const 4)))
             (call $say (call $args_get (i32.const 8) (i32.const 17)))
             (call $out (i32.const 0) (i32.const 36))",
            b"\0\0\x02\0\0\0\x13\0\0\0\x11\0\0\0\x1d\0\0\0\0policy.wasm\0decide\0",
        ),
        answers(
            "its variables",
            "(i32.store (i32.const 0) (i32.const -1)) (i32.store (i32.const 4) (i32.const -1))
             (call $say (call $environ_sizes_get (i32.const 0) (i32.const 4)))
             (call $say (call $environ_get (i32.const 8) (i32.const 12)))
             (call $out (i32.const 0) (i32.const 16))",
            &[0; 18],
        ),
        answers(
            "its input, in portions",
            "(local $read i32)
             (i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const 5))
             (loop $more
               (if (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8))
                 (then (unreachable)))
               (local.set $read (i32.load (i32.const 8)))
               (call $say (local.get $read))
               (call $out (i32.const 100) (local.get $read))
               (br_if $more (local.get $read)))",
            b"\x05what \x05is re\x02ad\0",
        ),
        answers(
            "a buffer behind an empty one",
            "(i32.store (i32.const 8) (i32.const 100)) (i32.store (i32.const 12) (i32.const 99))
             (call $say (call $fd_read (i32.const 0) (i32.const 0) (i32.const 2) (i32.const 16)))
             (call $say (i32.load (i32.const 16)))
             (i32.store (i32.const 12) (i32.const 4))
             (call $say (call $fd_write (i32.const 1) (i32.const 0) (i32.const 2) (i32.const 16)))
             (call $say (i32.load (i32.const 16)))",
            b"\0\x0cwhat\0\x04",
        ),
        answers(
            "no buffers",
            "(call $say (call $fd_write (i32.const 1) (i32.const 0) (i32.const 0) (i32.const 16)))
             (call $say (call $fd_write (i32.const 1) (i32.const 0) (i32.const 2) (i32.const 16)))
             (call $say (i32.load (i32.const 16)))",
            b"\0\0\0",
        ),
        answers(
            "pipes the wrong way, and descriptors that are not there",
            "(i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const 5))
             (call $say (call $fd_read (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
             (call $say (call $fd_read (i32.const 2) (i32.const 0) (i32.const 1) (i32.const 16)))
             (call $say (call $fd_read (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 16)))
             (call $say (call $fd_write (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
             (call $say (call $fd_write (i32.const 3) (i32.const 0) (i32.const 1) (i32.const 16)))
             (call $say (call $fd_write (i32.const -1) (i32.const 0) (i32.const 1) (i32.const 16)))
             (call $say (call $fd_close (i32.const 3)))
             (call $say (call $fd_tell (i32.const 3) (i32.const 16)))
             (call $say (call $fd_fdstat_get (i32.const 3) (i32.const 16)))",
            &[8; 9],
        ),
        answers(
            "folders",
            "(call $say (call $fd_prestat_get (i32.const 1) (i32.const 0)))
             (call $say (call $fd_prestat_get (i32.const 3) (i32.const 0)))
             (call $say (i32.eqz (call $path_open (i32.const 3) (i32.const 0) (i32.const 0)
               (i32.const 1) (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0)
               (i32.const 64))))",
            &[8, 8, 0],
        ),
        answers(
            "what its pipes are",
            "(call $say (call $fd_fdstat_get (i32.const 0) (i32.const 0)))
             (call $say (call $fd_fdstat_get (i32.const 1) (i32.const 24)))
             (call $say (call $fd_fdstat_get (i32.const 2) (i32.const 48)))
             (call $out (i32.const 0) (i32.const 72))",
            &[&[0; 3][..], &fdstat(2), &fdstat(64), &fdstat(64)].concat(),
        ),
        answers(
            "positions in pipes",
            "(call $say (call $fd_seek (i32.const 0) (i64.const 0) (i32.const 0) (i32.const 0)))
             (call $say (call $fd_seek (i32.const 1) (i64.const 1) (i32.const 1) (i32.const 0)))
             (call $say (call $fd_tell (i32.const 2) (i32.const 0)))",
            &[70; 3],
        ),
        answers(
            "closed pipes",
            "(i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const 5))
             (call $say (call $fd_close (i32.const 0)))
             (call $say (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))
             (call $say (call $fd_close (i32.const 0)))
             (call $say (call $fd_close (i32.const 2)))
             (call $say (call $fd_tell (i32.const 2) (i32.const 0)))
             (call $fd_close (i32.const 1)) (if (then (unreachable)))
             (call $say (i32.const 1))",
            &[0, 8, 8, 0, 8],
        ),
        answers(
            "clocks",
            "(call $say (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 0)))
             (call $say (i64.gt_u (i64.load (i32.const 0)) (i64.const 1700000000000000000)))
             (call $say (call $clock_time_get (i32.const 1) (i64.const 1) (i32.const 0)))
             (call $say (i64.lt_u (i64.load (i32.const 0)) (i64.const 60000000000)))
             (call $say (call $clock_res_get (i32.const 0) (i32.const 0)))
             (call $say (i64.eqz (i64.load (i32.const 0))))",
            &[0, 1, 0, 1, 0, 0],
        ),
        answers(
            "randomness, and yielding",
            "(call $say (call $random_get (i32.const 3) (i32.const 64)))
             (call $say (i64.eqz (i64.load (i32.const 8))))
             (call $say (call $sched_yield))",
            &[0, 0, 0],
        ),
        answers(
            "an exit in the middle",
            "(call $say (i32.const 7)) (call $proc_exit (i32.const 0)) (unreachable)",
            b"\x07",
        ),
        guest(
            "the lowest exit status",
            "(call $proc_exit (i32.const 1))",
            Ended::Status(1),
        ),
        guest(
            "the highest exit status",
            "(call $proc_exit (i32.const 125))",
            Ended::Status(125),
        ),
        traps(
            "an exit status too high",
            "(call $proc_exit (i32.const 126))",
        ),
        traps("a negative exit status", "(call $proc_exit (i32.const -1))"),
        guest(
            "more output than there is room for",
            "(i32.store (i32.const 4) (i32.const 600))
             (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16))
             (if (then (unreachable)))
             (call $proc_exit
               (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))",
            Ended::Status(29),
        ),
        answers(
            "more output, and it does not care",
            "(call $out (i32.const 0) (i32.const 600)) (call $out (i32.const 0) (i32.const 600))",
            &[0; MAX_OUTPUT],
        ),
        traps(
            "arguments out of memory",
            "(drop (call $args_get (i32.const 65536) (i32.const 0)))",
        ),
        traps(
            "arguments that end outside",
            "(drop (call $args_get (i32.const 0) (i32.const 65530)))",
        ),
        traps(
            "sizes out of memory",
            "(drop (call $environ_sizes_get (i32.const 0) (i32.const -4)))",
        ),
        traps(
            "a time out of memory",
            "(drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 65536)))",
        ),
        traps(
            "a time that is not aligned",
            "(drop (call $clock_time_get (i32.const 0) (i64.const 0) (i32.const 4)))",
        ),
        traps(
            "a list of buffers out of memory",
            "(drop (call $fd_write (i32.const 1) (i32.const 65536) (i32.const 1) (i32.const 0)))",
        ),
        traps(
            "a list of buffers that is not aligned",
            "(drop (call $fd_write (i32.const 1) (i32.const 2) (i32.const 1) (i32.const 0)))",
        ),
        traps(
            "a buffer out of memory",
            "(i32.store (i32.const 0) (i32.const 65535)) (i32.store (i32.const 4) (i32.const 2))
             (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))",
        ),
        traps(
            "a place to read to out of memory",
            "(i32.store (i32.const 0) (i32.const 65535)) (i32.store (i32.const 4) (i32.const 2))
             (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))",
        ),
        traps(
            "a length out of memory",
            "(i32.store (i32.const 4) (i32.const 1))
             (drop (call $fd_read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 65536)))",
        ),
        traps(
            "randomness out of memory",
            "(drop (call $random_get (i32.const 65530) (i32.const 7)))",
        ),
    ]
}
