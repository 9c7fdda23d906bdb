//! The call of the plug-in in a record: what it said, what it cost, what it
//! asked.

use creditgate_api::{AdviceBody, CommitmentBody, GroundBody, MeasureDispositionBody};
use creditgate_credit::verdict::{Advice, Disposition, Ground, Outcome, Verdict};
use creditgate_sandbox::{CallError, CallReport, Fact, Failure, HostCall, LogLine};
use serde::Serialize;

use crate::json::Each;

#[derive(Serialize)]
pub(super) struct CallView<'a> {
    fuel_used: u64,
    #[serde(flatten)]
    outcome: OutcomeView<'a>,
    transcript: Each<'a, HostCall, HostCallView<'a>>,
    log: Each<'a, LogLine, LogLineView<'a>>,
    facts: Each<'a, Fact, FactView<'a>>,
}

/// One of the three, under its name.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum OutcomeView<'a> {
    Verdict(VerdictView<'a>),
    Failure(FailureView<'a>),
    Error(ErrorView<'a>),
}

impl<'a> From<&'a CallReport> for CallView<'a> {
    fn from(report: &'a CallReport) -> Self {
        Self {
            fuel_used: report.fuel_used,
            outcome: match &report.outcome {
                Ok(Ok(verdict)) => OutcomeView::Verdict(verdict.into()),
                Ok(Err(failure)) => OutcomeView::Failure(failure.into()),
                Err(error) => OutcomeView::Error(error.into()),
            },
            transcript: Each(&report.transcript, HostCallView::from),
            log: Each(&report.log, LogLineView::from),
            facts: Each(&report.facts, FactView::from),
        }
    }
}

#[derive(Serialize)]
struct VerdictView<'a> {
    outcome: Outcome,
    dispositions: Each<'a, Disposition, DispositionView<'a>>,
    grounds: Each<'a, Ground, GroundBody<'a>>,
    advice: Each<'a, Advice, AdviceBody<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    commitment: Option<CommitmentBody<'a>>,
    explanation: &'a str,
}

impl<'a> From<&'a Verdict> for VerdictView<'a> {
    fn from(verdict: &'a Verdict) -> Self {
        Self {
            outcome: verdict.outcome,
            dispositions: Each(&verdict.dispositions, DispositionView::from),
            grounds: Each(&verdict.grounds, GroundBody::from),
            advice: Each(&verdict.advice, AdviceBody::from),
            commitment: verdict.commitment.as_ref().map(CommitmentBody::from),
            explanation: &verdict.explanation,
        }
    }
}

#[derive(Serialize)]
struct DispositionView<'a> {
    measure: &'a str,
    action: MeasureDispositionBody<'a>,
}

impl<'a> From<&'a Disposition> for DispositionView<'a> {
    fn from(disposition: &'a Disposition) -> Self {
        Self { measure: &disposition.measure, action: (&disposition.action).into() }
    }
}

#[derive(Serialize)]
struct FailureView<'a> {
    code: &'a str,
    message: &'a str,
}

impl<'a> From<&'a Failure> for FailureView<'a> {
    fn from(failure: &'a Failure) -> Self {
        Self { code: &failure.code, message: &failure.message }
    }
}

#[derive(Serialize)]
struct ErrorView<'a> {
    code: &'static str,
    message: String,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    frames: &'a [String],
}

impl<'a> From<&'a CallError> for ErrorView<'a> {
    fn from(error: &'a CallError) -> Self {
        let frames = match error {
            CallError::StackOverflow { frames, .. } | CallError::Trap { frames, .. } => frames.as_slice(),
            _ => &[],
        };
        Self { code: error.code(), message: error.to_string(), frames }
    }
}

#[derive(Serialize)]
struct HostCallView<'a> {
    function: &'a str,
    argument: &'a str,
    answer: &'a str,
}

impl<'a> From<&'a HostCall> for HostCallView<'a> {
    fn from(call: &'a HostCall) -> Self {
        Self { function: &call.function, argument: &call.argument, answer: &call.answer }
    }
}

#[derive(Serialize)]
struct LogLineView<'a> {
    level: &'static str,
    message: &'a str,
}

impl<'a> From<&'a LogLine> for LogLineView<'a> {
    fn from(line: &'a LogLine) -> Self {
        Self { level: line.level.code(), message: &line.message }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum FactView<'a> {
    DishonestAct { party: &'a str, kind: &'a str, facts: &'a str },
    TypicalCase { party: &'a str, title: &'a str, summary: &'a str },
}

impl<'a> From<&'a Fact> for FactView<'a> {
    fn from(fact: &'a Fact) -> Self {
        match fact {
            Fact::DishonestAct { party, kind, facts } => Self::DishonestAct { party, kind, facts },
            Fact::TypicalCase { party, title, summary } => Self::TypicalCase { party, title, summary },
        }
    }
}
