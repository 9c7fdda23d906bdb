//! Measures the hook call: loads a component and calls one hook of it over and
//! over, with a case of two parties, four materials and two list entries.
//!
//! ```text
//! cargo run --release --example hook_loop -- <component.wasm> [calls] [settings JSON] [tasks]
//! ```
//!
//! Under `strace -f -c` the same run shows whether calls cost system calls.

mod sample;

use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use creditgate_sandbox::{Hook, Plugin, Sandbox, SandboxOptions};

use crate::sample::Sample;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: hook_loop <component.wasm> [calls] [settings JSON] [tasks]")?;
    let calls: u32 = arguments.next().map_or(Ok(100_000), |text| text.parse())?;
    let settings = arguments.next().unwrap_or_else(|| "{}".to_owned());
    let tasks: u32 = arguments.next().map_or(Ok(1), |text| text.parse())?;

    let sandbox = Sandbox::new(SandboxOptions::default())?;
    let started = Instant::now();
    let plugin = sandbox.load(&std::fs::read(path)?)?;
    let loading = started.elapsed();

    let hook = plugin.hooks().first().ok_or("no hook")?;
    let checkpoint = match hook {
        Hook::Custom(name) => name.clone(),
        named => named.to_string(),
    };
    let inputs = Arc::new(Sample { settings: settings.into(), ..Sample::at(&checkpoint) });
    let first = plugin.call(inputs.call()).await;
    first.outcome.map_err(|error| error.to_string())?.map_err(|failure| failure.message)?;

    let started = Instant::now();
    let mut running = tokio::task::JoinSet::new();
    for _ in 0..tasks {
        running.spawn(measure(plugin.clone(), Arc::clone(&inputs), calls / tasks));
    }
    let mut times = running.join_all().await.concat();
    let rate = f64::from(calls) / started.elapsed().as_secs_f64();
    times.sort_unstable();

    let at = |share: f64| micros(times[((times.len() - 1) as f64 * share) as usize]);
    writeln!(
        std::io::stdout(),
        "load {:.0} ms; {calls} calls in {tasks} tasks: min {:.1} median {:.1} p99 {:.1} p99.9 {:.1} µs, {rate:.0}/s; \
         fuel {}, host calls {}",
        loading.as_secs_f64() * 1e3,
        at(0.0),
        at(0.5),
        at(0.99),
        at(0.999),
        first.fuel_used,
        first.transcript.len(),
    )?;
    Ok(())
}

async fn measure(plugin: Plugin, inputs: Arc<Sample>, calls: u32) -> Vec<Duration> {
    let mut times = Vec::with_capacity(calls as usize);
    for _ in 0..calls {
        let started = Instant::now();
        let report = plugin.call(inputs.call()).await;
        times.push(started.elapsed());
        drop(report);
    }
    times
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
