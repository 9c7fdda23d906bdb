//! `creditgate links`: which numbers belong to one organisation.

use clap::Args;
use creditgate_wire::link::IdentifierLinks;

use super::command::{Call, Page, Show, asks, row};

/// List links from legacy numbers and earlier codes of organisations to their unified codes
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate links --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate links --limit 100000 --config creditgate.toml --json

Links are imported with `creditgate import identifiers`. Numbers other than codes of organisations are masked.")]
pub(super) struct LinksCommand {
    /// At most so many
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

asks!(LinksCommand, IdentifierLinks, |command| Call::list(&["v1", "admin", "identifiers"], "links")
    .at_most(command.limit as usize));

impl Show for IdentifierLinks {
    fn show(&self, page: &mut Page) {
        if self.total == 0 {
            return page.line("no links were imported");
        }
        page.table(
            ["KIND", "NUMBER", "UNIFIED CODE", "FROM", "UNTIL", "SOURCE"],
            self.links.iter().map(|link| {
                row![link.kind.code(), link.value, link.uscc, link.valid_from, link.valid_until, link.source]
            }),
        );
        page.line(format!("{} of {} links", self.links.len(), self.total));
    }
}
