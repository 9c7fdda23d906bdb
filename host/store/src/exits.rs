//! Which entries left their lists (R50).

use std::collections::HashSet;

use creditgate_credit::entry::ListEntry;
use creditgate_credit::exit::Exit;
use jiff::civil::Date;

use crate::error::StoreError;
use crate::lists::{ENTRY_COLUMNS, entry_of};
use crate::statements::Statements as _;
use crate::store::Store;

impl Store {
    /// Entries that left their lists on these days, with when and why, the first
    /// one first. Blocks: a million entries take seconds.
    ///
    /// # Errors
    /// When the lists cannot be read.
    pub fn exits(&self, since: Date, until: Date) -> Result<Vec<(ListEntry, Exit)>, StoreError> {
        let left = |entry: &ListEntry| Exit::of(entry).filter(|exit| since <= exit.on && exit.on <= until);
        let mut found = Vec::new();
        let snapshots = self.read_lists(|connection, snapshots| {
            found.clear();
            // An entry here takes the place of one of a snapshot with its id.
            let mut replaced = HashSet::new();
            connection.each(&format!("SELECT {ENTRY_COLUMNS} FROM entries"), [], |row| {
                let entry = entry_of(row, 0)?;
                replaced.insert(entry.id.clone());
                found.extend(left(&entry).map(|exit| (entry, exit)));
                Ok(())
            })?;
            Ok((snapshots.to_vec(), replaced))
        });
        let (snapshots, replaced) = snapshots?;
        // Outside the transaction: whoever holds a snapshot can read it.
        for snapshot in snapshots {
            snapshot.each(|entry| {
                if !replaced.contains(&entry.id) {
                    found.extend(left(&entry).map(|exit| (entry, exit)));
                }
                Ok(())
            })?;
        }
        found.sort_by(|(one, left), (other, later)| (left.on, &one.id).cmp(&(later.on, &other.id)));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use creditgate_credit::entry::EntryStatus;
    use jiff::civil::date;

    use super::*;
    use crate::samples::{COMPANY, entry};

    #[tokio::test]
    async fn r050_entries_that_left_their_lists_are_found() {
        let (store, _directory) = Store::temporary();
        let ended = |id: &str, day| {
            let mut entry = entry(id, "示例食品有限公司", &[COMPANY]);
            entry.status = EntryStatus::Repaired;
            entry.ended_on = Some(date(2026, 5, day));
            entry
        };
        let entries = vec![ended("e2", 9), ended("e1", 2), entry("e3", "示例食品有限公司", &[COMPANY])];
        store.save_entries("default", entries).await.unwrap();
        let ids = |since, until| {
            let found = store.exits(since, until).unwrap();
            found.into_iter().map(|(entry, _)| entry.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(date(2026, 5, 1), date(2026, 5, 31)), ["e1", "e2"]);
        assert_eq!(ids(date(2026, 5, 3), date(2026, 5, 31)), ["e2"]);
        assert_eq!(ids(date(2029, 3, 2), date(2029, 3, 2)), ["e3"], "it expires");
    }
}
