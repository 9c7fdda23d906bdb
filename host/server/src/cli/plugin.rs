//! `creditgate plugin`: explains, signs and uploads plug-ins.

mod inspect;
mod keygen;
mod push;
mod sign;

use clap::{Args, Subcommand};

use super::error::CliError;
use super::output::Terminal;
use super::{Exit, OutputForm, client};

/// Explain and sign plug-ins made with creditgate-builder, or bring them to a host
#[derive(Debug, Args)]
pub(super) struct PluginCommand {
    #[command(subcommand)]
    command: PluginSubcommand,
}

#[derive(Debug, Subcommand)]
enum PluginSubcommand {
    Inspect(inspect::InspectCommand),
    Keygen(keygen::KeygenCommand),
    Sign(sign::SignCommand),
    Push(push::PushCommand),
}

impl PluginCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            PluginSubcommand::Inspect(command) => command.run(terminal),
            PluginSubcommand::Keygen(command) => command.run(terminal),
            PluginSubcommand::Sign(command) => command.run(terminal),
            PluginSubcommand::Push(command) => command.run(terminal).await,
        }
    }
}
