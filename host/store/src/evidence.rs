//! What the store knows of parties: list entries by identifier, entries by name
//! for hints, and commitments of earlier cases.

use std::collections::HashMap;

use creditgate_credit::application::Party;
use creditgate_credit::dossier::Evidence;
use creditgate_credit::entry::ListEntry;
use creditgate_credit::identifier::{MatchKey, index_keys, lookup_keys};
use creditgate_gate::ports::{BoxFuture, CreditSource, SourceError};
use rusqlite::Connection;

use crate::commitments;
use crate::error::StoreError;
use crate::lists::{ENTRY_COLUMNS, entry_of, name_key};
use crate::store::Store;

/// Most hints for one party. Common names have thousands of entries, and an
/// officer reads none of them.
const MOST_HINTS: usize = 20;

impl CreditSource for Store {
    /// Entries of every status, each party's newest first. Reads in place: see
    /// `Readers::read` for why.
    fn evidence<'a>(&'a self, parties: &'a [Party]) -> BoxFuture<'a, Result<Vec<Evidence>, SourceError>> {
        Box::pin(async move {
            self.read(|connection| evidence_of(connection, parties))
                .map_err(|error| SourceError { name: "lists".to_owned(), source: Box::new(error) })
        })
    }
}

fn evidence_of(connection: &Connection, parties: &[Party]) -> Result<Vec<Evidence>, StoreError> {
    let keys: Vec<Vec<MatchKey>> = parties.iter().map(|party| lookup_keys(&party.identifiers)).collect();
    let wanted = Wanted::of(&keys);
    let mut evidence = vec![Evidence::default(); parties.len()];
    entries_by_key(connection, &wanted, &mut evidence)?;
    commitments::by_key(connection, &wanted, &mut evidence)?;
    for ((party, keys), evidence) in parties.iter().zip(&keys).zip(&mut evidence) {
        evidence.by_name = hints(connection, &party.name, keys)?;
        evidence.by_identifier.sort_by(newest_first);
        evidence.commitments.sort_by(|a, b| b.made_on.cmp(&a.made_on).then_with(|| a.id.cmp(&b.id)));
    }
    Ok(evidence)
}

fn newest_first(a: &ListEntry, b: &ListEntry) -> std::cmp::Ordering {
    b.recognised_on.cmp(&a.recognised_on).then_with(|| a.id.cmp(&b.id))
}

/// The keys to look for, and which parties (by position) each belongs to.
pub(crate) struct Wanted<'a> {
    parties: HashMap<&'a str, Vec<usize>>,
    /// All keys as a JSON array: one statement looks them all up.
    pub(crate) json: String,
}

impl<'a> Wanted<'a> {
    fn of(keys: &'a [Vec<MatchKey>]) -> Self {
        let mut parties: HashMap<&str, Vec<usize>> = HashMap::new();
        for (position, keys) in keys.iter().enumerate() {
            for key in keys {
                parties.entry(key.as_str()).or_default().push(position);
            }
        }
        let all: Vec<&str> = parties.keys().copied().collect();
        let json = serde_json::json!(all).to_string();
        Self { parties, json }
    }

    /// Positions of the parties that have this key.
    pub(crate) fn parties_with(&self, key: &str) -> &[usize] {
        self.parties.get(key).map_or(&[], Vec::as_slice)
    }
}

fn entries_by_key(
    connection: &Connection,
    wanted: &Wanted<'_>,
    evidence: &mut [Evidence],
) -> Result<(), StoreError> {
    let mut statement = connection.prepare_cached(&format!(
        "SELECT entry_keys.key, {ENTRY_COLUMNS}
         FROM json_each(?1) AS wanted
              CROSS JOIN entry_keys ON entry_keys.key = wanted.value
              CROSS JOIN entries ON entries.id = entry_keys.entry"
    ))?;
    let mut rows = statement.query([&wanted.json])?;
    while let Some(row) = rows.next()? {
        let key: String = row.get(0)?;
        let entry = entry_of(row, 1)?;
        for &position in wanted.parties_with(&key) {
            let found = &mut evidence[position].by_identifier;
            // One entry may match by several keys.
            if found.iter().all(|known| known.id != entry.id) {
                found.push(entry.clone());
            }
        }
    }
    Ok(())
}

/// Entries under the same name that no identifier tells apart from the party.
fn hints(connection: &Connection, name: &str, keys: &[MatchKey]) -> Result<Vec<ListEntry>, StoreError> {
    let name = name_key(name);
    if name.is_empty() {
        return Ok(Vec::new());
    }
    let mut statement = connection.prepare_cached(&format!(
        "SELECT {ENTRY_COLUMNS} FROM entries WHERE name_key = ?1 ORDER BY recognised_on DESC, id"
    ))?;
    let mut rows = statement.query([name])?;
    let mut hints = Vec::new();
    while let Some(row) = rows.next()?
        && hints.len() < MOST_HINTS
    {
        let entry = entry_of(row, 0)?;
        if !comparable(keys, &index_keys(&entry.subject_identifiers)) {
            hints.push(entry);
        }
    }
    Ok(hints)
}

/// Whether party and entry have identifiers that can be compared. If they can,
/// the keys have decided already whether it is the same subject, and the name
/// says nothing more.
fn comparable(party: &[MatchKey], entry: &[MatchKey]) -> bool {
    party.iter().any(|party| entry.iter().any(|entry| namespace(party) == namespace(entry)))
}

fn namespace(key: &MatchKey) -> &str {
    key.as_str().split(':').next().unwrap_or_default()
}
