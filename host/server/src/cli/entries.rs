//! `creditgate entries`: entries of lists that are kept here, and the files of all.

use clap::Args;
use creditgate_wire::local_entry::LocalEntryBody;
use creditgate_wire::pages::LocalEntries;

use super::command::{AtHost, Call, Page, Show, asks, commands, details, local_time, row};

mod file;
mod moves;

commands! {
    /// Keep lists here: propose entries, agree to them, take their steps; and keep the file of any entry
    pub(super) enum EntriesCommand {
        List(AtHost<ListCommand>),
        Show(AtHost<ShowCommand>),
        Propose(AtHost<moves::ProposeCommand>),
        Approve(AtHost<moves::ApproveCommand>),
        Step(AtHost<moves::StepCommand>),
        Order(AtHost<file::OrderCommand>),
        CarriedOut(AtHost<file::CarriedOutCommand>),
        Talk(AtHost<file::TalkCommand>),
        Lift(AtHost<file::LiftCommand>),
        File(AtHost<file::FileCommand>),
    }
}

/// List entries of lists kept here, the newest proposal first
///
/// Numbers are masked, and so are the names of natural persons.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate entries list --server http://127.0.0.1:8480 --key-file publisher.key
  creditgate entries list --list food.serious --state proposed --config creditgate.toml --json")]
pub(super) struct ListCommand {
    /// Only of the list of this code
    #[arg(long, value_name = "CODE")]
    list: Option<String>,
    /// Only in this state: proposed, refused, not_in_effect, effective, expired, repaired or withdrawn
    #[arg(long)]
    state: Option<String>,
}

/// Show an entry with everything that was done with it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate entries show local-0198c3f2-7c1e-7a50-9d3e-3c5a1f0b2d4e --server http://127.0.0.1:8480

Also an entry that is kept elsewhere can be shown, as far as this host knows it.")]
pub(super) struct ShowCommand {
    /// Id of the entry
    id: String,
}

asks!(ListCommand, LocalEntries, |command| {
    let call = Call::list(&["v1", "admin", "entries"], "entries");
    call.maybe("list", command.list).maybe("state", command.state)
});

asks!(ShowCommand, LocalEntryBody, |command| Call::get(&["v1", "admin", "entries", &command.id]));

impl Show for LocalEntries {
    fn show(&self, page: &mut Page) {
        page.list(
            "no entry is kept here",
            ["ENTRY", "LIST", "KIND", "SUBJECT", "PROPOSAL", "STATE", "SINCE", "UNTIL", "PENDING"],
            self.entries.iter().map(|shown| {
                let entry = &shown.entry;
                row![
                    entry.id,
                    entry.list,
                    entry.kind.code(),
                    entry.subject_name,
                    shown.kept.as_ref().map(|kept| kept.proposal.code()),
                    shown.state.code(),
                    entry.recognised_on,
                    entry.valid_until,
                    shown.pending.join(" "),
                ]
            }),
        );
    }
}

impl Show for LocalEntryBody {
    fn show(&self, page: &mut Page) {
        let entry = &self.entry;
        let proposal = self.kept.as_ref().map_or("kept elsewhere", |kept| kept.proposal.code());
        let numbers = entry.subject_identifiers.iter().map(|id| format!("{} {}", id.kind.code(), id.value));
        let numbers = numbers.collect::<Vec<_>>().join(", ");
        page.details(
            details()
                .row("entry", &entry.id)
                .row("list", format!("{} ({}, {})", entry.list, entry.list_name, entry.kind.code()))
                .row("subject", format!("{} {numbers}", entry.subject_name))
                .row("proposal", proposal)
                .row("state", self.state.code())
                .row("public", self.public)
                .row("authority", &entry.authority)
                .row("basis", &entry.basis)
                .row("recognised on", entry.recognised_on)
                .row("valid until", entry.valid_until)
                .row("repair from", entry.particulars.minimum_publicity_until)
                .each("pending", &self.pending),
        );
        for warning in &self.warnings {
            page.line(format!("warning: {}: {} ({})", warning.field, warning.message, warning.code));
        }
        for step in &self.history {
            page.line(format!("{}  {}  by {}  {}", local_time(step.at), step.step, step.actor, step.reason));
        }
    }
}
