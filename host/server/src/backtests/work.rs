//! The work of a backtest: find the checks, share them out among workers, make
//! one report of what each has found.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use creditgate_gate::{BacktestTally, Candidate, chain};
use creditgate_store::{FinishedBacktest, PastChecks, Store, StoreError};
use creditgate_wire::backtest::{BacktestReport, BacktestTerms};
use creditgate_wire::record::read_record;
use tokio::task::{JoinError, JoinSet};

use super::{Job, JobState};
use crate::clock;
use crate::host::Shared;
use crate::http::Code;

/// Checks a worker takes at a time. Their records are read at once, which keeps
/// a connection of the store for about as many tenths of a millisecond.
const CHECKS_AT_ONCE: usize = 32;
/// Checks run between two turns given to whatever else waits for the thread.
const CHECKS_IN_A_TURN: usize = 4;
/// Under which code a check counts whose record cannot be read.
const UNREADABLE: &str = "record_unreadable";

/// Why a backtest could not go on. The cause is for the log.
#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("the ledger or the reports could not be used")]
    Store(#[from] StoreError),
    #[error("a worker ended badly")]
    Worker(#[from] JoinError),
    #[error("the report could not be written")]
    Report(#[from] serde_json::Error),
}

impl Fault {
    fn state(&self) -> JobState {
        match self {
            Self::Store(error) => JobState::Failed(error.code(), "the store failed; the host's log says why"),
            Self::Worker(_) | Self::Report(_) => {
                JobState::Failed(Code::HostInternal.code(), "the host could not do this; its log says why")
            }
        }
    }
}

/// Runs a backtest to its end, whichever that is.
pub(super) async fn run(shared: Arc<Shared>, job: Arc<Job>, candidate: Candidate, past: PastChecks) {
    let ended = tokio::select! {
        ended = find_and_compare(&shared, &job, Arc::new(candidate), past) => ended,
        // What was begun is dropped, and the workers with it.
        () = job.cancelled() => return,
    };
    let ended = match ended {
        Ok(tally) if job.begin_keeping() => keep(&shared, &job, tally).await,
        Ok(_) => return,
        Err(fault) => Err(fault),
    };
    if let Err(fault) = ended {
        tracing::error!(backtest = job.id(), error = %chain(&fault), "a backtest failed");
        job.end(fault.state());
    }
}

async fn find_and_compare(
    shared: &Arc<Shared>,
    job: &Arc<Job>,
    candidate: Arc<Candidate>,
    past: PastChecks,
) -> Result<BacktestTally, Fault> {
    let places = shared.read_long(move |store| store.past_checks(&past)).await?;
    job.total.store(places.len() as u64, Ordering::Relaxed);
    let pages = Arc::new(Pages { places, next: AtomicUsize::new(0) });
    let mut workers = JoinSet::new();
    for _ in 0..tokio::runtime::Handle::current().metrics().num_workers() {
        let (store, job) = (shared.store.clone(), Arc::clone(job));
        workers.spawn(work(store, job, Arc::clone(&candidate), Arc::clone(&pages)));
    }
    let mut whole = BacktestTally::default();
    while let Some(found) = workers.join_next().await {
        whole.merge(found??);
    }
    Ok(whole)
}

/// The checks, of which each worker takes the next few.
struct Pages {
    places: Vec<i64>,
    next: AtomicUsize,
}

impl Pages {
    fn next(&self) -> &[i64] {
        let start = self.next.fetch_add(CHECKS_AT_ONCE, Ordering::Relaxed).min(self.places.len());
        let end = (start + CHECKS_AT_ONCE).min(self.places.len());
        &self.places[start..end]
    }
}

async fn work(
    store: Store,
    job: Arc<Job>,
    candidate: Arc<Candidate>,
    pages: Arc<Pages>,
) -> Result<BacktestTally, StoreError> {
    let mut tally = BacktestTally::default();
    loop {
        let page = pages.next();
        if page.is_empty() {
            return Ok(tally);
        }
        let records = store.records_at(page)?;
        for few in records.chunks(CHECKS_IN_A_TURN) {
            for record in few {
                match read_record(record) {
                    Ok(recorded) => candidate.run(&recorded, &mut tally).await,
                    Err(_) => tally.lack(UNREADABLE),
                }
            }
            tokio::task::yield_now().await;
        }
        job.done.fetch_add(page.len() as u64, Ordering::Relaxed);
    }
}

/// Writes the report, and only then says that it is done.
async fn keep(shared: &Shared, job: &Job, tally: BacktestTally) -> Result<(), Fault> {
    let terms = &job.terms;
    let made_at = clock::now();
    let about = BacktestTerms {
        id: job.id(),
        asked: &terms.asked,
        candidate: &terms.release,
        settings: &terms.settings,
        made_by: &terms.made_by,
        made_at: made_at.into(),
    };
    let report = BacktestReport::of(&about, tally);
    let finished = FinishedBacktest {
        id: job.id().to_owned(),
        binding: terms.asked.binding.clone(),
        digest: terms.release.digest.clone(),
        settings: terms.settings.clone(),
        made_at,
        made_by: terms.made_by.clone(),
        summary: serde_json::to_string(&report.summary)?,
    };
    shared.store.save_backtest(finished, serde_json::to_string(&report)?).await?;
    job.end(JobState::Done);
    Ok(())
}
