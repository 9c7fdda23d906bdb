//! Entries of lists that are kept here: proposals, what they became, and every step
//! of theirs, as `creditgate_affairs::local_lists` decides (R40).

use creditgate_affairs::local_lists::{EXPIRE, EntryStep, Kept, LocalEntry};

use creditgate_credit::lifecycle::ProposalState;
use jiff::civil::Date;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::json_column::{parsed, written};
use crate::lists::{ENTRY_COLUMNS, entry_of};
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

/// The source of entries that are kept here. Nothing is imported under this name:
/// an import would take their place.
pub const LOCAL_SOURCE: &str = "local";

const PROPOSAL: &str = "a proposal";

/// Columns [`local_entry`] reads before those of the entry.
const COLUMNS: &str =
    "division, state, document, escalates, proposed_at, proposed_by, entries.id IS NOT NULL";
const ENTRY: usize = 7;

impl Store {
    /// Every entry that is kept here, of one list or of all, the newest proposal
    /// first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn local_entries(&self, list: Option<&str>) -> Result<Vec<LocalEntry>, StoreError> {
        self.read(|connection| all(connection, list))
    }

    /// Everything that was done with an entry, oldest first.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn entry_steps(&self, id: &str) -> Result<Vec<EntryStep>, StoreError> {
        self.read(|connection| {
            let select = "SELECT step, at, actor, reason FROM entry_steps WHERE entry = ?1 ORDER BY seq";
            connection.rows(select, [id], |row| {
                Ok(EntryStep {
                    step: row.get(0)?,
                    at: values::instant(row, 1)?.into(),
                    actor: row.get(2)?,
                    reason: row.get(3)?,
                })
            })
        })
    }
}

/// Every entry that is kept here, of one list or of all, the newest proposal first.
pub(crate) fn all(connection: &Connection, list: Option<&str>) -> Result<Vec<LocalEntry>, StoreError> {
    let select = format!(
        "SELECT {COLUMNS}, {ENTRY_COLUMNS} FROM local_entries LEFT JOIN entries USING (id)
         WHERE ?1 IS NULL OR list_code = ?1
         ORDER BY proposed_at DESC, local_entries.rowid DESC"
    );
    connection.rows(&select, [list], local_entry)
}

/// Those that stand on their list and ran out before this day, of which that is not
/// noted yet.
pub(crate) fn expired(connection: &Connection, today: Date) -> Result<Vec<LocalEntry>, StoreError> {
    let select = format!(
        "SELECT {COLUMNS}, {ENTRY_COLUMNS} FROM local_entries JOIN entries USING (id)
         WHERE status = 'effective' AND valid_until < ?1
               AND NOT EXISTS (SELECT 1 FROM entry_steps
                               WHERE entry = local_entries.id AND step = '{EXPIRE}')
         ORDER BY local_entries.rowid"
    );
    connection.rows(&select, [today.to_string()], local_entry)
}

/// Keeps a proposal.
pub(crate) fn save_proposal(connection: &Connection, local: &LocalEntry) -> Result<(), StoreError> {
    let insert = "\
        INSERT INTO local_entries (id, division, list_code, state, document, escalates, proposed_at,
               proposed_by)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let row = params![
        local.entry.id,
        local.kept.division,
        local.entry.list,
        local.kept.proposal.code(),
        written(PROPOSAL, &local.entry)?,
        local.kept.escalates,
        values::instant_to_sql(local.kept.proposed_at.0),
        local.kept.proposed_by,
    ];
    connection.run(insert, row)
}

/// Keeps where a proposal stands.
pub(crate) fn save_state(connection: &Connection, id: &str, state: ProposalState) -> Result<(), StoreError> {
    connection.run("UPDATE local_entries SET state = ?2 WHERE id = ?1", [id, state.code()])
}

pub(crate) fn save_step(connection: &Connection, entry: &str, step: &EntryStep) -> Result<(), StoreError> {
    let insert = "INSERT INTO entry_steps (entry, step, at, actor, reason) VALUES (?1, ?2, ?3, ?4, ?5)";
    connection
        .run(insert, params![entry, step.step, values::instant_to_sql(step.at.0), step.actor, step.reason])
}

pub(crate) fn find(connection: &Connection, id: &str) -> Result<Option<LocalEntry>, StoreError> {
    let select = format!(
        "SELECT {COLUMNS}, {ENTRY_COLUMNS} FROM local_entries LEFT JOIN entries USING (id)
         WHERE local_entries.id = ?1"
    );
    connection.row(&select, [id], local_entry)
}

fn local_entry(row: &Row<'_>) -> Result<LocalEntry, StoreError> {
    let listed: bool = row.get(6)?;
    let proposed = || parsed(PROPOSAL, &row.get::<_, String>(2)?);
    let entry = if listed { entry_of(row, ENTRY)? } else { proposed()? };
    let kept = Kept {
        division: row.get(0)?,
        proposal: values::coded(row, 1, ProposalState::from_code, "the state of a proposal")?,
        escalates: row.get(3)?,
        proposed_at: values::instant(row, 4)?.into(),
        proposed_by: row.get(5)?,
    };
    Ok(LocalEntry { entry, kept })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use creditgate_affairs::local_lists::settle;
    use creditgate_affairs::{AffairStore, Consequence, Decided, Refusal};
    use creditgate_credit::calendar::WorkingCalendar;
    use creditgate_credit::entry::EntryState;
    use jiff::Timestamp;
    use jiff::civil::date;
    use tempfile::TempDir;

    use super::*;
    use crate::samples::{COMPANY, Nowhere, at, entry, proposal};

    fn step(id: &str, name: &str) -> Consequence {
        let (step, actor, reason) = (name.to_owned(), "k1".to_owned(), "示例".to_owned());
        Consequence::Step { entry: id.to_owned(), step: EntryStep { step, at: at().into(), actor, reason } }
    }

    async fn store_with(ids: &[&str]) -> (Store, TempDir) {
        let (store, directory) = Store::temporary();
        for id in ids {
            let proposal = proposal(entry(id, "示例食品有限公司", &[COMPANY]));
            let decided = Decided::new((), at()).with(Consequence::Proposal(Box::new(proposal)));
            let proposed = step(id, "propose");
            store.change(move |_| Ok(decided.with(proposed))).await.unwrap();
        }
        (store, directory)
    }

    async fn recognise(store: &Store, id: &'static str) {
        let agreed = move |entry| {
            let state = ProposalState::Recognised;
            Decided::new((), at())
                .with(Consequence::ProposalState { entry: id.to_owned(), state })
                .with(Consequence::Entry(Box::new(entry)))
                .with(step(id, "approve"))
        };
        store.change(move |kept| Ok(agreed(kept.local_entry(id)?.unwrap().entry))).await.unwrap();
    }

    fn local(store: &Store, id: &str) -> LocalEntry {
        store.look(|kept| kept.local_entry(id)).unwrap().unwrap()
    }

    fn steps(store: &Store, id: &str) -> Vec<String> {
        store.entry_steps(id).unwrap().into_iter().map(|step| step.step).collect()
    }

    #[tokio::test]
    async fn r040_a_proposal_is_on_no_list_until_it_is_recognised() {
        let (store, _directory) = store_with(&["l1"]).await;
        assert_eq!(store.list_entry("l1").unwrap(), None);
        let proposed = local(&store, "l1");
        assert_eq!(
            (proposed.kept.proposal, proposed.kept.proposed_by.as_str()),
            (ProposalState::Proposed, "k1")
        );
        assert_eq!(proposed.entry, entry("l1", "示例食品有限公司", &[COMPANY]));
        recognise(&store, "l1").await;
        assert_eq!(store.list_entry("l1").unwrap(), Some(proposed.entry));
        assert_eq!(local(&store, "l1").kept.proposal, ProposalState::Recognised);
        assert_eq!(steps(&store, "l1"), ["propose", "approve"]);
    }

    #[tokio::test]
    async fn a_decision_that_is_refused_changes_nothing() {
        let (store, _directory) = store_with(&["l1"]).await;
        recognise(&store, "l1").await;
        let before = local(&store, "l1");
        let refused: Result<(), _> =
            store.change(|_| Err(Refusal::NotApproved("l1".to_owned()).into())).await;
        assert!(refused.is_err());
        assert_eq!(local(&store, "l1"), before);
        assert_eq!(steps(&store, "l1"), ["propose", "approve"]);
    }

    #[tokio::test]
    async fn r047_what_ran_out_is_noted_once() {
        let (store, _directory) = store_with(&["l1", "l2"]).await;
        recognise(&store, "l1").await;
        let nowhere = Nowhere(Arc::new(WorkingCalendar::new([])));
        let on = |day: &str| format!("{day}T08:00:00+08:00").parse::<Timestamp>().unwrap();
        settle(&store, &nowhere, on("2029-03-01")).await.unwrap();
        assert_eq!(steps(&store, "l1"), ["propose", "approve"], "still valid");
        for _ in 0..2 {
            settle(&store, &nowhere, on("2029-03-02")).await.unwrap();
            assert_eq!(steps(&store, "l1"), ["propose", "approve", "expire"]);
        }
        assert_eq!(local(&store, "l1").entry.state_on(date(2029, 3, 2)), EntryState::Expired);
        assert_eq!(store.events(None, None, 10).unwrap().len(), 1, "told once");
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
