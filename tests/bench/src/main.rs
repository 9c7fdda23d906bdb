//! The measuring parts of `cargo xtask bench`: a loop of hook calls in one
//! process, a host whose rule runs in the sandbox or natively, and a load
//! generator. `xtask` puts them together; each prints one JSON line.

mod dossier;
mod hook;
mod load;
mod native;
mod scenario;
mod serve;

use anyhow::Result;
use clap::{Parser, Subcommand};
use hdrhistogram::Histogram;

/// As in `creditgate` itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The measuring parts of `cargo xtask bench`.
#[derive(Parser)]
struct Arguments {
    #[command(subcommand)]
    part: Part,
}

#[derive(Subcommand)]
enum Part {
    /// Call a hook in a loop, a fresh instance each time.
    Hook(hook::Options),
    /// Gather the dossiers of parties that are on a list.
    Dossier(dossier::Options),
    /// Serve checks with the rule in the sandbox or compiled in.
    Serve(serve::Options),
    /// Send checks to a host over many connections.
    Load(load::Options),
}

fn main() -> Result<()> {
    match Arguments::parse().part {
        Part::Hook(options) => on_one_thread(hook::measure(&options)),
        Part::Dossier(options) => on_one_thread(dossier::measure(&options)),
        Part::Serve(options) => serve::run(&options),
        Part::Load(options) => on_one_thread(load::measure(&options)),
    }
}

fn on_one_thread(part: impl Future<Output = Result<()>>) -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(part)
}

/// A quantile of times, in thousands of their unit.
fn quantile(times: &Histogram<u64>, quantile: f64) -> f64 {
    f64::from(u32::try_from(times.value_at_quantile(quantile)).unwrap_or(u32::MAX)) / 1000.0
}

/// Prints a part's result: one JSON line on standard output.
#[expect(clippy::print_stdout, reason = "this is the part's result")]
fn report(result: &impl serde::Serialize) -> Result<()> {
    println!("{}", serde_json::to_string(result)?);
    Ok(())
}
