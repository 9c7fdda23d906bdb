//! What objections, repairs, orders and talks share: their errors, and the one
//! way in which they change the store.

use creditgate_credit::entry::ListEntry;
use creditgate_credit::objection::ObjectionFault;
use creditgate_credit::rectification::TalkFault;
use creditgate_credit::repair::{RepairState, UnmetCondition};
use rusqlite::{Connection, OptionalExtension};
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::lists::stored_entry;
use crate::registry::parsed;
use crate::store::Store;

/// Why a change about an entry was not made. Nothing of it is kept.
#[derive(Debug, thiserror::Error)]
pub enum DisputeError {
    /// Neither the lists nor any check has this entry.
    #[error("there is no entry `{0}` in the lists, and no check had it")]
    UnknownEntry(String),
    /// No such objection.
    #[error("there is no objection `{0}`")]
    UnknownObjection(String),
    /// The entry is under verification already.
    #[error("the entry is under verification already, by objection `{0}`")]
    ObjectionOpen(String),
    /// The key has as many objections without a result as it may.
    #[error("{0} objections raised with this key have no result yet, which is as many as may be open")]
    TooManyObjections(u32),
    /// The objection is somewhere else on its way.
    #[error(transparent)]
    Objection(#[from] ObjectionFault),
    /// No such application for repair.
    #[error("there is no application for repair `{0}`")]
    UnknownRepair(String),
    /// An application for the entry is being dealt with.
    #[error("repair of the entry is applied for already: `{0}`")]
    RepairOpen(String),
    /// Repair cannot be applied for.
    #[error("repair cannot be applied for: {}", texts(.0))]
    RepairConditions(Vec<UnmetCondition>),
    /// The application is somewhere else on its way.
    #[error("an application that is `{}` cannot become `{}`", from.code(), to.code())]
    RepairStep {
        /// Where it is.
        from: RepairState,
        /// Where it was to go.
        to: RepairState,
    },
    /// There is an order that was not carried out.
    #[error("an order for this entry is open; say first what came of it")]
    RectificationOpen,
    /// There is no order to carry out.
    #[error("nothing was ordered to be put right for this entry, or it was done")]
    NothingOrdered,
    /// There is no ground for a talk.
    #[error(transparent)]
    Talk(#[from] TalkFault),
    /// Nothing of that cause lies over the entry.
    #[error("nothing lies over the entry for the cause `{0}`")]
    NoOverlay(String),
    /// An objection suspends the entry.
    #[error("an objection suspends the entry until it has a result")]
    OverlaySuspends,
    /// The store could not do it.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn texts(unmet: &[UnmetCondition]) -> String {
    unmet.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl DisputeError {
    /// Stable code on the wire.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownEntry(_) => "entry.unknown",
            Self::UnknownObjection(_) => "objection.unknown",
            Self::ObjectionOpen(_) => "objection.open",
            Self::TooManyObjections(_) => "objection.too_many",
            Self::Objection(fault) => fault.code(),
            Self::UnknownRepair(_) => "repair.unknown",
            Self::RepairOpen(_) => "repair.open",
            Self::RepairConditions(_) => "repair.conditions",
            Self::RepairStep { .. } => "repair.illegal_step",
            Self::RectificationOpen => "rectification.open",
            Self::NothingOrdered => "rectification.none",
            Self::Talk(fault) => fault.code(),
            Self::NoOverlay(_) => "overlay.none",
            Self::OverlaySuspends => "overlay.objection_open",
            Self::Store(error) => error.code(),
        }
    }
}

impl From<rusqlite::Error> for DisputeError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Store(error.into())
    }
}

impl Store {
    /// Runs `work` in a write transaction; overlays it changes count from then on.
    /// Work refuses before it writes: only an error of the store undoes it.
    pub(crate) async fn dispute<T, F>(&self, work: F) -> Result<T, DisputeError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection) -> Result<T, DisputeError> + Send + 'static,
    {
        self.write_overlaid(move |connection| match work(connection) {
            Err(DisputeError::Store(error)) => Err(error),
            decided => Ok(decided),
        })
        .await?
    }

    /// The entry with this id, as the lists have it.
    ///
    /// # Errors
    /// When the lists cannot be read.
    pub fn entry(&self, id: &str) -> Result<Option<ListEntry>, StoreError> {
        self.read_lists(|connection, snapshots| {
            if let Some(entry) = stored_entry(connection, id)? {
                return Ok(Some(entry));
            }
            for snapshot in snapshots {
                if let Some(entry) = snapshot.entry(id)? {
                    return Ok(Some(entry));
                }
            }
            Ok(None)
        })
    }

    /// Whether the lists have this entry, or a check had it.
    ///
    /// # Errors
    /// When it cannot be found out.
    pub fn knows_entry(&self, id: &str) -> Result<bool, StoreError> {
        if self.entry(id)?.is_some() {
            return Ok(true);
        }
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT EXISTS (SELECT 1 FROM check_entries WHERE entry = ?1)")?;
            Ok(statement.query_row([id], |row| row.get(0))?)
        })
    }
}

/// The document a statement selects by one parameter.
pub(crate) fn document<T: DeserializeOwned>(
    connection: &Connection,
    what: &'static str,
    select: &str,
    parameter: &str,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> =
        connection.prepare_cached(select)?.query_row([parameter], |row| row.get(0)).optional()?;
    text.map(|text| parsed(what, &text)).transpose()
}

/// The documents a statement selects.
pub(crate) fn documents<T: DeserializeOwned>(
    connection: &Connection,
    what: &'static str,
    select: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query(parameters)?;
    let mut documents = Vec::new();
    while let Some(row) = rows.next()? {
        documents.push(parsed(what, &row.get::<_, String>(0)?)?);
    }
    Ok(documents)
}

/// Which of many are wanted; everything where nothing is said.
#[derive(Debug, Clone, Default)]
pub struct DisputeFilter {
    /// Those of these departments; those without a department too where it is
    /// absent.
    pub departments: Option<Vec<String>>,
    /// Those of this entry.
    pub entry: Option<String>,
    /// Those in this state.
    pub state: Option<&'static str>,
}

impl DisputeFilter {
    /// The departments as a JSON array.
    pub(crate) fn departments_json(&self) -> Option<String> {
        self.departments.as_ref().map(|departments| serde_json::json!(departments).to_string())
    }
}
