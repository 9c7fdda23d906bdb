//! `creditgate lists`: where the list entries of a host come from.

use clap::Args;
use creditgate_wire::admin::{ListSourceBody, ListSourcesBody};

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, local_time, table};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate lists --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate lists --config creditgate.toml --json

Entries of a source that was imported with --full stand in a snapshot; SINCE counts those that came one by one after \
it, which win over the snapshot's.";

/// Show where list entries come from, how many there are and when they came
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ListsCommand {
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl ListsCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let answer = client.ask_all(Call::get(&["v1", "admin", "sources"]), "sources", None).await?;
            if self.form.json {
                terminal.json(&answer.document()?)?;
            } else {
                write(terminal, answer.read::<ListSourcesBody>()?)?;
            }
            Ok(Exit::Success)
        })
        .await
    }
}

fn write(terminal: &mut Terminal<'_>, listed: ListSourcesBody) -> Result<(), CliError> {
    if listed.sources.is_empty() {
        return terminal.line("no list entries were imported");
    }
    let mut rows = table(["SOURCE", "ENTRIES", "SINCE", "AS A WHOLE", "LAST IMPORT", "FILE"]);
    for source in listed.sources {
        let ListSourceBody { source, entries, since, whole_at, imported_at, file, .. } = source;
        let whole_at = whole_at.map_or_else(|| "never".to_owned(), local_time);
        rows.add_row([
            source,
            entries.to_string(),
            since.to_string(),
            whole_at,
            local_time(imported_at),
            file,
        ]);
    }
    terminal.table(&rows)
}
