//! Objections: raised at the window, answered by the provider, told (R95 to
//! R99).

use std::sync::Arc;

use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use creditgate_credit::calendar::{DueDate, local_date};
use creditgate_credit::duty::{DutyKind, LEAD_UNIT, NewDuty, Term};
use creditgate_credit::fault::Faults;
use creditgate_credit::objection::{ObjectionProgress, ObjectionResult, ObjectionState};
use creditgate_gate::event::{self, Event};
use creditgate_store::{DisputeError, DisputeFilter};
use creditgate_wire::objection::{
    NewObjectionBody, ObjectionAnswerBody, ObjectionBody, ObjectionNoticeBody, ObjectionsBody,
};
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::auth::Principal;
use super::body;
use super::body::Json;
use super::disputes::{self, Asked, Ground, LONGEST_CODE, LONGEST_TEXT};
use super::input::PathText;
use super::openapi::UuidText;
use super::problem::{Code, Problem};
use super::query::{Page, Paged};
use super::role::Role;
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
    request_body = NewObjectionBody,
    responses(
        (status = 200, description = "The objection; the provider is notified", body = ObjectionBody),
    )
)]
pub(super) async fn raise_objection(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    asked: Json<NewObjectionBody>,
) -> Result<Response, Problem> {
    let asked = asked.held_to(rules)?;
    if asked.suspend.is_some() && principal.role == Role::Caller {
        let detail = "only a publisher or an administrator says whether the entry rests";
        return Err(Problem::new(Code::ObjectionSuspendReserved, detail));
    }
    if !shared.store.knows_entry(&asked.entry)? {
        return Err(DisputeError::UnknownEntry(asked.entry).into());
    }
    let now = clock::now();
    let ground = disputes::ground(
        &shared,
        &principal,
        Asked {
            entry: &asked.entry,
            check_id: asked.check_id.as_deref(),
            case_no: asked.case_no.as_deref(),
            division: asked.division.as_deref(),
        },
        now,
    )?;
    let step = disputes::step(&principal, now);
    let (objection, duty) = new_objection(&shared, &principal, asked, ground, now)?;
    let most = shared.config.objections.most_open();
    let mut event = Event::new(event::OBJECTION_RAISED, now, principal.id(), &objection.id)
        .with("entry", &*objection.entry);
    if let Some(due) = objection.due_on {
        event = event.with("due_on", due.0.to_string());
    }
    shared.events.emit(event);
    let raised = shared.store.raise_objection(objection, duty, most, step).await?;
    shared.feedback_queued();
    Ok(body::answer(StatusCode::OK, &shown(&principal, raised)))
}

/// The objection to be raised, and the provider's duty where there is a limit.
fn new_objection(
    shared: &Shared,
    principal: &Principal,
    asked: NewObjectionBody,
    ground: Ground,
    now: Timestamp,
) -> Result<(ObjectionBody, Option<NewDuty>), Problem> {
    let listed = shared.store.entry(&asked.entry)?;
    let id = disputes::new_id();
    let authority = listed.as_ref().map(|entry| entry.authority.clone());
    let world = shared.gate.world();
    let duty = ground.policy.duties.verification_limit.map(|limit| {
        let owner = (authority.as_deref().unwrap_or(LEAD_UNIT), ground.policy.division.as_str());
        let term = Term::Within(limit);
        let duty = NewDuty::new(DutyKind::Verification, &*id, owner, local_date(now), term, world.calendar());
        NewDuty { case_no: ground.case_no.clone(), ..duty }
    });
    let due: Option<DueDate> = duty.as_ref().map(|duty| duty.due);
    let objection = ObjectionBody {
        id,
        entry: asked.entry,
        list: listed.map(|entry| entry.list),
        authority,
        department: ground.department,
        case_no: ground.case_no,
        check_id: ground.check_id,
        raised_by: asked.raised_by,
        ground: asked.ground,
        // The store says, which knows what was confirmed before.
        suspends: true,
        confirmed_before: None,
        suspend: asked.suspend,
        reason: asked.reason,
        contact: asked.contact,
        raised_at: now.into(),
        raised_with: principal.id().to_owned(),
        policy: ground.policy.snapshot(),
        state: ObjectionProgress::received(asked.raised_by).state(),
        notified_at: None,
        feedback: None,
        due_on: due.map(|due| due.date.into()),
        due_provisional: due.is_some_and(|due| due.provisional),
        decision: None,
        to_tell: Vec::new(),
        notices: Vec::new(),
    };
    Ok((objection, duty))
}

fn rules(asked: &NewObjectionBody, faults: &mut Faults) {
    faults.prose("entry", &asked.entry, LONGEST_CODE);
    faults.prose("reason", &asked.reason, LONGEST_TEXT);
    if let Some(contact) = &asked.contact {
        faults.prose("contact", contact, LONGEST_CODE);
    }
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
        (status = 200, description = "The objections", body = ObjectionsBody),
    )
)]
pub(super) async fn list_objections(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    Paged { query, page }: Paged<ObjectionsQuery>,
) -> Result<Response, Problem> {
    let filter = DisputeFilter {
        departments: principal.caller.departments.clone(),
        entry: query.entry,
        state: query.state.map(ObjectionState::code),
    };
    let after: Option<String> = page.after()?;
    let found = shared.store.objections(&filter, after.as_deref(), page.probe())?;
    let (found, next) = page.cut(found, |last| last.id.clone());
    let objections = found.into_iter().map(|objection| shown(&principal, objection)).collect();
    Ok(body::answer(StatusCode::OK, &ObjectionsBody { objections, next }))
}

/// Reads an objection
#[utoipa::path(
    get,
    path = "/v1/objections/{id}",
    tag = "disputes",
    params(("id" = inline(UuidText), Path, description = "Id of the objection")),
    responses(
        (status = 200, description = "The objection", body = ObjectionBody),
    )
)]
pub(super) async fn get_objection(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
) -> Result<Response, Problem> {
    let objection = shared.store.objection(&id.uuid()?)?;
    disputes::may_see(&principal, objection.department.as_deref())?;
    Ok(body::answer(StatusCode::OK, &shown(&principal, objection)))
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
    request_body = ObjectionAnswerBody,
    responses(
        (status = 200, description = "The objection with its result", body = ObjectionBody),
    )
)]
pub(super) async fn decide_objection(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    answer: Json<ObjectionAnswerBody>,
) -> Result<Response, Problem> {
    let id = id.uuid()?;
    let answer = answer.held_to(rules_of_answer)?;
    let now = clock::now();
    let step = disputes::step(&principal, now);
    let decided = shared.store.decide_objection(id, answer, step).await?;
    shared.feedback_queued();
    Ok(body::answer(StatusCode::OK, &shown(&principal, decided)))
}

fn rules_of_answer(answer: &ObjectionAnswerBody, faults: &mut Faults) {
    faults.prose("text", &answer.text, LONGEST_TEXT);
    let corrected = answer.result == ObjectionResult::Corrected;
    let corrections = &answer.corrections;
    if corrected && corrections.is_empty() {
        let message = "must say what is corrected: facts, basis, severity or valid_until";
        faults.refuse("corrections", "field.missing", message);
    }
    if !corrected && !corrections.is_empty() {
        faults.refuse("corrections", "objection.not_corrected", "is only for the result `corrected`");
    }
    for (field, text) in
        [("corrections.facts", &corrections.facts), ("corrections.basis", &corrections.basis)]
    {
        if let Some(text) = text {
            faults.prose(field, text, LONGEST_TEXT);
        }
    }
}

/// Takes in that somebody was told the result
///
/// The party always; the person who reported, where it was somebody else.
#[utoipa::path(
    post,
    path = "/v1/objections/{id}/notices",
    tag = "disputes",
    params(("id" = inline(UuidText), Path, description = "Id of the objection")),
    request_body = ObjectionNoticeBody,
    responses(
        (status = 200, description = "The objection", body = ObjectionBody),
    )
)]
pub(super) async fn note_objection(
    State(shared): State<Arc<Shared>>,
    Extension(principal): Extension<Arc<Principal>>,
    id: PathText,
    notice: Json<ObjectionNoticeBody>,
) -> Result<Response, Problem> {
    let id = id.uuid()?;
    let notice = notice.held_to(|notice, faults| {
        faults.prose("how", &notice.how, LONGEST_CODE);
        faults.not_later("on", notice.on.0, clock::today());
    })?;
    disputes::may_see(&principal, shared.store.objection(&id)?.department.as_deref())?;
    let told = shared.store.note_objection(id, notice).await?;
    Ok(body::answer(StatusCode::OK, &shown(&principal, told)))
}

/// As it is shown: how to reach whoever raised it is for administrators alone.
fn shown(principal: &Principal, objection: ObjectionBody) -> ObjectionBody {
    if principal.role == Role::Admin { objection } else { objection.without_contact() }
}
