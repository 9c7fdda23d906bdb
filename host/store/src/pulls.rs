//! How far each pull of lists came. The mark moves in the same transaction that
//! saves the entries: after a crash a pull goes on where it was, and nothing is
//! missing in between.

use creditgate_credit::entry::ListEntry;
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::json_column::Saved;
use crate::lists::save_each;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::trail;
use crate::values;

const COLUMNS: &str = "name, mark, tried_at, done_at, failures, last_error, received";

/// How a pull stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullState {
    /// Its name in the configuration.
    pub name: String,
    /// The newest change that was taken in, by the platform's clock.
    pub mark: Option<Timestamp>,
    /// When it last ran.
    pub tried_at: Timestamp,
    /// When it last succeeded.
    pub done_at: Option<Timestamp>,
    /// Failures since then.
    pub failures: u32,
    /// Why it failed.
    pub last_error: Option<String>,
    /// Entries received in all.
    pub received: u64,
}

/// What a pull brought.
#[derive(Debug, Clone)]
pub struct PullBatch {
    /// Its name.
    pub name: String,
    /// The source its entries are of.
    pub source: String,
    /// New and changed entries.
    pub entries: Vec<ListEntry>,
    /// How far the next pull may begin; as before when absent.
    pub mark: Option<Timestamp>,
    /// What was wrong with a part of it; a pull with an error counts as failed.
    pub error: Option<String>,
}

impl Store {
    /// How a pull stands; none before it first ran.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn pull(&self, name: &str) -> Result<Option<PullState>, StoreError> {
        self.read(|connection| {
            let select = format!("SELECT {COLUMNS} FROM pulls WHERE name = ?1");
            connection.row(&select, [name], state_of)
        })
    }

    /// Saves what a pull brought and moves its mark, both or neither.
    ///
    /// # Errors
    /// When nothing could be kept.
    pub async fn save_pull(&self, batch: PullBatch, at: Timestamp) -> Result<Saved, StoreError> {
        self.write_lists(move |connection, snapshots| {
            let saved = if batch.entries.is_empty() {
                Saved::default()
            } else {
                save_each(connection, snapshots, &batch.source, &batch.entries)?
            };
            let received = i64::try_from(batch.entries.len()).unwrap_or(i64::MAX);
            note(connection, &batch.name, batch.mark, batch.error.as_deref(), received, at)?;
            trail::says(&*batch.name, format!("{} new, {} changed", saved.added, saved.changed));
            Ok(saved)
        })
        .await
    }

    /// Notes that a pull brought nothing that could be relied on.
    ///
    /// # Errors
    /// When that could not be kept.
    pub async fn pull_failed(&self, name: String, error: String, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            trail::says(&*name, "it failed");
            note(connection, &name, None, Some(&error), 0, at)
        })
        .await
    }
}

fn note(
    connection: &Connection,
    name: &str,
    mark: Option<Timestamp>,
    error: Option<&str>,
    received: i64,
    at: Timestamp,
) -> Result<(), StoreError> {
    let at = values::instant_to_sql(at);
    let insert = "INSERT INTO pulls (name, mark, tried_at, done_at, failures, last_error, received)
                  VALUES (?1, ?2, ?3, iif(?4 IS NULL, ?3, NULL), iif(?4 IS NULL, 0, 1), ?4, ?5)
                  ON CONFLICT (name) DO UPDATE SET
                      mark = coalesce(excluded.mark, mark),
                      tried_at = excluded.tried_at,
                      done_at = coalesce(excluded.done_at, done_at),
                      failures = iif(excluded.failures = 0, 0, failures + 1),
                      last_error = excluded.last_error,
                      received = received + excluded.received";
    connection.run(insert, params![name, mark.map(values::instant_to_sql), at, error, received])
}

fn state_of(row: &Row<'_>) -> Result<PullState, StoreError> {
    Ok(PullState {
        name: row.get(0)?,
        mark: values::optional_instant(row, 1)?,
        tried_at: values::instant(row, 2)?,
        done_at: values::optional_instant(row, 3)?,
        failures: row.get(4)?,
        last_error: row.get(5)?,
        received: row.get::<_, i64>(6)?.unsigned_abs(),
    })
}

#[cfg(test)]
mod tests {
    use creditgate_gate::ports::CreditSource as _;

    use super::*;
    use crate::samples::{COMPANY, entry, party};

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_786_089_600 + second).unwrap()
    }

    fn batch(ids: &[&str], mark: Option<Timestamp>, error: Option<&str>) -> PullBatch {
        PullBatch {
            name: "city".to_owned(),
            source: "city-credit".to_owned(),
            entries: ids.iter().map(|id| entry(id, "示例公司", &[COMPANY])).collect(),
            mark,
            error: error.map(str::to_owned),
        }
    }

    #[tokio::test]
    async fn r118_the_mark_moves_with_the_entries_and_never_back() {
        let (store, _directory) = Store::temporary();
        assert_eq!(store.pull("city").unwrap(), None);
        let saved = store.save_pull(batch(&["a", "b"], Some(at(10)), None), at(100)).await.unwrap();
        assert_eq!(saved.added, 2);
        let state = store.pull("city").unwrap().unwrap();
        assert_eq!((state.mark, state.done_at, state.failures), (Some(at(10)), Some(at(100)), 0));

        store.save_pull(batch(&["c"], None, Some("record 2: facts")), at(200)).await.unwrap();
        store.pull_failed("city".to_owned(), "down".to_owned(), at(300)).await.unwrap();
        let state = store.pull("city").unwrap().unwrap();
        assert_eq!((state.mark, state.done_at, state.tried_at), (Some(at(10)), Some(at(100)), at(300)));
        assert_eq!((state.failures, state.last_error.as_deref(), state.received), (2, Some("down"), 3));

        store.save_pull(batch(&[], Some(at(20)), None), at(400)).await.unwrap();
        let state = store.pull("city").unwrap().unwrap();
        assert_eq!((state.mark, state.failures, state.last_error), (Some(at(20)), 0, None));
        let evidence = store.evidence(&[party("p", "示例公司", &[COMPANY])]).await.unwrap();
        assert_eq!(evidence[0].by_identifier.len(), 3, "what could be read of a bad batch is kept");
    }
}
