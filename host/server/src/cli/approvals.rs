//! `creditgate approvals`: what waits for a second person.

use clap::Args;
use creditgate_wire::approval::Approval;
use creditgate_wire::pages::Approvals;
use creditgate_wire::release::ReleaseReason;

use super::command::{AtHost, Call, Page, Show, asks, commands, local_time, row};

commands! {
    /// List and approve what a second person has to agree to: bindings that would no longer bind, and imports that take
    /// many entries of a list away
    pub(super) enum ApprovalsCommand {
        List(AtHost<ListCommand>),
        Approve(AtHost<ApproveCommand>),
    }
}

/// List what waits to be approved, or to be done
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate approvals list --server http://127.0.0.1:8480 --key-file publisher.key
  creditgate approvals list --all --config creditgate.toml --json")]
pub(super) struct ListCommand {
    /// Also what was done already
    #[arg(long)]
    all: bool,
}

/// Agree to something, as another person than who asked for it
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate approvals approve 7 --reason '已与法院核对' --server http://127.0.0.1:8480 --key-file chief.key
  creditgate approvals approve 7 --reason '已核对' --config creditgate.toml --operator chief

Whoever asked does the same again afterwards, within seven days.")]
pub(super) struct ApproveCommand {
    /// Number of the approval
    approval: i64,
    /// Why, for the audit trail
    #[arg(long)]
    reason: String,
}

asks!(ListCommand, Approvals, |command| Call::list(&["v1", "admin", "approvals"], "approvals")
    .query("all", command.all));

asks!(ApproveCommand, Approval, |command| {
    let path = ["v1", "admin", "approvals", &command.approval.to_string()];
    Call::post(&path).json(&ReleaseReason { reason: command.reason })
});

impl Show for Approvals {
    fn show(&self, page: &mut Page) {
        page.list(
            "nothing waits for a second person",
            ["APPROVAL", "WHAT WOULD GO", "FIRST OF IT", "ASKED BY", "STATE"],
            self.approvals.iter().map(|approval| {
                let asked = format!("{}, {}", approval.asked_by, local_time(approval.asked_at));
                row![approval.approval, approval.summary, approval.going.join("\n"), asked, state(approval)]
            }),
        );
    }
}

impl Show for Approval {
    fn show(&self, page: &mut Page) {
        page.line(format!("approval {}: {}", self.approval, state(self)));
    }
}

fn state(approval: &Approval) -> String {
    if let (Some(by), Some(at)) = (&approval.used_by, approval.used_at) {
        return format!("done by {by}, {}", local_time(at));
    }
    match (&approval.approved_by, approval.counts_until) {
        (Some(by), Some(until)) => format!("approved by {by}, to be done before {}", local_time(until)),
        _ => "waits for a second person".to_owned(),
    }
}
