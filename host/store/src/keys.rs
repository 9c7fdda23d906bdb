//! API keys, without their secrets: the store holds a hash, the server compares.

use creditgate_gate::{Holder, NotSecond};
use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::json_column::parsed;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

/// An API key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiKey {
    /// Public part, unique.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Who holds it.
    pub holder: Holder,
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

/// What came of revoking a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// It is revoked now; these are all keys after that.
    Now(Vec<ApiKey>),
    /// There is none, or it was revoked before.
    NotAny,
    /// It is the last one that may administer, and stays.
    LastAdmin,
}

/// Role of keys that may make and revoke keys, by its machine name.
const ADMIN: &str = "admin";

const COLUMNS: &str = "id, name, role, departments, secret_hash, created_at, revoked_at, holder, holder_kind";

impl Store {
    /// Keeps a new key, and gives back all keys with it.
    ///
    /// # Errors
    /// When it cannot be kept, or its id is taken.
    pub async fn insert_key(&self, key: ApiKey) -> Result<Vec<ApiKey>, StoreError> {
        self.write(move |connection| {
            let departments = key.departments.map(|codes| serde_json::json!(codes).to_string());
            let insert = "\
                INSERT INTO api_keys (id, name, role, departments, secret_hash, created_at, revoked_at,
                       holder, holder_kind)
                VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
            let row = params![
                key.id,
                key.name,
                key.role,
                departments,
                key.secret_hash,
                values::instant_to_sql(key.created_at),
                key.revoked_at.map(values::instant_to_sql),
                key.holder.name(),
                kind_of(&key.holder),
            ];
            connection.run(insert, row)?;
            all(connection)
        })
        .await
    }

    /// Revokes a key for good, unless nobody could administer the host then.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn revoke_key(&self, id: String, at: Timestamp) -> Result<Revoked, StoreError> {
        self.write(move |connection| {
            let select = "SELECT id FROM api_keys WHERE role = ?1 AND revoked_at IS NULL";
            let usable: Vec<String> = connection.column(select, [ADMIN])?;
            if usable == [id.as_str()] {
                return Ok(Revoked::LastAdmin);
            }
            let update = "UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
            let changed = connection.change(update, params![id, values::instant_to_sql(at)])?;
            Ok(if changed == 1 { Revoked::Now(all(connection)?) } else { Revoked::NotAny })
        })
        .await
    }

    /// Whether who agrees is another person than who brought something, by the
    /// actors that stand in records.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub fn second_person(&self, brought: &str, agrees: &str) -> Result<Result<(), NotSecond>, StoreError> {
        self.read(|connection| second_person(connection, brought, agrees))
    }

    /// The key with this id, revoked or not.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub fn key(&self, id: &str) -> Result<Option<ApiKey>, StoreError> {
        self.read(|connection| {
            connection.row(&format!("SELECT {COLUMNS} FROM api_keys WHERE id = ?1"), [id], key_of)
        })
    }

    /// All keys, oldest first.
    ///
    /// # Errors
    /// When the keys cannot be read.
    pub fn keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        self.read(all)
    }
}

fn all(connection: &Connection) -> Result<Vec<ApiKey>, StoreError> {
    connection.rows(&format!("SELECT {COLUMNS} FROM api_keys ORDER BY created_at, id"), [], key_of)
}

fn key_of(row: &Row<'_>) -> Result<ApiKey, StoreError> {
    let departments: Option<String> = row.get(3)?;
    let codes = |codes: String| parsed("the departments of a key", &codes);
    Ok(ApiKey {
        id: row.get(0)?,
        name: row.get(1)?,
        role: row.get(2)?,
        departments: departments.map(codes).transpose()?,
        secret_hash: values::sha256(row, 4)?,
        created_at: values::instant(row, 5)?,
        revoked_at: values::optional_instant(row, 6)?,
        holder: holder_of(row, 7)?,
    })
}

const PERSON: &str = "person";
const SYSTEM: &str = "system";

/// How the first part of the actor reads who works at the machine itself; the
/// name follows where one was given.
const AT_THE_MACHINE: &str = "cli";

const fn kind_of(holder: &Holder) -> &'static str {
    match holder {
        Holder::Person(_) => PERSON,
        Holder::System(_) => SYSTEM,
    }
}

/// The holder in two columns, the name first.
fn holder_of(row: &Row<'_>, index: usize) -> Result<Holder, StoreError> {
    let (name, kind): (String, String) = (row.get(index)?, row.get(index + 1)?);
    match kind.as_str() {
        PERSON => Ok(Holder::Person(name)),
        SYSTEM => Ok(Holder::System(name)),
        _ => Err(StoreError::Damaged { what: "the holder of a key" }),
    }
}

/// Whether who agrees is another person than who brought something, by the actors
/// that stand in records.
pub(crate) fn second_person(
    connection: &Connection,
    brought: &str,
    agrees: &str,
) -> Result<Result<(), NotSecond>, StoreError> {
    let (brought, agrees) = (behind(connection, brought)?, behind(connection, agrees)?);
    Ok(creditgate_gate::second_person(brought.as_ref(), agrees.as_ref()))
}

/// Who stands behind an actor; none where nobody said so at the machine.
pub(crate) fn behind(connection: &Connection, actor: &str) -> Result<Option<Holder>, StoreError> {
    if let Some(at_the_machine) = actor.strip_prefix(AT_THE_MACHINE) {
        return match at_the_machine.strip_prefix(':') {
            Some(name) => Ok(Some(Holder::Person(name.to_owned()))),
            None => Ok(None),
        };
    }
    let select = "SELECT holder, holder_kind FROM api_keys WHERE id = ?1";
    let known = connection.row(select, [actor], |row| holder_of(row, 0))?;
    // Keys are never deleted: what is none is the host, or from before keys were
    // kept here, and nobody else.
    Ok(Some(known.unwrap_or_else(|| Holder::Person(actor.to_owned()))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::at;

    fn key(id: &str, role: &str, holder: Holder) -> ApiKey {
        ApiKey {
            id: id.to_owned(),
            name: id.to_owned(),
            holder,
            role: role.to_owned(),
            departments: None,
            secret_hash: [7; 32],
            created_at: at(),
            revoked_at: None,
        }
    }

    #[tokio::test]
    async fn a_key_is_kept_found_and_revoked_once() {
        let (store, _directory) = Store::temporary();
        let holder = Holder::System("审批系统".to_owned());
        let departments = Some(vec!["market-regulation".to_owned()]);
        let limited = ApiKey { departments, ..key("k1", "caller", holder) };
        let unlimited = ApiKey { id: "k2".to_owned(), departments: None, ..limited.clone() };
        for key in [&limited, &unlimited] {
            store.insert_key(key.clone()).await.unwrap();
        }
        assert!(store.insert_key(limited.clone()).await.is_err(), "an id is given once");
        assert_eq!(store.key("k1").unwrap(), Some(limited.clone()));
        assert_eq!(store.key("k9").unwrap(), None);

        let revoke = async |id: &str| store.revoke_key(id.to_owned(), at()).await.unwrap();
        let revoked = ApiKey { revoked_at: Some(at()), ..limited };
        let keys = vec![revoked, unlimited];
        assert_eq!(revoke("k1").await, Revoked::Now(keys.clone()));
        assert_eq!(revoke("k1").await, Revoked::NotAny, "it is revoked already");
        assert_eq!(store.keys().unwrap(), keys);
    }

    #[tokio::test]
    async fn the_last_key_that_may_administer_is_not_revoked() {
        let (store, _directory) = Store::temporary();
        for (id, role) in [("a1", "admin"), ("a2", "admin"), ("p1", "publisher")] {
            store.insert_key(key(id, role, Holder::Person(id.to_owned()))).await.unwrap();
        }
        let revoke = async |id: &str| store.revoke_key(id.to_owned(), at()).await.unwrap();
        assert!(matches!(revoke("a1").await, Revoked::Now(_)));
        assert_eq!(revoke("a2").await, Revoked::LastAdmin);
        assert!(matches!(revoke("p1").await, Revoked::Now(_)), "it administers nothing");
        assert_eq!(revoke("a2").await, Revoked::LastAdmin);
        store.insert_key(key("a3", "admin", Holder::Person("a3".to_owned()))).await.unwrap();
        assert!(matches!(revoke("a2").await, Revoked::Now(_)));
        assert_eq!(revoke("a3").await, Revoked::LastAdmin);
    }

    #[tokio::test]
    async fn whoever_holds_several_keys_or_works_at_the_machine_is_one_person() {
        let (store, _directory) = Store::temporary();
        let wang = || Holder::Person("王芳".to_owned());
        for (id, holder) in [
            ("k1", wang()),
            ("k2", wang()),
            ("k3", Holder::Person("李强".to_owned())),
            ("k4", Holder::System("流水线".to_owned())),
        ] {
            store.insert_key(key(id, "publisher", holder)).await.unwrap();
        }
        // A key that is gone is still its holder's.
        store.revoke_key("k1".to_owned(), at()).await.unwrap();
        let cases = [
            ("k1", "k2", Err(NotSecond::Same)),
            ("k1", "cli:王芳", Err(NotSecond::Same)),
            ("cli:王芳", "k2", Err(NotSecond::Same)),
            ("k1", "cli", Err(NotSecond::Unnamed)),
            ("k1", "k4", Err(NotSecond::System)),
            ("k1", "k3", Ok(())),
            ("k1", "cli:李强", Ok(())),
            ("k4", "k1", Ok(())),
        ];
        for (brought, agrees, expected) in cases {
            let found = store.read(|connection| second_person(connection, brought, agrees)).unwrap();
            assert_eq!(found, expected, "{brought} and {agrees}");
        }
    }
}
