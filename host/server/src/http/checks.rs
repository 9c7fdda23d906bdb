//! Checks: made, and read again.

use std::time::Instant;

use axum::Extension;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use creditgate_api::{self as api, Answer};
use creditgate_credit::fault::merged;
use creditgate_gate::ports::{Ledger, StoredCheck};
use creditgate_gate::request::{CheckRequest, Idempotency};
use creditgate_gate::{CheckError, Checked};
use creditgate_store::{StoreError, Supersession};
use utoipa::IntoParams;

use super::access::AboutCheck;
use super::body::JsonText;
use super::{Code, HostState, Id, Json, Principal, Problem, Who, body, input};
use crate::clock;
use crate::host::Shared;
use crate::metrics::Refusal;

/// The header that marks the answer of an earlier check.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Makes a check
///
/// One call at a checkpoint of a case does the whole job: the host gathers what is
/// known of the parties, applies the department's rule, records the result and then
/// answers. With an `Idempotency-Key` the same request gets the same answer however
/// often it is sent.
#[utoipa::path(
    post,
    path = "/v1/checks",
    tag = "checks",
    params(IdempotencyKey),
    request_body = api::CheckRequest,
    responses(
        (
            status = 200, description = "The check, recorded", body = Answer,
            headers(("Idempotency-Replayed" = bool, description = "`true` where the answer is that of an earlier check, made under the same key; absent otherwise")),
        ),
    )
)]
pub(super) async fn make_check(
    shared: HostState,
    who: Who,
    headers: HeaderMap,
    JsonText(bytes): JsonText,
) -> Result<Response, Problem> {
    let idempotency = input::idempotency(&headers, &bytes)?;
    let checked = make(&shared, &who, &bytes, idempotency).await?;
    let mut response = answer(&shared, &checked)?;
    if matches!(checked, Checked::Repeat { .. }) {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}

#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "for the description of the call")]
pub(in crate::http) struct IdempotencyKey {
    /// A repetition under this key gets the answer of the first check
    #[param(rename = "Idempotency-Key", min_length = 1, max_length = 128, pattern = "^[!-~]+$")]
    idempotency_key: Option<String>,
}

/// Makes the check a body asks for.
///
/// # Errors
/// Why no check was made.
pub(super) async fn make(
    shared: &Shared,
    principal: &Principal,
    bytes: &[u8],
    idempotency: Option<Idempotency>,
) -> Result<Checked, Problem> {
    let now = clock::now();
    let started = Instant::now();
    let request = requested(bytes, idempotency)?;
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
    Ok(checked)
}

/// The request in a body, with what is wrong with it.
fn requested(bytes: &[u8], idempotency: Option<Idempotency>) -> Result<CheckRequest, Problem> {
    let (body, faults) = Json::<api::CheckRequest>::read(bytes)?.into_parts();
    let mut request = creditgate_wire::request::check_request(body, idempotency);
    request.faults = merged(faults, request.faults);
    Ok(request)
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
/// Answers what the host answered when the check was made.
#[utoipa::path(
    get,
    path = "/v1/checks/{id}",
    tag = "checks",
    responses(
        (status = 200, description = "The check", body = Answer),
    )
)]
pub(super) async fn get_check(shared: HostState, who: Who, Id(id): Id) -> Result<Response, Problem> {
    let stored = Ledger::check(&shared.store, &id)?
        .ok_or_else(|| Problem::new(Code::CheckUnknown, format!("there is no check `{id}`")))?;
    who.may_read(&stored.department)?;
    answer(&shared, &shared.gate.receipt_of(stored))
}

/// The answer as it was recorded, with hash and receipt.
///
/// # Errors
/// When the ledger holds something else.
pub(super) fn recorded(stored: &StoredCheck, receipt: String) -> Result<Answer<'_>, Problem> {
    let answer: Answer<'_> = serde_json::from_str(&stored.answer).map_err(Problem::caused)?;
    Ok(answer.with_receipt(stored.hash.to_hex(), receipt))
}

fn answer(shared: &Shared, checked: &Checked) -> Result<Response, Problem> {
    let answer = answer_of(shared, checked)?;
    let about = AboutCheck(answer.check_id.to_string());
    Ok((Extension(about), body::answer(StatusCode::OK, &answer)).into_response())
}

/// The answer to a check as it is sent.
///
/// # Errors
/// When the ledger cannot be read.
pub(super) fn answer_of<'a>(shared: &Shared, checked: &'a Checked) -> Result<Answer<'a>, Problem> {
    let (answer, place) = match checked {
        Checked::New { record, hash, supersedes, receipt } => {
            let answer = creditgate_wire::answer::answer(record).with_receipt(hash.to_hex(), receipt.clone());
            // Nothing can have taken its place yet.
            (answer, Supersession { supersedes: supersedes.clone(), superseded_by: None })
        }
        Checked::Repeat { stored, receipt } => {
            (recorded(stored, receipt.clone())?, shared.store.supersession(&stored.check_id)?)
        }
    };
    Ok(answer.with_place(place.supersedes, place.superseded_by))
}
