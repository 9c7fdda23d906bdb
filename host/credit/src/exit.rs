//! When and why an entry left its list (R47, R50): what an exit notice says.

use jiff::civil::Date;

use crate::entry::{EntryStatus, ExitGround, ListEntry};

/// That an entry left its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exit {
    /// First day on which it is not on the list any more.
    pub on: Date,
    /// Why.
    pub ground: ExitGround,
}

impl Exit {
    /// When and why this entry left its list, or will, by what is known of it. None
    /// for one that has no last day, that was never in effect, or that ended on a
    /// day nobody told.
    #[must_use]
    pub fn of(entry: &ListEntry) -> Option<Self> {
        let said = entry.particulars.exit_ground;
        let expiry = entry.valid_until.and_then(|last| last.tomorrow().ok());
        let (on, ground) = match entry.status {
            EntryStatus::Preliminary => return None,
            EntryStatus::Effective => (expiry?, ExitGround::Expired),
            EntryStatus::Repaired => (entry.ended_on?, said.unwrap_or(ExitGround::Repaired)),
            EntryStatus::Withdrawn => (entry.ended_on?, said.unwrap_or(ExitGround::Error)),
        };
        // What expired before it was repaired or withdrawn was over already.
        match expiry {
            Some(expiry) if expiry < on => Some(Self { on: expiry, ground: ExitGround::Expired }),
            _ => Some(Self { on, ground }),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::samples;

    #[test]
    fn r050_an_entry_leaves_its_list_when_it_ends_or_expires_whichever_is_first() {
        let (ended, valid) = (date(2026, 5, 1), date(2026, 6, 30));
        let expired = (date(2026, 7, 1), ExitGround::Expired);
        let cases = [
            (EntryStatus::Effective, None, Some(valid), Some(expired)),
            (EntryStatus::Effective, None, None, None),
            (EntryStatus::Preliminary, None, Some(valid), None),
            (EntryStatus::Repaired, Some(ended), Some(valid), Some((ended, ExitGround::Repaired))),
            (EntryStatus::Withdrawn, Some(ended), None, Some((ended, ExitGround::Error))),
            (EntryStatus::Withdrawn, None, None, None),
            (EntryStatus::Repaired, Some(date(2027, 1, 1)), Some(valid), Some(expired)),
        ];
        for (status, ended_on, valid_until, expected) in cases {
            let entry = ListEntry { status, ended_on, valid_until, ..samples::entry("e", "black") };
            let exit = Exit::of(&entry).map(|exit| (exit.on, exit.ground));
            assert_eq!(exit, expected, "{status:?} {ended_on:?} {valid_until:?}");
        }
    }
}
