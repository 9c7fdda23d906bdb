//! Importing tables of working days: a text form of its own, one year a file.

use std::path::PathBuf;

use creditgate_wire::calendar::CalendarImported;
use serde::Serialize;

use crate::cli::command::{Call, Client, Page, Show, Terminal, Tone, toned};
use crate::cli::page::SoFar;

/// What became of one file.
#[derive(Serialize)]
pub(in crate::cli) struct Imported {
    file: String,
    #[serde(flatten)]
    report: CalendarImported,
}

/// Imports each file; ends at the first that is refused, and what was applied before it stays.
pub(super) async fn import(
    terminal: &mut Terminal<'_>,
    host: &Client,
    files: &[PathBuf],
    replace: bool,
) -> SoFar<Vec<Imported>> {
    SoFar::each(files, async |path: &PathBuf| {
        let file = path.display().to_string();
        let call = Call::post(&["v1", "admin", "calendar"])
            .query("file", &file)
            .query("replace", replace)
            .body("text/plain; charset=utf-8", terminal.read(path)?);
        Ok(Imported { file, report: host.ask(call).await? })
    })
    .await
}

impl Show for Imported {
    fn show(&self, page: &mut Page) {
        let CalendarImported { year, status, unchanged, edition, moved } = &self.report;
        let did =
            if *unchanged { "the same as before".to_owned() } else { format!("{moved} last days moved") };
        let what = toned(Tone::Good, &format!("{year} ({status})"));
        page.line(format!("{}: {what}, calendar {edition}, {did}", self.file));
    }
}
