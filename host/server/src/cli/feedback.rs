//! `creditgate feedback`: what goes to the credit platform, and what could not be delivered.

use std::collections::HashSet;

use clap::{Args, Subcommand, ValueEnum};
use creditgate_wire::admin::{FeedbackItemBody, FeedbackQueueBody};
use serde::Serialize;

use super::client::{Call, Client, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, local_time, table};
use super::{Exit, OutputForm};

const LIST_EXAMPLES: &str = "\
Examples:
  creditgate feedback list --state dead --server http://127.0.0.1:8480 --key-file admin.key
  creditgate feedback list --config creditgate.toml --json";

const REQUEUE_EXAMPLES: &str = "\
Examples:
  creditgate feedback requeue 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c \\
      --server http://127.0.0.1:8480 --key-file admin.key
  creditgate feedback requeue --all-dead --config creditgate.toml";

/// Show and requeue feedback to the credit platform
#[derive(Debug, Args)]
pub(super) struct FeedbackCommand {
    #[command(subcommand)]
    command: FeedbackSubcommand,
}

#[derive(Debug, Subcommand)]
enum FeedbackSubcommand {
    List(ListCommand),
    Requeue(RequeueCommand),
}

/// List feedback and where it stands, without what it says
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
struct ListCommand {
    /// Only feedback in this state
    #[arg(long)]
    state: Option<State>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum State {
    /// To be sent, or sent again
    Pending,
    /// Taken by the platform
    Delivered,
    /// Refused by the platform, or tried too often
    Dead,
}

impl State {
    const fn code(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Delivered => "delivered",
            Self::Dead => "dead",
        }
    }
}

/// Send dead feedback again
#[derive(Debug, Args)]
#[command(after_help = REQUEUE_EXAMPLES)]
struct RequeueCommand {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Which {
    /// Ids of feedback
    #[arg(value_name = "ID")]
    ids: Vec<String>,
    /// All feedback that is dead
    #[arg(long)]
    all_dead: bool,
}

impl FeedbackCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            FeedbackSubcommand::List(command) => command.run(terminal).await,
            FeedbackSubcommand::Requeue(command) => command.run(terminal).await,
        }
    }
}

async fn list(client: &Client, state: Option<State>) -> Result<FeedbackQueueBody, CliError> {
    let mut call = Call::get(&["v1", "admin", "feedback"]);
    if let Some(state) = state {
        call = call.query("state", state.code());
    }
    client.ask_all(call, "feedback", None).await?.read()
}

impl ListCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let queue = list(client, self.state).await?;
            if self.form.json {
                terminal.json(&queue)?;
                return Ok(Exit::Success);
            }
            let mut rows = table(["ID", "CHECK", "STATE", "TRIES", "QUEUED", "DUE", "LEVELS", "LAST ERROR"]);
            for item in &queue.feedback {
                rows.add_row([
                    item.id.as_str(),
                    item.check_id.as_deref().unwrap_or("-"),
                    &item.state,
                    &item.attempts.to_string(),
                    &local_time(item.created_at),
                    &item.next_at.map_or_else(|| "-".to_owned(), local_time),
                    &levels(item),
                    item.last_error.as_deref().unwrap_or("-"),
                ]);
            }
            terminal.table(&rows)?;
            Ok(Exit::Success)
        })
        .await
    }
}

/// The levels that have it, or the first that has not.
fn levels(item: &FeedbackItemBody) -> String {
    let have = item.levels.iter().filter(|level| level.at.is_some()).map(|level| level.level.as_str());
    let waiting = item.levels.iter().find(|level| level.at.is_none());
    let waiting = waiting.map(|level| format!("({} waits)", level.level));
    have.map(str::to_owned).chain(waiting).collect::<Vec<_>>().join(" ")
}

impl RequeueCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        #[derive(Serialize)]
        struct Requeued {
            requeued: Vec<String>,
        }
        with_host(&self.host, async |client| {
            let mut requeued = Vec::new();
            let outcome = if self.which.all_dead {
                requeue_all_dead(client, &mut requeued).await
            } else {
                requeue(client, &self.which.ids, &mut requeued).await
            };
            // What was requeued before one failed stays requeued, and is told.
            if self.form.json {
                terminal.json(&Requeued { requeued })?;
            } else {
                requeued.iter().try_for_each(|id| terminal.line(&format!("{id} will be sent again")))?;
                terminal.line(&format!("{} requeued", requeued.len()))?;
            }
            outcome.and(Ok(Exit::Success))
        })
        .await
    }
}

async fn requeue(client: &Client, ids: &[String], requeued: &mut Vec<String>) -> Result<(), CliError> {
    for id in ids {
        client.ask(Call::post(&["v1", "admin", "feedback", &format!("{id}:requeue")])).await?;
        requeued.push(id.clone());
    }
    Ok(())
}

/// A list may be cut off, so it is asked for until it holds nothing new: what dies again meanwhile is not
/// requeued a second time.
async fn requeue_all_dead(client: &Client, requeued: &mut Vec<String>) -> Result<(), CliError> {
    let mut seen = HashSet::new();
    loop {
        let dead = list(client, Some(State::Dead)).await?.feedback;
        let new: Vec<String> =
            dead.into_iter().map(|item| item.id).filter(|id| seen.insert(id.clone())).collect();
        if new.is_empty() {
            return Ok(());
        }
        requeue(client, &new, requeued).await?;
    }
}
