//! Commitments that checks asked for: what becomes of each (R82, R83), and what
//! later cases of the same party see of them.

use creditgate_affairs::commitments::{Commitment, StepTaken};
use creditgate_credit::commitment::CommitmentStep;
use creditgate_credit::dossier::{CommitmentState, Evidence, PastCommitment};
use creditgate_credit::duty::DutyKind;
use creditgate_credit::identifier::{MatchKey, index_keys};
use creditgate_gate::CheckRecord;
use creditgate_wire::feedback;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, Row, params};
use sha2::{Digest as _, Sha256};

use crate::error::StoreError;
use crate::evidence::Wanted;
use crate::json_column::{parsed, written};
use crate::statements::Statements as _;
use crate::store::Store;
use crate::{duties, values};

/// A commitment to keep.
pub(crate) struct NewCommitment {
    id: String,
    department: String,
    item: String,
    checkpoint: String,
    division: String,
    case_no: String,
    party: String,
    subject: String,
    text_hash: String,
    missing: String,
    keys: Vec<MatchKey>,
    made_on: Date,
    due_on: Date,
}

impl NewCommitment {
    /// The commitment a check asks for. None where nobody was asked: in a mode
    /// that does not show its answer, a commitment binds no one.
    pub(crate) fn of(record: &CheckRecord) -> Option<Self> {
        let commitment = record.settled.commitment.as_ref().filter(|_| record.is_shown())?;
        let application = &record.inputs.application;
        let party = application.party(&commitment.party)?;
        Some(Self {
            id: record.check_id.clone(),
            department: application.department.clone(),
            item: application.item.clone(),
            checkpoint: application.checkpoint.clone(),
            division: application.division.clone(),
            case_no: application.case_no.clone(),
            party: party.id.clone(),
            subject: feedback::subject_json(party),
            text_hash: hex::encode(Sha256::digest(&commitment.text)),
            missing: serde_json::json!(commitment.missing).to_string(),
            keys: index_keys(&party.identifiers),
            made_on: application.decided_on,
            due_on: commitment.due_on,
        })
    }

    /// Keeps it in place of an open one of the same case and party. What was
    /// fulfilled, overdue or breached stays.
    pub(crate) fn save(&self, connection: &Connection, at: Timestamp) -> Result<(), StoreError> {
        for replaced in self.replaced(connection)? {
            duties::cancel(connection, DutyKind::Commitment, &replaced, at)?;
            // The keys of the row and its steps go with it.
            connection.run("DELETE FROM commitments WHERE id = ?1", [&replaced])?;
        }
        let insert = "\
            INSERT INTO commitments (id, department, item, checkpoint, division, case_no, party, subject,
                   text_hash, missing, made_on, due_on, state)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
        let row = params![
            self.id,
            self.department,
            self.item,
            self.checkpoint,
            self.division,
            self.case_no,
            self.party,
            self.subject,
            self.text_hash,
            self.missing,
            self.made_on.to_string(),
            self.due_on.to_string(),
            CommitmentState::Open.code(),
        ];
        connection.run(insert, row)?;
        let insert = "INSERT INTO commitment_keys (key, commitment) VALUES (?1, ?2)";
        self.keys.iter().try_for_each(|key| connection.run(insert, [key.as_str(), &self.id]))
    }

    fn replaced(&self, connection: &Connection) -> Result<Vec<String>, StoreError> {
        let select = "\
            SELECT id FROM commitments
            WHERE case_no = ?1 AND department = ?2 AND item = ?3 AND party = ?4 AND state = 'open'";
        connection.column(select, [&self.case_no, &self.department, &self.item, &self.party])
    }
}

/// Which commitments are asked for.
#[derive(Debug, Clone, Default)]
pub struct CommitmentFilter {
    /// Of these departments.
    pub departments: Option<Vec<String>>,
    /// In this state.
    pub state: Option<CommitmentState>,
}

const STEP: &str = "a step of a commitment";

const COLUMNS: &str = "id, department, item, checkpoint, division, case_no, party, subject, text_hash, \
     missing, made_on, due_on, state, repaired";

impl Store {
    /// At most `limit` commitments, the first due first, behind the one with this last
    /// day and id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn commitments(
        &self,
        filter: &CommitmentFilter,
        after: Option<&(Date, String)>,
        limit: u32,
    ) -> Result<Vec<Commitment>, StoreError> {
        let (due_on, id) =
            after.map_or_else(Default::default, |(day, id)| (values::day_to_sql(*day), id.clone()));
        let departments = filter.departments.as_ref().map(|all| serde_json::json!(all).to_string());
        self.read(|connection| {
            let select = format!(
                "SELECT {COLUMNS} FROM commitments
                 WHERE (?1 IS NULL OR state = ?1)
                       AND (?2 IS NULL OR department IN (SELECT value FROM json_each(?2)))
                       AND (due_on, id) > (?4, ?5)
                 ORDER BY due_on, id LIMIT ?3"
            );
            let state = filter.state.map(CommitmentState::code);
            let parameters = params![state, departments, limit, due_on, id];
            connection.rows(&select, parameters, |row| stored(connection, row))
        })
    }
}

pub(crate) fn find(connection: &Connection, id: &str) -> Result<Option<Commitment>, StoreError> {
    connection
        .row(&format!("SELECT {COLUMNS} FROM commitments WHERE id = ?1"), [id], |row| stored(connection, row))
}

/// The commitment in [`COLUMNS`], with its steps.
fn stored(connection: &Connection, row: &Row<'_>) -> Result<Commitment, StoreError> {
    let commitment = Commitment {
        id: row.get(0)?,
        department: row.get(1)?,
        item: row.get(2)?,
        checkpoint: row.get(3)?,
        division: row.get(4)?,
        case_no: row.get(5)?,
        party: row.get(6)?,
        subject: row.get(7)?,
        text_hash: row.get(8)?,
        missing: parsed("the materials of a commitment", &row.get::<_, String>(9)?)?,
        made_on: values::day(row, 10)?.into(),
        due_on: values::day(row, 11)?.into(),
        state: values::coded(row, 12, CommitmentState::from_code, "the state of a commitment")?,
        repaired: row.get(13)?,
        late: false,
        steps: Vec::new(),
    };
    let steps = steps(connection, &commitment.id)?;
    Ok(commitment.with_steps(steps))
}

fn steps(connection: &Connection, commitment: &str) -> Result<Vec<StepTaken>, StoreError> {
    let select =
        "SELECT step, day, at, actor, detail FROM commitment_steps WHERE commitment = ?1 ORDER BY seq";
    connection.rows(select, [commitment], |row| {
        Ok(StepTaken {
            step: values::coded(row, 0, CommitmentStep::from_code, STEP)?,
            day: values::day(row, 1)?.into(),
            at: values::instant(row, 2)?.into(),
            actor: row.get(3)?,
            detail: parsed(STEP, &row.get::<_, String>(4)?)?,
        })
    })
}

/// Keeps a commitment as it stands now, and its last step, which is new.
pub(crate) fn save(connection: &Connection, commitment: &Commitment) -> Result<(), StoreError> {
    let Commitment { id, state, repaired, due_on, steps, .. } = commitment;
    let update = "UPDATE commitments SET state = ?2, repaired = ?3, due_on = ?4 WHERE id = ?1";
    connection.run(update, params![id, state.code(), repaired, due_on.0.to_string()])?;
    let Some(step) = steps.last() else { return Ok(()) };
    let insert = "INSERT INTO commitment_steps (commitment, step, day, at, actor, detail)
                  VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![
        id,
        step.step.code(),
        step.day.0.to_string(),
        values::instant_to_sql(step.at.0),
        step.actor,
        written(STEP, &step.detail)?,
    ];
    connection.run(insert, row)
}

/// Adds to each party's evidence the commitments kept under one of its keys. A
/// breach that was repaired is used no more.
pub(crate) fn by_key(
    connection: &Connection,
    wanted: &Wanted<'_>,
    evidence: &mut [Evidence],
) -> Result<(), StoreError> {
    let select = "SELECT commitment_keys.key, commitments.id, case_no, made_on, due_on, state
                  FROM json_each(?1) AS wanted
                       CROSS JOIN commitment_keys ON commitment_keys.key = wanted.value
                       CROSS JOIN commitments ON commitments.id = commitment_keys.commitment
                  WHERE repaired = 0";
    connection.each(select, [&wanted.json], |row| {
        let key: String = row.get(0)?;
        let commitment = commitment_of(row)?;
        for &position in wanted.parties_with(&key) {
            let found = &mut evidence[position].commitments;
            if found.iter().all(|known| known.id != commitment.id) {
                found.push(commitment.clone());
            }
        }
        Ok(())
    })
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
