//! A task's result on standard output: one JSON document, or lines and tables for
//! people.

use anyhow::Result;
use comfy_table::Table;
use comfy_table::presets::NOTHING;
use serde::Serialize;

#[expect(clippy::print_stdout, reason = "this is the task's result")]
pub(crate) fn line(text: impl std::fmt::Display) {
    println!("{text}");
}

pub(crate) fn json(value: &impl Serialize) -> Result<()> {
    line(serde_json::to_string_pretty(value)?);
    Ok(())
}

/// An empty table with these column titles.
pub(crate) fn table<const N: usize>(titles: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_header(titles);
    table
}
