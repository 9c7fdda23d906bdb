//! The terminal: where commands read and write. No command prints on its own.

use std::error::Error;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

use creditgate_api::FieldProblemBody;
use creditgate_credit::identifier::without_numbers;
use creditgate_wire::read::from_json;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Exit;
use super::error::CliError;
use super::page::{Page, Show, Tone, toned};

/// Where a command reads and writes. Styles are always written; the streams strip them where nobody sees them.
pub struct Terminal<'a> {
    /// Standard input.
    pub input: &'a mut dyn Read,
    /// Standard output: what was asked for.
    pub output: &'a mut dyn Write,
    /// Standard error: problems.
    pub errors: &'a mut dyn Write,
    /// Whether results and problems are written as JSON.
    pub json: bool,
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

    /// Writes a result in the form that was asked for, and says how its command ended.
    pub(super) fn show(&mut self, result: impl Show) -> Result<Exit, CliError> {
        if self.json {
            self.json(&result)?;
        } else {
            let mut page = Page::default();
            result.show(&mut page);
            self.write(page.into_text().as_bytes())?;
        }
        result.end()
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

    /// The content of a file that holds one JSON document.
    pub(super) fn read_json<T: DeserializeOwned>(&mut self, path: &Path) -> Result<T, CliError> {
        document(&self.read(path)?, path)
    }

    /// The content of a text file, or of standard input for `-`.
    pub(super) fn read_text(&mut self, path: &Path) -> Result<String, CliError> {
        let bytes = self.read(path)?;
        String::from_utf8(bytes).map_err(|error| {
            let place = error.utf8_error().valid_up_to() + 1;
            CliError::content(path, format!("byte {place} is not UTF-8 text"))
        })
    }

    /// Writes what went wrong. What cannot be written there cannot be reported at all.
    pub(super) fn report(&mut self, error: &CliError) {
        if let CliError::Output(source) = error
            && source.kind() == ErrorKind::BrokenPipe
        {
            return;
        }
        let text = if self.json { error_json(error) } else { error_text(error) };
        // It may repeat an argument or what stands in a file.
        let _ = writeln!(self.errors, "{}", without_numbers(&text));
    }
}

/// The JSON document that a file holds, read as a host reads one.
pub(super) fn document<T: DeserializeOwned>(bytes: &[u8], path: &Path) -> Result<T, CliError> {
    from_json(bytes).map_err(|fault| {
        let problem = format!("{} {} ({})", fault.field, fault.message, fault.code);
        CliError::content(path, problem.trim_start())
    })
}

fn causes(error: &CliError) -> Vec<String> {
    std::iter::successors(error.source(), |&cause| cause.source()).map(ToString::to_string).collect()
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
