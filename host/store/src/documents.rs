//! Affairs that are kept as documents: objections, applications for repair, orders
//! and talks. Beside a document stands what it is searched for.

use creditgate_affairs::entry_file::{Order, TalkHeld};
use creditgate_affairs::objections::Objection;
use creditgate_affairs::repairs::Repair;

use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::json_column::written;
use crate::statements::Statements as _;
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
        self.read(|connection| connection.documents(A::WHAT, &select, parameters))
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
    connection.document(A::WHAT, &select, [id])
}

pub(crate) fn of_entry<A: Affair>(connection: &Connection, entry: &str) -> Result<Vec<A>, StoreError> {
    let select = format!("SELECT document FROM {} WHERE entry = ?1 ORDER BY seq", A::TABLE);
    connection.documents(A::WHAT, &select, [entry])
}

/// Keeps an affair as it stands now.
pub(crate) fn save<A: Affair>(connection: &Connection, affair: &A) -> Result<(), StoreError> {
    let (id, entry, department, state) = affair.columns();
    let insert = format!(
        "INSERT INTO {} (id, entry, department, state, document) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (id) DO UPDATE SET state = excluded.state, document = excluded.document",
        A::TABLE
    );
    connection.run(&insert, params![id, entry, department, state, written(A::WHAT, affair)?])
}

const ORDER: &str = "an order to put things right";
const TALK: &str = "a talk";

pub(crate) fn order_of(connection: &Connection, entry: &str) -> Result<Option<Order>, StoreError> {
    connection.document(ORDER, "SELECT document FROM rectifications WHERE entry = ?1", [entry])
}

pub(crate) fn talks_of(connection: &Connection, entry: &str) -> Result<Vec<TalkHeld>, StoreError> {
    let mut talks: Vec<TalkHeld> =
        connection.documents(TALK, "SELECT document FROM talks WHERE entry = ?1", [entry])?;
    talks.sort_by_key(|talk| talk.held_on);
    Ok(talks)
}

pub(crate) fn save_order(connection: &Connection, entry: &str, order: &Order) -> Result<(), StoreError> {
    let insert = "INSERT OR REPLACE INTO rectifications (entry, document) VALUES (?1, ?2)";
    connection.run(insert, [entry, &written(ORDER, order)?])
}

pub(crate) fn save_talk(connection: &Connection, entry: &str, talk: &TalkHeld) -> Result<(), StoreError> {
    let insert = "INSERT INTO talks (entry, kind, document) VALUES (?1, ?2, ?3)";
    connection.run(insert, [entry, talk.kind.code(), &written(TALK, talk)?])
}
