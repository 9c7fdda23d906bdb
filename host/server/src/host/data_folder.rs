//! The folder of everything a host keeps: for its owner alone, and for one host
//! at a time.

use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::HostError;

/// Longest file that is read as a secret, in bytes.
const LONGEST_SECRET: u64 = 4096;

/// An open data folder. While it lives, no other host can open the folder.
#[derive(Debug)]
pub(crate) struct DataFolder {
    path: PathBuf,
    /// Held for its lock, which the system takes away with the process.
    lock: File,
}

impl DataFolder {
    /// Makes the folder if need be, closes it to others, and locks it.
    ///
    /// # Errors
    /// [`HostError::InUse`] when a host is running on it.
    pub(crate) fn open(path: &Path) -> Result<Self, HostError> {
        let failed = |source| HostError::DataFolder { folder: path.to_owned(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(failed)?;
        std::fs::set_permissions(path, Permissions::from_mode(0o700)).map_err(failed)?;
        let lock = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(path.join("lock"))
            .map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), lock }),
            Err(TryLockError::WouldBlock) => Err(HostError::InUse { folder: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }

    /// The path of something in the folder.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }
}

impl Drop for DataFolder {
    fn drop(&mut self) {
        // Closing the file alone would leave the lock to a child process that is being started at this
        // moment and has a copy of it. What cannot be given back goes with the process.
        let _ = self.lock.unlock();
    }
}

/// The 32 secret bytes in a file; made when there is no such file. For what can be
/// made anew without loss.
///
/// # Errors
/// [`HostError::Secret`] when others than the owner may read it, or it is not 32
/// bytes long.
pub(crate) fn secret_key(file: &Path) -> Result<[u8; 32], HostError> {
    if file.exists() {
        return existing_key(file);
    }
    let new = file.with_extension("new");
    let secret = make_secret(&new)?;
    replace_secret(&new, file)?;
    Ok(secret)
}

/// The 32 secret bytes in a file.
///
/// # Errors
/// [`HostError::Secret`], also when there is no such file.
pub(crate) fn existing_key(file: &Path) -> Result<[u8; 32], HostError> {
    read_secret(file)?
        .try_into()
        .map_err(|_| unusable(file, io::Error::new(io::ErrorKind::InvalidData, "it has not 32 bytes")))
}

/// The contents of a file that only its owner may read.
///
/// # Errors
/// [`HostError::Secret`].
pub(crate) fn read_secret(file: &Path) -> Result<Vec<u8>, HostError> {
    let read = || {
        let opened = File::open(file)?;
        let mode = opened.metadata()?.mode() & 0o777;
        if mode & 0o077 != 0 {
            let why = format!("others may read it (mode {mode:03o}); make it 600");
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, why));
        }
        let mut bytes = Vec::new();
        opened.take(LONGEST_SECRET).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|source| unusable(file, source))
}

fn unusable(file: &Path, source: io::Error) -> HostError {
    HostError::Secret { file: file.to_owned(), source }
}

/// Makes a secret of 32 bytes from the system's randomness in a file of its own.
///
/// # Errors
/// [`HostError::Secret`].
pub(crate) fn make_secret(file: &Path) -> Result<[u8; 32], HostError> {
    let make = || {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(io::Error::other)?;
        let mut new = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(file)?;
        new.set_permissions(Permissions::from_mode(0o600))?;
        new.write_all(&secret)?;
        new.sync_all()?;
        sync_folder(file)?;
        Ok(secret)
    };
    make().map_err(|source| unusable(file, source))
}

/// Moves a secret into the place of another one, so that a crash leaves one or the
/// other, and then overwrites the other one.
///
/// # Errors
/// [`HostError::Secret`].
pub(crate) fn replace_secret(new: &Path, file: &Path) -> Result<(), HostError> {
    let replace = || {
        // Without a name after the move, and so opened before it.
        let old = match OpenOptions::new().write(true).open(file) {
            Ok(old) => Some(old),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        std::fs::rename(new, file)?;
        sync_folder(file)?;
        let Some(mut old) = old else { return Ok(()) };
        let length = usize::try_from(old.metadata()?.len().min(LONGEST_SECRET)).unwrap_or_default();
        old.write_all(&vec![0; length])?;
        old.sync_all()
    };
    replace().map_err(|source| unusable(file, source))
}

fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().mode() & 0o777
    }

    #[test]
    fn a_folder_is_for_its_owner_alone_and_for_one_host() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("a/data");
        let folder = DataFolder::open(&path).unwrap();
        assert_eq!(mode(&path), 0o700);
        assert!(matches!(DataFolder::open(&path), Err(HostError::InUse { .. })));
        drop(folder);
        DataFolder::open(&path).unwrap();
    }

    #[test]
    fn a_secret_is_for_its_owner_and_refused_when_others_may_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("receipt.key");
        let secret = make_secret(&file).unwrap();
        assert_eq!(mode(&file), 0o600);
        assert_eq!(existing_key(&file).unwrap(), secret);
        assert_ne!(secret, [0; 32]);

        std::fs::set_permissions(&file, Permissions::from_mode(0o640)).unwrap();
        let refused = existing_key(&file).unwrap_err();
        assert!(creditgate_gate::chain(&refused).contains("mode 640"), "{refused}");

        std::fs::set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        std::fs::write(&file, "short").unwrap();
        assert!(matches!(existing_key(&file), Err(HostError::Secret { .. })));
    }

    #[test]
    fn a_secret_that_is_replaced_is_destroyed() {
        let folder = tempfile::tempdir().unwrap();
        let (file, new) = (folder.path().join("receipt.key"), folder.path().join("receipt.new"));
        make_secret(&file).unwrap();
        // A second name, to see what becomes of the bytes.
        let second = folder.path().join("second");
        std::fs::hard_link(&file, &second).unwrap();
        let secret = make_secret(&new).unwrap();
        replace_secret(&new, &file).unwrap();
        assert_eq!(existing_key(&file).unwrap(), secret);
        assert_eq!(std::fs::read(&second).unwrap(), [0; 32]);
        assert!(!new.exists());
    }
}
