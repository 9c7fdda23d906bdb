//! Objections: raised at the window, answered by the provider, told (R95 to
//! R99).

use creditgate_affairs::objections::{
    self, NewObjection, Objection, ObjectionAnswer, ObjectionNotice, Objections,
};
use creditgate_credit::objection::ObjectionState;
use creditgate_store::AffairFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::input::uuid;
use super::{About, Answer, Answered, HostState, Id, Json, Paged, Who};
use crate::clock;

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
/// The subject raises an objection, an officer who met something untrue, or somebody
/// else. The host notifies the provider at once, and the provider's time runs by the
/// policy. Until there is a result every check treats the entry as suspended, unless an
/// objection on the same ground was confirmed before. With the key of a caller the
/// entry must stand in the evidence of the check that is named, or of a check of the
/// case that is named.
#[utoipa::path(post, path = "/v1/objections", tag = "disputes")]
pub(super) async fn raise_objection(
    shared: HostState,
    who: Who,
    asked: Json<NewObjection>,
) -> Answered<Objection> {
    let mut asked = asked.held_to(NewObjection::rules)?;
    asked.check_id = asked.check_id.as_deref().map(uuid).transpose()?;
    let (who, most) = (who.who(), shared.config.objections);
    let raised =
        objections::raise(&shared.store, &shared.in_force(), &who, most, asked, clock::now()).await?;
    shared.feedback_queued();
    Ok(Answer(raised.shown_to(&who)))
}

/// Lists objections, newest first
///
/// A caller sees the objections of its departments. Of an objection in the state
/// `decided`, somebody still has to be told the result.
#[utoipa::path(get, path = "/v1/objections", tag = "disputes")]
pub(super) async fn list_objections(
    shared: HostState,
    who: Who,
    Paged { query, page }: Paged<ObjectionsQuery>,
) -> Answered<Objections> {
    let filter = AffairFilter {
        departments: who.caller.departments.clone(),
        entry: query.entry,
        state: query.state.map(ObjectionState::code),
    };
    let after: Option<String> = page.after()?;
    let found: Vec<Objection> = shared.store.affairs(&filter, after.as_deref(), page.probe())?;
    let (found, next) = page.cut(found, |last| last.id.clone());
    let who = who.who();
    let objections = found.into_iter().map(|objection| objection.shown_to(&who)).collect();
    Ok(Answer(Objections { objections, next }))
}

/// Reads an objection
#[utoipa::path(get, path = "/v1/objections/{id}", tag = "disputes")]
pub(super) async fn get_objection(shared: HostState, who: Who, Id(id): Id) -> Answered<Objection> {
    let who = who.who();
    let objection = objections::read(&shared.store, &who, &id)?;
    Ok(Answer(objection.shown_to(&who)))
}

/// Takes in the result of an objection
///
/// The provider decides, and whoever may bring in lists reports the result. After
/// `confirmed` the entry counts again, and the checks that passed over it meanwhile are
/// to be made again. After `corrected` the entry says from now on what it should; after
/// `withdrawn` the entry is used no more. The host tells the platform, and the checks
/// that had a wrong entry are to be made again.
#[utoipa::path(post, path = "/v1/objections/{id}/result", tag = "disputes")]
pub(super) async fn decide_objection(
    (shared, who, Id(id), answer): About<Id, ObjectionAnswer>,
) -> Answered<Objection> {
    let who = who.who();
    let answer = answer.held_to(ObjectionAnswer::rules)?;
    let decided = objections::decide(&shared.store, &who, id, answer, clock::now()).await?;
    shared.feedback_queued();
    Ok(Answer(decided.shown_to(&who)))
}

/// Takes in that somebody was told the result
///
/// The party must be told always; the person who reported must be told where that was
/// somebody else.
#[utoipa::path(post, path = "/v1/objections/{id}/notices", tag = "disputes")]
pub(super) async fn note_objection(
    (shared, who, Id(id), notice): About<Id, ObjectionNotice>,
) -> Answered<Objection> {
    let who = who.who();
    let notice = notice.held_to(|notice, faults| notice.rules(faults, clock::today()))?;
    let told = objections::note_told(&shared.store, &who, id, notice, clock::now()).await?;
    Ok(Answer(told.shown_to(&who)))
}
