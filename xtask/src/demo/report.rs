//! What the demo saw, as a table and as JSON.

mod lifecycle;

use anyhow::Result;
use approval_system::{Case, Expected};
use creditgate_api::Answer;
use creditgate_credit::check::Status;
use creditgate_credit::verdict::Outcome;
use serde::Serialize;

use crate::say;

pub(crate) use lifecycle::{Backtest, Lifecycle, Shadow};

/// Everything the demo saw.
#[derive(Serialize)]
pub(crate) struct Report {
    pub(crate) cases: Vec<CaseRow>,
    pub(crate) swap: Swap,
    pub(crate) feedback: Feedback,
    pub(crate) lifecycle: Lifecycle,
    pub(crate) replay: Replays,
}

/// One checkpoint of one case.
#[derive(Serialize)]
pub(crate) struct CaseRow {
    pub(crate) case_no: String,
    title: String,
    checkpoint: String,
    /// Status and outcome the case should have.
    expected: String,
    status: &'static str,
    outcome: &'static str,
    plugin: String,
    receipt_valid: bool,
    as_expected: bool,
}

/// The swap of a plug-in under load.
#[derive(Serialize)]
pub(crate) struct Swap {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) requests: usize,
    pub(crate) failed: usize,
}

/// Messages to the credit platform.
#[derive(Serialize)]
pub(crate) struct Feedback {
    pub(crate) sent: usize,
    pub(crate) received: usize,
}

/// Every check of the demo, run again.
#[derive(Default, Serialize)]
pub(crate) struct Replays {
    pub(crate) checks: usize,
    pub(crate) identical: usize,
    pub(crate) different: usize,
    pub(crate) not_reconstructible: usize,
}

impl CaseRow {
    /// The row of a checkpoint; without an answer where the case never came to it.
    pub(crate) fn new(
        case: &Case,
        expected: &Expected,
        answer: Option<&Answer<'_>>,
        receipt_valid: bool,
    ) -> Self {
        let (status, outcome) = (answer.map(|answer| answer.status), answer.map(|answer| answer.outcome));
        let plugin = answer
            .and_then(|answer| answer.plugin.as_ref())
            .map_or_else(|| "–".to_owned(), |plugin| format!("{} {}", plugin.name, plugin.version));
        Self {
            case_no: case.case_no.clone(),
            title: case.title.clone(),
            checkpoint: expected.checkpoint.clone(),
            as_expected: status == Some(expected.status)
                && outcome == Some(expected.outcome)
                && receipt_valid,
            expected: format!("{} / {}", expected.status.code(), expected.outcome.code()),
            status: status.map_or("–", Status::code),
            outcome: outcome.map_or("–", Outcome::code),
            plugin,
            receipt_valid,
        }
    }

    /// Something about the case that no row shows is not as expected.
    pub(crate) fn spoil(&mut self) {
        self.as_expected = false;
    }
}

impl Report {
    /// Whether everything came out as it should.
    pub(crate) fn is_as_expected(&self) -> bool {
        self.cases.iter().all(|row| row.as_expected)
            && self.swap.failed == 0
            && self.feedback.sent == self.feedback.received
            && self.lifecycle.is_as_expected()
            && self.replay.identical == self.replay.checks
    }

    pub(crate) fn show(&self, json: bool) -> Result<()> {
        if json {
            return say::json(self);
        }
        let mut table =
            say::table(["case", "about", "checkpoint", "status", "outcome", "plug-in", "receipt", ""]);
        for row in &self.cases {
            table.add_row([
                row.case_no.as_str(),
                &row.title,
                &row.checkpoint,
                row.status,
                row.outcome,
                &row.plugin,
                if row.receipt_valid { "valid" } else { "none" },
                if row.as_expected { "as expected" } else { "NOT AS EXPECTED" },
            ]);
        }
        say::line(table);
        say::line(format_args!(
            "\nplug-in swapped under load: {} → {}, {} requests, {} failed",
            self.swap.from, self.swap.to, self.swap.requests, self.swap.failed
        ));
        say::line(format_args!(
            "feedback: {} sent, {} received by the platform",
            self.feedback.sent, self.feedback.received
        ));
        self.lifecycle.show();
        say::line(format_args!(
            "\nevery check run again: {} checks, {} identical, {} different, {} not reconstructible",
            self.replay.checks, self.replay.identical, self.replay.different, self.replay.not_reconstructible
        ));
        Ok(())
    }
}
