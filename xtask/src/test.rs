//! All tests, from a fresh clone: the plug-ins first, because the system tests
//! run real components; then those of the large guests and of the interface as it
//! is described, where the tools of other languages are to be had.

use std::process::{Command, ExitCode};

use anyhow::Result;
use clap::Args;

use crate::{cargo, guests, plugins};

#[derive(Args)]
pub(crate) struct Options {
    /// Passed on to `cargo test`, such as `-p creditgate-gate` or `-- receipts`.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    cargo_test: Vec<String>,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    // The system tests start the real programs.
    plugins::build_with_programs()?;
    let mut test = test();
    if options.cargo_test.is_empty() {
        test.arg("--workspace");
    }
    cargo::run(test.args(&options.cargo_test))?;
    if options.cargo_test.is_empty() {
        with_large_guests()?;
        by_the_description()?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The tests that plain `cargo test` leaves out, because their guests come from
/// the registries of other languages.
fn with_large_guests() -> Result<()> {
    let guests = guests::build()?;
    let modules: Vec<String> = guests
        .iter()
        .filter(|guest| guest.is_built())
        .map(|guest| format!("large_guests::{}", guest.language.name))
        .collect();
    if modules.is_empty() {
        return Ok(());
    }
    let mut test = test();
    test.args(["--workspace", "--test", "sandbox", "--test", "it", "--", "--ignored"]).args(modules);
    cargo::run(&mut test)
}

/// Tries every call by the description of the interface, where the tool for it is
/// to be had.
fn by_the_description() -> Result<()> {
    let source = cargo::root().join("tests/interface");
    let folder = match guests::python_tools(&source, cargo::target().join("tools/interface")) {
        Ok(folder) => folder,
        Err(missing) => {
            eprintln!("the interface is not tried by its description: {missing:#}");
            return Ok(());
        }
    };
    let mut test = test();
    test.env("SCHEMATHESIS", folder.join("venv/bin/st"));
    test.args(["--workspace", "--test", "sandbox", "--test", "it", "--", "--ignored", "interface::"]);
    cargo::run(&mut test)
}

fn test() -> Command {
    let mut test = cargo::cargo(&["test"]);
    test.env("CREDITGATE_PLUGINS", plugins::folder());
    test
}
