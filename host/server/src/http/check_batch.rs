//! Many checks in one request: each is made, or not, for itself.

use std::sync::Arc;

use axum::http::StatusCode;
use creditgate_api::{BatchResult, BatchedCheck, CheckBatch, CheckBatchResults};
use creditgate_gate::Checked;
use serde_json::value::{RawValue, to_raw_value};
use tokio::task::JoinSet;

use super::{Answer, Answered, HostState, Json, Principal, Problem, Who};
use super::{checks, input};
use crate::host::Shared;

/// Most checks of one request.
const MOST_CHECKS: usize = 1000;
/// Checks of one request that are made at once: enough that they share the syncs of
/// the disk, and few enough that the key's other requests get their turn.
const AT_ONCE: usize = 32;

/// Makes many checks
///
/// One call makes up to 1,000 checks, each as if it were asked for alone. A check that
/// is refused spoils none of the others, and the host records each check that it makes,
/// whatever becomes of the connection. Where each check has an `idempotency_key`, a
/// call that was cut off can be repeated without making a check twice.
#[utoipa::path(post, path = "/v1/checks:batch", tag = "checks")]
pub(super) async fn make_checks(
    shared: HostState,
    who: Who,
    batch: Json<CheckBatch>,
) -> Answered<CheckBatchResults> {
    let batch = batch.held_to(|batch, faults| {
        if !(1..=MOST_CHECKS).contains(&batch.checks.len()) {
            faults.refuse("checks", "field.length", format!("must have 1 to {MOST_CHECKS} requests"));
        }
    })?;
    let mut results: Vec<Option<BatchResult>> = batch.checks.iter().map(|_| None).collect();
    let mut waiting = batch.checks.into_iter().enumerate();
    let mut running = JoinSet::new();
    loop {
        while running.len() < AT_ONCE
            && let Some((index, asked)) = waiting.next()
        {
            let (shared, who) = (Arc::clone(&shared), who.clone());
            running.spawn(async move { (index, one(&shared, &who, &asked).await) });
        }
        match running.join_next().await {
            None => break,
            Some(Ok((index, result))) => {
                if let Some(place) = results.get_mut(index) {
                    *place = Some(result);
                }
            }
            Some(Err(error)) => tracing::error!(%error, "a check of a batch panicked"),
        }
    }
    let lost = || refused(&Problem::internal(None));
    let results = results.into_iter().map(|result| result.unwrap_or_else(lost)).collect();
    Ok(Answer(CheckBatchResults { results }))
}

/// What comes of one request. It takes a turn like one that came alone.
async fn one(shared: &Shared, principal: &Principal, asked: &RawValue) -> BatchResult {
    let _turn = shared.places.turn(principal).await;
    let checked = match Json::<BatchedCheck>::read(asked.get().as_bytes()).and_then(Json::sound) {
        Err(problem) => Err(problem),
        Ok(BatchedCheck { idempotency_key, request }) => {
            let text = request.get().as_bytes();
            let idempotency = idempotency_key.map(|key| input::idempotency_of(key, text));
            checks::make(shared, principal, text, idempotency).await.map_err(below_request)
        }
    };
    match checked.and_then(|checked| made(shared, &checked)) {
        Ok(result) => result,
        Err(problem) => refused(&problem),
    }
}

fn made(shared: &Shared, checked: &Checked) -> Result<BatchResult, Problem> {
    let answer = checks::answer_of(shared, checked)?;
    let answer = to_raw_value(&answer).map_err(Problem::caused)?;
    let replayed = matches!(checked, Checked::Repeat { .. });
    Ok(BatchResult { status: StatusCode::OK.as_u16(), replayed, answer: Some(answer), problem: None })
}

fn refused(problem: &Problem) -> BatchResult {
    let problem = problem.document();
    BatchResult { status: problem.status, replayed: false, answer: None, problem: Some(problem) }
}

/// The request's faults, by their places in the batch.
fn below_request(problem: Problem) -> Problem {
    problem.with_places(|field| match field {
        "" => "request".to_owned(),
        input::IDEMPOTENCY_HEADER => "idempotency_key".to_owned(),
        field => format!("request.{field}"),
    })
}
