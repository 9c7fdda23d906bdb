//! What a call leaves behind, whether it came to a verdict or not.

use std::borrow::Cow;
use std::time::Duration;

use creditgate_credit::verdict::Verdict;
use creditgate_credit::vocabulary;
use serde::{Deserialize, Serialize};

use crate::error::CallError;

/// Everything a call leaves behind.
#[derive(Debug)]
pub struct CallReport {
    /// The plug-in's verdict, its own failure, or why it came to neither.
    pub outcome: Result<Result<Verdict, Failure>, CallError>,
    /// Fuel spent: the same for the same call on the same engine.
    pub fuel_used: u64,
    /// How long it took, the wait for a slot included. Never the same, and so no part
    /// of a record.
    pub took: Duration,
    /// The host calls, in order.
    pub transcript: Vec<HostCall>,
    /// Notes of the plug-in, in order.
    pub log: Vec<LogLine>,
    /// What it reported for the credit platform. To be sent only when the check
    /// succeeds.
    pub facts: Vec<Fact>,
}

/// The plug-in says it could not come to a verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// A short machine name of the plug-in's choosing.
    pub code: String,
    /// For people.
    pub message: String,
}

/// One host call and its answer, short enough to keep and exact enough to tell
/// a replay from the original. Holds no identity numbers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostCall {
    /// Interface and function, such as `credit.standing-of`.
    pub function: Cow<'static, str>,
    /// The arguments, shortened.
    pub argument: String,
    /// What was answered, in a few words.
    pub answer: Cow<'static, str>,
}

vocabulary! {
    /// How serious a log line is.
    pub enum LogLevel {
        /// For the plug-in's author.
        Debug = "debug",
        /// Worth knowing.
        Info = "info",
        /// Something is odd.
        Warn = "warn",
        /// Something is wrong.
        Error = "error",
    }
}

/// A note of the plug-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// How serious.
    pub level: LogLevel,
    /// One line; what cannot be seen is written out.
    pub message: String,
}

/// A report for the credit platform.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Fact {
    /// A dishonest act met in the application itself (R55).
    DishonestAct {
        /// Handle of the party.
        party: String,
        /// Such as `false-material`.
        kind: String,
        /// What was found.
        facts: String,
    },
    /// An exemplary or warning case (R107).
    TypicalCase {
        /// Handle of the party.
        party: String,
        /// One line.
        title: String,
        /// What happened.
        summary: String,
    },
}
