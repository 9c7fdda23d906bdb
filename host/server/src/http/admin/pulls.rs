//! Pulls: how far each came, and running one at once.

use creditgate_gate::chain;
use creditgate_store::StoreError;
use creditgate_wire::pages::Pulls;
use creditgate_wire::pull::{PullBody, PullReportBody, RefusedRecord};

use crate::host::Shared;
use crate::http::{Answer, Answered, Code, HostState, Page, PathText, Problem};
use crate::pulls::{Pull, PullError, PullReport};

/// Lists the pulls
///
/// A pull keeps lists up to date from a platform. The answer says how far each pull
/// came, and how its last run went.
#[utoipa::path(get, path = "/v1/admin/pulls", tag = "administration")]
pub(in crate::http) async fn list_pulls(shared: HostState, page: Page) -> Answered<Pulls> {
    let (pulls, next) = page.of(shared.pulls.iter(), |pull| pull.config.name.clone())?;
    let pulls: Result<_, StoreError> = pulls.into_iter().map(|pull| shown(&shared, pull)).collect();
    Ok(Answer(Pulls { pulls: pulls?, next }))
}

fn shown(shared: &Shared, pull: &Pull) -> Result<PullBody, StoreError> {
    let config = &pull.config;
    let state = shared.store.pull(&config.name)?;
    let state = state.as_ref();
    Ok(PullBody {
        name: config.name.clone(),
        connector: config.connector.clone(),
        source: config.source().to_owned(),
        every_seconds: config.every_seconds.get(),
        mark: state.and_then(|state| state.mark).map(Into::into),
        tried_at: state.map(|state| state.tried_at.into()),
        done_at: state.and_then(|state| state.done_at).map(Into::into),
        failures: state.map_or(0, |state| state.failures),
        last_error: state.and_then(|state| state.last_error.clone()),
        received: state.map_or(0, |state| state.received),
    })
}

/// Runs a pull at once
///
/// The host asks the platform for what has changed since the last run and takes the
/// changes in, without waiting for the pull's hour.
#[utoipa::path(
    post,
    path = "/v1/admin/pulls/{name}/run",
    tag = "administration",
    params(("name" = String, Path, description = "Name of the pull"))
)]
pub(in crate::http) async fn run_pull(shared: HostState, name: PathText) -> Answered<PullReportBody> {
    let pull = shared.pulls.get(name.text()).ok_or_else(|| {
        let known: Vec<&str> = shared.pulls.iter().map(|pull| pull.config.name.as_str()).collect();
        Problem::new(
            Code::PullUnknown,
            format!("there is no [[pull]] of this name; there are: {}", known.join(", ")),
        )
    })?;
    let report = pull.run(&shared).await.map_err(|error| match error {
        PullError::Query(error) => Problem::new(Code::PullFailed, chain(&error)),
        PullError::Store(error) => error.into(),
        PullError::NoRoom(error) => error.into(),
    })?;
    Ok(Answer(reported(&pull.config.name, &report)))
}

fn reported(name: &str, report: &PullReport) -> PullReportBody {
    let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    PullReportBody {
        name: name.to_owned(),
        added: count(report.saved.added),
        changed: count(report.saved.changed),
        unchanged: count(report.saved.unchanged),
        refused: report
            .pulled
            .refused
            .iter()
            .map(|refused| RefusedRecord {
                record: count(refused.record),
                field: refused.field.clone(),
                problem: refused.problem.clone(),
            })
            .collect(),
        mark: report.pulled.mark().map(Into::into),
    }
}
