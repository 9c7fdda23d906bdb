//! The past of a binding: which checks it made, and their records, in pages that
//! several workers read beside each other.

use std::num::NonZeroU64;

use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

/// Rows looked through in one read: a longer read transaction would keep the log
/// from being folded into the database.
const ROWS_AT_ONCE: i64 = 10_000;
/// Single rows looked up in one read, for the same reason.
pub(crate) const REPORT_PAGE: usize = 1_000;

/// Which checks of the past are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastChecks {
    /// Department code of the binding.
    pub department: String,
    /// Item code of the binding.
    pub item: String,
    /// Checkpoint of the binding.
    pub checkpoint: String,
    /// Only checks from this instant on.
    pub since: Option<Timestamp>,
    /// Only checks before this instant.
    pub before: Option<Timestamp>,
    /// At most so many, spread evenly over all the others.
    pub sample: Option<NonZeroU64>,
}

impl Store {
    /// Places of these checks in the ledger, oldest first; the same ones again as
    /// long as no check is added. Blocks: a million checks take a second, those
    /// of other bindings included, and eight bytes of memory each.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn past_checks(&self, wanted: &PastChecks) -> Result<Vec<i64>, StoreError> {
        let mut found = Vec::new();
        self.each_page(|connection, places| look_through(connection, wanted, places, &mut found))?;
        Ok(match wanted.sample {
            None => found,
            Some(size) => spread(&found, size.get()),
        })
    }

    /// Runs `work` over the whole ledger, page by page: on the places after the
    /// first up to the second, each page in a read of its own.
    pub(crate) fn each_page(
        &self,
        mut work: impl FnMut(&Connection, (i64, i64)) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let last = self.read(last_seq)?;
        let mut from = 0;
        while from < last {
            let to = from.saturating_add(ROWS_AT_ONCE).min(last);
            self.read(|connection| work(connection, (from, to)))?;
            from = to;
        }
        Ok(())
    }

    /// The records at these places, in this order, as they were hashed. A place
    /// without a check has none. They hold identity numbers.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn records_at(&self, places: &[i64]) -> Result<Vec<String>, StoreError> {
        self.read(|connection| {
            let record = |seq| connection.value("SELECT record FROM checks WHERE seq = ?1", [seq]);
            places.iter().filter_map(|seq| record(seq).transpose()).collect()
        })
    }
}

fn last_seq(connection: &Connection) -> Result<i64, StoreError> {
    connection.scalar("SELECT coalesce(max(seq), 0) FROM checks", [])
}

/// Adds the wanted checks after the first place up to the second.
fn look_through(
    connection: &Connection,
    wanted: &PastChecks,
    (from, to): (i64, i64),
    found: &mut Vec<i64>,
) -> Result<(), StoreError> {
    let select = "SELECT seq FROM checks
                  WHERE seq > ?1 AND seq <= ?2 AND department = ?3 AND item = ?4 AND checkpoint = ?5
                        AND at >= ?6 AND at < ?7
                  ORDER BY seq";
    let parameters = params![
        from,
        to,
        wanted.department,
        wanted.item,
        wanted.checkpoint,
        wanted.since.map_or(i64::MIN, values::instant_to_sql),
        wanted.before.map_or(i64::MAX, values::instant_to_sql),
    ];
    found.extend(connection.column::<i64>(select, parameters)?);
    Ok(())
}

/// `size` of all, evenly spread, the first always among them.
fn spread(all: &[i64], size: u64) -> Vec<i64> {
    let count = all.len() as u64;
    if size >= count {
        return all.to_vec();
    }
    // 128 bits: the product of two counts may need them.
    let index = |turn: u64| u128::from(turn) * u128::from(count) / u128::from(size);
    (0..size).filter_map(|turn| all.get(usize::try_from(index(turn)).ok()?).copied()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use creditgate_gate::CheckRecord;
    use creditgate_gate::ports::Ledger;
    use jiff::ToSpan;
    use tempfile::TempDir;

    use super::*;
    use crate::samples::{at, record};

    fn wanted() -> PastChecks {
        PastChecks {
            department: "market-regulation".to_owned(),
            item: "food-licence".to_owned(),
            checkpoint: "review".to_owned(),
            since: None,
            before: None,
            sample: None,
        }
    }

    fn hours_later(mut record: CheckRecord, hours: i64) -> CheckRecord {
        record.inputs.at = record.inputs.at.checked_add(hours.hours()).unwrap();
        record
    }

    /// Ten checks of the binding, an hour apart, and one of another item between.
    async fn store() -> (Store, TempDir) {
        let (store, directory) = Store::temporary();
        for hour in 0..10 {
            let check = hours_later(record(&format!("c{hour}")), hour);
            store.append(Arc::new(check)).await.unwrap();
            if hour == 4 {
                let mut other = record("other");
                Arc::make_mut(&mut other.inputs.application).item = "another-item".to_owned();
                store.append(Arc::new(other)).await.unwrap();
            }
        }
        (store, directory)
    }

    #[tokio::test]
    async fn the_checks_of_a_binding_are_found_by_time_and_as_a_sample() {
        let (store, _directory) = store().await;
        let found = |wanted: PastChecks| store.past_checks(&wanted).unwrap();
        let all = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11];
        assert_eq!(found(wanted()), all);
        let hour = |hours: i64| Some(at().checked_add(hours.hours()).unwrap());
        assert_eq!(found(PastChecks { since: hour(8), ..wanted() }), [10, 11]);
        assert_eq!(found(PastChecks { before: hour(2), ..wanted() }), [1, 2]);
        assert_eq!(found(PastChecks { since: hour(3), before: hour(5), ..wanted() }), [4, 5]);
        let sample = |size| found(PastChecks { sample: NonZeroU64::new(size), ..wanted() });
        assert_eq!(sample(5), [1, 3, 5, 8, 10]);
        assert_eq!(sample(3), [1, 4, 8]);
        assert_eq!(sample(10), all);
        assert_eq!(sample(u64::MAX), all);
        assert_eq!(found(PastChecks { item: "no-item".to_owned(), ..wanted() }), [0_i64; 0]);
    }

    #[tokio::test]
    async fn records_come_in_the_order_of_the_places() {
        let (store, _directory) = store().await;
        let records = store.records_at(&[3, 1, 99]).unwrap();
        let expected = ["c2", "c0"].map(|id| store.record(id).unwrap().unwrap());
        assert_eq!(records, expected);
    }
}
