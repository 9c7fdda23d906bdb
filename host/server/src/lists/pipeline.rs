//! From pieces of a file to entries in an import.

use std::num::NonZeroUsize;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use axum::body::Bytes;
use creditgate_store::{ListImport, PreparedEntry, StoreError};
use creditgate_wire::import::{BrokenRow, Chunk, ListReader, ListSplitter, ReadRows};
use tokio::sync::mpsc;

/// A piece of a file, or the news that the rest of it cannot be had.
pub(crate) type Piece = Result<Bytes, CutOff>;

/// The disk does not give the rest of the file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CutOff;

/// Chunks that wait for each thread that reads, and for the one that writes.
const WAITING: usize = 2;

/// Most threads that read. One that writes keeps up with no more.
const MOST_READERS: usize = 4;

/// Bytes that are looked at at once, however large the pieces are.
const STEP: usize = 1 << 16;

/// What one thread made of one chunk.
struct Worked {
    read: ReadRows,
    entries: Result<Vec<PreparedEntry>, StoreError>,
}

/// Where the cutting of a file ended.
enum End {
    Whole,
    Broken(BrokenRow),
    CutOff,
}

/// Reads a text. Nothing where the file was cut off.
pub(super) fn take_in(
    import: &mut ListImport,
    mut reader: ListReader,
    mut pieces: mpsc::Receiver<Piece>,
) -> Result<Option<ReadRows>, StoreError> {
    let mut all = ReadRows::default();
    let mut cutter = Cutter::new(&reader, &mut pieces);
    // Before any other: its first row says what the cells of the others mean.
    let first = loop {
        match cutter.first_rows() {
            Some(chunk) => {
                if let Some(chunk) = reader.begin(chunk, &mut all.problems) {
                    break Some(chunk);
                }
            }
            None => break None,
        }
        if reader.is_hopeless() {
            all.stopped = true;
            return Ok(Some(all));
        }
    };
    let end = match first {
        Some(first) => read_on(import, &reader, first, cutter, &mut all)?,
        None => cutter.end.unwrap_or(End::Whole),
    };
    Ok(match end {
        End::CutOff => None,
        End::Whole => Some(all),
        End::Broken(fault) => {
            all.stop_at(reader.file(), &fault);
            Some(all)
        }
    })
}

/// Reads the chunks after the header on several threads, and writes them.
fn read_on(
    import: &mut ListImport,
    reader: &ListReader,
    first: Chunk,
    mut cutter: Cutter<'_>,
    all: &mut ReadRows,
) -> Result<End, StoreError> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get).min(MOST_READERS);
    thread::scope(|scope| {
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        for _ in 0..threads {
            let (chunks, input) = sync_channel(WAITING);
            let (output, worked) = sync_channel(WAITING);
            scope.spawn(move || read_chunks(reader, &input, &output));
            inputs.push(chunks);
            outputs.push(worked);
        }
        let cutting = scope.spawn(move || {
            let mut turns = inputs.iter().cycle();
            let mut next = Some(first);
            // A thread that takes no more has found that the file is no good.
            while let (Some(chunk), Some(input)) = (next, turns.next())
                && input.send(chunk).is_ok()
            {
                next = cutter.next();
            }
            drop(inputs);
            cutter.end.unwrap_or(End::Whole)
        });
        let written = write(import, outputs, all);
        let end = cutting.join().map_err(|_| StoreError::Fault);
        written.and(end)
    })
}

fn read_chunks(reader: &ListReader, input: &Receiver<Chunk>, output: &SyncSender<Worked>) {
    for chunk in input {
        let mut read = reader.read(&chunk);
        let entries = std::mem::take(&mut read.rows);
        let entries = entries.into_iter().map(|(line, entry)| PreparedEntry::of(line, entry)).collect();
        if output.send(Worked { read, entries }).is_err() {
            return;
        }
    }
}

/// Takes from each thread in turn, which is the order of the file.
fn write(
    import: &mut ListImport,
    outputs: Vec<Receiver<Worked>>,
    all: &mut ReadRows,
) -> Result<(), StoreError> {
    for output in outputs.iter().cycle() {
        let Ok(Worked { read, entries }) = output.recv() else { break };
        all.append(read);
        if all.stopped {
            break;
        }
        import.push(&entries?)?;
    }
    // Where this is not the end of the file, it ends the threads.
    drop(outputs);
    Ok(())
}

/// Cuts a file while it arrives.
struct Cutter<'a> {
    pieces: &'a mut mpsc::Receiver<Piece>,
    splitter: Option<ListSplitter>,
    piece: Bytes,
    /// What there still is when the file is at its end.
    end: Option<End>,
}

impl<'a> Cutter<'a> {
    fn new(reader: &ListReader, pieces: &'a mut mpsc::Receiver<Piece>) -> Self {
        Self { pieces, splitter: Some(ListSplitter::new(reader.format())), piece: Bytes::new(), end: None }
    }

    /// The next rows, however few.
    fn first_rows(&mut self) -> Option<Chunk> {
        loop {
            let chunk = self.step();
            if chunk.is_some() || self.splitter.is_none() {
                return chunk;
            }
            if let Some(chunk) = self.splitter.as_mut().and_then(ListSplitter::rest) {
                return Some(chunk);
            }
        }
    }

    /// The next chunk.
    fn next(&mut self) -> Option<Chunk> {
        while self.splitter.is_some() {
            let chunk = self.step();
            if chunk.is_some() {
                return chunk;
            }
        }
        None
    }

    /// Looks at some more of the file.
    fn step(&mut self) -> Option<Chunk> {
        let splitter = self.splitter.as_mut()?;
        if self.piece.is_empty() {
            match self.pieces.blocking_recv() {
                Some(Ok(piece)) => self.piece = piece,
                Some(Err(CutOff)) => {
                    self.end = Some(End::CutOff);
                    self.splitter = None;
                    return None;
                }
                None => {
                    let last = splitter.finish();
                    return self.cut(last, true);
                }
            }
        }
        let step = self.piece.split_to(self.piece.len().min(STEP));
        let cut = splitter.push(&step);
        self.cut(cut, false)
    }

    /// The rows that were cut off. Nothing is cut after the last ones.
    fn cut(&mut self, cut: Result<Option<Chunk>, BrokenRow>, last: bool) -> Option<Chunk> {
        let chunk = cut.unwrap_or_else(|fault| {
            self.end = Some(End::Broken(fault));
            self.splitter.as_mut().and_then(ListSplitter::rest)
        });
        if last || self.end.is_some() {
            self.splitter = None;
        }
        chunk
    }
}
