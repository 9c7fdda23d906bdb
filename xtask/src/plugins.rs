//! Builds the department plug-ins and the test guest into `target/plugins`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use creditgate_plugin_builder::{BuildOptions, BuiltPlugin, build_many};

use crate::cargo;

/// Crate folders of everything that is built for the sandbox.
const PLUGINS: &[&str] = &[
    "plugins/market-registration",
    "plugins/construction-permit",
    "plugins/public-procurement",
    "tests/guests",
];

#[derive(Args)]
pub(crate) struct Options {
    /// Print the result as JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let built = build()?;
    if options.json {
        let rows: Vec<_> = built
            .iter()
            .map(|plugin| {
                serde_json::json!({
                    "name": plugin.manifest.name,
                    "version": plugin.manifest.version,
                    "digest": plugin.digest,
                    "bytes": plugin.bytes,
                    "path": plugin.path,
                })
            })
            .collect();
        print(&serde_json::to_string_pretty(&rows)?);
    } else {
        for plugin in &built {
            print(&format!(
                "{} {}  {} bytes  {}",
                plugin.manifest.name, plugin.manifest.version, plugin.bytes, plugin.digest
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Where the components are after [`build`].
pub(crate) fn folder() -> PathBuf {
    cargo::target().join("guests").join("plugins")
}

/// The core module of a plug-in after [`build`], before it became a component.
pub(crate) fn core_module(name: &str) -> PathBuf {
    let file = format!("{}.wasm", name.replace('-', "_"));
    cargo::target().join("guests/wasm32-unknown-unknown/release").join(file)
}

/// Builds all of them.
pub(crate) fn build() -> Result<Vec<BuiltPlugin>> {
    let folders: Vec<PathBuf> = PLUGINS.iter().map(|folder| cargo::root().join(folder)).collect();
    let options =
        BuildOptions { target_dir: Some(cargo::target().join("guests")), ..BuildOptions::default() };
    build_many(&folders, &options).context("the plug-ins cannot be built")
}

#[expect(clippy::print_stdout, reason = "this is the task's result")]
fn print(line: &str) {
    println!("{line}");
}
