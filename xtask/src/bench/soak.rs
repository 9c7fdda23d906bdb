//! Load for a long time on one host: does it hold on to what it should let go?

use std::time::Instant;

use anyhow::{Result, ensure};
use serde::Serialize;

use super::footprint::Footprint;
use super::parts::Bench;
use crate::city::City;
use crate::program::Program;

/// The host is warm after so many parts of the checks: what it holds then is what
/// the end is held against.
const WARM_AFTER: u64 = 10;

/// The figures, by the names under which they are quoted.
#[derive(Serialize)]
pub(super) struct Soak {
    soak_checks: u64,
    soak_minutes: f64,
    /// Requests that got no clear check.
    soak_failed_requests: u64,
    /// Resident memory and open descriptors at the end, less those after a tenth of
    /// the checks.
    soak_rss_growth_mb: f64,
    soak_fd_growth: i64,
    /// Resident memory after a tenth of the checks.
    soak_rss_mb: f64,
}

/// Starts the real host on the city, whose data it changes, and loads it until so
/// many checks were made, in slices of so many seconds. A check takes some five
/// kilobytes of disk.
///
/// # Errors
/// When the host cannot be loaded at all. Checks that fail are a figure.
pub(super) fn measure(bench: &Bench, city: &City, caller: &str, (checks, slice): (u64, u32)) -> Result<Soak> {
    eprintln!("a soak of {checks} checks");
    let host = Program::start(&mut city.serve(), &city.config.with_file_name("log"))?;
    let began = Instant::now();
    let (mut made, mut failed) = (0, 0);
    let mut warm: Option<Footprint> = None;
    loop {
        let load = bench.load_that_may_fail(&host, caller, slice)?;
        ensure!(load.checks > 0, "no check succeeds");
        made += load.checks;
        failed += load.failed;
        let holds = Footprint::at_rest(host.id())?;
        eprintln!("{made} checks, {:.0} MB resident", holds.resident_mb);
        if made >= checks / WARM_AFTER {
            warm.get_or_insert(holds);
        }
        if let Some(warm) = warm.filter(|_| made >= checks) {
            return Ok(Soak {
                soak_checks: made,
                soak_minutes: began.elapsed().as_secs_f64() / 60.0,
                soak_failed_requests: failed,
                soak_rss_growth_mb: holds.resident_mb - warm.resident_mb,
                soak_fd_growth: holds.descriptors - warm.descriptors,
                soak_rss_mb: warm.resident_mb,
            });
        }
    }
}
