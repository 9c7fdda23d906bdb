//! Checks to be made again: an entry they had turned out otherwise, or they passed
//! over one that turned out right (R100). A task needs nobody to close it: it is
//! done once the same checkpoint of the case has a later check.

use creditgate_affairs::Affected;
use creditgate_affairs::event::{self, Event};
use creditgate_credit::overlay::BY_SOURCE;
use creditgate_credit::verdict::Outcome;
use creditgate_wire::act::Recheck;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::{trail, values};

impl Store {
    /// At most `limit` checks to be made again, oldest first, each with its place
    /// among them, behind the place `after`: those of these departments, or of all;
    /// where `open` is set, only those that wait.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn rechecks(
        &self,
        departments: Option<&[String]>,
        open: bool,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Vec<(i64, Recheck)>, StoreError> {
        let departments = departments.map(|departments| serde_json::json!(departments).to_string());
        self.read(|connection| {
            let select = "\
                SELECT check_id, case_no, department, item, checkpoint, outcome, entry, cause, opened_at,
                       (SELECT later.check_id FROM checks AS later
                        WHERE later.case_no = checks.case_no AND later.department = checks.department
                          AND later.item = checks.item AND later.checkpoint = checks.checkpoint
                          AND later.seq > checks.seq ORDER BY later.seq LIMIT 1) AS done_by,
                       rechecks.seq
                FROM rechecks JOIN checks ON checks.seq = rechecks.check_seq
                WHERE (?1 IS NULL OR department IN (SELECT value FROM json_each(?1)))
                  AND (NOT ?2 OR done_by IS NULL) AND rechecks.seq > ?3
                ORDER BY rechecks.seq LIMIT ?4";
            connection.rows(select, params![departments, open, after.unwrap_or_default(), limit], |row| {
                let recheck = Recheck {
                    check_id: row.get(0)?,
                    case_no: row.get(1)?,
                    department: row.get(2)?,
                    item: row.get(3)?,
                    checkpoint: row.get(4)?,
                    outcome: values::coded(row, 5, Outcome::from_code, "the outcome of a check")?,
                    entry: row.get(6)?,
                    cause: row.get(7)?,
                    opened_at: values::instant(row, 8)?.into(),
                    done_by: row.get(9)?,
                };
                Ok((row.get(10)?, recheck))
            })
        })
    }
}

/// Ids of the entries that checks passed over because their source had them rest,
/// where nobody was asked yet to make these checks again.
pub(crate) fn passed_over_for_their_source(connection: &Connection) -> Result<Vec<String>, StoreError> {
    let select = "SELECT DISTINCT entry FROM check_entries
                  WHERE passed_over IS NOT NULL
                    AND EXISTS (SELECT 1 FROM json_each(passed_over) WHERE value = ?1)
                    AND NOT EXISTS (SELECT 1 FROM rechecks
                                    WHERE rechecks.check_seq = check_entries.check_seq
                                      AND rechecks.entry = check_entries.entry AND cause = ?1)";
    connection.column(select, [BY_SOURCE])
}

/// Opens a task for every check that comes back and that no later check of the
/// same checkpoint has taken the place of, and tells of each. Part of the caller's
/// transaction.
pub(crate) fn open(
    connection: &Connection,
    which: Affected,
    entry: &str,
    cause: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let insert = "INSERT INTO rechecks (check_seq, entry, cause, opened_at)
                  SELECT check_seq, entry, ?2, ?3
                  FROM check_entries CROSS JOIN checks ON checks.seq = check_seq
                  WHERE entry = ?1
                    AND CASE WHEN ?4 THEN EXISTS (SELECT 1 FROM json_each(passed_over) WHERE value = ?2)
                             ELSE effective END
                    AND NOT EXISTS (
                      SELECT 1 FROM checks AS later
                      WHERE later.case_no = checks.case_no AND later.department = checks.department
                        AND later.item = checks.item AND later.checkpoint = checks.checkpoint
                        AND later.seq > checks.seq)
                  ORDER BY check_seq ON CONFLICT DO NOTHING";
    connection
        .run(insert, params![entry, cause, values::instant_to_sql(at), which == Affected::PassedOverIt])?;
    let opened = "SELECT check_id, department FROM rechecks JOIN checks ON checks.seq = rechecks.check_seq
                  WHERE entry = ?1 AND cause = ?2 AND opened_at = ?3 ORDER BY rechecks.seq";
    let actor = trail::actor();
    connection.each(opened, params![entry, cause, values::instant_to_sql(at)], |row| {
        let (check_id, department): (String, String) = (row.get(0)?, row.get(1)?);
        trail::tells_within(
            Event::new(event::CHECK_AFFECTED, at, &actor, &check_id)
                .with("department", department)
                .with("entry", entry)
                .with("cause", cause),
        );
        Ok(())
    })
}
