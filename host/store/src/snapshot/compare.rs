//! What entries of a file have to do with each other and with what is known: the
//! same id or subject twice, and red lists against black ones (R24, R35).
//!
//! Candidates are found by fingerprints; before anything is said of two entries
//! they are read and compared.

use std::collections::HashSet;
use std::sync::Arc;

use creditgate_credit::entry::{ListEntry, ListKind};
use creditgate_credit::identifier::{index_keys, lookup_keys};
use jiff::civil::Date;
use rusqlite::{Connection, OptionalExtension};

use super::build::SnapshotBuilder;
use super::pages::{self, Part};
use super::prepared::{Standing, id_of, key_of, outranks_red};
use super::read::Snapshot;
use crate::error::StoreError;
use crate::lists::{ENTRY_COLUMNS, entry_of, is_overridden};
use crate::local_entries::LOCAL_SOURCE;

/// So many entries are looked up one by one in the store; for more, the store's
/// are looked up among them.
const FEW: usize = 10_000;

/// Something about two entries, of which at least one stands in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListFinding {
    /// The id stood in an earlier line. The entry is refused.
    Duplicate {
        /// Line of the entry.
        line: u64,
        /// The earlier one.
        earlier: u64,
    },
    /// The id is that of an entry of another source. The entry is refused.
    OtherSource {
        /// Line of the entry.
        line: u64,
        /// The source that has it.
        source: String,
    },
    /// The subject stands on the same list already in an earlier line (R24).
    SameSubject {
        /// Line of the entry.
        line: u64,
        /// The earlier one.
        earlier: u64,
    },
    /// One stands on a red list, the other on one that keeps its subject off it
    /// (R35).
    Conflict {
        /// Line of the entry.
        line: u64,
        /// Id of the entry.
        entry: String,
        /// Id of the other one, of the file or known already.
        with: String,
        /// The kind of list of whichever is not red.
        kind: ListKind,
        /// The entry was to be put on a red list and is refused.
        refused: bool,
    },
}

impl ListFinding {
    /// Line of the entry it is about.
    #[must_use]
    pub const fn line(&self) -> u64 {
        match self {
            Self::Duplicate { line, .. }
            | Self::OtherSource { line, .. }
            | Self::SameSubject { line, .. }
            | Self::Conflict { line, .. } => *line,
        }
    }

    /// Whether the entry is not taken.
    #[must_use]
    pub const fn refuses(&self) -> bool {
        match self {
            Self::Duplicate { .. } | Self::OtherSource { .. } => true,
            Self::SameSubject { .. } => false,
            Self::Conflict { refused, .. } => *refused,
        }
    }
}

/// Compares the entries of a file with each other.
pub(super) fn within(builder: &SnapshotBuilder) -> Result<Vec<(u32, ListFinding)>, StoreError> {
    let mut findings = duplicates(builder)?;
    let dropped: HashSet<u32> = findings.iter().map(|(seq, _)| *seq).collect();
    let mut seen = HashSet::new();
    let same_key = |a: &u64, b: &u64| Part::Keys.prefix(*a) == Part::Keys.prefix(*b);
    for group in builder.keys.chunk_by(same_key).filter(|group| group.len() > 1) {
        let seqs = group.iter().map(|posting| pages::seq_of(*posting));
        let meeting: Vec<u32> = seqs.filter(|seq| !dropped.contains(seq) && stands(builder, *seq)).collect();
        for (seq, earlier) in on_the_same_list(builder, &meeting) {
            if seen.insert((seq, earlier)) && are_one_subject(&builder.entry(seq)?, &builder.entry(earlier)?)
            {
                let (line, earlier) = (line_of(builder, seq), line_of(builder, earlier));
                findings.push((seq, ListFinding::SameSubject { line, earlier }));
            }
        }
        for (red, other) in red_and_black(builder, &meeting) {
            if seen.insert((red, other)) {
                let (with, day) = (builder.entry(other)?, builder.today());
                findings.extend(conflict(builder, red, &with, day)?.map(|finding| (red, finding)));
            }
        }
    }
    Ok(findings)
}

fn duplicates(builder: &SnapshotBuilder) -> Result<Vec<(u32, ListFinding)>, StoreError> {
    let mut findings = Vec::new();
    let same_id = |a: &(u64, u64), b: &(u64, u64)| Part::Ids.prefix(a.0) == Part::Ids.prefix(b.0);
    for group in builder.ids.chunk_by(same_id).filter(|group| group.len() > 1) {
        let mut known: Vec<(String, u64)> = Vec::new();
        for (posting, _) in group {
            let seq = pages::seq_of(*posting);
            let (id, line) = (builder.entry(seq)?.id, line_of(builder, seq));
            match known.iter().find(|(earlier, _)| *earlier == id) {
                Some((_, earlier)) => {
                    findings.push((seq, ListFinding::Duplicate { line, earlier: *earlier }));
                }
                None => known.push((id, line)),
            }
        }
    }
    Ok(findings)
}

fn line_of(builder: &SnapshotBuilder, seq: u32) -> u64 {
    builder.noted(seq).map_or(0, |noted| noted.line.into())
}

fn stands(builder: &SnapshotBuilder, seq: u32) -> bool {
    builder.noted(seq).is_some_and(|noted| noted.standing != Standing::Idle)
}

/// Each with the first one before it on its list.
fn on_the_same_list(builder: &SnapshotBuilder, seqs: &[u32]) -> Vec<(u32, u32)> {
    let mut first: Vec<(&str, u32)> = Vec::new();
    let mut pairs = Vec::new();
    for seq in seqs {
        let Some(origin) = builder.origin_of(*seq) else { continue };
        match first.iter().find(|(list, _)| *list == origin.list) {
            Some((_, earlier)) => pairs.push((*seq, *earlier)),
            None => first.push((&origin.list, *seq)),
        }
    }
    pairs
}

/// Each red one with the first that outranks it.
fn red_and_black(builder: &SnapshotBuilder, seqs: &[u32]) -> Vec<(u32, u32)> {
    let is =
        |seq: &u32, wanted: fn(&super::build::Origin) -> bool| builder.origin_of(*seq).is_some_and(wanted);
    let Some(other) = seqs.iter().find(|seq| is(seq, |origin| origin.outranks_red)) else {
        return Vec::new();
    };
    seqs.iter().filter(|seq| is(seq, |origin| origin.is_red)).map(|red| (*red, *other)).collect()
}

fn are_one_subject(a: &ListEntry, b: &ListEntry) -> bool {
    let keys = index_keys(&b.subject_identifiers);
    lookup_keys(&a.subject_identifiers).iter().any(|key| keys.contains(key))
}

/// What there is to say of an entry of the file and another one, if they meet.
fn conflict(
    builder: &SnapshotBuilder,
    seq: u32,
    other: &ListEntry,
    day: Date,
) -> Result<Option<ListFinding>, StoreError> {
    let entry = builder.entry(seq)?;
    let standing = Standing::of(&entry, day);
    let others = Standing::of(other, day);
    let kind = match (entry.kind, other.kind) {
        (ListKind::Red, kind) | (kind, ListKind::Red) if outranks_red(kind) => kind,
        _ => return Ok(None),
    };
    if standing == Standing::Idle || others == Standing::Idle || !are_one_subject(&entry, other) {
        return Ok(None);
    }
    let refused =
        entry.kind == ListKind::Red && standing == Standing::Preliminary && others == Standing::Effective;
    let line = line_of(builder, seq);
    Ok(Some(ListFinding::Conflict { line, entry: entry.id, with: other.id.clone(), kind, refused }))
}

/// What an import is compared with.
pub(super) struct Known<'a> {
    pub(super) connection: &'a Connection,
    pub(super) snapshots: &'a [Arc<Snapshot>],
    /// The source of the import.
    pub(super) source: &'a str,
    /// Its entries so far stay where the file does not replace them.
    pub(super) stays: bool,
}

impl Known<'_> {
    /// Compares the entries of a file with what is known.
    pub(super) fn compare(&self, builder: &SnapshotBuilder) -> Result<Vec<(u32, ListFinding)>, StoreError> {
        let mut findings = self.foreign_ids(builder)?;
        let mut seen = HashSet::new();
        let mut meet = |seq: u32, other: &ListEntry| -> Result<(), StoreError> {
            let replaced = self.stays && builder.holds(&other.id)?;
            if !replaced && seen.insert((seq, other.id.clone())) {
                findings.extend(conflict(builder, seq, other, builder.today())?.map(|found| (seq, found)));
            }
            Ok(())
        };
        for snapshot in self.snapshots.iter().filter(|one| self.stays || one.source != self.source) {
            self.meet_snapshot(builder, snapshot, &mut meet)?;
        }
        self.meet_store(builder, &mut meet)?;
        Ok(findings)
    }

    /// Ids that belong to another source. An entry that is kept here has its id
    /// from its proposal on, before it stands on any list.
    fn foreign_ids(&self, builder: &SnapshotBuilder) -> Result<Vec<(u32, ListFinding)>, StoreError> {
        let mut findings = Vec::new();
        let mut foreign = |seq: u32, source: &str| {
            let line = line_of(builder, seq);
            findings.push((seq, ListFinding::OtherSource { line, source: source.to_owned() }));
        };
        for snapshot in self.snapshots.iter().filter(|snapshot| snapshot.source != self.source) {
            for (posting, _) in &builder.ids {
                let seq = pages::seq_of(*posting);
                if snapshot.may_have_id(*posting) && snapshot.entry(&builder.entry(seq)?.id)?.is_some() {
                    foreign(seq, &snapshot.source);
                }
            }
        }
        if builder.len() <= FEW {
            let mut statement = self.connection.prepare_cached(&format!(
                "SELECT source FROM entries WHERE id = ?1
                 UNION ALL SELECT '{LOCAL_SOURCE}' FROM local_entries WHERE id = ?1 LIMIT 1"
            ))?;
            for (posting, _) in &builder.ids {
                let seq = pages::seq_of(*posting);
                let id = builder.entry(seq)?.id;
                let found: Option<String> = statement.query_row([id], |row| row.get(0)).optional()?;
                found.filter(|source| source != self.source).into_iter().for_each(|one| foreign(seq, &one));
            }
            return Ok(findings);
        }
        let mut statement = self.connection.prepare(&format!(
            "SELECT id, source FROM entries WHERE source <> ?1
             UNION SELECT id, '{LOCAL_SOURCE}' FROM local_entries"
        ))?;
        let mut rows = statement.query([self.source])?;
        while let Some(row) = rows.next()? {
            let (id, source): (String, String) = (row.get(0)?, row.get(1)?);
            for (seq, _) in builder.ids_like(id_of(&id)) {
                if builder.entry(seq)?.id == id {
                    foreign(seq, &source);
                }
            }
        }
        Ok(findings)
    }

    fn meet_snapshot(
        &self,
        builder: &SnapshotBuilder,
        snapshot: &Snapshot,
        meet: &mut impl FnMut(u32, &ListEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        for posting in &builder.keys {
            let seq = pages::seq_of(*posting);
            let may_meet = builder.origin_of(seq).is_some_and(|origin| {
                (origin.is_red && snapshot.has_outranking) || (origin.outranks_red && snapshot.has_red)
            });
            if may_meet && snapshot.may_have_key(*posting) {
                snapshot.each_by_fingerprint(*posting, |other| {
                    if is_overridden(self.connection, &other.id)? { Ok(()) } else { meet(seq, &other) }
                })?;
            }
        }
        Ok(())
    }

    /// Entries in the store itself.
    fn meet_store(
        &self,
        builder: &SnapshotBuilder,
        meet: &mut impl FnMut(u32, &ListEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let others = if self.stays { "" } else { self.source };
        if builder.len() <= FEW {
            let mut statement = self.connection.prepare_cached(&format!(
                "SELECT {ENTRY_COLUMNS} FROM entry_keys CROSS JOIN entries ON entries.id = entry_keys.entry
                 WHERE entry_keys.key = ?1 AND entries.source <> ?2"
            ))?;
            for seq in (0_u32..).take(builder.len()) {
                for key in lookup_keys(&builder.entry(seq)?.subject_identifiers) {
                    let mut rows = statement.query([key.as_str(), others])?;
                    while let Some(row) = rows.next()? {
                        meet(seq, &entry_of(row, 0)?)?;
                    }
                }
            }
            return Ok(());
        }
        let mut statement = self.connection.prepare(&format!(
            "SELECT {ENTRY_COLUMNS} FROM entries WHERE kind IN ('red', 'black', 'watch', 'alert')
             AND source <> ?1"
        ))?;
        let mut rows = statement.query([others])?;
        while let Some(row) = rows.next()? {
            let other = entry_of(row, 0)?;
            for key in lookup_keys(&other.subject_identifiers) {
                for seq in builder.with_key(key_of(&key)) {
                    meet(seq, &other)?;
                }
            }
        }
        Ok(())
    }
}
