//! The files that a path stands for: itself, or what lies below a folder, and never what lies beside it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{InputError, is_stdin};
use crate::terminal::shown;

/// The files of a path
#[derive(Debug)]
pub struct Walk {
    /// Itself, or every YAML and JSON file below it, sorted
    pub files: Vec<PathBuf>,
    /// Skipped files and directories, sorted
    pub skipped: Vec<Skipped>,
    /// Whether the files were found below a folder, and not named by the user
    pub is_folder: bool,
}

/// Something below a folder that was not looked into
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Why
    pub why: Why,
    /// The path
    pub path: PathBuf,
}

/// Why a file or folder is skipped
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// A link to a file outside, whose lines must not appear in a log
    LinkOutside,
    /// A link to a directory outside
    FolderOutside,
    /// Belongs to a tool, such as `.git`
    ToolFolder,
    /// A template of a Helm chart: no manifest before it is rendered
    HelmTemplate,
    /// Its documents say no kind, such as the values of a chart
    WithoutKind,
}

/// Folders of tools: version control and downloaded packages
const TOOL_FOLDERS: &[&str] = &[".git", ".hg", ".svn", ".terraform", "node_modules"];

/// Says by its name that its folder is a Helm chart
const CHART: &str = "Chart.yaml";

/// Finds the files that a path stands for.
///
/// # Errors
///
/// A folder cannot be read, or has no YAML or JSON file.
pub fn walk(path: &Path) -> Result<Walk, InputError> {
    let mut walk = Walk {
        files: Vec::new(),
        skipped: Vec::new(),
        is_folder: !is_stdin(path) && path.is_dir(),
    };
    if !walk.is_folder {
        walk.files.push(path.to_owned());
        return Ok(walk);
    }
    let root = fs::canonicalize(path).map_err(|cause| unreadable(path, cause))?;
    let mut folders = vec![(path.to_owned(), false)];
    while let Some((folder, in_templates)) = folders.pop() {
        let is_chart = folder.join(CHART).is_file();
        for entry in fs::read_dir(&folder).map_err(|cause| unreadable(&folder, cause))? {
            let entry = entry.map_err(|cause| unreadable(&folder, cause))?;
            let path = entry.path();
            let kind = entry.file_type().ok();
            // Links to folders could lead in circles, and a pipe would never end.
            if kind.is_some_and(|kind| kind.is_dir()) {
                let name = entry.file_name();
                if TOOL_FOLDERS.iter().any(|known| name == *known) {
                    walk.skip(path, Why::ToolFolder);
                } else {
                    folders.push((path, in_templates || (is_chart && name == "templates")));
                }
                continue;
            }
            let is_link = kind.is_some_and(|kind| kind.is_symlink());
            let is_outside =
                is_link && !fs::canonicalize(&path).is_ok_and(|path| path.starts_with(&root));
            if is_outside && path.is_dir() {
                walk.skip(path, Why::FolderOutside);
            } else if is_document(&path) && path.is_file() {
                if is_outside {
                    walk.skip(path, Why::LinkOutside);
                } else if in_templates && has_actions(&path) {
                    walk.skip(path, Why::HelmTemplate);
                } else {
                    walk.files.push(path);
                }
            }
        }
    }
    if walk.files.is_empty() && walk.skipped.is_empty() {
        return Err(InputError::EmptyFolder(shown(path)));
    }
    walk.files.sort();
    walk.skipped.sort();
    Ok(walk)
}

/// Whether a path leads to something in a folder, links followed.
pub(crate) fn is_below(path: &Path, folder: &Path) -> bool {
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    match (fs::canonicalize(path), fs::canonicalize(folder)) {
        (Ok(path), Ok(folder)) => path.starts_with(folder),
        _ => false,
    }
}

/// The files that a path stands for, for whom what is skipped does not matter.
///
/// # Errors
///
/// A folder cannot be read, or has no YAML or JSON file.
pub fn files(path: &Path) -> Result<Vec<PathBuf>, InputError> {
    walk(path).map(|walk| walk.files)
}

impl Walk {
    fn skip(&mut self, path: PathBuf, why: Why) {
        self.skipped.push(Skipped { why, path });
    }
}

fn unreadable(path: &Path, cause: io::Error) -> InputError {
    InputError::Read {
        path: shown(path),
        cause,
    }
}

/// Whether a walk takes a file of this name for a document.
pub(crate) fn is_document(path: &Path) -> bool {
    let ending = path.extension();
    ending.is_some_and(|ending| ["yaml", "yml", "json"].iter().any(|known| ending == *known))
}

/// Whether a file has actions of a template. One without is what it says, and cannot hide as one.
fn has_actions(path: &Path) -> bool {
    let content = fs::read(path).unwrap_or_default();
    content.windows(2).any(|pair| pair == b"{{")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "kind: Pod\n").unwrap();
        }
        folder
    }

    fn names(folder: &Path, paths: impl IntoIterator<Item = PathBuf>) -> Vec<String> {
        let names = paths.into_iter().map(|path| {
            let path = path.strip_prefix(folder).unwrap();
            path.to_str().unwrap().to_owned()
        });
        names.collect()
    }

    fn skipped(folder: &Path, walk: Walk) -> Vec<(Why, String)> {
        let all = walk.skipped.into_iter();
        all.map(|one| {
            let [name] = <[String; 1]>::try_from(names(folder, [one.path])).unwrap();
            (one.why, name)
        })
        .collect()
    }

    #[test]
    fn folders_of_tools_are_skipped_and_named() {
        let folder = folder(&[
            "a.yaml",
            "b/c.yml",
            "b/readme.md",
            ".git/refs/heads/x.yaml",
            "web/node_modules/p/package.json",
            ".github/workflows/ci.yml",
        ]);
        let walk = walk(folder.path()).unwrap();
        assert!(walk.is_folder);
        assert_eq!(
            names(folder.path(), walk.files.clone()),
            [".github/workflows/ci.yml", "a.yaml", "b/c.yml"]
        );
        assert_eq!(
            skipped(folder.path(), walk),
            [
                (Why::ToolFolder, ".git".to_owned()),
                (Why::ToolFolder, "web/node_modules".to_owned())
            ]
        );
    }

    #[test]
    fn a_template_of_a_chart_is_skipped_and_a_plain_manifest_beside_it_is_not() {
        let folder = folder(&[
            "web/Chart.yaml",
            "web/values.yaml",
            "web/templates/plain.yaml",
            "web/templates/deep/pod.yaml",
            "templates/pod.yaml",
        ]);
        for path in ["web/templates/deep/pod.yaml", "templates/pod.yaml"] {
            fs::write(folder.path().join(path), "image: {{ .Values.image }}\n").unwrap();
        }
        let walk = walk(folder.path()).unwrap();
        assert_eq!(
            names(folder.path(), walk.files.clone()),
            [
                "templates/pod.yaml",
                "web/Chart.yaml",
                "web/templates/plain.yaml",
                "web/values.yaml"
            ]
        );
        assert_eq!(
            skipped(folder.path(), walk),
            [(Why::HelmTemplate, "web/templates/deep/pod.yaml".to_owned())]
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_walk_stays_in_its_folder() {
        use std::os::unix::fs::symlink;
        let outside = folder(&["secret.yaml"]);
        let folder = folder(&["a.yaml", "..data/policy.yaml"]);
        symlink(
            outside.path().join("secret.yaml"),
            folder.path().join("out.yaml"),
        )
        .unwrap();
        symlink("..data/policy.yaml", folder.path().join("policy.yaml")).unwrap();
        // The walk finds the files in `..data` without following this link.
        symlink("..data", folder.path().join("inside")).unwrap();
        symlink(outside.path(), folder.path().join("folder")).unwrap();
        symlink("nowhere.yaml", folder.path().join("broken.yaml")).unwrap();
        let found = walk(folder.path()).unwrap();
        assert_eq!(
            names(folder.path(), found.files.clone()),
            ["..data/policy.yaml", "a.yaml", "policy.yaml"]
        );
        assert_eq!(
            skipped(folder.path(), found),
            [
                (Why::LinkOutside, "out.yaml".to_owned()),
                (Why::FolderOutside, "folder".to_owned()),
            ]
        );
        // A link that the user names is what the user means.
        let named = walk(&folder.path().join("out.yaml")).unwrap();
        assert!(!named.is_folder && named.skipped.is_empty());
    }
}
