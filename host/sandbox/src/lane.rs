//! The lane of long calls: a few threads of low priority on which guests run
//! that are not done at once, a slice each in turn.
//!
//! A guest that computes for long must not sit on a thread that serves requests:
//! between two of its ticks that thread would take no other request, and while
//! all of them are taken nobody even looks whether one has come. So long calls
//! have threads of their own, and the operating system lets every other thread of
//! the host go before them. How many calls come here, and whose, is `share`'s
//! business; what they do is `instance`'s.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread;

use tokio::sync::oneshot;

/// How far the lane's threads stand back (`nice(2)`): beside a thread that serves
/// requests they get a tenth of a core, and all of a core that is idle.
const NICENESS: i32 = 10;

/// Work, with its answer already on the way to who waits for it.
type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The threads. They end when this is dropped.
pub(crate) struct Lane(Arc<Queue>);

/// Tasks that are ready for a slice.
#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    ready: VecDeque<Arc<Task>>,
    stop: bool,
}

/// One call on its way.
struct Task {
    /// None once it is over.
    work: Mutex<Option<Work>>,
    given_up: AtomicBool,
    queue: Arc<Queue>,
}

impl Lane {
    /// Starts so many threads.
    pub(crate) fn start(threads: u32) -> std::io::Result<Self> {
        let lane = Self(Arc::default());
        for _ in 0..threads {
            let queue = Arc::clone(&lane.0);
            // Not joined: the last handle of a sandbox may be let go by a call that
            // ends here.
            thread::Builder::new().name("plugin-long".to_owned()).spawn(move || serve(&queue))?;
        }
        Ok(lane)
    }

    /// Runs work on the lane. Dropping this future ends the work where it stands,
    /// at the end of its slice at the latest; a panic of the work goes on here.
    pub(crate) async fn run<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> T {
        let (answer, answered) = oneshot::channel();
        let mut work = Box::pin(work);
        let mut answer = Some(answer);
        let answering = std::future::poll_fn(move |context| {
            let ended = match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context))) {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(value)) => Ok(value),
                Err(panic) => Err(panic),
            };
            if let Some(answer) = answer.take() {
                // Who does not wait any more needs no answer.
                let _ = answer.send(ended);
            }
            Poll::Ready(())
        });
        let task = Arc::new(Task {
            work: Mutex::new(Some(Box::pin(answering))),
            given_up: AtomicBool::new(false),
            queue: Arc::clone(&self.0),
        });
        let _waits = Waits(Arc::clone(&task));
        self.0.push(task);
        match answered.await {
            Ok(Ok(value)) => value,
            Ok(Err(panic)) => resume_unwind(panic),
            // The threads outlive every handle of the sandbox.
            Err(_) => resume_unwind(Box::new("the lane of long calls has ended")),
        }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        lock(&self.0.state).stop = true;
        self.0.changed.notify_all();
    }
}

/// Somebody waits for a task; nobody does any more once this is dropped.
struct Waits(Arc<Task>);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.given_up.store(true, Ordering::SeqCst);
        self.0.discard();
    }
}

impl Queue {
    fn push(&self, task: Arc<Task>) {
        lock(&self.state).ready.push_back(task);
        self.changed.notify_one();
    }

    /// The next task, once there is one; none when the lane stops.
    fn next(&self) -> Option<Arc<Task>> {
        let mut state = lock(&self.state);
        loop {
            if state.stop {
                return None;
            }
            if let Some(task) = state.ready.pop_front() {
                return Some(task);
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Task {
    /// One slice. A guest that yields wakes its task at once, which puts it behind
    /// those that are ready.
    fn advance(self: &Arc<Self>) {
        let waker = Waker::from(Arc::clone(self));
        let mut work = lock(&self.work);
        let over = self.given_up.load(Ordering::SeqCst)
            || work
                .as_mut()
                .is_none_or(|work| work.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
        if over {
            *work = None;
        }
        drop(work);
        // Who gave it up during the slice could not end it.
        if self.given_up.load(Ordering::SeqCst) {
            self.discard();
        }
    }

    /// Ends the work, unless it is having its slice.
    fn discard(&self) {
        if let Ok(mut work) = self.work.try_lock() {
            *work = None;
        }
    }
}

impl Wake for Task {
    fn wake(self: Arc<Self>) {
        let queue = Arc::clone(&self.queue);
        queue.push(self);
    }
}

fn serve(queue: &Queue) {
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::warn!(%error, "long calls could not be given a lower priority than short calls");
    }
    while let Some(task) = queue.next() {
        // What a guest leaves behind is dropped here: whatever that does, the thread
        // stays for the others.
        if catch_unwind(AssertUnwindSafe(|| task.advance())).is_err() {
            tracing::error!("the end of a long call panicked");
        }
    }
}

/// Nothing panics while one of these is held: the work's panics are caught.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Yields so often, and writes its name down before each time.
    async fn steps(name: char, times: usize, diary: Arc<Mutex<String>>) {
        for _ in 0..times {
            lock(&diary).push(name);
            tokio::task::yield_now().await;
        }
    }

    fn is_dropped<T>(held: &Arc<T>) -> bool {
        Arc::strong_count(held) == 1
    }

    async fn until(met: impl Fn() -> bool) {
        let waited = async {
            while !met() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), waited).await.expect("it comes about");
    }

    #[tokio::test]
    async fn tasks_have_their_slices_in_turn() {
        let lane = Lane::start(1).expect("a thread");
        let diary = Arc::new(Mutex::new(String::new()));
        // Nothing runs before all three are there.
        let held = lock(&diary);
        let (a, b, c) = (
            lane.run(steps('a', 3, Arc::clone(&diary))),
            lane.run(steps('b', 2, Arc::clone(&diary))),
            lane.run(steps('c', 1, Arc::clone(&diary))),
        );
        let begun = std::cell::Cell::new(Some(held));
        let begin = async { drop(begun.take()) };
        tokio::join!(biased; a, b, c, begin);
        assert_eq!(*lock(&diary), "abcaba");
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_dropped_where_it_stands() {
        let lane = Lane::start(1).expect("a thread");
        let (held, diary) = (Arc::new(()), Arc::new(Mutex::new(String::new())));
        let forever = {
            let (held, diary) = (Arc::clone(&held), Arc::clone(&diary));
            async move {
                steps('x', usize::MAX, diary).await;
                drop(held);
            }
        };
        tokio::select! {
            () = lane.run(forever) => {}
            () = until(|| lock(&diary).len() > 10) => {}
        }
        until(|| is_dropped(&held)).await;
        assert_eq!(lane.run(async { 1 }).await, 1, "the thread is free");
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_is_dropped_before_it_begins() {
        let lane = Lane::start(1).expect("a thread");
        let held = Arc::new(());
        let (blocked, block) = std::sync::mpsc::channel::<()>();
        let blocker = lane.run(async move { block.recv().is_err() });
        let waiting = {
            let held = Arc::clone(&held);
            lane.run(async move { drop(held) })
        };
        let give_up = async {
            tokio::select! {
                biased;
                () = waiting => {}
                () = std::future::ready(()) => {}
            }
            assert!(is_dropped(&held), "at once, though the thread is not free");
            drop(blocked);
        };
        let (over, ()) = tokio::join!(biased; blocker, give_up);
        assert!(over);
    }

    #[tokio::test]
    async fn a_panic_goes_to_who_waits_and_the_thread_goes_on() {
        let lane = Arc::new(Lane::start(1).expect("a thread"));
        let waiter = Arc::clone(&lane);
        let panicked = tokio::spawn(async move { waiter.run(async { resume_unwind(Box::new("no")) }).await });
        assert!(panicked.await.is_err_and(|error| error.is_panic()));
        assert_eq!(lane.run(async { 2 }).await, 2);
    }
}
