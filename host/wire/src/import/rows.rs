//! Cuts a file into rows, and knows on which line each begins.

use creditgate_credit::fault::FieldProblem;

use super::cells::{self, Column};
use super::fields::Fields;
use super::lists::open_quote;
use super::unknown::Unknown;
use super::{Findings, Format, LONGEST_ROW, Parsed};
use crate::charset;

/// Rows one file may have.
const MOST_ROWS: usize = 1_000_000;

/// What a good row says, with what is remarkable about it.
pub(super) struct Good<T> {
    pub(super) value: T,
    pub(super) warnings: Vec<FieldProblem>,
}

impl<T> From<T> for Good<T> {
    fn from(value: T) -> Self {
        Self { value, warnings: Vec::new() }
    }
}

/// Reads a file each of whose rows stands for itself.
pub(super) fn parse<T>(
    file: &str,
    format: Format,
    bytes: &[u8],
    columns: &[Column],
    mut row: impl FnMut(u64, Fields) -> Result<Good<T>, Vec<FieldProblem>>,
) -> Parsed<T> {
    let mut findings = Findings::new(file);
    let mut rows = Vec::new();
    let read =
        each(format, bytes, columns, &mut findings, |line, fields, findings| match row(line, fields) {
            Ok(good) => {
                good.warnings.into_iter().for_each(|warning| findings.warning(line, warning));
                rows.push(good.value);
            }
            Err(problems) => problems.into_iter().for_each(|problem| findings.problem(line, problem)),
        });
    findings.parsed(rows, read)
}

/// Hands over the fields of every row that has some, with its line. Answers how
/// many rows there are.
pub(super) fn each<'a>(
    format: Format,
    bytes: &[u8],
    columns: &[Column],
    findings: &mut Findings<'a>,
    mut row: impl FnMut(u64, Fields, &mut Findings<'a>),
) -> usize {
    let text = match text(bytes) {
        Ok(text) => text,
        Err((line, problem)) => {
            findings.problem(line, problem);
            return 0;
        }
    };
    let mut read = 0;
    let mut taken = |line: u64, fields: Result<Fields, Vec<FieldProblem>>| {
        if read == MOST_ROWS {
            findings.problem(
                line,
                FieldProblem::new("", "file.too_many_rows", "a file may have 1,000,000 rows; divide it"),
            );
            return false;
        }
        read += 1;
        match fields {
            Ok(fields) => row(line, fields, findings),
            Err(problems) => problems.into_iter().for_each(|problem| findings.problem(line, problem)),
        }
        true
    };
    match format {
        Format::Jsonl => json_lines(text, &mut taken),
        Format::Csv => {
            if let Err((line, problems)) = csv_records(text, columns, &mut taken) {
                problems.into_iter().for_each(|problem| findings.problem(line, problem));
            }
        }
    }
    read
}

/// Takes a row and says whether to go on.
type Take<'a> = dyn FnMut(u64, Result<Fields, Vec<FieldProblem>>) -> bool + 'a;

pub(super) fn text(bytes: &[u8]) -> Result<&str, (u64, FieldProblem)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let good = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let seeming =
            charset::seems(bytes).map_or_else(String::new, |name| format!(" and seems to be {name}"));
        let message = format!("the file is not UTF-8 text from this line on{seeming}; save it as UTF-8");
        (1 + line_ends(good), FieldProblem::new("", "file.not_utf8", message))
    })
}

fn json_lines(text: &str, take: &mut Take<'_>) {
    for (line, content) in (1..).zip(text.lines()) {
        if content.trim().is_empty() {
            continue;
        }
        let fields = if content.len() > LONGEST_ROW {
            Err(vec![too_long()])
        } else {
            Fields::from_line(content).map_err(|problem| vec![problem])
        };
        if !take(line, fields) {
            return;
        }
    }
}

fn csv_records(text: &str, known: &[Column], take: &mut Take<'_>) -> Result<(), (u64, Vec<FieldProblem>)> {
    if let Some(line) = open_quote(text) {
        return Err((line, vec![open_quoted()]));
    }
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    let mut columns: Option<Vec<Option<Column>>> = None;
    while reader.read_record(&mut record).unwrap_or(false) {
        if record.iter().all(str::is_empty) {
            continue;
        }
        let line = first_line(text, record.position());
        let Some(columns) = &columns else {
            columns = Some(cells::header(&record, known).map_err(|problems| (line, problems))?);
            continue;
        };
        if !take(line, record_fields(&record, columns)) {
            break;
        }
    }
    Ok(())
}

fn record_fields(
    record: &csv::StringRecord,
    columns: &[Option<Column>],
) -> Result<Fields, Vec<FieldProblem>> {
    if record.as_slice().len() > LONGEST_ROW {
        return Err(vec![too_long()]);
    }
    let texts = (0..record.len()).map(|index| record.get(index).unwrap_or_default());
    cells::fit(columns.iter().map(Option::is_some), texts)?;
    let mut fields = Fields::default();
    let mut problems = Vec::new();
    let named = columns.iter().zip(record).filter_map(|(column, text)| column.map(|column| (column, text)));
    for ((name, cell), text) in named.filter(|(_, text)| !text.is_empty()) {
        match Unknown::fault(name, text).map_or_else(|| cell.value(name, text), Err) {
            Ok(value) => fields.push(name, value),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(fields) } else { Err(problems) }
}

/// The line a record begins on. The reader's own position is before the empty
/// lines it skipped.
fn first_line(text: &str, position: Option<&csv::Position>) -> u64 {
    let Some(position) = position else { return 1 };
    let start = usize::try_from(position.byte()).unwrap_or_default();
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let skipped = rest.iter().position(|byte| !matches!(byte, b'\r' | b'\n')).unwrap_or_default();
    position.line() + line_ends(rest.get(..skipped).unwrap_or_default())
}

fn line_ends(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|byte| **byte == b'\n').count() as u64
}

pub(super) fn too_long() -> FieldProblem {
    FieldProblem::new("", "row.too_long", "a row may have 1 MiB")
}

/// The same key stood in an earlier row.
pub(super) fn duplicate(field: &str, earlier: u64) -> FieldProblem {
    FieldProblem::new(field, "row.duplicate", format!("is the same as in line {earlier}"))
}

/// The file ends inside a quoted cell.
pub(super) fn open_quoted() -> FieldProblem {
    let message = "the file ends inside a quoted cell of this row: its end or a quotation mark is missing";
    FieldProblem::new("", "file.open_quote", message)
}
