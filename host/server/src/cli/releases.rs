//! `creditgate activate`, `rollback` and `releases`: which release serves which binding.

mod moves;
mod show;
mod trials;

use clap::Args;
use creditgate_gate::ports::{Activation, Component};
use creditgate_wire::admin::{Activate, Activated, ReleaseTimeline, ReleasesBody, Rollback};
use creditgate_wire::pages::Components;
use creditgate_wire::time::Instant;
use serde::Serialize;

use super::command::{
    Ask, AtHost, Call, CliError, Client, Exit, Page, Run, Show, Terminal, asks, commands, row, short_digest,
};
use crate::http::Code;

/// Bring a release into force
///
/// Without --binding, every binding of its plug-in. Nothing is switched unless the component passes for all of
/// them; requests that are running finish on the release they began with.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate activate 12 --reason 'release 1.0.1' --server http://127.0.0.1:8480
  creditgate activate 12 --from 2027-01-01T00:00:00+08:00 --reason '新规定施行' \\
      --server http://127.0.0.1:8480
  creditgate activate 3f1c9a --binding market-regulation/food-licence/review \\
      --reason 'trial' --config creditgate.toml")]
pub(super) struct ActivateCommand {
    /// Number of the release; or digest of its component, or the beginning of it, for its newest release
    #[arg(value_name = "RELEASE", value_parser = wanted)]
    release: Wanted,
    /// Only this binding
    #[arg(long, value_name = "ID")]
    binding: Option<String>,
    /// From this instant on instead of at once, such as 2027-01-01T00:00:00+08:00
    #[arg(long, value_name = "INSTANT", value_parser = instant)]
    from: Option<Instant>,
    /// Why, for the audit trail
    #[arg(long)]
    reason: String,
}

/// Switch bindings back to the release before the one they have
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate rollback --plugin market-registration --reason 'refuses too much' \\
      --server http://127.0.0.1:8480
  creditgate rollback --binding market-regulation/food-licence/review \\
      --reason 'complaint' --config creditgate.toml")]
pub(super) struct RollbackCommand {
    #[command(flatten)]
    scope: Scope,
    /// Why, for the audit trail
    #[arg(long)]
    reason: String,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Scope {
    /// Every binding of this plug-in
    #[arg(long, value_name = "NAME")]
    plugin: Option<String>,
    /// One binding
    #[arg(long, value_name = "ID")]
    binding: Option<String>,
}

/// Show the releases of each binding, or move a release on its way
///
/// Without a command: what serves each binding; with --binding, every switch of that binding, newest first.
#[derive(Debug, Args)]
#[command(
    after_help = "\
Examples:
  creditgate releases --server http://127.0.0.1:8480
  creditgate releases --binding market-regulation/food-licence/review \\
      --config creditgate.toml --json
  creditgate releases show 12 --server http://127.0.0.1:8480
  creditgate releases approve 12 --reason '已审阅' --server http://127.0.0.1:8480",
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub(super) struct ReleasesCommand {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    list: AtHost<ListCommand>,
}

commands! {
    enum Verb {
        Show(AtHost<show::ShowCommand>),
        Make(AtHost<moves::MakeCommand>),
        Approve(AtHost<moves::ApproveCommand>),
        Reject(AtHost<moves::RejectCommand>),
        Shadow(AtHost<trials::ShadowCommand>),
        Canary(AtHost<trials::CanaryCommand>),
        EndTrial(AtHost<trials::EndTrialCommand>),
        Differences(AtHost<trials::DifferencesCommand>),
    }
}

#[derive(Debug, Args)]
pub(super) struct ListCommand {
    /// Only this binding
    #[arg(long, value_name = "ID")]
    binding: Option<String>,
}

impl Ask for ActivateCommand {
    async fn ask(self, host: &Client, _: &mut Terminal<'_>) -> Result<Activated, CliError> {
        let (release, digest) = match self.release {
            Wanted::Number(number) => (Some(number), None),
            Wanted::Digest(digest) => (None, Some(digest)),
        };
        // What somebody else changes from here on is told, and not overruled.
        let seen: ReleasesBody = host.ask(Call::get(&["v1", "admin", "releases"])).await?;
        let body = Activate {
            release,
            digest,
            binding: self.binding,
            effective_from: self.from,
            revision: Some(seen.revision),
            reason: self.reason,
        };
        host.ask(Call::post(&["v1", "admin", "releases:activate"]).json(&body)).await
    }
}

asks!(RollbackCommand, Activated, |command| {
    let Scope { plugin, binding } = command.scope;
    let body = Rollback { plugin, binding, reason: command.reason };
    Call::post(&["v1", "admin", "releases:rollback"]).json(&body)
});

impl Show for Activated {
    fn show(&self, page: &mut Page) {
        page.table(
            ["BINDING", "SERVED BY RELEASE", "DIGEST", "FROM"],
            self.activated.iter().map(|switch| {
                row![switch.binding, switch.release, short_digest(&switch.digest), switch.effective_from]
            }),
        );
    }
}

impl Run for ReleasesCommand {
    async fn run(self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match self.verb {
            Some(verb) => verb.run(terminal).await,
            None => self.list.run(terminal).await,
        }
    }
}

/// Which release is meant on the command line.
#[derive(Debug, Clone)]
enum Wanted {
    Number(i64),
    Digest(String),
}

/// A number of few digits is a release, anything longer a digest.
fn wanted(text: &str) -> Result<Wanted, String> {
    const MOST_DIGITS: usize = 9;
    if text.len() <= MOST_DIGITS && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().map(Wanted::Number).map_err(|_| "a release is a number, such as 12".to_owned());
    }
    Ok(Wanted::Digest(text.to_owned()))
}

/// Reads an instant from the command line.
fn instant(text: &str) -> Result<Instant, String> {
    text.parse()
        .map(Instant)
        .map_err(|_| "an instant is written like 2027-01-01T00:00:00+08:00 (RFC 3339)".to_owned())
}

impl Ask for ListCommand {
    async fn ask(self, host: &Client, _: &mut Terminal<'_>) -> Result<Releases, CliError> {
        let mut listed: ReleasesBody = host.ask(Call::list(&["v1", "admin", "releases"], "all")).await?;
        if let Some(binding) = &self.binding {
            listed.releases.retain(|timeline| timeline.binding == *binding);
            if listed.releases.is_empty() {
                return Err(CliError::Host {
                    message: format!("there is no binding `{binding}`"),
                    code: Code::BindingUnknown.code().into(),
                });
            }
        }
        let components: Components = host.ask(Call::list(&["v1", "admin", "plugins"], "plugins")).await?;
        Ok(Releases { listed, components: components.plugins, of_one: self.binding.is_some() })
    }
}

/// What serves each binding, with the components for their versions.
#[derive(Serialize)]
#[serde(transparent)]
pub(super) struct Releases {
    listed: ReleasesBody,
    #[serde(skip)]
    components: Vec<Component>,
    /// Whether one binding was asked for.
    #[serde(skip)]
    of_one: bool,
}

impl Show for Releases {
    fn show(&self, page: &mut Page) {
        match self.listed.releases.first().filter(|_| self.of_one) {
            Some(timeline) => self.show_history(page, timeline),
            None => self.show_active(page),
        }
    }
}

impl Releases {
    fn version(&self, switch: &Activation) -> &str {
        let component = self.components.iter().find(|component| component.digest == switch.digest);
        component.map_or("?", |component| &component.version)
    }

    fn show_active(&self, page: &mut Page) {
        page.table(
            ["BINDING", "PLUG-IN", "RELEASE", "VERSION", "DIGEST", "SINCE", "BY", "SWITCHES", "PROBLEM"],
            self.listed.releases.iter().map(|timeline| {
                let active = timeline.active.as_ref();
                row![
                    timeline.binding,
                    timeline.plugin,
                    active.map(|switch| switch.release),
                    active.map(|switch| self.version(switch)),
                    active.map(|switch| short_digest(&switch.digest)),
                    active.map(|switch| switch.effective_from),
                    active.map(|switch| &switch.actor),
                    timeline.history.len(),
                    timeline.unavailable.as_deref().unwrap_or_default(),
                ]
            }),
        );
    }

    fn show_history(&self, page: &mut Page, timeline: &ReleaseTimeline) {
        page.line(format!("{} ({})", timeline.binding, timeline.plugin));
        page.table(
            ["RELEASE", "VERSION", "DIGEST", "FROM", "BY", "REASON"],
            timeline.history.iter().map(|switch| {
                let (version, digest) = (self.version(switch), short_digest(&switch.digest));
                row![switch.release, version, digest, switch.effective_from, switch.actor, switch.reason]
            }),
        );
        timeline.unavailable.iter().for_each(|problem| page.line(format!("not served: {problem}")));
    }
}
