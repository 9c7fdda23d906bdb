//! `creditgate releases make`, `approve` and `reject`.

use std::path::PathBuf;

use clap::Args;
use creditgate_api::JsonObject;
use creditgate_sandbox::GivenLimits;
use creditgate_wire::release::{NewReleaseBody, ReasonGivenBody, ReleaseBody};

use crate::cli::client::{Answer, Call, HostOptions, with_host};
use crate::cli::error::CliError;
use crate::cli::output::Terminal;
use crate::cli::{Exit, OutputForm};

const MAKE_EXAMPLES: &str = "\
Examples:
  creditgate releases make 3f1c9a --settings settings.json --notes '承诺期限改为十日' \\
      --server http://127.0.0.1:8480";

const APPROVE_EXAMPLES: &str = "\
Examples:
  creditgate releases approve 12 --reason '已审阅回测报告' --server http://127.0.0.1:8480";

const REJECT_EXAMPLES: &str = "\
Examples:
  creditgate releases reject 12 --reason 'refuses repaired parties' --server http://127.0.0.1:8480";

/// Make a release of a component with settings of its own
///
/// Pushing a component makes a release without.
#[derive(Debug, Args)]
#[command(after_help = MAKE_EXAMPLES)]
pub(super) struct MakeCommand {
    /// Digest of the component, or the beginning of it
    digest: String,
    /// File with a JSON object: settings that go over those of the bindings of the same name
    #[arg(long, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// File with a JSON object: limits that take the place of those of the bindings
    #[arg(long, value_name = "FILE")]
    limits: Option<PathBuf>,
    /// What is to be said of it
    #[arg(long, default_value = "")]
    notes: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Approve a release that somebody else brought
#[derive(Debug, Args)]
#[command(after_help = APPROVE_EXAMPLES)]
pub(super) struct ApproveCommand {
    #[command(flatten)]
    step: Step,
}

/// Take a release back: it may not serve, now or later
///
/// Bindings it serves go back to the release before, and open cases that began with it with them.
#[derive(Debug, Args)]
#[command(after_help = REJECT_EXAMPLES)]
pub(super) struct RejectCommand {
    #[command(flatten)]
    step: Step,
}

#[derive(Debug, Args)]
pub(super) struct Step {
    /// Number of the release
    release: i64,
    /// Why; kept with the step
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl MakeCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let settings = match &self.settings {
            None => None,
            Some(file) => {
                let text = terminal.read(file)?;
                let object = std::str::from_utf8(&text).ok().and_then(JsonObject::parse);
                Some(object.ok_or_else(|| CliError::Usage {
                    message: format!("{} does not hold a JSON object", file.display()),
                    help: "write the settings as one JSON object, such as {\"years\": 3}",
                })?)
            }
        };
        let limits = match &self.limits {
            None => None,
            Some(file) => {
                let text = terminal.read(file)?;
                let limits: GivenLimits = serde_json::from_slice(&text).map_err(|error| CliError::Usage {
                    message: format!("{} does not hold limits: {error}", file.display()),
                    help: "write them as one JSON object, such as {\"fuel\": 100000000}",
                })?;
                Some(limits)
            }
        };
        let notes = self.notes.clone();
        let body = NewReleaseBody { digest: self.digest.clone(), settings, limits, notes };
        let call = Call::post(&["v1", "admin", "releases"]).json(&body)?;
        with_host(&self.host, async |client| write(terminal, self.form, &client.ask(call).await?)).await
    }
}

impl ApproveCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        self.step.take("approval", terminal).await
    }
}

impl RejectCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        self.step.take("rejection", terminal).await
    }
}

impl Step {
    pub(super) async fn take(&self, what: &str, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let path = ["v1", "admin", "releases", &self.release.to_string(), what];
        let call = Call::post(&path).json(&ReasonGivenBody { reason: self.reason.clone() })?;
        with_host(&self.host, async |client| write(terminal, self.form, &client.ask(call).await?)).await
    }
}

fn write(terminal: &mut Terminal<'_>, form: OutputForm, answer: &Answer) -> Result<Exit, CliError> {
    let release: ReleaseBody = answer.read()?;
    if form.json {
        terminal.json(&release)?;
    } else {
        terminal.line(&format!(
            "release {} ({} {}) is {}",
            release.release, release.plugin, release.version, release.state
        ))?;
    }
    Ok(Exit::Success)
}
