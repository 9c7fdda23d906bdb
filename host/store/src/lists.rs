//! The lists: how entries get in one by one and how a row becomes an entry again.

use std::sync::Arc;

use creditgate_credit::entry::{EntryStatus, ListEntry, ListKind, Particulars, Severity};
use creditgate_credit::identifier::{Identifier, IdentifierKind, index_keys};
use creditgate_credit::name;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::json_column::{self, Saved};
use crate::snapshot::{Snapshot, note_change};
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

/// The columns [`entry_of`] reads, in its order.
pub(crate) const ENTRY_COLUMNS: &str = "entries.id, list, list_name, kind, field, severity, subject_name, \
     identifiers, facts, authority, basis, recognised_on, valid_until, status, ended_on, suspended, attributes, \
     particulars";

impl Store {
    /// Saves entries of a source by their ids, all or none. An entry that was
    /// there is replaced; one that does not come stays as it is.
    ///
    /// For a few entries, which are compared with nothing: while they are written,
    /// checks wait to be recorded, a second for some 50,000. Files are imported by
    /// [`Store::begin_list_import`].
    ///
    /// # Errors
    /// When nothing could be kept.
    pub async fn save_entries(&self, source: &str, entries: Vec<ListEntry>) -> Result<Saved, StoreError> {
        let source = source.to_owned();
        self.write_lists(move |connection, snapshots| save_each(connection, snapshots, &source, &entries))
            .await
    }
}

/// Saves entries of a source by their ids. Part of the caller's transaction.
pub(crate) fn save_each(
    connection: &Connection,
    snapshots: &[Arc<Snapshot>],
    source: &str,
    entries: &[ListEntry],
) -> Result<Saved, StoreError> {
    let snapshot = snapshots.iter().find(|snapshot| snapshot.source == source);
    let mut saved = Saved::default();
    for entry in entries {
        let stored = match (stored_entry(connection, &entry.id)?, snapshot) {
            (None, Some(snapshot)) => snapshot.entry(&entry.id)?,
            (stored, _) => stored,
        };
        if saved.counts(stored.as_ref(), entry) {
            save_entry(connection, source, entry)?;
        }
    }
    note_change(connection, source)?;
    Ok(saved)
}

/// Whether the store itself has an entry with this id, in whose place no
/// snapshot's is to be taken.
pub(crate) fn is_overridden(connection: &Connection, id: &str) -> Result<bool, StoreError> {
    connection.scalar("SELECT EXISTS (SELECT 1 FROM entries WHERE id = ?1)", [id])
}

/// Hands over every entry of a source that stands in the store itself.
pub(crate) fn each_of_source(
    connection: &Connection,
    source: &str,
    mut take: impl FnMut(ListEntry) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let select = format!("SELECT {ENTRY_COLUMNS} FROM entries WHERE source = ?1");
    connection.each(&select, [source], |row| take(entry_of(row, 0)?))
}

impl Store {
    /// The entry of this id, whoever keeps it.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn list_entry(&self, id: &str) -> Result<Option<ListEntry>, StoreError> {
        self.read_lists(|connection, snapshots| {
            if let Some(stored) = stored_entry(connection, id)? {
                return Ok(Some(stored));
            }
            for snapshot in snapshots {
                if let Some(entry) = snapshot.entry(id)? {
                    return Ok(Some(entry));
                }
            }
            Ok(None)
        })
    }
}

/// The entry with this id.
pub(crate) fn stored_entry(connection: &Connection, id: &str) -> Result<Option<ListEntry>, StoreError> {
    connection
        .row(&format!("SELECT {ENTRY_COLUMNS} FROM entries WHERE id = ?1"), [id], |row| entry_of(row, 0))
}

/// Saves one entry of a source in place of the one with its id. Part of the
/// caller's transaction.
pub(crate) fn save_entry(connection: &Connection, source: &str, entry: &ListEntry) -> Result<(), StoreError> {
    // The keys of the row go with it.
    connection.run("DELETE FROM entries WHERE id = ?1", [&entry.id])?;
    let identifiers: Vec<(&str, &str)> =
        entry.subject_identifiers.iter().map(|id| (id.kind().code(), id.value())).collect();
    let insert = "\
        INSERT INTO entries (id, list, list_name, kind, field, severity, subject_name, name_key,
               identifiers, facts, authority, basis, recognised_on, valid_until, status, ended_on,
               suspended, attributes, particulars, source)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)";
    let row = params![
        entry.id,
        entry.list,
        entry.list_name,
        entry.kind.code(),
        entry.field,
        entry.severity.map(Severity::code),
        entry.subject_name,
        name::key(&entry.subject_name),
        values::pairs_to_sql(&identifiers),
        entry.facts,
        entry.authority,
        entry.basis,
        entry.recognised_on.to_string(),
        entry.valid_until.map(|day| day.to_string()),
        entry.status.code(),
        entry.ended_on.map(|day| day.to_string()),
        entry.suspended,
        values::pairs_to_sql(&entry.attributes),
        particulars_to_sql(&entry.particulars)?,
        source,
    ];
    connection.run(insert, row)?;
    let insert = "INSERT INTO entry_keys (key, entry) VALUES (?1, ?2)";
    let keys = index_keys(&entry.subject_identifiers);
    keys.iter().try_for_each(|key| connection.run(insert, [key.as_str(), &entry.id]))
}

/// The entry in [`ENTRY_COLUMNS`], the first of which is column `first`.
pub(crate) fn entry_of(row: &Row<'_>, first: usize) -> Result<ListEntry, StoreError> {
    let column = |index: usize| first + index;
    let severity = match row.get_ref(column(5))? {
        rusqlite::types::ValueRef::Null => None,
        _ => Some(values::coded(row, column(5), Severity::from_code, "a severity")?),
    };
    Ok(ListEntry {
        id: row.get(column(0))?,
        list: row.get(column(1))?,
        list_name: row.get(column(2))?,
        kind: values::coded(row, column(3), ListKind::from_code, "the kind of a list")?,
        field: row.get(column(4))?,
        severity,
        subject_name: row.get(column(6))?,
        subject_identifiers: identifiers(row, column(7))?,
        facts: row.get(column(8))?,
        authority: row.get(column(9))?,
        basis: row.get(column(10))?,
        recognised_on: values::day(row, column(11))?,
        valid_until: values::optional_day(row, column(12))?,
        status: values::coded(row, column(13), EntryStatus::from_code, "the status of an entry")?,
        ended_on: values::optional_day(row, column(14))?,
        suspended: row.get(column(15))?,
        attributes: values::pairs(row, column(16))?,
        particulars: particulars(row, column(17))?,
    })
}

pub(crate) fn particulars_to_sql(said: &Particulars) -> Result<String, StoreError> {
    if said.is_empty() {
        return Ok(String::new());
    }
    json_column::written("the particulars of an entry", said)
}

fn particulars(row: &Row<'_>, index: usize) -> Result<Particulars, StoreError> {
    let damaged = || StoreError::Damaged { what: "the particulars of an entry" };
    let text = row.get_ref(index)?.as_str().map_err(|_| damaged())?;
    if text.is_empty() {
        return Ok(Particulars::default());
    }
    serde_json::from_str(text).map_err(|_| damaged())
}

fn identifiers(row: &Row<'_>, index: usize) -> Result<Vec<Identifier>, StoreError> {
    let damaged = || StoreError::Damaged { what: "an identifier" };
    values::pairs(row, index)?
        .into_iter()
        .map(|(kind, value)| {
            let kind = IdentifierKind::from_code(&kind).ok_or_else(damaged)?;
            // It was good enough to be imported: only its shape is looked at.
            Identifier::accepted(kind, &value).map_err(|_| damaged())
        })
        .collect()
}
