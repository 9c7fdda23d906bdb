//! Which rows the chain holds: those of every table but the ones named here, by
//! the columns the tables have. A table that is added is in the chain without
//! anybody saying so.

use rusqlite::{Connection, Row};

use super::content::{Content, ContentHash};
use crate::error::StoreError;
use crate::statements::Statements as _;

/// Tables whose rows are in the chain in another way: a check with its measures,
/// entries and subjects is one link (`check`).
const OF_A_CHECK: &[&str] = &["checks", "measures", "check_entries", "check_subjects"];

/// Tables that hold nothing that was said, decided or done: how far work has come,
/// and the chain itself.
const WORKING: &[&str] =
    &["chain", "chain_head", "chain_tables", "latest_day", "list_generation", "probe", "pulls"];

/// Columns that say how far work has come, as tries of a delivery.
const WORKING_COLUMNS: &[(&str, &[&str])] = &[
    ("events", &["state", "attempts", "next_at", "last_error", "delivered_at"]),
    ("list_sources", &["changes"]),
    ("outbox", &["attempts", "next_at", "last_error"]),
];

/// The rows of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Kind {
    /// The table.
    pub(crate) table: String,
    /// The columns that name a row.
    key: Vec<String>,
    /// The columns that count, in the table's order.
    columns: Vec<String>,
}

/// The kinds a store has, by their tables.
pub(crate) fn of_store(connection: &Connection) -> Result<Vec<Kind>, StoreError> {
    let tables = "SELECT name FROM sqlite_schema
                  WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";
    let tables: Vec<String> = connection.column(tables, [])?;
    let held = |table: &String| !is_of_a_check(table) && !WORKING.contains(&&**table);
    tables.into_iter().filter(held).map(|table| Kind::of(connection, table)).collect()
}

/// Whether the rows of this table are held against the records of their checks. Links
/// of their own, which an earlier host gave some of them, say nothing more.
pub(super) fn is_of_a_check(table: &str) -> bool {
    OF_A_CHECK.contains(&table)
}

impl Kind {
    fn of(connection: &Connection, table: String) -> Result<Self, StoreError> {
        let working =
            WORKING_COLUMNS.iter().find(|(of, _)| *of == table).map_or(&[][..], |(_, columns)| columns);
        let select = "SELECT name, pk FROM pragma_table_info(?1) ORDER BY cid";
        let (mut key, mut columns) = (Vec::new(), Vec::new());
        connection.each(select, [&table], |row| {
            let (name, place): (String, i64) = (row.get(0)?, row.get(1)?);
            if place > 0 {
                key.push((place, name));
            } else if !working.contains(&&*name) {
                columns.push(name);
            }
            Ok(())
        })?;
        key.sort_unstable();
        let mut key: Vec<String> = key.into_iter().map(|(_, name)| name).collect();
        if key.is_empty() {
            key.push("rowid".to_owned());
        }
        Ok(Self { table, key, columns })
    }

    /// Says what is hashed: other columns make other hashes.
    pub(crate) fn form(&self) -> String {
        format!("{} | {}", self.key.join(" "), self.columns.join(" "))
    }

    /// SQL that has every change of a row noted by `chain_note`, on this connection
    /// alone.
    pub(super) fn triggers(&self, number: usize) -> String {
        let table = quoted(&self.table);
        let contents = |row: &str| {
            let columns = self.columns.iter().map(|column| format!(", {row}.{}", quoted(column)));
            columns.collect::<String>()
        };
        let (new, old) = (self.reference("new."), self.reference("old."));
        let written = format!("SELECT chain_note({number}, {new}{});", contents("new"));
        let changed: Vec<String> = self.columns.iter().map(|column| quoted(column)).collect();
        let mut sql = format!(
            "CREATE TEMP TRIGGER chain_{number}_insert AFTER INSERT ON main.{table} BEGIN {written} END;
             CREATE TEMP TRIGGER chain_{number}_delete AFTER DELETE ON main.{table}
             BEGIN SELECT chain_gone({number}, {old}); END;"
        );
        if !changed.is_empty() {
            sql.push_str(&format!(
                "CREATE TEMP TRIGGER chain_{number}_update AFTER UPDATE OF {} ON main.{table} BEGIN {written} END;",
                changed.join(", ")
            ));
        }
        sql
    }

    /// The hash of a row, from its values in the order of the columns.
    pub(super) fn content<'a>(
        &self,
        mut value: impl FnMut(usize) -> rusqlite::Result<rusqlite::types::ValueRef<'a>>,
    ) -> rusqlite::Result<ContentHash> {
        let mut content = Content::default();
        for (position, column) in self.columns.iter().enumerate() {
            content.value(column, value(position)?);
        }
        Ok(content.finish())
    }

    /// The hash of the row of this name; none where there is no such row.
    pub(super) fn content_of(
        &self,
        connection: &Connection,
        reference: &str,
    ) -> Result<Option<ContentHash>, StoreError> {
        let named: Vec<String> = match &*self.key {
            [key] => vec![format!("{} = ?1", quoted(key))],
            keys => keys
                .iter()
                .enumerate()
                .map(|(place, key)| format!("{} = ?1 ->> '$[{place}]'", quoted(key)))
                .collect(),
        };
        let select = format!(
            "SELECT {} FROM main.{} WHERE {}",
            self.selected(),
            quoted(&self.table),
            named.join(" AND ")
        );
        connection.row(&select, [reference], |row| self.content_in(row))
    }

    /// Hands over the name and the hash of every row, in the order of their names.
    pub(super) fn each(
        &self,
        connection: &Connection,
        mut take: impl FnMut(String, ContentHash) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let keys: Vec<String> = self.key.iter().map(|key| quoted(key)).collect();
        let select = format!(
            "SELECT {}, CAST({} AS TEXT) FROM main.{} ORDER BY {}",
            self.selected(),
            self.reference(""),
            quoted(&self.table),
            keys.join(", ")
        );
        let mut statement = connection.prepare(&select)?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            take(row.get(self.columns.len().max(1))?, self.content_in(row)?)?;
        }
        Ok(())
    }

    /// How many rows there are.
    pub(super) fn count(&self, connection: &Connection) -> Result<i64, StoreError> {
        let select = format!("SELECT count(*) FROM main.{}", quoted(&self.table));
        Ok(connection.prepare(&select)?.query_row([], |row| row.get(0))?)
    }

    fn content_in(&self, row: &Row<'_>) -> Result<ContentHash, StoreError> {
        Ok(self.content(|position| row.get_ref(position))?)
    }

    /// The columns, and something where there are none.
    fn selected(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(|column| quoted(column)).collect();
        if columns.is_empty() { "NULL".to_owned() } else { columns.join(", ") }
    }

    /// The name of a row as SQL.
    fn reference(&self, row: &str) -> String {
        match &*self.key {
            [key] => format!("{row}{}", quoted(key)),
            keys => {
                let keys: Vec<String> = keys.iter().map(|key| format!("{row}{}", quoted(key))).collect();
                format!("json_array({})", keys.join(", "))
            }
        }
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
