//! `creditgate catalogue`: editions of the measures catalogue, their way to publication, and what is missing in them.

mod check;
mod diff;
mod show;
mod steps;

use clap::{Args, Subcommand};

use super::Exit;
use super::error::CliError;
use super::output::Terminal;

/// Review, publish, compare and check editions of the measures catalogue
///
/// `creditgate import catalogue` makes a draft. Two reviews by somebody else and a publication bring it into force.
#[derive(Debug, Args)]
pub(super) struct CatalogueCommand {
    #[command(subcommand)]
    command: CatalogueSubcommand,
}

#[derive(Debug, Subcommand)]
enum CatalogueSubcommand {
    List(show::ListCommand),
    Show(show::ShowCommand),
    Review(steps::ReviewCommand),
    Publish(steps::PublishCommand),
    Diff(diff::DiffCommand),
    Check(check::CheckCommand),
}

impl CatalogueCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            CatalogueSubcommand::List(command) => command.run(terminal).await,
            CatalogueSubcommand::Show(command) => command.run(terminal).await,
            CatalogueSubcommand::Review(command) => command.run(terminal).await,
            CatalogueSubcommand::Publish(command) => command.run(terminal).await,
            CatalogueSubcommand::Diff(command) => command.run(terminal).await,
            CatalogueSubcommand::Check(command) => command.run(terminal).await,
        }
    }
}
