//! Commitments: what is reported of them, and where they stand (R82, R83).

mod report;

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_credit::commitment::CommitmentStep;
use creditgate_credit::dossier::CommitmentState;
use creditgate_store::{CommitmentFilter, StoredCommitment, StoredStep};
use creditgate_wire::commitment::{CommitmentBody, CommitmentsBody, StepBody};
use creditgate_wire::time::Day;
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::Principal;
use super::input::PathText;
use super::openapi::UuidText;
use super::problem::{Code, Problem};
use super::query::{Page, Paged};
use super::role::Role;
use super::{body, tasks};
use crate::host::Shared;

pub(super) use report::*;

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
        (status = 200, description = "The commitments", body = CommitmentsBody),
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
    let (commitments, next) = page.cut(commitments, |last| (Day(last.due_on), last.id.clone()));
    let commitments = commitments.into_iter().map(shown).collect();
    Ok(body::answer(StatusCode::OK, &CommitmentsBody { commitments, next }))
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
        (status = 200, description = "The commitment", body = CommitmentBody),
    )
)]
pub(super) async fn get_commitment(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
) -> Result<Response, Problem> {
    Ok(body::answer(StatusCode::OK, &shown(find(&shared, &principal, &id)?)))
}

/// The commitment, if there is one and the key is for its department.
fn find(shared: &Shared, principal: &Principal, id: &PathText) -> Result<StoredCommitment, Problem> {
    let id = id.uuid()?;
    let found = shared.store.commitment(&id)?.ok_or_else(|| {
        Problem::new(Code::CommitmentUnknown, format!("no check with the id `{id}` asked for a commitment"))
    })?;
    if principal.role == Role::Caller && !principal.caller.may_ask_for(&found.department) {
        let detail = format!("this key is not for department `{}`", found.department);
        return Err(Problem::new(Code::DepartmentNotAllowed, detail));
    }
    Ok(found)
}

fn shown(commitment: StoredCommitment) -> CommitmentBody {
    let fulfilled = |step: &&StoredStep| step.step == CommitmentStep::Fulfil;
    CommitmentBody {
        late: commitment.steps.iter().rfind(fulfilled).is_some_and(|step| step.detail.late),
        id: commitment.id,
        department: commitment.department,
        item: commitment.item,
        case_no: commitment.case_no,
        party: commitment.party,
        text_hash: commitment.text_hash,
        missing: commitment.missing,
        made_on: commitment.made_on.into(),
        due_on: commitment.due_on.into(),
        state: commitment.standing.state.code().to_owned(),
        repaired: commitment.standing.repaired,
        steps: commitment.steps.into_iter().map(shown_step).collect(),
    }
}

fn shown_step(step: StoredStep) -> StepBody {
    StepBody {
        step: step.step.code().to_owned(),
        day: step.day.into(),
        at: step.at.into(),
        actor: step.actor,
        detail: step.detail,
    }
}
