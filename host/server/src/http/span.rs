//! Spans of days, as queries give them, for reports over the ledger.

use creditgate_credit::calendar::LOCAL_OFFSET;
use creditgate_store::ReportSpan;
use creditgate_wire::time::Day;
use jiff::Timestamp;
use jiff::civil::{Date, Time};

use super::auth::Principal;
use super::problem::{Code, Problem};
use super::role::Role;

/// The instant at which a day begins; the first there is where the day begins before
/// it. East of Greenwich no day begins behind the last.
pub(in crate::http) fn beginning(day: Date) -> Timestamp {
    LOCAL_OFFSET.to_timestamp(day.to_datetime(Time::midnight())).unwrap_or(Timestamp::MIN)
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
        Some(department) => principal.may_read(department)?,
        None if principal.role == Role::Caller && principal.caller.departments.is_some() => {
            let detail = "this key is for some departments; name one of them with `department`";
            return Err(Problem::new(Code::DepartmentNotAllowed, detail));
        }
        None => {}
    }
    Ok(ReportSpan {
        since: since.map(|Day(day)| beginning(day)),
        before: until.and_then(|Day(day)| day.tomorrow().ok()).map(beginning),
        department,
    })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_begins_in_shanghai() {
        assert_eq!(beginning(date(2026, 8, 3)), "2026-08-02T16:00:00Z".parse().unwrap());
        assert_eq!(beginning(Date::MIN), Timestamp::MIN);
        assert_eq!(beginning(Date::MAX), "9999-12-30T16:00:00Z".parse().unwrap());
    }
}
