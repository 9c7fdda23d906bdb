//! Which check of a checkpoint takes the place of which: the same case, item and
//! checkpoint may be checked again, and the later result counts (R100).

use rusqlite::Connection;

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;

/// The checks before and after one at its checkpoint.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Supersession {
    /// The check whose place it took.
    pub supersedes: Option<String>,
    /// The check that took its place.
    pub superseded_by: Option<String>,
}

/// The check before one at its checkpoint.
const EARLIER: &str = "\
    SELECT other.check_id FROM checks CROSS JOIN checks AS other
    ON other.case_no = checks.case_no AND other.department = checks.department
       AND other.item = checks.item AND other.checkpoint = checks.checkpoint
    WHERE checks.check_id = ?1 AND other.seq < checks.seq ORDER BY other.seq DESC LIMIT 1";

/// The check after one at its checkpoint.
const LATER: &str = "\
    SELECT other.check_id FROM checks CROSS JOIN checks AS other
    ON other.case_no = checks.case_no AND other.department = checks.department
       AND other.item = checks.item AND other.checkpoint = checks.checkpoint
    WHERE checks.check_id = ?1 AND other.seq > checks.seq ORDER BY other.seq LIMIT 1";

impl Store {
    /// What a check took the place of, and what took its place; nothing where
    /// there is no such check. Two lookups among the checks of one case.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn supersession(&self, check_id: &str) -> Result<Supersession, StoreError> {
        self.read(|connection| {
            Ok(Supersession {
                supersedes: earlier(connection, check_id)?,
                superseded_by: neighbour(connection, LATER, check_id)?,
            })
        })
    }
}

/// The check whose place this one took. One lookup among the checks of a case.
pub(crate) fn earlier(connection: &Connection, check_id: &str) -> Result<Option<String>, StoreError> {
    neighbour(connection, EARLIER, check_id)
}

fn neighbour(connection: &Connection, sql: &str, check_id: &str) -> Result<Option<String>, StoreError> {
    connection.value(sql, [check_id])
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use creditgate_gate::ports::{Appended, Ledger};

    use super::*;
    use crate::samples::record;

    #[tokio::test]
    async fn r100_a_check_takes_the_place_of_the_one_before_it_at_the_same_checkpoint() {
        let (store, _directory) = Store::temporary();
        let check = |id: &str, case_no: &str, checkpoint: &str| {
            let mut record = record(id);
            let application = Arc::make_mut(&mut record.inputs.application);
            case_no.clone_into(&mut application.case_no);
            checkpoint.clone_into(&mut application.checkpoint);
            record
        };
        for (id, case_no, checkpoint) in [
            ("a1", "a", "review"),
            ("b1", "b", "review"),
            ("i1", "a", "intake"),
            ("a2", "a", "review"),
            ("a3", "a", "review"),
        ] {
            let appended = store.append(Arc::new(check(id, case_no, checkpoint))).await.unwrap();
            let Appended::New { supersedes, .. } = appended else { panic!("{id} is new") };
            assert_eq!(supersedes, store.supersession(id).unwrap().supersedes, "{id}");
        }
        let cases = [
            ("a1", None, Some("a2")),
            ("a2", Some("a1"), Some("a3")),
            ("a3", Some("a2"), None),
            ("b1", None, None),
            ("i1", None, None),
            ("none", None, None),
        ];
        for (id, before, after) in cases {
            let found = store.supersession(id).unwrap();
            assert_eq!(
                (found.supersedes.as_deref(), found.superseded_by.as_deref()),
                (before, after),
                "{id}"
            );
        }
    }
}
