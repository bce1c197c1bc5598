//! Writes files whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Who may read a new file
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Whoever made it, where the system can tell people apart
    Owner,
    /// As files usually are
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

/// Puts a file in the place of another, which may be missing: whoever reads meanwhile finds the old
/// one or the new one. A link stays a link, and permissions stay as they are; `readers` is for a new file.
///
/// # Errors
///
/// The file may not be changed, or its folder not be written to. The old one is still there.
pub(crate) fn replace(path: &Path, content: &[u8], readers: Readers) -> io::Result<()> {
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let permissions = fs::metadata(&target).ok().map(|old| old.permissions());
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
    let written = match permissions {
        Some(permissions) => file.set_permissions(permissions),
        None => Ok(()),
    };
    written
        .and_then(|()| fill(file, content))
        .and_then(|()| fs::rename(&draft, &target))
        .inspect_err(|_| discard(&draft))
}

/// What crashed runs may have left behind.
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
    fn a_draft_that_a_crash_left_is_in_nobodys_way() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder
            .path()
            .join(format!(".a.yaml.{}-0.tmp", std::process::id()));
        fs::write(&left, "half").unwrap();
        replace(&folder.path().join("a.yaml"), b"whole", Readers::Anyone).unwrap();
        assert_eq!(fs::read_to_string(&left).unwrap(), "half");
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
