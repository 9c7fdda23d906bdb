//! The working part of `cargo xtask hostile`: brings every case into a host of
//! its own, then runs them all for a while beside honest callers. Prints one
//! JSON document; progress goes to standard error.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use hostile_corpus::{Yard, cases, storm};

/// Runs every hostile plug-in against a host for so many minutes.
#[derive(Parser)]
struct Arguments {
    /// How long, in minutes.
    #[arg(long)]
    minutes: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Arguments { minutes } = Arguments::parse();
    let yard = Arc::new(Yard::start().await);
    let cases = cases();
    for case in &cases {
        eprintln!("bringing in {}", case.name);
        if let Err(fault) = yard.bring_in(case).await {
            eprintln!("{fault}");
            return ExitCode::FAILURE;
        }
    }
    let duration = Duration::from_secs(minutes * 60);
    let report = storm::run(&yard, &cases, duration, |progress| eprintln!("{progress}")).await;
    print(&report);
    if report.is_good() && report.is_fair() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

#[expect(clippy::print_stdout, reason = "this is the result")]
fn print(report: &storm::Report) {
    println!("{}", serde_json::json!(report));
}
