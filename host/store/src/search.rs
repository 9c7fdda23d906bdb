//! Finding checks: by case, number of a party, day, place, result, list entry or
//! release.

use creditgate_api::FoundCheck;
use creditgate_credit::application::Party;
use creditgate_credit::identifier::{Identifier, lookup_keys};
use creditgate_credit::verdict::Outcome;
use creditgate_gate::{ReleaseId, Status};
use creditgate_wire::record::read_parties;
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};
use sha2::{Digest as _, Sha256};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

/// Bytes kept of the hash of a number: two numbers with the same are not met.
const KEY_BYTES: usize = 8;

/// Which checks are looked for; what is absent does not select.
#[derive(Debug, Clone, Default)]
pub struct CheckFilter {
    /// Those of these departments.
    pub departments: Option<Vec<String>>,
    /// Case number, in its one form.
    pub case_no: Option<String>,
    /// A party has this number.
    pub subject: Option<Identifier>,
    /// Made at this instant or later.
    pub since: Option<Timestamp>,
    /// Made before this instant.
    pub before: Option<Timestamp>,
    /// Item code.
    pub item: Option<String>,
    /// Checkpoint.
    pub checkpoint: Option<String>,
    /// What was found.
    pub status: Option<Status>,
    /// Outcome as answered.
    pub outcome: Option<Outcome>,
    /// A party had this list entry, effective or in its history.
    pub entry: Option<String>,
    /// The release that judged.
    pub release: Option<ReleaseId>,
}

impl Store {
    /// At most `limit` checks with their places in the ledger, newest first, behind
    /// the one with this instant and place.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn find_checks(
        &self,
        filter: &CheckFilter,
        after: Option<(Timestamp, i64)>,
        limit: u32,
    ) -> Result<Vec<(i64, FoundCheck)>, StoreError> {
        let mut search = Search::of(filter);
        if let Some((at, seq)) = after {
            search.and("(checks.at, checks.seq) < (?, ?)", [integer(at), Value::Integer(seq)]);
        }
        self.read(|connection| search.run(connection, limit))
    }
}

/// A statement in the making: where it looks, and what it asks of a row.
struct Search {
    from: &'static str,
    conditions: Vec<String>,
    parameters: Vec<Value>,
}

impl Search {
    fn of(filter: &CheckFilter) -> Self {
        let from = match filter {
            CheckFilter { case_no: Some(_), .. } => "checks INDEXED BY checks_by_case",
            // A condition names the places of what is to be looked at.
            CheckFilter { entry: Some(_), .. } | CheckFilter { subject: Some(_), .. } => "checks NOT INDEXED",
            _ => "checks INDEXED BY checks_by_time",
        };
        let mut search = Self { from, conditions: Vec::new(), parameters: Vec::new() };
        if let Some(departments) = &filter.departments {
            let all = serde_json::json!(departments).to_string();
            search.and("checks.department IN (SELECT value FROM json_each(?))", [Value::Text(all)]);
        }
        let texts = [
            ("checks.case_no = ?", filter.case_no.as_deref()),
            ("checks.item = ?", filter.item.as_deref()),
            ("checks.checkpoint = ?", filter.checkpoint.as_deref()),
            ("checks.status = ?", filter.status.map(Status::code)),
            ("checks.outcome = ?", filter.outcome.map(Outcome::code)),
        ];
        for (condition, text) in texts {
            search.and_if(condition, text.map(|text| Value::Text(text.to_owned())));
        }
        search.and_if("checks.at >= ?", filter.since.map(integer));
        search.and_if("checks.at < ?", filter.before.map(integer));
        search.and_if("checks.release = ?", filter.release.map(Value::Integer));
        search.and_if(
            "checks.seq IN (SELECT check_seq FROM check_entries WHERE entry = ?)",
            filter.entry.clone().map(Value::Text),
        );
        if let Some(subject) = &filter.subject {
            search.and_subject(subject);
        }
        search
    }

    /// Any of the keys under which the number may have been kept.
    fn and_subject(&mut self, subject: &Identifier) {
        let keys = keys_of(std::slice::from_ref(subject));
        let any = keys.iter().map(|_| "instr(keys, ?) > 0").collect::<Vec<_>>().join(" OR ");
        // A number without a key is nobody's.
        let any = if any.is_empty() { "FALSE" } else { &any };
        self.conditions.push(format!("checks.seq IN (SELECT check_seq FROM check_subjects WHERE {any})"));
        self.parameters.extend(keys.into_iter().map(|key| Value::Blob(key.to_vec())));
    }

    fn and_if(&mut self, condition: &str, value: Option<Value>) {
        if let Some(value) = value {
            self.and(condition, [value]);
        }
    }

    fn and<const N: usize>(&mut self, condition: &str, values: [Value; N]) {
        self.conditions.push(condition.to_owned());
        self.parameters.extend(values);
    }

    fn run(mut self, connection: &Connection, limit: u32) -> Result<Vec<(i64, FoundCheck)>, StoreError> {
        let conditions =
            if self.conditions.is_empty() { "TRUE".to_owned() } else { self.conditions.join(" AND ") };
        self.parameters.push(Value::Integer(limit.into()));
        // First only where they are, from what is small; then what they say.
        // Not cached: there are as many statements as there are ways to ask, and each would
        // push out one of those that every check needs.
        let mut statement = connection.prepare(&format!(
            "SELECT seq, check_id, case_no, department, item, checkpoint, at, status, outcome, release
             FROM checks WHERE seq IN (SELECT checks.seq FROM {} WHERE {conditions}
                                       ORDER BY checks.at DESC, checks.seq DESC LIMIT ?)
             ORDER BY at DESC, seq DESC",
            self.from
        ))?;
        let mut rows = statement.query(params_from_iter(self.parameters))?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let check = FoundCheck {
                check_id: row.get(1)?,
                case_no: row.get(2)?,
                department: row.get(3)?,
                item: row.get(4)?,
                checkpoint: row.get(5)?,
                status: values::coded(row, 7, Status::from_code, "the status of a check")?,
                outcome: values::coded(row, 8, Outcome::from_code, "the outcome of a check")?,
                release: row.get(9)?,
                checked_at: values::instant(row, 6)?.into(),
            };
            found.push((row.get(0)?, check));
        }
        Ok(found)
    }
}

fn integer(instant: Timestamp) -> Value {
    Value::Integer(values::instant_to_sql(instant))
}

/// What a check is found by: the keys of every number of its parties.
pub(crate) fn subject_keys(parties: &[Party]) -> Vec<u8> {
    parties.iter().flat_map(|party| keys_of(&party.identifiers)).flatten().collect()
}

/// The same of the parties of a record, which are damaged where there is nothing.
pub(crate) fn subject_keys_of_record(parties: &str) -> Option<Vec<u8>> {
    read_parties(parties).ok().map(|parties| subject_keys(&parties))
}

/// What a check is to be found by, by its record; nothing where that is damaged.
pub(crate) fn subjects_of_check(connection: &Connection, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
    let select = "SELECT CASE WHEN json_valid(record) THEN record -> '$.application.parties' END
                  FROM checks WHERE seq = ?1";
    let parties: Option<String> = connection.scalar(select, [seq])?;
    Ok(parties.as_deref().and_then(subject_keys_of_record))
}

/// What a check is found by; nothing where the row is gone.
pub(crate) fn saved(connection: &Connection, seq: i64) -> Result<Option<Vec<u8>>, StoreError> {
    connection.value("SELECT keys FROM check_subjects WHERE check_seq = ?1", [seq])
}

fn keys_of(identifiers: &[Identifier]) -> Vec<[u8; KEY_BYTES]> {
    lookup_keys(identifiers)
        .iter()
        .map(|key| {
            let hash: [u8; 32] = Sha256::digest(key.as_str()).into();
            let mut short = [0; KEY_BYTES];
            short.copy_from_slice(&hash[..KEY_BYTES]);
            short
        })
        .collect()
}

/// Keeps what a check is found by. Part of the transaction that records it.
pub(crate) fn save(connection: &Connection, check_seq: i64, keys: &[u8]) -> Result<(), StoreError> {
    connection.run("INSERT INTO check_subjects (check_seq, keys) VALUES (?1, ?2)", params![check_seq, keys])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use creditgate_gate::ports::Ledger;

    use super::*;
    use crate::samples::{self, COMPANY, OTHER_COMPANY};
    use crate::store::StoreOptions;

    fn found(store: &Store, filter: &CheckFilter) -> Vec<String> {
        let found = store.find_checks(filter, None, 10).unwrap();
        found.into_iter().map(|(_, check)| check.check_id).collect()
    }

    #[tokio::test]
    async fn checks_are_found_by_the_release_that_judged_them() {
        let (store, _directory) = Store::temporary();
        for (id, release) in [("c1", Some(7)), ("c2", Some(8)), ("c3", None)] {
            let mut check = samples::record(id);
            check.inputs.release = release;
            store.append(Arc::new(check)).await.unwrap();
        }
        for (release, checks) in [(Some(7), vec!["c1"]), (Some(8), vec!["c2"]), (Some(9), vec![])] {
            assert_eq!(found(&store, &CheckFilter { release, ..CheckFilter::default() }), checks);
        }
        assert_eq!(found(&store, &CheckFilter::default()).len(), 3);
    }

    #[tokio::test]
    async fn checks_recorded_before_they_were_found_by_their_numbers_are_found_by_them() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        let store = Store::open(&path, &StoreOptions::default()).unwrap();
        store.append(Arc::new(samples::record("c1"))).await.unwrap();
        drop(store);
        // As an earlier host left it: what finds checks is not there.
        let connection = rusqlite::Connection::open(&path).unwrap();
        let earlier = "DROP INDEX checks_by_time; DROP TABLE check_subjects; PRAGMA user_version = 24;";
        connection.execute_batch(earlier).unwrap();
        drop(connection);
        let store = Store::open(&path, &StoreOptions::default()).unwrap();
        for (number, checks) in [(COMPANY, vec!["c1"]), (OTHER_COMPANY, vec![])] {
            let filter = CheckFilter { subject: Some(samples::identifier(number)), ..CheckFilter::default() };
            assert_eq!(found(&store, &filter), checks, "{number}");
        }
    }
}
