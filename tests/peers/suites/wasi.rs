//! The modules under `wasmtime-wasi`, the WASI of wasmtime's own project: commands must end as they do in the
//! program, whose WASI is its own.
//!
//! The two differ where nothing that compilers make depends on it. `wasmtime-wasi` writes one buffer a call and
//! answers `INTR` to a read of no bytes; it has functions for files, which answer `BADF` where ours
//! answer `NOSYS`; and it stops a command that asks for a clock with another
//! number, where WASI asks for `INVAL`.

use std::fs;

use policy_peers::guests::{self, Ended};
use policy_peers::{WAPC, WASI, folder, module};
use wapc::WapcHost;
use wasmtime::{Engine, InstancePre, Linker, Module, Store};
use wasmtime_provider::WasmtimeEngineProviderBuilder;
use wasmtime_wasi::p1::{self, WasiP1Ctx};
use wasmtime_wasi::p2::pipe::{MemoryInputPipe, MemoryOutputPipe};
use wasmtime_wasi::{I32Exit, WasiCtxBuilder};

/// A command that is ready to run
struct Command {
    engine: Engine,
    instance: InstancePre<WasiP1Ctx>,
}

impl Command {
    fn new(engine: &Engine, bytes: &[u8]) -> Self {
        let mut linker = Linker::new(engine);
        p1::add_to_linker_sync(&mut linker, |context| context).unwrap();
        let module = Module::new(engine, bytes).unwrap();
        Self {
            engine: engine.clone(),
            instance: linker.instantiate_pre(&module).unwrap(),
        }
    }

    fn run(&self, input: &[u8], max_output: usize) -> Ended {
        let stdout = MemoryOutputPipe::new(max_output);
        let context = WasiCtxBuilder::new()
            .args(&["policy.wasm", "decide"])
            .stdin(MemoryInputPipe::new(input.to_vec()))
            .stdout(stdout.clone())
            .build_p1();
        let mut store = Store::new(&self.engine, context);
        let instance = self.instance.instantiate(&mut store).unwrap();
        let start = instance
            .get_typed_func::<(), ()>(&mut store, "_start")
            .unwrap();
        let status = match start.call(&mut store, ()) {
            Ok(()) => 0,
            Err(error) => match error.downcast_ref::<I32Exit>() {
                Some(I32Exit(status)) => *status,
                None => return Ended::Trap,
            },
        };
        match status {
            0 => Ended::Answer(stdout.contents().to_vec()),
            status => Ended::Status(status),
        }
    }
}

#[test]
fn every_small_command_ends_as_in_the_program() {
    let engine = Engine::default();
    for guest in guests::all() {
        let command = Command::new(&engine, guest.text().as_bytes());
        let ended = command.run(guests::INPUT, guests::MAX_OUTPUT);
        assert_eq!(ended, guest.ended, "{}", guest.name);
    }
}

/// Calls of the corpus by name, each with the answer of a module in the program.
fn answered(module: &str) -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let folder = folder().join(module.replace(".wasm", ""));
    let mut cases = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let answer = entry.unwrap().path();
        let name = answer.file_name().unwrap().to_str().unwrap().to_owned();
        let call = fs::read(answer.parent().unwrap().with_file_name("calls").join(&name)).unwrap();
        cases.push((name, call, fs::read(answer).unwrap()));
    }
    assert!(cases.len() > 500, "{} cases", cases.len());
    cases
}

#[test]
fn the_command_answers_every_case_as_in_the_program() {
    let command = Command::new(&Engine::default(), &module(WASI));
    for (name, call, expected) in answered(WASI) {
        let ended = command.run(&call, 64 << 20);
        assert_eq!(ended, Ended::Answer(expected), "{name}");
    }
}

#[test]
fn the_wapc_module_answers_every_case_as_in_the_program() {
    let engine = WasmtimeEngineProviderBuilder::new()
        .module_bytes(&module(WAPC))
        .build()
        .unwrap();
    let host = |_, _: &str, _: &str, _: &str, _: &[u8]| Err(NO_CAPABILITIES.into());
    let policy = WapcHost::new(Box::new(engine), Some(Box::new(host))).unwrap();
    for (name, call, expected) in answered(WAPC) {
        let answer = policy.call("decide", &call).unwrap();
        assert!(
            answer == expected,
            "{name}: {} instead of {}",
            String::from_utf8_lossy(&answer),
            String::from_utf8_lossy(&expected)
        );
    }
}

/// What the program says to a policy that it gives no host.
const NO_CAPABILITIES: &str = "this host grants no capabilities";
