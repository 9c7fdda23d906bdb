//! `creditgate approvals`: what waits for a second person.

use clap::{Args, Subcommand};
use creditgate_wire::approval::{ApprovalBody, ApprovalsBody};
use creditgate_wire::release::ReasonGivenBody;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, local_time, table};
use super::{Exit, OutputForm};

const LIST_EXAMPLES: &str = "\
Examples:
  creditgate approvals list --server http://127.0.0.1:8480 --key-file publisher.key
  creditgate approvals list --all --config creditgate.toml --json";

const APPROVE_EXAMPLES: &str = "\
Examples:
  creditgate approvals approve 7 --reason '已与法院核对' --server http://127.0.0.1:8480 --key-file chief.key
  creditgate approvals approve 7 --reason '已核对' --config creditgate.toml --operator chief

Whoever asked does the same again afterwards, within seven days.";

/// List and approve what a second person has to agree to: bindings that would no longer bind, and imports that take
/// many entries of a list away
#[derive(Debug, Args)]
pub(super) struct ApprovalsCommand {
    #[command(subcommand)]
    command: ApprovalsSubcommand,
}

#[derive(Debug, Subcommand)]
enum ApprovalsSubcommand {
    List(ListCommand),
    Approve(ApproveCommand),
}

/// List what waits to be approved, or to be done
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
struct ListCommand {
    /// Also what was done already
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Agree to something, as another person than who asked for it
#[derive(Debug, Args)]
#[command(after_help = APPROVE_EXAMPLES)]
struct ApproveCommand {
    /// Number of the approval
    approval: i64,
    /// Why, for the audit trail
    #[arg(long)]
    reason: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl ApprovalsCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            ApprovalsSubcommand::List(command) => command.run(terminal).await,
            ApprovalsSubcommand::Approve(command) => command.run(terminal).await,
        }
    }
}

impl ListCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let call = Call::get(&["v1", "admin", "approvals"]).query("all", self.all.to_string());
        with_host(&self.host, async |client| {
            let listed: ApprovalsBody = client.ask_all(call, "approvals", None).await?.read()?;
            if self.form.json {
                terminal.json(&listed)?;
            } else {
                write(terminal, &listed.approvals)?;
            }
            Ok(Exit::Success)
        })
        .await
    }
}

impl ApproveCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let body = ReasonGivenBody { reason: self.reason.clone() };
        let path = ["v1", "admin", "approvals", &self.approval.to_string()];
        let call = Call::post(&path).json(&body)?;
        with_host(&self.host, async |client| {
            let approval: ApprovalBody = client.ask(call).await?.read()?;
            if self.form.json {
                terminal.json(&approval)?;
            } else {
                terminal.line(&format!("approval {}: {}", approval.approval, state(&approval)))?;
            }
            Ok(Exit::Success)
        })
        .await
    }
}

fn write(terminal: &mut Terminal<'_>, approvals: &[ApprovalBody]) -> Result<(), CliError> {
    if approvals.is_empty() {
        return terminal.line("nothing waits for a second person");
    }
    let mut rows = table(["APPROVAL", "WHAT WOULD GO", "FIRST OF IT", "ASKED BY", "STATE"]);
    for approval in approvals {
        rows.add_row([
            approval.approval.to_string().as_str(),
            &approval.summary,
            &approval.going.join("\n"),
            &format!("{}, {}", approval.asked_by, local_time(approval.asked_at)),
            &state(approval),
        ]);
    }
    terminal.table(&rows)
}

fn state(approval: &ApprovalBody) -> String {
    if let (Some(by), Some(at)) = (&approval.used_by, approval.used_at) {
        return format!("done by {by}, {}", local_time(at));
    }
    match (&approval.approved_by, approval.counts_until) {
        (Some(by), Some(until)) => format!("approved by {by}, to be done before {}", local_time(until)),
        _ => "waits for a second person".to_owned(),
    }
}
