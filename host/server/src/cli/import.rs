//! `creditgate import`: brings files of lists, catalogue, policy, bindings and working days into a host.

mod calendar;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use creditgate_api::{ImportProblem, ImportReport, ListReport};
use creditgate_wire::import::Encoding;
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use serde::Serialize;

use super::client::{Answer, FileBody, Payload};
use super::command::{Ask, Call, CliError, Client, Exit, Page, Show, Terminal, Tone, explained, row, toned};
use super::page::{Either, SoFar};
use super::vocabulary::word_of;

/// Import lists, the measures catalogue, policy, bindings or working days
#[derive(Debug, Args)]
#[command(after_help = "\
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
a file was not applied.")]
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
    #[arg(long, value_parser = explained(ENCODINGS))]
    encoding: Option<Encoding>,
    /// Form of the files, where the names' endings do not tell
    #[arg(long)]
    format: Option<Format>,
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

const ENCODINGS: &[(Encoding, &str)] =
    &[(Encoding::Utf8, "UTF-8, with or without a byte order mark"), (Encoding::Gbk, "GBK or GB 18030")];

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
    pub(super) const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            Self::Jsonl => "application/x-ndjson",
            Self::Toml => "application/toml",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    /// The form that the name of a file ends in.
    pub(super) fn of(path: &Path) -> Result<Self, CliError> {
        let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
        match ending.as_deref().and_then(|ending| ending.to_str()) {
            Some("csv") => Ok(Self::Csv),
            Some("jsonl" | "ndjson") => Ok(Self::Jsonl),
            Some("toml") => Ok(Self::Toml),
            Some("xlsx") => Ok(Self::Xlsx),
            _ => Err(formless(path)),
        }
    }
}

/// A file whose name does not end in a form.
pub(super) fn formless(path: &Path) -> CliError {
    CliError::usage(
        format!("{}: the name does not tell whether this is CSV or JSON lines", path.display()),
        "give --format csv or --format jsonl, or name the file .csv or .jsonl",
    )
}

/// The name of a file, without its folder.
pub(super) fn name_of(file: &Path) -> String {
    file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What became of one file.
#[derive(Serialize)]
pub(super) struct Imported {
    file: String,
    /// Why nothing of it was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    #[serde(flatten)]
    report: ImportReport,
}

impl Ask for ImportCommand {
    /// Options that are for lists alone are given for nothing else, and every file has a form.
    fn check(&self) -> Result<(), CliError> {
        if matches!(self.what, Subject::Calendar) {
            return Ok(());
        }
        let for_lists = self.full || self.source.is_some() || self.encoding.is_some();
        if for_lists && !self.imports_lists() {
            let message = "--full, --source and --encoding are for lists";
            return Err(CliError::usage(message, "leave them away, or import lists"));
        }
        if self.full && self.files.len() > 1 {
            return Err(CliError::usage(
                "with --full a file is the whole of its source, and several files were given",
                "import each with a --source of its own, or put them together into one file",
            ));
        }
        self.files.iter().try_for_each(|path| self.format_of(path).map(|_| ()))
    }

    async fn ask(
        self,
        host: &Client,
        terminal: &mut Terminal<'_>,
    ) -> Result<Either<SoFar<Vec<Imported>>, SoFar<Vec<calendar::Imported>>>, CliError> {
        if matches!(self.what, Subject::Calendar) {
            return Ok(Either::Other(calendar::import(terminal, host, &self.files, self.replace).await));
        }
        // What was applied before a file failed stays applied, and is told.
        let imported = SoFar::each(&self.files, async |path| self.import(terminal, host, path).await);
        Ok(Either::One(imported.await))
    }
}

impl ImportCommand {
    const fn imports_lists(&self) -> bool {
        matches!(self.what, Subject::Lists)
    }

    fn format_of(&self, path: &Path) -> Result<Format, CliError> {
        let format = self.format.map_or_else(|| Format::of(path), Ok)?;
        let (fits, form) = match format {
            Format::Csv | Format::Jsonl => (true, ""),
            Format::Toml => (matches!(self.what, Subject::Policy), "in TOML"),
            Format::Xlsx => (self.imports_lists(), "as workbooks"),
        };
        if fits {
            return Ok(format);
        }
        Err(CliError::usage(
            format!("{}: {} do not come {form}", path.display(), word_of(&self.what)),
            "give a file in CSV or JSON lines; only policy comes in TOML too, only lists as workbooks",
        ))
    }

    async fn import(
        &self,
        terminal: &mut Terminal<'_>,
        host: &Client,
        path: &Path,
    ) -> Result<Imported, CliError> {
        let format = self.format_of(path)?;
        let bar = progress("{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {msg}");
        bar.set_message(path.display().to_string());
        let payload = if path == Path::new("-") {
            Payload::Bytes(terminal.read(path)?)
        } else {
            let file = FileBody::open(path, &bar)?;
            bar.set_length(file.left());
            Payload::File(file)
        };
        let mut call = Call::post(&["v1", "admin", &word_of(&self.what)])
            .query("file", name_of(path))
            .query("format", word_of(&format))
            .query("accept_valid", self.accept_valid)
            .payload(format.media_type(), payload);
        if self.imports_lists() {
            call = call
                .query("mode", if self.full { "full" } else { "incremental" })
                .maybe("empty", self.empty.then_some(true))
                .maybe("source", self.source.as_ref())
                .maybe("encoding", self.encoding.map(Encoding::code));
        }
        let (report, refused) = read_report(host.send(call).await)?;
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

/// A bar, gone when it is dropped; invisible unless standard error is a terminal.
pub(super) fn progress(template: &str) -> ProgressBar {
    let bar = ProgressBar::new(0).with_finish(ProgressFinish::AndClear);
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    bar
}

impl Show for Imported {
    fn show(&self, page: &mut Page) {
        let ImportReport { rows, applied, problems, problem_count, warnings, warning_count, lists } =
            &self.report;
        let tone = match &self.refused {
            Some(_) => Tone::Bad,
            None if problems.is_empty() => Tone::Good,
            None => Tone::Doubtful,
        };
        let counts = toned(tone, &format!("{applied} of {rows} rows applied"));
        page.line(format!("{}: {counts}", self.file));
        if let Some(reason) = &self.refused {
            page.line(format!("refused: {reason}"));
        } else if let Some(lists) = lists {
            let ListReport { source, added, changed, unchanged, removed, .. } = lists;
            page.line(format!(
                "source {source}: {added} added, {changed} changed, {unchanged} unchanged, {removed} removed"
            ));
        }
        self.show_remarks(page, "FAULT", problems, *problem_count);
        self.show_remarks(page, "WARNING", warnings, *warning_count);
        if let Some(lists) = lists.as_ref().filter(|lists| !lists.conflicts.is_empty()) {
            let conflicts = lists.conflicts.iter();
            page.table(
                ["CONFLICT", "ENTRY", "WITH", "LINE"],
                conflicts.map(|conflict| row![conflict.code, conflict.entry, conflict.with, conflict.line]),
            );
            show_more(page, lists.conflicts.len(), lists.conflict_count);
        }
    }

    fn end(self) -> Result<Exit, CliError> {
        Ok(Exit::of(self.refused.is_none()))
    }
}

impl Imported {
    fn show_remarks(&self, page: &mut Page, title: &str, remarks: &[ImportProblem], count: usize) {
        if remarks.is_empty() {
            return;
        }
        page.table(
            [title, "FIELD", "CODE", "REASON"],
            remarks.iter().map(|remark| {
                row![format!("{}:{}", self.file, remark.line), remark.field, remark.code, remark.message]
            }),
        );
        show_more(page, remarks.len(), count);
    }
}

fn show_more(page: &mut Page, shown: usize, all: usize) {
    if all > shown {
        page.line(format!("… and {} more", all - shown));
    }
}
