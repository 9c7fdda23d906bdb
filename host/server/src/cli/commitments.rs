//! `creditgate commitments`: where commitments stand, and what became of them.

mod report;

use clap::Args;
use creditgate_affairs::commitments::{Commitment, Commitments, StepTaken};
use creditgate_credit::dossier::CommitmentState;

use super::command::{AtHost, Call, Page, Show, Tone, asks, commands, details, explained, row, toned};
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
    #[arg(long, value_parser = explained(STATES))]
    state: Option<CommitmentState>,
    /// Only those of this department
    #[arg(long, value_name = "CODE")]
    department: Option<String>,
}

const STATES: &[(CommitmentState, &str)] = &[
    (CommitmentState::Open, "To be fulfilled"),
    (CommitmentState::Fulfilled, "Fulfilled, in time or late"),
    (CommitmentState::Overdue, "Its last day has passed"),
    (CommitmentState::Breached, "Found false or not kept"),
];

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

asks!(ListCommand, Commitments, |command| {
    let call = Call::list(&["v1", "commitments"], "commitments");
    call.maybe("state", command.state.map(CommitmentState::code)).maybe("department", command.department)
});

asks!(ShowCommand, Commitment, |command| Call::get(&["v1", "commitments", &command.id]));

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
    let tone = match commitment.state {
        CommitmentState::Fulfilled => Tone::Good,
        CommitmentState::Overdue | CommitmentState::Breached => Tone::Bad,
        CommitmentState::Open => Tone::Doubtful,
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
