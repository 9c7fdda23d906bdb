//! The benchmark: what a hook call costs, and what a check over HTTP costs with
//! the rule in the sandbox against the same rule compiled into the host.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::Args;
use serde::{Deserialize, Serialize};

use crate::city::{self, City};
use crate::program::{Program, output};
use crate::{cargo, plugins};

#[derive(Args)]
pub(crate) struct Options {
    /// Shorter runs: good for a look, rough as a figure.
    #[arg(long)]
    quick: bool,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
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
    connections: u32,
    rounds: usize,
}

#[derive(Deserialize)]
struct Hook {
    p50_us: f64,
    p99_us: f64,
}

#[derive(Clone, Deserialize)]
struct Load {
    per_s: f64,
    p50_ms: f64,
    p99_ms: f64,
    host_cpu_us: f64,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let built = plugins::build()?;
    cargo::run(&mut cargo::cargo(&[
        "build",
        "--release",
        "-p",
        "creditgate-bench",
        "-p",
        "creditgate-server",
    ]))?;
    let bench = Bench {
        program: cargo::target().join("release/creditgate-bench"),
        component: city::component(&built, "market-registration")?,
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
    let city = City::prepare(
        cargo::target().join("release/creditgate"),
        folder.path(),
        "[log]\nlevel = \"warn\"\n",
    )?;
    for plugin in built.iter().filter(|plugin| plugin.manifest.department != "test") {
        city.release(&plugin.path)?;
    }
    let key = city.key("bench", "caller")?;
    let mut sandboxed = Vec::new();
    let mut native = Vec::new();
    // In pairs, and each engine first in half of them, so that a machine that
    // changes its pace changes it for both.
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}: {seconds} s in the sandbox, {seconds} s natively");
        let load = |engine| bench.load(&city, folder.path(), engine, &key, seconds);
        if round % 2 == 1 {
            sandboxed.push(load("sandbox")?);
            native.push(load("native")?);
        } else {
            native.push(load("native")?);
            sandboxed.push(load("sandbox")?);
        }
    }
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
        connections: options.connections,
        rounds,
    };
    show(&figures, options.json)?;
    Ok(ExitCode::SUCCESS)
}

struct Bench {
    program: PathBuf,
    component: PathBuf,
    connections: u32,
}

impl Bench {
    fn hook(&self, calls: u32, recorded: &str) -> Result<Hook> {
        eprintln!("{calls} hook calls, a fresh instance each, recorded of the party: {recorded}");
        let mut command = self.hook_command(calls, Command::new(&self.program));
        parse(&output(command.args(["--recorded", recorded]))?)
    }

    fn hook_command(&self, calls: u32, mut command: Command) -> Command {
        command.args(["hook", "--calls", &calls.to_string(), "--component"]).arg(&self.component);
        command
    }

    /// System calls of a long run less those of a short one: what starting up
    /// costs falls out.
    fn syscalls_per_call(&self) -> Result<Option<f64>> {
        const FEW: u32 = 1_000;
        const MANY: u32 = 21_000;
        if Command::new("strace").arg("--version").output().is_err() {
            eprintln!("strace is not installed: system calls are not counted");
            return Ok(None);
        }
        let (few, many) = (self.count_syscalls(FEW)?, self.count_syscalls(MANY)?);
        Ok(Some((many - few).max(0.0) / f64::from(MANY - FEW)))
    }

    fn count_syscalls(&self, calls: u32) -> Result<f64> {
        let table = tempfile::NamedTempFile::new().context("cannot make a file for strace")?;
        let mut strace = Command::new("strace");
        strace.args(["-f", "-c", "-o"]).arg(table.path()).arg(&self.program);
        output(&mut self.hook_command(calls, strace))?;
        let table = std::fs::read_to_string(table.path()).context("strace wrote no table")?;
        let total = table.lines().find(|line| line.trim_end().ends_with("total"));
        // Columns: % time, seconds, usecs/call, calls, errors, syscall.
        total
            .and_then(|line| line.split_whitespace().nth(3))
            .and_then(|calls| calls.parse().ok())
            .context("strace's table has no total")
    }

    /// One round of load on a fresh copy of the city.
    fn load(&self, city: &City, folder: &Path, engine: &str, key: &str, seconds: u32) -> Result<Load> {
        let copy = tempfile::Builder::new().prefix("host-").tempdir_in(folder)?;
        output(Command::new("cp").arg("-r").arg(folder.join("data")).arg(copy.path()))?;
        let config = copy.path().join("creditgate.toml");
        std::fs::copy(&city.config, &config)?;
        let mut serve = Command::new(&self.program);
        serve.args(["serve", "--engine", engine, "--config"]).arg(&config);
        let host = Program::start(&mut serve, &copy.path().join("log"))?;
        let mut load = Command::new(&self.program);
        load.args(["load", "--address", &host.address, "--seconds", &seconds.to_string()])
            .args(["--connections", &self.connections.to_string()])
            .args(["--host-pid", &host.id().to_string()])
            .env("CREDITGATE_KEY", key);
        parse(&output(&mut load)?)
    }
}

fn parse<T: for<'de> Deserialize<'de>>(line: &str) -> Result<T> {
    serde_json::from_str(line).with_context(|| format!("not the result of a measurement: {line}"))
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
