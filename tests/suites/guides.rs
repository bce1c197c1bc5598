//! The guides in `docs/`: every command in them is run, and prints what they say.
//!
//! | block | is |
//! | --- | --- |
//! | `sh`, `sh exit=1` | run, with `countersign` in the path, in a folder of the guide's own |
//! | `text` after it | what it prints; `…` is any text, and on a line of its own any lines |
//! | `yaml file=NAME` | written to that file |
//! | `console` | for a cluster or a registry, and not run |

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../src/process.rs"]
#[expect(
    unreachable_pub,
    dead_code,
    reason = "the other suites have it from a library"
)]
#[expect(clippy::print_stderr, reason = "what is not run is said")]
mod process;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A fenced block of a guide
struct Block {
    line: usize,
    /// What stands behind the fence
    info: String,
    text: String,
}

fn folder() -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    root.join("docs")
}

#[test]
fn the_walk_through_does_what_it_says() {
    let commands = follow("walkthrough.md");
    assert!(commands >= 15, "{commands} blocks");
}

#[test]
fn the_operators_guide_does_what_it_says() {
    follow("operator.md");
}

#[test]
fn the_policy_creators_guide_does_what_it_says() {
    follow("policy-creator.md");
}

#[test]
fn the_attestors_guide_does_what_it_says() {
    follow("attestor.md");
}

#[test]
fn the_deployers_guide_does_what_it_says() {
    follow("deployer.md");
}

#[test]
fn every_guide_is_followed_here_and_every_link_leads_somewhere() {
    let source = include_str!("guides.rs");
    for entry in fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let is_run = blocks(&text)
            .iter()
            .any(|block| block.info.starts_with("sh"));
        assert!(
            !is_run || source.contains(&format!("follow(\"{name}\")")),
            "{name}"
        );
        for link in text
            .split("](")
            .skip(1)
            .filter_map(|rest| rest.split(')').next())
        {
            let target = link.split('#').next().unwrap();
            let is_there = target.is_empty() || folder().join(target).exists();
            assert!(link.starts_with("https://") || is_there, "{name}: {link}");
        }
    }
}

/// Runs a guide from its first block to its last in one shell; returns how many there were.
fn follow(name: &str) -> usize {
    let text = fs::read_to_string(folder().join(name)).unwrap();
    let blocks = blocks(&text);
    let needs_openssl = |block: &Block| is_command(block) && block.text.contains("openssl ");
    if blocks.iter().any(needs_openssl) && !process::can_run("openssl", "version") {
        return 0;
    }
    let work = tempfile::tempdir().unwrap();
    let logs = tempfile::tempdir().unwrap();
    let log = |index: usize| logs.path().join(index.to_string());
    // The status of a block is that of its last command that failed.
    let mut script = "trap 'status=$?' ERR\n".to_owned();
    for (index, block) in blocks.iter().enumerate() {
        if let Some(file) = block
            .info
            .split(' ')
            .find_map(|word| word.strip_prefix("file="))
        {
            let text = &block.text;
            script.push_str(&format!(
                "mkdir -p \"$(dirname {file})\"\ncat >{file} <<'EOF'\n{text}EOF\n"
            ));
        } else if is_command(block) {
            let (text, log) = (&block.text, log(index).display().to_string());
            script.push_str(&format!(
                "status=0\n{{\n{text}}} </dev/null >{log} 2>&1\necho \"exit status $status\" >>{log}\n"
            ));
        }
    }
    let program = Path::new(env!("CARGO_BIN_EXE_countersign"));
    let path = std::env::var("PATH").unwrap_or_default();
    let run = Command::new("bash")
        .arg("-c")
        .arg(&script)
        .current_dir(work.path())
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"))
        .env(
            "PATH",
            format!("{}:{path}", program.parent().unwrap().display()),
        )
        .output()
        .unwrap();
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );

    let commands = blocks
        .iter()
        .enumerate()
        .filter(|(_, block)| is_command(block));
    for (index, block) in commands.clone() {
        let printed = fs::read_to_string(log(index)).unwrap();
        let status = block.info.strip_prefix("sh exit=").unwrap_or("0");
        let expected = match blocks.get(index.saturating_add(1)) {
            Some(next) if next.info == "text" => next.text.clone(),
            _ => "…\n".to_owned(),
        };
        let expected = format!("{expected}exit status {status}\n");
        let [wanted, got] = [&expected, &printed].map(|text| text.lines().collect::<Vec<_>>());
        assert!(
            matches(&wanted, &got),
            "docs/{name}:{}\n{}\n--- expected\n{expected}\n--- printed\n{printed}",
            block.line,
            block.text
        );
    }
    commands.count()
}

fn is_command(block: &Block) -> bool {
    block.info == "sh" || block.info.starts_with("sh exit=")
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in text.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(info), None) => {
                open = Some(Block {
                    line: index.saturating_add(1),
                    info: info.to_owned(),
                    text: String::new(),
                });
            }
            (Some(_), Some(_)) => blocks.extend(open.take()),
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a block is not closed");
    blocks
}

/// Whether lines are as expected.
fn matches(expected: &[&str], printed: &[&str]) -> bool {
    match (expected.split_first(), printed.split_first()) {
        (None, rest) => rest.is_none(),
        (Some((&"…", rest)), _) => {
            let tails = (0..=printed.len()).filter_map(|skip| printed.get(skip..));
            { tails }.any(|tail| matches(rest, tail))
        }
        (Some(_), None) => false,
        (Some((line, rest)), Some((own, others))) => is_like(line, own) && matches(rest, others),
    }
}

/// The same for one line.
fn is_like(expected: &str, printed: &str) -> bool {
    let mut parts = expected.split('…');
    let Some(mut rest) = printed.strip_prefix(parts.next().unwrap_or_default()) else {
        return false;
    };
    let parts: Vec<_> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[test]
fn an_ellipsis_is_any_text_or_any_lines_and_nothing_else_is() {
    let check = |expected: &str, printed: &str| {
        let [expected, printed] = [expected, printed].map(|text| text.lines().collect::<Vec<_>>());
        matches(&expected, &printed)
    };
    for (expected, printed) in [
        ("a\n…\nd", "a\nb\nc\nd"),
        ("a\n…\nb", "a\nb"),
        ("key `…` of …", "key `x` of y"),
        ("…", ""),
    ] {
        assert!(check(expected, printed), "{expected}");
    }
    for (expected, printed) in [
        ("a", "b"),
        ("a…c", "abcd"),
        ("a", "a\nb"),
        ("a\nb", "a"),
        ("a…b…c", "ac"),
    ] {
        assert!(!check(expected, printed), "{expected}");
    }
}
