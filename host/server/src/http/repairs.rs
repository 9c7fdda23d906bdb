//! Credit repair: applications seen at the window, and what the recogniser did
//! with them (R102, R103).

use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use creditgate_credit::calendar::local_date;
use creditgate_credit::repair::RepairState;
use creditgate_store::{DisputeError, DisputeFilter};
use creditgate_wire::code::RepairStateCode;
use creditgate_wire::problem::ProblemBody;
use creditgate_wire::repair::{NewRepairBody, RepairAnswerBody, RepairBody, RepairsBody};
use serde::Deserialize;

use super::auth::Principal;
use super::body::{self, Media};
use super::disputes::{self, Asked, LONGEST_CODE, LONGEST_TEXT};
use super::input::{self, PathText};
use super::problem::Problem;
use crate::clock;
use crate::host::Shared;
use crate::local_lists;

/// Most codes of ways of repair in one application.
const MOST_MODES: usize = 16;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RepairsQuery {
    entry: Option<String>,
    state: Option<RepairStateCode>,
}

/// Takes in an application for credit repair
///
/// If its conditions are fulfilled: the minimum of publicity has passed, the
/// recogniser has not said that it cannot be repaired, the wrong was put right,
/// and there is a public commitment. Otherwise the answer names everything that
/// is missing, and from which day it is possible. The recogniser decides. With the
/// key of a caller the entry has to stand in the evidence of a check of the case.
#[utoipa::path(
    post,
    path = "/v1/repairs",
    tag = "disputes",
    request_body = NewRepairBody,
    responses(
        (status = 200, description = "The application, passed on to the platform", body = RepairBody),
        (status = "default", description = "Nothing was taken in", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn apply_for_repair(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let limit = shared.config.http.body_limit_bytes.get();
    let bytes = body::read(&headers, body, Media::Json, limit).await?;
    let asked: NewRepairBody = body::parse(&bytes)?;
    check_modes(&asked.modes)?;
    let now = clock::now();
    input::not_later("applied_on", asked.applied_on.0, local_date(now))?;
    let (case_no, division) = (asked.case_no.as_deref(), asked.division.as_deref());
    let entry =
        shared.store.entry(&asked.entry)?.ok_or_else(|| DisputeError::UnknownEntry(asked.entry.clone()))?;
    let asked_for = Asked { entry: &asked.entry, check_id: None, case_no, division };
    let ground = disputes::ground(&shared, &principal, asked_for, now)?;
    let repair = RepairBody {
        id: disputes::new_id(),
        entry: asked.entry,
        list: entry.list,
        authority: entry.authority,
        department: ground.department,
        case_no: ground.case_no,
        applied_on: asked.applied_on,
        materials: asked.materials,
        modes: asked.modes,
        state: RepairState::Applied.into(),
        recorded_at: now.into(),
        recorded_with: principal.id().to_owned(),
        steps: Vec::new(),
        feedback: Vec::new(),
    };
    let listing = ground.policy.listing.clone();
    let step = disputes::step(&principal, now);
    let applied = shared.store.apply_for_repair(repair, listing, step).await?;
    shared.feedback_queued();
    Ok(body::answer(StatusCode::OK, &applied))
}

fn check_modes(modes: &[String]) -> Result<(), Problem> {
    if modes.len() > MOST_MODES {
        let fault = input::fault("modes", "field.length", "at most 16 ways of repair");
        return Err(Problem::invalid(vec![fault]));
    }
    let faults: Vec<_> = modes
        .iter()
        .enumerate()
        .filter_map(|(index, mode)| input::prose_fault(&format!("modes[{index}]"), mode, LONGEST_CODE))
        .collect();
    if faults.is_empty() { Ok(()) } else { Err(Problem::invalid(faults)) }
}

/// Lists applications for repair, newest first
#[utoipa::path(
    get,
    path = "/v1/repairs",
    tag = "disputes",
    params(
        ("entry" = Option<String>, Query, description = "Only those for this entry"),
        ("state" = Option<String>, Query, description = "Only those in this state, such as `applied`"),
    ),
    responses(
        (status = 200, description = "The applications; for a caller those of its departments", body = RepairsBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn list_repairs(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    uri: Uri,
) -> Result<Response, Problem> {
    let query: RepairsQuery =
        input::query(&uri, "entry, state (applied, accepted, returned, granted or refused)")?;
    let filter = DisputeFilter {
        departments: principal.caller.departments.clone(),
        entry: query.entry,
        state: query.state.map(|state| RepairState::code(state.0)),
    };
    Ok(body::answer(StatusCode::OK, &RepairsBody { repairs: shared.store.repairs(&filter)? }))
}

/// Reads an application for repair
#[utoipa::path(
    get,
    path = "/v1/repairs/{id}",
    tag = "disputes",
    params(("id" = String, Path, description = "Id of the application")),
    responses(
        (status = 200, description = "The application", body = RepairBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn get_repair(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
) -> Result<Response, Problem> {
    let repair = shared.store.repair(&id.uuid()?)?;
    disputes::may_see(&principal, repair.department.as_deref())?;
    Ok(body::answer(StatusCode::OK, &repair))
}

/// Takes in what the recogniser did with an application
///
/// `accepted` or `returned`, then `granted` or `refused`. Once it is granted the
/// entry is used no more, its measures are to be lifted, and the checks that had
/// it are to be made again.
#[utoipa::path(
    post,
    path = "/v1/repairs/{id}/result",
    tag = "disputes",
    params(("id" = String, Path, description = "Id of the application")),
    request_body = RepairAnswerBody,
    responses(
        (status = 200, description = "The application", body = RepairBody),
        (status = "default", description = "Nothing was changed", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn answer_repair(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let id = id.uuid()?;
    let limit = shared.config.http.body_limit_bytes.get();
    let bytes = body::read(&headers, body, Media::Json, limit).await?;
    let answer: RepairAnswerBody = body::parse(&bytes)?;
    if let Some(fault) = input::prose_fault("text", &answer.text, LONGEST_TEXT) {
        return Err(Problem::invalid(vec![fault]));
    }
    let now = clock::now();
    let repair = shared.store.answer_repair(id, answer, disputes::step(&principal, now)).await?;
    shared.feedback_queued();
    if repair.state.0 == RepairState::Granted {
        local_lists::after_a_step(&shared, now).await;
    }
    Ok(body::answer(StatusCode::OK, &repair))
}
