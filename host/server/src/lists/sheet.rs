//! Workbooks of Excel: the first sheet people see, turned into CSV on its way. A
//! row of the sheet is a line, so that findings name the row.
//!
//! Reading it is for a process of its own ([`apart`]). What a cell holds is in
//! `cell`, how rows become lines in `page`.

mod apart;
mod cell;
mod page;

use std::fs::File;
use std::io::{BufReader, Read, Seek, Write as _};
use std::thread;

use calamine::{Reader as _, SheetType, SheetVisible, Xlsx};
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::identifier::without_numbers;
use creditgate_store::{ImportMode, ListImport, StoreError};
use creditgate_wire::import::{ListReader, ReadRows};
use page::Page;
use tokio::sync::mpsc;

use super::pipeline::{self, CutOff, Piece};
pub use apart::{READ_ARGUMENT, read_for_host};

/// Pieces of CSV that wait.
const WAITING: usize = 4;

/// Bytes of such a piece.
const PIECE: usize = 1 << 16;

/// Sheets that were not read and are named; of the others only that there are any.
const MOST_NAMED: usize = 20;

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
    /// A row holds more than any row may.
    #[error("row {0} has more than 1 MiB")]
    Long(u32),
    /// More cells are merged with others than a sheet can show.
    #[error("too many cells are merged in row {0}")]
    Merged(u32),
    /// It has nothing but charts and macros.
    #[error("there is no sheet with cells in it")]
    NoSheet,
}

/// Reads a workbook. Nothing where the file was cut off.
pub(super) fn take_in(
    import: &mut ListImport,
    reader: ListReader,
    pieces: mpsc::Receiver<Piece>,
    mode: ImportMode,
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
        let Some(mut read) = pipeline::take_in(import, reader, from_sheet)? else { return Ok(None) };
        match writing.join().map_err(|_| StoreError::Fault)? {
            Ok(unread) if unread.is_empty() => {}
            Ok(unread) if mode == ImportMode::Full => read.refuse(&name, 1, not_whole(&unread)),
            Ok(unread) => read.warnings.add_last(&name, 1, not_read(&unread)),
            Err(fault) => {
                let Some(problem) = fault.of_file() else {
                    tracing::error!(error = creditgate_gate::chain(&fault), "a workbook was not read");
                    return Err(StoreError::Fault);
                };
                read = ReadRows::default();
                read.refuse(&name, 1, problem);
            }
        }
        Ok(Some(read))
    })
}

fn not_read(unread: &[String]) -> FieldProblem {
    let message = format!(
        "only the first sheet is read; not read, though there is something in them: {}",
        unread.join(", ")
    );
    FieldProblem::new("", "sheet.not_read", message)
}

/// What was not read would be taken off the lists.
fn not_whole(unread: &[String]) -> FieldProblem {
    let message = format!(
        "the whole of a source is to come, and only the first sheet is read; put the rows of these sheets into \
         it, or import each sheet as a file and a source of its own: {}",
        unread.join(", ")
    );
    FieldProblem::new("", "sheet.not_read", message)
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

/// Reads the workbook in this process: passes the first sheet people see on as CSV
/// for as long as somebody wants it, and gives back the names of others that hold
/// something.
fn write_csv(file: File, pass_on: &mut dyn FnMut(String) -> bool) -> Result<Vec<String>, SheetError> {
    let mut workbook: Xlsx<_> = Xlsx::new(BufReader::new(file))?;
    let sheets: Vec<(String, bool)> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.clone(), sheet.visible == SheetVisible::Visible))
        .collect();
    let first = sheets.iter().find(|(_, visible)| *visible).or(sheets.first()).ok_or(SheetError::NoSheet)?;
    let merged = workbook.merge_cells_by_sheet_name(&first.0)?;
    let mut page = Page::new(&first.0, merged);
    let mut cells = workbook.worksheet_cells_reader(&first.0)?;
    while let Some(cell) = cells.next_cell_with_formula_metadata()? {
        page.take(cell.pos, &cell.value, cell.formula.is_some())?;
        if page.text.len() > PIECE {
            let text = std::mem::take(&mut page.text);
            if !pass_on(text) {
                // Whoever reads has seen enough.
                return Ok(Vec::new());
            }
        }
    }
    page.end_row()?;
    pass_on(page.text);
    drop(cells);
    let mut unread = Vec::new();
    for (name, _) in sheets.iter().filter(|(name, _)| *name != first.0) {
        if unread.len() < MOST_NAMED && holds_something(&mut workbook, name)? {
            // It goes into a message.
            unread.push(without_numbers(name).into_owned());
        }
    }
    Ok(unread)
}

/// Whether a sheet has a cell with a value.
fn holds_something<F: Read + Seek>(workbook: &mut Xlsx<F>, name: &str) -> Result<bool, SheetError> {
    let mut cells = workbook.worksheet_cells_reader(name)?;
    while let Some(cell) = cells.next_cell_with_formula_metadata()? {
        if cell.formula.is_some() || !cell::is_empty(&cell.value) {
            return Ok(true);
        }
    }
    Ok(false)
}
