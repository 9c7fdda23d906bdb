//! `creditgate completion`.

use clap::Args;
use creditgate_wire::coverage::Completion;
use creditgate_wire::time::Day;

use super::sheets;
use crate::cli::command::{Ask, Call, CliError, Client, Exit, Page, Show, Terminal, day, row};
use crate::cli::report_file::{ReportFile, Reported};

/// Report which mandatory measures were taken, and which nobody reported on
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate completion --since 2026-01-01 --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate completion --department market-regulation --output completion.xlsx --config creditgate.toml
  creditgate completion --config creditgate.toml --json

Exit status: 0 when every mandatory measure was reported on, 1 when one is open.")]
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
    #[arg(long, value_name = "FILE", value_parser = ReportFile::parser())]
    output: Option<ReportFile>,
}

impl Ask for CompletionCommand {
    async fn ask(self, host: &Client, _: &mut Terminal<'_>) -> Result<Reported<Completion>, CliError> {
        let call = Call::get(&["v1", "completion"])
            .maybe("since", self.since.map(|day| day.0))
            .maybe("until", self.until.map(|day| day.0))
            .maybe("department", self.department);
        Reported::new(host.ask(call).await?, self.output, sheets::completion)
    }
}

impl Show for Completion {
    fn show(&self, page: &mut Page) {
        page.table(
            [
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
            ],
            self.departments.iter().map(|row| {
                row![
                    row.department,
                    row.measures,
                    row.executed,
                    row.partly,
                    row.not_executed,
                    row.other,
                    row.open,
                    row.open_to_7_days,
                    row.open_to_30_days,
                    row.open_longer,
                ]
            }),
        );
        for open in &self.open {
            let place = format!("{}/{}/{}", open.department, open.item, open.checkpoint);
            page.line(format!("{}  {place}  {}: open for {} days", open.case_no, open.measure, open.days));
        }
        if self.open_left_off > 0 {
            let more = self.open_left_off;
            page.line(format!("and {more} more; --since, --until and --department divide them"));
        }
    }

    fn end(self) -> Result<Exit, CliError> {
        Ok(Exit::of(self.open.is_empty()))
    }
}
