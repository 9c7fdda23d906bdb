//! Which checks a list entry took part in, without reading the whole ledger.

use std::collections::{BTreeMap, BTreeSet};

use creditgate_api::MeasureBody;
use creditgate_credit::overlay::passed_over_by;
use creditgate_credit::verdict::Outcome;
use creditgate_gate::{CheckRecord, DispositionResult, Status};
use creditgate_wire::affected::{AffectedCheck, AffectedDisposition, AffectedMeasure};
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

impl Store {
    /// The checks that had this entry before them, oldest first, each with its place
    /// in the ledger: at most `limit` after the place `after`. Their measures are for
    /// [`Store::measures_from_entry`].
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn checks_with_entry(
        &self,
        entry: &str,
        after: i64,
        limit: u32,
    ) -> Result<Vec<(i64, AffectedCheck)>, StoreError> {
        self.read(|connection| {
            let select = "\
                SELECT seq, check_id, case_no, department, item, checkpoint, at, status, outcome, effective
                FROM check_entries CROSS JOIN checks ON checks.seq = check_entries.check_seq
                WHERE entry = ?1 AND check_seq > ?2 ORDER BY check_seq LIMIT ?3";
            connection.rows(select, params![entry, after, limit], |row| {
                let check = AffectedCheck {
                    check_id: row.get(1)?,
                    case_no: row.get(2)?,
                    department: row.get(3)?,
                    item: row.get(4)?,
                    checkpoint: row.get(5)?,
                    checked_at: values::instant(row, 6)?.into(),
                    status: values::coded(row, 7, Status::from_code, "the status of a check")?,
                    outcome: values::coded(row, 8, Outcome::from_code, "the outcome of a check")?,
                    effective: row.get(9)?,
                    measures: Vec::new(),
                    without: None,
                    not_reconstructible: None,
                };
                Ok((row.get(0)?, check))
            })
        })
    }
}

impl Store {
    /// The measures of a check that followed from this entry, with what the
    /// department reported on each last. None where the caller was not shown any.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn measures_from_entry(
        &self,
        check_seq: i64,
        entry: &str,
    ) -> Result<Vec<AffectedMeasure>, StoreError> {
        self.read(|connection| {
            let select = "SELECT measure.value
                          FROM checks, json_each(record -> '$.answer.measures') AS measure
                          WHERE seq = ?1 AND measure.value ->> '$.entry' = ?2";
            connection.rows(select, params![check_seq, entry], |row| {
                let text: String = row.get(0)?;
                let measure: MeasureBody<'_> = serde_json::from_str(&text)
                    .map_err(|_| StoreError::Damaged { what: "a measure of a check" })?;
                Ok(AffectedMeasure {
                    id: measure.id.to_string(),
                    code: measure.code.to_string(),
                    nature: measure.nature,
                    direction: measure.direction,
                    content: measure.content.to_string(),
                    disposition: last_disposition(connection, check_seq, &measure.id)?,
                })
            })
        })
    }
}

fn last_disposition(
    connection: &Connection,
    check_seq: i64,
    measure: &str,
) -> Result<Option<AffectedDisposition>, StoreError> {
    let select = "SELECT result, reason, action, reported_at FROM dispositions
                  WHERE check_seq = ?1 AND measure = ?2 ORDER BY seq DESC LIMIT 1";
    connection.row(select, params![check_seq, measure], |row| {
        Ok(AffectedDisposition {
            result: values::coded(row, 0, DispositionResult::from_code, "a disposition")?,
            reason: row.get(1)?,
            action: row.get(2)?,
            reported_at: values::instant(row, 3)?.into(),
        })
    })
}

/// How an entry stood before a check.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// It was effective that day.
    effective: bool,
    /// Why it did not count as its source has it; nothing where it did.
    passed_over: BTreeSet<String>,
}

impl Held {
    /// As one party of a check had it.
    pub(crate) fn add(&mut self, effective: bool, suspended: bool, attributes: &[(String, String)]) {
        self.effective |= effective;
        let causes = passed_over_by(suspended, attributes);
        self.passed_over.extend(causes.into_iter().map(ToOwned::to_owned));
    }

    /// Whether it was effective that day.
    pub(crate) const fn is_effective(&self) -> bool {
        self.effective
    }

    /// The causes it was passed over for, in their order; none where it counted.
    pub(crate) fn passed_over_json(&self) -> Option<String> {
        (!self.passed_over.is_empty()).then(|| serde_json::json!(self.passed_over).to_string())
    }
}

/// The entries before a check, by id. Nothing is allocated for a check without
/// any.
pub(crate) fn entries_of(record: &CheckRecord) -> BTreeMap<String, Held> {
    let mut entries: BTreeMap<String, Held> = BTreeMap::new();
    for party in record.inputs.dossier.iter().flat_map(|dossier| &dossier.parties) {
        for entry in &party.history {
            let effective = party.entries.iter().any(|effective| effective.id == entry.id);
            let held = entries.entry(entry.id.clone()).or_default();
            held.add(effective, entry.suspended, &entry.attributes);
        }
    }
    entries
}

/// Notes which entries the check at `seq` had before it.
pub(crate) fn save(
    connection: &Connection,
    seq: i64,
    entries: &BTreeMap<String, Held>,
) -> Result<(), StoreError> {
    let insert =
        "INSERT INTO check_entries (entry, check_seq, effective, passed_over) VALUES (?1, ?2, ?3, ?4)";
    entries.iter().try_for_each(|(entry, held)| {
        connection.run(insert, params![entry, seq, held.effective, held.passed_over_json()])
    })
}

#[cfg(test)]
mod tests {
    use creditgate_affairs::AffairStore;
    use std::sync::Arc;

    use creditgate_gate::ports::Ledger;
    use tempfile::TempDir;

    use super::*;
    use crate::samples::{COMPANY, OTHER_COMPANY, entry, record};

    const NAME: &str = "示例食品有限公司";

    /// `c1` had `e1` effective; `c2` had it in the history only, repaired by what was
    /// known here; `c3` had it for two parties, effective, and `e2`, which rested;
    /// `c4` had nothing but a record under the same name.
    fn checks() -> [CheckRecord; 4] {
        let mut past = record("c2");
        let mut twice = record("c3");
        let mut blank = record("c4");
        let change = |record: &mut CheckRecord, change: &dyn Fn(&mut creditgate_credit::dossier::Dossier)| {
            change(Arc::make_mut(record.inputs.dossier.as_mut().unwrap()));
        };
        change(&mut past, &|dossier| {
            dossier.parties[0].entries.clear();
            dossier.parties[0].history[0].attributes.push(("ended_by".to_owned(), "repair:r1".to_owned()));
        });
        change(&mut twice, &|dossier| {
            let mut second = dossier.parties[0].clone();
            second.party = "p2".to_owned();
            let mut rests = entry("e2", NAME, &[OTHER_COMPANY]);
            rests.suspended = true;
            second.history.push(rests);
            dossier.parties.push(second);
        });
        change(&mut blank, &|dossier| {
            dossier.parties[0].entries.clear();
            dossier.parties[0].history.clear();
            dossier.parties[0].hints.push(entry("e1", NAME, &[COMPANY]));
        });
        [record("c1"), past, twice, blank]
    }

    async fn store() -> (Store, TempDir) {
        let (store, directory) = Store::temporary();
        for check in checks() {
            store.append(Arc::new(check)).await.unwrap();
        }
        (store, directory)
    }

    fn found(store: &Store, entry: &str, after: i64, limit: u32) -> Vec<(String, bool)> {
        let checks = store.checks_with_entry(entry, after, limit).unwrap();
        checks.into_iter().map(|(_, check)| (check.check_id, check.effective)).collect()
    }

    #[tokio::test]
    async fn the_checks_of_an_entry_are_found_page_by_page() {
        let (store, _directory) = store().await;
        let check = |id: &str, effective| (id.to_owned(), effective);
        let all = [check("c1", true), check("c2", false), check("c3", true)];
        assert_eq!(found(&store, "e1", 0, 10), all);
        assert_eq!(found(&store, "e1", 0, 2), all[..2]);
        assert_eq!(found(&store, "e1", 2, 10), all[2..]);
        assert_eq!(found(&store, "e2", 0, 10), [check("c3", false)]);
        assert_eq!(found(&store, "e3", 0, 10), []);
    }

    #[tokio::test]
    async fn an_entry_stands_in_the_evidence_of_the_checks_that_matched_it() {
        let (store, _directory) = store().await;
        for (check, entry, stands) in [
            ("c1", "e1", true),
            ("c2", "e1", true),
            ("c3", "e2", true),
            ("c4", "e1", false),
            ("c1", "e2", false),
            ("none", "e1", false),
        ] {
            let had = store.look(|kept| kept.check_had(check, entry)).unwrap();
            assert_eq!(had, stands, "{check} {entry}");
        }
    }

    #[tokio::test]
    async fn the_migration_finds_the_same_entries_in_the_records_that_are_there() {
        let (store, directory) = store().await;
        let noted = |connection: &Connection| {
            let mut statement = connection
                .prepare("SELECT entry, check_seq, effective, passed_over FROM check_entries ORDER BY 1, 2")
                .unwrap();
            let read = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
            let rows = statement.query_map([], read).unwrap();
            rows.map(Result::unwrap).collect::<Vec<(String, i64, bool, Option<String>)>>()
        };
        drop(store);
        let connection = Connection::open(directory.path().join("store.db")).unwrap();
        let appended = noted(&connection);
        let passed_over: Vec<Option<&str>> = appended.iter().map(|row| row.3.as_deref()).collect();
        assert_eq!(passed_over, [None, Some(r#"["repair:r1"]"#), None, Some(r#"["source"]"#)]);
        connection.execute("UPDATE checks SET record = 'no JSON' WHERE check_id = 'c4'", []).unwrap();
        connection.execute_batch("DROP TABLE check_entries; DROP TABLE backtests").unwrap();
        connection.execute_batch(include_str!("../migrations/0004_backtests.sql")).unwrap();
        connection.execute_batch("DROP INDEX objections_open_of_key").unwrap();
        connection.execute_batch(include_str!("../migrations/0021_passed_over.sql")).unwrap();
        assert_eq!(noted(&connection), appended);
    }
}
