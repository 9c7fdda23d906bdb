//! Releases swapped under load: what fails, what it does to the slowest checks,
//! and whether the host holds on to what it has let go.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use creditgate_plugin_builder::BuiltPlugin;
use serde::Serialize;
use serde_json::json;

use super::footprint::Footprint;
use super::parts::Bench;
use super::{backtest, live, median};
use crate::api::Api;
use crate::city::{City, release_of};
use crate::next;
use crate::program::Program;

/// The binding that the load asks.
pub(super) const BINDING: &str = "market-regulation/food-licence/review";
/// Swaps under load, and the time from one to the next where the host keeps up.
const SWAPS: usize = 100;
const PACE: Duration = Duration::from_millis(100);
/// Releases that are brought, approved and activated one after the other.
const LIVE: usize = 15;

/// The figures, by the names under which they are quoted.
#[derive(Serialize)]
pub(super) struct Swaps {
    swaps: usize,
    /// Requests that got no clear check while releases were swapped.
    swap_failed_requests: u64,
    /// From the accepted push of a component of about 25 kB to the first answer
    /// by it, approval and activation included, on a host without other load.
    swap_live_ms_p50: f64,
    /// On the same host under the same load, before and after the swaps.
    check_p99_steady_ms: f64,
    check_p99_swapping_ms: f64,
    swap_p99_ratio: f64,
    /// Resident memory and open descriptors of the host after the load that follows
    /// the swaps, less those after the load before them: what the last swaps let
    /// go is given back by then.
    swap_rss_growth_mb: f64,
    swap_fd_growth: i64,
    backtest_checks_per_s: f64,
}

/// API keys of those who work on a host: vendor, chief, administrator, caller.
pub(super) struct Keys([String; 4]);

impl Keys {
    /// Makes them, the vendor's for one department.
    pub(super) fn of(city: &City, department: &str) -> Result<Self> {
        let key = |role: &str| city.key(&format!("bench {role}"), role);
        let vendor = city.key_for("bench vendor", "vendor", &[department])?;
        Ok(Self([vendor, key("publisher")?, key("admin")?, key("caller")?]))
    }

    /// Those who have them, at this host.
    pub(super) fn hands(&self, host: &Program) -> Result<Hands> {
        let [vendor, chief, admin, caller] = self.0.each_ref();
        let api = |key: &String| Api::new(host.url(), key.clone());
        Ok(Hands { vendor: api(vendor)?, chief: api(chief)?, admin: api(admin)?, caller: api(caller)? })
    }
}

/// Those who work on the host.
pub(super) struct Hands {
    pub(super) vendor: Api,
    pub(super) chief: Api,
    pub(super) admin: Api,
    pub(super) caller: Api,
}

impl Hands {
    pub(super) async fn approve(&self, release: i64) -> Result<()> {
        let path = format!("/v1/admin/releases/{release}/approval");
        self.chief.post(&path, &json!({"reason": "bench"})).await?;
        Ok(())
    }

    pub(super) async fn activate(&self, release: i64) -> Result<()> {
        let order = json!({"release": release, "reason": "bench"});
        self.chief.post("/v1/admin/releases:activate", &order).await?;
        Ok(())
    }
}

/// Starts the real host on the city, whose data it changes, and measures.
/// `caller` is the key of an approval system.
///
/// # Errors
/// When a release cannot be swapped at all. Requests that fail are a figure.
pub(super) fn measure(
    bench: &Bench,
    city: &City,
    plugin: &BuiltPlugin,
    caller: &str,
    seconds: u32,
) -> Result<Swaps> {
    let keys = Keys::of(city, &plugin.manifest.department)?;
    let other = next::version(city, plugin, "1.1.0", &[])?;
    let live: Vec<PathBuf> =
        (0..LIVE).map(|n| next::version(city, plugin, &format!("2.0.{n}"), &[])).collect::<Result<_>>()?;
    let host = Program::start(&mut city.serve(), &city.config.with_file_name("log"))?;
    let hands = keys.hands(&host)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let pair = runtime.block_on(pair(&hands, &other))?;

    eprintln!("{seconds} s of load without swaps, {SWAPS} swaps under load, {seconds} s without");
    let before = bench.load(&host, caller, seconds)?;
    let held = Footprint::at_rest(host.id())?;
    let load = bench.begin_load(&host, caller)?;
    runtime.block_on(swap(&hands, &pair))?;
    let swapping = load.stop()?;
    let after = bench.load(&host, caller, seconds)?;
    let holds = Footprint::at_rest(host.id())?;

    let backtest_checks_per_s = runtime.block_on(backtest::per_s(&hands, &plugin.digest))?;
    let live = runtime.block_on(live::from_push(&hands, &live))?;
    let steady = before.steady_with(&after);
    Ok(Swaps {
        swaps: SWAPS,
        swap_failed_requests: swapping.failed,
        swap_live_ms_p50: median(live.into_iter()),
        check_p99_steady_ms: steady,
        check_p99_swapping_ms: swapping.p99_ms,
        swap_p99_ratio: swapping.p99_ms / steady,
        swap_rss_growth_mb: holds.resident_mb - held.resident_mb,
        swap_fd_growth: holds.descriptors - held.descriptors,
        backtest_checks_per_s,
    })
}

/// The release in force and another one, both ready to be activated.
async fn pair(hands: &Hands, other: &PathBuf) -> Result<[i64; 2]> {
    let releases = hands.admin.get("/v1/admin/releases").await?;
    let served = releases["releases"].as_array().into_iter().flatten();
    let active = served
        .filter(|timeline| timeline["binding"] == BINDING)
        .find_map(|timeline| timeline["active"]["release"].as_i64())
        .with_context(|| format!("nothing serves {BINDING}"))?;
    let other = release_of(&live::push(hands, other).await?)?;
    hands.approve(other).await?;
    Ok([other, active])
}

/// Activates one of the two, then the other, and so on. The first in force is so
/// again at the end.
async fn swap(hands: &Hands, pair: &[i64; 2]) -> Result<()> {
    let mut pace = tokio::time::interval(PACE);
    pace.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    for release in pair.iter().cycle().take(SWAPS) {
        pace.tick().await;
        hands.activate(*release).await?;
    }
    Ok(())
}
