//! Every hostile plug-in against a host of its own, for minutes or hours, beside
//! honest callers. The cases and the harness are in `tests/hostile`.

use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context, Result};
use clap::Args;
use comfy_table::Table;
use serde_json::Value;

use crate::{cargo, plugins, say};

#[derive(Args)]
#[command(
    after_help = "Examples:\n  cargo xtask hostile --minutes 5\n  cargo xtask hostile --minutes 60 --json > report.json\n\n\
                  Exit status: 0 when every honest check was answered as it should be, every hostile plug-in and client\n\
                  ended as it should, the chain of the ledger holds, and hostile clients made the slowest honest\n\
                  checks no more than twice as slow; 1 otherwise."
)]
pub(crate) struct Options {
    /// How long all of them run at once.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,
    /// Print one JSON document.
    #[arg(long)]
    json: bool,
    /// Run the programs of the development profile: to work on the cases. They are
    /// slower, and honest checks beside them too.
    #[arg(long)]
    dev: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    plugins::build()?;
    let (profile, folder): (&[&str], _) =
        if options.dev { (&[], "debug") } else { (&["--profile", "thin"], "thin") };
    let mut build = cargo::cargo(&["build", "-p", "creditgate-server", "-p", "hostile-corpus"]);
    cargo::run(build.args(profile))?;
    let program: PathBuf = cargo::target().join(folder).join("hostile-corpus");
    // Its progress goes to standard error, as it comes.
    let output = Command::new(&program)
        .args(["--minutes", &options.minutes.to_string()])
        .env("CREDITGATE_PLUGINS", plugins::folder())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let report: Value = serde_json::from_slice(&output.stdout).with_context(|| {
        format!("{} ended with {} and without a report", program.display(), output.status)
    })?;
    show(&report, options.json)?;
    Ok(if output.status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show(report: &Value, json: bool) -> Result<()> {
    if json {
        return say::json(report);
    }
    let mut table = say::table(["figure", "value"]);
    for (name, value) in report.as_object().into_iter().flatten() {
        match value {
            Value::Object(outcomes) => {
                table.add_rows(
                    outcomes.iter().map(|(code, count)| [format!("{name}: {code}"), count.to_string()]),
                );
            }
            Value::Array(faults) => table_rows(&mut table, name, faults),
            value => {
                table.add_row([name.clone(), value.to_string()]);
            }
        }
    }
    say::line(table);
    Ok(())
}

fn table_rows(table: &mut Table, name: &str, texts: &[Value]) {
    for text in texts {
        table.add_row([name.to_owned(), text.as_str().unwrap_or_default().to_owned()]);
    }
}
