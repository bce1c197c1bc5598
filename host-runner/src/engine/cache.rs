//! Compiled modules, kept from one run to the next. Compiling takes longer than most answers.
//!
//! The cache contains machine code, and a modified entry could run any code as the user. So an entry is used only
//! if its file belongs to the user, is not writable by others, and is complete; otherwise the module is compiled
//! without the cache.

use core::hash::{Hash as _, Hasher as _};
use std::hash::DefaultHasher;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::{env, fs, process};

use sha2::{Digest as _, Sha256};
use wasmtime::Module;

use crate::files::{self, Readers};

/// A folder of compiled modules
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// The user's number
    owner: u32,
}

/// Modules of earlier versions are of no use, and each takes some megabytes.
const MAX_FILES: usize = 8;

/// No module that is worth keeping compiles to more.
const MAX_BYTES: u64 = 256 << 20;

const DIGEST_BYTES: usize = 32;

impl Cache {
    /// The cache of the current user: `countersign` in `$XDG_CACHE_HOME`, else in `$HOME/.cache`. `None` if there is
    /// no such directory, or if others can write to it.
    #[must_use]
    pub fn of_user() -> Option<Self> {
        let absolute = |path: PathBuf| path.is_absolute().then_some(path);
        let path = |variable| env::var_os(variable).map(PathBuf::from).and_then(absolute);
        let caches = path("XDG_CACHE_HOME").or_else(|| Some(path("HOME")?.join(".cache")))?;
        fs::create_dir_all(&caches).ok()?;
        Self::at(&caches.join("countersign"))
    }

    /// A cache in this folder, which is made if it is not there. None where others could write to it.
    #[must_use]
    pub fn at(folder: &Path) -> Option<Self> {
        create_private(folder).ok()?;
        let owner = user(folder).ok()?;
        let metadata = fs::symlink_metadata(folder).ok()?;
        let is_ours = metadata.is_dir() && is_private(&metadata, owner);
        is_ours.then(|| Self {
            folder: folder.to_owned(),
            owner,
        })
    }

    /// The module that these bytes compile to, if it has been kept for this very engine.
    pub(super) fn load(&self, engine: &wasmtime::Engine, bytes: &[u8]) -> Option<Module> {
        let kept = self.read(&self.file(engine, bytes)).ok()?;
        let (digest, code) = kept.split_at_checked(DIGEST_BYTES)?;
        if Sha256::digest(code).as_slice() != digest {
            return None;
        }
        #[expect(
            unsafe_code,
            reason = "machine code that this user has put here, whole; the engine refuses what \
                      another version or configuration of it has compiled"
        )]
        unsafe {
            Module::deserialize(engine, code).ok()
        }
    }

    /// Keeps a compiled module. Nothing is lost where that fails.
    pub(super) fn keep(&self, engine: &wasmtime::Engine, bytes: &[u8], module: &Module) {
        let Ok(code) = module.serialize() else {
            return;
        };
        let mut content = Sha256::digest(&code).to_vec();
        content.extend(code);
        let _ = files::replace(&self.file(engine, bytes), &content, Readers::Owner);
        let _ = self.tidy();
    }

    /// Named after the module and the engine.
    fn file(&self, engine: &wasmtime::Engine, bytes: &[u8]) -> PathBuf {
        let mut hasher = DefaultHasher::new();
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let module = policy_wasm::digest::Digest::of(bytes).as_name();
        let name = format!("{module}-{:016x}.compiled", hasher.finish());
        self.folder.join(name)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let file = fs::File::open(path)?;
        // Of the file that was opened, whatever the name means by now.
        let metadata = file.metadata()?;
        if !metadata.is_file() || !is_private(&metadata, self.owner) {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let mut content = Vec::new();
        file.take(MAX_BYTES).read_to_end(&mut content)?;
        Ok(content)
    }

    /// Removes what is oldest of more files than are of use.
    fn tidy(&self) -> io::Result<()> {
        let mut kept = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            kept.push((entry.metadata()?.modified()?, entry.path()));
        }
        kept.sort();
        let surplus = kept.len().saturating_sub(MAX_FILES);
        kept.iter()
            .take(surplus)
            .try_for_each(|(_, path)| fs::remove_file(path))
    }
}

/// The id of the current user: the owner of newly created files.
#[cfg(unix)]
fn user(folder: &Path) -> io::Result<u32> {
    use std::os::unix::fs::MetadataExt as _;

    let probe = folder.join(format!("{}.probe", process::id()));
    files::create(&probe, b"", Readers::Owner)?;
    let user = fs::symlink_metadata(&probe).map(|metadata| metadata.uid());
    fs::remove_file(&probe)?;
    user
}

#[cfg(unix)]
fn create_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;

    match fs::DirBuilder::new().mode(0o700).create(folder) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

/// Whether a file belongs to the user and is not writable by others.
#[cfg(unix)]
fn is_private(metadata: &fs::Metadata, owner: u32) -> bool {
    use std::os::unix::fs::MetadataExt as _;

    metadata.uid() == owner && metadata.mode() & 0o022 == 0
}

/// Without file permissions, nothing is cached.
#[cfg(not(unix))]
fn user(_: &Path) -> io::Result<u32> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
fn create_private(_: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

#[cfg(not(unix))]
fn is_private(_: &fs::Metadata, _: u32) -> bool {
    false
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const MODULE: &[u8] = b"(module (func (export \"_start\")))";

    /// A cache with one module in it, and the file that has it.
    fn kept() -> (tempfile::TempDir, Cache, wasmtime::Engine, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let cache = Cache::at(&folder.path().join("cache")).unwrap();
        let engine = wasmtime::Engine::default();
        let module = Module::new(&engine, wat::parse_bytes(MODULE).unwrap()).unwrap();
        cache.keep(&engine, MODULE, &module);
        let file = cache.file(&engine, MODULE);
        assert!(cache.load(&engine, MODULE).is_some());
        (folder, cache, engine, file)
    }

    #[test]
    fn what_was_kept_is_for_this_module_and_this_engine_only() {
        let (_folder, cache, engine, file) = kept();
        assert!(cache.load(&engine, b"(module)").is_none());
        let mut config = wasmtime::Config::new();
        config.epoch_interruption(true);
        let other = wasmtime::Engine::new(&config).unwrap();
        assert!(cache.load(&other, MODULE).is_none());
        // Under the name of the other engine it is refused by that.
        fs::copy(&file, cache.file(&other, MODULE)).unwrap();
        assert!(cache.load(&other, MODULE).is_none());
    }

    #[test]
    fn what_is_not_whole_is_not_taken() {
        let (_folder, cache, engine, file) = kept();
        let whole = fs::read(&file).unwrap();
        let mut flipped = whole.clone();
        *flipped.last_mut().unwrap() ^= 1;
        for damaged in [&[][..], &whole[..whole.len() / 2], &flipped] {
            fs::write(&file, damaged).unwrap();
            assert!(cache.load(&engine, MODULE).is_none());
        }
        fs::write(&file, &whole).unwrap();
        assert!(cache.load(&engine, MODULE).is_some());
    }

    #[test]
    fn what_others_could_have_written_is_not_taken() {
        let (_folder, cache, engine, file) = kept();
        for mode in [0o620, 0o602, 0o666] {
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            assert!(cache.load(&engine, MODULE).is_none(), "{mode:o}");
        }
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(cache.load(&engine, MODULE).is_some());
        let other = Cache {
            folder: cache.folder.clone(),
            owner: cache.owner.wrapping_add(1),
        };
        assert!(other.load(&engine, MODULE).is_none(), "of another user");
    }

    #[test]
    fn a_folder_that_others_can_write_to_is_no_cache() {
        let folder = tempfile::tempdir().unwrap();
        for mode in [0o770, 0o707, 0o1777] {
            let open = folder.path().join(format!("{mode:o}"));
            fs::create_dir(&open).unwrap();
            fs::set_permissions(&open, fs::Permissions::from_mode(mode)).unwrap();
            assert!(Cache::at(&open).is_none(), "{mode:o}");
        }
        let cache = folder.path().join("cache");
        assert!(Cache::at(&cache).is_some());
        let mode = fs::metadata(&cache).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let link = folder.path().join("link");
        std::os::unix::fs::symlink(&cache, &link).unwrap();
        assert!(Cache::at(&link).is_none(), "a link");
        assert!(Cache::at(&folder.path().join("a/b")).is_none(), "nowhere");
    }

    #[test]
    fn only_the_newest_are_kept() {
        let (_folder, cache, engine, _) = kept();
        for index in 0..MAX_FILES {
            let module = format!("(module (memory {index}))");
            let compiled = Module::new(&engine, wat::parse_str(&module).unwrap()).unwrap();
            cache.keep(&engine, module.as_bytes(), &compiled);
        }
        assert_eq!(fs::read_dir(&cache.folder).unwrap().count(), MAX_FILES);
        let newest = format!("(module (memory {}))", MAX_FILES - 1);
        assert!(cache.load(&engine, newest.as_bytes()).is_some());
    }
}
