//! `creditgate completions` and `openapi`: documents that other tools read.

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::error::CliError;
use super::output::Terminal;
use super::{Cli, Exit};

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  creditgate completions bash > /etc/bash_completion.d/creditgate
  creditgate completions fish > ~/.config/fish/completions/creditgate.fish";

const OPENAPI_EXAMPLES: &str = "\
Examples:
  creditgate openapi > creditgate-openapi.json";

/// Write the completions of a shell
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub(super) struct CompletionsCommand {
    /// The shell
    shell: Shell,
}

/// Write the OpenAPI document of the HTTP calls
#[derive(Debug, Args)]
#[command(after_help = OPENAPI_EXAMPLES)]
pub(super) struct OpenapiCommand {}

impl CompletionsCommand {
    pub(super) fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "creditgate", &mut script);
        terminal.write(&script)?;
        Ok(Exit::Success)
    }
}

impl OpenapiCommand {
    pub(super) fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        terminal.json(&crate::http::openapi())?;
        Ok(Exit::Success)
    }
}
