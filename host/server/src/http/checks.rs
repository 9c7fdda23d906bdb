//! Checks: made, and read again.

use std::sync::Arc;
use std::time::Instant;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use creditgate_gate::ports::{Ledger, StoredCheck};
use creditgate_gate::{CheckError, Checked};
use creditgate_store::{StoreError, Supersession};
use creditgate_wire::answer::AnswerBody;
use creditgate_wire::problem::ProblemBody;
use creditgate_wire::request::CheckRequestBody;

use super::auth::Principal;
use super::body::{self, Media};
use super::door::AboutCheck;
use super::input::{self, PathText};
use super::problem::Problem;
use super::role::Role;
use crate::clock;
use crate::host::Shared;
use crate::metrics::Refusal;

/// Makes a check
///
/// One call at a checkpoint of a case does the whole job: what is known of the
/// parties is gathered, the department's rule is applied, the result is recorded
/// and then answered. With an `Idempotency-Key` the same request gets the same
/// answer however often it is sent.
#[utoipa::path(
    post,
    path = "/v1/checks",
    tag = "checks",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 128 printable ASCII characters")),
    request_body = CheckRequestBody,
    responses(
        (status = 200, description = "The check, recorded", body = AnswerBody),
        (status = "default", description = "No check was made", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn make_check(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let limit = shared.config.http.body_limit_bytes.get();
    let bytes = body::read(&headers, body, Media::Json, limit).await?;
    let now = clock::now();
    let started = Instant::now();
    let idempotency = input::idempotency(&headers, &bytes)?;
    let request =
        body::parse::<CheckRequestBody>(&bytes)?.into_request(idempotency).map_err(CheckError::Invalid)?;
    let checked = shared.gate.check(request, &principal.caller, now).await;
    if let Some(reason) = checked.as_ref().err().and_then(refusal) {
        shared.metrics.refused(reason);
    }
    let checked = checked?;
    if let Checked::New { record, .. } = &checked {
        shared.metrics.checked(record, started.elapsed());
        if !record.feedback.is_empty() {
            shared.feedback_queued();
        }
    }
    answer(&shared, &checked)
}

/// Whether a check was not made for want of room, and of which.
fn refusal(error: &CheckError) -> Option<Refusal> {
    match error {
        CheckError::Busy => Some(Refusal::Slots),
        CheckError::DepartmentFull(_) => Some(Refusal::DepartmentChecks),
        CheckError::ShareTaken(_) => Some(Refusal::LongCalls),
        CheckError::Ledger(error) => {
            matches!(error.source.downcast_ref(), Some(StoreError::Overloaded)).then_some(Refusal::Writer)
        }
        _ => None,
    }
}

/// Reads a check
///
/// The same answer as the one that was given when the check was made.
#[utoipa::path(
    get,
    path = "/v1/checks/{id}",
    tag = "checks",
    params(("id" = String, Path, description = "Id of the check")),
    responses(
        (status = 200, description = "The check", body = AnswerBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_check(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
) -> Result<Response, Problem> {
    let id = id.uuid()?;
    let stored = Ledger::check(&shared.store, &id)?
        .ok_or_else(|| Problem::new("check.unknown", format!("there is no check `{id}`")))?;
    if !may_read(&principal, &stored) {
        let detail = format!("this key may not read checks of department `{}`", stored.department);
        return Err(Problem::new("department.not_allowed", detail));
    }
    answer(&shared, &shared.gate.receipt_of(stored))
}

/// Whether somebody may read a check: callers those of their departments.
pub(super) fn may_read(principal: &Principal, check: &StoredCheck) -> bool {
    principal.role != Role::Caller || principal.caller.may_ask_for(&check.department)
}

/// The answer as it was recorded, with hash and receipt.
///
/// # Errors
/// When the ledger holds something else.
pub(super) fn recorded(stored: &StoredCheck, receipt: String) -> Result<AnswerBody<'_>, Problem> {
    let answer: AnswerBody<'_> =
        serde_json::from_str(&stored.answer).map_err(|error| Problem::internal(Some(&error)))?;
    Ok(answer.with_receipt(stored.hash.to_hex(), receipt))
}

fn answer(shared: &Shared, checked: &Checked) -> Result<Response, Problem> {
    let (id, answer, place) = match checked {
        Checked::New { record, hash, supersedes, receipt } => {
            let answer = AnswerBody::of(record).with_receipt(hash.to_hex(), receipt.clone());
            // Nothing can have taken its place yet.
            let place = Supersession { supersedes: supersedes.clone(), superseded_by: None };
            (&record.check_id, answer, place)
        }
        Checked::Repeat { stored, receipt } => {
            let place = shared.store.supersession(&stored.check_id)?;
            (&stored.check_id, recorded(stored, receipt.clone())?, place)
        }
    };
    let answer = answer.with_place(place.supersedes, place.superseded_by);
    let mut response = body::answer(StatusCode::OK, &answer);
    response.extensions_mut().insert(AboutCheck(id.clone()));
    Ok(response)
}
