//! `creditgate connector`: credit platforms that are asked at check time.

mod check;

use clap::Args;
use creditgate_wire::pages::Connectors;

use super::command::{AtHost, Call, Here, Page, Show, Tone, asks, commands, row, toned};

commands! {
    /// Credit platforms that are asked at check time
    pub(super) enum ConnectorCommand {
        List(AtHost<ListCommand>),
        Check(Here<check::CheckCommand>),
    }
}

/// List the connectors, how they are doing, and which bindings need them
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate connector list --server http://127.0.0.1:8480 --key-file admin.key
  creditgate connector list --config creditgate.toml --json")]
pub(super) struct ListCommand {}

asks!(ListCommand, Connectors, |_| Call::list(&["v1", "admin", "connectors"], "connectors"));

impl Show for Connectors {
    fn show(&self, page: &mut Page) {
        page.table(
            ["NAME", "ASKED", "FAILED", "KEPT", "STATE", "NEEDED BY"],
            self.connectors.iter().map(|connector| {
                let state = match connector.left_alone {
                    true => toned(Tone::Bad, "left alone"),
                    false => toned(Tone::Good, "in use"),
                };
                let (name, bindings) = (&connector.name, connector.bindings.join(" "));
                row![name, connector.asked, connector.failed, connector.kept, state, bindings]
            }),
        );
    }
}
