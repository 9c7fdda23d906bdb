//! `creditgate objections`: doubts about entries, from the window to the result that is told.

use clap::Args;
use creditgate_affairs::objections::{NewObjection, Objection, ObjectionAnswer, ObjectionNotice, Objections};
use creditgate_credit::entry::Severity;
use creditgate_credit::objection::{ObjectionGround, ObjectionResult, ObjectionState, RaisedBy, Told};
use creditgate_credit::overlay::Corrections;
use creditgate_wire::time::Day;

use super::command::{AtHost, Call, Page, Show, asks, commands, day, details, one_of, row};

commands! {
    /// Raise, list, answer and tell objections to list entries
    pub(super) enum ObjectionsCommand {
        Raise(AtHost<RaiseCommand>),
        List(AtHost<ListCommand>),
        Show(AtHost<ShowCommand>),
        Result(AtHost<ResultCommand>),
        Told(AtHost<ToldCommand>),
    }
}

/// Raise an objection: the provider is notified, and the entry suspended
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate objections raise --entry SD-2026-0042 --check 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --raised-by subject \\
      --reason '处罚决定已被撤销' --server http://127.0.0.1:8480 --key-file window.key
  creditgate objections raise --entry SD-2026-0042 --division 370811 --raised-by officer \\
      --reason '主体名称与登记信息不符' --config creditgate.toml

The entry is suspended until there is a result, unless the same ground was confirmed before. With the key of a caller it
has to stand in the evidence of the check, or of a check of the case, that is named. No name and no identity number belongs into the reason: it goes to the
provider.")]
pub(super) struct RaiseCommand {
    /// Id of the list entry
    #[arg(long, value_name = "ID")]
    entry: String,
    /// Who doubts it
    #[arg(long, value_name = "WHO", value_parser = one_of::<RaisedBy>())]
    raised_by: RaisedBy,
    /// What kind of thing is said to be wrong
    #[arg(long, value_name = "GROUND", default_value = "other", value_parser = one_of::<ObjectionGround>())]
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
}

/// List objections, newest first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate objections list --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate objections list --state decided --config creditgate.toml --json

Those in the state `decided` wait for somebody to be told the result.")]
pub(super) struct ListCommand {
    /// Only those to this entry
    #[arg(long, value_name = "ID")]
    entry: Option<String>,
    /// Only those in this state
    #[arg(long, value_name = "STATE", value_parser = one_of::<ObjectionState>())]
    state: Option<ObjectionState>,
}

/// Show an objection
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate objections show 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --server http://127.0.0.1:8480 --key-file auditor.key")]
pub(super) struct ShowCommand {
    /// Id of the objection
    id: String,
}

/// Take in the provider's answer
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate objections result 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --result withdrawn --text '经核实，认定有误，予以撤销' \\
      --server http://127.0.0.1:8480 --key-file publisher.key
  creditgate objections result 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --result corrected --severity general \\
      --text '严重程度更正为一般' --config creditgate.toml")]
pub(super) struct ResultCommand {
    /// Id of the objection
    id: String,
    /// What the verification came to
    #[arg(long, value_parser = one_of::<ObjectionResult>())]
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
    #[arg(long, value_parser = one_of::<Severity>())]
    severity: Option<Severity>,
    /// For `corrected`: the last day of validity
    #[arg(long, value_name = "DATE", value_parser = day)]
    valid_until: Option<Day>,
}

/// Take in that somebody was told the result
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate objections told 0198c3f2-5a3e-7c1b-9d2e-0123456789ab --who party --on 2026-11-23 --how '书面告知' \\
      --server http://127.0.0.1:8480 --key-file window.key")]
pub(super) struct ToldCommand {
    /// Id of the objection
    id: String,
    /// Who was told
    #[arg(long, value_parser = one_of::<Told>())]
    who: Told,
    /// On which day
    #[arg(long, value_name = "DATE", value_parser = day)]
    on: Day,
    /// How
    #[arg(long, value_name = "TEXT")]
    how: String,
}

asks!(RaiseCommand, Objection, |command| {
    let body = NewObjection {
        entry: command.entry,
        check_id: command.check,
        case_no: command.case,
        division: command.division,
        raised_by: command.raised_by,
        ground: command.ground,
        suspend: command.suspend,
        reason: command.reason,
        contact: command.contact,
    };
    Call::post(&["v1", "objections"]).json(&body)
});

asks!(ListCommand, Objections, |command| {
    let call = Call::list(&["v1", "objections"], "objections").maybe("entry", command.entry);
    call.maybe("state", command.state.map(ObjectionState::code))
});

asks!(ShowCommand, Objection, |command| Call::get(&["v1", "objections", &command.id]));

asks!(ResultCommand, Objection, |ResultCommand { id, result, text, facts, basis, severity, valid_until }| {
    let corrections = Corrections { facts, basis, severity, valid_until };
    let body = ObjectionAnswer { result, corrections, text };
    Call::post(&["v1", "objections", &id, "result"]).json(&body)
});

asks!(ToldCommand, Objection, |command| {
    let body = ObjectionNotice { told: command.who, on: command.on, how: command.how };
    Call::post(&["v1", "objections", &command.id, "notices"]).json(&body)
});

impl Show for Objections {
    fn show(&self, page: &mut Page) {
        page.table(
            ["OBJECTION", "ENTRY", "BY", "RAISED", "DUE", "STATE", "RESULT", "TO TELL"],
            self.objections.iter().map(|objection| {
                row![
                    objection.id,
                    objection.entry,
                    objection.raised_by.code(),
                    objection.raised_at,
                    due(objection),
                    objection.state.code(),
                    objection.decision.as_ref().map(|decision| decision.result.code()),
                    to_tell(objection),
                ]
            }),
        );
    }
}

impl Show for Objection {
    fn show(&self, page: &mut Page) {
        let decision = self.decision.as_ref();
        page.details(
            details()
                .row("objection", &self.id)
                .row("entry", &self.entry)
                .row("authority", &self.authority)
                .row("case", &self.case_no)
                .row("raised by", self.raised_by.code())
                .row("ground", self.ground.code())
                .row("reason", &self.reason)
                .row("suspends", suspends(self))
                .row("raised", self.raised_at)
                .row("answer due", due(self))
                .row("state", self.state.code())
                .row("result", decision.map(|decision| decision.result.code()))
                .row("answer", decision.map(|decision| &decision.text))
                .row("to tell", to_tell(self)),
        );
    }
}

fn suspends(objection: &Objection) -> String {
    let why = match (objection.suspend, &objection.confirmed_before) {
        (Some(_), _) => " (a publisher said so)".to_owned(),
        (None, Some(id)) => format!(" (the same ground was confirmed: {id})"),
        (None, None) => String::new(),
    };
    format!("{}{why}", if objection.suspends { "yes" } else { "no" })
}

fn due(objection: &Objection) -> Option<String> {
    let provisional = if objection.due_provisional { " (provisional)" } else { "" };
    objection.due_on.map(|day| format!("{}{provisional}", day.0))
}

fn to_tell(objection: &Objection) -> Option<Vec<&'static str>> {
    let who: Vec<&str> = objection.to_tell.iter().map(|who| who.code()).collect();
    (!who.is_empty()).then_some(who)
}
