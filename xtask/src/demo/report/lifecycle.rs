//! A release's way as the demo saw it, step by step.

use anyhow::Result;
use serde::Serialize;

use crate::say;

/// A candidate's way into force under load, and out of it again.
#[derive(Default, Serialize)]
pub(crate) struct Lifecycle {
    pub(crate) steps: Vec<Step>,
    /// Checks asked for meanwhile.
    pub(crate) requests: usize,
    /// Those without an answer, and those that could not be checked although no
    /// canary judged them.
    pub(crate) failed: usize,
    pub(crate) backtest: Backtest,
    pub(crate) shadow: Shadow,
    pub(crate) canary: Canary,
}

/// One step of the way.
#[derive(Serialize)]
pub(crate) struct Step {
    step: &'static str,
    as_expected: bool,
    /// What was seen, or why it was not as expected.
    detail: String,
}

/// The candidate on the checks of the past.
#[derive(Default, Serialize)]
pub(crate) struct Backtest {
    pub(crate) checks: u64,
    /// Decided otherwise, `failed` included.
    pub(crate) changed: u64,
    /// Could not be checked any more.
    pub(crate) failed: u64,
    pub(crate) not_reconstructible: u64,
}

/// The candidate beside the release in force, unheard.
#[derive(Default, Serialize)]
pub(crate) struct Shadow {
    pub(crate) checks: u64,
    pub(crate) different: u64,
}

/// The candidate on a share of the cases.
#[derive(Default, Serialize)]
pub(crate) struct Canary {
    /// Checks it was given.
    pub(crate) checks: usize,
    /// What the host says; none where it did not stop it.
    pub(crate) stopped_because: Option<String>,
}

impl Lifecycle {
    /// Notes what came of a step; gives back its result if it was as expected.
    pub(crate) fn note<T>(&mut self, step: &'static str, came: Result<(T, String)>) -> Option<T> {
        let (result, as_expected, detail) = match came {
            Ok((result, detail)) => (Some(result), true, detail),
            Err(error) => (None, false, format!("{error:#}")),
        };
        eprintln!("{step}: {detail}");
        self.steps.push(Step { step, as_expected, detail });
        result
    }

    pub(super) fn is_as_expected(&self) -> bool {
        self.failed == 0 && self.steps.iter().all(|step| step.as_expected)
    }

    pub(super) fn show(&self) {
        let mut table = say::table(["step of a release", "what was seen", ""]);
        for step in &self.steps {
            let verdict = if step.as_expected { "as expected" } else { "NOT AS EXPECTED" };
            table.add_row([step.step, &step.detail, verdict]);
        }
        say::line(format_args!("\n{table}"));
        say::line(format_args!("meanwhile: {} requests, {} failed", self.requests, self.failed));
    }
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn a_step_that_fails_is_told_with_its_reason_and_spoils_the_report() {
        let mut report = Lifecycle::default();
        assert_eq!(report.note("push", Ok((7, "release 7".to_owned()))), Some(7));
        assert!(report.is_as_expected());
        let failed: Option<()> =
            report.note("approve", Err(anyhow!("not approved").context("the host says")));
        assert_eq!(failed, None);
        assert!(!report.is_as_expected());
        let last = report.steps.last().unwrap();
        assert_eq!((last.as_expected, last.detail.as_str()), (false, "the host says: not approved"));
    }

    #[test]
    fn one_failed_request_spoils_the_report() {
        assert!(!Lifecycle { failed: 1, ..Lifecycle::default() }.is_as_expected());
    }
}
