//! Duties with a time limit: what an authority owes after an event, and until
//! when.
//!
//! What must not be here: which duty has which limit in which place, which is
//! policy; and the clock.

use jiff::civil::Date;

use crate::calendar::{DueDate, WorkingCalendar};
use crate::deadline::TimeLimit;
use crate::vocabulary;

mod report;

pub use report::{ReportDue, is_ended_by, reports_due, typical_cases_of};

/// The department that owes what a whole division owes: the lead unit of the
/// division's joint conference.
pub const LEAD_UNIT: &str = "lead-unit";

vocabulary! {
    /// What is owed.
    pub enum DutyKind {
        /// A licence or penalty is made public (R89, R90). Subject: the check.
        Publicity = "publicity",
        /// A credit record reaches the platform (R94). Subject: the feedback.
        Record = "record",
        /// A list entry reaches the platform (R37). Subject: the entry.
        ListEntry = "list_entry",
        /// An objection is verified and answered (R97). Subject: the objection.
        Verification = "verification",
        /// A party keeps a commitment (R82). Subject: the commitment.
        Commitment = "commitment",
        /// A party puts right what it was told to (R53). Subject: the order.
        Rectification = "rectification",
        /// It is reported what was done about the measures of a check (R3, R104).
        /// Subject: the check.
        Disposition = "disposition",
        /// The monthly report is made (R108). Subject: division and month.
        MonthlyReport = "monthly_report",
        /// A typical case of each kind is reported every month (R107). Subject:
        /// division, month and kind.
        TypicalCases = "typical_cases",
        /// The half-yearly report is made (R109). Subject: division and day.
        HalfYearlyReport = "half_yearly_report",
    }
}

vocabulary! {
    /// Which of the two a typical case is (R107).
    pub enum CaseKind {
        /// 守信典型案例.
        Honesty = "honesty",
        /// 失信典型案例.
        Dishonesty = "dishonesty",
    }
}

vocabulary! {
    /// Where a duty stands.
    pub enum DutyState {
        /// It is owed.
        Open = "open",
        /// It is owed, and its last day has passed.
        Overdue = "overdue",
        /// It was done, in time or late.
        Done = "done",
        /// It is owed no more, without having been done.
        Cancelled = "cancelled",
    }
}

/// What can happen to a duty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DutyStep {
    /// Its last day passes.
    FallDue,
    /// It is given another last day that has not passed.
    Move,
    /// It is done.
    Finish,
    /// What it came from is gone.
    Cancel,
}

impl DutyState {
    /// Where a step leads; none where it cannot be taken.
    ///
    /// A duty falls due once: only a new last day makes it fall due again.
    #[must_use]
    pub const fn after(self, step: DutyStep) -> Option<Self> {
        match (self, step) {
            (Self::Open, DutyStep::FallDue) => Some(Self::Overdue),
            (Self::Open | Self::Overdue, DutyStep::Move) => Some(Self::Open),
            (Self::Open | Self::Overdue, DutyStep::Finish) => Some(Self::Done),
            (Self::Open | Self::Overdue, DutyStep::Cancel) => Some(Self::Cancelled),
            _ => None,
        }
    }

    /// Whether it is still owed.
    #[must_use]
    pub const fn is_owed(self) -> bool {
        matches!(self, Self::Open | Self::Overdue)
    }
}

/// Until when a duty is owed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Term {
    /// Within a limit of the event.
    Within(TimeLimit),
    /// On a day that is given.
    On(Date),
}

impl Term {
    /// The last day. A given day is never provisional.
    #[must_use]
    pub fn due(self, event: Date, calendar: &WorkingCalendar) -> DueDate {
        match self {
            Self::Within(limit) => limit.due(event, calendar),
            Self::On(date) => DueDate { date, provisional: false },
        }
    }
}

/// Whether a duty whose last day this is has run out on `today`: its last day
/// still counts.
#[must_use]
pub fn has_run_out(due: Date, today: Date) -> bool {
    due < today
}

/// The day that counts as today when the clock says `clock`: the clock may have
/// been set back, and what has run out has not become timely by that.
#[must_use]
pub fn counted_day(clock: Date, latest_seen: Option<Date>) -> Date {
    latest_seen.map_or(clock, |seen| seen.max(clock))
}

/// A duty to be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDuty {
    /// What is owed.
    pub kind: DutyKind,
    /// Id of what it is about, as [`DutyKind`] says; never an identity number.
    /// There is one duty of a kind for a subject.
    pub subject: String,
    /// The case it comes from, if there is one.
    pub case_no: Option<String>,
    /// Who asks for it: an authority, a department, or the host.
    pub initiator: String,
    /// The department that owes it.
    pub department: String,
    /// Division whose policy gave the limit.
    pub division: String,
    /// The day the limit is counted from.
    pub event_day: Date,
    /// Until when.
    pub term: Term,
    /// The last day by the calendar of now.
    pub due: DueDate,
}

impl NewDuty {
    /// A duty the host asks for, of no case.
    #[must_use]
    pub fn new(
        kind: DutyKind,
        subject: impl Into<String>,
        (department, division): (&str, &str),
        event_day: Date,
        term: Term,
        calendar: &WorkingCalendar,
    ) -> Self {
        Self {
            kind,
            subject: subject.into(),
            case_no: None,
            initiator: "host".to_owned(),
            department: department.to_owned(),
            division: division.to_owned(),
            event_day,
            term,
            due: term.due(event_day, calendar),
        }
    }

    /// Says from which case it comes.
    #[must_use]
    pub fn of_case(mut self, case_no: impl Into<String>) -> Self {
        self.case_no = Some(case_no.into());
        self
    }

    /// Says who asks for it (R104).
    #[must_use]
    pub fn asked_by(mut self, initiator: impl Into<String>) -> Self {
        self.initiator = initiator.into();
        self
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    const STEPS: [DutyStep; 4] = [DutyStep::FallDue, DutyStep::Move, DutyStep::Finish, DutyStep::Cancel];

    #[test]
    fn r089_the_last_day_still_counts() {
        let today = date(2026, 11, 23);
        for (due, run_out) in
            [(date(2026, 11, 22), true), (date(2026, 11, 23), false), (date(2026, 11, 24), false)]
        {
            assert_eq!(has_run_out(due, today), run_out, "{due}");
        }
    }

    #[test]
    fn a_clock_that_was_set_back_changes_nothing() {
        let (earlier, later) = (date(2026, 11, 1), date(2026, 11, 23));
        for (clock, seen, counted) in [
            (earlier, None, earlier),
            (earlier, Some(later), later),
            (later, Some(earlier), later),
            (later, Some(later), later),
        ] {
            assert_eq!(counted_day(clock, seen), counted);
        }
    }

    #[test]
    fn r083_a_limit_that_reaches_into_a_year_without_a_table_is_provisional() {
        let calendar = WorkingCalendar::builtin();
        let within = Term::Within(TimeLimit::working_days(20));
        let event = date(2026, 12, 20);
        let place = ("market-regulation", "370811");
        let duty = NewDuty::new(DutyKind::Commitment, "c1", place, event, within, &calendar)
            .of_case("C-1")
            .asked_by("market-regulation");
        assert!(duty.due.provisional);
        assert_eq!((duty.case_no.as_deref(), duty.initiator.as_str()), (Some("C-1"), "market-regulation"));
        let on = Term::On(date(2027, 2, 1));
        assert!(!NewDuty::new(DutyKind::Commitment, "c2", place, event, on, &calendar).due.provisional);
    }

    proptest! {
        #[test]
        fn what_is_owed_no_more_stays_so_and_a_duty_falls_due_once_for_each_last_day(
            steps in prop::collection::vec(prop::sample::select(&STEPS[..]), 0..20),
        ) {
            let (mut state, mut fallen, mut moved) = (DutyState::Open, 0, 0);
            for step in steps {
                match state.after(step) {
                    Some(next) => {
                        prop_assert!(state.is_owed());
                        fallen += u32::from(step == DutyStep::FallDue);
                        moved += u32::from(step == DutyStep::Move);
                        state = next;
                    }
                    None => prop_assert!(!state.is_owed() || step == DutyStep::FallDue),
                }
            }
            prop_assert!(fallen <= moved + 1);
        }
    }
}
