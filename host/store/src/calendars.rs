//! Tables of working days that were imported, and every calendar that was in
//! force: records name it, and are run again under it.

use creditgate_credit::calendar::{WorkingCalendar, YearTable};
use jiff::Timestamp;
use rusqlite::params;

use crate::error::StoreError;
use crate::store::Store;
use crate::values;

/// A table that was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedTable {
    /// The table.
    pub table: YearTable,
    /// When.
    pub at: Timestamp,
    /// Key id of who did it.
    pub actor: String,
}

const DAMAGED: StoreError = StoreError::Damaged { what: "a table of working days" };

impl Store {
    /// Every table that was imported, in that order: of two for a year the later
    /// counts.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn calendar_tables(&self) -> Result<Vec<ImportedTable>, StoreError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT document, at, actor FROM calendar_tables ORDER BY seq")?;
            let mut rows = statement.query([])?;
            let mut tables = Vec::new();
            while let Some(row) = rows.next()? {
                let document: String = row.get(0)?;
                let table = YearTable::parse(&document).map_err(|_| DAMAGED)?;
                tables.push(ImportedTable { table, at: values::instant(row, 1)?, actor: row.get(2)? });
            }
            Ok(tables)
        })
    }

    /// Keeps a table that was imported.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn save_calendar_table(&self, imported: ImportedTable) -> Result<(), StoreError> {
        self.write(move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO calendar_tables (year, document, at, actor) VALUES (?1, ?2, ?3, ?4)",
                )?
                .execute(params![
                    imported.table.year(),
                    imported.table.to_string(),
                    values::instant_to_sql(imported.at),
                    imported.actor,
                ])?;
            Ok(())
        })
        .await
    }

    /// Every calendar that was in force, under the edition that names it.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn calendars(&self) -> Result<Vec<(String, WorkingCalendar)>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached("SELECT edition, document FROM calendars")?;
            let mut rows = statement.query([])?;
            let mut calendars = Vec::new();
            while let Some(row) = rows.next()? {
                let document: String = row.get(1)?;
                let tables: Vec<String> = serde_json::from_str(&document).map_err(|_| DAMAGED)?;
                let tables: Result<Vec<YearTable>, _> =
                    tables.iter().map(|table| YearTable::parse(table)).collect();
                calendars.push((row.get(0)?, WorkingCalendar::new(tables.map_err(|_| DAMAGED)?)));
            }
            Ok(calendars)
        })
    }

    /// Keeps a calendar that comes into force under its edition.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn keep_calendar(&self, edition: String, calendar: &WorkingCalendar) -> Result<(), StoreError> {
        let tables: Vec<String> = calendar.tables().map(ToString::to_string).collect();
        let document = serde_json::json!(tables).to_string();
        self.write(move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO calendars (edition, document) VALUES (?1, ?2)
                     ON CONFLICT (edition) DO NOTHING",
                )?
                .execute([&edition, &document])?;
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::at;
    use crate::store::StoreOptions;

    #[tokio::test]
    async fn tables_and_calendars_are_read_back_as_they_were() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("store.db"), &StoreOptions::default()).unwrap();
        let text = "year 2027\nstatus provisional\nnotice test\noff 2027-01-01..2027-01-03\nwork 2027-01-09";
        let table = YearTable::parse(text).unwrap();
        let imported = ImportedTable { table: table.clone(), at: at(), actor: "k1".to_owned() };
        store.save_calendar_table(imported.clone()).await.unwrap();
        assert_eq!(store.calendar_tables().unwrap(), [imported]);
        let calendar = WorkingCalendar::builtin().with_table(table);
        for _ in 0..2 {
            store.keep_calendar("2027/1".to_owned(), &calendar).await.unwrap();
        }
        assert_eq!(store.calendars().unwrap(), [("2027/1".to_owned(), calendar)]);
    }
}
