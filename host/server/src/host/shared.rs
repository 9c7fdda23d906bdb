//! What the calls of the HTTP interface work with, and what the tasks beside them do.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use creditgate_gate::ports::Events;
use creditgate_gate::{Deployer, Gate, RolloutSender, chain};
use creditgate_platform::Wake;
use creditgate_sandbox::Sandbox;
use creditgate_store::{Store, StoreError};

use super::connectors::Platforms;
use super::error::HostError;
use super::receipt_key;
use crate::aside;
use crate::backtests::Backtests;
use crate::clock;
use crate::config::Config;
use crate::disk::Disk;
use crate::http::{KeyRing, Places};
use crate::metrics::Metrics;
use crate::pulls::Pulls;
use crate::watch::Watch;

/// What the calls of the HTTP interface work with.
pub(crate) struct Shared {
    pub(crate) config: Config,
    pub(crate) store: Store,
    pub(crate) gate: Gate,
    pub(crate) deployer: Deployer,
    pub(crate) sandbox: Arc<Sandbox>,
    pub(crate) keys: KeyRing,
    /// Lists that are kept up to date from them.
    pub(crate) pulls: Pulls,
    /// Credit platforms that are asked.
    pub(crate) platforms: Platforms,
    pub(crate) metrics: Metrics,
    /// Where the data folder lies.
    pub(crate) disk: Disk,
    /// What runs beside the requests.
    pub(crate) watch: Watch,
    /// Checks that wait for a release in shadow.
    pub(crate) rollout: RolloutSender,
    /// Backtests that run.
    pub(crate) backtests: Backtests,
    /// Held while the store is read for the metrics.
    pub(crate) metrics_read: tokio::sync::Mutex<()>,
    /// Held while API keys change: those that are known are those of the last change.
    pub(crate) key_changes: tokio::sync::Mutex<()>,
    /// Held while the key of receipts is replaced.
    pub(super) rotations: tokio::sync::Mutex<()>,
    /// Held while a table of working days is imported.
    pub(crate) calendar_imports: tokio::sync::Mutex<()>,
    /// Where events go.
    pub(crate) events: Arc<dyn Events>,
    /// Places for requests.
    pub(crate) places: Places,
    /// Set once the host was told to stop.
    pub(crate) stopping: AtomicBool,
    pub(super) delivery: Option<Wake>,
}

impl Shared {
    /// Reads the API keys anew: what was changed counts from the next request on.
    pub(super) async fn reload_keys(&self) -> Result<(), StoreError> {
        let _one_at_a_time = self.key_changes.lock().await;
        self.keys.replace(self.store.keys()?);
        Ok(())
    }

    /// Reads what may take long: beside the requests, by connections no check waits
    /// for.
    pub(crate) async fn read_long<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Store) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let store = self.store.for_reports();
        aside::run("creditgate-read", move || read(&store)).await.unwrap_or_else(|error| {
            tracing::error!(error = chain(&error), "a long read came to nothing");
            Err(StoreError::Fault)
        })
    }

    /// Has a new key sign receipts, and gives back its id with that of the one it
    /// takes the place of.
    pub(crate) async fn rotate_receipt_key(&self) -> Result<(String, String), HostError> {
        let _one_at_a_time = self.rotations.lock().await;
        let retired = self.gate.receipt_keys().signing.id().to_owned();
        let keys = receipt_key::rotate(&self.config.data, &self.store, clock::now()).await?;
        let kid = keys.signing.id().to_owned();
        self.gate.replace_receipt_keys(keys);
        Ok((kid, retired))
    }

    /// Publishes what was just imported.
    pub(crate) async fn reload(&self) {
        self.deployer.publish_kept(clock::now()).await;
    }

    /// Says that there is feedback to deliver.
    pub(crate) fn feedback_queued(&self) {
        if let Some(wake) = &self.delivery {
            wake.now();
        }
    }
}
