//! The terminal: where commands read and write, and the forms they write in. No command prints on its own.

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use comfy_table::{ContentLineStyle, LineStyle, Table, TableStyle};
use creditgate_api::FieldProblemBody;
use creditgate_credit::calendar::LOCAL_OFFSET;
use creditgate_credit::identifier::without_numbers;
use creditgate_wire::time::Instant;
use serde::Serialize;

use super::error::CliError;

const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();
const DOUBTFUL: Style = AnsiColor::Yellow.on_default().bold();

/// A blank after each column, a line under the header, and nothing else: readable, and easy to cut and search.
const TABLE_STYLE: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─').junction(' '))
    .content_lines(ContentLineStyle::none());

/// Where a command reads and writes. Styles are always written; the streams strip them where nobody sees them.
pub struct Terminal<'a> {
    /// Standard input.
    pub input: &'a mut dyn Read,
    /// Standard output: what was asked for.
    pub output: &'a mut dyn Write,
    /// Standard error: problems.
    pub errors: &'a mut dyn Write,
}

/// How good a word is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tone {
    Good,
    Doubtful,
    Bad,
}

/// A word in the colour of its tone.
pub(super) fn toned(tone: Tone, text: &str) -> String {
    let style = match tone {
        Tone::Good => GOOD,
        Tone::Doubtful => DOUBTFUL,
        Tone::Bad => BAD,
    };
    format!("{style}{text}{style:#}")
}

/// An empty table with these column titles.
pub(super) fn table<const N: usize>(titles: [&str; N]) -> Table {
    let mut table = Table::new();
    table.load_style(TABLE_STYLE).set_header(titles);
    flush_left(&mut table);
    table
}

/// An empty table with as many column titles as there are.
pub(super) fn table_of(titles: Vec<String>) -> Table {
    let mut table = Table::new();
    table.load_style(TABLE_STYLE).set_header(titles);
    flush_left(&mut table);
    table
}

/// A table of names and values.
pub(super) fn details<'v>(rows: impl IntoIterator<Item = (&'v str, String)>) -> Table {
    let mut table = Table::new();
    table.load_style(TABLE_STYLE).add_rows(rows.into_iter().map(|(name, value)| [name.to_owned(), value]));
    flush_left(&mut table);
    table
}

/// No blank before a column, so that titles, lines and cells begin at the same place.
fn flush_left(table: &mut Table) {
    table.discover_columns();
    table.column_iter_mut().for_each(|column| {
        column.set_padding((0, 1));
    });
}

/// An instant as it is read in Asia/Shanghai, wherever this runs.
pub(super) fn local_time(at: Instant) -> String {
    LOCAL_OFFSET.to_datetime(at.0).strftime("%Y-%m-%d %H:%M:%S+08:00").to_string()
}

/// Enough of a digest to recognise it, and to name it with.
pub(super) fn short_digest(digest: &str) -> &str {
    const LENGTH: usize = "sha256:".len() + 12;
    digest.get(..LENGTH).unwrap_or(digest)
}

impl Terminal<'_> {
    /// Writes one line.
    pub(super) fn line(&mut self, text: &str) -> Result<(), CliError> {
        writeln!(self.output, "{text}").map_err(CliError::Output)
    }

    /// Writes text that has its own line ends.
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        self.output.write_all(bytes).map_err(CliError::Output)
    }

    /// Writes a table.
    pub(super) fn table(&mut self, table: &Table) -> Result<(), CliError> {
        self.line(&table.trim_fmt())
    }

    /// Writes a JSON document.
    pub(super) fn json(&mut self, document: &impl Serialize) -> Result<(), CliError> {
        let text = serde_json::to_string_pretty(document).map_err(|error| CliError::Output(error.into()))?;
        self.line(&text)
    }

    /// Hands everything written to the operating system, for readers that wait for it.
    pub(super) fn flush(&mut self) -> Result<(), CliError> {
        self.output.flush().map_err(CliError::Output)
    }

    /// The content of a file, or of standard input for `-`.
    pub(super) fn read(&mut self, path: &Path) -> Result<Vec<u8>, CliError> {
        if path == Path::new("-") {
            let mut bytes = Vec::new();
            self.input.read_to_end(&mut bytes).map_err(CliError::file("read", path))?;
            return Ok(bytes);
        }
        std::fs::read(path).map_err(CliError::file("read", path))
    }

    /// The content of a text file, or of standard input for `-`.
    pub(super) fn read_text(&mut self, path: &Path) -> Result<String, CliError> {
        let bytes = self.read(path)?;
        String::from_utf8(bytes).map_err(|error| CliError::Content {
            path: path.to_owned(),
            problem: format!("byte {} is not UTF-8 text", error.utf8_error().valid_up_to() + 1),
        })
    }

    /// Writes what went wrong. What cannot be written there cannot be reported at all.
    pub(super) fn report(&mut self, error: &CliError, json: bool) {
        if let CliError::Output(source) = error
            && source.kind() == ErrorKind::BrokenPipe
        {
            return;
        }
        let text = if json { error_json(error) } else { error_text(error) };
        // It may repeat an argument or what stands in a file.
        let _ = writeln!(self.errors, "{}", without_numbers(&text));
    }
}

fn causes(error: &CliError) -> Vec<String> {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(found) = cause {
        causes.push(found.to_string());
        cause = found.source();
    }
    causes
}

fn error_text(error: &CliError) -> String {
    let mut text = format!("{} {error}", toned(Tone::Bad, "error:"));
    for cause in causes(error) {
        text.push_str(&format!("\n  cause: {cause}"));
    }
    // A single fault is what the message says already.
    for problem in error.field_problems().iter().filter(|_| error.field_problems().len() > 1) {
        text.push_str(&format!("\n  {}: {} ({})", problem.field, problem.message, problem.code));
    }
    text.push_str(&format!("\n  code:  {}", error.code()));
    if let Some(help) = error.help() {
        text.push_str(&format!("\n  help:  {help}"));
    }
    text
}

fn error_json(error: &CliError) -> String {
    #[derive(Serialize)]
    struct Report<'e> {
        code: &'e str,
        message: String,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        causes: Vec<String>,
        #[serde(skip_serializing_if = "Option::is_none")]
        help: Option<&'e str>,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        errors: &'e [FieldProblemBody],
    }
    let report = Report {
        code: error.code(),
        message: error.to_string(),
        causes: causes(error),
        help: error.help(),
        errors: error.field_problems(),
    };
    // A struct of strings has no way to fail here.
    serde_json::to_string_pretty(&report).unwrap_or_default()
}
