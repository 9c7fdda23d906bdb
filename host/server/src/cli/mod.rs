//! The command line: what `creditgate` understands, and what it answers a person or a script.
//!
//! Each command is one file, and its options one struct; [`command`] gives it what all commands share. Commands that
//! concern a host have one way to it, [`client`]: they make the HTTP request anybody could make, and send it to a
//! server or to the same router in this process. What must not be here: anything a host decides; a command only asks
//! and shows.

#![expect(
    refining_impl_trait_internal,
    reason = "a command names the type of its answer, which its trait leaves open"
)]

mod affected;
mod approvals;
mod backtest;
mod catalogue;
mod check;
mod checks;
mod client;
mod command;
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
mod page;
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

use clap::Parser;
use creditgate_credit::identifier::without_numbers;

use crate::own_program;
use command::{AtHost, Here, Run, commands};
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

commands! {
    enum Command {
        Init(Here<init::InitCommand>),
        Serve(serve::ServeCommand),
        Check(AtHost<check::CheckCommand>),
        #[command(subcommand)]
        Checks(checks::ChecksCommand),
        Import(AtHost<import::ImportCommand>),
        #[command(subcommand)]
        Catalogue(catalogue::CatalogueCommand),
        Lists(AtHost<lists::ListsCommand>),
        #[command(subcommand)]
        Approvals(approvals::ApprovalsCommand),
        Links(AtHost<links::LinksCommand>),
        #[command(subcommand)]
        Plugin(plugin::PluginCommand),
        #[command(subcommand)]
        Policy(policy::PolicyCommand),
        Activate(AtHost<releases::ActivateCommand>),
        Rollback(AtHost<releases::RollbackCommand>),
        Releases(releases::ReleasesCommand),
        #[command(subcommand)]
        Signers(signers::SignersCommand),
        #[command(subcommand)]
        Keys(keys::KeysCommand),
        Tasks(AtHost<tasks::TasksCommand>),
        #[command(subcommand)]
        Commitments(commitments::CommitmentsCommand),
        #[command(subcommand)]
        Feedback(feedback::FeedbackCommand),
        #[command(subcommand)]
        Entries(entries::EntriesCommand),
        Events(AtHost<events::EventsCommand>),
        #[command(subcommand)]
        Connector(connector::ConnectorCommand),
        Pulls(AtHost<pulls::PullsCommand>),
        #[command(subcommand)]
        Receipt(receipt::ReceiptCommand),
        #[command(subcommand)]
        Ledger(ledger::LedgerCommand),
        Coverage(AtHost<coverage::CoverageCommand>),
        Completion(AtHost<coverage::CompletionCommand>),
        #[command(subcommand)]
        Report(report::ReportCommand),
        Replay(AtHost<replay::ReplayCommand>),
        Backtest(AtHost<backtest::BacktestCommand>),
        Affected(AtHost<affected::AffectedCommand>),
        #[command(subcommand)]
        Objections(objections::ObjectionsCommand),
        #[command(subcommand)]
        Repairs(repairs::RepairsCommand),
        Rechecks(AtHost<rechecks::RechecksCommand>),
        #[command(name = "id")]
        Identifier(Here<identifier::IdentifierCommand>),
        Workdays(Here<workdays::WorkdaysCommand>),
        Openapi(completions::OpenapiCommand),
        Completions(completions::CompletionsCommand),
    }
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
    let mut terminal = Terminal { input: &mut input, output: &mut output, errors: &mut errors, json: false };
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
            terminal.report(&CliError::Host { message, code: "cli.runtime".into() });
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(run(std::env::args_os(), &mut terminal)).status().into()
}

/// Runs one command line, the program's name first.
pub async fn run(arguments: impl IntoIterator<Item = OsString>, terminal: &mut Terminal<'_>) -> Exit {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(answer) => return answer_parser(&answer, terminal),
    };
    match cli.command.run(terminal).await {
        Ok(exit) => exit,
        Err(error) => {
            terminal.report(&error);
            error.exit()
        }
    }
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
