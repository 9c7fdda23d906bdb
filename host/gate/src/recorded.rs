//! A check as it is read back from the ledger: what it was made of, what was
//! said of it, and what the host made of that. Nothing here is judged anew; that
//! is `replay` and `backtest`.

use creditgate_credit::verdict::Verdict;
use creditgate_sandbox::{CallError, CallReport, Fact, Failure, HostCall, LogLine};

use crate::record::CheckInputs;
use crate::settle::Settled;

/// Code of a call that the wall clock ended.
const WALL_CLOCK: &str = "limit.wall_clock";

/// One check of the ledger, as far as running it again needs it.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedCheck {
    /// Id of the check.
    pub check_id: String,
    /// What it was made of.
    pub inputs: CheckInputs,
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
