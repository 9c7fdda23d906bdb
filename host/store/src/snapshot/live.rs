//! Which snapshots are in force, and how one takes the place of another.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arc_swap::{ArcSwap, Guard};
use creditgate_wire::admin::ListSource;
use creditgate_wire::time::Instant;
use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::build::Built;
use super::loss::ListLoss;
use super::read::Snapshot;
use super::renew::renew_older;
use crate::approvals::{self, Agreed};
use crate::chain;
use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::values;

/// How often a read begins anew because snapshots were switched while it began.
const MOST_TRIES: usize = 100;

/// The snapshots in force.
#[derive(Default)]
struct Live {
    /// The generation of the store these belong to.
    generation: i64,
    snapshots: Vec<Arc<Snapshot>>,
    /// What is in force once the store says the next generation: between a commit
    /// and the moment it is heard of, reads know where they are.
    next: Option<Vec<Arc<Snapshot>>>,
}

impl Live {
    fn at(&self, generation: i64) -> Option<&[Arc<Snapshot>]> {
        if generation == self.generation {
            return Some(&self.snapshots);
        }
        self.next.as_deref().filter(|_| generation == self.generation + 1)
    }
}

/// The snapshots of a store.
pub(crate) struct Snapshots {
    pub(super) folder: PathBuf,
    readers: usize,
    live: ArcSwap<Live>,
    /// One import at a time.
    pub(super) turn: Arc<tokio::sync::Mutex<()>>,
}

impl Snapshots {
    /// Opens the snapshots the store names, and removes files it does not name:
    /// of imports that were cut off, or that were replaced while somebody read.
    pub(crate) fn open(folder: &Path, connection: &Connection, readers: usize) -> Result<Self, StoreError> {
        renew_older(folder, &named(connection)?, connection)?;
        let named = named(connection)?;
        hash_files(folder, connection)?;
        remove_others(folder, &named).map_err(|error| StoreError::of_file(folder, error))?;
        let snapshots = named
            .iter()
            .map(|(source, id)| Snapshot::open(folder, source, id, readers).map(Arc::new))
            .collect::<Result<_, _>>()?;
        let live = Live { generation: generation(connection)?, snapshots, next: None };
        Ok(Self {
            folder: folder.to_owned(),
            readers,
            live: ArcSwap::from_pointee(live),
            turn: Arc::new(tokio::sync::Mutex::new(())),
        })
    }
}

/// The snapshots of one moment.
pub(crate) struct SettledNow(Guard<Arc<Live>>);

impl std::ops::Deref for SettledNow {
    type Target = [Arc<Snapshot>];

    fn deref(&self) -> &Self::Target {
        &self.0.snapshots
    }
}

impl Snapshots {
    /// Where a snapshot's file lies.
    pub(crate) fn path_of(&self, file: &str) -> PathBuf {
        self.folder.join(file)
    }

    /// The snapshots in force at this moment; none while one takes the place of
    /// another, when only a read transaction can tell.
    pub(crate) fn settled_now(&self) -> Option<SettledNow> {
        let live = self.live.load();
        live.next.is_none().then(|| SettledNow(live))
    }
}

/// The snapshots the store names, by their sources.
fn named(connection: &Connection) -> Result<Vec<(String, String)>, StoreError> {
    let select = "SELECT source, snapshot FROM list_sources WHERE snapshot IS NOT NULL ORDER BY source";
    connection.rows(select, [], |row| Ok((row.get(0)?, row.get(1)?)))
}

/// The file of the snapshot with this id.
pub(crate) fn file_name(id: &str) -> String {
    format!("{id}.db")
}

/// Notes what the files of snapshots hash to that are older than the chain.
fn hash_files(folder: &Path, connection: &Connection) -> Result<(), StoreError> {
    let unknown = "SELECT snapshot FROM list_sources WHERE snapshot IS NOT NULL AND file_sha256 IS NULL";
    for id in connection.column::<String>(unknown, [])? {
        let path = folder.join(file_name(&id));
        let hash = chain::file_hash(&path).map_err(|error| StoreError::of_file(&path, error))?;
        let update = "UPDATE list_sources SET file_sha256 = ?2 WHERE snapshot = ?1";
        connection.run(update, params![id, hash])?;
    }
    Ok(())
}

fn remove_others(folder: &Path, named: &[(String, String)]) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if !named.iter().any(|(_, id)| id == stem) {
            std::fs::remove_file(&path)?;
            tracing::info!(file = %path.display(), "a list snapshot that nobody names was removed");
        }
    }
    Ok(())
}

fn generation(connection: &Connection) -> Result<i64, StoreError> {
    connection.scalar("SELECT generation FROM list_generation", [])
}

/// The snapshot of a source.
pub(super) fn of_source<'a>(snapshots: &'a [Arc<Snapshot>], source: &str) -> Option<&'a Arc<Snapshot>> {
    snapshots.iter().find(|snapshot| snapshot.source == source)
}

/// What is published.
pub(super) struct Publication {
    pub(super) source: String,
    pub(super) built: Built,
    pub(super) file: String,
    pub(super) at: Timestamp,
    /// The state of the source's other entries that the snapshot has taken in;
    /// none where it takes their place whatever they are.
    pub(super) taken_in: Option<Since>,
    /// What goes by it.
    pub(super) loss: ListLoss,
    /// The agreement it rests on, where it takes one.
    pub(super) agreed: Option<Agreed>,
}

/// How often entries of a source were changed beside its snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Since(i64);

impl Since {
    pub(super) fn of(connection: &Connection, source: &str) -> Result<Self, StoreError> {
        let changes = connection.value("SELECT changes FROM list_sources WHERE source = ?1", [source])?;
        Ok(Self(changes.unwrap_or(0)))
    }
}

impl Store {
    /// Runs `work` in a write transaction, with the snapshots that belong to it,
    /// and resolves once it is durable.
    pub(crate) async fn write_lists<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: FnOnce(&Connection, &[Arc<Snapshot>]) -> Result<T, StoreError> + Send + 'static,
    {
        let store = self.clone();
        self.write(move |connection| {
            // Nobody publishes while this transaction runs.
            let live = store.snapshots().live.load();
            work(connection, live.at(generation(connection)?).ok_or(StoreError::Fault)?)
        })
        .await
    }

    /// Runs `work` in a read transaction, with the snapshots that belong to it:
    /// nothing is missed and nothing seen twice while one is being replaced.
    pub(crate) fn read_lists<T>(
        &self,
        mut work: impl FnMut(&Connection, &[Arc<Snapshot>]) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        for _ in 0..MOST_TRIES {
            // Before the transaction begins: what it sees is then this, or the next.
            let live = self.snapshots().live.load();
            let done = self.read(|connection| {
                live.at(generation(connection)?).map(|snapshots| work(connection, snapshots)).transpose()
            })?;
            if let Some(done) = done {
                return Ok(done);
            }
        }
        Err(StoreError::Fault)
    }

    /// Puts a snapshot in the place of what its source had. To be called by whoever
    /// has the turn.
    pub(super) async fn publish(&self, publication: Publication) -> Result<(), StoreError> {
        let Publication { source, mut built, file, at, taken_in, loss, agreed } = publication;
        let snapshots = self.snapshots();
        let opened = Snapshot::open(&snapshots.folder, &source, &built.id, snapshots.readers)?;
        // From here on the store may name the file; if it does not in the end, the
        // next start removes it.
        let path = built.file.0.take();
        let before = self.settled()?;
        let mut after: Vec<_> =
            before.snapshots.iter().filter(|snapshot| snapshot.source != source).map(Arc::clone).collect();
        after.push(Arc::new(opened));
        let pending = Live {
            generation: before.generation,
            snapshots: before.snapshots.clone(),
            next: Some(after.clone()),
        };
        snapshots.live.store(Arc::new(pending));
        let id = built.id.clone();
        let of = source.clone();
        let row = Row {
            source: source.clone(),
            file,
            file_sha256: built.file_sha256,
            digest: built.digest,
            entries: built.entries,
        };
        let replaced = self.write(move |connection| {
            agreed.iter().try_for_each(|agreed| approvals::spend(connection, agreed))?;
            let generation = replace(connection, &id, row, at, taken_in)?;
            loss.note(connection, &of, at, agreed.is_some())?;
            Ok(generation)
        });
        match replaced.await {
            Ok(generation) => {
                snapshots.live.store(Arc::new(Live { generation, snapshots: after, next: None }));
                let replaced = before.snapshots.iter().filter(|snapshot| snapshot.source == source);
                replaced.for_each(|snapshot| snapshot.retire());
                Ok(())
            }
            Err(error) => {
                snapshots.live.store(before);
                // If this fails, the next start does it.
                path.map(std::fs::remove_file).transpose().ok();
                Err(error)
            }
        }
    }

    /// What is in force, also where nobody was there to hear of the last commit.
    fn settled(&self) -> Result<Arc<Live>, StoreError> {
        let live = self.snapshots().live.load_full();
        let generation = self.read(generation)?;
        let snapshots = live.at(generation).ok_or(StoreError::Fault)?.to_vec();
        Ok(Arc::new(Live { generation, snapshots, next: None }))
    }

    /// Where list entries come from.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn list_sources(&self) -> Result<Vec<ListSource>, StoreError> {
        self.read(|connection| {
            let select = "SELECT source, snapshot, entries, digest, whole_at, imported_at, file,
                                 (SELECT count(*) FROM entries WHERE entries.source = list_sources.source)
                          FROM list_sources ORDER BY source";
            connection.rows(select, [], |row| {
                Ok(ListSource {
                    source: row.get(0)?,
                    snapshot: row.get(1)?,
                    entries: row.get::<_, i64>(2)?.unsigned_abs(),
                    digest: row.get(3)?,
                    whole_at: values::optional_instant(row, 4)?.map(Instant),
                    imported_at: values::instant(row, 5)?.into(),
                    file: row.get(6)?,
                    since: row.get::<_, i64>(7)?.unsigned_abs(),
                })
            })
        })
    }
}

/// What the store says of a snapshot.
struct Row {
    source: String,
    file: String,
    file_sha256: [u8; 32],
    digest: String,
    entries: u64,
}

/// The one transaction of a publication; gives back its generation.
fn replace(
    connection: &Connection,
    id: &str,
    row: Row,
    at: Timestamp,
    taken_in: Option<Since>,
) -> Result<i64, StoreError> {
    let Row { source, file, file_sha256, digest, entries } = row;
    if let Some(taken_in) = taken_in
        && Since::of(connection, &source)? != taken_in
    {
        return Err(StoreError::SourceChanged(source));
    }
    connection.run("DELETE FROM entries WHERE source = ?1", [&source])?;
    let insert = "\
        INSERT INTO list_sources (source, snapshot, entries, digest, whole_at, imported_at, file,
               file_sha256)
        VALUES (?1, ?2, ?3, ?4, ?5, ?5, ?6, ?7)
        ON CONFLICT (source) DO UPDATE SET snapshot = excluded.snapshot, entries = excluded.entries,
               digest = excluded.digest, whole_at = excluded.whole_at,
               imported_at = excluded.imported_at, file = excluded.file,
               file_sha256 = excluded.file_sha256";
    let row = params![
        source,
        id,
        i64::try_from(entries).unwrap_or(i64::MAX),
        digest,
        values::instant_to_sql(at),
        file,
        file_sha256,
    ];
    connection.run(insert, row)?;
    let next = connection
        .value("UPDATE list_generation SET generation = generation + 1 RETURNING generation", [])?;
    next.ok_or(StoreError::Damaged { what: "the generation of the lists" })
}

/// Notes which file entries of a source came from.
pub(super) fn note_import(
    connection: &Connection,
    source: &str,
    file: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let update = "UPDATE list_sources SET imported_at = ?2, file = ?3 WHERE source = ?1";
    connection.run(update, params![source, values::instant_to_sql(at), file])
}

/// Notes that entries of a source are changed beside its snapshot.
pub(crate) fn note_change(connection: &Connection, source: &str) -> Result<(), StoreError> {
    let insert = "INSERT INTO list_sources (source, entries, digest, changes, imported_at, file)
                  VALUES (?1, 0, '', 1, 0, '')
                  ON CONFLICT (source) DO UPDATE SET changes = changes + 1";
    connection.run(insert, [source])
}
