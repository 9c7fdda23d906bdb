//! `creditgate coverage`: which issued cases were checked. `creditgate completion`: which measures were taken.

mod completion;
mod sheets;

use std::path::{Path, PathBuf};

use clap::Args;
use creditgate_credit::coverage::UncheckedCase;
use creditgate_wire::coverage::CoverageBody;
use creditgate_wire::import::Format;
use creditgate_wire::time::Day;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, table};
use super::report_file::FileForm;
use super::{Exit, OutputForm};

pub(super) use completion::CompletionCommand;

const EXAMPLES: &str = "\
Examples:
  creditgate coverage --issued issued.csv --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate coverage --issued issued.csv --since 2026-01-01 --until 2026-06-30 --output coverage.xlsx \\
      --config creditgate.toml
  creditgate coverage --issued - --format jsonl --config creditgate.toml --json

The file has a row for each case: case_no, department, item, issued_on. Exit status: 0 when every case had its \
checks, 1 when one lacks a check.";

/// Report which issued cases were checked
///
/// Every case of an item that is bound is to be checked at each of its checkpoints, no later than the day it is
/// issued. A binding that is switched off asks for no check.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct CoverageCommand {
    /// File with the cases that were issued; - is standard input
    #[arg(long, value_name = "FILE")]
    issued: PathBuf,
    /// Form of the file, where the name's ending does not tell
    #[arg(long, value_name = "FORM", value_parser = format)]
    format: Option<Format>,
    /// Only cases issued on this day or later
    #[arg(long, value_name = "DATE", value_parser = day)]
    since: Option<Day>,
    /// Only cases issued on this day or earlier
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<Day>,
    /// Also write the whole report to a file that ends in .xlsx, .csv or .json
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Reads the form of a file from the command line.
fn format(text: &str) -> Result<Format, String> {
    Format::from_code(text).ok_or_else(|| "a file is in csv or jsonl".to_owned())
}

/// The form of a file: as given, or as its name ends.
fn format_of(path: &Path, given: Option<Format>) -> Result<Format, CliError> {
    let ending = || path.extension()?.to_str().map(str::to_ascii_lowercase);
    given.or_else(|| Format::from_code(&ending()?)).ok_or_else(|| CliError::Usage {
        message: format!("{}: the name does not tell whether this is CSV or JSON lines", path.display()),
        help: "give --format csv or --format jsonl, or name the file .csv or .jsonl",
    })
}

/// Reads a day from the command line.
pub(super) fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "a day is written like 2026-08-03".to_owned())
}

impl CoverageCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        // Before the work, so that none is done for a report that has nowhere to go.
        let output = self.output.as_deref().map(|path| Ok((path, FileForm::of(path)?))).transpose()?;
        let format = format_of(&self.issued, self.format)?;
        let name = self.issued.file_name().map(|name| name.to_string_lossy().into_owned());
        let mut call = Call::post(&["v1", "coverage"])
            .query("format", format.code())
            .query("file", name.unwrap_or_default());
        for (name, day) in [("since", self.since), ("until", self.until)] {
            if let Some(Day(day)) = day {
                call = call.query(name, day.to_string());
            }
        }
        let call = call.body("text/plain; charset=utf-8", terminal.read(&self.issued)?);
        with_host(&self.host, async |client| {
            let report: CoverageBody = client.ask(call).await?.read()?;
            if let Some((path, form)) = output {
                form.write(path, &report, &sheets::coverage(&report))?;
            }
            if self.form.json {
                terminal.json(&report)?;
            } else {
                write(terminal, &report)?;
            }
            Ok(Exit::of(report.with_gap == 0))
        })
        .await
    }
}

fn write(terminal: &mut Terminal<'_>, report: &CoverageBody) -> Result<(), CliError> {
    let mut rows = table([
        "DEPARTMENT",
        "ITEM",
        "CHECKPOINT",
        "MODE",
        "ISSUED",
        "CHECKED",
        "COULD NOT CHECK",
        "LATE",
        "MISSING",
    ]);
    for row in &report.checkpoints {
        rows.add_row([
            row.department.as_str(),
            &row.item,
            &row.checkpoint,
            row.mode.code(),
            &row.issued.to_string(),
            &row.checked.to_string(),
            &row.could_not_check.to_string(),
            &row.late.to_string(),
            &row.missing.to_string(),
        ]);
    }
    terminal.table(&rows)?;
    for item in &report.unbound {
        let (department, name) = (&item.department, &item.item);
        terminal.line(&format!("{department}/{name}: bound nowhere, {} cases issued", item.issued))?;
    }
    for case in &report.cases {
        terminal.line(&unchecked(case))?;
    }
    if report.cases_left_off > 0 {
        terminal.line(&format!(
            "and {} more; --output FILE.json and --since and --until divide them",
            report.cases_left_off
        ))?;
    }
    let CoverageBody { issued, complete, with_gap, .. } = report;
    terminal.line(&format!("{issued} cases issued: {complete} complete, {with_gap} lack a check"))
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
