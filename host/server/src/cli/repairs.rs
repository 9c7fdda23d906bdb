//! `creditgate repairs`: applications for credit repair, and what the recogniser did with them.

use clap::{Args, Subcommand};
use creditgate_affairs::repairs::{NewRepair, Repair, RepairAnswer, Repairs};
use creditgate_credit::repair::{RepairMaterial, RepairState};
use creditgate_wire::time::Day;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, details, local_time, table};
use super::vocabulary::{day, one_of};
use super::{Exit, OutputForm};

const APPLY_EXAMPLES: &str = "\
Examples:
  creditgate repairs apply --entry SD-2026-0042 --applied-on 2026-11-23 --material performance_proof \\
      --material commitment --division 370811 --server http://127.0.0.1:8480 --key-file window.key

Where a condition is not fulfilled, the error names every one, and from which day repair is possible.";

const LIST_EXAMPLES: &str = "\
Examples:
  creditgate repairs list --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate repairs list --state applied --config creditgate.toml --json";

const SHOW_EXAMPLES: &str = "\
Examples:
  creditgate repairs show 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --server http://127.0.0.1:8480 --key-file auditor.key";

const RESULT_EXAMPLES: &str = "\
Examples:
  creditgate repairs result 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --result granted --text '准予信用修复决定书〔2026〕8号' \\
      --server http://127.0.0.1:8480 --key-file publisher.key

Once repair is granted the entry is used no more, and the checks that had it are to be made again.";

/// Take in applications for credit repair and the recogniser's answers
#[derive(Debug, Args)]
pub(super) struct RepairsCommand {
    #[command(subcommand)]
    command: RepairsSubcommand,
}

#[derive(Debug, Subcommand)]
enum RepairsSubcommand {
    Apply(ApplyCommand),
    List(ListCommand),
    Show(ShowCommand),
    Result(ResultCommand),
}

/// Take in an application, if its conditions are fulfilled
#[derive(Debug, Args)]
#[command(after_help = APPLY_EXAMPLES)]
struct ApplyCommand {
    /// Id of the list entry
    #[arg(long, value_name = "ID")]
    entry: String,
    /// Day of the application
    #[arg(long, value_name = "DATE", value_parser = day)]
    applied_on: Day,
    /// What is handed in; may be given several times
    #[arg(long = "material", value_name = "MATERIAL", value_parser = one_of(RepairMaterial::ALL, RepairMaterial::code, RepairMaterial::from_code))]
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
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// List applications, newest first
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
struct ListCommand {
    /// Only those for this entry
    #[arg(long, value_name = "ID")]
    entry: Option<String>,
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = one_of(RepairState::ALL, RepairState::code, RepairState::from_code))]
    state: Option<RepairState>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Show an application
#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
struct ShowCommand {
    /// Id of the application
    id: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Take in what the recogniser did
#[derive(Debug, Args)]
#[command(after_help = RESULT_EXAMPLES)]
struct ResultCommand {
    /// Id of the application
    id: String,
    /// `accepted` or `returned`, and after `accepted` `granted` or `refused`
    #[arg(long, value_parser = one_of(RepairState::ALL, RepairState::code, RepairState::from_code))]
    result: RepairState,
    /// The recogniser's words, or the number of its document
    #[arg(long)]
    text: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl RepairsCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            RepairsSubcommand::Apply(command) => {
                let call = Call::post(&["v1", "repairs"]).json(&command.body())?;
                one(&command.host, command.form, call, terminal).await
            }
            RepairsSubcommand::List(command) => command.run(terminal).await,
            RepairsSubcommand::Show(command) => {
                one(&command.host, command.form, Call::get(&["v1", "repairs", &command.id]), terminal).await
            }
            RepairsSubcommand::Result(command) => {
                let body = RepairAnswer { result: command.result, text: command.text.clone() };
                let call = Call::post(&["v1", "repairs", &command.id, "result"]).json(&body)?;
                one(&command.host, command.form, call, terminal).await
            }
        }
    }
}

impl ApplyCommand {
    fn body(&self) -> NewRepair {
        NewRepair {
            entry: self.entry.clone(),
            applied_on: self.applied_on,
            materials: self.materials.to_vec(),
            modes: self.modes.clone(),
            case_no: self.case.clone(),
            division: self.division.clone(),
        }
    }
}

impl ListCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let mut call = Call::get(&["v1", "repairs"]);
            if let Some(entry) = &self.entry {
                call = call.query("entry", entry);
            }
            if let Some(state) = self.state {
                call = call.query("state", state.code());
            }
            let listed: Repairs = client.ask_all(call, "repairs", None).await?.read()?;
            if self.form.json {
                terminal.json(&listed)?;
                return Ok(Exit::Success);
            }
            let mut rows = table(["APPLICATION", "ENTRY", "AUTHORITY", "APPLIED", "STATE", "SINCE"]);
            for repair in &listed.repairs {
                let since = repair.steps.last().map_or(repair.recorded_at, |step| step.at);
                rows.add_row([
                    repair.id.as_str(),
                    &repair.entry,
                    &repair.authority,
                    &repair.applied_on.0.to_string(),
                    repair.state.code(),
                    &local_time(since),
                ]);
            }
            terminal.table(&rows)?;
            Ok(Exit::Success)
        })
        .await
    }
}

/// Makes a call that is answered with one application, and shows it.
async fn one(
    host: &HostOptions,
    form: OutputForm,
    call: Call,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, CliError> {
    with_host(host, async |client| {
        let repair: Repair = client.ask(call).await?.read()?;
        if form.json {
            terminal.json(&repair)?;
        } else {
            write(terminal, &repair)?;
        }
        Ok(Exit::Success)
    })
    .await
}

fn write(terminal: &mut Terminal<'_>, repair: &Repair) -> Result<(), CliError> {
    let materials: Vec<&str> = repair.materials.iter().map(|material| material.code()).collect();
    let mut lines = vec![
        ("application", repair.id.clone()),
        ("entry", repair.entry.clone()),
        ("authority", repair.authority.clone()),
        ("applied on", repair.applied_on.0.to_string()),
        ("materials", materials.join(", ")),
        ("ways", repair.modes.join(", ")),
        ("state", repair.state.code().to_owned()),
    ];
    for step in &repair.steps {
        lines.push((step.state.code(), format!("{} {}", local_time(step.at), step.text)));
    }
    terminal.table(&details(lines))
}
