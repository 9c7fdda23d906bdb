//! What a cell of a sheet holds, for a column of a list. A value that is not known,
//! or that the spreadsheet made another one of, is told and never guessed.

use std::borrow::Cow;

use calamine::{DataRef, ExcelDateTime};
use creditgate_wire::import::{Holds, SPREADSHEET_DIGITS, Unknown};
use jiff::civil::Date;

/// From here on a spreadsheet keeps whole numbers with zeros for their last digits.
const LARGEST_WHOLE: f64 = 1e15;

/// The days of a spreadsheet, by number: the first of the calendar, and the last
/// one, which is 9999-12-31. Days before the first are what comes of an empty cell
/// or a time alone.
const FIRST_DAY: f64 = 1.0;
const LAST_DAY: f64 = 2_958_465.0;

/// The last one where days count from 1904-01-01.
const LAST_DAY_FROM_1904: f64 = 2_957_003.0;

/// Whether a cell has no value at all.
pub(super) fn is_empty(value: &DataRef<'_>) -> bool {
    match value {
        DataRef::Empty => true,
        DataRef::String(text) => text.trim().is_empty(),
        DataRef::SharedString(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// The text that stands for a cell of a column that holds this, and whether the
/// cell has a formula.
///
/// # Errors
/// [`Unknown`] where its value is not known.
pub(super) fn text<'v>(value: &'v DataRef<'_>, formula: bool, holds: Holds) -> Result<Cow<'v, str>, Unknown> {
    match value {
        // An empty text a formula comes out as is a value; nothing is none.
        DataRef::Empty if formula => Err(Unknown::Formula),
        DataRef::Empty => Ok(Cow::Borrowed("")),
        DataRef::String(text) => known(text),
        DataRef::SharedString(text) => known(text),
        // A day that is not formatted as one is a number.
        DataRef::Int(_) | DataRef::Float(_) if holds == Holds::Day => Err(Unknown::NoDay),
        DataRef::Int(number) => whole(*number).map(Cow::Owned),
        DataRef::Float(number) => digits(*number).map(Cow::Owned),
        DataRef::Bool(flag) if holds == Holds::Flag => {
            Ok(Cow::Borrowed(if *flag { "true" } else { "false" }))
        }
        DataRef::Bool(_) => Err(Unknown::Flag),
        DataRef::DateTime(_) | DataRef::DateTimeIso(_) | DataRef::DurationIso(_) if holds != Holds::Day => {
            Err(Unknown::Day)
        }
        DataRef::DateTime(instant) => day(instant).map(|day| day.to_string().into()).ok_or(Unknown::NoDay),
        DataRef::DateTimeIso(text) => iso_day(text).map(|day| day.to_string().into()).ok_or(Unknown::NoDay),
        DataRef::DurationIso(_) => Err(Unknown::NoDay),
        DataRef::Error(_) => Err(Unknown::Error),
    }
}

fn known(text: &str) -> Result<Cow<'_, str>, Unknown> {
    Unknown::of_text(text.trim()).map_or(Ok(Cow::Borrowed(text)), Err)
}

fn whole(number: i64) -> Result<String, Unknown> {
    let text = number.to_string();
    if text.trim_start_matches('-').len() > SPREADSHEET_DIGITS { Err(Unknown::LostDigits) } else { Ok(text) }
}

fn digits(number: f64) -> Result<String, Unknown> {
    if !number.is_finite() || number.abs() >= LARGEST_WHOLE {
        return Err(Unknown::LostDigits);
    }
    // The shortest text that means this number.
    let text = number.to_string();
    let significant = text.trim_start_matches(['-', '0', '.']).bytes().filter(u8::is_ascii_digit).count();
    if significant > SPREADSHEET_DIGITS { Err(Unknown::LostDigits) } else { Ok(text) }
}

/// The day of the calendar an instant of a spreadsheet lies on. Days count from 1900
/// (with a 29 February that never was) or from 1904.
fn day(instant: &ExcelDateTime) -> Option<Date> {
    let number = instant.as_f64();
    if instant.is_duration() || !(FIRST_DAY..LAST_DAY + 1.0).contains(&number) {
        return None;
    }
    let (year, month, day, ..) = instant.to_ymd_hms_milli();
    let found =
        Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()?;
    // Numbers beyond the last day are taken for it where days count from 1904.
    let is_last = found == jiff::civil::date(9999, 12, 31);
    let last = [LAST_DAY, LAST_DAY_FROM_1904].contains(&number.floor());
    if is_last && !last { None } else { Some(found) }
}

/// The day of `2024-03-15` or `2024-03-15T00:00:00`.
fn iso_day(text: &str) -> Option<Date> {
    let (day, _time) = text.trim().split_once('T').unwrap_or((text.trim(), ""));
    creditgate_wire::time::Day::parse(day).map(|day| day.0)
}

#[cfg(test)]
mod tests {
    use calamine::{CellErrorType, ExcelDateTimeType};

    use super::*;

    fn dated(number: f64, from_1904: bool) -> DataRef<'static> {
        DataRef::DateTime(ExcelDateTime::new(number, ExcelDateTimeType::DateTime, from_1904))
    }

    #[test]
    fn a_day_outside_the_calendar_of_dates_is_none() {
        for (number, from_1904) in [
            (0.0, false),
            (-1.0, false),
            (0.5, false),
            (60.0, false),
            (60.75, false),
            (2_958_466.0, false),
            (1e9, false),
            (f64::NAN, false),
            (f64::INFINITY, false),
            (0.0, true),
            (-1462.0, true),
            (0.5, true),
            (2_957_004.0, true),
            (2_958_465.0 + 1.0, true),
        ] {
            assert_eq!(text(&dated(number, from_1904), false, Holds::Day), Err(Unknown::NoDay), "{number}");
        }
        for (number, from_1904, day) in [
            (1.0, false, "1900-01-01"),
            (59.0, false, "1900-02-28"),
            (61.0, false, "1900-03-01"),
            (45_366.0, false, "2024-03-15"),
            (45_366.99, false, "2024-03-15"),
            (2_958_465.0, false, "9999-12-31"),
            (43_904.0, true, "2024-03-15"),
            (1.0, true, "1904-01-02"),
            (2_957_003.0, true, "9999-12-31"),
        ] {
            let value = dated(number, from_1904);
            assert_eq!(text(&value, false, Holds::Day).as_deref(), Ok(day), "{number} {from_1904}");
            assert_eq!(text(&value, false, Holds::Text), Err(Unknown::Day), "a text became a date");
        }
        let hours = DataRef::DateTime(ExcelDateTime::new(45_366.0, ExcelDateTimeType::TimeDelta, false));
        assert_eq!(text(&hours, false, Holds::Day), Err(Unknown::NoDay), "a duration is no day");
    }

    #[test]
    fn a_day_written_as_text_of_iso_8601_is_one_if_the_calendar_has_it() {
        for (written, day) in [
            ("2024-03-15", Some("2024-03-15")),
            ("2024-03-15T00:00:00", Some("2024-03-15")),
            ("2024-02-30", None),
            ("T12:00:00", None),
            ("12:00", None),
            ("0000-00-00", None),
            ("1900-02-29T00:00:00", None),
        ] {
            let value = DataRef::DateTimeIso(written.to_owned());
            assert_eq!(text(&value, false, Holds::Day).ok().as_deref(), day, "{written}");
        }
    }

    #[test]
    fn a_number_that_may_have_lost_digits_is_not_known() {
        for number in [
            1e15,
            370_000_202_400_000_001.0,
            1e16,
            -1e15,
            f64::NAN,
            f64::INFINITY,
            0.1 + 0.2,
            123_456_789.123_456_78,
        ] {
            assert_eq!(
                text(&DataRef::Float(number), false, Holds::Text),
                Err(Unknown::LostDigits),
                "{number}"
            );
        }
        assert_eq!(text(&DataRef::Int(1_000_000_000_000_000), false, Holds::Text), Err(Unknown::LostDigits));
        for (number, written) in [
            (999_999_999_999_999.0, "999999999999999"),
            (0.0, "0"),
            (1.5, "1.5"),
            (-3.0, "-3"),
            (0.001, "0.001"),
        ] {
            assert_eq!(text(&DataRef::Float(number), false, Holds::Text).as_deref(), Ok(written));
        }
    }

    #[test]
    fn a_value_of_another_kind_than_the_column_is_not_taken_for_its_text() {
        assert_eq!(text(&DataRef::Bool(true), false, Holds::Flag).as_deref(), Ok("true"));
        for (value, holds, unknown) in [
            (DataRef::Bool(true), Holds::Text, Unknown::Flag),
            (DataRef::Bool(false), Holds::Day, Unknown::Flag),
            (dated(45_366.0, false), Holds::Flag, Unknown::Day),
            (DataRef::Float(45_366.0), Holds::Day, Unknown::NoDay),
            (DataRef::Error(CellErrorType::NA), Holds::Text, Unknown::Error),
            (DataRef::String(" #N/A ".to_owned()), Holds::Text, Unknown::Error),
            (DataRef::SharedString("3.7E+17"), Holds::Text, Unknown::LostDigits),
        ] {
            assert_eq!(text(&value, false, holds), Err(unknown), "{value:?}");
        }
    }

    #[test]
    fn a_formula_is_what_was_stored_for_it_and_nothing_else() {
        for holds in [Holds::Text, Holds::Day, Holds::Flag] {
            assert_eq!(text(&DataRef::Empty, true, holds), Err(Unknown::Formula));
            assert_eq!(text(&DataRef::Empty, false, holds).as_deref(), Ok(""));
        }
        assert_eq!(text(&DataRef::String("甲".to_owned()), true, Holds::Text).as_deref(), Ok("甲"));
        assert_eq!(
            text(&DataRef::String(String::new()), true, Holds::Day).as_deref(),
            Ok(""),
            "it was stored"
        );
    }
}
