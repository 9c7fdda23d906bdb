//! A hook called in a loop in one process: what one fresh instance and one
//! call cost. Run under `strace -f -c` it also shows the system calls.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Args;
use creditgate_credit::calendar::WorkingCalendar;
use creditgate_credit::host_rules::HostRules;
use creditgate_sandbox::{HookCall, Limits, Sandbox, SandboxOptions, Settings, renew_spares};
use hdrhistogram::Histogram;
use jiff::Timestamp;
use serde::Serialize;

use crate::scenario::{self, Recorded};
use crate::{quantile, report};

/// Calls before measuring begins.
const WARM_UP: u32 = 1_000;

#[derive(Args)]
pub(crate) struct Options {
    /// The component of `market-registration`.
    #[arg(long)]
    component: PathBuf,
    /// What is recorded of the company.
    #[arg(long, default_value = "nothing")]
    recorded: Recorded,
    /// Make and wipe each instance within its call, as on a thread that is never
    /// idle.
    #[arg(long)]
    no_spares: bool,
    /// Calls to make.
    #[arg(long, default_value_t = 100_000)]
    calls: u32,
}

#[derive(Serialize)]
struct Measured {
    calls: u32,
    p50_us: f64,
    p99_us: f64,
    /// Between two calls: wiping what one has used and making the next one's
    /// instance.
    renewal_p50_us: Option<f64>,
    fuel: u64,
}

pub(crate) async fn measure(options: &Options) -> Result<()> {
    let sandbox = Sandbox::new(SandboxOptions::default())?;
    let bytes = std::fs::read(&options.component)
        .with_context(|| format!("cannot read {}", options.component.display()))?;
    let plugin = sandbox.load(&bytes)?;
    let settings = plugin.manifest().settings.check(&serde_json::Map::new());
    let settings = settings.map_err(|problems| anyhow::anyhow!("default settings: {problems:?}"))?;
    let settings = Settings::new(settings);
    let scenario = scenario::food_licence(options.recorded)?;
    let calendar = Arc::new(WorkingCalendar::builtin());
    let limits = Limits::default();
    let call = HookCall {
        binding: "bench",
        application: &scenario.application,
        dossier: &scenario.dossier,
        policy: &scenario.policy,
        rules: HostRules::CURRENT,
        calendar: &calendar,
        settings: &settings,
        limits: &limits,
        now: Timestamp::UNIX_EPOCH,
        seed: 1,
    };
    let mut nanoseconds = Histogram::<u64>::new(3)?;
    let mut renewals = Histogram::<u64>::new(3)?;
    let mut fuel = None;
    for number in 0..WARM_UP + options.calls {
        let started = Instant::now();
        let answer = plugin.call(call).await;
        let took = started.elapsed();
        ensure!(matches!(answer.outcome, Ok(Ok(_))), "the hook gave no verdict: {:?}", answer.outcome);
        ensure!(*fuel.get_or_insert(answer.fuel_used) == answer.fuel_used, "fuel differs between calls");
        if number >= WARM_UP {
            nanoseconds.record(u64::try_from(took.as_nanos())?)?;
        }
        if !options.no_spares {
            let started = Instant::now();
            renew_spares();
            renewals.record(u64::try_from(started.elapsed().as_nanos())?)?;
        }
    }
    report(&Measured {
        calls: options.calls,
        p50_us: quantile(&nanoseconds, 0.5),
        p99_us: quantile(&nanoseconds, 0.99),
        renewal_p50_us: (!options.no_spares).then(|| quantile(&renewals, 0.5)),
        fuel: fuel.unwrap_or_default(),
    })
}
