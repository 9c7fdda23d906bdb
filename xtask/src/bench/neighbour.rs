//! A noisy neighbour: what a department whose plug-in burns its whole budget on
//! every call does to the checks of another department.

use std::io::Write as _;

use anyhow::{Context, Result};
use creditgate_plugin_builder::BuiltPlugin;
use serde::Serialize;
use serde_json::{Value, json};

use super::median;
use super::parts::{Bench, Load, Running};
use crate::city::City;
use crate::program::{Program, output};

/// Connections of either department.
const CONNECTIONS: u32 = 8;
/// The department that is a nuisance, and its item.
const NOISY: &str = "test";
const ITEM: &str = "noise";

/// The figures, by the names under which they are quoted.
#[derive(Serialize)]
pub(super) struct Neighbour {
    /// Of an honest department's checks over 8 connections, alone and beside a noisy
    /// one with as many, in windows that take turns.
    check_p99_quiet_ms: f64,
    check_p99_noisy_ms: f64,
    noisy_neighbour_p99_ratio: f64,
    /// The checks in a second beside the noisy department, against those without.
    noisy_neighbour_per_s_ratio: f64,
    /// Checks of the honest department that did not come out clear beside it.
    noisy_neighbour_failed_requests: u64,
    /// What the noisy department got: plug-in calls to their end, and refusals.
    noisy_checks_per_s: f64,
    noisy_refused: u64,
}

/// Starts the real host on the city and measures in so many pairs of windows.
/// `hostile` is the plug-in that misbehaves; `caller` the key of an approval system.
///
/// # Errors
/// When the noisy department cannot be served at all.
pub(super) fn measure(
    bench: &Bench,
    city: &City,
    hostile: &BuiltPlugin,
    caller: &str,
    (rounds, seconds): (usize, u32),
) -> Result<Neighbour> {
    // It has to stand its trial first.
    city.bind(&binding("honest"))?;
    city.release(hostile)?;
    city.bind(&binding("endless-loop"))?;
    let host = Program::start(&mut city.serve(), &city.config.with_file_name("log"))?;
    let honest = Bench { connections: CONNECTIONS, ..bench.clone() };
    let (mut quiet, mut noisy, mut noise) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=rounds {
        eprintln!("round {round} of {rounds}: {seconds} s alone, {seconds} s beside a noisy department");
        quiet.push(honest.load(&host, caller, seconds)?);
        let running = honest.begin_noise(&host, caller)?;
        noisy.push(honest.load_that_may_fail(&host, caller, seconds)?);
        noise.push(running.stop()?);
    }
    let p99 = |loads: &[Load]| median(loads.iter().map(|load| load.p99_ms));
    let per_s = |loads: &[Load]| median(loads.iter().map(|load| load.per_s));
    Ok(Neighbour {
        check_p99_quiet_ms: p99(&quiet),
        check_p99_noisy_ms: p99(&noisy),
        noisy_neighbour_p99_ratio: p99(&noisy) / p99(&quiet),
        noisy_neighbour_per_s_ratio: per_s(&noisy) / per_s(&quiet),
        noisy_neighbour_failed_requests: noisy.iter().map(|load| load.failed).sum(),
        noisy_checks_per_s: per_s(&noise),
        noisy_refused: noise.iter().map(|load| load.refused).sum(),
    })
}

/// The noisy department's one binding, in which the plug-in does this.
fn binding(behaviour: &str) -> Value {
    json!({
        "department": NOISY, "item": ITEM, "checkpoint": "review", "division": "379900",
        "plugin": "hostile-guest", "mode": "enforce", "settings": {"behaviour": behaviour},
    })
}

impl City {
    /// Imports one binding.
    fn bind(&self, binding: &Value) -> Result<()> {
        let mut file = tempfile::Builder::new().suffix(".jsonl").tempfile().context("cannot make a file")?;
        writeln!(file, "{binding}").context("cannot write the binding")?;
        output(self.run(&["import", "bindings"]).arg(file.path())).map(drop)
    }
}

impl Bench {
    /// Begins the noisy department's load.
    fn begin_noise(&self, host: &Program, key: &str) -> Result<Running> {
        let mut load = self.load_command(host, key);
        load.args(["--department", NOISY, "--item", ITEM, "--any-answer"]);
        Running::begin(&mut load)
    }
}
