//! An import of list entries: taken in, compared, and then published, or dropped
//! without a trace.
//!
//! Every import is written into a snapshot file first. A full one is published as
//! it is. Of an incremental one, a few changed entries go into the store; where
//! there are many, the file is merged with what its source has into a new
//! snapshot, because a transaction of so many rows would hold up checks.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use creditgate_credit::entry::ListEntry;
use creditgate_credit::vocabulary;
use jiff::Timestamp;
use jiff::civil::Date;
use tokio::sync::OwnedMutexGuard;

use super::build::{Built, SnapshotBuilder};
use super::compare::{Known, ListFinding, within};
use super::live::{Publication, Since, note_import, of_source};
use super::loss::{self, ListLoss};
use super::pages::Part;
use super::prepared::PreparedEntry;
use crate::approvals::{self, Agreed};
use crate::error::StoreError;
use crate::json_column::Saved;
use crate::lists::{each_of_source, save_each};
use crate::store::Store;

/// Most entries that one transaction of the store takes: some 50 ms in which no
/// check is recorded.
const MOST_IN_STORE: usize = 2_000;

vocabulary! {
    /// What a file is of its source.
    pub enum ImportMode {
        /// The whole of it: what does not come is gone.
        Full = "full",
        /// Entries to be added or replaced, by their ids.
        Incremental = "incremental",
    }
}

/// What an import of list entries did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListChanges {
    /// What became of the rows.
    pub saved: Saved,
    /// Entries of the source that are gone.
    pub removed: usize,
    /// Id of the snapshot that was published, if one was.
    pub snapshot: Option<String>,
}

/// An import that is being taken in. Dropped, it leaves nothing.
pub struct ListImport {
    store: Store,
    source: String,
    mode: ImportMode,
    builder: SnapshotBuilder,
    /// No other import runs until this one is done.
    turn: OwnedMutexGuard<()>,
}

/// An entry that would no longer be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GoingEntry {
    /// Its id.
    pub id: String,
    /// Code of its list.
    pub list: String,
    /// Name of its subject, as it may be shown.
    pub subject: String,
}

/// An import that is on disk and has only to be made known.
pub struct ReadyImport {
    store: Store,
    source: String,
    outcome: Outcome,
    loss: ListLoss,
    _turn: OwnedMutexGuard<()>,
}

enum Outcome {
    /// These go into the store; so many more are there already.
    Save { entries: Vec<ListEntry>, unchanged: usize },
    /// This takes the place of what the source has.
    Publish { built: Built, changes: ListChanges, taken_in: Option<Since> },
}

impl Store {
    /// Begins an import of list entries, once no other one runs. `today` decides
    /// which entries meet others (R35).
    ///
    /// # Errors
    /// When nothing can be written.
    pub async fn begin_list_import(
        &self,
        source: &str,
        mode: ImportMode,
        today: Date,
    ) -> Result<ListImport, StoreError> {
        let turn = Arc::clone(&self.snapshots().turn).lock_owned().await;
        let builder = SnapshotBuilder::begin(&self.snapshots().folder, today)?;
        Ok(ListImport { store: self.clone(), source: source.to_owned(), mode, builder, turn })
    }
}

impl ListImport {
    /// Takes entries in. Blocks.
    ///
    /// # Errors
    /// [`StoreError::TooManyEntries`], or when nothing can be written.
    pub fn push(&mut self, entries: &[PreparedEntry]) -> Result<(), StoreError> {
        self.builder.push(entries)
    }

    /// Entries that were taken in, less those that were refused.
    #[must_use]
    pub fn len(&self) -> usize {
        self.builder.len() - self.builder.dropped.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Compares what was taken in with itself and with what is known, and drops
    /// the entries that are refused. Blocks.
    ///
    /// # Errors
    /// When the lists cannot be read.
    pub fn compare(&mut self) -> Result<Vec<ListFinding>, StoreError> {
        self.builder.sort();
        let mut findings = within(&self.builder)?;
        let (source, builder) = (self.source.as_str(), &self.builder);
        let stays = self.mode == ImportMode::Incremental;
        let known = self.store.read_lists(|connection, snapshots| {
            Known { connection, snapshots, source, stays }.compare(builder)
        })?;
        findings.extend(known);
        findings.sort_by_key(|(seq, _)| *seq);
        let refused = findings.iter().filter(|(_, finding)| finding.refuses()).map(|(seq, _)| *seq);
        self.builder.dropped.extend(refused);
        Ok(findings.into_iter().map(|(_, finding)| finding).collect())
    }

    /// Writes everything that has to be written before it can be made known.
    /// Blocks.
    ///
    /// # Errors
    /// When the lists cannot be read, or nothing can be written.
    pub fn finish(self) -> Result<ReadyImport, StoreError> {
        let Self { store, source, mode, builder, turn } = self;
        let (outcome, loss) = match mode {
            ImportMode::Full => full(&store, &source, builder)?,
            ImportMode::Incremental => incremental(&store, &source, builder)?,
        };
        Ok(ReadyImport { store, source, outcome, loss, _turn: turn })
    }
}

impl ReadyImport {
    /// What it takes away.
    #[must_use]
    pub const fn loss(&self) -> &ListLoss {
        &self.loss
    }

    /// The entries that would go, or let their subject go, by their ids. Blocks, and
    /// reads all of the source.
    ///
    /// # Errors
    /// When the lists cannot be read.
    pub fn going(&self) -> Result<Vec<GoingEntry>, StoreError> {
        let mut found = BTreeMap::new();
        loss::each_known(&self.store, &self.source, |entry| {
            if self.loss.holds(&entry.id) {
                let subject = entry.subject_name_shown().into_owned();
                // Those that came since their snapshot say more recently what they are.
                found.insert(entry.id.clone(), (entry.list.clone(), subject));
            }
            Ok(())
        })?;
        let going = |(id, (list, subject))| GoingEntry { id, list, subject };
        Ok(found.into_iter().map(going).collect())
    }

    /// Makes it known, all of it at once; `file` names where it came from, and
    /// `agreed` is the agreement it rests on, where it takes one.
    ///
    /// # Errors
    /// [`StoreError::SourceChanged`], [`StoreError::ApprovalSpent`], or when nothing
    /// could be kept.
    pub async fn publish(
        self,
        file: &str,
        at: Timestamp,
        agreed: Option<Agreed>,
    ) -> Result<ListChanges, StoreError> {
        let Self { store, source, outcome, loss, _turn } = self;
        let file = file.to_owned();
        match outcome {
            Outcome::Save { entries, unchanged } => {
                let mut saved = store
                    .write_lists(move |connection, snapshots| {
                        agreed.iter().try_for_each(|agreed| approvals::spend(connection, agreed))?;
                        let saved = save_each(connection, snapshots, &source, &entries)?;
                        note_import(connection, &source, &file, at)?;
                        loss.note(connection, &source, at, agreed.is_some())?;
                        Ok(saved)
                    })
                    .await?;
                saved.unchanged += unchanged;
                Ok(ListChanges { saved, removed: 0, snapshot: None })
            }
            Outcome::Publish { built, mut changes, taken_in } => {
                changes.snapshot = Some(built.id.clone());
                store.publish(Publication { source, built, file, at, taken_in, loss, agreed }).await?;
                Ok(changes)
            }
        }
    }
}

/// What a source says now: the fingerprint of each entry's content by that of its
/// id; and how often entries were changed beside its snapshot until then.
fn contents(store: &Store, source: &str) -> Result<(HashMap<u64, u64>, Since), StoreError> {
    store.read_lists(|connection, snapshots| {
        let mut contents = HashMap::new();
        if let Some(snapshot) = of_source(snapshots, source) {
            contents.extend(snapshot.contents()?);
        }
        each_of_source(connection, source, |entry| {
            let ready = PreparedEntry::of(0, entry)?;
            contents.insert(Part::Ids.prefix(ready.id), ready.content);
            Ok(())
        })?;
        Ok((contents, Since::of(connection, source)?))
    })
}

/// What takes the place of a source, and what goes by that.
fn full(store: &Store, source: &str, builder: SnapshotBuilder) -> Result<(Outcome, ListLoss), StoreError> {
    let (mut before, since) = contents(store, source)?;
    let earlier = store.read(|connection| loss::earlier_of(connection, source))?;
    let mut loss = ListLoss { before: before.len(), earlier, ..ListLoss::default() };
    let mut saved = Saved::default();
    let mut changed = Vec::new();
    for (seq, id, content) in builder.contents() {
        match before.remove(&id) {
            None => saved.added += 1,
            Some(known) if known == content => saved.unchanged += 1,
            Some(_) => changed.push(seq),
        }
    }
    saved.changed = changed.len();
    loss.let_go = loss::let_go(store, source, &builder, &changed)?;
    loss.removed = before.into_keys().collect();
    let changes = ListChanges { saved, removed: loss.removed.len(), snapshot: None };
    // What was not there to be compared must not go unseen.
    Ok((Outcome::Publish { built: builder.finish()?, changes, taken_in: Some(since) }, loss))
}

/// What comes to a source or takes the place of its entries, and what goes by that:
/// what does not come stays.
fn incremental(
    store: &Store,
    source: &str,
    builder: SnapshotBuilder,
) -> Result<(Outcome, ListLoss), StoreError> {
    let (before, earlier) = store.read(|connection| {
        Ok((loss::entries_of(connection, source)?, loss::earlier_of(connection, source)?))
    })?;
    let mut loss = ListLoss { before, earlier, ..ListLoss::default() };
    if builder.len() <= MOST_IN_STORE {
        let coming: Vec<u32> = builder.contents().map(|(seq, ..)| seq).collect();
        loss.let_go = loss::let_go(store, source, &builder, &coming)?;
        let mut entries = Vec::new();
        builder.each(|entry| {
            entries.push(entry);
            Ok(())
        })?;
        return Ok((Outcome::Save { entries, unchanged: 0 }, loss));
    }
    let (before, _) = contents(store, source)?;
    let mut saved = Saved::default();
    let mut changed = Vec::new();
    for (seq, id, content) in builder.contents() {
        match before.get(&id) {
            Some(known) if *known == content => {
                saved.unchanged += 1;
                continue;
            }
            Some(_) => saved.changed += 1,
            None => saved.added += 1,
        }
        changed.push(seq);
    }
    drop(before);
    loss.let_go = loss::let_go(store, source, &builder, &changed)?;
    if changed.len() <= MOST_IN_STORE {
        let entries = changed.into_iter().map(|seq| builder.entry(seq)).collect::<Result<_, _>>()?;
        return Ok((Outcome::Save { entries, unchanged: saved.unchanged }, loss));
    }
    let (built, taken_in) = merged(store, source, &builder)?;
    let changes = ListChanges { saved, removed: 0, snapshot: None };
    Ok((Outcome::Publish { built, changes, taken_in: Some(taken_in) }, loss))
}

/// A snapshot of what the source has, with the entries of the file in place of
/// their older versions.
fn merged(store: &Store, source: &str, file: &SnapshotBuilder) -> Result<(Built, Since), StoreError> {
    let mut all = SnapshotBuilder::begin(&store.snapshots().folder, file.today())?;
    let (since, snapshot, entries) = store.read_lists(|connection, snapshots| {
        let mut entries = Vec::new();
        each_of_source(connection, source, |entry| {
            entries.push(entry);
            Ok(())
        })?;
        Ok((Since::of(connection, source)?, of_source(snapshots, source).map(Arc::clone), entries))
    })?;
    let newer: HashSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    if let Some(snapshot) = snapshot {
        snapshot.each(|entry| {
            let stays = !newer.contains(entry.id.as_str()) && !file.holds(&entry.id)?;
            if stays { all.push(&[PreparedEntry::of(0, entry)?]) } else { Ok(()) }
        })?;
    }
    drop(newer);
    for entry in entries {
        if !file.holds(&entry.id)? {
            all.push(&[PreparedEntry::of(0, entry)?])?;
        }
    }
    file.each(|entry| all.push(&[PreparedEntry::of(0, entry)?]))?;
    Ok((all.finish()?, since))
}
