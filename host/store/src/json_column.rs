//! What is kept as a document: JSON in a column, written and read as one value, and
//! versions that never change once they were saved.

use crate::error::StoreError;

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Saved {
    /// Rows that are new.
    pub added: usize,
    /// Rows that replaced another version of themselves.
    pub changed: usize,
    /// Rows that were there already, the same.
    pub unchanged: usize,
}

impl Saved {
    /// Counts a row that is to be as `wanted` where there is `stored`, and says whether it
    /// has to be written.
    pub(crate) fn counts<T: PartialEq>(&mut self, stored: Option<&T>, wanted: &T) -> bool {
        let counter = match stored {
            None => &mut self.added,
            Some(stored) if stored == wanted => &mut self.unchanged,
            Some(_) => &mut self.changed,
        };
        *counter += 1;
        stored != Some(wanted)
    }
}

/// Whether a version is to be written; one that is there must be the same.
pub(crate) fn is_new_version<T: PartialEq>(
    kind: &'static str,
    version: impl FnOnce() -> String,
    stored: Option<&T>,
    wanted: &T,
    saved: &mut Saved,
) -> Result<bool, StoreError> {
    if stored.is_some_and(|stored| stored != wanted) {
        return Err(StoreError::VersionChanged { kind, version: version() });
    }
    Ok(saved.counts(stored, wanted))
}

pub(crate) fn written<T: serde::Serialize>(what: &'static str, row: &T) -> Result<String, StoreError> {
    serde_json::to_string(row).map_err(|_| StoreError::Damaged { what })
}

pub(crate) fn parsed<T: serde::de::DeserializeOwned>(
    what: &'static str,
    document: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(document).map_err(|_| StoreError::Damaged { what })
}
