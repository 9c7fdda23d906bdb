//! Importing tables of working days: a text form of its own, one year a file.

use std::path::PathBuf;

use creditgate_wire::calendar::CalendarImportedBody;
use serde::Serialize;

use crate::cli::client::{Call, Client};
use crate::cli::error::CliError;
use crate::cli::output::{Terminal, Tone, toned};

/// What became of one file.
#[derive(Serialize)]
struct Imported {
    file: String,
    #[serde(flatten)]
    report: CalendarImportedBody,
}

/// Imports each file and says what it did; ends at the first that is refused,
/// and what was applied before it stays.
pub(super) async fn import(
    terminal: &mut Terminal<'_>,
    client: &Client,
    files: &[PathBuf],
    replace: bool,
    json: bool,
) -> Result<(), CliError> {
    let mut imported = Vec::new();
    let outcome = import_all(terminal, client, files, replace, &mut imported).await;
    if json {
        terminal.json(&imported)?;
    } else {
        imported.iter().try_for_each(|file| write(terminal, file))?;
    }
    outcome
}

async fn import_all(
    terminal: &mut Terminal<'_>,
    client: &Client,
    files: &[PathBuf],
    replace: bool,
    imported: &mut Vec<Imported>,
) -> Result<(), CliError> {
    for path in files {
        let body = terminal.read(path)?;
        let file = path.display().to_string();
        let call = Call::post(&["v1", "admin", "calendar"])
            .query("file", &file)
            .query("replace", replace.to_string())
            .body("text/plain; charset=utf-8", body);
        let report = client.ask(call).await?.read()?;
        imported.push(Imported { file, report });
    }
    Ok(())
}

fn write(terminal: &mut Terminal<'_>, imported: &Imported) -> Result<(), CliError> {
    let CalendarImportedBody { year, status, unchanged, edition, moved } = &imported.report;
    let did = if *unchanged { "the same as before".to_owned() } else { format!("{moved} last days moved") };
    let what = toned(Tone::Good, &format!("{year} ({status})"));
    terminal.line(&format!("{}: {what}, calendar {edition}, {did}", imported.file))
}
