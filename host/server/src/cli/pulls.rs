//! `creditgate pulls`: lists that are kept up to date from platforms.

use clap::Args;
use creditgate_wire::pull::{PullReportBody, PullsBody};

use super::client::{Call, Client, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, local_time, table};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate pulls --server http://127.0.0.1:8480 --key-file admin.key
  creditgate pulls --run city-lists --server http://127.0.0.1:8480 --key-file admin.key
  creditgate pulls --config creditgate.toml --json

Exit status: 0; with --run, 1 if the platform could not be asked or a record could not be read.";

/// List the pulls and how far each came, or run one at once
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PullsCommand {
    /// Run this one at once instead of waiting for its hour
    #[arg(long, value_name = "NAME")]
    run: Option<String>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl PullsCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| match &self.run {
            Some(name) => self.run_one(terminal, client, name).await,
            None => self.list(terminal, client).await,
        })
        .await
    }

    async fn list(&self, terminal: &mut Terminal<'_>, client: &Client) -> Result<Exit, CliError> {
        let call = Call::get(&["v1", "admin", "pulls"]);
        let listed: PullsBody = client.ask_all(call, "pulls", None).await?.read()?;
        if self.form.json {
            terminal.json(&listed)?;
            return Ok(Exit::Success);
        }
        let mut rows = table([
            "NAME",
            "CONNECTOR",
            "SOURCE",
            "MARK",
            "LAST RUN",
            "LAST SUCCESS",
            "FAILURES",
            "RECEIVED",
            "LAST ERROR",
        ]);
        for pull in &listed.pulls {
            let time = |at: Option<_>| at.map_or_else(|| "-".to_owned(), local_time);
            rows.add_row([
                pull.name.as_str(),
                &pull.connector,
                &pull.source,
                &time(pull.mark),
                &time(pull.tried_at),
                &time(pull.done_at),
                &pull.failures.to_string(),
                &pull.received.to_string(),
                pull.last_error.as_deref().unwrap_or("-"),
            ]);
        }
        terminal.table(&rows)?;
        Ok(Exit::Success)
    }

    async fn run_one(
        &self,
        terminal: &mut Terminal<'_>,
        client: &Client,
        name: &str,
    ) -> Result<Exit, CliError> {
        let call = Call::post(&["v1", "admin", "pulls", name, "run"]);
        let report: PullReportBody = client.ask(call).await?.read()?;
        if self.form.json {
            terminal.json(&report)?;
        } else {
            let PullReportBody { added, changed, unchanged, .. } = report;
            terminal.line(&format!("{name}: {added} new, {changed} changed, {unchanged} as they were"))?;
            for refused in &report.refused {
                let (record, field, problem) = (refused.record, &refused.field, &refused.problem);
                terminal.line(&format!("record {record}: {field} {problem}"))?;
            }
        }
        Ok(Exit::of(report.refused.is_empty()))
    }
}
