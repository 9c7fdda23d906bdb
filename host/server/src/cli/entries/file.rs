//! `creditgate entries order`, `carried-out`, `talk`, `lift` and `file`: what is known here of an entry beside what the
//! lists say.

use clap::Args;
use creditgate_affairs::entry_file::{EntryFile, NewLifting, NewRectification, NewTalk, RectificationDone};
use creditgate_credit::rectification::TalkKind;
use creditgate_wire::time::Day;

use crate::cli::client::{Call, HostOptions, with_host};
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, details};
use crate::cli::vocabulary::{day, one_of};
use crate::cli::{Exit, OutputForm};

const ORDER_EXAMPLES: &str = "\
Examples:
  creditgate entries order SD-2026-0042 --requirement '召回不合格食品并整改' --due-on 2026-12-31 \\
      --department market-regulation --server http://127.0.0.1:8480 --key-file publisher.key

There is one order at a time. Until it is carried out it is a task (`creditgate tasks --kind rectification`), overdue
from the day after the last.";

const CARRIED_OUT_EXAMPLES: &str = "\
Examples:
  creditgate entries carried-out SD-2026-0042 --on 2026-12-20 --text '已整改' \\
      --server http://127.0.0.1:8480 --key-file publisher.key";

const TALK_EXAMPLES: &str = "\
Examples:
  creditgate entries talk SD-2026-0042 --kind warning --held-on 2027-01-05 --record '已告知逾期整改的后果' \\
      --server http://127.0.0.1:8480 --key-file publisher.key
  creditgate entries talk SD-2026-0042 --kind prompting --held-on 2027-01-05 --refused --record '经通知未到场' \\
      --config creditgate.toml

A talk is held with who is late with an order, once of each kind: prompting for watch lists, warning for black lists.";

const LIFT_EXAMPLES: &str = "\
Examples:
  creditgate entries lift SD-2026-0042 --from 2026-12-01 --until 2027-05-31 --document '（2026）示破1号' \\
      --server http://127.0.0.1:8480 --key-file publisher.key

No punish measure follows from the entry from the first day to the last, as for a company in reorganisation.";

const FILE_EXAMPLES: &str = "\
Examples:
  creditgate entries file SD-2026-0042 --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate entries file SD-2026-0042 --config creditgate.toml --json";

/// Take in an order to put things right
#[derive(Debug, Args)]
#[command(after_help = ORDER_EXAMPLES)]
pub(super) struct OrderCommand {
    /// Id of the entry
    id: String,
    /// What is to be put right
    #[arg(long)]
    requirement: String,
    /// Last day, YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    due_on: Day,
    /// Code of the department that sees to it [default: that of the recogniser]
    #[arg(long, value_name = "CODE")]
    department: Option<String>,
    /// Division it belongs to [default: that of the entry or of the department]
    #[arg(long, value_name = "CODE")]
    division: Option<String>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Take in that an order was carried out
#[derive(Debug, Args)]
#[command(after_help = CARRIED_OUT_EXAMPLES)]
pub(super) struct CarriedOutCommand {
    /// Id of the entry
    id: String,
    /// Day on which it was done, YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    on: Day,
    /// What was found
    #[arg(long)]
    text: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Take in a regulatory talk
#[derive(Debug, Args)]
#[command(after_help = TALK_EXAMPLES)]
pub(super) struct TalkCommand {
    /// Id of the entry
    id: String,
    /// Which talk
    #[arg(long, value_parser = one_of(TalkKind::ALL, TalkKind::code, TalkKind::from_code))]
    kind: TalkKind,
    /// Day, YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    held_on: Day,
    /// The subject did not come
    #[arg(long)]
    refused: bool,
    /// What was said, for the credit record
    #[arg(long)]
    record: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Lift the measures of an entry for a time
#[derive(Debug, Args)]
#[command(after_help = LIFT_EXAMPLES)]
pub(super) struct LiftCommand {
    /// Id of the entry
    id: String,
    /// First day, YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Day,
    /// Last day, YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Day,
    /// Number of the document that says so
    #[arg(long)]
    document: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Show what is known of an entry beside what the lists say
#[derive(Debug, Args)]
#[command(after_help = FILE_EXAMPLES)]
pub(super) struct FileCommand {
    /// Id of the entry
    id: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl OrderCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = NewRectification {
            requirement: self.requirement.clone(),
            due_on: self.due_on,
            department: self.department.clone(),
            division: self.division.clone(),
        };
        let call = Call::post(&["v1", "admin", "entries", &self.id, "rectification"]).json(&body)?;
        answered(&self.host, self.form, call, terminal).await
    }
}

impl CarriedOutCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = RectificationDone { done_on: self.on, text: self.text.clone() };
        let path = ["v1", "admin", "entries", &self.id, "rectification", "result"];
        answered(&self.host, self.form, Call::post(&path).json(&body)?, terminal).await
    }
}

impl TalkCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = NewTalk {
            kind: self.kind,
            held_on: self.held_on,
            refused: self.refused,
            record: self.record.clone(),
        };
        let call = Call::post(&["v1", "admin", "entries", &self.id, "talks"]).json(&body)?;
        answered(&self.host, self.form, call, terminal).await
    }
}

impl LiftCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = NewLifting { from: self.from, until: self.until, document: self.document.clone() };
        let call = Call::post(&["v1", "admin", "entries", &self.id, "lifting"]).json(&body)?;
        answered(&self.host, self.form, call, terminal).await
    }
}

impl FileCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let call = Call::get(&["v1", "admin", "entries", &self.id, "file"]);
        answered(&self.host, self.form, call, terminal).await
    }
}

/// Makes a call that is answered with the file of an entry, and shows it.
async fn answered(
    host: &HostOptions,
    form: OutputForm,
    call: Call,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, CliError> {
    with_host(host, async |client| {
        let file: EntryFile = client.ask(call).await?.read()?;
        if form.json {
            terminal.json(&file)?;
        } else {
            write(terminal, &file)?;
        }
        Ok(Exit::Success)
    })
    .await
}

fn write(terminal: &mut Terminal<'_>, file: &EntryFile) -> Result<(), CliError> {
    let mut rows = vec![("entry", file.entry.clone())];
    if let Some(order) = &file.rectification {
        let state = order.state.map_or("", |state| state.code());
        rows.push(("order", format!("{state}, due on {}: {}", order.due_on.0, order.requirement)));
    }
    for talk in &file.talks {
        let refused = if talk.refused { ", refused" } else { "" };
        rows.push(("talk", format!("{}{refused}, {}: {}", talk.kind.code(), talk.held_on.0, talk.record)));
    }
    for overlay in &file.overlays {
        rows.push(("lies over it", format!("{} from {}", overlay.cause, overlay.from)));
    }
    for objection in &file.objections {
        rows.push(("objection", format!("{} {}", objection.id, objection.state.code())));
    }
    for repair in &file.repairs {
        rows.push(("repair", format!("{} {}", repair.id, repair.state.code())));
    }
    terminal.table(&details(rows))
}
