//! Levels that say they have feedback.

use creditgate_credit::calendar::local_date;
use creditgate_credit::feedback_levels::AcknowledgementError;
use creditgate_store::{Acknowledged, Acknowledgement};
use creditgate_wire::report::{FeedbackAcknowledged, FeedbackAcknowledgement};

use super::{About, Answer, Answered, Code, Id, Problem};
use crate::clock;

/// Longest reference, in characters.
const LONGEST_REFERENCE: usize = 128;

/// Says that a level has feedback
///
/// The host delivers feedback to the platform of its own level, and that platform hands
/// the message on. Each further level reports in its turn that it has the message
/// (R105). The first level does so by taking the delivery. A report that repeats an
/// earlier one changes nothing.
#[utoipa::path(post, path = "/v1/feedback/{id}/acknowledgements", tag = "administration")]
pub(super) async fn acknowledge_feedback(
    (shared, who, Id(id), said): About<Id, FeedbackAcknowledgement>,
) -> Answered<FeedbackAcknowledged> {
    let feedback = id;
    let FeedbackAcknowledgement { level, reference, at } = said.held_to(|said, faults| {
        faults.text("reference", &said.reference, LONGEST_REFERENCE);
        faults.not_later("at", local_date(said.at.0), clock::today());
    })?;
    let said = Acknowledgement { feedback: feedback.clone(), level: level.clone(), reference, at: at.0 };
    let (levels, actor) = (shared.config.feedback_levels(), who.id().to_owned());
    creditgate_store::says(&*feedback, &*level);
    match shared.store.acknowledge_feedback(said, levels, clock::now(), actor).await? {
        Acknowledged::Kept(news) => Ok(Answer(FeedbackAcknowledged { feedback, level, news })),
        Acknowledged::Refused(error) => Err(refused(&error)),
        Acknowledged::UnknownFeedback => {
            Err(Problem::new(Code::FeedbackUnknown, "there is no feedback with this id"))
        }
    }
}

fn refused(error: &AcknowledgementError) -> Problem {
    Problem::of(error.code(), error.to_string())
}
