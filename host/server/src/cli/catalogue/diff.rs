//! `creditgate catalogue diff`.

use clap::Args;
use creditgate_wire::catalogue::EditionDiff;

use crate::cli::command::{Call, Page, Show, asks, row};

/// Compare two editions by particular
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  creditgate catalogue diff 示例市2024版 示例市2026版 --server http://127.0.0.1:8480
  creditgate catalogue diff 示例市2024版 示例市2026版 --config creditgate.toml --json

That editions differ is no error: the exit status is 0.")]
pub(in crate::cli) struct DiffCommand {
    /// The earlier edition
    from: String,
    /// The later edition
    to: String,
}

asks!(DiffCommand, EditionDiff, |command| Call::get(&[
    "v1",
    "admin",
    "catalogue",
    &command.from,
    "diff",
    &command.to
]));

impl Show for EditionDiff {
    fn show(&self, page: &mut Page) {
        if self.differences.is_empty() {
            return page.line(format!("`{}` and `{}` say the same", self.from, self.to));
        }
        let mut rows = Vec::new();
        for difference in &self.differences {
            let row = |field: &str, from: &str, to: &str| {
                row![difference.change.code(), difference.kind, difference.code, field, from, to]
            };
            if difference.particulars.is_empty() {
                rows.push(row("-", "", ""));
            }
            let particulars = difference.particulars.iter();
            rows.extend(particulars.map(|change| row(&change.field, &change.from, &change.to)));
        }
        page.table(["CHANGE", "KIND", "CODE", "PARTICULAR", "FROM", "TO"], rows);
    }
}
