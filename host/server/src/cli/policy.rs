//! `creditgate policy`: what holds in a division on a day and who says so, and the policies that are shipped
//! to start from.

use std::collections::HashMap;

use clap::Args;
use creditgate_wire::policy::{LayerSpan, PROFILES, Profile, ResolvedPolicy};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use super::command::{
    AtHost, Call, CliError, Exit, Here, Page, Show, Terminal, Tone, Work, asks, commands, row, toned,
};
use super::page::Either;

commands! {
    /// See what holds in a division, and the policies to start from
    pub(super) enum PolicyCommand {
        Show(AtHost<ShowCommand>),
        Profiles(Here<ProfilesCommand>),
    }
}

/// Show every value of a division's policy on a day, and whose it is
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate policy show --division 440700 --config creditgate.toml
  creditgate policy show --division 440700 --on 2026-04-01 --server http://127.0.0.1:8480 --key-file audit.key --json

Exit status: 0, and 1 where a value is missing, so that no check can be made.")]
pub(super) struct ShowCommand {
    /// Administrative division, six digits (GB/T 2260)
    #[arg(long, value_name = "CODE")]
    division: String,
    /// The day, as YYYY-MM-DD; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
}

/// List the shipped policies, or print one
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate policy profiles
  creditgate policy profiles jiangmen-2018 > jiangmen.toml
  creditgate policy profiles default --json

A profile is imported with `creditgate import policy FILE.toml`; `default` shows what is compiled in.")]
pub(super) struct ProfilesCommand {
    /// Which to print
    name: Option<String>,
}

asks!(ShowCommand, ResolvedPolicy, |command| {
    let call = Call::get(&["v1", "admin", "policy", "resolved"]);
    call.query("division", command.division).maybe("on", command.on)
});

impl Show for ResolvedPolicy {
    fn show(&self, page: &mut Page) {
        let name = self.name.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
        page.line(format!("{}{name} on {}", self.division, self.on.0));
        let sources: HashMap<&str, String> =
            self.layers.iter().map(|layer| (layer.layer.as_str(), source(layer))).collect();
        let values = self.values.iter().map(|value| {
            let source = sources.get(value.layer.as_str()).unwrap_or(&value.layer);
            row![value.name, setting(&value.value), source]
        });
        let missing = self.missing.iter().map(|missing| {
            row![missing, toned(Tone::Bad, "missing"), "nobody states it; no check can be made"]
        });
        page.table(["VALUE", "SETTING", "FROM"], values.chain(missing));
        self.snapshot.iter().for_each(|snapshot| page.line(format!("in records: {snapshot}")));
    }

    fn end(self) -> Result<Exit, CliError> {
        Ok(Exit::of(self.missing.is_empty()))
    }
}

fn source(layer: &LayerSpan) -> String {
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

/// A shipped policy, with its text where it was asked for.
#[derive(Serialize)]
pub(super) struct ShippedProfile {
    name: &'static str,
    title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'static str>,
}

/// The shipped policies.
#[derive(Serialize)]
pub(super) struct ShippedProfiles(Vec<ShippedProfile>);

impl Work for ProfilesCommand {
    async fn work(self, _: &mut Terminal<'_>) -> Result<Either<ShippedProfile, ShippedProfiles>, CliError> {
        let Some(name) = self.name else {
            let listed = PROFILES.iter().map(|&Profile { name, title, .. }| ShippedProfile {
                name,
                title,
                text: None,
            });
            return Ok(Either::Other(ShippedProfiles(listed.collect())));
        };
        let Profile { name, title, text } = profile(&name)?;
        Ok(Either::One(ShippedProfile { name, title, text: Some(text) }))
    }
}

impl Show for ShippedProfile {
    fn show(&self, page: &mut Page) {
        page.line(self.text.unwrap_or_default().trim_end());
    }
}

impl Show for ShippedProfiles {
    fn show(&self, page: &mut Page) {
        page.table(["NAME", "OF"], self.0.iter().map(|profile| row![profile.name, profile.title]));
    }
}

fn profile(name: &str) -> Result<&'static Profile, CliError> {
    let found = PROFILES.iter().find(|profile| profile.name == name);
    found.ok_or_else(|| {
        let message = format!("there is no profile `{name}`");
        CliError::usage(message, "`creditgate policy profiles` lists them")
    })
}
