//! `creditgate repairs`: applications for credit repair, and what the recogniser did with them.

use clap::Args;
use creditgate_affairs::repairs::{NewRepair, Repair, RepairAnswer, Repairs};
use creditgate_credit::repair::{RepairMaterial, RepairState};
use creditgate_wire::time::Day;

use super::command::{AtHost, Call, Page, Show, asks, commands, day, details, local_time, one_of, row};

commands! {
    /// Take in applications for credit repair and the recogniser's answers
    pub(super) enum RepairsCommand {
        Apply(AtHost<ApplyCommand>),
        List(AtHost<ListCommand>),
        Show(AtHost<ShowCommand>),
        Result(AtHost<ResultCommand>),
    }
}

/// Take in an application, if its conditions are fulfilled
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate repairs apply --entry SD-2026-0042 --applied-on 2026-11-23 --material performance_proof \\
      --material commitment --division 370811 --server http://127.0.0.1:8480 --key-file window.key

Where a condition is not fulfilled, the error names every one, and from which day repair is possible.")]
pub(super) struct ApplyCommand {
    /// Id of the list entry
    #[arg(long, value_name = "ID")]
    entry: String,
    /// Day of the application
    #[arg(long, value_name = "DATE", value_parser = day)]
    applied_on: Day,
    /// What is handed in; may be given several times
    #[arg(long = "material", value_name = "MATERIAL", value_parser = one_of::<RepairMaterial>())]
    materials: Vec<RepairMaterial>,
    /// Code of a way of repair the subject went; may be given several times
    #[arg(long = "mode", value_name = "CODE")]
    modes: Vec<String>,
    /// The case it came up in
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Division whose policy counts [default: that of the case]
    #[arg(long, value_name = "CODE")]
    division: Option<String>,
}

/// List applications, newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate repairs list --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate repairs list --state applied --config creditgate.toml --json")]
pub(super) struct ListCommand {
    /// Only those for this entry
    #[arg(long, value_name = "ID")]
    entry: Option<String>,
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = one_of::<RepairState>())]
    state: Option<RepairState>,
}

/// Show an application
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate repairs show 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --server http://127.0.0.1:8480 --key-file auditor.key")]
pub(super) struct ShowCommand {
    /// Id of the application
    id: String,
}

/// Take in what the recogniser did
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate repairs result 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --result granted --text '准予信用修复决定书〔2026〕8号' \\
      --server http://127.0.0.1:8480 --key-file publisher.key

Once repair is granted the entry is used no more, and the checks that had it are to be made again.")]
pub(super) struct ResultCommand {
    /// Id of the application
    id: String,
    /// `accepted` or `returned`, and after `accepted` `granted` or `refused`
    #[arg(long, value_parser = one_of::<RepairState>())]
    result: RepairState,
    /// The recogniser's words, or the number of its document
    #[arg(long)]
    text: String,
}

asks!(ApplyCommand, Repair, |command| {
    let ApplyCommand { entry, applied_on, materials, modes, case: case_no, division } = command;
    let body = NewRepair { entry, applied_on, materials, modes, case_no, division };
    Call::post(&["v1", "repairs"]).json(&body)
});

asks!(ListCommand, Repairs, |command| {
    let call = Call::list(&["v1", "repairs"], "repairs").maybe("entry", command.entry);
    call.maybe("state", command.state.map(RepairState::code))
});

asks!(ShowCommand, Repair, |command| Call::get(&["v1", "repairs", &command.id]));

asks!(ResultCommand, Repair, |command| {
    let body = RepairAnswer { result: command.result, text: command.text };
    Call::post(&["v1", "repairs", &command.id, "result"]).json(&body)
});

impl Show for Repairs {
    fn show(&self, page: &mut Page) {
        page.table(
            ["APPLICATION", "ENTRY", "AUTHORITY", "APPLIED", "STATE", "SINCE"],
            self.repairs.iter().map(|repair| {
                let since = repair.steps.last().map_or(repair.recorded_at, |step| step.at);
                let (applied_on, state) = (repair.applied_on, repair.state.code());
                row![repair.id, repair.entry, repair.authority, applied_on, state, since]
            }),
        );
    }
}

impl Show for Repair {
    fn show(&self, page: &mut Page) {
        let materials: Vec<&str> = self.materials.iter().map(|material| material.code()).collect();
        let rows = details()
            .row("application", &self.id)
            .row("entry", &self.entry)
            .row("authority", &self.authority)
            .row("applied on", self.applied_on)
            .row("materials", materials)
            .row("ways", &self.modes)
            .row("state", self.state.code());
        page.details(self.steps.iter().fold(rows, |rows, step| {
            rows.row(step.state.code(), format!("{} {}", local_time(step.at), step.text))
        }));
    }
}
