//! `creditgate entries order`, `carried-out`, `talk`, `lift` and `file`: what is known here of an entry beside what the
//! lists say.

use clap::Args;
use creditgate_affairs::entry_file::{EntryFile, NewLifting, NewRectification, NewTalk, RectificationDone};
use creditgate_credit::rectification::TalkKind;
use creditgate_wire::time::Day;

use crate::cli::command::{Call, Page, Show, asks, day, details, one_of};

/// Take in an order to put things right
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate entries order SD-2026-0042 --requirement '召回不合格食品并整改' --due-on 2026-12-31 \\
      --department market-regulation --server http://127.0.0.1:8480 --key-file publisher.key

There is one order at a time. Until it is carried out it is a task (`creditgate tasks --kind rectification`), overdue
from the day after the last.")]
pub(in crate::cli) struct OrderCommand {
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
}

/// Take in that an order was carried out
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate entries carried-out SD-2026-0042 --on 2026-12-20 --text '已整改' \\
      --server http://127.0.0.1:8480 --key-file publisher.key")]
pub(in crate::cli) struct CarriedOutCommand {
    /// Id of the entry
    id: String,
    /// Day on which it was done, YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    on: Day,
    /// What was found
    #[arg(long)]
    text: String,
}

/// Take in a regulatory talk
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate entries talk SD-2026-0042 --kind warning --held-on 2027-01-05 --record '已告知逾期整改的后果' \\
      --server http://127.0.0.1:8480 --key-file publisher.key
  creditgate entries talk SD-2026-0042 --kind prompting --held-on 2027-01-05 --refused --record '经通知未到场' \\
      --config creditgate.toml

A talk is held with who is late with an order, once of each kind: prompting for watch lists, warning for black lists.")]
pub(in crate::cli) struct TalkCommand {
    /// Id of the entry
    id: String,
    /// Which talk
    #[arg(long, value_parser = one_of::<TalkKind>())]
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
}

/// Lift the measures of an entry for a time
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate entries lift SD-2026-0042 --from 2026-12-01 --until 2027-05-31 --document '（2026）示破1号' \\
      --server http://127.0.0.1:8480 --key-file publisher.key

No punish measure follows from the entry from the first day to the last, as for a company in reorganisation.")]
pub(in crate::cli) struct LiftCommand {
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
}

/// Show what is known of an entry beside what the lists say
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate entries file SD-2026-0042 --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate entries file SD-2026-0042 --config creditgate.toml --json")]
pub(in crate::cli) struct FileCommand {
    /// Id of the entry
    id: String,
}

asks!(OrderCommand, EntryFile, |OrderCommand { id, requirement, due_on, department, division }| {
    let body = NewRectification { requirement, due_on, department, division };
    Call::post(&["v1", "admin", "entries", &id, "rectification"]).json(&body)
});

asks!(CarriedOutCommand, EntryFile, |command| {
    let body = RectificationDone { done_on: command.on, text: command.text };
    Call::post(&["v1", "admin", "entries", &command.id, "rectification", "result"]).json(&body)
});

asks!(TalkCommand, EntryFile, |TalkCommand { id, kind, held_on, refused, record }| {
    let body = NewTalk { kind, held_on, refused, record };
    Call::post(&["v1", "admin", "entries", &id, "talks"]).json(&body)
});

asks!(LiftCommand, EntryFile, |command| {
    let body = NewLifting { from: command.from, until: command.until, document: command.document };
    Call::post(&["v1", "admin", "entries", &command.id, "lifting"]).json(&body)
});

asks!(FileCommand, EntryFile, |command| Call::get(&["v1", "admin", "entries", &command.id, "file"]));

impl Show for EntryFile {
    fn show(&self, page: &mut Page) {
        let order = self.rectification.as_ref().map(|order| {
            let state = order.state.map_or("", |state| state.code());
            format!("{state}, due on {}: {}", order.due_on.0, order.requirement)
        });
        let talks = self.talks.iter().map(|talk| {
            let refused = if talk.refused { ", refused" } else { "" };
            format!("{}{refused}, {}: {}", talk.kind.code(), talk.held_on.0, talk.record)
        });
        let overlays = self.overlays.iter().map(|overlay| format!("{} from {}", overlay.cause, overlay.from));
        let objections = self.objections.iter();
        let repairs = self.repairs.iter().map(|repair| format!("{} {}", repair.id, repair.state.code()));
        page.details(
            details()
                .row("entry", &self.entry)
                .each("order", order)
                .each("talk", talks)
                .each("lies over it", overlays)
                .each("objection", objections.map(|one| format!("{} {}", one.id, one.state.code())))
                .each("repair", repairs),
        );
    }
}
