//! Keys of vendors, and which component was signed with which.

use std::collections::HashMap;

use creditgate_gate::ports::ComponentSignature;
use creditgate_gate::{PublicKey, Revocation, Signer};
use rusqlite::{Connection, Row, params};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

impl Store {
    /// Keeps a new key. Answers whether it was new; one that is there stays as
    /// it is, also if it was revoked.
    ///
    /// # Errors
    /// When it cannot be kept.
    pub async fn insert_signer(&self, signer: Signer) -> Result<bool, StoreError> {
        self.write(move |connection| {
            let insert = "INSERT INTO signers (id, name, department, public_key, valid_from, valid_until)
                          VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (id) DO NOTHING";
            let row = params![
                signer.id(),
                signer.name,
                signer.department,
                signer.public_key.to_bytes(),
                signer.valid_from.to_string(),
                signer.valid_until.map(|day| day.to_string()),
            ];
            let inserted = connection.change(insert, row)?;
            Ok(inserted == 1)
        })
        .await
    }

    /// Revokes a key for good. Answers whether there was one to revoke: what was
    /// said of one that is revoked already stays.
    ///
    /// # Errors
    /// When the change cannot be kept.
    pub async fn revoke_signer(&self, id: String, revocation: Revocation) -> Result<bool, StoreError> {
        self.write(move |connection| {
            let update = "UPDATE signers SET revoked_at = ?2, revoked_by = ?3, revoked_reason = ?4
                          WHERE id = ?1 AND revoked_at IS NULL";
            let changed = connection.change(
                update,
                params![id, values::instant_to_sql(revocation.at), revocation.by, revocation.reason],
            )?;
            Ok(changed == 1)
        })
        .await
    }
}

/// Every key in the order of their registration, revoked ones too.
pub(crate) fn all(connection: &Connection) -> Result<Vec<Signer>, StoreError> {
    let select = "SELECT public_key, name, department, valid_from, valid_until,
                         revoked_at, revoked_by, revoked_reason
                  FROM signers ORDER BY rowid";
    connection.rows(select, [], signer_of)
}

fn signer_of(row: &Row<'_>) -> Result<Signer, StoreError> {
    let damaged = StoreError::Damaged { what: "the key of a vendor" };
    Ok(Signer {
        public_key: PublicKey::from_bytes(&values::sha256(row, 0)?).ok_or(damaged)?,
        name: row.get(1)?,
        department: row.get(2)?,
        valid_from: values::day(row, 3)?,
        valid_until: values::optional_day(row, 4)?,
        revoked: match values::optional_instant(row, 5)? {
            Some(at) => Some(Revocation { at, by: row.get(6)?, reason: row.get(7)? }),
            None => None,
        },
    })
}

/// Signatures, each with the name of whose key made it; without one where the key is
/// not known here.
const SIGNATURES: &str = "SELECT digest, signer, document, at, coalesce(signers.name, '')
                          FROM component_signatures LEFT JOIN signers ON signers.id = signer";

/// The signatures of every component by its digest, the newest first.
pub(crate) fn signatures(
    connection: &Connection,
) -> Result<HashMap<String, Vec<ComponentSignature>>, StoreError> {
    let mut signatures: HashMap<String, Vec<ComponentSignature>> = HashMap::new();
    connection.each(&format!("{SIGNATURES} ORDER BY at DESC"), [], |row| {
        signatures.entry(row.get(0)?).or_default().push(signature_of(row)?);
        Ok(())
    })?;
    Ok(signatures)
}

/// The signatures of one component, the newest first.
pub(crate) fn signatures_of(
    connection: &Connection,
    digest: &str,
) -> Result<Vec<ComponentSignature>, StoreError> {
    let select = format!("{SIGNATURES} WHERE digest = ?1 ORDER BY at DESC");
    connection.rows(&select, [digest], signature_of)
}

fn signature_of(row: &Row<'_>) -> Result<ComponentSignature, StoreError> {
    Ok(ComponentSignature {
        signer: row.get(1)?,
        name: row.get(4)?,
        document: row.get(2)?,
        at: values::instant(row, 3)?,
    })
}

/// Adds signatures to a component; a second one by the same key changes
/// nothing.
pub(crate) fn save_signatures(
    connection: &Connection,
    digest: &str,
    signatures: &[ComponentSignature],
) -> Result<(), StoreError> {
    let insert = "INSERT INTO component_signatures (digest, signer, document, at) VALUES (?1, ?2, ?3, ?4)
                  ON CONFLICT (digest, signer) DO NOTHING";
    signatures.iter().try_for_each(|signature| {
        let at = values::instant_to_sql(signature.at);
        connection.run(insert, params![digest, signature.signer, signature.document, at])
    })
}

#[cfg(test)]
mod tests {
    use creditgate_gate::VendorKey;
    use creditgate_gate::ports::{Component, Registry};
    use jiff::ToSpan;
    use jiff::civil::date;

    use super::*;
    use crate::samples::at;
    use crate::store::StoreOptions;

    fn signer(secret: u8) -> Signer {
        Signer {
            public_key: VendorKey::from_secret(&[secret; 32]).unwrap().public().clone(),
            name: "示例软件有限公司".to_owned(),
            department: "market-regulation".to_owned(),
            valid_from: date(2026, 1, 1),
            valid_until: (secret == 1).then_some(date(2027, 12, 31)),
            revoked: None,
        }
    }

    fn signature(signer: &Signer, seconds: i64) -> ComponentSignature {
        ComponentSignature {
            signer: signer.id().to_owned(),
            name: signer.name.clone(),
            document: format!("signed by {}", signer.id()),
            at: at() + seconds.seconds(),
        }
    }

    #[tokio::test]
    async fn keys_and_what_was_signed_with_them_are_kept_once_and_also_after_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store.db");
        let store = Store::open(&path, &StoreOptions::default()).unwrap();
        let (first, second) = (signer(1), signer(2));
        assert!(store.insert_signer(first.clone()).await.unwrap());
        assert!(store.insert_signer(second.clone()).await.unwrap());
        let other = Signer { department: "housing".to_owned(), ..first.clone() };
        assert!(!store.insert_signer(other).await.unwrap(), "a key is registered once");

        let mut component = Component {
            digest: "sha256:1".to_owned(),
            name: "market-registration".to_owned(),
            version: "1.0.0".to_owned(),
            department: None,
            pushed_at: at(),
            pushed_by: "k1".to_owned(),
            signatures: vec![signature(&first, 0)],
        };
        store.save_component(component.clone(), b"one".to_vec(), None).await.unwrap();
        component.signatures = vec![signature(&second, 5), signature(&first, 9)];
        store.save_component(component.clone(), b"one".to_vec(), None).await.unwrap();

        let revocation = Revocation { at: at(), by: "k1".to_owned(), reason: "钥匙丢失".to_owned() };
        let again = Revocation { reason: "again".to_owned(), ..revocation.clone() };
        let id = first.id().to_owned();
        assert!(store.revoke_signer(id.clone(), revocation.clone()).await.unwrap());
        assert!(!store.revoke_signer(id, again).await.unwrap(), "the first reason stays");
        assert!(!store.revoke_signer("nobody".to_owned(), revocation.clone()).await.unwrap());
        drop(store);

        let store = Store::open(&path, &StoreOptions::default()).unwrap();
        let revoked = Signer { revoked: Some(revocation), ..first.clone() };
        assert_eq!(store.signers().unwrap(), [revoked, second.clone()]);
        component.signatures = vec![signature(&second, 5), signature(&first, 0)];
        assert_eq!(store.components().unwrap(), [component], "newest first");
    }
}
