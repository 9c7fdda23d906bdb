//! `creditgate entries`: entries of lists that are kept here, and the files of all.

use clap::{Args, Subcommand};
use creditgate_wire::local_entry::{LocalEntriesBody, LocalEntryBody};
use jiff::civil::Date;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, details, local_time, table};
use super::{Exit, OutputForm};

mod file;
mod moves;

const LIST_EXAMPLES: &str = "\
Examples:
  creditgate entries list --server http://127.0.0.1:8480 --key-file publisher.key
  creditgate entries list --list food.serious --state proposed --config creditgate.toml --json";

const SHOW_EXAMPLES: &str = "\
Examples:
  creditgate entries show local-0198c3f2-7c1e-7a50-9d3e-3c5a1f0b2d4e --server http://127.0.0.1:8480

Also an entry that is kept elsewhere can be shown, as far as this host knows it.";

/// Keep lists here: propose entries, agree to them, take their steps; and keep the file of any entry
#[derive(Debug, Args)]
pub(super) struct EntriesCommand {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    List(ListCommand),
    Show(ShowCommand),
    Propose(moves::ProposeCommand),
    Approve(moves::ApproveCommand),
    Step(moves::StepCommand),
    Order(file::OrderCommand),
    CarriedOut(file::CarriedOutCommand),
    Talk(file::TalkCommand),
    Lift(file::LiftCommand),
    File(file::FileCommand),
}

/// List entries of lists kept here, the newest proposal first
///
/// Numbers are masked, and so are the names of natural persons.
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
struct ListCommand {
    /// Only of the list of this code
    #[arg(long, value_name = "CODE")]
    list: Option<String>,
    /// Only in this state: proposed, refused, not_in_effect, effective, expired, repaired or withdrawn
    #[arg(long)]
    state: Option<String>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Show an entry with everything that was done with it
#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
struct ShowCommand {
    /// Id of the entry
    id: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl EntriesCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.verb {
            Verb::List(command) => command.run(terminal).await,
            Verb::Show(command) => command.run(terminal).await,
            Verb::Propose(command) => command.run(terminal).await,
            Verb::Approve(command) => command.run(terminal).await,
            Verb::Step(command) => command.run(terminal).await,
            Verb::Order(command) => command.run(terminal).await,
            Verb::CarriedOut(command) => command.run(terminal).await,
            Verb::Talk(command) => command.run(terminal).await,
            Verb::Lift(command) => command.run(terminal).await,
            Verb::File(command) => command.run(terminal).await,
        }
    }
}

impl ListCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let mut call = Call::get(&["v1", "admin", "entries"]);
        if let Some(list) = &self.list {
            call = call.query("list", list);
        }
        if let Some(state) = &self.state {
            call = call.query("state", state);
        }
        with_host(&self.host, async |client| {
            let listed: LocalEntriesBody = client.ask_all(call, "entries", None).await?.read()?;
            if self.form.json {
                terminal.json(&listed)?;
            } else {
                write_table(terminal, &listed.entries)?;
            }
            Ok(Exit::Success)
        })
        .await
    }
}

impl ShowCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let call = Call::get(&["v1", "admin", "entries", &self.id]);
        with_host(&self.host, async |client| write(terminal, self.form, &client.ask(call).await?.read()?))
            .await
    }
}

fn write_table(terminal: &mut Terminal<'_>, entries: &[LocalEntryBody]) -> Result<(), CliError> {
    if entries.is_empty() {
        return terminal.line("no entry is kept here");
    }
    let mut rows =
        table(["ENTRY", "LIST", "KIND", "SUBJECT", "PROPOSAL", "STATE", "SINCE", "UNTIL", "PENDING"]);
    for shown in entries {
        let entry = &shown.entry;
        rows.add_row([
            entry.id.as_str(),
            &entry.list,
            entry.kind.code(),
            &entry.subject_name,
            shown.kept.as_ref().map_or("-", |kept| kept.proposal.code()),
            shown.state.code(),
            &entry.recognised_on.to_string(),
            &entry.valid_until.map_or_else(|| "-".to_owned(), |day| day.to_string()),
            &shown.pending.join(" "),
        ]);
    }
    terminal.table(&rows)
}

/// Writes one entry, as every verb but `list` answers with it.
fn write(terminal: &mut Terminal<'_>, form: OutputForm, shown: &LocalEntryBody) -> Result<Exit, CliError> {
    if form.json {
        terminal.json(shown)?;
        return Ok(Exit::Success);
    }
    let entry = &shown.entry;
    let day = |day: Option<Date>| day.map_or_else(|| "-".to_owned(), |day| day.to_string());
    let proposal = shown.kept.as_ref().map_or("kept elsewhere", |kept| kept.proposal.code());
    let numbers: Vec<String> =
        entry.subject_identifiers.iter().map(|id| format!("{} {}", id.kind.code(), id.value)).collect();
    let mut rows = vec![
        ("entry", entry.id.clone()),
        ("list", format!("{} ({}, {})", entry.list, entry.list_name, entry.kind.code())),
        ("subject", format!("{} {}", entry.subject_name, numbers.join(", "))),
        ("proposal", proposal.to_owned()),
        ("state", shown.state.code().to_owned()),
        ("public", if shown.public { "yes" } else { "no" }.to_owned()),
        ("authority", entry.authority.clone()),
        ("basis", entry.basis.clone()),
        ("recognised on", entry.recognised_on.to_string()),
        ("valid until", day(entry.valid_until)),
        ("repair from", day(entry.particulars.minimum_publicity_until)),
    ];
    rows.extend(shown.pending.iter().map(|field| ("pending", field.clone())));
    terminal.table(&details(rows))?;
    for warning in &shown.warnings {
        terminal.line(&format!("warning: {}: {} ({})", warning.field, warning.message, warning.code))?;
    }
    for step in &shown.history {
        terminal.line(&format!(
            "{}  {}  by {}  {}",
            local_time(step.at),
            step.step,
            step.actor,
            step.reason
        ))?;
    }
    Ok(Exit::Success)
}
