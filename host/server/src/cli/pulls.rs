//! `creditgate pulls`: lists that are kept up to date from platforms.

use clap::Args;
use creditgate_wire::pages::Pulls;
use creditgate_wire::pull::PullReportBody;

use super::command::{Ask, Call, CliError, Client, Exit, Page, Show, Terminal, row};
use super::page::Either;

/// List the pulls and how far each came, or run one at once
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate pulls --server http://127.0.0.1:8480 --key-file admin.key
  creditgate pulls --run city-lists --server http://127.0.0.1:8480 --key-file admin.key
  creditgate pulls --config creditgate.toml --json

Exit status: 0; with --run, 1 if the platform could not be asked or a record could not be read.")]
pub(super) struct PullsCommand {
    /// Run this one at once instead of waiting for its hour
    #[arg(long, value_name = "NAME")]
    run: Option<String>,
}

impl Ask for PullsCommand {
    async fn ask(
        self,
        host: &Client,
        _: &mut Terminal<'_>,
    ) -> Result<Either<Pulls, PullReportBody>, CliError> {
        match &self.run {
            None => host.ask(Call::list(&["v1", "admin", "pulls"], "pulls")).await.map(Either::One),
            Some(name) => {
                host.ask(Call::post(&["v1", "admin", "pulls", name, "run"])).await.map(Either::Other)
            }
        }
    }
}

impl Show for Pulls {
    fn show(&self, page: &mut Page) {
        page.table(
            [
                "NAME",
                "CONNECTOR",
                "SOURCE",
                "MARK",
                "LAST RUN",
                "LAST SUCCESS",
                "FAILURES",
                "RECEIVED",
                "LAST ERROR",
            ],
            self.pulls.iter().map(|pull| {
                row![
                    pull.name,
                    pull.connector,
                    pull.source,
                    pull.mark,
                    pull.tried_at,
                    pull.done_at,
                    pull.failures,
                    pull.received,
                    pull.last_error,
                ]
            }),
        );
    }
}

impl Show for PullReportBody {
    fn show(&self, page: &mut Page) {
        let Self { name, added, changed, unchanged, .. } = self;
        page.line(format!("{name}: {added} new, {changed} changed, {unchanged} as they were"));
        for refused in &self.refused {
            page.line(format!("record {}: {} {}", refused.record, refused.field, refused.problem));
        }
    }

    fn end(self) -> Result<Exit, CliError> {
        Ok(Exit::of(self.refused.is_empty()))
    }
}
