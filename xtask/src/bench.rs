//! The benchmark: what a hook call costs, and what a check over HTTP costs with
//! the rule in the sandbox against the same rule compiled into the host; and what
//! a noisy department, or swapping releases, costs those who ask meanwhile.

mod backtest;
mod footprint;
mod lists;
mod live;
mod neighbour;
mod parts;
mod swaps;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;

use crate::city::City;
use crate::{cargo, plugins};
use lists::Lists;
use neighbour::Neighbour;
use parts::{Bench, Load};
use swaps::Swaps;

/// The plug-in that is measured.
const PLUGIN: &str = "market-registration";
/// The plug-in that misbehaves.
const HOSTILE: &str = "hostile-guest";

#[derive(Args)]
pub(crate) struct Options {
    /// Shorter runs: good for a look, rough as a figure.
    #[arg(long)]
    quick: bool,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
    /// Measure the programs of the development profile: to work on the benchmark, not to quote.
    #[arg(long)]
    dev: bool,
    /// Connections of the load generator.
    #[arg(long, default_value_t = 32)]
    connections: u32,
}

/// The figures, by the names under which they are quoted.
#[derive(Serialize)]
struct Figures {
    hook_call_us_p50: f64,
    hook_call_us_p99: f64,
    /// The same with two entries and their measures crossing into the guest.
    hook_call_watched_us_p50: f64,
    /// None where strace is missing.
    hook_syscalls_per_call: Option<f64>,
    check_http_per_s: f64,
    check_http_native_per_s: f64,
    check_http_ratio: f64,
    /// Processor time of the host for each check.
    check_cpu_us: f64,
    check_native_cpu_us: f64,
    check_p50_ms: f64,
    check_p99_ms: f64,
    #[serde(flatten)]
    neighbour: Neighbour,
    #[serde(flatten)]
    swaps: Swaps,
    #[serde(flatten)]
    lists: Lists,
    connections: u32,
    rounds: usize,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let built = plugins::build()?;
    let programs = options.build()?;
    let plugin = plugins::find(&built, PLUGIN)?;
    let bench = Bench {
        program: programs.join("creditgate-bench"),
        component: plugin.path.clone(),
        connections: options.connections,
    };
    let (calls, rounds, seconds) = if options.quick { (50_000, 6, 3) } else { (200_000, 10, 8) };
    let hook = bench.hook(calls, "nothing")?;
    let watched = bench.hook(calls, "watched")?;
    let syscalls = bench.syscalls_per_call()?;
    let folder = tempfile::Builder::new()
        .prefix("bench-")
        .tempdir_in(cargo::target())
        .context("cannot make a folder for the benchmark")?;
    let city = City::prepare(programs.join("creditgate"), folder.path(), "[log]\nlevel = \"warn\"\n")?;
    for plugin in built.iter().filter(|plugin| plugin.manifest.department != "test") {
        city.release(plugin)?;
    }
    let key = city.key("bench", "caller")?;
    let (sandboxed, native) = rounds_of(&bench, &city, folder.path(), &key, (rounds, seconds))?;
    // Last, because they work on the city itself.
    let hostile = plugins::find(&built, HOSTILE)?;
    let neighbour = neighbour::measure(&bench, &city, hostile, &key, (rounds, seconds))?;
    let swaps = swaps::measure(&bench, &city, plugin, &key, seconds)?;
    let entries = if options.quick { 1_000_000 } else { 10_000_000 };
    let lists = lists::measure(&bench, &city, folder.path(), &key, (entries, seconds))?;
    let ratio = median(sandboxed.iter().zip(&native).map(|(ours, theirs)| ours.per_s / theirs.per_s));
    let figures = Figures {
        hook_call_us_p50: hook.p50_us,
        hook_call_us_p99: hook.p99_us,
        hook_call_watched_us_p50: watched.p50_us,
        hook_syscalls_per_call: syscalls,
        check_http_per_s: median(sandboxed.iter().map(|load| load.per_s)),
        check_http_native_per_s: median(native.iter().map(|load| load.per_s)),
        check_http_ratio: ratio,
        check_cpu_us: median(sandboxed.iter().map(|load| load.host_cpu_us)),
        check_native_cpu_us: median(native.iter().map(|load| load.host_cpu_us)),
        check_p50_ms: median(sandboxed.iter().map(|load| load.p50_ms)),
        check_p99_ms: median(sandboxed.iter().map(|load| load.p99_ms)),
        neighbour,
        swaps,
        lists,
        connections: options.connections,
        rounds,
    };
    show(&figures, options.json)?;
    Ok(ExitCode::SUCCESS)
}

impl Options {
    /// Builds the programs that are measured; gives back their folder.
    fn build(&self) -> Result<PathBuf> {
        let (profile, folder): (&[&str], _) =
            if self.dev { (&[], "debug") } else { (&["--release"], "release") };
        let mut build = cargo::cargo(&["build", "-p", "creditgate-bench", "-p", "creditgate-server"]);
        cargo::run(build.args(profile))?;
        Ok(cargo::target().join(folder))
    }
}

/// Load on the rule in the sandbox and on the rule compiled in.
fn rounds_of(
    bench: &Bench,
    city: &City,
    folder: &Path,
    key: &str,
    (rounds, seconds): (usize, u32),
) -> Result<(Vec<Load>, Vec<Load>)> {
    let mut sandboxed = Vec::new();
    let mut native = Vec::new();
    // In pairs, and each engine first in half of them, so that a machine that
    // changes its pace changes it for both.
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}: {seconds} s in the sandbox, {seconds} s natively");
        let load = |engine| bench.round(city, folder, engine, key, seconds);
        if round % 2 == 1 {
            sandboxed.push(load("sandbox")?);
            native.push(load("native")?);
        } else {
            native.push(load("native")?);
            sandboxed.push(load("sandbox")?);
        }
    }
    Ok((sandboxed, native))
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[expect(clippy::print_stdout, reason = "this is the task's result")]
fn show(figures: &Figures, json: bool) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string_pretty(figures)?);
        return Ok(());
    }
    let rows = serde_json::to_value(figures)?;
    let mut table = comfy_table::Table::new();
    table.load_style(comfy_table::presets::NOTHING).set_header(["figure", "value"]);
    for (name, value) in rows.as_object().into_iter().flatten() {
        let shown = value.as_f64().map_or_else(|| value.to_string(), |value| format!("{value:.3}"));
        table.add_row([name.clone(), shown]);
    }
    println!("{table}");
    Ok(())
}
