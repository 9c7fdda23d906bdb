//! `creditgate catalogue check`.

use std::path::{Path, PathBuf};

use clap::Args;
use creditgate_wire::catalogue::{EditionCheckBody, FaultBody};
use creditgate_wire::time::Day;

use crate::cli::client::{Call, HostOptions, with_host};
use crate::cli::error::CliError;
use crate::cli::import::Format;
use crate::cli::output::{Terminal, Tone, toned};
use crate::cli::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate catalogue check --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate catalogue check 示例市2026版 --on 2027-01-01 --config creditgate.toml
  creditgate catalogue check --file 2026.jsonl --config creditgate.toml --json

Exit status: 0 without faults, 1 with any; warnings do not count.";

/// Look for what is missing in an edition, or in a file before it is imported
///
/// Items without measures and lists, measures without an item, a list or a basis in force, power items without an
/// item or a section, bound items the edition does not have, editions that overlap: one line each, with a remedy.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CheckCommand {
    /// Name of the edition [default: the one in force on the day]
    edition: Option<String>,
    /// Check this file in JSON lines or CSV instead
    #[arg(long, value_name = "FILE", conflicts_with = "edition")]
    file: Option<PathBuf>,
    /// The day to check for [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Day>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

fn day(text: &str) -> Result<Day, &'static str> {
    Day::parse(text).ok_or("a day of the calendar is written YYYY-MM-DD")
}

impl CheckCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let call = self.call(terminal)?;
        with_host(&self.host, async |client| {
            let found: EditionCheckBody = client.ask(call).await?.read()?;
            if self.form.json {
                terminal.json(&found)?;
            } else {
                self.write(terminal, &found)?;
            }
            Ok(Exit::of(found.faults.is_empty() && found.problems.is_empty()))
        })
        .await
    }

    fn call(&self, terminal: &mut Terminal<'_>) -> Result<Call, CliError> {
        let path = ["v1", "catalogue:check"];
        let mut call = match (&self.file, &self.edition) {
            (Some(file), _) => {
                let format = Format::of(file).ok_or_else(|| unknown_form(file))?;
                let name = file.file_name().map(|name| name.to_string_lossy().into_owned());
                Call::post(&path)
                    .query("format", format.code())
                    .query("file", name.unwrap_or_default())
                    .body(format.media_type(), terminal.read(file)?)
            }
            (None, Some(edition)) => Call::get(&path).query("edition", edition),
            (None, None) => Call::get(&path),
        };
        if let Some(day) = self.on {
            call = call.query("on", day.0.to_string());
        }
        Ok(call)
    }

    fn write(&self, terminal: &mut Terminal<'_>, found: &EditionCheckBody) -> Result<(), CliError> {
        let bad = toned(Tone::Bad, "fault");
        let doubtful = toned(Tone::Doubtful, "warning");
        for problem in &found.problems {
            let place = format!("{}:{} {}", problem.file, problem.line, problem.field);
            terminal.line(&format!("{bad}: {}: {place}: {}", problem.code, problem.message))?;
        }
        for fault in &found.faults {
            write_fault(terminal, &bad, fault)?;
        }
        for fault in &found.warnings {
            write_fault(terminal, &doubtful, fault)?;
        }
        let faults = found.faults.len() + found.problems.len();
        let tone = if faults == 0 { Tone::Good } else { Tone::Bad };
        let counts = toned(tone, &format!("{faults} faults, {} warnings", found.warnings.len()));
        let edition = if found.edition.is_empty() { "no edition" } else { &found.edition };
        terminal.line(&format!("{edition} on {}: {counts}", found.on.0))
    }
}

fn write_fault(terminal: &mut Terminal<'_>, word: &str, fault: &FaultBody) -> Result<(), CliError> {
    terminal.line(&format!("{word}: {}: {}; {}", fault.fault, fault.message, fault.remedy))
}

fn unknown_form(file: &Path) -> CliError {
    CliError::Usage {
        message: format!("{}: the name does not tell whether this is CSV or JSON lines", file.display()),
        help: "name the file .csv or .jsonl",
    }
}
