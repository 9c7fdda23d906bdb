//! The configuration file: what can be set, and what holds when it is not.
//!
//! The types say which values are possible; reading the file and explaining
//! what is wrong with it is in `config/read.rs`. What must not be here:
//! anything a plug-in, a binding or a policy decides, all of which is imported
//! data and not configuration.

mod connector;
mod profile;
mod pull;
mod read;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use creditgate_affairs::objections::MostOpen;
use creditgate_credit::catalogue::state::ReviewRule;
use creditgate_credit::feedback_levels::FeedbackLevels;
use creditgate_gate::ApprovalRule;
use creditgate_platform::Endpoint;
use creditgate_sandbox::{LongOptions, SlotOptions};
use serde::Deserialize;

pub use connector::{ConnectorConfig, StalePolicy};
pub use profile::load_profile;
pub use pull::PullConfig;
pub use read::ConfigError;

/// Everything the configuration file can say.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Address and port to listen on. A port of 0 takes a free one.
    pub listen: SocketAddr,
    /// Folder of everything the host keeps; relative to the configuration file.
    pub data: PathBuf,
    /// The HTTP server.
    #[serde(deserialize_with = "read::http")]
    pub http: HttpConfig,
    /// The plug-in sandbox.
    #[serde(deserialize_with = "read::sandbox")]
    pub sandbox: SandboxConfig,
    /// The database.
    pub store: StoreConfig,
    /// The credit platform. Without it feedback is kept until there is one.
    #[serde(deserialize_with = "read::platform")]
    pub platform: Option<PlatformConfig>,
    /// The receiver of events. Without it they are kept and not sent.
    #[serde(deserialize_with = "read::webhook")]
    pub webhook: Option<WebhookConfig>,
    /// Credit platforms that are asked at check time.
    #[serde(rename = "connector", deserialize_with = "connector::connectors")]
    pub connectors: Vec<ConnectorConfig>,
    /// Lists that are kept up to date from a platform.
    #[serde(rename = "pull", deserialize_with = "pull::pulls")]
    pub pulls: Vec<PullConfig>,
    /// Releases of plug-ins.
    pub releases: ReleasesConfig,
    /// Lists of other sources.
    pub lists: ListsConfig,
    /// Editions of the measures catalogue.
    pub catalogue: CatalogueConfig,
    /// How many objections may be without a result.
    pub objections: MostOpen,
    /// Departments by code, and who in each is told of what it owes (R122).
    pub departments: BTreeMap<String, DepartmentConfig>,
    /// The host's own log.
    pub log: LogConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8480)),
            data: PathBuf::from("data"),
            http: HttpConfig::default(),
            sandbox: SandboxConfig::default(),
            store: StoreConfig::default(),
            platform: None,
            webhook: None,
            connectors: Vec::new(),
            pulls: Vec::new(),
            releases: ReleasesConfig::default(),
            lists: ListsConfig::default(),
            catalogue: CatalogueConfig::default(),
            objections: MostOpen::default(),
            departments: BTreeMap::new(),
            log: LogConfig::default(),
        }
    }
}

/// `[http]`: how much the server takes on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HttpConfig {
    /// Largest JSON body, in bytes.
    pub body_limit_bytes: NonZeroUsize,
    /// Largest plug-in component, in bytes.
    pub plugin_limit_bytes: NonZeroUsize,
    /// Largest file to import, in bytes. A file of anything but lists is read as a
    /// whole, and has 128 MiB at most.
    pub import_limit_bytes: NonZeroUsize,
    /// Longest a request may take from its header to its answer, in milliseconds.
    pub request_timeout_ms: NonZeroU64,
    /// The same for pushing, activating and importing, which compile and write
    /// much.
    pub admin_timeout_ms: NonZeroU64,
    /// Longest a client may take to send a request's header, in milliseconds.
    pub header_timeout_ms: NonZeroU64,
    /// How long a connection is kept on which no further request comes, in
    /// milliseconds. More than its clients keep theirs: a connection that ends as a
    /// request comes loses it.
    pub kept_timeout_ms: NonZeroU64,
    /// Most bytes of a request's line and header.
    pub header_limit_bytes: NonZeroUsize,
    /// Longest a client may send nothing of a body or take nothing of an answer, in
    /// milliseconds.
    pub idle_timeout_ms: NonZeroU64,
    /// Longest a client may need to take the whole of an answer, in milliseconds.
    pub answer_timeout_ms: NonZeroU64,
    /// How long a connection is silent before its peer is asked for a sign of life,
    /// in milliseconds.
    pub keep_alive_ms: NonZeroU64,
    /// Requests worked on at once; more are told to come back.
    pub max_in_flight: NonZeroU32,
    /// Requests of one API key worked on at once; more are told to come back. A
    /// quarter of `max_in_flight` when absent.
    pub max_requests_per_key: Option<NonZeroU32>,
    /// Requests of one API key that go on at once while other keys ask too; the key's
    /// others wait for their turn. Four for each core when absent, and at least 8.
    pub turns_per_key: Option<NonZeroU32>,
    /// How long they wait, in milliseconds, before they go on one by one.
    pub turn_wait_ms: NonZeroU64,
    /// After how long a key that is not known, or has all the requests it may have, is
    /// told so, in milliseconds.
    pub refusal_wait_ms: NonZeroU64,
    /// Requests of all keys of one department worked on at once; more are told to
    /// come back. Half of `max_in_flight` when absent.
    pub max_requests_per_department: Option<NonZeroU32>,
    /// Checks of one department under way at once; more are told to come back. Half
    /// of `max_in_flight` when absent.
    pub max_checks_per_department: Option<NonZeroU32>,
    /// Reports, replays and other long reads worked on at once, of which one key may
    /// have half; more are told to come back.
    pub max_reports: NonZeroU32,
    /// Files that are taken in at once, of which one key may have half; more are
    /// told to come back.
    pub max_uploads: NonZeroU32,
    /// Connections held at once; more wait to be accepted.
    pub max_connections: NonZeroU32,
    /// Connections of one address held at once; more are turned away. Half of
    /// `max_connections` when absent.
    pub max_connections_per_address: Option<NonZeroU32>,
    /// Longest the requests in flight may take when the host is told to stop, in
    /// milliseconds.
    pub shutdown_grace_ms: NonZeroU64,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            body_limit_bytes: size(1 << 20),
            plugin_limit_bytes: size(64 << 20),
            import_limit_bytes: size(4 << 30),
            request_timeout_ms: amount(10_000),
            admin_timeout_ms: amount(300_000),
            header_timeout_ms: amount(30_000),
            kept_timeout_ms: amount(120_000),
            header_limit_bytes: size(32 << 10),
            idle_timeout_ms: amount(5_000),
            answer_timeout_ms: amount(60_000),
            keep_alive_ms: amount(60_000),
            max_in_flight: count(512),
            max_requests_per_key: None,
            turns_per_key: None,
            turn_wait_ms: amount(20),
            refusal_wait_ms: amount(250),
            max_requests_per_department: None,
            max_checks_per_department: None,
            max_reports: count(4),
            max_uploads: count(8),
            max_connections: count(4096),
            max_connections_per_address: None,
            shutdown_grace_ms: amount(30_000),
        }
    }
}

/// Largest file that is held in memory as a whole, in bytes. What is made of it is
/// several times as large.
const LARGEST_WHOLE_FILE: usize = 128 << 20;

impl HttpConfig {
    /// Largest file to import of anything but lists, in bytes.
    pub(crate) fn whole_file_limit_bytes(&self) -> usize {
        self.import_limit_bytes.get().min(LARGEST_WHOLE_FILE)
    }

    /// Checks of one department under way at once.
    pub(crate) fn checks_per_department(&self) -> u32 {
        part(self.max_checks_per_department, self.max_in_flight, 2)
    }

    /// Requests of one key at once.
    pub(crate) fn requests_per_key(&self) -> u32 {
        part(self.max_requests_per_key, self.max_in_flight, 4)
    }

    /// Requests of one key that go on at once while others ask too.
    pub(crate) fn turns_per_key(&self) -> u32 {
        let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let usual = u32::try_from(cores).unwrap_or(u32::MAX).saturating_mul(4).max(8);
        self.turns_per_key.map_or(usual, NonZeroU32::get)
    }

    /// Requests of the keys of one department at once.
    pub(crate) fn requests_per_department(&self) -> u32 {
        part(self.max_requests_per_department, self.max_in_flight, 2)
    }

    /// Connections of one address at once.
    pub(crate) fn connections_per_address(&self) -> u32 {
        part(self.max_connections_per_address, self.max_connections, 2)
    }
}

/// `[sandbox]`: how many plug-in calls run at once.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SandboxConfig {
    /// Calls that run at once; each reserves about 4 GiB of address space, not
    /// of memory.
    pub concurrent_calls: NonZeroU32,
    /// Calls that may wait for a slot.
    pub queued_calls: u32,
    /// How long a call waits for a slot, and a long one for its department's share,
    /// in milliseconds.
    pub queue_wait_ms: u64,
    /// Threads that run the calls which are not done at once; half of the cores
    /// when absent.
    pub long_threads: Option<NonZeroU32>,
    /// Long calls that run at once for one department; half of the cores when
    /// absent.
    pub long_calls_per_department: Option<NonZeroU32>,
    /// Long calls of one department that may wait for its share.
    pub queued_long_calls_per_department: u32,
    /// The most memory a plug-in can be given, in bytes, whatever its binding
    /// says.
    pub pooled_memory_bytes: NonZeroU64,
    /// Memory of a slot kept between calls and wiped in place, in bytes.
    pub keep_resident_bytes: u64,
    /// Slots of guests that bring a language runtime along.
    pub large: LargeSandboxConfig,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        let slots = SlotOptions::small();
        Self {
            concurrent_calls: count(slots.concurrent_calls),
            queued_calls: slots.queued_calls,
            queue_wait_ms: u64::try_from(slots.queue_wait.as_millis()).unwrap_or(u64::MAX),
            long_threads: None,
            long_calls_per_department: None,
            queued_long_calls_per_department: LongOptions::default().queued_per_department,
            pooled_memory_bytes: amount(slots.pooled_memory_bytes),
            keep_resident_bytes: slots.keep_resident_bytes,
            large: LargeSandboxConfig::default(),
        }
    }
}

/// `[sandbox.large]`: the slots of guests that bring a language runtime along,
/// such as those of JavaScript and Python. None is reserved before the first of
/// them is loaded.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LargeSandboxConfig {
    /// Calls that run at once; each reserves about 16 GiB of address space, not
    /// of memory.
    pub concurrent_calls: NonZeroU32,
    /// Calls that may wait for a slot.
    pub queued_calls: u32,
    /// How long a call waits for a slot, in milliseconds.
    pub queue_wait_ms: u64,
    /// The most memory a plug-in can be given, in bytes, whatever its binding
    /// says.
    pub pooled_memory_bytes: NonZeroU64,
    /// Memory of a slot kept between calls and wiped in place, in bytes.
    pub keep_resident_bytes: u64,
}

impl Default for LargeSandboxConfig {
    fn default() -> Self {
        let slots = SlotOptions::large();
        Self {
            concurrent_calls: count(slots.concurrent_calls),
            queued_calls: slots.queued_calls,
            queue_wait_ms: u64::try_from(slots.queue_wait.as_millis()).unwrap_or(u64::MAX),
            pooled_memory_bytes: amount(slots.pooled_memory_bytes),
            keep_resident_bytes: slots.keep_resident_bytes,
        }
    }
}

/// `[store]`: the database in the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct StoreConfig {
    /// How long a change waits for another process that holds the file, such as
    /// a backup, in milliseconds.
    pub busy_timeout_ms: NonZeroU64,
    /// Changes that may wait for the writer; more are told to come back.
    pub queue_capacity: NonZeroUsize,
    /// Reads that run at once.
    pub readers: NonZeroUsize,
    /// Reads for reports that run at once, beside them.
    pub report_readers: NonZeroUsize,
    /// When nothing was recorded for so long, something is, to see that it can be,
    /// in milliseconds. The host is not ready when it cannot three times over.
    pub probe_every_ms: NonZeroU64,
    /// Bytes the database may have; without it, what the disk has.
    pub max_bytes: Option<NonZeroU64>,
    /// Bytes that stay free on the disk of the data folder: below them nothing large
    /// is begun, such as an import, and checks go on.
    pub min_free_bytes: u64,
}

impl Default for StoreConfig {
    fn default() -> Self {
        let store = creditgate_store::StoreOptions::default();
        Self {
            busy_timeout_ms: amount(u64::try_from(store.busy_timeout.as_millis()).unwrap_or(u64::MAX)),
            queue_capacity: size(store.queue_capacity),
            readers: size(store.readers),
            report_readers: size(store.report_readers),
            probe_every_ms: amount(5_000),
            max_bytes: None,
            min_free_bytes: 1 << 30,
        }
    }
}

/// `[platform]`: where feedback goes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformConfig {
    /// Where feedback is posted in the host's own form: an `http://` or
    /// `https://` address.
    pub url: Option<Endpoint>,
    /// Instead of an address: the connector whose profile says how feedback is
    /// sent.
    pub connector: Option<String>,
    /// File with the token the platform gave out, readable by its owner alone;
    /// relative to the configuration file.
    pub token_file: Option<PathBuf>,
    /// Longest one delivery may take, in milliseconds; ten seconds when absent.
    pub timeout_ms: Option<NonZeroU64>,
    /// Attempts before a message is set aside for an administrator; 300 when absent.
    pub max_attempts: Option<NonZeroU32>,
    /// Levels that feedback passes, the nearest first (R105): the first one has it
    /// once it is delivered, the others acknowledge it.
    #[serde(default, deserialize_with = "read::levels")]
    pub levels: FeedbackLevels,
}

impl Config {
    /// Levels that feedback passes.
    pub(crate) fn feedback_levels(&self) -> FeedbackLevels {
        self.platform.as_ref().map(|platform| platform.levels.clone()).unwrap_or_default()
    }
}

/// `[webhook]`: who is told of events.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// Where events are posted: an `https://` address, or an `http://` one of
    /// this machine.
    pub url: Endpoint,
    /// File with the secret that requests are signed with, at least 16 bytes,
    /// readable by its owner alone; relative to the configuration file.
    pub secret_file: PathBuf,
    /// Longest one delivery may take, in milliseconds; ten seconds when absent.
    pub timeout_ms: Option<NonZeroU64>,
    /// Attempts before an event is given up; 300 when absent.
    pub max_attempts: Option<NonZeroU32>,
    /// Lets events go unencrypted to another machine.
    #[serde(default)]
    pub allow_plain_http: bool,
}

impl WebhookConfig {
    /// Whether events may be sent to the address.
    fn is_safe(&self) -> bool {
        self.allow_plain_http || self.url.is_encrypted() || self.url.is_loopback()
    }
}

/// `[releases]`: what a release of a plug-in needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReleasesConfig {
    /// Whether a component has to be signed with a vendor's key to be pushed and
    /// activated. A signature that is given is verified in any case.
    pub require_signature: bool,
    /// For which modes of a binding a release has to be approved by somebody
    /// other than who brought it: `never`, `enforce` or `always`. Unless it is
    /// `never`, a second person also has to agree before an outcome that binds no
    /// longer does.
    pub approval: ApprovalRule,
    /// For so many days a backtest counts, without which a release does not take
    /// another's place; none is asked for when absent.
    pub require_backtest_days: Option<NonZeroU32>,
}

impl Default for ReleasesConfig {
    fn default() -> Self {
        Self { require_signature: true, approval: ApprovalRule::Enforce, require_backtest_days: None }
    }
}

/// `[lists]`: what one person may do to a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ListsConfig {
    /// Percent of the entries of a source that may go by imports without a second
    /// person; with 100 nobody is asked for.
    #[serde(deserialize_with = "read::percent")]
    pub removed_percent_alone: u8,
}

impl Default for ListsConfig {
    fn default() -> Self {
        Self { removed_percent_alone: 20 }
    }
}

/// `[departments.<code>]`: who answers for a department.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DepartmentConfig {
    /// Its name, for people.
    pub name: String,
    /// Its liaison officer and how to reach them. Stands in tasks and in the
    /// events of what is overdue.
    pub contact: String,
}

/// `[catalogue]`: how an edition of the measures catalogue comes to be published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CatalogueConfig {
    /// Which reviews are asked for, each by somebody other than who imported the
    /// edition: `both`, `legal` or `none`.
    pub reviews: ReviewRule,
}

impl Default for CatalogueConfig {
    fn default() -> Self {
        Self { reviews: ReviewRule::Both }
    }
}

/// `[log]`: the host's own log, on standard error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// One JSON object a line, or text for people.
    pub format: LogFormat,
    /// The least serious level that is written.
    pub level: LogLevel,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// For people.
    Text,
}

/// How much is logged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogLevel {
    /// What failed.
    Error,
    /// And what is odd.
    Warn,
    /// And each request.
    #[default]
    Info,
    /// And what helps to find a fault.
    Debug,
    /// Everything.
    Trace,
}

/// A configuration file that shows every key with its default.
pub const EXAMPLE: &str = include_str!("config/example.toml");

pub(crate) fn milliseconds(amount: NonZeroU64) -> Duration {
    Duration::from_millis(amount.get())
}

/// Takes what was set; a place of which nothing was said stays as it is.
pub(crate) fn set<T>(place: &mut T, said: Option<T>) {
    if let Some(value) = said {
        *place = value;
    }
}

/// What was set, or else one part in so many of the whole.
fn part(set: Option<NonZeroU32>, whole: NonZeroU32, parts: u32) -> u32 {
    set.map_or((whole.get() / parts).max(1), NonZeroU32::get)
}

// The defaults are constants above; none is zero.
fn size(bytes: usize) -> NonZeroUsize {
    NonZeroUsize::new(bytes).unwrap_or(NonZeroUsize::MIN)
}

fn amount(value: u64) -> NonZeroU64 {
    NonZeroU64::new(value).unwrap_or(NonZeroU64::MIN)
}

fn count(value: u32) -> NonZeroU32 {
    NonZeroU32::new(value).unwrap_or(NonZeroU32::MIN)
}
