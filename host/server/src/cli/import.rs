//! `creditgate import`: brings files of lists, catalogue, policy and bindings into a host.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use creditgate_wire::admin::ImportReportBody;
use creditgate_wire::import::ImportProblem;
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use serde::Serialize;

use super::client::{Answer, Call, Client, HostOptions, with_host};
use super::error::CliError;
use super::output::{Terminal, Tone, table, toned};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate import lists black.csv red.jsonl --config creditgate.toml
  creditgate import catalogue 2026.jsonl --server http://127.0.0.1:8480 --key-file admin.key
  creditgate import lists black.csv --accept-valid --config creditgate.toml --json
  creditgate import policy jiangmen.toml --config creditgate.toml

Each file is applied whole or not at all; with --accept-valid its good rows are applied. Exit status: 0, and 1 if \
a file was not applied.";

/// Import lists, the measures catalogue, policy or bindings
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ImportCommand {
    /// What the files hold
    what: Subject,
    /// Files in CSV (with a header line) or JSON lines; divisions and layers of policy in TOML
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Apply the good rows of a file that has bad ones
    #[arg(long)]
    accept_valid: bool,
    /// Form of the files, where the names' endings do not tell
    #[arg(long)]
    format: Option<Format>,
    #[command(flatten)]
    host: HostOptions,
    #[command(flatten)]
    form: OutputForm,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Subject {
    /// Kinds of lists, with their standards and authorities
    ListTypes,
    /// Entries of red, black, watch and alert lists
    Lists,
    /// An edition of the measures catalogue, as a draft
    Catalogue,
    /// Legacy numbers and earlier codes of organisations, and the unified codes they belong to
    Identifiers,
    /// Versions of jurisdictions' policies, or divisions and layers
    Policy,
    /// Which plug-in serves which item at which checkpoint
    Bindings,
}

impl Subject {
    const fn code(self) -> &'static str {
        match self {
            Self::ListTypes => "list-types",
            Self::Lists => "lists",
            Self::Catalogue => "catalogue",
            Self::Identifiers => "identifiers",
            Self::Policy => "policy",
            Self::Bindings => "bindings",
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Format {
    /// Comma-separated values
    Csv,
    /// One JSON object a line
    Jsonl,
    /// Divisions and layers of policy
    Toml,
}

impl Format {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Toml => "toml",
        }
    }

    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Jsonl => "application/x-ndjson",
            Self::Toml => "application/toml",
        }
    }

    pub(super) fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "toml" => Some(Self::Toml),
            _ => None,
        }
    }
}

/// What became of one file.
#[derive(Serialize)]
struct Imported {
    file: String,
    #[serde(flatten)]
    report: ImportReportBody,
}

impl ImportCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        let formats = self.formats()?;
        with_host(&self.host, async |client| {
            let mut imported = Vec::new();
            let outcome = self.import_all(terminal, client, &formats, &mut imported).await;
            // What was applied before a file failed stays applied, and is told.
            if self.form.json {
                terminal.json(&imported)?;
            } else {
                imported.iter().try_for_each(|file| file.write(terminal))?;
            }
            outcome?;
            Ok(Exit::of(imported.iter().all(|file| self.is_applied(&file.report))))
        })
        .await
    }

    async fn import_all(
        &self,
        terminal: &mut Terminal<'_>,
        client: &Client,
        formats: &[Format],
        imported: &mut Vec<Imported>,
    ) -> Result<(), CliError> {
        let bar = progress(self.files.len());
        for (path, format) in self.files.iter().zip(formats) {
            bar.set_message(path.display().to_string());
            imported.push(self.import(terminal, client, path, *format).await?);
            bar.inc(1);
        }
        Ok(())
    }

    /// The form of each file, before anything is sent.
    fn formats(&self) -> Result<Vec<Format>, CliError> {
        self.files.iter().map(|path| self.format_of(path)).collect()
    }

    fn format_of(&self, path: &Path) -> Result<Format, CliError> {
        let format = self.format.or_else(|| Format::of(path)).ok_or_else(|| CliError::Usage {
            message: format!("{}: the name does not tell whether this is CSV or JSON lines", path.display()),
            help: "give --format csv or --format jsonl, or name the file .csv or .jsonl",
        })?;
        if matches!(format, Format::Toml) && !matches!(self.what, Subject::Policy) {
            return Err(CliError::Usage {
                message: format!("{}: {} do not come in TOML", path.display(), self.what.code()),
                help: "give a file in CSV or JSON lines; only policy comes in TOML too",
            });
        }
        Ok(format)
    }

    async fn import(
        &self,
        terminal: &mut Terminal<'_>,
        client: &Client,
        path: &Path,
        format: Format,
    ) -> Result<Imported, CliError> {
        let body = terminal.read(path)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let call = Call::post(&["v1", "admin", self.what.code()])
            .query("file", name)
            .query("format", format.code())
            .query("accept_valid", self.accept_valid.to_string())
            .body(format.media_type(), body);
        let report = read_report(client.ask(call).await)?;
        Ok(Imported { file: path.display().to_string(), report })
    }

    fn is_applied(&self, report: &ImportReportBody) -> bool {
        report.problems.is_empty() || (self.accept_valid && report.applied > 0)
    }
}

/// The report, which also comes with the refusal of a file.
fn read_report(outcome: Result<Answer, CliError>) -> Result<ImportReportBody, CliError> {
    match outcome {
        Err(CliError::Refused(mut problem)) => problem.import.take().ok_or(CliError::Refused(problem)),
        outcome => outcome?.read(),
    }
}

/// A bar over the files, gone when it is dropped; invisible unless standard error is a terminal.
fn progress(files: usize) -> ProgressBar {
    let bar = ProgressBar::new(files as u64).with_finish(ProgressFinish::AndClear);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar
}

impl Imported {
    fn write(&self, terminal: &mut Terminal<'_>) -> Result<(), CliError> {
        let ImportReportBody { rows, applied, problems, warnings } = &self.report;
        let tone = match (problems.is_empty(), applied) {
            (true, _) => Tone::Good,
            (false, 0) => Tone::Bad,
            (false, _) => Tone::Doubtful,
        };
        let counts = toned(tone, &format!("{applied} of {rows} rows applied"));
        terminal.line(&format!("{}: {counts}", self.file))?;
        self.write_remarks(terminal, "FAULT", problems)?;
        self.write_remarks(terminal, "WARNING", warnings)
    }

    fn write_remarks(
        &self,
        terminal: &mut Terminal<'_>,
        title: &str,
        remarks: &[ImportProblem],
    ) -> Result<(), CliError> {
        if remarks.is_empty() {
            return Ok(());
        }
        let mut rows = table([title, "FIELD", "CODE", "REASON"]);
        for remark in remarks {
            let place = format!("{}:{}", self.file, remark.line);
            rows.add_row([place.as_str(), &remark.field, &remark.code, &remark.message]);
        }
        terminal.table(&rows)
    }
}
