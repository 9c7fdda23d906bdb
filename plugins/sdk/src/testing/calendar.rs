//! A calendar for tests: Saturdays and Sundays are free, and a test may turn
//! single days round.

use crate::{CalendarDate, OutOfRange};

#[derive(Debug, Clone, Default)]
pub(super) struct Calendar {
    /// Days that are the opposite of what their weekday says.
    pub(super) turned: Vec<CalendarDate>,
}

impl Calendar {
    pub(super) fn is_working_day(&self, date: CalendarDate) -> Result<bool, OutOfRange> {
        if date.month == 0 || date.month > 12 || date.day == 0 || date.day > days_in(date.year, date.month) {
            return Err(OutOfRange::NoSuchDate);
        }
        let weekend = matches!(weekday(date), 0 | 6);
        Ok(weekend == self.turned.contains(&date))
    }

    pub(super) fn add_working_days(
        &self,
        start: CalendarDate,
        days: u32,
    ) -> Result<CalendarDate, OutOfRange> {
        self.is_working_day(start)?;
        if days > 10_000 {
            return Err(OutOfRange::TooFar);
        }
        let mut date = start;
        let mut left = days;
        while left > 0 {
            date = next(date);
            if self.is_working_day(date)? {
                left -= 1;
            }
        }
        Ok(date)
    }
}

fn days_in(year: u16, month: u8) -> u8 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn next(date: CalendarDate) -> CalendarDate {
    if date.day < days_in(date.year, date.month) {
        CalendarDate { day: date.day + 1, ..date }
    } else if date.month < 12 {
        CalendarDate { month: date.month + 1, day: 1, ..date }
    } else {
        CalendarDate::new(date.year + 1, 1, 1)
    }
}

/// 0 is Sunday (Sakamoto's method).
fn weekday(date: CalendarDate) -> u32 {
    const OFFSETS: [u32; 12] = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
    let year = u32::from(date.year) - u32::from(date.month < 3);
    let offset = OFFSETS[usize::from(date.month - 1)];
    (year + year / 4 - year / 100 + year / 400 + offset + u32::from(date.day)) % 7
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_over_weekends_and_turned_days() {
        let friday = CalendarDate::new(2026, 9, 25);
        let plain = Calendar::default();
        assert_eq!(plain.add_working_days(friday, 1), Ok(CalendarDate::new(2026, 9, 28)));
        let holiday = Calendar { turned: vec![CalendarDate::new(2026, 9, 28)] };
        assert_eq!(holiday.add_working_days(friday, 1), Ok(CalendarDate::new(2026, 9, 29)));
        assert_eq!(
            plain.add_working_days(CalendarDate::new(2026, 12, 31), 1),
            Ok(CalendarDate::new(2027, 1, 1))
        );
    }

    #[test]
    fn a_day_that_does_not_exist_is_an_error() {
        assert_eq!(
            Calendar::default().is_working_day(CalendarDate::new(2026, 2, 29)),
            Err(OutOfRange::NoSuchDate)
        );
    }
}
