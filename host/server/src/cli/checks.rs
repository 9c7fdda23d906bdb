//! `creditgate checks`: the checks that were made.

use std::path::PathBuf;

use clap::Args;
use creditgate_api::{CheckSearch, FoundChecks, PartyIdentifier};
use creditgate_credit::verdict::Outcome;
use creditgate_gate::Status;
use creditgate_wire::time::Day;

use super::command::{Ask, AtHost, Call, CliError, Client, Page, Show, Terminal, commands, day, one_of, row};
use super::identifier::of_kind;

commands! {
    /// Find checks that were made
    pub(super) enum ChecksCommand {
        Search(AtHost<SearchCommand>),
    }
}

/// Find checks, newest first
///
/// Every option narrows the search. A number of a party is read from a file or from standard input and sent in the
/// body of a request, so that it stands in no shell history, list of processes or log.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate checks search --case 2026-000123 --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate checks search --department market-regulation --since 2026-11-01 --outcome refuse \\
      --all --config creditgate.toml --json
  creditgate checks search --subject - --server http://127.0.0.1:8480 < number.txt

The file of --subject holds one number with its kind, such as uscc:91110105MA0000226Y. Exit status: 0, also where \
nothing is found.")]
pub(super) struct SearchCommand {
    /// Only of this case (办件编号)
    #[arg(long, value_name = "CASE")]
    case: Option<String>,
    /// Only with a party that has the number in this file, as KIND:NUMBER; `-` is standard input
    #[arg(long, value_name = "FILE")]
    subject: Option<PathBuf>,
    /// First day of the checks
    #[arg(long, value_name = "DATE", value_parser = day)]
    since: Option<Day>,
    /// Last day of the checks
    #[arg(long, value_name = "DATE", value_parser = day)]
    until: Option<Day>,
    /// Only of this department
    #[arg(long, value_name = "CODE")]
    department: Option<String>,
    /// Only of this item (事项编码)
    #[arg(long, value_name = "CODE")]
    item: Option<String>,
    /// Only at this checkpoint
    #[arg(long, value_name = "NAME")]
    checkpoint: Option<String>,
    /// Only with this finding
    #[arg(long, value_parser = one_of::<Status>())]
    status: Option<Status>,
    /// Only with this outcome, as it was answered
    #[arg(long, value_parser = one_of::<Outcome>())]
    outcome: Option<Outcome>,
    /// Only where a party had this list entry, effective or in its history
    #[arg(long, value_name = "ID")]
    entry: Option<String>,
    /// Only those that this release judged
    #[arg(long, value_name = "NUMBER")]
    release: Option<i64>,
    /// At most so many
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// All there are
    #[arg(long, conflicts_with = "limit")]
    all: bool,
}

impl Ask for SearchCommand {
    async fn ask(self, host: &Client, terminal: &mut Terminal<'_>) -> Result<FoundChecks, CliError> {
        let subject = match &self.subject {
            None => None,
            Some(file) => {
                let number = of_kind(&terminal.read_text(file)?)?;
                let (kind, value) = (number.kind().code().to_owned(), number.value().to_owned());
                Some(PartyIdentifier { kind, value })
            }
        };
        let asked = CheckSearch {
            case_no: self.case,
            subject,
            since: self.since,
            until: self.until,
            department: self.department,
            item: self.item,
            checkpoint: self.checkpoint,
            status: self.status,
            outcome: self.outcome,
            entry: self.entry,
            release: self.release,
            cursor: None,
            limit: None,
        };
        let call = Call::post(&["v1", "checks:search"]).json(&asked).rows("checks");
        host.ask(if self.all { call } else { call.at_most(self.limit as usize) }).await
    }
}

impl Show for FoundChecks {
    fn show(&self, page: &mut Page) {
        page.list(
            "no check was found",
            ["CASE", "CHECK", "DEPARTMENT", "ITEM", "CHECKPOINT", "AT", "STATUS", "OUTCOME", "RELEASE"],
            self.checks.iter().map(|check| {
                row![
                    check.case_no,
                    check.check_id,
                    check.department,
                    check.item,
                    check.checkpoint,
                    check.checked_at,
                    check.status.code(),
                    check.outcome.code(),
                    check.release,
                ]
            }),
        );
        if self.next.is_some() {
            page.line("there are more; --limit or --all shows them");
        }
    }
}
