//! `creditgate releases shadow`, `canary`, `end-trial` and `differences`.

use clap::Args;
use creditgate_gate::CanaryTerms;
use creditgate_wire::release::{NewTrialBody, ShadowDifferencesBody, TrialsBody};

use super::moves::Step;
use crate::cli::client::{Call, HostOptions, with_host};
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, table};
use crate::cli::{Exit, OutputForm};

const SHADOW_EXAMPLES: &str = "\
Examples:
  creditgate releases shadow 12 --reason 'compare' --server http://127.0.0.1:8480
  creditgate releases differences 12 --server http://127.0.0.1:8480";

const CANARY_EXAMPLES: &str = "\
Examples:
  creditgate releases canary 12 --share 50 --reason 'first cases' --server http://127.0.0.1:8480
  creditgate releases canary 12 --share 200 --failures 5 --p99-ms 50 --least-checks 200 \\
      --reason 'a fifth' --server http://127.0.0.1:8480";

const END_EXAMPLES: &str = "\
Examples:
  creditgate releases end-trial 12 --reason 'seen enough' --server http://127.0.0.1:8480";

const DIFFERENCES_EXAMPLES: &str = "\
Examples:
  creditgate releases differences 12 --server http://127.0.0.1:8480
  creditgate releases differences 12 --limit 1000 --json --config creditgate.toml";

/// Let a release judge live checks unheard, beside the one in force
#[derive(Debug, Args)]
#[command(after_help = SHADOW_EXAMPLES)]
pub(super) struct ShadowCommand {
    #[command(flatten)]
    trial: Trial,
}

/// Let a release judge a share of the cases
///
/// A case is always the canary's or never. The host stops it when it breaks one of these terms; rates are parts of a
/// thousand.
#[derive(Debug, Args)]
#[command(after_help = CANARY_EXAMPLES)]
pub(super) struct CanaryCommand {
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
#[command(after_help = END_EXAMPLES)]
pub(super) struct EndTrialCommand {
    #[command(flatten)]
    step: Step,
}

/// Count and list checks on which a release in shadow disagreed, newest first
///
/// A vendor is shown the counts alone.
#[derive(Debug, Args)]
#[command(after_help = DIFFERENCES_EXAMPLES)]
pub(super) struct DifferencesCommand {
    /// Number of the release
    release: i64,
    /// At most so many of each trial
    #[arg(long, default_value_t = 100)]
    limit: u32,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
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
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl ShadowCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        self.trial.begin(None, terminal).await
    }
}

impl CanaryCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let terms = CanaryTerms {
            share_permille: self.share,
            least_checks: self.least_checks,
            failures_permille: self.failures,
            could_not_check_permille: self.could_not_check,
            refusal_drift_permille: self.refusal_drift,
            p99_ms: self.p99_ms,
        };
        self.trial.begin(Some(terms), terminal).await
    }
}

impl Trial {
    async fn begin(
        &self,
        canary: Option<CanaryTerms>,
        terminal: &mut Terminal<'_>,
    ) -> Result<Exit, CliError> {
        let body = NewTrialBody { binding: self.binding.clone(), canary, reason: self.reason.clone() };
        let path = ["v1", "admin", "releases", &self.release.to_string(), "trials"];
        let call = Call::post(&path).json(&body)?;
        with_host(&self.host, async |client| {
            let trials: TrialsBody = client.ask(call).await?.read()?;
            if self.form.json {
                terminal.json(&trials)?;
            } else {
                let mut rows = table(["TRIAL", "BINDING"]);
                for trial in &trials.trials {
                    rows.add_row([&trial.kind, &trial.binding]);
                }
                terminal.table(&rows)?;
            }
            Ok(Exit::Success)
        })
        .await
    }
}

impl EndTrialCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        self.step.take("trials:end", terminal).await
    }
}

impl DifferencesCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let path = ["v1", "admin", "releases", &self.release.to_string(), "differences"];
        let call = Call::get(&path);
        with_host(&self.host, async |client| {
            let most = Some(self.limit as usize);
            let found: ShadowDifferencesBody = client.ask_all(call, "differences", most).await?.read()?;
            if self.form.json {
                terminal.json(&found)?;
                return Ok(Exit::Success);
            }
            let mut counts = table(["TRIAL", "IN FORCE", "SHADOW", "CHECKS"]);
            for count in &found.counts {
                counts.add_row([
                    count.trial.to_string().as_str(),
                    count.outcome.code(),
                    count.shadow_outcome.code(),
                    &count.checks.to_string(),
                ]);
            }
            terminal.table(&counts)?;
            let Some(differences) = &found.differences else {
                terminal.line("what was said in them is about citizens, and not for a vendor")?;
                return Ok(Exit::Success);
            };
            terminal.line("")?;
            let mut rows = table(["CHECK", "IN FORCE", "SHADOW", "MEASURES", "SHADOW SAYS"]);
            for difference in differences {
                rows.add_row([
                    difference.check_id.as_str(),
                    difference.outcome.code(),
                    difference.shadow_outcome.code(),
                    &difference.measures.join("\n"),
                    &difference.shadow_explanation,
                ]);
            }
            terminal.table(&rows)?;
            Ok(Exit::Success)
        })
        .await
    }
}
