//! `release archive`: the program for one target, with its licences, completions and manual pages.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use clap_mangen::Man;
use policy_wasm::time::Time;

use crate::tarball::{self, EXECUTABLE, PLAIN, Tarball};
use crate::{VERSION, epoch, licences, output, packages};

/// Targets for which there is an archive
pub(crate) const TARGETS: [&str; 4] = [
    "aarch64-apple-darwin",
    "aarch64-unknown-linux-musl",
    "x86_64-apple-darwin",
    "x86_64-unknown-linux-musl",
];

/// The shells, and what each calls its file
const COMPLETIONS: [(&str, &str); 4] = [
    ("bash", "countersign.bash"),
    ("fish", "countersign.fish"),
    ("powershell", "countersign.ps1"),
    ("zsh", "_countersign"),
];

/// Arguments of `release archive`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The program, which this machine can run
    #[arg(long, value_name = "FILE")]
    program: PathBuf,
    /// The target that it was built for
    #[arg(long, value_name = "TRIPLE", value_parser = TARGETS)]
    target: String,
    /// The folder for the archive
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let time = epoch::read()?;
    let program = std::path::absolute(&args.program)?;
    // The number alone: the long form names the module too.
    let version = stdout(&program, &["-V"])?;
    ensure!(
        version.trim_end() == format!("countersign {VERSION}"),
        "the program is `{}`, expected version {VERSION}",
        version.trim_end()
    );
    let mut files: Vec<(String, u32, Vec<u8>)> = vec![
        ("countersign".into(), EXECUTABLE, output::read(&program)?),
        (
            licences::FILE.into(),
            PLAIN,
            licences::of_program(&args.target)?.into_bytes(),
        ),
    ];
    for name in ["LICENSE", "README.md", "CHANGELOG.md"] {
        let content = output::read(&packages::root().join(name))?;
        files.push((name.into(), PLAIN, content));
    }
    for (shell, name) in COMPLETIONS {
        let script = stdout(&program, &["completions", shell])?;
        files.push((format!("completions/{name}"), PLAIN, script.into_bytes()));
    }
    for (name, page) in pages(time)? {
        files.push((format!("man/{name}"), PLAIN, page));
    }
    let folder = name(&args.target);
    let mut tarball = Tarball::default();
    for (path, mode, content) in files {
        tarball.add(&format!("{folder}/{path}"), mode, content);
    }
    let archive = tarball::gzip(&tarball.to_tar(time)?)?;
    let path = args.output.join(format!("{folder}.tar.gz"));
    output::write(&path, &archive)?;
    output::line(&path.display().to_string());
    Ok(())
}

/// The name of the folder in an archive, and of the archive without its ending
pub(crate) fn name(target: &str) -> String {
    format!("countersign-v{VERSION}-{target}")
}

fn stdout(program: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .with_context(|| format!("cannot run `{}`", program.display()))?;
    ensure!(
        output.status.success(),
        "`{} {}` failed",
        program.display(),
        arguments.join(" ")
    );
    Ok(String::from_utf8(output.stdout)?)
}

/// The manual pages: of the program and of every command, `countersign-attest-sign.1` and the like.
fn pages(time: Time) -> Result<Vec<(String, Vec<u8>)>> {
    let date = time.to_string();
    let date = date.split('T').next().unwrap_or_default();
    let mut command = host_runner::cli::command()
        // The long form is for people who compare modules.
        .long_version(None)
        .disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    let mut open = vec![command];
    while let Some(command) = open.pop() {
        let below = command.get_subcommands().filter(|one| !one.is_hide_set());
        open.extend(below.cloned());
        let man = Man::new(command)
            .date(date)
            .source(format!("countersign {VERSION}"))
            .manual("Countersign");
        let mut page = Vec::new();
        man.render(&mut page)?;
        pages.push((man.get_filename(), page));
    }
    pages.sort();
    Ok(pages)
}

/// Checks an archive, and returns the program in it.
///
/// # Errors
///
/// It is not as [`run`] writes one.
pub(crate) fn check(path: &Path, target: &str, time: Time) -> Result<Vec<u8>> {
    let tar = tarball::gunzip(&output::read(path)?)?;
    let folder = name(target);
    let mut expected: Vec<String> = [
        "CHANGELOG.md",
        "LICENSE",
        "README.md",
        licences::FILE,
        "countersign",
    ]
    .map(str::to_owned)
    .into();
    expected.extend(COMPLETIONS.map(|(_, name)| format!("completions/{name}")));
    for (name, _) in pages(time)? {
        expected.push(format!("man/{name}"));
    }
    expected.sort();
    let entries = tarball::read(&tar, time)?;
    let files: Vec<_> = entries
        .iter()
        .filter(|entry| !entry.path.ends_with('/'))
        .collect();
    for file in &files {
        let path = file.path.strip_prefix(&format!("{folder}/"));
        let path = path.with_context(|| format!("`{}` is not in `{folder}`", file.path))?;
        let mode = if path == "countersign" {
            EXECUTABLE
        } else {
            PLAIN
        };
        ensure!(file.mode == mode, "`{path}` has mode {:o}", file.mode);
        ensure!(!file.content.is_empty(), "`{path}` is empty");
        let position = expected.iter().position(|expected| expected == path);
        expected.remove(position.with_context(|| format!("unexpected file `{path}`"))?);
    }
    ensure!(expected.is_empty(), "missing: {}", expected.join(", "));
    let program = format!("{folder}/countersign");
    let program = entries.into_iter().find(|entry| entry.path == program);
    Ok(program.context("no program")?.content)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::REPOSITORY;

    /// `cargo binstall` finds the archives by templates in the program's manifest.
    #[test]
    fn binstall_finds_every_archive_and_the_program_in_it() {
        let manifest = packages::root().join("host-runner/Cargo.toml");
        let manifest = output::read_text(&manifest).unwrap();
        let template = |key: &str| {
            let value = manifest.lines().find_map(|line| line.strip_prefix(key));
            value.unwrap().trim_start_matches(" = ").replace('"', "")
        };
        for target in TARGETS {
            let filled = |key: &str| {
                template(key)
                    .replace("{ repo }", REPOSITORY)
                    .replace("{ version }", VERSION)
                    .replace("{ target }", target)
                    .replace("{ bin }", "countersign")
            };
            let name = name(target);
            assert_eq!(
                filled("pkg-url"),
                format!("{REPOSITORY}/releases/download/v{VERSION}/{name}.tar.gz")
            );
            assert_eq!(filled("bin-dir"), format!("{name}/countersign"));
            assert_eq!(filled("pkg-fmt"), "tgz");
        }
    }

    #[test]
    fn every_command_has_a_manual_page_with_its_examples() {
        let time = Time::from_unix(1_700_000_000).unwrap();
        let pages = pages(time).unwrap();
        let names: Vec<_> = pages.iter().map(|(name, _)| name.as_str()).collect();
        for name in [
            "countersign.1",
            "countersign-attest.1",
            "countersign-attest-sign.1",
            "countersign-lint.1",
        ] {
            assert!(names.contains(&name), "{names:?}");
        }
        assert!(!names.iter().any(|name| name.contains("help")), "{names:?}");
        for (name, page) in &pages {
            let page = String::from_utf8(page.clone()).unwrap();
            let title = name.trim_end_matches(".1");
            assert!(
                page.contains(&format!(
                    ".TH {title} 1 2023-11-14 \"countersign {VERSION}\""
                )),
                "{name}: {page}"
            );
            assert!(
                name == "countersign.1" || page.contains("Examples"),
                "{name}: {page}"
            );
            assert!(!page.contains("module sha256:"), "{name}");
        }
    }
}
