//! What operations look at: is it alive, is it ready, what has it counted.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use creditgate_wire::problem::ProblemBody;
use serde::Serialize;
use utoipa::ToSchema;

use super::body;
use super::problem::Problem;
use crate::clock;
use crate::host::Shared;

/// The text format of OpenMetrics, which Prometheus reads.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// How the host is.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Health)]
pub(super) struct HealthBody {
    /// `ok`.
    status: &'static str,
}

/// What the host can do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Readiness)]
pub(super) struct ReadinessBody {
    /// `ready`.
    status: &'static str,
    /// Bindings a release serves.
    serving: usize,
    /// Bindings nothing can serve; their checks become `could_not_check`.
    unavailable: usize,
}

/// Says that the process is there
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200, description = "It is", body = HealthBody)))]
pub(super) async fn alive() -> Response {
    body::answer(StatusCode::OK, &HealthBody { status: "ok" })
}

/// Says whether checks can be made
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operations",
    responses(
        (status = 200, description = "They can", body = ReadinessBody),
        (status = 503, description = "They cannot", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub(super) async fn ready(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    if shared.stopping.load(Ordering::Relaxed) {
        return Err(Problem::new("host.stopping", "the host was told to stop"));
    }
    shared.store.outbox_counts()?;
    let world = shared.gate.world();
    let now = clock::now();
    let serving = world.routes().filter(|route| route.unavailable(now).is_none()).count();
    let unavailable = world.routes().count() - serving;
    Ok(body::answer(StatusCode::OK, &ReadinessBody { status: "ready", serving, unavailable }))
}

/// What the host has counted
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, description = "In the text form of Prometheus", body = String)))]
pub(super) async fn metrics(State(shared): State<Arc<Shared>>) -> Result<Response, Problem> {
    let counts = shared.store.outbox_counts()?;
    shared.metrics.set_feedback("pending", counts.pending);
    shared.metrics.set_feedback("delivered", counts.delivered);
    shared.metrics.set_feedback("dead", counts.dead);
    let (pending, dead) = shared.store.undelivered_events()?;
    shared.metrics.set_event_deliveries("pending", pending);
    shared.metrics.set_event_deliveries("dead", dead);
    shared.metrics.set_checks_under_way(shared.gate.under_way());
    shared.metrics.set_long_calls(shared.sandbox.long_calls());
    let text = shared.metrics.encode().map_err(|error| Problem::internal(Some(&error)))?;
    Ok(([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response())
}
