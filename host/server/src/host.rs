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
mod in_force;
mod outbox;
mod receipt_key;
mod rollout;
mod tasks;
pub(crate) mod watch;

use std::future::Future;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use creditgate_credit::calendar::TableError;
use creditgate_gate::ports::{CreditSource, Events, Ledger, Registry};
use creditgate_gate::{
    Deployer, Gate, Judge, LedgerError, RolloutReceiver, RolloutSender, SignaturePolicy, calendar_edition,
    chain, rollout_channel,
};
use creditgate_platform::{OptionsError, Wake};
use creditgate_sandbox::{CacheOptions, LongOptions, Sandbox, SandboxError, SandboxOptions, SlotOptions};
use creditgate_store::{Store, StoreError, StoreOptions};
use creditgate_wire::example::JsonExamples;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

use crate::aside;
use crate::backtests::Backtests;
use crate::clock;
use crate::config::{
    Config, ConfigError, LogConfig, ReleasesConfig, SandboxConfig, StoreConfig, milliseconds,
};
use crate::disk::Disk;
use crate::http::{self, KeyRing, Places};
use crate::metrics::Metrics;
use crate::own_program;
use crate::pulls::Pulls;
use crate::serve::{self, Notes, Terms};
use connectors::Platforms;
use data_folder::DataFolder;
pub(crate) use data_folder::read_secret;
use delivery::{EventDeliverer, FeedbackDeliverer};
use events::EventLog;
pub(crate) use receipt_key::{receipt_public_keys, rotate_receipt_key};
use tasks::Tasks;
use watch::{Heart, Watch};

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
    /// The key of receipts is gone.
    #[error(
        "the key that signs receipts is missing: {}{}; restore the file from a backup, or have a new key with \
         `creditgate keys rotate-receipt`, which leaves earlier receipts genuine",
        file.display(),
        kid.as_ref().map_or_else(String::new, |kid| format!(" (key `{kid}`)"))
    )]
    ReceiptKeyMissing {
        /// Where it belongs.
        file: PathBuf,
        /// Its id, where it is known.
        kid: Option<String>,
    },
    /// The key of receipts is another one.
    #[error(
        "{} is not the key that signs receipts, which is `{kid}`; restore that one from a backup, or have a new \
         key with `creditgate keys rotate-receipt`, which leaves earlier receipts genuine",
        file.display()
    )]
    ReceiptKeyOther {
        /// Where it belongs.
        file: PathBuf,
        /// Id of the key that belongs there.
        kid: String,
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
    rotations: tokio::sync::Mutex<()>,
    /// Held while a table of working days is imported.
    pub(crate) calendar_imports: tokio::sync::Mutex<()>,
    /// Where events go.
    pub(crate) events: Arc<dyn Events>,
    /// Places for requests.
    pub(crate) places: Places,
    /// Set once the host was told to stop.
    pub(crate) stopping: AtomicBool,
    delivery: Option<Wake>,
}

impl Shared {
    /// Reads the API keys anew: what was changed counts from the next request on.
    async fn reload_keys(&self) -> Result<(), StoreError> {
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
        let events = Arc::new(EventLog::new(store.clone(), metrics.event_counter(), wake));
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
