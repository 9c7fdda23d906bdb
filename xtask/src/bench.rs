//! The benchmark: what a hook call costs, and what a check over HTTP costs with
//! the rule in the sandbox against the same rule compiled into the host; and what
//! a noisy department, or swapping releases, costs those who ask meanwhile.

mod backtest;
mod bounds;
mod density;
mod footprint;
mod lists;
mod live;
mod neighbour;
mod parts;
mod plot;
mod soak;
mod swaps;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use serde::Serialize;
use serde_json::Value;

use crate::city::City;
use crate::{cargo, plugins, say};
use bounds::Bounds;
use density::Density;
use lists::Lists;
use neighbour::Neighbour;
use parts::{Bench, Load};
use soak::Soak;
use swaps::Swaps;

/// The plug-in that is measured.
const PLUGIN: &str = "market-registration";
/// The plug-in that misbehaves.
const HOSTILE: &str = "hostile-guest";

#[derive(Args)]
#[command(after_help = "\
Examples:
  cargo xtask bench --quick                     a look, in some minutes
  cargo xtask bench --json                      every figure in full, in about an hour
  cargo xtask bench --quick --soak-checks 5000  the same look without a soak worth the name
  cargo xtask bench --svg docs/measurements/performance.svg  with a picture

Exit codes: 0 all figures within tests/bench/bounds.toml; 1 one is not, or nothing could be measured.")]
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
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..=1000))]
    connections: u32,
    /// Seconds of each measurement of load [default: 8, with --quick 3].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3600))]
    seconds: Option<u32>,
    /// Rounds of those that are repeated [default: 10, with --quick 6].
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=1000))]
    rounds: Option<u32>,
    /// List entries that are imported [default: 10 million, with --quick 1 million].
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..=60_000_000))]
    entries: Option<u64>,
    /// Checks of the soak, at some five kilobytes of disk each [default: 10
    /// million, with --quick 100,000].
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    soak_checks: Option<u64>,
    /// Draw throughput and 99th percentile against the connections into this file.
    #[arg(long)]
    svg: Option<PathBuf>,
}

/// How much is measured.
struct Size {
    hook_calls: u32,
    rounds: usize,
    seconds: u32,
    entries: u64,
    soak_checks: u64,
    /// Seconds between two looks at the host during the soak.
    soak_slice: u32,
}

impl Options {
    fn size(&self) -> Result<Size> {
        let (hook_calls, rounds, seconds, entries, soak_checks, soak_slice) = if self.quick {
            (50_000, 6, 3, 1_000_000, 100_000, 2)
        } else {
            (200_000, 10, 8, 10_000_000, 10_000_000, 30)
        };
        Ok(Size {
            hook_calls,
            rounds: usize::try_from(self.rounds.unwrap_or(rounds))?,
            seconds: self.seconds.unwrap_or(seconds),
            entries: self.entries.unwrap_or(entries),
            soak_checks: self.soak_checks.unwrap_or(soak_checks),
            soak_slice,
        })
    }
}

/// The figures, by the names under which they are quoted.
#[derive(Serialize)]
struct Figures {
    /// The call finds its instance made, and leaves it to be wiped.
    hook_call_us_p50: f64,
    hook_call_us_p99: f64,
    /// Wiping one and making the next, which a thread does when it is idle.
    hook_renewal_us_p50: Option<f64>,
    /// The same call where it makes and wipes its instance itself, as on a thread
    /// that is never idle.
    hook_call_unprepared_us_p50: f64,
    /// The same with two entries and their measures crossing into the guest.
    hook_call_watched_us_p50: f64,
    /// Units of fuel a hook call uses: the same on every machine.
    hook_fuel: u64,
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
    #[serde(flatten)]
    density: Density,
    #[serde(flatten)]
    soak: Soak,
    connections: u32,
    rounds: usize,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let size = options.size()?;
    let (rounds, seconds) = (size.rounds, size.seconds);
    let bounds = Bounds::read()?;
    let built = plugins::build()?;
    let programs = options.build()?;
    let plugin = plugins::find(&built, PLUGIN)?;
    let bench = Bench {
        program: programs.join("creditgate-bench"),
        component: plugin.path.clone(),
        connections: options.connections,
    };
    let hook = bench.hook(size.hook_calls, &[])?;
    let unprepared = bench.hook(size.hook_calls, &["--no-spares"])?;
    let watched = bench.hook(size.hook_calls, &["--recorded", "watched"])?;
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
    if let Some(file) = &options.svg {
        plot::draw(&plot::measure(&bench, &city, folder.path(), &key, seconds)?, file)?;
    }
    let density = density::measure(&programs.join("creditgate"), &folder.path().join("dense"), plugin)?;
    // Last, because they work on the city itself.
    let hostile = plugins::find(&built, HOSTILE)?;
    let swaps = swaps::measure(&bench, &city, plugin, &key, seconds)?;
    let neighbour = neighbour::measure(&bench, &city, hostile, &key, (rounds, seconds))?;
    let lists = lists::measure(&bench, &city, folder.path(), &key, (size.entries, seconds))?;
    let soak = soak::measure(&bench, &city, &key, (size.soak_checks, size.soak_slice))?;
    let ratio = median(sandboxed.iter().zip(&native).map(|(ours, theirs)| ours.per_s / theirs.per_s));
    let figures = Figures {
        hook_call_us_p50: hook.took.p50_us,
        hook_call_us_p99: hook.took.p99_us,
        hook_renewal_us_p50: hook.renewal_p50_us,
        hook_call_unprepared_us_p50: unprepared.took.p50_us,
        hook_call_watched_us_p50: watched.took.p50_us,
        hook_fuel: hook.fuel,
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
        density,
        soak,
        connections: options.connections,
        rounds,
    };
    let figures = serde_json::to_value(figures)?;
    show(&figures, options.json)?;
    let broken = bounds.broken(&figures)?;
    for broken in &broken {
        eprintln!("worse than it may be: {broken}");
    }
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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

fn show(figures: &Value, json: bool) -> Result<()> {
    if json {
        return say::json(figures);
    }
    let mut table = say::table(["figure", "value"]);
    for (name, value) in figures.as_object().into_iter().flatten() {
        let shown = value.as_f64().map_or_else(|| value.to_string(), |value| format!("{value:.3}"));
        table.add_row([name.clone(), shown]);
    }
    say::line(table);
    Ok(())
}
