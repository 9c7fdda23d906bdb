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
mod error;
pub(crate) mod events;
mod in_force;
mod outbox;
mod receipt_key;
mod rollout;
mod shared;
mod tasks;

use std::future::Future;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use creditgate_gate::ports::{CreditSource, Ledger, Registry};
use creditgate_gate::{
    Deployer, Gate, Judge, RolloutReceiver, SignaturePolicy, calendar_edition, chain, rollout_channel,
};
use creditgate_sandbox::{CacheOptions, LongOptions, Sandbox, SandboxOptions, SlotOptions};
use creditgate_store::{Store, StoreOptions};
use creditgate_wire::example::JsonExamples;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::backtests::Backtests;
use crate::clock;
use crate::config::{Config, LogConfig, ReleasesConfig, SandboxConfig, StoreConfig, milliseconds};
use crate::disk::Disk;
use crate::http::{self, KeyRing, Places};
use crate::metrics::Metrics;
use crate::own_program;
use crate::pulls::Pulls;
use crate::serve::{self, Notes, Terms};
use crate::watch::{Heart, Watch};
use connectors::Platforms;
use data_folder::DataFolder;
pub(crate) use data_folder::read_secret;
use delivery::{EventDeliverer, FeedbackDeliverer};
pub use error::{CalendarFault, HostError};
use events::EventLog;
pub(crate) use receipt_key::{receipt_public_keys, rotate_receipt_key};
pub(crate) use shared::Shared;
use tasks::Tasks;

/// Checks that may wait for a release in shadow; more are not judged by it.
const SHADOWS_WAITING: usize = 1024;

/// Names in the data folder.
const STORE_FILE: &str = "store.db";
const RECEIPT_KEY_FILE: &str = "receipt.key";
const CACHE_FOLDER: &str = "cache";
const CACHE_KEY_FILE: &str = "cache.key";
const CALENDAR_FOLDER: &str = "calendar";

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
        let store = Store::open(&folder.join(STORE_FILE), &store_options(&config.store))?;
        let receipt_keys = receipt_key::in_force(&config.data, &store, clock::now()).await?;
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
        store.tell_appends(metrics.append_timer());
        let ledger: Arc<dyn Ledger> = Arc::new(store.clone());
        let source: Arc<dyn CreditSource> = Arc::new(store.clone());
        let (rollout, rollout_receiver) = rollout_channel(SHADOWS_WAITING);
        let platforms = Platforms::open(&config.connectors)?;
        let gate = Gate::new(deployer.world(), ledger, source, receipt_keys, engine)
            .with_overlays(Arc::new(store.clone()))
            .with_rollout(rollout.clone())
            .with_most_checks_per_department(config.http.checks_per_department());
        let gate = if config.platform.is_some() { gate } else { gate.without_platform() };
        let gate = platforms
            .connectors()
            .fold(gate, |gate, connector| gate.with_source(Arc::new(connector.clone())));
        let watch = Watch::default();
        let deliverer = config.platform.as_ref().map(|platform| {
            let heart = watch.heart("feedback_delivery");
            let deliverer = delivery::of_feedback(platform, &platforms, &store, Arc::clone(&heart))?;
            Ok::<_, HostError>((heart, deliverer))
        });
        let deliverer = deliverer.transpose()?;
        let webhook = config.webhook.as_ref().map(|webhook| {
            let heart = watch.heart("event_delivery");
            let deliverer = delivery::of_events(webhook, &store, Arc::clone(&heart))?;
            Ok::<_, HostError>((heart, deliverer))
        });
        let webhook = webhook.transpose()?;
        let wake = webhook.as_ref().map(|(_, webhook)| webhook.wake());
        let events = Arc::new(EventLog::new(store.clone(), metrics.events.clone(), wake));
        let shared = Shared {
            store,
            gate,
            deployer,
            sandbox,
            keys: KeyRing::default(),
            pulls: Pulls::open(&config.pulls, &platforms)?,
            platforms,
            metrics,
            disk: Disk::of(&config.data, config.store.min_free_bytes),
            watch,
            rollout,
            backtests: Backtests::default(),
            metrics_read: tokio::sync::Mutex::default(),
            key_changes: tokio::sync::Mutex::default(),
            rotations: tokio::sync::Mutex::default(),
            calendar_imports: tokio::sync::Mutex::default(),
            events,
            places: Places::new(&config.http),
            stopping: AtomicBool::new(false),
            delivery: deliverer.as_ref().map(|(_, deliverer)| deliverer.wake()),
            config,
        };
        shared.reload_keys().await?;
        Ok(Host { shared: Arc::new(shared), deliverer, webhook, rollout: rollout_receiver, _folder: folder })
    }
}

/// A host that is open. Nothing is served or delivered until
/// [`Host::serve`].
pub struct Host {
    pub(crate) shared: Arc<Shared>,
    deliverer: Option<(Arc<Heart>, FeedbackDeliverer)>,
    webhook: Option<(Arc<Heart>, EventDeliverer)>,
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

    /// What reads things anew while the host serves.
    #[must_use]
    pub fn reload(&self) -> Reload {
        Reload(Arc::clone(&self.shared))
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
        let places = |number: u32| usize::try_from(number).unwrap_or(Semaphore::MAX_PERMITS);
        let terms = Terms {
            connections: places(http.max_connections.get()),
            connections_per_address: places(http.connections_per_address()),
            header: milliseconds(http.header_timeout_ms),
            kept: milliseconds(http.kept_timeout_ms),
            header_bytes: http.header_limit_bytes.get(),
            idle: milliseconds(http.idle_timeout_ms),
            answer: milliseconds(http.answer_timeout_ms),
            keep_alive: milliseconds(http.keep_alive_ms),
            grace: milliseconds(http.shutdown_grace_ms),
        };
        let refused = {
            let shared = Arc::clone(&self.shared);
            Arc::new(move |code: http::Code| {
                let status = code.status().as_u16();
                shared.metrics.answered(http::NO_ROUTE, status);
                tracing::info!(route = http::NO_ROUTE, status, problem = code.code(), "request");
            })
        };
        let notes = Notes { refused, connections: self.shared.metrics.connections.clone() };
        let router = self.router();
        let tasks = Tasks::start(&self.shared, self.deliverer, self.webhook, self.rollout);
        let shared = Arc::clone(&self.shared);
        let stopping = async move {
            shutdown.await;
            tracing::info!("stopping");
            shared.stopping.store(true, Ordering::Relaxed);
            shared.backtests.cancel_all();
        };
        if !serve::serve(listener, router, terms, notes, stopping).await {
            tracing::warn!("requests were cut off at shutdown; what was recorded of them stays");
        }
        tasks.stop().await;
        let store = self.shared.store.clone();
        // Waits for the writer, and so not on a thread that serves.
        if tokio::task::spawn_blocking(move || store.close()).await.is_err() {
            tracing::error!("the store did not close");
        }
    }
}

/// Reads things anew while a host serves.
pub struct Reload(Arc<Shared>);

impl Reload {
    /// Reads the API keys again, and says what of a configuration that was read
    /// again needs a new start.
    pub async fn apply(&self, config: &Config) {
        match self.0.reload_keys().await {
            Ok(()) => tracing::info!("the configuration and the API keys were read anew"),
            Err(error) => tracing::error!(error = chain(&error), "the API keys could not be read anew"),
        }
        let running = &self.0.config;
        let log = LogConfig { level: config.log.level, ..running.log };
        if (Config { log, ..running.clone() }) != *config {
            tracing::warn!(
                "the configuration has changed beyond [log] level; that counts from the next start on"
            );
        }
    }
}

fn store_options(config: &StoreConfig) -> StoreOptions {
    StoreOptions {
        busy_timeout: milliseconds(config.busy_timeout_ms),
        queue_capacity: config.queue_capacity.get(),
        readers: config.readers.get(),
        report_readers: config.report_readers.get(),
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
    SandboxOptions { cache: Some(cache), small, large, long, compiler: own_program::path() }
}
