//! Reports that are due on days of the calendar (R107 to R109).

use jiff::ToSpan;
use jiff::civil::Date;

use super::{CaseKind, DutyKind, NewDuty};
use crate::entry::ListEntry;
use crate::policy::{Duties, MonthDay};
use crate::verdict::Outcome;

/// A report a division owes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportDue {
    /// Which report.
    pub kind: DutyKind,
    /// What it is about: the month (`2026-10`), with the kind for typical cases
    /// (`2026-10/honesty`), or for a half-yearly report the day up to which it
    /// reports (`2026-06-05`).
    pub period: String,
    /// First day on which it can be owed: the day after the one before was due.
    pub from: Date,
    /// Last day.
    pub due: Date,
}

impl ReportDue {
    /// Names the report of a division, as the subject of its duty.
    #[must_use]
    pub fn subject(&self, division: &str) -> String {
        [division, "/", &self.period].concat()
    }
}

/// The reports whose last day is after `since`, up to the first one of each kind
/// that is due `today` or later. `since` is the day up to which they were asked
/// for before; without it only those that are still to come are given.
///
/// The monthly report is about the month before, the typical cases are one of each
/// kind of the month itself. A day a month does not have is its last.
#[must_use]
pub fn reports_due(policy: &Duties, since: Option<Date>, today: Date) -> Vec<ReportDue> {
    let yesterday = today.yesterday().unwrap_or(today);
    let since = since.map_or(yesterday, |since| since.min(yesterday));
    let mut reports = Vec::new();
    if let Some(day) = policy.monthly_report_day {
        monthly(day, since, today, |month, from, due| {
            let before = month.checked_sub(1.month()).unwrap_or(month);
            reports.push(report(DutyKind::MonthlyReport, month_name(before), from, due));
        });
    }
    if let Some(day) = policy.typical_cases_day {
        monthly(day, since, today, |month, from, due| {
            for kind in CaseKind::ALL {
                let period = [month_name(month).as_str(), "/", kind.code()].concat();
                reports.push(report(DutyKind::TypicalCases, period, from, due));
            }
        });
    }
    half_yearly(&policy.half_yearly_report_days, since, today, &mut reports);
    reports
}

/// Names the duties of a division that a typical case of this day and kind ends: to
/// report one of its kind in its month (R107), and the one of both kinds that was
/// asked for before there was one for each.
#[must_use]
pub fn typical_cases_of(division: &str, happened_on: Date, kind: CaseKind) -> [String; 2] {
    let month = [division, "/", &month_name(happened_on)].concat();
    [[month.as_str(), "/", kind.code()].concat(), month]
}

impl CaseKind {
    /// Which of the two a plug-in's typical case is: the contract has no word for it,
    /// so it follows from what is recorded of its party, and where nothing is, from
    /// whether the check stops the case.
    #[must_use]
    pub fn told_by(entries: &[ListEntry], outcome: Outcome) -> Self {
        let stops = matches!(outcome, Outcome::ManualReview | Outcome::Refuse);
        let adverse = entries.iter().any(|entry| entry.kind.is_adverse());
        if adverse || entries.is_empty() && stops { Self::Dishonesty } else { Self::Honesty }
    }
}

/// Whether the duty to make a report ends when one about these days is made
/// `on` this day: it must be about all the days the duty asks for, and made no
/// sooner than in the month in which it is due (R108, R109). A half-yearly report
/// is about the half-year that has the day a month before its last day: one that
/// is due on 5 June is about January to June, one due on 5 January about July to
/// December. The register of typical cases ends its duty only once the month is
/// over: it then says that there was none.
#[must_use]
pub fn is_ended_by(duty: &NewDuty, days: (Date, Date), on: Date) -> bool {
    let period = duty.subject.split('/').nth(1).unwrap_or_default();
    let asked = match duty.kind {
        DutyKind::MonthlyReport | DutyKind::TypicalCases => {
            format!("{period}-01").parse().ok().map(|first: Date| (first, first.last_of_month()))
        }
        DutyKind::HalfYearlyReport => period.parse().ok().map(half_year_before),
        _ => None,
    };
    let from = match duty.kind {
        DutyKind::TypicalCases => days.1.tomorrow().unwrap_or(days.1),
        _ => duty.due.date.first_of_month(),
    };
    asked == Some(days) && from <= on
}

/// First and last day of the half-year that has the day a month before this one.
fn half_year_before(due: Date) -> (Date, Date) {
    let within = due.saturating_sub(1.month());
    let first = if within.month() <= 6 { 1 } else { 7 };
    let first = within.first_of_year().saturating_add((first - 1).months());
    (first, first.saturating_add(5.months()).last_of_month())
}

fn report(kind: DutyKind, period: String, from: Date, due: Date) -> ReportDue {
    ReportDue { kind, period, from, due }
}

fn month_name(month: Date) -> String {
    month.strftime("%Y-%m").to_string()
}

/// Calls `found` with the first day of each month, the first and the last day of
/// its report.
fn monthly(day: u8, since: Date, today: Date, mut found: impl FnMut(Date, Date, Date)) {
    let day = i8::try_from(day).unwrap_or(i8::MAX);
    let mut month = since.first_of_month();
    loop {
        let due = day_of(month, day);
        if due > since {
            found(month, month, due);
            if due >= today {
                return;
            }
        }
        let Ok(next) = month.checked_add(1.month()) else { return };
        month = next;
    }
}

/// The day of a month, or its last where it has fewer.
fn day_of(month: Date, day: i8) -> Date {
    let day = day.clamp(1, month.days_in_month());
    month.with().day(day).build().unwrap_or(month)
}

fn half_yearly(days: &[MonthDay], since: Date, today: Date, reports: &mut Vec<ReportDue>) {
    let mut last = None;
    for year in since.year().saturating_sub(1)..=today.year().saturating_add(1) {
        let mut of_year: Vec<Date> = days
            .iter()
            .filter_map(|day| Date::new(year, day.month, 1).ok().map(|month| day_of(month, day.day)))
            .collect();
        of_year.sort_unstable();
        for due in of_year {
            let from = last.and_then(|last: Date| last.tomorrow().ok()).unwrap_or(due);
            last = Some(due);
            if due > since {
                reports.push(report(DutyKind::HalfYearlyReport, due.to_string(), from, due));
                if due >= today {
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::calendar::WorkingCalendar;
    use crate::duty::{LEAD_UNIT, Term};
    use crate::samples;

    fn periods(policy: &Duties, since: Option<Date>, today: Date) -> Vec<(String, Date)> {
        reports_due(policy, since, today).into_iter().map(|report| (report.period, report.due)).collect()
    }

    #[test]
    fn r108_the_monthly_report_is_about_the_month_before() {
        let policy = Duties { monthly_report_day: Some(15), ..Duties::default() };
        let cases = [
            (date(2026, 11, 1), "2026-10", date(2026, 11, 15)),
            (date(2026, 11, 15), "2026-10", date(2026, 11, 15)),
            (date(2026, 11, 16), "2026-11", date(2026, 12, 15)),
            (date(2026, 12, 16), "2026-12", date(2027, 1, 15)),
        ];
        for (today, period, due) in cases {
            assert_eq!(periods(&policy, None, today), [(period.to_owned(), due)], "{today}");
        }
    }

    #[test]
    fn r107_typical_cases_are_one_of_each_kind_of_the_month_and_a_day_too_many_is_its_last() {
        let policy = Duties { typical_cases_day: Some(31), ..Duties::default() };
        let due = periods(&policy, Some(date(2026, 1, 31)), date(2026, 3, 2));
        let expected = [
            ("2026-02/honesty", date(2026, 2, 28)),
            ("2026-02/dishonesty", date(2026, 2, 28)),
            ("2026-03/honesty", date(2026, 3, 31)),
            ("2026-03/dishonesty", date(2026, 3, 31)),
        ];
        assert_eq!(due, expected.map(|(period, day)| (period.to_owned(), day)));
    }

    #[test]
    fn r107_a_plug_ins_typical_case_has_the_kind_that_its_partys_records_and_the_check_speak_for() {
        use crate::entry::ListKind::{Black, Other, Red, Watch};
        let cases = [
            (vec![], Outcome::Proceed, CaseKind::Honesty),
            (vec![], Outcome::Refuse, CaseKind::Dishonesty),
            (vec![], Outcome::ManualReview, CaseKind::Dishonesty),
            (vec![Red], Outcome::Proceed, CaseKind::Honesty),
            (vec![Red], Outcome::ManualReview, CaseKind::Honesty),
            (vec![Red, Black], Outcome::Proceed, CaseKind::Dishonesty),
            (vec![Watch], Outcome::Proceed, CaseKind::Dishonesty),
            (vec![Other], Outcome::ProceedWithCommitment, CaseKind::Dishonesty),
        ];
        for (kinds, outcome, expected) in cases {
            let entry =
                |kind: &crate::entry::ListKind| ListEntry { kind: *kind, ..samples::entry("e1", "list") };
            let entries: Vec<ListEntry> = kinds.iter().map(entry).collect();
            assert_eq!(CaseKind::told_by(&entries, outcome), expected, "{kinds:?} {outcome:?}");
        }
    }

    #[test]
    fn r107_a_typical_case_ends_the_duty_of_its_own_kind_and_not_that_of_the_other() {
        let ended = typical_cases_of("350100", date(2026, 10, 7), CaseKind::Honesty);
        assert!(ended.contains(&"350100/2026-10/honesty".to_owned()));
        assert!(!ended.iter().any(|subject| subject.ends_with("dishonesty")), "{ended:?}");
    }

    #[test]
    fn r109_half_yearly_reports_are_due_on_their_days_and_none_is_left_out() {
        let days = vec![MonthDay { month: 6, day: 5 }, MonthDay { month: 1, day: 5 }];
        let policy = Duties { half_yearly_report_days: days, ..Duties::default() };
        let today = date(2026, 11, 23);
        assert_eq!(periods(&policy, None, today), [("2027-01-05".to_owned(), date(2027, 1, 5))]);
        let missed = reports_due(&policy, Some(date(2025, 12, 1)), today);
        let days: Vec<Date> = missed.iter().map(|report| report.due).collect();
        assert_eq!(days, [date(2026, 1, 5), date(2026, 6, 5), date(2027, 1, 5)]);
        assert_eq!(missed[1].from, date(2026, 1, 6));
        assert_eq!(missed[1].subject("150724"), "150724/2026-06-05");
    }

    #[test]
    fn r108_r109_a_report_of_the_whole_period_ends_its_duty_and_one_made_too_soon_does_not() {
        let month = (date(2026, 10, 1), date(2026, 10, 31));
        let (first, second) = ((date(2026, 1, 1), date(2026, 6, 30)), (date(2026, 7, 1), date(2026, 12, 31)));
        let (monthly, half) = (DutyKind::MonthlyReport, DutyKind::HalfYearlyReport);
        let (june, january) = (date(2026, 6, 5), date(2027, 1, 5));
        let cases = [
            (monthly, "2026-10", date(2026, 11, 15), month, date(2026, 11, 1), true),
            (monthly, "2026-10", date(2026, 11, 15), month, date(2026, 12, 1), true),
            (monthly, "2026-10", date(2026, 11, 15), month, date(2026, 10, 31), false),
            (monthly, "2026-09", date(2026, 10, 15), month, date(2026, 11, 1), false),
            (half, "2026-06-05", june, first, june, true),
            (half, "2026-06-05", june, first, date(2026, 5, 31), false),
            (half, "2026-06-05", june, second, june, false),
            (half, "2027-01-05", january, second, january, true),
            (half, "2027-01-05", january, first, january, false),
            (DutyKind::TypicalCases, "2026-10", date(2026, 10, 20), month, date(2026, 10, 31), false),
            (DutyKind::TypicalCases, "2026-10", date(2026, 10, 20), month, date(2026, 11, 1), true),
            (DutyKind::TypicalCases, "2026-10/honesty", date(2026, 10, 20), month, date(2026, 10, 31), false),
            (
                DutyKind::TypicalCases,
                "2026-10/dishonesty",
                date(2026, 10, 20),
                month,
                date(2026, 11, 1),
                true,
            ),
            (DutyKind::Publicity, "2026-10", date(2026, 10, 20), month, date(2026, 11, 1), false),
        ];
        for (kind, period, due, days, on, ends) in cases {
            let subject = format!("370811/{period}");
            let calendar = WorkingCalendar::new([]);
            let duty = NewDuty::new(kind, subject, (LEAD_UNIT, "370811"), due, Term::On(due), &calendar);
            assert_eq!(is_ended_by(&duty, days, on), ends, "{period} {days:?} {on}");
        }
    }

    #[test]
    fn who_has_no_day_owes_no_report() {
        assert!(reports_due(&Duties::default(), Some(date(2020, 1, 1)), date(2026, 11, 23)).is_empty());
    }
}
