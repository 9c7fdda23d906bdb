//! An entry made ready to be written: everything about it that can be worked out
//! on any thread, so that the one that writes only writes.

use creditgate_credit::entry::{EntryStatus, ListEntry, ListKind, Severity};
use creditgate_credit::identifier::{MatchKey, Namespaces, index_keys};
use creditgate_credit::name;
use jiff::civil::Date;

use super::fingerprint::{domain, fingerprint};
use super::pages::{Part, SEQ_BITS};
use crate::error::StoreError;
use crate::lists::particulars_to_sql;
use crate::values;

/// A list entry, ready to be written into a snapshot.
#[derive(Debug)]
pub struct PreparedEntry {
    /// Line on which it stands in its file.
    pub(super) line: u64,
    pub(super) entry: ListEntry,
    pub(super) identifiers: String,
    pub(super) attributes: String,
    pub(super) particulars: String,
    pub(super) days: Days,
    /// Fingerprints of its match keys.
    pub(super) keys: Vec<u64>,
    /// Fingerprint of its name, with its namespaces; none without a name.
    pub(super) name: Option<u64>,
    pub(super) id: u64,
    pub(super) content: u64,
    pub(super) origin: u64,
}

/// Its days as they are written.
#[derive(Debug)]
pub(super) struct Days {
    pub(super) recognised_on: String,
    pub(super) valid_until: Option<String>,
    pub(super) ended_on: Option<String>,
}

impl Days {
    fn of(entry: &ListEntry) -> Self {
        Self {
            recognised_on: values::day_to_sql(entry.recognised_on),
            valid_until: entry.valid_until.map(values::day_to_sql),
            ended_on: entry.ended_on.map(values::day_to_sql),
        }
    }
}

impl PreparedEntry {
    /// Makes an entry ready; `line` is where it stands in its file.
    ///
    /// # Errors
    /// When a part of it has no written form, which does not happen to an entry
    /// that was read from one.
    pub fn of(line: u64, entry: ListEntry) -> Result<Self, StoreError> {
        let identifiers: Vec<(&str, &str)> =
            entry.subject_identifiers.iter().map(|id| (id.kind().code(), id.value())).collect();
        let identifiers = values::pairs_to_sql(&identifiers);
        let attributes = values::pairs_to_sql(&entry.attributes);
        let particulars = particulars_to_sql(&entry.particulars)?;
        let days = Days::of(&entry);
        let keys = index_keys(&entry.subject_identifiers);
        let origin = origin_of(&entry);
        let content = content_of(&entry, origin, &days, [&identifiers, &attributes, &particulars]);
        let name = name::key(&entry.subject_name);
        let namespaces = Namespaces::of_record(&entry.subject_identifiers).bits();
        Ok(Self {
            line,
            keys: keys.iter().map(key_of).collect(),
            name: (!name.is_empty()).then(|| {
                Part::Names.prefix(fingerprint(domain::NAME, name.as_bytes())) | namespaces << SEQ_BITS
            }),
            id: id_of(&entry.id),
            entry,
            identifiers,
            attributes,
            particulars,
            days,
            content,
            origin,
        })
    }

    /// The entry itself.
    #[must_use]
    pub const fn entry(&self) -> &ListEntry {
        &self.entry
    }
}

/// Fingerprint of a match key.
pub(super) fn key_of(key: &MatchKey) -> u64 {
    fingerprint(domain::KEY, key.as_str().as_bytes())
}

/// Fingerprint of an entry's id.
pub(super) fn id_of(id: &str) -> u64 {
    fingerprint(domain::ID, id.as_bytes())
}

/// Fingerprint of what many entries have in common.
fn origin_of(entry: &ListEntry) -> u64 {
    let severity = entry.severity.map_or("", Severity::code);
    [
        entry.list.as_str(),
        &entry.list_name,
        entry.kind.code(),
        &entry.field,
        severity,
        &entry.authority,
        &entry.basis,
    ]
    .iter()
    .fold(domain::ORIGIN, |state, text| fingerprint(state, text.as_bytes()))
}

/// Fingerprint of everything an entry says: two entries with the same are the
/// same.
fn content_of(entry: &ListEntry, origin: u64, days: &Days, texts: [&str; 3]) -> u64 {
    let optional = |day: &Option<String>| day.clone().unwrap_or_default();
    let state = [
        entry.id.as_str(),
        &entry.subject_name,
        &entry.facts,
        entry.status.code(),
        &days.recognised_on,
        &optional(&days.valid_until),
        &optional(&days.ended_on),
        if entry.suspended { "suspended" } else { "" },
    ]
    .iter()
    .chain(&texts)
    .fold(domain::CONTENT, |state, text| fingerprint(state, text.as_bytes()));
    fingerprint(state, &origin.to_le_bytes())
}

/// Whether an entry can meet another one, on the day of its import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It triggers what its list triggers.
    Effective,
    /// It was announced.
    Preliminary,
    /// It is over, or not yet begun.
    Idle,
}

impl Standing {
    pub(super) fn of(entry: &ListEntry, day: Date) -> Self {
        use creditgate_credit::entry::EntryState;
        if entry.status == EntryStatus::Preliminary {
            return Self::Preliminary;
        }
        match entry.state_on(day) {
            EntryState::Effective => Self::Effective,
            _ => Self::Idle,
        }
    }
}

/// Whether being on such a list keeps its subject off a red one (R35, R49).
pub(super) const fn outranks_red(kind: ListKind) -> bool {
    matches!(kind, ListKind::Black | ListKind::Watch | ListKind::Alert)
}
