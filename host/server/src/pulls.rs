//! Pulls: lists are kept up to date from platforms, each by its own clock, and by
//! hand where somebody asks.

use std::sync::Arc;
use std::time::Duration;

use creditgate_gate::chain;
use creditgate_gate::event::{self, Event};
use creditgate_platform::OptionsError;
use creditgate_platform::connector::{Pulled, Puller, QueryError};
use creditgate_store::{PullBatch, PullState, Saved, StoreError};
use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::clock;
use crate::config::PullConfig;
use crate::disk::NoRoom;
use crate::host::connectors::Platforms;
use crate::host::{HostError, Shared};
use crate::watch::Heart;

/// The first wait after a failure; each failure in a row doubles it, up to the
/// usual interval.
const FIRST_WAIT: Duration = Duration::from_secs(5);
/// How long to sleep at most before the clock is looked at again: it may have
/// been set.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);
/// Refused records an error names; the others are counted.
const NAMED: usize = 3;

/// A list that is kept up to date.
pub(crate) struct Pull {
    pub(crate) config: PullConfig,
    puller: Puller,
    /// Held while it runs: by the clock and by hand at once would ask twice.
    running: Mutex<()>,
}

/// What a pull did.
#[derive(Debug)]
pub(crate) struct PullReport {
    pub(crate) saved: Saved,
    pub(crate) pulled: Pulled,
}

/// Why a pull did nothing.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PullError {
    #[error("the platform could not be asked")]
    Query(#[from] QueryError),
    #[error("what came could not be kept")]
    Store(#[from] StoreError),
    #[error(transparent)]
    NoRoom(#[from] NoRoom),
}

/// Every pull of a host.
#[derive(Default)]
pub(crate) struct Pulls(Vec<Pull>);

impl Pulls {
    /// The pulls of a configuration.
    ///
    /// # Errors
    /// [`HostError::UnknownConnector`] or [`HostError::Connector`].
    pub(crate) fn open(configs: &[PullConfig], platforms: &Platforms) -> Result<Self, HostError> {
        configs.iter().map(|config| open(config, platforms)).collect::<Result<_, _>>().map(Self)
    }

    /// The pull of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&Pull> {
        self.0.iter().find(|pull| pull.config.name == name)
    }

    /// Every pull, in the order of the configuration.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Pull> {
        self.0.iter()
    }
}

fn open(config: &PullConfig, platforms: &Platforms) -> Result<Pull, HostError> {
    let name = &config.connector;
    let unknown = || HostError::UnknownConnector { name: name.clone() };
    let refused = |source: OptionsError| HostError::Connector { name: name.clone(), source };
    let platform = platforms.get(name).ok_or_else(unknown)?;
    let profile = Arc::clone(&platform.profile);
    let puller = Puller::new(platform.options.clone(), profile).map_err(refused)?;
    Ok(Pull { config: config.clone(), puller, running: Mutex::new(()) })
}

/// Runs a pull, by its place in the configuration, whenever it is due, until the
/// future is dropped.
pub(crate) async fn run(shared: Arc<Shared>, heart: Arc<Heart>, number: usize) {
    let Some(pull) = shared.pulls.0.get(number) else { return };
    loop {
        heart.beat();
        let wait = match shared.store.pull(&pull.config.name) {
            Ok(state) => until_due(state.as_ref(), pull.config.every(), clock::now()),
            Err(error) => {
                tracing::error!(pull = pull.config.name, error = chain(&error), "a pull cannot be looked up");
                LONGEST_SLEEP
            }
        };
        if wait.is_zero() {
            // What went wrong is in the log, the store and an event.
            let _ = pull.run(&shared).await;
            // A store that keeps nothing would have it run again at once.
            tokio::time::sleep(Duration::from_secs(1)).await;
        } else {
            tokio::time::sleep(wait.min(LONGEST_SLEEP)).await;
        }
    }
}

/// How long until a pull is to run.
fn until_due(state: Option<&PullState>, every: Duration, now: Timestamp) -> Duration {
    let Some(state) = state else { return Duration::ZERO };
    let wait = match state.failures {
        0 => every,
        failures => FIRST_WAIT.saturating_mul(2_u32.saturating_pow(failures - 1)).min(every),
    };
    let since = Duration::try_from(now.duration_since(state.tried_at)).unwrap_or_default();
    wait.saturating_sub(since)
}

impl Pull {
    /// Asks for what has changed and takes it in.
    ///
    /// # Errors
    /// [`PullError`]; it is noted, and told as an event.
    pub(crate) async fn run(&self, shared: &Shared) -> Result<PullReport, PullError> {
        let _running = self.running.lock().await;
        let done = creditgate_store::by_itself(self.take_in(shared)).await;
        let Err(error) = &done else { return done };
        match error {
            PullError::Query(_) | PullError::NoRoom(_) => {
                creditgate_store::by_itself(self.note_failed(shared, chain(error))).await?;
            }
            PullError::Store(_) => self.tell(shared, &chain(error)),
        }
        done
    }

    async fn note_failed(&self, shared: &Shared, fault: String) -> Result<(), StoreError> {
        self.tell(shared, &fault);
        shared.store.pull_failed(self.config.name.clone(), fault, clock::now()).await
    }

    async fn take_in(&self, shared: &Shared) -> Result<PullReport, PullError> {
        shared.disk.room()?;
        let since = shared.store.pull(&self.config.name)?.and_then(|state| state.mark);
        let pulled = self.puller.changes(since, clock::now()).await?;
        let batch = PullBatch {
            name: self.config.name.clone(),
            source: self.config.source().to_owned(),
            entries: pulled.entries.clone(),
            mark: pulled.mark(),
            error: refused_records(&pulled),
        };
        if let Some(fault) = &batch.error {
            self.tell(shared, fault);
        }
        let saved = shared.store.save_pull(batch, clock::now()).await?;
        tracing::info!(
            pull = self.config.name,
            added = saved.added,
            changed = saved.changed,
            unchanged = saved.unchanged,
            refused = pulled.refused.len(),
            "pulled"
        );
        Ok(PullReport { saved, pulled })
    }

    fn tell(&self, shared: &Shared, fault: &str) {
        tracing::warn!(pull = self.config.name, error = fault, "a pull failed");
        let event = Event::new(event::PULL_FAILED, clock::now(), "host", &self.config.name)
            .with("connector", self.config.connector.as_str())
            .with("reason", fault);
        shared.events.emit(event);
    }
}

/// What is wrong with the records that could not be read; none where all could.
fn refused_records(pulled: &Pulled) -> Option<String> {
    let count = pulled.refused.len();
    if count == 0 {
        return None;
    }
    let named: Vec<String> = pulled
        .refused
        .iter()
        .take(NAMED)
        .map(|refused| format!("record {}: {} {}", refused.record, refused.field, refused.problem))
        .collect();
    Some(format!("{count} record(s) could not be read and are asked for again; {}", named.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pull_that_fails_is_tried_again_sooner_and_then_ever_later() {
        let at = |second: i64| Timestamp::from_second(1_786_089_600 + second).unwrap();
        let state = |failures| PullState {
            name: "city".to_owned(),
            mark: None,
            tried_at: at(0),
            done_at: None,
            failures,
            last_error: None,
            received: 0,
        };
        let hour = Duration::from_secs(3600);
        assert_eq!(until_due(None, hour, at(0)), Duration::ZERO, "it never ran");
        let cases = [(0, 3600), (1, 5), (2, 10), (5, 80), (11, 3600), (40, 3600)];
        for (failures, seconds) in cases {
            let wait = until_due(Some(&state(failures)), hour, at(0));
            assert_eq!(wait, Duration::from_secs(seconds), "{failures}");
        }
        assert_eq!(until_due(Some(&state(0)), hour, at(3000)), Duration::from_secs(600));
        assert_eq!(until_due(Some(&state(0)), hour, at(4000)), Duration::ZERO);
    }
}
