//! Affairs that are kept as documents: objections, applications for repair, orders
//! and talks. Beside a document stands what it is searched for.

use creditgate_affairs::entry_file::{Order, TalkHeld};
use creditgate_affairs::objections::Objection;
use creditgate_affairs::repairs::Repair;
use rusqlite::types::FromSql;
use rusqlite::{Connection, Params, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::json_column::{parsed, written};
use crate::store::Store;

/// An affair with a table of its own.
pub trait Affair: Serialize + DeserializeOwned {
    /// Its table.
    const TABLE: &'static str;
    /// What it is called where it cannot be read.
    const WHAT: &'static str;

    /// Id, entry, department and state.
    fn columns(&self) -> (&str, &str, Option<&str>, &'static str);
}

impl Affair for Objection {
    const TABLE: &'static str = "objections";
    const WHAT: &'static str = "an objection";

    fn columns(&self) -> (&str, &str, Option<&str>, &'static str) {
        (&self.id, &self.entry, self.department.as_deref(), self.state.code())
    }
}

impl Affair for Repair {
    const TABLE: &'static str = "repairs";
    const WHAT: &'static str = "an application for repair";

    fn columns(&self) -> (&str, &str, Option<&str>, &'static str) {
        (&self.id, &self.entry, self.department.as_deref(), self.state.code())
    }
}

/// Which of many are wanted; everything where nothing is said.
#[derive(Debug, Clone, Default)]
pub struct AffairFilter {
    /// Those of these departments; those without a department too where it is
    /// absent.
    pub departments: Option<Vec<String>>,
    /// Those of this entry.
    pub entry: Option<String>,
    /// Those in this state.
    pub state: Option<&'static str>,
}

impl Store {
    /// At most `limit` affairs of a kind, newest first, behind the one with this id.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn affairs<A: Affair>(
        &self,
        filter: &AffairFilter,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<A>, StoreError> {
        let departments = filter.departments.as_ref().map(|all| serde_json::json!(all).to_string());
        let select = format!(
            "SELECT document FROM {0}
             WHERE (?1 IS NULL OR department IN (SELECT value FROM json_each(?1)))
               AND (?2 IS NULL OR entry = ?2) AND (?3 IS NULL OR state = ?3)
               AND (?5 IS NULL OR seq < (SELECT seq FROM {0} WHERE id = ?5))
             ORDER BY seq DESC LIMIT ?4",
            A::TABLE
        );
        let parameters = params![departments, filter.entry, filter.state, limit, after];
        self.read(|connection| read(connection, A::WHAT, &select, parameters))
    }

    /// The order for an entry, and the talks about it.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn orders_and_talks(&self, entry: &str) -> Result<(Option<Order>, Vec<TalkHeld>), StoreError> {
        self.read(|connection| Ok((order_of(connection, entry)?, talks_of(connection, entry)?)))
    }
}

pub(crate) fn find<A: Affair>(connection: &Connection, id: &str) -> Result<Option<A>, StoreError> {
    let select = format!("SELECT document FROM {} WHERE id = ?1", A::TABLE);
    Ok(read(connection, A::WHAT, &select, [id])?.pop())
}

pub(crate) fn of_entry<A: Affair>(connection: &Connection, entry: &str) -> Result<Vec<A>, StoreError> {
    let select = format!("SELECT document FROM {} WHERE entry = ?1 ORDER BY seq", A::TABLE);
    read(connection, A::WHAT, &select, [entry])
}

/// Keeps an affair as it stands now.
pub(crate) fn save<A: Affair>(connection: &Connection, affair: &A) -> Result<(), StoreError> {
    let (id, entry, department, state) = affair.columns();
    connection
        .prepare_cached(&format!(
            "INSERT INTO {} (id, entry, department, state, document) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document",
            A::TABLE
        ))?
        .execute(params![id, entry, department, state, written(A::WHAT, affair)?])?;
    Ok(())
}

const ORDER: &str = "an order to put things right";
const TALK: &str = "a talk";

pub(crate) fn order_of(connection: &Connection, entry: &str) -> Result<Option<Order>, StoreError> {
    Ok(read(connection, ORDER, "SELECT document FROM rectifications WHERE entry = ?1", [entry])?.pop())
}

pub(crate) fn talks_of(connection: &Connection, entry: &str) -> Result<Vec<TalkHeld>, StoreError> {
    let mut talks: Vec<TalkHeld> =
        read(connection, TALK, "SELECT document FROM talks WHERE entry = ?1", [entry])?;
    talks.sort_by_key(|talk| talk.held_on);
    Ok(talks)
}

pub(crate) fn save_order(connection: &Connection, entry: &str, order: &Order) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT OR REPLACE INTO rectifications (entry, document) VALUES (?1, ?2)")?
        .execute([entry, &written(ORDER, order)?])?;
    Ok(())
}

pub(crate) fn save_talk(connection: &Connection, entry: &str, talk: &TalkHeld) -> Result<(), StoreError> {
    connection.prepare_cached("INSERT INTO talks (entry, kind, document) VALUES (?1, ?2, ?3)")?.execute([
        entry,
        talk.kind.code(),
        &written(TALK, talk)?,
    ])?;
    Ok(())
}

/// The documents a statement selects; `what` names them for the error.
pub(crate) fn read<T: DeserializeOwned>(
    connection: &Connection,
    what: &'static str,
    select: &str,
    parameters: impl Params,
) -> Result<Vec<T>, StoreError> {
    let documents: Vec<String> = column(connection, select, parameters)?;
    documents.iter().map(|document| parsed(what, document)).collect()
}

/// The first column of what a statement selects.
pub(crate) fn column<T: FromSql>(
    connection: &Connection,
    select: &str,
    parameters: impl Params,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(select)?;
    let found = statement.query_map(parameters, |row| row.get(0))?.collect::<Result<_, _>>()?;
    Ok(found)
}
