//! Rows of lists: files of any size, read in pieces.
//!
//! [`ListSplitter`] cuts what arrives into [`Chunk`]s of whole rows, [`ListReader`]
//! reads a chunk on any thread, and [`ListRules`] say what the host makes of a row.
//! A chunk knows the line it begins on, so that findings name the line whoever
//! read it.

mod csv;
mod encoding;
mod reader;
mod remarks;
mod row;
mod rules;
mod split;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use creditgate_credit::entry::ListEntry;
use creditgate_credit::identifier::Strictness;

use super::rows::duplicate;
use super::{Format, Parsed};
pub use csv::{Holds, list_column};
pub use encoding::Encoding;
pub use reader::{ListReader, ReadRows};
pub use remarks::{MOST_LISTED, Remarks};
pub use rules::{ListRules, Registered};
pub(super) use split::open_quote;
pub use split::{BrokenRow, Chunk, ListSplitter};

/// Reads the list entries of a file that is in memory, apart from any host: which
/// lists there are and who may list is not looked at. A wrong check digit is a
/// problem or a warning by `strictness`; an entry without identifiers is good and
/// gets a warning.
#[must_use]
pub fn parse_lists(
    file: &str,
    format: Format,
    text: impl AsRef<[u8]>,
    strictness: Strictness,
) -> Parsed<ListEntry> {
    let rules = ListRules { strictness, registered: None };
    let reader = ListReader::new(file, format, Encoding::Utf8, rules);
    let mut all = ReadRows::default();
    read_whole(reader, text.as_ref(), &mut all);
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut rows = Vec::with_capacity(all.rows.len());
    for (line, entry) in all.rows {
        match seen.get(&entry.id) {
            Some(earlier) => all.problems.add(file, line, || duplicate("id", *earlier)),
            None => {
                seen.insert(entry.id.clone(), line);
                rows.push(entry);
            }
        }
    }
    if all.stopped {
        rows.clear();
    }
    let refused = all.read.saturating_sub(rows.len());
    Parsed::new(rows, all.read, refused, (all.problems, all.warnings))
}

fn read_whole(mut reader: ListReader, bytes: &[u8], all: &mut ReadRows) {
    let mut splitter = ListSplitter::new(reader.format());
    let mut read = |reader: &mut ListReader, chunk: Chunk| {
        if let Some(chunk) = reader.begin(chunk, &mut all.problems) {
            all.append(reader.read(&chunk));
        }
        all.stopped = all.stopped || reader.is_hopeless();
        all.stopped
    };
    // As over the network: no piece is large. The end of the file is the last one.
    for piece in bytes.chunks(1 << 16).map(Some).chain([None]) {
        let cut = match piece {
            Some(piece) => splitter.push(piece),
            None => splitter.finish(),
        };
        match cut {
            Ok(Some(chunk)) => {
                if read(&mut reader, chunk) {
                    return;
                }
            }
            Ok(None) => {}
            Err(fault) => {
                if !splitter.rest().is_some_and(|chunk| read(&mut reader, chunk)) {
                    all.stop_at(reader.file(), &fault);
                }
                return;
            }
        }
    }
}
