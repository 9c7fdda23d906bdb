//! What several sources hold on one party, put together (R13).
//!
//! The lists on this host and a platform asked at check time may both hold an
//! entry of one id, and need not agree. The host's own copy is the entry: it
//! has what was decided here, such as a suspension. But nobody is punished for
//! what either side says is over: an end (repaired, withdrawn) or a suspension
//! counts from whichever side says it.

use std::collections::HashSet;

use crate::dossier::Evidence;
use crate::entry::{EntryStatus, ListEntry};

impl Evidence {
    /// Adds what another source holds on the same party. Entries are newest
    /// first afterwards; a hint that is also matched by identifier is no hint.
    #[must_use]
    pub fn merge(mut self, other: Self) -> Self {
        other.by_identifier.into_iter().for_each(|entry| add(&mut self.by_identifier, entry));
        self.by_identifier
            .sort_by(|a, b| b.recognised_on.cmp(&a.recognised_on).then_with(|| a.id.cmp(&b.id)));
        other.by_name.into_iter().for_each(|entry| add(&mut self.by_name, entry));
        let matched: HashSet<&str> = self.by_identifier.iter().map(|entry| entry.id.as_str()).collect();
        self.by_name.retain(|entry| !matched.contains(entry.id.as_str()));
        self.commitments.extend(other.commitments);
        self
    }
}

fn add(known: &mut Vec<ListEntry>, entry: ListEntry) {
    match known.iter_mut().find(|known| known.id == entry.id) {
        Some(known) => soften(known, entry),
        None => known.push(entry),
    }
}

/// Takes over from `said` what speaks for the subject.
fn soften(known: &mut ListEntry, said: ListEntry) {
    known.suspended |= said.suspended;
    let is_over = |entry: &ListEntry| matches!(entry.status, EntryStatus::Repaired | EntryStatus::Withdrawn);
    if is_over(&said) && !is_over(known) {
        known.status = said.status;
        known.ended_on = said.ended_on;
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::samples;

    fn evidence(entries: Vec<ListEntry>) -> Evidence {
        Evidence { by_identifier: entries, ..Evidence::default() }
    }

    fn with(id: &str, status: EntryStatus, suspended: bool) -> ListEntry {
        ListEntry { status, suspended, ..samples::entry(id, "black") }
    }

    #[test]
    fn r013_entries_of_every_source_stand_side_by_side_newest_first() {
        let older = ListEntry { recognised_on: date(2020, 1, 1), ..samples::entry("older", "black") };
        let merged = evidence(vec![older]).merge(evidence(vec![samples::entry("newer", "black")]));
        let ids: Vec<&str> = merged.by_identifier.iter().map(|entry| entry.id.as_str()).collect();
        assert_eq!(ids, ["newer", "older"]);
    }

    #[test]
    fn r118_of_two_versions_the_end_and_the_suspension_count_whoever_says_them() {
        use EntryStatus::{Effective, Repaired, Withdrawn};
        let cases = [
            (with("e", Effective, false), with("e", Effective, false), Effective, false),
            (with("e", Effective, false), with("e", Repaired, false), Repaired, false),
            (with("e", Repaired, false), with("e", Effective, false), Repaired, false),
            (with("e", Withdrawn, false), with("e", Repaired, false), Withdrawn, false),
            (with("e", Effective, true), with("e", Effective, false), Effective, true),
            (with("e", Effective, false), with("e", Effective, true), Effective, true),
        ];
        for (here, there, status, suspended) in cases {
            let merged = evidence(vec![here]).merge(evidence(vec![there]));
            let [entry] = merged.by_identifier.try_into().unwrap();
            assert_eq!((entry.status, entry.suspended), (status, suspended));
        }
    }

    #[test]
    fn what_is_matched_by_identifier_is_no_hint() {
        let hint = Evidence { by_name: vec![samples::entry("e", "black")], ..Evidence::default() };
        let merged = hint.merge(evidence(vec![samples::entry("e", "black")]));
        assert_eq!((merged.by_identifier.len(), merged.by_name.len()), (1, 0));
    }
}
