//! `creditgate activate`, `rollback` and `releases`: which release serves which binding.

use clap::Args;
use creditgate_wire::admin::{
    ActivateBody, ActivatedBody, ActivationBody, ComponentBody, ComponentsBody, ReleaseTimelineBody,
    ReleasesBody, RollbackBody,
};

use super::client::{Answer, Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, local_time, short_digest, table};
use super::{Exit, OutputForm};

const ACTIVATE_EXAMPLES: &str = "\
Examples:
  creditgate activate sha256:3f1c9a --reason 'release 1.0.1' --server http://127.0.0.1:8480
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
      --config creditgate.toml --json";

/// Switch bindings to a component that was pushed
///
/// Without --binding, every binding of its plug-in. Nothing is switched unless the component passes for all of
/// them; requests that are running finish on the release they began with.
#[derive(Debug, Args)]
#[command(after_help = ACTIVATE_EXAMPLES)]
pub(super) struct ActivateCommand {
    /// Digest of the component, or the beginning of it
    digest: String,
    /// Only this binding
    #[arg(long, value_name = "ID")]
    binding: Option<String>,
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

/// Show the active release of each binding
///
/// With --binding, every switch of that binding, newest first.
#[derive(Debug, Args)]
#[command(after_help = RELEASES_EXAMPLES)]
pub(super) struct ReleasesCommand {
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
        let body = ActivateBody {
            digest: self.digest.clone(),
            binding: self.binding.clone(),
            reason: self.reason.clone(),
        };
        let call = Call::post(&["v1", "admin", "releases:activate"]).json(&body)?;
        with_host(&self.host, async |client| write_switches(terminal, self.form, &client.ask(call).await?))
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
        let mut rows = table(["BINDING", "NOW SERVED BY", "SINCE"]);
        for switch in &switched.activated {
            rows.add_row([switch.binding.as_str(), short_digest(&switch.digest), &local_time(switch.at)]);
        }
        terminal.table(&rows)?;
    }
    Ok(Exit::Success)
}

impl ReleasesCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let ReleasesBody { mut releases } =
                client.ask(Call::get(&["v1", "admin", "releases"])).await?.read()?;
            if let Some(binding) = &self.binding {
                releases.retain(|timeline| timeline.binding == *binding);
                if releases.is_empty() {
                    return Err(CliError::Host {
                        message: format!("there is no binding `{binding}`"),
                        code: "binding.unknown".into(),
                    });
                }
            }
            if self.form.json {
                terminal.json(&ReleasesBody { releases })?;
                return Ok(Exit::Success);
            }
            let components: ComponentsBody =
                client.ask(Call::get(&["v1", "admin", "plugins"])).await?.read()?;
            match (&self.binding, releases.first()) {
                (Some(_), Some(timeline)) => write_history(terminal, timeline, &components.plugins)?,
                _ => write_active(terminal, &releases, &components.plugins)?,
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
    let mut rows = table(["BINDING", "PLUG-IN", "VERSION", "DIGEST", "SINCE", "BY", "SWITCHES", "PROBLEM"]);
    for timeline in releases {
        let active = timeline.active.as_ref();
        rows.add_row([
            timeline.binding.as_str(),
            &timeline.plugin,
            active.map_or("-", |switch| version(switch, components)),
            active.map_or("-", |switch| short_digest(&switch.digest)),
            &active.map_or_else(|| "-".to_owned(), |switch| local_time(switch.at)),
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
    let mut rows = table(["VERSION", "DIGEST", "SINCE", "BY", "REASON"]);
    for switch in &timeline.history {
        rows.add_row([
            version(switch, components),
            short_digest(&switch.digest),
            &local_time(switch.at),
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
