//! The cache of compiled components: a folder only this host's user can enter.
//!
//! A file is named after the component's digest and what it must have in common
//! with the engine, and starts with the SHA-256 of the rest. One that does not
//! fit its hash, or that the engine does not take, counts as absent and is
//! replaced.

use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::digest::Digest;

const HASH_BYTES: usize = 32;
/// Readable, writable and enterable by the owner alone.
const OWNER_ONLY: u32 = 0o700;

/// Keeps compiled components.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    compatibility: String,
}

impl Cache {
    /// Opens the folder, making it if need be.
    ///
    /// # Errors
    ///
    /// It cannot be made, or not be made private.
    pub(crate) fn open(folder: &Path, compatibility: &str) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(OWNER_ONLY).create(folder)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(OWNER_ONLY))?;
        Ok(Self { folder: folder.to_owned(), compatibility: compatibility.to_owned() })
    }

    fn path(&self, digest: &Digest) -> PathBuf {
        self.folder.join(format!("{}-{}.cwasm", digest.hex(), self.compatibility))
    }

    /// The compiled component, if it is there and whole.
    pub(crate) fn get(&self, engine: &Engine, digest: &Digest) -> Option<Component> {
        let path = self.path(digest);
        let file = fs::read(&path).ok()?;
        let compiled = whole(&file)?;
        match deserialize(engine, compiled) {
            Ok(component) => Some(component),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "a compiled plug-in in the cache does not load");
                None
            }
        }
    }

    /// Keeps a compiled component. Failing costs only time at the next start,
    /// so it is a warning.
    pub(crate) fn put(&self, digest: &Digest, component: &Component) {
        let path = self.path(digest);
        let kept = component
            .serialize()
            .map_err(|error| error.to_string())
            .and_then(|compiled| self.write(&path, &compiled).map_err(|error| error.to_string()));
        if let Err(error) = kept {
            tracing::warn!(path = %path.display(), error, "cannot keep a compiled plug-in");
        }
    }

    /// Writes aside and renames, so that no reader ever sees half a file.
    fn write(&self, path: &Path, compiled: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(&Sha256::digest(compiled))?;
        file.write_all(compiled)?;
        file.as_file().sync_data()?;
        file.persist(path)?;
        Ok(())
    }
}

/// The compiled component in a cache file, if the hash before it is its hash.
fn whole(file: &[u8]) -> Option<&[u8]> {
    let (hash, compiled) = file.split_at_checked(HASH_BYTES)?;
    (Sha256::digest(compiled).as_slice() == hash).then_some(compiled)
}

#[expect(unsafe_code, reason = "the engine cannot check native code; who wrote it is checked instead")]
fn deserialize(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `deserialize` runs its input as native code, so the input must be
    // what `Component::serialize` of this very engine version gave. It comes
    // from a file in a folder that only the host's own user may enter (mode
    // 0700, set when the cache is opened), is written by `put` and nobody else,
    // and matches the hash written with it. Nothing a user uploads gets there.
    // The engine itself checks version, target and settings in the header.
    unsafe { Component::deserialize(engine, compiled) }
}
