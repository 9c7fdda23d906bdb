//! Dishonest acts that an approval system met in an application (R55).

use axum::Extension;
use creditgate_affairs::{LONGEST_TEXT, Refusal, new_id};
use creditgate_api::DispositionsAccepted;
use creditgate_credit::fault::FieldProblem;
use creditgate_gate::{FeedbackBody, OutgoingFeedback, duty_of_report};
use creditgate_wire::act::NewAct;

use super::access::AboutCheck;
use super::{Answer, Code, HostState, Json, Problem, Who, input};
use crate::clock;

/// Reports a dishonest act
///
/// An officer met false material, a forged document or a false commitment in the
/// application of a check. The report goes to the credit platform; the competent
/// authority decides whether the act is recognised and listed.
#[utoipa::path(post, path = "/v1/acts", tag = "disputes")]
pub(super) async fn report_act(
    shared: HostState,
    who: Who,
    act: Json<NewAct>,
) -> Result<(Extension<AboutCheck>, Answer<DispositionsAccepted, 202>), Problem> {
    let act = act.held_to(|act, faults| faults.prose("facts", &act.facts, LONGEST_TEXT))?;
    let check_id = input::uuid(&act.check_id)?;
    let recorded = shared
        .store
        .recorded(&check_id)?
        .ok_or_else(|| Problem::new(Code::CheckUnknown, format!("there is no check `{check_id}`")))?;
    let application = &recorded.inputs.application;
    if !who.who().may_see(Some(&application.department)) {
        return Err(Refusal::OtherDepartment(Some(application.department.clone())).into());
    }
    if application.case_no != act.case_no {
        return Err(Problem::new(Code::CaseOther, "the check is of another case"));
    }
    if application.party(&act.party).is_none() {
        let known: Vec<&str> = application.parties.iter().map(|party| party.id.as_str()).collect();
        let message = format!("names no party of the check, which has: {}", known.join(", "));
        return Err(Problem::invalid(vec![FieldProblem::new("party", "party.unknown", message)]));
    }
    let now = clock::now();
    let id = new_id(now);
    let has_platform = shared.config.platform.is_some();
    let duty = has_platform.then(|| duty_of_report(&shared.gate.world(), &id, application, now));
    let fact = OutgoingFeedback {
        id,
        check_id: check_id.clone(),
        case_no: act.case_no,
        department: application.department.clone(),
        item: application.item.clone(),
        checkpoint: application.checkpoint.clone(),
        reported_at: now,
        duty,
        body: FeedbackBody::DishonestAct {
            party: act.party,
            kind: act.kind.code().to_owned(),
            facts: act.facts,
        },
    };
    creditgate_store::says(&*check_id, act.kind.code());
    shared.store.queue_fact(&fact, application).await?;
    shared.feedback_queued();
    Ok((Extension(AboutCheck(check_id)), Answer(DispositionsAccepted { feedback: vec![fact.id] })))
}
