//! The indexes of a snapshot: sorted words, cut into pages of one database page
//! each. A table with a row for each key takes ten times as long to write.
//!
//! A word is a *posting*: the first bits of a fingerprint, and which entry has it.
//! The first word of every page, its fence, is kept in memory; a look-up reads
//! one page.

use std::ops::ControlFlow;

use rusqlite::Connection;

use crate::error::StoreError;
use crate::statements::Statements as _;

/// Bits of an entry's number.
pub(super) const SEQ_BITS: u32 = 26;
/// Entries a snapshot may have.
pub(super) const MOST_ENTRIES: usize = 1 << SEQ_BITS;
/// Bits that say in which namespaces the entry has numbers; see `names`.
pub(super) const NAMESPACE_BITS: u32 = 7;

/// Words of a page: with its header it fits one of the database.
const PAGE: usize = 500;

/// One of the indexes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// By match key.
    Keys,
    /// By name; a posting also says which namespaces its entry has numbers in, so
    /// that who is told apart by a number is skipped without being read.
    Names,
    /// By id; each posting is followed by the fingerprint of the entry's content.
    Ids,
}

impl Part {
    pub(super) const fn table(self) -> &'static str {
        match self {
            Self::Keys => "key_pages",
            Self::Names => "name_pages",
            Self::Ids => "id_pages",
        }
    }

    /// Lower bits of a posting that are no part of the fingerprint.
    pub(super) const fn shift(self) -> u32 {
        match self {
            Self::Keys | Self::Ids => SEQ_BITS,
            Self::Names => SEQ_BITS + NAMESPACE_BITS,
        }
    }

    /// What a posting has of a fingerprint.
    pub(super) const fn prefix(self, fingerprint: u64) -> u64 {
        fingerprint >> self.shift() << self.shift()
    }

    const fn is_of(self, posting: u64, fingerprint: u64) -> bool {
        posting >> self.shift() == fingerprint >> self.shift()
    }

    /// Words from one posting to the next.
    const fn stride(self) -> usize {
        match self {
            Self::Keys | Self::Names => 1,
            Self::Ids => 2,
        }
    }
}

/// The entry of a posting.
pub(super) const fn seq_of(posting: u64) -> u32 {
    (posting & ((1 << SEQ_BITS) - 1)) as u32
}

/// Writes sorted words; gives back the fences.
pub(super) fn write(connection: &Connection, part: Part, words: &[u64]) -> Result<Vec<u64>, StoreError> {
    let mut insert =
        connection.prepare(&format!("INSERT INTO {} (page, words) VALUES (?1, ?2)", part.table()))?;
    let mut fences = Vec::with_capacity(words.len().div_ceil(PAGE));
    let mut bytes = Vec::with_capacity(PAGE * 8);
    for (page, words) in (0_i64..).zip(words.chunks(PAGE)) {
        bytes.clear();
        words.iter().for_each(|word| bytes.extend_from_slice(&word.to_le_bytes()));
        insert.execute((page, &bytes))?;
        fences.extend(words.first());
    }
    Ok(fences)
}

/// The words in their written form.
pub(super) fn words_of(bytes: &[u8]) -> Result<&[[u8; 8]], StoreError> {
    match bytes.as_chunks::<8>() {
        (words, []) => Ok(words),
        _ => Err(StoreError::Damaged { what: "an index of a list snapshot" }),
    }
}

/// An index that can be searched.
#[derive(Debug)]
pub(super) struct Index {
    part: Part,
    fences: Vec<u64>,
}

/// A posting, and the word after it where the index has one.
pub(super) type Found = (u64, u64);

impl Index {
    pub(super) fn new(part: Part, fences: &[[u8; 8]]) -> Self {
        Self { part, fences: fences.iter().map(|word| u64::from_le_bytes(*word)).collect() }
    }

    /// Hands over every posting of a fingerprint until told to stop.
    pub(super) fn find(
        &self,
        connection: &Connection,
        fingerprint: u64,
        mut take: impl FnMut(Found) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<(), StoreError> {
        let wanted = self.part.prefix(fingerprint);
        let shift = self.part.shift();
        // They may begin in the page before the first whose fence is theirs.
        let after = self.fences.partition_point(|fence| fence >> shift << shift < wanted);
        for page in after.saturating_sub(1)..self.fences.len() {
            if self.fences.get(page).is_none_or(|fence| fence >> shift << shift > wanted) {
                return Ok(());
            }
            if self.find_in_page(connection, page, fingerprint, &mut take)?.is_break() {
                return Ok(());
            }
        }
        Ok(())
    }

    fn find_in_page(
        &self,
        connection: &Connection,
        page: usize,
        fingerprint: u64,
        take: &mut impl FnMut(Found) -> Result<ControlFlow<()>, StoreError>,
    ) -> Result<ControlFlow<()>, StoreError> {
        let mut statement =
            connection.prepare_cached(&format!("SELECT words FROM {} WHERE page = ?1", self.part.table()))?;
        let mut rows = statement.query([i64::try_from(page).unwrap_or(i64::MAX)])?;
        let missing = || StoreError::Damaged { what: "an index of a list snapshot" };
        let row = rows.next()?.ok_or_else(missing)?;
        let words = words_of(row.get_ref(0)?.as_blob().map_err(|_| missing())?)?;
        let stride = self.part.stride();
        let at = |index: usize| words.get(index).map_or(0, |word| u64::from_le_bytes(*word));
        let count = words.len() / stride;
        let shift = self.part.shift();
        let mut index = partition(count, |index| at(index * stride) >> shift < fingerprint >> shift);
        while index < count && self.part.is_of(at(index * stride), fingerprint) {
            if take((at(index * stride), at(index * stride + stride - 1)))?.is_break() {
                return Ok(ControlFlow::Break(()));
            }
            index += 1;
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// The first of `count` for which `before` does not hold.
fn partition(count: usize, before: impl Fn(usize) -> bool) -> usize {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    low
}

/// Every word of an index, in order.
pub(super) fn each(
    connection: &Connection,
    part: Part,
    mut take: impl FnMut(u64, u64),
) -> Result<(), StoreError> {
    let mut statement = connection.prepare(&format!("SELECT words FROM {} ORDER BY page", part.table()))?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let bytes = row.get_ref(0)?.as_blob().map_err(|_| StoreError::Damaged { what: "an index" })?;
        for words in words_of(bytes)?.chunks(part.stride()) {
            match words {
                [only] => take(u64::from_le_bytes(*only), 0),
                [posting, beside, ..] => take(u64::from_le_bytes(*posting), u64::from_le_bytes(*beside)),
                [] => {}
            }
        }
    }
    Ok(())
}

/// A part of a snapshot that is kept in memory, as it was written.
pub(super) fn blob(connection: &Connection, name: &str) -> Result<Vec<u8>, StoreError> {
    let found: Option<Vec<u8>> = connection.value("SELECT content FROM parts WHERE name = ?1", [name])?;
    found.ok_or(StoreError::Damaged { what: "a part of a list snapshot" })
}

/// Keeps such a part.
pub(super) fn keep_blob(connection: &Connection, name: &str, content: &[u8]) -> Result<(), StoreError> {
    connection.run("INSERT INTO parts (name, content) VALUES (?1, ?2)", (name, content))
}
