//! The register of typical cases (R107): those that departments report, and those
//! that plug-ins report with a check. Either ends the duty to report those of its
//! month.

use std::collections::BTreeSet;

use creditgate_credit::duty::{CaseKind, DutyKind, typical_cases_of};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::{duties, values};

/// A typical case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypicalCase {
    /// Id, unique.
    pub id: String,
    /// Which of the two it is; none of a plug-in's from before the host told.
    pub kind: Option<CaseKind>,
    /// Day on which it happened.
    pub happened_on: Date,
    /// Department code.
    pub department: String,
    /// Case number, where there is one.
    pub case_no: Option<String>,
    /// Title.
    pub title: String,
    /// Summary. Holds no identity number.
    pub summary: String,
}

impl Store {
    /// Adds a case to the register, and ends the duty of these divisions to report
    /// one of its kind in its month.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn add_typical_case(
        &self,
        case: TypicalCase,
        divisions: BTreeSet<String>,
        at: Timestamp,
        actor: String,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            let insert = "\
                INSERT INTO typical_cases (id, kind, happened_on, department, case_no, title, summary,
                       at, actor)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            let row = params![
                case.id,
                case.kind.map_or("", CaseKind::code),
                case.happened_on.to_string(),
                case.department,
                case.case_no,
                case.title,
                case.summary,
                values::instant_to_sql(at),
                actor,
            ];
            connection.run(insert, row)?;
            let Some(kind) = case.kind else { return Ok(()) };
            let about = (case.happened_on, kind);
            divisions.iter().try_for_each(|division| reported(connection, division, about, at))
        })
        .await
    }

    /// The cases of these days, the first one first.
    ///
    /// # Errors
    /// When the register cannot be read.
    pub fn typical_cases(&self, since: Date, until: Date) -> Result<Vec<TypicalCase>, StoreError> {
        self.read(|connection| {
            // A message stands in the outbox under its day in Asia/Shanghai.
            let select = "\
                SELECT id, kind, happened_on, department, case_no, title, summary FROM typical_cases
                WHERE happened_on BETWEEN ?1 AND ?2
                UNION ALL
                SELECT id, coalesce(payload ->> '$.case_kind', ''), substr(payload ->> '$.reported_at', 1, 10), payload ->> '$.department',
                       payload ->> '$.case_no', payload ->> '$.title', payload ->> '$.summary'
                FROM outbox WHERE payload ->> '$.kind' = 'typical_case'
                     AND substr(payload ->> '$.reported_at', 1, 10) BETWEEN ?1 AND ?2
                ORDER BY 3, 1";
            connection.rows(select, [since.to_string(), until.to_string()], |row| Ok(TypicalCase {
                    id: row.get(0)?,
                    kind: CaseKind::from_code(&row.get::<_, String>(1)?),
                    happened_on: values::day(row, 2)?,
                    department: row.get(3)?,
                    case_no: row.get(4)?,
                    title: row.get(5)?,
                    summary: row.get(6)?,
                }))
        })
    }
}

/// Ends the duty of a division to report a typical case of this kind in the month of
/// this day, if it is owed. Part of the transaction that keeps the case.
pub(crate) fn reported(
    connection: &Connection,
    division: &str,
    (happened_on, kind): (Date, CaseKind),
    at: Timestamp,
) -> Result<(), StoreError> {
    for subject in typical_cases_of(division, happened_on, kind) {
        duties::finish(connection, DutyKind::TypicalCases, &subject, at)?;
    }
    Ok(())
}
