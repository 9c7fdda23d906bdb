//! What an import takes away from its source: entries that come no more, and
//! entries that come and let their subject go. How much of that one person may do
//! alone is decided here, whichever form the imports have and in however many
//! steps they come.

use std::collections::HashSet;

use creditgate_credit::entry::ListEntry;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, params};

use super::build::SnapshotBuilder;
use super::live::of_source;
use super::pages::Part;
use super::prepared::id_of;
use crate::error::StoreError;
use crate::lists::each_of_source;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

/// Entries that may be let go whatever their share is: of a source with few
/// entries, each repair of credit would be a large one.
const FEW: usize = 10;

/// So many older entries are looked up one by one; for more, all are read in turn.
const MOST_LOOKED_UP: usize = 2_000;

/// What went counts for so long.
const COUNTS_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What an import takes away.
#[derive(Debug, Default)]
pub struct ListLoss {
    /// Entries the source had.
    pub(super) before: usize,
    /// Entries that come no more, by the fingerprints of their ids.
    pub(super) removed: HashSet<u64>,
    /// Entries that come and let their subject go.
    pub(super) let_go: HashSet<u64>,
    /// What went by earlier imports that nobody else agreed to, and when.
    pub(super) earlier: Vec<(Timestamp, usize)>,
}

/// What went by imports of a source since the last one that a second person agreed
/// to, and when.
pub(super) fn earlier_of(
    connection: &Connection,
    source: &str,
) -> Result<Vec<(Timestamp, usize)>, StoreError> {
    let select = "SELECT at, entries FROM list_losses WHERE source = ?1 AND seq > (
                  SELECT coalesce(max(seq), 0) FROM list_losses WHERE source = ?1 AND agreed = 1)";
    connection.rows(select, [source], |row| {
        Ok((values::instant(row, 0)?, usize::try_from(row.get::<_, i64>(1)?).unwrap_or(usize::MAX)))
    })
}

impl ListLoss {
    /// Entries the source had.
    #[must_use]
    pub const fn before(&self) -> usize {
        self.before
    }

    /// Entries that would go, or let their subject go.
    #[must_use]
    pub fn going(&self) -> usize {
        self.removed.len() + self.let_go.len()
    }

    /// Entries that went by earlier imports that nobody else agreed to, as far as
    /// they count.
    #[must_use]
    pub fn earlier(&self, at: Timestamp) -> usize {
        let counts = |then: Timestamp| at.duration_since(then) < COUNTS_FOR;
        self.earlier.iter().filter(|(then, _)| counts(*then)).map(|(_, entries)| entries).sum()
    }

    /// Whether more would go than one person may take away: more than this share of
    /// the source comes no more, or, with what is let go and went before, more than
    /// the share and more than a few.
    #[must_use]
    pub fn is_more_than(&self, percent: u8, at: Timestamp) -> bool {
        let exceeds =
            |entries: usize, of: usize| entries.saturating_mul(100) > of.saturating_mul(usize::from(percent));
        let earlier = self.earlier(at);
        let all = self.going() + earlier;
        exceeds(self.removed.len(), self.before)
            || self.going() > 0 && all > FEW && exceeds(all, self.before + earlier)
    }

    pub(super) fn holds(&self, id: &str) -> bool {
        let id = fingerprint_of(id);
        self.removed.contains(&id) || self.let_go.contains(&id)
    }

    /// Notes what an import takes away, in the transaction that does so. An
    /// agreement is to all that went before.
    pub(super) fn note(
        &self,
        connection: &Connection,
        source: &str,
        at: Timestamp,
        agreed: bool,
    ) -> Result<(), StoreError> {
        if self.going() == 0 {
            return Ok(());
        }
        let insert = "INSERT INTO list_losses (source, at, entries, agreed) VALUES (?1, ?2, ?3, ?4)";
        let row = params![
            source,
            values::instant_to_sql(at),
            i64::try_from(self.going()).unwrap_or(i64::MAX),
            agreed,
        ];
        connection.run(insert, row)
    }
}

fn fingerprint_of(id: &str) -> u64 {
    Part::Ids.prefix(id_of(id))
}

/// Entries of a source, or fewer: of those that came since its snapshot, some may
/// have taken the place of others.
pub(super) fn entries_of(connection: &Connection, source: &str) -> Result<usize, StoreError> {
    let select = "\
        SELECT max(entries, (SELECT count(*) FROM entries WHERE entries.source = list_sources.source))
        FROM list_sources WHERE source = ?1";
    let entries: Option<i64> = connection.value(select, [source])?;
    Ok(usize::try_from(entries.unwrap_or(0)).unwrap_or(0))
}

/// Of the entries of a file with these numbers, each in the place of an older one,
/// those that let the subject of that go, by the fingerprints of their ids.
pub(super) fn let_go(
    store: &Store,
    source: &str,
    file: &SnapshotBuilder,
    changed: &[u32],
) -> Result<HashSet<u64>, StoreError> {
    let mut let_go = HashSet::new();
    if changed.len() <= MOST_LOOKED_UP {
        for seq in changed {
            let newer = file.entry(*seq)?;
            if store.list_entry(&newer.id)?.is_some_and(|older| older.is_let_go_by(&newer, file.today())) {
                let_go.insert(fingerprint_of(&newer.id));
            }
        }
        return Ok(let_go);
    }
    let changed: HashSet<u32> = changed.iter().copied().collect();
    each_known(store, source, |older| {
        let id = fingerprint_of(&older.id);
        for (seq, _) in file.ids_like(id_of(&older.id)).filter(|(seq, _)| changed.contains(seq)) {
            let newer = file.entry(seq)?;
            // One that came since its snapshot is told after that, and counts.
            if newer.id == older.id && older.is_let_go_by(&newer, file.today()) {
                let_go.insert(id);
            } else if newer.id == older.id {
                let_go.remove(&id);
            }
        }
        Ok(())
    })?;
    Ok(let_go)
}

/// Hands over every entry of a source as it is known: those of its snapshot, then
/// those that came since, some in the place of others.
pub(super) fn each_known(
    store: &Store,
    source: &str,
    mut take: impl FnMut(&ListEntry) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    store.read_lists(|connection, snapshots| {
        if let Some(snapshot) = of_source(snapshots, source) {
            snapshot.each(|entry| take(&entry))?;
        }
        each_of_source(connection, source, |entry| take(&entry))
    })
}
