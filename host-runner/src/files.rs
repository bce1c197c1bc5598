//! Writes files whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::terminal::shown;

/// Permissions of a new file
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Only the owner, if the system has file permissions
    Owner,
    /// The default permissions
    Anyone,
}

/// Creates a file.
///
/// # Errors
///
/// Something of this name is there already, or the file cannot be written.
pub(crate) fn create(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    let file = new_file(path, readers)?;
    fill(file, content).inspect_err(|_| discard(path))
}

/// Replaces or creates a file atomically: concurrent readers see the old or the new content. Links stay links, and
/// permissions are kept; `readers` is for a new file.
///
/// # Errors
///
/// The file may not be changed, or its folder not be written to. The old one is still there.
pub(crate) fn replace(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    match Draft::of(path, content, readers)? {
        Some(draft) => draft.put(),
        None => Ok(()),
    }
}

/// Creates or replaces several files, or none.
///
/// # Errors
///
/// The first file that cannot be written; without `replaces`, also one that is there already.
pub(crate) fn write_all(
    contents: &[(&Path, &[u8])],
    replaces: bool,
) -> Result<(), (PathBuf, io::Error)> {
    if !replaces {
        for (index, (path, content)) in contents.iter().enumerate() {
            create(path, content, Readers::Anyone)
                .inspect_err(|_| {
                    let before = contents.iter().take(index);
                    before.for_each(|(path, _)| discard(path));
                })
                .map_err(|error| (path.to_path_buf(), error))?;
        }
        return Ok(());
    }
    let mut drafts = Vec::new();
    for (path, content) in contents {
        drafts.push(
            Draft::of(path, content, Readers::Anyone)
                .map_err(|error| (path.to_path_buf(), error))?,
        );
    }
    for (draft, (path, _)) in drafts.into_iter().zip(contents) {
        draft
            .map_or(Ok(()), Draft::put)
            .map_err(|error| (path.to_path_buf(), error))?;
    }
    Ok(())
}

/// The new content of a file, beside it until it is put in its place
struct Draft {
    draft: PathBuf,
    target: PathBuf,
}

impl Draft {
    /// `None` for a pipe or a device, which takes what is written, and stays.
    fn of(path: &Path, content: &[u8], readers: Readers) -> io::Result<Option<Self>> {
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let old = fs::metadata(&target).ok();
        if old.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        if old.as_ref().is_some_and(|old| !old.is_file()) {
            let mut file = OpenOptions::new().write(true).open(path)?;
            file.write_all(content)?;
            return Ok(None);
        }
        let permissions = old.map(|old| old.permissions());
        // Renaming would not ask.
        if permissions.as_ref().is_some_and(fs::Permissions::readonly) {
            let message = "it is read-only";
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, message));
        }
        let readers = match permissions {
            // Until it has those of the old one
            Some(_) => Readers::Owner,
            None => readers,
        };
        let (file, draft) = draft_beside(&target, readers)?;
        let draft = Self { draft, target };
        if let Some(permissions) = permissions {
            file.set_permissions(permissions)?;
        }
        fill(file, content)?;
        Ok(Some(draft))
    }

    fn put(self) -> io::Result<()> {
        fs::rename(&self.draft, &self.target)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After it was put in its place, nothing of this name is left.
        discard(&self.draft);
    }
}

/// Refuses to write where something is read: a report in the place of a policy would be the end of it.
///
/// # Errors
///
/// An output holds a private key, is one of the inputs, or lies in a folder of theirs and is no report of an earlier run.
pub(crate) fn refuse_inputs<'p>(
    outputs: impl IntoIterator<Item = &'p Path>,
    inputs: impl IntoIterator<Item = &'p Path>,
) -> Result<(), Overwrites> {
    let inputs: Vec<_> = inputs.into_iter().filter(|path| !is_stdio(path)).collect();
    for output in outputs.into_iter().filter(|path| !is_stdio(path)) {
        if has_private_key(output) {
            return Err(Overwrites::PrivateKey(shown(output)));
        }
        for input in &inputs {
            if is_same(output, input) {
                return Err(Overwrites::Input(shown(output)));
            }
            if input.is_dir() && is_read_below(output, input) {
                return Err(Overwrites::Below(shown(output), shown(input)));
            }
        }
    }
    Ok(())
}

/// Why an output cannot be written
#[derive(Debug, thiserror::Error)]
pub(crate) enum Overwrites {
    #[error("`{0}` is an input, which is never overwritten")]
    Input(String),
    #[error("`{0}` is in the input `{1}` and not a report; write to another file")]
    Below(String, String),
    #[error("`{0}` contains a private key, which is never overwritten")]
    PrivateKey(String),
}

/// Whether a file has a line that begins a private key in PEM. There may be no other copy.
fn has_private_key(file: &Path) -> bool {
    if !file.is_file() {
        return false;
    }
    let mut content = Vec::new();
    let read = File::open(file).and_then(|file| file.take(MAX_KEY_FILE).read_to_end(&mut content));
    let content = String::from_utf8_lossy(&content);
    let mut lines = content.lines().map(str::trim);
    read.is_ok()
        && lines.any(|line| line.starts_with("-----BEGIN ") && line.ends_with("PRIVATE KEY-----"))
}

/// Files of keys are far shorter.
const MAX_KEY_FILE: u64 = 1 << 20;

fn is_stdio(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Whether two paths are one file, however they are spelled and linked.
pub(crate) fn is_same(one: &Path, other: &Path) -> bool {
    let (Ok(one_file), Ok(other_file)) = (fs::metadata(one), fs::metadata(other)) else {
        return place(one).is_some_and(|place_of_one| Some(place_of_one) == place(other));
    };
    if !one_file.is_file() || !other_file.is_file() {
        return false;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let identity = |file: &fs::Metadata| (file.dev(), file.ino());
        if identity(&one_file) == identity(&other_file) {
            return true;
        }
    }
    matches!((fs::canonicalize(one), fs::canonicalize(other)), (Ok(one), Ok(other)) if one == other)
}

/// The path of a file that may not exist yet, by its folder.
fn place(file: &Path) -> Option<PathBuf> {
    let folder = match file.parent()? {
        folder if folder.as_os_str().is_empty() => Path::new("."),
        folder => folder,
    };
    Some(fs::canonicalize(folder).ok()?.join(file.file_name()?))
}

/// Whether a file would be found by a walk of a folder, or belongs to an image layout, and is no output of ours.
fn is_read_below(file: &Path, folder: &Path) -> bool {
    let is_below = match (fs::canonicalize(file), fs::canonicalize(folder)) {
        (Ok(file), Ok(folder)) => file.starts_with(folder),
        _ => false,
    };
    let is_layout = folder.join("oci-layout").is_file();
    let is_read = is_layout || crate::inputs::is_document(file);
    is_below && file.is_file() && is_read && !is_output(file)
}

/// Whether a file is a report or a recording of an earlier run.
fn is_output(file: &Path) -> bool {
    let mut head = Vec::new();
    let read = File::open(file).and_then(|file| file.take(HEAD).read_to_end(&mut head));
    let head = String::from_utf8_lossy(&head);
    let is_report =
        head.starts_with('{') && head.contains("countersign.dev/v1") && head.contains("Report\"");
    let is_sarif = head.starts_with('{') && head.contains("sarif-2.1.0.json");
    read.is_ok()
        && (head.is_empty() || is_report || is_sarif || head.starts_with("- type: Exchange"))
}

/// Length of the beginning of an output that identifies its format
const HEAD: u64 = 1024;

/// Removes temporary files of crashed runs.
const MAX_DRAFTS: u32 = 100;

/// A new file in the folder of another: renaming replaces only within one file system.
fn draft_beside(target: &Path, readers: Readers) -> io::Result<(File, PathBuf)> {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let process = std::process::id();
    let mut taken = None;
    for number in 0..MAX_DRAFTS {
        let draft = target.with_file_name(format!(".{name}.{process}-{number}.tmp"));
        match new_file(&draft, readers) {
            Ok(file) => return Ok((file, draft)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = Some(error),
            Err(error) => return Err(error),
        }
    }
    Err(taken.unwrap_or_else(|| io::ErrorKind::AlreadyExists.into()))
}

fn new_file(path: &Path, readers: Readers) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if readers == Readers::Owner {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

fn fill(mut file: File, content: &[u8]) -> io::Result<()> {
    file.write_all(content)?;
    // Else a crash could leave the new name with nothing behind it.
    file.sync_all()
}

/// Takes away what is not whole; the error that made it so is the one to report.
fn discard(path: &Path) {
    let _ = fs::remove_file(path);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_is_there_is_never_created_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key.pem");
        create(&path, b"old", Readers::Anyone).unwrap();
        let error = create(&path, b"new", Readers::Anyone).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"old");
    }

    #[test]
    fn a_replaced_file_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        for content in ["first", "second"] {
            replace(&path, content.as_bytes(), Readers::Anyone).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
            assert_eq!(names(folder.path()), ["a.yaml"]);
        }
        // A folder cannot be replaced by a file.
        let blocked = folder.path().join("blocked");
        fs::create_dir(&blocked).unwrap();
        fs::write(blocked.join("x"), "").unwrap();
        assert!(replace(&blocked, b"x", Readers::Anyone).is_err());
        assert_eq!(names(folder.path()), ["a.yaml", "blocked"]);
    }

    #[test]
    fn several_files_are_written_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("folder")).unwrap();
        let (first, blocked) = (at("first"), at("folder"));
        let contents = [(first.as_path(), &b"new"[..]), (&blocked, b"new")];
        for replaces in [false, true] {
            let (path, _) = write_all(&contents, replaces).unwrap_err();
            assert_eq!(path, blocked);
            assert_eq!(names(folder.path()), ["folder"]);
        }
        fs::remove_dir(&blocked).unwrap();
        fs::write(&first, "old").unwrap();
        assert!(write_all(&contents, false).is_err());
        assert_eq!(fs::read(&first).unwrap(), b"old");
        write_all(&contents, true).unwrap();
        assert_eq!(names(folder.path()), ["first", "folder"]);
        assert_eq!(fs::read(&first).unwrap(), b"new");
    }

    #[test]
    fn a_draft_that_a_crash_left_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder
            .path()
            .join(format!(".a.yaml.{}-0.tmp", std::process::id()));
        fs::write(&left, "half").unwrap();
        replace(&folder.path().join("a.yaml"), b"whole", Readers::Anyone).unwrap();
        assert_eq!(fs::read_to_string(&left).unwrap(), "half");
    }

    #[test]
    fn an_output_never_replaces_an_input() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for (name, text) in [
            ("policy.yaml", "policy: {}\n"),
            (
                "l.json",
                "{\n  \"apiVersion\": \"countersign.dev/v1\",\n  \"kind\": \"LintReport\"\n}\n",
            ),
            ("record.yaml", "- type: Exchange\n"),
            ("notes.txt", "x"),
        ] {
            fs::write(at(name), text).unwrap();
        }
        fs::hard_link(at("policy.yaml"), at("hard.yaml")).unwrap();
        let refused = |output: &str, input: &Path| {
            refuse_inputs([at(output).as_path()], [Path::new("-"), input]).is_err()
        };
        for output in ["policy.yaml", "./policy.yaml", "hard.yaml"] {
            assert!(refused(output, &at("policy.yaml")), "{output}");
            assert!(refused(output, folder.path()), "{output}");
        }
        for output in ["new.yaml", "l.json", "record.yaml", "notes.txt"] {
            assert!(!refused(output, &at("policy.yaml")), "{output}");
            assert!(!refused(output, folder.path()), "{output}");
        }
        assert!(refused("l.json", &at("l.json")), "a report that is named");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_and_links_stay() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        create(&path, b"old", Readers::Owner).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&path, &link).unwrap();
        replace(&link, b"new", Readers::Anyone).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(mode(&path), 0o640);

        fs::set_permissions(&path, fs::Permissions::from_mode(0o440)).unwrap();
        let error = replace(&path, b"newer", Readers::Anyone).unwrap_err();
        assert_eq!(error.to_string(), "it is read-only");
        assert_eq!(fs::read(&path).unwrap(), b"new");
    }
}
