//! Duties that begin and end with what the ledger records.

use creditgate_credit::duty::{DutyKind, NewDuty};
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::duties;
use crate::error::StoreError;
use crate::statements::Statements as _;

/// Opens what is owed after a check. A licence that is decided on again is made
/// public within the limit of the later decision; measures that were all reported
/// on at an earlier checkpoint of the case are not asked for again.
pub(super) fn after_check(
    connection: &Connection,
    check_id: &str,
    item: &str,
    new: &[NewDuty],
    at: Timestamp,
) -> Result<(), StoreError> {
    for duty in new {
        if duty.kind == DutyKind::Publicity {
            for earlier in of_case(connection, duty, item)? {
                duties::cancel(connection, duty.kind, &earlier, at)?;
            }
        }
        if duty.kind == DutyKind::Disposition && !lacks_disposition(connection, check_id)? {
            continue;
        }
        duties::open(connection, duty, at)?;
    }
    Ok(())
}

/// Ends the duty to report on measures at every check of the case whose measures
/// all have been reported on.
pub(super) fn after_dispositions(
    connection: &Connection,
    check_id: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let owed = "SELECT other.check_id FROM checks AS reported
                     JOIN checks AS other ON other.case_no = reported.case_no
                          AND other.department = reported.department AND other.item = reported.item
                     JOIN duties ON duties.kind = 'disposition' AND duties.subject = other.check_id
                          AND duties.state IN ('open', 'overdue')
                WHERE reported.check_id = ?1";
    for check in connection.column::<String>(owed, [check_id])? {
        if !lacks_disposition(connection, &check)? {
            duties::finish(connection, DutyKind::Disposition, &check, at)?;
        }
    }
    Ok(())
}

/// Checks of the same case and item whose duty of this kind is owed.
fn of_case(connection: &Connection, duty: &NewDuty, item: &str) -> Result<Vec<String>, StoreError> {
    let select = "\
        SELECT subject FROM duties JOIN checks ON checks.check_id = duties.subject
        WHERE duties.case_no = ?1 AND duties.kind = ?2 AND duties.department = ?3 AND checks.item = ?4
              AND duties.state IN ('open', 'overdue')";
    connection.column(select, params![duty.case_no, duty.kind.code(), duty.department, item])
}

/// Whether a measure of the check was reported on at no check of its case.
fn lacks_disposition(connection: &Connection, check_id: &str) -> Result<bool, StoreError> {
    let select = "SELECT 1 FROM checks JOIN measures ON measures.check_seq = checks.seq
                  WHERE checks.check_id = ?1 AND NOT EXISTS (
                        SELECT 1 FROM checks AS other JOIN dispositions ON dispositions.check_seq = other.seq
                        WHERE other.case_no = checks.case_no AND other.department = checks.department
                              AND other.item = checks.item AND dispositions.measure = measures.id)
                  LIMIT 1";
    let lacking: Option<i64> = connection.value(select, [check_id])?;
    Ok(lacking.is_some())
}
