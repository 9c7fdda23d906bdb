//! Events: what has happened, and whether the webhook was told.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use creditgate_store::{EventState, StoredEvent};
use creditgate_wire::event::{EventDeliveryBody, EventItemBody, EventsBody};
use creditgate_wire::problem::ProblemBody;
use serde::Deserialize;

use crate::host::{Shared, events};
use crate::http::body;
use crate::http::input;
use crate::http::problem::Problem;

const EVENTS: u32 = 100;
const MOST_EVENTS: u32 = 1000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventsQuery {
    name: Option<String>,
    before: Option<i64>,
    limit: Option<u32>,
}

/// Lists events, newest first
///
/// What has happened to releases, keys and the like, and whether the webhook has
/// taken it. Of a case, nothing but the ids of its checks.
#[utoipa::path(
    get,
    path = "/v1/admin/events",
    tag = "administration",
    params(
        ("name" = Option<String>, Query, description = "Only events of this name, such as `release.activated`"),
        ("before" = Option<i64>, Query, description = "Only events before this `seq`"),
        ("limit" = Option<u32>, Query, description = "At most so many; 100 when absent, never more than 1000"),
    ),
    responses(
        (status = 200, description = "The events", body = EventsBody),
        (status = "default", description = "Why not", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(in crate::http) async fn list_events(
    State(shared): State<Arc<Shared>>,
    uri: Uri,
) -> Result<Response, Problem> {
    let query: EventsQuery = input::query(&uri, "name, before (a number), limit (a number)")?;
    let limit = query.limit.unwrap_or(EVENTS).min(MOST_EVENTS);
    let events = shared.store.events(query.name.as_deref(), query.before, limit)?;
    Ok(body::answer(StatusCode::OK, &EventsBody { events: events.into_iter().map(shown).collect() }))
}

fn shown(stored: StoredEvent) -> EventItemBody {
    EventItemBody {
        seq: stored.seq,
        event: events::body(&stored),
        delivery: EventDeliveryBody {
            state: stored.state.code().to_owned(),
            attempts: stored.attempts,
            next_at: (stored.state == EventState::Pending).then(|| stored.next_at.into()),
            last_error: stored.last_error,
            delivered_at: stored.delivered_at.map(Into::into),
        },
    }
}
