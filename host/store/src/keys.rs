//! API keys, without their secrets: the store holds a hash, the server compares.

use jiff::Timestamp;
use rusqlite::{Row, params};

use crate::error::StoreError;
use crate::store::Store;
use crate::values;

/// An API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Public part, unique.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Role, by its machine name.
    pub role: String,
    /// Departments it may ask for; `None` means every department.
    pub departments: Option<Vec<String>>,
    /// SHA-256 of the secret part. To be compared in constant time.
    pub secret_hash: [u8; 32],
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

const COLUMNS: &str = "id, name, role, departments, secret_hash, created_at, revoked_at";

impl Store {
    /// Keeps a new key.
    ///
    /// # Errors
    /// When it cannot be kept, or its id is taken.
    pub async fn insert_key(&self, key: ApiKey) -> Result<(), StoreError> {
        self.write(move |connection| {
            let departments = key.departments.map(|codes| serde_json::json!(codes).to_string());
            connection
                .prepare_cached(
                    "INSERT INTO api_keys (id, name, role, departments, secret_hash, created_at, revoked_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    key.id,
                    key.name,
                    key.role,
                    departments,
                    key.secret_hash,
                    values::instant_to_sql(key.created_at),
                    key.revoked_at.map(values::instant_to_sql),
                ])?;
            Ok(())
        })
        .await
    }

    /// Revokes a key for good. Answers whether there was one to revoke.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn revoke_key(&self, id: String, at: Timestamp) -> Result<bool, StoreError> {
        self.write(move |connection| {
            let changed = connection
                .prepare_cached("UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL")?
                .execute(params![id, values::instant_to_sql(at)])?;
            Ok(changed == 1)
        })
        .await
    }

    /// The key with this id, revoked or not.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub fn key(&self, id: &str) -> Result<Option<ApiKey>, StoreError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached(&format!("SELECT {COLUMNS} FROM api_keys WHERE id = ?1"))?;
            let mut rows = statement.query([id])?;
            rows.next()?.map(key_of).transpose()
        })
    }

    /// All keys, oldest first.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub fn keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM api_keys ORDER BY created_at, id"))?;
            let mut rows = statement.query([])?;
            let mut keys = Vec::new();
            while let Some(row) = rows.next()? {
                keys.push(key_of(row)?);
            }
            Ok(keys)
        })
    }
}

fn key_of(row: &Row<'_>) -> Result<ApiKey, StoreError> {
    let departments = row
        .get::<_, Option<String>>(3)?
        .map(|codes| serde_json::from_str(&codes))
        .transpose()
        .map_err(|_| StoreError::Damaged { what: "the departments of a key" })?;
    Ok(ApiKey {
        id: row.get(0)?,
        name: row.get(1)?,
        role: row.get(2)?,
        departments,
        secret_hash: values::sha256(row, 4)?,
        created_at: values::instant(row, 5)?,
        revoked_at: values::optional_instant(row, 6)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::at;
    use crate::store::StoreOptions;

    #[tokio::test]
    async fn a_key_is_kept_found_and_revoked_once() {
        let directory = tempfile::tempdir().unwrap();
        let store = Store::open(&directory.path().join("store.db"), &StoreOptions::default()).unwrap();
        let limited = ApiKey {
            id: "k1".to_owned(),
            name: "审批系统".to_owned(),
            role: "caller".to_owned(),
            departments: Some(vec!["market-regulation".to_owned()]),
            secret_hash: [7; 32],
            created_at: at(),
            revoked_at: None,
        };
        let unlimited = ApiKey { id: "k2".to_owned(), departments: None, ..limited.clone() };
        for key in [&limited, &unlimited] {
            store.insert_key(key.clone()).await.unwrap();
        }
        assert!(store.insert_key(limited.clone()).await.is_err(), "an id is given once");
        assert_eq!(store.key("k1").unwrap(), Some(limited.clone()));
        assert_eq!(store.key("k9").unwrap(), None);

        assert!(store.revoke_key("k1".to_owned(), at()).await.unwrap());
        assert!(!store.revoke_key("k1".to_owned(), at()).await.unwrap(), "it is revoked already");
        let revoked = ApiKey { revoked_at: Some(at()), ..limited };
        assert_eq!(store.keys().unwrap(), [revoked, unlimited]);
    }
}
