//! Steps of an edition: its two reviews and its publication (R65).

use creditgate_credit::catalogue::state::{EditionStep, ReviewResult};
use creditgate_gate::event::{CATALOGUE_PUBLISHED, Event};
use creditgate_store::StepOrder;
use creditgate_wire::catalogue::{Edition, EditionReview};

use super::{published, shown};
use crate::clock;
use crate::host::Shared;
use crate::http::{About, Answer, Answered, HostState, PathText, Principal, Problem, Who};

/// Records a review of an edition
///
/// The normative review comes first, then the legal review; whoever imported the
/// edition may make neither. `[catalogue] reviews` of the configuration says which
/// reviews are asked for. A returned edition is a draft again.
#[utoipa::path(post, path = "/v1/admin/catalogue/{edition}/reviews", tag = "administration")]
pub(in crate::http) async fn review_edition(
    (shared, who, edition, review): About<PathText, EditionReview>,
) -> Answered<Edition> {
    let review = review.held_to(|review, faults| {
        if review.result == ReviewResult::Returned && review.comment.trim().is_empty() {
            faults.refuse("comment", "field.empty", "must say why the edition is returned");
        }
    })?;
    let step = EditionStep::Review { kind: review.kind, result: review.result };
    take(&shared, &who, edition.text(), step, review.comment).await
}

/// Publishes an edition
///
/// From then on the edition serves the checks of its days in the place of the edition
/// before it. A published edition never changes.
#[utoipa::path(post, path = "/v1/admin/catalogue/{edition}/publication", tag = "administration")]
pub(in crate::http) async fn publish_edition(
    shared: HostState,
    who: Who,
    edition: PathText,
) -> Answered<Edition> {
    tell(&shared, &who, edition.text())?;
    let answer = take(&shared, &who, edition.text(), EditionStep::Publication, String::new()).await?;
    shared.reload().await;
    Ok(answer)
}

/// Says that an edition is published: kept with the step that publishes it.
fn tell(shared: &Shared, principal: &Principal, edition: &str) -> Result<(), Problem> {
    let catalogue = shared.store.edition(edition)?.catalogue;
    let event = Event::new(CATALOGUE_PUBLISHED, clock::now(), principal.id(), edition)
        .with("effective_from", catalogue.effective_from.to_string());
    shared.events.emit(match catalogue.effective_until {
        Some(last) => event.with("effective_until", last.to_string()),
        None => event,
    });
    Ok(())
}

async fn take(
    shared: &Shared,
    principal: &Principal,
    edition: &str,
    step: EditionStep,
    comment: String,
) -> Answered<Edition> {
    let order = StepOrder {
        edition: edition.to_owned(),
        step,
        rule: shared.config.catalogue.reviews,
        at: clock::now(),
        actor: principal.id().to_owned(),
        comment,
    };
    shared.store.step_edition(order).await?;
    let stored = shared.store.edition(edition)?;
    Ok(Answer(shown(&stored, &published(shared)?, clock::today())))
}
