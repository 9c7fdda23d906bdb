//! `creditgate plugin embed`: from a component of another language's tool to a plug-in.

use std::path::{Path, PathBuf};

use clap::Args;

use super::build::Built;
use super::{Exit, OutputForm};
use crate::cli::error::CliError;
use crate::cli::output::Terminal;

const EXAMPLES: &str = "\
Examples:
  creditgate plugin embed rule.wasm
  creditgate plugin embed build/rule.wasm plugins/rule-in-python --out dist --json

`creditgate plugin inspect` says whether a host would take the result.";

/// Put plugin.toml and examples/ into a component that another tool made
///
/// For plug-ins in languages other than Rust, whose tools make the component themselves. Writes
/// NAME-VERSION.wasm as the manifest has it. The same files give the same bytes. Needs no host.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct EmbedCommand {
    /// The component, as its tool made it
    #[arg(value_name = "COMPONENT")]
    component: PathBuf,
    /// Folder with plugin.toml and, where there are some, examples/
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Folder for the plug-in [default: that of the component]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    form: OutputForm,
}

impl EmbedCommand {
    pub(super) fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let named = |folder: &&Path| !folder.as_os_str().is_empty();
        let beside = self.component.parent().filter(named).unwrap_or_else(|| Path::new("."));
        let output = self.out.as_deref().unwrap_or(beside);
        let built = creditgate_plugin_builder::embed(&self.component, &self.folder, output)
            .map_err(|error| CliError::build(&error))?;
        let built = Built::from(built);
        if self.form.json {
            terminal.json(&built)?;
        } else {
            built.write(terminal)?;
        }
        Ok(Exit::Success)
    }
}
