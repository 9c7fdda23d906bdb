//! Events: what has happened, and whether the webhook was told.

use creditgate_store::{EventState, StoredEvent};
use creditgate_wire::event::{EventBody, EventDeliveryBody, EventItemBody, EventsBody};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::http::{Answer, Answered, HostState, Paged};

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct EventsQuery {
    /// Only events of this name, such as `release.activated`
    name: Option<String>,
}

/// Lists events, newest first
///
/// What has happened to releases, keys and the like, and whether the webhook has
/// taken it. Of a case, nothing but the ids of its checks.
#[utoipa::path(get, path = "/v1/admin/events", tag = "administration")]
pub(in crate::http) async fn list_events(
    shared: HostState,
    Paged { query, page }: Paged<EventsQuery>,
) -> Answered<EventsBody> {
    let events = shared.store.events(query.name.as_deref(), page.after()?, page.probe())?;
    let (events, next) = page.cut(events, |last| last.seq);
    Ok(Answer(EventsBody { events: events.into_iter().map(shown).collect(), next }))
}

fn shown(stored: StoredEvent) -> EventItemBody {
    EventItemBody {
        seq: stored.seq,
        event: EventBody::from(&stored),
        delivery: EventDeliveryBody {
            state: stored.state.code().to_owned(),
            attempts: stored.attempts,
            next_at: (stored.state == EventState::Pending).then(|| stored.next_at.into()),
            last_error: stored.last_error,
            delivered_at: stored.delivered_at.map(Into::into),
        },
    }
}
