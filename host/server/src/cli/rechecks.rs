//! `creditgate rechecks`: checks to be made again, because an entry they had turned out otherwise.

use clap::Args;
use creditgate_wire::pages::Rechecks;

use super::command::{Call, Page, Show, asks, row};

/// List checks to be made again
///
/// An entry that was before them was corrected, withdrawn or repaired.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate rechecks --server http://127.0.0.1:8480 --key-file window.key
  creditgate rechecks --done --config creditgate.toml --json

The approval system makes each again at the same checkpoint, under a new idempotency key; the later result counts.")]
pub(super) struct RechecksCommand {
    /// Those that were made again, too
    #[arg(long)]
    done: bool,
}

asks!(RechecksCommand, Rechecks, |command| Call::list(&["v1", "rechecks"], "rechecks")
    .query("done", command.done));

impl Show for Rechecks {
    fn show(&self, page: &mut Page) {
        page.table(
            ["CASE", "CHECK", "ITEM", "CHECKPOINT", "OUTCOME", "ENTRY", "SINCE", "DONE BY"],
            self.rechecks.iter().map(|recheck| {
                row![
                    recheck.case_no,
                    recheck.check_id,
                    recheck.item,
                    recheck.checkpoint,
                    recheck.outcome.code(),
                    recheck.entry,
                    recheck.opened_at,
                    recheck.done_by,
                ]
            }),
        );
    }
}
