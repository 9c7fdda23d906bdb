//! Commitments that checks asked for, kept so that later cases of the same
//! party see them.

use creditgate_credit::dossier::{CommitmentState, Evidence, PastCommitment};
use creditgate_credit::identifier::{MatchKey, index_keys};
use creditgate_gate::CheckRecord;
use jiff::civil::Date;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::evidence::Wanted;
use crate::values;

/// A commitment to keep.
pub(crate) struct NewCommitment {
    id: String,
    department: String,
    item: String,
    case_no: String,
    party: String,
    keys: Vec<MatchKey>,
    made_on: Date,
    due_on: Date,
}

impl NewCommitment {
    /// The commitment a check asks for. None where nobody was asked: in a mode
    /// that does not show its answer, a commitment binds no one.
    pub(crate) fn of(record: &CheckRecord) -> Option<Self> {
        let commitment = record.settled.commitment.as_ref().filter(|_| record.is_shown())?;
        let application = &record.application;
        let party = application.party(&commitment.party)?;
        Some(Self {
            id: record.check_id.clone(),
            department: application.department.clone(),
            item: application.item.clone(),
            case_no: application.case_no.clone(),
            party: party.id.clone(),
            keys: index_keys(&party.identifiers),
            made_on: application.decided_on,
            due_on: commitment.due_on,
        })
    }

    /// Keeps it in place of an earlier one of the same case and party.
    pub(crate) fn save(&self, connection: &Connection) -> Result<(), StoreError> {
        // The keys of the row go with it.
        connection
            .prepare_cached(
                "DELETE FROM commitments
                 WHERE case_no = ?1 AND department = ?2 AND item = ?3 AND party = ?4",
            )?
            .execute([&self.case_no, &self.department, &self.item, &self.party])?;
        connection
            .prepare_cached(
                "INSERT INTO commitments (id, department, item, case_no, party, made_on, due_on, state)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                self.id,
                self.department,
                self.item,
                self.case_no,
                self.party,
                self.made_on.to_string(),
                self.due_on.to_string(),
                CommitmentState::Open.code(),
            ])?;
        let mut insert =
            connection.prepare_cached("INSERT INTO commitment_keys (key, commitment) VALUES (?1, ?2)")?;
        for key in &self.keys {
            insert.execute([key.as_str(), &self.id])?;
        }
        Ok(())
    }
}

/// Adds to each party's evidence the commitments kept under one of its keys.
pub(crate) fn by_key(
    connection: &Connection,
    wanted: &Wanted<'_>,
    evidence: &mut [Evidence],
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT commitment_keys.key, commitments.id, case_no, made_on, due_on, state
         FROM json_each(?1) AS wanted
              CROSS JOIN commitment_keys ON commitment_keys.key = wanted.value
              CROSS JOIN commitments ON commitments.id = commitment_keys.commitment",
    )?;
    let mut rows = statement.query([&wanted.json])?;
    while let Some(row) = rows.next()? {
        let key: String = row.get(0)?;
        let commitment = commitment_of(row)?;
        for &position in wanted.parties_with(&key) {
            let found = &mut evidence[position].commitments;
            if found.iter().all(|known| known.id != commitment.id) {
                found.push(commitment.clone());
            }
        }
    }
    Ok(())
}

fn commitment_of(row: &Row<'_>) -> Result<PastCommitment, StoreError> {
    Ok(PastCommitment {
        id: row.get(1)?,
        case_no: row.get(2)?,
        made_on: values::day(row, 3)?,
        due_on: values::day(row, 4)?,
        state: values::coded(row, 5, CommitmentState::from_code, "the state of a commitment")?,
    })
}
