//! Workbooks of Excel: the first sheet, turned into CSV on its way. A row of the
//! sheet is a line, so that findings name the row.
//!
//! Reading it is for a process of its own ([`apart`]); what cells mean is here.

mod apart;

use std::fs::File;
use std::io::{BufReader, Seek as _, Write as _};
use std::thread;

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};
use creditgate_store::{ListImport, StoreError};
use creditgate_wire::import::{ListReader, ReadRows};
use tokio::sync::mpsc;

use super::pipeline::{self, CutOff, Piece};
pub use apart::{READ_ARGUMENT, read_for_host};

/// Pieces of CSV that wait.
const WAITING: usize = 4;

/// Bytes of such a piece.
const PIECE: usize = 1 << 16;

/// Beyond this a number in a cell has lost digits: an identity number that is kept
/// as a number is not what it was.
const LARGEST_WHOLE: f64 = 1e15;

/// Rows and columns a sheet may have, which is as many as Excel's has. A cell that
/// claims to lie beyond them would have to be written with all the empty ones
/// before it.
const MOST_ROWS: u32 = 1 << 20;
const MOST_COLUMNS: u32 = 1 << 14;

/// Why a sheet cannot be read.
#[derive(Debug, thiserror::Error)]
enum SheetError {
    /// It is none.
    #[error(transparent)]
    Workbook(#[from] calamine::XlsxError),
    /// A cell lies where no sheet has one.
    #[error("a cell lies beyond row 1048576 or column XFD")]
    Beyond,
    /// A cell lies before the one that came before it, or is given twice.
    #[error("the cells of row {0} are not in order")]
    Disorder(u32),
}

/// Reads a workbook. Nothing where the file was cut off.
pub(super) fn take_in(
    import: &mut ListImport,
    reader: ListReader,
    pieces: mpsc::Receiver<Piece>,
) -> Result<Option<ReadRows>, StoreError> {
    let file = match collected(pieces) {
        Ok(Some(file)) => file,
        Ok(None) => return Ok(None),
        Err(error) => {
            tracing::error!(%error, "a workbook could not be kept while it is read");
            return Err(StoreError::Full);
        }
    };
    let name = reader.file().to_owned();
    let (lines, from_sheet) = mpsc::channel(WAITING);
    thread::scope(|scope| {
        let writing = scope.spawn(move || apart::write_csv(file, &lines));
        let read = pipeline::take_in(import, reader, from_sheet)?;
        match writing.join().map_err(|_| StoreError::Fault)? {
            Ok(()) => Ok(read),
            Err(fault) => {
                let Some(problem) = fault.of_file() else {
                    tracing::error!(error = creditgate_gate::chain(&fault), "a workbook was not read");
                    return Err(StoreError::Fault);
                };
                let mut all = ReadRows::default();
                all.stopped = true;
                all.problems.add_last(&name, 1, problem);
                Ok(Some(all))
            }
        }
    })
}

/// The file, which has to be there as a whole: the directory of a workbook is at
/// its end.
fn collected(mut pieces: mpsc::Receiver<Piece>) -> std::io::Result<Option<File>> {
    let mut file = tempfile::tempfile()?;
    while let Some(piece) = pieces.blocking_recv() {
        match piece {
            Ok(bytes) => file.write_all(&bytes)?,
            Err(CutOff) => return Ok(None),
        }
    }
    file.rewind()?;
    Ok(Some(file))
}

/// Reads the workbook in this process, and passes the sheet on as CSV for as long
/// as somebody wants it.
fn write_csv(file: File, pass_on: &mut dyn FnMut(String) -> bool) -> Result<(), SheetError> {
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file))?;
    let name = workbook.sheet_names().first().cloned().unwrap_or_default();
    let mut cells = workbook.worksheet_cells_reader(&name)?;
    let mut page = Page::default();
    while let Some(cell) = cells.next_cell()? {
        let (row, column) = cell.get_position();
        page.go_to(row, column)?;
        push_cell(&mut page.text, cell.get_value());
        if page.text.len() > PIECE {
            let text = std::mem::take(&mut page.text);
            if !pass_on(text) {
                // Whoever reads has seen enough.
                return Ok(());
            }
        }
    }
    page.end_row();
    pass_on(page.text);
    Ok(())
}

/// The sheet as lines. A workbook leaves out cells that are empty; CSV does not.
#[derive(Default)]
struct Page {
    text: String,
    row: u32,
    column: u32,
    /// Whether the row has a cell.
    begun: bool,
    /// The last column of the first row that has cells.
    width: Option<u32>,
}

impl Page {
    fn go_to(&mut self, row: u32, column: u32) -> Result<(), SheetError> {
        if row >= MOST_ROWS || column >= MOST_COLUMNS {
            return Err(SheetError::Beyond);
        }
        if row < self.row || row == self.row && self.begun && column <= self.column {
            return Err(SheetError::Disorder(row + 1));
        }
        while self.row < row {
            self.end_row();
        }
        self.skip_to(column);
        self.begun = true;
        Ok(())
    }

    fn skip_to(&mut self, column: u32) {
        while self.column < column {
            self.text.push(',');
            self.column += 1;
        }
    }

    fn end_row(&mut self) {
        if self.begun {
            let width = *self.width.get_or_insert(self.column);
            self.skip_to(width);
        }
        self.text.push('\n');
        (self.row, self.column, self.begun) = (self.row + 1, 0, false);
    }
}

/// Adds a value as a cell of CSV. A line end inside it becomes a blank.
fn push_cell(text: &mut String, value: &DataRef<'_>) {
    let value = match value {
        DataRef::Empty => return,
        DataRef::String(value) => value.clone(),
        DataRef::SharedString(value) => (*value).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) if number.abs() < LARGEST_WHOLE => number.to_string(),
        DataRef::Float(number) => format!("{number:E}"),
        DataRef::Bool(flag) => flag.to_string(),
        DataRef::DateTime(instant) => day(instant),
        DataRef::DateTimeIso(value) => value.chars().take(10).collect(),
        DataRef::DurationIso(value) => value.clone(),
        DataRef::Error(error) => error.to_string(),
    };
    text.push('"');
    for character in value.chars() {
        match character {
            '"' => text.push_str("\"\""),
            '\n' | '\r' => text.push(' '),
            other => text.push(other),
        }
    }
    text.push('"');
}

fn day(instant: &ExcelDateTime) -> String {
    let (year, month, day, ..) = instant.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a sheet becomes whose cells lie here.
    fn page(places: &[(u32, u32)]) -> Result<String, SheetError> {
        let mut page = Page::default();
        for (row, column) in places {
            page.go_to(*row, *column)?;
            page.text.push('x');
        }
        page.end_row();
        Ok(page.text)
    }

    #[test]
    fn cells_that_are_left_out_are_empty_ones() {
        assert!(page(&[(0, 0), (0, 2), (2, 1)]).is_ok_and(|text| text == "x,,x\n\n,x,\n"));
    }

    #[test]
    fn a_cell_where_no_sheet_has_one_is_refused_before_anything_is_written_for_it() {
        for place in [(MOST_ROWS, 0), (u32::MAX - 1, 0), (0, MOST_COLUMNS), (0, u32::MAX)] {
            assert!(matches!(page(&[place]), Err(SheetError::Beyond)), "{place:?}");
        }
        assert!(page(&[(MOST_ROWS - 1, MOST_COLUMNS - 1)]).is_ok());
    }

    #[test]
    fn cells_out_of_order_are_refused_and_not_read_as_others() {
        for places in [[(0, 0), (0, 0)], [(0, 1), (0, 0)], [(2, 0), (1, 5)]] {
            assert!(matches!(page(&places), Err(SheetError::Disorder(_))), "{places:?}");
        }
    }
}
