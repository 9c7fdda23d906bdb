//! What goes on beside the requests: canaries that broke their terms are
//! stopped, shadows judge, and releases come into force and retire by the clock.

use std::sync::Arc;
use std::time::Duration;

use creditgate_gate::event::{self, Event};
use creditgate_gate::ports::{Activation, Registry};
use creditgate_gate::{Alarm, DeployError, LedgerError, ShadowJob, chain};
use creditgate_store::StoreError;
use tokio::sync::{Mutex, mpsc};

use super::Shared;
use crate::clock;
use crate::watch::Heart;

/// How long to sleep at most before the clock is looked at again: it may have
/// been set.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// Stops canaries, until the senders are gone or the future is dropped.
pub(super) async fn stop_canaries(
    shared: Arc<Shared>,
    heart: Arc<Heart>,
    alarms: Arc<Mutex<mpsc::UnboundedReceiver<Alarm>>>,
) {
    let mut alarms = alarms.lock().await;
    loop {
        heart.beat();
        let Ok(alarm) = tokio::time::timeout(LONGEST_SLEEP, alarms.recv()).await else { continue };
        let Some(alarm) = alarm else { return };
        if let Err(error) = creditgate_store::by_itself(stop_canary(&shared, &alarm)).await {
            let error = chain(&error);
            tracing::error!(binding = alarm.binding, error, "the end of a canary could not be recorded");
        }
    }
}

/// Stops a canary; the event is kept with that.
async fn stop_canary(shared: &Shared, alarm: &Alarm) -> Result<(), DeployError> {
    let now = clock::now();
    let release = shared.deployer.release(alarm.release)?;
    let event = Event::new(event::CANARY_STOPPED, now, "host", &alarm.binding)
        .with("release", release.id.to_string())
        .with("digest", &*release.digest)
        .with("condition", alarm.breach.code())
        .with("reason", alarm.breach.to_string());
    shared.events.emit(event);
    shared.deployer.stop_canary(alarm, now).await.map(drop)
}

/// Judges in shadow, until the senders are gone or the future is dropped.
pub(super) async fn judge_in_shadow(
    shared: Arc<Shared>,
    heart: Arc<Heart>,
    jobs: Arc<Mutex<mpsc::Receiver<ShadowJob>>>,
) {
    let mut jobs = jobs.lock().await;
    loop {
        heart.beat();
        let Ok(job) = tokio::time::timeout(LONGEST_SLEEP, jobs.recv()).await else { continue };
        let Some(job) = job else { return };
        if let Some(difference) = job.run().await
            && let Err(error) = shared.store.save_shadow_difference(difference).await
        {
            tracing::warn!(error = chain(&error), "what a shadow found could not be kept");
        }
        // A guest at once on this thread never yields; requests go first.
        tokio::task::yield_now().await;
    }
}

/// Checks are judged by the release of their instant without this; what follows
/// here is that it is seen: states, events, and what is kept in memory.
pub(super) async fn follow_the_clock(shared: Arc<Shared>, heart: Arc<Heart>) {
    loop {
        heart.beat();
        let changed = shared.deployer.changed();
        let next = match move_on(&shared).await {
            Ok(next) => next,
            Err(error) => {
                tracing::error!(error = chain(&error), "releases could not be moved on");
                LONGEST_SLEEP
            }
        };
        tokio::select! {
            () = changed => {}
            () = tokio::time::sleep(next) => {}
        }
    }
}

/// Retires what is drained and publishes what came into force; says how long to
/// sleep.
async fn move_on(shared: &Shared) -> Result<Duration, LedgerError> {
    for (digest, problem) in shared.deployer.take_altered() {
        let event = Event::new(event::COMPONENT_ALTERED, clock::now(), "host", &digest);
        shared.events.emit(event.with("reason", problem.to_string()));
    }
    shared.deployer.retire_drained(clock::now).await?;
    tell_what_came_into_force(shared).await?;
    let now = clock::now();
    let next = Registry::deployment(&shared.store)?.next_change(now);
    let until = next.and_then(|next| Duration::try_from(next.duration_since(now)).ok());
    Ok(until.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP))
}

/// That an activation has come to its date is no change of its own: its order is
/// kept. What could not be told is told the next time.
async fn tell_what_came_into_force(shared: &Shared) -> Result<(), LedgerError> {
    let now = clock::now();
    let came = shared.deployer.come_into_force(now).await?;
    if !came.is_empty() {
        creditgate_store::by_itself(keep_in_force(shared, came)).await.map_err(|error| LedgerError {
            doing: "keeping the events of what came into force",
            source: error.into(),
        })?;
    }
    shared.deployer.told_until(now);
    Ok(())
}

async fn keep_in_force(shared: &Shared, came: Vec<Activation>) -> Result<(), StoreError> {
    for activation in came {
        let event =
            Event::new(event::RELEASE_IN_FORCE, activation.effective_from, "host", &activation.binding)
                .with("release", activation.release.to_string())
                .with("digest", activation.digest);
        shared.events.emit(event);
    }
    shared.store.note_change().await
}
