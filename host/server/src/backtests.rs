//! Backtests that run: one at a time, in the background, on every thread.
//!
//! A backtest lives in memory until it is done; then its report is written once,
//! whole. A host that is killed before has nothing of it afterwards, and nothing
//! that serves ever learned of it.

mod job;
mod work;

use std::collections::VecDeque;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use creditgate_gate::Candidate;
use creditgate_store::{PastChecks, StoreError};
use futures_util::FutureExt as _;
pub(crate) use job::{Job, JobState, Terms};

use crate::host::Shared;
use crate::http::Code;

/// Backtests that ended without a report and are remembered, for whoever asks
/// what became of them.
const REMEMBERED: usize = 16;

/// The backtests of a host.
#[derive(Debug, Default)]
pub(crate) struct Backtests(Mutex<VecDeque<Arc<Job>>>);

/// Why no backtest has begun.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    /// This one is running.
    #[error("backtest {} is running; wait for its end, or cancel it", .0.id())]
    Running(Arc<Job>),
    /// It could not be noted in the audit trail.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Backtests {
    /// Begins a backtest once the audit trail has it, unless one is running.
    ///
    /// # Errors
    /// [`StartError`]; nothing has begun then.
    pub(crate) async fn start(
        shared: &Arc<Shared>,
        terms: Terms,
        candidate: Candidate,
        past: PastChecks,
    ) -> Result<Arc<Job>, StartError> {
        let job = Arc::new(Job::new(terms));
        shared.backtests.take_place(&job).map_err(StartError::Running)?;
        creditgate_store::says(job.id(), job.terms.about());
        if let Err(error) = shared.store.note_change().await {
            job.cancel();
            return Err(error.into());
        }
        let (shared, at_work) = (Arc::clone(shared), Arc::clone(&job));
        tokio::spawn(async move {
            let run = work::run(shared, Arc::clone(&at_work), candidate, past);
            // One that stays running for ever would let no other begin.
            if AssertUnwindSafe(run).catch_unwind().await.is_err() {
                at_work.end(JobState::Failed(
                    Code::HostInternal.code(),
                    "the host could not do this; its log says why",
                ));
            }
        });
        Ok(job)
    }

    fn take_place(&self, job: &Arc<Job>) -> Result<(), Arc<Job>> {
        let mut jobs = self.lock();
        if let Some(running) = jobs.iter().find(|job| job.is_running()) {
            return Err(Arc::clone(running));
        }
        // One that is done has its report in the store.
        jobs.retain(|job| !matches!(job.state(), JobState::Done));
        jobs.truncate(REMEMBERED);
        jobs.push_front(Arc::clone(job));
        Ok(())
    }

    /// The backtest with this id, if it is running or remembered.
    pub(crate) fn find(&self, id: &str) -> Option<Arc<Job>> {
        self.lock().iter().find(|job| job.id() == id).cloned()
    }

    /// The backtest that is running.
    pub(crate) fn running(&self) -> Option<Arc<Job>> {
        self.lock().iter().find(|job| job.is_running()).cloned()
    }

    /// Ends the backtest that is running, if there is one: the host stops.
    pub(crate) fn cancel_all(&self) {
        for job in self.lock().iter() {
            job.cancel();
        }
    }

    /// No code that runs under the lock can panic.
    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Job>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
