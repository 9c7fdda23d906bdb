//! Credit repair: applications seen at the window, and what the recogniser did
//! with them (R102, R103).

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_credit::calendar::local_date;
use creditgate_credit::repair::RepairState;
use creditgate_store::{DisputeError, DisputeFilter};
use creditgate_wire::repair::{NewRepairBody, RepairAnswerBody, RepairBody, RepairsBody};
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::Principal;
use super::body;
use super::body::Json;
use super::disputes::{self, Asked, LONGEST_CODE, LONGEST_TEXT};
use super::input::PathText;
use super::openapi::UuidText;
use super::problem::Problem;
use super::query::{Page, Paged};
use crate::host::Shared;
use crate::{clock, local_lists};

/// Most codes of ways of repair in one application.
const MOST_MODES: usize = 16;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct RepairsQuery {
    /// Only those of this entry
    entry: Option<String>,
    /// Only those in this state
    #[param(inline)]
    state: Option<RepairState>,
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
    )
)]
pub(super) async fn apply_for_repair(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    asked: Json<NewRepairBody>,
) -> Result<Response, Problem> {
    let now = clock::now();
    let asked = asked.held_to(|asked, faults| {
        faults.not_later("applied_on", asked.applied_on.0, local_date(now));
        if asked.modes.len() > MOST_MODES {
            faults.refuse("modes", "field.length", format!("at most {MOST_MODES} ways of repair"));
        }
        for (index, mode) in asked.modes.iter().enumerate().take(MOST_MODES) {
            faults.prose(&format!("modes[{index}]"), mode, LONGEST_CODE);
        }
    })?;
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
        state: RepairState::Applied,
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

/// Lists applications for repair, newest first
#[utoipa::path(
    get,
    path = "/v1/repairs",
    tag = "disputes",
    params(RepairsQuery, Page),
    responses(
        (status = 200, description = "The applications; for a caller those of its departments", body = RepairsBody),
    )
)]
pub(super) async fn list_repairs(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    Paged { query, page }: Paged<RepairsQuery>,
) -> Result<Response, Problem> {
    let filter = DisputeFilter {
        departments: principal.caller.departments.clone(),
        entry: query.entry,
        state: query.state.map(RepairState::code),
    };
    let after: Option<String> = page.after()?;
    let repairs = shared.store.repairs(&filter, after.as_deref(), page.probe())?;
    let (repairs, next) = page.cut(repairs, |last| last.id.clone());
    Ok(body::answer(StatusCode::OK, &RepairsBody { repairs, next }))
}

/// Reads an application for repair
#[utoipa::path(
    get,
    path = "/v1/repairs/{id}",
    tag = "disputes",
    params(("id" = inline(UuidText), Path, description = "Id of the application")),
    responses(
        (status = 200, description = "The application", body = RepairBody),
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
    params(("id" = inline(UuidText), Path, description = "Id of the application")),
    request_body = RepairAnswerBody,
    responses(
        (status = 200, description = "The application", body = RepairBody),
    )
)]
pub(super) async fn answer_repair(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    answer: Json<RepairAnswerBody>,
) -> Result<Response, Problem> {
    let id = id.uuid()?;
    let answer = answer.held_to(|answer, faults| faults.prose("text", &answer.text, LONGEST_TEXT))?;
    let now = clock::now();
    let repair = shared.store.answer_repair(id, answer, disputes::step(&principal, now)).await?;
    shared.feedback_queued();
    if repair.state == RepairState::Granted {
        local_lists::after_a_step(&shared, now).await;
    }
    Ok(body::answer(StatusCode::OK, &repair))
}
