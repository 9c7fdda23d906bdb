//! The call of the plug-in in a record: what it said, what it cost, what it
//! asked.

use std::borrow::Cow;

use creditgate_credit::verdict::Verdict;
use creditgate_gate::{RecordedCall, RecordedError};
use creditgate_sandbox::{CallError, CallReport, Fact, Failure, HostCall, LogLine};
use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

use super::RecordError;

/// Of `verdict`, `failure` and `error` there is one.
#[skip_serializing_none]
#[derive(Serialize, Deserialize)]
pub(super) struct CallBody<'a> {
    fuel_used: u64,
    verdict: Option<Cow<'a, Verdict>>,
    failure: Option<Cow<'a, Failure>>,
    error: Option<ErrorBody<'a>>,
    transcript: Cow<'a, [HostCall]>,
    log: Cow<'a, [LogLine]>,
    facts: Cow<'a, [Fact]>,
}

#[derive(Serialize, Deserialize)]
struct ErrorBody<'a> {
    code: Cow<'a, str>,
    message: String,
    #[serde(skip_deserializing, skip_serializing_if = "<[String]>::is_empty")]
    frames: &'a [String],
}

impl<'a> From<&'a CallReport> for CallBody<'a> {
    fn from(report: &'a CallReport) -> Self {
        let (verdict, failure, error) = match &report.outcome {
            Ok(Ok(verdict)) => (Some(Cow::Borrowed(verdict)), None, None),
            Ok(Err(failure)) => (None, Some(Cow::Borrowed(failure)), None),
            Err(error) => (None, None, Some(error.into())),
        };
        Self {
            fuel_used: report.fuel_used,
            verdict,
            failure,
            error,
            transcript: Cow::Borrowed(&report.transcript),
            log: Cow::Borrowed(&report.log),
            facts: Cow::Borrowed(&report.facts),
        }
    }
}

impl<'a> From<&'a CallError> for ErrorBody<'a> {
    fn from(error: &'a CallError) -> Self {
        let frames = match error {
            CallError::StackOverflow { frames, .. } | CallError::Trap { frames, .. } => frames.as_slice(),
            _ => &[],
        };
        Self { code: Cow::Borrowed(error.code()), message: error.to_string(), frames }
    }
}

impl CallBody<'_> {
    pub(super) fn into_call(self) -> Result<RecordedCall, RecordError> {
        let outcome = match (self.verdict, self.failure, self.error) {
            (Some(verdict), None, None) => Ok(Ok(verdict.into_owned())),
            (None, Some(failure), None) => Ok(Err(failure.into_owned())),
            (None, None, Some(error)) => {
                Err(RecordedError { code: error.code.into_owned(), message: error.message })
            }
            _ => return Err(RecordError::Part("a call has none or several of verdict, failure and error")),
        };
        Ok(RecordedCall {
            outcome,
            fuel_used: self.fuel_used,
            transcript: self.transcript.into_owned(),
            log: self.log.into_owned(),
            facts: self.facts.into_owned(),
        })
    }
}
