//! Why the store could not do something, told apart by codes and never by the
//! text of a message.

use std::path::PathBuf;
use std::sync::Arc;

use creditgate_gate::LedgerError;
use rusqlite::ErrorCode;

/// Why the store could not do something. Nothing of the change is kept then.
///
/// Cheap to clone: a commit that fails fails for everyone who waits for it. No
/// text holds a value from the store.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The file or its directory cannot be made or opened.
    #[error("the store cannot be opened at {}", path.display())]
    Open {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// A record cannot be read back.
    #[error(transparent)]
    Record(#[from] creditgate_wire::record::RecordError),
    /// The file is a database, but another program's.
    #[error("{} is not a creditgate store", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// A newer creditgate has written the file.
    #[error("the store has schema {found}, this creditgate knows up to {known}; use a newer creditgate")]
    NewerSchema {
        /// Schema of the file.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// More changes wait for the writer than it takes in.
    #[error("the store is busy: its queue is full")]
    Overloaded,
    /// The store was closed.
    #[error("the store is closed")]
    Closed,
    /// Another process held the file for longer than the busy timeout.
    #[error("the store is locked by another process")]
    Locked,
    /// The disk, or the size the store may have, is used up.
    #[error("there is no space left for the store")]
    Full,
    /// A version that was saved before has other contents now. Records name
    /// versions, so a version must never change.
    #[error("{kind} `{version}` was saved before with other contents; give the new contents a new version")]
    VersionChanged {
        /// `policy` or `catalogue`.
        kind: &'static str,
        /// Name of the version.
        version: String,
    },
    /// Another binding serves the same checkpoint.
    #[error("binding `{wanted}` is for a checkpoint that binding `{existing}` has already")]
    CheckpointTaken {
        /// The binding to save.
        wanted: String,
        /// The one in the way.
        existing: String,
    },
    /// A source has more entries than one snapshot holds.
    #[error("a source may have 67,108,864 list entries; divide it into several sources")]
    TooManyEntries,
    /// The snapshot of a source cannot be read.
    #[error("the list snapshot {} cannot be read", path.display())]
    Snapshot {
        /// Its file.
        path: PathBuf,
        /// Why.
        source: Box<StoreError>,
    },
    /// A file beside the store cannot be written.
    #[error("{} cannot be written", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: Arc<std::io::Error>,
    },
    /// Entries of a source were changed while an import of it was being prepared.
    #[error("the entries of source `{0}` were changed by somebody else meanwhile; import the file again")]
    SourceChanged(String),
    /// An agreement was used by somebody else meanwhile.
    #[error("approval {0} was used meanwhile; ask for another one")]
    ApprovalSpent(i64),
    /// Who takes a step is not the second person it needs.
    #[error(transparent)]
    NotSecond(#[from] creditgate_gate::NotSecond),
    /// There is no edition of the catalogue of this name.
    #[error("there is no edition `{0}` of the catalogue; see `creditgate catalogue list`")]
    UnknownEdition(String),
    /// A step on an edition's way cannot be taken.
    #[error(transparent)]
    EditionStep(#[from] creditgate_credit::catalogue::state::StepError),
    /// No check has this id.
    #[error("there is no check `{0}`")]
    UnknownCheck(String),
    /// A stored value is not what this program writes.
    #[error("the store is damaged: {what} cannot be read")]
    Damaged {
        /// What cannot be read.
        what: &'static str,
    },
    /// A change panicked in the writer and was undone.
    #[error("a change of the store failed by a fault of the program")]
    Fault,
    /// Anything else the database reports.
    #[error("the database failed")]
    Database(#[source] Arc<rusqlite::Error>),
}

impl StoreError {
    /// Stable code, for the wire and for metrics.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Open { .. } => "store.open_failed",
            Self::NotAStore { .. } => "store.not_a_store",
            Self::NewerSchema { .. } => "store.newer_schema",
            Self::Overloaded => "store.overloaded",
            Self::Closed => "store.closed",
            Self::Locked => "store.locked",
            Self::Full => "store.full",
            Self::VersionChanged { .. } => "import.version_changed",
            Self::CheckpointTaken { .. } => "binding.checkpoint_taken",
            Self::TooManyEntries => "file.too_many_rows",
            Self::File { .. } => "store.failed",
            Self::SourceChanged(_) => "import.source_changed",
            Self::ApprovalSpent(_) => "approval.spent",
            Self::NotSecond(why) => why.code(),
            Self::UnknownEdition(_) => "catalogue.unknown_edition",
            Self::EditionStep(error) => error.code(),
            Self::UnknownCheck(_) => "check.unknown",
            Self::Damaged { .. } | Self::Record(_) | Self::Snapshot { .. } => "store.damaged",
            Self::Fault => "store.fault",
            Self::Database(_) => "store.failed",
        }
    }

    /// A file that cannot be made or written.
    pub(crate) fn of_file(path: &std::path::Path, error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::File { path: path.to_owned(), source: Arc::new(error) },
        }
    }

    /// As the gate wants it: what the ledger was doing, and this as the cause.
    pub(crate) fn while_doing(self, doing: &'static str) -> LedgerError {
        LedgerError { doing, source: Box::new(self) }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::DiskFull) => Self::Full,
            _ => Self::Database(Arc::new(error)),
        }
    }
}
