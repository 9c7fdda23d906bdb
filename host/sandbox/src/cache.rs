//! The cache of compiled components: a folder only this host's user can enter.
//!
//! A file is named after the component's digest and what it must have in common
//! with the engine, and starts with an HMAC-SHA-256 over its name and the rest,
//! made with a key of this host alone. So neither a file that was changed, nor one
//! that was put in the place of another, nor one that somebody else compiled is
//! ever run: it counts as absent, is named in the log and replaced.

use std::fmt;
use std::fs::{self, DirBuilder};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::digest::Digest;

const SEAL_BYTES: usize = 32;
/// Of SHA-256.
const BLOCK_BYTES: usize = 64;
/// Readable, writable and enterable by the owner alone.
const OWNER_ONLY: u32 = 0o700;

/// Where compiled components are kept, and with which key they are sealed.
#[derive(Clone)]
pub struct CacheOptions {
    /// The folder.
    pub folder: PathBuf,
    /// 32 random bytes that nobody but this host knows. With another key
    /// everything is compiled anew.
    pub key: [u8; 32],
}

impl fmt::Debug for CacheOptions {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CacheOptions").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// Keeps compiled components.
#[derive(Debug)]
pub(crate) struct Cache {
    options: CacheOptions,
    compatibility: String,
}

impl Cache {
    /// Opens the folder, making it if need be.
    ///
    /// # Errors
    ///
    /// It cannot be made, or not be made private.
    pub(crate) fn open(options: &CacheOptions, compatibility: &str) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(OWNER_ONLY).create(&options.folder)?;
        fs::set_permissions(&options.folder, fs::Permissions::from_mode(OWNER_ONLY))?;
        Ok(Self { options: options.clone(), compatibility: compatibility.to_owned() })
    }

    fn name(&self, digest: &Digest) -> String {
        format!("{}-{}.cwasm", digest.hex(), self.compatibility)
    }

    /// Over everything that has to be as it was written.
    fn seal(&self, name: &str, compiled: &[u8]) -> Hmac<Sha256> {
        // A key is as long as a block of the hash, with nothing behind it.
        let mut block = [0; BLOCK_BYTES];
        block[..self.options.key.len()].copy_from_slice(&self.options.key);
        let mut seal = Hmac::new(&block.into());
        seal.update(&(name.len() as u64).to_le_bytes());
        seal.update(name.as_bytes());
        seal.update(compiled);
        seal
    }

    /// The compiled component, if it is there and whole.
    pub(crate) fn get(&self, engine: &Engine, digest: &Digest) -> Option<Component> {
        let name = self.name(digest);
        let path = self.options.folder.join(&name);
        let file = fs::read(&path).ok()?;
        let Some(compiled) = self.sealed(&name, &file) else {
            tracing::warn!(
                path = %path.display(),
                "a compiled plug-in in the cache is not as this host wrote it; it is compiled anew"
            );
            return None;
        };
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
        let name = self.name(digest);
        let path = self.options.folder.join(&name);
        let kept = component
            .serialize()
            .map_err(|error| error.to_string())
            .and_then(|compiled| self.write(&name, &path, &compiled).map_err(|error| error.to_string()));
        if let Err(error) = kept {
            tracing::warn!(path = %path.display(), error, "cannot keep a compiled plug-in");
        }
    }

    /// Writes aside and renames, so that no reader ever sees half a file.
    fn write(&self, name: &str, path: &Path, compiled: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.options.folder)?;
        file.write_all(&self.seal(name, compiled).finalize().into_bytes())?;
        file.write_all(compiled)?;
        file.as_file().sync_data()?;
        file.persist(path)?;
        Ok(())
    }

    /// The compiled component in a cache file, if the seal before it is its seal.
    fn sealed<'f>(&self, name: &str, file: &'f [u8]) -> Option<&'f [u8]> {
        let (seal, compiled) = file.split_at_checked(SEAL_BYTES)?;
        self.seal(name, compiled).verify_slice(seal).ok().map(|()| compiled)
    }
}

#[expect(unsafe_code, reason = "the engine cannot check native code; who wrote it is checked instead")]
fn deserialize(engine: &Engine, compiled: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: `deserialize` runs its input as native code, so the input must be
    // what `Component::serialize` of this very engine version gave. It comes
    // from a file in a folder that only the host's own user may enter (mode
    // 0700, set when the cache is opened), and carries the seal of this host over
    // its name and every byte, so that `put` wrote it for this very component.
    // The engine itself checks version, target and settings in the header.
    unsafe { Component::deserialize(engine, compiled) }
}
