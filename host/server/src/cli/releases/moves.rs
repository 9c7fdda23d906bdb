//! `creditgate releases make`, `approve` and `reject`.

use std::path::PathBuf;

use clap::Args;
use creditgate_gate::Release;
use creditgate_wire::release::{NewRelease, ReleaseReason};

use crate::cli::command::{Ask, Call, CliError, Client, Page, Show, Terminal, asks};

/// Make a release of a component with settings of its own
///
/// Pushing a component makes a release without.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate releases make 3f1c9a --settings settings.json --notes '承诺期限改为十日' \\
      --server http://127.0.0.1:8480")]
pub(in crate::cli) struct MakeCommand {
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
}

/// Approve a release that somebody else brought
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate releases approve 12 --reason '已审阅回测报告' --server http://127.0.0.1:8480")]
pub(in crate::cli) struct ApproveCommand {
    #[command(flatten)]
    step: Step,
}

/// Take a release back: it may not serve, now or later
///
/// Bindings it serves go back to the release before, and open cases that began with it with them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate releases reject 12 --reason 'refuses repaired parties' --server http://127.0.0.1:8480")]
pub(in crate::cli) struct RejectCommand {
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
}

impl Ask for MakeCommand {
    async fn ask(self, host: &Client, terminal: &mut Terminal<'_>) -> Result<Release, CliError> {
        let body = NewRelease {
            digest: self.digest,
            settings: self.settings.map(|file| terminal.read_json(&file)).transpose()?,
            limits: self.limits.map(|file| terminal.read_json(&file)).transpose()?,
            notes: self.notes,
        };
        host.ask(Call::post(&["v1", "admin", "releases"]).json(&body)).await
    }
}

asks!(ApproveCommand, Release, |command| command.step.taken("approval"));
asks!(RejectCommand, Release, |command| command.step.taken("rejection"));

impl Step {
    /// The call by which it is taken.
    pub(super) fn taken(self, what: &str) -> Call {
        let path = ["v1", "admin", "releases", &self.release.to_string(), what];
        Call::post(&path).json(&ReleaseReason { reason: self.reason })
    }
}

impl Show for Release {
    fn show(&self, page: &mut Page) {
        let Self { id, plugin, version, state, .. } = self;
        page.line(format!("release {id} ({plugin} {version}) is {}", state.code()));
    }
}
