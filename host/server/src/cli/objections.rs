//! `creditgate objections`: doubts about entries, from the window to the result that is told.

use clap::{Args, Subcommand};
use creditgate_affairs::objections::{NewObjection, Objection, ObjectionAnswer, ObjectionNotice, Objections};
use creditgate_credit::entry::Severity;
use creditgate_credit::objection::{ObjectionGround, ObjectionResult, ObjectionState, RaisedBy, Told};
use creditgate_credit::overlay::Corrections;
use creditgate_wire::time::Day;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, details, local_time, table};
use super::vocabulary::{day, one_of};
use super::{Exit, OutputForm};

const RAISE_EXAMPLES: &str = "\
Examples:
  creditgate objections raise --entry SD-2026-0042 --check 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --raised-by subject \\
      --reason '处罚决定已被撤销' --server http://127.0.0.1:8480 --key-file window.key
  creditgate objections raise --entry SD-2026-0042 --division 370811 --raised-by officer \\
      --reason '主体名称与登记信息不符' --config creditgate.toml

The entry is suspended until there is a result, unless the same ground was confirmed before. With the key of a caller it
has to stand in the evidence of the check, or of a check of the case, that is named. No name and no identity number belongs into the reason: it goes to the
provider.";

const LIST_EXAMPLES: &str = "\
Examples:
  creditgate objections list --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate objections list --state decided --config creditgate.toml --json

Those in the state `decided` wait for somebody to be told the result.";

const SHOW_EXAMPLES: &str = "\
Examples:
  creditgate objections show 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --server http://127.0.0.1:8480 --key-file auditor.key";

const RESULT_EXAMPLES: &str = "\
Examples:
  creditgate objections result 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --result withdrawn --text '经核实，认定有误，予以撤销' \\
      --server http://127.0.0.1:8480 --key-file publisher.key
  creditgate objections result 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --result corrected --severity general \\
      --text '严重程度更正为一般' --config creditgate.toml";

const TOLD_EXAMPLES: &str = "\
Examples:
  creditgate objections told 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --who party --on 2026-11-23 --how '书面告知' \\
      --server http://127.0.0.1:8480 --key-file window.key";

/// Raise, list, answer and tell objections to list entries
#[derive(Debug, Args)]
pub(super) struct ObjectionsCommand {
    #[command(subcommand)]
    command: ObjectionsSubcommand,
}

#[derive(Debug, Subcommand)]
enum ObjectionsSubcommand {
    Raise(RaiseCommand),
    List(ListCommand),
    Show(ShowCommand),
    Result(ResultCommand),
    Told(ToldCommand),
}

/// Raise an objection: the provider is notified, and the entry suspended
#[derive(Debug, Args)]
#[command(after_help = RAISE_EXAMPLES)]
struct RaiseCommand {
    /// Id of the list entry
    #[arg(long, value_name = "ID")]
    entry: String,
    /// Who doubts it
    #[arg(long, value_name = "WHO", value_parser = one_of(RaisedBy::ALL, RaisedBy::code, RaisedBy::from_code))]
    raised_by: RaisedBy,
    /// What kind of thing is said to be wrong
    #[arg(long, value_name = "GROUND", default_value = "other", value_parser = one_of(ObjectionGround::ALL, ObjectionGround::code, ObjectionGround::from_code))]
    ground: ObjectionGround,
    /// What is said to be wrong
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Whether the entry is suspended, whatever was confirmed before; for publishers and administrators
    #[arg(long, value_name = "true|false")]
    suspend: Option<bool>,
    /// The check that met it
    #[arg(long, value_name = "ID")]
    check: Option<String>,
    /// The case it came up in, where no check is named
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Division whose rule says how long verification may take [default: that of the check]
    #[arg(long, value_name = "CODE")]
    division: Option<String>,
    /// How to reach whoever raised it; only administrators see it
    #[arg(long, value_name = "TEXT")]
    contact: Option<String>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// List objections, newest first
#[derive(Debug, Args)]
#[command(after_help = LIST_EXAMPLES)]
struct ListCommand {
    /// Only those to this entry
    #[arg(long, value_name = "ID")]
    entry: Option<String>,
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = one_of(ObjectionState::ALL, ObjectionState::code, ObjectionState::from_code))]
    state: Option<ObjectionState>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Show an objection
#[derive(Debug, Args)]
#[command(after_help = SHOW_EXAMPLES)]
struct ShowCommand {
    /// Id of the objection
    id: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Take in the provider's answer
#[derive(Debug, Args)]
#[command(after_help = RESULT_EXAMPLES)]
struct ResultCommand {
    /// Id of the objection
    id: String,
    /// What the verification came to
    #[arg(long, value_parser = one_of(ObjectionResult::ALL, ObjectionResult::code, ObjectionResult::from_code))]
    result: ObjectionResult,
    /// The provider's words
    #[arg(long)]
    text: String,
    /// For `corrected`: the facts as they are
    #[arg(long, value_name = "TEXT")]
    facts: Option<String>,
    /// For `corrected`: the legal basis as it is
    #[arg(long, value_name = "TEXT")]
    basis: Option<String>,
    /// For `corrected`: the severity as it is
    #[arg(long, value_parser = one_of(Severity::ALL, Severity::code, Severity::from_code))]
    severity: Option<Severity>,
    /// For `corrected`: the last day of validity
    #[arg(long, value_name = "DATE", value_parser = day)]
    valid_until: Option<Day>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

/// Take in that somebody was told the result
#[derive(Debug, Args)]
#[command(after_help = TOLD_EXAMPLES)]
struct ToldCommand {
    /// Id of the objection
    id: String,
    /// Who was told
    #[arg(long, value_parser = one_of(Told::ALL, Told::code, Told::from_code))]
    who: Told,
    /// On which day
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Day,
    /// How
    #[arg(long, value_name = "TEXT")]
    how: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl ObjectionsCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match &self.command {
            ObjectionsSubcommand::Raise(command) => {
                let call = Call::post(&["v1", "objections"]).json(&command.body())?;
                one(&command.host, command.form, call, terminal).await
            }
            ObjectionsSubcommand::List(command) => command.run(terminal).await,
            ObjectionsSubcommand::Show(command) => {
                one(&command.host, command.form, Call::get(&["v1", "objections", &command.id]), terminal)
                    .await
            }
            ObjectionsSubcommand::Result(command) => {
                let call = Call::post(&["v1", "objections", &command.id, "result"]).json(&command.body())?;
                one(&command.host, command.form, call, terminal).await
            }
            ObjectionsSubcommand::Told(command) => {
                let body = ObjectionNotice { told: command.who, on: command.on, how: command.how.clone() };
                let call = Call::post(&["v1", "objections", &command.id, "notices"]).json(&body)?;
                one(&command.host, command.form, call, terminal).await
            }
        }
    }
}

impl RaiseCommand {
    fn body(&self) -> NewObjection {
        NewObjection {
            entry: self.entry.clone(),
            check_id: self.check.clone(),
            case_no: self.case.clone(),
            division: self.division.clone(),
            raised_by: self.raised_by,
            ground: self.ground,
            suspend: self.suspend,
            reason: self.reason.clone(),
            contact: self.contact.clone(),
        }
    }
}

impl ResultCommand {
    fn body(&self) -> ObjectionAnswer {
        let corrections = Corrections {
            facts: self.facts.clone(),
            basis: self.basis.clone(),
            severity: self.severity,
            valid_until: self.valid_until,
        };
        ObjectionAnswer { result: self.result, corrections, text: self.text.clone() }
    }
}

impl ListCommand {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let mut call = Call::get(&["v1", "objections"]);
            if let Some(entry) = &self.entry {
                call = call.query("entry", entry);
            }
            if let Some(state) = self.state {
                call = call.query("state", state.code());
            }
            let listed: Objections = client.ask_all(call, "objections", None).await?.read()?;
            if self.form.json {
                terminal.json(&listed)?;
                return Ok(Exit::Success);
            }
            let mut rows = table(["OBJECTION", "ENTRY", "BY", "RAISED", "DUE", "STATE", "RESULT", "TO TELL"]);
            for objection in &listed.objections {
                rows.add_row([
                    objection.id.as_str(),
                    &objection.entry,
                    objection.raised_by.code(),
                    &local_time(objection.raised_at),
                    &due(objection),
                    objection.state.code(),
                    result(objection),
                    &to_tell(objection),
                ]);
            }
            terminal.table(&rows)?;
            Ok(Exit::Success)
        })
        .await
    }
}

/// Makes a call that is answered with one objection, and shows it.
async fn one(
    host: &HostOptions,
    form: OutputForm,
    call: Call,
    terminal: &mut Terminal<'_>,
) -> Result<Exit, CliError> {
    with_host(host, async |client| {
        let objection: Objection = client.ask(call).await?.read()?;
        if form.json {
            terminal.json(&objection)?;
        } else {
            write(terminal, &objection)?;
        }
        Ok(Exit::Success)
    })
    .await
}

fn write(terminal: &mut Terminal<'_>, objection: &Objection) -> Result<(), CliError> {
    let or_none = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
    let decision = objection.decision.as_ref();
    terminal.table(&details([
        ("objection", objection.id.clone()),
        ("entry", objection.entry.clone()),
        ("authority", or_none(&objection.authority)),
        ("case", or_none(&objection.case_no)),
        ("raised by", objection.raised_by.code().to_owned()),
        ("ground", objection.ground.code().to_owned()),
        ("reason", objection.reason.clone()),
        ("suspends", suspends_text(objection)),
        ("raised", local_time(objection.raised_at)),
        ("answer due", due(objection)),
        ("state", objection.state.code().to_owned()),
        ("result", result(objection).to_owned()),
        ("answer", decision.map_or_else(|| "-".to_owned(), |decision| decision.text.clone())),
        ("to tell", to_tell(objection)),
    ]))
}

fn suspends_text(objection: &Objection) -> String {
    let why = match (objection.suspend, &objection.confirmed_before) {
        (Some(_), _) => " (a publisher said so)".to_owned(),
        (None, Some(id)) => format!(" (the same ground was confirmed: {id})"),
        (None, None) => String::new(),
    };
    format!("{}{why}", if objection.suspends { "yes" } else { "no" })
}

fn due(objection: &Objection) -> String {
    let provisional = if objection.due_provisional { " (provisional)" } else { "" };
    objection.due_on.map_or_else(|| "-".to_owned(), |day| format!("{}{provisional}", day.0))
}

fn result(objection: &Objection) -> &'static str {
    objection.decision.as_ref().map_or("-", |decision| decision.result.code())
}

fn to_tell(objection: &Objection) -> String {
    let who: Vec<&str> = objection.to_tell.iter().map(|who| who.code()).collect();
    if who.is_empty() { "-".to_owned() } else { who.join(", ") }
}
