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
use creditgate_wire::backtest::{BacktestBody, BacktestReportBody, StartBacktestBody, StartedBacktestBody};
use creditgate_wire::time::Day;
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};

use super::client::{Call, Client, HostOptions, with_host};
use super::coverage::day;
use super::error::CliError;
use super::output::Terminal;
use super::report_file::FileForm;
use super::{Exit, OutputForm};
use crate::serve;
pub(in crate::cli) use report::comparison;

const EXAMPLES: &str = "\
Examples:
  creditgate backtest --binding market-regulation/food-licence/review --candidate 3f1c9a \\
      --server http://127.0.0.1:8480 --key-file publisher.key
  creditgate backtest --binding market-regulation/food-licence/review --candidate 3f1c9a \\
      --since 2026-01-01 --until 2026-06-30 --settings new.json --output report.xlsx \\
      --config creditgate.toml
  creditgate backtest --binding market-regulation/food-licence/review --candidate 3f1c9a \\
      --sample 10000 --server http://127.0.0.1:8480 --json

Ctrl-C cancels it, and nothing of it stays. Exit status: 0 once it is done, whatever it found; 1 if it was \
cancelled or failed.";

/// How often the host is asked how far it is.
const INTERVAL: Duration = Duration::from_millis(100);

/// Try a component on the recorded checks of a binding
///
/// What would have been decided is held against what was, on what was known and in force on the day of each check.
/// The component has to be pushed and need not be active; nothing that serves is touched.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
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
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl BacktestCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        // Before the work, so that none is done for a report that has nowhere to go.
        let file = self.output.as_deref().map(|path| Ok((path, FileForm::of(path)?))).transpose()?;
        let call = Call::post(&["v1", "admin", "backtests"]).json(&self.order(terminal)?)?;
        with_host(&self.host, async |client| {
            // From here on, Ctrl-C ends no program whose backtest would run on.
            let stop = serve::stop_signal().map_err(|error| CliError::host(&error, "cli.signals"))?;
            let StartedBacktestBody { id } = client.ask(call).await?.read()?;
            let report = follow(client, &id, pin!(stop)).await?;
            if let Some((path, form)) = file {
                form.write(path, &report, &workbook::sheets(&report))?;
            }
            if self.form.json {
                terminal.json(&report)?;
            } else {
                report::write(terminal, &report)?;
                if let Some((path, _)) = file {
                    terminal.line(&format!("the whole report is in {}", path.display()))?;
                }
            }
            Ok(Exit::Success)
        })
        .await
    }

    fn order(&self, terminal: &mut Terminal<'_>) -> Result<StartBacktestBody, CliError> {
        let settings = match &self.settings {
            None => None,
            Some(path) => {
                let bytes = terminal.read(path)?;
                let parsed = serde_json::from_slice(&bytes).map_err(|error| CliError::Content {
                    path: path.clone(),
                    problem: format!("not JSON: {error}"),
                })?;
                Some(parsed)
            }
        };
        Ok(StartBacktestBody {
            binding: self.binding.clone(),
            candidate: self.candidate.clone(),
            settings,
            since: self.since,
            until: self.until,
            sample: self.sample.map(NonZeroU64::get),
        })
    }
}

/// Waits for the end of a backtest, and cancels it when the program is told to stop.
async fn follow(
    client: &Client,
    id: &str,
    mut stop: Pin<&mut impl Future<Output = ()>>,
) -> Result<BacktestReportBody, CliError> {
    let bar = progress();
    let mut turns = tokio::time::interval(INTERVAL);
    loop {
        if !next_turn(&mut turns, stop.as_mut()).await {
            bar.finish_and_clear();
            return Err(cancel(client, id).await);
        }
        let backtest: BacktestBody =
            client.ask(Call::get(&["v1", "admin", "backtests", id])).await?.read()?;
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

async fn cancel(client: &Client, id: &str) -> CliError {
    match client.ask(Call::delete(&["v1", "admin", "backtests", id])).await {
        Ok(_) => CliError::Host {
            message: format!("backtest {id} was cancelled; nothing of it stays"),
            code: "cli.cancelled".into(),
        },
        Err(error) => error,
    }
}

fn ended(backtest: BacktestBody) -> Result<BacktestReportBody, CliError> {
    let BacktestBody { id, state, reason, report, .. } = backtest;
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

/// A bar over the checks; invisible unless standard error is a terminal.
fn progress() -> ProgressBar {
    let bar = ProgressBar::new(0).with_finish(ProgressFinish::AndClear);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} checks, {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    bar
}
