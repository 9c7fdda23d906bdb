//! Where affairs are kept: what they are decided upon, and what follows from a
//! decision, written in its transaction. What is decided is said by
//! `creditgate_affairs`; nothing of it is said here.

use creditgate_affairs::commitments::Commitment;
use creditgate_affairs::entry_file::{Order, TalkHeld};
use creditgate_affairs::local_lists::LocalEntry;
use creditgate_affairs::objections::Objection;
use creditgate_affairs::publications::Publication;
use creditgate_affairs::repairs::Repair;
use creditgate_affairs::{AffairStore, CaseCheck, Consequence, Decided, Holder, Refusal, Stored};
use creditgate_credit::duty::NewDuty;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::identifier::Identifier;
use creditgate_credit::list_type::ListType;
use creditgate_credit::overlay::Overlay;
use creditgate_wire::feedback::message_json;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, params};

use crate::documents;
use crate::error::StoreError;
use crate::local_entries::{self, LOCAL_SOURCE};
use crate::snapshot::note_change;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::{
    commitments, duties, keys, list_types, lists, outbox, overlays, publications, rechecks, trail,
    typical_cases,
};

/// Why a change of an affair was not made. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum AffairError {
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AffairStore for Store {
    type Error = AffairError;

    fn listed(&self, id: &str) -> Result<Option<ListEntry>, AffairError> {
        Ok(self.list_entry(id)?)
    }

    fn listed_under(&self, identifiers: &[Identifier]) -> Result<Vec<ListEntry>, AffairError> {
        Ok(self.entries_under(identifiers)?)
    }

    fn look<T>(
        &self,
        look: impl FnOnce(&dyn Stored<Error = AffairError>) -> Result<T, AffairError>,
    ) -> Result<T, AffairError> {
        self.read(|connection| Ok(look(&Within(connection))))?
    }

    async fn change<T: Send + 'static>(
        &self,
        decide: impl FnOnce(&dyn Stored<Error = AffairError>) -> Result<Decided<T>, AffairError> + Send + 'static,
    ) -> Result<T, AffairError> {
        self.write_overlaid(move |connection| match decide(&Within(connection)) {
            Ok(decided) => Ok(Ok(keep(connection, decided)?)),
            Err(AffairError::Store(error)) => Err(error),
            refused => Ok(refused.map(|decided| decided.value)),
        })
        .await?
    }
}

/// Keeps what follows from a decision. Part of the caller's transaction.
pub(crate) fn keep<T>(connection: &Connection, decided: Decided<T>) -> Result<T, StoreError> {
    let at = decided.at;
    for consequence in decided.follows {
        follow(connection, consequence, at)?;
    }
    Ok(decided.value)
}

/// Keeps one consequence. Part of the caller's transaction.
pub(crate) fn follow(
    connection: &Connection,
    consequence: Consequence,
    at: Timestamp,
) -> Result<(), StoreError> {
    match consequence {
        Consequence::Commitment(commitment) => commitments::save(connection, &commitment),
        Consequence::Objection(objection) => documents::save(connection, &*objection),
        Consequence::Repair(repair) => documents::save(connection, &*repair),
        Consequence::Order { entry, order } => documents::save_order(connection, &entry, &order),
        Consequence::Talk { entry, talk } => documents::save_talk(connection, &entry, &talk),
        Consequence::Publication { decision, report, actor } => {
            publications::save(connection, &decision, *report, &actor, at)
        }
        Consequence::TypicalCase { id, case, actor } => {
            typical_cases::save(connection, &id, &case, &actor, at)
        }
        Consequence::Proposal(local) => local_entries::save_proposal(connection, &local),
        Consequence::ProposalState { entry, state } => local_entries::save_state(connection, &entry, state),
        Consequence::Entry(entry) => {
            lists::save_entry(connection, LOCAL_SOURCE, &entry)?;
            note_change(connection, LOCAL_SOURCE)
        }
        Consequence::Step { entry, step } => local_entries::save_step(connection, &entry, &step),
        Consequence::LayOver { entry, overlay } => overlays::put(connection, &entry, &overlay, at),
        Consequence::EndOverlay { entry, cause } => overlays::end(connection, &entry, &cause, at),
        Consequence::OpenDuty(duty) => duties::open(connection, &duty, at).map(drop),
        Consequence::FinishDuty { kind, subject, on } => {
            duties::finish_on(connection, kind, &subject, on, at).map(drop)
        }
        Consequence::SetDue { kind, subject, due } => duties::set_due(connection, kind, &subject, due),
        Consequence::PostponeDuty { kind, subject, until } => {
            duties::postpone(connection, kind, &subject, until)
        }
        Consequence::CancelDuty { kind, subject } => duties::cancel(connection, kind, &subject, at),
        Consequence::Recheck { which, entry, cause } => rechecks::open(connection, which, &entry, &cause, at),
        Consequence::Tell(event) => {
            trail::tells_within(event);
            Ok(())
        }
        Consequence::Report { id, check_id, message } => {
            outbox::insert(connection, &id, check_id.as_deref(), &message_json(&message, &id, at), at)
        }
        Consequence::Note { subject, detail } => {
            trail::says(subject, detail);
            Ok(())
        }
    }
}

/// What is kept, as one transaction sees it.
pub(crate) struct Within<'a>(pub(crate) &'a Connection);

/// The columns of a check that affairs ask for.
const CHECK: &str = "check_id, department, case_no, record ->> '$.application.division'";

impl Within<'_> {
    fn checks(&self, of: &str, value: &str) -> Result<Vec<CaseCheck>, StoreError> {
        self.0.rows(&format!("SELECT {CHECK} FROM checks WHERE {of} = ?1 ORDER BY seq"), [value], |row| {
            Ok(CaseCheck {
                check_id: row.get(0)?,
                department: row.get(1)?,
                case_no: row.get(2)?,
                division: row.get(3)?,
            })
        })
    }
}

impl Stored for Within<'_> {
    type Error = AffairError;

    fn check(&self, id: &str) -> Result<Option<CaseCheck>, AffairError> {
        Ok(self.checks("check_id", id)?.pop())
    }

    fn checks_of_case(&self, case_no: &str) -> Result<Vec<CaseCheck>, AffairError> {
        Ok(self.checks("case_no", case_no)?)
    }

    fn check_had(&self, check: &str, entry: &str) -> Result<bool, AffairError> {
        let select = "SELECT EXISTS (SELECT 1 FROM checks CROSS JOIN check_entries ON check_seq = seq
                                     WHERE check_id = ?1 AND entry = ?2)";
        Ok(self.0.scalar(select, [check, entry])?)
    }

    fn any_check_had(&self, entry: &str) -> Result<bool, AffairError> {
        Ok(self.0.scalar("SELECT EXISTS (SELECT 1 FROM check_entries WHERE entry = ?1)", [entry])?)
    }

    fn checks_with(&self, entry: &str, most: u32) -> Result<Vec<String>, AffairError> {
        let select = "SELECT check_id FROM check_entries CROSS JOIN checks ON checks.seq = check_seq
                      WHERE entry = ?1 AND effective ORDER BY check_seq LIMIT ?2";
        Ok(self.0.column(select, params![entry, most])?)
    }

    fn commitment(&self, id: &str) -> Result<Option<Commitment>, AffairError> {
        Ok(commitments::find(self.0, id)?)
    }

    fn owed_publicity(&self, report: &Publication) -> Result<Vec<NewDuty>, AffairError> {
        Ok(publications::owed(self.0, report)?)
    }

    fn objection(&self, id: &str) -> Result<Option<Objection>, AffairError> {
        Ok(documents::find(self.0, id)?)
    }

    fn objections_to(&self, entry: &str) -> Result<Vec<Objection>, AffairError> {
        Ok(documents::of_entry(self.0, entry)?)
    }

    fn open_objections_with(&self, key: &str) -> Result<u32, AffairError> {
        let select = "SELECT count(*) FROM objections
                      WHERE document ->> '$.raised_with' = ?1 AND state IN ('received', 'notified')";
        Ok(self.0.scalar(select, [key])?)
    }

    fn repair(&self, id: &str) -> Result<Option<Repair>, AffairError> {
        Ok(documents::find(self.0, id)?)
    }

    fn repairs_of(&self, entry: &str) -> Result<Vec<Repair>, AffairError> {
        Ok(documents::of_entry(self.0, entry)?)
    }

    fn overlays_of(&self, entry: &str) -> Result<Vec<Overlay>, AffairError> {
        Ok(overlays::of_entry(self.0, entry)?)
    }

    fn order_of(&self, entry: &str) -> Result<Option<Order>, AffairError> {
        Ok(documents::order_of(self.0, entry)?)
    }

    fn talks_of(&self, entry: &str) -> Result<Vec<TalkHeld>, AffairError> {
        Ok(documents::talks_of(self.0, entry)?)
    }

    fn local_entry(&self, id: &str) -> Result<Option<LocalEntry>, AffairError> {
        Ok(local_entries::find(self.0, id)?)
    }

    fn local_entries(&self) -> Result<Vec<LocalEntry>, AffairError> {
        Ok(local_entries::all(self.0, None)?)
    }

    fn expired_entries(&self, today: Date) -> Result<Vec<LocalEntry>, AffairError> {
        Ok(local_entries::expired(self.0, today)?)
    }

    fn passed_over_for_their_source(&self) -> Result<Vec<String>, AffairError> {
        Ok(rechecks::passed_over_for_their_source(self.0)?)
    }

    fn list_type(&self, code: &str) -> Result<Option<ListType>, AffairError> {
        Ok(list_types::all(self.0)?.into_iter().find(|list| list.code == code))
    }

    fn holder(&self, actor: &str) -> Result<Option<Holder>, AffairError> {
        Ok(keys::behind(self.0, actor)?)
    }
}
