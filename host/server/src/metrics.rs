//! What the host counts, in the Prometheus text form.
//!
//! Labels are closed sets or come from imported bindings: departments,
//! checkpoints, outcomes, codes and declared paths. A case, a party or a number
//! of one is never a label.

use std::borrow::Cow;
use std::hash::Hash;
use std::sync::atomic::Ordering;
use std::time::Duration;

use creditgate_credit::vocabulary;
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

/// Counted by several labels.
type Labelled<M, const LABELS: usize> = Family<[(&'static str, Cow<'static, str>); LABELS], M>;

/// Metrics of one kind, one for each value of a label.
#[derive(Debug, Clone)]
pub(crate) struct By<M, V = String> {
    label: &'static str,
    family: Family<[(&'static str, V); 1], M>,
}

/// The same, where the values are of a closed set.
pub(crate) type ByCode<M> = By<M, &'static str>;

impl<M: Clone + Default, V: Clone + Eq + Hash> By<M, V> {
    /// The metric of this value.
    pub(crate) fn of(&self, value: V) -> M {
        self.family.get_or_create_owned(&[(self.label, value)])
    }
}

/// Everything that is counted.
pub(crate) struct Metrics {
    registry: Registry,
    checks: Labelled<Counter, 5>,
    check_duration: Histogram,
    fuel: Histogram,
    plugin_errors: Labelled<Counter, 2>,
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
    long_calls: Labelled<Gauge, 2>,
    long_calls_begun: By<Counter>,
    /// Messages to the credit platform in each state.
    pub(crate) feedback: ByCode<Gauge>,
    /// Events by their name.
    pub(crate) events: By<Counter>,
    /// Events in each state of delivery.
    pub(crate) event_deliveries: ByCode<Gauge>,
    /// What waits in each queue.
    pub(crate) queue_depth: ByCode<Gauge>,
    /// Seconds since a source last said something.
    pub(crate) list_age: By<Gauge>,
    /// Seconds since a pull came to its end.
    pub(crate) pull_age: By<Gauge>,
    store_log: Gauge,
    store_silence: Gauge,
    /// Bytes of room on the disk.
    pub(crate) disk_free: Gauge,
    task_running: By<Gauge>,
    task_silence: By<Gauge>,
    task_restarts: By<Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResponseLabels {
    route: String,
    status: u16,
}

vocabulary! {
    /// Why a request was refused for want of room.
    pub(crate) enum Refusal {
        /// As many requests are worked on as may be.
        Requests = "requests",
        /// The key has as many requests under way as it may.
        Key = "key",
        /// The keys of the department have as many requests under way as they may.
        DepartmentRequests = "department_requests",
        /// As many reports are made as may be.
        Reports = "reports",
        /// As many files are taken in as may be.
        Uploads = "uploads",
        /// The department has as many checks under way as it may.
        DepartmentChecks = "department_checks",
        /// The department has its share of long calls.
        LongCalls = "long_calls",
        /// No slot of the pool of instances came free.
        Slots = "slots",
        /// Too many changes wait for the writer.
        Writer = "writer",
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
            refused: by("reason", of, "refused", "Requests refused for want of room, by reason"),
            checks_under_way: by("department", of, "checks_under_way", "Checks being made"),
            long_calls: added(
                of,
                "long_calls",
                "Plug-in calls that are not done at once, running and waiting for their department's share",
            ),
            long_calls_begun: by(
                "department",
                of,
                "long_calls_begun",
                "Plug-in calls that were not done at once",
            ),
            feedback: by("state", of, "feedback", "Messages to the credit platform, by state"),
            events: by("event", of, "events", "What has happened, by name"),
            event_deliveries: by(
                "state",
                of,
                "event_deliveries",
                "Events the webhook has not taken, by state",
            ),
            queue_depth: by("queue", of, "queue_depth", "What waits, by queue"),
            list_age: aged_by(
                "source",
                of,
                "list_age",
                "How long ago entries of a source were last imported",
            ),
            pull_age: aged_by("pull", of, "pull_age", "How long ago a pull last came to its end"),
            store_log: sized(of, "store_log", "Size of the log that is folded into the database"),
            store_silence: aged(of, "store_since_commit", "How long ago something was last recorded"),
            disk_free: sized(of, "disk_free", "Room on the disk of the data folder"),
            task_running: by(
                "task",
                of,
                "task_running",
                "Whether a task in the background is at its work: 1, or 0",
            ),
            task_silence: aged_by(
                "task",
                of,
                "task_silence",
                "How long ago a task in the background last gave a sign of life",
            ),
            task_restarts: by(
                "task",
                of,
                "task_restarts",
                "How often a task or thread in the background was begun again after a panic",
            ),
            registry,
        }
    }

    /// Counts a new check.
    pub(crate) fn checked(&self, record: &CheckRecord, took: Duration) {
        let application = &record.inputs.application;
        let labels = [
            ("department", application.department.clone().into()),
            ("checkpoint", application.checkpoint.clone().into()),
            ("status", record.settled.status.code().into()),
            ("outcome", record.settled.outcome.code().into()),
            ("mode", record.inputs.mode.code().into()),
        ];
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
        self.plugin_errors.get_or_create(&[("plugin", plugin.into()), ("code", code.into())]).inc();
    }

    /// Counts an answer.
    pub(crate) fn answered(&self, route: &str, status: u16) {
        self.responses.get_or_create(&ResponseLabels { route: route.to_owned(), status }).inc();
    }

    /// Counts a request that was refused for want of room.
    pub(crate) fn refused(&self, reason: Refusal) {
        self.refused.of(reason.code()).inc();
    }

    /// States how many checks of each department are under way.
    pub(crate) fn set_checks_under_way(&self, departments: Vec<(String, u32)>) {
        for (department, checks) in departments {
            self.checks_under_way.of(department).set(checks.into());
        }
    }

    /// States the long calls of each department.
    pub(crate) fn set_long_calls(&self, departments: Vec<LongCalls>) {
        for LongCalls { department, running, waiting, begun } in departments {
            for (state, calls) in [("running", running), ("waiting", waiting)] {
                let labels = [("department", department.clone().into()), ("state", state.into())];
                self.long_calls.get_or_create(&labels).set(calls.into());
            }
            self.long_calls_begun.of(department).inner().store(begun, Ordering::Relaxed);
        }
    }

    /// Takes how long a record took to be durable.
    pub(crate) fn append_timer(&self) -> impl Fn(Duration) + Send + Sync + 'static {
        let durations = self.append_duration.clone();
        move |took| durations.observe(took.as_secs_f64())
    }

    /// States how the store is.
    pub(crate) fn set_store(&self, health: &StoreHealth) {
        self.appends_waiting.set(whole(health.appends_waiting));
        self.store_log.set(whole(health.log_bytes));
        self.store_silence.set(whole(health.since_commit.as_secs()));
        let log = || "store_log".to_owned();
        self.task_running.of(log()).set(health.log_thread_runs.into());
        self.task_restarts.of(log()).inner().store(health.log_threads_replaced, Ordering::Relaxed);
        self.task_running.of("store_writer".to_owned()).set(health.writer_runs.into());
    }

    /// States how the tasks in the background are.
    pub(crate) fn set_pulses(&self, pulses: Vec<Pulse>) {
        for Pulse { task, runs, silent_for, restarts } in pulses {
            self.task_running.of(task.clone()).set(runs.into());
            self.task_silence.of(task.clone()).set(whole(silent_for.as_secs()));
            self.task_restarts.of(task).inner().store(restarts, Ordering::Relaxed);
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

/// A number of things as a metric holds it.
pub(crate) fn whole(number: impl TryInto<i64>) -> i64 {
    number.try_into().unwrap_or(i64::MAX)
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

/// Metrics at zero, one for each value of the label.
fn by<M, V>(label: &'static str, registry: &mut Registry, name: &str, help: &str) -> By<M, V>
where
    Family<[(&'static str, V); 1], M>: Metric + Clone + Default,
{
    By { label, family: added(registry, name, help) }
}

/// The same of seconds.
fn aged_by(label: &'static str, registry: &mut Registry, name: &str, help: &str) -> By<Gauge> {
    By { label, family: aged(registry, name, help) }
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
