//! Reads: a few read-only connections, each behind a lock that is held for one
//! read.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;

use crate::error::StoreError;
use crate::statements::Statements as _;

pub(crate) struct Readers {
    connections: Vec<Mutex<Connection>>,
    next: AtomicUsize,
}

/// A transaction that only reads, and ends on every way out. Its statements are
/// compiled once for each connection; rusqlite's own transaction compiles them
/// each time, and every check reads.
struct ReadTransaction<'a>(&'a Connection);

impl<'a> ReadTransaction<'a> {
    fn begin(connection: &'a Connection) -> Result<Self, StoreError> {
        connection.run("BEGIN", [])?;
        Ok(Self(connection))
    }
}

impl Drop for ReadTransaction<'_> {
    fn drop(&mut self) {
        // Nothing was written; a rollback ends it whatever state it is in.
        let ended = self.0.prepare_cached("ROLLBACK").and_then(|mut rollback| rollback.execute([]));
        if let Err(error) = ended {
            // The next BEGIN on this connection would fail, and say so.
            tracing::error!(%error, "a read did not end");
        }
    }
}

impl Readers {
    /// Opens `count` connections, at least one, each by `open`.
    pub(crate) fn open(
        count: usize,
        open: impl Fn() -> Result<Connection, StoreError>,
    ) -> Result<Self, StoreError> {
        let connections = (0..count.max(1)).map(|_| open().map(Mutex::new)).collect::<Result<_, _>>()?;
        Ok(Self { connections, next: AtomicUsize::new(0) })
    }

    /// Runs `work` as one read transaction: all it reads is of one moment.
    ///
    /// Blocks the thread for the length of the read, which is microseconds:
    /// lookups by key in pages that are in memory. Handing each to a thread
    /// pool and back would cost more than the read.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.take();
        let transaction = ReadTransaction::begin(&connection)?;
        work(transaction.0)
    }

    /// Runs `work` on a connection to a file that never changes, which needs no
    /// transaction. Blocks as [`Self::read`] does.
    pub(crate) fn with<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        work(&self.take())
    }

    /// A connection nobody uses, or the next one in turn.
    fn take(&self) -> MutexGuard<'_, Connection> {
        let start = self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len();
        let (before, after) = self.connections.split_at(start);
        let in_turn = || after.iter().chain(before);
        let free = in_turn().find_map(|connection| connection.try_lock().ok());
        // A panic inside a read leaves nothing half done: the transaction ended.
        free.unwrap_or_else(|| self.connections[start].lock().unwrap_or_else(PoisonError::into_inner))
    }
}
