//! What is owed after a check, and until when: said here, kept by the ledger in
//! the transaction that keeps the check.

use creditgate_credit::application::Application;
use creditgate_credit::calendar::{WorkingCalendar, local_date};
use creditgate_credit::duty::{DutyKind, NewDuty, Term};
use creditgate_credit::policy::{Duties, Policy};
use creditgate_credit::verdict::Outcome;
use jiff::Timestamp;

use crate::settle::Settled;

/// The checkpoint after which a licence is given out.
const ISSUANCE: &str = "issuance";

/// The duties that follow from a check its department was shown.
///
/// A commitment is owed until the day in the text that is signed, whatever the
/// calendar says of it later.
pub(crate) fn of_check(
    check_id: &str,
    application: &Application,
    settled: &Settled,
    policy: &Policy,
    calendar: &WorkingCalendar,
) -> Vec<NewDuty> {
    let duty = |kind, term| {
        let place = (application.department.as_str(), application.division.as_str());
        NewDuty::new(kind, check_id, place, application.decided_on, term, calendar)
            .of_case(&application.case_no)
    };
    let mut duties = Vec::new();
    if let Some(commitment) = &settled.commitment {
        let term = Term::On(commitment.due_on);
        duties.push(duty(DutyKind::Commitment, term).asked_by(&application.department));
    }
    if !settled.measures.is_empty() {
        duties.push(duty(DutyKind::Disposition, Term::Within(policy.duties.record_limit)));
    }
    let issued = matches!(settled.outcome, Outcome::Proceed | Outcome::ProceedWithCommitment);
    if application.checkpoint == ISSUANCE && issued {
        duties.push(duty(DutyKind::Publicity, Term::Within(policy.duties.publicity_limit)));
    }
    duties
}

/// The duty to have a credit record with the platform in time (R94): done when
/// the feedback with this id is delivered.
pub(crate) fn of_record(
    feedback: &str,
    (department, division): (&str, &str),
    case_no: &str,
    at: Timestamp,
    duties: &Duties,
    calendar: &WorkingCalendar,
) -> NewDuty {
    let term = Term::Within(duties.record_limit);
    NewDuty::new(DutyKind::Record, feedback, (department, division), local_date(at), term, calendar)
        .of_case(case_no)
}
