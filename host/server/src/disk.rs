//! The room on the disk of the data folder, and the floor below which nothing
//! large is begun: what is left then is for checks.

use std::io;
use std::path::{Path, PathBuf};

/// The disk of the data folder.
#[derive(Debug, Clone)]
pub(crate) struct Disk {
    folder: PathBuf,
    floor: u64,
}

/// Why something large is not begun.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NoRoom {
    /// Less is free than has to stay free.
    #[error(
        "{free} bytes are free on the disk of the data folder, and {floor} have to stay free for checks; make \
         room there, or lower [store] min_free_bytes"
    )]
    BelowFloor {
        /// Bytes that are free.
        free: u64,
        /// Bytes that have to be.
        floor: u64,
    },
    /// The system does not say.
    #[error("the system does not say how much room the disk of the data folder has")]
    Unknown(#[source] io::Error),
}

impl Disk {
    /// The disk that `folder` lies on, of which `floor` bytes are to stay free.
    pub(crate) fn of(folder: &Path, floor: u64) -> Self {
        Self { folder: folder.to_owned(), floor }
    }

    /// Bytes this process may still write.
    ///
    /// # Errors
    /// When the system does not say.
    pub(crate) fn free_bytes(&self) -> io::Result<u64> {
        let disk = rustix::fs::statvfs(&self.folder)?;
        Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
    }

    /// Whether something large may be begun, or gone on with.
    ///
    /// # Errors
    /// [`NoRoom`]: also where it is not known.
    pub(crate) fn room(&self) -> Result<(), NoRoom> {
        let (free, floor) = (self.free_bytes().map_err(NoRoom::Unknown)?, self.floor);
        if free < floor { Err(NoRoom::BelowFloor { free, floor }) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_room_down_to_the_floor_and_none_where_it_is_not_known() {
        let folder = tempfile::tempdir().unwrap();
        let free = Disk::of(folder.path(), 0).free_bytes().unwrap();
        assert!(free > 0);
        assert!(Disk::of(folder.path(), 0).room().is_ok());
        assert!(matches!(Disk::of(folder.path(), u64::MAX).room(), Err(NoRoom::BelowFloor { .. })));
        let nowhere = folder.path().join("gone");
        assert!(matches!(Disk::of(&nowhere, 0).room(), Err(NoRoom::Unknown(_))));
    }
}
