//! List snapshots: the whole of a source's lists in a file of its own, which never
//! changes once it is published.
//!
//! An import of millions of entries writes such a file off to the side (`build`),
//! and a single row of the store puts it in the place of the one before (`live`).
//! So the ledger's writer is not held up, who reads switches from one instant to
//! the next, and whatever interrupts an import leaves what was there. What a few
//! changed entries bring goes into the store itself (`import` decides).
//!
//! In the file (`snapshot.sql`) entries stand in the order they came in. They are
//! found by sorted words in pages (`pages`), behind a filter that is kept in memory
//! (`fingerprint`).

mod build;
mod compare;
mod fingerprint;
mod flush;
mod import;
mod live;
mod loss;
mod pages;
mod prepared;
mod read;
mod renew;
#[cfg(test)]
mod tests;

pub use compare::ListFinding;
pub use import::{GoingEntry, ImportMode, ListChanges, ListImport, ReadyImport};
pub(crate) use live::{Snapshots, file_name, note_change};
pub use loss::ListLoss;
pub use prepared::PreparedEntry;
pub(crate) use read::Snapshot;
