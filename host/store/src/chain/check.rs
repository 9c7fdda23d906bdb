//! A check as one link: its columns, its measures, and the hash of its record,
//! which covers everything else.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::content::{Content, ContentHash};
use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::values;

/// What the links of checks are called.
pub(crate) const CHECKS: &str = "checks";

/// Columns that repeat what the record says.
pub(crate) const COLUMNS: &[&str] = &[
    "check_id",
    "case_no",
    "department",
    "item",
    "checkpoint",
    "status",
    "outcome",
    "at",
    "caller",
    "idempotency_key",
    "body_hash",
    "release",
];

/// What a check says beside its record, while it is taken in: first the columns,
/// then the measures in their order.
#[derive(Clone, Default)]
pub(crate) struct CheckContent(Content);

impl CheckContent {
    /// Takes in the next of [`COLUMNS`].
    pub(crate) fn columns<'a>(&mut self, values: impl IntoIterator<Item = ValueRef<'a>>) {
        for (column, value) in COLUMNS.iter().zip(values) {
            self.0.value(column, value);
        }
    }

    /// Takes in the next measure.
    pub(crate) fn measure(&mut self, id: &str, particulars: &str) {
        self.0.text("measure", id);
        self.0.text("particulars", particulars);
    }

    /// The whole, with the hash of the record.
    pub(crate) fn finish(mut self, hash: &[u8; 32]) -> ContentHash {
        self.0.blob("hash", hash);
        self.0.finish()
    }
}

/// What is selected of a check: its columns, and its place and hash.
pub(super) fn selected() -> String {
    format!("{}, seq, hash", COLUMNS.join(", "))
}

/// The content of the check in [`selected`], and how many measures it has.
pub(super) fn content_in(connection: &Connection, row: &Row<'_>) -> Result<(ContentHash, i64), StoreError> {
    let mut content = CheckContent::default();
    let values: Vec<ValueRef<'_>> =
        (0..COLUMNS.len()).map(|position| row.get_ref(position)).collect::<Result<_, _>>()?;
    content.columns(values);
    let seq: i64 = row.get(COLUMNS.len())?;
    let select = "SELECT position, id, particulars FROM measures WHERE check_seq = ?1 ORDER BY position";
    let mut count = 0;
    connection.each(select, [seq], |measure| {
        // A place that was left out is no measure of the check.
        if measure.get::<_, i64>(0)? != count {
            content.measure("", "");
        }
        content.measure(&measure.get::<_, String>(1)?, &measure.get::<_, String>(2)?);
        count += 1;
        Ok(())
    })?;
    Ok((content.finish(&values::sha256(row, COLUMNS.len() + 1)?), count))
}

/// Hands over the place and the content of every check, in their order.
pub(super) fn each(
    connection: &Connection,
    mut take: impl FnMut(i64, ContentHash) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    connection.each(&format!("SELECT {} FROM checks ORDER BY seq", selected()), [], |row| {
        take(row.get(COLUMNS.len())?, content_in(connection, row)?.0)
    })
}
