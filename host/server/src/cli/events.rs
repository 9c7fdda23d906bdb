//! `creditgate events`: what has happened, and whether the webhook was told.

use std::time::Duration;

use clap::Args;
use creditgate_wire::event::EventItem;
use creditgate_wire::pages::Events;

use super::client::ROWS_AT_ONCE;
use super::command::{Ask, Call, CliError, Client, Page, Show, Terminal, local_time, row};

/// How often a host is asked what is new.
const INTERVAL: Duration = Duration::from_secs(2);

/// List events, newest first, and where the delivery of each to the webhook stands
///
/// Events are what happens to releases and keys; docs/events.md lists them.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate events --server http://127.0.0.1:8480 --key-file admin.key
  creditgate events --name release.activated --limit 20 --config creditgate.toml --json
  creditgate events --follow --json --server http://127.0.0.1:8480 | jq .event.name")]
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
}

impl Ask for EventsCommand {
    async fn ask(self, host: &Client, terminal: &mut Terminal<'_>) -> Result<Events, CliError> {
        let listed = self.page(host, None, self.limit as usize).await?;
        if self.follow { self.follow(host, terminal, listed.events).await } else { Ok(listed) }
    }
}

impl EventsCommand {
    async fn page(&self, host: &Client, cursor: Option<&str>, rows: usize) -> Result<Events, CliError> {
        let call = Call::get(&["v1", "admin", "events"]).maybe("name", self.name.as_ref());
        host.ask(call.query("limit", rows).maybe("cursor", cursor)).await
    }

    /// Writes `new`, newest first as listed, and then everything that comes.
    async fn follow(
        &self,
        host: &Client,
        terminal: &mut Terminal<'_>,
        mut new: Vec<EventItem>,
    ) -> Result<Events, CliError> {
        let mut last = 0;
        loop {
            for item in new.iter().rev() {
                write_line(terminal, item)?;
                last = item.seq;
            }
            terminal.flush()?;
            tokio::time::sleep(INTERVAL).await;
            new = self.newer_than(host, last).await?;
        }
    }

    /// Everything after `last`, newest first, however much it is.
    async fn newer_than(&self, host: &Client, last: i64) -> Result<Vec<EventItem>, CliError> {
        let mut newer: Vec<EventItem> = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let page = self.page(host, cursor.as_deref(), ROWS_AT_ONCE).await?;
            let reached = page.events.last().is_none_or(|item| item.seq <= last);
            newer.extend(page.events.into_iter().take_while(|item| item.seq > last));
            match page.next {
                Some(next) if !reached => cursor = Some(next),
                _ => return Ok(newer),
            }
        }
    }
}

fn write_line(terminal: &mut Terminal<'_>, item: &EventItem) -> Result<(), CliError> {
    if terminal.json {
        let line = serde_json::to_string(item).map_err(|error| CliError::Output(error.into()))?;
        return terminal.line(&line);
    }
    let event = &item.event;
    let (at, particulars) = (local_time(event.at), particulars(item));
    terminal.line(&format!("{at}  {}  {}  by {}  {particulars}", event.name, event.subject, event.actor))
}

fn particulars(item: &EventItem) -> String {
    item.event.data.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
}

impl Show for Events {
    fn show(&self, page: &mut Page) {
        page.table(
            ["WHEN", "EVENT", "SUBJECT", "BY", "PARTICULARS", "WEBHOOK", "TRIES", "LAST ERROR"],
            self.events.iter().map(|item| {
                row![
                    item.event.at,
                    item.event.name.as_ref(),
                    item.event.subject,
                    item.event.actor,
                    particulars(item),
                    item.delivery.state,
                    item.delivery.attempts,
                    item.delivery.last_error,
                ]
            }),
        );
    }
}
