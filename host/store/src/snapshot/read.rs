//! Reading a snapshot: a few connections to a file that never changes.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use creditgate_credit::entry::{ListEntry, ListKind};
use creditgate_credit::identifier::MatchKey;
use rusqlite::{Connection, OpenFlags};

use super::build::FORM;
use super::fingerprint::{Filter, domain, fingerprint};
use super::pages::{self, Index, NAMESPACE_BITS, Part, SEQ_BITS};
use super::prepared::{id_of, key_of, outranks_red};
use crate::error::StoreError;
use crate::lists::entry_of;
use crate::reader::Readers;
use crate::statements::Statements as _;

/// Most records under one name that are looked at for hints.
const MOST_NAMESAKES: usize = 200;

/// Bytes of a file that are mapped into memory: what SQLite takes at most.
const MAPPED: i64 = 0x7fff_0000;

/// The entries of a snapshot, in the columns [`entry_of`] reads.
pub(super) const SELECT_ENTRY: &str = "SELECT entries.id, list, list_name, kind, field, severity, subject_name, \
     identifiers, facts, authority, basis, recognised_on, valid_until, status, ended_on, suspended, attributes, \
     particulars FROM entries CROSS JOIN origins ON origins.id = entries.origin";

/// A source's lists as a whole. Whoever holds it can read it, also after another
/// one has taken its place; the last one removes the file of one that was retired.
pub(crate) struct Snapshot {
    pub(crate) source: String,
    path: PathBuf,
    readers: Readers,
    keys: Index,
    names: Index,
    ids: Index,
    filter: Filter,
    pub(super) has_red: bool,
    pub(super) has_outranking: bool,
    retired: AtomicBool,
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        if self.retired.load(Ordering::Relaxed)
            && let Err(error) = std::fs::remove_file(&self.path)
        {
            tracing::warn!(%error, "a list snapshot that was replaced was not removed");
        }
    }
}

impl Snapshot {
    /// Opens the snapshot with this id.
    ///
    /// # Errors
    /// [`StoreError::Snapshot`] when the file is not there or is none.
    pub(crate) fn open(folder: &Path, source: &str, id: &str, readers: usize) -> Result<Self, StoreError> {
        let path = folder.join(format!("{id}.db"));
        let broken = |error: StoreError| StoreError::Snapshot { path: path.clone(), source: Box::new(error) };
        let readers = Readers::open(readers, || open_for_reading(&path)).map_err(broken)?;
        let parts = readers.with(read_parts).map_err(broken)?;
        Ok(Self {
            source: source.to_owned(),
            path,
            readers,
            keys: parts.keys,
            names: parts.names,
            ids: parts.ids,
            filter: parts.filter,
            has_red: parts.has_red,
            has_outranking: parts.has_outranking,
            retired: AtomicBool::new(false),
        })
    }

    /// Another one has taken its place: its file goes with the last reader.
    pub(crate) fn retire(&self) {
        self.retired.store(true, Ordering::Relaxed);
    }

    /// Whether there may be an entry under this key. Costs one access of memory,
    /// and is all that is done for almost every party.
    pub(crate) fn may_have(&self, key: &MatchKey) -> bool {
        self.may_have_key(key_of(key))
    }

    /// Whether there may be an entry under this name in its key form.
    pub(crate) fn may_have_name(&self, name: &str) -> bool {
        self.may_have_name_of(fingerprint(domain::NAME, name.as_bytes()))
    }

    fn may_have_name_of(&self, fingerprint: u64) -> bool {
        self.filter.may_hold(Part::Names.prefix(fingerprint) ^ domain::NAME)
    }

    pub(super) fn may_have_id(&self, fingerprint: u64) -> bool {
        self.filter.may_hold(Part::Ids.prefix(fingerprint) ^ domain::ID)
    }

    pub(super) fn may_have_key(&self, fingerprint: u64) -> bool {
        self.filter.may_hold(Part::Keys.prefix(fingerprint) ^ domain::KEY)
    }

    /// Hands over every entry that may have this key; whether it has it is for
    /// the caller to see.
    pub(crate) fn each_by_key(
        &self,
        key: &MatchKey,
        take: impl FnMut(ListEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.each_by_fingerprint(key_of(key), take)
    }

    pub(super) fn each_by_fingerprint(
        &self,
        fingerprint: u64,
        mut take: impl FnMut(ListEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        self.readers.with(|connection| {
            self.keys.find(connection, fingerprint, |(posting, _)| {
                take(entry_at(connection, pages::seq_of(posting))?)?;
                Ok(ControlFlow::Continue(()))
            })
        })
    }

    /// Hands over entries that may have this name in its key form and no number
    /// in `namespaces`.
    pub(crate) fn each_by_name(
        &self,
        name: &str,
        namespaces: u64,
        mut take: impl FnMut(ListEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let wanted = fingerprint(domain::NAME, name.as_bytes());
        if !self.may_have_name_of(wanted) {
            return Ok(());
        }
        let mut looked_at = 0;
        self.readers.with(|connection| {
            self.names.find(connection, wanted, |(posting, _)| {
                let told_apart = (posting >> SEQ_BITS) & ((1 << NAMESPACE_BITS) - 1) & namespaces != 0;
                if told_apart {
                    return Ok(ControlFlow::Continue(()));
                }
                looked_at += 1;
                if looked_at > MOST_NAMESAKES {
                    return Ok(ControlFlow::Break(()));
                }
                take(entry_at(connection, pages::seq_of(posting))?)?;
                Ok(ControlFlow::Continue(()))
            })
        })
    }

    /// The entry with this id.
    pub(crate) fn entry(&self, id: &str) -> Result<Option<ListEntry>, StoreError> {
        let mut found = None;
        self.find_id(id_of(id), |connection, posting| {
            let candidate = entry_at(connection, pages::seq_of(posting))?;
            if candidate.id == id {
                found = Some(candidate);
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn find_id(
        &self,
        fingerprint: u64,
        mut take: impl FnMut(&Connection, u64) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        if !self.may_have_id(fingerprint) {
            return Ok(());
        }
        self.readers.with(|connection| {
            self.ids.find(connection, fingerprint, |(posting, _)| {
                take(connection, posting)?;
                Ok(ControlFlow::Continue(()))
            })
        })
    }

    /// Every id, as the first bits of its fingerprint, with the fingerprint of
    /// what its entry says.
    pub(super) fn contents(&self) -> Result<Vec<(u64, u64)>, StoreError> {
        self.readers.with(|connection| {
            let mut contents = Vec::new();
            pages::each(connection, Part::Ids, |posting, content| {
                contents.push((Part::Ids.prefix(posting), content));
            })?;
            Ok(contents)
        })
    }

    /// Every entry, in the order of its file.
    pub(crate) fn each(
        &self,
        mut take: impl FnMut(ListEntry) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        // A connection of its own: this takes seconds, and checks go on.
        let connection = open_for_reading(&self.path)?;
        connection.each(&format!("{SELECT_ENTRY} ORDER BY entries.seq"), [], |row| take(entry_of(row, 0)?))
    }
}

/// What is kept in memory of a snapshot.
struct Parts {
    keys: Index,
    names: Index,
    ids: Index,
    filter: Filter,
    has_red: bool,
    has_outranking: bool,
}

fn read_parts(connection: &Connection) -> Result<Parts, StoreError> {
    let form: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if form != FORM {
        return Err(StoreError::Damaged { what: "the form of a list snapshot" });
    }
    let index = |part: Part| {
        let fences = pages::blob(connection, part.table())?;
        Ok::<_, StoreError>(Index::new(part, pages::words_of(&fences)?))
    };
    let filter = Filter::read(&pages::blob(connection, "filter")?)
        .ok_or(StoreError::Damaged { what: "the filter of a list snapshot" })?;
    let kinds: Vec<String> = connection.column("SELECT DISTINCT kind FROM origins", [])?;
    let kinds: Vec<ListKind> = kinds.iter().filter_map(|kind| ListKind::from_code(kind)).collect();
    Ok(Parts {
        keys: index(Part::Keys)?,
        names: index(Part::Names)?,
        ids: index(Part::Ids)?,
        filter,
        has_red: kinds.contains(&ListKind::Red),
        has_outranking: kinds.into_iter().any(outranks_red),
    })
}

/// The entry at this place of a file.
pub(super) fn entry_at(connection: &Connection, seq: u32) -> Result<ListEntry, StoreError> {
    let select = format!("{SELECT_ENTRY} WHERE entries.seq = ?1");
    let found = connection.row(&select, [seq], |row| entry_of(row, 0))?;
    found.ok_or(StoreError::Damaged { what: "a list snapshot" })
}

/// Opens a file that is being written and belongs to nobody else.
pub(super) fn open_file(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.set_prepared_statement_cache_capacity(16);
    connection.pragma_update_and_check(None, "journal_mode", "off", |_| Ok(()))?;
    connection.pragma_update(None, "synchronous", "off")?;
    connection.pragma_update_and_check(None, "locking_mode", "exclusive", |_| Ok(()))?;
    // Kibibytes when negative.
    connection.pragma_update(None, "cache_size", -16_384)?;
    Ok(connection)
}

/// Opens a file that never changes: no locks, no look for a journal.
pub(super) fn open_for_reading(path: &Path) -> Result<Connection, StoreError> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
    let connection = Connection::open_with_flags(uri(path), flags)?;
    connection.set_prepared_statement_cache_capacity(16);
    connection.pragma_update_and_check(None, "mmap_size", MAPPED, |_| Ok(()))?;
    Ok(connection)
}

/// A path as SQLite reads one with parameters: every byte that could mean
/// something is escaped.
fn uri(path: &Path) -> String {
    use std::fmt::Write as _;
    use std::os::unix::ffi::OsStrExt as _;
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(byte) {
            uri.push(char::from(*byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(uri, "%{byte:02x}");
        }
    }
    uri.push_str("?immutable=1");
    uri
}
