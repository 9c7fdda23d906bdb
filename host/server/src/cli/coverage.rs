//! `creditgate coverage`: which issued cases were checked. `creditgate completion`: which measures were taken.

mod completion;
mod sheets;

use std::path::{Path, PathBuf};

use clap::Args;
use creditgate_credit::coverage::{CoverageReport, UncheckedCase};
use creditgate_wire::import::Format;
use creditgate_wire::time::Day;

use super::command::{Ask, Call, CliError, Client, Exit, Page, Show, Terminal, day, one_of, row};
use super::import::{formless, name_of};
use super::report_file::{ReportFile, Reported};

pub(super) use completion::CompletionCommand;

/// Report which issued cases were checked
///
/// Every case of an item that is bound is to be checked at each of its checkpoints, no later than the day it is
/// issued. A binding that is switched off asks for no check.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate coverage --issued issued.csv --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate coverage --issued issued.csv --since 2026-01-01 --until 2026-06-30 --output coverage.xlsx \\
      --config creditgate.toml
  creditgate coverage --issued - --format jsonl --config creditgate.toml --json

The file has a row for each case: case_no, department, item, issued_on. Exit status: 0 when every case had its \
checks, 1 when one lacks a check.")]
pub(super) struct CoverageCommand {
    /// File with the cases that were issued; - is standard input
    #[arg(long, value_name = "FILE")]
    issued: PathBuf,
    /// Form of the file, where the name's ending does not tell
    #[arg(long, value_name = "FORM", value_parser = one_of::<Format>())]
    format: Option<Format>,
    /// Only cases issued on this day or later
    #[arg(long, value_name = "DATE", value_parser = day)]
    since: Option<Day>,
    /// Only cases issued on this day or earlier
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<Day>,
    /// Also write the whole report to a file that ends in .xlsx, .csv or .json
    #[arg(long, value_name = "FILE", value_parser = ReportFile::parser())]
    output: Option<ReportFile>,
}

/// The form of a file: as given, or as its name ends.
fn format_of(path: &Path, given: Option<Format>) -> Result<Format, CliError> {
    let ending = || path.extension()?.to_str().map(str::to_ascii_lowercase);
    given.or_else(|| Format::from_code(&ending()?)).ok_or_else(|| formless(path))
}

impl Ask for CoverageCommand {
    async fn ask(
        self,
        host: &Client,
        terminal: &mut Terminal<'_>,
    ) -> Result<Reported<CoverageReport>, CliError> {
        let call = Call::post(&["v1", "coverage"])
            .query("format", format_of(&self.issued, self.format)?.code())
            .query("file", name_of(&self.issued))
            .maybe("since", self.since.map(|day| day.0))
            .maybe("until", self.until.map(|day| day.0))
            .body("text/plain; charset=utf-8", terminal.read(&self.issued)?);
        Reported::new(host.ask(call).await?, self.output, sheets::coverage)
    }
}

impl Show for CoverageReport {
    fn show(&self, page: &mut Page) {
        page.table(
            [
                "DEPARTMENT",
                "ITEM",
                "CHECKPOINT",
                "MODE",
                "ISSUED",
                "CHECKED",
                "COULD NOT CHECK",
                "LATE",
                "MISSING",
            ],
            self.checkpoints.iter().map(|row| {
                row![
                    row.department,
                    row.item,
                    row.checkpoint,
                    row.mode.code(),
                    row.issued,
                    row.checked,
                    row.could_not_check,
                    row.late,
                    row.missing,
                ]
            }),
        );
        for item in &self.unbound {
            let (department, name) = (&item.department, &item.item);
            page.line(format!("{department}/{name}: bound nowhere, {} cases issued", item.issued));
        }
        self.cases.iter().for_each(|case| page.line(unchecked(case)));
        if self.cases_left_off > 0 {
            let more = self.cases_left_off;
            page.line(format!("and {more} more; --output FILE.json and --since and --until divide them"));
        }
        let Self { issued, complete, with_gap, .. } = self;
        page.line(format!("{issued} cases issued: {complete} complete, {with_gap} lack a check"));
    }

    fn end(self) -> Result<Exit, CliError> {
        Ok(Exit::of(self.with_gap == 0))
    }
}

fn unchecked(case: &UncheckedCase) -> String {
    let what: Vec<String> = case
        .checkpoints
        .iter()
        .map(|checkpoint| format!("{} {}", checkpoint.checkpoint, checkpoint.coverage.code()))
        .collect();
    let what = match (what.is_empty(), case.never_asked) {
        (true, _) => "item bound nowhere".to_owned(),
        (false, true) => "never asked".to_owned(),
        (false, false) => what.join(", "),
    };
    format!("{}  {}/{}  issued {}: {what}", case.case_no, case.department, case.item, case.issued_on)
}
