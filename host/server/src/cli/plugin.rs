//! `creditgate plugin`: builds, explains, signs and uploads plug-ins.

mod build;
mod embed;
mod inspect;
mod keygen;
mod push;
mod sign;

use clap::{Args, Subcommand};

use super::error::CliError;
use super::output::Terminal;
use super::{Exit, OutputForm, client};

/// Build plug-ins, explain and sign them, or bring them to a host
#[derive(Debug, Args)]
pub(super) struct PluginCommand {
    #[command(subcommand)]
    command: PluginSubcommand,
}

#[derive(Debug, Subcommand)]
enum PluginSubcommand {
    Build(build::BuildCommand),
    Embed(embed::EmbedCommand),
    Inspect(inspect::InspectCommand),
    Keygen(keygen::KeygenCommand),
    Sign(sign::SignCommand),
    Push(push::PushCommand),
}

impl PluginCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            PluginSubcommand::Build(command) => command.run(terminal),
            PluginSubcommand::Embed(command) => command.run(terminal),
            PluginSubcommand::Inspect(command) => command.run(terminal),
            PluginSubcommand::Keygen(command) => command.run(terminal),
            PluginSubcommand::Sign(command) => command.run(terminal),
            PluginSubcommand::Push(command) => command.run(terminal).await,
        }
    }
}
