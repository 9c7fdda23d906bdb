//! `creditgate catalogue check`.

use std::path::PathBuf;

use clap::Args;
use creditgate_wire::catalogue::{EditionCheck, EditionFault};
use creditgate_wire::time::Day;

use crate::cli::command::{Ask, Call, CliError, Client, Exit, Page, Show, Terminal, Tone, day, toned};
use crate::cli::import::{Format, name_of};
use crate::cli::vocabulary::word_of;

/// Look for what is missing in an edition, or in a file before it is imported
///
/// Items without measures and lists, measures without an item, a list or a basis in force, power items without an
/// item or a section, bound items the edition does not have, editions that overlap: one line each, with a remedy.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate catalogue check --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate catalogue check 示例市2026版 --on 2027-01-01 --config creditgate.toml
  creditgate catalogue check --file 2026.jsonl --config creditgate.toml --json

Exit status: 0 without faults, 1 with any; warnings do not count.")]
pub(in crate::cli) struct CheckCommand {
    /// Name of the edition [default: the one in force on the day]
    edition: Option<String>,
    /// Check this file in JSON lines or CSV instead
    #[arg(long, value_name = "FILE", conflicts_with = "edition")]
    file: Option<PathBuf>,
    /// The day to check for [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Option<Day>,
}

impl Ask for CheckCommand {
    async fn ask(self, host: &Client, terminal: &mut Terminal<'_>) -> Result<EditionCheck, CliError> {
        let path = ["v1", "catalogue:check"];
        let call = match &self.file {
            Some(file) => {
                let format = Format::of(file)?;
                Call::post(&path)
                    .query("format", word_of(&format))
                    .query("file", name_of(file))
                    .body(format.media_type(), terminal.read(file)?)
            }
            None => Call::get(&path).maybe("edition", self.edition),
        };
        host.ask(call.maybe("on", self.on.map(|day| day.0))).await
    }
}

impl Show for EditionCheck {
    fn show(&self, page: &mut Page) {
        let bad = toned(Tone::Bad, "fault");
        let doubtful = toned(Tone::Doubtful, "warning");
        for problem in &self.problems {
            let place = format!("{}:{} {}", problem.file, problem.line, problem.field);
            page.line(format!("{bad}: {}: {place}: {}", problem.code, problem.message));
        }
        self.faults.iter().for_each(|fault| show_fault(page, &bad, fault));
        self.warnings.iter().for_each(|fault| show_fault(page, &doubtful, fault));
        let faults = self.faults.len() + self.problems.len();
        let tone = if faults == 0 { Tone::Good } else { Tone::Bad };
        let counts = toned(tone, &format!("{faults} faults, {} warnings", self.warnings.len()));
        let edition = if self.edition.is_empty() { "no edition" } else { &self.edition };
        page.line(format!("{edition} on {}: {counts}", self.on.0));
    }

    fn end(self) -> Result<Exit, CliError> {
        Ok(Exit::of(self.faults.is_empty() && self.problems.is_empty()))
    }
}

fn show_fault(page: &mut Page, word: &str, fault: &EditionFault) {
    page.line(format!("{word}: {}: {}; {}", fault.fault, fault.message, fault.remedy));
}
