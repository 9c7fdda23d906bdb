//! What a department did about the measures of a check (R3, R7): reported once,
//! sent to the credit platform as feedback.

use creditgate_credit::application::Application;
use creditgate_credit::calendar::local_date;
use creditgate_credit::check::DispositionResult;
use creditgate_credit::duty::NewDuty;
use creditgate_credit::fault::{Faults, FieldProblem};
use creditgate_credit::policy::Duties;
use jiff::{SignedDuration, Timestamp};

use crate::duties;
use crate::error::LedgerError;
use crate::feedback::{FeedbackBody, OutgoingFeedback, ReportedDisposition};
use crate::ports::{Ledger, StoredCheck};
use crate::request::Caller;
use crate::world::World;

/// How far the clock of whoever reports may be ahead of this one.
const CLOCKS_APART: SignedDuration = SignedDuration::from_mins(5);

/// A department's report on a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DispositionReport {
    /// Id of the check.
    pub check_id: String,
    /// One for each measure reported on.
    pub dispositions: Vec<ReportedDisposition>,
}

/// Why a report was not taken. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum DispositionError {
    /// No such check.
    #[error("there is no check `{0}`")]
    UnknownCheck(String),
    /// The caller's key does not cover the department of the check.
    #[error("this key may not report for department `{0}`")]
    DepartmentNotAllowed(String),
    /// The report holds nothing.
    #[error("the report holds no disposition")]
    Empty,
    /// The check has no such measure.
    #[error("the check has no measure `{0}`")]
    UnknownMeasure(String),
    /// One measure is reported on twice.
    #[error("measure `{0}` is reported on more than once")]
    Twice(String),
    /// A result that needs a reason has none.
    #[error("measure `{measure}` is `{}` without a reason", result.code())]
    ReasonMissing {
        /// The measure.
        measure: String,
        /// The result.
        result: DispositionResult,
    },
    /// Days that cannot be.
    #[error("the report has faults")]
    Invalid(Vec<FieldProblem>),
    /// It could not be recorded.
    #[error("the report could not be recorded")]
    Ledger(#[from] LedgerError),
}

impl DispositionError {
    /// Stable code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownCheck(_) => "check.unknown",
            Self::DepartmentNotAllowed(_) => "department.not_allowed",
            Self::Empty => "disposition.none",
            Self::UnknownMeasure(_) => "measure.unknown",
            Self::Twice(_) => "disposition.duplicate",
            Self::ReasonMissing { .. } => "disposition.reason_missing",
            Self::Invalid(_) => "request.invalid",
            Self::Ledger(_) => "ledger.unavailable",
        }
    }
}

/// Checks a report, and gives back the feedback that follows from it. Without a
/// platform nobody owes that it arrives in time (R94).
pub(crate) fn read(
    ledger: &dyn Ledger,
    world: &World,
    report: DispositionReport,
    caller: &Caller,
    now: Timestamp,
    has_platform: bool,
) -> Result<Vec<OutgoingFeedback>, DispositionError> {
    let check = ledger
        .check(&report.check_id)?
        .ok_or_else(|| DispositionError::UnknownCheck(report.check_id.clone()))?;
    if !caller.may_ask_for(&check.department) {
        return Err(DispositionError::DepartmentNotAllowed(check.department));
    }
    if report.dispositions.is_empty() {
        return Err(DispositionError::Empty);
    }
    let faults = impossible_days(&report.dispositions, check.at, now);
    if !faults.is_empty() {
        return Err(DispositionError::Invalid(faults));
    }
    let (division, rules) = rules_for(world, &check, now);
    let measures = ledger.measures_of_check(&report.check_id)?;
    let mut feedback = Vec::with_capacity(report.dispositions.len());
    let mut seen = std::collections::HashSet::new();
    for reported in report.dispositions {
        let measure = measures
            .iter()
            .find(|measure| measure.id == reported.measure)
            .ok_or_else(|| DispositionError::UnknownMeasure(reported.measure.clone()))?;
        if !seen.insert(measure.id.as_str()) {
            return Err(DispositionError::Twice(reported.measure));
        }
        if reported.result != DispositionResult::Executed && reported.reason.trim().is_empty() {
            return Err(DispositionError::ReasonMissing {
                measure: reported.measure,
                result: reported.result,
            });
        }
        let id = creditgate_affairs::new_id(now);
        let place = (check.department.as_str(), division.as_str());
        let duty = has_platform
            .then(|| duties::of_record(&id, place, &check.case_no, now, &rules, world.calendar()));
        feedback.push(OutgoingFeedback {
            id,
            check_id: check.check_id.clone(),
            case_no: check.case_no.clone(),
            department: check.department.clone(),
            item: check.item.clone(),
            checkpoint: check.checkpoint.clone(),
            reported_at: now,
            body: FeedbackBody::Disposition {
                reported: Box::new(reported),
                particulars: measure.particulars.clone(),
            },
            duty,
        });
    }
    Ok(feedback)
}

/// The duty to have with the platform in time what a person reports on a recorded
/// check (R94).
#[must_use]
pub fn duty_of_report(world: &World, feedback: &str, application: &Application, at: Timestamp) -> NewDuty {
    let policy = world.policy(&application.division, local_date(at));
    let rules = policy.map(|policy| policy.duties.clone()).unwrap_or_default();
    let place = (application.department.as_str(), application.division.as_str());
    duties::of_record(feedback, place, &application.case_no, at, &rules, world.calendar())
}

/// Division and rules for what is reported on a check later. Where the binding
/// of the check is gone, the limit is the one most rules have.
fn rules_for(world: &World, check: &StoredCheck, now: Timestamp) -> (String, Duties) {
    let Ok(route) = world.route(&check.department, &check.item, &check.checkpoint) else {
        return (String::new(), Duties::default());
    };
    let division = route.binding.division.clone();
    let duties = world.policy(&division, local_date(now)).map(|policy| policy.duties.clone());
    (division, duties.unwrap_or_default())
}

/// Days on which nothing can have been done about a check: to come, or before it.
/// What was done may take effect later, and does not end before the check.
fn impossible_days(
    reported: &[ReportedDisposition],
    checked_at: Timestamp,
    now: Timestamp,
) -> Vec<FieldProblem> {
    let checked_on = local_date(checked_at);
    let mut faults = Faults::default();
    for (index, reported) in reported.iter().enumerate() {
        if let Some(at) = reported.executed_at {
            if at.duration_since(now) > CLOCKS_APART {
                faults.refuse(
                    format!("dispositions[{index}].executed_at"),
                    "date.in_the_future",
                    "must not be to come",
                );
            } else if local_date(at) < checked_on {
                let message = format!("must not be before {checked_on}, the day of the check");
                faults.refuse(format!("dispositions[{index}].executed_at"), "value.range", message);
            }
        }
        if reported.details.valid_until.is_some_and(|until| until < checked_on) {
            let message = format!("must not be before {checked_on}, the day of the check");
            faults.refuse(format!("dispositions[{index}].details.valid_until"), "value.range", message);
        }
    }
    faults.found()
}

#[cfg(test)]
mod tests {
    use creditgate_credit::application::Attributes;
    use creditgate_credit::disposition_details::DispositionDetails;
    use jiff::civil::Date;

    use super::*;

    fn reported(executed_at: Option<&str>, valid_until: Option<Date>) -> ReportedDisposition {
        ReportedDisposition {
            measure: "m".to_owned(),
            result: DispositionResult::Executed,
            reason: String::new(),
            action: String::new(),
            officer: "示例".to_owned(),
            executed_at: executed_at.map(|text| text.parse().unwrap()),
            details: DispositionDetails { valid_until, ..DispositionDetails::default() },
            attributes: Attributes::default(),
        }
    }

    #[test]
    fn what_was_done_about_a_check_lies_between_it_and_now() {
        let checked_at: Timestamp = "2026-08-03T09:30:00+08:00".parse().unwrap();
        let now: Timestamp = "2026-08-05T12:00:00+08:00".parse().unwrap();
        for (at, code) in [
            // The day alone is known, in whatever offset.
            ("2026-08-03T00:00:00+08:00", None),
            ("2026-08-02T16:00:00Z", None),
            ("2026-08-05T12:00:00+08:00", None),
            ("2026-08-05T12:04:59+08:00", None),
            ("2026-08-05T12:06:00+08:00", Some("date.in_the_future")),
            ("2026-08-06T00:00:00+08:00", Some("date.in_the_future")),
            ("9999-12-30T00:00:00Z", Some("date.in_the_future")),
            ("2026-08-02T23:59:59+08:00", Some("value.range")),
            ("1970-01-01T00:00:00Z", Some("value.range")),
            ("0001-01-02T00:00:00Z", Some("value.range")),
        ] {
            let faults = impossible_days(&[reported(Some(at), None)], checked_at, now);
            assert_eq!(faults.first().map(|fault| fault.code), code, "{at}");
            assert!(faults.iter().all(|fault| fault.field == "dispositions[0].executed_at"));
        }
        let until = |day| impossible_days(&[reported(None, Some(day))], checked_at, now);
        assert_eq!(until(jiff::civil::date(2027, 1, 1)), []);
        assert_eq!(until(jiff::civil::date(2026, 8, 2))[0].field, "dispositions[0].details.valid_until");
    }
}
