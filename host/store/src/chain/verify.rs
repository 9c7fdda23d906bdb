//! A walk along the whole chain: every link is computed again, every row held
//! against its last link, every check against its record, and in the end counted
//! whether there are rows that no link knows.

use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::path::Path;

use creditgate_credit::application::Attributes;
use creditgate_credit::attributes;
use creditgate_gate::ports::RecordHash;
use creditgate_wire::time::Instant;
use rusqlite::{Connection, Row, params};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::check::{self, CHECKS};
use super::content::ContentHash;
use super::kinds::{self, Kind};
use super::{Head, START, hash, link_hash};
use crate::affected::Held;
use crate::error::StoreError;
use crate::statements::Statements as _;
use crate::store::Store;
use crate::{search, values};

/// Links looked at in one read: a longer read transaction would keep the log from
/// being folded into the database.
const LINKS_AT_ONCE: u32 = 256;

/// Faults that are told; the walk ends with the last of them.
const MOST_FAULTS: usize = 20;

/// What a walk along the ledger found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Checks that were looked at.
    pub records: u64,
    /// The last link: who keeps it can show later that nothing before it was
    /// changed or cut off.
    pub head: Head,
    /// What is wrong, at most 20 faults in the order in which they were found.
    pub faults: Vec<LedgerFault>,
}

/// Something that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerFault {
    /// Where: a table and the name of a row, or a link.
    pub place: String,
    /// What is wrong there.
    pub text: &'static str,
}

impl Store {
    /// Verifies everything the chain holds, and where `since` is given that it goes
    /// on from there. Blocks; reads go on beside it. Memory does not grow with the
    /// ledger.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub fn verify_ledger(&self, since: Option<Head>) -> Result<Verification, StoreError> {
        let kinds = self.read(kinds::of_store)?;
        let mut walk = Walk::new(kinds, since);
        while !self.read(|connection| walk.go_on(connection))? {}
        for (source, file, expected) in self.read(snapshots)? {
            // One that was replaced meanwhile is another's.
            let found = file_hash(&self.snapshots().path_of(&file));
            if self.read(snapshots)?.contains(&(source.clone(), file, expected)) && found.ok() != expected {
                walk.fault(
                    format!("list_sources {source}"),
                    "the file of the snapshot was changed or removed",
                );
            }
        }
        Ok(Verification { records: walk.checks.unsigned_abs(), head: walk.last, faults: walk.faults })
    }
}

struct Walk {
    kinds: HashMap<String, Kind>,
    since: Option<Head>,
    /// The last link that was computed again.
    last: Head,
    checks: i64,
    last_record: RecordHash,
    measures: i64,
    entries: i64,
    /// How many rows each table should have.
    rows: HashMap<String, i64>,
    faults: Vec<LedgerFault>,
}

/// A link as it stands in the store.
struct Stored {
    seq: i64,
    kind: String,
    reference: String,
    content: Option<ContentHash>,
    hash: [u8; 32],
}

impl Walk {
    fn new(kinds: Vec<Kind>, since: Option<Head>) -> Self {
        Self {
            rows: kinds.iter().map(|kind| (kind.table.clone(), 0)).collect(),
            kinds: kinds.into_iter().map(|kind| (kind.table.clone(), kind)).collect(),
            since,
            last: Head::START,
            checks: 0,
            last_record: START,
            measures: 0,
            entries: 0,
            faults: Vec::new(),
        }
    }

    fn fault(&mut self, place: impl Into<String>, text: &'static str) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push(LedgerFault { place: place.into(), text });
        }
    }

    /// Walks on for some links. True when the walk is over.
    fn go_on(&mut self, connection: &Connection) -> Result<bool, StoreError> {
        let select =
            "SELECT seq, kind, reference, content, hash FROM chain WHERE seq > ?1 ORDER BY seq LIMIT ?2";
        let links = connection.rows(select, params![self.last.seq, LINKS_AT_ONCE], |row| {
            Ok(Stored {
                seq: row.get(0)?,
                kind: row.get(1)?,
                reference: row.get(2)?,
                content: values::optional_sha256(row, 3)?,
                hash: values::sha256(row, 4)?,
            })
        })?;
        let all = links.len() < LINKS_AT_ONCE as usize;
        for link in links {
            let expected = self.last.seq + 1;
            let whole = link.seq == expected
                && link.hash
                    == link_hash(&self.last.hash, &link.kind, &link.reference, link.content.as_ref());
            if !whole {
                self.fault(
                    format!("link {expected}"),
                    "it was changed or removed, and the chain ends before it",
                );
                return Ok(true);
            }
            self.last = Head { seq: link.seq, hash: link.hash };
            if self.since.is_some_and(|since| since.seq == link.seq && since.hash != link.hash) {
                self.fault(format!("link {}", link.seq), "it is another than the head that was saved");
            }
            if link.kind == CHECKS {
                self.check(connection, &link)?
            } else {
                self.row(connection, &link)?
            }
            if self.faults.len() == MOST_FAULTS {
                return Ok(true);
            }
        }
        if all {
            self.count(connection)?;
        }
        Ok(all)
    }

    /// A row is held against its last link.
    fn row(&mut self, connection: &Connection, link: &Stored) -> Result<(), StoreError> {
        if kinds::is_of_a_check(&link.kind) {
            return Ok(());
        }
        let place = || format!("{} {}", link.kind, link.reference);
        let Some(kind) = self.kinds.get(&link.kind) else {
            self.fault(place(), "the table was removed");
            return Ok(());
        };
        let place_in_chain = params![link.kind, link.reference, link.seq];
        let earlier = "\
            SELECT content IS NOT NULL FROM chain
            WHERE kind <> 'checks' AND kind = ?1 AND reference = ?2 AND seq < ?3 ORDER BY seq DESC LIMIT 1";
        let was_there = connection.value(earlier, place_in_chain)?;
        let change = i64::from(link.content.is_some()) - i64::from(was_there == Some(true));
        if let Some(rows) = self.rows.get_mut(&link.kind) {
            *rows += change;
        }
        let later = "SELECT EXISTS (SELECT 1 FROM chain
                                    WHERE kind <> 'checks' AND kind = ?1 AND reference = ?2 AND seq > ?3)";
        if connection.scalar(later, place_in_chain)? {
            return Ok(());
        }
        let text = match (kind.content_of(connection, &link.reference)?, link.content) {
            (Some(found), Some(content)) if found == content => return Ok(()),
            (None, None) => return Ok(()),
            (Some(_), Some(_)) => "the row was changed",
            (None, Some(_)) => "the row was removed",
            (Some(_), None) => "the row was put back",
        };
        self.fault(place(), text);
        Ok(())
    }

    /// A check is held against its link, its record, and the record before it.
    fn check(&mut self, connection: &Connection, link: &Stored) -> Result<(), StoreError> {
        let seq = self.checks + 1;
        let place = || format!("check {seq}");
        if link.reference != seq.to_string() {
            self.fault(place(), "it has no link");
            return Ok(());
        }
        self.checks = seq;
        let mut statement = connection.prepare_cached(&format!(
            "SELECT {}, previous_hash, record FROM checks WHERE seq = ?1",
            check::selected()
        ))?;
        let mut rows = statement.query([seq])?;
        let Some(row) = rows.next()? else {
            self.fault(place(), "the check was removed");
            return Ok(());
        };
        let position = check::COLUMNS.len() + 1;
        let stored = RecordHash(values::sha256(row, position)?);
        let previous = RecordHash(values::sha256(row, position + 1)?);
        let record = row.get_ref(position + 2)?.as_bytes().map_err(rusqlite::Error::from)?;
        if previous != self.last_record || stored != hash(previous, record) {
            self.fault(place(), "the record was changed, or the one before it removed");
        }
        self.last_record = stored;
        let (content, measures) = check::content_in(connection, row)?;
        self.measures += measures;
        if Some(content) != link.content {
            self.fault(place(), "a column or a measure was changed");
        }
        match serde_json::from_slice::<RecordSays>(record) {
            Ok(says) => {
                if !says.agrees(row)? {
                    self.fault(place(), "a column says otherwise than the record");
                }
                for (entry, held) in says.entries() {
                    self.entries += 1;
                    let select = "SELECT effective, passed_over FROM check_entries
                                  WHERE entry = ?1 AND check_seq = ?2";
                    let found: Option<(i64, Option<String>)> =
                        connection.row(select, params![entry, seq], |row| Ok((row.get(0)?, row.get(1)?)))?;
                    if found != Some((i64::from(held.is_effective()), held.passed_over_json())) {
                        self.fault(place(), "its list entries are not those of the record");
                    }
                }
            }
            Err(_) => self.fault(place(), "the record is no record"),
        }
        let text = match (search::subjects_of_check(connection, seq)?, search::saved(connection, seq)?) {
            (None, _) => "its parties cannot be read",
            (_, None) => "it cannot be found by its parties: the row was removed",
            (Some(says), Some(found)) if says == found => return Ok(()),
            (Some(_), Some(_)) => "it is found by other parties than those of the record",
        };
        self.fault(place(), text);
        Ok(())
    }

    /// Whether there are rows no link knows, and links that were cut off.
    fn count(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let count = |table: &str| -> Result<i64, StoreError> {
            let select = format!("SELECT count(*) FROM {table}");
            Ok(connection.prepare(&select)?.query_row([], |row| row.get(0))?)
        };
        let of_checks = [
            (CHECKS, self.checks),
            ("measures", self.measures),
            ("check_entries", self.entries),
            ("check_subjects", self.checks),
        ];
        for (table, expected) in of_checks {
            if count(table)? != expected {
                self.fault(table, "there are more rows, or fewer, than the chain knows");
            }
        }
        let mut counted = Vec::new();
        for kind in self.kinds.values() {
            if Some(kind.count(connection)?) != self.rows.get(&kind.table).copied() {
                counted.push(kind.table.clone());
            }
        }
        counted.sort_unstable();
        for table in counted {
            self.fault(table, "there are more rows, or fewer, than the chain knows");
        }
        if Head::read(connection)? != self.last {
            self.fault(format!("link {}", self.last.seq + 1), "the end of the chain was cut off");
        }
        if self.since.is_some_and(|since| since.seq > self.last.seq) {
            self.fault(
                format!("link {}", self.last.seq + 1),
                "the chain ends before the head that was saved: what came after was cut off",
            );
        }
        Ok(())
    }
}

/// The parts of a record that columns repeat.
#[derive(Deserialize)]
struct RecordSays {
    check_id: String,
    at: Instant,
    caller: String,
    idempotency: Option<IdempotencySays>,
    release: Option<i64>,
    dossier: Option<DossierSays>,
    answer: AnswerSays,
}

#[derive(Deserialize)]
struct IdempotencySays {
    key: String,
    body_sha256: String,
}

#[derive(Deserialize)]
struct DossierSays {
    parties: Vec<PartySays>,
}

#[derive(Deserialize)]
struct PartySays {
    #[serde(default)]
    entries: Vec<String>,
    #[serde(default)]
    history: Vec<EntrySays>,
}

#[derive(Deserialize)]
struct EntrySays {
    id: String,
    #[serde(default)]
    suspended: bool,
    #[serde(default, with = "attributes")]
    attributes: Attributes,
}

#[derive(Deserialize)]
struct AnswerSays {
    check_id: String,
    case_no: String,
    department: String,
    item: String,
    checkpoint: String,
    status: String,
    outcome: String,
}

impl RecordSays {
    /// Whether the columns, in the order of [`check::COLUMNS`], say the same.
    fn agrees(&self, row: &Row<'_>) -> Result<bool, StoreError> {
        let answer = &self.answer;
        let texts = [
            &*answer.check_id,
            &*answer.case_no,
            &*answer.department,
            &*answer.item,
            &*answer.checkpoint,
            &*answer.status,
            &*answer.outcome,
        ];
        for (position, text) in texts.iter().enumerate() {
            if row.get_ref(position)?.as_str().ok() != Some(text) {
                return Ok(false);
            }
        }
        let [key, body] = match &self.idempotency {
            Some(idempotency) => [Some(&*idempotency.key), Some(&*idempotency.body_sha256)],
            None => [None, None],
        };
        let body_hash: Option<Vec<u8>> = row.get(10)?;
        let body_hash = body_hash.map(hex::encode);
        Ok(*self.check_id == *answer.check_id
            && row.get::<_, i64>(7)? == values::instant_to_sql(self.at.0)
            && row.get_ref(8)?.as_str().ok() == Some(&*self.caller)
            && row.get::<_, Option<String>>(9)?.as_deref() == key
            && body_hash.as_deref() == body
            && row.get::<_, Option<i64>>(11)? == self.release)
    }

    /// The entries before the check, and how each stood.
    fn entries(&self) -> BTreeMap<&str, Held> {
        let mut entries: BTreeMap<&str, Held> = BTreeMap::new();
        for party in self.dossier.iter().flat_map(|dossier| &dossier.parties) {
            for held in &party.history {
                let effective = party.entries.contains(&held.id);
                let says = entries.entry(&*held.id).or_default();
                says.add(effective, held.suspended, &held.attributes);
            }
        }
        entries
    }
}

/// Sources with the file of their snapshot and what it hashes to.
#[expect(clippy::type_complexity, reason = "read and compared in one place")]
fn snapshots(connection: &Connection) -> Result<Vec<(String, String, Option<[u8; 32]>)>, StoreError> {
    let select = "SELECT source, snapshot, file_sha256 FROM list_sources WHERE snapshot IS NOT NULL";
    connection.rows(select, [], |row| {
        let file = crate::snapshot::file_name(&row.get::<_, String>(1)?);
        Ok((row.get(0)?, file, values::optional_sha256(row, 2)?))
    })
}

/// SHA-256 of a file.
pub(crate) fn file_hash(path: &Path) -> std::io::Result<[u8; 32]> {
    let mut file = std::fs::File::open(path)?;
    let (mut hash, mut piece) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hash.finalize().into()),
            read => hash.update(&piece[..read]),
        }
    }
}
