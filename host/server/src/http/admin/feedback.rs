//! Feedback on its way to the credit platform: listed, and queued again.

use creditgate_api::DispositionsAccepted;
use creditgate_credit::feedback_levels::FeedbackLevels;
use creditgate_store::{Acknowledgement, FeedbackState};
use creditgate_wire::admin::FeedbackItem;
use creditgate_wire::pages::FeedbackQueue;
use creditgate_wire::report::FeedbackLevel;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::clock;
use crate::http::openapi::UuidText;
use crate::http::{Answer, Answered, Code, HostState, Paged, PathText, Problem, input};

/// How the router matches the call that queues again, and how it is written.
pub(in crate::http) const REQUEUE_ROUTE: &str = "/v1/admin/feedback/{id}";
/// See [`REQUEUE_ROUTE`].
pub(in crate::http) const REQUEUE_DOCUMENTED: &str = "/v1/admin/feedback/{id}:requeue";
const REQUEUE: &str = ":requeue";

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct FeedbackQuery {
    /// Only those in this state
    #[param(inline)]
    state: Option<FeedbackState>,
}

/// Lists feedback
///
/// Lists the messages to the credit platform without their contents, in one state or in
/// each, oldest first.
#[utoipa::path(get, path = "/v1/admin/feedback", tag = "administration")]
pub(in crate::http) async fn list_feedback(
    shared: HostState,
    Paged { query, page }: Paged<FeedbackQuery>,
) -> Answered<FeedbackQueue> {
    let state = query.state;
    let feedback = shared.store.feedback(state, page.after()?, page.probe())?;
    let (feedback, next) = page.cut(feedback, |(seq, _)| *seq);
    let said = shared.store.acknowledgements(feedback.iter().map(|(_, message)| message.id.as_str()))?;
    let levels = shared.config.feedback_levels();
    let with_levels = |((_, message), said): ((i64, FeedbackItem), Vec<Acknowledgement>)| FeedbackItem {
        levels: at_levels(&message, &levels, &said),
        ..message
    };
    let feedback = feedback.into_iter().zip(said).map(with_levels).collect();
    Ok(Answer(FeedbackQueue { feedback, next }))
}

/// Queues feedback again
///
/// The host sends a message again that the platform refused, or that was tried too
/// often.
#[utoipa::path(
    post,
    path = "/v1/admin/feedback/{id}",
    tag = "administration",
    params(("id" = inline(UuidText), Path, description = "Id of the feedback"))
)]
pub(in crate::http) async fn requeue_feedback(
    shared: HostState,
    call: PathText,
) -> Answered<DispositionsAccepted> {
    let id = call.text().strip_suffix(REQUEUE).ok_or_else(|| {
        Problem::new(Code::RouteUnknown, format!("feedback has the call {REQUEUE_DOCUMENTED}"))
    })?;
    let id = input::uuid(id)?;
    creditgate_store::says(&*id, "");
    if !shared.store.requeue_feedback(id.clone(), clock::now()).await? {
        return Err(Problem::new(
            Code::FeedbackNotDead,
            "no feedback with this id waits for an administrator",
        ));
    }
    shared.feedback_queued();
    Ok(Answer(DispositionsAccepted { feedback: vec![id] }))
}

/// Where a message stands at each level: the first has it once it is delivered.
fn at_levels(
    message: &FeedbackItem,
    levels: &FeedbackLevels,
    said: &[Acknowledgement],
) -> Vec<FeedbackLevel> {
    let of_level = |(position, level): (usize, &String)| {
        let acknowledgement = said.iter().find(|said| said.level == *level);
        let said_at = acknowledgement.map(|said| said.at.into());
        let at = if position == 0 { message.delivered_at } else { said_at };
        FeedbackLevel {
            level: level.clone(),
            state: if at.is_some() { "acknowledged" } else { "waiting" }.to_owned(),
            at,
            reference: acknowledgement.map(|said| said.reference.clone()),
        }
    };
    levels.names().iter().enumerate().map(of_level).collect()
}
