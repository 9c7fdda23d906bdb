//! The vendor's tool: makes plug-ins, on a machine that need not be a host's.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use creditgate_plugin_builder::{BuildError, BuildOptions, BuiltPlugin, Progress, build_many, embed};
use serde::Serialize;

/// Makes creditgate plug-ins
///
/// `creditgate plugin` explains, signs and uploads them.
#[derive(Debug, Parser)]
#[command(name = "creditgate-builder", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Build(BuildCommand),
    Embed(EmbedCommand),
}

const BUILD_EXAMPLES: &str = "\
Examples:
  creditgate-builder build
  creditgate-builder build plugins/market-registration plugins/construction-permit --json";

/// Build the plug-in of a crate folder with a plugin.toml
///
/// Finds or fetches a compiler for WebAssembly, compiles the crate, makes a component of it and embeds the
/// manifest. The same sources give the same bytes.
#[derive(Debug, Args)]
#[command(after_help = BUILD_EXAMPLES)]
struct BuildCommand {
    /// Crate folders
    #[arg(value_name = "DIR", default_value = ".")]
    folders: Vec<PathBuf>,
    /// Folder for intermediate files and, in `plugins/` below it, the components [default: guests/ in the
    /// workspace's target folder]
    #[arg(long, value_name = "DIR")]
    target_dir: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

const EMBED_EXAMPLES: &str = "\
Examples:
  creditgate-builder embed rule.wasm
  creditgate-builder embed build/rule.wasm plugins/rule-in-python --out dist --json

`creditgate plugin inspect` says whether a host would take the result.";

/// Put plugin.toml and examples/ into a component that another tool made
///
/// For plug-ins in languages other than Rust, whose tools make the component themselves. Writes
/// NAME-VERSION.wasm as the manifest has it. The same files give the same bytes.
#[derive(Debug, Args)]
#[command(after_help = EMBED_EXAMPLES)]
struct EmbedCommand {
    /// The component, as its tool made it
    #[arg(value_name = "COMPONENT")]
    component: PathBuf,
    /// Folder with plugin.toml and, where there are some, examples/
    #[arg(value_name = "DIR", default_value = ".")]
    folder: PathBuf,
    /// Folder for the plug-in [default: that of the component]
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// A plug-in that was made, for programs.
#[derive(Serialize)]
struct Built {
    name: String,
    version: String,
    department: String,
    hooks: Vec<String>,
    digest: String,
    bytes: u64,
    path: PathBuf,
    milliseconds: u128,
}

fn main() -> ExitCode {
    match Arguments::parse().command.run() {
        Ok(text) => {
            print(&text);
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            let causes = std::iter::successors(error.source(), |&cause| cause.source());
            causes.for_each(|cause| eprintln!("  because: {cause}"));
            ExitCode::FAILURE
        }
    }
}

impl Command {
    /// Makes the plug-ins and says which.
    fn run(&self) -> Result<String, Box<dyn Error>> {
        Ok(match self {
            Self::Build(command) => {
                let built: Vec<Built> = command.run()?.into_iter().map(Built::from).collect();
                if command.json {
                    serde_json::to_string_pretty(&built)?
                } else {
                    built.iter().map(Built::lines).collect::<Vec<_>>().join("\n\n")
                }
            }
            Self::Embed(command) => {
                let built = Built::from(command.run()?);
                if command.json { serde_json::to_string_pretty(&built)? } else { built.lines() }
            }
        })
    }
}

impl BuildCommand {
    fn run(&self) -> Result<Vec<BuiltPlugin>, BuildError> {
        let options = BuildOptions {
            target_dir: self.target_dir.clone(),
            progress: Progress::Show,
            ..BuildOptions::default()
        };
        build_many(&self.folders, &options)
    }
}

impl EmbedCommand {
    fn run(&self) -> Result<BuiltPlugin, BuildError> {
        let named = |folder: &&Path| !folder.as_os_str().is_empty();
        let beside = self.component.parent().filter(named).unwrap_or_else(|| Path::new("."));
        embed(&self.component, &self.folder, self.out.as_deref().unwrap_or(beside))
    }
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

impl Built {
    /// The same for people.
    fn lines(&self) -> String {
        let rows = [
            ("plug-in", format!("{} {} ({})", self.name, self.version, self.department)),
            ("hooks", self.hooks.join(", ")),
            ("digest", self.digest.clone()),
            ("size", format!("{} bytes", self.bytes)),
            ("file", self.path.display().to_string()),
        ];
        rows.map(|(name, value)| format!("{name:<7} {value}")).join("\n")
    }
}

#[expect(clippy::print_stdout, reason = "this is the program's result")]
fn print(text: &str) {
    println!("{text}");
}
