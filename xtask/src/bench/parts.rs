//! The measuring program's parts, each run as a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::city::City;
use crate::program::{Program, output};

#[derive(Deserialize)]
pub(super) struct Hook {
    pub(super) p50_us: f64,
    pub(super) p99_us: f64,
}

/// The same of hook calls.
#[derive(Deserialize)]
pub(super) struct HookCalls {
    #[serde(flatten)]
    pub(super) took: Hook,
    /// None where instances are made within the call.
    pub(super) renewal_p50_us: Option<f64>,
    pub(super) fuel: u64,
}

#[derive(Clone, Deserialize)]
pub(super) struct Load {
    pub(super) checks: u64,
    pub(super) failed: u64,
    pub(super) refused: u64,
    pub(super) per_s: f64,
    pub(super) p50_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) host_cpu_us: f64,
}

impl Load {
    /// The middle between the 99th percentiles before and after something: a machine
    /// that changes its pace changes it in between as well.
    pub(super) fn steady_with(&self, after: &Self) -> f64 {
        f64::midpoint(self.p99_ms, after.p99_ms)
    }
}

/// The measuring program and what it is given.
#[derive(Clone)]
pub(super) struct Bench {
    pub(super) program: PathBuf,
    /// The component of `market-registration`.
    pub(super) component: PathBuf,
    pub(super) connections: u32,
}

/// Load that runs until it is told to stop, or until this is dropped.
pub(super) struct Running(Child);

impl Running {
    pub(super) fn begin(load: &mut Command) -> Result<Self> {
        load.args(["--until-closed", "--warm-up", "0"]).stdin(Stdio::piped()).stdout(Stdio::piped());
        Ok(Self(load.spawn().context("cannot start the load")?))
    }

    /// Ends the load and gives back what it measured.
    pub(super) fn stop(mut self) -> Result<Load> {
        drop(self.0.stdin.take());
        let output = self.0.wait_with_output().context("the load ended badly")?;
        ensure!(output.status.success(), "the load ended with {}", output.status);
        parse(std::str::from_utf8(&output.stdout)?)
    }
}

impl Bench {
    pub(super) fn hook(&self, calls: u32, more: &[&str]) -> Result<HookCalls> {
        eprintln!("{calls} hook calls, a fresh instance each {}", more.join(" "));
        let mut command = self.hook_command(calls, Command::new(&self.program));
        parse(&output(command.args(more))?)
    }

    fn hook_command(&self, calls: u32, mut command: Command) -> Command {
        command.args(["hook", "--calls", &calls.to_string(), "--component"]).arg(&self.component);
        command
    }

    /// System calls of a long run less those of a short one: what starting up
    /// costs falls out.
    pub(super) fn syscalls_per_call(&self) -> Result<Option<f64>> {
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
    ///
    /// # Errors
    /// When a request fails: what fails is not what is to be measured.
    pub(super) fn round(
        &self,
        city: &City,
        folder: &Path,
        engine: &str,
        key: &str,
        seconds: u32,
    ) -> Result<Load> {
        let copy = tempfile::Builder::new().prefix("host-").tempdir_in(folder)?;
        output(Command::new("cp").arg("-r").arg(folder.join("data")).arg(copy.path()))?;
        let config = copy.path().join("creditgate.toml");
        std::fs::copy(&city.config, &config)?;
        let mut serve = Command::new(&self.program);
        serve.args(["serve", "--engine", engine, "--config"]).arg(&config);
        let host = Program::start(&mut serve, &copy.path().join("log"))?;
        self.load(&host, key, seconds)
    }

    /// So many seconds of load on a host, after a second to warm up. Errors as of
    /// [`Self::round`].
    pub(super) fn load(&self, host: &Program, key: &str, seconds: u32) -> Result<Load> {
        let load = self.load_that_may_fail(host, key, seconds)?;
        ensure!(load.failed == 0, "{} requests failed", load.failed);
        Ok(load)
    }

    /// The same. Failed requests are counted.
    pub(super) fn load_that_may_fail(&self, host: &Program, key: &str, seconds: u32) -> Result<Load> {
        let mut load = self.load_command(host, key);
        parse(&output(load.args(["--seconds", &seconds.to_string()]))?)
    }

    /// Begins load on a host that is warm. Failed requests are counted.
    pub(super) fn begin_load(&self, host: &Program, key: &str) -> Result<Running> {
        Running::begin(&mut self.load_command(host, key))
    }

    pub(super) fn load_command(&self, host: &Program, key: &str) -> Command {
        let mut load = Command::new(&self.program);
        load.args(["load", "--address", &host.address])
            .args(["--connections", &self.connections.to_string()])
            .args(["--host-pid", &host.id().to_string()])
            .env("CREDITGATE_KEY", key);
        load
    }
}

pub(super) fn parse<T: for<'de> Deserialize<'de>>(line: &str) -> Result<T> {
    serde_json::from_str(line).with_context(|| format!("not the result of a measurement: {line}"))
}
