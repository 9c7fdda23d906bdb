//! Entries of lists that are kept here: proposals, what they became, and every
//! step of theirs (R40).

use creditgate_credit::calendar::local_date;
use creditgate_credit::duty::NewDuty;
use creditgate_credit::entry::{EntryStatus, ListEntry};
use creditgate_credit::lifecycle::{ProposalState, StepKind, grant_repair};
use creditgate_wire::feedback;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use crate::error::StoreError;
use crate::lists::{self, ENTRY_COLUMNS, entry_of};
use crate::registry::written;
use crate::snapshot::note_change;
use crate::store::Store;
use crate::{duties, outbox, values};

mod told;

/// The source of entries that are kept here. Nothing is imported under this name:
/// an import would take their place.
pub const LOCAL_SOURCE: &str = "local";

/// The name under which the host notes that an entry ran out by itself.
const EXPIRE: &str = "expire";

/// An entry of a list that is kept here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalEntry {
    /// Jurisdiction whose policy it follows.
    pub division: String,
    /// Where its proposal stands.
    pub state: ProposalState,
    /// The entry: as it stands on its list, or as it was proposed.
    pub entry: ListEntry,
    /// Id of the watch entry it takes the place of.
    pub escalates: Option<String>,
    /// When it was proposed.
    pub proposed_at: Timestamp,
    /// Key id of who proposed it.
    pub proposed_by: String,
}

/// Something that was done with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryStep {
    /// Which step, such as `propose` or `repair`.
    pub step: String,
    /// When.
    pub at: Timestamp,
    /// Key id of who took it; `host` where nobody did.
    pub actor: String,
    /// Why.
    pub reason: String,
}

/// An entry to be proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewProposal {
    /// Jurisdiction whose policy it follows.
    pub division: String,
    /// The entry.
    pub entry: ListEntry,
    /// Id of the watch entry it takes the place of.
    pub escalates: Option<String>,
}

/// What is decided about an entry: all of it is kept, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Where its proposal stands then.
    pub state: ProposalState,
    /// The entry then.
    pub entry: ListEntry,
    /// The watch entry it takes the place of, closed.
    pub closed: Option<ListEntry>,
    /// That it has to be with the platform in time: where it takes effect by this
    /// (R37).
    pub report: Option<NewDuty>,
}

/// Columns [`local_entry`] reads before those of the entry.
const COLUMNS: &str =
    "division, state, document, escalates, proposed_at, proposed_by, entries.id IS NOT NULL";
const ENTRY: usize = 7;

impl NewProposal {
    /// As it stands once it is kept.
    fn kept(&self, step: &EntryStep) -> LocalEntry {
        LocalEntry {
            division: self.division.clone(),
            state: ProposalState::Proposed,
            entry: self.entry.clone(),
            escalates: self.escalates.clone(),
            proposed_at: step.at,
            proposed_by: step.actor.clone(),
        }
    }
}

/// Decides on a proposal, given it and the watch entry it takes the place of.
pub type Decide<E> = Box<dyn FnOnce(&LocalEntry, Option<&LocalEntry>) -> Result<Decision, E> + Send>;

impl Store {
    /// Keeps a proposal, and with `at_once` agrees to it in the same step. A refusal
    /// of that comes back as the inner error; nothing is kept then.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn propose_entry<E: Send + 'static>(
        &self,
        proposal: NewProposal,
        step: EntryStep,
        at_once: Option<(EntryStep, Decide<E>)>,
    ) -> Result<Result<(), E>, StoreError> {
        self.write(move |connection| {
            let decided = match at_once {
                None => None,
                Some((agreed, decide)) => {
                    let escalated = match &proposal.escalates {
                        Some(watch) => find(connection, watch)?,
                        None => None,
                    };
                    match decide(&proposal.kept(&step), escalated.as_ref()) {
                        Ok(decision) => Some((agreed, decision)),
                        Err(refusal) => return Ok(Err(refusal)),
                    }
                }
            };
            propose(connection, &proposal, &step)?;
            if let Some((agreed, decision)) = decided {
                keep(connection, &proposal.division, &decision, &agreed)?;
            }
            Ok(Ok(()))
        })
        .await
    }

    /// Lets `decide` make up its mind over an entry as it stands, and the watch
    /// entry it takes the place of, and keeps what it says together with the step.
    /// Nobody else changes either meanwhile. None where the entry is not kept here.
    ///
    /// # Errors
    /// When it cannot be read or kept.
    pub async fn decide_entry<E: Send + 'static>(
        &self,
        id: String,
        step: EntryStep,
        decide: impl FnOnce(&LocalEntry, Option<&LocalEntry>) -> Result<Decision, E> + Send + 'static,
    ) -> Result<Option<Result<Decision, E>>, StoreError> {
        self.write(move |connection| {
            let Some(local) = find(connection, &id)? else { return Ok(None) };
            let escalated = match &local.escalates {
                Some(watch) => find(connection, watch)?,
                None => None,
            };
            let decision = match decide(&local, escalated.as_ref()) {
                Ok(decision) => decision,
                Err(refusal) => return Ok(Some(Err(refusal))),
            };
            keep(connection, &local.division, &decision, &step)?;
            Ok(Some(Ok(decision)))
        })
        .await
    }

    /// The entry of this id that is kept here.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn local_entry(&self, id: &str) -> Result<Option<LocalEntry>, StoreError> {
        self.read(|connection| find(connection, id))
    }

    /// Every entry that is kept here, of one list or of all, the newest proposal
    /// first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn local_entries(&self, list: Option<&str>) -> Result<Vec<LocalEntry>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS}, {ENTRY_COLUMNS} FROM local_entries LEFT JOIN entries USING (id)
                 WHERE ?1 IS NULL OR list_code = ?1
                 ORDER BY proposed_at DESC, local_entries.rowid DESC"
            ))?;
            let mut rows = statement.query([list])?;
            let mut entries = Vec::new();
            while let Some(row) = rows.next()? {
                entries.push(local_entry(row)?);
            }
            Ok(entries)
        })
    }

    /// Everything that was done with an entry, oldest first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn entry_steps(&self, id: &str) -> Result<Vec<EntryStep>, StoreError> {
        self.read(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT step, at, actor, reason FROM entry_steps WHERE entry = ?1 ORDER BY seq",
            )?;
            let mut rows = statement.query([id])?;
            let mut steps = Vec::new();
            while let Some(row) = rows.next()? {
                steps.push(EntryStep {
                    step: row.get(0)?,
                    at: values::instant(row, 1)?,
                    actor: row.get(2)?,
                    reason: row.get(3)?,
                });
            }
            Ok(steps)
        })
    }

    /// Notes which entries kept here ran out before `today`, once each, and gives
    /// those it noted now (R47).
    ///
    /// # Errors
    /// When they cannot be read or noted.
    pub async fn note_expired_entries(
        &self,
        today: Date,
        at: Timestamp,
    ) -> Result<Vec<LocalEntry>, StoreError> {
        self.write(move |connection| {
            let mut statement = connection.prepare_cached(&format!(
                "SELECT {COLUMNS}, {ENTRY_COLUMNS} FROM local_entries JOIN entries USING (id)
                 WHERE status = 'effective' AND valid_until < ?1
                       AND NOT EXISTS (SELECT 1 FROM entry_steps
                                       WHERE entry = local_entries.id AND step = '{EXPIRE}')
                 ORDER BY local_entries.rowid"
            ))?;
            let mut rows = statement.query([today.to_string()])?;
            let mut expired = Vec::new();
            while let Some(row) = rows.next()? {
                expired.push(local_entry(row)?);
            }
            for local in &expired {
                let (actor, reason) = ("host".to_owned(), "its last day of validity is over".to_owned());
                let step = EntryStep { step: EXPIRE.to_owned(), at, actor, reason };
                save_step(connection, &local.entry.id, &step)?;
                told::exited(connection, &local.entry, &step)?;
            }
            Ok(expired)
        })
        .await
    }
}

/// Takes the step of a repair that its recogniser granted, where the entry is kept
/// here and still on its list. Answers whether it is kept here. Part of the
/// caller's transaction, which tells the platform.
pub(crate) fn repair(connection: &Connection, id: &str, step: &EntryStep) -> Result<bool, StoreError> {
    let Some(local) = find(connection, id)?.filter(|local| local.state == ProposalState::Recognised) else {
        return Ok(false);
    };
    if let Ok(repaired) = grant_repair(&local.entry, local_date(step.at)) {
        lists::save_entry(connection, LOCAL_SOURCE, &repaired)?;
        note_change(connection, LOCAL_SOURCE)?;
        save_step(connection, id, step)?;
        told::exited(connection, &repaired, step)?;
    }
    Ok(true)
}

fn propose(connection: &Connection, proposal: &NewProposal, step: &EntryStep) -> Result<(), StoreError> {
    let id = &proposal.entry.id;
    connection
        .prepare_cached(
            "INSERT INTO local_entries (id, division, list_code, state, document, escalates, proposed_at,
                    proposed_by)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            id,
            proposal.division,
            proposal.entry.list,
            ProposalState::Proposed.code(),
            written("a proposal", &proposal.entry)?,
            proposal.escalates,
            values::instant_to_sql(step.at),
            step.actor,
        ])?;
    save_step(connection, id, step)
}

/// Keeps a decision with the step that brought it about, and what the platform is
/// told of it.
fn keep(
    connection: &Connection,
    division: &str,
    decision: &Decision,
    step: &EntryStep,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE local_entries SET state = ?2 WHERE id = ?1")?
        .execute([&decision.entry.id, decision.state.code()])?;
    if decision.state == ProposalState::Recognised {
        lists::save_entry(connection, LOCAL_SOURCE, &decision.entry)?;
        note_change(connection, LOCAL_SOURCE)?;
        tell(connection, division, &decision.entry, step)?;
    }
    save_step(connection, &decision.entry.id, step)?;
    told::step(connection, decision, step)?;
    if let Some(duty) = &decision.report {
        duties::open(connection, duty, step.at)?;
    }
    if let Some(closed) = &decision.closed {
        lists::save_entry(connection, LOCAL_SOURCE, closed)?;
        let reason = format!("{} is listed in its place", decision.entry.id);
        let step = EntryStep { step: "escalate".to_owned(), reason, ..step.clone() };
        save_step(connection, &closed.id, &step)?;
        told::exited(connection, closed, &step)?;
        tell(connection, division, closed, &step)?;
    }
    Ok(())
}

/// Tells the platform what became of an entry (R37). What was announced and never
/// took effect is no business of its.
fn tell(
    connection: &Connection,
    division: &str,
    entry: &ListEntry,
    step: &EntryStep,
) -> Result<(), StoreError> {
    if entry.status == EntryStatus::Preliminary || step.step == StepKind::Reject.code() {
        return Ok(());
    }
    let id = Uuid::now_v7().to_string();
    let message = feedback::list_entry_json(entry, division, &step.step, &id, step.at);
    outbox::insert(connection, &id, None, &message, step.at)
}

fn save_step(connection: &Connection, entry: &str, step: &EntryStep) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO entry_steps (entry, step, at, actor, reason) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![entry, step.step, values::instant_to_sql(step.at), step.actor, step.reason])?;
    Ok(())
}

fn find(connection: &Connection, id: &str) -> Result<Option<LocalEntry>, StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {COLUMNS}, {ENTRY_COLUMNS} FROM local_entries LEFT JOIN entries USING (id)
         WHERE local_entries.id = ?1"
    ))?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(local_entry).transpose()
}

fn local_entry(row: &Row<'_>) -> Result<LocalEntry, StoreError> {
    let listed: bool = row.get(6)?;
    let entry = if listed { entry_of(row, ENTRY)? } else { proposed(row, 2)? };
    Ok(LocalEntry {
        division: row.get(0)?,
        state: values::coded(row, 1, ProposalState::from_code, "the state of a proposal")?,
        entry,
        escalates: row.get(3)?,
        proposed_at: values::instant(row, 4)?,
        proposed_by: row.get(5)?,
    })
}

fn proposed(row: &Row<'_>, index: usize) -> Result<ListEntry, StoreError> {
    let damaged = || StoreError::Damaged { what: "a proposal" };
    let text = row.get_ref(index)?.as_str().map_err(|_| damaged())?;
    serde_json::from_str(text).map_err(|_| damaged())
}

#[cfg(test)]
mod tests {
    use creditgate_credit::entry::EntryState;
    use creditgate_credit::lifecycle::{Step, StepError, apply};
    use creditgate_credit::policy::Listing;
    use jiff::civil::date;
    use tempfile::TempDir;

    use super::*;
    use crate::samples::{COMPANY, at, entry};
    use crate::store::StoreOptions;

    const TODAY: Date = date(2026, 11, 23);

    fn step(name: &str) -> EntryStep {
        EntryStep { step: name.to_owned(), at: at(), actor: "k1".to_owned(), reason: "示例".to_owned() }
    }

    async fn store_with(ids: &[&str]) -> (Store, TempDir) {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("store.db"), &StoreOptions::default()).unwrap();
        for id in ids {
            let entry = entry(id, "示例食品有限公司", &[COMPANY]);
            let proposal = NewProposal { division: "370811".to_owned(), entry, escalates: None };
            store.propose_entry::<StepError>(proposal, step("propose"), None).await.unwrap().unwrap();
        }
        (store, directory)
    }

    async fn recognise(store: &Store, id: &str) {
        let decide = |local: &LocalEntry, _: Option<&LocalEntry>| {
            let state = ProposalState::Recognised;
            Ok::<_, StepError>(Decision { state, entry: local.entry.clone(), closed: None, report: None })
        };
        store.decide_entry(id.to_owned(), step("approve"), decide).await.unwrap().unwrap().unwrap();
    }

    fn steps(store: &Store, id: &str) -> Vec<String> {
        store.entry_steps(id).unwrap().into_iter().map(|step| step.step).collect()
    }

    #[tokio::test]
    async fn r040_a_proposal_is_on_no_list_until_it_is_recognised() {
        let (store, _directory) = store_with(&["l1"]).await;
        let listed = |store: &Store| {
            store
                .read(|connection| {
                    Ok(connection
                        .query_row("SELECT count(*) FROM entries", [], |row| row.get::<_, i64>(0))?)
                })
                .unwrap()
        };
        assert_eq!(listed(&store), 0);
        let proposed = store.local_entry("l1").unwrap().unwrap();
        assert_eq!((proposed.state, proposed.proposed_by.as_str()), (ProposalState::Proposed, "k1"));
        assert_eq!(proposed.entry, entry("l1", "示例食品有限公司", &[COMPANY]));
        recognise(&store, "l1").await;
        assert_eq!(listed(&store), 1);
        assert_eq!(store.local_entry("l1").unwrap().unwrap().state, ProposalState::Recognised);
        assert_eq!(steps(&store, "l1"), ["propose", "approve"]);
    }

    #[tokio::test]
    async fn a_decision_that_is_refused_changes_nothing() {
        let (store, _directory) = store_with(&["l1"]).await;
        recognise(&store, "l1").await;
        let before = store.local_entry("l1").unwrap();
        let remove = |local: &LocalEntry, _: Option<&LocalEntry>| {
            let entry = apply(&local.entry, &Step::Remove, TODAY, &Listing::default())?;
            Ok(Decision { state: local.state, entry, closed: None, report: None })
        };
        let refused: Result<Decision, StepError> =
            store.decide_entry("l1".to_owned(), step("remove"), remove).await.unwrap().unwrap();
        assert_eq!(refused.unwrap_err().code(), "entry.other_kind");
        assert_eq!(store.local_entry("l1").unwrap(), before);
        assert_eq!(steps(&store, "l1"), ["propose", "approve"]);
        let unknown = store.decide_entry("l2".to_owned(), step("remove"), remove).await.unwrap();
        assert_eq!(unknown, None);
    }

    #[tokio::test]
    async fn r047_what_ran_out_is_noted_once() {
        let (store, _directory) = store_with(&["l1", "l2"]).await;
        recognise(&store, "l1").await;
        let after = date(2029, 3, 2);
        assert_eq!(store.note_expired_entries(date(2029, 3, 1), at()).await.unwrap(), [], "still valid");
        let expired = store.note_expired_entries(after, at()).await.unwrap();
        assert_eq!(expired.iter().map(|local| local.entry.id.as_str()).collect::<Vec<_>>(), ["l1"]);
        assert_eq!(expired[0].entry.state_on(after), EntryState::Expired);
        assert_eq!(store.note_expired_entries(after, at()).await.unwrap(), []);
        assert_eq!(steps(&store, "l1"), ["propose", "approve", "expire"]);
        assert_eq!(steps(&store, "l2"), ["propose"], "it was never listed");
    }

    #[tokio::test]
    async fn entries_are_listed_by_list_newest_first() {
        let (store, _directory) = store_with(&["l1", "l2"]).await;
        let ids = |list| {
            let found = store.local_entries(list).unwrap();
            found.into_iter().map(|local| local.entry.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(None), ["l2", "l1"]);
        assert_eq!(ids(Some("food.serious")), ["l2", "l1"]);
        assert_eq!(ids(Some("other")), [""; 0]);
    }
}
