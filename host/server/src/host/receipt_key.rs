//! The key receipts are signed with: its secret in a file of the data folder, its
//! public half in the store with those of keys that were retired.
//!
//! What the store says is in force. A rotation makes the new secret in a file of
//! its own, changes the store in one transaction, and moves the file into place; if
//! it is cut off after the transaction, the next start finishes it.

use std::path::{Path, PathBuf};

use creditgate_gate::{PublicReceiptKey, ReceiptKey, ReceiptKeys, VerifyingKeys};
use creditgate_store::{Ordered, Store, carry_out, receipt_keys_of};
use jiff::Timestamp;

use super::data_folder::{DataFolder, existing_key, make_secret, replace_secret};
use super::{HostError, RECEIPT_KEY_FILE, STORE_FILE, store_options};
use crate::{Config, clock};

/// Where a new secret is until it is in force.
fn aside(file: &Path) -> PathBuf {
    file.with_extension("new")
}

/// The keys of a host that starts. The first start of a host makes one; a host that
/// has given out receipts makes none by itself.
///
/// # Errors
/// [`HostError::ReceiptKeyMissing`] and [`HostError::ReceiptKeyOther`], and when the
/// file or the store cannot be used.
pub(crate) async fn in_force(folder: &Path, store: &Store, now: Timestamp) -> Result<ReceiptKeys, HostError> {
    let file = folder.join(RECEIPT_KEY_FILE);
    let used = store.receipt_keys()?.into_iter().find(|key| key.until.is_none());
    let Some(used) = used else {
        let had_checks = store.has_checks()?;
        let secret = match (file.exists(), had_checks) {
            (true, _) => existing_key(&file)?,
            (false, false) => make_secret(&file)?,
            (false, true) => return Err(HostError::ReceiptKeyMissing { file, kid: None }),
        };
        // A key from before there was a store of keys may have signed long since.
        let since = (!had_checks).then_some(now);
        let public = PublicReceiptKey { since, ..ReceiptKey::from_secret(&secret).public().into() };
        store.rotate_receipt_key(public, now).await?;
        return keys(store, &secret);
    };
    if let Some(secret) = secret_of(&file, used)? {
        return keys(store, &secret);
    }
    if let Some(secret) = secret_of(&aside(&file), used)? {
        replace_secret(&aside(&file), &file)?;
        return keys(store, &secret);
    }
    match (file.exists(), used.id()) {
        (true, kid) => Err(HostError::ReceiptKeyOther { file, kid: kid.unwrap_or_default() }),
        // Nothing was ever signed with the one that is gone.
        (false, _) if !store.has_checks()? => rotate(folder, store, now).await,
        (false, kid) => Err(HostError::ReceiptKeyMissing { file, kid }),
    }
}

/// Retires the key in use and has a new one in its place, whether the secret of the
/// old one is still there or not.
///
/// # Errors
/// When the file cannot be written or the store not be changed.
pub(crate) async fn rotate(folder: &Path, store: &Store, now: Timestamp) -> Result<ReceiptKeys, HostError> {
    let file = folder.join(RECEIPT_KEY_FILE);
    let secret = make_secret(&aside(&file))?;
    let public = PublicReceiptKey { since: Some(now), ..ReceiptKey::from_secret(&secret).public().into() };
    let retired = store.receipt_keys()?.into_iter().find(|key| key.until.is_none()).and_then(|key| key.id());
    let detail = retired.map_or_else(String::new, |retired| format!("retired `{retired}`"));
    creditgate_store::says(public.id().unwrap_or_default(), detail);
    store.rotate_receipt_key(public, now).await?;
    replace_secret(&aside(&file), &file)?;
    keys(store, &secret)
}

/// Does so for a host that is not running, also where the secret is lost; the audit
/// trail says who did it. Gives back the ids of the new key and of the retired one.
///
/// # Errors
/// [`HostError::InUse`] when it runs, and as [`rotate`].
pub(crate) async fn rotate_receipt_key(
    config: &Config,
    actor: String,
) -> Result<(String, Option<String>), HostError> {
    let _folder = DataFolder::open(&config.data)?;
    let store = Store::open(&config.data.join(STORE_FILE), &store_options(&config.store))?;
    let now = clock::now();
    // One that an earlier version used may not be kept yet.
    if store.receipt_keys()?.is_empty() && config.data.join(RECEIPT_KEY_FILE).exists() {
        in_force(&config.data, &store, now).await?;
    }
    let used = store.receipt_keys()?.into_iter().find(|key| key.until.is_none());
    let retired = used.and_then(|key| key.id());
    let ordered = Ordered { at: now, actor, action: "receipt_key.rotate" };
    let (keys, _) = carry_out(ordered, rotate(&config.data, &store, now)).await;
    let kid = keys?.signing.id().to_owned();
    Ok((kid, retired))
}

/// The public keys of a host's receipts, for verifying them without its server.
///
/// # Errors
/// [`HostError::Secret`] when the host was never started, or the key cannot be
/// read.
pub(crate) fn receipt_public_keys(config: &Config) -> Result<Vec<PublicReceiptKey>, HostError> {
    match receipt_keys_of(&config.data.join(STORE_FILE)) {
        Ok(known) if !known.is_empty() => Ok(known),
        // One that was started by an earlier version alone has only the file.
        _ => {
            let secret = existing_key(&config.data.join(RECEIPT_KEY_FILE))?;
            Ok(vec![ReceiptKey::from_secret(&secret).public().into()])
        }
    }
}

/// The secret in a file, if it is that of this key.
fn secret_of(file: &Path, key: PublicReceiptKey) -> Result<Option<[u8; 32]>, HostError> {
    if !file.exists() {
        return Ok(None);
    }
    let secret = existing_key(file)?;
    Ok((ReceiptKey::from_secret(&secret).public() == key.bytes).then_some(secret))
}

fn keys(store: &Store, secret: &[u8; 32]) -> Result<ReceiptKeys, HostError> {
    let trusted = VerifyingKeys::new(store.receipt_keys()?);
    Ok(ReceiptKeys { signing: ReceiptKey::from_secret(secret), trusted })
}

#[cfg(test)]
mod tests {
    use creditgate_store::StoreOptions;

    use super::*;

    fn open(folder: &Path) -> Store {
        Store::open(&folder.join(STORE_FILE), &StoreOptions::default()).unwrap()
    }

    fn bytes(folder: &Path) -> [u8; 32] {
        existing_key(&folder.join(RECEIPT_KEY_FILE)).unwrap()
    }

    #[tokio::test]
    async fn a_rotation_that_was_cut_off_is_finished_or_forgotten_by_the_next_start() {
        let directory = tempfile::tempdir().unwrap();
        let (folder, now) = (directory.path(), Timestamp::UNIX_EPOCH);
        let store = open(folder);
        let first = in_force(folder, &store, now).await.unwrap().signing;
        let file = folder.join(RECEIPT_KEY_FILE);

        // Before the store was changed: the new secret was never in force.
        let forgotten = make_secret(&aside(&file)).unwrap();
        assert_eq!(in_force(folder, &store, now).await.unwrap().signing.id(), first.id());

        // After it: the old file is still in place.
        let new = ReceiptKey::from_secret(&forgotten);
        store.rotate_receipt_key(new.public().into(), now).await.unwrap();
        let keys = in_force(folder, &store, now).await.unwrap();
        assert_eq!((keys.signing.id(), bytes(folder)), (new.id(), forgotten));
        assert_eq!(keys.trusted.published().count(), 2);
        assert!(!aside(&file).exists());
    }

    #[tokio::test]
    async fn a_key_that_is_not_the_one_in_force_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let (folder, now) = (directory.path(), Timestamp::UNIX_EPOCH);
        let store = open(folder);
        let first = in_force(folder, &store, now).await.unwrap().signing;
        let kept = bytes(folder);
        let second = rotate(folder, &store, now).await.unwrap().signing;
        assert_ne!(first.id(), second.id());
        std::fs::write(folder.join(RECEIPT_KEY_FILE), kept).unwrap();
        let refused = in_force(folder, &store, now).await.err().unwrap();
        assert!(
            matches!(&refused, HostError::ReceiptKeyOther { kid, .. } if kid == second.id()),
            "{refused}"
        );
        let third = rotate(folder, &store, now).await.unwrap();
        assert_eq!(third.trusted.published().count(), 3, "a rotation is the way out");
    }
}
