//! Other programs that a test runs.

use std::process::Command;

/// Runs a command that must succeed, and returns what it printed.
#[track_caller]
pub fn stdout(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Whether a program is there. Where it is not, that is said, and it is an error where
/// `COUNTERSIGN_REQUIRE_TOOLS` is set.
pub fn can_run(program: &str, version: &str) -> bool {
    let is_there = Command::new(program).arg(version).output().is_ok();
    if !is_there {
        assert!(
            std::env::var_os("COUNTERSIGN_REQUIRE_TOOLS").is_none(),
            "COUNTERSIGN_REQUIRE_TOOLS is set, and `{program}` cannot be run"
        );
        eprintln!("NOT RUN: `{program}` cannot be run");
    }
    is_there
}
