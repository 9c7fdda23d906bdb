//! `creditgate links`: which numbers belong to one organisation.

use clap::Args;
use creditgate_wire::link::LinksBody;

use super::client::{Call, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, table};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate links --server http://127.0.0.1:8480 --key-file auditor.key
  creditgate links --limit 100000 --config creditgate.toml --json

Links are imported with `creditgate import identifiers`. Numbers other than codes of organisations are masked.";

/// List links from legacy numbers and earlier codes of organisations to their unified codes
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct LinksCommand {
    /// At most so many
    #[arg(long, value_name = "NUMBER", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl LinksCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        with_host(&self.host, async |client| {
            let call = Call::get(&["v1", "admin", "identifiers"]);
            let most = Some(self.limit as usize);
            let listed: LinksBody = client.ask_all(call, "links", most).await?.read()?;
            if self.form.json {
                terminal.json(&listed)?;
            } else {
                write(terminal, &listed)?;
            }
            Ok(Exit::Success)
        })
        .await
    }
}

fn write(terminal: &mut Terminal<'_>, listed: &LinksBody) -> Result<(), CliError> {
    if listed.total == 0 {
        return terminal.line("no links were imported");
    }
    let mut rows = table(["KIND", "NUMBER", "UNIFIED CODE", "FROM", "UNTIL", "SOURCE"]);
    for link in &listed.links {
        let [from, until] = [link.valid_from, link.valid_until]
            .map(|day| day.map_or("-".to_owned(), |day| day.0.to_string()));
        rows.add_row([link.kind.code(), &link.value, &link.uscc, &from, &until, &link.source]);
    }
    terminal.table(&rows)?;
    terminal.line(&format!("{} of {} links", listed.links.len(), listed.total))
}
