//! Signs of life of the store: when it last kept a change, and whether its threads
//! are there.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;

/// Bytes a probe writes: what is left of a disk has to hold more than one record.
const PROBE_BYTES: i64 = 16 << 10;

/// What the threads leave behind. Nobody waits for it.
pub(crate) struct Vitals {
    start: Instant,
    /// Milliseconds from the start to the last commit that kept something.
    committed: AtomicU64,
    log_thread_missing: AtomicBool,
    log_threads_replaced: AtomicU64,
}

impl Default for Vitals {
    fn default() -> Self {
        Self {
            start: Instant::now(),
            committed: AtomicU64::new(0),
            log_thread_missing: AtomicBool::new(false),
            log_threads_replaced: AtomicU64::new(0),
        }
    }
}

impl Vitals {
    pub(crate) fn committed(&self) {
        let since_start = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.committed.store(since_start, Ordering::Relaxed);
    }

    pub(crate) fn log_thread_replaced(&self) {
        self.log_thread_missing.store(false, Ordering::Relaxed);
        self.log_threads_replaced.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn log_thread_missing(&self) {
        self.log_thread_missing.store(true, Ordering::Relaxed);
    }

    /// Whether the thread that folds the log is there, and how many times another
    /// one took its place.
    pub(crate) fn log_thread(&self) -> (bool, u64) {
        let runs = !self.log_thread_missing.load(Ordering::Relaxed);
        (runs, self.log_threads_replaced.load(Ordering::Relaxed))
    }

    fn since_commit(&self) -> Duration {
        let committed = Duration::from_millis(self.committed.load(Ordering::Relaxed));
        self.start.elapsed().saturating_sub(committed)
    }
}

/// How a store is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreHealth {
    /// Whether the thread that writes is there.
    pub writer_runs: bool,
    /// Whether the thread that folds the log is there.
    pub log_thread_runs: bool,
    /// How many times another one took its place.
    pub log_threads_replaced: u64,
    /// How long ago a change was last kept; since the start where none was.
    pub since_commit: Duration,
    /// Changes that wait for the thread that writes.
    pub waiting: usize,
    /// Records that were handed in and are not durable yet.
    pub appends_waiting: usize,
    /// Bytes of the log that is folded into the database.
    pub log_bytes: u64,
}

impl Store {
    /// How the store is. Reads nothing of the database.
    #[must_use]
    pub fn health(&self) -> StoreHealth {
        let writer = self.writer();
        let (log_thread_runs, log_threads_replaced) = writer.vitals().log_thread();
        StoreHealth {
            writer_runs: writer.runs(),
            log_thread_runs,
            log_threads_replaced,
            since_commit: writer.vitals().since_commit(),
            waiting: writer.waiting(),
            appends_waiting: writer.appends_waiting(),
            log_bytes: std::fs::metadata(log_of(self.path())).map_or(0, |log| log.len()),
        }
    }

    /// Writes something and takes it away again, for want of anything else that
    /// shows whether the store keeps what it is given.
    ///
    /// # Errors
    /// When it does not.
    pub async fn probe(&self) -> Result<(), StoreError> {
        self.write(|connection| {
            connection
                .run("INSERT OR REPLACE INTO probe (id, filler) VALUES (1, zeroblob(?1))", [PROBE_BYTES])?;
            connection.run("DELETE FROM probe", [])
        })
        .await
    }

    /// Reads next to nothing, to see whether the store can be read.
    ///
    /// # Errors
    /// When it cannot.
    pub fn read_probe(&self) -> Result<(), StoreError> {
        self.read(|connection| {
            let _: i64 = connection.scalar("SELECT count(*) FROM probe", [])?;
            Ok(())
        })
    }
}

fn log_of(database: &Path) -> PathBuf {
    let mut log = database.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::StoreOptions;

    #[tokio::test]
    async fn a_probe_is_a_commit_like_any_other_and_leaves_nothing() {
        let (store, _directory) = Store::temporary();
        std::thread::sleep(Duration::from_millis(20));
        let before = store.health();
        assert!(before.since_commit >= Duration::from_millis(20) && before.writer_runs);
        store.probe().await.unwrap();
        store.read_probe().unwrap();
        let after = store.health();
        assert!(after.since_commit < before.since_commit, "{after:?}");
        assert!(after.log_bytes > 0 && after.log_thread_runs, "{after:?}");
        let left: i64 = store
            .read(|connection| Ok(connection.query_row("SELECT count(*) FROM probe", [], |row| row.get(0))?))
            .unwrap();
        assert_eq!(left, 0);
        store.close();
        assert!(!store.health().writer_runs);
    }

    #[tokio::test]
    async fn a_store_that_is_full_keeps_no_probe() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        drop(Store::open(&path, &StoreOptions::default()).unwrap());
        let size = std::fs::metadata(&path).unwrap().len();
        let options = StoreOptions { max_bytes: Some(size), ..StoreOptions::default() };
        let store = Store::open(&path, &options).unwrap();
        let before = store.health().since_commit;
        assert_eq!(store.probe().await.unwrap_err().code(), "store.full");
        assert!(store.health().since_commit >= before, "and that is no commit");
    }
}
