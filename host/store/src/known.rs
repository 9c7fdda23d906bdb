//! Under which keys, names and numbers the store itself has anything to say of a
//! party, held in memory: almost every party has no record, and a check of such
//! parties then reads nothing. What the snapshots hold has a filter of its own.
//!
//! May say yes where there is nothing (any more), never no where there is
//! something: a key comes in before the change that brings it is committed, and
//! none goes out before the next start.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;
use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::Connection;
use rusqlite::functions::FunctionFlags;

use crate::error::StoreError;
use crate::statements::Statements as _;

/// What a text is: the same text may be a name and a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// A key of list entries or commitments.
    Key,
    /// The key form of a subject's name.
    Name,
    /// A number on either side of a link.
    Linked,
}

/// Where each kind of text stands: table and column.
const COLUMNS: &[(Kind, &str, &str)] = &[
    (Kind::Key, "entry_keys", "key"),
    (Kind::Key, "commitment_keys", "key"),
    (Kind::Name, "entries", "name_key"),
    (Kind::Linked, "identifier_links", "number"),
    (Kind::Linked, "identifier_links", "uscc"),
];

/// The texts, as hashes. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Known {
    hashes: Arc<RwLock<HashSet<u64>>>,
    hasher: RandomState,
}

impl Known {
    /// Takes in what is there, and from now on whatever comes through this
    /// connection, which must be the only one that writes.
    pub(crate) fn follow(connection: &Connection) -> Result<Self, StoreError> {
        let known = Self::default();
        for (number, &(kind, table, column)) in COLUMNS.iter().enumerate() {
            // Triggers first: nothing may come in between unseen.
            let function = format!("note_known_{number}");
            let noting = known.clone();
            connection.create_scalar_function(
                function.as_str(),
                1,
                FunctionFlags::SQLITE_UTF8,
                move |context| {
                    noting.note(kind, context.get_raw(0).as_str()?);
                    Ok(rusqlite::types::Null)
                },
            )?;
            for event in ["INSERT", "UPDATE"] {
                connection.execute_batch(&format!(
                    "CREATE TEMP TRIGGER {function}_{event} AFTER {event} ON main.{table}
                     BEGIN SELECT {function}(new.{column}); END"
                ))?;
            }
            connection.each(&format!("SELECT {column} FROM main.{table}"), [], |row| {
                known.note(kind, row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?);
                Ok(())
            })?;
        }
        Ok(known)
    }

    /// Whether there may be something under any of these texts.
    pub(crate) fn any<'a>(&self, texts: impl IntoIterator<Item = (Kind, &'a str)>) -> bool {
        let hashes = self.hashes.read().unwrap_or_else(PoisonError::into_inner);
        !hashes.is_empty() && texts.into_iter().any(|text| hashes.contains(&self.hasher.hash_one(text)))
    }

    fn note(&self, kind: Kind, text: &str) {
        let hash = self.hasher.hash_one((kind, text));
        self.hashes.write().unwrap_or_else(PoisonError::into_inner).insert(hash);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection() -> Connection {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "CREATE TABLE entries (name_key TEXT);
                 CREATE TABLE entry_keys (key TEXT PRIMARY KEY) WITHOUT ROWID;
                 CREATE TABLE commitment_keys (key TEXT);
                 CREATE TABLE identifier_links (number TEXT, uscc TEXT);
                 INSERT INTO entry_keys VALUES ('before')",
            )
            .unwrap();
        connection
    }

    #[test]
    fn what_is_there_and_what_comes_is_known_by_its_kind() {
        let connection = connection();
        let known = Known::follow(&connection).unwrap();
        connection
            .execute_batch(
                "INSERT INTO commitment_keys VALUES ('c');
                 INSERT INTO entries VALUES ('name');
                 INSERT INTO identifier_links VALUES ('old', 'new');
                 UPDATE entries SET name_key = 'other'",
            )
            .unwrap();
        let cases = [
            (Kind::Key, "before", true),
            (Kind::Key, "c", true),
            (Kind::Name, "name", true),
            (Kind::Name, "other", true),
            (Kind::Linked, "old", true),
            (Kind::Linked, "new", true),
            (Kind::Key, "name", false),
            (Kind::Name, "before", false),
            (Kind::Key, "nobody", false),
        ];
        for (kind, text, expected) in cases {
            assert_eq!(known.any([(kind, text)]), expected, "{kind:?} {text}");
        }
    }

    #[test]
    fn what_comes_is_known_before_it_is_committed_and_stays_known() {
        let connection = connection();
        let known = Known::follow(&connection).unwrap();
        connection.execute_batch("BEGIN; INSERT INTO entry_keys VALUES ('k')").unwrap();
        assert!(known.any([(Kind::Key, "k")]));
        connection.execute_batch("ROLLBACK").unwrap();
        assert!(known.any([(Kind::Key, "k")]), "a yes too many costs a look, no more");
    }
}
