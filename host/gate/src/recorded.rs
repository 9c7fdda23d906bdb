//! A check as it is read back from the ledger: what it was made of, what was
//! said of it, and what the host made of that. Nothing here is judged anew; that
//! is `replay` and `backtest`.

use std::sync::Arc;

use creditgate_credit::application::Application;
use creditgate_credit::check::{Mode, PluginRef};
use creditgate_credit::dossier::Dossier;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::verdict::Verdict;
use creditgate_sandbox::{CallError, CallReport, Fact, Failure, HostCall, Limits, LogLine, Settings};
use jiff::Timestamp;

use crate::release::ReleaseId;
use crate::settle::Settled;

/// Code of a call that the wall clock ended.
const WALL_CLOCK: &str = "limit.wall_clock";

/// One check of the ledger, as far as running it again needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedCheck {
    /// Id of the check.
    pub check_id: String,
    /// Instant of the check.
    pub at: Timestamp,
    /// The request in normal form.
    pub application: Arc<Application>,
    /// Id of the binding.
    pub binding: String,
    /// Mode of the binding on that day.
    pub mode: Mode,
    /// The release that judged; none where nothing could serve.
    pub plugin: Option<PluginRef>,
    /// Number of that release.
    pub release: Option<ReleaseId>,
    /// The settings it judged under.
    pub settings: Option<Settings>,
    /// The limits it ran under.
    pub limits: Limits,
    /// Seed of the plug-in's randomness.
    pub seed: u64,
    /// Policy version, `division@version`.
    pub policy: String,
    /// Catalogue edition.
    pub catalogue: String,
    /// Names the tables of working days.
    pub calendar: String,
    /// Engine that ran it.
    pub engine: String,
    /// Version of the host's own rules it was settled by.
    pub host_rules: HostRules,
    /// The dossier; none where it could not be gathered or was not wanted.
    pub dossier: Option<Arc<Dossier>>,
    /// What the plug-in said; none where it was not called.
    pub judged: Option<RecordedCall>,
    /// What the host made of it.
    pub settled: Settled,
}

/// What a call left behind, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedCall {
    /// The plug-in's verdict, its own failure, or why it came to neither.
    pub outcome: Result<Result<Verdict, Failure>, RecordedError>,
    /// Fuel spent.
    pub fuel_used: u64,
    /// The host calls, in order.
    pub transcript: Vec<HostCall>,
    /// Notes of the plug-in, in order.
    pub log: Vec<LogLine>,
    /// What it reported for the credit platform.
    pub facts: Vec<Fact>,
}

/// How a call failed, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedError {
    /// Stable code, such as `plugin.trap`.
    pub code: String,
    /// The text of that day, which names plug-in, checkpoint and limit.
    pub message: String,
}

impl RecordedError {
    fn of(error: &CallError) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string() }
    }
}

impl From<CallReport> for RecordedCall {
    fn from(report: CallReport) -> Self {
        let CallReport { outcome, fuel_used, took: _, transcript, log, facts } = report;
        Self {
            outcome: outcome.map_err(|error| RecordedError::of(&error)),
            fuel_used,
            transcript,
            log,
            facts,
        }
    }
}

impl RecordedCall {
    /// Whether the wall clock ended it: the one input that is not recorded.
    pub(crate) fn ended_by_time(&self) -> bool {
        self.outcome.as_ref().is_err_and(|error| error.code == WALL_CLOCK)
    }

    /// Whether an answer to it came from the tables of working days. Today's date
    /// is not among them: it is the day of the check.
    pub(crate) fn asks_for_working_days(&self) -> bool {
        self.transcript
            .iter()
            .any(|call| call.function.starts_with("calendar.") && call.function != "calendar.today")
    }
}
