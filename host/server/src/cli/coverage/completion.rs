//! `creditgate completion`.

use std::path::PathBuf;

use clap::Args;
use creditgate_wire::coverage::CompletionBody;
use creditgate_wire::time::Day;

use super::{day, sheets};
use crate::cli::client::{Call, HostOptions, with_host};
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, table};
use crate::cli::report_file::FileForm;
use crate::cli::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate completion --since 2026-01-01 --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate completion --department market-regulation --output completion.xlsx --config creditgate.toml
  creditgate completion --config creditgate.toml --json

Exit status: 0 when every mandatory measure was reported on, 1 when one is open.";

/// Report which mandatory measures were taken, and which nobody reported on
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::cli) struct CompletionCommand {
    /// First day of the checks
    #[arg(long, value_name = "DATE", value_parser = day)]
    since: Option<Day>,
    /// Last day of the checks
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<Day>,
    /// Only this department
    #[arg(long, value_name = "CODE")]
    department: Option<String>,
    /// Also write the whole report to a file that ends in .xlsx, .csv or .json
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl CompletionCommand {
    pub(in crate::cli) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let output = self.output.as_deref().map(|path| Ok((path, FileForm::of(path)?))).transpose()?;
        let mut call = Call::get(&["v1", "completion"]);
        for (name, day) in [("since", self.since), ("until", self.until)] {
            if let Some(Day(day)) = day {
                call = call.query(name, day.to_string());
            }
        }
        if let Some(department) = &self.department {
            call = call.query("department", department);
        }
        with_host(&self.host, async |client| {
            let report: CompletionBody = client.ask(call).await?.read()?;
            if let Some((path, form)) = output {
                form.write(path, &report, &sheets::completion(&report))?;
            }
            if self.form.json {
                terminal.json(&report)?;
            } else {
                write(terminal, &report)?;
            }
            Ok(Exit::of(report.open.is_empty()))
        })
        .await
    }
}

fn write(terminal: &mut Terminal<'_>, report: &CompletionBody) -> Result<(), CliError> {
    let mut rows = table([
        "DEPARTMENT",
        "MEASURES",
        "EXECUTED",
        "PARTLY",
        "NOT EXECUTED",
        "OTHER",
        "OPEN",
        "TO 7 DAYS",
        "TO 30 DAYS",
        "LONGER",
    ]);
    for row in &report.departments {
        let counts = [
            row.measures,
            row.executed,
            row.partly,
            row.not_executed,
            row.other,
            row.open,
            row.open_to_7_days,
            row.open_to_30_days,
            row.open_longer,
        ];
        let mut cells = vec![row.department.clone()];
        cells.extend(counts.map(|count| count.to_string()));
        rows.add_row(cells);
    }
    terminal.table(&rows)?;
    for open in &report.open {
        let place = format!("{}/{}/{}", open.department, open.item, open.checkpoint);
        terminal
            .line(&format!("{}  {place}  {}: open for {} days", open.case_no, open.measure, open.days))?;
    }
    if report.open_left_off > 0 {
        terminal.line(&format!(
            "and {} more; --since, --until and --department divide them",
            report.open_left_off
        ))?;
    }
    Ok(())
}
