//! The watch over what runs in the background: each task gives signs of life, one
//! that panics is begun again, and one that is gone is told of.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use creditgate_credit::fault::FieldProblem;
use futures_util::FutureExt as _;

/// Without a sign of life for so long, a task counts as stuck. All of them look at
/// the clock every minute; what they do then may take a while.
const LONGEST_SILENCE: Duration = Duration::from_secs(600);

/// Pause before a task that panicked is begun again; each panic in a row doubles
/// it.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

const IDLE: u8 = 0;
const RUNS: u8 = 1;
const GONE: u8 = 2;

/// Everything that is watched.
#[derive(Default)]
pub(crate) struct Watch(Mutex<Vec<Arc<Heart>>>);

/// One task's signs of life.
pub(crate) struct Heart {
    name: String,
    longest_silence: Duration,
    start: Instant,
    state: AtomicU8,
    /// Milliseconds from the start to the last sign.
    beat: AtomicU64,
    restarts: AtomicU64,
}

/// How a task is, for metrics.
pub(crate) struct Pulse {
    pub(crate) task: String,
    pub(crate) runs: bool,
    pub(crate) silent_for: Duration,
    pub(crate) restarts: u64,
}

impl Watch {
    /// A heart for a task of this name, which beats once the task runs.
    pub(crate) fn heart(&self, name: impl Into<String>) -> Arc<Heart> {
        self.heart_of(name.into(), LONGEST_SILENCE)
    }

    fn heart_of(&self, name: String, longest_silence: Duration) -> Arc<Heart> {
        let heart = Arc::new(Heart {
            name,
            longest_silence,
            start: Instant::now(),
            state: AtomicU8::new(IDLE),
            beat: AtomicU64::new(0),
            restarts: AtomicU64::new(0),
        });
        self.lock().push(Arc::clone(&heart));
        heart
    }

    /// Tasks that were begun and do not do their work.
    pub(crate) fn faults(&self) -> Vec<FieldProblem> {
        self.lock().iter().filter_map(|heart| heart.fault()).collect()
    }

    /// Every task that was begun.
    pub(crate) fn pulses(&self) -> Vec<Pulse> {
        let begun = |heart: &&Arc<Heart>| heart.state.load(Ordering::Relaxed) != IDLE;
        self.lock().iter().filter(begun).map(|heart| heart.pulse()).collect()
    }

    /// No code that runs under the lock can panic.
    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Heart>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heart {
    /// Gives a sign of life.
    pub(crate) fn beat(&self) {
        let since_start = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.beat.store(since_start, Ordering::Relaxed);
    }

    /// Runs work until it ends by itself, beginning it again whenever it panics.
    pub(crate) async fn keep<F>(&self, mut work: impl FnMut() -> F)
    where
        F: Future<Output = ()>,
    {
        let mut pause = FIRST_PAUSE;
        loop {
            self.state.store(RUNS, Ordering::Relaxed);
            self.beat();
            let begun = Instant::now();
            // What it said was logged by the panic hook.
            let ended = AssertUnwindSafe(async { work().await }).catch_unwind().await;
            self.state.store(GONE, Ordering::Relaxed);
            if ended.is_ok() {
                return;
            }
            if begun.elapsed() > LONGEST_PAUSE {
                pause = FIRST_PAUSE;
            }
            self.restarts.fetch_add(1, Ordering::Relaxed);
            tracing::error!(task = self.name, pause_s = pause.as_secs(), "a task panicked; it begins again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Whether the task is at its work.
    pub(crate) fn runs(&self) -> bool {
        self.state.load(Ordering::Relaxed) == RUNS
    }

    fn pulse(&self) -> Pulse {
        let beat = Duration::from_millis(self.beat.load(Ordering::Relaxed));
        Pulse {
            task: self.name.clone(),
            runs: self.runs(),
            silent_for: self.start.elapsed().saturating_sub(beat),
            restarts: self.restarts.load(Ordering::Relaxed),
        }
    }

    fn fault(&self) -> Option<FieldProblem> {
        let (code, message) = match self.state.load(Ordering::Relaxed) {
            IDLE => return None,
            RUNS if self.pulse().silent_for <= self.longest_silence => return None,
            RUNS => ("task.silent", "has given no sign of life for too long"),
            _ => ("task.gone", "has ended; it is begun again after a panic"),
        };
        Some(FieldProblem::new(&self.name, code, message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(watch: &Watch) -> Vec<(String, &'static str)> {
        watch.faults().into_iter().map(|fault| (fault.field, fault.code)).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_is_told_of_and_begun_again_ever_later() {
        let watch = Arc::new(Watch::default());
        let heart = watch.heart("pulse");
        assert!(codes(&watch).is_empty() && watch.pulses().is_empty(), "it was not begun yet");
        let begun = Arc::new(Mutex::new(Vec::new()));
        let task = tokio::spawn({
            let (heart, begun) = (Arc::clone(&heart), Arc::clone(&begun));
            async move {
                heart
                    .keep(|| {
                        let begun = Arc::clone(&begun);
                        async move {
                            let times = {
                                let mut begun = begun.lock().unwrap();
                                begun.push(tokio::time::Instant::now());
                                begun.len()
                            };
                            assert!(times > 3, "a fault of the program");
                            std::future::pending().await
                        }
                    })
                    .await;
            }
        });
        let first = tokio::time::Instant::now();
        tokio::task::yield_now().await;
        assert_eq!(codes(&watch), [("pulse".to_owned(), "task.gone")]);
        while !heart.runs() || heart.restarts.load(Ordering::Relaxed) < 3 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let waits: Vec<u64> = begun.lock().unwrap().iter().map(|at| (*at - first).as_secs()).collect();
        assert_eq!(waits, [0, 1, 3, 7]);
        assert!(codes(&watch).is_empty(), "it is at its work");
        assert_eq!(watch.pulses().first().map(|pulse| (pulse.runs, pulse.restarts)), Some((true, 3)));
        task.abort();
    }

    #[tokio::test]
    async fn a_task_that_ends_or_says_nothing_is_told_of() {
        let watch = Watch::default();
        watch.heart("ended").keep(|| async {}).await;
        let silent = watch.heart_of("silent".to_owned(), Duration::from_millis(5));
        let stuck = silent.keep(std::future::pending);
        assert!(tokio::time::timeout(Duration::from_millis(50), stuck).await.is_err());
        let expected = [("ended", "task.gone"), ("silent", "task.silent")];
        assert_eq!(codes(&watch), expected.map(|(task, code)| (task.to_owned(), code)));
        silent.beat();
        assert_eq!(codes(&watch).len(), 1, "a sign of life is enough");
    }
}
