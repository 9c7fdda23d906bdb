//! Counts over the ledger, the commitments, the outbox and the disputes: what monthly and
//! half-yearly reports are made of (R108 to R110).

mod disputes;

use std::collections::BTreeMap;

use jiff::civil::Date;
use rusqlite::{Row, params};

use crate::coverage::ReportSpan;
use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;

pub use disputes::{ObjectionCounts, RepairCounts};

/// Department, item and what is counted.
pub type Counts = BTreeMap<(String, String, Vec<String>), u64>;

impl Store {
    /// Checks by department and item; what is counted is checkpoint, status and
    /// outcome. Blocks: a million checks take a second.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn count_checks(&self, span: &ReportSpan) -> Result<Counts, StoreError> {
        self.count(
            span,
            "SELECT department, item, count(*), checkpoint, status, outcome FROM checks
             WHERE seq > ?1 AND seq <= ?2 AND at >= ?3 AND at < ?4 AND (?5 IS NULL OR department = ?5)
             GROUP BY department, item, checkpoint, status, outcome",
        )
    }

    /// Checks that found effective entries, by department and item; what is
    /// counted is the list and its family. A check with several entries of a list
    /// counts once. Blocks: it reads the records of these checks.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn count_hits(&self, span: &ReportSpan) -> Result<Counts, StoreError> {
        self.count(
            span,
            "SELECT department, item, count(DISTINCT seq), held.value ->> '$.list', held.value ->> '$.kind'
             FROM checks CROSS JOIN check_entries ON check_seq = seq AND effective
                  CROSS JOIN json_each(record, '$.dossier.parties') AS party
                  CROSS JOIN json_each(party.value, '$.history') AS held
             WHERE seq > ?1 AND seq <= ?2 AND at >= ?3 AND at < ?4 AND (?5 IS NULL OR department = ?5)
                   AND status = 'hit' AND held.value ->> '$.id' = entry
             GROUP BY department, item, held.value ->> '$.list', held.value ->> '$.kind'",
        )
    }

    /// Commitments made on these days, by department and item; what is counted is
    /// their state.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn count_commitments(&self, since: Date, until: Date) -> Result<Counts, StoreError> {
        self.read(|connection| {
            let mut counts = Counts::new();
            let select = "\
                SELECT department, item, count(*), state FROM commitments WHERE made_on BETWEEN ?1 AND ?2
                GROUP BY department, item, state";
            let days = [since.to_string(), until.to_string()];
            connection.each(select, days, |row| add(&mut counts, row))?;
            Ok(counts)
        })
    }

    /// Messages to the platform queued in this span, by their state, and how many
    /// of them each further level has.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn count_feedback(&self, span: &ReportSpan) -> Result<Vec<(String, u64)>, StoreError> {
        self.read(|connection| {
            let select = "\
                SELECT state, count(*) FROM outbox WHERE created_at >= ?1 AND created_at < ?2 GROUP BY state
                UNION ALL
                SELECT level, count(*) FROM feedback_acknowledgements CROSS JOIN outbox ON outbox.id = feedback
                WHERE created_at >= ?1 AND created_at < ?2 GROUP BY level";
            connection.rows(select, span.bounds(), |row| {
                Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
            })
        })
    }

    fn count(&self, span: &ReportSpan, sql: &'static str) -> Result<Counts, StoreError> {
        let mut counts = Counts::new();
        let (since, before) = span.bounds();
        self.each_page(|connection, (from, to)| {
            let parameters = params![from, to, since, before, span.department];
            connection.each(sql, parameters, |row| add(&mut counts, row))
        })?;
        Ok(counts)
    }
}

/// Adds a row of department, item, count, and what is counted.
fn add(counts: &mut Counts, row: &Row<'_>) -> Result<(), StoreError> {
    let columns = row.as_ref().column_count();
    let what = (3..columns).map(|column| row.get(column)).collect::<Result<Vec<String>, _>>()?;
    *counts.entry((row.get(0)?, row.get(1)?, what)).or_default() += row.get::<_, i64>(2)?.unsigned_abs();
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use creditgate_gate::ports::Ledger;

    use super::*;
    use crate::samples::{at, record, with_commitment};

    #[tokio::test]
    async fn r108_checks_hits_commitments_and_feedback_are_counted() {
        let (store, _directory) = Store::temporary();
        for record in [record("c1"), record("c2"), with_commitment(record("c3"))] {
            store.append(Arc::new(record)).await.unwrap();
        }
        let all = ReportSpan::default();
        let checks = store.count_checks(&all).unwrap();
        assert_eq!(checks.values().sum::<u64>(), 3);
        assert_eq!(checks.len(), 2, "two outcomes: {checks:?}");
        let hits = store.count_hits(&all).unwrap();
        let (place, count) = hits.first_key_value().unwrap();
        assert_eq!((place.0.as_str(), place.2.len(), *count), ("market-regulation", 2, 3));
        assert_eq!(store.count_checks(&ReportSpan { before: Some(at()), ..all.clone() }).unwrap().len(), 0);
        let commitments = store.count_commitments(Date::MIN, Date::MAX).unwrap();
        assert_eq!(commitments.values().sum::<u64>(), 1);
        assert_eq!(store.count_feedback(&all).unwrap(), [("pending".to_owned(), 3)]);
    }
}
