//! What operations look at: is it alive, is it ready, what has it counted.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use creditgate_api::ProblemDocument;
use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_gate::chain;
use creditgate_store::{Queue, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Answer, Answered, Code, HostState, Problem};
use crate::clock;
use crate::config::milliseconds;
use crate::host::Shared;
use crate::metrics::whole;

/// The text format of OpenMetrics, which Prometheus reads.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Probes that may fail in a row before the host is not ready.
const PROBES: u32 = 3;

/// How the host is.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    /// `ok`.
    status: &'static str,
}

/// What the host can do.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Readiness {
    /// `ready`.
    status: &'static str,
    /// Bindings a release serves.
    serving: usize,
    /// Bindings nothing can serve; their checks become `could_not_check`.
    unavailable: usize,
}

/// Says that the process is there
#[utoipa::path(get, path = "/healthz", tag = "operations")]
pub(super) async fn alive() -> Answer<Health> {
    Answer(Health { status: "ok" })
}

/// Says whether checks can be made and kept
///
/// The host is ready where a change was recorded lately or could have been, where the
/// store can be read, where every thread and task in the background is at its work, and
/// where the disk has room. `errors` names what is missing, each with its code.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operations",
    responses(
        (status = 503, description = "They cannot, and why", body = ProblemDocument, content_type = "application/problem+json"),
    )
)]
pub(super) async fn ready(shared: HostState) -> Answered<Readiness> {
    if shared.stopping.load(Ordering::Relaxed) {
        return Err(Problem::new(Code::HostStopping, "the host was told to stop"));
    }
    let faults = faults(&shared);
    if !faults.is_empty() {
        return Err(Problem::not_ready(faults));
    }
    let world = shared.gate.world();
    let now = clock::now();
    let serving = world.routes().filter(|route| route.unavailable(now).is_none()).count();
    let unavailable = world.routes().count() - serving;
    Ok(Answer(Readiness { status: "ready", serving, unavailable }))
}

/// Everything that stands in the way of a check that is made and kept.
fn faults(shared: &Shared) -> Vec<FieldProblem> {
    let store = shared.store.health();
    let patience = milliseconds(shared.config.store.probe_every_ms) * PROBES;
    let mut faults = Faults::default();
    if !store.writer_runs {
        faults.refuse("store", "store.writer_gone", "nobody writes any more");
    } else if store.since_commit > patience {
        let message = format!("nothing could be recorded for {} s", store.since_commit.as_secs());
        faults.refuse("store", "store.no_commit", message);
    }
    if !store.log_thread_runs {
        let message = "the log of the store grows: nobody folds it";
        faults.refuse("store", "store.log_thread_gone", message);
    }
    if let Err(error) = shared.store.read_probe() {
        tracing::error!(error = chain(&error), "the store cannot be read");
        faults.refuse("store", "store.unreadable", "nothing can be read");
    }
    if let Err(error) = shared.disk.room() {
        faults.refuse("disk", Code::DiskLow.code(), error.to_string());
    }
    faults.extend(shared.watch.faults());
    faults.found()
}

/// What the host has counted
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, description = "In the text form of OpenMetrics", body = String, content_type = "application/openmetrics-text")))]
pub(super) async fn metrics(shared: HostState) -> Result<Response, Problem> {
    // Anybody may ask, and so one at a time has the store read; the others are told
    // what was read for it.
    if let Ok(_one_at_a_time) = shared.metrics_read.try_lock() {
        let host = Arc::clone(&shared);
        let read = tokio::task::spawn_blocking(move || read_store(&host)).await;
        read.map_err(Problem::caused)??;
    }
    shared.metrics.set_checks_under_way(shared.gate.under_way());
    shared.metrics.set_long_calls(shared.sandbox.long_calls());
    shared.metrics.set_pulses(shared.watch.pulses());
    shared.metrics.queue_depth.of("shadows").set(whole(shared.rollout.shadows_waiting()));
    let text = shared.metrics.encode().map_err(Problem::caused)?;
    Ok(([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response())
}

/// What is only known by looking.
fn read_store(shared: &Shared) -> Result<(), StoreError> {
    let (store, metrics) = (&shared.store, &shared.metrics);
    let counts = store.outbox_counts()?;
    metrics.feedback.of("pending").set(whole(counts.pending));
    metrics.feedback.of("delivered").set(whole(counts.delivered));
    metrics.feedback.of("dead").set(whole(counts.dead));
    let events = store.undelivered(Queue::Events)?;
    metrics.event_deliveries.of("pending").set(whole(events.pending));
    metrics.event_deliveries.of("dead").set(whole(events.dead));
    let now = clock::now();
    for source in store.list_sources()? {
        metrics.list_age.of(source.source).set(now.duration_since(source.imported_at.0).as_secs());
    }
    for pull in shared.pulls.iter() {
        if let Some(done_at) = store.pull(&pull.config.name)?.and_then(|state| state.done_at) {
            metrics.pull_age.of(pull.config.name.clone()).set(now.duration_since(done_at).as_secs());
        }
    }
    let health = store.health();
    metrics.queue_depth.of("writer").set(whole(health.waiting));
    metrics.set_store(&health);
    match shared.disk.free_bytes() {
        Ok(free) => {
            metrics.disk_free.set(whole(free));
        }
        Err(error) => tracing::warn!(%error, "the system does not say how much room the disk has"),
    }
    Ok(())
}
