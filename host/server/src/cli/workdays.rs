//! `creditgate workdays`: counts working days by the tables compiled in, and by tables given as files.

use std::path::PathBuf;

use clap::Args;
use creditgate_credit::calendar::{TableStatus, WorkingCalendar, YearTable};
use jiff::civil::Date;
use serde::Serialize;

use super::error::CliError;
use super::output::{Terminal, Tone, toned};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate workdays 2026-09-30 +7
  creditgate workdays 2026-10-10
  creditgate workdays 2026-12-23 +7 --calendar 2027.txt --json

The day after DATE is the first that counts. Exit status: 0, and 1 for a DATE that is no working day.";

/// Count working days, or ask whether a day is one
///
/// The tables of 2025 and 2026 are built in. A year without an official table is counted by Saturdays and
/// Sundays, and the answer says that it is provisional.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct WorkdaysCommand {
    /// The day to ask about, or the event after which to count, as YYYY-MM-DD
    date: Date,
    /// Working days to count after DATE; without it the answer is whether DATE is one
    #[arg(value_name = "+N", value_parser = number_of_days)]
    days: Option<u32>,
    /// Tables of further years; one replaces a built-in table of its year
    #[arg(long, value_name = "FILE", num_args = 1..)]
    calendar: Vec<PathBuf>,
    #[command(flatten)]
    form: OutputForm,
}

fn number_of_days(text: &str) -> Result<u32, String> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    digits.parse().map_err(|_| "a number of working days is written like +7".to_owned())
}

#[derive(Serialize)]
struct Day {
    date: Date,
    working: bool,
    provisional: bool,
}

#[derive(Serialize)]
struct Due {
    event: Date,
    working_days: u32,
    date: Date,
    provisional: bool,
}

impl WorkdaysCommand {
    pub(super) fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let calendar = self.calendar(terminal)?;
        match self.days {
            Some(days) => self.count(terminal, &calendar, days),
            None => self.ask(terminal, &calendar),
        }
    }

    fn calendar(&self, terminal: &mut Terminal<'_>) -> Result<WorkingCalendar, CliError> {
        let mut calendar = WorkingCalendar::builtin();
        for path in &self.calendar {
            let text = terminal.read_text(path)?;
            let table = YearTable::parse(&text)
                .map_err(|error| CliError::Content { path: path.clone(), problem: error.to_string() })?;
            calendar = calendar.with_table(table);
        }
        Ok(calendar)
    }

    fn ask(&self, terminal: &mut Terminal<'_>, calendar: &WorkingCalendar) -> Result<Exit, CliError> {
        let answer = calendar.is_working_day(self.date);
        if self.form.json {
            let day = Day { date: self.date, working: answer.working, provisional: answer.provisional };
            terminal.json(&day)?;
        } else {
            let (tone, verdict) =
                if answer.working { (Tone::Good, "a working day") } else { (Tone::Bad, "not a working day") };
            terminal.line(&format!("{} is {}", with_weekday(self.date), toned(tone, verdict)))?;
            self.explain(terminal, calendar, self.date, answer.provisional)?;
        }
        Ok(Exit::of(answer.working))
    }

    fn count(
        &self,
        terminal: &mut Terminal<'_>,
        calendar: &WorkingCalendar,
        days: u32,
    ) -> Result<Exit, CliError> {
        let due = calendar.add_working_days(self.date, days).map_err(|error| CliError::Usage {
            message: error.to_string(),
            help: "count a shorter time limit",
        })?;
        if self.form.json {
            let due =
                Due { event: self.date, working_days: days, date: due.date, provisional: due.provisional };
            terminal.json(&due)?;
        } else {
            let end = toned(Tone::Good, &with_weekday(due.date));
            terminal.line(&format!("{} + {days} working days = {end}", with_weekday(self.date)))?;
            self.explain(terminal, calendar, due.date, due.provisional)?;
        }
        Ok(Exit::Success)
    }

    /// Says what the answer rests on.
    fn explain(
        &self,
        terminal: &mut Terminal<'_>,
        calendar: &WorkingCalendar,
        end: Date,
        provisional: bool,
    ) -> Result<(), CliError> {
        if !provisional {
            return terminal.line("by the published tables");
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
        terminal.line(&format!(
            "{}: no official table of {}; count again once it is published",
            toned(Tone::Doubtful, "provisional"),
            missing.join(", ")
        ))
    }
}

fn with_weekday(date: Date) -> String {
    date.strftime("%Y-%m-%d (%A)").to_string()
}
