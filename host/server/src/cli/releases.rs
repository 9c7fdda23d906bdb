//! `creditgate activate`, `rollback` and `releases`: which release serves which binding.

mod moves;
mod show;
mod trials;

use clap::{Args, Subcommand};
use creditgate_wire::admin::{
    ActivateBody, ActivatedBody, ActivationBody, ComponentBody, ComponentsBody, ReleaseTimelineBody,
    ReleasesBody, RollbackBody,
};
use creditgate_wire::time::Instant;

use super::client::{Answer, Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, local_time, short_digest, table};
use super::{Exit, OutputForm};
use crate::http::Code;

const ACTIVATE_EXAMPLES: &str = "\
Examples:
  creditgate activate 12 --reason 'release 1.0.1' --server http://127.0.0.1:8480
  creditgate activate 12 --from 2027-01-01T00:00:00+08:00 --reason '新规定施行' \\
      --server http://127.0.0.1:8480
  creditgate activate 3f1c9a --binding market-regulation/food-licence/review \\
      --reason 'trial' --config creditgate.toml";

const ROLLBACK_EXAMPLES: &str = "\
Examples:
  creditgate rollback --plugin market-registration --reason 'refuses too much' \\
      --server http://127.0.0.1:8480
  creditgate rollback --binding market-regulation/food-licence/review \\
      --reason 'complaint' --config creditgate.toml";

const RELEASES_EXAMPLES: &str = "\
Examples:
  creditgate releases --server http://127.0.0.1:8480
  creditgate releases --binding market-regulation/food-licence/review \\
      --config creditgate.toml --json
  creditgate releases show 12 --server http://127.0.0.1:8480
  creditgate releases approve 12 --reason '已审阅' --server http://127.0.0.1:8480";

/// Bring a release into force
///
/// Without --binding, every binding of its plug-in. Nothing is switched unless the component passes for all of
/// them; requests that are running finish on the release they began with.
#[derive(Debug, Args)]
#[command(after_help = ACTIVATE_EXAMPLES)]
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
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Switch bindings back to the release before the one they have
#[derive(Debug, Args)]
#[command(after_help = ROLLBACK_EXAMPLES)]
pub(super) struct RollbackCommand {
    #[command(flatten)]
    scope: Scope,
    /// Why, for the audit trail
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
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
    after_help = RELEASES_EXAMPLES,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true
)]
pub(super) struct ReleasesCommand {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    list: ListOptions,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Show(show::ShowCommand),
    Make(moves::MakeCommand),
    Approve(moves::ApproveCommand),
    Reject(moves::RejectCommand),
    Shadow(trials::ShadowCommand),
    Canary(trials::CanaryCommand),
    EndTrial(trials::EndTrialCommand),
    Differences(trials::DifferencesCommand),
}

#[derive(Debug, Args)]
struct ListOptions {
    /// Only this binding
    #[arg(long, value_name = "ID")]
    binding: Option<String>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl ActivateCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let (release, digest) = match &self.release {
            Wanted::Number(number) => (Some(*number), None),
            Wanted::Digest(digest) => (None, Some(digest.clone())),
        };
        with_host(&self.host, async |client| {
            // What somebody else changes from here on is told, and not overruled.
            let seen: ReleasesBody = client.ask(Call::get(&["v1", "admin", "releases"])).await?.read()?;
            let body = ActivateBody {
                release,
                digest,
                binding: self.binding.clone(),
                effective_from: self.from,
                revision: Some(seen.revision),
                reason: self.reason.clone(),
            };
            let call = Call::post(&["v1", "admin", "releases:activate"]).json(&body)?;
            write_switches(terminal, self.form, &client.ask(call).await?)
        })
        .await
    }
}

impl RollbackCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = RollbackBody {
            plugin: self.scope.plugin.clone(),
            binding: self.scope.binding.clone(),
            reason: self.reason.clone(),
        };
        let call = Call::post(&["v1", "admin", "releases:rollback"]).json(&body)?;
        with_host(&self.host, async |client| write_switches(terminal, self.form, &client.ask(call).await?))
            .await
    }
}

fn write_switches(terminal: &mut Terminal<'_>, form: OutputForm, answer: &Answer) -> Result<Exit, CliError> {
    let switched: ActivatedBody = answer.read()?;
    if form.json {
        terminal.json(&switched)?;
    } else {
        let mut rows = table(["BINDING", "SERVED BY RELEASE", "DIGEST", "FROM"]);
        for switch in &switched.activated {
            rows.add_row([
                switch.binding.as_str(),
                &switch.release.to_string(),
                short_digest(&switch.digest),
                &local_time(switch.effective_from),
            ]);
        }
        terminal.table(&rows)?;
    }
    Ok(Exit::Success)
}

impl ReleasesCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.verb {
            Some(verb) => verb.run(terminal).await,
            None => self.list.run(terminal).await,
        }
    }
}

impl Verb {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match self {
            Self::Show(command) => command.run(terminal).await,
            Self::Make(command) => command.run(terminal).await,
            Self::Approve(command) => command.run(terminal).await,
            Self::Reject(command) => command.run(terminal).await,
            Self::Shadow(command) => command.run(terminal).await,
            Self::Canary(command) => command.run(terminal).await,
            Self::EndTrial(command) => command.run(terminal).await,
            Self::Differences(command) => command.run(terminal).await,
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

impl ListOptions {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let call = Call::get(&["v1", "admin", "releases"]);
            let mut listed: ReleasesBody = client.ask_all(call, "all", None).await?.read()?;
            let releases = &mut listed.releases;
            if let Some(binding) = &self.binding {
                releases.retain(|timeline| timeline.binding == *binding);
                if releases.is_empty() {
                    return Err(CliError::Host {
                        message: format!("there is no binding `{binding}`"),
                        code: Code::BindingUnknown.code().into(),
                    });
                }
            }
            if self.form.json {
                terminal.json(&listed)?;
                return Ok(Exit::Success);
            }
            let call = Call::get(&["v1", "admin", "plugins"]);
            let components: ComponentsBody = client.ask_all(call, "plugins", None).await?.read()?;
            match (&self.binding, releases.first()) {
                (Some(_), Some(timeline)) => write_history(terminal, timeline, &components.plugins)?,
                _ => write_active(terminal, releases, &components.plugins)?,
            }
            Ok(Exit::Success)
        })
        .await
    }
}

fn version<'c>(switch: &ActivationBody, components: &'c [ComponentBody]) -> &'c str {
    let component = components.iter().find(|component| component.digest == switch.digest);
    component.map_or("?", |component| &component.version)
}

fn write_active(
    terminal: &mut Terminal<'_>,
    releases: &[ReleaseTimelineBody],
    components: &[ComponentBody],
) -> Result<(), CliError> {
    let mut rows =
        table(["BINDING", "PLUG-IN", "RELEASE", "VERSION", "DIGEST", "SINCE", "BY", "SWITCHES", "PROBLEM"]);
    for timeline in releases {
        let active = timeline.active.as_ref();
        rows.add_row([
            timeline.binding.as_str(),
            &timeline.plugin,
            &active.map_or_else(|| "-".to_owned(), |switch| switch.release.to_string()),
            active.map_or("-", |switch| version(switch, components)),
            active.map_or("-", |switch| short_digest(&switch.digest)),
            &active.map_or_else(|| "-".to_owned(), |switch| local_time(switch.effective_from)),
            active.map_or("-", |switch| &switch.actor),
            &timeline.history.len().to_string(),
            timeline.unavailable.as_deref().unwrap_or_default(),
        ]);
    }
    terminal.table(&rows)
}

fn write_history(
    terminal: &mut Terminal<'_>,
    timeline: &ReleaseTimelineBody,
    components: &[ComponentBody],
) -> Result<(), CliError> {
    terminal.line(&format!("{} ({})", timeline.binding, timeline.plugin))?;
    let mut rows = table(["RELEASE", "VERSION", "DIGEST", "FROM", "BY", "REASON"]);
    for switch in &timeline.history {
        rows.add_row([
            switch.release.to_string().as_str(),
            version(switch, components),
            short_digest(&switch.digest),
            &local_time(switch.effective_from),
            &switch.actor,
            &switch.reason,
        ]);
    }
    terminal.table(&rows)?;
    match &timeline.unavailable {
        Some(problem) => terminal.line(&format!("not served: {problem}")),
        None => Ok(()),
    }
}
