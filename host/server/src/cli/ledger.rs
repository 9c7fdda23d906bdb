//! `creditgate ledger verify`: whether everything is as it was written, and nothing
//! was cut off.

use clap::Args;
use creditgate_store::Head;
use creditgate_wire::admin::LedgerVerification;

use super::command::{AtHost, Call, CliError, Exit, Page, Show, Tone, asks, commands, toned};

commands! {
    /// Verify the ledger
    pub(super) enum LedgerCommand {
        Verify(AtHost<VerifyCommand>),
    }
}

/// Walk the chain of everything that was recorded, and compare every hash
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate ledger verify --config creditgate.toml
  creditgate ledger verify --server http://127.0.0.1:8480 --key-file auditor.key --json
  creditgate ledger verify --config creditgate.toml --since 1284:9f86d081…

Keep the head that is shown away from the host: with it a later verification shows
that nothing before it was changed or cut off.

Exit status: 0 if everything is as it was written, 1 if not.")]
pub(super) struct VerifyCommand {
    /// A head that was shown before: what the chain must go on from
    #[arg(long, value_name = "HEAD")]
    since: Option<Head>,
}

asks!(VerifyCommand, LedgerVerification, |command| Call::get(&["v1", "admin", "ledger:verify"])
    .maybe("since", command.since));

impl Show for LedgerVerification {
    fn show(&self, page: &mut Page) {
        let word = if self.intact { toned(Tone::Good, "intact") } else { toned(Tone::Bad, "broken") };
        page.line(format!("{word}: {} records, {} links", self.records, self.links));
        self.faults.iter().for_each(|fault| page.line(format!("  {}: {}", fault.place, fault.text)));
        page.line(format!("head {}", self.head));
    }

    fn end(self) -> Result<Exit, CliError> {
        Ok(Exit::of(self.intact))
    }
}
