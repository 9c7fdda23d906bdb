//! Reports of finished backtests.

use creditgate_gate::event::{self, Event};
use jiff::Timestamp;
use rusqlite::{Row, params};
use sha2::{Digest as _, Sha256};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::{trail, values};

/// A backtest that came to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FinishedBacktest {
    /// Its id.
    pub id: String,
    /// Id of the binding on whose past checks it ran.
    pub binding: String,
    /// `sha256:<hex>` of the candidate.
    pub digest: String,
    /// The complete settings the candidate ran under: a JSON object in text, with
    /// its names in order.
    pub settings: String,
    /// When it ended.
    pub made_at: Timestamp,
    /// Key id of who asked for it.
    pub made_by: String,
    /// The report without its cases, in wire form.
    pub summary: String,
}

const COLUMNS: &str = "id, binding, digest, settings, made_at, made_by, summary";

impl Store {
    /// Keeps the report of a finished backtest, in wire form, and tells of it.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn save_backtest(&self, backtest: FinishedBacktest, report: String) -> Result<(), StoreError> {
        self.write(move |connection| {
            let insert = "\
                INSERT INTO backtests (id, binding, digest, settings, settings_hash, made_at, made_by,
                       summary, report)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            let row = params![
                backtest.id,
                backtest.binding,
                backtest.digest,
                backtest.settings,
                hash(&backtest.settings),
                values::instant_to_sql(backtest.made_at),
                backtest.made_by,
                backtest.summary,
                report,
            ];
            connection.run(insert, row)?;
            trail::tells_within(
                Event::new(event::BACKTEST_DONE, backtest.made_at, &backtest.made_by, &backtest.binding)
                    .with("backtest", &*backtest.id)
                    .with("digest", &*backtest.digest),
            );
            Ok(())
        })
        .await
    }

    /// The finished backtest with this id, and its report in wire form.
    ///
    /// # Errors
    /// When the reports cannot be read.
    pub fn backtest(&self, id: &str) -> Result<Option<(FinishedBacktest, String)>, StoreError> {
        self.read(|connection| {
            connection.row(&format!("SELECT {COLUMNS}, report FROM backtests WHERE id = ?1"), [id], |row| {
                Ok((finished(row)?, row.get(7)?))
            })
        })
    }

    /// At most `limit` finished backtests, newest first, behind the one with this id.
    ///
    /// # Errors
    /// When the reports cannot be read.
    pub fn backtests(&self, after: Option<&str>, limit: u32) -> Result<Vec<FinishedBacktest>, StoreError> {
        self.read(|connection| {
            let select = format!(
                "SELECT {COLUMNS} FROM backtests
                 WHERE ?1 IS NULL OR (made_at, id) < (SELECT made_at, id FROM backtests WHERE id = ?1)
                 ORDER BY made_at DESC, id DESC LIMIT ?2"
            );
            connection.rows(&select, params![after, limit], finished)
        })
    }

    /// The last backtest of a component under these complete settings on the
    /// whole past of a binding: its id, and when it ended. One of a sample or a
    /// span of days says too little to count.
    ///
    /// # Errors
    /// When the reports cannot be read.
    pub fn latest_backtest(
        &self,
        binding: &str,
        digest: &str,
        settings: &str,
    ) -> Result<Option<(String, Timestamp)>, StoreError> {
        self.read(|connection| {
            let select = "SELECT id, made_at FROM backtests
                          WHERE binding = ?1 AND digest = ?2 AND settings_hash = ?3
                                AND summary ->> '$.sample' IS NULL AND summary ->> '$.since' IS NULL
                                AND summary ->> '$.until' IS NULL
                          ORDER BY made_at DESC, id DESC LIMIT 1";
            connection.row(select, params![binding, digest, hash(settings)], |row| {
                Ok((row.get(0)?, values::instant(row, 1)?))
            })
        })
    }
}

fn hash(settings: &str) -> [u8; 32] {
    Sha256::digest(settings).into()
}

fn finished(row: &Row<'_>) -> Result<FinishedBacktest, StoreError> {
    Ok(FinishedBacktest {
        id: row.get(0)?,
        binding: row.get(1)?,
        digest: row.get(2)?,
        settings: row.get(3)?,
        made_at: values::instant(row, 4)?,
        made_by: row.get(5)?,
        summary: row.get(6)?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;

    use super::*;
    use crate::samples::at;

    fn backtest(id: &str, settings: &str, hours: i64) -> FinishedBacktest {
        FinishedBacktest {
            id: id.to_owned(),
            binding: "b".to_owned(),
            digest: "sha256:00".to_owned(),
            settings: settings.to_owned(),
            made_at: at().checked_add(hours.hours()).unwrap(),
            made_by: "k1".to_owned(),
            summary: "{}".to_owned(),
        }
    }

    #[tokio::test]
    async fn the_last_backtest_counts_for_the_very_settings_it_ran_under() {
        let (store, _directory) = Store::temporary();
        let saved = [backtest("a", "{}", 0), backtest("b", "{}", 2), backtest("c", r#"{"x":1}"#, 1)];
        for backtest in &saved {
            store.save_backtest(backtest.clone(), format!("report {}", backtest.id)).await.unwrap();
        }
        let latest = |digest: &str, settings: &str| {
            store.latest_backtest("b", digest, settings).unwrap().map(|(id, _)| id)
        };
        assert_eq!(latest("sha256:00", "{}").as_deref(), Some("b"));
        assert_eq!(latest("sha256:00", r#"{"x":1}"#).as_deref(), Some("c"));
        assert_eq!(latest("sha256:00", r#"{"x":2}"#), None);
        assert_eq!(latest("sha256:01", "{}"), None);
        assert_eq!(store.backtest("c").unwrap(), Some((saved[2].clone(), "report c".to_owned())));
        assert_eq!(store.backtest("d").unwrap(), None);
        let newest = store.backtests(None, 2).unwrap();
        assert_eq!(newest, [saved[1].clone(), saved[2].clone()]);
    }
}
