//! What a running call knows and collects: the data of its store.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use creditgate_credit::application::Application;
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::dossier::Dossier;
use creditgate_credit::host_rules::HostRules;
use creditgate_credit::policy::Policy;
use creditgate_manifest::text::one_line;

use wasmtime::component::Linker;

use crate::class::GuestClass;
use crate::limits::{LimitHit, Limits, Meter};
use crate::report::{Fact, HostCall, LogLevel, LogLine};
use crate::settings::Settings;
use crate::ticker::Deadline;

/// Longest argument kept in the transcript, in bytes.
const LONGEST_ARGUMENT: usize = 128;

/// Host calls most hooks make at most.
const USUAL_CALLS: usize = 8;

/// The case a call is about.
pub(crate) struct Case {
    pub(crate) application: Arc<Application>,
    pub(crate) dossier: Arc<Dossier>,
    pub(crate) policy: Arc<Policy>,
    pub(crate) rules: HostRules,
    pub(crate) calendar: Arc<WorkingCalendar>,
}

/// The data of a call's store.
pub(crate) struct CallState {
    /// None while settings are validated: there is no case then.
    case: Option<Case>,
    pub(crate) settings: Settings,
    pub(crate) meter: Meter,
    pub(crate) deadline: Deadline,
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
            transcript: Vec::new(),
            log: Vec::new(),
            facts: Vec::new(),
        }
    }

    /// Of an instance that belongs to no call yet.
    pub(crate) fn vacant(limits: &Limits) -> Self {
        static NONE: LazyLock<Settings> = LazyLock::new(|| Settings::new(serde_json::Map::new()));
        Self::new(None, NONE.clone(), limits)
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
        let argument = one_line(shortened(argument)).into_owned();
        self.transcript.push(HostCall { function: Cow::Borrowed(function), argument, answer: answer.into() });
    }

    /// Keeps a log line, if the limit allows. What counts is what is kept:
    /// escaped, a control character is several.
    pub(crate) fn keep_line(&mut self, level: LogLevel, message: &str) -> Result<(), LimitHit> {
        let message = one_line(message).into_owned();
        self.meter.count_log(message.len())?;
        self.log.push(LogLine { level, message });
        Ok(())
    }
}

/// What the clock and the randomness of WASI start from.
#[derive(Clone, Copy)]
pub(crate) struct Ambient {
    pub(crate) now: jiff::Timestamp,
    pub(crate) seed: u64,
}

impl Ambient {
    /// Of calls that are about no case.
    pub(crate) const NONE: Self = Self { now: jiff::Timestamp::UNIX_EPOCH, seed: 0 };
}

/// The data of the stores of one class of guests.
pub(crate) trait GuestState: Send + Sized + 'static {
    const CLASS: GuestClass;

    /// Gives a linker everything a guest of this class may import.
    fn link(linker: &mut Linker<Self>) -> wasmtime::Result<()>;

    /// The data a call starts with.
    fn begin(call: CallState, limits: &Limits, ambient: Ambient) -> Self;

    fn call_state(&mut self) -> &mut CallState;
    fn into_call_state(self) -> CallState;
}

fn shortened(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_ARGUMENT);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_arguments_are_cut_between_characters() {
        let text = "信".repeat(50);
        assert_eq!(shortened(&text), "信".repeat(42));
        assert_eq!(shortened("p1"), "p1");
    }
}
