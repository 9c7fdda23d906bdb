//! `creditgate plugin push`: brings components to a host, which tries them and keeps them.

use std::path::PathBuf;

use clap::Args;
use creditgate_wire::admin::PushReportBody;

use super::client::{Call, Client, HostOptions, with_host};
use super::{Exit, OutputForm};
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, table};

const EXAMPLES: &str = "\
Examples:
  creditgate plugin push market-registration-1.0.1.wasm \\
      --server https://gate.example.gov.cn --key-file vendor.key
  creditgate plugin push *.wasm --config creditgate.toml --json

Pushing switches nothing: `creditgate activate` does.";

/// Bring components to a host, which tries them and keeps them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct PushCommand {
    /// Components
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl PushCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let mut kept = Vec::new();
            let outcome = self.push(terminal, client, &mut kept).await;
            // What was kept before a file was refused stays kept, and is told.
            if self.form.json {
                terminal.json(&kept)?;
            } else if !kept.is_empty() {
                write_table(terminal, &kept)?;
            }
            outcome.and(Ok(Exit::Success))
        })
        .await
    }

    async fn push(
        &self,
        terminal: &mut Terminal<'_>,
        client: &Client,
        kept: &mut Vec<PushReportBody>,
    ) -> Result<(), CliError> {
        for path in &self.files {
            let component = terminal.read(path)?;
            let call = Call::post(&["v1", "admin", "plugins"]).body("application/wasm", component);
            let answer = client.ask(call).await.map_err(|error| error.about(path))?;
            kept.push(answer.read()?);
        }
        Ok(())
    }
}

fn write_table(terminal: &mut Terminal<'_>, kept: &[PushReportBody]) -> Result<(), CliError> {
    let mut rows = table(["PLUG-IN", "VERSION", "DIGEST", "FUEL OF THE PROBE CALLS"]);
    for pushed in kept {
        let probes = pushed.probes.iter().map(|probe| format!("{} {}", probe.checkpoint, probe.fuel));
        let probes = probes.collect::<Vec<_>>().join(", ");
        rows.add_row([&pushed.name, &pushed.version, &pushed.digest, &probes]);
    }
    terminal.table(&rows)
}
