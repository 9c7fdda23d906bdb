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
use prometheus_client::registry::{Metric, Registry, Unit};

use crate::watch::Pulse;

/// Counted by one label.
type By<M, V = String> = Family<[(&'static str, V); 1], M>;
/// The same, where the values are of a closed set.
type ByCode<M> = By<M, &'static str>;

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
    refused: ByCode<Counter>,
    checks_under_way: By<Gauge>,
    long_calls: Family<LongCallLabels, Gauge>,
    long_calls_begun: By<Counter>,
    feedback: ByCode<Gauge>,
    events: EventCounter,
    event_deliveries: ByCode<Gauge>,
    queue_depth: ByCode<Gauge>,
    list_age: By<Gauge>,
    pull_age: By<Gauge>,
    store_log: Gauge,
    store_silence: Gauge,
    disk_free: Gauge,
    task_running: By<Gauge>,
    task_silence: By<Gauge>,
    task_restarts: By<Counter>,
}

/// Counts events by their name.
#[derive(Debug, Clone)]
pub(crate) struct EventCounter(ByCode<Counter>);

impl EventCounter {
    /// Counts one.
    pub(crate) fn count(&self, event: &'static str) {
        self.0.get_or_create(&[("event", event)]).inc();
    }
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

impl Metrics {
    /// Everything at zero.
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("creditgate");
        let of = &mut registry;
        // 100 µs to 3.3 s, and 1000 to 500 million units of fuel.
        let duration = || Histogram::new(exponential_buckets(0.000_1, 2.0, 16));
        let fuel = Histogram::new(exponential_buckets(1_000.0, 2.0, 20));
        let began = "From the parsed request to the durable record";
        let handed_in = "From handing a record in to its being durable";
        Self {
            checks: added(of, "checks", "Checks made, by what came of them"),
            check_duration: measured(of, "check_duration", began, Unit::Seconds, duration()),
            fuel: counted(of, "hook_fuel", "Units of work of a plug-in's call", fuel),
            plugin_errors: added(of, "plugin_errors", "Calls that came to no verdict, by the reason's code"),
            append_duration: measured(of, "ledger_append_duration", handed_in, Unit::Seconds, duration()),
            appends_waiting: added(
                of,
                "ledger_appends_waiting",
                "Records that were handed in and are not durable yet",
            ),
            responses: added(of, "http_responses", "Answers, by declared path and status"),
            in_flight: added(of, "http_in_flight", "Requests being worked on"),
            connections: added(of, "http_connections", "Connections there are"),
            refused: added(of, "refused", "Requests refused for want of room, by reason"),
            checks_under_way: added(of, "checks_under_way", "Checks being made"),
            long_calls: added(
                of,
                "long_calls",
                "Plug-in calls that are not done at once, running and waiting for their department's share",
            ),
            long_calls_begun: added(of, "long_calls_begun", "Plug-in calls that were not done at once"),
            feedback: added(of, "feedback", "Messages to the credit platform, by state"),
            events: EventCounter(added(of, "events", "What has happened, by name")),
            event_deliveries: added(of, "event_deliveries", "Events the webhook has not taken, by state"),
            queue_depth: added(of, "queue_depth", "What waits, by queue"),
            list_age: aged(of, "list_age", "How long ago entries of a source were last imported"),
            pull_age: aged(of, "pull_age", "How long ago a pull last came to its end"),
            store_log: sized(of, "store_log", "Size of the log that is folded into the database"),
            store_silence: aged(of, "store_since_commit", "How long ago something was last recorded"),
            disk_free: sized(of, "disk_free", "Room on the disk of the data folder"),
            task_running: added(
                of,
                "task_running",
                "Whether a task in the background is at its work: 1, or 0",
            ),
            task_silence: aged(
                of,
                "task_silence",
                "How long ago a task in the background last gave a sign of life",
            ),
            task_restarts: added(
                of,
                "task_restarts",
                "How often a task or thread in the background was begun again after a panic",
            ),
            registry,
        }
    }

    /// Counts a new check.
    pub(crate) fn checked(&self, record: &CheckRecord, took: Duration) {
        let labels = CheckLabels {
            department: record.inputs.application.department.clone(),
            checkpoint: record.inputs.application.checkpoint.clone(),
            status: record.settled.status.code(),
            outcome: record.settled.outcome.code(),
            mode: record.inputs.mode.code(),
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
        let plugin = record.inputs.plugin.as_ref().map(|plugin| plugin.name.clone()).unwrap_or_default();
        self.plugin_errors.get_or_create(&PluginErrorLabels { plugin, code }).inc();
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, route: &str, status: u16) {
        self.responses.get_or_create(&ResponseLabels { route: route.to_owned(), status }).inc();
    }

    /// Counts a request that was refused for want of room.
    pub(crate) fn refused(&self, reason: Refusal) {
        self.refused.get_or_create(&[("reason", reason.code())]).inc();
    }

    /// States how many checks of each department are under way.
    pub(crate) fn set_checks_under_way(&self, departments: Vec<(String, u32)>) {
        for (department, checks) in departments {
            self.checks_under_way.get_or_create(&[("department", department)]).set(checks.into());
        }
    }

    /// States the long calls of each department.
    pub(crate) fn set_long_calls(&self, departments: Vec<LongCalls>) {
        for LongCalls { department, running, waiting, begun } in departments {
            for (state, calls) in [("running", running), ("waiting", waiting)] {
                let labels = LongCallLabels { department: department.clone(), state };
                self.long_calls.get_or_create(&labels).set(calls.into());
            }
            let counter = self.long_calls_begun.get_or_create(&[("department", department)]);
            counter.inner().store(begun, Ordering::Relaxed);
        }
    }

    /// States how many messages are in each state.
    pub(crate) fn set_feedback(&self, state: &'static str, messages: u64) {
        let messages = i64::try_from(messages).unwrap_or(i64::MAX);
        self.feedback.get_or_create(&[("state", state)]).set(messages);
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
        self.event_deliveries.get_or_create(&[("state", state)]).set(events);
    }

    /// States how much waits in a queue.
    pub(crate) fn set_queue(&self, queue: &'static str, waiting: usize) {
        self.queue_depth.get_or_create(&[("queue", queue)]).set(i64::try_from(waiting).unwrap_or(i64::MAX));
    }

    /// States how old what a source said last is.
    pub(crate) fn set_list_age(&self, source: String, seconds: i64) {
        self.list_age.get_or_create(&[("source", source)]).set(seconds);
    }

    /// States how long ago a pull came to its end.
    pub(crate) fn set_pull_age(&self, pull: String, seconds: i64) {
        self.pull_age.get_or_create(&[("pull", pull)]).set(seconds);
    }

    /// States how the store is.
    pub(crate) fn set_store(&self, health: &StoreHealth) {
        self.appends_waiting.set(i64::try_from(health.appends_waiting).unwrap_or(i64::MAX));
        self.store_log.set(i64::try_from(health.log_bytes).unwrap_or(i64::MAX));
        self.store_silence.set(i64::try_from(health.since_commit.as_secs()).unwrap_or(i64::MAX));
        let thread = [("task", "store_log".to_owned())];
        self.task_running.get_or_create(&thread).set(health.log_thread_runs.into());
        self.task_restarts
            .get_or_create(&thread)
            .inner()
            .store(health.log_threads_replaced, Ordering::Relaxed);
        let thread = [("task", "store_writer".to_owned())];
        self.task_running.get_or_create(&thread).set(health.writer_runs.into());
    }

    /// States how much room the disk has.
    pub(crate) fn set_disk_free(&self, bytes: u64) {
        self.disk_free.set(i64::try_from(bytes).unwrap_or(i64::MAX));
    }

    /// States how the tasks in the background are.
    pub(crate) fn set_pulses(&self, pulses: Vec<Pulse>) {
        for Pulse { task, runs, silent_for, restarts } in pulses {
            let labels = [("task", task)];
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

/// A metric that was made and is registered.
fn counted<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, metric: M) -> M {
    registry.register(name, help, metric.clone());
    metric
}

/// The same with the unit of its values.
fn measured<M: Metric + Clone>(registry: &mut Registry, name: &str, help: &str, unit: Unit, metric: M) -> M {
    registry.register_with_unit(name, help, unit, metric.clone());
    metric
}

/// A metric at zero.
fn added<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    counted(registry, name, help, M::default())
}

/// A metric of seconds.
fn aged<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    measured(registry, name, help, Unit::Seconds, M::default())
}

/// A metric of bytes.
fn sized<M: Metric + Clone + Default>(registry: &mut Registry, name: &str, help: &str) -> M {
    measured(registry, name, help, Unit::Bytes, M::default())
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
