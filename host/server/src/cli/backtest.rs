//! `creditgate backtest`: a candidate on the checks of the past.

mod report;
#[cfg(test)]
mod samples;
mod workbook;

use std::num::NonZeroU64;
use std::path::PathBuf;
use std::pin::{Pin, pin};
use std::time::Duration;

use clap::Args;
use creditgate_wire::backtest::{Backtest, BacktestReport, StartBacktest, StartedBacktest};
use creditgate_wire::time::Day;

use super::command::{Ask, Call, CliError, Client, Terminal, day};
use super::import::progress;
use super::report_file::{ReportFile, Reported};
use crate::serve;
pub(in crate::cli) use report::show_comparison;

/// How often the host is asked how far it is.
const INTERVAL: Duration = Duration::from_millis(100);

/// Try a component on the recorded checks of a binding
///
/// What would have been decided is held against what was, on what was known and in force on the day of each check.
/// The component has to be pushed and need not be active; nothing that serves is touched.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate backtest --binding market-regulation/food-licence/review --candidate 3f1c9a \\
      --server http://127.0.0.1:8480 --key-file publisher.key
  creditgate backtest --binding market-regulation/food-licence/review --candidate 3f1c9a \\
      --since 2026-01-01 --until 2026-06-30 --settings new.json --output report.xlsx \\
      --config creditgate.toml
  creditgate backtest --binding market-regulation/food-licence/review --candidate 3f1c9a \\
      --sample 10000 --server http://127.0.0.1:8480 --json

Ctrl-C cancels it, and nothing of it stays. Exit status: 0 once it is done, whatever it found; 1 if it was \
cancelled or failed.")]
pub(super) struct BacktestCommand {
    /// The binding whose past checks are run
    #[arg(long, value_name = "ID")]
    binding: String,
    /// Digest of the component to try, or the beginning of it
    #[arg(long, value_name = "DIGEST")]
    candidate: String,
    /// Only checks from this day on (Asia/Shanghai)
    #[arg(long, value_name = "DATE", value_parser = day)]
    since: Option<Day>,
    /// Only checks up to the end of this day (Asia/Shanghai)
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<Day>,
    /// At most so many checks, spread evenly over all the others
    #[arg(long, value_name = "N")]
    sample: Option<NonZeroU64>,
    /// JSON file with settings to try, in place of those of the same name in the binding
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Also write the whole report to a file that ends in .xlsx, .csv or .json
    #[arg(long, value_name = "FILE", value_parser = ReportFile::parser())]
    output: Option<ReportFile>,
}

impl Ask for BacktestCommand {
    async fn ask(
        self,
        host: &Client,
        terminal: &mut Terminal<'_>,
    ) -> Result<Reported<BacktestReport>, CliError> {
        let order = StartBacktest {
            binding: self.binding,
            candidate: self.candidate,
            settings: self.settings.map(|file| terminal.read_json(&file)).transpose()?,
            since: self.since,
            until: self.until,
            sample: self.sample.map(NonZeroU64::get),
        };
        // From here on, Ctrl-C ends no program whose backtest would run on.
        let stop = serve::stop_signal().map_err(|error| CliError::host(&error, "cli.signals"))?;
        let StartedBacktest { id } = host.ask(Call::post(&["v1", "admin", "backtests"]).json(&order)).await?;
        let report = follow(host, &id, pin!(stop)).await?;
        Reported::new(report, self.output, workbook::sheets)
    }
}

/// Waits for the end of a backtest, and cancels it when the program is told to stop.
async fn follow(
    host: &Client,
    id: &str,
    mut stop: Pin<&mut impl Future<Output = ()>>,
) -> Result<BacktestReport, CliError> {
    let bar = progress("{bar:30} {pos}/{len} checks, {per_sec}, {eta} left");
    let mut turns = tokio::time::interval(INTERVAL);
    loop {
        if !next_turn(&mut turns, stop.as_mut()).await {
            bar.finish_and_clear();
            return Err(cancel(host, id).await);
        }
        let backtest: Backtest = host.ask(Call::get(&["v1", "admin", "backtests", id])).await?;
        bar.set_length(backtest.total);
        bar.set_position(backtest.done);
        if backtest.state != "running" {
            bar.finish_and_clear();
            return ended(backtest);
        }
    }
}

/// False when the program was told to stop.
async fn next_turn(turns: &mut tokio::time::Interval, stop: Pin<&mut impl Future<Output = ()>>) -> bool {
    tokio::select! {
        biased;
        () = stop => false,
        _ = turns.tick() => true,
    }
}

async fn cancel(host: &Client, id: &str) -> CliError {
    match host.send(Call::delete(&["v1", "admin", "backtests", id])).await {
        Ok(_) => CliError::Host {
            message: format!("backtest {id} was cancelled; nothing of it stays"),
            code: "cli.cancelled".into(),
        },
        Err(error) => error,
    }
}

fn ended(backtest: Backtest) -> Result<BacktestReport, CliError> {
    let Backtest { id, state, reason, report, .. } = backtest;
    match (report, reason) {
        (Some(report), _) => Ok(report),
        (None, Some(reason)) => Err(CliError::Host {
            message: format!("backtest {id} failed: {}", reason.text),
            code: reason.code.into(),
        }),
        (None, None) => Err(CliError::Host {
            message: format!("backtest {id} is {state} and has no report"),
            code: "cli.cancelled".into(),
        }),
    }
}
