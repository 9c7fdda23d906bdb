//! `creditgate feedback`: what goes to the credit platform, and what could not be delivered.

use std::collections::HashSet;

use clap::Args;
use creditgate_store::FeedbackState;
use creditgate_wire::admin::FeedbackItem;
use creditgate_wire::pages::FeedbackQueue;
use serde::Serialize;

use super::command::{
    Ask, AtHost, Call, CliError, Client, Page, Show, Terminal, asks, commands, explained, row,
};
use super::page::SoFar;

commands! {
    /// Show and requeue feedback to the credit platform
    pub(super) enum FeedbackCommand {
        List(AtHost<ListCommand>),
        Requeue(AtHost<RequeueCommand>),
    }
}

/// List feedback and where it stands, without what it says
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate feedback list --state dead --server http://127.0.0.1:8480 --key-file admin.key
  creditgate feedback list --config creditgate.toml --json")]
pub(super) struct ListCommand {
    /// Only feedback in this state
    #[arg(long, value_parser = explained(STATES))]
    state: Option<FeedbackState>,
}

const STATES: &[(FeedbackState, &str)] = &[
    (FeedbackState::Pending, "To be sent, or sent again"),
    (FeedbackState::Delivered, "Taken by the platform"),
    (FeedbackState::Dead, "Refused by the platform, or tried too often"),
];

/// Send dead feedback again
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate feedback requeue 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c \\
      --server http://127.0.0.1:8480 --key-file admin.key
  creditgate feedback requeue --all-dead --config creditgate.toml")]
pub(super) struct RequeueCommand {
    #[command(flatten)]
    which: Which,
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

asks!(ListCommand, FeedbackQueue, |command| list(command.state));

fn list(state: Option<FeedbackState>) -> Call {
    Call::list(&["v1", "admin", "feedback"], "feedback").maybe("state", state.map(FeedbackState::code))
}

impl Show for FeedbackQueue {
    fn show(&self, page: &mut Page) {
        page.table(
            ["ID", "CHECK", "STATE", "TRIES", "QUEUED", "DUE", "LEVELS", "LAST ERROR"],
            self.feedback.iter().map(|item| {
                row![
                    item.id,
                    item.check_id,
                    item.state,
                    item.attempts,
                    item.created_at,
                    item.next_at,
                    levels(item),
                    item.last_error,
                ]
            }),
        );
    }
}

/// The levels that have it, or the first that has not.
fn levels(item: &FeedbackItem) -> String {
    let have = item.levels.iter().filter(|level| level.at.is_some()).map(|level| level.level.as_str());
    let waiting = item.levels.iter().find(|level| level.at.is_none());
    let waiting = waiting.map(|level| format!("({} waits)", level.level));
    have.map(str::to_owned).chain(waiting).collect::<Vec<_>>().join(" ")
}

/// The feedback that is sent again.
#[derive(Serialize)]
pub(super) struct Requeued {
    requeued: Vec<String>,
}

impl Ask for RequeueCommand {
    async fn ask(self, host: &Client, _: &mut Terminal<'_>) -> Result<SoFar<Requeued>, CliError> {
        let mut requeued = Vec::new();
        let outcome = if self.which.all_dead {
            requeue_all_dead(host, &mut requeued).await
        } else {
            requeue(host, &self.which.ids, &mut requeued).await
        };
        Ok(SoFar::new(Requeued { requeued }, outcome))
    }
}

impl Show for Requeued {
    fn show(&self, page: &mut Page) {
        self.requeued.iter().for_each(|id| page.line(format!("{id} will be sent again")));
        page.line(format!("{} requeued", self.requeued.len()));
    }
}

async fn requeue(host: &Client, ids: &[String], requeued: &mut Vec<String>) -> Result<(), CliError> {
    for id in ids {
        host.send(Call::post(&["v1", "admin", "feedback", &format!("{id}:requeue")])).await?;
        requeued.push(id.clone());
    }
    Ok(())
}

/// Asked for until the list holds nothing new: what dies again meanwhile is not requeued a second time.
async fn requeue_all_dead(host: &Client, requeued: &mut Vec<String>) -> Result<(), CliError> {
    let mut seen = HashSet::new();
    loop {
        let dead: FeedbackQueue = host.ask(list(Some(FeedbackState::Dead))).await?;
        let new: Vec<String> =
            dead.feedback.into_iter().map(|item| item.id).filter(|id| seen.insert(id.clone())).collect();
        if new.is_empty() {
            return Ok(());
        }
        requeue(host, &new, requeued).await?;
    }
}
