//! A whole host: the data folder, the store, the sandbox, the gate over them,
//! and the delivery of feedback beside it.
//!
//! Putting the parts together is all that happens here; what they do is in their
//! own crates, and what HTTP makes of it in [`crate::http`].

mod calendar;
pub(crate) mod connectors;
mod data_folder;
mod delivery;
pub(crate) mod duties;
pub(crate) mod events;
mod outbox;
mod rollout;

use std::future::Future;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use creditgate_credit::calendar::TableError;
use creditgate_gate::ports::{CreditSource, Events, LedgerError, Registry};
use creditgate_gate::{
    Deployer, Gate, Judge, ReceiptKey, RolloutReceiver, SignaturePolicy, calendar_edition, rollout_channel,
};
use creditgate_platform::{Deliverer, OptionsError, Wake};
use creditgate_sandbox::{CacheOptions, LongOptions, Sandbox, SandboxError, SandboxOptions, SlotOptions};
use creditgate_store::{Store, StoreError, StoreOptions};
use creditgate_wire::example::JsonExamples;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::backtests::Backtests;
use crate::clock;
use crate::compiler;
use crate::config::{Config, ConfigError, ReleasesConfig, SandboxConfig, StoreConfig, milliseconds};
use crate::http::{self, KeyRing};
use crate::local_lists;
use crate::metrics::{Metrics, TimedLedger};
use crate::pulls::{self, Pulls};
use crate::serve::{self, Terms};
use connectors::Platforms;
use data_folder::DataFolder;
pub(crate) use data_folder::read_secret;
use delivery::{EventDeliverer, FeedbackDeliverer, Running};
use events::EventLog;

/// Checks that may wait for a release in shadow; more are not judged by it.
const SHADOWS_WAITING: usize = 1024;

/// Names in the data folder.
const STORE_FILE: &str = "store.db";
const RECEIPT_KEY_FILE: &str = "receipt.key";
const CACHE_FOLDER: &str = "cache";
const CACHE_KEY_FILE: &str = "cache.key";
const CALENDAR_FOLDER: &str = "calendar";

/// A host cannot start.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The data folder cannot be used.
    #[error("cannot use {} as data folder", folder.display())]
    DataFolder {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Another process has the data folder.
    #[error(
        "another creditgate is running on {}; stop it, or talk to it with --server instead",
        folder.display()
    )]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// A file with a secret cannot be used.
    #[error("cannot use the secret in {}", file.display())]
    Secret {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A table of working days cannot be used.
    #[error("cannot use the working-day table {}", file.display())]
    Calendar {
        /// The file.
        file: PathBuf,
        /// Why.
        source: CalendarFault,
    },
    /// The store does not open.
    #[error("the store does not open")]
    Store(#[from] StoreError),
    /// The sandbox does not start.
    #[error("the sandbox does not start")]
    Sandbox(#[from] SandboxError),
    /// What is deployed cannot be read.
    #[error("the deployments cannot be read")]
    Deployments(#[from] LedgerError),
    /// The credit platform cannot be spoken to as configured.
    #[error("the configuration of the credit platform cannot be used")]
    Platform(#[source] OptionsError),
    /// A connector cannot be used as configured.
    #[error("the configuration of connector `{name}` cannot be used")]
    Connector {
        /// Its name.
        name: String,
        /// Why.
        source: OptionsError,
    },
    /// Something names a connector that is not there.
    #[error("there is no [[connector]] `{name}`")]
    UnknownConnector {
        /// The name.
        name: String,
    },
    /// A profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ConfigError),
    /// The receiver of events cannot be spoken to as configured.
    #[error("the configuration of the webhook cannot be used")]
    Webhook(#[source] OptionsError),
}

/// What is wrong with a file of working days.
#[derive(Debug, thiserror::Error)]
pub enum CalendarFault {
    /// It cannot be read.
    #[error("it cannot be read")]
    Unreadable(#[from] std::io::Error),
    /// It is not a table.
    #[error(transparent)]
    Malformed(#[from] TableError),
}

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
    /// Backtests that run.
    pub(crate) backtests: Backtests,
    /// Held while a table of working days is imported.
    pub(crate) calendar_imports: tokio::sync::Mutex<()>,
    /// Where events go.
    pub(crate) events: Arc<dyn Events>,
    /// Places for requests.
    pub(crate) in_flight: Arc<Semaphore>,
    /// Set once the host was told to stop.
    pub(crate) stopping: AtomicBool,
    delivery: Option<Wake>,
}

impl Shared {
    /// Reads the API keys anew: what was changed counts from the next request on.
    pub(crate) fn reload_keys(&self) -> Result<(), StoreError> {
        self.keys.replace(self.store.keys()?);
        Ok(())
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

/// Puts a host together.
pub struct HostBuilder {
    config: Config,
    substitute: Option<Arc<dyn Judge>>,
}

impl HostBuilder {
    /// Lets `judge` run in place of every plug-in, for the benchmark that
    /// measures what the sandbox costs. No configuration can do this.
    #[must_use]
    pub fn substitute_judge(mut self, judge: Arc<dyn Judge>) -> Self {
        self.substitute = Some(judge);
        self
    }

    /// Opens the data folder and everything in it. A release that does not load
    /// leaves its bindings unserved and the others serving.
    ///
    /// # Errors
    /// [`HostError`], naming what cannot be used.
    pub async fn open(self) -> Result<Host, HostError> {
        let Self { config, substitute } = self;
        let folder = DataFolder::open(&config.data)?;
        let receipt_key = ReceiptKey::from_secret(&data_folder::secret_key(&folder.join(RECEIPT_KEY_FILE))?);
        let store = Store::open(&folder.join(STORE_FILE), &store_options(&config.store))?;
        let calendar = calendar::in_force(&folder.join(CALENDAR_FOLDER), &store)?;
        store.keep_calendar(calendar_edition(&calendar), &calendar).await?;
        let calendar = Arc::new(calendar);
        let cache = CacheOptions {
            folder: folder.join(CACHE_FOLDER),
            key: data_folder::secret_key(&folder.join(CACHE_KEY_FILE))?,
        };
        let sandbox = Arc::new(Sandbox::new(sandbox_options(&config.sandbox, cache))?);
        let engine = sandbox.engine_fingerprint().to_owned();
        let registry: Arc<dyn Registry> = Arc::new(store.clone());
        let signatures = signature_policy(&config.releases);
        let mut deployer = Deployer::new(Arc::clone(&sandbox), registry, calendar)
            .with_examples(Arc::new(JsonExamples))
            .with_signatures(signatures)
            .with_approval(config.releases.approval)
            .with_earlier_calendars(store.calendars()?)
            .with_required_backtest(config.releases.require_backtest_days.map(NonZeroU32::get));
        if let Some(judge) = substitute {
            deployer = deployer.with_substitute_judge(judge);
        }
        deployer.reload(clock::now()).await?;
        let metrics = Metrics::new();
        let ledger = Arc::new(TimedLedger::new(Arc::new(store.clone()), &metrics));
        let source: Arc<dyn CreditSource> = Arc::new(store.clone());
        let (rollout, rollout_receiver) = rollout_channel(SHADOWS_WAITING);
        let platforms = Platforms::open(&config.connectors)?;
        let gate = Gate::new(deployer.world(), ledger, source, receipt_key, engine)
            .with_overlays(Arc::new(store.clone()))
            .with_rollout(rollout)
            .with_most_checks_per_department(config.http.checks_per_department());
        let gate = if config.platform.is_some() { gate } else { gate.without_platform() };
        let gate = platforms
            .connectors()
            .fold(gate, |gate, connector| gate.with_source(Arc::new(connector.clone())));
        let deliverer =
            config.platform.as_ref().map(|platform| delivery::of_feedback(platform, &platforms, &store));
        let deliverer = deliverer.transpose()?;
        let webhook =
            config.webhook.as_ref().map(|webhook| delivery::of_events(webhook, &store)).transpose()?;
        let wake = webhook.as_ref().map(Deliverer::wake);
        let events = Arc::new(EventLog::new(store.clone(), metrics.event_counter(), wake));
        let in_flight = usize::try_from(config.http.max_in_flight.get()).unwrap_or(Semaphore::MAX_PERMITS);
        let shared = Shared {
            store,
            gate,
            deployer,
            sandbox,
            keys: KeyRing::default(),
            pulls: Pulls::open(&config.pulls, &platforms)?,
            platforms,
            metrics,
            backtests: Backtests::default(),
            calendar_imports: tokio::sync::Mutex::default(),
            events,
            in_flight: Arc::new(Semaphore::new(in_flight)),
            stopping: AtomicBool::new(false),
            delivery: deliverer.as_ref().map(Deliverer::wake),
            config,
        };
        shared.reload_keys()?;
        Ok(Host { shared: Arc::new(shared), deliverer, webhook, rollout: rollout_receiver, _folder: folder })
    }
}

/// A host that is open. Nothing is served or delivered until
/// [`Host::serve`].
pub struct Host {
    pub(crate) shared: Arc<Shared>,
    deliverer: Option<FeedbackDeliverer>,
    webhook: Option<EventDeliverer>,
    rollout: RolloutReceiver,
    /// The last to go: while it is there, no other host opens the folder.
    _folder: DataFolder,
}

impl Host {
    /// A builder, for what [`Host::open`] cannot say.
    #[must_use]
    pub const fn builder(config: Config) -> HostBuilder {
        HostBuilder { config, substitute: None }
    }

    /// Opens a host as configured. Needs a Tokio runtime with its timer on.
    ///
    /// # Errors
    /// [`HostError`], naming what cannot be used.
    pub async fn open(config: Config) -> Result<Self, HostError> {
        Self::builder(config).open().await
    }

    /// The whole HTTP interface.
    pub fn router(&self) -> Router {
        http::router(Arc::clone(&self.shared))
    }

    /// Serves until `shutdown` resolves. Then no connection is accepted any more,
    /// requests in flight are finished, feedback under delivery too, and the
    /// store is closed with everything it accepted.
    pub async fn serve(self, listener: TcpListener, shutdown: impl Future<Output = ()>) {
        let http = &self.shared.config.http;
        let terms = Terms {
            connections: usize::try_from(http.max_connections.get()).unwrap_or(Semaphore::MAX_PERMITS),
            header: milliseconds(http.header_timeout_ms),
            grace: milliseconds(http.shutdown_grace_ms),
        };
        let router = self.router();
        let deliveries = [
            self.deliverer.map(|deliverer| Running::start("feedback", deliverer)),
            self.webhook.map(|webhook| Running::start("events", webhook)),
        ];
        let rollout = tokio::spawn(rollout::run(Arc::clone(&self.shared), self.rollout));
        let duties = tokio::spawn(duties::run(Arc::clone(&self.shared)));
        let day = {
            let shared = Arc::clone(&self.shared);
            tokio::spawn(async move { local_lists::follow_the_day(&shared).await })
        };
        let puller = tokio::spawn({
            let shared = Arc::clone(&self.shared);
            async move { pulls::run(&shared).await }
        });
        let shared = Arc::clone(&self.shared);
        let stopping = async move {
            shutdown.await;
            tracing::info!("stopping");
            shared.stopping.store(true, Ordering::Relaxed);
            shared.backtests.cancel_all();
        };
        if !serve::serve(listener, router, terms, stopping).await {
            tracing::warn!("requests were cut off at shutdown; what was recorded of them stays");
        }
        // Nothing of it is owed to anybody: what a shadow has not judged is not
        // judged, and a canary that has to stop gets no cases.
        rollout.abort();
        // What falls due is in the store, and is found by the next start.
        duties.abort();
        // What it would have settled is settled at the next start.
        day.abort();
        // A pull that is cut off has moved no mark: the next one asks again.
        puller.abort();
        futures_util::future::join_all(deliveries.into_iter().flatten().map(Running::stop)).await;
        let store = self.shared.store.clone();
        // Waits for the writer, and so not on a thread that serves.
        if tokio::task::spawn_blocking(move || store.close()).await.is_err() {
            tracing::error!("the store did not close");
        }
    }
}

/// The public key of a host's receipts, for verifying them without its server.
///
/// # Errors
/// [`HostError::Secret`] when the host was never started, or the key cannot be
/// read.
pub fn receipt_public_key(config: &Config) -> Result<[u8; 32], HostError> {
    let secret = data_folder::existing_key(&config.data.join(RECEIPT_KEY_FILE))?;
    Ok(ReceiptKey::from_secret(&secret).public())
}

fn store_options(config: &StoreConfig) -> StoreOptions {
    StoreOptions {
        busy_timeout: milliseconds(config.busy_timeout_ms),
        queue_capacity: config.queue_capacity.get(),
        readers: config.readers.get(),
        max_bytes: config.max_bytes.map(std::num::NonZeroU64::get),
    }
}

fn signature_policy(config: &ReleasesConfig) -> SignaturePolicy {
    if config.require_signature { SignaturePolicy::Required } else { SignaturePolicy::Optional }
}

fn sandbox_options(config: &SandboxConfig, cache: CacheOptions) -> SandboxOptions {
    let small = SlotOptions {
        concurrent_calls: config.concurrent_calls.get(),
        queued_calls: config.queued_calls,
        queue_wait: Duration::from_millis(config.queue_wait_ms),
        pooled_memory_bytes: config.pooled_memory_bytes.get(),
        keep_resident_bytes: config.keep_resident_bytes,
    };
    let large = SlotOptions {
        concurrent_calls: config.large.concurrent_calls.get(),
        queued_calls: config.large.queued_calls,
        queue_wait: Duration::from_millis(config.large.queue_wait_ms),
        pooled_memory_bytes: config.large.pooled_memory_bytes.get(),
        keep_resident_bytes: config.large.keep_resident_bytes,
    };
    let usual = LongOptions::default();
    let long = LongOptions {
        threads: config.long_threads.map_or(usual.threads, NonZeroU32::get),
        calls_per_department: config
            .long_calls_per_department
            .map_or(usual.calls_per_department, NonZeroU32::get),
        queued_per_department: config.queued_long_calls_per_department,
        queue_wait: Duration::from_millis(config.queue_wait_ms),
    };
    SandboxOptions { cache: Some(cache), small, large, long, compiler: compiler::program() }
}
