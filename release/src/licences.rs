//! `release licences`: THIRD-PARTY.md, the licences of what is linked into a part. MIT, BSD and Apache-2.0 ask for
//! them in binaries too.

use alloc::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::output;
use crate::packages::{self, Id, Package, Part};

/// The file's name in everything that is released
pub(crate) const FILE: &str = "THIRD-PARTY.md";

/// Standard texts, for packages that name a licence and contain none
const MIT: &str = include_str!("../licences/MIT.txt");
const BSD_3_CLAUSE: &str = include_str!("../licences/BSD-3-Clause.txt");
const APACHE_2: &str = include_str!("../../LICENSE");

/// Arguments of `release licences`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The target of the program; without it, the licences are those of the npm package
    #[arg(long, value_name = "TRIPLE")]
    target: Option<String>,
    /// The file
    #[arg(long, short, value_name = "FILE", default_value = FILE)]
    output: PathBuf,
}

/// Runs the command.
pub(crate) fn run(args: &Args) -> Result<()> {
    let document = match &args.target {
        Some(target) => of_program(target)?,
        None => of_npm()?,
    };
    output::write(&args.output, document.as_bytes())
}

/// The licences of a program for a target, with those of the modules in it.
///
/// # Errors
///
/// A package has a licence whose text is nowhere.
pub(crate) fn of_program(target: &str) -> Result<String> {
    document(&[
        Part::Program(target.to_owned()),
        Part::Module,
        Part::Wasi,
        Part::Floor,
    ])
}

/// The licences of the npm package.
///
/// # Errors
///
/// As for [`of_program`].
pub(crate) fn of_npm() -> Result<String> {
    document(&[Part::Web])
}

fn document(parts: &[Part]) -> Result<String> {
    let mut packages: BTreeMap<Id, Package> = BTreeMap::new();
    for part in parts {
        let (_, of_part) = packages::of(part)?;
        packages.extend(of_part);
    }
    packages.retain(|_, package| package.is_foreign());
    let mut texts = Texts::read(&packages)?;
    if parts.iter().any(|part| part.target().ends_with("-musl")) {
        let text = MIT.replace("{authors}", "2005-2020 Rich Felker, et al.");
        texts.add("musl", &text);
    }
    texts.add("the Rust standard library", APACHE_2);

    let mut document = "# Third-party software\n\n\
        Countersign contains these packages of others, each under one of the licences that it offers.\n\n\
        | package | version | licence |\n| --- | --- | --- |\n"
        .to_owned();
    for package in packages.values() {
        let (name, version, licence) = (&package.name, &package.version, &package.licence);
        document.push_str(&format!("| {name} | {version} | {licence} |\n"));
    }
    document.push_str(
        "\nThe Rust standard library is linked as well: MIT OR Apache-2.0, by the Rust project's contributors.\n",
    );
    for (text, users) in texts.sorted() {
        let users: Vec<_> = users.iter().map(String::as_str).collect();
        document.push_str(&format!("\n## {}\n\n", users.join(", ")));
        // Four blanks, so that no text can end its block.
        for line in text.lines() {
            let line = line.trim_end();
            document.push_str(if line.is_empty() { "" } else { "    " });
            document.push_str(line);
            document.push('\n');
        }
    }
    Ok(document)
}

/// Texts of licences, each once, with who is under them
#[derive(Debug, Default)]
struct Texts {
    /// By the words of the text, which differ less often than its lines
    by_words: BTreeMap<String, (String, BTreeSet<String>)>,
}

impl Texts {
    /// Reads the texts of packages.
    fn read(packages: &BTreeMap<Id, Package>) -> Result<Self> {
        let mut texts = Self::default();
        let mut without = Vec::new();
        // A text with the exception is complete for all packages under the same expression.
        let mut with_exception: Option<String> = None;
        for package in packages.values() {
            let own = own_texts(package)?;
            if own.is_empty() {
                without.push(package);
            }
            for text in own {
                if package.licence == LLVM && with_exception.is_none() {
                    with_exception = Some(text.clone());
                }
                texts.add(&user(package), &text);
            }
        }
        for package in without {
            let text = standard(package, with_exception.as_deref()).with_context(|| {
                format!(
                    "{} contains no text of its licence, {}",
                    user(package),
                    package.licence
                )
            })?;
            texts.add(&user(package), &text);
        }
        Ok(texts)
    }

    fn add(&mut self, user: &str, text: &str) {
        let words: Vec<_> = text.split_whitespace().collect();
        let (_, users) = self
            .by_words
            .entry(words.join(" "))
            .or_insert_with(|| (text.trim_matches(['\r', '\n']).to_owned(), BTreeSet::new()));
        users.insert(user.to_owned());
    }

    /// In the order of their first users
    fn sorted(self) -> Vec<(String, BTreeSet<String>)> {
        let mut texts: Vec<_> = self.by_words.into_values().collect();
        texts.sort_by(|(a, a_users), (b, b_users)| (a_users, a).cmp(&(b_users, b)));
        texts
    }
}

const LLVM: &str = "Apache-2.0 WITH LLVM-exception";

fn user(package: &Package) -> String {
    format!("{} {}", package.name, package.version)
}

/// The texts in the folder of a package, sorted by the names of their files.
fn own_texts(package: &Package) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    for name in output::names(&package.folder)? {
        let path = package.folder.join(&name);
        if is_licence(&name) && path.is_file() {
            let bytes = output::read(&path)?;
            texts.push(String::from_utf8_lossy(&bytes).into_owned());
        }
    }
    Ok(texts)
}

fn is_licence(file: &str) -> bool {
    let file = file.to_ascii_lowercase();
    ["license", "licence", "copying", "copyright", "notice", "unlicense"]
        .iter()
        .any(|name| file.starts_with(name))
        // Sources may be called like that.
        && ![".rs", ".html"].iter().any(|end| file.ends_with(end))
}

/// The text of a licence that a package names and does not contain.
fn standard(package: &Package, with_exception: Option<&str>) -> Option<String> {
    let alternatives: Vec<_> = package.licence.split(" OR ").collect();
    if alternatives.contains(&"Apache-2.0") {
        return Some(APACHE_2.to_owned());
    }
    if package.licence == LLVM {
        return with_exception.map(str::to_owned);
    }
    let authors = if package.authors.is_empty() {
        format!("the authors of {}", package.name)
    } else {
        let names = package.authors.iter().map(|author| {
            let name = author.split('<').next().unwrap_or(author);
            name.trim()
        });
        names.collect::<Vec<_>>().join(", ")
    };
    let text = match *alternatives.first()? {
        "MIT" => MIT,
        "BSD-3-Clause" => BSD_3_CLAUSE,
        _ => return None,
    };
    Some(text.replace("{authors}", &authors))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, licence: &str, folder: PathBuf) -> (Id, Package) {
        let version = "1.0.0".to_owned();
        let package = Package {
            name: name.to_owned(),
            version: version.clone(),
            licence: licence.to_owned(),
            authors: vec!["Ann <ann@example.com>".into(), "Bob".into()],
            repository: None,
            folder,
            checksum: Some(String::new()),
            dependencies: BTreeSet::new(),
        };
        ((name.to_owned(), version), package)
    }

    #[test]
    fn a_text_stands_once_with_all_its_users() {
        let folder = tempfile::tempdir().unwrap();
        let with = |name: &str, text: &str| {
            let folder = folder.path().join(name);
            output::write(&folder.join("LICENSE-MIT"), text.as_bytes()).unwrap();
            output::write(&folder.join("license.rs"), b"fn main() {}").unwrap();
            package(name, "MIT", folder)
        };
        let packages = BTreeMap::from([
            with("a", "One  text\r\nof two lines\n"),
            with("b", "Another"),
            with("c", "One text of\ntwo lines"),
        ]);
        let texts = Texts::read(&packages).unwrap().sorted();
        let users: Vec<Vec<_>> = texts
            .iter()
            .map(|(_, users)| users.iter().map(String::as_str).collect())
            .collect();
        assert_eq!(users, [vec!["a 1.0.0", "c 1.0.0"], vec!["b 1.0.0"]]);
    }

    #[test]
    fn a_package_without_a_text_gets_the_standard_one_or_stops_the_release() {
        let folder = tempfile::tempdir().unwrap();
        let text = |licence: &str| {
            let packages = BTreeMap::from([package("a", licence, folder.path().to_owned())]);
            let texts = Texts::read(&packages);
            texts.map(|texts| texts.sorted().remove(0).0)
        };
        let mit = text("MIT").unwrap();
        assert!(mit.contains("Copyright (c) Ann, Bob\n"), "{mit}");
        assert!(!mit.contains("{authors}"), "{mit}");
        assert!(text("BSD-3-Clause").unwrap().contains("Ann, Bob"));
        assert!(text("MIT OR Apache-2.0").unwrap().contains("Version 2.0"));
        let error = text("Zlib").unwrap_err().to_string();
        assert_eq!(error, "a 1.0.0 contains no text of its licence, Zlib");
        // Only another package's text has the exception.
        assert!(text(LLVM).is_err());
    }
}
