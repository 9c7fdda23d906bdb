//! `creditgate import`: brings files of lists, catalogue, policy, bindings and working days into a host.

mod calendar;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use creditgate_api::{ImportProblem, ImportReport, ListReport};
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use serde::Serialize;

use super::client::{Answer, Call, Client, FileBody, HostOptions, Payload, with_host};
use super::error::CliError;
use super::output::{Terminal, Tone, table, toned};
use super::{Exit, OutputForm};

const EXAMPLES: &str = "\
Examples:
  creditgate import lists black.csv red.jsonl --config creditgate.toml
  creditgate import catalogue 2026.jsonl --server http://127.0.0.1:8480 --key-file admin.key
  creditgate import lists black.csv --accept-valid --config creditgate.toml --json
  creditgate import policy jiangmen.toml --config creditgate.toml
  creditgate import calendar 2027.txt --server http://127.0.0.1:8480 --key-file admin.key
  creditgate import lists whole.csv --full --source provincial --encoding gbk --config creditgate.toml
  creditgate import lists none.csv --full --empty --source provincial --config creditgate.toml

With --full a file of lists is the whole of its source: what does not come is gone. Without, its entries are added to \
the source, or replaced, by their ids. A source is left empty only with --empty and a file without rows.

Each file is applied whole or not at all; with --accept-valid its good rows are applied. Exit status: 0, and 1 if \
a file was not applied.";

/// Import lists, the measures catalogue, policy, bindings or working days
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct ImportCommand {
    /// What the files hold
    what: Subject,
    /// Files in CSV (with a header line) or JSON lines; divisions and layers of policy in TOML, lists also as
    /// workbooks (.xlsx), working days in a text form of their own
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Apply the good rows of a file that has bad ones
    #[arg(long)]
    accept_valid: bool,
    /// Replace another official table of the year; for calendar only
    #[arg(long)]
    replace: bool,
    /// Lists: the file is the whole of its source
    #[arg(long)]
    full: bool,
    /// Lists: with --full, a file without rows leaves the source empty
    #[arg(long, requires = "full")]
    empty: bool,
    /// Lists: where the entries come from [default: default]
    #[arg(long, value_name = "NAME")]
    source: Option<String>,
    /// Lists: in which characters CSV and JSON lines are written [default: utf-8]
    #[arg(long)]
    encoding: Option<Encoding>,
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
    /// Working days of a year, one file each, in lines of `year`, `status`, `notice`, `off` and `work`
    Calendar,
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
            Self::Calendar => "calendar",
        }
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Encoding {
    /// UTF-8, with or without a byte order mark
    #[value(name = "utf-8")]
    Utf8,
    /// GBK or GB 18030
    Gbk,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Comma-separated values
    Csv,
    /// One JSON object a line
    Jsonl,
    /// Divisions and layers of policy
    Toml,
    /// A workbook of Excel, for lists: the first sheet
    Xlsx,
}

impl Format {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Jsonl => "jsonl",
            Self::Toml => "toml",
            Self::Xlsx => "xlsx",
        }
    }

    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Jsonl => "application/x-ndjson",
            Self::Toml => "application/toml",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    pub(super) fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_ascii_lowercase();
        match ending.as_str() {
            "csv" => Some(Self::Csv),
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "toml" => Some(Self::Toml),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        }
    }
}

/// What became of one file.
#[derive(Serialize)]
struct Imported {
    file: String,
    /// Why nothing of it was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    #[serde(flatten)]
    report: ImportReport,
}

impl ImportCommand {
    pub(super) async fn run(&self, terminal: &mut Terminal<'_>) -> Result<Exit, CliError> {
        if matches!(self.what, Subject::Calendar) {
            return with_host(&self.host, async |client| {
                calendar::import(terminal, client, &self.files, self.replace, self.form.json).await?;
                Ok(Exit::Success)
            })
            .await;
        }
        self.check_options()?;
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
            Ok(Exit::of(imported.iter().all(|file| file.refused.is_none())))
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
        for (path, format) in self.files.iter().zip(formats) {
            imported.push(self.import(terminal, client, path, *format).await?);
        }
        Ok(())
    }

    /// Options that are for lists alone are given for nothing else.
    fn check_options(&self) -> Result<(), CliError> {
        let for_lists = self.full || self.source.is_some() || self.encoding.is_some();
        if for_lists && !self.imports_lists() {
            return Err(CliError::Usage {
                message: "--full, --source and --encoding are for lists".to_owned(),
                help: "leave them away, or import lists",
            });
        }
        if self.full && self.files.len() > 1 {
            return Err(CliError::Usage {
                message: "with --full a file is the whole of its source, and several files were given"
                    .to_owned(),
                help: "import each with a --source of its own, or put them together into one file",
            });
        }
        Ok(())
    }

    const fn imports_lists(&self) -> bool {
        matches!(self.what, Subject::Lists)
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
        let (fits, form) = match format {
            Format::Csv | Format::Jsonl => (true, ""),
            Format::Toml => (matches!(self.what, Subject::Policy), "in TOML"),
            Format::Xlsx => (self.imports_lists(), "as workbooks"),
        };
        if !fits {
            return Err(CliError::Usage {
                message: format!("{}: {} do not come {form}", path.display(), self.what.code()),
                help: "give a file in CSV or JSON lines; only policy comes in TOML too, only lists as workbooks",
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
        let bar = progress(path);
        let payload = if path == Path::new("-") {
            Payload::Bytes(terminal.read(path)?)
        } else {
            let file = FileBody::open(path, &bar)?;
            bar.set_length(file.left());
            Payload::File(file)
        };
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let mut call = Call::post(&["v1", "admin", self.what.code()])
            .query("file", name)
            .query("format", format.code())
            .query("accept_valid", self.accept_valid.to_string())
            .payload(format.media_type(), payload);
        if self.imports_lists() {
            call = call.query("mode", if self.full { "full" } else { "incremental" });
            call = if self.empty { call.query("empty", "true") } else { call };
            call = self.source.iter().fold(call, |call, source| call.query("source", source));
            call = self.encoding.iter().fold(call, |call, encoding| call.query("encoding", encoding.code()));
        }
        let (report, refused) = read_report(client.ask(call).await)?;
        Ok(Imported { file: path.display().to_string(), refused, report })
    }
}

/// The report, which also comes with the refusal of a file; and the reason of the
/// refusal.
fn read_report(outcome: Result<Answer, CliError>) -> Result<(ImportReport, Option<String>), CliError> {
    match outcome {
        Err(CliError::Refused(mut problem)) => match problem.import.take() {
            Some(report) => Ok((report, Some(problem.detail))),
            None => Err(CliError::Refused(problem)),
        },
        outcome => Ok((outcome?.read()?, None)),
    }
}

/// A bar over the bytes of a file, gone when it is dropped; invisible unless standard error is a terminal.
fn progress(path: &Path) -> ProgressBar {
    let bar = ProgressBar::new(0).with_finish(ProgressFinish::AndClear);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {msg}") {
        bar.set_style(style);
    }
    bar.set_message(path.display().to_string());
    bar
}

impl Encoding {
    const fn code(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Gbk => "gbk",
        }
    }
}

impl Imported {
    fn write(&self, terminal: &mut Terminal<'_>) -> Result<(), CliError> {
        let ImportReport { rows, applied, problems, problem_count, warnings, warning_count, lists } =
            &self.report;
        let tone = match &self.refused {
            Some(_) => Tone::Bad,
            None if problems.is_empty() => Tone::Good,
            None => Tone::Doubtful,
        };
        let counts = toned(tone, &format!("{applied} of {rows} rows applied"));
        terminal.line(&format!("{}: {counts}", self.file))?;
        if let Some(reason) = &self.refused {
            terminal.line(&format!("refused: {reason}"))?;
        } else if let Some(lists) = lists {
            write_changes(terminal, lists)?;
        }
        self.write_remarks(terminal, "FAULT", problems, *problem_count)?;
        self.write_remarks(terminal, "WARNING", warnings, *warning_count)?;
        lists.as_ref().map_or(Ok(()), |lists| write_conflicts(terminal, lists))
    }

    fn write_remarks(
        &self,
        terminal: &mut Terminal<'_>,
        title: &str,
        remarks: &[ImportProblem],
        count: usize,
    ) -> Result<(), CliError> {
        if remarks.is_empty() {
            return Ok(());
        }
        let mut rows = table([title, "FIELD", "CODE", "REASON"]);
        for remark in remarks {
            let place = format!("{}:{}", self.file, remark.line);
            rows.add_row([place.as_str(), &remark.field, &remark.code, &remark.message]);
        }
        terminal.table(&rows)?;
        write_more(terminal, remarks.len(), count)
    }
}

fn write_changes(terminal: &mut Terminal<'_>, lists: &ListReport) -> Result<(), CliError> {
    let ListReport { source, added, changed, unchanged, removed, .. } = lists;
    terminal.line(&format!(
        "source {source}: {added} added, {changed} changed, {unchanged} unchanged, {removed} removed"
    ))
}

fn write_conflicts(terminal: &mut Terminal<'_>, lists: &ListReport) -> Result<(), CliError> {
    if lists.conflicts.is_empty() {
        return Ok(());
    }
    let mut rows = table(["CONFLICT", "ENTRY", "WITH", "LINE"]);
    for conflict in &lists.conflicts {
        rows.add_row([&conflict.code, &conflict.entry, &conflict.with, &conflict.line.to_string()]);
    }
    terminal.table(&rows)?;
    write_more(terminal, lists.conflicts.len(), lists.conflict_count)
}

fn write_more(terminal: &mut Terminal<'_>, shown: usize, all: usize) -> Result<(), CliError> {
    if all <= shown {
        return Ok(());
    }
    terminal.line(&format!("… and {} more", all - shown))
}
