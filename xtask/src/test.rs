//! All tests, from a fresh clone: the plug-ins first, because the system tests
//! run real components.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::{cargo, plugins};

#[derive(Args)]
pub(crate) struct Options {
    /// Passed on to `cargo test`, such as `-p creditgate-gate` or `-- receipts`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo_test: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    plugins::build()?;
    // The system tests start the real programs.
    cargo::run(&mut cargo::cargo(&["build", "--workspace", "--bins"]))?;
    let mut test = cargo::cargo(&["test"]);
    if options.cargo_test.is_empty() {
        test.arg("--workspace");
    }
    test.args(&options.cargo_test).env("CREDITGATE_PLUGINS", plugins::folder());
    cargo::run(&mut test)?;
    Ok(ExitCode::SUCCESS)
}
