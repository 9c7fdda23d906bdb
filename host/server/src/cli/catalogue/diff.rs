//! `creditgate catalogue diff`.

use clap::Args;
use creditgate_wire::catalogue::EditionDiffBody;

use crate::cli::client::{Call, HostOptions, with_host};
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, table};
use crate::cli::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate catalogue diff 示例市2024版 示例市2026版 --server http://127.0.0.1:8480
  creditgate catalogue diff 示例市2024版 示例市2026版 --config creditgate.toml --json

That editions differ is no error: the exit status is 0.";

/// Compare two editions by particular
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct DiffCommand {
    /// The earlier edition
    from: String,
    /// The later edition
    to: String,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

impl DiffCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let call = Call::get(&["v1", "admin", "catalogue", &self.from, "diff", &self.to]);
        with_host(&self.host, async |client| {
            let found: EditionDiffBody = client.ask(call).await?.read()?;
            if self.form.json {
                terminal.json(&found)?;
            } else {
                write(terminal, &found)?;
            }
            Ok(Exit::Success)
        })
        .await
    }
}

fn write(terminal: &mut Terminal<'_>, found: &EditionDiffBody) -> Result<(), CliError> {
    if found.differences.is_empty() {
        return terminal.line(&format!("`{}` and `{}` say the same", found.from, found.to));
    }
    let mut rows = table(["CHANGE", "KIND", "CODE", "PARTICULAR", "FROM", "TO"]);
    for difference in &found.differences {
        let start = [difference.change.code(), &difference.kind, &difference.code];
        if difference.particulars.is_empty() {
            rows.add_row(start.into_iter().chain(["-", "", ""]));
        }
        for particular in &difference.particulars {
            rows.add_row(start.into_iter().chain([
                particular.field.as_str(),
                &particular.from,
                &particular.to,
            ]));
        }
    }
    terminal.table(&rows)
}
