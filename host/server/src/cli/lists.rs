//! `creditgate lists`: where the list entries of a host come from.

use clap::Args;
use creditgate_wire::pages::ListSources;

use super::command::{Call, Page, Show, asks, local_time, row};

/// Show where list entries come from, how many there are and when they came
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate lists --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate lists --config creditgate.toml --json

Entries of a source that was imported with --full stand in a snapshot; SINCE counts those that came one by one after \
it, which win over the snapshot's.")]
pub(super) struct ListsCommand {}

asks!(ListsCommand, ListSources, |_| Call::list(&["v1", "admin", "sources"], "sources"));

impl Show for ListSources {
    fn show(&self, page: &mut Page) {
        page.list(
            "no list entries were imported",
            ["SOURCE", "ENTRIES", "SINCE", "AS A WHOLE", "LAST IMPORT", "FILE"],
            self.sources.iter().map(|from| {
                let whole_at = from.whole_at.map_or_else(|| "never".to_owned(), local_time);
                row![from.source, from.entries, from.since, whole_at, from.imported_at, from.file]
            }),
        );
    }
}
