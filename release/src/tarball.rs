//! Archives whose bytes depend on their content alone: `ustar`, sorted by name, owned by 0, with one time for
//! all entries; gzip without name and time.

use alloc::collections::BTreeMap;
use std::io::Write as _;

use anyhow::{Context as _, Result, ensure};
use flate2::{Compression, GzBuilder};
use policy_wasm::time::Time;
use tar::{Builder, EntryType, Header};

/// Mode of programs and folders
pub(crate) const EXECUTABLE: u32 = 0o755;
/// Mode of all other files
pub(crate) const PLAIN: u32 = 0o644;

/// The content of an archive, by path
#[derive(Debug, Default)]
pub(crate) struct Tarball {
    /// `None` is a folder
    entries: BTreeMap<String, (u32, Option<Vec<u8>>)>,
}

impl Tarball {
    /// Adds a file, and every folder above it.
    pub(crate) fn add(&mut self, path: &str, mode: u32, content: Vec<u8>) {
        for (end, _) in path.match_indices('/') {
            if let Some(folder) = path.get(..=end) {
                self.entries.insert(folder.to_owned(), (EXECUTABLE, None));
            }
        }
        self.entries.insert(path.to_owned(), (mode, Some(content)));
    }

    /// Writes the archive, not compressed.
    pub(crate) fn to_tar(&self, time: Time) -> Result<Vec<u8>> {
        let mut builder = Builder::new(Vec::new());
        for (path, (mode, content)) in &self.entries {
            let content = content.as_deref();
            let mut header = Header::new_ustar();
            header
                .set_path(path)
                .with_context(|| format!("`{path}` cannot be a path in an archive"))?;
            header.set_entry_type(match content {
                Some(_) => EntryType::Regular,
                None => EntryType::Directory,
            });
            header.set_mode(*mode);
            header.set_uid(0);
            header.set_gid(0);
            header.set_mtime(time.as_unix());
            let content = content.unwrap_or_default();
            header.set_size(u64::try_from(content.len())?);
            header.set_cksum();
            builder.append(&header, content)?;
        }
        Ok(builder.into_inner()?)
    }
}

/// Compresses with gzip.
pub(crate) fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzBuilder::new()
        .mtime(0)
        .write(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// An entry of an archive, as it was read
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Path, with `/` at its end if it is a folder
    pub(crate) path: String,
    pub(crate) mode: u32,
    pub(crate) content: Vec<u8>,
}

/// Reads an archive and checks what holds of each that is written here.
///
/// # Errors
///
/// It is no archive, or not as [`Tarball`] writes one.
pub(crate) fn read(tar: &[u8], time: Time) -> Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut archive = tar::Archive::new(tar);
    for entry in archive.entries()? {
        let mut entry = entry?;
        let path = String::from_utf8(entry.path_bytes().into_owned())?;
        let header = entry.header();
        ensure!(
            header.as_ustar().is_some(),
            "`{path}` is not in ustar format"
        );
        ensure!(
            header.uid()? == 0 && header.gid()? == 0,
            "`{path}` is not owned by 0"
        );
        ensure!(
            header.mtime()? == time.as_unix(),
            "`{path}` does not have the time of the release"
        );
        let mode = header.mode()?;
        ensure!(
            [EXECUTABLE, PLAIN].contains(&mode),
            "`{path}` has mode {mode:o}"
        );
        let kind = header.entry_type();
        ensure!(
            kind == EntryType::Regular || (kind == EntryType::Directory && path.ends_with('/')),
            "`{path}` is neither a file nor a folder"
        );
        if let Some(last) = entries.last() {
            ensure!(last.path < path, "`{path}` is not in order");
        }
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut content)?;
        entries.push(Entry {
            path,
            mode,
            content,
        });
    }
    Ok(entries)
}

/// The files of an archive that somebody else has written.
///
/// # Errors
///
/// It is no archive, or a path leads out of it.
pub(crate) fn read_any(tar: &[u8]) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for entry in tar::Archive::new(tar).entries()? {
        let mut entry = entry?;
        let path = String::from_utf8(entry.path_bytes().into_owned())?;
        ensure!(
            !path.starts_with('/') && path.split('/').all(|part| part != ".."),
            "`{path}` leads out of the archive"
        );
        if entry.header().entry_type() == EntryType::Regular {
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut content)?;
            files.push((path, content));
        }
    }
    Ok(files)
}

/// Decompresses what [`gzip`] wrote.
///
/// # Errors
///
/// It is not gzip, or its header has a time or a name.
pub(crate) fn gunzip(bytes: &[u8]) -> Result<Vec<u8>> {
    // Magic number, deflate, no flags, no time (RFC 1952, section 2.3).
    ensure!(
        bytes.starts_with(&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0]),
        "it is not gzip without name and time"
    );
    let mut content = Vec::new();
    std::io::Read::read_to_end(&mut flate2::read::GzDecoder::new(bytes), &mut content)?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_archive_is_the_same_in_whatever_order_it_is_made() {
        let time = Time::from_unix(1_700_000_000).unwrap();
        let mut one = Tarball::default();
        one.add("a/program", EXECUTABLE, b"#!".to_vec());
        one.add("a/b/text", PLAIN, b"text".to_vec());
        let mut other = Tarball::default();
        other.add("a/b/text", PLAIN, b"text".to_vec());
        other.add("a/program", EXECUTABLE, b"#!".to_vec());
        let tar = one.to_tar(time).unwrap();
        assert_eq!(tar, other.to_tar(time).unwrap());
        let compressed = gzip(&tar).unwrap();
        assert_eq!(gunzip(&compressed).unwrap(), tar);
        let entries = read(&tar, time).unwrap();
        let paths: Vec<_> = entries
            .iter()
            .map(|entry| (entry.path.as_str(), entry.mode))
            .collect();
        assert_eq!(
            paths,
            [
                ("a/", 0o755),
                ("a/b/", 0o755),
                ("a/b/text", 0o644),
                ("a/program", 0o755)
            ]
        );
        let later = Time::from_unix(1_700_000_001).unwrap();
        assert!(read(&tar, later).is_err());
    }
}
