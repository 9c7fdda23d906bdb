//! `creditgate releases show`: everything that happened to a release, in its order.

use clap::Args;
use creditgate_gate::SideCounts;
use creditgate_wire::release::{ReleaseHistoryBody, TrialBody};

use crate::cli::client::{Call, HostOptions, with_host};
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, details, local_time, table};
use crate::cli::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate releases show 12 --server http://127.0.0.1:8480
  creditgate releases show 12 --config creditgate.toml --json";

/// Show a release with a timeline of everything that happened to it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ShowCommand {
    /// Number of the release
    release: i64,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl ShowCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let path = ["v1", "admin", "releases", &self.release.to_string()];
        with_host(&self.host, async |client| {
            let history: ReleaseHistoryBody = client.ask(Call::get(&path)).await?.read()?;
            if self.form.json {
                terminal.json(&history)?;
            } else {
                write(terminal, &history)?;
            }
            Ok(Exit::Success)
        })
        .await
    }
}

fn write(terminal: &mut Terminal<'_>, history: &ReleaseHistoryBody) -> Result<(), CliError> {
    let release = &history.release;
    let approved = if release.approved { "yes" } else { "no" };
    let mut rows = vec![
        ("plug-in", format!("{} {}", release.plugin, release.version)),
        ("digest", release.digest.clone()),
        ("state", release.state.clone()),
        ("approved", approved.to_owned()),
        ("may use", release.capabilities.join(", ")),
        ("brought by", format!("{}, {}", release.created_by, local_time(release.created_at))),
    ];
    if !release.notes.is_empty() {
        rows.push(("notes", release.notes.clone()));
    }
    terminal.line(&format!("release {}", release.release))?;
    terminal.table(&details(rows))?;
    let mut steps = table(["WHEN", "STATE", "BY", "REASON"]);
    for step in &history.transitions {
        steps.add_row([&local_time(step.at), &step.to, &step.actor, &step.reason]);
    }
    terminal.line("")?;
    terminal.table(&steps)?;
    if history.trials.is_empty() {
        return Ok(());
    }
    let mut trials = table(["TRIAL", "BINDING", "BEGAN", "ENDED", "COUNTED"]);
    for trial in &history.trials {
        let ended = trial.ended_at.map_or_else(|| "runs".to_owned(), local_time);
        trials.add_row([&trial.kind, &trial.binding, &local_time(trial.started_at), &ended, &counted(trial)]);
    }
    terminal.line("")?;
    terminal.table(&trials)
}

fn counted(trial: &TrialBody) -> String {
    let side = |name: &str, counts: &SideCounts| {
        let SideCounts { checks, failures, could_not_check, refusals, slow } = counts;
        format!(
            "{name}: {checks} checks, {failures} failed, {could_not_check} could not check, {refusals} refused, \
             {slow} slow"
        )
    };
    if let Some(canary) = &trial.canary {
        return format!("{}; {}", side("canary", &canary.canary), side("in force", &canary.active));
    }
    if let Some(shadow) = &trial.shadow {
        return format!(
            "{} checks, {} different, {} failed, {} dropped",
            shadow.checks, shadow.different, shadow.failed, shadow.dropped
        );
    }
    trial.end_reason.clone().unwrap_or_default()
}
