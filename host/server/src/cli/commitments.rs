//! `creditgate commitments`: where commitments stand, and what became of them.

mod report;

use clap::{Args, Subcommand, ValueEnum};
use creditgate_affairs::commitments::{Commitment, Commitments, StepTaken};

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, Tone, details, local_time, table, toned};
use super::{Exit, OutputForm};
use report::{BreachCommand, ExtendCommand, FulfilCommand, RepairCommand, SignCommand};

const LIST_EXAMPLES: &str = "\
Examples:
  creditgate commitments list --state overdue --server http://127.0.0.1:8480 --key-file admin.key
  creditgate commitments list --department housing --config creditgate.toml --json";

const SHOW_EXAMPLES: &str = "\
Examples:
  creditgate commitments show 0198f3c2-8d1e-7b54-9d2a-5f0c6f1a2b3c --config creditgate.toml";

/// Show commitments, and report what became of them
#[derive(Debug, Args)]
pub(super) struct CommitmentsCommand {
    #[command(subcommand)]
    command: CommitmentsSubcommand,
}

#[derive(Debug, Subcommand)]
enum CommitmentsSubcommand {
    List(ListCommand),
    Show(ShowCommand),
    Sign(SignCommand),
    Fulfil(FulfilCommand),
    Extend(ExtendCommand),
    Breach(BreachCommand),
    Repair(RepairCommand),
}

/// List commitments, the first due first
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
struct ListCommand {
    /// Only those in this state
    #[arg(long)]
    state: Option<State>,
    /// Only those of this department
    #[arg(long, value_name = "CODE")]
    department: Option<String>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
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

impl State {
    const fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Fulfilled => "fulfilled",
            Self::Overdue => "overdue",
            Self::Breached => "breached",
        }
    }
}

/// Show a commitment and everything that happened to it
#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
struct ShowCommand {
    /// Id of the commitment, which is that of its check
    #[arg(value_name = "ID")]
    id: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl CommitmentsCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            CommitmentsSubcommand::List(command) => command.run(terminal).await,
            CommitmentsSubcommand::Show(command) => command.run(terminal).await,
            CommitmentsSubcommand::Sign(command) => command.run(terminal).await,
            CommitmentsSubcommand::Fulfil(command) => command.run(terminal).await,
            CommitmentsSubcommand::Extend(command) => command.run(terminal).await,
            CommitmentsSubcommand::Breach(command) => command.run(terminal).await,
            CommitmentsSubcommand::Repair(command) => command.run(terminal).await,
        }
    }
}

impl ListCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let mut call = Call::get(&["v1", "commitments"]);
            if let Some(state) = self.state {
                call = call.query("state", state.code());
            }
            if let Some(department) = &self.department {
                call = call.query("department", department);
            }
            let answer: Commitments = client.ask_all(call, "commitments", None).await?.read()?;
            if self.form.json {
                terminal.json(&answer)?;
                return Ok(Exit::Success);
            }
            let mut rows = table(["ID", "DUE", "STATE", "DEPARTMENT", "ITEM", "CASE", "MISSING"]);
            for commitment in &answer.commitments {
                rows.add_row([
                    commitment.id.as_str(),
                    &commitment.due_on.0.to_string(),
                    &state_of(commitment),
                    &commitment.department,
                    &commitment.item,
                    &commitment.case_no,
                    &commitment.missing.join(", "),
                ]);
            }
            terminal.table(&rows)?;
            Ok(Exit::Success)
        })
        .await
    }
}

impl ShowCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let call = Call::get(&["v1", "commitments", &self.id]);
            let commitment: Commitment = client.ask(call).await?.read()?;
            write(terminal, &commitment, self.form)?;
            Ok(Exit::Success)
        })
        .await
    }
}

/// Shows a commitment with its steps.
fn write(terminal: &mut Terminal<'_>, commitment: &Commitment, form: OutputForm) -> Result<(), CliError> {
    if form.json {
        return terminal.json(commitment);
    }
    let rows = details([
        ("Commitment", commitment.id.clone()),
        ("Case", format!("{}, party {}", commitment.case_no, commitment.party)),
        ("Department", format!("{}, {}", commitment.department, commitment.item)),
        ("Text", format!("sha256 {}", commitment.text_hash)),
        ("Missing", commitment.missing.join(", ")),
        ("Made", commitment.made_on.0.to_string()),
        ("Due", commitment.due_on.0.to_string()),
        ("State", state_of(commitment)),
    ]);
    terminal.table(&rows)?;
    if commitment.steps.is_empty() {
        return Ok(());
    }
    let mut rows = table(["DAY", "STEP", "RECORDED", "BY", "PARTICULARS"]);
    for step in &commitment.steps {
        let (day, recorded) = (step.day.0.to_string(), local_time(step.at));
        rows.add_row([day.as_str(), step.step.code(), &recorded, &step.actor, &particulars(step)]);
    }
    terminal.table(&rows)
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
