//! Events: what has happened, and whether the webhook was told.

use creditgate_wire::pages::Events;
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
/// Events tell what happened to releases, keys and the like, and whether the webhook
/// has taken the event. Of a case an event holds the ids of its checks and nothing
/// else.
#[utoipa::path(get, path = "/v1/admin/events", tag = "administration")]
pub(in crate::http) async fn list_events(
    shared: HostState,
    Paged { query, page }: Paged<EventsQuery>,
) -> Answered<Events> {
    let events = shared.store.events(query.name.as_deref(), page.after()?, page.probe())?;
    let (events, next) = page.cut(events, |last| last.seq);
    Ok(Answer(Events { events, next }))
}
