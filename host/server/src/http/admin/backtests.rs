//! Backtests: a candidate on the checks of the past.

use std::num::NonZeroU64;

use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_gate::Candidate;
use creditgate_store::PastChecks;
use creditgate_wire::backtest::{
    Backtest, BacktestReport, BacktestSummary, BacktestsBody, StartBacktest, StartedBacktest,
};
use creditgate_wire::replay::ReplayGap;
use creditgate_wire::time::Day;
use serde::de::DeserializeOwned;

use crate::backtests::{Backtests, Job, JobState, StartError, Terms};
use crate::host::Shared;
use crate::http::span::beginning;
use crate::http::{Answer, Answered, Code, HostState, Id, Json, Page, Problem, Who};

/// Begins a backtest
///
/// The candidate judges recorded checks of the binding again, in the background, on
/// what was known and in force on their days. The backtest changes nothing that serves,
/// and the candidate need not be active. One backtest runs at a time.
#[utoipa::path(post, path = "/v1/admin/backtests", tag = "administration")]
pub(in crate::http) async fn start_backtest(
    shared: HostState,
    who: Who,
    asked: Json<StartBacktest>,
) -> Answered<StartedBacktest, 202> {
    shared.disk.room()?;
    let (asked, settings) = asked.turned(|asked| check(&asked).map(|settings| (asked, settings)))?;
    let candidate = shared.deployer.candidate(&asked.binding, &asked.candidate, settings.as_deref()).await?;
    let past = past_of(&asked, &candidate);
    let terms = Terms {
        asked,
        release: candidate.release().clone(),
        settings: candidate.settings().json().to_owned(),
        made_by: who.id().to_owned(),
    };
    let started = Backtests::start(&shared, terms, candidate, past).await;
    let job = started.map_err(|error| match error {
        StartError::Store(error) => error.into(),
        StartError::Running(_) => Problem::new(Code::BacktestRunning, error.to_string()),
    })?;
    Ok(Answer(StartedBacktest { id: job.id().to_owned() }))
}

/// Says how far a backtest is
///
/// A finished backtest is answered with its report.
#[utoipa::path(get, path = "/v1/admin/backtests/{id}", tag = "administration")]
pub(in crate::http) async fn get_backtest(shared: HostState, Id(id): Id) -> Answered<Backtest> {
    let unfinished = shared.backtests.find(&id).filter(|job| job.state() != JobState::Done);
    let found = match unfinished {
        Some(job) => shown(&job),
        None => finished(&shared, &id)?.ok_or_else(|| unknown(&id))?,
    };
    Ok(Answer(found))
}

/// Cancels a backtest
///
/// The host keeps nothing of the backtest.
#[utoipa::path(delete, path = "/v1/admin/backtests/{id}", tag = "administration")]
pub(in crate::http) async fn cancel_backtest(shared: HostState, Id(id): Id) -> Answered<Backtest> {
    let job = match shared.backtests.find(&id) {
        Some(job) => job,
        None if shared.store.backtest(&id)?.is_some() => return Err(ended(&id)),
        None => return Err(unknown(&id)),
    };
    if !job.is_running() {
        return Err(ended(&id));
    }
    creditgate_store::says(job.id(), job.terms.about());
    shared.store.note_change().await?;
    // One that came to its end in this moment is answered as it is.
    job.cancel();
    Ok(Answer(shown(&job)))
}

/// Lists the backtests
///
/// Lists the backtest that is running, and finished backtests, newest first, without
/// their tables and cases.
#[utoipa::path(get, path = "/v1/admin/backtests", tag = "administration")]
pub(in crate::http) async fn list_backtests(shared: HostState, page: Page) -> Answered<BacktestsBody> {
    let after: Option<String> = page.after()?;
    let finished = shared.store.backtests(after.as_deref(), page.probe())?;
    let (finished, next) = page.cut(finished, |last| last.id.clone());
    let finished = finished.into_iter();
    let backtests =
        finished.map(|backtest| read::<BacktestSummary>(&backtest.summary)).collect::<Result<_, _>>()?;
    let running = shared.backtests.running().map(|job| shown(&job));
    Ok(Answer(BacktestsBody { running, backtests, next }))
}

/// The settings to try, once the rest makes sense.
fn check(asked: &StartBacktest) -> Result<Option<String>, Vec<FieldProblem>> {
    let mut faults = Faults::default();
    if asked.sample == Some(0) {
        faults.refuse("sample", "value.invalid", "must be at least 1");
    }
    if let (Some(since), Some(until)) = (asked.since, asked.until)
        && since > until
    {
        faults.refuse("until", "value.invalid", "must not be before `since`");
    }
    let settings = faults.keep(asked.settings());
    faults.passed_if_read(settings)
}

fn past_of(asked: &StartBacktest, candidate: &Candidate) -> PastChecks {
    let binding = candidate.binding();
    PastChecks {
        department: binding.department.clone(),
        item: binding.item.clone(),
        checkpoint: binding.checkpoint.clone(),
        since: asked.since.map(|Day(day)| beginning(day)),
        before: asked.until.and_then(|Day(day)| day.tomorrow().ok()).map(beginning),
        sample: asked.sample.and_then(NonZeroU64::new),
    }
}

fn finished(shared: &Shared, id: &str) -> Result<Option<Backtest>, Problem> {
    let Some((backtest, report)) = shared.store.backtest(id)? else { return Ok(None) };
    let report: BacktestReport = read(&report)?;
    Ok(Some(Backtest {
        id: backtest.id,
        binding: backtest.binding,
        candidate: backtest.digest,
        state: JobState::Done.code().to_owned(),
        done: report.summary.checks,
        total: report.summary.checks,
        reason: None,
        report: Some(report),
    }))
}

/// What the store kept as this host, or one before it, wrote it.
fn read<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    serde_json::from_str(text).map_err(Problem::caused)
}

fn shown(job: &Job) -> Backtest {
    let state = job.state();
    let (done, total) = job.progress();
    Backtest {
        id: job.id().to_owned(),
        binding: job.terms.asked.binding.clone(),
        candidate: job.terms.release.digest.clone(),
        state: state.code().to_owned(),
        done,
        total,
        reason: match state {
            JobState::Failed(code, text) => Some(ReplayGap { code: code.to_owned(), text: text.to_owned() }),
            _ => None,
        },
        report: None,
    }
}

fn unknown(id: &str) -> Problem {
    let detail =
        format!("there is no backtest `{id}`; one that a restart of the host ended has to be begun anew");
    Problem::new(Code::BacktestUnknown, detail)
}

fn ended(id: &str) -> Problem {
    Problem::new(Code::BacktestEnded, format!("backtest `{id}` has ended; there is nothing to cancel"))
}
