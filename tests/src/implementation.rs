//! The builds of the policy. All of them must give the same bytes for the same call.

use std::fmt;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use core_tests::native::decide_natively;
use host_runner::engine::{Abi, Operation, Policy, embedded};
use policy_wasm::abi;

use crate::{modules, web};

/// One build of the policy
pub trait Implementation: fmt::Debug {
    fn name(&self) -> &'static str;
    fn decide(&mut self, call: &[u8]) -> Vec<u8>;
    fn validate_settings(&mut self, settings: &[u8]) -> Vec<u8>;
}

/// Every build that can run here. Without Node the web build cannot: that is said, and it is an
/// error where `COUNTERSIGN_REQUIRE_NODE` is set.
pub fn all() -> Vec<Box<dyn Implementation>> {
    let engine = modules::engine();
    let mut all: Vec<Box<dyn Implementation>> = vec![Box::new(Native)];
    for (name, module) in [
        ("waPC module", embedded(Abi::Wapc)),
        ("WASI module", embedded(Abi::Wasi)),
        ("wide waPC module", modules::wide(Abi::Wapc)),
        ("wide WASI module", modules::wide(Abi::Wasi)),
    ] {
        let policy = engine.load(module).unwrap();
        all.push(Box::new(Module { name, policy }));
    }
    match Web::start() {
        Some(web) => all.push(Box::new(web)),
        None if std::env::var_os("COUNTERSIGN_REQUIRE_NODE").is_some() => {
            panic!("COUNTERSIGN_REQUIRE_NODE is set, and `node` cannot be run");
        }
        None => eprintln!("NOT RUN: the web build, because `node` cannot be run"),
    }
    all
}

#[derive(Debug)]
struct Native;

impl Implementation for Native {
    fn name(&self) -> &'static str {
        "native library"
    }

    fn decide(&mut self, call: &[u8]) -> Vec<u8> {
        decide_natively(call)
    }

    fn validate_settings(&mut self, settings: &[u8]) -> Vec<u8> {
        abi::validate_settings(settings)
    }
}

#[derive(Debug)]
struct Module {
    name: &'static str,
    policy: Policy,
}

impl Implementation for Module {
    fn name(&self) -> &'static str {
        self.name
    }

    fn decide(&mut self, call: &[u8]) -> Vec<u8> {
        self.policy.call(Operation::Decide, call).unwrap()
    }

    fn validate_settings(&mut self, settings: &[u8]) -> Vec<u8> {
        self.policy
            .call(Operation::ValidateSettings, settings)
            .unwrap()
    }
}

/// The web build in a Node process that answers line by line
#[derive(Debug)]
struct Web {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

/// Text goes in and comes out in base64, one question a line. A text that is not UTF-8 has no
/// JavaScript string; it is asked as what decoding makes of it.
const SCRIPT: &str = r#"
const policy = require(process.argv[1]);
const lines = require("node:readline").createInterface({input: process.stdin});
lines.on("line", line => {
  const [operation, question] = line.split(" ");
  const text = Buffer.from(question, "base64").toString("utf8");
  const answer = JSON.stringify(policy[operation](text));
  process.stdout.write(Buffer.from(answer).toString("base64") + "\n");
});
"#;

impl Web {
    fn start() -> Option<Self> {
        let has_node = Command::new("node").arg("--version").output().is_ok();
        if !has_node {
            return None;
        }
        let mut child = Command::new("node")
            .args(["-e", SCRIPT])
            .arg(web::build().join("countersign.js"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let (stdin, stdout) = (child.stdin.take()?, BufReader::new(child.stdout.take()?));
        Some(Self {
            child,
            stdin,
            stdout,
        })
    }

    fn ask(&mut self, operation: &str, question: &[u8]) -> Vec<u8> {
        writeln!(self.stdin, "{operation} {}", STANDARD.encode(question)).unwrap();
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        STANDARD.decode(line.trim_end()).unwrap()
    }
}

impl Implementation for Web {
    fn name(&self) -> &'static str {
        "web build"
    }

    fn decide(&mut self, call: &[u8]) -> Vec<u8> {
        self.ask("decide", call)
    }

    fn validate_settings(&mut self, settings: &[u8]) -> Vec<u8> {
        self.ask("validateSettings", settings)
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
