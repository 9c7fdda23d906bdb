//! `creditgate rechecks`: checks to be made again, because an entry they had turned out otherwise.

use clap::Args;
use creditgate_wire::act::RechecksBody;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, local_time, table};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate rechecks --server http://127.0.0.1:8480 --key-file window.key
  creditgate rechecks --done --config creditgate.toml --json

The approval system makes each again at the same checkpoint, under a new idempotency key; the later result counts.";

/// List checks to be made again
///
/// An entry that was before them was corrected, withdrawn or repaired.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct RechecksCommand {
    /// Those that were made again, too
    #[arg(long)]
    done: bool,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl RechecksCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let call = Call::get(&["v1", "rechecks"]).query("done", self.done.to_string());
            let listed: RechecksBody = client.ask_all(call, "rechecks", None).await?.read()?;
            if self.form.json {
                terminal.json(&listed)?;
                return Ok(Exit::Success);
            }
            let mut rows =
                table(["CASE", "CHECK", "ITEM", "CHECKPOINT", "OUTCOME", "ENTRY", "SINCE", "DONE BY"]);
            for recheck in &listed.rechecks {
                rows.add_row([
                    recheck.case_no.as_str(),
                    &recheck.check_id,
                    &recheck.item,
                    &recheck.checkpoint,
                    recheck.outcome.code(),
                    &recheck.entry,
                    &local_time(recheck.opened_at),
                    recheck.done_by.as_deref().unwrap_or("-"),
                ]);
            }
            terminal.table(&rows)?;
            Ok(Exit::Success)
        })
        .await
    }
}
