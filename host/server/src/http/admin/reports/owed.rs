//! The duty to make a report ends when the report is made (R107 to R109).

use creditgate_credit::calendar::local_date;
use creditgate_credit::duty::is_ended_by;
use creditgate_store::{DutyFilter, Ordered};
use jiff::Timestamp;
use jiff::civil::Date;

use super::period::Kind;
use crate::host::{Shared, duties};
use crate::http::{Principal, Problem, Role};

/// Reports of one kind that are owed at once: more than there are divisions in a
/// province, each with a year behind.
const MOST_OWED: u32 = 10_000;

/// A report that was made.
pub(super) struct Made<'a> {
    pub(super) kind: Kind,
    pub(super) days: (Date, Date),
    /// The one division it is about; without it every division.
    pub(super) division: Option<&'a str>,
}

/// Ends the duties to make this report, and writes that to the audit trail.
/// Nothing ends when an auditor makes it, who changes nothing.
pub(super) async fn finish(
    shared: &Shared,
    principal: &Principal,
    made: Made<'_>,
    now: Timestamp,
) -> Result<(), Problem> {
    if !matches!(principal.role, Role::Publisher | Role::Admin) {
        return Ok(());
    }
    let Some(kind) = made.kind.duty() else { return Ok(()) };
    let filter = DutyFilter { kind: Some(kind), ..DutyFilter::default() };
    for owed in shared.store.duties(&filter, None, MOST_OWED)? {
        let of_division = made.division.is_none_or(|division| division == owed.duty.division);
        if !of_division || !is_ended_by(&owed.duty, made.days, local_date(now)) {
            continue;
        }
        let ordered = Ordered { at: now, actor: principal.id().to_owned(), action: "report.make" };
        let finish = async {
            creditgate_store::says(duties::id_of(&owed.duty), "");
            shared.store.finish_duty(kind, owed.duty.subject, now).await
        };
        creditgate_store::carry_out(ordered, finish).await.0?;
    }
    Ok(())
}
