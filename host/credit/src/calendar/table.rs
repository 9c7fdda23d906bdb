//! The table of one year: days off and working weekend days, as the yearly notice publishes them, and the
//! text form in which tables are kept and imported.

use std::fmt;
use std::ops::RangeInclusive;

use jiff::civil::{Date, Weekday};

use crate::identifier::without_numbers;
use crate::text::is_invisible;
use crate::vocabulary;

vocabulary! {
    /// How far a table can be relied on.
    pub enum TableStatus {
        /// Taken from the published notice.
        Official = "official",
        /// Assumed until the notice is out: every answer that rests on it is provisional.
        Provisional = "provisional",
    }
}

/// The days of one year on which working and not working differ from the week.
///
/// Always consistent: every day lies in the year, no two ranges of days off meet, and every working
/// weekend day is a Saturday or Sunday outside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct YearTable {
    year: i16,
    status: TableStatus,
    notice: String,
    days_off: Vec<RangeInclusive<Date>>,
    working_weekend_days: Vec<Date>,
}

/// Why a table is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{problem}", .line.map(|line| format!("line {line}: ")).unwrap_or_default())]
pub struct TableError {
    /// The line of the text, from 1; none for what concerns the whole table.
    pub line: Option<usize>,
    /// What is wrong.
    pub problem: TableProblem,
}

/// What is wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableProblem {
    /// A line begins with another word.
    #[error("a line begins with year, status, notice, off or work, not with {0:?}")]
    UnknownWord(String),
    /// `year`, `status` or `notice` again.
    #[error("{0} is given twice")]
    GivenTwice(&'static str),
    /// `year`, `status`, `notice` or every `off` is absent: the text may be cut off.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// Days before the line with their year.
    #[error("the year must be given before the days")]
    DaysBeforeYear,
    /// Not a year of the calendar.
    #[error("{0:?} is not a year between 1 and 9999")]
    Year(String),
    /// Not a status.
    #[error("{0:?} is not a status: official or provisional")]
    Status(String),
    /// Not a day of the calendar as `YYYY-MM-DD`.
    #[error("{0:?} is not a date like 2026-01-01")]
    Date(String),
    /// A day of another year.
    #[error("{date} is not in {year}")]
    OtherYear {
        /// The day.
        date: Date,
        /// The year of the table.
        year: i16,
    },
    /// A range that ends before it begins.
    #[error("days off from {from} end before they begin, on {to}")]
    Reversed {
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
    /// Two ranges of days off have days in common.
    #[error("days off from {0} meet other days off")]
    Overlap(Date),
    /// A working weekend day from Monday to Friday, which is no exception.
    #[error("{0} is not a Saturday or Sunday")]
    NotWeekend(Date),
    /// A day both off and working.
    #[error("{0} is given both as day off and as working day")]
    OffAndWorking(Date),
    /// A working weekend day again.
    #[error("{0} is given twice")]
    Repeated(Date),
}

/// The text form, which reads back as the same table.
impl fmt::Display for YearTable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "year {}", self.year)?;
        writeln!(formatter, "status {}", self.status.code())?;
        writeln!(formatter, "notice {}", self.notice)?;
        for range in &self.days_off {
            writeln!(formatter, "off {}..{}", range.start(), range.end())?;
        }
        self.working_weekend_days.iter().try_for_each(|day| writeln!(formatter, "work {day}"))
    }
}

impl YearTable {
    /// A table from its parts: first and last day of each range off, and the Saturdays and Sundays to work.
    ///
    /// # Errors
    /// [`TableError`] without a line if the parts contradict each other, there is no day off, or the
    /// notice is blank.
    pub fn new(
        year: i16,
        status: TableStatus,
        notice: &str,
        days_off: &[RangeInclusive<Date>],
        working_weekend_days: &[Date],
    ) -> Result<Self, TableError> {
        let fill = || {
            let mut table = Self::empty(year)?;
            table.status = status;
            table.notice = notice.trim().to_owned();
            days_off.iter().try_for_each(|range| table.add_days_off(range.clone()))?;
            working_weekend_days.iter().try_for_each(|date| table.add_working_weekend_day(*date))?;
            table.complete()
        };
        fill().map_err(|problem| TableError { line: None, problem })
    }

    /// Reads the text form: one entry a line, `#` begins a comment.
    ///
    /// ```
    /// # fn main() -> Result<(), creditgate_credit::calendar::TableError> {
    /// let table = creditgate_credit::calendar::YearTable::parse(
    ///     "year 2026
    ///      status official
    ///      notice 国务院办公厅关于2026年部分节假日安排的通知
    ///      off 2026-01-01..2026-01-03  # inclusive; a single day stands alone
    ///      work 2026-01-04",
    /// )?;
    /// assert_eq!(table.year(), 2026);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`TableError`] with the first line that cannot be read or contradicts the lines before it.
    pub fn parse(text: &str) -> Result<Self, TableError> {
        let mut draft = Draft::default();
        for (number, line) in (1..).zip(text.lines()) {
            draft.read(line).map_err(|problem| TableError { line: Some(number), problem })?;
        }
        draft.complete().map_err(|problem| TableError { line: None, problem })
    }

    /// The year of every day in the table.
    #[must_use]
    pub fn year(&self) -> i16 {
        self.year
    }

    /// How far the table can be relied on.
    #[must_use]
    pub fn status(&self) -> TableStatus {
        self.status
    }

    /// The notice the table is taken from: title, number, date.
    #[must_use]
    pub fn notice(&self) -> &str {
        &self.notice
    }

    /// The ranges of days off, first and last day included, by date.
    #[must_use]
    pub fn days_off(&self) -> &[RangeInclusive<Date>] {
        &self.days_off
    }

    /// The Saturdays and Sundays on which people work, by date.
    #[must_use]
    pub fn working_weekend_days(&self) -> &[Date] {
        &self.working_weekend_days
    }

    /// Whether people work on this day of the table's year.
    pub(super) fn is_working(&self, date: Date) -> bool {
        if self.is_off(date) { false } else { !is_weekend(date) || self.working_weekend_days.contains(&date) }
    }

    fn empty(year: i16) -> Result<Self, TableProblem> {
        if !(1..=9999).contains(&year) {
            return Err(TableProblem::Year(year.to_string()));
        }
        Ok(Self {
            year,
            status: TableStatus::Provisional,
            notice: String::new(),
            days_off: Vec::new(),
            working_weekend_days: Vec::new(),
        })
    }

    fn is_off(&self, date: Date) -> bool {
        self.days_off.iter().any(|range| range.contains(&date))
    }

    fn require_own(&self, date: Date) -> Result<(), TableProblem> {
        if date.year() == self.year { Ok(()) } else { Err(TableProblem::OtherYear { date, year: self.year }) }
    }

    fn add_days_off(&mut self, range: RangeInclusive<Date>) -> Result<(), TableProblem> {
        let (from, to) = (*range.start(), *range.end());
        self.require_own(from)?;
        self.require_own(to)?;
        if to < from {
            return Err(TableProblem::Reversed { from, to });
        }
        if self.days_off.iter().any(|other| from <= *other.end() && *other.start() <= to) {
            return Err(TableProblem::Overlap(from));
        }
        if let Some(date) = self.working_weekend_days.iter().find(|date| range.contains(date)) {
            return Err(TableProblem::OffAndWorking(*date));
        }
        self.days_off.push(range);
        Ok(())
    }

    fn add_working_weekend_day(&mut self, date: Date) -> Result<(), TableProblem> {
        self.require_own(date)?;
        if !is_weekend(date) {
            return Err(TableProblem::NotWeekend(date));
        }
        if self.is_off(date) {
            return Err(TableProblem::OffAndWorking(date));
        }
        if self.working_weekend_days.contains(&date) {
            return Err(TableProblem::Repeated(date));
        }
        self.working_weekend_days.push(date);
        Ok(())
    }

    fn complete(mut self) -> Result<Self, TableProblem> {
        if self.notice.is_empty() {
            return Err(TableProblem::Missing("notice"));
        }
        if self.days_off.is_empty() {
            return Err(TableProblem::Missing("off"));
        }
        self.days_off.sort_by_key(|range| *range.start());
        self.working_weekend_days.sort_unstable();
        Ok(self)
    }
}

/// Saturday and Sunday.
pub(super) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// What has been read of a text so far.
#[derive(Default)]
struct Draft {
    table: Option<YearTable>,
    status: Option<TableStatus>,
    notice: Option<String>,
}

impl Draft {
    fn read(&mut self, line: &str) -> Result<(), TableProblem> {
        let line = line.split('#').next().unwrap_or_default().trim();
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            "" => Ok(()),
            "year" => give("year", &mut self.table, YearTable::empty(parse_year(rest)?)?),
            "status" => {
                let status = TableStatus::from_code(rest).ok_or_else(|| TableProblem::Status(told(rest)))?;
                give("status", &mut self.status, status)
            }
            "notice" => give("notice", &mut self.notice, rest.to_owned()),
            "off" => {
                let (from, to) = rest.split_once("..").unwrap_or((rest, rest));
                self.table()?.add_days_off(parse_date(from)?..=parse_date(to)?)
            }
            "work" => self.table()?.add_working_weekend_day(parse_date(rest)?),
            _ => Err(TableProblem::UnknownWord(told(word))),
        }
    }

    fn table(&mut self) -> Result<&mut YearTable, TableProblem> {
        self.table.as_mut().ok_or(TableProblem::DaysBeforeYear)
    }

    fn complete(self) -> Result<YearTable, TableProblem> {
        let mut table = self.table.ok_or(TableProblem::Missing("year"))?;
        table.status = self.status.ok_or(TableProblem::Missing("status"))?;
        table.notice = self.notice.ok_or(TableProblem::Missing("notice"))?;
        table.complete()
    }
}

fn give<T>(word: &'static str, place: &mut Option<T>, value: T) -> Result<(), TableProblem> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => Err(TableProblem::GivenTwice(word)),
    }
}

fn parse_year(text: &str) -> Result<i16, TableProblem> {
    text.parse().map_err(|_| TableProblem::Year(told(text)))
}

/// Only `YYYY-MM-DD`: jiff also reads other forms, with which two files would say the same in different ways.
fn parse_date(text: &str) -> Result<Date, TableProblem> {
    let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    date.ok_or_else(|| TableProblem::Date(told(text)))
}

/// A word of the table as a finding tells it, without what shows nothing: whoever takes another file for one may
/// give one with identity numbers.
fn told(word: &str) -> String {
    let shown: String = word.chars().filter(|character| !is_invisible(*character)).collect();
    without_numbers(&shown).into_owned()
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    const HEAD: &str = "year 2026\nstatus official\nnotice 通知\n";

    #[test]
    fn a_text_that_cannot_be_read_is_refused_with_line_and_reason() {
        let cases = [
            (
                "holiday 2026-01-01",
                "line 4: a line begins with year, status, notice, off or work, not with \"holiday\"",
            ),
            ("year 2027", "line 4: year is given twice"),
            ("status official", "line 4: status is given twice"),
            ("notice again", "line 4: notice is given twice"),
            (
                "370202199001010015 张三",
                "line 4: a line begins with year, status, notice, off or work, not with \"370***********0015\"",
            ),
            (
                "3702021\0\u{10}99001010015",
                "line 4: a line begins with year, status, notice, off or work, not with \"370***********0015\"",
            ),
            ("off 370202199001010015", "line 4: \"370***********0015\" is not a date like 2026-01-01"),
            ("# only a comment", "off is missing"),
            ("off", "line 4: \"\" is not a date like 2026-01-01"),
            ("off 2026-02-30", "line 4: \"2026-02-30\" is not a date like 2026-01-01"),
            ("off 20260101", "line 4: \"20260101\" is not a date like 2026-01-01"),
            ("off 2026-01-01 .. 2026-01-03", "line 4: \"2026-01-01 \" is not a date like 2026-01-01"),
            ("off 2025-12-31..2026-01-03", "line 4: 2025-12-31 is not in 2026"),
            ("off 2026-12-31..2027-01-01", "line 4: 2027-01-01 is not in 2026"),
            (
                "off 2026-01-03..2026-01-01",
                "line 4: days off from 2026-01-03 end before they begin, on 2026-01-01",
            ),
            (
                "off 2026-01-01..2026-01-03\noff 2026-01-03",
                "line 5: days off from 2026-01-03 meet other days off",
            ),
            ("work 2026-01-05", "line 4: 2026-01-05 is not a Saturday or Sunday"),
            ("work 2027-01-02", "line 4: 2027-01-02 is not in 2026"),
            ("work 2026-01-04\nwork 2026-01-04", "line 5: 2026-01-04 is given twice"),
            (
                "off 2026-01-01..2026-01-03\nwork 2026-01-03",
                "line 5: 2026-01-03 is given both as day off and as working day",
            ),
            (
                "work 2026-01-03\noff 2026-01-01..2026-01-03",
                "line 5: 2026-01-03 is given both as day off and as working day",
            ),
        ];
        for (lines, message) in cases {
            let error = YearTable::parse(&format!("{HEAD}{lines}")).expect_err(lines);
            assert_eq!(error.to_string(), message, "{lines}");
        }
    }

    #[test]
    fn a_table_says_its_year_status_and_notice() {
        let cases = [
            ("", "year is missing"),
            ("year 2026", "status is missing"),
            ("year 2026\nstatus official", "notice is missing"),
            ("year 2026\nstatus official\nnotice\noff 2026-01-01", "notice is missing"),
            ("off 2026-01-01", "line 1: the year must be given before the days"),
            ("year 0", "line 1: \"0\" is not a year between 1 and 9999"),
            ("year twenty", "line 1: \"twenty\" is not a year between 1 and 9999"),
            ("status final", "line 1: \"final\" is not a status: official or provisional"),
        ];
        for (text, message) in cases {
            assert_eq!(YearTable::parse(text).expect_err(text).to_string(), message, "{text}");
        }
    }

    #[test]
    fn a_table_from_parts_equals_the_table_from_text_and_meets_the_same_conditions() {
        let from_text =
            YearTable::parse(&format!("{HEAD}work 2026-01-04\noff 2026-01-01..2026-01-03")).expect("ok");
        let days_off = [date(2026, 1, 1)..=date(2026, 1, 3)];
        let build =
            |working: Date| YearTable::new(2026, TableStatus::Official, "通知", &days_off, &[working]);
        assert_eq!(YearTable::parse(&from_text.to_string()).as_ref(), Ok(&from_text));
        assert_eq!(build(date(2026, 1, 4)), Ok(from_text));
        let problem = TableProblem::OffAndWorking(date(2026, 1, 3));
        assert_eq!(build(date(2026, 1, 3)), Err(TableError { line: None, problem }));
    }
}
