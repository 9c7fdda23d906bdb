//! Commitments: what is reported of them, and where they stand (R82, R83).

mod report;

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use creditgate_credit::commitment::CommitmentStep;
use creditgate_credit::dossier::CommitmentState;
use creditgate_store::{CommitmentFilter, StoredCommitment, StoredStep};
use creditgate_wire::commitment::{CommitmentBody, CommitmentsBody, StepBody};
use creditgate_wire::problem::ProblemBody;
use serde::Deserialize;

use super::auth::Principal;
use super::body;
use super::input::{self, PathText};
use super::problem::Problem;
use super::role::Role;
use super::tasks;
use crate::host::Shared;

pub(super) use report::*;

const MOST_COMMITMENTS: u32 = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommitmentsQuery {
    state: Option<String>,
    department: Option<String>,
}

/// Lists commitments
///
/// At most 1000, the first due first; for a caller, those of its departments.
#[utoipa::path(
    get,
    path = "/v1/commitments",
    tag = "duties",
    params(
        ("state" = Option<String>, Query, description = "`open`, `fulfilled`, `overdue` or `breached`"),
        ("department" = Option<String>, Query, description = "Only those of this department"),
    ),
    responses(
        (status = 200, description = "The commitments", body = CommitmentsBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_commitments(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    uri: Uri,
) -> Result<Response, Problem> {
    const KNOWN: &str = "state (open, fulfilled, overdue or breached), department";
    let query: CommitmentsQuery = input::query(&uri, KNOWN)?;
    let filter = CommitmentFilter {
        departments: tasks::departments(&principal, query.department)?,
        state: input::code(query.state.as_deref(), CommitmentState::from_code, KNOWN)?,
    };
    let commitments = shared.store.commitments(&filter, MOST_COMMITMENTS)?;
    let commitments = commitments.into_iter().map(shown).collect();
    Ok(body::answer(StatusCode::OK, &CommitmentsBody { commitments }))
}

/// Reads a commitment
///
/// With everything that happened to it. Its id is that of the check that asked
/// for it.
#[utoipa::path(
    get,
    path = "/v1/commitments/{id}",
    tag = "duties",
    params(("id" = String, Path, description = "Id of the commitment")),
    responses(
        (status = 200, description = "The commitment", body = CommitmentBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
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
        Problem::new("commitment.unknown", format!("no check with the id `{id}` asked for a commitment"))
    })?;
    if principal.role == Role::Caller && !principal.caller.may_ask_for(&found.department) {
        let detail = format!("this key is not for department `{}`", found.department);
        return Err(Problem::new("department.not_allowed", detail));
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
