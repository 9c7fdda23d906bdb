//! `creditgate events`: what has happened, and whether the webhook was told.

use std::time::Duration;

use clap::Args;
use creditgate_wire::event::{EventItemBody, EventsBody};

use super::client::{Call, Client, HostOptions, ROWS_AT_ONCE, with_host};
use super::error::CliError;
use super::output::{Terminal, local_time, table};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate events --server http://127.0.0.1:8480 --key-file admin.key
  creditgate events --name release.activated --limit 20 --config creditgate.toml --json
  creditgate events --follow --json --server http://127.0.0.1:8480 | jq .event.name";

/// How often a host is asked what is new.
const INTERVAL: Duration = Duration::from_secs(2);

/// List events, newest first, and where the delivery of each to the webhook stands
///
/// Events are what happens to releases and keys; docs/events.md lists them.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct EventsCommand {
    /// Only events of this name, such as release.activated
    #[arg(long)]
    name: Option<String>,
    /// At most so many; the newest
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
    /// Go on with what happens from now on, oldest first, until interrupted; with --json, one document a line
    #[arg(long)]
    follow: bool,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl EventsCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let listed = self.page(client, None, self.limit as usize).await?;
            match (self.follow, self.form.json) {
                (true, _) => return self.follow(terminal, client, listed.events).await,
                (false, true) => terminal.json(&listed)?,
                (false, false) => write_table(terminal, &listed.events)?,
            }
            Ok(Exit::Success)
        })
        .await
    }

    async fn page(
        &self,
        client: &Client,
        cursor: Option<&str>,
        limit: usize,
    ) -> Result<EventsBody, CliError> {
        let mut call = Call::get(&["v1", "admin", "events"]);
        if let Some(name) = &self.name {
            call = call.query("name", name);
        }
        client.ask(call.page(cursor, limit)).await?.read()
    }

    /// Writes `first`, newest first as listed, and then everything that comes.
    async fn follow(
        &self,
        terminal: &mut Terminal<'_>,
        client: &Client,
        first: Vec<EventItemBody>,
    ) -> Result<Exit, CliError> {
        let mut last = 0;
        let mut new = first;
        loop {
            for item in new.iter().rev() {
                self.write_line(terminal, item)?;
                last = item.seq;
            }
            terminal.flush()?;
            tokio::time::sleep(INTERVAL).await;
            new = self.newer_than(client, last).await?;
        }
    }

    /// Everything after `last`, newest first, however much it is.
    async fn newer_than(&self, client: &Client, last: i64) -> Result<Vec<EventItemBody>, CliError> {
        let mut newer: Vec<EventItemBody> = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = self.page(client, cursor.as_deref(), ROWS_AT_ONCE).await?;
            let reached = page.events.last().is_none_or(|item| item.seq <= last);
            newer.extend(page.events.into_iter().take_while(|item| item.seq > last));
            match page.next {
                Some(next) if !reached => cursor = Some(next),
                _ => return Ok(newer),
            }
        }
    }

    fn write_line(&self, terminal: &mut Terminal<'_>, item: &EventItemBody) -> Result<(), CliError> {
        if self.form.json {
            let line = serde_json::to_string(item).map_err(|error| CliError::Output(error.into()))?;
            return terminal.line(&line);
        }
        let event = &item.event;
        terminal.line(&format!(
            "{}  {}  {}  by {}  {}",
            local_time(event.at),
            event.name,
            event.subject,
            event.actor,
            particulars(item)
        ))
    }
}

fn particulars(item: &EventItemBody) -> String {
    item.event.data.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

fn write_table(terminal: &mut Terminal<'_>, events: &[EventItemBody]) -> Result<(), CliError> {
    let mut rows = table(["WHEN", "EVENT", "SUBJECT", "BY", "PARTICULARS", "WEBHOOK", "TRIES", "LAST ERROR"]);
    for item in events {
        rows.add_row([
            local_time(item.event.at).as_str(),
            &item.event.name,
            &item.event.subject,
            &item.event.actor,
            &particulars(item),
            &item.delivery.state,
            &item.delivery.attempts.to_string(),
            item.delivery.last_error.as_deref().unwrap_or("-"),
        ]);
    }
    terminal.table(&rows)
}
