//! Objections: raised at the window, answered by the provider, told (R95 to
//! R99).

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_affairs::objections::{
    self, NewObjection, Objection, ObjectionAnswer, ObjectionNotice, Objections,
};
use creditgate_credit::objection::ObjectionState;
use creditgate_store::AffairFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::Principal;
use super::body::{self, Json};
use super::input::{PathText, uuid};
use super::openapi::UuidText;
use super::problem::Problem;
use super::query::{Page, Paged};
use crate::clock;
use crate::host::Shared;

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct ObjectionsQuery {
    /// Only those of this entry
    entry: Option<String>,
    /// Only those in this state
    #[param(inline)]
    state: Option<ObjectionState>,
}

/// Raises an objection
///
/// By the subject, by an officer who met something untrue, or by somebody else.
/// The provider is notified at once, and its time runs by the policy. Until there
/// is a result the entry is suspended in every check, unless the same ground was
/// confirmed before. With the key of a caller the entry has to stand in the
/// evidence of the check, or of a check of the case, that is named.
#[utoipa::path(
    post,
    path = "/v1/objections",
    tag = "disputes",
    request_body = NewObjection,
    responses(
        (status = 200, description = "The objection; the provider is notified", body = Objection),
    )
)]
pub(super) async fn raise_objection(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    asked: Json<NewObjection>,
) -> Result<Response, Problem> {
    let mut asked = asked.held_to(NewObjection::rules)?;
    asked.check_id = asked.check_id.as_deref().map(uuid).transpose()?;
    let (who, most) = (principal.who(), shared.config.objections);
    let raised =
        objections::raise(&shared.store, &shared.in_force(), &who, most, asked, clock::now()).await?;
    shared.feedback_queued();
    Ok(body::answer(StatusCode::OK, &raised.shown_to(&who)))
}

/// Lists objections, newest first
///
/// For a caller those of its departments. Those in the state `decided` wait for
/// somebody to be told the result.
#[utoipa::path(
    get,
    path = "/v1/objections",
    tag = "disputes",
    params(ObjectionsQuery, Page),
    responses(
        (status = 200, description = "The objections", body = Objections),
    )
)]
pub(super) async fn list_objections(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    Paged { query, page }: Paged<ObjectionsQuery>,
) -> Result<Response, Problem> {
    let filter = AffairFilter {
        departments: principal.caller.departments.clone(),
        entry: query.entry,
        state: query.state.map(ObjectionState::code),
    };
    let after: Option<String> = page.after()?;
    let found: Vec<Objection> = shared.store.affairs(&filter, after.as_deref(), page.probe())?;
    let (found, next) = page.cut(found, |last| last.id.clone());
    let who = principal.who();
    let objections = found.into_iter().map(|objection| objection.shown_to(&who)).collect();
    Ok(body::answer(StatusCode::OK, &Objections { objections, next }))
}

/// Reads an objection
#[utoipa::path(
    get,
    path = "/v1/objections/{id}",
    tag = "disputes",
    params(("id" = inline(UuidText), Path, description = "Id of the objection")),
    responses(
        (status = 200, description = "The objection", body = Objection),
    )
)]
pub(super) async fn get_objection(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
) -> Result<Response, Problem> {
    let who = principal.who();
    let objection = objections::read(&shared.store, &who, &id.uuid()?)?;
    Ok(body::answer(StatusCode::OK, &objection.shown_to(&who)))
}

/// Takes in the result of an objection
///
/// The word of the provider, and so for whoever may bring in lists: `confirmed`,
/// the entry goes on, and the checks that passed over it meanwhile are to be made
/// again; `corrected`, it says from now on what it should;
/// `withdrawn`, it is used no more. The platform is told, and the checks that had
/// an entry that was wrong are to be made again.
#[utoipa::path(
    post,
    path = "/v1/objections/{id}/result",
    tag = "disputes",
    params(("id" = inline(UuidText), Path, description = "Id of the objection")),
    request_body = ObjectionAnswer,
    responses(
        (status = 200, description = "The objection with its result", body = Objection),
    )
)]
pub(super) async fn decide_objection(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    answer: Json<ObjectionAnswer>,
) -> Result<Response, Problem> {
    let (id, who) = (id.uuid()?, principal.who());
    let answer = answer.held_to(ObjectionAnswer::rules)?;
    let decided = objections::decide(&shared.store, &who, id, answer, clock::now()).await?;
    shared.feedback_queued();
    Ok(body::answer(StatusCode::OK, &decided.shown_to(&who)))
}

/// Takes in that somebody was told the result
///
/// The party always; the person who reported, where it was somebody else.
#[utoipa::path(
    post,
    path = "/v1/objections/{id}/notices",
    tag = "disputes",
    params(("id" = inline(UuidText), Path, description = "Id of the objection")),
    request_body = ObjectionNotice,
    responses(
        (status = 200, description = "The objection", body = Objection),
    )
)]
pub(super) async fn note_objection(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    notice: Json<ObjectionNotice>,
) -> Result<Response, Problem> {
    let (id, who) = (id.uuid()?, principal.who());
    let notice = notice.held_to(|notice, faults| notice.rules(faults, clock::today()))?;
    let told = objections::note_told(&shared.store, &who, id, notice, clock::now()).await?;
    Ok(body::answer(StatusCode::OK, &told.shown_to(&who)))
}
