//! The one command for builders: `cargo xtask demo|test|plugins|guests|bench|hostile|city`.
//!
//! Each task is one file. What they build goes to the workspace's target
//! folder; nothing is installed and nothing is written elsewhere, but for the
//! guest toolchain in the user's cache folder (see `creditgate-plugin-builder`).

mod api;
mod bench;
mod cargo;
mod city;
mod demo;
mod generated;
mod guests;
mod hostile;
mod next;
mod person;
mod plugins;
mod program;
mod say;
mod test;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Builds, shows, tests and measures creditgate.
#[derive(Parser)]
#[command(
    name = "cargo xtask",
    after_help = "Examples:\n  cargo xtask demo\n  cargo xtask test\n  cargo xtask bench --quick --json"
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build everything, start a host and a credit platform, and take cases through.
    Demo(demo::Options),
    /// Build the plug-ins and run all tests.
    Test(test::Options),
    /// Build the plug-ins into `target/plugins`.
    Plugins(plugins::Options),
    /// Build the large guests of the tests, in JavaScript and Python, into the same folder.
    Guests(guests::Options),
    /// Measure hook calls and checks over HTTP.
    Bench(bench::Options),
    /// Run every hostile plug-in against a host, beside honest callers.
    Hostile(hostile::Options),
    /// Write a made-up city of any size: catalogue, lists, bindings, cases.
    City(generated::Options),
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Demo(options) => demo::run(&options),
        Task::Test(options) => test::run(&options),
        Task::Plugins(options) => plugins::run(&options),
        Task::Guests(options) => guests::run(&options),
        Task::Bench(options) => bench::run(&options),
        Task::Hostile(options) => hostile::run(&options),
        Task::City(options) => generated::run(&options),
    };
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
