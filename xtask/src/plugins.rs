//! Builds the department plug-ins and the test guest into `target/plugins`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use creditgate_plugin_builder::{BuildOptions, BuiltPlugin, build_many};

use crate::{cargo, say};

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
        let rows: Vec<_> = built.iter().map(row).collect();
        say::json(&rows)?;
    } else {
        built.iter().for_each(|plugin| say::line(line(plugin)));
    }
    Ok(ExitCode::SUCCESS)
}

/// A built plug-in for programs.
pub(crate) fn row(plugin: &BuiltPlugin) -> serde_json::Value {
    serde_json::json!({
        "name": plugin.manifest.name,
        "version": plugin.manifest.version,
        "digest": plugin.digest,
        "bytes": plugin.bytes,
        "path": plugin.path,
    })
}

/// A built plug-in for people.
pub(crate) fn line(plugin: &BuiltPlugin) -> String {
    let manifest = &plugin.manifest;
    format!("{} {}  {} bytes  {}", manifest.name, manifest.version, plugin.bytes, plugin.digest)
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

/// The plug-in of this name among those that were built.
pub(crate) fn find<'b>(built: &'b [BuiltPlugin], name: &str) -> Result<&'b BuiltPlugin> {
    let found = built.iter().find(|plugin| plugin.manifest.name == name);
    found.with_context(|| format!("plug-in {name} was not built into {}", folder().display()))
}

/// The manifest of the plug-in of this name, as it stands in its folder.
pub(crate) fn manifest(name: &str) -> Result<String> {
    let named = format!("name = \"{name}\"");
    for folder in PLUGINS {
        let file = cargo::root().join(folder).join("plugin.toml");
        let text =
            std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        if text.lines().any(|line| line == named) {
            return Ok(text);
        }
    }
    bail!("there is no plug-in `{name}`")
}

/// Builds all of them.
pub(crate) fn build() -> Result<Vec<BuiltPlugin>> {
    let folders: Vec<PathBuf> = PLUGINS.iter().map(|folder| cargo::root().join(folder)).collect();
    let options =
        BuildOptions { target_dir: Some(cargo::target().join("guests")), ..BuildOptions::default() };
    build_many(&folders, &options).context("the plug-ins cannot be built")
}

/// Builds all of them and the programs, side by side: each has a folder of its own, and
/// the last crates of the programs leave a core without work.
pub(crate) fn build_with_programs() -> Result<Vec<BuiltPlugin>> {
    std::thread::scope(|scope| {
        let programs = scope.spawn(cargo::build_programs);
        let built = build();
        if let Err(error) = &built {
            eprintln!("{error:#}");
        }
        programs.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        built
    })
}
