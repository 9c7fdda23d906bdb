//! `creditgate releases shadow`, `canary`, `end-trial` and `differences`.

use clap::Args;
use creditgate_gate::{CanaryTerms, Release};
use creditgate_wire::release::{NewTrial, ShadowDifferences, Trials};

use super::moves::Step;
use crate::cli::command::{Call, Page, Show, asks, row};

/// Let a release judge live checks unheard, beside the one in force
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate releases shadow 12 --reason 'compare' --server http://127.0.0.1:8480
  creditgate releases differences 12 --server http://127.0.0.1:8480")]
pub(in crate::cli) struct ShadowCommand {
    #[command(flatten)]
    trial: Trial,
}

/// Let a release judge a share of the cases
///
/// A case is always the canary's or never. The host stops it when it breaks one of these terms; rates are parts of a
/// thousand.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate releases canary 12 --share 50 --reason 'first cases' --server http://127.0.0.1:8480
  creditgate releases canary 12 --share 200 --failures 5 --p99-ms 50 --least-checks 200 \\
      --reason 'a fifth' --server http://127.0.0.1:8480")]
pub(in crate::cli) struct CanaryCommand {
    #[command(flatten)]
    trial: Trial,
    /// Share of the cases, 1 to 1000
    #[arg(long, value_name = "PERMILLE")]
    share: u16,
    /// Checks of the canary before a condition is looked at
    #[arg(long, value_name = "NUMBER", default_value_t = CanaryTerms::default().least_checks)]
    least_checks: u64,
    /// Most calls that may come to no verdict
    #[arg(long, value_name = "PERMILLE", default_value_t = CanaryTerms::default().failures_permille)]
    failures: u16,
    /// Most checks that may be could_not_check
    #[arg(long, value_name = "PERMILLE", default_value_t = CanaryTerms::default().could_not_check_permille)]
    could_not_check: u16,
    /// Most its share of refusals may lie away from that of the release in force
    #[arg(long, value_name = "PERMILLE", default_value_t = CanaryTerms::default().refusal_drift_permille)]
    refusal_drift: u16,
    /// Milliseconds that more than a hundredth of its calls may not exceed
    #[arg(long, value_name = "MS", default_value_t = CanaryTerms::default().p99_ms)]
    p99_ms: u32,
}

/// End the trials of a release
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate releases end-trial 12 --reason 'seen enough' --server http://127.0.0.1:8480")]
pub(in crate::cli) struct EndTrialCommand {
    #[command(flatten)]
    step: Step,
}

/// Count and list checks on which a release in shadow disagreed, newest first
///
/// A vendor is shown the counts alone.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate releases differences 12 --server http://127.0.0.1:8480
  creditgate releases differences 12 --limit 1000 --json --config creditgate.toml")]
pub(in crate::cli) struct DifferencesCommand {
    /// Number of the release
    release: i64,
    /// At most so many of each trial
    #[arg(long, default_value_t = 100)]
    limit: u32,
}

#[derive(Debug, Args)]
struct Trial {
    /// Number of the release
    release: i64,
    /// Only at this binding
    #[arg(long, value_name = "ID")]
    binding: Option<String>,
    /// Why; kept with the step
    #[arg(long)]
    reason: String,
}

asks!(ShadowCommand, Trials, |command| command.trial.begun(None));

asks!(CanaryCommand, Trials, |command| {
    command.trial.begun(Some(CanaryTerms {
        share_permille: command.share,
        least_checks: command.least_checks,
        failures_permille: command.failures,
        could_not_check_permille: command.could_not_check,
        refusal_drift_permille: command.refusal_drift,
        p99_ms: command.p99_ms,
    }))
});

impl Trial {
    /// The call by which it is begun.
    fn begun(self, canary: Option<CanaryTerms>) -> Call {
        let path = ["v1", "admin", "releases", &self.release.to_string(), "trials"];
        let body = NewTrial { binding: self.binding, canary, reason: self.reason };
        Call::post(&path).json(&body)
    }
}

impl Show for Trials {
    fn show(&self, page: &mut Page) {
        page.table(["TRIAL", "BINDING"], self.trials.iter().map(|trial| row![trial.kind, trial.binding]));
    }
}

asks!(EndTrialCommand, Release, |command| command.step.taken("trials:end"));

asks!(DifferencesCommand, ShadowDifferences, |command| {
    let path = ["v1", "admin", "releases", &command.release.to_string(), "differences"];
    Call::list(&path, "differences").at_most(command.limit as usize)
});

impl Show for ShadowDifferences {
    fn show(&self, page: &mut Page) {
        page.table(
            ["TRIAL", "IN FORCE", "SHADOW", "CHECKS"],
            self.counts.iter().map(|count| {
                row![count.trial, count.outcome.code(), count.shadow_outcome.code(), count.checks]
            }),
        );
        let Some(differences) = &self.differences else {
            return page.line("what was said in them is about citizens, and not for a vendor");
        };
        page.line("");
        page.table(
            ["CHECK", "IN FORCE", "SHADOW", "MEASURES", "SHADOW SAYS"],
            differences.iter().map(|difference| {
                row![
                    difference.check_id,
                    difference.outcome.code(),
                    difference.shadow_outcome.code(),
                    difference.measures.join("\n"),
                    difference.shadow_explanation,
                ]
            }),
        );
    }
}
