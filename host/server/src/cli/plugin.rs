//! `creditgate plugin`: builds, explains and uploads plug-ins.

mod build;
mod inspect;
mod push;

use clap::{Args, Subcommand};

use super::error::CliError;
use super::output::Terminal;
use super::{Exit, OutputForm, client};

/// Build plug-ins, explain them, or bring them to a host
#[derive(Debug, Args)]
pub(super) struct PluginCommand {
    #[command(subcommand)]
    command: PluginSubcommand,
}

#[derive(Debug, Subcommand)]
enum PluginSubcommand {
    Build(build::BuildCommand),
    Inspect(inspect::InspectCommand),
    Push(push::PushCommand),
}

impl PluginCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            PluginSubcommand::Build(command) => command.run(terminal),
            PluginSubcommand::Inspect(command) => command.run(terminal),
            PluginSubcommand::Push(command) => command.run(terminal).await,
        }
    }
}
