//! `creditgate connector`: credit platforms that are asked at check time.

mod check;

use clap::{Args, Subcommand};
use creditgate_wire::connector::ConnectorsBody;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, Tone, table, toned};
use super::{Exit, OutputForm};

const LIST_EXAMPLES: &str = "\
Examples:
  creditgate connector list --server http://127.0.0.1:8480 --key-file admin.key
  creditgate connector list --config creditgate.toml --json";

/// Credit platforms that are asked at check time
#[derive(Debug, Args)]
pub(super) struct ConnectorCommand {
    #[command(subcommand)]
    command: ConnectorSubcommand,
}

#[derive(Debug, Subcommand)]
enum ConnectorSubcommand {
    List(ListCommand),
    Check(check::CheckCommand),
}

/// List the connectors, how they are doing, and which bindings need them
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
struct ListCommand {
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl ConnectorCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            ConnectorSubcommand::List(command) => command.run(terminal).await,
            ConnectorSubcommand::Check(command) => command.run(terminal).await,
        }
    }
}

impl ListCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let listed: ConnectorsBody = client
                .ask_all(Call::get(&["v1", "admin", "connectors"]), "connectors", None)
                .await?
                .read()?;
            if self.form.json {
                terminal.json(&listed)?;
                return Ok(Exit::Success);
            }
            let mut rows = table(["NAME", "ASKED", "FAILED", "KEPT", "STATE", "NEEDED BY"]);
            for connector in &listed.connectors {
                let state = match connector.left_alone {
                    true => toned(Tone::Bad, "left alone"),
                    false => toned(Tone::Good, "in use"),
                };
                rows.add_row([
                    connector.name.as_str(),
                    &connector.asked.to_string(),
                    &connector.failed.to_string(),
                    &connector.kept.to_string(),
                    &state,
                    &connector.bindings.join(" "),
                ]);
            }
            terminal.table(&rows)?;
            Ok(Exit::Success)
        })
        .await
    }
}
