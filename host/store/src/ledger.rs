//! The ledger: checks with their measures, dispositions and feedback.
//!
//! A check is appended in one transaction with everything that follows from it.
//! Documents are written on the caller's side; the writer thread only hashes
//! and inserts.

use std::collections::BTreeMap;
use std::sync::Arc;

use creditgate_affairs::typical_cases::reported;
use creditgate_credit::application::Application;
use creditgate_credit::calendar::local_date;
use creditgate_credit::duty::{CaseKind, NewDuty};
use creditgate_credit::verdict::Outcome;
use creditgate_gate::ports::{Appended, BoxFuture, Ledger, RecordHash, RecordedMeasure, StoredCheck};
use creditgate_gate::request::Idempotency;
use creditgate_gate::{
    CheckRecord, DispositionDetails, EarlierCheck, FeedbackBody, LedgerError, OutgoingFeedback,
    RecordedCheck, ReleaseId, ReportedDisposition, Status,
};
use creditgate_wire::feedback;
use creditgate_wire::record::{read_parties, read_record, record_json};
use jiff::Timestamp;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Row, params, params_from_iter};

use crate::affected::Held;
use crate::chain::{self, CheckContent, Link};
use crate::commitments::NewCommitment;
use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::{affairs, affected, duties, outbox, search, supersession, values};

mod owed;

/// The columns [`stored_check`] reads, in its order.
const COLUMNS: &str = "check_id, department, case_no, item, checkpoint, status, outcome, at, hash, \
     record -> '$.answer'";

impl Ledger for Store {
    fn find_repeat(&self, caller: &str, key: &str) -> Result<Option<([u8; 32], StoredCheck)>, LedgerError> {
        self.read(|connection| find_by_idempotency_key(connection, caller, key))
            .map_err(|error| error.while_doing("looking for an earlier request"))
    }

    fn append(&self, record: Arc<CheckRecord>) -> BoxFuture<'_, Result<Appended, LedgerError>> {
        Box::pin(async move {
            let check = NewCheck::of(&record);
            self.write_record(move |connection| check.append(connection))
                .await
                .map_err(|error| error.while_doing("recording a check"))
        })
    }

    fn check(&self, check_id: &str) -> Result<Option<StoredCheck>, LedgerError> {
        self.read(|connection| {
            connection.row(&format!("SELECT {COLUMNS} FROM checks WHERE check_id = ?1"), [check_id], |row| {
                stored_check(row, 0)
            })
        })
        .map_err(|error| error.while_doing("reading a check"))
    }

    fn checks_of_case(&self, case_no: &str) -> Result<Vec<StoredCheck>, LedgerError> {
        self.read(|connection| {
            let select = format!("SELECT {COLUMNS} FROM checks WHERE case_no = ?1 ORDER BY seq");
            connection.rows(&select, [case_no], |row| stored_check(row, 0))
        })
        .map_err(|error| error.while_doing("reading the checks of a case"))
    }

    fn earlier_checks(
        &self,
        case_no: &str,
        department: &str,
        item: &str,
    ) -> Result<Vec<EarlierCheck>, LedgerError> {
        self.read(|connection| earlier_checks(connection, [case_no, department, item]))
            .map_err(|error| error.while_doing("reading the earlier checks of a case"))
    }

    fn first_release_of_case(
        &self,
        case_no: &str,
        department: &str,
        item: &str,
    ) -> Result<Option<ReleaseId>, LedgerError> {
        self.read(|connection| {
            let select = "SELECT release FROM checks
                          WHERE case_no = ?1 AND department = ?2 AND item = ?3 AND release IS NOT NULL
                          ORDER BY seq LIMIT 1";
            connection.value(select, [case_no, department, item])
        })
        .map_err(|error| error.while_doing("reading the release of a case"))
    }

    fn measures_of_check(&self, check_id: &str) -> Result<Vec<RecordedMeasure>, LedgerError> {
        self.read(|connection| {
            let select = "SELECT id, particulars FROM measures
                          WHERE check_seq = (SELECT seq FROM checks WHERE check_id = ?1) ORDER BY position";
            connection.rows(select, [check_id], |row| {
                Ok(RecordedMeasure { id: row.get(0)?, particulars: row.get(1)? })
            })
        })
        .map_err(|error| error.while_doing("reading the measures of a check"))
    }

    fn record_dispositions(
        &self,
        check_id: &str,
        reported: Vec<OutgoingFeedback>,
        at: Timestamp,
    ) -> BoxFuture<'_, Result<Vec<String>, LedgerError>> {
        let check_id = check_id.to_owned();
        Box::pin(async move {
            let messages: Vec<NewMessage> = reported
                .iter()
                .map(|message| NewMessage::of(message, feedback::feedback_json(message)))
                .collect();
            self.write(move |connection| save_dispositions(connection, &check_id, &messages, at))
                .await
                .map_err(|error| error.while_doing("recording dispositions"))
        })
    }
}

/// The last check at each checkpoint of an item of a case.
fn earlier_checks(connection: &Connection, place: [&str; 3]) -> Result<Vec<EarlierCheck>, StoreError> {
    let select = "SELECT checkpoint, status, outcome, at, record -> '$.application.parties' FROM checks
                  WHERE seq IN (SELECT max(seq) FROM checks
                                WHERE case_no = ?1 AND department = ?2 AND item = ?3 GROUP BY checkpoint)";
    connection.rows(select, place, |row| {
        let parties: String = row.get(4)?;
        Ok(EarlierCheck {
            checkpoint: row.get(0)?,
            status: values::coded(row, 1, Status::from_code, "the status of a check")?,
            outcome: values::coded(row, 2, Outcome::from_code, "the outcome of a check")?,
            at: values::instant(row, 3)?,
            parties: read_parties(&parties)?,
        })
    })
}

impl Store {
    /// The whole record of a check, as it was hashed, for an auditor or to run
    /// the check again. Holds identity numbers.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn record(&self, check_id: &str) -> Result<Option<String>, StoreError> {
        self.read(|connection| connection.value("SELECT record FROM checks WHERE check_id = ?1", [check_id]))
    }

    /// A check read back from its record, to be run again.
    ///
    /// # Errors
    /// When the ledger or this record cannot be read.
    pub fn recorded(&self, check_id: &str) -> Result<Option<RecordedCheck>, StoreError> {
        Ok(self.record(check_id)?.as_deref().map(read_record).transpose()?)
    }
}

impl Store {
    /// Queues what was met in an application for the platform: the message names
    /// its party by handle (R55).
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn queue_fact(
        &self,
        fact: &OutgoingFeedback,
        application: &Application,
    ) -> Result<(), StoreError> {
        let message = NewMessage::of(fact, feedback::fact_json(fact, application));
        let check_id = fact.check_id.clone();
        self.write(move |connection| message.queue(connection, &check_id)).await
    }
}

/// A check in the form in which it is written.
struct NewCheck {
    check_id: String,
    case_no: String,
    department: String,
    division: String,
    item: String,
    checkpoint: String,
    status: Status,
    outcome: Outcome,
    at: Timestamp,
    caller: String,
    idempotency: Option<Idempotency>,
    release: Option<ReleaseId>,
    record: String,
    /// What the columns and measures say, for the chain.
    content: CheckContent,
    measures: Vec<RecordedMeasure>,
    /// The numbers of its parties, to find it by.
    subjects: Vec<u8>,
    /// Entries before the check, and whether each was effective.
    entries: BTreeMap<String, Held>,
    commitment: Option<NewCommitment>,
    feedback: Vec<NewMessage>,
    duties: Vec<NewDuty>,
}

impl NewCheck {
    fn of(record: &CheckRecord) -> Self {
        let application = &record.inputs.application;
        let mut check = Self {
            check_id: record.check_id.clone(),
            case_no: application.case_no.clone(),
            department: application.department.clone(),
            division: application.division.clone(),
            item: application.item.clone(),
            checkpoint: application.checkpoint.clone(),
            status: record.settled.status,
            outcome: record.answered_outcome(),
            at: record.inputs.at,
            caller: record.caller.clone(),
            idempotency: record.idempotency.clone(),
            release: record.inputs.release,
            record: record_json(record),
            content: CheckContent::default(),
            measures: measures_of(record),
            subjects: search::subject_keys(&application.parties),
            entries: affected::entries_of(record),
            commitment: NewCommitment::of(record),
            feedback: record
                .feedback
                .iter()
                .map(|message| NewMessage::of(message, feedback::fact_json(message, application)))
                .collect(),
            duties: record.duties.clone(),
        };
        check.take_in_content();
        check
    }

    /// The columns that repeat what the record says, in the order in which they are hashed.
    fn columns(&self) -> [ValueRef<'_>; 12] {
        let idempotency = self.idempotency.as_ref();
        [
            as_text(&self.check_id),
            as_text(&self.case_no),
            as_text(&self.department),
            as_text(&self.item),
            as_text(&self.checkpoint),
            as_text(self.status.code()),
            as_text(self.outcome.code()),
            ValueRef::Integer(values::instant_to_sql(self.at)),
            as_text(&self.caller),
            idempotency.map_or(ValueRef::Null, |idempotency| as_text(&idempotency.key)),
            idempotency.map_or(ValueRef::Null, |idempotency| ValueRef::Blob(&idempotency.body_hash)),
            self.release.map_or(ValueRef::Null, ValueRef::Integer),
        ]
    }

    /// Hashes what is hashed for the chain beside the record: here, and not on the
    /// writer's thread.
    fn take_in_content(&mut self) {
        let mut content = CheckContent::default();
        content.columns(self.columns());
        for measure in &self.measures {
            content.measure(&measure.id, &measure.particulars);
        }
        self.content = content;
    }

    fn append(&self, connection: &Connection) -> Result<Appended, StoreError> {
        // Only here is it certain that no concurrent request was first.
        if let Some(repeat) = self.repeat(connection)? {
            return Ok(repeat);
        }
        let link = Link::after_the_last(connection, self.record.as_bytes())?;
        self.insert(connection, &link)?;
        let insert = "INSERT INTO measures (check_seq, position, id, particulars) VALUES (?1, ?2, ?3, ?4)";
        for (position, measure) in (0_i64..).zip(&self.measures) {
            connection.run(insert, params![link.seq, position, measure.id, measure.particulars])?;
        }
        affected::save(connection, link.seq, &self.entries)?;
        search::save(connection, link.seq, &self.subjects)?;
        chain::note_check(link.seq, self.content.clone().finish(&link.hash.0));
        if let Some(commitment) = &self.commitment {
            commitment.save(connection, self.at)?;
        }
        for message in &self.feedback {
            message.queue(connection, &self.check_id)?;
            if let Some(kind) = message.typical_case {
                for ended in reported(&self.division, (local_date(self.at), kind), self.at) {
                    affairs::follow(connection, ended, self.at)?;
                }
            }
        }
        owed::after_check(connection, &self.check_id, &self.item, &self.duties, self.at)?;
        Ok(Appended::New { hash: link.hash, supersedes: supersession::earlier(connection, &self.check_id)? })
    }

    fn repeat(&self, connection: &Connection) -> Result<Option<Appended>, StoreError> {
        let Some(idempotency) = &self.idempotency else { return Ok(None) };
        let found = find_by_idempotency_key(connection, &self.caller, &idempotency.key)?;
        Ok(found.map(|(body_hash, stored)| {
            if body_hash == idempotency.body_hash {
                Appended::Repeat(Box::new(stored))
            } else {
                Appended::Conflict
            }
        }))
    }

    fn insert(&self, connection: &Connection, link: &Link) -> Result<(), StoreError> {
        let insert = "\
            INSERT INTO checks (check_id, case_no, department, item, checkpoint, status, outcome, at, caller,
                   idempotency_key, body_hash, release, seq, previous_hash, hash, record)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
        let (previous, hash) = (ValueRef::Blob(&link.previous.0), ValueRef::Blob(&link.hash.0));
        let chained = [ValueRef::Integer(link.seq), previous, hash, as_text(&self.record)];
        let row = self.columns().into_iter().chain(chained).map(ToSqlOutput::Borrowed);
        connection.run(insert, params_from_iter(row))
    }
}

fn as_text(text: &str) -> ValueRef<'_> {
    ValueRef::Text(text.as_bytes())
}

/// The measures a department may report on: those it was shown.
fn measures_of(record: &CheckRecord) -> Vec<RecordedMeasure> {
    let Some(dossier) = record.inputs.dossier.as_ref().filter(|_| record.is_shown()) else {
        return Vec::new();
    };
    record
        .settled
        .measures
        .iter()
        .map(|settled| RecordedMeasure {
            id: settled.measure.id.clone(),
            particulars: feedback::particulars_json(&record.inputs.application, dossier, &settled.measure),
        })
        .collect()
}

/// A message in the form in which it is written.
struct NewMessage {
    id: String,
    reported_at: Timestamp,
    payload: String,
    disposition: Option<ReportedDisposition>,
    typical_case: Option<CaseKind>,
    duty: Option<NewDuty>,
}

impl NewMessage {
    fn of(message: &OutgoingFeedback, payload: String) -> Self {
        let (disposition, typical_case) = match &message.body {
            FeedbackBody::Disposition { reported, .. } => (Some((**reported).clone()), None),
            FeedbackBody::TypicalCase { kind, .. } => (None, Some(*kind)),
            FeedbackBody::DishonestAct { .. } => (None, None),
        };
        Self {
            id: message.id.clone(),
            reported_at: message.reported_at,
            payload,
            disposition,
            typical_case,
            duty: message.duty.clone(),
        }
    }

    fn queue(&self, connection: &Connection, check_id: &str) -> Result<(), StoreError> {
        outbox::insert(connection, &self.id, Some(check_id), &self.payload, self.reported_at)?;
        if let Some(duty) = &self.duty {
            duties::open(connection, duty, self.reported_at)?;
        }
        Ok(())
    }
}

fn save_dispositions(
    connection: &Connection,
    check_id: &str,
    messages: &[NewMessage],
    at: Timestamp,
) -> Result<Vec<String>, StoreError> {
    let check_seq: i64 = connection
        .value("SELECT seq FROM checks WHERE check_id = ?1", [check_id])?
        .ok_or_else(|| StoreError::UnknownCheck(check_id.to_owned()))?;
    let mut queued = Vec::with_capacity(messages.len());
    for message in messages {
        let news = match &message.disposition {
            Some(disposition) => save_disposition(connection, check_seq, disposition, at)?,
            None => true,
        };
        if news {
            message.queue(connection, check_id)?;
            queued.push(message.id.clone());
        }
    }
    owed::after_dispositions(connection, check_id, at)?;
    Ok(queued)
}

/// Keeps a disposition unless the last one of the measure says the same.
/// Answers whether it was kept.
fn save_disposition(
    connection: &Connection,
    check_seq: i64,
    disposition: &ReportedDisposition,
    at: Timestamp,
) -> Result<bool, StoreError> {
    let attributes = values::pairs_to_sql(&disposition.attributes);
    let executed_at = disposition.executed_at.map(values::instant_to_sql);
    let details = details_to_sql(&disposition.details);
    let insert = "\
        INSERT INTO dispositions (check_seq, measure, result, reason, action, officer, executed_at,
               attributes, details, reported_at)
        SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10
        WHERE NOT coalesce(
              (SELECT result = ?3 AND reason = ?4 AND action = ?5 AND officer = ?6 AND executed_at IS ?7
                      AND attributes = ?8 AND details = ?9
               FROM dispositions WHERE check_seq = ?1 AND measure = ?2 ORDER BY seq DESC LIMIT 1), FALSE)";
    let row = params![
        check_seq,
        disposition.measure,
        disposition.result.code(),
        disposition.reason,
        disposition.action,
        disposition.officer,
        executed_at,
        attributes,
        details,
        values::instant_to_sql(at),
    ];
    Ok(connection.change(insert, row)? == 1)
}

/// JSON in the form of creditgate-wire; empty where nothing more was said.
fn details_to_sql(details: &DispositionDetails) -> String {
    if details.is_empty() { String::new() } else { serde_json::json!(details).to_string() }
}

fn find_by_idempotency_key(
    connection: &Connection,
    caller: &str,
    key: &str,
) -> Result<Option<([u8; 32], StoredCheck)>, StoreError> {
    let select =
        format!("SELECT body_hash, {COLUMNS} FROM checks WHERE caller = ?1 AND idempotency_key = ?2");
    connection.row(&select, [caller, key], |row| Ok((values::sha256(row, 0)?, stored_check(row, 1)?)))
}

/// The check in [`COLUMNS`], the first of which is column `first`.
fn stored_check(row: &Row<'_>, first: usize) -> Result<StoredCheck, StoreError> {
    let column = |index: usize| first + index;
    Ok(StoredCheck {
        check_id: row.get(column(0))?,
        department: row.get(column(1))?,
        case_no: row.get(column(2))?,
        item: row.get(column(3))?,
        checkpoint: row.get(column(4))?,
        status: values::coded(row, column(5), Status::from_code, "the status of a check")?,
        outcome: values::coded(row, column(6), Outcome::from_code, "the outcome of a check")?,
        at: values::instant(row, column(7))?,
        hash: RecordHash(values::sha256(row, column(8))?),
        answer: row.get(column(9))?,
    })
}

#[cfg(test)]
mod tests;
