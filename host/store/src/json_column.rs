//! What is kept as a document: JSON in a column, written and read as one value, and
//! versions that never change once they were saved.

use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::error::StoreError;

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Saved {
    /// Rows that are new.
    pub added: usize,
    /// Rows that replaced another version of themselves.
    pub changed: usize,
    /// Rows that were there already, the same.
    pub unchanged: usize,
}

/// Whether a version is to be written; one that is there must be the same.
pub(crate) fn is_new_version<T: PartialEq>(
    kind: &'static str,
    version: impl FnOnce() -> String,
    stored: Option<&T>,
    wanted: &T,
    saved: &mut Saved,
) -> Result<bool, StoreError> {
    match stored {
        None => saved.added += 1,
        Some(stored) if stored == wanted => saved.unchanged += 1,
        Some(_) => return Err(StoreError::VersionChanged { kind, version: version() }),
    }
    Ok(stored.is_none())
}

pub(crate) fn written<T: serde::Serialize>(what: &'static str, row: &T) -> Result<String, StoreError> {
    serde_json::to_string(row).map_err(|_| StoreError::Damaged { what })
}

pub(crate) fn parsed<T: serde::de::DeserializeOwned>(
    what: &'static str,
    document: &str,
) -> Result<T, StoreError> {
    serde_json::from_str(document).map_err(|_| StoreError::Damaged { what })
}

/// The documents a statement without parameters selects.
pub(crate) fn documents<T>(
    connection: &Connection,
    statement: &str,
    of: impl Fn(&str) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = connection.prepare_cached(statement)?;
    collect(statement.query([])?, |row| of(&row.get::<_, String>(0)?))
}

/// The one document a statement selects, if there is one.
pub(crate) fn document<T>(
    connection: &Connection,
    statement: &str,
    parameters: impl Params,
    of: impl Fn(&str) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let text: Option<String> =
        connection.prepare_cached(statement)?.query_row(parameters, |row| row.get(0)).optional()?;
    text.as_deref().map(of).transpose()
}

pub(crate) fn collect<T>(
    mut rows: rusqlite::Rows<'_>,
    mut of: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(of(row)?);
    }
    Ok(all)
}
