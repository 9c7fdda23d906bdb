//! Time limits of duties, and the day each runs out.
//!
//! A limit is counted from the day after the event (R89 to R97). What must not
//! be here: which duty has which limit, which is policy.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::calendar::{DueDate, MOST_WORKING_DAYS, WorkingCalendar};
use crate::vocabulary;

vocabulary! {
    /// What a limit counts.
    pub enum DayUnit {
        /// 工作日.
        WorkingDays = "working_days",
        /// 日, holidays included.
        Days = "days",
    }
}

/// A number of days within which something must be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TimeLimit {
    /// How many.
    pub count: u16,
    /// Of which days.
    pub unit: DayUnit,
}

impl TimeLimit {
    /// So many working days.
    #[must_use]
    pub const fn working_days(count: u16) -> Self {
        Self { count, unit: DayUnit::WorkingDays }
    }

    /// So many calendar days.
    #[must_use]
    pub const fn days(count: u16) -> Self {
        Self { count, unit: DayUnit::Days }
    }

    /// The last day of the limit after an event. Calendar days are never
    /// provisional; a limit that runs past the last day of the calendar ends
    /// there, provisionally.
    #[must_use]
    pub fn due(self, event: Date, calendar: &WorkingCalendar) -> DueDate {
        let beyond = DueDate { date: Date::MAX, provisional: true };
        match self.unit {
            DayUnit::WorkingDays => {
                let count = u32::from(self.count).min(MOST_WORKING_DAYS);
                calendar.add_working_days(event, count).unwrap_or(beyond)
            }
            DayUnit::Days => event
                .checked_add(jiff::Span::new().days(i64::from(self.count)))
                .map_or(beyond, |date| DueDate { date, provisional: false }),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn r089_seven_working_days_and_r090_seven_days_are_different_limits() {
        let calendar = WorkingCalendar::builtin();
        let cases = [
            (TimeLimit::working_days(7), date(2026, 9, 24), date(2026, 10, 12), false),
            (TimeLimit::days(7), date(2026, 9, 24), date(2026, 10, 1), false),
            (TimeLimit::working_days(7), date(2026, 12, 23), date(2027, 1, 1), true),
            (TimeLimit::days(7), date(2026, 12, 23), date(2026, 12, 30), false),
        ];
        for (limit, event, expected, provisional) in cases {
            let due = limit.due(event, &calendar);
            assert_eq!((due.date, due.provisional), (expected, provisional), "{limit:?} from {event}");
        }
    }
}
