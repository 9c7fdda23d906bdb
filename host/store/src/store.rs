//! The store as a value: opening, closing, and the two ways in, `read` and
//! `write`, that every other module uses.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use creditgate_gate::event::Event;
use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::chain::Chain;
use crate::error::StoreError;
use crate::events::EventState;
use crate::known::Known;
use crate::overlays::Overlays;
use crate::reader::Readers;
use crate::schema;
use crate::snapshot::Snapshots;
use crate::trail::{self, Change};
use crate::writer::Writer;

/// Folder beside the store that holds the snapshots of lists.
const LISTS_FOLDER: &str = "lists";

/// How a store is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOptions {
    /// How long a change waits for another process that holds the file.
    pub busy_timeout: Duration,
    /// How many changes may wait for the writer; one more is refused.
    pub queue_capacity: usize,
    /// How many reads may run at once.
    pub readers: usize,
    /// How many reads for reports may run at once, beside them.
    pub report_readers: usize,
    /// Bytes the database may have; no limit but the disk when absent. A change
    /// beyond it fails as if the disk were full.
    pub max_bytes: Option<u64>,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            queue_capacity: 1024,
            readers: 4,
            report_readers: 2,
            max_bytes: None,
        }
    }
}

/// The store. Clones share one writer and the same readers.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
    /// Reads go to the readers for reports.
    reports: bool,
}

/// The readers go first, so that the writer is the last to close the file and
/// can fold its log into it.
struct Inner {
    path: PathBuf,
    readers: Readers,
    /// For reads that take long: they do not wait for a check, and no check waits
    /// for them.
    report_readers: Readers,
    known: Known,
    overlays: Overlays,
    snapshots: Snapshots,
    teller: Arc<OnceLock<Teller>>,
    writer: Writer,
}

/// Hears of events that are durable.
type Heard = dyn Fn(&[Event]) + Send + Sync;

/// Who is told of events, and how they are kept.
struct Teller {
    deliver: EventState,
    heard: Box<Heard>,
}

impl Store {
    /// Opens the store at `path`, making file and directory (mode 0600 and
    /// 0700) when they are missing, and brings its schema up to date.
    ///
    /// # Errors
    /// [`StoreError::Open`], [`StoreError::NotAStore`],
    /// [`StoreError::NewerSchema`], or what the database reports.
    pub fn open(path: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        let connection = schema::open_for_writing(path, options.busy_timeout, options.max_bytes)?;
        let overlays = Overlays::load(&connection)?;
        let known = Known::follow(&connection)?;
        let open = || schema::open_for_reading(path, options.busy_timeout);
        let readers = Readers::open(options.readers, open)?;
        let report_readers = Readers::open(options.report_readers, open)?;
        let lists = path.with_file_name(LISTS_FOLDER);
        let snapshots = Snapshots::open(&lists, &connection, options.readers)?;
        let chain = Chain::follow(&connection)?;
        let writer = Writer::start(connection, chain, options.queue_capacity)?;
        let (path, teller) = (path.to_owned(), Arc::default());
        let inner = Inner { path, readers, report_readers, known, snapshots, overlays, teller, writer };
        Ok(Self { inner: Arc::new(inner), reports: false })
    }

    /// The same store for reads that take long: they have connections of their own.
    #[must_use]
    pub fn for_reports(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), reports: true }
    }

    /// Finishes every change that was accepted and takes no more; reads go on.
    /// Blocks until that is done. Dropping the last clone does the same.
    pub fn close(&self) {
        self.inner.writer.close();
    }

    /// Who hears of events once they are durable; `deliver` is the state they are
    /// kept in. Until it is said they are kept for the list alone. Said once.
    pub fn tell_events(&self, deliver: EventState, heard: impl Fn(&[Event]) + Send + Sync + 'static) {
        let told = self.inner.teller.set(Teller { deliver, heard: Box::new(heard) });
        debug_assert!(told.is_ok(), "said twice");
    }

    /// Runs `work` in a write transaction and resolves once it is durable. Once
    /// this was polled the work is done even if nobody waits for it any more. It is
    /// a part of the change under way, where there is one (`trail`).
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let change = trail::current();
        self.write_for(&change, change.is_kept(), (), work).await
    }

    /// The same for a record, which is counted and timed until it is durable.
    pub(crate) async fn write_record<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let change = trail::current();
        let append = self.writer().begin_append();
        self.write_for(&change, change.is_kept(), append, work).await
    }

    /// Who hears how long it took to make each record durable. Said once.
    pub fn tell_appends(&self, heard: impl Fn(Duration) + Send + Sync + 'static) {
        self.writer().tell_appends(Box::new(heard));
    }

    /// The same for a change; `beyond` does not refuse it for want of room, and `held`
    /// is let go once it is durable.
    pub(crate) async fn write_for<T, F>(
        &self,
        change: &Arc<Change>,
        beyond: bool,
        held: impl Send + 'static,
        work: F,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        let done = move |outcome| {
            drop(held);
            // Whoever asked may have gone away.
            drop(reply.send(outcome));
        };
        self.submit(change, beyond, work, done)?;
        result.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Has `work` run in a write transaction without waiting for it; `done` gets
    /// its result once that is durable.
    pub(crate) fn post<T, F, D>(&self, work: F, done: D) -> Result<(), StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        D: FnOnce(Result<T, StoreError>) + Send + 'static,
    {
        self.submit(&trail::current(), true, work, done)
    }

    fn submit<T, F, D>(&self, change: &Arc<Change>, beyond: bool, work: F, done: D) -> Result<(), StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        D: FnOnce(Result<T, StoreError>) + Send + 'static,
    {
        let (running, ending) = (Arc::clone(change), Arc::clone(change));
        let teller = Arc::clone(&self.inner.teller);
        let deliver = teller.get().map_or(EventState::None, |teller| teller.deliver);
        self.inner.writer.submit(
            beyond,
            move |connection| running.run(connection, deliver, work),
            move |outcome| {
                let told = ending.ended(outcome.is_ok());
                if let (Some(teller), false) = (teller.get(), told.is_empty()) {
                    (teller.heard)(&told);
                }
                done(outcome);
            },
        )
    }

    /// The thread that writes.
    pub(crate) fn writer(&self) -> &Writer {
        &self.inner.writer
    }

    /// The file.
    pub(crate) fn path(&self) -> &Path {
        &self.inner.path
    }

    /// The snapshots of the lists.
    pub(crate) fn snapshots(&self) -> &Snapshots {
        &self.inner.snapshots
    }

    /// Under what anything may be recorded in the store itself.
    pub(crate) fn known(&self) -> &Known {
        &self.inner.known
    }

    /// What lies over entries.
    pub(crate) fn overlays(&self) -> &Overlays {
        &self.inner.overlays
    }

    /// Runs `work` in a read transaction.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let readers = if self.reports { &self.inner.report_readers } else { &self.inner.readers };
        readers.read(work)
    }
}

#[cfg(test)]
impl Store {
    /// A new store, in a folder that goes with the second value.
    pub(crate) fn temporary() -> (Self, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        (Self::within(&directory), directory)
    }

    /// The store in this folder.
    pub(crate) fn within(directory: &tempfile::TempDir) -> Self {
        Self::open(&directory.path().join("store.db"), &StoreOptions::default()).unwrap()
    }

    /// How the database would run a statement with these values, a step a line.
    pub(crate) fn plan(&self, sql: &str, parameters: impl rusqlite::Params) -> String {
        use crate::statements::Statements as _;
        let steps = self.read(|connection| {
            connection.rows(&format!("EXPLAIN QUERY PLAN {sql}"), parameters, |row| {
                Ok(row.get::<_, String>("detail")?)
            })
        });
        steps.unwrap().join("\n")
    }
}
