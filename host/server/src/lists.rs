//! Imports of list entries: a file that is on the disk as a whole, so that nobody
//! waits for whoever sends it.
//!
//! The file is cut into chunks, chunks are read on as many threads as the machine
//! has cores, and one thread writes what was read, in the order of the file. All
//! of them give way to the threads that serve checks.

mod pipeline;
mod report;
mod sheet;

use std::fs::File;
use std::io::{self, Read as _};

use creditgate_api::ImportReport;
use creditgate_credit::fault::FieldProblem;
use creditgate_credit::on_the_wire;
use creditgate_store::{ImportMode, ListChanges, ListImport, ReadyImport, StoreError};
use creditgate_wire::import::{Encoding, Format, ListReader, ListRules};
use tokio::sync::mpsc;

use crate::aside;
use crate::disk::Disk;
pub(crate) use pipeline::{CutOff, Piece};
use report::Findings;
pub use sheet::{READ_ARGUMENT, read_for_host};

/// Bytes of a file that are read at once, and pieces that wait to be looked at.
const PIECE: usize = 1 << 18;
const PIECES_WAITING: usize = 4;

/// In what form list entries come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListFormat {
    /// A text.
    Text(Format),
    /// A workbook of Excel: the first sheet people see, in whose first row are the
    /// names of columns as in CSV.
    Xlsx,
}

on_the_wire!(ListFormat);

impl ListFormat {
    /// Every form.
    pub(crate) const ALL: &'static [Self] = &[Self::Text(Format::Jsonl), Self::Text(Format::Csv), Self::Xlsx];

    /// Machine name.
    pub(crate) const fn code(self) -> &'static str {
        match self {
            Self::Text(format) => format.code(),
            Self::Xlsx => "xlsx",
        }
    }
}

/// What is to be imported, and how.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) source: String,
    pub(crate) mode: ImportMode,
    pub(crate) file: String,
    pub(crate) format: ListFormat,
    pub(crate) encoding: Encoding,
    pub(crate) accept_valid: bool,
    /// A file without rows leaves the source empty.
    pub(crate) empties: bool,
    pub(crate) rules: ListRules,
}

/// What came of reading a file.
pub(crate) enum Outcome {
    /// It can be made known; the report holds everything but the changes.
    Ready(Box<(ReadyImport, ImportReport)>),
    /// Nothing of it is applied.
    Refused(Box<ImportReport>),
    /// The disk does not give the file back, or has no room for what is made of it;
    /// the log says why.
    Unreadable,
}

/// Reads a file on threads of its own.
pub(crate) async fn read(
    import: ListImport,
    order: Order,
    file: File,
    disk: Disk,
) -> Result<Outcome, StoreError> {
    let done = aside::run("creditgate-import", move || {
        let (sender, pieces) = mpsc::channel(PIECES_WAITING);
        std::thread::scope(|scope| {
            let watched = disk.clone();
            scope.spawn(move || pass_on(file, &sender, &watched));
            work(import, &order, pieces, &disk)
        })
    });
    done.await.unwrap_or_else(|error| {
        tracing::error!(error = creditgate_gate::chain(&error), "an import came to nothing");
        Err(StoreError::Fault)
    })
}

/// Passes a file on in pieces, until whoever takes them has seen enough, or what is
/// made of them leaves too little of the disk.
fn pass_on(mut file: File, pieces: &mpsc::Sender<Piece>, disk: &Disk) {
    loop {
        if !has_room(disk) {
            // Whoever takes the pieces may be gone.
            let _ = pieces.blocking_send(Err(CutOff));
            return;
        }
        let mut piece = vec![0; PIECE];
        let piece = match file.read(&mut piece) {
            Ok(0) => return,
            Ok(read) => {
                piece.truncate(read);
                Ok(piece.into())
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => {
                tracing::error!(%error, "a file to import could not be read");
                Err(CutOff)
            }
        };
        let ended = piece.is_err();
        if pieces.blocking_send(piece).is_err() || ended {
            return;
        }
    }
}

/// Whether the disk has room for more of an import; where it has none, the log says
/// so.
fn has_room(disk: &Disk) -> bool {
    let room = disk.room();
    if let Err(error) = &room {
        tracing::error!(error = creditgate_gate::chain(error), "an import is given up");
    }
    room.is_ok()
}

fn work(
    mut import: ListImport,
    order: &Order,
    pieces: mpsc::Receiver<Piece>,
    disk: &Disk,
) -> Result<Outcome, StoreError> {
    let (format, encoding) = match order.format {
        ListFormat::Text(format) => (format, order.encoding),
        // It is turned into CSV on its way.
        ListFormat::Xlsx => (Format::Csv, Encoding::Utf8),
    };
    let reader = ListReader::new(&order.file, format, encoding, order.rules.clone());
    let taken = match order.format {
        ListFormat::Text(_) => pipeline::take_in(&mut import, reader, pieces)?,
        ListFormat::Xlsx => sheet::take_in(&mut import, reader, pieces, order.mode)?,
    };
    let Some(mut read) = taken else { return Ok(Outcome::Unreadable) };
    if order.empties && read.read > 0 {
        let message = "the source is to be left empty, and the file has rows";
        let problem = FieldProblem::new("", "file.not_empty", message);
        read.refuse(&order.file, 1, problem);
    }
    let mut findings = Findings::new(order, read);
    if !findings.is_stopped() {
        findings.compared(import.compare()?);
    }
    let good = if findings.is_stopped() { 0 } else { import.len() };
    let report = findings.report(good);
    let must_have_rows = order.mode == ImportMode::Full && !order.empties;
    if report.applied == 0 && (report.problem_count > 0 || must_have_rows)
        || report.problem_count > 0 && !order.accept_valid
    {
        return Ok(Outcome::Refused(Box::new(ImportReport { applied: 0, ..report })));
    }
    // The indexes are written now.
    if !has_room(disk) {
        return Ok(Outcome::Unreadable);
    }
    Ok(Outcome::Ready(Box::new((import.finish()?, report))))
}

/// Adds to the report of an import what it changed.
pub(crate) fn with_changes(mut report: ImportReport, changes: ListChanges) -> ImportReport {
    if let Some(lists) = &mut report.lists {
        lists.snapshot = changes.snapshot;
        lists.added = changes.saved.added;
        lists.changed = changes.saved.changed;
        lists.unchanged = changes.saved.unchanged;
        lists.removed = changes.removed;
    }
    report
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, Write as _};

    use creditgate_credit::identifier::Strictness;
    use creditgate_store::{Store, StoreOptions};

    use super::*;

    const ENTRY: &str = concat!(
        "id,list,list_name,kind,field,severity,subject_name,other_id,facts,authority,basis,recognised_on\n",
        "e1,food.serious,严重失信名单,black,food-and-drug,serious,示例食品店,N-00001,示例事实,示例机关,示例依据,",
        "2026-01-05\n"
    );

    #[tokio::test]
    async fn an_import_is_given_up_below_the_floor_of_the_disk_and_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db"), &StoreOptions::default()).unwrap();
        let files = || std::fs::read_dir(folder.path()).unwrap().count();
        let before = files();
        let mut file = tempfile::tempfile_in(folder.path()).unwrap();
        file.write_all(ENTRY.as_bytes()).unwrap();
        for (floor, is_read) in [(u64::MAX, false), (0, true)] {
            file.rewind().unwrap();
            let order = Order {
                source: "court".to_owned(),
                mode: ImportMode::Full,
                file: "court.csv".to_owned(),
                format: ListFormat::Text(Format::Csv),
                encoding: Encoding::Utf8,
                accept_valid: false,
                empties: false,
                rules: ListRules { strictness: Strictness::Check, registered: None },
            };
            let import = store
                .begin_list_import("court", ImportMode::Full, jiff::civil::date(2026, 3, 1))
                .await
                .unwrap();
            let disk = Disk::of(folder.path(), floor);
            let outcome = read(import, order, file.try_clone().unwrap(), disk).await.unwrap();
            match outcome {
                Outcome::Ready(_) => assert!(is_read),
                Outcome::Unreadable => assert!(!is_read),
                Outcome::Refused(report) => panic!("{report:?}"),
            }
            assert_eq!(files(), before, "what was dropped leaves no file");
        }
    }
}
