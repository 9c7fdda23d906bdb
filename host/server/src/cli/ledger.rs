//! `creditgate ledger verify`: whether every record still carries the hash of the one before it.

use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, Tone, toned};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate ledger verify --config creditgate.toml
  creditgate ledger verify --server http://127.0.0.1:8480 --key-file auditor.key --json

Exit status: 0 if the chain is intact, 1 if not.";

/// Verify the ledger
#[derive(Debug, Args)]
pub(super) struct LedgerCommand {
    #[command(subcommand)]
    command: LedgerSubcommand,
}

#[derive(Debug, Subcommand)]
enum LedgerSubcommand {
    Verify(VerifyCommand),
}

/// Walk the chain of records and compare every hash
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct VerifyCommand {
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl LedgerCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            LedgerSubcommand::Verify(command) => command.run(terminal).await,
        }
    }
}

/// The host's finding.
#[derive(Deserialize, Serialize)]
struct Finding {
    records: u64,
    intact: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

impl VerifyCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let finding: Finding = client.ask(Call::get(&["v1", "admin", "ledger:verify"])).await?.read()?;
            if self.form.json {
                terminal.json(&finding)?;
            } else if finding.intact {
                terminal.line(&format!("{}: {} records", toned(Tone::Good, "intact"), finding.records))?;
            } else {
                let problem = finding.problem.as_deref().unwrap_or("the host does not say where");
                terminal.line(&format!(
                    "{} after {} records: {problem}",
                    toned(Tone::Bad, "broken"),
                    finding.records
                ))?;
            }
            Ok(Exit::of(finding.intact))
        })
        .await
    }
}
