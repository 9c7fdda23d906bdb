//! The epoch clock: one thread that ticks while calls run and sleeps while none
//! does, and the deadline a call looks at when it ticks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use wasmtime::Engine;

/// How often a running guest gives its thread back: the slice of a long call.
pub(crate) const TICK: Duration = Duration::from_millis(5);

/// Ticks without a call before the thread goes to sleep. Falling asleep at once
/// would cost a system call to wake it for nearly every call.
const IDLE_TICKS: u32 = 40;

/// The moment a call has to be over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// So many milliseconds from now.
    pub(crate) fn after_ms(milliseconds: u64) -> Self {
        let now = Instant::now();
        // A year is as good as never, and within what an `Instant` holds.
        let year = Duration::from_secs(365 * 24 * 3600);
        Self(now + Duration::from_millis(milliseconds).min(year))
    }

    pub(crate) fn is_over(self) -> bool {
        Instant::now() >= self.0
    }
}

/// Ticks an engine's epoch as long as it lives.
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    running: AtomicUsize,
    asleep: AtomicBool,
    stop: AtomicBool,
}

/// Keeps the clock ticking.
pub(crate) struct Ticking<'a>(&'a Shared);

impl Drop for Ticking<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Ticker {
    pub(crate) fn start(engine: Engine) -> std::io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let for_thread = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("plugin-epoch".to_owned())
            .spawn(move || tick(&engine, &for_thread))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// Makes sure that the clock ticks until the answer is dropped. No system
    /// call unless the clock sleeps.
    pub(crate) fn ticking(&self) -> Ticking<'_> {
        // The order matters: the thread sets `asleep`, then looks at `running`.
        self.shared.running.fetch_add(1, Ordering::SeqCst);
        if self.shared.asleep.load(Ordering::SeqCst) {
            self.wake();
        }
        Ticking(&self.shared)
    }

    fn wake(&self) {
        if let Some(thread) = &self.thread {
            thread.thread().unpark();
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.wake();
        if let Some(thread) = self.thread.take() {
            // The thread runs nothing that panics.
            let _ = thread.join();
        }
    }
}

fn tick(engine: &Engine, shared: &Shared) {
    let mut idle = 0;
    while !shared.stop.load(Ordering::SeqCst) {
        thread::park_timeout(TICK);
        engine.increment_epoch();
        let quiet = shared.running.load(Ordering::SeqCst) == 0;
        idle = if quiet { idle + 1 } else { 0 };
        if idle >= IDLE_TICKS {
            shared.asleep.store(true, Ordering::SeqCst);
            if shared.running.load(Ordering::SeqCst) == 0 && !shared.stop.load(Ordering::SeqCst) {
                thread::park();
            }
            shared.asleep.store(false, Ordering::SeqCst);
            idle = 0;
        }
    }
}
