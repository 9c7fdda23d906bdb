//! What a running call knows and collects: the data of its store.

use std::borrow::Cow;
use std::sync::Arc;

use creditgate_credit::application::Application;
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::dossier::Dossier;
use creditgate_credit::policy::Policy;

use crate::limits::{LimitHit, Limits, Meter};
use crate::report::{Fact, HostCall, LogLevel, LogLine};
use crate::settings::Settings;
use crate::ticker::{Deadline, Pace};

/// Longest argument kept in the transcript, in bytes.
const LONGEST_ARGUMENT: usize = 128;

/// Host calls most hooks make at most.
const USUAL_CALLS: usize = 8;

/// The case a call is about.
pub(crate) struct Case {
    pub(crate) application: Arc<Application>,
    pub(crate) dossier: Arc<Dossier>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) calendar: Arc<WorkingCalendar>,
}

/// The data of a call's store.
pub(crate) struct CallState {
    /// None while settings are validated: there is no case then.
    case: Option<Case>,
    pub(crate) settings: Settings,
    pub(crate) meter: Meter,
    pub(crate) deadline: Deadline,
    pub(crate) pace: Pace,
    pub(crate) transcript: Vec<HostCall>,
    pub(crate) log: Vec<LogLine>,
    pub(crate) facts: Vec<Fact>,
}

/// A host function that needs a case was called while there is none.
#[derive(Debug, thiserror::Error)]
#[error("asked about a case while settings are validated")]
pub(crate) struct NoCase;

impl CallState {
    pub(crate) fn new(case: Option<Case>, settings: Settings, limits: &Limits) -> Self {
        Self {
            case,
            settings,
            meter: Meter::new(limits),
            deadline: Deadline::after_ms(limits.wall_clock_ms),
            pace: Pace::OnFiber,
            transcript: Vec::new(),
            log: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// Counts a host call that needs the case.
    pub(crate) fn case(&mut self) -> wasmtime::Result<&Case> {
        self.meter.count_host_call()?;
        Ok(self.case.as_ref().ok_or(NoCase)?)
    }

    /// Writes a host call to the transcript.
    pub(crate) fn note(
        &mut self,
        function: &'static str,
        argument: &str,
        answer: impl Into<Cow<'static, str>>,
    ) {
        if self.transcript.capacity() == 0 {
            self.transcript.reserve(USUAL_CALLS);
        }
        let argument = shortened(argument).to_owned();
        self.transcript.push(HostCall { function: Cow::Borrowed(function), argument, answer: answer.into() });
    }

    /// Keeps a log line, if the limit allows. What counts is what is kept:
    /// escaped, a control character is several.
    pub(crate) fn keep_line(&mut self, level: LogLevel, message: &str) -> Result<(), LimitHit> {
        let message = escaped(message);
        self.meter.count_log(message.len())?;
        self.log.push(LogLine { level, message });
        Ok(())
    }
}

/// A store's data that has a [`CallState`] in it.
pub(crate) trait HasCallState: Send + 'static {
    fn call_state(&mut self) -> &mut CallState;
    fn into_call_state(self) -> CallState;
}

impl HasCallState for CallState {
    fn call_state(&mut self) -> &mut CallState {
        self
    }

    fn into_call_state(self) -> CallState {
        self
    }
}

fn shortened(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_ARGUMENT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// One line, without anything that could move a cursor or fake another line.
pub(crate) fn escaped(text: &str) -> String {
    if !text.contains(char::is_control) {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len() + 8), |mut line, character| {
        if character.is_control() {
            line.extend(character.escape_default());
        } else {
            line.push(character);
        }
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn log_lines_stay_on_their_line() {
        let cases = [("审批通过", "审批通过"), ("a\nb\r\u{1b}[31m", r"a\nb\r\u{1b}[31m"), ("", "")];
        for (text, line) in cases {
            assert_eq!(escaped(text), line);
        }
    }

    #[test]
    fn long_arguments_are_cut_between_characters() {
        let text = "信".repeat(50);
        assert_eq!(shortened(&text), "信".repeat(42));
        assert_eq!(shortened("p1"), "p1");
    }
}
