//! `creditgate report`: statistics, exits, typical cases, publicity and key items
//! of a span of days.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use creditgate_wire::report::{Report, ReportCell};
use creditgate_wire::time::Day;
use serde::Serialize;

use super::command::{Ask, At, Call, CliError, Client, Exit, Page, Run, Show, Terminal, day};
use super::report_file::ReportFile;
use crate::sheets;

/// Make a report: statistics, exits, typical cases, dual publicity, key items
#[derive(Debug, Subcommand)]
pub(super) enum ReportCommand {
    /// Statistics of a month: checks, hits, measures, commitments, feedback, disputes
    #[command(after_help = "\
Examples:
  creditgate report monthly --month 2026-11 --output november.xlsx --config creditgate.toml
  creditgate report monthly --month 2026-11 --department market-regulation --server http://127.0.0.1:8480 --json")]
    Monthly(MonthlyReport),
    /// The same of the half-year that ends with a month
    #[command(after_help = "\
Examples:
  creditgate report half-year --until 2026-06 --output half-year.xlsx --server http://127.0.0.1:8480")]
    HalfYear(HalfYearReport),
    /// Entries that left their lists, for exit notices
    #[command(after_help = "\
Examples:
  creditgate report exits --since 2026-11-01 --server http://127.0.0.1:8480 --json
  creditgate report exits --month 2026-11 --output exits.csv --config creditgate.toml")]
    Exits(DaysReport),
    /// The register of typical cases
    #[command(after_help = "\
Examples:
  creditgate report cases --month 2026-11 --output cases.csv --config creditgate.toml")]
    Cases(DaysReport),
    /// Licences made public, in the fields of dual publicity (双公示)
    #[command(after_help = "\
Examples:
  creditgate report publicity --since 2026-11-01 --until 2026-11-30 --output licences.xlsx --config creditgate.toml
  creditgate report publicity --month 2026-11 --server http://127.0.0.1:8480 --json")]
    Publicity(DaysReport),
    /// The key items that are published, with their results
    #[command(after_help = "\
Examples:
  creditgate report key-items --month 2026-11 --output key-items.xlsx --server http://127.0.0.1:8480")]
    KeyItems(DaysReport),
}

#[derive(Debug, Args)]
pub(super) struct MonthlyReport {
    /// The month, such as 2026-11
    #[arg(long, value_name = "MONTH")]
    month: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
pub(super) struct HalfYearReport {
    /// Its last month, June or December, such as 2026-06
    #[arg(long, value_name = "MONTH")]
    until: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
pub(super) struct DaysReport {
    /// The month, such as 2026-11
    #[arg(long, value_name = "MONTH", required_unless_present = "since", conflicts_with_all = ["since", "until"])]
    month: Option<String>,
    /// First day
    #[arg(long, value_name = "DATE", value_parser = day)]
    since: Option<Day>,
    /// Last day; today when absent
    #[arg(long, value_name = "DATE", value_parser = day, requires = "since")]
    until: Option<Day>,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct Common {
    /// Only this department
    #[arg(long, value_name = "CODE")]
    department: Option<String>,
    /// Only items bound in this division, six digits (GB/T 2260)
    #[arg(long, value_name = "CODE")]
    division: Option<String>,
    /// Write it to a file that ends in .xlsx, .csv or .json, and only say so here
    #[arg(long, value_name = "FILE", value_parser = ReportFile::parser())]
    output: Option<ReportFile>,
    #[command(flatten)]
    at: At,
}

impl Run for ReportCommand {
    async fn run(self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let get = |kind: &str| Call::get(&["v1", "admin", "reports", kind]);
        let (call, common) = match self {
            Self::Monthly(report) => (get("monthly").query("month", report.month), report.common),
            Self::HalfYear(report) => (get("half-year").query("until", report.until), report.common),
            Self::Exits(report) => report.call(get("exits")),
            Self::Cases(report) => report.call(get("cases")),
            Self::Publicity(report) => report.call(get("publicity")),
            Self::KeyItems(report) => report.call(get("key-items")),
        };
        let Common { department, division, output, at } = common;
        let call = call.maybe("department", department).maybe("division", division);
        at.show(Wanted { call, output }, terminal).await
    }
}

impl DaysReport {
    fn call(self, call: Call) -> (Call, Common) {
        let call = call
            .maybe("month", self.month)
            .maybe("since", self.since.map(|day| day.0))
            .maybe("until", self.until.map(|day| day.0));
        (call, self.common)
    }
}

/// A report that is wanted.
struct Wanted {
    call: Call,
    output: Option<ReportFile>,
}

impl Ask for Wanted {
    async fn ask(self, host: &Client, _: &mut Terminal<'_>) -> Result<Made, CliError> {
        let report: Report = host.ask(self.call).await?;
        let write = |file: ReportFile| file.write(&report, &sheets::of_report(&report));
        let file = self.output.map(write).transpose()?;
        Ok(Made { report, file })
    }
}

/// A report that was made. Where it was written to a file, people are only told so.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Made {
    report: Report,
    #[serde(skip)]
    file: Option<PathBuf>,
}

impl Show for Made {
    fn show(&self, page: &mut Page) {
        if let Some(file) = &self.file {
            return page.line(format!("{} written", file.display()));
        }
        for table in &self.report.tables {
            let titles: Vec<String> = table.columns.iter().map(|column| column.name.to_uppercase()).collect();
            let rows = table.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>());
            page.line(&table.name);
            page.columns(&titles, rows);
            page.line("");
        }
    }
}

fn cell(cell: &ReportCell) -> String {
    match cell {
        ReportCell::Count(count) => count.to_string(),
        ReportCell::Text(text) => text.clone(),
    }
}
