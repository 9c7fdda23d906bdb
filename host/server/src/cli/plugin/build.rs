//! `creditgate plugin build`: from a crate folder to a component.

use std::path::PathBuf;

use clap::Args;
use creditgate_plugin_builder::{BuildOptions, BuiltPlugin, Progress, build_many};
use serde::Serialize;

use super::{Exit, OutputForm};
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, details};

const EXAMPLES: &str = "\
Examples:
  creditgate plugin build
  creditgate plugin build plugins/market-registration plugins/construction-permit --json";

/// Build the plug-in of a crate folder with a plugin.toml
///
/// Finds or fetches a compiler for WebAssembly, compiles the crate, makes a component of it and embeds the
/// manifest. The same sources give the same bytes.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct BuildCommand {
    /// Crate folders
    #[arg(value_name = "DIR", default_value = ".")]
    folders: Vec<PathBuf>,
    /// Folder for intermediate files and, in `plugins/` below it, the components [default: guests/ in the
    /// workspace's target folder]
    #[arg(long, value_name = "DIR")]
    target_dir: Option<PathBuf>,
    #[command(flatten)]
    form: OutputForm,
}

#[derive(Serialize)]
pub(super) struct Built {
    name: String,
    version: String,
    department: String,
    hooks: Vec<String>,
    digest: String,
    bytes: u64,
    path: PathBuf,
    milliseconds: u128,
}

impl From<BuiltPlugin> for Built {
    fn from(plugin: BuiltPlugin) -> Self {
        let manifest = plugin.manifest;
        Self {
            name: manifest.name,
            version: manifest.version,
            department: manifest.department,
            hooks: manifest.hooks.iter().map(ToString::to_string).collect(),
            digest: plugin.digest,
            bytes: plugin.bytes,
            path: plugin.path,
            milliseconds: plugin.duration.as_millis(),
        }
    }
}

impl BuildCommand {
    pub(super) fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let options = BuildOptions {
            target_dir: self.target_dir.clone(),
            progress: Progress::Show,
            ..BuildOptions::default()
        };
        let built = build_many(&self.folders, &options).map_err(|error| CliError::build(&error))?;
        let built: Vec<Built> = built.into_iter().map(Built::from).collect();
        if self.form.json {
            terminal.json(&built)?;
        } else {
            built.iter().try_for_each(|plugin| plugin.write(terminal))?;
        }
        Ok(Exit::Success)
    }
}

impl Built {
    pub(super) fn write(&self, terminal: &mut Terminal<'_>) -> Result<(), CliError> {
        terminal.table(&details([
            ("plug-in", format!("{} {} ({})", self.name, self.version, self.department)),
            ("hooks", self.hooks.join(", ")),
            ("digest", self.digest.clone()),
            ("size", format!("{} bytes", self.bytes)),
            ("file", self.path.display().to_string()),
        ]))
    }
}
