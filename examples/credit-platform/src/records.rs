//! The records the platform answers queries from, and what it counts of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};

/// A record on a red or black list. Times are local, `yyyy-MM-dd HH:mm:ss`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Id.
    pub id: String,
    /// Code of the list.
    pub list: String,
    /// Name of the list.
    pub list_name: String,
    /// `red` or `black`.
    pub kind: String,
    /// Name of the subject.
    pub name: String,
    /// Its number.
    pub code: String,
    /// Recognising authority.
    pub organ: String,
    /// When it was recognised.
    pub recognised_at: String,
    /// Until when it holds.
    #[serde(default)]
    pub valid_to: String,
    /// `1` in force, `2` repaired, `3` withdrawn.
    pub state: String,
    /// When it was last changed.
    pub changed_at: String,
}

/// The records by their ids.
#[derive(Debug, Default)]
pub struct Records {
    records: Mutex<Vec<Record>>,
    queries: AtomicU64,
}

impl Records {
    /// Adds records; one whose id is known takes its place.
    pub fn add(&self, new: Vec<Record>) {
        let mut records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        for record in new {
            records.retain(|known| known.id != record.id);
            records.push(record);
        }
    }

    /// The records that fit, the least recently changed first.
    #[must_use]
    pub fn query(&self, fits: impl Fn(&Record) -> bool) -> Vec<Record> {
        let records = self.records.lock().unwrap_or_else(PoisonError::into_inner);
        let mut found: Vec<Record> = records.iter().filter(|record| fits(record)).cloned().collect();
        found.sort_by(|a, b| (&a.changed_at, &a.id).cmp(&(&b.changed_at, &b.id)));
        found
    }

    /// Counts a query that has come.
    pub fn count(&self) {
        self.queries.fetch_add(1, Ordering::Relaxed);
    }

    /// Queries that have come, also those that got no answer.
    #[must_use]
    pub fn queries(&self) -> u64 {
        self.queries.load(Ordering::Relaxed)
    }
}
