//! `creditgate releases show`: everything that happened to a release, in its order.

use clap::Args;
use creditgate_gate::SideCounts;
use creditgate_wire::release::{ReleaseHistory, TrialBody};

use crate::cli::command::{Call, Page, Show, asks, details, local_time, row};

/// Show a release with a timeline of everything that happened to it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate releases show 12 --server http://127.0.0.1:8480
  creditgate releases show 12 --config creditgate.toml --json")]
pub(in crate::cli) struct ShowCommand {
    /// Number of the release
    release: i64,
}

asks!(ShowCommand, ReleaseHistory, |command| Call::get(&[
    "v1",
    "admin",
    "releases",
    &command.release.to_string()
]));

impl Show for ReleaseHistory {
    fn show(&self, page: &mut Page) {
        let release = &self.release;
        page.line(format!("release {}", release.id));
        page.details(
            details()
                .row("plug-in", format!("{} {}", release.plugin, release.version))
                .row("digest", &release.digest)
                .row("state", release.state.code())
                .row("approved", release.approved)
                .row("may use", &release.capabilities)
                .row("brought by", format!("{}, {}", release.created_by, local_time(release.created_at)))
                .each("notes", Some(&release.notes).filter(|notes| !notes.is_empty())),
        );
        page.line("");
        page.table(
            ["WHEN", "STATE", "BY", "REASON"],
            self.transitions.iter().map(|step| row![step.at, step.to.code(), step.actor, step.reason]),
        );
        page.section(
            ["TRIAL", "BINDING", "BEGAN", "ENDED", "COUNTED"],
            self.trials.iter().map(|trial| {
                let ended = trial.ended_at.map_or_else(|| "runs".to_owned(), local_time);
                row![trial.kind, trial.binding, trial.started_at, ended, counted(trial)]
            }),
        );
    }
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
