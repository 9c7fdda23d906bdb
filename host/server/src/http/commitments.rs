//! Commitments: what is reported of them, and where they stand (R82, R83).

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_affairs::commitments::{
    self, Breach, Commitment, Commitments, CreditRepair, Fulfilment, Report, Signature,
};
use creditgate_credit::commitment::CommitmentStep;
use creditgate_credit::dossier::CommitmentState;
use creditgate_credit::time::Day;
use creditgate_store::CommitmentFilter;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::auth::Principal;
use super::body::{self, Json};
use super::input::PathText;
use super::openapi::UuidText;
use super::problem::Problem;
use super::query::{Page, Paged};
use super::tasks;
use crate::clock;
use crate::host::Shared;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct CommitmentsQuery {
    /// Only those in this state
    #[param(inline)]
    state: Option<CommitmentState>,
    /// Only those of this department
    department: Option<String>,
}

/// Lists commitments
///
/// The first due first; for a caller, those of its departments.
#[utoipa::path(
    get,
    path = "/v1/commitments",
    tag = "duties",
    params(CommitmentsQuery, Page),
    responses(
        (status = 200, description = "The commitments", body = Commitments),
    )
)]
pub(super) async fn list_commitments(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    Paged { query, page }: Paged<CommitmentsQuery>,
) -> Result<Response, Problem> {
    let filter = CommitmentFilter {
        departments: tasks::departments(&principal, query.department)?,
        state: query.state,
    };
    let after: Option<(Day, String)> = page.after()?;
    let after = after.map(|(day, id)| (day.0, id));
    let commitments = shared.store.commitments(&filter, after.as_ref(), page.probe())?;
    let (commitments, next) = page.cut(commitments, |last| (last.due_on, last.id.clone()));
    Ok(body::answer(StatusCode::OK, &Commitments { commitments, next }))
}

/// Reads a commitment
///
/// With everything that happened to it. Its id is that of the check that asked
/// for it.
#[utoipa::path(
    get,
    path = "/v1/commitments/{id}",
    tag = "duties",
    params(("id" = inline(UuidText), Path, description = "Id of the commitment")),
    responses(
        (status = 200, description = "The commitment", body = Commitment),
    )
)]
pub(super) async fn get_commitment(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
) -> Result<Response, Problem> {
    let commitment = commitments::read(&shared.store, &principal.who(), &id.uuid()?)?;
    Ok(body::answer(StatusCode::OK, &commitment))
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
    request_body = Signature,
    responses(
        (status = 200, description = "The commitment", body = Commitment),
    )
)]
pub(super) async fn sign_commitment(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    said: Json<Signature>,
) -> Result<Response, Problem> {
    reported(&shared, &principal, &id, said).await
}

/// Reports that a commitment was fulfilled
///
/// Also after its last day: then it is fulfilled late, and the answer says so.
#[utoipa::path(
    post,
    path = "/v1/commitments/{id}/fulfilment",
    tag = "duties",
    params(("id" = inline(UuidText), Path, description = "Id of the commitment")),
    request_body = Fulfilment,
    responses(
        (status = 200, description = "The commitment", body = Commitment),
    )
)]
pub(super) async fn fulfil_commitment(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    said: Json<Fulfilment>,
) -> Result<Response, Problem> {
    reported(&shared, &principal, &id, said).await
}

/// Grants more time for a commitment
///
/// Also where it is overdue: it is open again until the new day.
#[utoipa::path(
    post,
    path = "/v1/commitments/{id}/extension",
    tag = "duties",
    params(("id" = inline(UuidText), Path, description = "Id of the commitment")),
    request_body = commitments::Extension,
    responses(
        (status = 200, description = "The commitment", body = Commitment),
    )
)]
pub(super) async fn extend_commitment(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    said: Json<commitments::Extension>,
) -> Result<Response, Problem> {
    reported(&shared, &principal, &id, said).await
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
    request_body = Breach,
    responses(
        (status = 200, description = "The commitment", body = Commitment),
    )
)]
pub(super) async fn breach_commitment(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    said: Json<Breach>,
) -> Result<Response, Problem> {
    reported(&shared, &principal, &id, said).await
}

/// Reports that the credit of a party was repaired after a breach
///
/// Later checks do not see the breach any more.
#[utoipa::path(
    post,
    path = "/v1/commitments/{id}/repair",
    tag = "duties",
    params(("id" = inline(UuidText), Path, description = "Id of the commitment")),
    request_body = CreditRepair,
    responses(
        (status = 200, description = "The commitment", body = Commitment),
    )
)]
pub(super) async fn repair_commitment(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    said: Json<CreditRepair>,
) -> Result<Response, Problem> {
    reported(&shared, &principal, &id, said).await
}

/// Takes in a report, held to what is known of its commitment.
async fn reported<R: Report + DeserializeOwned>(
    shared: &Shared,
    principal: &Principal,
    id: &PathText,
    said: Json<R>,
) -> Result<Response, Problem> {
    let (id, who, today) = (id.uuid()?, principal.who(), clock::today());
    let commitment = commitments::read(&shared.store, &who, &id)?;
    let said = said.held_to(|said, faults| said.rules(&commitment, today, faults))?;
    let changed = commitments::report(&shared.store, &who, id, said, clock::now()).await?;
    if R::STEP == CommitmentStep::Breach {
        shared.feedback_queued();
    }
    Ok(body::answer(StatusCode::OK, &changed))
}
