//! A new file for a secret, for its owner alone.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use super::error::CliError;

/// A new file for a secret; gone again if no secret comes.
pub(super) struct SecretFile<'p> {
    path: &'p Path,
    file: File,
    kept: bool,
}

impl<'p> SecretFile<'p> {
    /// Makes the file. One that is there already is never written over.
    pub(super) fn create(path: &'p Path) -> Result<Self, CliError> {
        let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = created.map_err(CliError::file("create", path))?;
        Ok(Self { path, file, kept: false })
    }

    /// Writes the secret, its line end included, and leaves the file there.
    pub(super) fn keep(mut self, secret: &str) -> Result<&'p Path, CliError> {
        // What was written of a secret that is in use is worth more than no file.
        self.kept = true;
        let written = self.file.write_all(secret.as_bytes()).and_then(|()| self.file.sync_all());
        written.map_err(CliError::file("write", self.path))?;
        Ok(self.path)
    }
}

impl Drop for SecretFile<'_> {
    fn drop(&mut self) {
        if !self.kept {
            // An empty file that stays is in nobody's way but that of the next attempt, which names it.
            let _ = std::fs::remove_file(self.path);
        }
    }
}
