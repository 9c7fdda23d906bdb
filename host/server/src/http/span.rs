//! Spans of days, as queries give them, for reports over the ledger.

use creditgate_credit::calendar::LOCAL_OFFSET;
use creditgate_store::ReportSpan;
use creditgate_wire::time::Day;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::auth::Principal;
use super::problem::Problem;
use super::role::Role;

/// The instant at which a day begins. None at the ends of time, where there is
/// nothing before, or after, that could be left out.
pub(in crate::http) fn beginning(day: Date) -> Option<Timestamp> {
    LOCAL_OFFSET.to_timestamp(day.to_datetime(Time::midnight())).ok()
}

/// The checks from the first to the last of these days, as far as somebody may
/// read them.
///
/// # Errors
/// `department.not_allowed` when a caller asks for all departments and is not for
/// all, or for one it is not for.
pub(super) fn report_span(
    principal: &Principal,
    (since, until): (Option<Day>, Option<Day>),
    department: Option<String>,
) -> Result<ReportSpan, Problem> {
    match &department {
        Some(department) => may_read(principal, department)?,
        None if principal.role == Role::Caller && principal.caller.departments.is_some() => {
            let detail = "this key is for some departments; name one of them with `department`";
            return Err(Problem::new("department.not_allowed", detail));
        }
        None => {}
    }
    Ok(ReportSpan {
        since: since.and_then(|Day(day)| beginning(day)),
        before: until.and_then(|Day(day)| beginning(day.tomorrow().ok()?)),
        department,
    })
}

/// Whether somebody may read what a department did.
///
/// # Errors
/// `department.not_allowed`.
pub(super) fn may_read(principal: &Principal, department: &str) -> Result<(), Problem> {
    if principal.role != Role::Caller || principal.caller.may_ask_for(department) {
        return Ok(());
    }
    let detail = format!("this key may not read checks of department `{department}`");
    Err(Problem::new("department.not_allowed", detail))
}
