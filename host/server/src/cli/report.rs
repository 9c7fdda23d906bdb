//! `creditgate report`: statistics, exits, typical cases, publicity and key items
//! of a span of days.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use creditgate_wire::report::{ReportBody, ReportCell, ReportTableBody};
use creditgate_wire::time::Day;

use super::client::{Call, HostOptions, with_host};
use super::coverage::day;
use super::error::CliError;
use super::output::{Terminal, table_of};
use super::report_file::FileForm;
use super::{Exit, OutputForm};
use crate::sheets;

const MONTHLY_EXAMPLES: &str = "\
Examples:
  creditgate report monthly --month 2026-11 --output november.xlsx --config creditgate.toml
  creditgate report monthly --month 2026-11 --department market-regulation --server http://127.0.0.1:8480 --json";

const HALF_YEAR_EXAMPLES: &str = "\
Examples:
  creditgate report half-year --until 2026-06 --output half-year.xlsx --server http://127.0.0.1:8480";

const EXITS_EXAMPLES: &str = "\
Examples:
  creditgate report exits --since 2026-11-01 --server http://127.0.0.1:8480 --json
  creditgate report exits --month 2026-11 --output exits.csv --config creditgate.toml";

const CASES_EXAMPLES: &str = "\
Examples:
  creditgate report cases --month 2026-11 --output cases.csv --config creditgate.toml";

const PUBLICITY_EXAMPLES: &str = "\
Examples:
  creditgate report publicity --since 2026-11-01 --until 2026-11-30 --output licences.xlsx --config creditgate.toml
  creditgate report publicity --month 2026-11 --server http://127.0.0.1:8480 --json";

const KEY_ITEMS_EXAMPLES: &str = "\
Examples:
  creditgate report key-items --month 2026-11 --output key-items.xlsx --server http://127.0.0.1:8480";

/// Make a report: statistics, exits, typical cases, dual publicity, key items
#[derive(Debug, Args)]
pub(super) struct ReportCommand {
    #[command(subcommand)]
    kind: Kind,
}

#[derive(Debug, Subcommand)]
enum Kind {
    /// Statistics of a month: checks, hits, measures, commitments, feedback, disputes
    #[command(after_help = MONTHLY_EXAMPLES)]
    Monthly(MonthlyReport),
    /// The same of the half-year that ends with a month
    #[command(after_help = HALF_YEAR_EXAMPLES)]
    HalfYear(HalfYearReport),
    /// Entries that left their lists, for exit notices
    #[command(after_help = EXITS_EXAMPLES)]
    Exits(DaysReport),
    /// The register of typical cases
    #[command(after_help = CASES_EXAMPLES)]
    Cases(DaysReport),
    /// Licences made public, in the fields of dual publicity (双公示)
    #[command(after_help = PUBLICITY_EXAMPLES)]
    Publicity(DaysReport),
    /// The key items that are published, with their results
    #[command(after_help = KEY_ITEMS_EXAMPLES)]
    KeyItems(DaysReport),
}

#[derive(Debug, Args)]
struct MonthlyReport {
    /// The month, such as 2026-11
    #[arg(long, value_name = "MONTH")]
    month: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct HalfYearReport {
    /// Its last month, June or December, such as 2026-06
    #[arg(long, value_name = "MONTH")]
    until: String,
    #[command(flatten)]
    common: Common,
}

#[derive(Debug, Args)]
struct DaysReport {
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
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl ReportCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let (call, common) = self.kind.call();
        let output = common.output.as_deref().map(|path| Ok((path, FileForm::of(path)?))).transpose()?;
        let call = [("department", &common.department), ("division", &common.division)]
            .into_iter()
            .filter_map(|(name, value)| value.as_ref().map(|value| (name, value)))
            .fold(call, |call, (name, value)| call.query(name, value));
        with_host(&common.host, async |client| {
            let report: ReportBody = client.ask(call).await?.read()?;
            if let Some((path, form)) = output {
                form.write(path, &report, &sheets::of_report(&report))?;
            }
            match (common.form.json, output) {
                (true, _) => terminal.json(&report)?,
                (false, Some((path, _))) => terminal.line(&format!("{} written", path.display()))?,
                (false, None) => report.tables.iter().try_for_each(|table| write(terminal, table))?,
            }
            Ok(Exit::Success)
        })
        .await
    }
}

impl Kind {
    fn call(&self) -> (Call, &Common) {
        let get = |kind: &str| Call::get(&["v1", "admin", "reports", kind]);
        match self {
            Self::Monthly(report) => (get("monthly").query("month", &report.month), &report.common),
            Self::HalfYear(report) => (get("half-year").query("until", &report.until), &report.common),
            Self::Exits(report) => report.call(get("exits")),
            Self::Cases(report) => report.call(get("cases")),
            Self::Publicity(report) => report.call(get("publicity")),
            Self::KeyItems(report) => report.call(get("key-items")),
        }
    }
}

impl DaysReport {
    fn call(&self, mut call: Call) -> (Call, &Common) {
        if let Some(month) = &self.month {
            call = call.query("month", month);
        }
        for (name, day) in [("since", self.since), ("until", self.until)] {
            if let Some(Day(day)) = day {
                call = call.query(name, day.to_string());
            }
        }
        (call, &self.common)
    }
}

fn write(terminal: &mut Terminal<'_>, table: &ReportTableBody) -> Result<(), CliError> {
    terminal.line(&table.name)?;
    let titles = table.columns.iter().map(|column| column.name.to_uppercase());
    let mut rows = table_of(titles.collect());
    for row in &table.rows {
        rows.add_row(row.iter().map(|cell| match cell {
            ReportCell::Count(count) => count.to_string(),
            ReportCell::Text(text) => text.clone(),
        }));
    }
    terminal.table(&rows)?;
    terminal.line("")
}
