//! The chain of records: each record's hash covers the hash before it, so that
//! a record cannot be changed, removed or put in later without breaking every
//! hash behind it. Only the removal of the last records shows nowhere but in
//! the receipts that were given out for them.

use creditgate_gate::ports::RecordHash;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::error::StoreError;
use crate::store::Store;
use crate::values;

/// Records read at once: a longer read transaction would keep the log from
/// being folded into the database.
const RECORDS_AT_ONCE: i64 = 256;

/// What a walk along the chain found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    /// Every record is as it was written.
    Whole {
        /// How many there are.
        records: u64,
    },
    /// A record was changed, or the one before it was removed.
    Broken {
        /// The first such place, counted from 1.
        seq: i64,
    },
}

/// The place of a record in the chain.
pub(crate) struct Link {
    pub(crate) seq: i64,
    pub(crate) previous: RecordHash,
    pub(crate) hash: RecordHash,
}

impl Link {
    /// The next place, for these bytes. To be asked inside the transaction that
    /// takes it: another process may have appended since.
    pub(crate) fn after_the_last(connection: &Connection, record: &[u8]) -> Result<Self, StoreError> {
        let last = connection
            .prepare_cached("SELECT seq, hash FROM checks ORDER BY seq DESC LIMIT 1")?
            .query_row([], |row| Ok((row.get(0)?, RecordHash(row.get(1)?))))
            .optional()?;
        let (seq, previous) = last.unwrap_or((0, START));
        Ok(Self { seq: seq + 1, previous, hash: hash(previous, record) })
    }
}

/// What stands for the hash before the first record.
const START: RecordHash = RecordHash([0; 32]);

fn hash(previous: RecordHash, record: &[u8]) -> RecordHash {
    RecordHash(Sha256::new().chain_update(previous.0).chain_update(record).finalize().into())
}

impl Store {
    /// Walks along all records, computes every hash again, and holds the
    /// columns that are searched and answered from against the record. Blocks:
    /// some 10,000 records take a second.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn verify_chain(&self) -> Result<Chain, StoreError> {
        let mut last = (0, START);
        loop {
            let before = last.0;
            if let Some(broken) = self.read(|connection| walk(connection, &mut last))? {
                return Ok(broken);
            }
            if last.0 == before {
                return Ok(Chain::Whole { records: last.0.unsigned_abs() });
            }
        }
    }
}

/// Walks on from `last`, at most [`RECORDS_AT_ONCE`] records.
fn walk(connection: &Connection, last: &mut (i64, RecordHash)) -> Result<Option<Chain>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, previous_hash, hash, record,
                CASE WHEN json_valid(record) THEN
                    record ->> '$.answer.check_id' IS check_id
                    AND record ->> '$.answer.case_no' IS case_no
                    AND record ->> '$.answer.department' IS department
                    AND record ->> '$.answer.item' IS item
                    AND record ->> '$.answer.checkpoint' IS checkpoint
                    AND record ->> '$.answer.status' IS status
                    AND record ->> '$.answer.outcome' IS outcome
                ELSE FALSE END
         FROM checks WHERE seq > ?1 ORDER BY seq LIMIT ?2",
    )?;
    let mut rows = statement.query(params![last.0, RECORDS_AT_ONCE])?;
    while let Some(row) = rows.next()? {
        let expected = last.0 + 1;
        let previous = RecordHash(values::sha256(row, 1)?);
        let stored = RecordHash(values::sha256(row, 2)?);
        let record = row.get_ref(3)?.as_str().map_err(|_| StoreError::Damaged { what: "a record" })?;
        let agrees: bool = row.get(4)?;
        let whole = row.get::<_, i64>(0)? == expected
            && previous == last.1
            && stored == hash(previous, record.as_bytes())
            && agrees;
        if !whole {
            return Ok(Some(Chain::Broken { seq: expected }));
        }
        *last = (expected, stored);
    }
    Ok(None)
}
