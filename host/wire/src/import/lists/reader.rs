//! Reads chunks: from bytes to entries, with a finding for every row that is bad or
//! remarkable.

use creditgate_credit::entry::{EntryText, ListEntry, number_field};
use creditgate_credit::fault::FieldProblem;

use super::csv::{Columns, next_record};
use super::encoding::Encoding;
use super::remarks::Remarks;
use super::row::{CsvRow, name_of};
use super::rules::{Judged, ListRules};
use super::split::{BrokenRow, Chunk, line_ends};
use crate::import::fields::Fields;
use crate::import::rows::{open_quoted, too_long};
use crate::import::{Format, LONGEST_ROW};
use crate::read;

/// Reads the chunks of one file.
#[derive(Debug)]
pub struct ListReader {
    file: String,
    format: Format,
    encoding: Encoding,
    rules: ListRules,
    columns: Option<Columns>,
    hopeless: bool,
}

/// What was read of a file, or of a part of it.
#[derive(Debug, Default)]
pub struct ReadRows {
    /// The entries, each with the line it begins on.
    pub rows: Vec<(u64, ListEntry)>,
    /// Rows, good and bad.
    pub read: usize,
    /// What is wrong with bad rows.
    pub problems: Remarks,
    /// What is remarkable about good rows.
    pub warnings: Remarks,
    /// The file cannot be read further.
    pub stopped: bool,
    /// Whether there was any character beyond ASCII.
    beyond_ascii: bool,
    /// The line that is in another encoding, if there is one.
    foreign: Option<super::encoding::Foreign>,
    file: String,
}

impl ReadRows {
    /// Adds what was read of the next chunk. Only in this order it can be told
    /// whether a line is in another encoding than those before it.
    pub fn append(&mut self, mut next: Self) {
        if self.stopped {
            return;
        }
        self.rows.append(&mut next.rows);
        self.read += next.read;
        self.problems.append(next.problems);
        self.warnings.append(next.warnings);
        self.beyond_ascii |= next.beyond_ascii;
        self.stopped = next.stopped;
        if let Some(foreign) = next.foreign {
            let mixed = self.beyond_ascii;
            self.problems.add_last(&next.file, foreign.line, foreign.problem(mixed));
        }
    }

    /// Notes that the file cannot be read further.
    pub fn stop_at(&mut self, file: &str, fault: &BrokenRow) {
        let (line, problem) = match fault {
            BrokenRow::TooLong { line } => (*line, too_long()),
            BrokenRow::OpenQuote { line } => (*line, open_quoted()),
        };
        self.refuse(file, line, problem);
    }

    /// Refuses the file as a whole, whatever rows of it are good.
    pub fn refuse(&mut self, file: &str, line: u64, problem: FieldProblem) {
        self.stopped = true;
        self.problems.add_last(file, line, problem);
    }
}

impl ListReader {
    /// For the file of this name, in this form.
    #[must_use]
    pub fn new(file: &str, format: Format, encoding: Encoding, rules: ListRules) -> Self {
        Self { file: file.to_owned(), format, encoding, rules, columns: None, hopeless: false }
    }

    /// Name of the file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Form of the file.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Whether no row of the file can be read, because its header is wrong.
    #[must_use]
    pub const fn is_hopeless(&self) -> bool {
        self.hopeless
    }

    /// Takes the header off the first chunks; gives back what is to be read.
    pub fn begin(&mut self, chunk: Chunk, problems: &mut Remarks) -> Option<Chunk> {
        if self.format == Format::Jsonl || self.columns.is_some() {
            return Some(chunk);
        }
        if self.hopeless {
            return None;
        }
        let (text, foreign) = self.encoding.text(&chunk);
        let mut rest: &str = &text;
        let (mut cells, mut line) = (Vec::new(), chunk.line);
        while !rest.is_empty() {
            let before = rest;
            next_record(&mut rest, &mut cells);
            let taken = before.get(..before.len() - rest.len()).unwrap_or_default();
            let begins = line;
            line += line_ends(taken.as_bytes());
            if cells.iter().all(|cell| cell.is_empty()) {
                continue;
            }
            match Columns::of(&cells) {
                Ok(columns) => self.columns = Some(columns),
                Err(faults) => {
                    self.hopeless = true;
                    faults.into_iter().for_each(|fault| problems.add(&self.file, begins, || fault));
                    return None;
                }
            }
            // Lines are the same before and after decoding, bytes are not.
            let skipped = usize::try_from(line - chunk.line).unwrap_or(usize::MAX);
            return Some(without_lines(chunk, skipped, line));
        }
        if let Some(foreign) = foreign {
            self.hopeless = true;
            problems.add(&self.file, foreign.line, || foreign.problem(false));
        }
        None
    }

    /// Reads a chunk.
    #[must_use]
    pub fn read(&self, chunk: &Chunk) -> ReadRows {
        let (text, foreign) = self.encoding.text(chunk);
        let mut read = ReadRows {
            beyond_ascii: !text.is_ascii(),
            stopped: foreign.is_some(),
            foreign,
            file: self.file.clone(),
            ..ReadRows::default()
        };
        match &self.columns {
            None => self.read_json(&text, chunk.line, &mut read),
            Some(columns) => self.read_csv(columns, &text, chunk.line, &mut read),
        }
        read
    }

    fn read_json(&self, text: &str, first: u64, read: &mut ReadRows) {
        for (line, content) in (first..).zip(text.lines()) {
            if content.trim().is_empty() {
                continue;
            }
            let row = if content.len() > LONGEST_ROW { Err(vec![too_long()]) } else { json_row(content) };
            let judged = row.and_then(|row| self.rules.judge(row, number_field));
            self.note(line, judged, read);
        }
    }

    fn read_csv(&self, columns: &Columns, text: &str, first: u64, read: &mut ReadRows) {
        let mut rest = text;
        let mut cells = Vec::with_capacity(columns.0.len());
        let mut line = first;
        while !rest.is_empty() {
            let before = rest;
            next_record(&mut rest, &mut cells);
            let record = before.get(..before.len() - rest.len()).unwrap_or_default();
            let begins = line;
            line += line_ends(record.as_bytes());
            if cells.iter().all(|cell| cell.is_empty()) {
                continue;
            }
            let row = if record.len() > LONGEST_ROW {
                Err(vec![too_long()])
            } else {
                CsvRow::read(columns, &mut cells)
            };
            let judged = row.and_then(|CsvRow { row, columns }| {
                self.rules.judge(row, |position| name_of(&columns, position))
            });
            self.note(begins, judged, read);
        }
    }

    fn note(&self, line: u64, judged: Result<Judged, Vec<FieldProblem>>, read: &mut ReadRows) {
        read.read += 1;
        match judged {
            Ok(Judged { entry, warnings }) => {
                warnings.into_iter().for_each(|warning| read.warnings.add(&self.file, line, || warning));
                read.rows.push((line, entry));
            }
            Err(faults) => {
                faults.into_iter().for_each(|fault| read.problems.add(&self.file, line, || fault));
            }
        }
    }
}

fn json_row(content: &str) -> Result<EntryText, Vec<FieldProblem>> {
    // To know the place of a fault has a price, worth paying once there is one.
    read::from_sound_json(content.as_bytes())
        .or_else(|_| Fields::from_line(content).map_err(|fault| vec![fault])?.read::<EntryText>())
}

/// A chunk without its first lines.
fn without_lines(chunk: Chunk, lines: usize, line: u64) -> Chunk {
    let end = lines.checked_sub(1).and_then(|last| memchr::memchr_iter(b'\n', &chunk.bytes).nth(last));
    let mut bytes = chunk.bytes;
    // A header without a line end is all there is.
    bytes.drain(..end.map_or(if lines == 0 { bytes.len() } else { 0 }, |end| end + 1));
    Chunk { line, bytes }
}
