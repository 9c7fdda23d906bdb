//! `creditgate workdays`: counts working days by the tables compiled in, and by tables given as files.

use std::path::PathBuf;

use clap::Args;
use creditgate_credit::calendar::{TableStatus, WorkingCalendar, YearTable};
use jiff::civil::Date;
use serde::Serialize;

use super::command::{CliError, Exit, Page, Show, Terminal, Tone, Work, toned};
use super::page::Either;

/// Count working days, or ask whether a day is one
///
/// The tables of 2025 and 2026 are built in. A year without an official table is counted by Saturdays and
/// Sundays, and the answer says that it is provisional.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate workdays 2026-09-30 +7
  creditgate workdays 2026-10-10
  creditgate workdays 2026-12-23 +7 --calendar 2027.txt --json

The day after DATE is the first that counts. Exit status: 0, and 1 for a DATE that is no working day.")]
pub(super) struct WorkdaysCommand {
    /// The day to ask about, or the event after which to count, as YYYY-MM-DD
    date: Date,
    /// Working days to count after DATE; without it the answer is whether DATE is one
    #[arg(value_name = "+N", value_parser = number_of_days)]
    days: Option<u32>,
    /// Tables of further years; one replaces a built-in table of its year
    #[arg(long, value_name = "FILE", num_args = 1..)]
    calendar: Vec<PathBuf>,
}

fn number_of_days(text: &str) -> Result<u32, String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.parse().map_err(|_| "a number of working days is written like +7".to_owned())
}

/// Whether a day is a working day.
#[derive(Serialize)]
pub(super) struct Day {
    date: Date,
    working: bool,
    provisional: bool,
    #[serde(skip)]
    ground: String,
}

/// The day on which a time limit ends.
#[derive(Serialize)]
pub(super) struct Due {
    event: Date,
    working_days: u32,
    date: Date,
    provisional: bool,
    #[serde(skip)]
    ground: String,
}

impl Work for WorkdaysCommand {
    async fn work(self, terminal: &mut Terminal<'_>) -> Result<Either<Day, Due>, CliError> {
        let calendar = self.calendar(terminal)?;
        let Some(days) = self.days else {
            let answer = calendar.is_working_day(self.date);
            return Ok(Either::One(Day {
                date: self.date,
                working: answer.working,
                provisional: answer.provisional,
                ground: self.ground(&calendar, self.date, answer.provisional),
            }));
        };
        let due = calendar
            .add_working_days(self.date, days)
            .map_err(|error| CliError::usage(error.to_string(), "count a shorter time limit"))?;
        Ok(Either::Other(Due {
            event: self.date,
            working_days: days,
            date: due.date,
            provisional: due.provisional,
            ground: self.ground(&calendar, due.date, due.provisional),
        }))
    }
}

impl WorkdaysCommand {
    fn calendar(&self, terminal: &mut Terminal<'_>) -> Result<WorkingCalendar, CliError> {
        let mut calendar = WorkingCalendar::builtin();
        for path in &self.calendar {
            let text = terminal.read_text(path)?;
            let table =
                YearTable::parse(&text).map_err(|error| CliError::content(path, error.to_string()))?;
            calendar = calendar.with_table(table);
        }
        Ok(calendar)
    }

    /// What the answer rests on.
    fn ground(&self, calendar: &WorkingCalendar, end: Date, provisional: bool) -> String {
        if !provisional {
            return "by the published tables".to_owned();
        }
        let official: Vec<i16> = calendar
            .tables()
            .filter(|table| table.status() == TableStatus::Official)
            .map(YearTable::year)
            .collect();
        let missing: Vec<String> = (self.date.year()..=end.year())
            .filter(|year| !official.contains(year))
            .map(|year| year.to_string())
            .collect();
        let (word, missing) = (toned(Tone::Doubtful, "provisional"), missing.join(", "));
        format!("{word}: no official table of {missing}; count again once it is published")
    }
}

impl Show for Day {
    fn show(&self, page: &mut Page) {
        let (tone, verdict) =
            if self.working { (Tone::Good, "a working day") } else { (Tone::Bad, "not a working day") };
        page.line(format!("{} is {}", with_weekday(self.date), toned(tone, verdict)));
        page.line(&self.ground);
    }

    fn end(self) -> Result<Exit, CliError> {
        Ok(Exit::of(self.working))
    }
}

impl Show for Due {
    fn show(&self, page: &mut Page) {
        let end = toned(Tone::Good, &with_weekday(self.date));
        page.line(format!("{} + {} working days = {end}", with_weekday(self.event), self.working_days));
        page.line(&self.ground);
    }
}

fn with_weekday(date: Date) -> String {
    date.strftime("%Y-%m-%d (%A)").to_string()
}
