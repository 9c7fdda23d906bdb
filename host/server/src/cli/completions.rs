//! `creditgate completions` and `openapi`: documents that other tools read.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::Cli;
use super::command::{CliError, Exit, Run, Terminal};

/// Write the completions of a shell
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate completions bash > /etc/bash_completion.d/creditgate
  creditgate completions fish > ~/.config/fish/completions/creditgate.fish")]
pub(super) struct CompletionsCommand {
    /// The shell
    shell: Shell,
}

/// Write the OpenAPI document of the HTTP calls
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate openapi > creditgate-openapi.json")]
pub(super) struct OpenapiCommand {}

impl Run for CompletionsCommand {
    async fn run(self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "creditgate", &mut script);
        terminal.write(&script)?;
        Ok(Exit::Success)
    }
}

impl Run for OpenapiCommand {
    async fn run(self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        terminal.json(&crate::http::openapi())?;
        Ok(Exit::Success)
    }
}
