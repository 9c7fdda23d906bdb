//! Writing a snapshot: entries one after the other as they come, and the indexes
//! once all are there.
//!
//! The file is private until it is published, so it has no journal; whatever
//! interrupts the work leaves a file that nobody names, and the next start removes
//! it.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use creditgate_credit::entry::{ListEntry, Severity};
use jiff::civil::Date;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::fingerprint::{Filter, domain};
use super::flush::Flusher;
use super::pages::{self, MOST_ENTRIES, Part};
use super::prepared::{PreparedEntry, Standing, id_of, outranks_red};
use super::read::{SELECT_ENTRY, entry_at, open_file};
use crate::chain;
use crate::error::StoreError;
use crate::lists::entry_of;
use crate::schema;
use crate::statements::Statements as _;

const SCHEMA: &str = include_str!("snapshot.sql");

/// Entries of one transaction. After each, what was written is on its way to the
/// disk, so that the end of an import has little left to wait for.
const BATCH: usize = 16_384;

/// Says in a file that it is a snapshot of a list, and of which form.
pub(super) const FORM: i64 = 2;

/// What is remembered of an entry while its snapshot is written: some 60 bytes
/// with the words of the indexes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Noted {
    pub(super) line: u32,
    pub(super) origin: u32,
    pub(super) standing: Standing,
}

/// What many entries have in common, as far as rules need it.
#[derive(Debug)]
pub(super) struct Origin {
    pub(super) list: String,
    pub(super) is_red: bool,
    pub(super) outranks_red: bool,
}

/// A snapshot that is being written. Dropped before it is finished, it removes
/// its file.
pub(crate) struct SnapshotBuilder {
    id: String,
    pub(super) file: Unfinished,
    flusher: Flusher,
    pub(super) connection: Connection,
    today: Date,
    pub(super) noted: Vec<Noted>,
    /// Sorted by `sort`.
    pub(super) keys: Vec<u64>,
    names: Vec<u64>,
    pub(super) ids: Vec<(u64, u64)>,
    pub(super) origins: Vec<Origin>,
    known_origins: HashMap<u64, u32>,
    /// Entries that were refused after they were written.
    pub(super) dropped: HashSet<u32>,
}

/// The file of something unfinished.
pub(super) struct Unfinished(pub(super) Option<PathBuf>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = &self.0
            && let Err(error) = std::fs::remove_file(path)
        {
            tracing::warn!(%error, "an unfinished list snapshot was not removed");
        }
    }
}

/// A snapshot that is whole and on disk, and that nobody reads yet.
pub(crate) struct Built {
    pub(crate) id: String,
    pub(super) file: Unfinished,
    /// Entries in it.
    pub(crate) entries: u64,
    /// SHA-256 over the fingerprints of what its entries say.
    pub(crate) digest: String,
    /// SHA-256 of the file.
    pub(super) file_sha256: [u8; 32],
}

impl SnapshotBuilder {
    /// Begins a snapshot in this folder. `today` decides which entries count.
    pub(crate) fn begin(folder: &Path, today: Date) -> Result<Self, StoreError> {
        let id = Uuid::now_v7().to_string();
        let path = folder.join(format!("{id}.db"));
        schema::make_private_file(&path).map_err(|error| StoreError::of_file(&path, error))?;
        let file = Unfinished(Some(path.clone()));
        let connection = open_file(&path)?;
        connection.execute_batch(SCHEMA)?;
        connection.pragma_update(None, "user_version", FORM)?;
        connection.execute_batch("BEGIN")?;
        let flusher = Flusher::start(&path).map_err(|error| StoreError::of_file(&path, error))?;
        Ok(Self {
            id,
            file,
            flusher,
            connection,
            today,
            noted: Vec::new(),
            keys: Vec::new(),
            names: Vec::new(),
            ids: Vec::new(),
            origins: Vec::new(),
            known_origins: HashMap::new(),
            dropped: HashSet::new(),
        })
    }

    /// Entries written so far.
    pub(crate) fn len(&self) -> usize {
        self.noted.len()
    }

    /// Writes entries.
    ///
    /// # Errors
    /// [`StoreError::TooManyEntries`], or what the database reports.
    pub(crate) fn push(&mut self, entries: &[PreparedEntry]) -> Result<(), StoreError> {
        for entry in entries {
            let seq = u32::try_from(self.noted.len()).unwrap_or(u32::MAX);
            if self.noted.len() >= MOST_ENTRIES {
                return Err(StoreError::TooManyEntries);
            }
            let origin = self.origin(entry)?;
            self.insert(seq, origin, entry)?;
            let number = u64::from(seq);
            self.keys.extend(entry.keys.iter().map(|key| Part::Keys.prefix(*key) | number));
            self.names.extend(entry.name.map(|name| name | number));
            self.ids.push((Part::Ids.prefix(entry.id) | number, entry.content));
            self.noted.push(Noted {
                line: u32::try_from(entry.line).unwrap_or(u32::MAX),
                origin,
                standing: Standing::of(&entry.entry, self.today),
            });
            if self.noted.len().is_multiple_of(BATCH) {
                self.connection.execute_batch("COMMIT; BEGIN")?;
                self.flusher.flush();
            }
        }
        Ok(())
    }

    fn insert(&self, seq: u32, origin: u32, ready: &PreparedEntry) -> Result<(), StoreError> {
        let entry = &ready.entry;
        let insert = "INSERT INTO entries (seq, id, origin, subject_name, identifiers, facts, recognised_on,
                             valid_until, status, ended_on, suspended, attributes, particulars)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
        let row = params![
            seq,
            entry.id,
            origin,
            entry.subject_name,
            ready.identifiers,
            entry.facts,
            ready.days.recognised_on,
            ready.days.valid_until,
            entry.status.code(),
            ready.days.ended_on,
            entry.suspended,
            ready.attributes,
            ready.particulars,
        ];
        self.connection.run(insert, row)
    }

    /// The number of what this entry has in common with others.
    fn origin(&mut self, ready: &PreparedEntry) -> Result<u32, StoreError> {
        if let Some(known) = self.known_origins.get(&ready.origin) {
            return Ok(*known);
        }
        let number = u32::try_from(self.origins.len()).unwrap_or(u32::MAX);
        let entry = &ready.entry;
        let insert = "INSERT INTO origins (id, list, list_name, kind, field, severity, authority, basis)
                      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let row = params![
            number,
            entry.list,
            entry.list_name,
            entry.kind.code(),
            entry.field,
            entry.severity.map(Severity::code),
            entry.authority,
            entry.basis,
        ];
        self.connection.run(insert, row)?;
        self.origins.push(Origin {
            list: entry.list.clone(),
            is_red: !entry.kind.is_adverse(),
            outranks_red: outranks_red(entry.kind),
        });
        self.known_origins.insert(ready.origin, number);
        Ok(number)
    }

    /// Brings the words of the indexes into order; before anything is looked up.
    pub(crate) fn sort(&mut self) {
        self.keys.sort_unstable();
        self.names.sort_unstable();
        self.ids.sort_unstable();
    }

    /// The entry with this number.
    pub(super) fn entry(&self, seq: u32) -> Result<ListEntry, StoreError> {
        entry_at(&self.connection, seq)
    }

    pub(super) fn noted(&self, seq: u32) -> Option<&Noted> {
        self.noted.get(usize::try_from(seq).ok()?)
    }

    pub(super) fn origin_of(&self, seq: u32) -> Option<&Origin> {
        self.origins.get(usize::try_from(self.noted(seq)?.origin).ok()?)
    }

    /// The postings of an id; several only where their fingerprints are the same.
    pub(super) fn ids_like(&self, fingerprint: u64) -> impl Iterator<Item = (u32, u64)> + '_ {
        let wanted = Part::Ids.prefix(fingerprint);
        let first = self.ids.partition_point(|(posting, _)| *posting < wanted);
        self.ids
            .iter()
            .skip(first)
            .take_while(move |(posting, _)| Part::Ids.prefix(*posting) == wanted)
            .map(|(posting, content)| (pages::seq_of(*posting), *content))
    }

    /// Whether some entry that was not dropped has this id.
    pub(super) fn holds(&self, id: &str) -> Result<bool, StoreError> {
        for (seq, _) in self.ids_like(id_of(id)) {
            if !self.dropped.contains(&seq) && self.entry(seq)?.id == id {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The entries under this key; some may only look like it.
    pub(super) fn with_key(&self, fingerprint: u64) -> impl Iterator<Item = u32> + '_ {
        let wanted = Part::Keys.prefix(fingerprint);
        let first = self.keys.partition_point(|posting| *posting < wanted);
        self.keys
            .iter()
            .skip(first)
            .take_while(move |posting| Part::Keys.prefix(**posting) == wanted)
            .map(|posting| pages::seq_of(*posting))
    }

    /// Every entry that was not dropped: its number, the first bits of the
    /// fingerprint of its id, and the fingerprint of what it says.
    pub(super) fn contents(&self) -> impl Iterator<Item = (u32, u64, u64)> + '_ {
        self.ids
            .iter()
            .map(|(posting, content)| (pages::seq_of(*posting), Part::Ids.prefix(*posting), *content))
            .filter(|(seq, ..)| !self.dropped.contains(seq))
    }

    pub(super) const fn today(&self) -> Date {
        self.today
    }

    /// Every entry that was not dropped, in the order of the file.
    pub(crate) fn each(
        &self,
        mut take: impl FnMut(ListEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare(&format!("{SELECT_ENTRY} ORDER BY entries.seq"))?;
        let mut rows = statement.query([])?;
        for seq in 0_u32.. {
            let Some(row) = rows.next()? else { break };
            if !self.dropped.contains(&seq) {
                take(entry_of(row, 0)?)?;
            }
        }
        Ok(())
    }

    /// Writes the indexes and waits for the disk.
    pub(crate) fn finish(mut self) -> Result<Built, StoreError> {
        self.sort();
        if !self.dropped.is_empty() {
            let dropped = std::mem::take(&mut self.dropped);
            let stays = |posting: &u64| !dropped.contains(&pages::seq_of(*posting));
            self.keys.retain(stays);
            self.names.retain(stays);
            self.ids.retain(|(posting, _)| stays(posting));
            let mut delete = self.connection.prepare("DELETE FROM entries WHERE seq = ?1")?;
            dropped.iter().try_for_each(|seq| delete.execute([seq]).map(drop))?;
        }
        let filter = self.filter();
        pages::keep_blob(&self.connection, "filter", &filter.bytes())?;
        let ids: Vec<u64> = self.ids.iter().flat_map(|(posting, content)| [*posting, *content]).collect();
        for (part, words) in [(Part::Keys, &self.keys), (Part::Names, &self.names), (Part::Ids, &ids)] {
            let fences = pages::write(&self.connection, part, words)?;
            let bytes: Vec<u8> = fences.iter().flat_map(|fence| fence.to_le_bytes()).collect();
            pages::keep_blob(&self.connection, part.table(), &bytes)?;
        }
        let entries = self.ids.len() as u64;
        let digest = digest(&self.ids);
        self.connection.execute_batch("COMMIT")?;
        let Self { id, file, flusher, connection, .. } = self;
        connection.close().map_err(|(_, error)| error)?;
        let path = file.0.as_deref().ok_or(StoreError::Fault)?;
        flusher.finish().map_err(|error| StoreError::of_file(path, error))?;
        let file_sha256 = chain::file_hash(path).map_err(|error| StoreError::of_file(path, error))?;
        Ok(Built { id, file, entries, digest, file_sha256 })
    }

    fn filter(&self) -> Filter {
        let mut filter = Filter::for_keys(self.keys.len() + self.names.len() + self.ids.len());
        self.keys.iter().for_each(|key| filter.add(Part::Keys.prefix(*key) ^ domain::KEY));
        self.names.iter().for_each(|name| filter.add(Part::Names.prefix(*name) ^ domain::NAME));
        self.ids.iter().for_each(|(id, _)| filter.add(Part::Ids.prefix(*id) ^ domain::ID));
        filter
    }
}

/// What all entries say, whatever the order they came in.
fn digest(ids: &[(u64, u64)]) -> String {
    let mut contents: Vec<u64> = ids.iter().map(|(_, content)| *content).collect();
    contents.sort_unstable();
    let mut hash = Sha256::new();
    contents.iter().for_each(|content| hash.update(content.to_le_bytes()));
    let bytes: [u8; 32] = hash.finalize().into();
    creditgate_gate::ports::RecordHash(bytes).to_hex()
}
