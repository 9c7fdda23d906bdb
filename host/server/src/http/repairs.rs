//! Credit repair: applications seen at the window, and what the recogniser did
//! with them (R102, R103).

use creditgate_affairs::repairs::{self, NewRepair, Repair, RepairAnswer, Repairs};
use creditgate_credit::repair::RepairState;
use creditgate_store::AffairFilter;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{About, Answer, Answered, HostState, Id, Json, Paged, Who};
use crate::{clock, local_lists};

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
/// The host takes an application whose conditions are fulfilled: the minimum of
/// publicity has passed, the recogniser has not said that the entry cannot be repaired,
/// the wrong was put right, and there is a public commitment. Otherwise the answer
/// names every missing condition, and the day from which the application is possible.
/// The recogniser decides. With the key of a caller the entry must stand in the
/// evidence of a check of the case.
#[utoipa::path(post, path = "/v1/repairs", tag = "disputes")]
pub(super) async fn apply_for_repair(
    shared: HostState,
    who: Who,
    asked: Json<NewRepair>,
) -> Answered<Repair> {
    let now = clock::now();
    let asked = asked.held_to(|asked, faults| asked.rules(faults, clock::today()))?;
    let applied = repairs::apply(&shared.store, &shared.in_force(), &who.who(), asked, now).await?;
    shared.feedback_queued();
    Ok(Answer(applied))
}

/// Lists applications for repair, newest first
#[utoipa::path(get, path = "/v1/repairs", tag = "disputes")]
pub(super) async fn list_repairs(
    shared: HostState,
    who: Who,
    Paged { query, page }: Paged<RepairsQuery>,
) -> Answered<Repairs> {
    let filter = AffairFilter {
        departments: who.caller.departments.clone(),
        entry: query.entry,
        state: query.state.map(RepairState::code),
    };
    let after: Option<String> = page.after()?;
    let repairs: Vec<Repair> = shared.store.affairs(&filter, after.as_deref(), page.probe())?;
    let (repairs, next) = page.cut(repairs, |last| last.id.clone());
    Ok(Answer(Repairs { repairs, next }))
}

/// Reads an application for repair
#[utoipa::path(get, path = "/v1/repairs/{id}", tag = "disputes")]
pub(super) async fn get_repair(shared: HostState, who: Who, Id(id): Id) -> Answered<Repair> {
    Ok(Answer(repairs::read(&shared.store, &who.who(), &id)?))
}

/// Takes in what the recogniser did with an application
///
/// The recogniser first answers `accepted` or `returned`, and later `granted` or
/// `refused`. After `granted` the entry is used no more, its measures are to be lifted,
/// and the checks that had the entry are to be made again.
#[utoipa::path(post, path = "/v1/repairs/{id}/result", tag = "disputes")]
pub(super) async fn answer_repair(
    (shared, who, Id(id), answer): About<Id, RepairAnswer>,
) -> Answered<Repair> {
    let now = clock::now();
    let answer = answer.held_to(RepairAnswer::rules)?;
    let repair = repairs::answer(&shared.store, &who.who(), id, answer, now).await?;
    shared.feedback_queued();
    if repair.state == RepairState::Granted {
        local_lists::after_a_step(&shared, now).await;
    }
    Ok(Answer(repair))
}
