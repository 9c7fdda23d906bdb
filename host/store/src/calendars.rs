//! Tables of working days that were imported, and every calendar that was in
//! force: records name it, and are run again under it.

use creditgate_credit::calendar::{WorkingCalendar, YearTable, local_date};
use creditgate_gate::event::Event;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::duties::{self, StoredDuty};
use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::trail;
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
            connection.rows("SELECT document, at, actor FROM calendar_tables ORDER BY seq", [], |row| {
                let document: String = row.get(0)?;
                let table = YearTable::parse(&document).map_err(|_| DAMAGED)?;
                Ok(ImportedTable { table, at: values::instant(row, 1)?, actor: row.get(2)? })
            })
        })
    }

    /// Keeps a table that was imported and the calendar it makes, under the edition
    /// that names it, and counts provisional last days anew by it, each with the
    /// event `event_of` makes of it. Gives back how many moved.
    ///
    /// # Errors
    /// When nothing could be kept.
    pub async fn import_calendar_table(
        &self,
        imported: ImportedTable,
        edition: String,
        calendar: WorkingCalendar,
        event_of: impl Fn(&StoredDuty) -> Event + Send + 'static,
    ) -> Result<usize, StoreError> {
        self.write(move |connection| {
            keep(connection, &edition, &calendar)?;
            let insert = "INSERT INTO calendar_tables (year, document, at, actor) VALUES (?1, ?2, ?3, ?4)";
            let row = params![
                imported.table.year(),
                imported.table.to_string(),
                values::instant_to_sql(imported.at),
                imported.actor,
            ];
            connection.run(insert, row)?;
            let moved = duties::recount(connection, &calendar, local_date(imported.at), event_of)?;
            let (year, status) = (imported.table.year(), imported.table.status().code());
            let detail = format!("{status}, calendar {edition}, {moved} last days moved");
            trail::says(year.to_string(), detail);
            Ok(moved)
        })
        .await
    }

    /// Every calendar that was in force, under the edition that names it.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn calendars(&self) -> Result<Vec<(String, WorkingCalendar)>, StoreError> {
        self.read(|connection| {
            connection.rows("SELECT edition, document FROM calendars", [], |row| {
                let document: String = row.get(1)?;
                let tables: Vec<String> = serde_json::from_str(&document).map_err(|_| DAMAGED)?;
                let tables: Result<Vec<YearTable>, _> =
                    tables.iter().map(|table| YearTable::parse(table)).collect();
                Ok((row.get(0)?, WorkingCalendar::new(tables.map_err(|_| DAMAGED)?)))
            })
        })
    }

    /// Keeps a calendar that comes into force under its edition.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn keep_calendar(&self, edition: String, calendar: &WorkingCalendar) -> Result<(), StoreError> {
        let calendar = calendar.clone();
        self.write(move |connection| keep(connection, &edition, &calendar)).await
    }
}

fn keep(connection: &Connection, edition: &str, calendar: &WorkingCalendar) -> Result<(), StoreError> {
    let tables: Vec<String> = calendar.tables().map(ToString::to_string).collect();
    let insert = "INSERT INTO calendars (edition, document) VALUES (?1, ?2) ON CONFLICT (edition) DO NOTHING";
    connection.run(insert, [edition, &serde_json::json!(tables).to_string()])
}

#[cfg(test)]
mod tests {
    use creditgate_gate::event::DUTY_MOVED;

    use super::*;
    use crate::samples::at;

    #[tokio::test]
    async fn tables_and_calendars_are_read_back_as_they_were() {
        let (store, _directory) = Store::temporary();
        let text = "year 2027\nstatus provisional\nnotice test\noff 2027-01-01..2027-01-03\nwork 2027-01-09";
        let table = YearTable::parse(text).unwrap();
        let imported = ImportedTable { table: table.clone(), at: at(), actor: "k1".to_owned() };
        let calendar = WorkingCalendar::builtin().with_table(table);
        let moved = |duty: &StoredDuty| Event::new(DUTY_MOVED, at(), "host", &duty.duty.subject);
        let import = (imported.clone(), "2027/1".to_owned(), calendar.clone());
        assert_eq!(store.import_calendar_table(import.0, import.1, import.2, moved).await.unwrap(), 0);
        assert_eq!(store.calendar_tables().unwrap(), [imported]);
        for _ in 0..2 {
            store.keep_calendar("2027/1".to_owned(), &calendar).await.unwrap();
        }
        assert_eq!(store.calendars().unwrap(), [("2027/1".to_owned(), calendar)]);
    }
}
