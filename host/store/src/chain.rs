//! The chain: everything that is recorded, decided or changed is a link, and every
//! link's hash covers the one before it. So nothing of it can be changed, removed
//! or put in later without breaking every hash behind it; that nothing was cut off
//! from the end is shown by a head that was kept elsewhere.
//!
//! ```text
//! jobs of the writer ─▶ follow: rows touched ─▶ links, in the same transaction
//! kinds: which rows     content: the hash of a row     check: a check as one link
//! verify: the walk
//! ```
//!
//! Records of checks have a chain of their own besides, from which receipts take
//! the hash: it is what [`Link`] goes on with.

mod check;
mod content;
mod follow;
mod kinds;
#[cfg(test)]
mod tests;
mod verify;

use std::fmt;
use std::str::FromStr;

use creditgate_gate::ports::RecordHash;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

pub(crate) use check::CheckContent;
use content::ContentHash;
pub(crate) use follow::{Chain, note_check};
pub(crate) use verify::file_hash;
pub use verify::{LedgerFault, Verification};

use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::values;

/// The end of the chain: the place and the hash of its last link. Written
/// `seq:hash`, as it is shown and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// The place; 0 before the first link.
    pub seq: i64,
    /// The hash.
    pub hash: [u8; 32],
}

impl Head {
    /// Before the first link.
    pub(crate) const START: Self = Self { seq: 0, hash: [0; 32] };

    /// The head as the store has it.
    pub(crate) fn read(connection: &Connection) -> Result<Self, StoreError> {
        let head = connection.row("SELECT seq, hash FROM chain_head WHERE only = 1", [], |row| {
            Ok(Self { seq: row.get(0)?, hash: values::sha256(row, 1)? })
        })?;
        head.ok_or(StoreError::Damaged { what: "the head of the chain" })
    }
}

impl fmt::Display for Head {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.seq, RecordHash(self.hash).to_hex())
    }
}

/// A text is no head of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a head as `ledger verify` shows it: a number, a colon and 64 hexadecimal digits")]
pub struct HeadError;

impl FromStr for Head {
    type Err = HeadError;

    fn from_str(text: &str) -> Result<Self, HeadError> {
        let (seq, hash) = text.trim().split_once(':').ok_or(HeadError)?;
        let seq = seq.parse().ok().filter(|seq| *seq >= 0).ok_or(HeadError)?;
        let hash = hash.strip_prefix("sha256:").unwrap_or(hash);
        let hash = RecordHash::from_hex(hash).ok_or(HeadError)?.0;
        Ok(Self { seq, hash })
    }
}

/// The hash of a link: over the one before it and what it says.
fn link_hash(previous: &[u8; 32], kind: &str, reference: &str, content: Option<&ContentHash>) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(previous);
    for part in [kind, reference] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    if let Some(content) = content {
        hash.update(content);
    }
    hash.finalize().into()
}

/// The place of a record in the chain of records.
pub(crate) struct Link {
    pub(crate) seq: i64,
    pub(crate) previous: RecordHash,
    pub(crate) hash: RecordHash,
}

impl Link {
    /// The next place, for these bytes. To be asked inside the transaction that
    /// takes it: another process may have appended since.
    pub(crate) fn after_the_last(connection: &Connection, record: &[u8]) -> Result<Self, StoreError> {
        let select = "SELECT seq, hash FROM checks ORDER BY seq DESC LIMIT 1";
        let last = connection.row(select, [], |row| Ok((row.get(0)?, RecordHash(row.get(1)?))))?;
        let (seq, previous) = last.unwrap_or((0, START));
        Ok(Self { seq: seq + 1, previous, hash: hash(previous, record) })
    }
}

/// What stands for the hash before the first record.
const START: RecordHash = RecordHash([0; 32]);

fn hash(previous: RecordHash, record: &[u8]) -> RecordHash {
    RecordHash(Sha256::new().chain_update(previous.0).chain_update(record).finalize().into())
}
