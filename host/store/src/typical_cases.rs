//! The register of typical cases (R107): those that departments report, and those
//! that plug-ins report with a check.

use creditgate_affairs::typical_cases::TypicalCase;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

impl Store {
    /// The cases of these days with their ids, the first one first.
    ///
    /// # Errors
    /// When the register cannot be read.
    pub fn typical_cases(&self, since: Date, until: Date) -> Result<Vec<(String, TypicalCase)>, StoreError> {
        // A message stands in the outbox under its day in Asia/Shanghai.
        let select = "\
            SELECT id, kind, happened_on, department, case_no, title, summary FROM typical_cases
            WHERE happened_on BETWEEN ?1 AND ?2
            UNION ALL
            SELECT id, coalesce(payload ->> '$.case_kind', ''), substr(payload ->> '$.reported_at', 1, 10),
                   payload ->> '$.department', payload ->> '$.case_no', payload ->> '$.title',
                   payload ->> '$.summary'
            FROM outbox WHERE payload ->> '$.kind' = 'typical_case'
                 AND substr(payload ->> '$.reported_at', 1, 10) BETWEEN ?1 AND ?2
            ORDER BY 3, 1";
        self.read(|connection| {
            connection.rows(select, [since.to_string(), until.to_string()], |row| {
                let case = TypicalCase {
                    kind: row.get(1)?,
                    happened_on: values::day(row, 2)?.into(),
                    department: row.get(3)?,
                    case_no: row.get(4)?,
                    title: row.get(5)?,
                    summary: row.get(6)?,
                };
                Ok((row.get(0)?, case))
            })
        })
    }
}

/// Keeps a case that was added.
pub(crate) fn save(
    connection: &Connection,
    id: &str,
    case: &TypicalCase,
    actor: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let insert = "\
        INSERT INTO typical_cases (id, kind, happened_on, department, case_no, title, summary, at, actor)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    let row = params![
        id,
        case.kind,
        case.happened_on.0.to_string(),
        case.department,
        case.case_no,
        case.title,
        case.summary,
        values::instant_to_sql(at),
        actor,
    ];
    connection.run(insert, row)
}
