//! The command line: what `creditgate` understands, and what it answers a person or a script.
//!
//! Each command is one file. Commands that concern a host have one way to it, [`client`]: they make the HTTP
//! request anybody could make, and send it to a server or to the same router in this process. What must not
//! be here: anything a host decides; a command only asks and shows.

mod affected;
mod approvals;
mod backtest;
mod catalogue;
mod check;
mod client;
mod commitments;
mod completions;
mod connector;
mod coverage;
mod entries;
mod error;
mod events;
mod feedback;
mod identifier;
mod import;
mod init;
mod keys;
mod ledger;
mod links;
mod lists;
mod objections;
mod output;
mod plugin;
mod policy;
mod pulls;
mod receipt;
mod rechecks;
mod releases;
mod repairs;
mod replay;
mod report;
mod report_file;
mod secret_file;
mod serve;
mod signers;
mod tasks;
#[cfg(test)]
mod tests;
mod vocabulary;
mod workdays;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{ArgMatches, Args, CommandFactory, FromArgMatches, Parser, Subcommand};
use creditgate_credit::identifier::without_numbers;

use crate::own_program;
use error::CliError;
pub use output::Terminal;

const AFTER_HELP: &str = "\
Exit status:
  0  done, or the answer is yes
  1  failed, refused, or the answer is no
  2  the command line is wrong
  3  a check took place, but its status is could_not_check

With --json, results are one JSON document on standard output, errors one on standard error.";

/// Credit checks inside approval systems, by sandboxed plug-ins
#[derive(Debug, Parser)]
#[command(name = "creditgate", version, max_term_width = 100, after_help = AFTER_HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::InitCommand),
    Serve(serve::ServeCommand),
    Check(check::CheckCommand),
    Import(import::ImportCommand),
    Catalogue(catalogue::CatalogueCommand),
    Lists(lists::ListsCommand),
    Approvals(approvals::ApprovalsCommand),
    Links(links::LinksCommand),
    Plugin(plugin::PluginCommand),
    Policy(policy::PolicyCommand),
    Activate(releases::ActivateCommand),
    Rollback(releases::RollbackCommand),
    Releases(releases::ReleasesCommand),
    Signers(signers::SignersCommand),
    Keys(keys::KeysCommand),
    Tasks(tasks::TasksCommand),
    Commitments(commitments::CommitmentsCommand),
    Feedback(feedback::FeedbackCommand),
    Entries(entries::EntriesCommand),
    Events(events::EventsCommand),
    Connector(connector::ConnectorCommand),
    Pulls(pulls::PullsCommand),
    Receipt(receipt::ReceiptCommand),
    Ledger(ledger::LedgerCommand),
    Coverage(coverage::CoverageCommand),
    Completion(coverage::CompletionCommand),
    Report(report::ReportCommand),
    Replay(replay::ReplayCommand),
    Backtest(backtest::BacktestCommand),
    Affected(affected::AffectedCommand),
    Objections(objections::ObjectionsCommand),
    Repairs(repairs::RepairsCommand),
    Rechecks(rechecks::RechecksCommand),
    #[command(name = "id")]
    Identifier(identifier::IdentifierCommand),
    Workdays(workdays::WorkdaysCommand),
    Openapi(completions::OpenapiCommand),
    Completions(completions::CompletionsCommand),
}

/// How a result is written.
#[derive(Debug, Clone, Copy, Args)]
struct OutputForm {
    /// Write JSON instead of text for people
    #[arg(long)]
    json: bool,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or the answer is yes.
    Success,
    /// Failed, refused, or the answer is no.
    Failed,
    /// The command line is wrong.
    Usage,
    /// A check took place, but could not say whether there is anything against the parties.
    CouldNotCheck,
}

impl Exit {
    /// Success for yes, failure for no.
    fn of(yes: bool) -> Self {
        if yes { Self::Success } else { Self::Failed }
    }

    /// The exit status of the process.
    #[must_use]
    pub const fn status(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::CouldNotCheck => 3,
        }
    }
}

/// Turns of work after which a thread of the runtime looks for what has come in.
const LOOKS_AFTER: u32 = 7;

/// The whole program: reads the process's arguments, runs the command, and says how it ended.
#[must_use]
pub fn main() -> ExitCode {
    own_program::be_the_program();
    let (mut input, mut output, mut errors) = (std::io::stdin(), anstream::stdout(), anstream::stderr());
    let mut terminal = Terminal { input: &mut input, output: &mut output, errors: &mut errors };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // A thread that always has something to do looks so often for what has come in.
        // Left at 61, a host under a flood of small requests hears of the others' late.
        .event_interval(LOOKS_AFTER)
        .global_queue_interval(LOOKS_AFTER)
        .on_thread_park(|| {
            creditgate_sandbox::renew_spares();
        })
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            let message = format!("cannot start the threads of the program: {error}");
            terminal.report(&CliError::Host { message, code: "cli.runtime".into() }, false);
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(run(std::env::args_os(), &mut terminal)).status().into()
}

/// Runs one command line, the program's name first.
pub async fn run(arguments: impl IntoIterator<Item = OsString>, terminal: &mut Terminal<'_>) -> Exit {
    let parsed = Cli::command()
        .try_get_matches_from(arguments)
        .and_then(|matches| Ok((wants_json(&matches), Cli::from_arg_matches(&matches)?)));
    let (json, cli) = match parsed {
        Ok(parsed) => parsed,
        Err(answer) => return answer_parser(&answer, terminal),
    };
    match cli.command.run(terminal).await {
        Ok(exit) => exit,
        Err(error) => {
            terminal.report(&error, json);
            error.exit()
        }
    }
}

/// Whether the command that was chosen has `--json` and it was given.
fn wants_json(matches: &ArgMatches) -> bool {
    let mut chosen = matches;
    while let Some((_, deeper)) = chosen.subcommand() {
        chosen = deeper;
    }
    matches!(chosen.try_get_one::<bool>("json"), Ok(Some(true)))
}

/// Help, the version, or what is wrong with the arguments. What cannot be written cannot be reported.
fn answer_parser(answer: &clap::Error, terminal: &mut Terminal<'_>) -> Exit {
    let text = answer.render();
    let wrong = answer.use_stderr();
    if wrong {
        let _ = write!(terminal.errors, "{}", without_numbers(&text.ansi().to_string()));
        Exit::Usage
    } else {
        let _ = write!(terminal.output, "{}", text.ansi());
        Exit::Success
    }
}

impl Command {
    async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        match self {
            Self::Init(command) => command.run(terminal).await,
            Self::Serve(command) => command.run(terminal).await,
            Self::Check(command) => command.run(terminal).await,
            Self::Import(command) => command.run(terminal).await,
            Self::Catalogue(command) => command.run(terminal).await,
            Self::Lists(command) => command.run(terminal).await,
            Self::Approvals(command) => command.run(terminal).await,
            Self::Links(command) => command.run(terminal).await,
            Self::Plugin(command) => command.run(terminal).await,
            Self::Policy(command) => command.run(terminal).await,
            Self::Activate(command) => command.run(terminal).await,
            Self::Rollback(command) => command.run(terminal).await,
            Self::Releases(command) => command.run(terminal).await,
            Self::Signers(command) => command.run(terminal).await,
            Self::Keys(command) => command.run(terminal).await,
            Self::Tasks(command) => command.run(terminal).await,
            Self::Commitments(command) => command.run(terminal).await,
            Self::Feedback(command) => command.run(terminal).await,
            Self::Entries(command) => command.run(terminal).await,
            Self::Events(command) => command.run(terminal).await,
            Self::Connector(command) => command.run(terminal).await,
            Self::Pulls(command) => command.run(terminal).await,
            Self::Receipt(command) => command.run(terminal).await,
            Self::Coverage(command) => command.run(terminal).await,
            Self::Completion(command) => command.run(terminal).await,
            Self::Report(command) => command.run(terminal).await,
            Self::Replay(command) => command.run(terminal).await,
            Self::Backtest(command) => command.run(terminal).await,
            Self::Affected(command) => command.run(terminal).await,
            Self::Objections(command) => command.run(terminal).await,
            Self::Repairs(command) => command.run(terminal).await,
            Self::Rechecks(command) => command.run(terminal).await,
            Self::Ledger(command) => command.run(terminal).await,
            Self::Identifier(command) => command.run(terminal),
            Self::Workdays(command) => command.run(terminal),
            Self::Openapi(command) => command.run(terminal),
            Self::Completions(command) => command.run(terminal),
        }
    }
}
