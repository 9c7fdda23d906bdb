//! Snapshots of an earlier form: the same entries, whose keys and names were in a
//! form in which they are not looked for any more.
//!
//! Each is written anew when the store is opened, before anybody reads: some ten
//! seconds for a million entries, once. Until the one row that names the new file is
//! committed, the old one is in force.

use std::path::Path;

use jiff::civil::Date;
use rusqlite::Connection;

use super::build::{FORM, SnapshotBuilder};
use super::prepared::PreparedEntry;
use super::read::{SELECT_ENTRY, open_for_reading};
use crate::chain;
use crate::error::StoreError;
use crate::lists::entry_of;
use crate::statements::Statements as _;

/// The form before: keys and names as they were written, without folding.
const EARLIER_FORM: i64 = 1;

/// Entries that are written together.
const BATCH: usize = 4_096;

/// Writes the snapshots of an earlier form anew. `named` are the sources with the
/// ids of theirs.
pub(super) fn renew_older(
    folder: &Path,
    named: &[(String, String)],
    connection: &Connection,
) -> Result<(), StoreError> {
    for (source, id) in named {
        let path = folder.join(format!("{id}.db"));
        // Whoever opens it next says what is wrong with a file that is none.
        let Ok(earlier) = open_for_reading(&path) else { continue };
        let form = earlier.pragma_query_value(None, "user_version", |row| row.get::<_, i64>(0));
        if form != Ok(EARLIER_FORM) || !is_as_noted(connection, source, &path)? {
            continue;
        }
        tracing::info!(
            source,
            from = EARLIER_FORM,
            to = FORM,
            "a list snapshot is written in the form of today"
        );
        renew(folder, source, &earlier, connection)?;
    }
    Ok(())
}

/// Whether the file is what the store has noted of it, if it has: what somebody
/// changed is not written anew as if it were the source's.
fn is_as_noted(connection: &Connection, source: &str, path: &Path) -> Result<bool, StoreError> {
    let noted: Option<Vec<u8>> =
        connection.scalar("SELECT file_sha256 FROM list_sources WHERE source = ?1", [source])?;
    let Some(noted) = noted else { return Ok(true) };
    let found = chain::file_hash(path).map_err(|error| StoreError::of_file(path, error))?;
    Ok(noted == found)
}

fn renew(
    folder: &Path,
    source: &str,
    earlier: &Connection,
    connection: &Connection,
) -> Result<(), StoreError> {
    // The day matters for comparisons, and nothing is compared.
    let mut builder = SnapshotBuilder::begin(folder, Date::ZERO)?;
    let mut statement = earlier.prepare(&format!("{SELECT_ENTRY} ORDER BY entries.seq"))?;
    let mut rows = statement.query([])?;
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(row) = rows.next()? {
        batch.push(PreparedEntry::of(0, entry_of(row, 0)?)?);
        if batch.len() == BATCH {
            builder.push(&batch)?;
            batch.clear();
        }
    }
    builder.push(&batch)?;
    let mut built = builder.finish()?;
    let transaction = connection.unchecked_transaction()?;
    // What the new file hashes to is noted, and the row linked, as of one older than the chain.
    let update = "UPDATE list_sources SET snapshot = ?2, digest = ?3, file_sha256 = NULL WHERE source = ?1";
    transaction.run(update, [source, &built.id, &built.digest])?;
    transaction.execute("DELETE FROM chain_tables WHERE name = 'list_sources'", [])?;
    transaction.commit()?;
    // It is named now; the earlier one is named by nobody and goes.
    built.file.0 = None;
    Ok(())
}
