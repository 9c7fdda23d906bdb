//! `creditgate ledger verify`: whether everything is as it was written, and nothing
//! was cut off.

use clap::{Args, Subcommand};
use creditgate_store::Head;
use serde::{Deserialize, Serialize};

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, Tone, toned};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate ledger verify --config creditgate.toml
  creditgate ledger verify --server http://127.0.0.1:8480 --key-file auditor.key --json
  creditgate ledger verify --config creditgate.toml --since 1284:9f86d081…

Keep the head that is shown away from the host: with it a later verification shows
that nothing before it was changed or cut off.

Exit status: 0 if everything is as it was written, 1 if not.";

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

/// Walk the chain of everything that was recorded, and compare every hash
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
struct VerifyCommand {
    #[command(flatten)]
    host: HostOptions,
    /// A head that was shown before: what the chain must go on from
    #[arg(long, value_name = "HEAD")]
    since: Option<Head>,
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
    links: i64,
    intact: bool,
    head: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    faults: Vec<Fault>,
}

#[derive(Deserialize, Serialize)]
struct Fault {
    place: String,
    text: String,
}

impl VerifyCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let call = Call::get(&["v1", "admin", "ledger:verify"]);
            let call = match &self.since {
                Some(head) => call.query("since", head.to_string()),
                None => call,
            };
            let finding: Finding = client.ask(call).await?.read()?;
            if self.form.json {
                terminal.json(&finding)?;
                return Ok(Exit::of(finding.intact));
            }
            let tone = if finding.intact { toned(Tone::Good, "intact") } else { toned(Tone::Bad, "broken") };
            terminal.line(&format!("{tone}: {} records, {} links", finding.records, finding.links))?;
            for fault in &finding.faults {
                terminal.line(&format!("  {}: {}", fault.place, fault.text))?;
            }
            terminal.line(&format!("head {}", finding.head))?;
            Ok(Exit::of(finding.intact))
        })
        .await
    }
}
