//! Working days 工作日: counting time limits by the yearly notices on public holidays.
//!
//! Which days are worked is data, one table a year ([`YearTable`]); the tables of 2025 and 2026 come with
//! the host and later ones are imported. A year without an official table is counted by Saturdays and
//! Sundays, and every answer that touched it is marked `provisional`: never a silent guess, to be counted
//! again after the import. What must not be here: a clock, files, and legal limits (those are policy).

mod table;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

pub use table::{TableError, TableProblem, TableStatus, YearTable};

/// Asia/Shanghai, which has had this offset without summer time since 1992.
pub const LOCAL_OFFSET: Offset = Offset::constant(8);

/// The longest time limit that is counted, about forty years.
pub const MOST_WORKING_DAYS: u32 = 10_000;

/// Tables compiled into the host, in the form operators import.
const BUILT_IN: [&str; 2] = [include_str!("../calendar/2025.txt"), include_str!("../calendar/2026.txt")];

/// The day in Asia/Shanghai at this moment.
#[must_use]
pub fn local_date(moment: Timestamp) -> Date {
    LOCAL_OFFSET.to_datetime(moment).date()
}

/// An instant as it is written everywhere: RFC 3339, in milliseconds and at +08:00.
#[must_use]
pub fn instant_text(moment: Timestamp) -> String {
    format!("{:.3}", moment.display_with_offset(LOCAL_OFFSET))
}

/// The tables of all known years.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingCalendar {
    tables: BTreeMap<i16, YearTable>,
}

/// Whether a day is worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DayAnswer {
    /// Whether it is a working day.
    pub working: bool,
    /// Whether its year has no official table.
    pub provisional: bool,
}

/// The last day of a time limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DueDate {
    /// The day.
    pub date: Date,
    /// Whether a day that was counted lies in a year without an official table.
    pub provisional: bool,
}

/// A number of working days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkingDayCount {
    /// The number.
    pub days: u32,
    /// Whether a day that was looked at lies in a year without an official table.
    pub provisional: bool,
}

/// A count that is not carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("at most {MOST_WORKING_DAYS} working days can be counted")]
pub struct TooManyWorkingDays;

impl WorkingCalendar {
    /// A calendar of these tables; of two for the same year the later one counts.
    pub fn new(tables: impl IntoIterator<Item = YearTable>) -> Self {
        Self { tables: tables.into_iter().map(|table| (table.year(), table)).collect() }
    }

    /// The tables that come with the host: 2025 and 2026. Reads them anew on each call.
    #[must_use]
    pub fn builtin() -> Self {
        #[expect(clippy::expect_used, reason = "the texts are compiled in; the tests read them")]
        Self::new(BUILT_IN.map(|text| YearTable::parse(text).expect("a built-in table is well formed")))
    }

    /// The same calendar with this table in place of any other for its year.
    #[must_use]
    pub fn with_table(mut self, table: YearTable) -> Self {
        self.tables.insert(table.year(), table);
        self
    }

    /// The tables, by year.
    pub fn tables(&self) -> impl Iterator<Item = &YearTable> {
        self.tables.values()
    }

    /// Whether people work on this day.
    #[must_use]
    pub fn is_working_day(&self, date: Date) -> DayAnswer {
        match self.tables.get(&date.year()) {
            Some(table) => DayAnswer {
                working: table.is_working(date),
                provisional: table.status() != TableStatus::Official,
            },
            None => DayAnswer { working: !table::is_weekend(date), provisional: true },
        }
    }

    /// The `days`-th working day after `event`; the day after the event is the first that can count.
    ///
    /// No working days after the event is the event's own day, worked or not, and never provisional:
    /// nothing was counted. A limit that runs past the last day of the calendar, 9999-12-31, ends there,
    /// provisionally.
    ///
    /// # Errors
    /// [`TooManyWorkingDays`] for more than [`MOST_WORKING_DAYS`].
    pub fn add_working_days(&self, event: Date, days: u32) -> Result<DueDate, TooManyWorkingDays> {
        if days > MOST_WORKING_DAYS {
            return Err(TooManyWorkingDays);
        }
        let mut due = DueDate { date: event, provisional: false };
        let mut remaining = days;
        while remaining > 0 {
            let Ok(next) = due.date.tomorrow() else {
                return Ok(DueDate { date: Date::MAX, provisional: true });
            };
            let answer = self.is_working_day(next);
            due = DueDate { date: next, provisional: due.provisional || answer.provisional };
            remaining -= u32::from(answer.working);
        }
        Ok(due)
    }

    /// The working days after `event` up to and including `date`; none if `date` is not after `event`.
    ///
    /// The inverse of [`add_working_days`](Self::add_working_days): counting to a due date gives the limit.
    ///
    /// # Errors
    /// [`TooManyWorkingDays`] for more than [`MOST_WORKING_DAYS`].
    pub fn working_days_between(
        &self,
        event: Date,
        date: Date,
    ) -> Result<WorkingDayCount, TooManyWorkingDays> {
        let mut count = WorkingDayCount { days: 0, provisional: false };
        for day in event.series(jiff::ToSpan::day(1)).skip(1).take_while(|day| *day <= date) {
            let answer = self.is_working_day(day);
            count.days += u32::from(answer.working);
            count.provisional |= answer.provisional;
            if count.days > MOST_WORKING_DAYS {
                return Err(TooManyWorkingDays);
            }
        }
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn limits_end_on_the_published_working_days() {
        let vectors = [
            ("2025-01-24", 7, "2025-02-10"),
            ("2025-04-25", 7, "2025-05-08"),
            ("2025-09-26", 7, "2025-10-13"),
            ("2025-09-30", 20, "2025-11-04"),
            ("2025-12-31", 7, "2026-01-12"),
            // A Saturday, worked in exchange for a day of the Spring Festival.
            ("2026-02-12", 7, "2026-02-28"),
            ("2026-02-13", 20, "2026-03-19"),
            ("2026-04-30", 7, "2026-05-13"),
            ("2026-06-18", 7, "2026-06-30"),
            ("2026-09-18", 7, "2026-09-29"),
            ("2026-09-24", 7, "2026-10-12"),
            ("2026-09-30", 7, "2026-10-15"),
            ("2026-09-30", 20, "2026-11-03"),
            ("2026-12-22", 7, "2026-12-31"),
        ];
        let calendar = WorkingCalendar::builtin();
        for (event, days, due) in vectors {
            let expected = DueDate { date: day(due), provisional: false };
            assert_eq!(calendar.add_working_days(day(event), days), Ok(expected), "{event} + {days}");
            let count = WorkingDayCount { days, provisional: false };
            assert_eq!(calendar.working_days_between(day(event), day(due)), Ok(count), "{event} to {due}");
        }
    }

    #[test]
    fn a_limit_into_a_year_without_table_is_provisional_until_the_table_is_imported() {
        let calendar = WorkingCalendar::builtin();
        let event = day("2026-12-23");
        let before = calendar.add_working_days(event, 7);
        assert_eq!(before, Ok(DueDate { date: day("2027-01-01"), provisional: true }));

        let table = |status| {
            YearTable::parse(&format!("year 2027\nstatus {status}\nnotice test\noff 2027-01-01..2027-01-03"))
        };
        let assumed = calendar.clone().with_table(table("provisional").expect("well formed"));
        assert_eq!(
            assumed.add_working_days(event, 7),
            Ok(DueDate { date: day("2027-01-04"), provisional: true })
        );
        let published = assumed.with_table(table("official").expect("well formed"));
        assert_eq!(
            published.add_working_days(event, 7),
            Ok(DueDate { date: day("2027-01-04"), provisional: false })
        );
    }

    #[test]
    fn each_built_in_year_has_248_working_days() {
        let calendar = WorkingCalendar::builtin();
        let years: Vec<i16> = calendar.tables().map(YearTable::year).collect();
        assert_eq!(years, [2025, 2026]);
        for year in years {
            let days = date(year, 1, 1).series(jiff::ToSpan::day(1)).take_while(|day| day.year() == year);
            let working = days.filter(|day| calendar.is_working_day(*day).working).count();
            assert_eq!(working, 248, "{year}");
        }
    }

    /// The exceptions of the notices as listed day by day, independent of the ranges in the data files.
    #[test]
    fn the_exceptions_to_the_week_are_those_of_the_notices() {
        let off_on_weekdays = [
            (
                2025,
                "01-01 01-28 01-29 01-30 01-31 02-03 02-04 04-04 05-01 05-02 05-05 06-02 10-01 10-02 10-03 10-06 10-07 10-08",
            ),
            (
                2026,
                "01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 04-06 05-01 05-04 05-05 06-19 09-25 10-01 10-02 10-05 10-06 10-07",
            ),
        ];
        let worked_on_weekends =
            [(2025, "01-26 02-08 04-27 09-28 10-11"), (2026, "01-04 02-14 02-28 05-09 09-20 10-10")];
        let calendar = WorkingCalendar::builtin();
        for (exceptions, worked) in [(off_on_weekdays, false), (worked_on_weekends, true)] {
            for (year, expected) in exceptions {
                let days = date(year, 1, 1).series(jiff::ToSpan::day(1)).take_while(|day| day.year() == year);
                let found = days
                    .filter(|day| {
                        table::is_weekend(*day) == worked && calendar.is_working_day(*day).working == worked
                    })
                    .map(|day| day.strftime("%m-%d").to_string());
                assert_eq!(found.collect::<Vec<_>>().join(" "), expected, "{year}");
            }
        }
    }

    #[test]
    fn no_days_after_an_event_is_its_own_day() {
        let calendar = WorkingCalendar::builtin();
        for event in ["2026-01-01", "2030-06-15"] {
            let expected = DueDate { date: day(event), provisional: false };
            assert_eq!(calendar.add_working_days(day(event), 0), Ok(expected));
        }
    }

    #[test]
    fn counting_stops_at_its_limit_and_at_the_end_of_the_calendar() {
        let calendar = WorkingCalendar::builtin();
        let event = day("2026-01-01");
        assert!(calendar.add_working_days(event, MOST_WORKING_DAYS).is_ok());
        assert_eq!(calendar.add_working_days(event, MOST_WORKING_DAYS + 1), Err(TooManyWorkingDays));
        assert_eq!(calendar.add_working_days(event, u32::MAX), Err(TooManyWorkingDays));
        assert_eq!(calendar.working_days_between(event, Date::MAX), Err(TooManyWorkingDays));
        let last = DueDate { date: Date::MAX, provisional: true };
        assert_eq!(calendar.add_working_days(day("9999-12-30"), 7), Ok(last));
        assert_eq!(calendar.add_working_days(Date::MAX, 1), Ok(last));
        let nothing = WorkingDayCount { days: 0, provisional: false };
        assert_eq!(calendar.working_days_between(Date::MAX, Date::MIN), Ok(nothing));
    }

    #[test]
    fn the_day_changes_at_midnight_in_shanghai() {
        let cases = [
            ("2026-02-28T15:59:59Z", "2026-02-28"),
            ("2026-02-28T16:00:00Z", "2026-03-01"),
            ("2025-12-31T16:00:00Z", "2026-01-01"),
        ];
        for (moment, expected) in cases {
            assert_eq!(local_date(moment.parse().expect("a moment")), day(expected), "{moment}");
        }
        for moment in [Timestamp::MIN, Timestamp::MAX] {
            assert!((-9999..=9999).contains(&local_date(moment).year()), "{moment}");
        }
    }

    fn any_event() -> impl Strategy<Value = Date> {
        (2024i16..2029, 1i8..=12, 1i8..=28).prop_map(|(year, month, day)| date(year, month, day))
    }

    proptest! {
        #[test]
        fn a_due_date_is_the_last_of_so_many_working_days(event in any_event(), days in 1u32..400) {
            let calendar = WorkingCalendar::builtin();
            let due = calendar.add_working_days(event, days).expect("within the limit");
            prop_assert!(calendar.is_working_day(due.date).working);
            let after = event.series(jiff::ToSpan::day(1)).skip(1).take_while(|day| *day <= due.date);
            let after: Vec<Date> = after.collect();
            let working = after.iter().filter(|day| calendar.is_working_day(**day).working).count();
            prop_assert_eq!(working, days as usize);
            let outside = after.iter().any(|day| !(2025..=2026).contains(&day.year()));
            prop_assert_eq!(due.provisional, outside);
            let count = WorkingDayCount { days, provisional: outside };
            prop_assert_eq!(calendar.working_days_between(event, due.date), Ok(count));
        }

        #[test]
        fn a_longer_limit_and_a_later_event_never_end_earlier(event in any_event(), days in 0u32..400) {
            let calendar = WorkingCalendar::builtin();
            let due = |event, days| calendar.add_working_days(event, days).expect("within the limit").date;
            prop_assert!(due(event, days) < due(event, days + 1));
            prop_assert!(due(event, days) <= due(event.tomorrow().expect("not the last day"), days));
        }

        #[test]
        fn no_text_makes_reading_a_table_panic(
            text in "((year|off|work|status|notice|#)? ?[0-9.\\-]{0,12}\n?){0,6}",
        ) {
            let _ = YearTable::parse(&text);
        }
    }
}
