//! The one thread that changes the store.
//!
//! Changes come as jobs over a bounded queue. The thread takes all that wait,
//! runs them in one transaction, each in a savepoint of its own, commits, and
//! only then answers. So a hundred concurrent checks cost one sync of the disk
//! and none of them is told "recorded" before it is. A job that fails is undone
//! alone; a commit that fails fails for every job of the batch.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::chain::Chain;
use crate::checkpoint::Checkpoints;
use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::vitals::Vitals;

/// Most jobs of one transaction: bounds how long the first of them waits.
const LARGEST_BATCH: usize = 256;

/// Longest wait for the jobs of callers that are about to come back.
const LONGEST_PATIENCE: Duration = Duration::from_millis(2);

/// The way to the writer thread. Dropping it works off what waits and ends the
/// thread.
pub(crate) struct Writer {
    queue: Arc<Queue>,
    vitals: Arc<Vitals>,
    appends: Arc<Appends>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread. At most `capacity` jobs wait in the queue.
    /// What they do is linked to `chain`.
    pub(crate) fn start(connection: Connection, chain: Chain, capacity: usize) -> Result<Self, StoreError> {
        let path = PathBuf::from(connection.path().unwrap_or_default());
        let vitals = Arc::new(Vitals::default());
        let checkpoints = Checkpoints::beside(&connection, &path, Arc::clone(&vitals))?;
        let queue = Arc::new(Queue::new(capacity));
        let (jobs, signs) = (Arc::clone(&queue), Arc::clone(&vitals));
        let thread = std::thread::Builder::new().name("creditgate-store".to_owned()).spawn(move || {
            let _gone = Gone(&jobs);
            work_off(&connection, chain, checkpoints, &jobs, &signs);
        });
        let thread = thread.map_err(|source| StoreError::Open { path, source: Arc::new(source) })?;
        Ok(Self { queue, vitals, appends: Arc::default(), thread: Mutex::new(Some(thread)) })
    }

    /// Signs of life of the threads.
    pub(crate) fn vitals(&self) -> &Vitals {
        &self.vitals
    }

    /// Whether the thread is there and takes changes.
    pub(crate) fn runs(&self) -> bool {
        self.queue.lock().open
    }

    /// Changes that wait for the thread.
    pub(crate) fn waiting(&self) -> usize {
        self.queue.waiting()
    }

    /// Begins to count and time a record, until what comes back is dropped.
    pub(crate) fn begin_append(&self) -> Append {
        self.appends.waiting.fetch_add(1, Ordering::Relaxed);
        Append { appends: Arc::clone(&self.appends), started: Instant::now() }
    }

    /// Who hears how long each record took.
    pub(crate) fn tell_appends(&self, heard: Box<AppendHeard>) {
        let told = self.appends.heard.set(heard);
        debug_assert!(told.is_ok(), "said twice");
    }

    /// Records that were handed in and are not durable yet.
    pub(crate) fn appends_waiting(&self) -> usize {
        self.appends.waiting.load(Ordering::Relaxed)
    }

    /// Has `work` run inside a transaction; `done` gets its result on the writer's
    /// thread once that is durable, and must be quick. `beyond` takes it also when
    /// the queue is full: who does not wait cannot be told to come back, and what
    /// follows from a change that is kept is not refused.
    ///
    /// # Errors
    /// [`StoreError::Closed`] or [`StoreError::Overloaded`]; `done` is not called
    /// then.
    pub(crate) fn submit<T, F, D>(&self, beyond: bool, work: F, done: D) -> Result<(), StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        D: FnOnce(Result<T, StoreError>) + Send + 'static,
    {
        let job = Box::new(Pending { work: Some(work), result: Err(StoreError::Closed), reply: done });
        if beyond { self.queue.push_beyond_capacity(job) } else { self.queue.push(job) }
    }

    /// Works off what waits, ends the thread and waits for its end. What is
    /// written afterwards gets [`StoreError::Closed`].
    pub(crate) fn close(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(thread) = thread else { return };
        self.queue.close();
        if thread.join().is_err() {
            tracing::error!("the store's writer thread panicked");
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// Hears how long a record took, on the writer's thread, and is quick.
type AppendHeard = dyn Fn(Duration) + Send + Sync;

/// Records on their way.
#[derive(Default)]
struct Appends {
    waiting: AtomicUsize,
    heard: OnceLock<Box<AppendHeard>>,
}

/// A record on its way, from its being handed in to its being durable or refused.
pub(crate) struct Append {
    appends: Arc<Appends>,
    started: Instant,
}

impl Drop for Append {
    fn drop(&mut self) {
        self.appends.waiting.fetch_sub(1, Ordering::Relaxed);
        if let Some(heard) = self.appends.heard.get() {
            heard(self.started.elapsed());
        }
    }
}

/// The end of the thread, also by a panic: nobody may wait for it any more.
struct Gone<'a>(&'a Queue);

impl Drop for Gone<'_> {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.open = false;
        let left = std::mem::take(&mut state.jobs);
        drop(state);
        // Whoever waits for one of these learns that the store is closed.
        drop(left);
    }
}

/// A change that waits for its turn, for its commit, and then for its reply.
trait Job: Send {
    /// Runs the change; an error means that nothing of it may stay.
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError>;
    /// Whether the change was made.
    fn is_done(&self) -> bool;
    /// Takes back a success that could not be kept.
    fn fail(&mut self, error: StoreError);
    /// Tells the one who waits.
    fn reply(self: Box<Self>);
}

struct Pending<T, F, R> {
    work: Option<F>,
    result: Result<T, StoreError>,
    reply: R,
}

impl<T, F, R> Job for Pending<T, F, R>
where
    T: Send,
    F: FnOnce(&Connection) -> Result<T, StoreError> + Send,
    R: FnOnce(Result<T, StoreError>) + Send,
{
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let Some(work) = self.work.take() else { return Ok(()) };
        self.result = catch_unwind(AssertUnwindSafe(|| work(connection))).unwrap_or_else(|panic| {
            tracing::error!(panic = panic_text(&*panic), "a change of the store panicked and was undone");
            Err(StoreError::Fault)
        });
        self.result.as_ref().map(drop).map_err(Clone::clone)
    }

    fn is_done(&self) -> bool {
        self.result.is_ok()
    }

    fn fail(&mut self, error: StoreError) {
        self.result = Err(error);
    }

    fn reply(self: Box<Self>) {
        (self.reply)(self.result);
    }
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no text")
}

/// The thread. Each turn commits one batch.
///
/// Callers that were answered by a commit tend to come back at once, while a
/// few others wait already. Committing those few first would make the many wait
/// for a whole sync of the disk, and so on in turns: half the throughput. So
/// the thread waits for as many jobs as it just saw under way, for at most half
/// the time the last commit took. A lone caller never waits.
fn work_off(
    connection: &Connection,
    mut chain: Chain,
    mut checkpoints: Checkpoints,
    queue: &Queue,
    vitals: &Vitals,
) {
    let mut under_way = 1;
    let mut patience = Duration::ZERO;
    loop {
        let mut batch = queue.take(under_way, patience);
        if batch.is_empty() {
            return;
        }
        let started = Instant::now();
        if let Err(error) = run_batch(connection, &mut chain, &mut batch) {
            tracing::error!(jobs = batch.len(), error = %creditgate_gate::chain(&error), "a commit failed");
            batch.iter_mut().for_each(|job| job.fail(error.clone()));
        } else if batch.iter().any(|job| job.is_done()) {
            vitals.committed();
        }
        patience = (started.elapsed() / 2).min(LONGEST_PATIENCE);
        // Before the replies: these are of callers that are not in the batch.
        under_way = batch.len() + queue.waiting();
        batch.into_iter().for_each(|job| job.reply());
        checkpoints.after_commit(connection);
    }
}

/// The jobs that wait. A channel would wake the thread for every one of them;
/// this wakes it once there are as many as it wants.
struct Queue {
    state: Mutex<Waiting>,
    enough: Condvar,
    capacity: usize,
}

struct Waiting {
    jobs: Vec<Box<dyn Job>>,
    /// How many jobs are worth waking the thread for.
    wanted: usize,
    open: bool,
}

impl Queue {
    fn new(capacity: usize) -> Self {
        let state = Waiting { jobs: Vec::new(), wanted: 1, open: true };
        Self { state: Mutex::new(state), enough: Condvar::new(), capacity }
    }

    fn push(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        self.push_within(job, self.capacity)
    }

    fn push_beyond_capacity(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        self.push_within(job, usize::MAX)
    }

    fn push_within(&self, job: Box<dyn Job>, capacity: usize) -> Result<(), StoreError> {
        let mut state = self.lock();
        if !state.open {
            return Err(StoreError::Closed);
        }
        if state.jobs.len() >= capacity {
            return Err(StoreError::Overloaded);
        }
        state.jobs.push(job);
        let wake = state.jobs.len() == state.wanted;
        drop(state);
        if wake {
            self.enough.notify_one();
        }
        Ok(())
    }

    fn close(&self) {
        self.lock().open = false;
        self.enough.notify_one();
    }

    fn waiting(&self) -> usize {
        self.lock().jobs.len()
    }

    /// Waits for a job, then for as many as are under way, but no longer than
    /// `patience`. Nothing when the queue is closed and worked off.
    fn take(&self, under_way: usize, patience: Duration) -> Vec<Box<dyn Job>> {
        let mut state = self.lock();
        state.wanted = 1;
        let missing = |state: &mut Waiting| state.open && state.jobs.len() < state.wanted;
        state = self.enough.wait_while(state, missing).unwrap_or_else(PoisonError::into_inner);
        state.wanted = under_way.min(LARGEST_BATCH);
        let waited = self.enough.wait_timeout_while(state, patience, missing);
        (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        // Nobody needs to be woken while the batch is worked off.
        state.wanted = usize::MAX;
        let count = state.jobs.len().min(LARGEST_BATCH);
        let later = state.jobs.split_off(count);
        std::mem::replace(&mut state.jobs, later)
    }

    /// No code that runs under the lock can panic.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs and commits a batch. An error means that nothing of it is kept.
fn run_batch(
    connection: &Connection,
    chain: &mut Chain,
    batch: &mut [Box<dyn Job>],
) -> Result<(), StoreError> {
    let done = execute(connection, "BEGIN IMMEDIATE")
        .and_then(|()| chain.begin(connection))
        .and_then(|()| batch.iter_mut().try_for_each(|job| run_in_savepoint(connection, chain, &mut **job)))
        .and_then(|()| chain.finish(connection))
        .and_then(|()| execute(connection, "COMMIT"));
    if done.is_err() && !connection.is_autocommit() {
        // If even this fails the transaction is gone anyway: the next BEGIN says so.
        let _ = execute(connection, "ROLLBACK");
    }
    done
}

/// Runs one job. An error means that the whole transaction is lost; a job that
/// fails for itself is undone and keeps its error.
fn run_in_savepoint(connection: &Connection, chain: &mut Chain, job: &mut dyn Job) -> Result<(), StoreError> {
    execute(connection, "SAVEPOINT job")?;
    let ran = job
        .run(connection)
        .and_then(|()| chain.link(connection).inspect_err(|error| job.fail(error.clone())));
    if let Err(error) = ran {
        chain.forget();
        if connection.is_autocommit() {
            // Some failures of the disk end the transaction, not only the statement.
            return Err(error);
        }
        execute(connection, "ROLLBACK TO job")?;
    }
    execute(connection, "RELEASE job")
}

fn execute(connection: &Connection, statement: &str) -> Result<(), StoreError> {
    connection.run(statement, [])
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::sync::mpsc::channel;
    use std::task::{Context, Waker};

    use super::*;

    fn writer() -> (Writer, tempfile::TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let connection = Connection::open(directory.path().join("test.db")).unwrap();
        connection.execute_batch("CREATE TABLE t (x INTEGER UNIQUE)").unwrap();
        let chain = Chain::for_tests(&connection);
        (Writer::start(connection, chain, 64).unwrap(), directory)
    }

    impl Writer {
        pub(crate) async fn write<T: Send + 'static>(
            &self,
            work: impl FnOnce(&Connection) -> Result<T, StoreError> + Send + 'static,
        ) -> Result<T, StoreError> {
            let (reply, result) = tokio::sync::oneshot::channel();
            self.submit(false, work, move |outcome| drop(reply.send(outcome)))?;
            result.await.unwrap_or(Err(StoreError::Closed))
        }
    }

    fn insert(connection: &Connection, x: i64) -> Result<(), StoreError> {
        connection.execute("INSERT INTO t VALUES (?1)", [x])?;
        Ok(())
    }

    async fn all(writer: &Writer) -> Vec<i64> {
        let select = |connection: &Connection| {
            let mut statement = connection.prepare("SELECT x FROM t ORDER BY x")?;
            Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
        };
        writer.write(select).await.unwrap()
    }

    /// Has the thread begin a job that keeps it busy until the sender is dropped,
    /// so that what comes after it is one batch.
    fn hold(writer: &Writer) -> std::sync::mpsc::Sender<()> {
        let (release, held) = channel::<()>();
        let (began, begins) = channel::<()>();
        enqueue(writer.write(move |_| {
            let _ = began.send(());
            let _ = held.recv();
            Ok(())
        }));
        begins.recv().unwrap();
        release
    }

    /// Polls once: the job is in the queue, and nobody waits for its result.
    fn enqueue<T>(write: impl Future<Output = Result<T, StoreError>>) {
        assert!(pin!(write).poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }

    /// The same, whether or not the queue has room.
    fn enqueue_any<T>(write: impl Future<Output = Result<T, StoreError>>) {
        let _ = pin!(write).poll(&mut Context::from_waker(Waker::noop()));
    }

    #[tokio::test]
    async fn a_job_that_fails_or_panics_is_undone_alone() {
        let (writer, _directory) = writer();
        let held = hold(&writer);
        let fails = writer.write(|connection| {
            insert(connection, 1)?;
            Err::<(), _>(StoreError::UnknownCheck("c".to_owned()))
        });
        let panics = writer.write(|connection| -> Result<(), StoreError> {
            insert(connection, 2)?;
            panic!("a fault of the program")
        });
        let works = writer.write(|connection| insert(connection, 3));
        let release = async { drop(held) };
        let (fails, panics, works, ()) = tokio::join!(fails, panics, works, release);
        assert_eq!(fails.unwrap_err().code(), "check.unknown");
        assert_eq!(panics.unwrap_err().code(), "store.fault");
        works.unwrap();
        assert_eq!(all(&writer).await, [3]);
    }

    #[tokio::test]
    async fn a_commit_that_fails_fails_for_every_job_of_the_batch() {
        let (writer, _directory) = writer();
        let held = hold(&writer);
        let first = writer.write(|connection| insert(connection, 1));
        // What a disk that fails under a statement does to the transaction.
        let breaks = writer.write(|connection| {
            connection.execute_batch("ROLLBACK")?;
            Err::<(), _>(StoreError::Full)
        });
        let last = writer.write(|connection| insert(connection, 3));
        let release = async { drop(held) };
        let (first, breaks, last, ()) = tokio::join!(first, breaks, last, release);
        let codes = [first, breaks, last].map(|result| result.unwrap_err().code());
        assert_eq!(codes, ["store.full"; 3]);
        assert_eq!(all(&writer).await, [0_i64; 0]);
        writer.write(|connection| insert(connection, 4)).await.unwrap();
        assert_eq!(all(&writer).await, [4]);
    }

    #[tokio::test]
    async fn nobody_waits_for_a_thread_that_is_gone() {
        let queue = Queue::new(4);
        let job = |reply: tokio::sync::oneshot::Sender<Result<(), StoreError>>| {
            let reply = move |outcome| drop(reply.send(outcome));
            Box::new(Pending { work: Some(|_: &Connection| Ok(())), result: Ok(()), reply })
        };
        let (reply, result) = tokio::sync::oneshot::channel();
        queue.push(job(reply)).unwrap();
        drop(Gone(&queue));
        assert!(result.await.is_err(), "what waited is told");
        let (reply, _result) = tokio::sync::oneshot::channel();
        assert_eq!(queue.push(job(reply)).unwrap_err().code(), "store.closed");
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_taken_also_by_a_full_queue_and_told_when_it_is_durable() {
        let (writer, _directory) = writer();
        let held = hold(&writer);
        for x in 0..64 {
            enqueue_any(writer.write(move |connection| insert(connection, x)));
        }
        let refused = writer.write(|connection| insert(connection, 1000)).await.unwrap_err();
        assert_eq!(refused.code(), "store.overloaded");
        let (told, tells) = channel();
        let heard = move |result| told.send(result).unwrap();
        writer.submit(true, |connection| insert(connection, 2000), heard).unwrap();
        drop(held);
        tells.recv().unwrap().unwrap();
        assert!(all(&writer).await.contains(&2000));
        writer.close();
        let late = writer.submit(true, |connection| insert(connection, 3000), |_| panic!("it is closed"));
        assert_eq!(late.unwrap_err().code(), "store.closed");
    }

    #[tokio::test]
    async fn closing_finishes_what_was_accepted_and_takes_no_more() {
        let (writer, directory) = writer();
        let held = hold(&writer);
        for x in 0..10 {
            enqueue(writer.write(move |connection| insert(connection, x)));
        }
        drop(held);
        writer.close();
        writer.close();
        let error = writer.write(|connection| insert(connection, 11)).await.unwrap_err();
        assert_eq!(error.code(), "store.closed");
        let connection = Connection::open(directory.path().join("test.db")).unwrap();
        let kept: i64 = connection.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).unwrap();
        assert_eq!(kept, 10, "also what nobody waits for any more");
    }
}
