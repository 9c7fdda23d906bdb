//! `creditgate entries propose`, `approve` and `step`.

use std::path::PathBuf;

use clap::Args;
use creditgate_affairs::local_lists::{NewStep, Proposal};
use creditgate_credit::lifecycle::StepKind;
use creditgate_credit::vocabulary::Vocabulary as _;
use creditgate_wire::local_entry::LocalEntryBody;
use creditgate_wire::release::ReleaseReason;
use creditgate_wire::time::Day;
use serde_json::{Map, Value};

use crate::cli::command::{Ask, Call, CliError, Client, Terminal, asks, day};
use crate::cli::output::document;

/// Propose an entry
///
/// Where the jurisdiction's policy asks for a second person, it is on no list until somebody else approves it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate entries propose proposal.json --reason '年度抽检' --server http://127.0.0.1:8480
  creditgate entries propose - --reason '年度抽检' --config creditgate.toml --operator li < proposal.json

The file holds one JSON object: division, list, subject_name, subject_identifiers, facts, authority, basis and,
where they are said, severity, recognised_on, valid_until, preliminary, particulars, attributes, escalates.")]
pub(in crate::cli) struct ProposeCommand {
    /// File with the proposal, or - for standard input
    file: PathBuf,
    /// Why; kept with the entry
    #[arg(long)]
    reason: String,
}

/// Approve an entry that somebody else proposed
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate entries approve local-0198c3f2-7c1e-7a50-9d3e-3c5a1f0b2d4e --reason '已复核' \\
      --server http://127.0.0.1:8480")]
pub(in crate::cli) struct ApproveCommand {
    /// Id of the entry
    id: String,
    /// Why; kept with the step
    #[arg(long)]
    reason: String,
}

/// Take a step of an entry
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate entries step local-0198c3f2-7c1e-7a50-9d3e-3c5a1f0b2d4e repair --reason '已履行' \\
      --public-commitment --duties-performed --server http://127.0.0.1:8480
  creditgate entries step local-0198c3f2-7c1e-7a50-9d3e-3c5a1f0b2d4e set_watch --watch-until 2027-06-30 \\
      --reason '认定机关来函' --server http://127.0.0.1:8480

Steps: confirm, reject (of what is announced or proposed), withdraw (it was wrong), standard_changed, repair,
remove (red lists), warn (watch lists), set_watch (black lists). To escalate a watch entry, propose the black
one with \"escalates\".")]
pub(in crate::cli) struct StepCommand {
    /// Id of the entry
    id: String,
    /// Which step
    #[arg(value_parser = step)]
    step: StepKind,
    /// Why; kept with the step
    #[arg(long)]
    reason: String,
    /// For repair: the subject made a public credit commitment
    #[arg(long)]
    public_commitment: bool,
    /// For repair: the duties of the decision are performed
    #[arg(long)]
    duties_performed: bool,
    /// For set_watch: the last day on the watch list, YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    watch_until: Option<Day>,
}

fn step(text: &str) -> Result<StepKind, String> {
    StepKind::from_code(text).ok_or_else(|| format!("a step is one of {}", StepKind::known()))
}

impl Ask for ProposeCommand {
    async fn ask(self, host: &Client, terminal: &mut Terminal<'_>) -> Result<LocalEntryBody, CliError> {
        let mut object: Map<String, Value> = terminal.read_json(&self.file)?;
        object.insert("reason".to_owned(), self.reason.into());
        let text = serde_json::to_vec(&object).map_err(|error| CliError::Output(error.into()))?;
        let proposal: Proposal = document(&text, &self.file)?;
        host.ask(Call::post(&["v1", "admin", "entries"]).json(&proposal)).await
    }
}

asks!(ApproveCommand, LocalEntryBody, |command| {
    let body = ReleaseReason { reason: command.reason };
    Call::post(&["v1", "admin", "entries", &command.id, "approval"]).json(&body)
});

asks!(StepCommand, LocalEntryBody, |command| {
    let StepCommand { id, step, reason, public_commitment, duties_performed, watch_until } = command;
    let body = NewStep { step, reason, public_commitment, duties_performed, watch_until };
    Call::post(&["v1", "admin", "entries", &id, "steps"]).json(&body)
});
