//! Folding SQLite's log into the database, on a thread beside the writer: a
//! checkpoint inside a commit would make every check of that commit wait for it.
//!
//! The thread copies what the log holds while commits go on; the writer copies the
//! little that came meanwhile, after which its next commit begins the log anew.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;
use crate::vitals::Vitals;

/// Pages of the log that are worth a checkpoint.
const MANY_PAGES: i64 = 4000;

/// Pages the writer copies itself: a fraction of a millisecond.
const FEW_PAGES: i64 = 128;

/// Turns of the thread for one checkpoint: each finds what came during the one
/// before, which is less every time.
const MOST_TURNS: u32 = 4;

/// The thread, seen from the writer. Dropping it waits for its end.
pub(crate) struct Checkpoints {
    path: PathBuf,
    fold: Fold,
    thread: Thread,
    /// The thread was asked for a checkpoint whose end the writer has not seen.
    copying: bool,
    vitals: Arc<Vitals>,
}

/// One turn of the thread.
type Fold = fn(&Connection) -> Result<Log, rusqlite::Error>;

struct Thread {
    wanted: Option<SyncSender<()>>,
    /// The thread has ended a checkpoint.
    copied: Arc<AtomicBool>,
    handle: Option<JoinHandle<()>>,
}

/// What `wal_checkpoint` answers.
struct Log {
    /// Pages the log holds.
    pages: i64,
    /// How many of them the database has.
    copied: i64,
}

impl Checkpoints {
    /// Starts the thread for the file that `writer` writes, and takes
    /// checkpoints out of its commits.
    pub(crate) fn beside(writer: &Connection, path: &Path, vitals: Arc<Vitals>) -> Result<Self, StoreError> {
        Self::folding(writer, path, vitals, |connection| log(connection, "PASSIVE"))
    }

    fn folding(
        writer: &Connection,
        path: &Path,
        vitals: Arc<Vitals>,
        fold: Fold,
    ) -> Result<Self, StoreError> {
        let thread = Thread::start(path, fold)?;
        writer.pragma_update(None, "wal_autocheckpoint", 0)?;
        Ok(Self { path: path.to_owned(), fold, thread, copying: false, vitals })
    }

    /// To be called by the writer after each commit.
    pub(crate) fn after_commit(&mut self, connection: &Connection) {
        self.replace_a_dead_thread();
        let looked = if self.copying { self.end(connection) } else { self.begin(connection) };
        if let Err(error) = looked {
            tracing::warn!(%error, "the store's log was not looked at");
        }
    }

    /// Without its thread the log would grow until the next start.
    fn replace_a_dead_thread(&mut self) {
        if !self.thread.is_dead() {
            return;
        }
        tracing::error!("the thread that folds the store's log is gone; another one takes its place");
        match Thread::start(&self.path, self.fold) {
            Ok(thread) => {
                self.thread = thread;
                self.copying = false;
                self.vitals.log_thread_replaced();
            }
            Err(error) => {
                self.vitals.log_thread_missing();
                let error = creditgate_gate::chain(&error);
                tracing::error!(%error, "the thread that folds the store's log could not be replaced");
            }
        }
    }

    fn begin(&mut self, connection: &Connection) -> Result<(), rusqlite::Error> {
        let many = log(connection, "NOOP")?.left() >= MANY_PAGES;
        self.copying = many && self.thread.wanted.as_ref().is_some_and(|wanted| wanted.try_send(()).is_ok());
        Ok(())
    }

    fn end(&mut self, connection: &Connection) -> Result<(), rusqlite::Error> {
        if self.thread.copied.swap(false, Ordering::Acquire) {
            self.copying = false;
            log(connection, "PASSIVE")?;
        }
        Ok(())
    }
}

impl Thread {
    fn start(path: &Path, fold: Fold) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags)?;
        let (wanted, turns) = sync_channel(1);
        let copied = Arc::new(AtomicBool::new(false));
        let report = Arc::clone(&copied);
        let handle = std::thread::Builder::new()
            .name("creditgate-log".to_owned())
            .spawn(move || copy_when_asked(&connection, &turns, &report, fold))
            .map_err(|source| StoreError::Open { path: path.to_owned(), source: Arc::new(source) })?;
        Ok(Self { wanted: Some(wanted), copied, handle: Some(handle) })
    }

    /// It runs for as long as it is wanted.
    fn is_dead(&self) -> bool {
        self.handle.as_ref().is_some_and(JoinHandle::is_finished)
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.wanted = None;
        if let Some(thread) = self.handle.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that folds the store's log panicked");
        }
    }
}

impl Log {
    const fn left(&self) -> i64 {
        self.pages - self.copied
    }
}

/// The thread.
fn copy_when_asked(connection: &Connection, wanted: &Receiver<()>, copied: &AtomicBool, fold: Fold) {
    while wanted.recv().is_ok() {
        for _ in 0..MOST_TURNS {
            match fold(connection) {
                Ok(log) if log.left() > FEW_PAGES => {}
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!(%error, "the store's log was not folded into it");
                    break;
                }
            }
        }
        copied.store(true, Ordering::Release);
    }
}

fn log(connection: &Connection, mode: &str) -> Result<Log, rusqlite::Error> {
    connection
        .prepare_cached(&format!("PRAGMA wal_checkpoint({mode})"))?
        .query_row([], |row| Ok(Log { pages: row.get(1)?, copied: row.get(2)? }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chain::Chain;
    use crate::writer::Writer;

    const MOST_COMMITS: usize = 2_000;

    #[test]
    fn a_thread_that_panicked_is_replaced_and_the_log_is_folded_all_the_same() {
        static PANICS: AtomicBool = AtomicBool::new(true);
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.db");
        let connection = Connection::open(&path).unwrap();
        connection.pragma_update(None, "journal_mode", "wal").unwrap();
        connection.execute_batch("CREATE TABLE t (x BLOB)").unwrap();
        let vitals = Arc::new(Vitals::default());
        let mut checkpoints = Checkpoints::folding(&connection, &path, Arc::clone(&vitals), |connection| {
            assert!(!PANICS.swap(false, Ordering::SeqCst), "a fault of the program");
            log(connection, "PASSIVE")
        })
        .unwrap();
        let mut most = 0;
        for commit in 0.. {
            assert!(commit < MOST_COMMITS, "the log has grown to {most} pages");
            connection.execute("INSERT INTO t VALUES (zeroblob(?1))", [100 * 4096]).unwrap();
            checkpoints.after_commit(&connection);
            let pages = log(&connection, "NOOP").unwrap().pages;
            if pages < most {
                break;
            }
            most = pages;
        }
        assert!(!PANICS.load(Ordering::SeqCst), "it panicked");
        assert_eq!(vitals.log_thread(), (true, 1));
    }

    #[tokio::test]
    async fn a_log_that_grows_is_folded_and_begun_anew_while_commits_go_on() {
        let directory = tempfile::tempdir().unwrap();
        let connection = Connection::open(directory.path().join("test.db")).unwrap();
        connection.pragma_update(None, "journal_mode", "wal").unwrap();
        connection.execute_batch("CREATE TABLE t (x BLOB)").unwrap();
        let reader = Connection::open(directory.path().join("test.db")).unwrap();
        let chain = Chain::for_tests(&connection);
        let writer = Writer::start(connection, chain, 4).unwrap();
        let mut most = 0;
        for commit in 0.. {
            assert!(commit < MOST_COMMITS, "the log has grown to {most} pages");
            writer
                .write(|connection| {
                    connection.execute("INSERT INTO t VALUES (zeroblob(?1))", [100 * 4096])?;
                    Ok(())
                })
                .await
                .unwrap();
            let pages = log(&reader, "NOOP").unwrap().pages;
            if pages < most {
                break;
            }
            most = pages;
        }
        assert!(most >= MANY_PAGES, "{most} pages are not worth a checkpoint");
        writer.close();
        let folded = std::fs::metadata(directory.path().join("test.db")).unwrap().len();
        assert!(folded >= 4096 * MANY_PAGES.unsigned_abs(), "{folded} bytes");
    }
}
