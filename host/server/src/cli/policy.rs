//! `creditgate policy`: what holds in a division on a day and who says so, and the policies that are shipped
//! to start from.

use std::collections::HashMap;

use clap::{Args, Subcommand};
use creditgate_wire::policy::{LayerSpanBody, PROFILES, Profile, ResolvedPolicyBody};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, Tone, table, toned};
use super::{Exit, OutputForm};

const SHOW_EXAMPLES: &str = "\
Examples:
  creditgate policy show --division 440700 --config creditgate.toml
  creditgate policy show --division 440700 --on 2026-04-01 --server http://127.0.0.1:8480 --key-file audit.key --json

Exit status: 0, and 1 where a value is missing, so that no check can be made.";

const PROFILES_EXAMPLES: &str = "\
Examples:
  creditgate policy profiles
  creditgate policy profiles jiangmen-2018 > jiangmen.toml
  creditgate policy profiles default --json

A profile is imported with `creditgate import policy FILE.toml`; `default` shows what is compiled in.";

/// See what holds in a division, and the policies to start from
#[derive(Debug, Args)]
pub(super) struct PolicyCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    Show(ShowCommand),
    Profiles(ProfilesCommand),
}

/// Show every value of a division's policy on a day, and whose it is
#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
struct ShowCommand {
    /// Administrative division, six digits (GB/T 2260)
    #[arg(long, value_name = "CODE")]
    division: String,
    /// The day, as YYYY-MM-DD; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// List the shipped policies, or print one
#[derive(Debug, Args)]
#[command(after_help = PROFILES_EXAMPLES)]
struct ProfilesCommand {
    /// Which to print
    name: Option<String>,
    #[command(flatten)]
    form: OutputForm,
}

impl PolicyCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.action {
            Action::Show(command) => command.run(terminal).await,
            Action::Profiles(command) => command.run(terminal),
        }
    }
}

impl ShowCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let mut call =
                Call::get(&["v1", "admin", "policy", "resolved"]).query("division", self.division.as_str());
            if let Some(on) = self.on {
                call = call.query("on", on.to_string());
            }
            let policy: ResolvedPolicyBody = client.ask(call).await?.read()?;
            if self.form.json {
                terminal.json(&policy)?;
            } else {
                write(terminal, &policy)?;
            }
            Ok(Exit::of(policy.missing.is_empty()))
        })
        .await
    }
}

fn write(terminal: &mut Terminal<'_>, policy: &ResolvedPolicyBody) -> Result<(), CliError> {
    let name = policy.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    terminal.line(&format!("{}{name} on {}", policy.division, policy.on.0))?;
    let sources: HashMap<&str, String> =
        policy.layers.iter().map(|layer| (layer.layer.as_str(), source(layer))).collect();
    let mut rows = table(["VALUE", "SETTING", "FROM"]);
    for value in &policy.values {
        let source = sources.get(value.layer.as_str()).unwrap_or(&value.layer);
        rows.add_row([value.name.as_str(), &setting(&value.value), source]);
    }
    for missing in &policy.missing {
        rows.add_row([
            missing.as_str(),
            &toned(Tone::Bad, "missing"),
            "nobody states it; no check can be made",
        ]);
    }
    terminal.table(&rows)?;
    match &policy.snapshot {
        Some(snapshot) => terminal.line(&format!("in records: {snapshot}")),
        None => Ok(()),
    }
}

fn source(layer: &LayerSpanBody) -> String {
    let name = layer.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    let until = layer.effective_until.map(|last| format!(" to {}", last.0)).unwrap_or_default();
    format!("{}{name} {}, from {}{until}", layer.division, layer.version, layer.effective_from.0)
}

/// A value for people.
fn setting(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) if items.is_empty() => "-".to_owned(),
        Value::Array(items) => items.iter().map(setting).collect::<Vec<_>>().join(", "),
        Value::Object(fields) => match (fields.get("count"), fields.get("unit")) {
            (Some(count), Some(unit)) => format!("{} {}", setting(count), setting(unit)),
            _ => {
                let pairs = fields.iter().map(|(name, value)| format!("{name}={}", setting(value)));
                pairs.collect::<Vec<_>>().join(" ")
            }
        },
        other => other.to_string(),
    }
}

#[derive(Serialize)]
struct ProfileBody {
    name: &'static str,
    title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'static str>,
}

impl ProfilesCommand {
    fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.name {
            Some(name) => self.print(terminal, profile(name)?)?,
            None => self.list(terminal)?,
        }
        Ok(Exit::Success)
    }

    fn print(&self, terminal: &mut Terminal<'_>, profile: &Profile) -> Result<(), CliError> {
        if self.form.json {
            let Profile { name, title, text } = *profile;
            return terminal.json(&ProfileBody { name, title, text: Some(text) });
        }
        terminal.line(profile.text.trim_end())
    }

    fn list(&self, terminal: &mut Terminal<'_>) -> Result<(), CliError> {
        if self.form.json {
            let listed =
                PROFILES.iter().map(|&Profile { name, title, .. }| ProfileBody { name, title, text: None });
            return terminal.json(&listed.collect::<Vec<_>>());
        }
        let mut rows = table(["NAME", "OF"]);
        for profile in PROFILES {
            rows.add_row([profile.name, profile.title]);
        }
        terminal.table(&rows)
    }
}

fn profile(name: &str) -> Result<&'static Profile, CliError> {
    PROFILES.iter().find(|profile| profile.name == name).ok_or_else(|| CliError::Usage {
        message: format!("there is no profile `{name}`"),
        help: "`creditgate policy profiles` lists them",
    })
}
