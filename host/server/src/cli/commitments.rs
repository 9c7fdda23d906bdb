//! `creditgate commitments`: where commitments stand, and what became of them.

mod report;

use clap::{Args, ValueEnum};
use creditgate_affairs::commitments::{Commitment, Commitments, StepTaken};

use super::command::{
    Ask, AtHost, Call, CliError, Client, Page, Show, Terminal, Tone, commands, details, row, toned,
};
use super::vocabulary::word_of;
use report::{BreachCommand, ExtendCommand, FulfilCommand, RepairCommand, SignCommand};

commands! {
    /// Show commitments, and report what became of them
    pub(super) enum CommitmentsCommand {
        List(AtHost<ListCommand>),
        Show(AtHost<ShowCommand>),
        Sign(AtHost<SignCommand>),
        Fulfil(AtHost<FulfilCommand>),
        Extend(AtHost<ExtendCommand>),
        Breach(AtHost<BreachCommand>),
        Repair(AtHost<RepairCommand>),
    }
}

/// List commitments, the first due first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate commitments list --state overdue --server http://127.0.0.1:8480 --key-file admin.key
  creditgate commitments list --department housing --config creditgate.toml --json")]
pub(super) struct ListCommand {
    /// Only those in this state
    #[arg(long)]
    state: Option<State>,
    /// Only those of this department
    #[arg(long, value_name = "CODE")]
    department: Option<String>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum State {
    /// To be fulfilled
    Open,
    /// Fulfilled, in time or late
    Fulfilled,
    /// Its last day has passed
    Overdue,
    /// Found false or not kept
    Breached,
}

/// Show a commitment and everything that happened to it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate commitments show 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c --config creditgate.toml")]
pub(super) struct ShowCommand {
    /// Id of the commitment, which is that of its check
    #[arg(value_name = "ID")]
    id: String,
}

impl Ask for ListCommand {
    async fn ask(self, host: &Client, _: &mut Terminal<'_>) -> Result<Commitments, CliError> {
        let call = Call::list(&["v1", "commitments"], "commitments");
        host.ask(call.maybe("state", self.state.as_ref().map(word_of)).maybe("department", self.department))
            .await
    }
}

impl Ask for ShowCommand {
    async fn ask(self, host: &Client, _: &mut Terminal<'_>) -> Result<Commitment, CliError> {
        host.ask(Call::get(&["v1", "commitments", &self.id])).await
    }
}

impl Show for Commitments {
    fn show(&self, page: &mut Page) {
        page.table(
            ["ID", "DUE", "STATE", "DEPARTMENT", "ITEM", "CASE", "MISSING"],
            self.commitments.iter().map(|commitment| {
                row![
                    commitment.id,
                    commitment.due_on,
                    state_of(commitment),
                    commitment.department,
                    commitment.item,
                    commitment.case_no,
                    commitment.missing,
                ]
            }),
        );
    }
}

/// A commitment with its steps.
impl Show for Commitment {
    fn show(&self, page: &mut Page) {
        page.details(
            details()
                .row("Commitment", &self.id)
                .row("Case", format!("{}, party {}", self.case_no, self.party))
                .row("Department", format!("{}, {}", self.department, self.item))
                .row("Text", format!("sha256 {}", self.text_hash))
                .row("Missing", &self.missing)
                .row("Made", self.made_on)
                .row("Due", self.due_on)
                .row("State", state_of(self)),
        );
        if self.steps.is_empty() {
            return;
        }
        page.table(
            ["DAY", "STEP", "RECORDED", "BY", "PARTICULARS"],
            self.steps
                .iter()
                .map(|step| row![step.day, step.step.code(), step.at, step.actor, particulars(step)]),
        );
    }
}

fn state_of(commitment: &Commitment) -> String {
    let text = match (commitment.late, commitment.repaired) {
        (_, true) => format!("{}, repaired", commitment.state.code()),
        (true, false) => format!("{}, late", commitment.state.code()),
        (false, false) => commitment.state.code().to_owned(),
    };
    let tone = match commitment.state.code() {
        "fulfilled" => Tone::Good,
        "overdue" | "breached" => Tone::Bad,
        _ => Tone::Doubtful,
    };
    toned(tone, &text)
}

fn particulars(step: &StepTaken) -> String {
    let detail = &step.detail;
    let until = detail.until.map(|until| format!("until {}", until.0));
    let materials = (!detail.materials.is_empty()).then(|| detail.materials.join(", "));
    let late = detail.late.then(|| "late".to_owned());
    let parts = [
        until,
        materials,
        late,
        detail.by.clone(),
        detail.document.clone(),
        detail.reason.clone(),
        detail.facts.clone(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join("; ")
}
