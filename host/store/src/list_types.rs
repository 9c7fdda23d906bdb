//! The kinds of lists this host takes.

use creditgate_credit::list_type::ListType;
use rusqlite::Connection;

use crate::error::StoreError;
use crate::json_column::{Saved, written};
use crate::statements::Statements as _;
use crate::store::Store;

const WHAT: &str = "a list type";

impl Store {
    /// Every kind of list, by code.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_types(&self) -> Result<Vec<ListType>, StoreError> {
        self.read(all)
    }

    /// Saves kinds of lists by their codes, all or none. One that was there is
    /// replaced.
    ///
    /// # Errors
    /// When nothing could be kept.
    pub async fn save_list_types(&self, list_types: Vec<ListType>) -> Result<Saved, StoreError> {
        self.write(move |connection| {
            let mut saved = Saved::default();
            for list in &list_types {
                let select = "SELECT document FROM list_types WHERE code = ?1";
                if !saved.counts(connection.document(WHAT, select, [&list.code])?.as_ref(), list) {
                    continue;
                }
                let text = written(WHAT, list)?;
                let insert = "INSERT INTO list_types (code, document) VALUES (?1, ?2)
                              ON CONFLICT (code) DO UPDATE SET document = excluded.document";
                connection.run(insert, [&list.code, &text])?;
            }
            Ok(saved)
        })
        .await
    }
}

/// Every kind of list, by code.
pub(crate) fn all(connection: &Connection) -> Result<Vec<ListType>, StoreError> {
    connection.documents(WHAT, "SELECT document FROM list_types ORDER BY code", [])
}
