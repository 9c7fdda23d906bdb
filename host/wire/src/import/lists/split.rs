//! Cuts what arrives into chunks of whole rows. Looks at nothing but where rows
//! end, and holds no more than a chunk and a row.

use crate::import::{Format, LONGEST_ROW};

/// Bytes from which on a chunk is handed over.
const CHUNK: usize = 1 << 19;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Whole rows of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    /// Line on which the first of them begins, from 1.
    pub(super) line: u64,
    pub(super) bytes: Vec<u8>,
}

/// A row without an end. The rest of the file is not looked for. Each knows the
/// line on which the row begins, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BrokenRow {
    /// It is longer than any may be.
    TooLong {
        /// Where it begins.
        line: u64,
    },
    /// The file ends inside a quoted cell: the text that is missing may be anything.
    OpenQuote {
        /// Where it begins.
        line: u64,
    },
}

/// Where in a row of CSV the next byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    CellStart,
    Plain,
    Quoted,
    /// After a quotation mark inside a quoted cell: its end, or half of a doubled
    /// one.
    Quote,
}

/// Cuts what arrives of a file into rows. In UTF-8 and in GBK alike, since no
/// second byte of GBK is a comma, a quotation mark or a line end.
#[derive(Debug)]
pub struct ListSplitter {
    format: Format,
    buffer: Vec<u8>,
    /// How much of the buffer was looked at, and how much of it is whole rows.
    seen: usize,
    whole: usize,
    at: At,
    /// Line on which the buffer begins.
    line: u64,
    begun: bool,
}

impl ListSplitter {
    /// For a file in this format.
    #[must_use]
    pub const fn new(format: Format) -> Self {
        Self { format, buffer: Vec::new(), seen: 0, whole: 0, at: At::CellStart, line: 1, begun: false }
    }

    /// Takes more of the file; a piece may end anywhere, and should not be larger
    /// than some hundred kilobytes. Gives back a chunk when there is enough.
    ///
    /// # Errors
    /// [`BrokenRow::TooLong`] as soon as a row has a mebibyte and no end;
    /// [`Self::rest`] then holds the rows before it.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Option<Chunk>, BrokenRow> {
        self.buffer.extend_from_slice(bytes);
        if !self.begun {
            if self.buffer.len() < BYTE_ORDER_MARK.len() {
                return Ok(None);
            }
            self.begin();
        }
        self.scan();
        if self.buffer.len() - self.whole > LONGEST_ROW {
            return Err(BrokenRow::TooLong { line: self.broken_line() });
        }
        Ok(if self.whole >= CHUNK { self.rest() } else { None })
    }

    fn begin(&mut self) {
        self.begun = true;
        if self.buffer.starts_with(BYTE_ORDER_MARK) {
            self.buffer.drain(..BYTE_ORDER_MARK.len());
        }
    }

    /// The whole rows so far.
    pub fn rest(&mut self) -> Option<Chunk> {
        if self.whole == 0 {
            return None;
        }
        let mut bytes = self.buffer.split_off(self.whole);
        std::mem::swap(&mut bytes, &mut self.buffer);
        let line = self.line;
        self.line += line_ends(&bytes);
        self.seen -= self.whole;
        self.whole = 0;
        Some(Chunk { line, bytes })
    }

    /// What is left at the end of the file.
    ///
    /// # Errors
    /// [`BrokenRow::OpenQuote`]; [`Self::rest`] then holds the rows before it.
    pub fn finish(&mut self) -> Result<Option<Chunk>, BrokenRow> {
        if !self.begun {
            self.begin();
            self.scan();
        }
        if self.at == At::Quoted {
            return Err(BrokenRow::OpenQuote { line: self.broken_line() });
        }
        self.whole = self.buffer.len();
        self.seen = self.whole;
        Ok(self.rest())
    }

    /// The line on which what is no whole row begins.
    fn broken_line(&self) -> u64 {
        self.line + line_ends(self.whole_rows())
    }

    fn whole_rows(&self) -> &[u8] {
        self.buffer.get(..self.whole).unwrap_or_default()
    }

    fn scan(&mut self) {
        let fresh = self.buffer.get(self.seen..).unwrap_or_default();
        match self.format {
            Format::Jsonl => {
                if let Some(end) = memchr::memrchr(b'\n', fresh) {
                    self.whole = self.seen + end + 1;
                }
            }
            Format::Csv => {
                let (at, end) = scan_csv(fresh, self.at);
                self.at = at;
                if let Some(end) = end {
                    self.whole = self.seen + end;
                }
            }
        }
        self.seen = self.buffer.len();
    }
}

/// Where the next byte is after these, and the end of the last row in them.
fn scan_csv(bytes: &[u8], mut at: At) -> (At, Option<usize>) {
    let (mut position, mut end) = (0, None);
    while let Some(rest) = bytes.get(position..).filter(|rest| !rest.is_empty()) {
        let skipped = match at {
            At::CellStart | At::Quote => Some(0),
            At::Plain => memchr::memchr2(b',', b'\n', rest),
            At::Quoted => memchr::memchr(b'"', rest),
        };
        let Some(skipped) = skipped else { break };
        position += skipped + 1;
        at = match (at, rest.get(skipped)) {
            (At::Quoted, _) => At::Quote,
            (At::CellStart | At::Quote, Some(b'"')) => At::Quoted,
            (_, Some(b',')) => At::CellStart,
            (_, Some(b'\n')) => {
                end = Some(position);
                At::CellStart
            }
            _ => At::Plain,
        };
    }
    (at, end)
}

/// The line of a text in CSV on which the row begins whose quoted cell has no end,
/// if there is one.
pub(in crate::import) fn open_quote(text: &str) -> Option<u64> {
    let (at, end) = scan_csv(text.as_bytes(), At::CellStart);
    let whole = text.as_bytes().get(..end.unwrap_or_default()).unwrap_or_default();
    (at == At::Quoted).then(|| 1 + line_ends(whole))
}

pub(super) fn line_ends(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
