//! Public keys receipts are signed with. The secret of the one in use is a file
//! beside the store.

use std::path::Path;

use creditgate_gate::PublicReceiptKey;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use crate::error::StoreError;
use crate::schema;
use crate::statements::Statements as _;
use crate::store::{Store, StoreOptions};
use crate::values;

impl Store {
    /// Every key, the one in use first.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn receipt_keys(&self) -> Result<Vec<PublicReceiptKey>, StoreError> {
        self.read(all)
    }

    /// Retires the key in use, if there is one, and has this one in its place. A
    /// key is used once: one that was retired is not taken again.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn rotate_receipt_key(&self, key: PublicReceiptKey, at: Timestamp) -> Result<(), StoreError> {
        self.write(move |connection| {
            let update = "UPDATE receipt_keys SET until = ?1 WHERE until IS NULL";
            connection.run(update, [values::instant_to_sql(at)])?;
            let id = key.id().ok_or(StoreError::Damaged { what: "a key of receipts" })?;
            let insert = "INSERT INTO receipt_keys (id, public_key, since) VALUES (?1, ?2, ?3)";
            connection.run(insert, params![id, key.bytes, key.since.map(values::instant_to_sql)])
        })
        .await
    }

    /// Whether a check was ever recorded.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn has_checks(&self) -> Result<bool, StoreError> {
        self.read(|connection| connection.scalar("SELECT EXISTS (SELECT 1 FROM checks)", []))
    }
}

/// The keys in the store in this file, which a host may have open.
///
/// # Errors
/// When they cannot be read.
pub fn receipt_keys_of(file: &Path) -> Result<Vec<PublicReceiptKey>, StoreError> {
    all(&schema::open_for_reading(file, StoreOptions::default().busy_timeout)?)
}

fn all(connection: &Connection) -> Result<Vec<PublicReceiptKey>, StoreError> {
    let select = "SELECT public_key, since, until FROM receipt_keys ORDER BY until IS NOT NULL, until DESC";
    connection.rows(select, [], |row| {
        Ok(PublicReceiptKey {
            bytes: values::sha256(row, 0)?,
            since: values::optional_instant(row, 1)?,
            until: values::optional_instant(row, 2)?,
        })
    })
}

#[cfg(test)]
mod tests {
    use creditgate_gate::ReceiptKey;
    use jiff::ToSpan;

    use super::*;
    use crate::samples::at;

    #[tokio::test]
    async fn one_key_is_in_use_and_every_retired_one_is_remembered_with_its_time() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        let store = Store::open(&path, &StoreOptions::default()).unwrap();
        assert_eq!((store.receipt_keys().unwrap(), store.has_checks().unwrap()), (Vec::new(), false));
        let key = |byte: u8, since| PublicReceiptKey {
            since,
            ..ReceiptKey::from_secret(&[byte; 32]).public().into()
        };
        let (second, third) = (at() + 1.hour(), at() + 2.hours());
        store.rotate_receipt_key(key(1, None), at()).await.unwrap();
        store.rotate_receipt_key(key(2, Some(second)), second).await.unwrap();
        store.rotate_receipt_key(key(3, Some(third)), third).await.unwrap();
        assert!(store.rotate_receipt_key(key(1, Some(third)), third).await.is_err(), "it was retired");
        let expected = [
            key(3, Some(third)),
            PublicReceiptKey { until: Some(third), ..key(2, Some(second)) },
            PublicReceiptKey { until: Some(second), ..key(1, None) },
        ];
        assert_eq!(store.receipt_keys().unwrap(), expected);
        assert_eq!(receipt_keys_of(&path).unwrap(), expected, "also beside an open store");
    }
}
