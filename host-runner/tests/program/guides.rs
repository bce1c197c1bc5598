//! README.md, `docs/` and the pages of `policies/`: every command in them runs and prints what they say, every link
//! leads somewhere, and `docs/messages.md` lists every code.
//!
//! | block | is |
//! | --- | --- |
//! | `sh`, `sh exit=1` | run with `countersign` in the path, in a folder with a link to `policies/`; for a page of `policies/`, in a copy of its folder |
//! | `text` after it | its output; `…` is any text, and on a line of its own any lines |
//! | `yaml file=NAME` | written to that file |
//! | `console` | for a cluster or a registry, and not run |

mod messages;

use std::fs;
use std::path::Path;
use std::process::Command;

use core_tests::process;

/// A fenced block of a guide
struct Block {
    line: usize,
    /// Text after the fence
    info: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

#[test]
fn the_commands_of_the_readme_print_what_it_says() {
    let commands = follow("README.md");
    assert!(commands >= 1, "{commands} blocks");
    let lines = fs::read_to_string(root().join("README.md")).unwrap();
    let lines = lines.lines().count();
    assert!(
        lines <= README_LINES,
        "{lines} lines; details belong in docs/"
    );
}

/// A reader decides in two minutes whether to read on.
const README_LINES: usize = 150;

#[test]
fn the_readme_shows_the_denial_that_a_deployer_reads() {
    let fixture = "policies/pipeline/fixtures/production-not-promoted.yaml";
    let mut evaluate = Command::new(env!("CARGO_BIN_EXE_countersign"));
    evaluate
        .args([
            "evaluate",
            "--settings",
            "policies/pipeline/policy.yaml",
            fixture,
        ])
        .args(["--format", "admission-review"])
        .current_dir(root())
        .env("XDG_CACHE_HOME", env!("CARGO_TARGET_TMPDIR"));
    let review = evaluate.output().unwrap().stdout;
    let review: serde_json::Value = serde_json::from_slice(&review).unwrap();
    let message = review[0]["response"]["status"]["message"].as_str().unwrap();
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    assert!(
        readme.contains(&format!("```text\n{message}\n```")),
        "{message}"
    );
}

#[test]
fn the_walk_through_does_what_it_says() {
    let commands = follow("docs/walkthrough.md");
    assert!(commands >= 15, "{commands} blocks");
}

#[test]
fn the_operators_guide_does_what_it_says() {
    follow("docs/operator.md");
}

#[test]
fn the_policy_creators_guide_does_what_it_says() {
    follow("docs/policy-creator.md");
}

#[test]
fn the_attestors_guide_does_what_it_says() {
    follow("docs/attestor.md");
}

#[test]
fn the_audit_log_is_queried_as_the_page_says() {
    if process::can_run("jq", "--version") {
        follow("docs/audit-annotations.md");
    }
}

#[test]
fn the_deployers_guide_does_what_it_says() {
    follow("docs/deployer.md");
}

#[test]
fn the_reference_does_what_it_says() {
    follow("docs/checks.md");
    follow("docs/commands.md");
    follow("docs/suites.md");
}

#[test]
fn the_pages_of_the_policies_do_what_they_say() {
    let pages = pages();
    let policies = pages.iter().filter(|page| page.starts_with("policies/"));
    for page in policies {
        follow(page);
    }
}

#[test]
fn every_command_is_in_the_tables_of_commands() {
    let help = process::stdout(Command::new(env!("CARGO_BIN_EXE_countersign")).arg("help"));
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let (commands, _) = commands.split_once("\n\n").unwrap();
    // Descriptions go on in lines that are indented further.
    let commands = commands.lines().filter_map(|line| {
        let line = line.strip_prefix("  ")?;
        (!line.starts_with(' ')).then(|| line.split(' ').next())?
    });
    for command in commands.filter(|command| *command != "help") {
        for page in ["README.md", "docs/commands.md", "docs/exit-status.md"] {
            let text = fs::read_to_string(root().join(page)).unwrap();
            assert!(text.contains(&format!("`{command}")), "{page}: {command}");
        }
    }
}

#[test]
fn every_page_with_commands_is_followed_here() {
    let source = include_str!("guides.rs");
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        let is_run = blocks(&text).iter().any(is_command);
        let is_followed =
            page.starts_with("policies/") || source.contains(&format!("follow(\"{page}\")"));
        assert!(!is_run || is_followed, "{page}");
    }
}

#[test]
fn every_link_leads_to_a_file_and_a_heading() {
    for page in pages() {
        let path = root().join(&page);
        let text = fs::read_to_string(&path).unwrap();
        for link in links(&text) {
            if link.starts_with("https://") {
                continue;
            }
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let target = match file {
                "" => path.clone(),
                file => path.parent().unwrap().join(file),
            };
            assert!(target.exists(), "{page}: {link}");
            let has_heading = heading.is_empty() || {
                let text = fs::read_to_string(&target).unwrap();
                anchors(&text).iter().any(|anchor| anchor == heading)
            };
            assert!(has_heading, "{page}: {link}");
        }
    }
}

#[test]
fn every_file_that_a_page_names_is_there() {
    let folders = [
        "docs/",
        "host-runner/",
        "policies/",
        "policy-",
        "release/",
        "tests/",
    ];
    let mut count = 0_usize;
    for page in pages() {
        let text = fs::read_to_string(root().join(&page)).unwrap();
        let prose = text.split("\n```").step_by(2);
        let names = prose.flat_map(|prose| prose.split('`').skip(1).step_by(2));
        for name in names.filter(|name| folders.iter().any(|folder| name.starts_with(folder))) {
            let is_path = name.contains('/') && !name.contains([' ', '*', '<']);
            assert!(!is_path || root().join(name).exists(), "{page}: {name}");
            count = count.saturating_add(usize::from(is_path));
        }
    }
    assert!(count > 50, "{count} names");
}

/// Every page for people, relative to the root, sorted.
fn pages() -> Vec<String> {
    let mut pages = vec!["tests/fuzz/README.md".to_owned()];
    let policies = fs::read_dir(root().join("policies")).unwrap();
    let policies = policies.map(|entry| entry.unwrap().path());
    for folder in [root().to_owned(), root().join("docs")]
        .into_iter()
        .chain(policies.filter(|path| path.is_dir()))
    {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                let page = path.strip_prefix(root()).unwrap();
                pages.push(page.to_str().unwrap().to_owned());
            }
        }
    }
    pages.sort();
    pages
}

/// The targets of all links.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
}

/// The anchors of all headings, as GitHub makes them.
fn anchors(text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut anchors = Vec::new();
    for line in text.lines() {
        is_code ^= line.starts_with("```");
        if let Some((level, title)) = line.split_once(' ')
            && !is_code
            && !level.is_empty()
            && level.bytes().all(|byte| byte == b'#')
        {
            let kept = title.chars().filter_map(|character| match character {
                ' ' => Some('-'),
                '-' | '_' => Some(character),
                _ => character.is_alphanumeric().then_some(character),
            });
            anchors.push(kept.collect::<String>().to_lowercase());
        }
    }
    anchors
}

/// Runs the blocks of a page in one shell, and returns their number.
fn follow(page: &str) -> usize {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let blocks = blocks(&text);
    let needs_openssl = |block: &Block| {
        is_command(block)
            && ["openssl ", "/sign"]
                .iter()
                .any(|word| block.text.contains(word))
    };
    if blocks.iter().any(needs_openssl) && !process::can_run("openssl", "version") {
        return 0;
    }
    let work = tempfile::tempdir().unwrap();
    let is_of_policies = page.starts_with("policies/");
    let (policies, seen) = (root().join("policies"), work.path().join("policies"));
    if is_of_policies {
        let copy = Command::new("cp")
            .arg("-R")
            .args([&policies, &seen])
            .status();
        assert!(copy.unwrap().success());
    } else {
        // Commands about the current folder do not follow links.
        std::os::unix::fs::symlink(policies, seen).unwrap();
    }
    let folder = Path::new(page).parent().filter(|_| is_of_policies);
    let folder = folder.unwrap_or_else(|| Path::new(""));
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
        .current_dir(work.path().join(folder))
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
            "{page}:{}\n{}\n--- expected\n{expected}\n--- printed\n{printed}",
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

/// Whether one line is as expected.
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
