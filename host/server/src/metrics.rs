//! What the host counts, in the Prometheus text form.
//!
//! Labels are closed sets or come from imported bindings: departments,
//! checkpoints, outcomes, codes and declared paths. A case, a party or a number
//! of one is never a label.

use std::sync::atomic::Ordering;
use std::time::Duration;

use creditgate_gate::CheckRecord;
use creditgate_sandbox::LongCalls;
use creditgate_store::StoreHealth;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::host::watch::Pulse;

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    checks: Family<CheckLabels, Counter>,
    check_duration: Histogram,
    fuel: Histogram,
    plugin_errors: Family<PluginErrorLabels, Counter>,
    append_duration: Histogram,
    appends_waiting: Gauge,
    responses: Family<ResponseLabels, Counter>,
    /// Requests being worked on.
    pub(crate) in_flight: Gauge,
    /// Connections there are.
    pub(crate) connections: Gauge,
    /// Requests refused for want of room.
    refused: Family<RefusalLabels, Counter>,
    checks_under_way: Family<DepartmentLabels, Gauge>,
    long_calls: Family<LongCallLabels, Gauge>,
    long_calls_begun: Family<DepartmentLabels, Counter>,
    feedback: Family<StateLabels, Gauge>,
    events: EventCounter,
    event_deliveries: Family<StateLabels, Gauge>,
    queue_depth: Family<QueueLabels, Gauge>,
    list_age: Family<SourceLabels, Gauge>,
    pull_age: Family<PullLabels, Gauge>,
    store_log: Gauge,
    store_silence: Gauge,
    disk_free: Gauge,
    task_running: Family<TaskLabels, Gauge>,
    task_silence: Family<TaskLabels, Gauge>,
    task_restarts: Family<TaskLabels, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QueueLabels {
    queue: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SourceLabels {
    source: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PullLabels {
    pull: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TaskLabels {
    task: String,
}

/// Counts events by their name.
#[derive(Debug, Clone, Default)]
pub(crate) struct EventCounter(Family<EventLabels, Counter>);

impl EventCounter {
    /// Counts one.
    pub(crate) fn count(&self, event: &'static str) {
        self.0.get_or_create(&EventLabels { event }).inc();
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct EventLabels {
    event: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CheckLabels {
    department: String,
    checkpoint: String,
    status: &'static str,
    outcome: &'static str,
    mode: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct PluginErrorLabels {
    plugin: String,
    code: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResponseLabels {
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DepartmentLabels {
    department: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct LongCallLabels {
    department: String,
    state: &'static str,
}

/// Why a request was refused for want of room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// As many requests are worked on as may be.
    Requests,
    /// The key has as many requests under way as it may.
    Key,
    /// The keys of the department have as many requests under way as they may.
    DepartmentRequests,
    /// As many reports are made as may be.
    Reports,
    /// As many files are taken in as may be.
    Uploads,
    /// The department has as many checks under way as it may.
    DepartmentChecks,
    /// The department has its share of long calls.
    LongCalls,
    /// No slot of the pool of instances came free.
    Slots,
    /// Too many changes wait for the writer.
    Writer,
}

impl Refusal {
    const fn code(self) -> &'static str {
        match self {
            Self::Requests => "requests",
            Self::Key => "key",
            Self::DepartmentRequests => "department_requests",
            Self::Reports => "reports",
            Self::Uploads => "uploads",
            Self::DepartmentChecks => "department_checks",
            Self::LongCalls => "long_calls",
            Self::Slots => "slots",
            Self::Writer => "writer",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabels {
    state: &'static str,
}

impl Metrics {
    /// Everything at zero.
    pub(crate) fn new() -> Self {
        // 100 µs to 3.3 s, and 1000 to 500 million units of fuel.
        let duration = || Histogram::new(exponential_buckets(0.000_1, 2.0, 16));
        let mut metrics = Self {
            registry: Registry::with_prefix("creditgate"),
            checks: Family::default(),
            check_duration: duration(),
            fuel: Histogram::new(exponential_buckets(1_000.0, 2.0, 20)),
            plugin_errors: Family::default(),
            append_duration: duration(),
            appends_waiting: Gauge::default(),
            responses: Family::default(),
            in_flight: Gauge::default(),
            connections: Gauge::default(),
            refused: Family::default(),
            checks_under_way: Family::default(),
            long_calls: Family::default(),
            long_calls_begun: Family::default(),
            feedback: Family::default(),
            events: EventCounter::default(),
            event_deliveries: Family::default(),
            queue_depth: Family::default(),
            list_age: Family::default(),
            pull_age: Family::default(),
            store_log: Gauge::default(),
            store_silence: Gauge::default(),
            disk_free: Gauge::default(),
            task_running: Family::default(),
            task_silence: Family::default(),
            task_restarts: Family::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("checks", "Checks made, by what came of them", self.checks.clone());
        registry.register_with_unit(
            "check_duration",
            "From the parsed request to the durable record",
            Unit::Seconds,
            self.check_duration.clone(),
        );
        registry.register("hook_fuel", "Units of work of a plug-in's call", self.fuel.clone());
        registry.register(
            "plugin_errors",
            "Calls that came to no verdict, by the reason's code",
            self.plugin_errors.clone(),
        );
        registry.register_with_unit(
            "ledger_append_duration",
            "From handing a record in to its being durable",
            Unit::Seconds,
            self.append_duration.clone(),
        );
        registry.register(
            "ledger_appends_waiting",
            "Records that were handed in and are not durable yet",
            self.appends_waiting.clone(),
        );
        registry.register("http_responses", "Answers, by declared path and status", self.responses.clone());
        registry.register("http_in_flight", "Requests being worked on", self.in_flight.clone());
        registry.register("http_connections", "Connections there are", self.connections.clone());
        registry.register("refused", "Requests refused for want of room, by reason", self.refused.clone());
        registry.register("checks_under_way", "Checks being made", self.checks_under_way.clone());
        registry.register(
            "long_calls",
            "Plug-in calls that are not done at once, running and waiting for their department's share",
            self.long_calls.clone(),
        );
        registry.register(
            "long_calls_begun",
            "Plug-in calls that were not done at once",
            self.long_calls_begun.clone(),
        );
        registry.register("feedback", "Messages to the credit platform, by state", self.feedback.clone());
        registry.register("events", "What has happened, by name", self.events.0.clone());
        registry.register(
            "event_deliveries",
            "Events the webhook has not taken, by state",
            self.event_deliveries.clone(),
        );
        self.register_state_of_host();
    }

    /// What says whether the host is well, rather than what it does.
    fn register_state_of_host(&mut self) {
        let registry = &mut self.registry;
        registry.register("queue_depth", "What waits, by queue", self.queue_depth.clone());
        let help = "How long ago entries of a source were last imported";
        registry.register_with_unit("list_age", help, Unit::Seconds, self.list_age.clone());
        let help = "How long ago a pull last came to its end";
        registry.register_with_unit("pull_age", help, Unit::Seconds, self.pull_age.clone());
        let help = "Size of the log that is folded into the database";
        registry.register_with_unit("store_log", help, Unit::Bytes, self.store_log.clone());
        let help = "How long ago something was last recorded";
        registry.register_with_unit("store_since_commit", help, Unit::Seconds, self.store_silence.clone());
        let help = "Room on the disk of the data folder";
        registry.register_with_unit("disk_free", help, Unit::Bytes, self.disk_free.clone());
        let help = "Whether a task in the background is at its work: 1, or 0";
        registry.register("task_running", help, self.task_running.clone());
        let help = "How long ago a task in the background last gave a sign of life";
        registry.register_with_unit("task_silence", help, Unit::Seconds, self.task_silence.clone());
        let help = "How often a task or thread in the background was begun again after a panic";
        registry.register("task_restarts", help, self.task_restarts.clone());
    }

    /// Counts a new check.
    pub(crate) fn checked(&self, record: &CheckRecord, took: Duration) {
        let labels = CheckLabels {
            department: record.application.department.clone(),
            checkpoint: record.application.checkpoint.clone(),
            status: record.settled.status.code(),
            outcome: record.settled.outcome.code(),
            mode: record.mode.code(),
        };
        self.checks.get_or_create(&labels).inc();
        self.check_duration.observe(took.as_secs_f64());
        let Some(report) = &record.judged else { return };
        self.fuel.observe(report.fuel_used as f64);
        let code = match &report.outcome {
            Ok(Ok(_)) => return,
            Ok(Err(_)) => "failure",
            Err(error) => error.code(),
        };
        let plugin = record.plugin.as_ref().map(|plugin| plugin.name.clone()).unwrap_or_default();
        self.plugin_errors.get_or_create(&PluginErrorLabels { plugin, code }).inc();
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, route: &str, status: u16) {
        self.responses.get_or_create(&ResponseLabels { route: route.to_owned(), status }).inc();
    }

    /// Counts a request that was refused for want of room.
    pub(crate) fn refused(&self, reason: Refusal) {
        self.refused.get_or_create(&RefusalLabels { reason: reason.code() }).inc();
    }

    /// States how many checks of each department are under way.
    pub(crate) fn set_checks_under_way(&self, departments: Vec<(String, u32)>) {
        for (department, checks) in departments {
            self.checks_under_way.get_or_create(&DepartmentLabels { department }).set(checks.into());
        }
    }

    /// States the long calls of each department.
    pub(crate) fn set_long_calls(&self, departments: Vec<LongCalls>) {
        for LongCalls { department, running, waiting, begun } in departments {
            for (state, calls) in [("running", running), ("waiting", waiting)] {
                let labels = LongCallLabels { department: department.clone(), state };
                self.long_calls.get_or_create(&labels).set(calls.into());
            }
            let counter = self.long_calls_begun.get_or_create(&DepartmentLabels { department });
            counter.inner().store(begun, Ordering::Relaxed);
        }
    }

    /// States how many messages are in each state.
    pub(crate) fn set_feedback(&self, state: &'static str, messages: u64) {
        let messages = i64::try_from(messages).unwrap_or(i64::MAX);
        self.feedback.get_or_create(&StateLabels { state }).set(messages);
    }

    /// Takes how long a record took to be durable.
    pub(crate) fn append_timer(&self) -> impl Fn(Duration) + Send + Sync + 'static {
        let durations = self.append_duration.clone();
        move |took| durations.observe(took.as_secs_f64())
    }

    /// What counts events.
    pub(crate) fn event_counter(&self) -> EventCounter {
        self.events.clone()
    }

    /// States how many events are in each state of delivery.
    pub(crate) fn set_event_deliveries(&self, state: &'static str, events: u64) {
        let events = i64::try_from(events).unwrap_or(i64::MAX);
        self.event_deliveries.get_or_create(&StateLabels { state }).set(events);
    }

    /// States how much waits in a queue.
    pub(crate) fn set_queue(&self, queue: &'static str, waiting: usize) {
        self.queue_depth
            .get_or_create(&QueueLabels { queue })
            .set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    /// States how old what a source said last is.
    pub(crate) fn set_list_age(&self, source: String, seconds: i64) {
        self.list_age.get_or_create(&SourceLabels { source }).set(seconds);
    }

    /// States how long ago a pull came to its end.
    pub(crate) fn set_pull_age(&self, pull: String, seconds: i64) {
        self.pull_age.get_or_create(&PullLabels { pull }).set(seconds);
    }

    /// States how the store is.
    pub(crate) fn set_store(&self, health: &StoreHealth) {
        self.appends_waiting.set(i64::try_from(health.appends_waiting).unwrap_or(i64::MAX));
        self.store_log.set(i64::try_from(health.log_bytes).unwrap_or(i64::MAX));
        self.store_silence.set(i64::try_from(health.since_commit.as_secs()).unwrap_or(i64::MAX));
        let thread = TaskLabels { task: "store_log".to_owned() };
        self.task_running.get_or_create(&thread).set(health.log_thread_runs.into());
        self.task_restarts
            .get_or_create(&thread)
            .inner()
            .store(health.log_threads_replaced, Ordering::Relaxed);
        let thread = TaskLabels { task: "store_writer".to_owned() };
        self.task_running.get_or_create(&thread).set(health.writer_runs.into());
    }

    /// States how much room the disk has.
    pub(crate) fn set_disk_free(&self, bytes: u64) {
        self.disk_free.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// States how the tasks in the background are.
    pub(crate) fn set_pulses(&self, pulses: Vec<Pulse>) {
        for Pulse { task, runs, silent_for, restarts } in pulses {
            let labels = TaskLabels { task };
            self.task_running.get_or_create(&labels).set(runs.into());
            self.task_silence
                .get_or_create(&labels)
                .set(i64::try_from(silent_for.as_secs()).unwrap_or(i64::MAX));
            self.task_restarts.get_or_create(&labels).inner().store(restarts, Ordering::Relaxed);
        }
    }

    /// Everything as text.
    ///
    /// # Errors
    /// Never in practice: a string takes all that is written to it.
    pub(crate) fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

/// Raises a number of things in progress for as long as it lives.
pub(crate) struct InFlight(Gauge);

impl InFlight {
    pub(crate) fn enter(gauge: &Gauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}
