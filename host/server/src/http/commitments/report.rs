//! What a department reports of a commitment: one call for each step.

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_credit::calendar::local_date;
use creditgate_credit::commitment::CommitmentStep;
use creditgate_credit::fault::Faults;
use creditgate_gate::event::{self, Event};
use creditgate_store::{CommitmentChange, StoredCommitment};
use creditgate_wire::commitment::{
    BreachBody, CommitmentBody, ExtensionBody, FulfilmentBody, RepairBody, SignatureBody, StepDetailBody,
};
use jiff::civil::Date;

use super::{find, shown};
use crate::clock;
use crate::host::Shared;
use crate::http::auth::Principal;
use crate::http::body;
use crate::http::body::Json;
use crate::http::input::PathText;
use crate::http::openapi::UuidText;
use crate::http::problem::{Code, Problem};

/// A step that was reported, before it is taken.
struct Reported {
    step: CommitmentStep,
    day: Date,
    detail: StepDetailBody,
}

/// Reports that a commitment was signed
///
/// With the reference of the signed document. Where the hash of what was signed
/// is given, it must be that of the text the check asked for.
#[utoipa::path(
    post,
    path = "/v1/commitments/{id}/signature",
    tag = "duties",
    params(("id" = inline(UuidText), Path, description = "Id of the commitment")),
    request_body = SignatureBody,
    responses(
        (status = 200, description = "The commitment", body = CommitmentBody),
    )
)]
pub(in crate::http) async fn sign_commitment(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    report: Json<SignatureBody>,
) -> Result<Response, Problem> {
    let commitment = find(&shared, &principal, &id)?;
    let report = report.held_to(|report, faults| {
        faults.filled("document", &report.document);
        happened("signed_on", report.signed_on.0, &commitment, faults);
    })?;
    if report.text_hash.is_some_and(|hash| !hash.eq_ignore_ascii_case(&commitment.text_hash)) {
        let detail = format!("the check asked for the text with the hash {}", commitment.text_hash);
        return Err(Problem::new(Code::CommitmentOtherText, detail));
    }
    let detail = StepDetailBody { document: Some(report.document), ..StepDetailBody::default() };
    let step = CommitmentStep::Sign;
    take(&shared, &principal, &commitment, Reported { step, day: report.signed_on.0, detail }).await
}

/// Reports that a commitment was fulfilled
///
/// Also after its last day: then it is fulfilled late, and the answer says so.
#[utoipa::path(
    post,
    path = "/v1/commitments/{id}/fulfilment",
    tag = "duties",
    params(("id" = inline(UuidText), Path, description = "Id of the commitment")),
    request_body = FulfilmentBody,
    responses(
        (status = 200, description = "The commitment", body = CommitmentBody),
    )
)]
pub(in crate::http) async fn fulfil_commitment(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    report: Json<FulfilmentBody>,
) -> Result<Response, Problem> {
    let commitment = find(&shared, &principal, &id)?;
    let report = report.held_to(|report, faults| {
        faults.filled("by", &report.by);
        happened("fulfilled_on", report.fulfilled_on.0, &commitment, faults);
        let absent: Vec<&str> = commitment
            .missing
            .iter()
            .filter(|code| !report.materials.contains(code))
            .map(String::as_str)
            .collect();
        if !absent.is_empty() {
            let message = format!("must name everything that was missing; {} not there", absent.join(", "));
            faults.refuse("materials", "commitment.incomplete", message);
        }
    })?;
    let detail = StepDetailBody {
        materials: report.materials,
        by: Some(report.by),
        document: report.document,
        ..StepDetailBody::default()
    };
    let step = CommitmentStep::Fulfil;
    take(&shared, &principal, &commitment, Reported { step, day: report.fulfilled_on.0, detail }).await
}

/// Grants more time for a commitment
///
/// Also where it is overdue: it is open again until the new day.
#[utoipa::path(
    post,
    path = "/v1/commitments/{id}/extension",
    tag = "duties",
    params(("id" = inline(UuidText), Path, description = "Id of the commitment")),
    request_body = ExtensionBody,
    responses(
        (status = 200, description = "The commitment", body = CommitmentBody),
    )
)]
pub(in crate::http) async fn extend_commitment(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    report: Json<ExtensionBody>,
) -> Result<Response, Problem> {
    let commitment = find(&shared, &principal, &id)?;
    let today = local_date(clock::now());
    let report = report.held_to(|report, faults| {
        faults.filled("reason", &report.reason);
        if report.until.0 <= commitment.due_on || report.until.0 < today {
            let message = format!("must be after {} and not past", commitment.due_on);
            faults.refuse("until", "value.range", message);
        }
    })?;
    let detail = StepDetailBody {
        until: Some(report.until),
        reason: Some(report.reason),
        ..StepDetailBody::default()
    };
    let step = CommitmentStep::Extend;
    take(&shared, &principal, &commitment, Reported { step, day: today, detail }).await
}

/// Reports that a commitment was false or not kept
///
/// The finding goes to the credit platform, and later checks of the party see the
/// breach until it is repaired.
#[utoipa::path(
    post,
    path = "/v1/commitments/{id}/breach",
    tag = "duties",
    params(("id" = inline(UuidText), Path, description = "Id of the commitment")),
    request_body = BreachBody,
    responses(
        (status = 200, description = "The commitment", body = CommitmentBody),
    )
)]
pub(in crate::http) async fn breach_commitment(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    report: Json<BreachBody>,
) -> Result<Response, Problem> {
    let commitment = find(&shared, &principal, &id)?;
    let report = report.held_to(|report, faults| {
        faults.filled("reason", &report.reason);
        faults.filled("facts", &report.facts);
    })?;
    let detail = StepDetailBody {
        reason: Some(report.reason),
        facts: Some(report.facts),
        ..StepDetailBody::default()
    };
    let (step, day) = (CommitmentStep::Breach, local_date(clock::now()));
    take(&shared, &principal, &commitment, Reported { step, day, detail }).await
}

/// Reports that the credit of a party was repaired after a breach
///
/// Later checks do not see the breach any more.
#[utoipa::path(
    post,
    path = "/v1/commitments/{id}/repair",
    tag = "duties",
    params(("id" = inline(UuidText), Path, description = "Id of the commitment")),
    request_body = RepairBody,
    responses(
        (status = 200, description = "The commitment", body = CommitmentBody),
    )
)]
pub(in crate::http) async fn repair_commitment(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    report: Json<RepairBody>,
) -> Result<Response, Problem> {
    let commitment = find(&shared, &principal, &id)?;
    let report = report.held_to(|report, faults| {
        faults.filled("document", &report.document);
        happened("repaired_on", report.repaired_on.0, &commitment, faults);
    })?;
    let detail = StepDetailBody { document: Some(report.document), ..StepDetailBody::default() };
    let step = CommitmentStep::Repair;
    take(&shared, &principal, &commitment, Reported { step, day: report.repaired_on.0, detail }).await
}

/// A day on which something happened to a commitment: not before it was made, and
/// not to come.
fn happened(field: &str, day: Date, commitment: &StoredCommitment, faults: &mut Faults) {
    faults.not_after(field, day, local_date(clock::now()), "today");
    if day < commitment.made_on {
        let message = format!("must not be before {}, the day of the check", commitment.made_on);
        faults.refuse(field, "value.range", message);
    }
}

async fn take(
    shared: &Shared,
    principal: &Principal,
    commitment: &StoredCommitment,
    reported: Reported,
) -> Result<Response, Problem> {
    let now = clock::now();
    let breach = (reported.step == CommitmentStep::Breach).then(|| {
        Event::new(event::COMMITMENT_BREACHED, now, principal.id(), &commitment.id)
            .with("department", &*commitment.department)
            .with("division", &*commitment.division)
    });
    let change = CommitmentChange {
        id: commitment.id.clone(),
        step: reported.step,
        day: reported.day,
        actor: principal.id().to_owned(),
        at: now,
        detail: reported.detail,
    };
    let breached = breach.is_some();
    if let Some(event) = breach {
        shared.events.emit(event);
    }
    let Some(changed) = shared.store.change_commitment(change).await? else {
        let (state, step) = (commitment.standing.state.code(), reported.step.code());
        let detail = format!("a commitment that is `{state}` cannot be `{step}`");
        return Err(Problem::new(Code::CommitmentIllegalStep, detail));
    };
    if breached {
        shared.feedback_queued();
    }
    let shown: CommitmentBody = shown(changed);
    Ok(body::answer(StatusCode::OK, &shown))
}
