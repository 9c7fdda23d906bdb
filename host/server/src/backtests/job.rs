//! One backtest: what was asked for, how far it is, how it ended.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use creditgate_gate::PluginRef;
use creditgate_wire::backtest::StartBacktest;
use tokio::sync::Notify;
use uuid::Uuid;

/// What a backtest is of.
pub(crate) struct Terms {
    /// As it was asked for.
    pub(crate) asked: StartBacktest,
    /// The release on trial.
    pub(crate) release: PluginRef,
    /// The complete settings it is tried under: a JSON object in text.
    pub(crate) settings: String,
    /// Key id of who asked.
    pub(crate) made_by: String,
}

impl Terms {
    /// For the audit trail: what is tried on what.
    pub(crate) fn about(&self) -> String {
        format!("{} {} on {}", self.release.name, self.release.version, self.asked.binding)
    }
}

/// How a backtest stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JobState {
    /// It runs.
    Running,
    /// All checks were run, and the report is being written.
    Keeping,
    /// Its report is in the store.
    Done,
    /// It could not go on; the code and the reason for whoever asked.
    Failed(&'static str, &'static str),
    /// Somebody ended it.
    Cancelled,
}

impl JobState {
    /// Machine name.
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Running | Self::Keeping => "running",
            Self::Done => "done",
            Self::Failed(..) => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// A backtest in memory. It holds nothing that the work needs, so that one that
/// has ended keeps no component and no snapshot from being let go.
pub(crate) struct Job {
    id: String,
    pub(crate) terms: Terms,
    pub(crate) done: AtomicU64,
    pub(crate) total: AtomicU64,
    state: Mutex<JobState>,
    cancelled: Notify,
}

impl std::fmt::Debug for Job {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Job")
            .field("id", &self.id)
            .field("state", &self.state())
            .finish_non_exhaustive()
    }
}

impl Job {
    pub(super) fn new(terms: Terms) -> Self {
        Self {
            id: Uuid::now_v7().to_string(),
            terms,
            done: AtomicU64::new(0),
            total: AtomicU64::new(0),
            state: Mutex::new(JobState::Running),
            cancelled: Notify::new(),
        }
    }

    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn state(&self) -> JobState {
        self.lock().clone()
    }

    pub(crate) fn is_running(&self) -> bool {
        matches!(*self.lock(), JobState::Running | JobState::Keeping)
    }

    /// Checks looked at, and to be looked at.
    pub(crate) fn progress(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed))
    }

    /// Ends it while it runs. Answers whether it did.
    pub(crate) fn cancel(&self) -> bool {
        let cancelled = self.step(JobState::Running, JobState::Cancelled);
        if cancelled {
            // Kept for the one task that waits for it, should it not wait yet.
            self.cancelled.notify_one();
        }
        cancelled
    }

    /// Resolves once it was cancelled. For one task.
    pub(super) async fn cancelled(&self) {
        self.cancelled.notified().await;
    }

    /// From here on it cannot be cancelled. False where it was already.
    pub(super) fn begin_keeping(&self) -> bool {
        self.step(JobState::Running, JobState::Keeping)
    }

    /// It has ended by itself; one that was cancelled stays so.
    pub(super) fn end(&self, end: JobState) {
        let mut state = self.lock();
        if matches!(*state, JobState::Running | JobState::Keeping) {
            *state = end;
        }
    }

    fn step(&self, from: JobState, to: JobState) -> bool {
        let mut state = self.lock();
        let steps = *state == from;
        if steps {
            *state = to;
        }
        steps
    }

    fn lock(&self) -> MutexGuard<'_, JobState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job() -> Job {
        let asked = StartBacktest {
            binding: "b".to_owned(),
            candidate: "sha256:00".to_owned(),
            settings: None,
            since: None,
            until: None,
            sample: None,
        };
        let release =
            PluginRef { name: "p".to_owned(), version: "1.0.0".to_owned(), digest: "sha256:00".to_owned() };
        Job::new(Terms { asked, release, settings: "{}".to_owned(), made_by: "k1".to_owned() })
    }

    #[tokio::test]
    async fn what_was_cancelled_stays_cancelled_and_what_is_being_kept_is_kept() {
        let cancelled = job();
        assert!(cancelled.is_running() && cancelled.cancel());
        cancelled.cancelled().await;
        assert!(!cancelled.begin_keeping() && !cancelled.cancel());
        cancelled.end(JobState::Done);
        assert_eq!(cancelled.state(), JobState::Cancelled);

        let kept = job();
        assert!(kept.begin_keeping());
        assert!(!kept.cancel() && kept.is_running());
        kept.end(JobState::Done);
        assert_eq!((kept.state(), kept.is_running()), (JobState::Done, false));
    }
}
